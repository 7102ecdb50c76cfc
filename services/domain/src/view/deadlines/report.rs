//! Deadlines of annual reports: what the programme asked about is answered by a day.

use jiff::civil::Date;

use super::{Deadline, DeadlineKind, Due};
use crate::view::Sources;
use crate::view::about::About;
use crate::view::annual_report::{ClarificationReading, ReportReading};
use crate::view::milestone_status::light::{Course, Reached};

/// A question is settled by the next submission, or by the approval. What it says is for those who
/// see the amounts.
pub(super) fn clarifications<'a>(sources: &Sources<'a>, today: Date) -> Vec<Deadline<'a>> {
    let lead = sources.project.plan.lead_partner().map(|lead| lead.number);
    let of_report = |report: &ReportReading<'a>| {
        let approved = report.approved.as_ref().map(|approval| approval.said);
        let mut deadlines = Vec::new();
        for (index, submission) in report.submissions.iter().enumerate() {
            let next = report.submissions.get(index + 1);
            let settled = next
                .map(|next| (next.occurred_on, next.recorded_at))
                .or_else(|| approved.map(|said| (said.on, said.recorded_at)));
            let deadline = |asked: &ClarificationReading<'a>| {
                let due = Due {
                    kind: DeadlineKind::ReportClarification,
                    about: About::Event(asked.said.event_id),
                    code: None,
                    title: asked.text.filter(|_| sources.reader.sees_amounts()),
                    partner: lead,
                    due: asked.due?,
                    revised_at: settled.map(|(_, at)| at).max(Some(asked.said.recorded_at)),
                };
                let reached = settled.map_or(Reached::Open, |(on, _)| Reached::Done(on));
                Some(due.on(Course { due: asked.due, forecast: None, reached }, today))
            };
            deadlines.extend(submission.clarifications.iter().filter_map(deadline));
        }
        deadlines
    };
    let reports = sources.annual_reports.reports(sources.project, today);
    reports.iter().flat_map(of_report).collect()
}
