//! What is the matter with the plan, the questions and the risks.

use jiff::ToSpan;
use jiff::civil::Date;

use super::{
    Finding, Kind, MENDED_DAYS, REPORT_EXPECTED_DAYS, REVIEW_EXPECTED_DAYS,
    VALIDATION_EXPECTED_DAYS, for_more_than,
};
use crate::event::evidence::Evidence;
use crate::ids::PartnerNumber;
use crate::project::delivery::{ActivityStatus, DeliverableStatus, Outcome};
use crate::view::Sources;
use crate::view::about::About;
use crate::view::deadlines::question::answer_due;
use crate::view::learning_log::filter::QuestionFilter;
use crate::view::milestone_status::activity::ActivityReading;
use crate::view::milestone_status::deliverable::{DeliverableReading, Turn};
use crate::view::milestone_status::milestone::MilestoneWord;

pub(super) fn findings(sources: &Sources<'_>, today: Date) -> Vec<Finding> {
    let (project, form) = (sources.project, sources.form);
    let mut findings = Vec::new();
    for reading in sources.milestones.deliverables(project, form, today) {
        findings.extend(of_deliverable(sources, &reading, today));
    }
    for reading in sources.milestones.activities(project, form, today) {
        findings.extend(of_activity(&reading, today));
    }
    findings.extend(milestones(sources, today));
    findings.extend(indicators(sources, today));
    findings.extend(questions(sources, today));
    findings.extend(risks(sources, today));
    findings
}

fn of_deliverable(
    sources: &Sources<'_>,
    reading: &DeliverableReading<'_>,
    today: Date,
) -> Vec<Finding> {
    let lead = sources.project.plan.lead_partner().map(|lead| lead.number);
    let finding = |kind, partner, since| Finding {
        kind,
        about: About::Item(reading.item.any()),
        code: Some(reading.code.into()),
        partner,
        since,
    };
    let mut findings = Vec::new();
    if let Some((partner, since)) = accepted_without_hash(sources, reading) {
        findings.push(finding(Kind::AcceptedOnLinksWithoutHash, partner, Some(since)));
    }
    let open = match reading.status {
        DeliverableStatus::Planned | DeliverableStatus::Returned | DeliverableStatus::Withdrawn => {
            true
        }
        DeliverableStatus::Submitted | DeliverableStatus::Accepted => false,
    };
    let overdue = reading.due.filter(|due| open && *due < today);
    if let Some(due) = overdue.filter(|_| !is_to_come(reading.forecast, today)) {
        findings.push(finding(Kind::OverdueWithoutForecast, reading.partner, Some(due)));
    }
    let waiting = i64::from(reading.waiting_days.unwrap_or_default());
    let since = today.saturating_sub(waiting.days());
    match reading.turn {
        Turn::Owner if reading.status == DeliverableStatus::Returned => {
            if for_more_than(MENDED_DAYS, since, today) {
                findings.push(finding(Kind::ReturnedNotMended, reading.partner, Some(since)));
            }
        }
        Turn::Lead if for_more_than(REVIEW_EXPECTED_DAYS, since, today) => {
            findings.push(finding(Kind::ReviewWaiting, lead, Some(since)));
        }
        Turn::Owner | Turn::Lead | Turn::Nobody => {}
    }
    if !reading.in_form {
        findings.push(finding(Kind::CodeNotInForm, reading.partner.or(lead), None));
    }
    findings
}

/// The partner that handed in what was accepted, and the day of its acceptance, where nothing
/// tells its documents from others and the reader may see them.
fn accepted_without_hash(
    sources: &Sources<'_>,
    reading: &DeliverableReading<'_>,
) -> Option<(Option<PartnerNumber>, Date)> {
    let accepted = reading.submissions.iter().rev().find_map(|submission| {
        let review = submission.review.as_ref()?;
        let holds = review.outcome == Outcome::Accepted && submission.withdrawal.is_none();
        holds.then_some((submission, review.on))
    });
    let (submission, on) = accepted?;
    let has_hash = |evidence: &Evidence| evidence.sha256.is_some();
    let seen = sources.reader.sees_lines_of(submission.partner);
    let shown = submission.content.evidence.iter().any(has_hash);
    (seen && !shown).then_some((submission.partner, on))
}

/// A forecast that has passed says nothing any more.
fn is_to_come(forecast: Option<Date>, today: Date) -> bool {
    forecast.is_some_and(|forecast| forecast >= today)
}

