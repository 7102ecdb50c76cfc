//! What all items of a form have in common, whatever kind of code they have.

use super::ApplicationFormApproved;
use crate::code::Code;
use crate::ids::PartnerNumber;
use crate::text::LocalizedText;

/// A work package, activity, deliverable, output or investment of a form.
#[derive(Clone, Copy, Debug)]
pub struct PlanItem<'a> {
    pub code: Code,
    pub titles: &'a LocalizedText,
    /// The owner; a work package can have none.
    pub partner: Option<PartnerNumber>,
    pub contributors: &'a [PartnerNumber],
    /// The code that it had in the version before.
    pub was: Option<Code>,
    /// Whether its code now means something else than in earlier versions.
    pub new: bool,
    list: &'static str,
    index: usize,
}

impl PlanItem<'_> {
    /// Whether it says no more than the same code in the version before, whose `was` or `new` still
    /// stands there: who changes a plan posts the whole of it again.
    pub fn repeats(&self, before: &PlanItem<'_>) -> bool {
        (self.was, self.new) == (before.was, before.new)
            && self.titles == before.titles
            && self.partner == before.partner
    }

    /// Where it stands in a posting, as a JSON Pointer.
    pub fn pointer(&self) -> String {
        format!("/data/{}/{}", self.list, self.index)
    }
}

impl ApplicationFormApproved {
    /// Every item that has a code, list by list in the form's order.
    pub fn items(&self) -> impl Iterator<Item = PlanItem<'_>> {
        let work_packages = self.work_packages.iter().enumerate().map(|(index, item)| PlanItem {
            code: item.code.into(),
            titles: &item.titles,
            partner: item.partner,
            contributors: &[],
            was: item.was.map(Code::from),
            new: item.new,
            list: "workPackages",
            index,
        });
        let activities = self.activities.iter().enumerate().map(|(index, item)| PlanItem {
            code: item.code.into(),
            titles: &item.titles,
            partner: Some(item.partner),
            contributors: &item.contributors,
            was: item.was.map(Code::from),
            new: item.new,
            list: "activities",
            index,
        });
        let deliverables = self.deliverables.iter().enumerate().map(|(index, item)| PlanItem {
            code: item.code.into(),
            titles: &item.titles,
            partner: Some(item.partner),
            contributors: &item.contributors,
            was: item.was.map(Code::from),
            new: item.new,
            list: "deliverables",
            index,
        });
        let outputs = self.outputs.iter().enumerate().map(|(index, item)| PlanItem {
            code: item.code.into(),
            titles: &item.titles,
            partner: Some(item.partner),
            contributors: &item.contributors,
            was: item.was.map(Code::from),
            new: item.new,
            list: "outputs",
            index,
        });
        let investments = self.investments.iter().enumerate().map(|(index, item)| PlanItem {
            code: item.code.into(),
            titles: &item.titles,
            partner: Some(item.partner),
            contributors: &[],
            was: item.was.map(Code::from),
            new: item.new,
            list: "investments",
            index,
        });
        work_packages.chain(activities).chain(deliverables).chain(outputs).chain(investments)
    }
}
