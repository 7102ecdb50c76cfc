//! What stands under a figure: the items, flat rates and budget cells whose sum it is, to the cent.
//!
//! What rounding leaves over is an entry of its own, never hidden.

pub mod figure;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::code::WorkPackageCode;
use crate::event::plan::application_form::{ApplicationFormApproved, FlatRate};
use crate::ids::{EventId, PartnerNumber};
use crate::money::{Cents, Share};
use crate::project::Project;
use crate::project::finance::figures::{Figures, flat_rate_of};
use crate::project::plan::item::Item;
use crate::view::budget_use::axes::Key;
use crate::view::budget_use::entries::{Entry, of_flat_rates, of_line, of_plan};
use crate::view::budget_use::fund::FundRate;
use figure::{BudgetAmount, Place};

/// A part of a figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub kind: Kind,
    /// What it adds to the figure, in euro.
    pub amount: Cents,
    /// Where it stands along the axes of the budget.
    pub key: Key,
    /// The item that it comes from.
    pub item: Option<EventId>,
    /// What `amount` is a share of.
    pub base: Option<Cents>,
    pub share: Option<PartShare>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A budget cell of the application form.
    Planned,
    /// An item of expenditure, or what of it is in one claim.
    Item,
    /// A flat rate on an item.
    FlatRate,
    /// The fund's part of an item.
    Fund,
    /// The fund's part of a flat rate.
    FundOfFlatRate,
    /// What is left when the parts are rounded one by one.
    Rounding,
}

/// Which share of its base a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartShare {
    FlatRate(Share),
    /// The partner's ERDF over its budget.
    Fund {
        erdf: Cents,
        planned: Cents,
    },
}

/// The parts of a figure of the budget, against a form; the newest one where none is named.
pub fn trail(
    project: &Project,
    form: Option<&ApplicationFormApproved>,
    amount: BudgetAmount,
    place: &Place,
) -> Vec<Part> {
    let form = form.or(project.plan.newest_form().map(|form| &**form));
    let mut parts = match amount.of_fund() {
        None => plain(project, form, amount, place),
        Some(whole) => of_fund(project, form, whole, place),
    };
    parts.retain(|part| part.amount != Cents::ZERO);
    parts
}

fn plain(
    project: &Project,
    form: Option<&ApplicationFormApproved>,
    amount: BudgetAmount,
    place: &Place,
) -> Vec<Part> {
    let planned = of_plan(project, form).filter(|entry| place.takes(&entry.key));
    let mut parts: Vec<Part> =
        planned.map(|entry| part(Kind::Planned, amount.of(&entry), &entry, None)).collect();
    let items = items(project);
    let wanted = items.iter().filter(|(_, entry)| place.takes(&entry.key));
    parts.extend(wanted.map(|(id, entry)| part(Kind::Item, amount.of(entry), entry, Some(*id))));
    let flat = of_flat_rates(project, form).into_iter().filter(|entry| place.takes(&entry.key));
    let groups = Groups::of(&items);
    for entry in flat {
        let form = project.finance.form_for(&project.plan, entry.key.claim, form);
        if let Some(rate) = rate_of(form, &entry.key) {
            parts.extend(flat_parts(rate, amount, &entry, groups.base(rate, &entry.key)));
        }
    }
    parts
}

fn part(kind: Kind, amount: Cents, entry: &Entry, item: Option<EventId>) -> Part {
    Part { kind, amount, key: entry.key, item, base: None, share: None }
}

/// Every item, once for each claim that it is in and once for what is in none.
fn items(project: &Project) -> Vec<(EventId, Entry)> {
    let mut lines: Vec<_> = project.finance.lines.all().collect();
    lines.sort_by_key(|line| line.version);
    let entries = |line| of_line(project, line);
    lines.into_iter().flat_map(|line| entries(line).map(|entry| (line.id, entry))).collect()
}

