//! Euro figures of the places of a budget, and the flat rates that are computed from them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::code::WorkPackageCode;
use crate::event::plan::application_form::{ApplicationFormApproved, Category, FlatRate};
use crate::ids::PartnerNumber;
use crate::money::{Cents, Share};
use crate::project::plan::item::Item;

/// Where a cost stands in the budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cell {
    pub partner: PartnerNumber,
    pub work_package: Item<WorkPackageCode>,
    pub category: Category,
}

/// Where a cost stands in the budget, and in which submitted claim: all larger figures are sums
/// over places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    pub cell: Cell,
    pub claim: Option<u32>,
}

/// What was declared and paid in a place, and what control made of it, in euro.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// Live items; credit notes are negative. In a claim it is certified, deducted, parked and in
    /// control together.
    pub declared: Cents,
    /// The part of `declared` that another exchange rate would change.
    pub provisional: Cents,
    /// The part of `declared` that was paid.
    pub paid: Cents,
    pub certified: Cents,
    pub deducted: Cents,
    /// Less what was taken up.
    pub parked: Cents,
    /// In a claim, and not ruled on.
    pub in_control: Cents,
    /// What was parked in a claim and was taken out of it again; no part of `declared`.
    pub taken_up: Cents,
}

impl Figures {
    pub(crate) fn add(&mut self, other: Self) {
        self.change(other, |amount, by| *amount += by);
    }

    pub(crate) fn subtract(&mut self, other: Self) {
        self.change(other, |amount, by| *amount -= by);
    }

    fn change(&mut self, by: Self, change: impl Fn(&mut Cents, Cents)) {
        let Self { declared, provisional, paid, certified, deducted, parked, in_control, taken_up } =
            by;
        change(&mut self.declared, declared);
        change(&mut self.provisional, provisional);
        change(&mut self.paid, paid);
        change(&mut self.certified, certified);
        change(&mut self.deducted, deducted);
        change(&mut self.parked, parked);
        change(&mut self.in_control, in_control);
        change(&mut self.taken_up, taken_up);
    }
}

/// The flat rates that follow from these figures, as figures of their own category: one amount for
/// each partner, work package and claim, rounded down to the cent (a negative base towards minus
/// infinity). Nobody pays a flat rate, so nothing of it is paid.
pub fn flat_rates<'a>(
    figures: &BTreeMap<Place, Figures>,
    form_of: impl Fn(Option<u32>) -> Option<&'a ApplicationFormApproved>,
) -> Vec<(Place, Figures)> {
    let groups: BTreeSet<_> =
        figures.keys().map(|p| (p.cell.partner, p.cell.work_package, p.claim)).collect();
    let mut computed = Vec::new();
    for (partner, work_package, claim) in groups {
        let rates = form_of(claim).map(|form| form.budget.flat_rates.as_slice());
        for rate in rates_of(rates.unwrap_or_default(), partner) {
            let at = |category| Place { cell: Cell { partner, work_package, category }, claim };
            let base = base_of(rate, |category| figures.get(&at(category)));
            let amount = match claim {
                None => of_unclaimed(rate.rate, base),
                Some(_) => of_claimed(rate.rate, base),
            };
            if amount != Figures::default() {
                computed.push((at(rate.category), amount));
            }
        }
    }
    computed
}

/// Adds the flat rates to the figures that they follow from.
pub fn add_flat_rates<'a>(
    figures: &mut BTreeMap<Place, Figures>,
    form_of: impl Fn(Option<u32>) -> Option<&'a ApplicationFormApproved>,
) {
    for (place, amount) in flat_rates(figures, form_of) {
        figures.entry(place).or_default().add(amount);
    }
}

/// The provisional part is what is left after the amount of the base that no rate changes.
fn of_unclaimed(rate: Share, base: Figures) -> Figures {
    let declared = base.declared.share_rounded_down(rate);
    let fixed = (base.declared - base.provisional).share_rounded_down(rate);
    Figures { declared, provisional: declared - fixed, ..Figures::default() }
}

/// A deduction of the base lowers the rate by itself: deducted is what the rate of the declared
/// base has more than those of the certified and of the parked base. What is not ruled on yet
/// takes the part that its base adds to the rest.
fn of_claimed(rate: Share, base: Figures) -> Figures {
    let of = |amount: Cents| amount.share_rounded_down(rate);
    let as_claimed = base.declared + base.taken_up;
    let as_parked = base.parked + base.taken_up;
    let ruled_on = as_claimed - base.in_control;
    let certified = of(base.certified);
    let parked = of(base.parked);
    let deducted = of(ruled_on) - certified - of(as_parked);
    let in_control = of(as_claimed) - of(ruled_on);
    Figures {
        declared: certified + deducted + parked + in_control,
        certified,
        deducted,
        parked,
        in_control,
        taken_up: of(as_parked) - parked,
        ..Figures::default()
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

/// The flat rate of a partner by which a category is computed.
pub fn flat_rate_of(
    form: &ApplicationFormApproved,
    partner: PartnerNumber,
    category: Category,
) -> Option<&FlatRate> {
    rates_of(&form.budget.flat_rates, partner).find(|rate| rate.category == category)
}

fn base_of<'a>(rate: &FlatRate, figures: impl Fn(Category) -> Option<&'a Figures>) -> Figures {
    let categories: BTreeSet<_> = rate.base.iter().copied().collect();
    let mut base = Figures::default();
    for found in categories.into_iter().filter_map(figures) {
        base.add(*found);
    }
    base
}
