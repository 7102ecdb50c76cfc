//! The Merkle tree of RFC 6962, kept as a compact range: the roots of the perfect subtrees that
//! the leaves so far make up. It grows by one leaf in O(1) on average and needs no stored nodes.

/// A SHA-256 sum.
pub type Hash = [u8; 32];

const HASH_BYTES: usize = size_of::<Hash>();

/// The root of the tree without leaves: the SHA-256 of nothing.
pub(crate) const EMPTY_ROOT: Hash = tlog_tiles::EMPTY_HASH.0;

pub(crate) fn leaf(data: &[u8]) -> Hash {
    tlog_tiles::record_hash(data).0
}

fn node(left: Hash, right: Hash) -> Hash {
    tlog_tiles::node_hash(tlog_tiles::Hash(left), tlog_tiles::Hash(right)).0
}

/// The compact range of the first `size` leaves.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct CompactRange {
    size: u64,
    /// One root for each bit set in `size`, the largest subtree first.
    roots: Vec<Hash>,
}

impl CompactRange {
    /// `None` when `bytes` cannot be the range of `size` leaves.
    pub(crate) fn parse(size: u64, bytes: &[u8]) -> Option<CompactRange> {
        let (roots, rest) = bytes.as_chunks::<HASH_BYTES>();
        let fits = rest.is_empty() && u32::try_from(roots.len()) == Ok(size.count_ones());
        fits.then(|| CompactRange { size, roots: roots.to_vec() })
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.roots.as_flattened()
    }

    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    pub(crate) fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        // As when adding one to a binary number: each trailing one is a subtree to join with.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.roots.pop() {
                hash = node(left, hash);
            }
        }
        self.roots.push(hash);
        self.size += 1;
    }

    /// The root of the whole tree, at the cost of one hash for each subtree but the last.
    pub(crate) fn root(&self) -> Hash {
        let mut smallest_first = self.roots.iter().rev().copied();
        match smallest_first.next() {
            None => EMPTY_ROOT,
            Some(last) => smallest_first.fold(last, |right, left| node(left, right)),
        }
    }
}
