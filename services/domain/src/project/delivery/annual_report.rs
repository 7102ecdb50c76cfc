//! Annual progress reports as the rules need them: what was handed in, and what the programme said.

use imbl::{OrdMap, Vector};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::event::delivery::annual_report::{
    AnnualReportApproved, AnnualReportClarificationRequested, AnnualReportSubmitted,
};
use crate::ids::EventId;
use crate::posting::{Recorded, ReportDigest};

/// The annual reports of a project, by number.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct AnnualReports(OrdMap<u32, ReportFacts>);

/// What came of one report.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ReportFacts {
    /// In the order in which they were recorded.
    pub submissions: Vector<ReportSubmission>,
    pub approved: Option<Said>,
}

/// A report was handed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportSubmission {
    /// Counts from 1 in each report.
    pub submission: u32,
    pub event_id: EventId,
    /// The project's version once this was recorded.
    pub recorded_version: u64,
    pub occurred_on: Date,
    pub recorded_at: Timestamp,
    pub shows: Shown,
    /// The document as it was computed then.
    pub digest: Option<ReportDigest>,
    /// What the programme asked about it.
    pub clarifications: Vector<Said>,
}

/// All that the document of a report depends on, beside what is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Shown {
    pub number: u32,
    /// First and last day of the period.
    pub from: Date,
    pub to: Date,
    /// The version of the project that the document shows.
    pub version: u64,
}

/// The programme said something of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    pub event_id: EventId,
    pub on: Date,
    pub recorded_at: Timestamp,
    /// Whether the lead partner recorded it for the programme.
    pub by_lead: bool,
}

/// Where a report stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ReportStatus {
    /// Handed in; the programme has not answered yet.
    Submitted,
    ClarificationRequested,
    Approved,
}

impl AnnualReports {
    pub(super) fn submit(&mut self, recorded: &Recorded, data: &AnnualReportSubmitted) {
        let report = self.0.entry(data.number).or_default();
        let submission = recorded.completed.submission.unwrap_or(report.next_submission());
        report.submissions.push_back(ReportSubmission {
            submission,
            event_id: recorded.id,
            recorded_version: recorded.version,
            occurred_on: recorded.occurred_on,
            recorded_at: recorded.recorded_at,
            shows: Shown::of(data),
            digest: recorded.completed.report.clone(),
            clarifications: Vector::new(),
        });
    }

    pub(super) fn ask(&mut self, recorded: &Recorded, data: &AnnualReportClarificationRequested) {
        let report = self.0.get_mut(&data.number);
        let submissions = report.map(|report| &mut report.submissions);
        if let Some(last) = submissions.and_then(|submissions| submissions.back_mut()) {
            last.clarifications.push_back(Said::of(recorded));
        }
    }

    pub(super) fn approve(&mut self, recorded: &Recorded, data: &AnnualReportApproved) {
        if let Some(report) = self.0.get_mut(&data.number) {
            report.approved = Some(Said::of(recorded));
        }
    }

    pub fn report(&self, number: u32) -> Option<&ReportFacts> {
        self.0.get(&number)
    }

    /// The reports by number.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = (u32, &ReportFacts)> {
        self.0.iter().map(|(number, report)| (*number, report))
    }

    /// The report before the one with this number, as it was handed in last by a version of the
    /// project. What it shows is what a later report is compared with.
    pub fn before(&self, number: u32, version: u64) -> Option<Shown> {
        self.0.range(..number).rev().find_map(|(_, report)| {
            let known = |submission: &&ReportSubmission| submission.recorded_version <= version;
            report.submissions.iter().rev().find(known).map(|submission| submission.shows)
        })
    }
}

impl ReportFacts {
    /// The submission that was handed in last.
    pub fn latest(&self) -> Option<&ReportSubmission> {
        self.submissions.last()
    }

    /// Nothing where nothing was handed in.
    pub fn status(&self) -> Option<ReportStatus> {
        let latest = self.latest()?;
        Some(if self.approved.is_some() {
            ReportStatus::Approved
        } else if latest.clarifications.is_empty() {
            ReportStatus::Submitted
        } else {
            ReportStatus::ClarificationRequested
        })
    }

    /// The number that the next submission gets.
    pub fn next_submission(&self) -> u32 {
        let highest = self.submissions.iter().map(|submission| submission.submission).max();
        highest.unwrap_or(0).saturating_add(1)
    }
}

impl Shown {
    pub fn of(data: &AnnualReportSubmitted) -> Self {
        Self { number: data.number, from: data.from, to: data.to, version: data.version }
    }

    /// Whether a day is within the period.
    pub fn has(&self, day: Date) -> bool {
        self.from <= day && day <= self.to
    }
}

impl Said {
    fn of(recorded: &Recorded) -> Self {
        Self {
            event_id: recorded.id,
            on: recorded.occurred_on,
            recorded_at: recorded.recorded_at,
            by_lead: recorded.actor.part.is_lead(),
        }
    }
}
