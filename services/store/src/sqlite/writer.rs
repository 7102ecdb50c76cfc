//! The one connection that writes, lent to one turn after the other.

use std::sync::Arc;

use sqlx::Connection as _;
use sqlx::sqlite::SqliteConnection;
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::timeout;

use super::file::FileId;
use super::queue::{Held, Queue};
use super::{WAIT_MAX, connect};
use crate::log::LogError;

pub(super) struct Writer {
    path: String,
    /// Of this file, among the processes.
    queue: Option<Queue>,
    slot: Arc<Mutex<Slot>>,
}

/// Holds the connection while nobody writes.
enum Slot {
    Ready(SqliteConnection, FileId),
    Empty,
    Closed,
}

/// Is given back when its turn ends in order. Otherwise the connection falls with the turn:
/// closing it rolls back, and the next turn makes a new one.
pub(super) struct Lent {
    pub(super) connection: SqliteConnection,
    file: FileId,
    // Before the slot: the next turn of this process would otherwise take it for its own.
    _turn: Option<Held>,
    slot: OwnedMutexGuard<Slot>,
}

impl Lent {
    pub(super) fn give_back(self) {
        let Lent { connection, file, mut slot, _turn } = self;
        *slot = Slot::Ready(connection, file);
    }
}

impl Writer {
    /// Makes an empty or missing file into a log.
    pub(super) async fn open(path: &str) -> Result<Writer, LogError> {
        connect::check_ours(path).await?;
        let mut connection = connect::writer(path, true).await?;
        connect::create(&mut connection).await?;
        let queue = Queue::open(path)
            .inspect_err(|error| tracing::warn!(%error, "several processes will not take turns"));
        let slot = Arc::new(Mutex::new(Slot::Ready(connection, FileId::at(path)?)));
        Ok(Writer { path: path.to_owned(), queue: queue.ok(), slot })
    }

    /// The connection, when all who came before are done.
    pub(super) async fn take(&self) -> Result<Lent, LogError> {
        let slot = Arc::clone(&self.slot).lock_owned();
        let mut slot = timeout(WAIT_MAX, slot).await.map_err(|_late| LogError::Busy)?;
        let turn = match &self.queue {
            Some(queue) => queue.turn().await,
            None => None,
        };
        let (connection, file) = match std::mem::replace(&mut *slot, Slot::Empty) {
            Slot::Ready(connection, file) => {
                file.check(&self.path)?;
                (connection, file)
            }
            Slot::Empty => self.connect().await?,
            Slot::Closed => {
                *slot = Slot::Closed;
                return Err(LogError::Unavailable(sqlx::Error::PoolClosed));
            }
        };
        Ok(Lent { connection, file, slot, _turn: turn })
    }

    async fn connect(&self) -> Result<(SqliteConnection, FileId), LogError> {
        let file = FileId::at(&self.path)?;
        let mut connection = connect::writer(&self.path, false).await?;
        connect::check_schema(&mut connection).await?;
        file.check(&self.path)?;
        Ok((connection, file))
    }

    pub(super) async fn close(&self) {
        let old = std::mem::replace(&mut *self.slot.lock().await, Slot::Closed);
        if let Slot::Ready(connection, _file) = old
            && let Err(error) = connection.close().await
        {
            tracing::warn!(%error, "the log did not close cleanly");
        }
    }
}
