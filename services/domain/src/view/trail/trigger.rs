//! The parts of the way to the second payment, by the newest form.

use super::figure::{BudgetAmount, PartnerTriggerAmount, Place, TriggerAmount};
use super::{Books, Kind, Part, PartShare, at_least_nothing, budget, less, rounding, sum};
use crate::event::plan::{SubsidyContractSigned, TriggerBase};
use crate::ids::PartnerNumber;
use crate::money::{Cents, Share};
use crate::view::budget_use::axes::Key;
use crate::view::budget_use::payment_trigger::{Terms, pro_rata};

/// Nothing before the subsidy contract is recorded.
pub(super) fn parts(books: &Books, amount: TriggerAmount) -> Option<Vec<Part>> {
    let contract = books.project.plan.contract.as_deref()?;
    let terms = Terms::of(contract);
    let books = &of_newest_form(books);
    let whole = |amount| budget::parts(books, amount, &Place::default());
    Some(match amount {
        TriggerAmount::Base => {
            vec![Part::new(Kind::SubsidyContract, terms.base, Key::default())]
        }
        TriggerAmount::Trigger => trigger(&terms, contract),
        TriggerAmount::Reported => whole(BudgetAmount::Declared),
        TriggerAmount::Claimed => whole(BudgetAmount::Claimed),
        TriggerAmount::Provisional => whole(BudgetAmount::Provisional),
        TriggerAmount::Missing => {
            at_least_nothing(less(trigger(&terms, contract), whole(BudgetAmount::Declared)))
        }
        TriggerAmount::SecondPayment => {
            let share = contract.payment_shares.get(1).copied();
            share.map(|share| share_of(contract.erdf, share)).into_iter().collect()
        }
        TriggerAmount::Validated => whole(BudgetAmount::Certified),
        TriggerAmount::ProRataValidated => of_second(&terms, whole(BudgetAmount::Certified)),
        TriggerAmount::ProRataReported => of_second(&terms, whole(BudgetAmount::Declared)),
    })
}

/// Nothing before the subsidy contract is recorded.
pub(super) fn of_partner(
    books: &Books,
    amount: PartnerTriggerAmount,
    partner: PartnerNumber,
) -> Option<Vec<Part>> {
    let contract = books.project.plan.contract.as_deref()?;
    let books = &of_newest_form(books);
    let of_budget = |amount| budget::parts(books, amount, &Place::partner(partner));
    let trigger = || trigger_of_partner(books, contract, partner);
    Some(match amount {
        PartnerTriggerAmount::Reported => of_budget(BudgetAmount::Declared),
        PartnerTriggerAmount::Planned => of_budget(BudgetAmount::Planned),
        PartnerTriggerAmount::Trigger => trigger(),
        PartnerTriggerAmount::Missing => {
            at_least_nothing(less(trigger(), of_budget(BudgetAmount::Declared)))
        }
    })
}

fn of_newest_form<'a>(books: &Books<'a>) -> Books<'a> {
    Books::new(books.project, books.fund, books.register, None)
}

fn trigger(terms: &Terms, contract: &SubsidyContractSigned) -> Vec<Part> {
    vec![share_of(terms.base, contract.trigger_share)]
}

fn share_of(base: Cents, rate: Share) -> Part {
    let part = Part::new(Kind::Share, base.share_rounded_down(rate), Key::default());
    Part { base: Some(base), share: Some(PartShare::Rate(rate)), ..part }
}

/// The share of each budget cell of the partner, or of its ERDF.
fn trigger_of_partner(
    books: &Books,
    contract: &SubsidyContractSigned,
    partner: PartnerNumber,
) -> Vec<Part> {
    let rate = contract.trigger_share;
    let key = Key { partner: Some(partner), ..Key::default() };
    let form = books.form.map(|form| form.version);
    let of = |amount, key| Part { form, key, ..share_of(amount, rate) };
    match Terms::of(contract).base_of {
        TriggerBase::TotalBudget => {
            let cells = budget::parts(books, BudgetAmount::Planned, &Place::partner(partner));
            let whole = sum(&cells).share_rounded_down(rate);
            let mut parts: Vec<_> = cells.iter().map(|cell| of(cell.amount, cell.key)).collect();
            parts.push(Part { form, ..rounding(whole, &parts, key) });
            parts
        }
        TriggerBase::Erdf => {
            let financing = books.form.into_iter().flat_map(|form| form.budget.partners.iter());
            let own = financing.filter(|financing| financing.partner == partner).take(1);
            own.map(|financing| of(financing.erdf, key)).collect()
        }
    }
}

/// What each part brings of the second payment, rounded down, what that leaves of the whole, and
/// what the whole is more than the payment, or less than nothing.
fn of_second(terms: &Terms, parts: Vec<Part>) -> Vec<Part> {
    let Terms { second_payment, trigger, .. } = *terms;
    let share = Some(PartShare::Fraction { of: second_payment, whole: trigger });
    let amount = sum(&parts);
    let brings = |part: Part| Part {
        kind: Kind::SecondPayment,
        amount: second_payment.fraction_rounded_down(part.amount, trigger),
        base: Some(part.amount),
        share,
        ..part
    };
    let mut parts: Vec<_> = parts.into_iter().map(brings).collect();
    let unlimited = second_payment.fraction_rounded_down(amount, trigger);
    parts.push(rounding(unlimited, &parts, Key::default()));
    let limited = pro_rata(second_payment, amount, trigger);
    parts.push(Part::new(Kind::Limit, limited - unlimited, Key::default()));
    parts
}
