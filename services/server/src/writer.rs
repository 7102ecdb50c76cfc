//! The writer loop: the one task of a process that owns the write path of the log.
//!
//! It takes every posting that waits, locks the head, reads what other processes wrote, decides
//! each posting on the state as it is then, stores all that is accepted in one commit, publishes
//! the new state and answers. While one turn is being synced, the next one gathers.

mod decision;

use std::sync::Arc;
use std::time::Duration;

use cairn_store::{EventRow, Head, Log, LogError, Turn};
use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;

use decision::Draft;
pub use decision::{Conflict, Receipt, Rejected, dry_run};

use crate::envelope::Submission;
use crate::views::{FoldError, PAGE_ROWS, Rooms};

/// Postings of one turn: enough to share a sync among all who wait, few enough that the first of
/// them is answered soon.
pub const TURN_POSTINGS_MAX: usize = 512;
/// Events of one turn; a whole batch still fits.
pub const TURN_EVENTS_MAX: usize = 1_000;
/// Payload bytes of one turn.
pub const TURN_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Postings that wait; more would wait longer than their senders do.
pub const QUEUE_POSTINGS_MAX: usize = 4_096;
/// How often a process looks for what others wrote.
const FOLLOW_EVERY: Duration = Duration::from_millis(50);

/// One posting, or a batch that is recorded whole or not at all.
struct Request {
    submissions: Vec<Submission>,
    answer: oneshot::Sender<Result<Vec<Receipt>, Failure>>,
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

/// The way to the writer, and to what it has published.
#[derive(Clone)]
pub struct Ledger {
    queue: mpsc::Sender<Request>,
    snapshots: watch::Receiver<Arc<Rooms>>,
    log: Arc<dyn Log>,
}

impl Ledger {
    /// The newest state of all projects.
    pub fn snapshot(&self) -> Arc<Rooms> {
        self.snapshots.borrow().clone()
    }

    /// Whether the writer still takes postings.
    pub fn is_open(&self) -> bool {
        !self.queue.is_closed()
    }

    pub fn log(&self) -> &dyn Log {
        &*self.log
    }

    /// Waits until this process has seen a position, but not past a deadline.
    pub async fn seen(&self, position: u64, deadline: Instant) -> Option<Arc<Rooms>> {
        let mut snapshots = self.snapshots.clone();
        let seen = snapshots.wait_for(|rooms| rooms.position() >= position);
        let seen = tokio::time::timeout_at(deadline, seen).await;
        seen.ok()?.ok().map(|rooms| rooms.clone())
    }

