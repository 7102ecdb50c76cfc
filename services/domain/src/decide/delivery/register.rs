//! The rules of risks, issues, decisions and communication.

use jiff::civil::Date;

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
    judge_day(case, data.review_on, "/data/reviewOn", findings);
}

pub(super) fn judge_assessment(case: &Case, data: &RiskReassessed, findings: &mut Findings) {
    judge_scale(data.probability, "/data/probability", findings);
    judge_scale(data.impact, "/data/impact", findings);
    judge_day(case, data.review_on, "/data/reviewOn", findings);
    match case.project.delivery.register.risks.get(&data.risk) {
        None => findings.add(unknown(
            Rule::RiskUnknown,
            "risk",
            data.risk,
            "Name a risk by the id of the event that recorded it.",
        )),
        Some(risk) => {
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
    judge_day(case, data.due, "/data/due", findings);
}

pub(super) fn judge_resolution(case: &Case, data: &IssueResolved, findings: &mut Findings) {
    judge_past(case, data.date, findings);
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
    findings.add_if(resolved_on < issue.raised_on, || {
        let raised_on = issue.raised_on;
        let message =
            format!("{resolved_on} is before the issue was raised, {raised_on}. Correct the day.");
        Finding::new(Rule::ResolvedBeforeRaised, pointer, message).fact("raisedOn", raised_on)
    });
}

/// Several decisions may supersede the same one: each takes up a part of it.
pub(super) fn judge_decision(case: &Case, data: &DecisionTaken, findings: &mut Findings) {
    judge_past(case, data.date, findings);
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
    let decisions = &case.project.delivery.register.decisions;
    if let Some(id) = data.supersedes.filter(|id| !decisions.contains(id)) {
        findings.add(unknown(
            Rule::DecisionUnknown,
            "supersedes",
            id,
            "Name a decision by the id of the event that recorded it.",
        ));
    }
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

/// A day by which something is to be done is not past when it is set.
fn judge_day(case: &Case, day: Option<Date>, pointer: &str, findings: &mut Findings) {
    let occurred_on = case.posting.occurred_on;
    if let Some(day) = day.filter(|day| *day < occurred_on) {
        let message = format!(
            "{day} is before the day of this event, {occurred_on}. Give a day that is still to \
             come then."
        );
        findings.add(
            Finding::new(Rule::DayPassedAlready, pointer, message).fact("occurredOn", occurred_on),
        );
    }
}

/// A day on which something was done is not in the future.
fn judge_past(case: &Case, day: Option<Date>, findings: &mut Findings) {
    let latest = case.latest_day();
    findings.add_if(day.is_some_and(|day| day > latest), || {
        let message = format!("This cannot have been done after today, {latest}. Correct the day.");
        Finding::new(Rule::OccurredInFuture, "/data/date", message).fact("today", latest)
    });
}

fn unknown(rule: Rule, field: &str, id: EventId, mend: &str) -> Finding {
    let what = if field == "supersedes" { "decision" } else { field };
    let message = format!("No {what} of this project has the id {id}. {mend}");
    Finding::new(rule, format!("/data/{field}"), message).fact(what, id)
}

#[cfg(test)]
mod tests;
