//! Connections, the settings that keep events safe, and the schema.

use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Executor as _, SqlitePool};
use tokio::time::{Instant, sleep};

use super::turn::CHUNK_ROWS_MAX;
use super::{
    READERS_MAX, SQLITE_BUSY, SQLITE_CANTOPEN, SQLITE_LOCKED, SQLITE_READONLY, WAIT_MAX,
    primary_code, unavailable,
};
use crate::log::LogError;

/// Marks the file as a log of Cairn: "Carn" in ASCII.
const APPLICATION_ID: i64 = 0x4361_726e;

/// The number of the newest migration.
const SCHEMA_VERSION: i64 = 2;

/// A file that another process is turning into a log of its own: SQLite does not wait here by
/// itself.
const OPEN_AGAIN_AFTER: Duration = Duration::from_millis(10);

/// Rows that the worker thread of a connection may be ahead: fewer hops between threads.
const ROWS_AHEAD: usize = 256;

/// A WAL-reset corruption was fixed in this version.
const SQLITE_VERSION_MIN: (u32, u32, u32) = (3, 51, 3);

fn options(path: &str) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(WAIT_MAX)
        .foreign_keys(true)
        .row_buffer_size(ROWS_AHEAD)
        .disable_statement_logging()
}

/// The connection that writes, its settings read back.
pub(super) async fn writer(path: &str, create: bool) -> Result<SqliteConnection, LogError> {
    let options = options(path)
        .create_if_missing(create)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        // One for each number of rows that a turn has, with room for the others.
        .statement_cache_capacity(4 * CHUNK_ROWS_MAX)
        // On macOS a plain fsync leaves the data in the cache of the disk; elsewhere this is void.
        .pragma("fullfsync", "on")
        // What a refused insert would have to undo stays in memory; in a file, a turn of many rows
        // opened, wrote and removed one.
        .pragma("temp_store", "memory");
    let deadline = Instant::now() + WAIT_MAX;
    loop {
        match options.connect().await {
            Ok(mut connection) => {
                check_settings(&mut connection).await?;
                return Ok(connection);
            }
            Err(error) => match primary_code(&error) {
                Some(SQLITE_BUSY | SQLITE_LOCKED) if Instant::now() < deadline => {
                    sleep(OPEN_AGAIN_AFTER).await;
                }
                Some(SQLITE_CANTOPEN) => return Err(LogError::Missing),
                Some(_) | None => return Err(unavailable(error)),
            },
        }
    }
}

/// The connections that read beside a writer.
pub(super) async fn readers(path: &str) -> Result<SqlitePool, LogError> {
    connect_readers(options(path).read_only(true)).await
}

/// The connections that read a log that nobody here writes, its schema checked.
pub(super) async fn readers_only(path: &str) -> Result<SqlitePool, LogError> {
    let readers = readers(path).await?;
    match check_pool(&readers).await {
        Ok(()) => Ok(readers),
        // Beside the file SQLite needs two more, which a folder or disk for reading only refuses.
        // Without them the file is all there is, and nobody can be writing it.
        Err(LogError::Unavailable(error))
            if matches!(primary_code(&error), Some(SQLITE_CANTOPEN | SQLITE_READONLY))
                && !has_wal(path) =>
        {
            let readers = connect_readers(options(path).read_only(true).immutable(true)).await?;
            check_pool(&readers).await?;
            Ok(readers)
        }
        Err(error) => Err(error),
    }
}

fn has_wal(path: &str) -> bool {
    std::fs::metadata(format!("{path}-wal")).is_ok_and(|wal| wal.len() > 0)
}

async fn check_pool(readers: &SqlitePool) -> Result<(), LogError> {
    check_schema(&mut *readers.acquire().await.map_err(unavailable)?).await
}

async fn connect_readers(options: SqliteConnectOptions) -> Result<SqlitePool, LogError> {
    let pool = SqlitePoolOptions::new()
        .max_connections(READERS_MAX)
        .acquire_timeout(WAIT_MAX)
        // Asking the worker thread whether it lives costs as much as a small read.
        .test_before_acquire(false)
        .connect_with(options)
        .await;
    pool.map_err(|error| match primary_code(&error) {
        Some(SQLITE_CANTOPEN) => LogError::Missing,
        Some(_) | None => unavailable(error),
    })
}