type Group = (Option<PartnerNumber>, Option<Item<WorkPackageCode>>, Option<u32>);

fn group_of(key: &Key) -> Group {
    (key.partner, key.work_package, key.claim)
}

/// The items of each group of which flat rates are computed.
struct Groups<'a>(BTreeMap<Group, Vec<&'a (EventId, Entry)>>);

impl<'a> Groups<'a> {
    fn of(items: &'a [(EventId, Entry)]) -> Self {
        let mut groups = BTreeMap::<_, Vec<_>>::new();
        for item in items {
            groups.entry(group_of(&item.1.key)).or_default().push(item);
        }
        Self(groups)
    }

    /// The items that a flat rate is taken of.
    fn base(&self, rate: &FlatRate, key: &Key) -> impl Iterator<Item = &'a (EventId, Entry)> {
        let items = self.0.get(&group_of(key)).map(Vec::as_slice).unwrap_or_default();
        let is_base = |entry: &Entry| entry.key.category.is_some_and(|c| rate.base.contains(&c));
        items.iter().copied().filter(move |(_, entry)| is_base(entry))
    }
}

fn rate_of<'a>(form: Option<&'a ApplicationFormApproved>, key: &Key) -> Option<&'a FlatRate> {
    flat_rate_of(form?, key.partner?, key.category?)
}

/// A flat rate on each item of its base, rounded down, and what that leaves of the whole.
fn flat_parts<'a>(
    rate: &FlatRate,
    amount: BudgetAmount,
    entry: &Entry,
    base: impl Iterator<Item = &'a (EventId, Entry)>,
) -> Vec<Part> {
    let mut left = amount.of(entry);
    let mut parts = Vec::new();
    for (id, item) in base {
        let base = amount.of(item);
        let part = base.share_rounded_down(rate.rate);
        left -= part;
        parts.push(Part {
            kind: Kind::FlatRate,
            amount: part,
            key: entry.key,
            item: Some(*id),
            base: Some(base),
            share: Some(PartShare::FlatRate(rate.rate)),
        });
    }
    parts.push(part(Kind::Rounding, left, entry, None));
    parts
}

/// The fund's part of each item and each flat rate, rounded down, and what that leaves of the part
/// of a partner's whole.
fn of_fund(
    project: &Project,
    form: Option<&ApplicationFormApproved>,
    whole: BudgetAmount,
    place: &Place,
) -> Vec<Part> {
    let items = items(project).into_iter().map(|(id, entry)| (Kind::Fund, Some(id), entry));
    let flat = of_flat_rates(project, form).into_iter();
    let flat = flat.map(|entry| (Kind::FundOfFlatRate, None, entry));
    let mut groups = BTreeMap::<_, Vec<_>>::new();
    for (kind, id, entry) in items.chain(flat).filter(|(_, _, entry)| place.takes(&entry.key)) {
        let group = (entry.key.partner, entry.key.claim);
        groups.entry(group).or_default().push((kind, id, entry));
    }
    let mut parts = Vec::new();
    for ((partner, claim), entries) in groups {
        let Some(number) = partner else { continue };
        let form = project.finance.form_for(&project.plan, claim, form);
        let rate = FundRate::of(form, number);
        let share = PartShare::Fund { erdf: rate.erdf, planned: rate.planned };
        let sum = entries.iter().map(|(_, _, entry)| whole.of(entry)).sum();
        let mut left = rate.part_of(sum);
        for (kind, item, entry) in entries {
            let base = whole.of(&entry);
            let amount = rate.part_of(base);
            left -= amount;
            let (base, share) = (Some(base), Some(share));
            parts.push(Part { kind, amount, key: entry.key, item, base, share });
        }
        let key = Key { partner, claim, ..Key::default() };
        let entry = Entry { key, planned: None, figures: Figures::default() };
        parts.push(part(Kind::Rounding, left, &entry, None));
    }
    parts
}
