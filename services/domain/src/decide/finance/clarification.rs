//! The rules of the controller's questions and their answers.

use super::claim::{check_follows_submission, submitted};
use super::named_lines::{self, Reversed};
use crate::decide::{Case, Findings, Owners};
use crate::event::finance::clarification::{
    ClarificationAnswered, ClarificationClosed, ClarificationRequested,
};
use crate::event::plan::Role;
use crate::ids::EventId;
use crate::posting::Part;
use crate::project::finance::clarification::ClarificationFacts;
use crate::rule::{Finding, Rule};

/// An answer is the partner's whose lines are asked about, or the lead's where no line is named. To
/// other partners the question is as unknown as one that was never asked.
pub(super) fn owners(case: &Case, data: &ClarificationAnswered) -> Owners {
    match visible(case, data.clarification) {
        Some(facts) => Owners::Partners(answering(case, facts).into_iter().collect()),
        None => Owners::Nobody,
    }
}

fn answering(case: &Case, facts: &ClarificationFacts) -> Option<u32> {
    facts.partner.or_else(|| case.project.plan.lead_partner().map(|lead| lead.number))
}

/// The clarification, where the actor may know of it.
fn visible<'a>(case: &Case<'a>, id: EventId) -> Option<&'a ClarificationFacts> {
    let facts = case.project.finance.clarifications.get(id)?;
    let sees = match case.actor.part {
        Part::Member { role: Role::Lead | Role::Controller, .. } => true,
        Part::Member { partner, .. } => partner.is_some() && partner == answering(case, facts),
        Part::Operator => false,
    };
    sees.then_some(facts)
}

pub(super) fn judge_requested(case: &Case, data: &ClarificationRequested, findings: &mut Findings) {
    named_lines::judge(case, &data.lines, Reversed::Refused, findings);
    if let Some(claim) = submitted(case, data.claim, findings) {
        check_follows_submission(case, claim, findings);
        named_lines::judge_in_claim(case, &data.lines, claim, findings);
    }
    let occurred_on = case.posting.occurred_on;
    findings.add_if(data.due < occurred_on, || {
        let message = format!(
            "{} is before {occurred_on}, the day on which it is asked for. Give a later day.",
            data.due
        );
        let finding = Finding::new(Rule::ClarificationDuePassed, "/data/due", message);
        finding.fact("occurredOn", occurred_on)
    });
}

pub(super) fn judge_answered(case: &Case, data: &ClarificationAnswered, findings: &mut Findings) {
    judge_open(case, data.clarification, findings);
}

pub(super) fn judge_closed(case: &Case, data: &ClarificationClosed, findings: &mut Findings) {
    judge_open(case, data.clarification, findings);
}

fn judge_open(case: &Case, id: EventId, findings: &mut Findings) {
    let Some(facts) = visible(case, id) else {
        let message = format!(
            "No clarification was requested from this partner by the event {id}. Give the `id` of \
             the `clarification.requested` event."
        );
        let finding = Finding::new(Rule::ClarificationUnknown, "/data/clarification", message);
        findings.add(finding.fact("clarification", id));
        return;
    };
    if let Some(closed_on) = facts.closed_on {
        let message = format!(
            "The clarification was closed on {closed_on}. What is still open is asked anew, by \
             `clarification.requested`."
        );
        let rule = Rule::ClarificationClosedAlready;
        let finding = Finding::new(rule, "/data/clarification", message);
        findings.add(finding.fact("closedOn", closed_on));
    }
    let requested = ("the clarification was requested", facts.requested_on);
    case.check_follows((case.posting.occurred_on, "/occurredon"), requested, findings);
}
