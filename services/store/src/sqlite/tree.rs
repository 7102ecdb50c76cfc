//! Keeping what seals the rows: signed checkpoints, and the stored hashes of the tree.

use std::sync::Arc;

use sqlx::AssertSqlSafe;
use tokio::sync::Mutex;

use super::turn::take;
use super::{Slot, unavailable};
use crate::log::LogError;
use crate::merkle::Subtree;
use crate::row::signed;

/// Subtrees of one statement.
const SUBTREES_AT_A_TIME: usize = 64;

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
                .bind(signed(subtree.index)?)
                .bind(subtree.root.as_slice());
        }
        let (mut slot, mut connection) = take(path, Arc::clone(slot)).await?;
        query.execute(&mut connection).await.map_err(unavailable)?;
        *slot = Slot::Ready(connection);
    }
    Ok(())
}
