//! The log on PostgreSQL 13 and newer: one connection that writes, and a few that read.
//!
//! Everything is ordinary SQL at read committed: the head row is the only lock, rows are read by
//! their keys, and nothing depends on sequences, advisory locks or notifications.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::postgres::{PgConnectOptions, PgDatabaseError, PgRow, PgSeverity};
use tokio::time::timeout;

use crate::event::EventRow;
use crate::head::Head;
use crate::log::{KeptNote, Log, LogError, Migrated, Page, Turn, append_in_turn};
use crate::merkle::{Hash, Subtree};
use crate::row::{self, StoredRow as _, after, signed};

mod columns;
mod connect;
mod connections;
mod migrate;
mod turn;

#[cfg(test)]
#[path = "../../../tests/postgres_cluster.rs"]
mod cluster;
#[cfg(test)]
mod tests;

use connections::Connections;

/// Readers that work at once; more would only wait for the processor.
const READERS_MAX: usize = 4;

/// How long a writer waits for the others of its process, a reader for a connection, and both for
/// the server to take them in. The wait for other processes is the server's to bound.
const WAIT_MAX: Duration = Duration::from_secs(5);

/// After so long without an answer the server is gone, or cannot be reached: it ends every
/// statement by itself after ten seconds.
const ANSWER_MAX: Duration = Duration::from_secs(15);

pub(crate) struct PostgresLog {
    /// The one that writes is lent to a turn at a time; none where the log is only read.
    writer: Option<Arc<Connections>>,
    readers: Arc<Connections>,
}

impl PostgresLog {
    pub(crate) async fn open(options: Box<PgConnectOptions>) -> Result<PostgresLog, LogError> {
        let readers = Connections::reading((*options).clone(), READERS_MAX);
        let writer = Connections::writing(*options);
        let mut connection = writer.take().await?;
        migrate::check_schema(&mut connection).await?;
        connect::warn_of_rights(&mut connection).await?;
        connection.give_back();
        Ok(PostgresLog { writer: Some(writer), readers })
    }

    pub(crate) async fn open_read_only(
        options: Box<PgConnectOptions>,
    ) -> Result<PostgresLog, LogError> {
        let readers = Connections::reading(*options, READERS_MAX);
        let mut connection = readers.take().await?;
        migrate::check_schema(&mut connection).await?;
        connection.give_back();
        Ok(PostgresLog { writer: None, readers })
    }

    pub(crate) async fn migrate(options: Box<PgConnectOptions>) -> Result<Migrated, LogError> {
        migrate::migrate(*options).await
    }

    fn writer(&self) -> Result<&Arc<Connections>, LogError> {
        self.writer.as_ref().ok_or(LogError::ReadOnly)
    }

    /// Reads all rows of a query that stores nothing.
    async fn read_all(&self, query: PgQuery<'_>) -> Result<Vec<PgRow>, LogError> {
        let mut connection = self.readers.take().await?;
        let rows = answered(query.fetch_all(&mut *connection)).await;
        match rows {
            Ok(_) => connection.give_back(),
            Err(_) => self.readers.doubt(),
        }
        rows.map_err(unavailable)
    }
}

type PgQuery<'q> = sqlx::query::Query<'q, sqlx::Postgres, sqlx::postgres::PgArguments>;

#[async_trait]
impl Log for PostgresLog {
    async fn head(&self) -> Result<Head, LogError> {
        let rows = self.read_all(sqlx::query(row::SELECT_HEAD)).await?;
        row::decode_head(rows.first())
    }

    async fn read(&self, after_position: u64, limit: u32) -> Result<Page, LogError> {
        let query = sqlx::query(row::SELECT_PAGE).bind(after(after_position));
        row::decode_page(&self.read_all(query.bind(i64::from(limit))).await?)
    }

    async fn read_rows(&self, after_position: u64, limit: u32) -> Result<Vec<EventRow>, LogError> {
        let query = sqlx::query(row::SELECT_ROWS).bind(after(after_position));
        row::decode_events(&self.read_all(query.bind(i64::from(limit))).await?)
    }

    async fn read_project(
        &self,
        project: &str,
        after_version: u64,
        limit: u32,
    ) -> Result<Vec<EventRow>, LogError> {
        let query = sqlx::query(row::SELECT_PROJECT)
            .bind(project)
            .bind(after(after_version))
            .bind(i64::from(limit));
        row::decode_events(&self.read_all(query).await?)
    }

