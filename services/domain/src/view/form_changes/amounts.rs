//! Amounts that differ between two forms, and how far the budget was shifted. Euro.

use std::collections::{BTreeMap, BTreeSet};

use crate::code::WorkPackageCode;
use crate::event::plan::application_form::{ApplicationFormApproved, Category, ContributionKind};
use crate::ids::PartnerNumber;
use crate::money::{Cents, Share};
use crate::project::plan::PlanState;
use crate::project::plan::change::Shift;
use crate::project::plan::item::Item;

/// An amount that one form plans otherwise than another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AmountChange {
    pub kind: AmountKind,
    pub partner: PartnerNumber,
    /// By its code in the later form, or in the earlier one where that lacks it.
    pub work_package: Option<WorkPackageCode>,
    pub category: Option<Category>,
    /// Of a contribution its source, of a lump sum its option.
    pub name: Option<String>,
    pub before: Cents,
    pub after: Cents,
}

impl AmountChange {
    pub fn delta(&self) -> Cents {
        self.after - self.before
    }
}

/// What an amount is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AmountKind {
    /// Of a partner, work package and category.
    BudgetCell,
    /// The fund's part of a partner's budget.
    Erdf,
    /// A partner's own public money.
    PublicContribution,
    /// A partner's own private money.
    PrivateContribution,
    LumpSum,
}

type Place =
    (AmountKind, PartnerNumber, Option<Item<WorkPackageCode>>, Option<Category>, Option<String>);

pub(super) fn between(
    plan: &PlanState,
    from: &ApplicationFormApproved,
    to: &ApplicationFormApproved,
) -> Vec<AmountChange> {
    let (before, after) = (amounts(plan, from), amounts(plan, to));
    let places: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let amount =
        |form: &BTreeMap<Place, Cents>, place: &Place| form.get(place).copied().unwrap_or_default();
    let change = |place: &Place| {
        let (kind, partner, work_package, category, name) = place.clone();
        AmountChange {
            kind,
            partner,
            work_package: work_package
                .map(|item| plan.code_in(to, item).unwrap_or(plan.code_of(item, Some(from)))),
            category,
            name,
            before: amount(&before, place),
            after: amount(&after, place),
        }
    };
    places.into_iter().map(change).filter(|change| change.before != change.after).collect()
}

fn amounts(plan: &PlanState, form: &ApplicationFormApproved) -> BTreeMap<Place, Cents> {
    let mut amounts = BTreeMap::<Place, Cents>::new();
    let mut add = |place, amount| *amounts.entry(place).or_default() += amount;
    for cell in &form.budget.cells {
        let at = plan.cell(form, cell);
        let place =
            (AmountKind::BudgetCell, at.partner, Some(at.work_package), Some(at.category), None);
        add(place, cell.amount);
    }
    for financing in &form.budget.partners {
        add((AmountKind::Erdf, financing.partner, None, None, None), financing.erdf);
        for contribution in &financing.contributions {
            let kind = match contribution.kind {
                ContributionKind::Public => AmountKind::PublicContribution,
                ContributionKind::Private => AmountKind::PrivateContribution,
            };
            let source = Some(contribution.source.to_string());
            add((kind, financing.partner, None, None, source), contribution.amount);
        }
    }
    for sum in &form.budget.lump_sums {
        let work_package = Some(plan.item_of(sum.work_package, form));
        let option = Some(sum.option.to_string());
        add((AmountKind::LumpSum, sum.partner, work_package, None, option), sum.amount);
    }
    amounts
}

/// How much of the budget was shifted since the first form, held against what may be shifted
/// without a major change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShiftMeter {
    /// The form that is held against the first one.
    pub form: u32,
    pub moved: Shift,
    /// With the changes that no form carries out yet and that were not rejected.
    pub with_pending: Shift,
    /// The charter's share of the contract's total, and that share in euro, rounded down.
    pub limit: Option<(Share, Cents)>,
}

impl ShiftMeter {
    /// What may still be shifted, pending changes counted; below nothing where it is too much.
    pub fn left(&self) -> Option<Cents> {
        self.limit.map(|(_, limit)| limit - self.with_pending.largest())
    }
}

/// The meter of a form.
pub fn shift_meter(plan: &PlanState, form: &ApplicationFormApproved) -> ShiftMeter {
    let pending = plan.pending_changes().flat_map(|change| change.deltas.iter().copied());
    ShiftMeter {
        form: form.version,
        moved: plan.shift(form, []),
        with_pending: plan.shift(form, pending),
        limit: plan.shift_limit(),
    }
}
