//! The reports of partners to the lead partner as the rules need them.

use imbl::{OrdMap, Vector};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::event::finance::partner_report::{PartnerReportReturned, PartnerReportSubmitted};
use crate::ids::{EventId, PartnerNumber, Subject};
use crate::posting::Recorded;

/// The reports of all partners.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct PartnerReports {
    reports: OrdMap<Reported, ReportFacts>,
    /// The report that each event handed in.
    submitted_by: OrdMap<EventId, Reported>,
}

/// A partner reports on a period once; what it hands in again is the same report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Reported {
    pub partner: PartnerNumber,
    /// First and last day of the period.
    pub from: Date,
    pub to: Date,
}

/// What came of one report.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ReportFacts {
    /// In the order in which they were recorded.
    pub submissions: Vector<Submission>,
}

/// A report was handed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// Counts from 1 in each report.
    pub submission: u32,
    pub event_id: EventId,
    pub subject: Subject,
    pub on: Date,
    /// The event that gave it back, and its day.
    pub returned: Option<(EventId, Date)>,
}

/// Where a report stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PartnerReportStatus {
    /// Handed in, and not given back.
    Submitted,
    /// Given back to be mended.
    Returned,
}

impl PartnerReports {
    pub(super) fn submit(&mut self, recorded: &Recorded, data: &PartnerReportSubmitted) {
        let Some(partner) = recorded.partner() else { return };
        let reported = Reported { partner, from: data.from, to: data.to };
        let report = self.reports.entry(reported).or_default();
        let submission = recorded.completed.submission.unwrap_or(report.next_submission());
        report.submissions.push_back(Submission {
            submission,
            event_id: recorded.id,
            subject: recorded.actor.subject.clone(),
            on: recorded.occurred_on,
            returned: None,
        });
        self.submitted_by.insert(recorded.id, reported);
    }

    pub(super) fn give_back(&mut self, recorded: &Recorded, data: &PartnerReportReturned) {
        let report = self.submitted_by.get(&data.report);
        let Some(report) = report.and_then(|report| self.reports.get_mut(report)) else { return };
        let mut submissions = report.submissions.iter_mut();
        if let Some(one) = submissions.find(|one| one.event_id == data.report) {
            one.returned = Some((recorded.id, recorded.occurred_on));
        }
    }

    pub fn report(&self, reported: Reported) -> Option<&ReportFacts> {
        self.reports.get(&reported)
    }

    /// The report that an event handed in.
    pub fn of_event(&self, id: EventId) -> Option<(Reported, &ReportFacts)> {
        let reported = *self.submitted_by.get(&id)?;
        Some((reported, self.reports.get(&reported)?))
    }

    /// All reports: by partner, and by their first days.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = (Reported, &ReportFacts)> {
        self.reports.iter().map(|(reported, report)| (*reported, report))
    }

    /// The reports of one partner by their first days.
    pub fn of(&self, partner: PartnerNumber) -> impl Iterator<Item = (Reported, &ReportFacts)> {
        let first = Reported { partner, from: Date::MIN, to: Date::MIN };
        let last = Reported { partner, from: Date::MAX, to: Date::MAX };
        self.reports.range(first..=last).map(|(reported, report)| (*reported, report))
    }
}

impl ReportFacts {
    /// The submission that was handed in last.
    pub fn latest(&self) -> Option<&Submission> {
        self.submissions.last()
    }

    /// Nothing where nothing was handed in.
    pub fn status(&self) -> Option<PartnerReportStatus> {
        self.latest().map(|latest| match latest.returned {
            None => PartnerReportStatus::Submitted,
            Some(_) => PartnerReportStatus::Returned,
        })
    }

    /// The number that the next submission gets.
    pub fn next_submission(&self) -> u32 {
        let highest = self.submissions.iter().map(|one| one.submission).max();
        highest.unwrap_or(0).saturating_add(1)
    }
}
