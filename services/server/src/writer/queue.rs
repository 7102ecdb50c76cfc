//! What waits for the writer, and the way to it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot, watch};
use tokio::time::{Instant, timeout_at};

use super::decision::{Receipt, Rejected};
use super::preparing::prepare;
use crate::envelope::Submission;
use crate::standing::Standing;
use crate::views::Ledger;

/// Postings that wait; more would wait longer than their senders do.
pub const QUEUE_POSTINGS_MAX: usize = 4_096;
/// KiB of `data` that wait; read into memory they take several times as much.
pub const QUEUE_KIBIBYTES_MAX: usize = 64 * 1_024;
/// How long a caller waits for its turn before it is told to send again.
pub const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// One posting, or a batch that is recorded whole or not at all.
pub(super) struct Request {
    pub(super) submissions: Vec<Submission>,
    /// Of their `data`.
    pub(super) bytes: usize,
    pub(super) answer: oneshot::Sender<Result<Vec<Receipt>, Failure>>,
    /// Given back when the posting is answered.
    _room: OwnedSemaphorePermit,
}

impl Request {
    pub(super) fn refuse(self, failure: Failure) {
        let _ = self.answer.send(Err(failure));
    }
}

/// An answer that comes once the turn of a posting is over.
pub(super) type Answer = oneshot::Receiver<Result<Vec<Receipt>, Failure>>;

/// Why a posting was not recorded, or is not known to be.
#[derive(Debug)]
pub enum Failure {
    /// Refused; `index` is the item of the batch.
    Rejected { index: usize, rejected: Rejected },
    /// Too many postings wait.
    QueueFull,
    /// Nothing was recorded; try again.
    Unavailable,
    /// Nothing was recorded; the log is read anew.
    LogReplaced,
    /// Nothing was recorded; the disk is full.
    DiskFull,
    /// Send again with the same id.
    OutcomeUnknown,
}

impl Failure {
    /// In words for who runs a command.
    pub fn why(&self) -> &'static str {
        match self {
            Self::DiskFull => "the disk is full; make room",
            Self::OutcomeUnknown => "it is not known whether the last events were recorded",
            Self::QueueFull | Self::Unavailable | Self::LogReplaced | Self::Rejected { .. } => {
                "the log cannot be written now"
            }
        }
    }
}

/// The way to the writer.
#[derive(Clone)]
pub struct Postbox {
    queue: mpsc::Sender<Request>,
    /// Room for what waits, in KiB.
    room: Arc<Semaphore>,
    standing: watch::Receiver<Standing>,
    /// What is recorded, for what has to be computed of it before a posting waits.
    ledger: Ledger,
}

/// An empty queue: the way in, and what comes out.
pub(super) fn open(
    standing: watch::Receiver<Standing>,
    ledger: Ledger,
) -> (Postbox, mpsc::Receiver<Request>) {
    let (queue, requests) = mpsc::channel(QUEUE_POSTINGS_MAX);
    let room = Arc::new(Semaphore::new(QUEUE_KIBIBYTES_MAX));
    (Postbox { queue, room, standing, ledger }, requests)
}

impl Postbox {
    /// Whether the writer still takes postings.
    pub fn is_open(&self) -> bool {
        !self.queue.is_closed()
    }

    /// Posts one event or a batch, behind all that was sent before. The answer comes once it is on
    /// disk, or after [`ANSWER_WITHIN`].
    pub async fn post(&self, mut submissions: Vec<Submission>) -> Result<Vec<Receipt>, Failure> {
        self.check_standing()?;
        prepare(&self.ledger, &mut submissions, Instant::now() + ANSWER_WITHIN).await?;
        let bytes = bytes(&submissions);
        let room = self.room.clone().try_acquire_many_owned(kibibytes(bytes));
        let place = self.queue.try_reserve().map_err(|error| match error {
            mpsc::error::TrySendError::Full(()) => Failure::QueueFull,
            mpsc::error::TrySendError::Closed(()) => Failure::Unavailable,
        })?;
        let room = room.map_err(|_| Failure::QueueFull)?;
        let answer = put(place, room, submissions, bytes);
        let answered = tokio::time::timeout(ANSWER_WITHIN, answer).await;
        answered.ok().and_then(Result::ok).unwrap_or(Err(Failure::OutcomeUnknown))
    }

    /// As [`Postbox::post`], but waits for a place in the queue, and leaves the waiting for the
    /// answer to the caller.
    pub async fn send_by(
        &self,
        deadline: Instant,
        mut submissions: Vec<Submission>,
    ) -> Result<Answer, Failure> {
        self.check_standing()?;
        prepare(&self.ledger, &mut submissions, deadline).await?;
        let bytes = bytes(&submissions);
        let room = timeout_at(deadline, self.room.clone().acquire_many_owned(kibibytes(bytes)));
        let room = room.await.map_err(|_| Failure::QueueFull)?;
        let place = timeout_at(deadline, self.queue.reserve()).await;
        let place = place.map_err(|_| Failure::QueueFull)?.map_err(|_| Failure::Unavailable)?;
        let room = room.map_err(|_| Failure::Unavailable)?;
        Ok(put(place, room, submissions, bytes))
    }

    fn check_standing(&self) -> Result<(), Failure> {
        match *self.standing.borrow() {
            Standing::Ready => Ok(()),
            Standing::Unreachable { .. } => Err(Failure::Unavailable),
            Standing::Replaced { .. } => Err(Failure::LogReplaced),
        }
    }
}

fn bytes(submissions: &[Submission]) -> usize {
    submissions.iter().map(|submission| submission.data.get().len()).sum()
}

fn kibibytes(bytes: usize) -> u32 {
    u32::try_from(bytes / 1_024 + 1).unwrap_or(u32::MAX)
}

/// Fills a place in the queue.
fn put(
    place: mpsc::Permit<'_, Request>,
    room: OwnedSemaphorePermit,
    submissions: Vec<Submission>,
    bytes: usize,
) -> Answer {
    let (answer, answered) = oneshot::channel();
    place.send(Request { submissions, bytes, answer, _room: room });
    answered
}
