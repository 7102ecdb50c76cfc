//! One turn: what waits is decided, stored in one commit, published and answered.

use std::sync::Arc;

use cairn_store::{EventRow, LogError, Turn};
use jiff::Timestamp;

use super::Writer;
use super::decision::{Draft, Receipt};
use super::lost::{Lost, Unsettled, failure, is_there};
use super::queue::{Failure, Request};
use crate::views::{FoldError, PAGE_ROWS};

/// Postings of one turn: enough to share a sync among all who wait, few enough that the first of
/// them is answered soon.
pub const TURN_POSTINGS_MAX: usize = 512;
/// Events of one turn; a whole batch still fits.
pub const TURN_EVENTS_MAX: usize = 1_000;
/// Payload bytes of one turn.
pub const TURN_BYTES_MAX: usize = 4 * 1024 * 1024;
/// A posting with what becomes of it, once it is committed.
pub(super) type Answered = (Request, Result<Vec<Receipt>, Failure>);

impl Writer {
    /// Every request that waits, within the bounds of a turn; at least one. What does not fit
    /// begins the next turn.
    pub(super) fn gather(&mut self, first: Request) -> Vec<Request> {
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
    pub(super) async fn turn(&mut self, requests: Vec<Request>) -> Result<(), Lost> {
        if !self.alone {
            return self.turn_under_lock(requests).await;
        }
        let (draft, answers) = self.decide(requests).await;
        let again = |answers: Vec<Answered>| answers.into_iter().map(|(request, _)| request);
        if draft.rows.is_empty() {
            // What was recorded before stays so. Only the lock tells that a refusal stands on the
            // newest state.
            let (repeated, refused): (Vec<_>, Vec<_>) =
                answers.into_iter().partition(|(_, outcome)| outcome.is_ok());
            answer_all(repeated);
            if refused.is_empty() {
                return Ok(());
            }
            return self.turn_under_lock(again(refused).collect()).await;
        }
        match self.log.append(self.rooms.head(), &draft.rows, draft.rooms.head()).await {
            Ok(()) => {
                self.take_over(draft, answers);
                Ok(())
            }
            Err(LogError::Moved) => self.turn_under_lock(again(answers).collect()).await,
            Err(error) => not_committed(answers, draft.rows, error),
        }
    }

    async fn turn_under_lock(&mut self, requests: Vec<Request>) -> Result<(), Lost> {
        let turn = match self.lock().await {
            Ok(turn) => turn,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "a turn did not begin");
                requests.into_iter().for_each(|request| request.refuse(failure(&error)));
                return if is_there(&error) { Ok(()) } else { Err(error.into()) };
            }
        };
        let (draft, answers) = self.decide(requests).await;
        if draft.rows.is_empty() {
            turn.release().await;
            self.publish_news();
            answer_all(answers);
        } else if let Err(error) = turn.commit(&draft.rows, draft.rooms.head()).await {
            self.publish_news();
            return not_committed(answers, draft.rows, error);
        } else {
            self.take_over(draft, answers);
        }
        Ok(())
    }

    /// Locks the log and reads up to its head.
    async fn lock(&mut self) -> Result<Box<dyn Turn>, FoldError> {
        let mut turn = self.log.begin().await?;
        if turn.head().position > self.rooms.position() + u64::from(PAGE_ROWS) {
            // Who was away for long does not let the others wait while it reads.
            turn.release().await;
            self.follow().await?;
            turn = self.log.begin().await?;
        }
        self.alone = turn.head().position == self.rooms.position();
        self.catch_up(&mut *turn).await?;
        Ok(turn)
    }

    async fn decide(&self, requests: Vec<Request>) -> (Draft, Vec<Answered>) {
        let mut draft = Draft::new(self.rooms.clone(), Timestamp::now());
        let mut answers = Vec::with_capacity(requests.len());
        for request in requests {
            let outcome = if draft.cannot_read {
                Err(Failure::Unavailable)
            } else {
                draft.take(&*self.log, &request.submissions).await
            };
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
}

/// Nothing was committed, or it is not known: then the log is asked before anybody is answered.
fn not_committed(answers: Vec<Answered>, rows: Vec<EventRow>, error: LogError) -> Result<(), Lost> {
    tracing::error!(error = &error as &dyn std::error::Error, "a turn was not committed");
    let unknown = matches!(error, LogError::OutcomeUnknown(_));
    let why = FoldError::from(error);
    if unknown {
        return Err(Lost { why, unsettled: Some(Unsettled { rows, answers }) });
    }
    answer_fallen(answers, &rows, || failure(&why));
    if is_there(&why) { Ok(()) } else { Err(why.into()) }
}

/// Answers a turn of which nothing was stored. Whatever stood on the fork fell with it: also a
/// repetition of a posting of this turn, and a refusal that was judged after one.
pub(super) fn answer_fallen(
    answers: Vec<Answered>,
    rows: &[EventRow],
    failure: impl Fn() -> Failure,
) {
    let first = rows.first().map_or(u64::MAX, |row| row.position);
    for (request, outcome) in answers {
        let fell = match &outcome {
            Ok(receipts) => receipts.iter().any(|receipt| receipt.position >= first),
            Err(Failure::Rejected { .. }) => true,
            Err(_) => false,
        };
        let outcome = if fell { Err(failure()) } else { outcome };
        let _ = request.answer.send(outcome);
    }
}

pub(super) fn answer_all(answers: Vec<Answered>) {
    for (request, outcome) in answers {
        let _ = request.answer.send(outcome);
    }
}
