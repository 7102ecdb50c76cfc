//! The fund's part of what is declared and certified.

use std::collections::BTreeMap;

use super::Amounts;
use super::axes::{Axis, Key, Wanted};
use super::entries::Entry;
use crate::event::plan::application_form::ApplicationFormApproved;
use crate::ids::PartnerNumber;
use crate::money::Cents;
use crate::project::Project;

/// A partner's rate: the ERDF of its budget, and its budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::view) struct FundRate {
    pub(in crate::view) erdf: Cents,
    pub(in crate::view) planned: Cents,
}

impl FundRate {
    /// By the form's financing and cells; nothing for a partner that the form does not have.
    pub(in crate::view) fn of(
        form: Option<&ApplicationFormApproved>,
        partner: PartnerNumber,
    ) -> Self {
        let Some(budget) = form.map(|form| &form.budget) else {
            return Self { erdf: Cents::ZERO, planned: Cents::ZERO };
        };
        let financing = budget.partners.iter().find(|financing| financing.partner == partner);
        let cells = budget.cells.iter().filter(|cell| cell.partner == partner);
        Self {
            erdf: financing.map(|financing| financing.erdf).unwrap_or_default(),
            planned: cells.map(|cell| cell.amount).sum(),
        }
    }

    /// The fund's part of an amount, rounded down to the cent.
    pub(in crate::view) fn part_of(self, amount: Cents) -> Cents {
        amount.fraction_rounded_down(self.erdf, self.planned)
    }
}

/// Adds the fund's part to the totals, and to the rows where each is whole partners.
pub(super) fn add(
    project: &Project,
    form: Option<&ApplicationFormApproved>,
    by: &[Axis],
    wanted: &Wanted,
    entries: &[Entry],
    rows: &mut BTreeMap<Key, Amounts>,
    totals: &mut Amounts,
) {
    if form.is_none() || !wanted.takes_whole_partners() {
        return;
    }
    let mut groups = BTreeMap::<(PartnerNumber, Option<u32>), (Cents, Cents)>::new();
    for entry in entries {
        let Some(partner) = entry.key.partner else { continue };
        let (declared, certified) = groups.entry((partner, entry.key.claim)).or_default();
        *declared += entry.figures.declared;
        *certified += entry.figures.certified;
    }
    let rows_are_whole = by.iter().all(|axis| [Axis::Partner, Axis::Claim].contains(axis));
    let add = |amounts: &mut Amounts, declared: Cents, certified: Cents| {
        amounts.erdf = Some(amounts.erdf.unwrap_or_default() + declared);
        amounts.erdf_certified = Some(amounts.erdf_certified.unwrap_or_default() + certified);
    };
    add(totals, Cents::ZERO, Cents::ZERO);
    if rows_are_whole {
        rows.values_mut().for_each(|amounts| add(amounts, Cents::ZERO, Cents::ZERO));
    }
    for ((partner, claim), (declared, certified)) in groups {
        let rate = FundRate::of(project.finance.form_for(&project.plan, claim, form), partner);
        let (declared, certified) = (rate.part_of(declared), rate.part_of(certified));
        add(totals, declared, certified);
        let key = Key { partner: Some(partner), claim, ..Key::default() }.along(by);
        if let Some(amounts) = rows.get_mut(&key).filter(|_| rows_are_whole) {
            add(amounts, declared, certified);
        }
    }
}
