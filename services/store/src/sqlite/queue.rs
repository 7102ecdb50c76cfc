//! Who writes next, among the processes that have the file open.
//!
//! SQLite's own lock has no queue: who waits for it looks now and then, and a busy process had it
//! again and again before. Two locks of the operating system on files beside the database make
//! one: who is next holds the first until it has the second, so whoever ends a turn stands behind.
//!
//! They only order; what keeps the events whole is SQLite's lock. A process that does not have its
//! turn in time goes on without, so that one that stands still holds nobody up here.

use std::fs::{File, TryLockError};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep};

/// How often a lock is looked for that another process holds.
const LOOK_EVERY: Duration = Duration::from_millis(1);

/// How long those before may take in all: a full turn on a slow disk.
const TURNS_MAX: Duration = Duration::from_millis(500);

/// How long nobody waits in a queue that did not move, unless it does again.
const STANDS_FOR: Duration = Duration::from_secs(10);

pub(super) struct Queue {
    next: Arc<File>,
    turn: Arc<File>,
    /// Nobody waits before this, since somebody may be standing still in the queue.
    stands_until: Mutex<Instant>,
}

/// A lock that is held until this is dropped, or its process ends.
pub(super) struct Held(Arc<File>);

impl Drop for Held {
    fn drop(&mut self) {
        // Closing the file would do it too.
        let _ = self.0.unlock();
    }
}

impl Queue {
    pub(super) fn open(path: &str) -> io::Result<Queue> {
        let open = |name: &str| {
            let mut options = File::options();
            options.create(true).write(true).truncate(false);
            options.open(format!("{path}-{name}")).map(Arc::new)
        };
        let stands_until = Mutex::new(Instant::now());
        Ok(Queue { next: open("next")?, turn: open("turn")?, stands_until })
    }

    /// None when those before did not come to their end in time, or files cannot be locked here.
    pub(super) async fn turn(&self) -> Option<Held> {
        let now = Instant::now();
        let deadline = if now < *self.stands_until() { now } else { now + TURNS_MAX };
        let turn = async {
            let _next = held(&self.next, deadline).await?;
            held(&self.turn, deadline).await
        };
        let turn = turn.await;
        if turn.is_some() {
            *self.stands_until() = now;
        } else if deadline > now {
            *self.stands_until() = Instant::now() + STANDS_FOR;
        }
        turn
    }

    fn stands_until(&self) -> MutexGuard<'_, Instant> {
        self.stands_until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn held(file: &Arc<File>, deadline: Instant) -> Option<Held> {
    loop {
        match file.try_lock() {
            Ok(()) => return Some(Held(Arc::clone(file))),
            Err(TryLockError::WouldBlock) if Instant::now() < deadline => sleep(LOOK_EVERY).await,
            Err(TryLockError::WouldBlock | TryLockError::Error(_)) => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs::TryLockError;
    use std::time::Duration;

    use tempfile::TempDir;
    use tokio::time::{Instant, timeout};

    use super::{Queue, TURNS_MAX};

    #[tokio::test]
    async fn whoever_ends_a_turn_stands_behind_who_waits() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("log.db").to_str().unwrap().to_owned();
        let [busy, waiting, looking] = [(); 3].map(|()| Queue::open(&path).unwrap());
        let turn = busy.turn().await.unwrap();
        let mut waits = std::pin::pin!(waiting.turn());
        // Polled once, it is next.
        assert!(timeout(Duration::ZERO, waits.as_mut()).await.is_err());
        assert!(matches!(looking.next.try_lock(), Err(TryLockError::WouldBlock)));
        drop(turn);
        let mut again = std::pin::pin!(busy.turn());
        assert!(timeout(Duration::ZERO, again.as_mut()).await.is_err());
        let turn = waits.await.unwrap();
        assert!(timeout(Duration::ZERO, again.as_mut()).await.is_err());
        drop(turn);
        assert!(again.await.is_some());
    }

    #[tokio::test]
    async fn a_turn_that_does_not_end_holds_nobody_up_for_longer() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("log.db").to_str().unwrap().to_owned();
        let [still, waiting] = [(); 2].map(|()| Queue::open(&path).unwrap());
        let turn = still.turn().await;
        let begun = Instant::now();
        assert!(waiting.turn().await.is_none());
        assert!(begun.elapsed() >= TURNS_MAX);
        // From then on nobody waits for a while, or until the queue moves again.
        assert!(timeout(TURNS_MAX / 2, waiting.turn()).await.unwrap().is_none());
        drop(turn);
        let turn = waiting.turn().await.unwrap();
        assert!(timeout(Duration::ZERO, still.turn()).await.is_err());
        drop(turn);
        assert!(still.turn().await.is_some());
    }
}
