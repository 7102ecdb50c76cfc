//! The rules of annual progress reports.

use jiff::civil::Date;

use super::super::{Case, Findings};
use crate::event::delivery::annual_report::{
    AnnualReportApproved, AnnualReportClarificationRequested, AnnualReportSubmitted,
};
use crate::event::evidence::Evidence;
use crate::posting::Completed;
use crate::project::delivery::annual_report::{ReportFacts, ReportStatus, Shown};
use crate::rule::{Finding, Rule};

pub(super) fn judge_submission(
    case: &Case,
    data: &AnnualReportSubmitted,
    findings: &mut Findings,
) -> Completed {
    judge_number(case, data.number, findings);
    judge_period(case, data, findings);
    judge_order(case, data, findings);
    judge_version(case, data, findings);
    let report = case.project.delivery.annual_reports.report(data.number);
    match report.and_then(ReportFacts::status) {
        None | Some(ReportStatus::ClarificationRequested) => {}
        Some(ReportStatus::Submitted) => findings.add(Finding::new(
            Rule::ReportWaits,
            "/data/number",
            format!(
                "Report {} was handed in and waits for the programme. Record what the programme \
                says first.",
                data.number
            ),
        )),
        Some(ReportStatus::Approved) => findings.add(approved_already(data.number)),
    }
    let submission = report.map_or(1, ReportFacts::next_submission);
    Completed {
        submission: Some(submission),
        report: case.prepared.report.clone(),
        ..Completed::default()
    }
}

/// The first report is number 1, and a project has at most one for each of its calendar years.
fn judge_number(case: &Case, number: u32, findings: &mut Findings) {
    let registered = case.project.plan.registered.as_ref();
    let years = registered.map(|project| project.end.year() - project.start.year() + 1);
    let years = years.and_then(|years| u32::try_from(years).ok()).unwrap_or_default();
    if !(1..=years).contains(&number) {
        findings.add(
            Finding::new(
                Rule::ReportNumberUnfit,
                "/data/number",
                format!("The project has {years} calendar years, so its reports are 1 to {years}."),
            )
            .fact("years", years),
        );
        return;
    }
    let reports = &case.project.delivery.annual_reports;
    findings.add_if(number > 1 && reports.report(number - 1).is_none(), || {
        let missing = (1..number).find(|number| reports.report(*number).is_none()).unwrap_or(1);
        Finding::new(
            Rule::ReportNumberSkips,
            "/data/number",
            format!("Report {missing} was not handed in yet. Hand that one in first."),
        )
        .fact("missing", missing)
    });
}

fn judge_period(case: &Case, data: &AnnualReportSubmitted, findings: &mut Findings) {
    findings.add_if(data.to < data.from, || {
        Finding::new(
            Rule::PeriodReversed,
            "/data/to",
            format!("The period ends on {}, before it begins on {}.", data.to, data.from),
        )
    });
    let today = case.latest_day();
    findings.add_if(data.to > today, || {
        Finding::new(
            Rule::OccurredInFuture,
            "/data/to",
            format!(
                "The period ends on {}, after today, {today}. Report on it once it is over, or \
                on the days until today.",
                data.to
            ),
        )
        .fact("today", today)
    });
}

/// What stands under other numbers is judged as it was handed in last.
fn judge_order(case: &Case, data: &AnnualReportSubmitted, findings: &mut Findings) {
    let reports = &case.project.delivery.annual_reports;
    let others = reports.all().filter(|(number, _)| *number != data.number);
    for (number, report) in others {
        let Some(Shown { from, to, .. }) = report.latest().map(|latest| latest.shows) else {
            continue;
        };
        let in_order = if number < data.number { data.from > to } else { data.to < from };
        findings.add_if(!in_order, || {
            let after = if number < data.number { "after" } else { "before" };
            Finding::new(
                Rule::ReportPeriodsOutOfOrder,
                "/data/from",
                format!(
                    "Report {number} is of {from} to {to}; the period of report {} lies {after} \
                    that.",
                    data.number
                ),
            )
            .fact("number", number)
            .fact("from", from)
            .fact("to", to)
        });
    }
    let before = data.number.checked_sub(1).and_then(|number| reports.report(number));
    let Some(before) = before.and_then(ReportFacts::latest) else { return };
    let next_day = before.shows.to.tomorrow().ok();
    findings.add_if(next_day.is_some_and(|next_day| data.from > next_day), || {
        let to = before.shows.to;
        Finding::new(
            Rule::ReportPeriodGap,
            "/data/from",
            format!("The report before ends on {to}; the days after it are in no report."),
        )
        .fact("before", to)
    });
}

