//! The reports of partners to the lead partner, and whose turn it is.

use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::FinanceRegister;
use crate::event::finance::partner_report::{PartnerReportReturned, PartnerReportSubmitted};
use crate::period::days_between;
use crate::project::Project;
use crate::project::finance::partner_report::{
    PartnerReportStatus, ReportFacts, Reported, Submission as Facts,
};
use crate::view::learning_log::Entry;

/// A report was handed in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Submission {
    pub entry: Entry,
    pub data: Arc<PartnerReportSubmitted>,
}

/// A report was given back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Return {
    pub entry: Entry,
    pub data: Arc<PartnerReportReturned>,
}

/// A report on one day.
#[derive(Clone, Debug)]
pub struct ReportReading<'a> {
    pub reported: Reported,
    pub status: PartnerReportStatus,
    pub turn: Turn,
    /// Days since that one's turn began; nothing where nobody has to act.
    pub waiting_days: Option<u32>,
    /// In the order in which they were recorded.
    pub submissions: Vec<SubmissionReading<'a>>,
}

/// Who has to act next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Turn {
    /// The partner: to hand the report in again.
    Partner,
    /// What was handed in stands unless the lead gives it back.
    Nobody,
}

/// One submission of a report, and how it was given back.
#[derive(Clone, Debug)]
pub struct SubmissionReading<'a> {
    /// Counts from 1 in each report.
    pub submission: u32,
    pub submitted: &'a Submission,
    pub returned: Option<&'a Return>,
}

impl FinanceRegister {
    pub(super) fn submit_report(&mut self, entry: Entry, data: &Arc<PartnerReportSubmitted>) {
        let submission = Submission { entry, data: Arc::clone(data) };
        self.submissions.insert(submission.entry.id, Arc::new(submission));
    }

    pub(super) fn return_report(&mut self, entry: Entry, data: &Arc<PartnerReportReturned>) {
        let returned = Return { entry, data: Arc::clone(data) };
        self.returns.insert(returned.entry.id, Arc::new(returned));
    }

    /// The reports that were handed in, those of the latest periods first; of one period by
    /// partner.
    pub fn partner_reports<'a>(
        &'a self,
        project: &'a Project,
        today: Date,
    ) -> Vec<ReportReading<'a>> {
        let all = project.finance.partner_reports.all();
        let mut reports: Vec<_> =
            all.filter_map(|(reported, facts)| self.report(reported, facts, today)).collect();
        reports.sort_by_key(|report| (std::cmp::Reverse(report.reported.to), report.reported));
        reports
    }

    fn report<'a>(
        &'a self,
        reported: Reported,
        facts: &'a ReportFacts,
        today: Date,
    ) -> Option<ReportReading<'a>> {
        let returned_on = facts.latest()?.returned.map(|(_, day)| day);
        Some(ReportReading {
            reported,
            status: facts.status()?,
            turn: if returned_on.is_some() { Turn::Partner } else { Turn::Nobody },
            waiting_days: returned_on.map(|day| days_between(day, today).max(0).unsigned_abs()),
            submissions: facts.submissions.iter().filter_map(|one| self.submission(one)).collect(),
        })
    }

    fn submission<'a>(&'a self, facts: &Facts) -> Option<SubmissionReading<'a>> {
        let returned = facts.returned.and_then(|(event, _)| self.returns.get(&event));
        Some(SubmissionReading {
            submission: facts.submission,
            submitted: self.submissions.get(&facts.event_id)?,
            returned: returned.map(|one| &**one),
        })
    }
}
