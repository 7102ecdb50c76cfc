//! What one version of the application form says otherwise than another: items that came, went,
//! moved to another code or read differently, and amounts.
//!
//! Items are told apart by what they are and not by their codes, so an item that moved is not one
//! that went and another that came.

pub mod amounts;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::code::Code;
use crate::event::plan::application_form::ApplicationFormApproved;
use crate::event::plan::application_form::items::PlanItem;
use crate::ids::PartnerNumber;
use crate::project::plan::PlanState;
use crate::project::plan::item::{Item, ItemCode};
use crate::text::LocalizedText;
use amounts::AmountChange;

/// All differences between two forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormChanges {
    pub from: u32,
    pub to: u32,
    /// In the order of the later form; after them what went, in the order of the earlier one.
    pub items: Vec<ItemChange>,
    /// What has no code of the form: indicators, flat rates, lump sums, the calendar.
    pub entries: Vec<EntryChange>,
    /// By kind, partner, work package and category.
    pub amounts: Vec<AmountChange>,
}

/// What became of an item of the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemChange {
    pub item: Item<Code>,
    pub kind: ItemChangeKind,
    /// Its codes in the two forms.
    pub before: Option<Code>,
    pub after: Option<Code>,
    /// As the later form has them that has the item.
    pub titles: LocalizedText,
    pub partner: Option<PartnerNumber>,
    /// What reads differently; of an item that came or went, nothing.
    pub fields: Vec<FieldChange>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ItemChangeKind {
    Added,
    Removed,
    /// It has another code, and may read differently too.
    Moved,
    /// Under the same code something reads differently.
    Changed,
}

/// What became of an entry that has no code of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryChange {
    pub entry: EntryKind,
    /// The programme's code of an indicator, the category of a flat rate, the option, partner and
    /// work package of a lump sum, the title of a day in the calendar.
    pub name: String,
    pub kind: ItemChangeKind,
    pub fields: Vec<FieldChange>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EntryKind {
    Indicator,
    FlatRate,
    LumpSum,
    CalendarEntry,
}

/// One field that reads differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    /// As the form names it: `partner`, `due`, `titles.bg`.
    pub field: String,
    pub before: Option<String>,
    pub after: Option<String>,
}

/// What a form says otherwise than an earlier one.
pub fn between(
    plan: &PlanState,
    from: &ApplicationFormApproved,
    to: &ApplicationFormApproved,
) -> FormChanges {
    FormChanges {
        from: from.version,
        to: to.version,
        items: items(plan, from, to),
        entries: entries(plan, from, to),
        amounts: amounts::between(plan, from, to),
    }
}

type Fields = BTreeMap<String, String>;

/// A form whose codes are read as the later form has them, so that what only moved is the same.
#[derive(Clone, Copy)]
struct Compared<'a> {
    plan: &'a PlanState,
    form: &'a ApplicationFormApproved,
    to: &'a ApplicationFormApproved,
}

impl Compared<'_> {
    fn codes<C: ItemCode>(&self, codes: &[C]) -> Vec<Code> {
        let item = |code: &C| self.plan.item_of(*code, self.form).any();
        codes.iter().map(|code| self.plan.code_of(item(code), Some(self.to))).collect()
    }
}

fn items(
    plan: &PlanState,
    from: &ApplicationFormApproved,
    to: &ApplicationFormApproved,
) -> Vec<ItemChange> {
    let by_item = |form| -> BTreeMap<Item<Code>, PlanItem<'_>> {
        let items = ApplicationFormApproved::items(form);
        items.map(|item| (plan.item_of(item.code, form), item)).collect()
    };
    let (before, after) = (by_item(from), by_item(to));
    let here = to.items().filter_map(|item| {
        let of = plan.item_of(item.code, to);
        let Some(earlier) = before.get(&of) else {
            let codes = (None, Some(item.code));
            return Some(ItemChange::of(of, ItemChangeKind::Added, codes, &item));
        };
        let before = fields(earlier, Compared { plan, form: from, to });
        let fields = differing(&before, &fields(&item, Compared { plan, form: to, to }));
        let kind = match (earlier.code == item.code, fields.is_empty()) {
            (true, true) => return None,
            (true, false) => ItemChangeKind::Changed,
            (false, _) => ItemChangeKind::Moved,
        };
        let codes = (Some(earlier.code), Some(item.code));
        Some(ItemChange { fields, ..ItemChange::of(of, kind, codes, &item) })
    });
    let gone = from.items().filter_map(|item| {
        let of = plan.item_of(item.code, from);
        let gone = ItemChange::of(of, ItemChangeKind::Removed, (Some(item.code), None), &item);
        (!after.contains_key(&of)).then_some(gone)
    });
    here.chain(gone).collect()
}

impl ItemChange {
    fn of(
        item: Item<Code>,
        kind: ItemChangeKind,
        (before, after): (Option<Code>, Option<Code>),
        planned: &PlanItem<'_>,
    ) -> Self {
        let (titles, partner) = (planned.titles.clone(), planned.partner);
        Self { item, kind, before, after, titles, partner, fields: Vec::new() }
    }
}