fn judge_version(case: &Case, data: &AnnualReportSubmitted, findings: &mut Findings) {
    let recorded = case.project.version;
    findings.add_if(data.version > recorded, || {
        let message =
            format!("The project has {recorded} events; version {} is not recorded.", data.version);
        version_unknown(message, recorded)
    });
    findings.add_if(data.version <= recorded && case.prepared.report.is_none(), || {
        let message = format!(
            "Version {} was not recorded when this was posted. Post the report by itself, after \
            what it shows.",
            data.version
        );
        version_unknown(message, recorded)
    });
    let reports = case.project.delivery.annual_reports.all();
    let earlier = reports.filter(|(number, _)| *number <= data.number);
    let earlier = earlier.filter_map(|(_, report)| report.latest());
    let earlier = earlier.map(|latest| latest.shows.version).max();
    if let Some(earlier) = earlier.filter(|earlier| data.version < *earlier) {
        findings.add(
            Finding::new(
                Rule::ReportVersionFalls,
                "/data/version",
                format!("A report was handed in that shows version {earlier}. Name that or later."),
            )
            .fact("earlier", earlier),
        );
    }
}

fn version_unknown(message: String, recorded: u64) -> Finding {
    Finding::new(Rule::ReportVersionUnknown, "/data/version", message).fact("recorded", recorded)
}

pub(super) fn judge_clarification(
    case: &Case,
    data: &AnnualReportClarificationRequested,
    findings: &mut Findings,
) {
    match status(case, data.number) {
        Some(ReportStatus::Submitted) => {}
        Some(ReportStatus::ClarificationRequested) => findings.add(Finding::new(
            Rule::ClarificationOpen,
            "/data/number",
            format!(
                "A clarification of report {} was asked for and is not answered. Wait until the \
                report is handed in again.",
                data.number
            ),
        )),
        Some(ReportStatus::Approved) => findings.add(approved_already(data.number)),
        None => findings.add(not_submitted(data.number)),
    }
    follows_submission(case, data.number, findings);
    has_letter(case, &data.evidence, findings);
    let day = case.posting.occurred_on;
    if let Some(due) = data.due.filter(|due| *due < day) {
        findings.add(due_passed(due, day));
    }
}

fn due_passed(due: Date, day: Date) -> Finding {
    Finding::new(
        Rule::ClarificationDuePassed,
        "/data/due",
        format!("It is due on {due} and was asked for on {day}, which is later."),
    )
    .fact("due", due)
}

/// A question that was answered by letter needs no new submission before the approval.
pub(super) fn judge_approval(case: &Case, data: &AnnualReportApproved, findings: &mut Findings) {
    match status(case, data.number) {
        Some(ReportStatus::Submitted | ReportStatus::ClarificationRequested) => {}
        Some(ReportStatus::Approved) => findings.add(approved_already(data.number)),
        None => findings.add(not_submitted(data.number)),
    }
    follows_submission(case, data.number, findings);
    has_letter(case, &data.evidence, findings);
}

/// What the programme said is recorded with its letter; where it is recorded on its behalf, this is
/// asked of every event.
fn has_letter(case: &Case, evidence: &[Evidence], findings: &mut Findings) {
    findings.add_if(evidence.is_empty() && case.posting.on_behalf_of.is_none(), || {
        let message = "Link the letter in which the programme says this.";
        Finding::new(Rule::EvidenceMissing, "/data/evidence", message)
    });
}

fn follows_submission(case: &Case, number: u32, findings: &mut Findings) {
    let report = case.project.delivery.annual_reports.report(number);
    if let Some(latest) = report.and_then(ReportFacts::latest) {
        let day = (case.posting.occurred_on, "/occurredon");
        case.check_follows(day, ("the report", latest.occurred_on), findings);
    }
}

fn status(case: &Case, number: u32) -> Option<ReportStatus> {
    case.project.delivery.annual_reports.report(number).and_then(ReportFacts::status)
}

fn approved_already(number: u32) -> Finding {
    Finding::new(
        Rule::ReportApprovedAlready,
        "/data/number",
        format!("Report {number} is approved. What changed since goes into the next report."),
    )
}

fn not_submitted(number: u32) -> Finding {
    Finding::new(
        Rule::ReportNotSubmitted,
        "/data/number",
        format!("Report {number} was not handed in yet."),
    )
}

#[cfg(test)]
mod tests;
