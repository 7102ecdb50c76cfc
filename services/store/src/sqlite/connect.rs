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
use crate::schema;

/// Marks the file as a log of Cairn: "Carn" in ASCII.
const APPLICATION_ID: i64 = 0x4361_726e;

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

/// Refuses a database of another program before anything in it is changed, its journal included.
pub(super) async fn check_ours(path: &str) -> Result<(), LogError> {
    if !std::fs::exists(path).unwrap_or(true) {
        return Ok(());
    }
    let look = async {
        let mut connection = options(path).read_only(true).connect().await.map_err(unavailable)?;
        // One look: between two another process can make an empty file into a log.
        connection.execute("begin").await.map_err(unavailable)?;
        let application_id: i64 = scalar(&mut connection, "pragma application_id").await?;
        let user_version: i64 = scalar(&mut connection, "pragma user_version").await?;
        let is_empty = table_count(&mut connection).await? == 0;
        Ok(application_id == APPLICATION_ID || (is_empty && application_id | user_version == 0))
    };
    match look.await {
        Ok(false) => Err(LogError::NotOurs { why: "another program made it".to_owned() }),
        Err(LogError::NotOurs { why }) => Err(LogError::NotOurs { why }),
        // Whoever keeps it busy, or cannot be read, is told of when it is opened for writing.
        Ok(true) | Err(_) => Ok(()),
    }
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
async fn readers(path: &str) -> Result<SqlitePool, LogError> {
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

/// Makes an empty file into a log; a log of another schema is refused. A file that has tables is
/// not locked at all.
pub(super) async fn create(connection: &mut SqliteConnection) -> Result<(), LogError> {
    if table_count(connection).await? == 0 {
        migrate(connection).await?;
    }
    check_schema(connection).await
}

/// Applies what the log lacks, all or nothing, and says from which schema to which it came. Of two
/// processes that migrate at once, the second waits for the lock and finds nothing left to do.
pub(super) async fn migrate(connection: &mut SqliteConnection) -> Result<(i64, i64), LogError> {
    connection.execute("begin immediate").await.map_err(unavailable)?;
    let found = match table_count(connection).await? {
        0 => 0,
        _ => schema_version(connection).await?,
    };
    schema::check_not_newer(found)?;
    let newest = schema::newest();
    let end = match found == newest {
        true => "rollback".to_owned(),
        false => format!(
            "pragma application_id = {APPLICATION_ID}; pragma user_version = {newest}; commit"
        ),
    };
    let missing = schema::missing(found).iter().map(|migration| migration.sqlite);
    let sql: String = missing.chain([end.as_str()]).collect();
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await.map_err(unavailable)?;
    Ok((found, newest))
}

async fn table_count(connection: &mut SqliteConnection) -> Result<i64, LogError> {
    scalar(connection, "select count(*) from sqlite_schema").await
}

pub(super) async fn check_schema(connection: &mut SqliteConnection) -> Result<(), LogError> {
    schema::check(schema_version(connection).await?)
}

/// The number of the newest migration that was applied to a log.
async fn schema_version(connection: &mut SqliteConnection) -> Result<i64, LogError> {
    let application_id: i64 = scalar(connection, "pragma application_id").await?;
    if application_id != APPLICATION_ID {
        return Err(LogError::NotOurs { why: "it has other tables".to_owned() });
    }
    scalar(connection, "pragma user_version").await
}
