//! The writer loop: the one task of a process that owns the write path of the log.
//!
//! It takes every posting that waits, locks the head, reads what other processes wrote, decides
//! each posting on the state as it is then, stores all that is accepted in one commit, publishes
//! the new state and answers. While one turn is being synced, the next one gathers.

mod queue;
mod turn;
mod decision;

use std::sync::Arc;
use std::time::Duration;

use cairn_store::{Log, LogError};
use tokio::sync::{mpsc, watch};

pub use decision::{Conflict, Receipt, Rejected, dry_run};
pub use queue::{Answer, Failure, Postbox, QUEUE_KIBIBYTES_MAX, QUEUE_POSTINGS_MAX};
pub use turn::{TURN_BYTES_MAX, TURN_EVENTS_MAX, TURN_POSTINGS_MAX};

use crate::views::{self, FoldError, Ledger, PAGE_ROWS, Rooms};
use queue::Request;

/// How often a process looks for what others wrote.
const FOLLOW_EVERY: Duration = Duration::from_millis(50);

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
    let (postbox, requests) = queue::open();
    let writer = Writer { log: log.clone(), rooms, publish, requests, carried: None, alone: true };
    let task = tokio::spawn(writer.run());
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
