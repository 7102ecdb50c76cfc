//! One turn: what waits is decided, stored in one commit, published and answered.

use std::sync::Arc;

use cairn_store::{EventRow, LogError, Turn};
use jiff::Timestamp;

use super::Writer;
use super::decision::{Draft, Receipt};
use super::queue::{Failure, Request};
use crate::views::{FoldError, PAGE_ROWS};

/// Postings of one turn: enough to share a sync among all who wait, few enough that the first of
/// them is answered soon.
pub const TURN_POSTINGS_MAX: usize = 512;
/// Events of one turn; a whole batch still fits.
pub const TURN_EVENTS_MAX: usize = 1_000;
/// Payload bytes of one turn.
pub const TURN_BYTES_MAX: usize = 4 * 1024 * 1024;
/// A posting with what became of it, once it is committed.
type Answered = (Request, Result<Vec<Receipt>, Failure>);

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
    pub(super) async fn turn(&mut self, requests: Vec<Request>) -> Result<(), FoldError> {
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
