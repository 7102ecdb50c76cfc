//! One turn of writing: a round trip for the lock, one for the rows and one for the commit, and a
//! single one for all of it where nobody else wrote.

use std::sync::Arc;

use async_trait::async_trait;
use sqlx::postgres::PgBindIterExt as _;

use super::columns::EventId;
use super::connections::{Connections, Lent};
use super::{PgQuery, answered, is_refusal, unavailable, unknown_unless_refused};
use crate::event::EventRow;
use crate::head::Head;
use crate::log::{LogError, Turn};
use crate::merkle::Subtree;
use crate::row::{self, after, check_order, event_columns, select_head, signed};

/// Locks, then looks in a statement of its own: one that had waited for the lock would see the
/// last event as of before.
const BEGIN: &str = concat!("begin; select id from head where id = 1 for update; ", select_head!());

/// Moves the head on, if it stands where it is expected and has not come apart from its events,
/// and adds the rows if it moved. A column an array, so that any number of rows is one statement,
/// prepared once in the life of a connection. The arrays are taken apart side by side: one
/// `unnest` of all of them would first store each column by itself, which costs more than the
/// insert of a single row.
const APPEND: &str = concat!(
    "with moved as (update head set position = $1, tree_head = $2, frontier = $3 \
     where id = 1 and position = $4 and tree_head = $5 \
     and ($4 = 0 or exists (select 1 from event where event.position = $4)) returning id) \
     insert into event (",
    event_columns!(),
    ") select unnest($6::bigint[]), unnest($7::text[]), unnest($8::bigint[]), unnest($9::uuid[]), \
     unnest($10::text[]), unnest($11::bigint[]), unnest($12::text[]), unnest($13::bigint[]), \
     unnest($14::text[]), unnest($15::bigint[]), unnest($16::text[]), unnest($17::bytea[]), \
     unnest($18::bytea[]), unnest($19::bytea[]), unnest($20::bytea[]) from moved"
);

pub(super) struct PostgresTurn {
    /// Goes back when the turn ends in order; otherwise it falls with the turn, and the server
    /// rolls back.
    connection: Lent,
    head: Head,
}

impl PostgresTurn {
    pub(super) async fn begin(writer: &Arc<Connections>) -> Result<Self, LogError> {
        let mut connection = writer.take().await?;
        let rows = answered(sqlx::raw_sql(BEGIN).fetch_all(&mut *connection)).await;
        let head = row::decode_head(rows.map_err(unavailable)?.get(1))?;
        Ok(PostgresTurn { connection, head })
    }
}

#[async_trait]
impl Turn for PostgresTurn {
    fn head(&self) -> &Head {
        &self.head
    }

    async fn read(&mut self, after_position: u64, limit: u32) -> Result<Vec<EventRow>, LogError> {
        let query = sqlx::query(row::SELECT_ROWS).bind(after(after_position));
        let query = query.bind(i64::from(limit)).fetch_all(&mut *self.connection);
        row::decode_events(&answered(query).await.map_err(unavailable)?)
    }

    async fn commit(mut self: Box<Self>, rows: &[EventRow], head: &Head) -> Result<(), LogError> {
        check_order(&self.head, rows, head)?;
        if rows.is_empty() {
            self.release().await;
            return Ok(());
        }
        let query = append_query(&self.head, rows, head)?;
        let added = answered(query.execute(&mut *self.connection)).await.map_err(unavailable)?;
        if added.rows_affected() == 0 {
            return Err(LogError::Moved);
        }
        answered(sqlx::raw_sql("commit").execute(&mut *self.connection))
            .await
            .map_err(unknown_unless_refused)?;
        self.connection.give_back();
        Ok(())
    }

    async fn release(mut self: Box<Self>) {
        if answered(sqlx::raw_sql("rollback").execute(&mut *self.connection)).await.is_ok() {
            self.connection.give_back();
        }
    }
}

/// Stores all of `rows`, at least one, if the log still stands at `from`.
pub(super) async fn append(
    writer: &Arc<Connections>,
    from: &Head,
    rows: &[EventRow],
    head: &Head,
) -> Result<(), LogError> {
    check_order(from, rows, head)?;
    let query = append_query(from, rows, head)?;
    let mut connection = writer.take().await?;
    let stored = answered(query.execute(&mut *connection)).await;
    if stored.as_ref().err().is_none_or(is_refusal) {
        connection.give_back();
    }
    match stored.map_err(unknown_unless_refused)?.rows_affected() {
        0 => Err(LogError::Moved),
        _ => Ok(()),
    }
}

fn append_query<'q>(
    from: &Head,
    rows: &'q [EventRow],
    head: &Head,
) -> Result<PgQuery<'q>, LogError> {
    for row in rows {
        signed(row.version)?;
    }
    let rows = || rows.iter();
    Ok(sqlx::query(APPEND)
        .bind(signed(head.position)?)
        .bind(head.tree_head())
        .bind(head.frontier())
        .bind(signed(from.position)?)
        .bind(from.tree_head())
        // No position is past that of the head.
        .bind(rows().map(|row| row.position.cast_signed()).bind_iter())
        .bind(rows().map(|row| row.project.as_str()).bind_iter())
        .bind(rows().map(|row| row.version.cast_signed()).bind_iter())
        .bind(rows().map(|row| EventId(row.event_id)).bind_iter())
        .bind(rows().map(|row| row.event_type.as_str()).bind_iter())
        .bind(rows().map(|row| i64::from(row.schema_version)).bind_iter())
        .bind(rows().map(|row| row.occurred_on.as_str()).bind_iter())
        .bind(rows().map(|row| row.recorded_at_us).bind_iter())
        .bind(rows().map(|row| row.actor_subject.as_str()).bind_iter())
        .bind(rows().map(|row| row.actor_partner.map(i64::from)).bind_iter())
        .bind(rows().map(|row| row.actor_role.as_str()).bind_iter())
        .bind(rows().map(|row| row.payload.as_slice()).bind_iter())
        .bind(rows().map(|row| row.payload_hash.as_slice()).bind_iter())
        .bind(rows().map(|row| row.digest.as_slice()).bind_iter())
        .bind(rows().map(|row| row.leaf_hash.as_slice()).bind_iter()))
}

pub(super) async fn keep_checkpoint(
    writer: &Arc<Connections>,
    position: u64,
    note: &str,
) -> Result<(), LogError> {
    const KEEP: &str =
        "insert into checkpoint (position, note) values ($1, $2) on conflict do nothing";
    let query = sqlx::query(KEEP).bind(signed(position)?).bind(note);
    let mut connection = writer.take().await?;
    answered(query.execute(&mut *connection)).await.map_err(unavailable)?;
    connection.give_back();
    Ok(())
}

pub(super) async fn keep_subtrees(
    writer: &Arc<Connections>,
    subtrees: &[Subtree],
) -> Result<(), LogError> {
    const KEEP: &str = "insert into subtree (level, idx, root) select added.* from \
        unnest($1::bigint[], $2::bigint[], $3::bytea[]) as added on conflict do nothing";
    let indexes: Vec<i64> =
        subtrees.iter().map(|subtree| signed(subtree.index)).collect::<Result<_, _>>()?;
    let query = sqlx::query(KEEP)
        .bind(subtrees.iter().map(|subtree| i64::from(subtree.level)).bind_iter())
        .bind(indexes)
        .bind(subtrees.iter().map(|subtree| subtree.root.as_slice()).bind_iter());
    let mut connection = writer.take().await?;
    answered(query.execute(&mut *connection)).await.map_err(unavailable)?;
    connection.give_back();
    Ok(())
}
