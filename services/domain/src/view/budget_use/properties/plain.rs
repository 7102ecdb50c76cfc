//! The same figures once more, by a loop over the lines at the end of the history.

use std::collections::BTreeMap;

use crate::code::WorkPackageCode;
use crate::event::Event;
use crate::event::finance::Finance;
use crate::event::finance::expenditure::ExpenditureDeclared;
use crate::event::plan::application_form::{ApplicationFormApproved, Category};
use crate::event::plan::{Plan, RatePolicy};
use crate::ids::{EventId, PartnerNumber};
use crate::money::{Cents, Currency, Rate};
use crate::period::Month;
use crate::posting::Recorded;

type Figures = BTreeMap<(PartnerNumber, WorkPackageCode, Category), (Cents, Cents)>;

/// Declared and paid euro by cell, flat rates included.
pub(super) fn count(history: &[Recorded], form: &ApplicationFormApproved) -> Figures {
    let mut figures = Figures::new();
    for (id, partner, line) in lines(history) {
        let Some(rate) = rate(history, line.currency) else { continue };
        let paid = payments(history, id);
        let paid = if line.declared.is_negative() {
            paid.max(line.declared)
        } else {
            paid.min(line.declared)
        };
        let cell = figures.entry((partner, line.work_package, line.category)).or_default();
        cell.0 += line.declared.to_euro(rate);
        cell.1 += paid.to_euro(rate);
    }
    let lines = figures.clone();
    for (partner, work_package, _) in lines.keys() {
        for flat in form.budget.flat_rates.iter().filter(|flat| flat.applies_to(*partner)) {
            let base = flat.base.iter().filter_map(|c| lines.get(&(*partner, *work_package, *c)));
            let base: Cents = base.map(|(declared, _)| *declared).sum();
            let key = (*partner, *work_package, flat.category);
            let own = lines.get(&key).map(|(declared, _)| *declared).unwrap_or_default();
            figures.entry(key).or_default().0 = own + base.share_rounded_down(flat.rate);
        }
    }
    figures
}

fn lines(
    history: &[Recorded],
) -> impl Iterator<Item = (EventId, PartnerNumber, &ExpenditureDeclared)> {
    history.iter().enumerate().filter_map(|(index, recorded)| {
        let Event::Finance(Finance::ExpenditureDeclared(data)) = &*recorded.event else {
            return None;
        };
        let live = !is_reversed(&history[index..], recorded.id);
        live.then_some((recorded.id, recorded.partner()?, &**data))
    })
}

fn finance(history: &[Recorded]) -> impl DoubleEndedIterator<Item = (EventId, &Finance)> {
    history.iter().filter_map(|recorded| match &*recorded.event {
        Event::Finance(event) => Some((recorded.id, event)),
        Event::Plan(_) | Event::Delivery(_) | Event::Learning(_) => None,
    })
}

fn is_reversed(later: &[Recorded], id: EventId) -> bool {
    finance(later)
        .any(|(_, event)| matches!(event, Finance::ExpenditureReversed(data) if data.line == id))
}

/// What was paid after the line was declared.
fn payments(history: &[Recorded], id: EventId) -> Cents {
    let after = finance(history).skip_while(|(declared, _)| *declared != id);
    let of_line = after.filter_map(|(_, event)| {
        let Finance::ExpenditurePaid(data) = event else { return None };
        (data.line == id).then_some(data.amount)
    });
    of_line.sum()
}

/// The rate of the newest month, by the policy in force on its last day.
fn rate(history: &[Recorded], currency: Currency) -> Option<Rate> {
    if currency == Currency::EUR {
        return Some("1".parse().unwrap());
    }
    let (mut rates, mut policies) = (BTreeMap::new(), BTreeMap::new());
    for recorded in history {
        let Event::Plan(event) = &*recorded.event else { continue };
        if let Plan::ExchangeRatesImported(data) = event {
            for rate in data.rates.iter().filter(|rate| rate.currency == currency) {
                rates.insert(data.period().unwrap(), rate.value);
            }
        } else if let Plan::RatePolicySet(data) = event
            && data.currency == currency
        {
            policies.insert(data.valid_from, data);
        }
    }
    let fixed = policies.last_key_value().filter(|(_, p)| p.policy == RatePolicy::Irrevocable);
    let newest = rates.keys().next_back().copied();
    let month = newest.max(fixed.map(|(from, _)| Month::of(*from)))?;
    let (_, policy) = policies.range(..=month.last_day()).next_back()?;
    match policy.policy {
        RatePolicy::Irrevocable => policy.value,
        RatePolicy::MonthlyOfSubmission => rates.get(&month).copied(),
    }
}