/// What a form says of an item, but its code.
fn fields(item: &PlanItem<'_>, at: Compared<'_>) -> Fields {
    let form = at.form;
    let mut fields = Fields::new();
    titles(item.titles, &mut fields);
    put(&mut fields, "partner", item.partner);
    list(&mut fields, "contributors", item.contributors);
    match item.code {
        Code::WorkPackage(code) => {
            if let Some(item) = form.work_package(code) {
                put(&mut fields, "type", Some(word(item.kind)));
            }
        }
        Code::Activity(code) => {
            if let Some(item) = form.activity(code) {
                put(&mut fields, "start", item.start);
                put(&mut fields, "end", item.end);
            }
        }
        Code::Deliverable(code) => {
            if let Some(item) = form.deliverable(code) {
                put(&mut fields, "due", item.due);
                list(&mut fields, "outputs", &at.codes(&item.outputs));
            }
        }
        Code::Output(code) => {
            if let Some(item) = form.output(code) {
                put(&mut fields, "target", Some(item.target));
                put(&mut fields, "unit", Some(&item.unit));
            }
        }
        Code::Investment(_) => {}
    }
    fields
}

/// What stands in a form without a code of its own.
fn entries(
    plan: &PlanState,
    from: &ApplicationFormApproved,
    to: &ApplicationFormApproved,
) -> Vec<EntryChange> {
    let at = |form| Compared { plan, form, to };
    let (before, after) = (entries_of(at(from)), entries_of(at(to)));
    let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let change = |key: &(EntryKind, String)| {
        let (kind, fields) = match (before.get(key), after.get(key)) {
            (None, _) => (ItemChangeKind::Added, Vec::new()),
            (Some(_), None) => (ItemChangeKind::Removed, Vec::new()),
            (Some(before), Some(after)) => (ItemChangeKind::Changed, differing(before, after)),
        };
        let same = kind == ItemChangeKind::Changed && fields.is_empty();
        (!same).then(|| EntryChange { entry: key.0, name: key.1.clone(), kind, fields })
    };
    keys.into_iter().filter_map(change).collect()
}

fn entries_of(at: Compared<'_>) -> BTreeMap<(EntryKind, String), Fields> {
    let form = at.form;
    let mut all = BTreeMap::new();
    for indicator in &form.indicators {
        let mut fields = Fields::new();
        titles(&indicator.titles, &mut fields);
        put(&mut fields, "kind", Some(word(indicator.kind)));
        put(&mut fields, "unit", Some(&indicator.unit));
        put(&mut fields, "partner", indicator.partner.as_ref());
        put(&mut fields, "baseline", indicator.baseline.as_ref());
        put(&mut fields, "target", Some(&indicator.target));
        list(&mut fields, "outputs", &at.codes(&indicator.outputs));
        all.insert((EntryKind::Indicator, indicator.code.to_string()), fields);
    }
    for rate in &form.budget.flat_rates {
        let mut fields = Fields::new();
        put(&mut fields, "rate", Some(rate.rate));
        list(&mut fields, "base", &rate.base.iter().map(word).collect::<Vec<_>>());
        let partners: Vec<_> = rate.partners.iter().map(ToString::to_string).collect();
        let of = if partners.is_empty() {
            String::new()
        } else {
            format!(" of {}", partners.join(", "))
        };
        all.insert((EntryKind::FlatRate, format!("{}{of}", word(rate.category))), fields);
    }
    for sum in &form.budget.lump_sums {
        let mut fields = Fields::new();
        list(&mut fields, "conditions", &sum.conditions);
        let [work_package] = &at.codes(&[sum.work_package])[..] else { continue };
        let name = format!("{} of {} in {work_package}", sum.option, sum.partner);
        all.insert((EntryKind::LumpSum, name), fields);
    }
    let mut nth = BTreeMap::<&str, u32>::new();
    for entry in &form.calendar {
        let mut fields = Fields::new();
        titles(&entry.title, &mut fields);
        put(&mut fields, "date", Some(entry.date));
        let title = entry.title.original();
        let nth = *nth.entry(title).and_modify(|nth| *nth += 1).or_insert(1);
        let name = if nth == 1 { title.to_owned() } else { format!("{title} ({nth})") };
        all.insert((EntryKind::CalendarEntry, name), fields);
    }
    all
}

fn titles(titles: &LocalizedText, fields: &mut Fields) {
    for (language, text) in titles.all() {
        fields.insert(format!("titles.{}", language.as_str()), text.to_owned());
    }
}

fn put(fields: &mut Fields, name: &str, value: Option<impl ToString>) {
    if let Some(value) = value {
        fields.insert(name.to_owned(), value.to_string());
    }
}

fn list<T: ToString>(fields: &mut Fields, name: &str, values: &[T]) {
    let mut values: Vec<String> = values.iter().map(ToString::to_string).collect();
    values.sort();
    put(fields, name, (!values.is_empty()).then(|| values.join(", ")));
}

fn differing(before: &Fields, after: &Fields) -> Vec<FieldChange> {
    let names: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let change = |name: &String| FieldChange {
        field: name.clone(),
        before: before.get(name).cloned(),
        after: after.get(name).cloned(),
    };
    names.into_iter().map(change).filter(|change| change.before != change.after).collect()
}

/// The word that a value has in events.
fn word(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(_) | Err(_) => String::new(),
    }
}
