//! The rules of delivery.

mod output;
mod indicator;
mod milestone;
mod annual_report;
mod register;
mod calendar_feeds;

use jiff::civil::Date;

use super::{Case, Findings, Owners};
use crate::code::WorkPackageCode;
use crate::event::delivery::{
    ActivityReport, DeliverableReviewed, DeliverableSubmitted, DeliverableWithdrawn, Delivery,
};
use crate::event::plan::application_form::WorkPackageType;
use crate::posting::Completed;
use crate::project::delivery::{DeliverableFacts, Outcome, Submission};
use crate::rule::{Finding, Rule};

/// Whose item the event speaks of: the partners that may act for its code, the partner that
/// recorded the risk or raised the issue, the member that opened the feed.
pub(super) fn owners(case: &Case, event: &Delivery) -> Owners {
    let register = &case.project.delivery.register;
    let owners = match event {
        Delivery::RiskReassessed(data) => {
            let risk = register.risks.get(&data.risk);
            risk.and_then(|risk| risk.partner).into_iter().collect()
        }
        Delivery::IssueResolved(data) => {
            let issue = register.issues.get(&data.issue);
            issue.and_then(|issue| issue.partner).into_iter().collect()
        }
        Delivery::IndicatorReported(data) => indicator::owners(case, data),
        Delivery::IndicatorCorrected(data) => indicator::owners_of_report(case, data),
        Delivery::CalendarFeedClosed(data) => return calendar_feeds::owners(case, data),
        Delivery::ActivityStarted(_)
        | Delivery::ActivityProgressReported(_)
        | Delivery::ActivityCompleted(_)
        | Delivery::DeliverableSubmitted(_)
        | Delivery::DeliverableAccepted(_)
        | Delivery::DeliverableReturned(_)
        | Delivery::DeliverableWithdrawn(_)
        | Delivery::OutputAchieved(_)
        | Delivery::ForecastChanged(_)
        | Delivery::IndicatorValidated(_)
        | Delivery::MilestoneMet(_)
        | Delivery::MilestonePartiallyMet(_)
        | Delivery::MilestoneMissed(_)
        | Delivery::MilestoneReviewHeld(_)
        | Delivery::AnnualReportSubmitted(_)
        | Delivery::AnnualReportClarificationRequested(_)
        | Delivery::AnnualReportApproved(_)
        | Delivery::RiskRecorded(_)
        | Delivery::IssueRaised(_)
        | Delivery::DecisionTaken(_)
        | Delivery::CommunicationLogged(_)
        | Delivery::CalendarFeedOpened(_) => event
            .code()
            .map(|code| case.project.plan.owners(code, case.posting.occurred_on))
            .unwrap_or_default(),
    };
    if owners.is_empty() { Owners::Nobody } else { Owners::Partners(owners) }
}

