//! The rules of the reports that partners hand to the lead partner.

use crate::decide::{Case, Findings};
use crate::event::finance::partner_report::{PartnerReportReturned, PartnerReportSubmitted};
use crate::posting::Completed;
use crate::project::finance::partner_report::{PartnerReportStatus, ReportFacts, Reported};
use crate::rule::{Finding, Rule};

pub(super) fn judge_submission(
    case: &Case,
    data: &PartnerReportSubmitted,
    findings: &mut Findings,
) -> Completed {
    super::judge_period(case, (data.from, data.to), findings);
    // Policy lets only partners report.
    let Some(partner) = case.partner() else { return Completed::default() };
    let reported = Reported { partner, from: data.from, to: data.to };
    let reports = &case.project.finance.partner_reports;
    let report = reports.report(reported);
    match report.and_then(ReportFacts::status) {
        None => judge_overlap(case, reported, findings),
        Some(PartnerReportStatus::Returned) => {}
        Some(PartnerReportStatus::Submitted) => findings.add(Finding::new(
            Rule::PartnerReportWaits,
            "/data/from",
            "The report of this period was handed in and not given back. If it is to be mended, \
            ask the lead to return it; what came later goes into the next report.",
        )),
    }
    if let Some(latest) = report.and_then(ReportFacts::latest)
        && let Some((_, returned_on)) = latest.returned
    {
        let day = (case.posting.occurred_on, "/occurredon");
        case.check_follows(day, ("its return", returned_on), findings);
    }
    let submission = report.map_or(1, ReportFacts::next_submission);
    Completed { submission: Some(submission), ..Completed::default() }
}

/// Two reports of one partner have no day in common.
fn judge_overlap(case: &Case, reported: Reported, findings: &mut Findings) {
    let others = case.project.finance.partner_reports.of(reported.partner);
    let mut others = others.map(|(other, _)| other);
    if let Some(other) = others.find(|other| other.from <= reported.to && reported.from <= other.to)
    {
        let message = format!(
            "The partner has a report of {} to {}. Give that period if this is the same report.",
            other.from, other.to
        );
        findings.add(
            Finding::new(Rule::PartnerReportsOverlap, "/data/from", message)
                .fact("from", other.from)
                .fact("to", other.to),
        );
    }
}

pub(super) fn judge_return(case: &Case, data: &PartnerReportReturned, findings: &mut Findings) {
    let reports = &case.project.finance.partner_reports;
    let Some((_, report)) = reports.of_event(data.report) else {
        let message = format!(
            "No report was handed in by an event with the id {}. Give the `id` of the \
            `partner_report.submitted` event.",
            data.report
        );
        let finding = Finding::new(Rule::PartnerReportUnknown, "/data/report", message);
        return findings.add(finding.fact("report", data.report));
    };
    let Some(latest) = report.latest() else { return };
    findings.add_if(latest.event_id != data.report || latest.returned.is_some(), || {
        let message = if latest.returned.is_some() {
            "The report was given back and has not been handed in again.".to_owned()
        } else {
            format!("The report was handed in again by the event {}. Name that.", latest.event_id)
        };
        Finding::new(Rule::NotTheLatestSubmission, "/data/report", message)
            .fact("latest", latest.event_id)
    });
    findings.add_if(latest.subject == case.actor.subject, || {
        let message = "You handed this report in yourself. Have another member of the lead give \
            it back.";
        Finding::new(Rule::OwnSubmissionReviewed, "/data/report", message)
    });
    let day = (case.posting.occurred_on, "/occurredon");
    case.check_follows(day, ("the report", latest.on), findings);
}
