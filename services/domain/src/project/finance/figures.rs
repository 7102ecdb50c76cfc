//! Euro figures of the cells of a budget, and the flat rates that are computed from them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::code::WorkPackageCode;
use crate::event::plan::application_form::{ApplicationFormApproved, Category, FlatRate};
use crate::ids::PartnerNumber;
use crate::money::Cents;
use crate::project::plan::item::Item;

/// Where a cost stands: all larger figures are sums over cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cell {
    pub partner: PartnerNumber,
    pub work_package: Item<WorkPackageCode>,
    pub category: Category,
}

/// What was declared and paid in a cell, in euro.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Live lines; credit notes are negative.
    pub declared: Cents,
    /// The part of `declared` that another exchange rate would change.
    pub provisional: Cents,
    /// The part of `declared` that was paid.
    pub paid: Cents,
}

impl Figures {
    pub(crate) fn add(&mut self, other: Self) {
        self.declared += other.declared;
        self.provisional += other.provisional;
        self.paid += other.paid;
    }
}

/// Adds the flat rates that a form computes from these figures, as cells of their own category.
///
/// One amount for each partner and work package: rate × declared base, rounded down to the cent
/// (a negative base towards minus infinity); every larger figure is the sum of these. The
/// provisional part is what is left after the amount of the base that no rate changes. Nobody
/// pays a flat rate, so nothing of it is paid.
pub fn add_flat_rates(
    figures: &mut BTreeMap<Cell, Figures>,
    form: Option<&ApplicationFormApproved>,
) {
    let rates = form.map(|form| form.budget.flat_rates.as_slice()).unwrap_or_default();
    let groups: BTreeSet<_> =
        figures.keys().map(|cell| (cell.partner, cell.work_package)).collect();
    let mut computed = Vec::new();
    for (partner, work_package) in groups {
        for rate in rates_of(rates, partner) {
            let at = |category| Cell { partner, work_package, category };
            let base = base_of(rate, |category| figures.get(&at(category)));
            let declared = base.declared.share_rounded_down(rate.rate);
            let fixed = (base.declared - base.provisional).share_rounded_down(rate.rate);
            let provisional = declared - fixed;
            let amount = Figures { declared, provisional, paid: Cents::ZERO };
            if amount != Figures::default() {
                computed.push((at(rate.category), amount));
            }
        }
    }
    for (cell, amount) in computed {
        figures.entry(cell).or_default().add(amount);
    }
}

/// The flat rates of a partner; the first one where two name the same category.
fn rates_of(rates: &[FlatRate], partner: PartnerNumber) -> impl Iterator<Item = &FlatRate> {
    rates.iter().enumerate().filter_map(move |(index, rate)| {
        let before = &rates[..index];
        let taken = before.iter().any(|b| b.category == rate.category && b.applies_to(partner));
        (rate.applies_to(partner) && !taken).then_some(rate)
    })
}

fn base_of<'a>(rate: &FlatRate, figures: impl Fn(Category) -> Option<&'a Figures>) -> Figures {
    let categories: BTreeSet<_> = rate.base.iter().copied().collect();
    let mut base = Figures::default();
    for found in categories.into_iter().filter_map(figures) {
        base.add(*found);
    }
    base
}
