//! One turn of writing. Every statement costs a hop to the connection's thread and back, so a
//! turn of up to [`CHUNK_ROWS_MAX`] rows is two statements, and one where nobody else wrote is one.

use std::sync::LazyLock;

use async_trait::async_trait;
use sqlx::Sqlite;
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteQueryResult};

use super::writer::{Lent, Writer};
use super::{
    SQLITE_BUSY, SQLITE_CONSTRAINT, SQLITE_FULL, SQLITE_LOCKED, primary_code, unavailable,
};
use crate::event::EventRow;
use crate::head::Head;
use crate::log::{LogError, Turn};
use crate::row::{self, after, check_order, event_columns, select_head, signed};

/// Rows of the largest insert statement; each number of rows up to it has a statement of its own,
/// which is parsed once in the life of a connection.
pub(super) const CHUNK_ROWS_MAX: usize = 128;

const BEGIN: &str = concat!("begin immediate; ", select_head!());

const SEAL: &str = "; update head set position = ?, tree_head = ?, frontier = ?; commit";

/// Seals only on the head that was expected and that has not come apart from its events. On any
/// other the position becomes null, which its column refuses, so nothing is stored.
const SEAL_EXPECTED: &str = "; update head set position = case when position = ? \
    and tree_head = ? and (position = 0 or exists \
    (select 1 from event where event.position = head.position)) then ? end, \
    tree_head = ?, frontier = ?; commit";

pub(super) struct SqliteTurn {
    lent: Lent,
    head: Head,
}

impl SqliteTurn {
    pub(super) async fn begin(writer: &Writer) -> Result<Self, LogError> {
        let mut lent = writer.take().await?;
        match sqlx::query(BEGIN).fetch_optional(&mut lent.connection).await {
            Ok(found) => {
                let head = row::decode_head(found.as_ref())?;
                Ok(SqliteTurn { lent, head })
            }
            Err(error) => {
                let error = unavailable(error);
                // The lock was not had, so nothing is open and the connection is as before.
                if matches!(error, LogError::Busy) {
                    lent.give_back();
                }
                Err(error)
            }
        }
    }
}

#[async_trait]
impl Turn for SqliteTurn {
    fn head(&self) -> &Head {
        &self.head
    }

    async fn read(&mut self, after_position: u64, limit: u32) -> Result<Vec<EventRow>, LogError> {
        let rows = sqlx::query(row::SELECT_ROWS)
            .bind(after(after_position))
            .bind(i64::from(limit))
            .fetch_all(&mut self.lent.connection)
            .await
            .map_err(unavailable)?;
        row::decode_events(&rows)
    }

    async fn commit(mut self: Box<Self>, rows: &[EventRow], head: &Head) -> Result<(), LogError> {
        check_order(&self.head, rows, head)?;
        if rows.is_empty() {
            self.release().await;
            return Ok(());
        }
        let mut rest = rows;
        loop {
            let (chunk, after_chunk) = rest.split_at(rest.len().min(CHUNK_ROWS_MAX));
            rest = after_chunk;
            let statement = &INSERTS[chunk.len() - 1];
            if rest.is_empty() {
                let tree_head = head.tree_head();
                let query = bind_rows(sqlx::query(statement.last.as_str()), chunk)?
                    .bind(signed(head.position)?)
                    .bind(tree_head.as_slice())
                    .bind(head.frontier());
                let done = query.execute(&mut self.lent.connection).await.map_err(commit_failed)?;
                check_stored(&done)?;
                self.lent.give_back();
                return Ok(());
            }
            let query = bind_rows(sqlx::query(statement.more.as_str()), chunk)?;
            query.execute(&mut self.lent.connection).await.map_err(insert_failed)?;
        }
    }

    async fn release(mut self: Box<Self>) {
        if sqlx::query("rollback").execute(&mut self.lent.connection).await.is_ok() {
            self.lent.give_back();
        }
    }
}