/// Refuses a connection that could lose what it says it stored.
pub(super) async fn check_settings(connection: &mut SqliteConnection) -> Result<(), LogError> {
    let version: String = scalar(connection, "select sqlite_version()").await?;
    if parse_version(&version) < Some(SQLITE_VERSION_MIN) {
        let (major, minor, patch) = SQLITE_VERSION_MIN;
        let wanted = format!("{major}.{minor}.{patch} or newer");
        return Err(LogError::Settings { setting: "sqlite_version()", found: version, wanted });
    }
    let mode: String = scalar(connection, "pragma journal_mode").await?;
    expect_setting("journal_mode", &mode, "wal")?;
    // 2 is FULL: the WAL is synced at every commit.
    let synchronous: i64 = scalar(connection, "pragma synchronous").await?;
    expect_setting("synchronous", &synchronous.to_string(), "2")?;
    let foreign_keys: i64 = scalar(connection, "pragma foreign_keys").await?;
    expect_setting("foreign_keys", &foreign_keys.to_string(), "1")?;
    let busy_timeout_ms: i64 = scalar(connection, "pragma busy_timeout").await?;
    let wanted = WAIT_MAX.as_millis().to_string();
    expect_setting("busy_timeout", &busy_timeout_ms.to_string(), &wanted)
}

fn expect_setting(setting: &'static str, found: &str, wanted: &str) -> Result<(), LogError> {
    if found == wanted {
        return Ok(());
    }
    Err(LogError::Settings { setting, found: found.to_owned(), wanted: wanted.to_owned() })
}

fn parse_version(text: &str) -> Option<(u32, u32, u32)> {
    let mut parts = text.split('.').map(|part| part.parse().ok());
    Some((parts.next()??, parts.next()??, parts.next()??))
}

async fn scalar<T>(connection: &mut SqliteConnection, sql: &'static str) -> Result<T, LogError>
where
    T: for<'r> sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite> + Send + Unpin,
{
    sqlx::query_scalar(sql).fetch_one(connection).await.map_err(unavailable)
}

/// In the order of their numbers.
const MIGRATIONS: [&str; 2] = [
    include_str!("../../../../migrations/sqlite/0001_log.sql"),
    include_str!("../../../../migrations/sqlite/0002_subtree.sql"),
];

/// Makes an empty file into a log, and brings an older log up to date. Of two processes that open a
/// file at once, the second waits for the lock and finds nothing to do. A file that has other
/// tables, or needs nothing, is not locked at all.
pub(super) async fn migrate(connection: &mut SqliteConnection) -> Result<(), LogError> {
    if applied(connection).await?.is_none() {
        return Ok(());
    }
    connection.execute("begin immediate").await.map_err(unavailable)?;
    let mut sql = String::new();
    if let Some(applied) = applied(connection).await? {
        MIGRATIONS[applied..].iter().for_each(|migration| sql.push_str(migration));
        // "Carn" and the number of the migration, in the transaction that creates the tables.
        sql += &format!("pragma application_id = {APPLICATION_ID}; ");
        sql += &format!("pragma user_version = {SCHEMA_VERSION}; ");
    }
    sql += "commit;";
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await.map_err(unavailable)?;
    Ok(())
}

/// How many migrations a file has that needs more.
async fn applied(connection: &mut SqliteConnection) -> Result<Option<usize>, LogError> {
    if scalar::<i64>(connection, "select count(*) from sqlite_schema").await? == 0 {
        return Ok(Some(0));
    }
    let ours = scalar::<i64>(connection, "pragma application_id").await? == APPLICATION_ID;
    let version: i64 = scalar(connection, "pragma user_version").await?;
    let needs_more = ours && (1..SCHEMA_VERSION).contains(&version);
    Ok(usize::try_from(version).ok().filter(|_| needs_more))
}

pub(super) async fn check_schema(connection: &mut SqliteConnection) -> Result<(), LogError> {
    let application_id: i64 = scalar(connection, "pragma application_id").await?;
    if application_id != APPLICATION_ID {
        return Err(LogError::NotOurs { why: "it has other tables".to_owned() });
    }
    let found: i64 = scalar(connection, "pragma user_version").await?;
    match found.cmp(&SCHEMA_VERSION) {
        std::cmp::Ordering::Equal => Ok(()),
        std::cmp::Ordering::Less => Err(LogError::NeedsMigration { found, wanted: SCHEMA_VERSION }),
        std::cmp::Ordering::Greater => Err(LogError::NotOurs {
            why: format!("its schema {found} is newer than {SCHEMA_VERSION}, the one known here"),
        }),
    }
}