    async fn begin(&self) -> Result<Box<dyn Turn>, LogError> {
        Ok(Box::new(turn::PostgresTurn::begin(self.writer()?).await?))
    }

    async fn append(&self, from: &Head, rows: &[EventRow], head: &Head) -> Result<(), LogError> {
        if rows.is_empty() {
            return append_in_turn(self, from, rows, head).await;
        }
        turn::append(self.writer()?, from, rows, head).await
    }

    async fn keep_checkpoint(&self, position: u64, note: &str) -> Result<(), LogError> {
        turn::keep_checkpoint(self.writer()?, position, note).await
    }

    async fn checkpoints_back(&self, up_to: u64, limit: u32) -> Result<Vec<KeptNote>, LogError> {
        let query = sqlx::query(row::SELECT_CHECKPOINTS_BACK).bind(row::up_to(up_to));
        let rows = self.read_all(query.bind(i64::from(limit))).await?;
        Ok(row::decode_checkpoints(&rows))
    }

    async fn checkpoints(
        &self,
        after_position: u64,
        limit: u32,
    ) -> Result<Vec<KeptNote>, LogError> {
        let query = sqlx::query(row::SELECT_CHECKPOINTS).bind(after(after_position));
        Ok(row::decode_checkpoints(&self.read_all(query.bind(i64::from(limit))).await?))
    }

    async fn hashes(&self, level: u8, first: u64, count: u32) -> Result<Vec<Hash>, LogError> {
        let sql = if level == 0 { row::SELECT_LEAVES } else { row::SELECT_SUBTREES };
        let mut query = sqlx::query(sql).bind(signed(first)?).bind(i64::from(count));
        if level > 0 {
            query = query.bind(i64::from(level));
        }
        row::decode_hashes(level, first, &self.read_all(query).await?)
    }

    async fn subtrees(&self, level: u8) -> Result<u64, LogError> {
        let query = sqlx::query(row::SELECT_LAST_SUBTREE).bind(i64::from(level));
        let rows = self.read_all(query).await?;
        Ok(row::after_last(rows.first().and_then(|row| row.integer(0, "index").ok())))
    }

    async fn keep_subtrees(&self, subtrees: &[Subtree]) -> Result<(), LogError> {
        turn::keep_subtrees(self.writer()?, subtrees).await
    }

    async fn close(&self) {
        self.readers.close().await;
        if let Some(writer) = &self.writer {
            writer.close().await;
        }
    }
}

/// Waits for the server, but not for ever: a host that lost its power says nothing more.
async fn answered<T>(work: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
    within(ANSWER_MAX, work).await
}

async fn within<T>(
    most: Duration,
    work: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    let late = |_elapsed| Err(sqlx::Error::Io(io::ErrorKind::TimedOut.into()));
    timeout(most, work).await.unwrap_or_else(late)
}

/// An error while nothing can have been stored.
fn unavailable(error: sqlx::Error) -> LogError {
    match error.as_database_error().and_then(|error| error.code()).as_deref() {
        // Not one lock within five seconds, not one statement within ten, no connection left.
        Some("55P03" | "57014" | "53300") => LogError::Busy,
        Some("53100") => LogError::Full,
        // The database is not there.
        Some("3D000") => LogError::Missing,
        // A key or check, or a trigger that refuses.
        Some(code) if code.starts_with("23") => LogError::Conflict {
            why: "a position, version or event id of theirs is taken, or a column is wrong"
                .to_owned(),
        },
        Some(_) | None => LogError::Unavailable(error),
    }
}

/// An error of the statement that also commits. What the server calls an ERROR ended the
/// transaction, so nothing is stored: the commit itself can no longer be refused or time out
/// (PostgreSQL stops the statement's clock before it commits). When the connection or the server
/// ended (FATAL, PANIC, a closed socket), nobody here can know.
fn unknown_unless_refused(error: sqlx::Error) -> LogError {
    if is_refusal(&error) { unavailable(error) } else { LogError::OutcomeUnknown(error) }
}

/// Whether the server refused the statement and the connection is as good as before.
fn is_refusal(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .and_then(|error| error.try_downcast_ref::<PgDatabaseError>())
        .is_some_and(|error| error.severity() == PgSeverity::Error)
}
