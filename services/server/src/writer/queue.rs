//! What waits for the writer, and the way to it.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use super::decision::{Receipt, Rejected};
use crate::envelope::Submission;

/// Postings that wait; more would wait longer than their senders do.
pub const QUEUE_POSTINGS_MAX: usize = 4_096;
/// KiB of `data` that wait; read into memory they take several times as much.
pub const QUEUE_KIBIBYTES_MAX: usize = 64 * 1_024;

/// One posting, or a batch that is recorded whole or not at all.
pub(super) struct Request {
    pub(super) submissions: Vec<Submission>,
    /// Of their `data`.
    pub(super) bytes: usize,
    pub(super) answer: oneshot::Sender<Result<Vec<Receipt>, Failure>>,
    /// The place in the queue, given back when the posting is answered.
    _place: OwnedSemaphorePermit,
}

/// An answer that comes once the turn of a posting is over.
pub type Answer = oneshot::Receiver<Result<Vec<Receipt>, Failure>>;

/// Why a posting was not recorded, or is not known to be.
#[derive(Debug)]
pub enum Failure {
    /// Refused; `index` is the item of the batch.
    Rejected { index: usize, rejected: Rejected },
    /// Too many postings wait.
    QueueFull,
    /// Nothing was recorded; try again.
    Unavailable,
    /// Nothing was recorded; the disk is full.
    DiskFull,
    /// Send again with the same id.
    OutcomeUnknown,
}

/// The way to the writer.
#[derive(Clone)]
pub struct Postbox {
    queue: mpsc::Sender<Request>,
    /// Room for what waits, in KiB.
    room: Arc<Semaphore>,
}

/// An empty queue: the way in, and what comes out.
pub(super) fn open() -> (Postbox, mpsc::Receiver<Request>) {
    let (queue, requests) = mpsc::channel(QUEUE_POSTINGS_MAX);
    let room = Arc::new(Semaphore::new(QUEUE_KIBIBYTES_MAX));
    (Postbox { queue, room }, requests)
}

impl Postbox {
    /// Whether the writer still takes postings.
    pub fn is_open(&self) -> bool {
        !self.queue.is_closed()
    }

    /// Puts one event or a batch into the queue, behind all that was sent before.
    pub fn send(&self, submissions: Vec<Submission>) -> Result<Answer, Failure> {
        let bytes: usize = submissions.iter().map(|submission| submission.data.get().len()).sum();
        let kibibytes = u32::try_from(bytes / 1_024 + 1).unwrap_or(u32::MAX);
        let place = self.room.clone().try_acquire_many_owned(kibibytes);
        let _place = place.map_err(|_| Failure::QueueFull)?;
        let (answer, answered) = oneshot::channel();
        let request = Request { submissions, bytes, answer, _place };
        self.queue.try_send(request).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Failure::QueueFull,
            mpsc::error::TrySendError::Closed(_) => Failure::Unavailable,
        })?;
        Ok(answered)
    }

    /// Posts one event or a batch. The answer comes once it is on disk.
    pub async fn post(&self, submissions: Vec<Submission>) -> Result<Vec<Receipt>, Failure> {
        self.send(submissions)?.await.unwrap_or(Err(Failure::OutcomeUnknown))
    }
}
