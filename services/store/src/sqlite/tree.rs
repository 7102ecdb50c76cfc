//! What seals the rows: signed checkpoints, and the stored hashes of the tree.

use std::sync::Arc;

use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row as _, SqlitePool};
use tokio::sync::Mutex;

use super::{Slot, row, turn, unavailable};
use crate::log::{KeptNote, LogError};
use crate::merkle::{Hash, Subtree};

/// Subtrees of one statement.
const SUBTREES_AT_A_TIME: usize = 64;

pub(super) async fn keep_checkpoint(
    path: &str,
    slot: &Arc<Mutex<Slot>>,
    position: u64,
    note: &str,
) -> Result<(), LogError> {
    let position = turn::signed(position)?;
    let (mut slot, mut connection) = turn::take(path, Arc::clone(slot)).await?;
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

pub(super) async fn newest_checkpoint(readers: &SqlitePool) -> Result<Option<String>, LogError> {
    sqlx::query_scalar("select note from checkpoint order by position desc limit 1")
        .fetch_optional(readers)
        .await
        .map_err(unavailable)
}

/// A note is read whatever its bytes are: what no signature covers is seen when it is opened.
pub(super) async fn checkpoints(
    readers: &SqlitePool,
    after: i64,
    limit: u32,
) -> Result<Vec<KeptNote>, LogError> {
    let sql = "select position, cast(note as blob) from checkpoint where position > ? \
               order by position limit ?";
    let rows = sqlx::query(sql).bind(after).bind(i64::from(limit)).fetch_all(readers).await;
    let kept = |row: &SqliteRow| {
        let position: i64 = row.try_get(0).map_err(unavailable)?;
        let note: Vec<u8> = row.try_get(1).map_err(unavailable)?;
        let note = String::from_utf8_lossy(&note).into_owned();
        Ok(KeptNote { position: u64::try_from(position).unwrap_or(0), note })
    };
    rows.map_err(unavailable)?.iter().map(kept).collect()
}

pub(super) async fn hashes(
    readers: &SqlitePool,
    level: u8,
    first: u64,
    count: u32,
) -> Result<Vec<Hash>, LogError> {
    let rows = match level {
        0 => sqlx::query(
            "select position - 1, leaf_hash from event where position > ? \
             order by position limit ?",
        ),
        level => sqlx::query(
            "select idx, root from subtree where level = ? and idx >= ? order by idx limit ?",
        )
        .bind(i64::from(level)),
    };
    let rows = rows.bind(turn::signed(first)?).bind(i64::from(count)).fetch_all(readers).await;
    let mut hashes = Vec::new();
    for (index, row) in (first..).zip(&rows.map_err(unavailable)?) {
        let damaged = |why| LogError::DamagedHash { level, index, why };
        if row::unsigned(row, 0, "index").map_err(damaged)? != index {
            break;
        }
        hashes.push(row::fixed(row, 1, "hash").map_err(damaged)?);
    }
    Ok(hashes)
}

pub(super) async fn subtrees(readers: &SqlitePool, level: u8) -> Result<u64, LogError> {
    let sql = "select coalesce(max(idx) + 1, 0) from subtree where level = ?";
    let kept = sqlx::query_scalar::<_, i64>(sql).bind(i64::from(level)).fetch_one(readers).await;
    Ok(u64::try_from(kept.map_err(unavailable)?).unwrap_or(0))
}

pub(super) async fn keep_subtrees(
    path: &str,
    slot: &Arc<Mutex<Slot>>,
    subtrees: &[Subtree],
) -> Result<(), LogError> {
    for chunk in subtrees.chunks(SUBTREES_AT_A_TIME) {
        let values = vec!["(?, ?, ?)"; chunk.len()].join(", ");
        let sql = format!(
            "with new (level, idx, root) as (values {values}) insert into subtree \
             select level, idx, root from new where not exists (select 1 from subtree as kept \
             where kept.level = new.level and kept.idx = new.idx)"
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for subtree in chunk {
            query = query
                .bind(i64::from(subtree.level))
                .bind(turn::signed(subtree.index)?)
                .bind(subtree.root.as_slice());
        }
        let (mut slot, mut connection) = turn::take(path, Arc::clone(slot)).await?;
        let kept = query.execute(&mut connection).await;
        kept.map_err(unavailable)?;
        *slot = Slot::Ready(connection);
    }
    Ok(())
}
