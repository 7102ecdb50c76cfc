//! The parts of a partner's cash, and of a recovery.

use std::sync::Arc;

use super::figure::{BudgetAmount, CashAmount, Place, RecoveryAmount};
use super::{Books, Kind, Part, budget, less};
use crate::event::evidence::Evidence;
use crate::ids::{EventId, PartnerNumber};
use crate::money::Cents;
use crate::view::fund::{Payment, Recovery, Sent, TakenBack};
use crate::view::learning_log::Entry;

pub(super) fn parts(books: &Books, amount: CashAmount, partner: PartnerNumber) -> Vec<Part> {
    let of_budget = |amount| budget::parts(books, amount, &Place::partner(partner));
    match amount {
        CashAmount::Received => received(books, partner),
        CashAmount::Confirmed => confirmed(books, partner),
        CashAmount::Forwarded => forwarded(books, partner),
        CashAmount::Repaid => recoveries(books, |payer| payer == partner, repaid),
        CashAmount::Recovered => recovered(books, partner),
        CashAmount::ToRepay => recoveries(books, |payer| payer == partner, left),
        CashAmount::Spent => of_budget(BudgetAmount::Paid),
        CashAmount::OwnShare => {
            less(of_budget(BudgetAmount::Declared), of_budget(BudgetAmount::Erdf))
        }
        CashAmount::Contributions => {
            let all = books.register.contributions();
            own(partner, all, |one| (&one.entry, one.data.amount, &one.data.evidence))
        }
        CashAmount::InKind => {
            let all = books.register.in_kind();
            own(partner, all, |one| (&one.entry, one.data.value, &one.data.evidence))
        }
        CashAmount::Revenue => {
            let all = books.register.revenue();
            own(partner, all, |one| (&one.entry, one.data.amount, &one.data.evidence))
        }
        CashAmount::Held => held(books, partner),
        CashAmount::Gap => less(of_budget(BudgetAmount::Paid), held(books, partner)),
    }
}

fn held(books: &Books, partner: PartnerNumber) -> Vec<Part> {
    let kept = less(received(books, partner), forwarded(books, partner));
    let mut held = less(kept, recoveries(books, |payer| payer == partner, repaid));
    held.extend(recovered(books, partner));
    held
}

/// Of the lead partner what others paid back to it.
fn recovered(books: &Books, partner: PartnerNumber) -> Vec<Part> {
    let is_lead = is_lead(books, partner);
    recoveries(books, |payer| is_lead && payer != partner, repaid)
}

fn is_lead(books: &Books, partner: PartnerNumber) -> bool {
    books.project.plan.lead_partner().is_some_and(|lead| lead.number == partner)
}

fn received(books: &Books, partner: PartnerNumber) -> Vec<Part> {
    let is_lead = is_lead(books, partner);
    payments(books, |payment| match &payment.sent {
        Sent::Received(_) => is_lead,
        Sent::Forwarded(data) => !is_lead && data.partner == partner,
    })
}

/// Of the lead partner what it sent to others.
fn forwarded(books: &Books, partner: PartnerNumber) -> Vec<Part> {
    let is_lead = is_lead(books, partner);
    payments(books, |payment| is_lead && payment.forwarded_to().is_some())
}

/// In the order in which they were recorded.
fn payments(books: &Books, wanted: impl Fn(&Payment) -> bool) -> Vec<Part> {
    let wanted = books.fund.payments().filter(|payment| wanted(payment));
    oldest_first(wanted.map(of_payment)).into_iter().flatten().collect()
}

/// A payment as it was recorded first, and what was taken back of it.
pub(super) fn of_payment(payment: &Payment) -> Vec<Part> {
    let partner = payment.forwarded_to().or(payment.entry.organisation.partner());
    let (id, amount) = (payment.entry.id, payment.sent_amount());
    let sent = Part::stated(Kind::Payment, amount, partner, id, payment.evidence());
    with_mistyped(sent, &payment.mistyped)
}

fn with_mistyped(first: Part, mistyped: &imbl::Vector<Arc<TakenBack>>) -> Vec<Part> {
    let (partner, before) = (first.key.partner, first.stated_by.clone());
    let taken_back = mistyped.iter().map(|one| {
        let part = Part::stated(Kind::Payment, one.amount, partner, one.id, &one.evidence);
        Part { stated_by: before.iter().copied().chain([one.id]).collect(), ..part }
    });
    let taken_back: Vec<_> = taken_back.collect();
    [first].into_iter().chain(taken_back).collect()
}

fn confirmed(books: &Books, partner: PartnerNumber) -> Vec<Part> {
    let sent = books.fund.payments().filter(|payment| payment.forwarded_to() == Some(partner));
    let part = |payment: &Payment| {
        let (confirmed, sent_by) = (payment.confirmed.as_deref()?, payment.entry.id);
        let (id, data) = (confirmed.entry.id, &confirmed.data);
        let part = Part::stated(Kind::Payment, data.amount, Some(partner), id, &data.evidence);
        Some(Part { stated_by: vec![sent_by, id], ..part })
    };
    oldest_first(sent.filter_map(part))
}

fn recoveries(
    books: &Books,
    is_payer: impl Fn(PartnerNumber) -> bool,
    parts: impl Fn(&Recovery) -> Vec<Part>,
) -> Vec<Part> {
    let wanted = books.fund.recoveries().filter(|recovery| is_payer(recovery.data.partner));
    oldest_first(wanted.map(parts)).into_iter().flatten().collect()
}

pub(super) fn of_recovery(
    books: &Books,
    amount: RecoveryAmount,
    recovery: EventId,
) -> Option<Vec<Part>> {
    let recovery = books.fund.recovery(recovery)?;
    Some(match amount {
        RecoveryAmount::Ordered => ordered(recovery),
        RecoveryAmount::Repaid => repaid(recovery),
        RecoveryAmount::Left => left(recovery),
    })
}

fn ordered(recovery: &Recovery) -> Vec<Part> {
    let (id, data) = (recovery.entry.id, &recovery.data);
    let part = Part::stated(Kind::Payment, data.amount, Some(data.partner), id, &data.evidence);
    let stated_by = data.correction.into_iter().chain([id]).collect();
    with_mistyped(Part { stated_by, ..part }, &recovery.mistyped)
}

fn repaid(recovery: &Recovery) -> Vec<Part> {
    let (partner, order) = (Some(recovery.data.partner), recovery.entry.id);
    let repayments = recovery.repayments.iter().map(|repaid| {
        let (id, data) = (repaid.entry.id, &repaid.data);
        let part = Part::stated(Kind::Payment, data.amount, partner, id, &data.evidence);
        Part { stated_by: vec![order, id], ..part }
    });
    repayments.collect()
}

fn left(recovery: &Recovery) -> Vec<Part> {
    less(ordered(recovery), repaid(recovery))
}

/// What a partner recorded of its own money.
pub(super) fn own<'a, T: 'a>(
    partner: PartnerNumber,
    newest_first: impl Iterator<Item = &'a T>,
    read: impl Fn(&'a T) -> (&'a Entry, Cents, &'a [Evidence]),
) -> Vec<Part> {
    let parts = newest_first.filter_map(|one| {
        let (entry, amount, evidence) = read(one);
        let own = entry.organisation.partner() == Some(partner);
        own.then(|| Part::stated(Kind::OwnMoney, amount, Some(partner), entry.id, evidence))
    });
    oldest_first(parts)
}

fn oldest_first<T>(newest_first: impl Iterator<Item = T>) -> Vec<T> {
    let mut all: Vec<_> = newest_first.collect();
    all.reverse();
    all
}
