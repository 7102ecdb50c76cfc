//! The log on SQLite: one connection that writes, and a few that read.

use std::time::Duration;

use async_trait::async_trait;
use sqlx::Connection as _;

use crate::event::EventRow;
use crate::head::Head;
use crate::log::{KeptNote, Log, LogError, Migrated, Page, Turn, append_in_turn};
use crate::merkle::{Hash, Subtree};
use crate::row::{self, after, signed};

mod columns;
mod connect;
mod copy;
mod file;
mod packed;
mod queue;
mod readers;
mod tree;
mod turn;
mod writer;

pub(crate) use copy::copy;
use readers::Readers;
use writer::Writer;

#[cfg(test)]
mod tests;

/// Readers that work at once; more would only wait for the processor.
const READERS_MAX: u32 = 4;

/// How long a writer waits for the others, and a reader for a connection.
const WAIT_MAX: Duration = Duration::from_secs(5);

pub(crate) struct SqliteLog {
    /// None where the log is only read.
    writer: Option<Writer>,
    readers: Readers,
}

impl SqliteLog {
    pub(crate) async fn open(path: &str) -> Result<SqliteLog, LogError> {
        let writer = Some(Writer::open(path).await?);
        Ok(SqliteLog { writer, readers: Readers::open(path).await? })
    }

    pub(crate) async fn migrate(path: &str) -> Result<Migrated, LogError> {
        connect::check_ours(path).await?;
        let mut connection = connect::writer(path, true).await?;
        let (from, to) = connect::migrate(&mut connection).await?;
        connection.close().await.map_err(unavailable)?;
        Ok(Migrated { from, to, grants: None })
    }

    pub(crate) async fn open_read_only(path: &str) -> Result<SqliteLog, LogError> {
        Ok(SqliteLog { writer: None, readers: Readers::open(path).await? })
    }

    fn writer(&self) -> Result<&Writer, LogError> {
        self.writer.as_ref().ok_or(LogError::ReadOnly)
    }
}

#[async_trait]
impl Log for SqliteLog {
    async fn head(&self) -> Result<Head, LogError> {
        let readers = self.readers.of_file_in_place().await?;
        let row = sqlx::query(row::SELECT_HEAD).fetch_optional(&readers).await;
        row::decode_head(row.map_err(unavailable)?.as_ref())
    }

    async fn read(&self, after_position: u64, limit: u32) -> Result<Page, LogError> {
        let readers = self.readers.of_file_in_place().await?;
        if let Some(page) = packed::read(&readers, after_position, limit).await? {
            return Ok(page);
        }
        let rows = sqlx::query(row::SELECT_PAGE)
            .bind(after(after_position))
            .bind(i64::from(limit))
            .fetch_all(&readers)
            .await
            .map_err(unavailable)?;
        row::decode_page(&rows)
    }

    async fn read_rows(&self, after_position: u64, limit: u32) -> Result<Vec<EventRow>, LogError> {
        if let Some(rows) = packed::read_rows(&self.readers.pool(), after_position, limit).await? {
            return Ok(rows);
        }
        let rows = sqlx::query(row::SELECT_ROWS)
            .bind(after(after_position))
            .bind(i64::from(limit))
            .fetch_all(&self.readers.pool())
            .await
            .map_err(unavailable)?;
        row::decode_events(&rows)
    }

    async fn read_project(
        &self,
        project: &str,
        after_version: u64,
        limit: u32,
    ) -> Result<Vec<EventRow>, LogError> {
        if let Some(rows) =
            packed::read_project(&self.readers.pool(), project, after_version, limit).await?
        {
            return Ok(rows);
        }
        let rows = sqlx::query(row::SELECT_PROJECT)
            .bind(project)
            .bind(after(after_version))
            .bind(i64::from(limit))
            .fetch_all(&self.readers.pool())
            .await
            .map_err(unavailable)?;
        row::decode_events(&rows)
    }

