//! Keeping what seals the rows: signed checkpoints, and the stored hashes of the tree.

use sqlx::AssertSqlSafe;

use super::unavailable;
use super::writer::Writer;
use crate::log::LogError;
use crate::merkle::Subtree;
use crate::row::signed;

/// Subtrees of one statement.
const SUBTREES_AT_A_TIME: usize = 64;

pub(super) async fn keep_checkpoint(
    writer: &Writer,
    position: u64,
    note: &str,
) -> Result<(), LogError> {
    let position = signed(position)?;
    let mut lent = writer.take().await?;
    sqlx::query(
        "insert into checkpoint (position, note) select ?1, ?2 \
         where not exists (select 1 from checkpoint where position = ?1)",
    )
    .bind(position)
    .bind(note)
    .execute(&mut lent.connection)
    .await
    .map_err(unavailable)?;
    lent.give_back();
    Ok(())
}

pub(super) async fn keep_subtrees(writer: &Writer, subtrees: &[Subtree]) -> Result<(), LogError> {
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
        let mut lent = writer.take().await?;
        query.execute(&mut lent.connection).await.map_err(unavailable)?;
        lent.give_back();
    }
    Ok(())
}
