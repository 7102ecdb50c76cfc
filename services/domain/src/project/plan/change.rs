//! Changes of the plan as the rules need them, and how much of the budget was shifted.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::PlanState;
use crate::event::plan::application_form::ApplicationFormApproved;
use crate::event::plan::change::{BudgetDelta, ChangeDecided, ChangeOutcome, ChangeProposed};
use crate::ids::EventId;
use crate::money::{Cents, Share};
use crate::posting::Recorded;
use crate::project::finance::figures::Cell;

/// A change that was notified or asked for, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub id: EventId,
    pub data: Arc<ChangeProposed>,
    /// Whether the programme was asked for it; otherwise it was only notified.
    pub requested: bool,
    pub proposed_on: Date,
    /// The budget cells that its deltas meant on its day.
    pub deltas: Arc<[(Cell, Cents)]>,
    pub decision: Option<ChangeDecision>,
}

/// What came of a change that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeDecision {
    pub id: EventId,
    pub data: Arc<ChangeDecided>,
    pub on: Date,
    /// Whether the lead recorded it for the programme.
    pub recorded_by_lead: bool,
}

/// Where a change stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ChangeStatus {
    /// It needs no decision.
    Notified,
    /// It waits for its decision.
    Requested,
    Approved,
    ApprovedInPart,
    Rejected,
    /// The lead took it back.
    Withdrawn,
}

impl Change {
    pub fn status(&self) -> ChangeStatus {
        match (&self.decision, self.requested) {
            (Some(decision), _) => match decision.data.outcome {
                ChangeOutcome::Approved => ChangeStatus::Approved,
                ChangeOutcome::ApprovedInPart => ChangeStatus::ApprovedInPart,
                ChangeOutcome::Rejected => ChangeStatus::Rejected,
                ChangeOutcome::Withdrawn => ChangeStatus::Withdrawn,
            },
            (None, true) => ChangeStatus::Requested,
            (None, false) => ChangeStatus::Notified,
        }
    }
}

/// How much of the budget moved since the first form: on each axis, what some gave and others got.
/// Amounts in euro.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shift {
    pub between_partners: Cents,
    pub between_work_packages: Cents,
    pub between_categories: Cents,
}

impl Shift {
    /// The largest of the three: the one that a threshold is held against.
    pub fn largest(self) -> Cents {
        self.between_partners.max(self.between_work_packages).max(self.between_categories)
    }
}

impl PlanState {
    pub(super) fn propose(
        &mut self,
        recorded: &Recorded,
        data: &Arc<ChangeProposed>,
        requested: bool,
    ) {
        let change = Change {
            deltas: self.deltas(data, recorded.occurred_on).into(),
            id: recorded.id,
            data: Arc::clone(data),
            requested,
            proposed_on: recorded.occurred_on,
            decision: None,
        };
        self.changes.insert(data.number, change);
    }

    pub(super) fn decide_change(&mut self, recorded: &Recorded, data: &Arc<ChangeDecided>) {
        if let Some(change) = self.changes.get_mut(&data.number) {
            change.decision = Some(ChangeDecision {
                id: recorded.id,
                data: Arc::clone(data),
                on: data.date.unwrap_or(recorded.occurred_on),
                recorded_by_lead: recorded.actor.part.is_lead(),
            });
        }
    }

    /// The first version of the form that carries a change out.
    pub fn carried_out_by(&self, change: u32) -> Option<u32> {
        let mut forms = self.forms.values();
        forms.find(|form| form.changes.contains(&change)).map(|form| form.version)
    }

    /// The changes whose money no form has moved yet, and that were neither rejected nor taken back.
    pub fn pending_changes(&self) -> impl Iterator<Item = &Change> {
        self.changes.values().filter(|change| {
            let is_over =
                matches!(change.status(), ChangeStatus::Rejected | ChangeStatus::Withdrawn);
            !is_over && self.carried_out_by(change.data.number).is_none()
        })
    }

    /// How much moved from the first form to this one, with these deltas besides.
    pub fn shift(
        &self,
        form: &ApplicationFormApproved,
        deltas: impl IntoIterator<Item = (Cell, Cents)>,
    ) -> Shift {
        let first = self.forms.get_min().map_or(form, |(_, first)| &**first);
        self.shift_between(first, form, deltas)
    }

    /// How much moved from one form to another, which may not be approved yet, with these deltas
    /// besides.
    pub fn shift_between(
        &self,
        from: &ApplicationFormApproved,
        to: &ApplicationFormApproved,
        deltas: impl IntoIterator<Item = (Cell, Cents)>,
    ) -> Shift {
        let lineage = self.with(to);
        let mut moved = BTreeMap::<Cell, Cents>::new();
        for cell in &from.budget.cells {
            *moved.entry(lineage.cell(from, cell)).or_default() -= cell.amount;
        }
        for cell in &to.budget.cells {
            *moved.entry(lineage.cell(to, cell)).or_default() += cell.amount;
        }
        for (cell, amount) in deltas {
            *moved.entry(cell).or_default() += amount;
        }
        Shift {
            between_partners: exchanged(&moved, |cell| cell.partner),
            between_work_packages: exchanged(&moved, |cell| cell.work_package),
            between_categories: exchanged(&moved, |cell| cell.category),
        }
    }

    /// The plan as it is once a form is approved.
    pub(crate) fn with(&self, form: &ApplicationFormApproved) -> Cow<'_, Self> {
        if self.forms.contains_key(&form.version) {
            return Cow::Borrowed(self);
        }
        let mut plan = self.clone();
        plan.approve(&Arc::new(form.clone()));
        Cow::Owned(plan)
    }

    /// The budget cells that a change means on a day, and how much more or less each gets.
    pub fn deltas(&self, data: &ChangeProposed, day: Date) -> Vec<(Cell, Cents)> {
        let deltas = data.deltas.iter();
        deltas.map(|delta| (self.cell_of(delta, day), delta.amount)).collect()
    }

    /// The budget cell that a delta means on a day.
    pub fn cell_of(&self, delta: &BudgetDelta, day: Date) -> Cell {
        Cell {
            partner: delta.partner,
            work_package: self.item(delta.work_package, day),
            category: delta.category,
        }
    }

    /// What may be shifted without a major change: a share of the contract's total, rounded down.
    /// The share is the contract's, otherwise the charter's; nothing where neither names one.
    pub fn shift_limit(&self) -> Option<(Share, Cents)> {
        let contract = self.contract.as_ref()?;
        let registered = self.registered.as_ref().and_then(|project| project.shift_threshold);
        let threshold = contract.shift_threshold.or(registered)?;
        Some((threshold, contract.total.share_rounded_down(threshold)))
    }
}

/// What some gave and others got along an axis. Money that came to the project as a whole, or left
/// it, was not moved.
fn exchanged<K: Ord>(moved: &BTreeMap<Cell, Cents>, key: impl Fn(&Cell) -> K) -> Cents {
    let mut by_key = BTreeMap::<K, Cents>::new();
    for (cell, amount) in moved {
        *by_key.entry(key(cell)).or_default() += *amount;
    }
    let got: Cents = by_key.values().copied().filter(|amount| !amount.is_negative()).sum();
    let given: Cents = by_key.values().copied().filter(|amount| amount.is_negative()).sum();
    got.min(-given)
}
