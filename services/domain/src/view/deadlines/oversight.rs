//! Deadlines of the controller's questions and of findings of audits. They are known to the partner
//! that has to answer and to those who see everything.

use jiff::civil::Date;

use super::{Deadline, DeadlineKind, Due};
use crate::ids::PartnerNumber;
use crate::view::Sources;
use crate::view::about::About;
use crate::view::milestone_status::light::{Course, Reached};
use crate::view::oversight::audit::{Audit, AuditFinding};
use crate::view::oversight::clarification::Clarification;

/// A question is settled by its first answer, or by the controller who goes on without.
pub(super) fn clarifications<'a>(sources: &Sources<'a>, today: Date) -> Vec<Deadline<'a>> {
    let deadline = |asked: &'a Clarification| {
        let due = Due {
            kind: DeadlineKind::Clarification,
            about: About::Event(asked.entry.id),
            code: None,
            title: Some(&asked.data.text),
            partner: Some(answering(sources, asked.partner)?),
            due: asked.data.due,
            revised_at: Some(asked.last_entry().recorded_at),
        };
        let reached = asked.settled_on().map_or(Reached::Open, Reached::Done);
        Some(due.on(Course { due: Some(asked.data.due), forecast: None, reached }, today))
    };
    sources.oversight.clarifications().filter_map(deadline).collect()
}

/// A finding is settled when its audit is closed.
pub(super) fn findings<'a>(sources: &Sources<'a>, today: Date) -> Vec<Deadline<'a>> {
    let of_audit = |audit: &'a Audit| {
        let deadline = |finding: &'a AuditFinding| {
            let due_on = finding.data.due?;
            let last = audit.closing.as_deref().map_or(&finding.entry, |closing| &closing.entry);
            let due = Due {
                kind: DeadlineKind::AuditFinding,
                about: About::Event(finding.entry.id),
                code: None,
                title: Some(&finding.data.text),
                partner: Some(answering(sources, finding.partner)?),
                due: due_on,
                revised_at: Some(last.recorded_at),
            };
            let closed_on = audit.closing.as_ref().map(|closing| closing.entry.occurred_on);
            let reached = closed_on.map_or(Reached::Open, Reached::Done);
            Some(due.on(Course { due: Some(due_on), forecast: None, reached }, today))
        };
        audit.findings.iter().filter_map(|finding| deadline(finding)).collect::<Vec<_>>()
    };
    sources.oversight.audits().flat_map(of_audit).collect()
}

/// Who answers, where the reader may know of it: the partner of the lines, otherwise the lead
/// partner.
fn answering(sources: &Sources<'_>, partner: Option<PartnerNumber>) -> Option<PartnerNumber> {
    let lead = || sources.project.plan.lead_partner().map(|lead| lead.number);
    let answering = partner.or_else(lead);
    answering.filter(|_| sources.reader.sees_lines_of(answering))
}
