//! The rules of milestones and of the reviews that follow them.

use jiff::civil::Date;

use crate::code::Code;
use crate::decide::{Case, Findings, partner_unknown};
use crate::event::delivery::MilestoneMet;
use crate::event::delivery::milestone::{MilestoneNotMet, MilestoneReviewHeld};
use crate::project::delivery::milestone::MilestoneFacts;
use crate::project::plan::PlannedMilestone;
use crate::project::plan::item::Item;
use crate::rule::{Finding, Rule};

pub(super) fn met(case: &Case, data: &MilestoneMet, findings: &mut Findings) {
    judge_day(case, data.date, findings);
    judge_not_met_yet(case, data.number, findings);
    if let Some(planned) = judge_planned(case, data.number, "/data/number", findings) {
        judge_items(case, data, &planned.items, findings);
        judge_days_of_items(case, data, &planned.items, findings);
    }
}

/// Met in part, or missed: it may still be met later.
pub(super) fn not_met<'a>(
    case: &Case<'a>,
    data: &MilestoneNotMet,
    findings: &mut Findings,
) -> Option<&'a PlannedMilestone> {
    judge_day(case, data.date, findings);
    judge_not_met_yet(case, data.number, findings);
    judge_planned(case, data.number, "/data/number", findings)
}

pub(super) fn missed(case: &Case, data: &MilestoneNotMet, findings: &mut Findings) {
    let Some(planned) = not_met(case, data, findings) else { return };
    let (day, due) = (data.date.unwrap_or(case.posting.occurred_on), planned.data.due);
    findings.add_if(day <= due, || {
        let message = format!("Milestone {} is due on {due}, and this is of {day}.", data.number);
        Finding::new(Rule::MilestoneMissedEarly, "/data/number", message).fact("due", due)
    });
}

pub(super) fn reviewed(case: &Case, data: &MilestoneReviewHeld, findings: &mut Findings) {
    judge_day(case, Some(data.date), findings);
    findings.add_if(data.milestones.is_empty(), || {
        Finding::new(
            Rule::ReviewOfNothing,
            "/data/milestones",
            "Give the number of each milestone that the review looked at.",
        )
    });
    for (index, number) in data.milestones.iter().enumerate() {
        judge_planned(case, *number, &format!("/data/milestones/{index}"), findings);
    }
    for (index, action) in data.actions.iter().enumerate() {
        let unknown = |number: &u32| !case.project.plan.partners.contains_key(number);
        if let Some(number) = action.partner.filter(unknown) {
            findings.add(partner_unknown(number, &format!("/data/actions/{index}/partner")));
        }
    }
}

fn judge_day(case: &Case, date: Option<Date>, findings: &mut Findings) {
    case.check_not_future(date, "/data/date", findings);
    let start = case.project.plan.registered.as_ref().map(|project| project.start);
    let day = date.unwrap_or(case.posting.occurred_on);
    if let Some(start) = start.filter(|start| day < *start) {
        let pointer = if date.is_some() { "/data/date" } else { "/occurredon" };
        let message =
            format!("{day} is before the project's first day, {start}. Correct the date.");
        let finding = Finding::new(Rule::BeforeProjectStart, pointer, message);
        findings.add(finding.fact("start", start));
    }
}

/// A milestone is not met before what it is built from is there.
fn judge_days_of_items(
    case: &Case,
    data: &MilestoneMet,
    items: &[Item<Code>],
    findings: &mut Findings,
) {
    let (day, delivery) = (data.date.unwrap_or(case.posting.occurred_on), &case.project.delivery);
    let done_on = |item: &Item<Code>| delivery.done_on(*item);
    if let Some(last) = items.iter().filter_map(done_on).max().filter(|last| day < *last) {
        findings.add(
            Finding::new(
                Rule::MilestoneBeforeItems,
                if data.date.is_some() { "/data/date" } else { "/occurredon" },
                format!("{day} is before {last}, the day on which its last item was handed in."),
            )
            .fact("last", last),
        );
    }
}

fn judge_not_met_yet(case: &Case, number: u32, findings: &mut Findings) {
    let facts = case.project.delivery.milestones.get(&number);
    if let Some(met) = facts.and_then(MilestoneFacts::met) {
        findings.add(
            Finding::new(
                Rule::MilestoneMetAlready,
                "/data/number",
                format!("Milestone {number} was met on {}, and stays met.", met.on),
            )
            .fact("metOn", met.on),
        );
    }
}

fn judge_planned<'a>(
    case: &Case<'a>,
    number: u32,
    pointer: &str,
    findings: &mut Findings,
) -> Option<&'a PlannedMilestone> {
    let planned = case.project.plan.milestones.get(&number);
    findings.add_if(planned.is_none(), || {
        Finding::new(
            Rule::MilestoneUnknown,
            pointer,
            format!("No milestone {number} is planned. Record `milestone.planned` first."),
        )
    });
    planned
}

fn judge_items(case: &Case, data: &MilestoneMet, items: &[Item<Code>], findings: &mut Findings) {
    let form = case.project.plan.form_on(case.posting.occurred_on).map(|form| &**form);
    let open: Vec<String> = items
        .iter()
        .filter(|item| !case.project.status_of(**item, form).is_done())
        .map(|item| case.project.plan.code_of(*item, form).to_string())
        .collect();
    if open.is_empty() {
        return;
    }
    let open = open.join(", ");
    findings.add(
        Finding::new(
            Rule::MilestoneItemsOpen,
            "/data/number",
            format!("Neither accepted nor completed: {open}."),
        )
        .fact("open", &open),
    );
    findings.add_if(data.reason.is_none() && case.posting.reason.is_none(), || {
        Finding::new(
            Rule::MilestoneReasonMissing,
            "/data/reason",
            format!("Say in `reason` why the milestone is met while these are open: {open}."),
        )
        .fact("open", &open)
    });
}
