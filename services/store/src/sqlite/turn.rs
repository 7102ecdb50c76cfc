//! One turn of writing. Every statement costs a hop to the connection's thread and back, so a
//! turn of one row is two statements, and one of up to [`CHUNK_ROWS_MAX`] rows at most eight.

use std::sync::{Arc, LazyLock};

use async_trait::async_trait;
use sqlx::Sqlite;
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteConnection};
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::timeout;

use super::{
    SQLITE_CONSTRAINT, SQLITE_FULL, Slot, WAIT_MAX, after, connect, primary_code, row, unavailable,
};
use crate::event::EventRow;
use crate::head::Head;
use crate::log::{LogError, Turn};

/// Rows of the largest insert statement; a power of two.
const CHUNK_ROWS_MAX: usize = 128;

const SEAL: &str = "; update head set position = ?, tree_head = ?, frontier = ?; commit";

pub(super) struct SqliteTurn {
    /// Goes back to the slot when the turn ends in order; otherwise it falls with the turn, and
    /// closing it rolls back.
    connection: SqliteConnection,
    slot: OwnedMutexGuard<Slot>,
    head: Head,
}

impl SqliteTurn {
    pub(super) async fn begin(path: &str, slot: Arc<Mutex<Slot>>) -> Result<Self, LogError> {
        let (mut slot, mut connection) = take(path, slot).await?;
        match sqlx::query(row::BEGIN).fetch_optional(&mut connection).await {
            Ok(found) => {
                let head = row::decode_head(found.as_ref())?;
                Ok(SqliteTurn { connection, slot, head })
            }
            Err(error) => {
                let error = unavailable(error);
                // The lock was not had, so nothing is open and the connection is as before.
                if matches!(error, LogError::Busy) {
                    *slot = Slot::Ready(connection);
                }
                Err(error)
            }
        }
    }

    fn give_back(self) {
        let SqliteTurn { connection, mut slot, head: _ } = self;
        *slot = Slot::Ready(connection);
    }

    /// Whether `rows` and `head` follow the locked head.
    fn check_order(&self, rows: &[EventRow], head: &Head) -> Result<(), LogError> {
        let gapless = (self.head.position + 1..).zip(rows).all(|(next, row)| row.position == next);
        let last = rows.last().map_or(self.head.position, |row| row.position);
        if gapless && head.position == last {
            return Ok(());
        }
        let why = format!("they do not go on from position {}", self.head.position);
        Err(LogError::Conflict { why })
    }
}

/// The slot, held, and its connection, out of it: from here on the connection is either put back
/// or closed.
async fn take(
    path: &str,
    slot: Arc<Mutex<Slot>>,
) -> Result<(OwnedMutexGuard<Slot>, SqliteConnection), LogError> {
    let mut slot = timeout(WAIT_MAX, slot.lock_owned()).await.map_err(|_late| LogError::Busy)?;
    let connection = match std::mem::replace(&mut *slot, Slot::Empty) {
        Slot::Ready(connection) => connection,
        Slot::Empty => connect::writer(path, false).await?,
        Slot::Closed => {
            *slot = Slot::Closed;
            return Err(LogError::Unavailable(sqlx::Error::PoolClosed));
        }
    };
    Ok((slot, connection))
}

pub(super) async fn keep_checkpoint(
    path: &str,
    slot: &Arc<Mutex<Slot>>,
    position: u64,
    note: &str,
) -> Result<(), LogError> {
    let position = signed(position)?;
    let (mut slot, mut connection) = take(path, Arc::clone(slot)).await?;
    sqlx::query(
        "insert into checkpoint (position, note) select ?1, ?2 \
         where not exists (select 1 from checkpoint where position = ?1)",
    )
    .bind(position)
    .bind(note)
    .execute(&mut connection)
    .await
    .map_err(unavailable)?;
    *slot = Slot::Ready(connection);
    Ok(())
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
            .fetch_all(&mut self.connection)
            .await
            .map_err(unavailable)?;
        rows.iter().map(row::decode_event).collect()
    }

    async fn commit(mut self: Box<Self>, rows: &[EventRow], head: &Head) -> Result<(), LogError> {
        self.check_order(rows, head)?;
        if rows.is_empty() {
            self.release().await;
            return Ok(());
        }
        let mut rest = rows;
        loop {
            let (chunk, after_chunk) = rest.split_at(chunk_len(rest.len()));
            rest = after_chunk;
            let statement = &INSERTS[chunk.len().ilog2() as usize];
            if rest.is_empty() {
                let tree_head = head.tree_head();
                let query = bind_rows(sqlx::query(statement.last.as_str()), chunk)?
                    .bind(signed(head.position)?)
                    .bind(tree_head.as_slice())
                    .bind(head.frontier());
                query.execute(&mut self.connection).await.map_err(commit_failed)?;
                self.give_back();
                return Ok(());
            }
            let query = bind_rows(sqlx::query(statement.more.as_str()), chunk)?;
            query.execute(&mut self.connection).await.map_err(insert_failed)?;
        }
    }

    async fn release(mut self: Box<Self>) {
        if sqlx::query("rollback").execute(&mut self.connection).await.is_ok() {
            self.give_back();
        }
    }
}

/// The largest power of two that fits: few statements, and few different ones, so that each is
/// parsed once in the life of a connection.
fn chunk_len(rows: usize) -> usize {
    if rows >= CHUNK_ROWS_MAX { CHUNK_ROWS_MAX } else { 1 << rows.ilog2() }
}

/// The insert of one number of rows.
struct Insert {
    /// When more rows follow.
    more: String,
    /// When these are the last: with the head and the commit, in one hop.
    last: String,
}

/// By the binary logarithm of their number of rows.
static INSERTS: LazyLock<Vec<Insert>> = LazyLock::new(|| {
    (0..=CHUNK_ROWS_MAX.ilog2())
        .map(|log2| {
            let one = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
            let values = vec![one; 1 << log2].join(", ");
            let more = format!(
                "insert into event (position, project, version, event_id, type, schema_version, \
                 occurred_on, recorded_at, actor_subject, actor_partner, actor_role, payload, \
                 payload_hash, digest, leaf_hash) values {values}"
            );
            let last = format!("{more}{SEAL}");
            Insert { more, last }
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

/// A position or version as SQLite stores it.
fn signed(place: u64) -> Result<i64, LogError> {
    i64::try_from(place)
        .map_err(|_beyond| LogError::Conflict { why: format!("{place} is past any place") })
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
