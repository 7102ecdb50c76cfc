//! Proofs that a log holds an event, and that it only grew. They cost O(log n): the tree is kept as
//! the leaf hashes and the roots of its perfect subtrees of 256, 256², 256³ … leaves, and a proof
//! reads at most a few runs of at most 256 hashes a level.
//!
//! The mathematics is that of `tlog_tiles`; here are only the hashes that it asks for.

pub(crate) mod stored;

use std::cell::RefCell;
use std::collections::HashMap;

use tlog_tiles::{HashReader, split_stored_hash_index};

use crate::log::{Log, LogError};
use crate::merkle::{self, Hash};
pub use stored::keep_subtrees;

/// Levels of the tree between two that are stored.
const TILE_HEIGHT: u8 = 8;

/// Hashes of one stored level under one of the next.
const TILE_WIDTH: u64 = TILE_HASHES as u64;
const TILE_HASHES: usize = 1 << TILE_HEIGHT;

#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    #[error("the log could not be read")]
    Log(#[from] LogError),
    /// A position or size that the tree does not have.
    #[error("there is no such proof: {why}")]
    NoSuch { why: String },
    /// Not kept yet, or taken away: [`keep_subtrees`] keeps them up to a size.
    #[error("the hash {index} of level {level} is not stored")]
    NotStored { level: u8, index: u64 },
}

/// The root over the first `size` events, from the stored hashes.
pub async fn root(log: &dyn Log, size: u64) -> Result<Hash, ProofError> {
    let root = |stored: &Stored| tlog_tiles::tree_hash(size, stored);
    Ok(with_stored(log, root).await?.0)
}

/// The proof that the event at `position` is among the first `size` events (RFC 6962, section
/// 2.1.1).
pub async fn inclusion(log: &dyn Log, position: u64, size: u64) -> Result<Vec<Hash>, ProofError> {
    let index = position.checked_sub(1).filter(|index| *index < size).ok_or_else(|| {
        let why = format!("position {position} is not among the first {size}");
        ProofError::NoSuch { why }
    })?;
    let prove = |stored: &Stored| tlog_tiles::prove_record(size, index, stored);
    Ok(plain(with_stored(log, prove).await?))
}

/// The proof that the first `size` events begin with the first `first` (RFC 6962, section 2.1.2).
pub async fn consistency(log: &dyn Log, first: u64, size: u64) -> Result<Vec<Hash>, ProofError> {
    if !(1..=size).contains(&first) {
        let why = format!("{first} is not a size from 1 to {size}");
        return Err(ProofError::NoSuch { why });
    }
    let prove = |stored: &Stored| tlog_tiles::prove_tree(size, first, stored);
    Ok(plain(with_stored(log, prove).await?))
}

/// Whether `proof` proves that the event with `leaf_hash` stands at `position` of the `size` events
/// under `root`.
pub fn includes(proof: &[Hash], position: u64, leaf_hash: Hash, size: u64, root: Hash) -> bool {
    let Some(index) = position.checked_sub(1) else { return false };
    let (root, leaf) = (tlog_tiles::Hash(root), tlog_tiles::Hash(leaf_hash));
    tlog_tiles::check_record(&wrapped(proof), size, root, index, leaf).is_ok()
}

/// Whether `proof` proves that the `size` events under `root` begin with the `first` events under
/// `first_root`.
pub fn extends(proof: &[Hash], first: u64, first_root: Hash, size: u64, root: Hash) -> bool {
    let (first_root, root) = (tlog_tiles::Hash(first_root), tlog_tiles::Hash(root));
    tlog_tiles::check_tree(&wrapped(proof), size, root, first, first_root).is_ok()
}

fn plain(hashes: Vec<tlog_tiles::Hash>) -> Vec<Hash> {
    hashes.into_iter().map(|hash| hash.0).collect()
}

fn wrapped(hashes: &[Hash]) -> Vec<tlog_tiles::Hash> {
    hashes.iter().copied().map(tlog_tiles::Hash).collect()
}

/// The nodes of the tree that a proof is made of, by their index in `tlog_tiles`.
#[derive(Default)]
struct Stored {
    known: HashMap<u64, Hash>,
    wanted: RefCell<Vec<u64>>,
}

impl HashReader for Stored {
    /// A node that is not known is noted, and something is said in its place.
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
        let hash = |index: &u64| match self.known.get(index) {
            Some(hash) => tlog_tiles::Hash(*hash),
            None => {
                self.wanted.borrow_mut().push(*index);
                tlog_tiles::EMPTY_HASH
            }
        };
        Ok(indexes.iter().map(hash).collect())
    }
}

/// Hashes of one stored level, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    level: u8,
    first: u64,
    count: u64,
}

impl Run {
    /// The hashes under the node with this index of `tlog_tiles`.
    fn under(index: u64) -> Run {
        let (height, n) = split_stored_hash_index(index);
        let count = 1 << (height % TILE_HEIGHT);
        Run { level: height / TILE_HEIGHT, first: n * count, count }
    }

    fn end(&self) -> u64 {
        self.first + self.count
    }

    fn tile(&self) -> (u8, u64) {
        (self.level, self.first / TILE_WIDTH)
    }
}

/// The runs to read: one for each tile that the nodes lie in.
fn runs(wanted: &[u64]) -> Vec<Run> {
    let mut needed: Vec<Run> = wanted.iter().map(|index| Run::under(*index)).collect();
    needed.sort_by_key(|run| (run.level, run.first));
    let mut runs: Vec<Run> = Vec::new();
    for next in needed {
        match runs.last_mut().filter(|run| run.tile() == next.tile()) {
            Some(run) => run.count = run.end().max(next.end()) - run.first,
            None => runs.push(next),
        }
    }
    runs
}

/// Runs `prove` twice: to learn which nodes it wants, and with these.
async fn with_stored<T>(
    log: &dyn Log,
    prove: impl Fn(&Stored) -> Result<T, tlog_tiles::Error>,
) -> Result<T, ProofError> {
    let no_such = |error: tlog_tiles::Error| ProofError::NoSuch { why: error.to_string() };
    let wanted = wanted(&prove).map_err(no_such)?;
    let mut read = Vec::new();
    for run in runs(&wanted) {
        let count = u32::try_from(run.count).unwrap_or(u32::MAX);
        let hashes = log.hashes(run.level, run.first, count).await?;
        if (hashes.len() as u64) < run.count {
            let index = run.first + hashes.len() as u64;
            return Err(ProofError::NotStored { level: run.level, index });
        }
        read.push((run, hashes));
    }
    prove(&know(&wanted, &read)).map_err(no_such)
}

fn wanted<T>(
    prove: impl Fn(&Stored) -> Result<T, tlog_tiles::Error>,
) -> Result<Vec<u64>, tlog_tiles::Error> {
    let nothing = Stored::default();
    prove(&nothing)?;
    Ok(nothing.wanted.into_inner())
}

/// The wanted nodes, from the runs that were read for them.
fn know(wanted: &[u64], read: &[(Run, Vec<Hash>)]) -> Stored {
    let node = |index: &u64| {
        let wanted = Run::under(*index);
        let (run, hashes) = read.iter().find(|(run, _)| run.tile() == wanted.tile())?;
        let start = usize::try_from(wanted.first - run.first).ok()?;
        let end = usize::try_from(wanted.end() - run.first).ok()?;
        Some((*index, merkle::perfect_root(hashes.get(start..end)?)))
    };
    Stored { known: wanted.iter().filter_map(node).collect(), wanted: RefCell::default() }
}

#[cfg(test)]
mod tests;
