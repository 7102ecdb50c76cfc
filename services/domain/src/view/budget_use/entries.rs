//! What all figures are sums of: items, flat rates and budget cells, each in its place.

use std::collections::BTreeMap;

use super::axes::{Axis, Key, Wanted};
use crate::event::plan::application_form::ApplicationFormApproved;
use crate::money::{Cents, Currency};
use crate::period::Month;
use crate::project::Project;
use crate::project::finance::RateUsed;
use crate::project::finance::figures::{Figures, Place, flat_rates};
use crate::project::finance::line::Line;

/// An amount in its place.
#[derive(Clone, Copy, Debug)]
pub(in crate::view) struct Entry {
    pub(in crate::view) key: Key,
    /// The amount of a budget cell.
    pub(in crate::view) planned: Option<Cents>,
    pub(in crate::view) figures: Figures,
}

/// Everything that the question asks for.
pub(in crate::view) fn entries(
    project: &Project,
    form: Option<&ApplicationFormApproved>,
    by: &[Axis],
    wanted: &Wanted,
) -> Vec<Entry> {
    let mut entries = if wanted.needs_items(by) { single(project) } else { summed(project) };
    entries.extend(of_flat_rates(project, form));
    entries.extend(of_plan(project, form));
    for entry in &mut entries {
        entry.key = wanted.detail().told(entry.key);
    }
    entries.retain(|entry| wanted.takes(&entry.key));
    entries
}

fn summed(project: &Project) -> Vec<Entry> {
    let sums = project.finance.lines.sums();
    let entry =
        |(place, currency, sums): (&Place, Currency, &crate::project::finance::sums::Sums)| {
            let key = Key { currency: Some(currency), ..Key::of(place) };
            Entry { key, planned: None, figures: sums.figures }
        };
    sums.map(entry).collect()
}

fn single(project: &Project) -> Vec<Entry> {
    project.finance.lines.all().flat_map(|line| of_line(project, line)).collect()
}

/// What an item adds: in each claim that it is in, and in none.
pub(in crate::view) fn of_line(project: &Project, line: &Line) -> impl Iterator<Item = Entry> {
    let place = Key {
        activity: line.activity,
        deliverable: line.deliverable,
        currency: Some(line.currency),
        month: Some(Month::of(line.occurred_on)),
        ..Key::default()
    };
    project.finance.lines.sums_of(line).into_iter().map(move |(found, sums)| {
        let Key { partner, work_package, category, claim, .. } = Key::of(&found);
        let key = Key { partner, work_package, category, claim, ..place };
        Entry { key, planned: None, figures: sums.figures }
    })
}

pub(in crate::view) fn of_flat_rates(
    project: &Project,
    form: Option<&ApplicationFormApproved>,
) -> Vec<Entry> {
    let finance = &project.finance;
    let form_of = |claim| finance.form_for(&project.plan, claim, form);
    let computed = flat_rates(&finance.lines.figures(), form_of).into_iter();
    computed
        .map(|(place, figures)| Entry { key: Key::of(&place), planned: None, figures })
        .collect()
}

pub(in crate::view) fn of_plan(
    project: &Project,
    form: Option<&ApplicationFormApproved>,
) -> impl Iterator<Item = Entry> {
    let cells = form.into_iter().flat_map(|form| form.budget.cells.iter().map(move |c| (form, c)));
    cells.map(|(form, planned)| {
        let place = Place { cell: project.plan.cell(form, planned), claim: None };
        let figures = Figures::default();
        Entry { key: Key::of(&place), planned: Some(planned.amount), figures }
    })
}

/// The currencies behind what is asked for: what has no rate, and the rates of the rest. A
/// flat-rate category stands on the lines of its base.
pub(in crate::view) fn currencies(
    project: &Project,
    form: Option<&ApplicationFormApproved>,
    wanted: &Wanted,
) -> (Vec<(Currency, Cents)>, Vec<RateUsed>) {
    let flat_rates = form.map(|form| form.budget.flat_rates.as_slice()).unwrap_or_default();
    let of_any_category = wanted.of_any_category();
    let counts = |key: &Key| {
        let is_base = || {
            flat_rates.iter().any(|rate| {
                Some(rate.category) == wanted.category()
                    && key.partner.is_some_and(|partner| rate.applies_to(partner))
                    && key.category.is_some_and(|category| rate.base.contains(&category))
            })
        };
        wanted.takes(key) || (of_any_category.takes(key) && is_base())
    };
    let lines = &project.finance.lines;
    let mut declared = BTreeMap::<Currency, Cents>::new();
    let mut count = |key: Key, foreign: Cents| {
        let told = wanted.detail().told(key);
        let Some(currency) = key.currency.filter(|_| counts(&told)) else { return };
        *declared.entry(currency).or_default() += foreign;
    };
    if wanted.needs_items(&[]) {
        for line in lines.all().filter(|line| line.is_free() && line.kept.is_none()) {
            for entry in of_line(project, line).filter(|entry| entry.key.claim.is_none()) {
                count(entry.key, line.declared);
            }
        }
    } else {
        for (place, currency, sums) in lines.sums() {
            if place.claim.is_none() {
                count(Key { currency: Some(currency), ..Key::of(place) }, sums.foreign);
            }
        }
    }
    declared.remove(&Currency::EUR);
    let rates = declared.keys().filter_map(|currency| lines.rate(*currency)).copied().collect();
    declared.retain(|currency, amount| lines.rate(*currency).is_none() && *amount != Cents::ZERO);
    (declared.into_iter().collect(), rates)
}
