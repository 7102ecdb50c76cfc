//! The parts of the amounts of budget use and of claims.

use std::collections::BTreeMap;

use super::figure::{BudgetAmount, Place};
use super::{Books, Kind, Part, PartShare, rounding};
use crate::code::WorkPackageCode;
use crate::event::plan::application_form::{ApplicationFormApproved, FlatRate};
use crate::ids::{EventId, PartnerNumber};
use crate::project::finance::figures::flat_rate_of;
use crate::project::plan::item::Item;
use crate::view::budget_use::axes::Key;
use crate::view::budget_use::entries::{Entry, of_flat_rates, of_line, of_plan};
use crate::view::budget_use::fund::FundRate;

pub(super) fn parts(books: &Books, amount: BudgetAmount, place: &Place) -> Vec<Part> {
    match amount.of_fund() {
        None => plain(books, amount, place),
        Some(whole) => of_fund(books, whole, place),
    }
}

fn plain(books: &Books, amount: BudgetAmount, place: &Place) -> Vec<Part> {
    let (project, form) = (books.project, books.form);
    let version = form.map(|form| form.version);
    let planned = of_plan(project, form).filter(|entry| place.takes(&entry.key));
    let mut parts: Vec<Part> = planned
        .map(|entry| Part {
            form: version,
            ..Part::new(Kind::Planned, amount.of(&entry), entry.key)
        })
        .collect();
    let items = items(books, place);
    let wanted = items.iter().filter(|(_, entry)| place.takes(&entry.key));
    parts.extend(wanted.map(|(id, entry)| Part {
        item: Some(*id),
        ..Part::new(Kind::Item, amount.of(entry), entry.key)
    }));
    let flat = of_flat_rates(project, form).into_iter().filter(|entry| place.takes(&entry.key));
    let groups = Groups::of(&items);
    // Nobody pays a flat rate.
    for entry in flat.filter(|_| amount != BudgetAmount::Paid) {
        let form = form_for(books, &entry.key);
        if let Some((form, rate)) = form.and_then(|form| Some((form, rate_of(form, &entry.key)?))) {
            let base = groups.base(rate, &entry.key);
            let flat = flat_parts(rate, amount, &entry, base);
            parts.extend(flat.into_iter().map(|part| Part { form: Some(form.version), ..part }));
        }
    }
    parts
}

fn form_for<'a>(books: &Books<'a>, key: &Key) -> Option<&'a ApplicationFormApproved> {
    books.project.finance.form_for(&books.project.plan, key.claim, books.form)
}

/// Every item that can be in a place, once for each claim that it is in and once for what is in
/// none.
fn items(books: &Books, place: &Place) -> Vec<(EventId, Entry)> {
    let lines = books.project.finance.lines.all();
    let mut lines: Vec<_> = lines.filter(|line| place.may_take(line)).collect();
    lines.sort_by_key(|line| line.version);
    let told = |entry: Entry| Entry { key: books.detail.told(entry.key), ..entry };
    let entries = |line| of_line(books.project, line).map(told);
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

fn rate_of<'a>(form: &'a ApplicationFormApproved, key: &Key) -> Option<&'a FlatRate> {
    flat_rate_of(form, key.partner?, key.category?)
}

/// A flat rate on each item of its base, rounded down, and what that leaves of the whole.
fn flat_parts<'a>(
    rate: &FlatRate,
    amount: BudgetAmount,
    entry: &Entry,
    base: impl Iterator<Item = &'a (EventId, Entry)>,
) -> Vec<Part> {
    let mut parts = Vec::new();
    for (id, item) in base {
        let base = amount.of(item);
        parts.push(Part {
            item: Some(*id),
            base: Some(base),
            share: Some(PartShare::Rate(rate.rate)),
            ..Part::new(Kind::FlatRate, base.share_rounded_down(rate.rate), entry.key)
        });
    }
    parts.push(rounding(amount.of(entry), &parts, entry.key));
    parts
}

/// The fund's part of each item and each flat rate, rounded down, and what that leaves of the part
/// of a partner's whole.
fn of_fund(books: &Books, whole: BudgetAmount, place: &Place) -> Vec<Part> {
    let items = items(books, place).into_iter().map(|(id, entry)| (Kind::Fund, Some(id), entry));
    let flat = of_flat_rates(books.project, books.form).into_iter();
    let flat = flat.map(|entry| (Kind::FundOfFlatRate, None, entry));
    let mut groups = BTreeMap::<_, Vec<_>>::new();
    for (kind, id, entry) in items.chain(flat).filter(|(_, _, entry)| place.takes(&entry.key)) {
        let group = (entry.key.partner, entry.key.claim);
        groups.entry(group).or_default().push((kind, id, entry));
    }
    let mut all = Vec::new();
    for ((partner, claim), entries) in groups {
        let Some(number) = partner else { continue };
        let key = Key { partner, claim, ..Key::default() };
        let form = form_for(books, &key);
        let rate = FundRate::of(form, number);
        let share = PartShare::Fraction { of: rate.erdf, whole: rate.planned };
        let sum = entries.iter().map(|(_, _, entry)| whole.of(entry)).sum();
        let mut parts = Vec::new();
        for (kind, item, entry) in entries {
            let base = whole.of(&entry);
            let part = Part::new(kind, rate.part_of(base), entry.key);
            parts.push(Part { item, base: Some(base), share: Some(share), ..part });
        }
        parts.push(rounding(rate.part_of(sum), &parts, key));
        let form = form.map(|form| form.version);
        all.extend(parts.into_iter().map(|part| Part { form, ..part }));
    }
    all
}
