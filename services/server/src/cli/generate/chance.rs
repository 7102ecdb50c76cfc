//! Chance that is the same for the same seed, on every machine.

use jiff::Timestamp;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use uuid::{Builder, Uuid};

/// The chance of one project.
pub(super) struct Chance(ChaCha8Rng);

impl Chance {
    /// Another length is another history: its events lie on other days. So it has other ids too,
    /// and a ledger that has the one knows the other for what it is.
    pub(super) fn new(seed: u64, project: u64, events: u64) -> Self {
        let mut key = [0; 32];
        for (bytes, number) in key.chunks_exact_mut(8).zip([seed, project, events]) {
            bytes.copy_from_slice(&number.to_le_bytes());
        }
        Self(ChaCha8Rng::from_seed(key))
    }

    /// From `low` to `high`, both included.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        self.0.random_range(low..=high)
    }

    /// An index into `length` things.
    pub(super) fn below(&mut self, length: usize) -> usize {
        self.0.random_range(0..length)
    }

    pub(super) fn pick<'a, T>(&mut self, things: &'a [T]) -> &'a T {
        &things[self.below(things.len())]
    }

    /// One of those that qualify, if any does.
    pub(super) fn pick_of(&mut self, indices: &[usize]) -> Option<usize> {
        (!indices.is_empty()).then(|| *self.pick(indices))
    }

    /// An id as a poster makes it at an instant: UUIDv7.
    pub(super) fn id(&mut self, at: Timestamp) -> Uuid {
        let mut bytes = [0; 10];
        self.0.fill_bytes(&mut bytes);
        let milliseconds = u64::try_from(at.as_millisecond()).unwrap_or_default();
        Builder::from_unix_timestamp_millis(milliseconds, &bytes).into_uuid()
    }
}

/// A thousandth part.
pub(super) type PerMille = u32;

/// So many of a thousand, spread evenly: what has a share occurs as soon as there is room for half
/// of one, so that a short history has it too.
pub(super) struct Portion {
    share: PerMille,
    sum: PerMille,
    /// Those that came without waiting for their turn; so many turns are left out.
    ahead: u32,
}

impl Portion {
    pub(super) fn new(share: PerMille, chance: &mut Chance) -> Self {
        let sum = u32::try_from(chance.between(500, 999)).unwrap_or_default();
        Self { share, sum, ahead: 0 }
    }

    /// Whether the next one is of the portion.
    pub(super) fn takes(&mut self) -> bool {
        self.takes_if(true)
    }

    /// Whether the next one is of the portion; in place of one that is not suited a later one is.
    pub(super) fn takes_if(&mut self, suited: bool) -> bool {
        self.sum += self.share;
        let takes = suited && self.sum >= 1_000;
        if takes {
            self.sum -= 1_000;
        }
        if takes && self.ahead > 0 {
            self.ahead -= 1;
            return false;
        }
        takes
    }

    /// One of the portion came of another cause: a later one is left out for it.
    pub(super) fn comes_ahead(&mut self) {
        self.ahead += 1;
    }
}