fn of_activity(reading: &ActivityReading<'_>, today: Date) -> Vec<Finding> {
    let finding = |kind, since| Finding {
        kind,
        about: About::Item(reading.item.any()),
        code: Some(reading.code.into()),
        partner: reading.partner,
        since,
    };
    let mut findings = Vec::new();
    let open = reading.status != ActivityStatus::Completed;
    let overdue = reading.end.filter(|end| open && *end < today);
    if let Some(end) = overdue.filter(|_| !is_to_come(reading.forecast_end, today)) {
        findings.push(finding(Kind::OverdueWithoutForecast, Some(end)));
    }
    match reading.status {
        ActivityStatus::Planned => {
            if let Some(start) = reading.start.filter(|start| *start < today) {
                findings.push(finding(Kind::ActivityNotStarted, Some(start)));
            }
        }
        ActivityStatus::Started if reading.in_form => {
            let last = reading.reports.iter().map(|report| report.occurred_on).max();
            if let Some(last) = last.filter(|l| for_more_than(REPORT_EXPECTED_DAYS, *l, today)) {
                findings.push(finding(Kind::ActivityWithoutReport, Some(last)));
            }
        }
        ActivityStatus::Started | ActivityStatus::Completed => {}
    }
    if !reading.in_form {
        findings.push(finding(Kind::CodeNotInForm, None));
    }
    findings
}

fn milestones(sources: &Sources<'_>, today: Date) -> Vec<Finding> {
    let lead = sources.project.plan.lead_partner().map(|lead| lead.number);
    let readings = sources.milestones.milestones(sources.project, sources.form, today);
    let open = readings.into_iter().filter(|one| one.status == MilestoneWord::Scheduled);
    let finding = |number, due| Finding {
        kind: Kind::MilestoneWithoutDecision,
        about: About::Milestone(number),
        code: None,
        partner: lead,
        since: Some(due),
    };
    open.filter_map(|one| Some((one.number, one.due.filter(|due| *due < today)?)))
        .map(|(number, due)| finding(number, due))
        .collect()
}

fn indicators(sources: &Sources<'_>, today: Date) -> Vec<Finding> {
    let lead = sources.project.plan.lead_partner().map(|lead| lead.number);
    let readings = sources.milestones.indicators(sources.project, sources.form, today);
    let reports = readings.iter().flat_map(|reading| &reading.reports);
    let waiting = reports.filter_map(|report| {
        let newest = report.values.last()?;
        let waits = for_more_than(VALIDATION_EXPECTED_DAYS, newest.occurred_on, today);
        (newest.validation.is_none() && waits).then_some((report.id, newest.occurred_on))
    });
    waiting
        .map(|(report, since)| Finding {
            kind: Kind::IndicatorNotValidated,
            about: About::Event(report),
            code: None,
            partner: lead,
            since: Some(since),
        })
        .collect()
}

fn questions(sources: &Sources<'_>, today: Date) -> Vec<Finding> {
    let filter = QuestionFilter { answered: Some(false), ..QuestionFilter::default() };
    let waiting = sources.learning.questions(sources.reader.of_learning(), &filter);
    let project = sources.project;
    let finding = |question: &crate::view::learning_log::question::Question| {
        let known = project.learning.questions.get(&question.entry.id);
        let answering = known.map(|known| project.answering(known, today));
        Finding {
            kind: Kind::QuestionUnanswered,
            about: About::Event(question.entry.id),
            code: question.item.map(|item| sources.code(item)),
            partner: answering.and_then(|partners| partners.first().copied()),
            since: Some(question.entry.occurred_on),
        }
    };
    waiting.filter(|question| answer_due(question) < today).map(finding).collect()
}

fn risks(sources: &Sources<'_>, today: Date) -> Vec<Finding> {
    let open = sources.register.risks().into_iter().filter(|risk| risk.is_open());
    let missed = open.filter_map(|risk| Some((risk, risk.review_on().filter(|d| *d < today)?)));
    missed
        .map(|(risk, review_on)| Finding {
            kind: Kind::RiskReviewMissed,
            about: About::Event(risk.entry.id),
            code: risk.items.first().map(|item| sources.code(*item)),
            partner: risk.entry.organisation.partner(),
            since: Some(review_on),
        })
        .collect()
}
