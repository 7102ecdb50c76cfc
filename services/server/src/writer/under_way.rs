//! Postings under way to the writer, one after the other, so that its turns are full: what an
//! import and a body of many lines send.

use std::collections::VecDeque;

use tokio::time::{Instant, timeout_at};

use super::decision::Receipt;
use super::queue::{ANSWER_WITHIN, Answer, Failure, Postbox};
use crate::envelope::Submission;

/// Bytes of `data` that are under way at a time, well below what the queue of the writer takes.
const UNDER_WAY_BYTES_MAX: usize = 16 * 1024 * 1024;

/// What became of a posting: a receipt for each of its events.
pub type Outcome = Result<Vec<Receipt>, Failure>;

/// A window of postings that are under way at the same time. Each is on its own; the answers come
/// in the order in which they were sent, each with the `T` that it was sent with.
pub struct UnderWay<T> {
    postbox: Postbox,
    postings_max: usize,
    sent: VecDeque<Sent<T>>,
    bytes: usize,
}

struct Sent<T> {
    of: T,
    bytes: usize,
    answer: Awaited,
}

enum Awaited {
    /// It has its place in the order and was not posted.
    Nothing,
    Answer {
        answer: Answer,
        until: Instant,
    },
    Failure(Failure),
}

impl<T> UnderWay<T> {
    /// Holds at most so many postings.
    pub fn new(postbox: Postbox, postings_max: usize) -> Self {
        Self { postbox, postings_max, sent: VecDeque::new(), bytes: 0 }
    }

    /// Whether more may be sent before an answer is taken.
    pub fn has_room(&self) -> bool {
        self.sent.len() < self.postings_max && self.bytes < UNDER_WAY_BYTES_MAX
    }

    /// Sends a posting of one event, or of several that are recorded whole or not at all, once
    /// there is a place in the queue.
    pub async fn post(&mut self, of: T, submissions: Vec<Submission>) {
        let bytes = submissions.iter().map(|submission| submission.data.get().len()).sum();
        let until = Instant::now() + ANSWER_WITHIN;
        let answer = match self.postbox.send_by(until, submissions).await {
            Ok(answer) => Awaited::Answer { answer, until },
            Err(failure) => Awaited::Failure(failure),
        };
        self.bytes += bytes;
        self.sent.push_back(Sent { of, bytes, answer });
    }

    /// Gives its place in the order to something that is not posted.
    pub fn pass(&mut self, of: T) {
        self.sent.push_back(Sent { of, bytes: 0, answer: Awaited::Nothing });
    }

    /// The oldest, with what became of it if it was posted; `None` where nothing is under way. A
    /// caller that stops waiting here loses nothing.
    pub async fn next(&mut self) -> Option<(T, Option<Outcome>)> {
        let outcome = match &mut self.sent.front_mut()?.answer {
            Awaited::Answer { answer, until } => {
                let answered = timeout_at(*until, answer).await;
                Some(answered.map_or(Err(Failure::OutcomeUnknown), |answered| {
                    answered.unwrap_or(Err(Failure::OutcomeUnknown))
                }))
            }
            Awaited::Nothing | Awaited::Failure(_) => None,
        };
        let Sent { of, bytes, answer } = self.sent.pop_front()?;
        self.bytes -= bytes;
        match answer {
            Awaited::Failure(failure) => Some((of, Some(Err(failure)))),
            Awaited::Answer { .. } | Awaited::Nothing => Some((of, outcome)),
        }
    }
}
