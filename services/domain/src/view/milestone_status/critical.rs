//! What holds which milestone: the items that are not done, the worst first.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::civil::Date;

use super::Asked;
use super::light::{Colour, Light};
use crate::code::Code;
use crate::ids::PartnerNumber;
use crate::project::delivery::ItemStatus;
use crate::project::plan::item::Item;
use crate::text::LocalizedText;

/// An item that is not done, and the milestones that wait for it.
#[derive(Clone, Debug)]
pub struct CriticalItem<'a> {
    pub item: Item<Code>,
    pub code: Code,
    /// Of another form where this one lacks the code; nothing where none has it.
    pub titles: Option<&'a LocalizedText>,
    /// The owner.
    pub partner: Option<PartnerNumber>,
    pub status: ItemStatus,
    /// The item's own due day, where it has one.
    pub due: Option<Date>,
    pub forecast: Option<Date>,
    /// Days from `due` to the submission that waits, or to today.
    pub days_late: u32,
    pub light: Light,
    /// Whether the form has the code.
    pub in_form: bool,
    /// The numbers of the milestones that it holds and that are not met.
    pub milestones: Vec<u32>,
}

impl<'a> Asked<'a> {
    /// What holds one milestone.
    pub(super) fn holding(&self, milestone: u32) -> Vec<CriticalItem<'a>> {
        self.critical(|number| number == milestone)
    }

    /// The open items of the milestones that are not met and that are wanted: red before amber
    /// before green, then those that are the most days late, then those that are expected last.
    pub(super) fn critical(&self, wanted: impl Fn(u32) -> bool) -> Vec<CriticalItem<'a>> {
        let delivery = &self.project.delivery;
        let is_met = |number: &u32| {
            delivery.milestones.get(number).is_some_and(|facts| facts.met().is_some())
        };
        let open = |item: &&Item<Code>| !self.project.status_of(**item, self.form).is_done();
        let mut held: BTreeMap<Item<Code>, Vec<u32>> = BTreeMap::new();
        for (number, planned) in &self.project.plan.milestones {
            if !wanted(*number) || is_met(number) {
                continue;
            }
            for item in planned.items.iter().filter(open) {
                held.entry(*item).or_default().push(*number);
            }
        }
        let held = held.into_iter();
        let mut items: Vec<_> = held.map(|(item, by)| self.critical_item(item, by)).collect();
        items.sort_by_key(|item| {
            let severity = match item.light.colour {
                Colour::Red => 0,
                Colour::Amber => 1,
                Colour::Green => 2,
            };
            (severity, Reverse(item.days_late), Reverse(item.forecast), item.code)
        });
        items
    }

    fn critical_item(&self, item: Item<Code>, milestones: Vec<u32>) -> CriticalItem<'a> {
        let plan = &self.project.plan;
        let course = self.course(item);
        let standing = course.on(self.today);
        let here = self.form.and_then(|form| Some((form, plan.code_in(form, item)?)));
        let known = here.or_else(|| plan.newest_with(item));
        CriticalItem {
            item,
            code: known.map_or(item.code, |(_, code)| code),
            titles: known.and_then(|(form, code)| form.titles(code)),
            partner: known.and_then(|(form, code)| form.owner(code)),
            status: self.project.status_of(item, self.form),
            due: course.due,
            forecast: course.forecast,
            days_late: standing.days_late,
            light: standing.light,
            in_form: here.is_some(),
            milestones,
        }
    }
}
