//! The stored hashes above the leaves: made off the path of an append, and compared with the leaves
//! by `verify`.

use super::{ProofError, TILE_HASHES, TILE_HEIGHT, TILE_WIDTH};
use crate::log::{Log, LogError};
use crate::merkle::Subtree;
use crate::merkle::{self, CompactRange, Hash};

/// Subtrees made from one read: a hundred and thirty kilobytes of hashes.
const SUBTREES_AT_A_TIME: u64 = 16;

/// Stored hashes compared at a time.
const COMPARED_AT_A_TIME: u64 = 4_096;

/// Levels that a log can have: positions have 63 bits.
const LEVELS: u8 = 63 / TILE_HEIGHT;

/// Keeps the roots of all perfect subtrees of the first `size` events that are not kept yet. Two
/// processes may do it at once. Costs one read of 256 hashes for each 256 events since the last
/// time, and as much memory however many these are.
pub async fn keep_subtrees(log: &dyn Log, size: u64) -> Result<(), ProofError> {
    for level in 1..=LEVELS {
        let complete = complete(size, level);
        if complete == 0 {
            break;
        }
        let mut next = log.subtrees(level).await?;
        while next < complete {
            let count = (complete - next).min(SUBTREES_AT_A_TIME);
            let subtrees = read(log, level, next, count).await?;
            log.keep_subtrees(&subtrees).await?;
            next += count;
        }
    }
    Ok(())
}

/// How many perfect subtrees of a level a tree of `size` leaves has.
pub(super) fn complete(size: u64, level: u8) -> u64 {
    size >> (level * TILE_HEIGHT)
}

async fn read(
    log: &dyn Log,
    level: u8,
    first: u64,
    count: u64,
) -> Result<Vec<Subtree>, ProofError> {
    let wanted = u32::try_from(count * TILE_WIDTH).unwrap_or(u32::MAX);
    let below = log.hashes(level - 1, first * TILE_WIDTH, wanted).await?;
    if below.len() as u64 != count * TILE_WIDTH {
        let index = first * TILE_WIDTH + below.len() as u64;
        return Err(ProofError::NotStored { level: level - 1, index });
    }
    let (tiles, _) = below.as_chunks::<TILE_HASHES>();
    let roots = tiles.iter().map(|tile| merkle::perfect_root(tile));
    Ok((first..).zip(roots).map(|(index, root)| Subtree { level, index, root }).collect())
}

/// The roots of the perfect subtrees of each stored level, gathered while leaves are added.
#[derive(Debug, Default)]
pub(crate) struct Levels(Vec<Vec<Hash>>);

impl Levels {
    /// Adds a leaf to `range`, and takes what it completes.
    pub(crate) fn push(&mut self, range: &mut CompactRange, leaf: Hash) {
        range.push_and_note(leaf, |height, root| {
            let height_of_tile = u32::from(TILE_HEIGHT);
            if height.is_multiple_of(height_of_tile) {
                let level = (height / height_of_tile) as usize;
                if self.0.len() < level {
                    self.0.push(Vec::new());
                }
                self.0[level - 1].push(root);
            }
        });
    }
}

#[cfg(test)]
impl Levels {
    pub(super) fn roots(&self, level: usize) -> &[Hash] {
        &self.0[level - 1]
    }
}

/// How many subtrees of each level a log keeps, the lowest first.
pub(crate) async fn kept(log: &dyn Log) -> Result<Vec<u64>, LogError> {
    let mut kept = Vec::new();
    for level in 1..=LEVELS {
        kept.push(log.subtrees(level).await?);
    }
    Ok(kept)
}

/// A stored hash that is not the root of the leaves under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WrongSubtree {
    /// The positions that it stands for.
    pub(crate) first: u64,
    pub(crate) last: u64,
    pub(crate) why: String,
}

/// The first wrong one of each level among those that were `kept` before `levels` were gathered.
/// Where only a part of the log was, `is_whole` is false, and nothing is said of the rest.
pub(crate) async fn compare(
    log: &dyn Log,
    kept: &[u64],
    levels: &Levels,
    is_whole: bool,
) -> Result<Vec<WrongSubtree>, LogError> {
    let mut wrong = Vec::new();
    for (level, kept) in (1..).zip(kept) {
        let roots = levels.0.get(usize::from(level) - 1).map_or(&[][..], Vec::as_slice);
        let mut found = first_wrong(log, level, *kept, roots).await?;
        if found.is_none() && is_whole && *kept > roots.len() as u64 {
            found = Some((roots.len() as u64, "the events are not there".to_owned()));
        }
        wrong.extend(found.map(|(index, why)| {
            let leaves = TILE_WIDTH.pow(u32::from(level));
            let first = index.saturating_mul(leaves).saturating_add(1);
            WrongSubtree { first, last: first.saturating_add(leaves - 1), why }
        }));
    }
    Ok(wrong)
}

async fn first_wrong(
    log: &dyn Log,
    level: u8,
    kept: u64,
    roots: &[Hash],
) -> Result<Option<(u64, String)>, LogError> {
    let end = kept.min(roots.len() as u64);
    let mut rest = (0..end).zip(roots).peekable();
    while let Some((first, _)) = rest.peek().copied() {
        let count = u32::try_from((end - first).min(COMPARED_AT_A_TIME)).unwrap_or(u32::MAX);
        let stored = match log.hashes(level, first, count).await {
            Ok(stored) => stored,
            Err(LogError::DamagedHash { index, why, .. }) => return Ok(Some((index, why))),
            Err(error) => return Err(error),
        };
        for (found, (index, root)) in stored.iter().zip(&mut rest) {
            if found != root {
                return Ok(Some((index, "it is not the root of their hashes".to_owned())));
            }
        }
        if (stored.len() as u64) < u64::from(count) {
            let index = first + stored.len() as u64;
            return Ok(Some((index, "it is missing, and a later one is there".to_owned())));
        }
    }
    Ok(None)
}
