//! The writer loop: the one task of a process that owns the write path of the log.
//!
//! It takes every posting that waits, locks the head, reads what other processes wrote, decides
//! each posting on the state as it is then, stores all that is accepted in one commit, publishes
//! the new state and answers. While one turn is being synced, the next one gathers.

mod decision;

use std::sync::Arc;
use std::time::Duration;

use cairn_store::{EventRow, Log, LogError, Turn};
use jiff::Timestamp;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot, watch};

use decision::Draft;
pub use decision::{Conflict, Receipt, Rejected, dry_run};

use crate::envelope::Submission;
use crate::views::{self, FoldError, Ledger, PAGE_ROWS, Rooms};

/// Postings of one turn: enough to share a sync among all who wait, few enough that the first of
/// them is answered soon.
pub const TURN_POSTINGS_MAX: usize = 512;
/// Events of one turn; a whole batch still fits.
pub const TURN_EVENTS_MAX: usize = 1_000;
/// Payload bytes of one turn.
pub const TURN_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Postings that wait; more would wait longer than their senders do.
pub const QUEUE_POSTINGS_MAX: usize = 4_096;
/// KiB of `data` that wait; read into memory they take several times as much.
pub const QUEUE_KIBIBYTES_MAX: usize = 64 * 1_024;
/// How often a process looks for what others wrote.
const FOLLOW_EVERY: Duration = Duration::from_millis(50);

/// One posting, or a batch that is recorded whole or not at all.
struct Request {
    submissions: Vec<Submission>,
    bytes: usize,
    answer: oneshot::Sender<Result<Vec<Receipt>, Failure>>,
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

/// A started writer: where to post, where to read, and the task itself. The task ends when every
/// [`Postbox`] is dropped, or with an error that only a new start mends.
pub struct Started {
    pub postbox: Postbox,
    pub ledger: Ledger,
    pub task: tokio::task::JoinHandle<Result<(), FoldError>>,
}

/// Folds the whole log and starts the writer. `progress` is told how many of how many events
/// were folded.
pub async fn start(
    log: Arc<dyn Log>,
    progress: impl FnMut(u64, u64),
) -> Result<Started, FoldError> {
    let rooms = views::open(&*log, progress).await?;
    let (publish, snapshots) = watch::channel(Arc::new(rooms.clone()));
    let (queue, requests) = mpsc::channel(QUEUE_POSTINGS_MAX);
    let writer = Writer { log: log.clone(), rooms, publish, requests, carried: None, alone: true };
    let task = tokio::spawn(writer.run());
    let room = Arc::new(Semaphore::new(QUEUE_KIBIBYTES_MAX));
    let postbox = Postbox { queue, room };
    Ok(Started { postbox, ledger: Ledger::new(snapshots, log), task })
}

struct Writer {
    log: Arc<dyn Log>,
    /// What this process knows of the log.
    rooms: Rooms,
    publish: watch::Sender<Arc<Rooms>>,
    requests: mpsc::Receiver<Request>,
    /// A request that did not fit into the turn before.
    carried: Option<Request>,
    /// Whether nobody else wrote since the last turn, as far as is known.
    alone: bool,
}

/// A posting with what became of it, once it is committed.
type Answered = (Request, Result<Vec<Receipt>, Failure>);

impl Writer {
    async fn run(mut self) -> Result<(), FoldError> {
        let mut follow = tokio::time::interval(FOLLOW_EVERY);
        follow.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            if let Some(request) = self.carried.take() {
                let requests = self.gather(request);
                self.turn(requests).await?;
                continue;
            }
            tokio::select! {
                biased;
                request = self.requests.recv() => match request {
                    Some(request) => {
                        let requests = self.gather(request);
                        self.turn(requests).await?;
                    }
                    None => return Ok(()),
                },
                _ = follow.tick() => self.follow().await?,
            }
        }
    }

    /// Every request that waits, within the bounds of a turn; at least one. What does not fit
    /// begins the next turn.
    fn gather(&mut self, first: Request) -> Vec<Request> {
        let (mut events, mut bytes) = (first.submissions.len(), first.bytes);
        let mut requests = vec![first];
        while requests.len() < TURN_POSTINGS_MAX {
            let Ok(request) = self.requests.try_recv() else { break };
            events += request.submissions.len();
            bytes += request.bytes;
            if events > TURN_EVENTS_MAX || bytes > TURN_BYTES_MAX {
                self.carried = Some(request);
                break;
            }
            requests.push(request);
        }
        requests
    }

    /// Decides and stores. While no other process writes, this one knows the head: it decides at
    /// once, and the statement that stores the rows compares the head under the lock.
    async fn turn(&mut self, requests: Vec<Request>) -> Result<(), FoldError> {
        if !self.alone {
            return self.turn_under_lock(requests).await;
        }
        let (draft, answers) = self.decide(requests).await;
        let again = |answers: Vec<Answered>| answers.into_iter().map(|(request, _)| request);
        if draft.rows.is_empty() {
            // Only the lock tells that a refusal stands on the newest state.
            return self.turn_under_lock(again(answers).collect()).await;
        }
        match self.log.append(self.rooms.head(), &draft.rows, draft.rooms.head()).await {
            Ok(()) => {
                self.take_over(draft, answers);
                Ok(())
            }
            Err(LogError::Moved) => self.turn_under_lock(again(answers).collect()).await,
            Err(error) => self.not_committed(answers, &draft.rows, error).await,
        }
    }

