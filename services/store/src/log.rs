//! What a log is, whichever engine keeps it.

use std::sync::Arc;

use async_trait::async_trait;

use crate::event::EventRow;
use crate::head::Head;
use crate::merkle::{Hash, Subtree};
use crate::sqlite;

/// Opens the log at `address` (`sqlite:PATH`), creating and migrating a new one. Two processes
/// may open a new file at once.
pub async fn open(address: &str) -> Result<Arc<dyn Log>, LogError> {
    Ok(Arc::new(sqlite::SqliteLog::open(sqlite_path(address)?).await?))
}

/// Opens the log at `address` for reading only: nothing is created or migrated, triggers may be
/// missing, and [`Log::begin`] refuses. (SQLite may leave its empty `-wal` and `-shm` files beside
/// the database.)
pub async fn open_read_only(address: &str) -> Result<Arc<dyn Log>, LogError> {
    Ok(Arc::new(sqlite::SqliteLog::open_read_only(sqlite_path(address)?).await?))
}

fn sqlite_path(address: &str) -> Result<&str, LogError> {
    match address.strip_prefix("sqlite:") {
        Some(path) if !path.is_empty() => Ok(path),
        Some(_) | None => Err(LogError::BadAddress { address: address.to_owned() }),
    }
}

/// An append-only log. Reads never wait for writers.
#[async_trait]
pub trait Log: Send + Sync {
    /// The newest head.
    async fn head(&self) -> Result<Head, LogError>;

    /// The events after position `after`, in order of position, at most `limit`, with the head as
    /// of the same moment.
    async fn read(&self, after: u64, limit: u32) -> Result<Page, LogError>;

    /// As [`Log::read`] without the head: what `verify` reads by, because it must find the wrong
    /// row also when the head row is damaged.
    async fn read_rows(&self, after: u64, limit: u32) -> Result<Vec<EventRow>, LogError>;

    /// The events of `project` after its version `after_version`, in order, at most `limit`.
    async fn read_project(
        &self,
        project: &str,
        after_version: u64,
        limit: u32,
    ) -> Result<Vec<EventRow>, LogError>;

    /// Locks the head row until the turn is committed, released or dropped. Waits at most five
    /// seconds for the turns of this process and as long for those of others, then
    /// [`LogError::Busy`].
    async fn begin(&self) -> Result<Box<dyn Turn>, LogError>;

    /// Stores all of `rows` and `head`, which must follow `from`, on disk, if the log still stands
    /// at `from`; otherwise [`LogError::Moved`]. What was decided on `from` was then decided on
    /// the newest state, as if the lock had been held all along. Errors are those of
    /// [`Log::begin`] and [`Turn::commit`].
    async fn append(&self, from: &Head, rows: &[EventRow], head: &Head) -> Result<(), LogError>;

    /// Keeps a signed checkpoint. One that is there already for this position stays.
    async fn keep_checkpoint(&self, position: u64, note: &str) -> Result<(), LogError>;

    /// The signed checkpoint with the highest position.
    async fn newest_checkpoint(&self) -> Result<Option<String>, LogError>;

    /// The kept checkpoints with a position after `after`, in order, at most `limit`. Zero means
    /// from the first row, also one whose position is none.
    async fn checkpoints(&self, after: u64, limit: u32) -> Result<Vec<KeptNote>, LogError>;

    /// Stored hashes of the tree, at most `count`, from the index `first` (counted from 0) up to
    /// the first that is missing: at level 0 the leaf hashes of the events, at level k the roots of
    /// the perfect subtrees of 256^k leaves.
    async fn hashes(&self, level: u8, first: u64, count: u32) -> Result<Vec<Hash>, LogError>;

    /// The index after that of the last subtree which is kept at `level`, from 1 on.
    async fn subtrees(&self, level: u8) -> Result<u64, LogError>;

    /// Keeps roots of subtrees, in their order. One that is there already stays.
    async fn keep_subtrees(&self, subtrees: &[Subtree]) -> Result<(), LogError>;

    /// Closes the connections; every later call is [`LogError::Unavailable`].
    async fn close(&self);
}

/// An append that is a turn of its own.
pub(crate) async fn append_in_turn(
    log: &dyn Log,
    from: &Head,
    rows: &[EventRow],
    head: &Head,
) -> Result<(), LogError> {
    let turn = log.begin().await?;
    if turn.head() != from {
        turn.release().await;
        return Err(LogError::Moved);
    }
    turn.commit(rows, head).await
}

/// The write lock, held. A turn that is dropped at any moment stores nothing, except that a
/// `commit` cut off in the middle has an unknown outcome.
#[async_trait]
pub trait Turn: Send {
    /// The head that is locked.
    fn head(&self) -> &Head;

    /// The events after position `after`, in order, at most `limit`, read under the lock.
    async fn read(&mut self, after: u64, limit: u32) -> Result<Vec<EventRow>, LogError>;

    /// Stores all of `rows` and `head`, which must follow [`Turn::head`], on disk. After
    /// [`LogError::OutcomeUnknown`] only the log can say what happened; after any other error
    /// nothing was stored.
    async fn commit(self: Box<Self>, rows: &[EventRow], head: &Head) -> Result<(), LogError>;

    /// Gives the lock back and stores nothing.
    async fn release(self: Box<Self>);
}

/// A checkpoint as it is kept, signed or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptNote {
    pub position: u64,
    pub note: String,
}

/// Events, and the head as of the moment they were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    pub head: Head,
    pub rows: Vec<EventRow>,
}

/// One variant for each thing that a caller would do differently.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// Try again: another writer held the lock, or all readers were taken, for too long.
    #[error("the log is busy")]
    Busy,
    /// Reconnect and try again later.
    #[error("the log cannot be reached or read")]
    Unavailable(#[source] sqlx::Error),
    /// Nothing was stored; make room.
    #[error("the disk that holds the log is full")]
    Full,
    /// Read the log to learn whether the rows are there.
    #[error("it is unknown whether the rows were stored")]
    OutcomeUnknown(#[source] sqlx::Error),
    /// The rows repeat what is there or do not follow it; nothing was stored.
    #[error("the rows do not follow the log: {why}")]
    Conflict { why: String },
    /// The log does not stand where the rows go on from; nothing was stored. Read it and decide
    /// again.
    #[error("the log has moved on")]
    Moved,
    /// The log was opened for reading only.
    #[error("the log is open for reading only")]
    ReadOnly,
    /// There is no log at the address.
    #[error("there is no log at this address")]
    Missing,
    /// The address is not of a kind that this program knows.
    #[error("{address:?} is not an address of a log; write sqlite:PATH")]
    BadAddress { address: String },
    /// The database is something else, or of a newer program.
    #[error("the database is not a log of this program: {why}")]
    NotOurs { why: String },
    /// The log is of an older program: migrate it.
    #[error("the log has schema {found} and this program needs {wanted}: migrate it")]
    NeedsMigration { found: i64, wanted: i64 },
    /// The engine would not keep what it says it stored.
    #[error("{setting} is {found} where {wanted} is needed to keep events safe")]
    Settings { setting: &'static str, found: String, wanted: String },
    /// The head row cannot be one that was written here: verify, then restore a backup.
    #[error("the head row is damaged: {why}")]
    DamagedHead { why: String },
    /// The row cannot be one that was written here: verify, then restore a backup.
    #[error("the stored hash {index} of level {level} is damaged: {why}")]
    DamagedHash { level: u8, index: u64, why: String },
    /// The row cannot be one that was written here: verify, then restore a backup.
    #[error("the event at position {position} is damaged: {why}")]
    DamagedRow { position: u64, why: String },
}
