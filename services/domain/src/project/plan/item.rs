//! Which item of the plan a code means.
//!
//! Versions of the application form move items to other codes (`was`) and give codes of old items
//! to new ones (`new`). A fact names a code, and means the item that the form in force on its day
//! has under it. Figures are kept by item, so under every version of the form each fact stands
//! where that version has its item.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use imbl::OrdMap;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::PlanState;
use crate::code::Code;
use crate::event::plan::application_form::ApplicationFormApproved;
use crate::event::plan::application_form::items::PlanItem;

/// An item of the plan, through all versions of the form: a work package, activity, deliverable,
/// output or investment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Item<C> {
    /// The code that it had first.
    pub code: C,
    /// The version of the form in which it had it; 0 where no form has the code.
    pub since: u32,
}

/// Any code, or the code of one kind of item.
pub trait ItemCode: Copy + Ord + Into<Code> + TryFrom<Code> {}

impl<C: Copy + Ord + Into<Code> + TryFrom<Code>> ItemCode for C {}

/// Such as `D 5.2.1@1`: the code that it had first, and the version of the form.
impl<C: fmt::Display> fmt::Display for Item<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.code, self.since)
    }
}

impl<C: ItemCode> Item<C> {
    /// The item where the kind of its code does not matter.
    pub fn any(self) -> Item<Code> {
        Item { code: self.code.into(), since: self.since }
    }
}

impl Item<Code> {
    fn of_kind<C: ItemCode>(self) -> Option<Item<C>> {
        Some(Item { code: C::try_from(self.code).ok()?, since: self.since })
    }
}

/// The items of all forms.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Lineage {
    items: OrdMap<(u32, Code), Item<Code>>,
    codes: OrdMap<(u32, Item<Code>), Code>,
}

impl Lineage {
    /// Follows the items through the forms, from the first version to the last.
    pub(super) fn of(forms: &OrdMap<u32, Arc<ApplicationFormApproved>>) -> Self {
        let mut lineage = Self::default();
        let mut newest = BTreeMap::<Code, Item<Code>>::new();
        let mut before = BTreeMap::<Code, PlanItem<'_>>::new();
        for (version, form) in forms {
            let here: Vec<_> = form
                .items()
                .map(|item| {
                    let begun = Item { code: item.code, since: *version };
                    let copied = before.get(&item.code).is_some_and(|before| item.repeats(before));
                    let before = match (item.was, item.new) {
                        _ if copied => newest.get(&item.code),
                        (Some(was), _) => newest.get(&was),
                        (None, true) => None,
                        (None, false) => newest.get(&item.code),
                    };
                    (item.code, before.copied().unwrap_or(begun))
                })
                .collect();
            for (code, item) in here {
                lineage.items.insert((*version, code), item);
                lineage.codes.insert((*version, item), code);
                newest.insert(code, item);
            }
            before = form.items().map(|item| (item.code, item)).collect();
        }
        lineage
    }
}

impl PlanState {
    /// The item that a code means on a day: by the form in force, otherwise by one that was before,
    /// the newest first, otherwise by a later one.
    pub fn item<C: ItemCode>(&self, code: C, day: Date) -> Item<C> {
        self.item_in(self.forms_for(day).map(|form| form.version), code)
    }

    /// The item that a form has under a code.
    pub fn item_of<C: ItemCode>(&self, code: C, form: &ApplicationFormApproved) -> Item<C> {
        self.item_in(std::iter::once(form.version), code)
    }

    /// The item that a code names to who looks at a form: that of the form, otherwise that of the
    /// newest form that has the code.
    pub fn item_under<C: ItemCode>(
        &self,
        code: C,
        form: Option<&ApplicationFormApproved>,
    ) -> Item<C> {
        let newest_first = self.forms.keys().rev().copied();
        self.item_in(form.map(|form| form.version).into_iter().chain(newest_first), code)
    }

    fn item_in<C: ItemCode>(&self, mut versions: impl Iterator<Item = u32>, code: C) -> Item<C> {
        let found = versions.find_map(|version| self.lineage.items.get(&(version, code.into())));
        found.and_then(|item| item.of_kind()).unwrap_or(Item { code, since: 0 })
    }

    /// The items that a code names to who looks at a form, and those that stand below it there.
    /// Where the form lacks an item, the newest one that has it tells where it stands.
    pub fn items_under(
        &self,
        code: Code,
        form: Option<&ApplicationFormApproved>,
    ) -> BTreeSet<Item<Code>> {
        let named = self.item_under(code, form);
        let is_below = |item: &Item<Code>| {
            let mut above =
                std::iter::successors(self.code_of(*item, form).parent(), |c| c.parent());
            above.any(|above| self.item_under(above, form) == named)
        };
        let all: BTreeSet<_> = self.lineage.items.values().copied().collect();
        all.into_iter().filter(is_below).chain([named]).collect()
    }

    /// The code under which a form has an item.
    pub fn code_in<C: ItemCode>(&self, form: &ApplicationFormApproved, item: Item<C>) -> Option<C> {
        let code = self.lineage.codes.get(&(form.version, item.any()))?;
        C::try_from(*code).ok()
    }

    /// The newest form that has an item, and the item's code in it.
    pub fn newest_with<C: ItemCode>(&self, item: Item<C>) -> Option<(&ApplicationFormApproved, C)> {
        let forms = self.forms.values().rev();
        forms.map(|form| &**form).find_map(|form| Some((form, self.code_in(form, item)?)))
    }

    /// The code by which people know an item: that of a form, otherwise that of the newest form
    /// that has it.
    pub fn code_of<C: ItemCode>(&self, item: Item<C>, form: Option<&ApplicationFormApproved>) -> C {
        form.and_then(|form| self.code_in(form, item))
            .or_else(|| self.newest_with(item).map(|(_, code)| code))
            .unwrap_or(item.code)
    }
}

#[cfg(test)]
mod tests;