    async fn begin(&self) -> Result<Box<dyn Turn>, LogError> {
        Ok(Box::new(turn::SqliteTurn::begin(self.writer()?).await?))
    }

    async fn append(&self, from: &Head, rows: &[EventRow], head: &Head) -> Result<(), LogError> {
        if rows.is_empty() || rows.len() > turn::CHUNK_ROWS_MAX {
            return append_in_turn(self, from, rows, head).await;
        }
        turn::append(self.writer()?, from, rows, head).await
    }

    async fn keep_checkpoint(&self, position: u64, note: &str) -> Result<(), LogError> {
        tree::keep_checkpoint(self.writer()?, position, note).await
    }

    async fn checkpoints_back(&self, up_to: u64, limit: u32) -> Result<Vec<KeptNote>, LogError> {
        let query = sqlx::query(row::SELECT_CHECKPOINTS_BACK).bind(row::up_to(up_to));
        let rows = query.bind(i64::from(limit)).fetch_all(&self.readers.pool()).await;
        Ok(row::decode_checkpoints(&rows.map_err(unavailable)?))
    }

    async fn checkpoints(
        &self,
        after_position: u64,
        limit: u32,
    ) -> Result<Vec<KeptNote>, LogError> {
        let query = sqlx::query(row::SELECT_CHECKPOINTS).bind(after(after_position));
        let rows = query.bind(i64::from(limit)).fetch_all(&self.readers.pool()).await;
        Ok(row::decode_checkpoints(&rows.map_err(unavailable)?))
    }

    async fn hashes(&self, level: u8, first: u64, count: u32) -> Result<Vec<Hash>, LogError> {
        let sql = if level == 0 { row::SELECT_LEAVES } else { row::SELECT_SUBTREES };
        let mut query = sqlx::query(sql).bind(signed(first)?).bind(i64::from(count));
        if level > 0 {
            query = query.bind(i64::from(level));
        }
        let rows = query.fetch_all(&self.readers.pool()).await.map_err(unavailable)?;
        row::decode_hashes(level, first, &rows)
    }

    async fn subtrees(&self, level: u8) -> Result<u64, LogError> {
        let query = sqlx::query_scalar(row::SELECT_LAST_SUBTREE).bind(i64::from(level));
        let last = query.fetch_one(&self.readers.pool()).await.map_err(unavailable)?;
        Ok(row::after_last(last))
    }

    async fn keep_subtrees(&self, subtrees: &[Subtree]) -> Result<(), LogError> {
        tree::keep_subtrees(self.writer()?, subtrees).await
    }

    async fn close(&self) {
        self.readers.close().await;
        if let Some(writer) = &self.writer {
            writer.close().await;
        }
    }
}

/// An error of a statement that stores nothing.
fn unavailable(error: sqlx::Error) -> LogError {
    match primary_code(&error) {
        _ if matches!(error, sqlx::Error::PoolTimedOut) => LogError::Busy,
        Some(SQLITE_BUSY | SQLITE_LOCKED) => LogError::Busy,
        Some(SQLITE_FULL) => LogError::Full,
        Some(SQLITE_NOTADB) => LogError::NotOurs { why: "it is not an SQLite file".to_owned() },
        Some(_) | None => LogError::Unavailable(error),
    }
}

const SQLITE_BUSY: i32 = 5;
const SQLITE_LOCKED: i32 = 6;
const SQLITE_READONLY: i32 = 8;
const SQLITE_FULL: i32 = 13;
const SQLITE_CANTOPEN: i32 = 14;
const SQLITE_TOOBIG: i32 = 18;
const SQLITE_CONSTRAINT: i32 = 19;
const SQLITE_NOTADB: i32 = 26;

/// The kind of error; SQLite gives the details in the higher bytes.
fn primary_code(error: &sqlx::Error) -> Option<i32> {
    let extended: i32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(extended & 0xff)
}
