//! The changes of the project that were notified or asked for in the period, or decided in it.

use jiff::civil::Date;
use serde::Serialize;

use super::At;
use crate::event::plan::change::{ChangeClass, ChangeOutcome};
use crate::money::Cents;
use crate::project::plan::change::Change;
use crate::text::LocalizedText;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PlanChange<'a> {
    number: u32,
    class: ChangeClass,
    title: &'a LocalizedText,
    requested: bool,
    proposed_on: Date,
    /// What the cells give away together; euro.
    moved: Cents,
    total_delta: Cents,
    outcome: Option<ChangeOutcome>,
    decided_on: Option<Date>,
    /// The first version of the application form that carries it out.
    carried_out_by: Option<u32>,
}

/// By number.
pub(super) fn section<'a>(at: &At<'a>) -> Vec<PlanChange<'a>> {
    let plan = &at.folds.project.plan;
    let of_period = |change: &&Change| {
        let decided = change.decision.as_ref().is_some_and(|decision| at.shows.has(decision.on));
        decided || at.shows.has(change.proposed_on)
    };
    let changes = plan.changes.values().filter(of_period);
    changes.map(|change| of(change, plan.carried_out_by(change.data.number))).collect()
}

fn of(change: &Change, carried_out_by: Option<u32>) -> PlanChange<'_> {
    let deltas = change.data.deltas.iter().map(|delta| delta.amount);
    let decision = change.decision.as_ref();
    PlanChange {
        number: change.data.number,
        class: change.data.class,
        title: &change.data.title,
        requested: change.requested,
        proposed_on: change.proposed_on,
        moved: -deltas.filter(|amount| amount.is_negative()).sum::<Cents>(),
        total_delta: change.data.total_delta.unwrap_or_default(),
        outcome: decision.map(|decision| decision.data.outcome),
        decided_on: decision.map(|decision| decision.on),
        carried_out_by,
    }
}
