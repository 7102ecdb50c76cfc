//! Running sums of items, so that a question costs the number of places and not of items.

use serde::{Deserialize, Serialize};

use super::figures::Figures;
use crate::money::Cents;

/// The sums of the items of one place in one currency. All but `foreign` are euro.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    pub lines: u64,
    /// In the currency: what only a rate makes euro, so that without one it is in no euro figure.
    pub foreign: Cents,
    /// What is declared, each item converted on its own; nothing without a rate.
    pub euro: Cents,
    /// The part of `euro` that another rate would change.
    pub provisional: Cents,
    pub paid: Cents,
    pub certified: Cents,
    pub deducted: Cents,
    /// Less what was taken up.
    pub parked: Cents,
    pub in_control: Cents,
    pub taken_up: Cents,
}

impl Sums {
    pub(super) fn add(&mut self, other: Self) {
        self.lines += other.lines;
        self.foreign += other.foreign;
        self.euro += other.euro;
        self.provisional += other.provisional;
        self.paid += other.paid;
        self.certified += other.certified;
        self.deducted += other.deducted;
        self.parked += other.parked;
        self.in_control += other.in_control;
        self.taken_up += other.taken_up;
    }

    pub(super) fn subtract(&mut self, other: Self) {
        self.lines = self.lines.saturating_sub(other.lines);
        self.foreign -= other.foreign;
        self.euro -= other.euro;
        self.provisional -= other.provisional;
        self.paid -= other.paid;
        self.certified -= other.certified;
        self.deducted -= other.deducted;
        self.parked -= other.parked;
        self.in_control -= other.in_control;
        self.taken_up -= other.taken_up;
    }

    pub fn figures(&self) -> Figures {
        Figures {
            declared: self.euro,
            provisional: self.provisional,
            paid: self.paid,
            certified: self.certified,
            deducted: self.deducted,
            parked: self.parked,
            in_control: self.in_control,
            taken_up: self.taken_up,
        }
    }
}
