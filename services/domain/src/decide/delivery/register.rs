//! The rules of risks, issues, decisions and communication.

use crate::code::Code;
use crate::decide::{Case, Findings};
use crate::event::delivery::register::{
    CommunicationLogged, DecisionTaken, IssueRaised, IssueResolved, RiskReassessed, RiskRecorded,
};
use crate::ids::EventId;
use crate::rule::{Finding, Rule};

/// The highest probability and the highest impact of a risk.
const SCALE_MAX: u32 = 5;

pub(super) fn judge_risk(case: &Case, data: &RiskRecorded, findings: &mut Findings) {
    judge_scale(data.probability, "/data/probability", findings);
    judge_scale(data.impact, "/data/impact", findings);
    judge_codes(case, &data.codes, findings);
    case.check_to_come(data.review_on, "/data/reviewOn", findings);
}

pub(super) fn judge_assessment(case: &Case, data: &RiskReassessed, findings: &mut Findings) {
    judge_scale(data.probability, "/data/probability", findings);
    judge_scale(data.impact, "/data/impact", findings);
    case.check_to_come(data.review_on, "/data/reviewOn", findings);
    match case.project.delivery.register.risks.get(&data.risk) {
        None => findings.add(unknown(
            Rule::RiskUnknown,
            "risk",
            data.risk,
            "Name a risk by the id of the event that recorded it.",
        )),
        Some(risk) => {
            let day = (case.posting.occurred_on, "/occurredon");
            case.check_follows(day, ("the risk", risk.recorded_on), findings);
            if let Some(closed_on) = risk.closed_on {
                let message = format!(
                    "The risk was closed on {closed_on}. If it has come back, record it as a new \
                     one."
                );
                findings.add(
                    Finding::new(Rule::RiskClosed, "/data/risk", message)
                        .fact("closedOn", closed_on),
                );
            }
        }
    }
}

pub(super) fn judge_issue(case: &Case, data: &IssueRaised, findings: &mut Findings) {
    judge_codes(case, &data.codes, findings);
    case.check_to_come(data.due, "/data/due", findings);
}

pub(super) fn judge_resolution(case: &Case, data: &IssueResolved, findings: &mut Findings) {
    case.check_not_future(data.date, "/data/date", findings);
    let Some(issue) = case.project.delivery.register.issues.get(&data.issue) else {
        findings.add(unknown(
            Rule::IssueUnknown,
            "issue",
            data.issue,
            "Name an issue by the id of the event that raised it.",
        ));
        return;
    };
    if let Some(resolved_on) = issue.resolved_on {
        let message = format!(
            "The issue was resolved on {resolved_on}. If it has come back, raise it as a new one."
        );
        findings.add(
            Finding::new(Rule::IssueResolvedAlready, "/data/issue", message)
                .fact("resolvedOn", resolved_on),
        );
    }
    let resolved_on = data.date.unwrap_or(case.posting.occurred_on);
    let pointer = if data.date.is_some() { "/data/date" } else { "/occurredon" };
    let raised = ("the issue was raised", issue.raised_on);
    case.check_follows((resolved_on, pointer), raised, findings);
}

/// Several decisions may supersede the same one: each takes up a part of it.
pub(super) fn judge_decision(case: &Case, data: &DecisionTaken, findings: &mut Findings) {
    case.check_not_future(data.date, "/data/date", findings);
    judge_codes(case, &data.codes, findings);
    for (index, number) in data.milestones.iter().enumerate() {
        findings.add_if(!case.project.plan.milestones.contains_key(number), || {
            Finding::new(
                Rule::MilestoneUnknown,
                format!("/data/milestones/{index}"),
                format!("No milestone {number} is planned. Name a milestone of the plan."),
            )
            .fact("milestone", number)
        });
    }
    if let Some(id) = data.supersedes {
        judge_superseded(case, data, id, findings);
    }
}

fn judge_superseded(case: &Case, data: &DecisionTaken, id: EventId, findings: &mut Findings) {
    let Some(before) = case.project.delivery.register.decisions.get(&id) else {
        findings.add(unknown(
            Rule::DecisionUnknown,
            "supersedes",
            id,
            "Name a decision by the id of the event that recorded it.",
        ));
        return;
    };
    let by_lead = case.actor.part.is_lead();
    findings.add_if(!by_lead && case.partner() != before.partner, || {
        let message = "Ask the partner that recorded the decision, or the lead, to replace it.";
        Finding::new(Rule::DecisionOfAnother, "/data/supersedes", message)
    });
    let taken_on = data.date.unwrap_or(case.posting.occurred_on);
    let pointer = if data.date.is_some() { "/data/date" } else { "/occurredon" };
    let superseded = ("the decision that it supersedes", before.taken_on);
    case.check_follows((taken_on, pointer), superseded, findings);
}

pub(super) fn judge_communication(
    case: &Case,
    data: &CommunicationLogged,
    findings: &mut Findings,
) {
    judge_codes(case, &data.codes, findings);
    findings.add_if(!data.emblem_shown, || {
        Finding::new(
            Rule::EmblemNotShown,
            "/data/emblemShown",
            "The emblem of the European Union was not shown. Add it where that can still be done, \
             and to what comes next (Regulation (EU) 2021/1060, Article 50).",
        )
    });
}

fn judge_scale(value: u32, pointer: &str, findings: &mut Findings) {
    findings.add_if(!(1..=SCALE_MAX).contains(&value), || {
        let message = format!("Give a number from 1 to {SCALE_MAX}.");
        Finding::new(Rule::RiskScaleOutOfRange, pointer, message)
    });
}

fn judge_codes(case: &Case, codes: &[Code], findings: &mut Findings) {
    for (index, code) in codes.iter().enumerate() {
        case.check_code(*code, &format!("/data/codes/{index}"), findings);
    }
}

fn unknown(rule: Rule, field: &str, id: EventId, mend: &str) -> Finding {
    let what = if field == "supersedes" { "decision" } else { field };
    let message = format!("No {what} of this project has the id {id}. {mend}");
    Finding::new(rule, format!("/data/{field}"), message).fact(what, id)
}

#[cfg(test)]
mod tests;
