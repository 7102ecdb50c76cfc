//! When the log is lost: it is looked for again, and compared with what was known of it. Whoever
//! posts meanwhile is told to come again, at once.

use std::ops::ControlFlow;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use cairn_store::{EventRow, Log, LogError};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};

use super::Writer;
use super::follow::follow;
use super::queue::{Failure, Request};
use super::turn::{self, Answered};
use crate::standing::Standing;
use crate::views::{self, FoldError};

/// Between the first two attempts; each pause after it is twice the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
/// Between attempts that go on failing: a database that is up again is found within this time.
const PAUSE_MAX: Duration = Duration::from_secs(5);

/// Why the writer cannot go on.
pub(super) struct Lost {
    pub(super) why: FoldError,
    /// A turn of which only the log knows whether it was stored.
    pub(super) unsettled: Option<Unsettled>,
}

impl From<FoldError> for Lost {
    fn from(why: FoldError) -> Self {
        Self { why, unsettled: None }
    }
}

/// Rows that were sent to the log, and who waits for them.
pub(super) struct Unsettled {
    pub(super) rows: Vec<EventRow>,
    pub(super) answers: Vec<Answered>,
}

/// Whether what is read cannot be what was there before.
pub(super) fn is_replaced(error: &FoldError) -> bool {
    match error {
        FoldError::OtherHistory { .. } | FoldError::Replaced => true,
        // What a newer release recorded.
        FoldError::Unreadable(_) => false,
        FoldError::Log(error) => {
            matches!(error, LogError::DamagedHead { .. } | LogError::DamagedRow { .. })
        }
    }
}

/// Whether the log is there all the same, and only this turn is not in it.
pub(super) fn is_there(error: &FoldError) -> bool {
    use LogError::{Busy, Conflict, Full};
    matches!(error, FoldError::Log(Busy | Full | Conflict { .. }))
}

/// What is told to who waits for a turn that the log did not take.
pub(super) fn failure(error: &FoldError) -> Failure {
    match error {
        FoldError::Log(LogError::Full) => Failure::DiskFull,
        error if is_replaced(error) => Failure::LogReplaced,
        _ => Failure::Unavailable,
    }
}

impl Writer {
    /// Looks for the log until it is there and known. Breaks when nobody can post any more.
    pub(super) async fn recover(&mut self, lost: Lost) -> ControlFlow<()> {
        let Lost { mut why, unsettled } = lost;
        let since = Instant::now();
        if !is_replaced(&why) {
            self.standing.send_replace(Standing::Unreachable { since });
        }
        if let Some(request) = self.carried.take() {
            request.refuse(failure(&why));
        }
        let mut pauses = Pauses::begin();
        while !is_replaced(&why) {
            tracing::warn!(error = &why as &dyn std::error::Error, "the log cannot be used");
            let attempt = async {
                pauses.next().await;
                follow(&*self.log, &mut self.rooms).await?;
                // It may be one that can be read and not written, such as a standby.
                self.log.begin().await?.release().await;
                match &unsettled {
                    Some(unsettled) => is_stored(&*self.log, &unsettled.rows).await,
                    None => Ok(false),
                }
            };
            match refusing(&mut self.requests, || Failure::Unavailable, attempt).await {
                None => return ControlFlow::Break(()),
                Some(Err(error)) => why = error,
                Some(Ok(stored)) => {
                    self.publish_news();
                    self.standing.send_replace(Standing::Ready);
                    tracing::warn!(lost_for = ?since.elapsed(), "the log is as it was known");
                    if let Some(unsettled) = unsettled {
                        unsettled.settle(stored);
                    }
                    return ControlFlow::Continue(());
                }
            }
        }
        tracing::error!(
            error = &why as &dyn std::error::Error,
            "the log is not the one known here"
        );
        if let Some(unsettled) = unsettled {
            unsettled.settle(false);
        }
        self.start_anew().await
    }

    /// Folds the log from its first event on, as a process does that starts.
    async fn start_anew(&mut self) -> ControlFlow<()> {
        self.standing.send_replace(Standing::Replaced { since: Instant::now() });
        let mut pauses = Pauses::begin();
        loop {
            let attempt = async {
                pauses.next().await;
                views::open(&*self.log, None, |_, _| ()).await
            };
            match refusing(&mut self.requests, || Failure::LogReplaced, attempt).await {
                None => return ControlFlow::Break(()),
                Some(Ok(rooms)) => {
                    let (known, position) = (self.rooms.position(), rooms.position());
                    self.rooms = rooms.after(&self.rooms);
                    self.publish.send_replace(Arc::new(self.rooms.clone()));
                    self.standing.send_replace(Standing::Ready);
                    tracing::error!(known, position, "the log was read anew");
                    return ControlFlow::Continue(());
                }
                Some(Err(why)) => {
                    tracing::error!(
                        error = &why as &dyn std::error::Error,
                        "the log cannot be read anew"
                    );
                }
            }
        }
    }
}

/// Does something with the log. Meanwhile postings are refused; `None` when nobody can post any
/// more.
async fn refusing<T>(
    requests: &mut mpsc::Receiver<Request>,
    failure: impl Fn() -> Failure,
    work: impl Future<Output = T>,
) -> Option<T> {
    let mut work = pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return Some(done),
            request = requests.recv() => request?.refuse(failure()),
        }
    }
}

/// Whether the rows of a turn are in the log, where all of it was read.
async fn is_stored(log: &dyn Log, rows: &[EventRow]) -> Result<bool, FoldError> {
    let Some(last) = rows.last() else { return Ok(false) };
    let there = log.read_project(&last.project, last.version - 1, 1).await?;
    Ok(there.first() == Some(last))
}

impl Unsettled {
    /// Answers all who wait, now that it is known.
    fn settle(self, stored: bool) {
        let events = self.rows.len();
        tracing::warn!(events, stored, "a turn whose outcome was unknown is settled");
        if stored {
            turn::answer_all(self.answers);
        } else {
            turn::answer_fallen(self.answers, &self.rows, || Failure::OutcomeUnknown);
        }
    }
}

/// The pauses between attempts: none before the first.
struct Pauses {
    next: Duration,
}

impl Pauses {
    fn begin() -> Self {
        Self { next: Duration::ZERO }
    }

    async fn next(&mut self) {
        sleep(self.next).await;
        self.next = (self.next * 2).clamp(FIRST_PAUSE, PAUSE_MAX);
    }
}
