//! What `cairn verify` says of the snapshots: they are no part of the log, and nothing is answered
//! from one that was altered; but that somebody did is worth knowing.

use std::path::Path;

use cairn_store::proof::{ProofError, Tree};
use cairn_store::{Hash, Head, Log, LogError};

use super::super::PAGE_ROWS;
use super::Snapshots;
use crate::keys;

/// What is wrong with the snapshots in `data`, a sentence each: a file that no server with the key
/// of this folder wrote, or an index that is bound to another history than that of the log.
pub async fn check(data: &Path, log: &dyn Log) -> Vec<String> {
    if !Snapshots::folder(data).exists() {
        return Vec::new();
    }
    match keys::read_snapshot_key(data) {
        Ok(key) => Snapshots::new(data, key).check(log).await,
        Err(error) => vec![sentence(&error)],
    }
}

impl Snapshots {
    pub(super) async fn check(&self, log: &dyn Log) -> Vec<String> {
        if !self.index_path().exists() {
            return Vec::new();
        }
        let index = match self.index() {
            Ok(index) => index,
            Err(unusable) => return vec![sentence(&unusable)],
        };
        let files = index.rooms.iter().map(|entry| self.authentic(&index.fold, entry));
        let mut wrong: Vec<_> = files.filter_map(Result::err).map(|why| sentence(&why)).collect();
        match root_at(log, index.position).await {
            Ok(root) if index.head().map(|head| head.tree_head()) == root => {}
            Ok(_) => wrong.push(format!(
                "the snapshots: the log up to position {} is not the one that they were folded \
                 from",
                index.position
            )),
            Err(error) => wrong.push(sentence(&error)),
        }
        wrong
    }
}

fn sentence(error: &dyn std::error::Error) -> String {
    format!("the snapshots: {error}")
}

/// The tree head that the log had at a position; nothing where it does not go so far.
async fn root_at(log: &dyn Log, position: u64) -> Result<Option<Hash>, LogError> {
    match Tree::new(log, position).root().await {
        Ok(root) => return Ok(Some(root)),
        Err(ProofError::Log(error)) => return Err(error),
        // Hashes are stored for what was signed.
        Err(ProofError::NoSuch { .. } | ProofError::NotStored { .. }) => {}
    }
    let mut head = Head::empty();
    while head.position < position {
        let rows = log.read_rows(head.position, PAGE_ROWS).await?;
        if rows.is_empty() {
            return Ok(None);
        }
        rows.iter().filter(|row| row.position <= position).for_each(|row| head.take(row));
    }
    Ok(Some(head.tree_head()))
}