    /// Puts one event or a batch into the queue, behind all that was sent before.
    pub fn send(&self, submissions: Vec<Submission>) -> Result<Answer, Failure> {
        let (answer, answered) = oneshot::channel();
        self.queue.try_send(Request { submissions, answer }).map_err(|error| match error {
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

/// Folds the whole log and starts the writer. `progress` is told how many of how many events
/// were folded. The task ends when every [`Ledger`] is dropped, or with an error that only a new
/// start mends.
pub async fn start(
    log: Arc<dyn Log>,
    mut progress: impl FnMut(u64, u64),
) -> Result<(Ledger, tokio::task::JoinHandle<Result<(), FoldError>>), FoldError> {
    let mut state = State { rooms: Rooms::default(), head: Head::empty() };
    loop {
        let page = log.read(state.head.position, PAGE_ROWS).await?;
        state.take_rows(&page.rows)?;
        progress(state.head.position, page.head.position);
        if page.rows.is_empty() || state.head.position >= page.head.position {
            break;
        }
    }
    let (publish, snapshots) = watch::channel(Arc::new(state.rooms.clone()));
    let (queue, requests) = mpsc::channel(QUEUE_POSTINGS_MAX);
    let writer = Writer { log: log.clone(), state, publish, requests, alone: true };
    Ok((Ledger { queue, snapshots, log }, tokio::spawn(writer.run())))
}

/// What this process knows of the log.
#[derive(Clone)]
struct State {
    rooms: Rooms,
    head: Head,
}

impl State {
    /// Folds rows that follow.
    fn take_rows(&mut self, rows: &[EventRow]) -> Result<(), FoldError> {
        for row in rows {
            self.rooms.apply_row(row)?;
            self.head.take(row);
        }
        Ok(())
    }
}

struct Writer {
    log: Arc<dyn Log>,
    state: State,
    publish: watch::Sender<Arc<Rooms>>,
    requests: mpsc::Receiver<Request>,
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

    /// Every request that waits, within the bounds of a turn; at least one.
    fn gather(&mut self, first: Request) -> Vec<Request> {
        let size = |request: &Request| {
            let bytes: usize = request.submissions.iter().map(|s| s.data.get().len()).sum();
            (request.submissions.len(), bytes)
        };
        let (mut events, mut bytes) = size(&first);
        let mut requests = vec![first];
        while requests.len() < TURN_POSTINGS_MAX
            && events < TURN_EVENTS_MAX
            && bytes < TURN_BYTES_MAX
        {
            let Ok(request) = self.requests.try_recv() else { break };
            let more = size(&request);
            (events, bytes) = (events + more.0, bytes + more.1);
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
        let (draft, answers) = self.decide(requests, self.state.head.clone()).await;
        let stored = if draft.rows.is_empty() {
            // Only the lock tells that a refusal stands on the newest state.
            Err(LogError::Moved)
        } else {
            self.log.append(&self.state.head, &draft.rows, &draft.head).await
        };
        match stored {
            Ok(()) => self.take_over(draft, answers),
            Err(LogError::Moved) => {
                let requests = answers.into_iter().map(|(request, _)| request).collect();
                return self.turn_under_lock(requests).await;
            }
            Err(error) => return self.not_committed(answers, &draft.rows, error).await,
        }
        Ok(())
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
        self.alone = turn.head().position == self.state.head.position;
        if let Err(error) = self.catch_up(&mut *turn).await {
            refuse_all(requests, || Failure::Unavailable);
            return Err(error);
        }
        let (draft, answers) = self.decide(requests, turn.head().clone()).await;
        if draft.rows.is_empty() {
            turn.release().await;
            answer_all(answers);
        } else if let Err(error) = turn.commit(&draft.rows, &draft.head).await {
            return self.not_committed(answers, &draft.rows, error).await;
        } else {
            self.take_over(draft, answers);
        }
        Ok(())
    }

    async fn decide(&self, requests: Vec<Request>, head: Head) -> (Draft, Vec<Answered>) {
        let mut draft = Draft::new(self.state.rooms.clone(), head, Timestamp::now());
        let mut answers = Vec::with_capacity(requests.len());
        for request in requests {
            let outcome = draft.take(&*self.log, &request.submissions).await;
            answers.push((request, outcome));
        }
        (draft, answers)
    }

    /// What is committed becomes the state, is published, and then the callers are told.
    fn take_over(&mut self, draft: Draft, answers: Vec<Answered>) {
        let Draft { rooms, head, .. } = draft;
        let known = std::mem::replace(&mut self.state, State { rooms, head });
        let published = self.publish.send_replace(Arc::new(self.state.rooms.clone()));
        answer_all(answers);
        // Dropping an old state takes a while: the callers come first.
        drop((known, published));
    }

    /// Under the lock: reads the events that other processes wrote.
    async fn catch_up(&mut self, turn: &mut dyn Turn) -> Result<(), FoldError> {
        let head = turn.head().clone();
        while self.state.head.position < head.position {
            let rows = turn.read(self.state.head.position, PAGE_ROWS).await?;
            if rows.is_empty() {
                break;
            }
            self.state.take_rows(&rows)?;
        }
        self.compare(&head)
    }

    /// The log never goes back. If it does, a backup was restored under this process, and what
    /// it knows is not true any more: it ends, and starts again from what is there.
    fn compare(&self, found: &Head) -> Result<(), FoldError> {
        let known = &self.state.head;
        if known == found {
            return Ok(());
        }
        Err(FoldError::OtherHistory { known: known.position, found: found.position })
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
        for (request, outcome) in answers {
            let outcome = match outcome {
                Ok(receipts) if !found && receipts.iter().any(|receipt| !receipt.repeated) => {
                    Err(if unknown { Failure::OutcomeUnknown } else { failure(&error) })
                }
                other => other,
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
        let before = self.state.head.position;
        loop {
            let page = match self.log.read(self.state.head.position, PAGE_ROWS).await {
                Ok(page) => page,
                Err(error @ (LogError::Busy | LogError::Unavailable(_))) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "cannot follow");
                    return Ok(());
                }
                Err(error) => return Err(error.into()),
            };
            self.state.take_rows(&page.rows)?;
            if self.state.head.position >= page.head.position {
                self.compare(&page.head)?;
                break;
            }
        }
        if self.state.head.position > before {
            self.publish.send_replace(Arc::new(self.state.rooms.clone()));
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
