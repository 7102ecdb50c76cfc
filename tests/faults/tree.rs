//! The Merkle tree of RFC 6962 (section 2.1), written here once more: an oracle that took the
//! program's own would agree with its mistakes.

use sha2::{Digest as _, Sha256};

pub(crate) type Hash = [u8; 32];

/// The roots of a log at every size that it has had.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    /// The roots of the perfect subtrees, the largest first.
    subtrees: Vec<Hash>,
    roots: Vec<Hash>,
}

impl Tree {
    pub(crate) fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        for _ in 0..self.roots.len().trailing_ones() {
            let left = self.subtrees.pop().expect("a full subtree stands on the left");
            hash = node(left, hash);
        }
        self.subtrees.push(hash);
        let root = self.subtrees.iter().copied().rev().reduce(|right, left| node(left, right));
        self.roots.push(root.expect("there is a leaf"));
    }

    /// The root over the first `size` leaves, at least one; nothing where there are fewer.
    pub(crate) fn root(&self, size: u64) -> Option<Hash> {
        self.roots.get(usize::try_from(size).ok()?.checked_sub(1)?).copied()
    }
}

fn node(left: Hash, right: Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// Reads a hash that is written in hexadecimal digits.
pub(crate) fn from_hex(digits: &str) -> Option<Hash> {
    let byte = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    let bytes: Option<Vec<u8>> = (0..digits.len()).step_by(2).map(byte).collect();
    bytes?.try_into().ok()
}
