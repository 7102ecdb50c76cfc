//! Proofs that a log holds an event, and that it only grew. They cost O(log n): the tree is kept as
//! the leaf hashes and the roots of its perfect subtrees of 256, 256², 256³ … leaves, and a proof
//! reads two tiles of at most 256 hashes a level.
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

/// Tiles that are kept in memory, at most: a megabyte, and more than a proof needs.
const TILES_KEPT_MAX: usize = 128;

/// The tree over the first `size` events of a log, read as far as proofs need it.
pub struct Tree<'a> {
    log: &'a dyn Log,
    size: u64,
    tiles: Tiles,
}

impl<'a> Tree<'a> {
    /// Up to this size the hashes have to be kept: see [`keep_subtrees`].
    pub fn new(log: &'a dyn Log, size: u64) -> Tree<'a> {
        Tree { log, size, tiles: Tiles::default() }
    }

    /// The root, from the stored hashes.
    pub async fn root(&mut self) -> Result<Hash, ProofError> {
        let size = self.size;
        Ok(self.prove(|stored| tlog_tiles::tree_hash(size, stored)).await?.0)
    }

    /// The proof that the event at `position` is among these (RFC 6962, section 2.1.1).
    pub async fn inclusion(&mut self, position: u64) -> Result<Vec<Hash>, ProofError> {
        let size = self.size;
        let index = position.checked_sub(1).filter(|index| *index < size).ok_or_else(|| {
            let why = format!("position {position} is not among the first {size}");
            ProofError::NoSuch { why }
        })?;
        Ok(plain(self.prove(|stored| tlog_tiles::prove_record(size, index, stored)).await?))
    }

    /// The proof that these begin with the first `first` events (RFC 6962, section 2.1.2).
    pub async fn consistency(&mut self, first: u64) -> Result<Vec<Hash>, ProofError> {
        let size = self.size;
        if !(1..=size).contains(&first) {
            let why = format!("{first} is not a size from 1 to {size}");
            return Err(ProofError::NoSuch { why });
        }
        Ok(plain(self.prove(|stored| tlog_tiles::prove_tree(size, first, stored)).await?))
    }

    /// Runs `prove` twice: to learn which nodes it wants, and with these.
    async fn prove<T>(
        &mut self,
        prove: impl Fn(&Stored) -> Result<T, tlog_tiles::Error>,
    ) -> Result<T, ProofError> {
        let no_such = |error: tlog_tiles::Error| ProofError::NoSuch { why: error.to_string() };
        let wanted = wanted(&prove).map_err(no_such)?;
        if self.tiles.0.len() > TILES_KEPT_MAX {
            self.tiles.0.clear();
        }
        for tile in wanted.iter().map(|index| Run::under(*index).tile()) {
            if !self.tiles.0.contains_key(&tile) {
                let (level, index) = tile;
                let first = index * TILE_WIDTH;
                let count = (stored::complete(self.size, level) - first).min(TILE_WIDTH);
                let count = u32::try_from(count).unwrap_or(u32::MAX);
                self.tiles.0.insert(tile, self.log.hashes(level, first, count).await?);
            }
        }
        prove(&self.tiles.know(&wanted)?).map_err(no_such)
    }
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

/// Hashes of one stored level, one after the other in one tile.
#[derive(Debug, Clone, Copy)]
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

    fn tile(&self) -> (u8, u64) {
        (self.level, self.first / TILE_WIDTH)
    }
}

fn wanted<T>(
    prove: impl Fn(&Stored) -> Result<T, tlog_tiles::Error>,
) -> Result<Vec<u64>, tlog_tiles::Error> {
    let nothing = Stored::default();
    prove(&nothing)?;
    Ok(nothing.wanted.into_inner())
}

/// What was read, by level and place in the level.
#[derive(Default)]
struct Tiles(HashMap<(u8, u64), Vec<Hash>>);

impl Tiles {
    /// The wanted nodes, from the tiles that they lie in.
    fn know(&self, wanted: &[u64]) -> Result<Stored, ProofError> {
        let mut known = Stored::default();
        for index in wanted {
            let run = Run::under(*index);
            let tile = self.0.get(&run.tile()).map_or(&[][..], Vec::as_slice);
            let place = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
            let start = place(run.first % TILE_WIDTH);
            let hashes = tile.get(start..start + place(run.count)).ok_or_else(|| {
                let missing = run.first - run.first % TILE_WIDTH + tile.len() as u64;
                ProofError::NotStored { level: run.level, index: missing.max(run.first) }
            })?;
            known.known.insert(*index, merkle::perfect_root(hashes));
        }
        Ok(known)
    }
}

#[cfg(test)]
mod tests;
