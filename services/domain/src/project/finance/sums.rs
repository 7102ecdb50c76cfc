//! Running sums of items, so that a question costs the number of places and not of items.

use serde::{Deserialize, Serialize};

use super::figures::Figures;
use crate::money::Cents;

/// The sums of the items of one place in one currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    pub lines: u64,
    /// In the currency: what only a rate makes euro, so that without one it is in no euro figure.
    pub foreign: Cents,
    /// Each item converted on its own; nothing without a rate.
    pub figures: Figures,
}

impl Sums {
    pub(super) fn add(&mut self, other: Self) {
        self.lines += other.lines;
        self.foreign += other.foreign;
        self.figures.add(other.figures);
    }

    pub(super) fn subtract(&mut self, other: Self) {
        self.lines = self.lines.saturating_sub(other.lines);
        self.foreign -= other.foreign;
        self.figures.subtract(other.figures);
    }
}

/// Sums of nothing but figures.
impl From<Figures> for Sums {
    fn from(figures: Figures) -> Self {
        Self { figures, ..Self::default() }
    }
}
