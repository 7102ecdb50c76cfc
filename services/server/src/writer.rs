//! The writer loop: the one task of a process that owns the write path of the log.
//!
//! It takes every posting that waits, locks the head, reads what other processes wrote, decides
//! each posting on the state as it is then, stores all that is accepted in one commit, publishes
//! the new state and answers. While one turn is being synced, the next one gathers.
//!
//! When the log is lost, it looks for it again, and whoever posts is told to come again. Found, the
//! log is compared with what was known of it; if it is another one, the writer begins anew.

mod queue;
mod preparing;
mod under_way;
mod turn;
mod decision;
mod follow;
mod lost;

use std::sync::Arc;
use std::time::Duration;

use cairn_store::Log;
use tokio::sync::{mpsc, watch};

pub use decision::{Conflict, Receipt, Rejected, dry_run, dry_run_each};
pub use preparing::prepare;
pub use queue::{ANSWER_WITHIN, Failure, Postbox, QUEUE_KIBIBYTES_MAX, QUEUE_POSTINGS_MAX};
pub use turn::{TURN_BYTES_MAX, TURN_EVENTS_MAX, TURN_POSTINGS_MAX};
pub use under_way::{Outcome, UnderWay};

use crate::standing::Standing;
use crate::views::snapshot::Snapshots;
use crate::views::{self, FoldError, Ledger, Rooms};
use lost::{Lost, is_there};
use queue::Request;

/// How often a process looks for what others wrote.
const FOLLOW_EVERY: Duration = Duration::from_millis(50);

/// A started writer: where to post, where to read, and the task itself, which ends when every
/// [`Postbox`] is dropped.
pub struct Started {
    pub postbox: Postbox,
    pub ledger: Ledger,
    pub task: tokio::task::JoinHandle<()>,
}

/// Folds the log, from the snapshots on, and starts the writer. `progress` is told how many of how
/// many events were folded.
pub async fn start(
    log: Arc<dyn Log>,
    snapshots: Option<&Snapshots>,
    progress: impl FnMut(u64, u64),
) -> Result<Started, FoldError> {
    let rooms = views::open(&*log, snapshots, progress).await?;
    let (publish, snapshots) = watch::channel(Arc::new(rooms.clone()));
    let (standing, stands) = watch::channel(Standing::Ready);
    let ledger = Ledger::new(snapshots, stands.clone(), log.clone());
    let (postbox, requests) = queue::open(stands, ledger.clone());
    let writer = Writer { log, rooms, publish, standing, requests, carried: None, alone: true };
    let task = tokio::spawn(writer.run());
    Ok(Started { postbox, ledger, task })
}

struct Writer {
    log: Arc<dyn Log>,
    /// What this process knows of the log.
    rooms: Rooms,
    publish: watch::Sender<Arc<Rooms>>,
    standing: watch::Sender<Standing>,
    requests: mpsc::Receiver<Request>,
    /// A request that did not fit into the turn before.
    carried: Option<Request>,
    /// Whether nobody else wrote since the last turn, as far as is known.
    alone: bool,
}

impl Writer {
    async fn run(mut self) {
        while let Err(lost) = self.work().await {
            if self.recover(lost).await.is_break() {
                return;
            }
        }
    }

    /// Takes turns, and follows the other processes between them, until nobody can post any more
    /// or the log is lost.
    async fn work(&mut self) -> Result<(), Lost> {
        let mut follow = tokio::time::interval(FOLLOW_EVERY);
        follow.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            if let Some(request) = self.carried.take() {
                self.take_turn(request).await?;
                continue;
            }
            tokio::select! {
                // A turn reads what the others wrote, so that following may wait for it.
                biased;
                request = self.requests.recv() => match request {
                    Some(request) => self.take_turn(request).await?,
                    None => return Ok(()),
                },
                _ = follow.tick() => match self.follow().await {
                    Err(error) if is_there(&error) => {
                        let error = &error as &dyn std::error::Error;
                        tracing::warn!(error, "the other processes were not followed");
                    }
                    followed => followed?,
                },
            }
        }
    }

    /// A turn with all that waits, from `first` on.
    async fn take_turn(&mut self, first: Request) -> Result<(), Lost> {
        let requests = self.gather(first);
        self.turn(requests).await
    }
}