    async fn turn_under_lock(&mut self, requests: Vec<Request>) -> Result<(), FoldError> {
        let mut turn = match self.log.begin().await {
            Ok(turn) => turn,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "a turn did not begin");
                refuse_all(requests, || failure(&error));
                return Ok(());
            }
        };
        self.alone = turn.head().position == self.rooms.position();
        if let Err(error) = self.catch_up(&mut *turn).await {
            refuse_all(requests, || Failure::Unavailable);
            return if error.passes() { Ok(()) } else { Err(error) };
        }
        let (draft, answers) = self.decide(requests).await;
        if draft.rows.is_empty() {
            turn.release().await;
            answer_all(answers);
        } else if let Err(error) = turn.commit(&draft.rows, draft.rooms.head()).await {
            return self.not_committed(answers, &draft.rows, error).await;
        } else {
            self.take_over(draft, answers);
        }
        Ok(())
    }

    async fn decide(&self, requests: Vec<Request>) -> (Draft, Vec<Answered>) {
        let mut draft = Draft::new(self.rooms.clone(), Timestamp::now());
        let mut answers = Vec::with_capacity(requests.len());
        for request in requests {
            let outcome = draft.take(&*self.log, &request.submissions).await;
            answers.push((request, outcome));
        }
        (draft, answers)
    }

    /// What is committed becomes the state, is published, and then the callers are told.
    fn take_over(&mut self, draft: Draft, answers: Vec<Answered>) {
        let known = std::mem::replace(&mut self.rooms, draft.rooms);
        let published = self.publish.send_replace(Arc::new(self.rooms.clone()));
        answer_all(answers);
        // Dropping an old state takes a while: the callers come first.
        drop((known, published));
    }

    /// Under the lock: reads the events that other processes wrote.
    async fn catch_up(&mut self, turn: &mut dyn Turn) -> Result<(), FoldError> {
        let head = turn.head().clone();
        while self.rooms.position() < head.position {
            let rows = turn.read(self.rooms.position(), PAGE_ROWS).await?;
            if rows.is_empty() {
                break;
            }
            self.rooms.take_rows(&rows)?;
        }
        self.rooms.compare(&head)
    }

    /// Nothing was committed, or it is not known. In the second case the log says who is in it.
    async fn not_committed(
        &mut self,
        answers: Vec<Answered>,
        rows: &[EventRow],
        error: LogError,
    ) -> Result<(), FoldError> {
        tracing::error!(error = &error as &dyn std::error::Error, "a turn was not committed");
        let unknown = matches!(error, LogError::OutcomeUnknown(_));
        let found = unknown && self.find(rows).await?;
        let first = rows.first().map_or(u64::MAX, |row| row.position);
        // Whatever stood on the fork fell with it: also a repetition of a posting of this turn,
        // and a refusal that was judged after one.
        let fell = |outcome: &Result<Vec<Receipt>, Failure>| match outcome {
            Ok(receipts) => receipts.iter().any(|receipt| receipt.position >= first),
            Err(Failure::Rejected { .. }) => true,
            Err(_) => false,
        };
        for (request, outcome) in answers {
            let outcome = if !found && fell(&outcome) {
                Err(if unknown { Failure::OutcomeUnknown } else { failure(&error) })
            } else {
                outcome
            };
            let _ = request.answer.send(outcome);
        }
        Ok(())
    }

    /// Reads the log on, and says whether the rows of the turn are in it.
    async fn find(&mut self, rows: &[EventRow]) -> Result<bool, FoldError> {
        if let Err(error) = self.follow().await {
            tracing::error!(error = &error as &dyn std::error::Error, "the outcome is unknown");
            return Ok(false);
        }
        let Some(last) = rows.last() else { return Ok(false) };
        let there = self.log.read_project(&last.project, last.version - 1, 1).await;
        Ok(there.is_ok_and(|there| there.first() == Some(last)))
    }

    /// Reads the events that other processes wrote and publishes them.
    async fn follow(&mut self) -> Result<(), FoldError> {
        let before = self.rooms.position();
        loop {
            let page = match self.log.read(self.rooms.position(), PAGE_ROWS).await {
                Ok(page) => page,
                Err(error @ (LogError::Busy | LogError::Unavailable(_))) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "cannot follow");
                    return Ok(());
                }
                Err(error) => return Err(error.into()),
            };
            self.rooms.take_rows(&page.rows)?;
            if page.rows.is_empty() || self.rooms.position() >= page.head.position {
                self.rooms.compare(&page.head)?;
                break;
            }
        }
        if self.rooms.position() > before {
            self.publish.send_replace(Arc::new(self.rooms.clone()));
        }
        Ok(())
    }
}

fn refuse_all(requests: Vec<Request>, failure: impl Fn() -> Failure) {
    for request in requests {
        let _ = request.answer.send(Err(failure()));
    }
}

fn answer_all(answers: Vec<Answered>) {
    for (request, outcome) in answers {
        let _ = request.answer.send(outcome);
    }
}

fn failure(error: &LogError) -> Failure {
    match error {
        LogError::Full => Failure::DiskFull,
        _ => Failure::Unavailable,
    }
}
