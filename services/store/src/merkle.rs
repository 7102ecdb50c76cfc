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

/// The root of a perfect tree over `leaves`: a power of two of them.
pub(crate) fn perfect_root(leaves: &[Hash]) -> Hash {
    let mut range = CompactRange::default();
    leaves.iter().for_each(|leaf| range.push(*leaf));
    range.root()
}

/// The root of the perfect subtree of 256 to the power of `level` leaves that comes after `index`
/// others of its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subtree {
    pub level: u8,
    pub index: u64,
    pub root: Hash,
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
        self.push_and_note(leaf, |_height, _root| ());
    }

    /// As [`CompactRange::push`]; `note` is told the height and the root of each perfect subtree
    /// that the leaf completes, the smallest first.
    pub(crate) fn push_and_note(&mut self, leaf: Hash, mut note: impl FnMut(u32, Hash)) {
        let mut hash = leaf;
        // As when adding one to a binary number: each trailing one is a subtree to join with.
        for height in 1..=self.size.trailing_ones() {
            if let Some(left) = self.roots.pop() {
                hash = node(left, hash);
                note(height, hash);
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

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};
    use sha2::{Digest, Sha256};

    use super::{CompactRange, EMPTY_ROOT, Hash, leaf};

    /// The inputs and roots that Certificate Transparency has tested with since its first release.
    const CT_LEAVES: [&str; 8] = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ];
    const CT_ROOTS: [&str; 8] = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    fn bytes(hex: &str) -> Vec<u8> {
        (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect()
    }

    /// RFC 6962, section 2.1, word for word.
    fn root_by_definition(leaves: &[Vec<u8>]) -> Hash {
        match leaves {
            [] => Sha256::digest([]).into(),
            [only] => Sha256::new().chain_update([0]).chain_update(only).finalize().into(),
            more => {
                let (left, right) = more.split_at(more.len().next_power_of_two() / 2);
                Sha256::new()
                    .chain_update([1])
                    .chain_update(root_by_definition(left))
                    .chain_update(root_by_definition(right))
                    .finalize()
                    .into()
            }
        }
    }

    #[test]
    fn gives_the_known_roots_of_certificate_transparency() {
        let mut range = CompactRange::default();
        assert_eq!(range.root(), EMPTY_ROOT);
        assert_eq!(EMPTY_ROOT, root_by_definition(&[]));
        for (input, root) in CT_LEAVES.iter().zip(CT_ROOTS) {
            range.push(leaf(&bytes(input)));
            assert_eq!(range.root().as_slice(), bytes(root));
        }
    }

    #[test]
    fn refuses_a_range_of_another_size() {
        assert!(CompactRange::parse(3, &[0; 64]).is_some());
        for wrong in [0, 1, 32, 63, 65, 96] {
            assert_eq!(CompactRange::parse(3, &vec![0; wrong]), None, "{wrong} bytes");
        }
    }

    proptest! {
        #[test]
        fn equals_the_recursive_definition(leaves: Vec<Vec<u8>>) {
            let mut range = CompactRange::default();
            leaves.iter().for_each(|data| range.push(leaf(data)));
            assert_eq!(range.root(), root_by_definition(&leaves));
            let size = leaves.len() as u64;
            assert_eq!(CompactRange::parse(size, range.bytes()), Some(range));
        }

        #[test]
        fn survives_any_stored_range(size in any::<u64>(), stored: Vec<u8>) {
            if let Some(range) = CompactRange::parse(size, &stored) {
                range.root();
            }
        }
    }
}