pub(super) fn judge(case: &Case, event: &Delivery, findings: &mut Findings) -> Completed {
    if let Some(code) = event.code() {
        case.check_code(code, "/data/code", findings);
        case.check_partner_stays(case.posting.occurred_on, "/occurredon", findings);
    }
    if is_of_the_register(event) {
        case.check_partner_stays(case.posting.occurred_on, "/occurredon", findings);
    }
    match event {
        Delivery::ActivityStarted(data) | Delivery::ActivityProgressReported(data) => {
            judge_activity(case, data, findings)
        }
        Delivery::ActivityCompleted(data) => {
            judge_activity(case, data, findings);
            judge_completion(case, data, findings);
        }
        Delivery::DeliverableSubmitted(data) => {
            judge_submission(case, data, findings);
            let submission = case.project.delivery.next_submission(case.item(data.code));
            return Completed { submission: Some(submission), ..Completed::default() };
        }
        Delivery::DeliverableAccepted(data) => judge_review(case, data, findings),
        Delivery::DeliverableReturned(data) => {
            judge_review(case, data, findings);
            findings.add_if(data.remark.is_none(), || {
                Finding::new(
                    Rule::RemarkMissing,
                    "/data/remark",
                    "Say in `remark` what is to be mended before it is handed in again.",
                )
            });
        }
        Delivery::DeliverableWithdrawn(data) => {
            let submission = judge_withdrawal(case, data, findings);
            return Completed { submission, ..Completed::default() };
        }
        Delivery::OutputAchieved(data) => output::achieved(case, data, findings),
        Delivery::ForecastChanged(data) => output::expected(case, data, findings),
        Delivery::IndicatorReported(data) => indicator::reported(case, data, findings),
        Delivery::IndicatorValidated(data) => indicator::validated(case, data, findings),
        Delivery::IndicatorCorrected(data) => indicator::corrected(case, data, findings),
        Delivery::MilestoneMet(data) => milestone::met(case, data, findings),
        Delivery::MilestonePartiallyMet(data) => {
            milestone::not_met(case, data, findings);
        }
        Delivery::MilestoneMissed(data) => milestone::missed(case, data, findings),
        Delivery::MilestoneReviewHeld(data) => milestone::reviewed(case, data, findings),
        Delivery::AnnualReportSubmitted(data) => {
            return annual_report::judge_submission(case, data, findings);
        }
        Delivery::AnnualReportClarificationRequested(data) => {
            annual_report::judge_clarification(case, data, findings);
        }
        Delivery::AnnualReportApproved(data) => {
            annual_report::judge_approval(case, data, findings);
        }
        Delivery::RiskRecorded(data) => register::judge_risk(case, data, findings),
        Delivery::RiskReassessed(data) => register::judge_assessment(case, data, findings),
        Delivery::IssueRaised(data) => register::judge_issue(case, data, findings),
        Delivery::IssueResolved(data) => register::judge_resolution(case, data, findings),
        Delivery::DecisionTaken(data) => register::judge_decision(case, data, findings),
        Delivery::CommunicationLogged(data) => register::judge_communication(case, data, findings),
        Delivery::CalendarFeedOpened(data) => calendar_feeds::judge_opening(case, data, findings),
        Delivery::CalendarFeedClosed(data) => calendar_feeds::judge_closing(case, data, findings),
    }
    Completed::default()
}

/// What a partner begins in the register. What it began before it left is still settled.
fn is_of_the_register(event: &Delivery) -> bool {
    matches!(
        event,
        Delivery::RiskRecorded(_)
            | Delivery::IssueRaised(_)
            | Delivery::DecisionTaken(_)
            | Delivery::CommunicationLogged(_)
    )
}

fn judge_activity(case: &Case, data: &ActivityReport, findings: &mut Findings) {
    let day = case.posting.occurred_on;
    if let Some(start) = start_of_work(case, data.code.work_package()) {
        findings.add_if(day < start, || {
            Finding::new(
                Rule::BeforeProjectStart,
                "/occurredon",
                format!("{day} is before the project's first day, {start}. Correct the date."),
            )
            .fact("start", start)
        });
    }
    let activity = case.project.delivery.activities.get(&case.item(data.code));
    if let Some(completed_on) = activity.and_then(|activity| activity.completed_on) {
        findings.add_if(day > completed_on, || {
            Finding::new(
                Rule::ProgressAfterCompletion,
                "/occurredon",
                format!("{} was completed on {completed_on}; it stays so.", data.code),
            )
            .fact("code", data.code)
            .fact("completedOn", completed_on)
        });
    }
}

/// What is said of the completion last holds, and nobody is to change it unawares.
fn judge_completion(case: &Case, data: &ActivityReport, findings: &mut Findings) {
    let (code, day) = (data.code, case.posting.occurred_on);
    let Some(facts) = case.project.delivery.activities.get(&case.item(code)) else { return };
    if let Some(before) = facts.completed_on.filter(|before| day < *before) {
        let message = format!("{code} was completed on {before}; from now on it is {day}.");
        let finding = Finding::new(Rule::CompletedAgain, "/occurredon", message);
        findings.add(finding.fact("before", before));
    }
    if let Some(started_on) = facts.started_on.filter(|started| day < *started) {
        let message = format!("{code} was started on {started_on}, which is later.");
        let finding = Finding::new(Rule::CompletedBeforeStart, "/occurredon", message);
        findings.add(finding.fact("startedOn", started_on));
    }
}

/// The day from which activities of a work package are reported. Preparation comes before the
/// project, so it has none.
fn start_of_work(case: &Case, code: WorkPackageCode) -> Option<Date> {
    let plan = &case.project.plan;
    let kind = plan.work_package_type(code, case.posting.occurred_on);
    let start = plan.registered.as_ref()?.start;
    (kind != Some(WorkPackageType::Preparation)).then_some(start)
}

