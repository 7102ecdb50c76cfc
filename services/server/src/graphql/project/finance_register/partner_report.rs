//! The reports of partners to the lead partner.

use async_graphql::{Enum, InputObject, SimpleObject};
use cairn_domain::project::finance::partner_report;
use cairn_domain::view::finance_register::partner_report::{self as view, ReportReading};

use crate::graphql::evidence::Evidence;
use crate::graphql::project::Reading;
use crate::graphql::project::learning::entry::Entry;
use crate::graphql::values::{Date, LocalizedText};

/// Where a partner's report stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "partner_report::PartnerReportStatus")]
pub enum PartnerReportStatus {
    /// Handed in, and not given back.
    Submitted,
    /// Given back to be mended.
    Returned,
}

/// Who has to act next for a partner's report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "view::Turn")]
pub enum PartnerReportTurn {
    /// The partner: to hand the report in again.
    Partner,
    /// What was handed in stands unless the lead gives it back.
    Nobody,
}

/// Which reports are wanted: those that fit all that is said.
#[derive(Clone, Copy, Debug, Default, InputObject)]
pub struct PartnerReportFilter {
    /// Number of the partner that reports.
    pub partner: Option<u32>,
    /// Where it stands.
    pub status: Option<PartnerReportStatus>,
}

impl PartnerReportFilter {
    pub(super) fn fits(&self, report: &ReportReading) -> bool {
        self.partner.is_none_or(|number| report.reported.partner == number)
            && self.status.is_none_or(|status| status == report.status.into())
    }
}

/// What a partner reports of a period to the lead partner.
#[derive(Clone, Debug, SimpleObject)]
pub struct PartnerReport {
    /// Number of the partner.
    pub partner: u32,
    /// First day of the period.
    pub from: Date,
    /// Last day of the period.
    pub to: Date,
    /// Where it stands.
    pub status: PartnerReportStatus,
    /// Who has to act next.
    pub who_must_act: PartnerReportTurn,
    /// Days since that one's turn began; null where nobody has to act.
    pub days_waiting: Option<u32>,
    /// In the order in which they were recorded.
    pub submissions: Vec<PartnerReportSubmission>,
}

/// A submission of a partner's report. `eventId` names it in postings.
#[derive(Clone, Debug, SimpleObject)]
pub struct PartnerReportSubmission {
    #[graphql(flatten)]
    pub entry: Entry,
    /// Counts from 1 in each report.
    pub submission: u32,
    /// What the figures of the ledger do not say.
    pub text: LocalizedText,
    /// Documents of the report.
    pub evidence: Vec<Evidence>,
    /// How it was given back; null where it was not.
    pub returned: Option<PartnerReportReturn>,
}

/// The lead partner gave a report back.
#[derive(Clone, Debug, SimpleObject)]
pub struct PartnerReportReturn {
    #[graphql(flatten)]
    pub entry: Entry,
    /// What is to be mended.
    pub remark: LocalizedText,
    /// Documents behind it.
    pub evidence: Vec<Evidence>,
}

impl PartnerReport {
    /// Whether the report may be seen is judged by who makes this.
    pub(super) fn of(reading: &Reading, report: &ReportReading) -> Self {
        let submissions = report.submissions.iter();
        Self {
            partner: report.reported.partner,
            from: Date(report.reported.from),
            to: Date(report.reported.to),
            status: report.status.into(),
            who_must_act: report.turn.into(),
            days_waiting: report.waiting_days,
            submissions: submissions.map(|one| PartnerReportSubmission::of(reading, one)).collect(),
        }
    }
}

impl PartnerReportSubmission {
    fn of(reading: &Reading, one: &view::SubmissionReading) -> Self {
        Self {
            entry: Entry::of(reading, &one.submitted.entry),
            submission: one.submission,
            text: LocalizedText(one.submitted.data.text.clone()),
            evidence: Evidence::all(&one.submitted.data.evidence),
            returned: one.returned.map(|returned| PartnerReportReturn {
                entry: Entry::of(reading, &returned.entry),
                remark: LocalizedText(returned.data.remark.clone()),
                evidence: Evidence::all(&returned.data.evidence),
            }),
        }
    }
}