/// Stores all of `rows`, at most [`CHUNK_ROWS_MAX`], if the log still stands at `from`: the lock,
/// the comparison, the rows, the head and the commit in one hop.
pub(super) async fn append(
    writer: &Writer,
    from: &Head,
    rows: &[EventRow],
    head: &Head,
) -> Result<(), LogError> {
    check_order(from, rows, head)?;
    let mut lent = writer.take().await?;
    let (expected, tree_head) = (from.tree_head(), head.tree_head());
    let query = bind_rows(sqlx::query(INSERTS[rows.len() - 1].alone.as_str()), rows)?
        .bind(signed(from.position)?)
        .bind(expected.as_slice())
        .bind(signed(head.position)?)
        .bind(tree_head.as_slice())
        .bind(head.frontier());
    let stored = query.execute(&mut lent.connection).await;
    let refused = stored.as_ref().err().and_then(primary_code);
    let result = match refused {
        None => stored.map_err(LogError::OutcomeUnknown).and_then(|done| check_stored(&done)),
        // The lock was not had, so nothing is open.
        Some(SQLITE_BUSY | SQLITE_LOCKED) => Err(LogError::Busy),
        Some(SQLITE_CONSTRAINT) => {
            sqlx::query("rollback").execute(&mut lent.connection).await.map_err(unavailable)?;
            Err(LogError::Moved)
        }
        Some(_) => return stored.map(|_| ()).map_err(commit_failed),
    };
    if !matches!(result, Err(LogError::OutcomeUnknown(_))) {
        lent.give_back();
    }
    result
}

/// The insert of one number of rows.
struct Insert {
    /// When more rows follow.
    more: String,
    /// When these are the last: with the head and the commit.
    last: String,
    /// When these are all: with the lock before them.
    alone: String,
}

/// By their number of rows, less one.
static INSERTS: LazyLock<Vec<Insert>> = LazyLock::new(|| {
    (1..=CHUNK_ROWS_MAX)
        .map(|rows| {
            let values = vec!["(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"; rows].join(",");
            let columns = event_columns!();
            let more = format!("insert into event ({columns}) values {values}");
            let last = format!("{more}{SEAL}");
            let alone = format!("begin immediate; {more}{SEAL_EXPECTED}");
            Insert { more, last, alone }
        })
        .collect()
});

type InsertQuery = Query<'static, Sqlite, SqliteArguments>;

fn bind_rows(mut query: InsertQuery, rows: &[EventRow]) -> Result<InsertQuery, LogError> {
    for row in rows {
        query = query
            .bind(signed(row.position)?)
            .bind(row.project.as_str())
            .bind(signed(row.version)?)
            .bind(row.event_id.as_bytes().as_slice())
            .bind(row.event_type.as_str())
            .bind(i64::from(row.schema_version))
            .bind(row.occurred_on.as_str())
            .bind(row.recorded_at_us)
            .bind(row.actor_subject.as_str())
            .bind(row.actor_partner.map(i64::from))
            .bind(row.actor_role.as_str())
            .bind(row.payload.as_slice())
            .bind(row.payload_hash.as_slice())
            .bind(row.digest.as_slice())
            .bind(row.leaf_hash.as_slice());
    }
    Ok(query)
}

/// A connection whose thread ended under a statement gives an answer without a row, and no error.
fn check_stored(done: &SqliteQueryResult) -> Result<(), LogError> {
    match done.rows_affected() {
        0 => Err(LogError::OutcomeUnknown(sqlx::Error::WorkerCrashed)),
        _ => Ok(()),
    }
}

/// An error before the commit was sent: nothing is stored.
fn insert_failed(error: sqlx::Error) -> LogError {
    match primary_code(&error) {
        Some(SQLITE_CONSTRAINT) => LogError::Conflict {
            why: "a position, version or event id of theirs is taken, or a column is wrong"
                .to_owned(),
        },
        Some(_) | None => unavailable(error),
    }
}

/// An error of the statement that also commits. A refused row or a full disk comes before the
/// commit record is whole; of anything else (a failed sync above all) that is not known.
fn commit_failed(error: sqlx::Error) -> LogError {
    match primary_code(&error) {
        Some(SQLITE_CONSTRAINT | SQLITE_FULL) => insert_failed(error),
        Some(_) | None => LogError::OutcomeUnknown(error),
    }
}
