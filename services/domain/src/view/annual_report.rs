//! Annual progress reports: what was handed in, what the programme said, and whose turn it is.
//!
//! The document of a report is a fold of the project at the version that the report names:
//! [`document`]. This view holds the texts of the events; where a report stands is in the project's
//! state.

pub mod document;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use imbl::OrdMap;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::event::delivery::Delivery;
use crate::event::delivery::annual_report::{
    AnnualReportApproved, AnnualReportClarificationRequested, AnnualReportSubmitted,
};
use crate::ids::EventId;
use crate::period::days_between;
use crate::posting::{Recorded, ReportDigest};
use crate::project::Project;
use crate::project::delivery::annual_report::{
    ReportFacts, ReportStatus, ReportSubmission, Said, Shown,
};
use crate::text::LocalizedText;

/// The texts of the annual reports of a project. A copy costs the same however many there are.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct AnnualReports {
    submitted: OrdMap<EventId, Arc<AnnualReportSubmitted>>,
    clarifications: OrdMap<EventId, Arc<AnnualReportClarificationRequested>>,
    approved: OrdMap<EventId, Arc<AnnualReportApproved>>,
}

/// A report on one day.
#[derive(Clone, Debug)]
pub struct ReportReading<'a> {
    pub number: u32,
    pub status: ReportStatus,
    pub turn: Turn,
    /// Days since that one's turn began; nothing once the report is approved.
    pub waiting_days: Option<u32>,
    /// The day by which an open clarification is due, where one was named.
    pub due: Option<Date>,
    /// In the order in which they were recorded.
    pub submissions: Vec<SubmissionReading<'a>>,
    pub approved: Option<ApprovalReading<'a>>,
}

/// Who has to act next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Turn {
    /// The programme: to approve the report or to ask about it.
    Programme,
    /// The lead partner: to hand it in again.
    Lead,
    Nobody,
}

/// One submission of a report, with what was asked about it.
#[derive(Clone, Debug)]
pub struct SubmissionReading<'a> {
    /// Counts from 1 in each report.
    pub submission: u32,
    pub event_id: EventId,
    pub occurred_on: Date,
    pub recorded_at: Timestamp,
    pub recorded_version: u64,
    pub shows: Shown,
    /// The document as it was computed when the report was handed in.
    pub digest: Option<&'a ReportDigest>,
    pub summary: Option<&'a LocalizedText>,
    pub clarifications: Vec<ClarificationReading<'a>>,
}

/// The programme asked about a submission.
#[derive(Clone, Debug)]
pub struct ClarificationReading<'a> {
    pub said: &'a Said,
    pub text: Option<&'a LocalizedText>,
    pub due: Option<Date>,
}

/// The programme approved a report.
#[derive(Clone, Debug)]
pub struct ApprovalReading<'a> {
    pub said: &'a Said,
    pub remark: Option<&'a LocalizedText>,
}

impl AnnualReports {
    /// Takes a recorded event.
    pub fn apply(&mut self, recorded: &Recorded) {
        match &*recorded.event {
            Event::Delivery(event) => self.apply_delivery(recorded.id, event),
            Event::Plan(_) | Event::Finance(_) | Event::Learning(_) => {}
        }
    }

    fn apply_delivery(&mut self, id: EventId, event: &Delivery) {
        match event {
            Delivery::AnnualReportSubmitted(data) => {
                self.submitted.insert(id, Arc::clone(data));
            }
            Delivery::AnnualReportClarificationRequested(data) => {
                self.clarifications.insert(id, Arc::clone(data));
            }
            Delivery::AnnualReportApproved(data) => {
                self.approved.insert(id, Arc::clone(data));
            }
            Delivery::ActivityStarted(_)
            | Delivery::ActivityProgressReported(_)
            | Delivery::ActivityCompleted(_)
            | Delivery::DeliverableSubmitted(_)
            | Delivery::DeliverableAccepted(_)
            | Delivery::DeliverableReturned(_)
            | Delivery::DeliverableWithdrawn(_)
            | Delivery::OutputAchieved(_)
            | Delivery::ForecastChanged(_)
            | Delivery::IndicatorReported(_)
            | Delivery::IndicatorValidated(_)
            | Delivery::IndicatorCorrected(_)
            | Delivery::MilestoneMet(_)
            | Delivery::MilestonePartiallyMet(_)
            | Delivery::MilestoneMissed(_)
            | Delivery::MilestoneReviewHeld(_)
            | Delivery::RiskRecorded(_)
            | Delivery::RiskReassessed(_)
            | Delivery::IssueRaised(_)
            | Delivery::IssueResolved(_)
            | Delivery::DecisionTaken(_)
            | Delivery::CommunicationLogged(_)
            | Delivery::CalendarFeedOpened(_)
            | Delivery::CalendarFeedClosed(_) => {}
        }
    }

    /// The reports that were handed in, by number.
    pub fn reports<'a>(&'a self, project: &'a Project, today: Date) -> Vec<ReportReading<'a>> {
        let all = project.delivery.annual_reports.all();
        all.filter_map(|(number, facts)| self.report(number, facts, today)).collect()
    }

    fn report<'a>(
        &'a self,
        number: u32,
        facts: &'a ReportFacts,
        today: Date,
    ) -> Option<ReportReading<'a>> {
        let status = facts.status()?;
        let latest = facts.latest()?;
        let asked = latest.clarifications.last();
        let (turn, since) = match (status, asked) {
            (ReportStatus::Approved, _) => (Turn::Nobody, None),
            (ReportStatus::ClarificationRequested, Some(asked)) => (Turn::Lead, Some(asked.on)),
            (ReportStatus::ClarificationRequested, None) | (ReportStatus::Submitted, _) => {
                (Turn::Programme, Some(latest.occurred_on))
            }
        };
        let open = asked.filter(|_| turn == Turn::Lead);
        let open = open.and_then(|asked| self.clarifications.get(&asked.event_id));
        Some(ReportReading {
            number,
            status,
            turn,
            waiting_days: since.map(|day| days_between(day, today).max(0).unsigned_abs()),
            due: open.and_then(|asked| asked.due),
            submissions: facts.submissions.iter().map(|one| self.submission(one)).collect(),
            approved: facts.approved.as_ref().map(|said| self.approval(said)),
        })
    }

    fn submission<'a>(&'a self, one: &'a ReportSubmission) -> SubmissionReading<'a> {
        SubmissionReading {
            submission: one.submission,
            event_id: one.event_id,
            occurred_on: one.occurred_on,
            recorded_at: one.recorded_at,
            recorded_version: one.recorded_version,
            shows: one.shows,
            digest: one.digest.as_ref(),
            summary: self.submitted.get(&one.event_id).and_then(|data| data.summary.as_ref()),
            clarifications: one
                .clarifications
                .iter()
                .map(|said| self.clarification(said))
                .collect(),
        }
    }

    fn clarification<'a>(&'a self, said: &'a Said) -> ClarificationReading<'a> {
        let data = self.clarifications.get(&said.event_id);
        let (text, due) = (data.map(|data| &data.text), data.and_then(|data| data.due));
        ClarificationReading { said, text, due }
    }

    fn approval<'a>(&'a self, said: &'a Said) -> ApprovalReading<'a> {
        let data = self.approved.get(&said.event_id);
        ApprovalReading { said, remark: data.and_then(|data| data.remark.as_ref()) }
    }
}
