//! What a log is, whichever engine keeps it.

use std::sync::Arc;

use async_trait::async_trait;
use sqlx::postgres::PgConnectOptions;

use crate::event::EventRow;
use crate::head::Head;
use crate::merkle::{Hash, Subtree};
use crate::postgres::PostgresLog;
use crate::sqlite::{self, SqliteLog};

/// Opens the log at `address`: `sqlite:PATH` or `postgres://USER@HOST:PORT/DATABASE`, with the
/// options of sqlx's `PgConnectOptions`. An SQLite file that is not there yet is made; on
/// PostgreSQL, and where the schema is older, [`migrate`] comes first. Two processes may open a
/// new file at once.
pub async fn open(address: &str) -> Result<Arc<dyn Log>, LogError> {
    Ok(match Address::parse(address)? {
        Address::Sqlite(path) => Arc::new(SqliteLog::open(path).await?),
        Address::Postgres(options) => Arc::new(PostgresLog::open(options).await?),
    })
}

/// Opens the log at `address` for reading only: nothing is created or migrated, triggers may be
/// missing, and [`Log::begin`] refuses. (SQLite may leave its empty `-wal` and `-shm` files beside
/// the database.)
pub async fn open_read_only(address: &str) -> Result<Arc<dyn Log>, LogError> {
    Ok(match Address::parse(address)? {
        Address::Sqlite(path) => Arc::new(SqliteLog::open_read_only(path).await?),
        Address::Postgres(options) => Arc::new(PostgresLog::open_read_only(options).await?),
    })
}

/// Copies the log of the SQLite file at `address`, as of one moment and while others write to it,
/// into the file `to`, which is missing or empty. The copy is one file that any of the ways above
/// opens; it is on disk once the caller has synced it. `progress` is told bytes done and about how
/// many there are. [`LogError::Full`] speaks of the disk of `to`.
pub async fn copy(
    address: &str,
    to: &str,
    progress: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<(), LogError> {
    match Address::parse(address)? {
        Address::Sqlite(path) => sqlite::copy(path, to, progress).await,
        Address::Postgres(_) => {
            let why = "it is one of PostgreSQL, which pg_dump copies".to_owned();
            Err(LogError::BadAddress { why })
        }
    }
}

/// Makes the tables of the log at `address`, or brings those of an older program up to date, all
/// or nothing. On PostgreSQL it runs as the owner of the tables. Two processes may migrate at once.
pub async fn migrate(address: &str) -> Result<Migrated, LogError> {
    match Address::parse(address)? {
        Address::Sqlite(path) => SqliteLog::migrate(path).await,
        Address::Postgres(options) => PostgresLog::migrate(options).await,
    }
}

/// What [`migrate`] did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migrated {
    /// The schema before; 0 where there was none.
    pub from: i64,
    /// The schema now.
    pub to: i64,
    /// The SQL that gives a role of PostgreSQL the rights that [`open`] needs and no others; none
    /// where the role `cairn_app` is there and was given them.
    pub grants: Option<String>,
}

enum Address<'a> {
    Sqlite(&'a str),
    Postgres(Box<PgConnectOptions>),
}

impl Address<'_> {
    fn parse(address: &str) -> Result<Address<'_>, LogError> {
        let bad = |why: &str| LogError::BadAddress { why: why.to_owned() };
        if let Some(path) = address.strip_prefix("sqlite:") {
            return match path {
                "" => Err(bad("it has no path")),
                // Others count the slashes of such an address in two ways.
                path if path.starts_with("//") => {
                    Err(bad("the path follows at once, as in sqlite:cairn.db or \
                     sqlite:/var/lib/cairn/cairn.db"))
                }
                path => Ok(Address::Sqlite(path)),
            };
        }
        if address.starts_with("postgres:") || address.starts_with("postgresql:") {
            let options = address.parse();
            // The text of the fault may quote what it found, and that may be a password.
            return match options {
                Ok(options) => Ok(Address::Postgres(Box::new(options))),
                Err(_quoted) => {
                    Err(bad("one of its parts cannot be read; signs such as @ : / ? in \
                     a password are written %40 %3A %2F %3F"))
                }
            };
        }
        Err(bad("it begins with neither sqlite: nor postgres:"))
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

    /// The kept checkpoints with a position up to `up_to`, the newest first, at most `limit`.
    async fn checkpoints_back(&self, up_to: u64, limit: u32) -> Result<Vec<KeptNote>, LogError>;

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
/// `commit` cut off in the middle has an unknown outcome. Dropping closes the connection, which
/// frees the lock as soon as the engine notices: SQLite and an idle PostgreSQL at once, a
/// PostgreSQL that works on a statement when it is done, and one that cannot be reached after
/// five idle seconds.
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
    /// Another file lies in the place of the one that was open; nothing was stored. Read the log
    /// to learn what it is.
    #[error("another file was put in the place of the log")]
    Replaced,
    /// The log was opened for reading only.
    #[error("the log is open for reading only")]
    ReadOnly,
    /// There is no log at the address.
    #[error(
        "there is no log at this address; look whether it is the right one. Only for a new log: \
         `cairn migrate --database ADDRESS` makes an empty one there"
    )]
    Missing,
    /// The address is not of a kind that this program knows. It is not told: it may have a
    /// password.
    #[error(
        "this is not an address of a log, for {why}; write sqlite:PATH or \
         postgres://USER@HOST:PORT/DATABASE"
    )]
    BadAddress { why: String },
    /// The database is something else, or of a newer program.
    #[error("the database is not a log of this program: {why}")]
    NotOurs { why: String },
    /// The log is of an older program: migrate it.
    #[error(
        "the log has schema {found} and this program needs {wanted}: run \
         `cairn migrate --database ADDRESS`"
    )]
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