/// An accepted deliverable may be handed in again: a new edition, which the lead reviews as
/// any other. What was accepted stays accepted, so nothing has to be reopened for it.
fn judge_submission(case: &Case, data: &DeliverableSubmitted, findings: &mut Findings) {
    findings.add_if(data.evidence.is_empty(), || {
        Finding::new(
            Rule::EvidenceMissing,
            "/data/evidence",
            "Link at least one document that shows what was delivered.",
        )
    });
    let plan = &case.project.plan;
    let day = case.posting.occurred_on;
    let code = data.code.work_package();
    let window = plan.work_package_type(code, day).and_then(|kind| plan.window(kind));
    if let Some(window) = window {
        findings.add_if(window.starts_after(day) || day > window.last, || {
            let from = window.first.map_or_else(String::new, |first| format!("from {first} "));
            let last = window.last;
            let finding = Finding::new(
                Rule::OutsideWorkPackageWindow,
                "/occurredon",
                format!("Work of {code} is done {from}until {last}, and this is of {day}."),
            );
            window.facts(finding.fact("workPackage", code))
        });
    }
}

fn judge_review(case: &Case, data: &DeliverableReviewed, findings: &mut Findings) {
    let deliverable = case.project.delivery.deliverables.get(&case.item(data.code));
    let latest = deliverable.and_then(DeliverableFacts::latest);
    let open = latest.is_some_and(|s| s.number == data.submission && s.waits());
    findings.add_if(!open, || not_the_latest(data, latest));
    let reviewed = deliverable.and_then(|facts| facts.submission(data.submission));
    if let Some(reviewed) = reviewed {
        let day = (case.posting.occurred_on, "/occurredon");
        case.check_follows(day, ("the submission", reviewed.occurred_on), findings);
    }
    findings.add_if(reviewed.is_some_and(|s| s.subject == case.actor.subject), || {
        Finding::new(
            Rule::OwnSubmissionReviewed,
            "/data/submission",
            format!(
                "You submitted number {} of {} yourself. Another member of the lead partner \
                reviews it.",
                data.submission, data.code
            ),
        )
    });
}

/// The number of the submission that is taken back: the latest one, whatever its state.
fn judge_withdrawal(
    case: &Case,
    data: &DeliverableWithdrawn,
    findings: &mut Findings,
) -> Option<u32> {
    let code = data.code;
    let deliverable = case.project.delivery.deliverables.get(&case.item(code));
    let Some(latest) = deliverable.and_then(DeliverableFacts::latest) else {
        let message = format!("{code} was not submitted, so there is nothing to withdraw.");
        findings.add(Finding::new(Rule::NothingToWithdraw, "/data/code", message));
        return None;
    };
    let number = latest.number;
    let day = (case.posting.occurred_on, "/occurredon");
    case.check_follows(day, ("the submission", latest.occurred_on), findings);
    findings.add_if(latest.outcome() == Some(Outcome::Accepted), || {
        let message = format!(
            "Submission {number} of {code} was accepted, and what was accepted stays. Hand in a \
            new edition instead."
        );
        Finding::new(Rule::AcceptedStays, "/data/code", message).fact("latest", number)
    });
    findings.add_if(latest.withdrawal.is_some(), || {
        let message = format!(
            "Submission {number} of {code} was withdrawn before. Hand in the next one when it is \
            ready."
        );
        Finding::new(Rule::NothingToWithdraw, "/data/code", message).fact("latest", number)
    });
    Some(number)
}

fn not_the_latest(data: &DeliverableReviewed, latest: Option<&Submission>) -> Finding {
    let code = data.code;
    let (message, latest) = match latest {
        None => (format!("{code} was not submitted yet."), None),
        Some(latest) => {
            let number = latest.number;
            let (state, mend) = match latest.outcome() {
                Some(Outcome::Returned) | None if latest.withdrawal.is_some() => {
                    ("was withdrawn", "Wait until it is submitted again.")
                }
                None => ("waits for its review", "Review that one."),
                Some(Outcome::Accepted) => ("was accepted", "It needs no further review."),
                Some(Outcome::Returned) => ("was returned", "Wait until it is submitted again."),
            };
            let message = format!(
                "The latest submission of {code} is number {number}, and it {state}. {mend}"
            );
            (message, Some((number, state)))
        }
    };
    let finding =
        Finding::new(Rule::NotTheLatestSubmission, "/data/submission", message).fact("code", code);
    match latest {
        None => finding,
        Some((number, state)) => finding.fact("latest", number).fact("state", state),
    }
}

#[cfg(test)]
mod tests;
