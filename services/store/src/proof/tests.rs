//! The vectors of an independent implementation; `vectors/generate.go` says how they were made.

use serde_json::Value;
use tlog_tiles::Error;

use super::stored::Levels;
use super::{Run, Stored, TILE_HASHES, Tiles, extends, includes, plain, wanted};
use crate::merkle::{self, CompactRange, Hash};

const VECTORS: &str = include_str!("../../vectors/vectors.json");

/// The leaf hash of the record of each index, and the stored levels above.
struct Grown {
    leaves: Vec<Hash>,
    range: CompactRange,
    levels: Levels,
}

impl Grown {
    fn of(size: u64) -> Grown {
        let mut tree =
            Grown { leaves: Vec::new(), range: CompactRange::default(), levels: Levels::default() };
        for index in 0..size {
            let leaf = merkle::leaf(format!("record {index}").as_bytes());
            tree.leaves.push(leaf);
            tree.levels.push(&mut tree.range, leaf);
        }
        tree
    }

    fn tile(&self, (level, index): (u8, u64)) -> Vec<Hash> {
        let hashes = match usize::from(level) {
            0 => &self.leaves,
            level => self.levels.roots(level),
        };
        let first = usize::try_from(index).unwrap() * TILE_HASHES;
        hashes[first..hashes.len().min(first + TILE_HASHES)].to_vec()
    }

    /// What `prove` gives with the stored hashes of this tree.
    fn prove<T>(&self, prove: impl Fn(&Stored) -> Result<T, Error>) -> T {
        let wanted = wanted(&prove).unwrap();
        let tiles = wanted.iter().map(|index| Run::under(*index).tile());
        let tiles = Tiles(tiles.map(|tile| (tile, self.tile(tile))).collect());
        assert!(tiles.0.len() <= 6, "{} reads in a tree of three levels", tiles.0.len());
        let known = tiles.know(&wanted).unwrap();
        let proved = prove(&known).unwrap();
        assert_eq!(known.wanted.into_inner(), [0; 0], "not found among what was read");
        proved
    }
}

struct Vectors {
    json: Value,
    hashes: Vec<Hash>,
}

impl Vectors {
    fn read() -> Vectors {
        let json: Value = serde_json::from_str(VECTORS).unwrap();
        let hash = |text: &Value| tlog_tiles::Hash::parse_hash(text.as_str().unwrap()).unwrap().0;
        let hashes = json["hashes"].as_array().unwrap().iter().map(hash).collect();
        Vectors { json, hashes }
    }

    fn all(&self, name: &str) -> impl Iterator<Item = &Value> {
        self.json[name].as_array().unwrap().iter()
    }

    fn hash(&self, place: &Value) -> Hash {
        self.hashes[usize::try_from(place.as_u64().unwrap()).unwrap()]
    }

    fn proof(&self, vector: &Value) -> Vec<Hash> {
        vector["proof"].as_array().unwrap().iter().map(|place| self.hash(place)).collect()
    }

    fn root(&self, size: u64) -> Hash {
        let of_size = |vector: &&Value| vector["size"] == size;
        self.hash(&self.all("roots").find(of_size).unwrap()["hash"])
    }
}

fn number(vector: &Value, name: &str) -> u64 {
    vector[name].as_u64().unwrap()
}

#[test]
fn gives_the_roots_and_proofs_of_another_implementation() {
    let vectors = Vectors::read();
    let tree = Grown::of(vectors.all("roots").map(|vector| number(vector, "size")).max().unwrap());
    let mut range = CompactRange::default();
    for vector in vectors.all("roots") {
        let size = number(vector, "size");
        while range.size() < size {
            range.push(tree.leaves[usize::try_from(range.size()).unwrap()]);
        }
        let root = vectors.hash(&vector["hash"]);
        assert_eq!(range.root(), root, "{size}");
        assert_eq!(tree.prove(|stored| tlog_tiles::tree_hash(size, stored)).0, root, "{size}");
    }
    for vector in vectors.all("inclusion") {
        let (size, index) = (number(vector, "size"), number(vector, "index"));
        let proof = tree.prove(|stored| tlog_tiles::prove_record(size, index, stored));
        assert_eq!(plain(proof), vectors.proof(vector), "{index} in {size}");
    }
    for vector in vectors.all("consistency") {
        let (size, first) = (number(vector, "size"), number(vector, "first"));
        let proof = tree.prove(|stored| tlog_tiles::prove_tree(size, first, stored));
        assert_eq!(plain(proof), vectors.proof(vector), "{first} in {size}");
    }
}

#[test]
fn takes_the_proofs_of_another_implementation_and_no_others() {
    let vectors = Vectors::read();
    for vector in vectors.all("inclusion") {
        let (size, position) = (number(vector, "size"), number(vector, "index") + 1);
        let leaf = merkle::leaf(format!("record {}", position - 1).as_bytes());
        let (proof, root) = (vectors.proof(vector), vectors.root(size));
        assert!(includes(&proof, position, leaf, size, root), "{position} in {size}");
        assert!(!includes(&proof, position, root, size, root) || size == 1, "another leaf");
        assert!(!includes(&proof, position, leaf, size, leaf) || size == 1, "another root");
        assert!(!includes(&proof, 0, leaf, size, root));
        assert!(!includes(&proof, size + 1, leaf, size, root));
        for changed in changed(&proof) {
            assert!(!includes(&changed, position, leaf, size, root), "{position} in {size}");
        }
    }
    for vector in vectors.all("consistency") {
        let (size, first) = (number(vector, "size"), number(vector, "first"));
        let (proof, root, begin) = (vectors.proof(vector), vectors.root(size), vectors.root(first));
        assert!(extends(&proof, first, begin, size, root), "{first} in {size}");
        assert!(!extends(&proof, first, [7; 32], size, root), "{first} in {size}");
        assert!(!extends(&proof, first, begin, size, [7; 32]), "{first} in {size}");
        assert!(!extends(&proof, size + 1, begin, size, root));
        for changed in changed(&proof) {
            assert!(!extends(&changed, first, begin, size, root), "{first} in {size}");
        }
    }
}

/// The proof with one hash changed, taken out or added.
fn changed(proof: &[Hash]) -> Vec<Vec<Hash>> {
    let mut all = vec![[proof, &[[7; 32]]].concat()];
    for place in 0..proof.len() {
        let (mut other, mut less) = (proof.to_vec(), proof.to_vec());
        other[place][31] ^= 1;
        less.remove(place);
        all.extend([other, less]);
    }
    all
}
