//! What is missing, stale or late in the records, and how to mend it.
//!
//! A reader is told of nothing that it may not see: single lines are named to their partner and to
//! those who check, and are counted for nobody else.

mod delivery;
mod money;
mod late;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::Sources;
use super::about::About;
use crate::code::Code;
use crate::ids::PartnerNumber;
use crate::period::days_between;

/// An activity under way is reported on at least this often.
pub const REPORT_EXPECTED_DAYS: i32 = 90;
/// What was returned is mended and handed in again within so many days.
pub const MENDED_DAYS: i32 = 30;
/// A submission is reviewed within so many days.
pub const REVIEW_EXPECTED_DAYS: i32 = 14;
/// The newest value of an indicator is validated within so many days.
pub const VALIDATION_EXPECTED_DAYS: i32 = 30;
/// A line is paid within so many days of its document.
pub const PAYMENT_EXPECTED_DAYS: i32 = 90;

/// What is the matter with an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    AcceptedOnLinksWithoutHash,
    OverdueWithoutForecast,
    ActivityWithoutReport,
    ActivityNotStarted,
    MilestoneWithoutDecision,
    ReturnedNotMended,
    ReviewWaiting,
    IndicatorNotValidated,
    QuestionUnanswered,
    RiskReviewMissed,
    CodeNotInForm,
    LineNotLinked,
    LineUnpaid,
    PaymentWithoutProof,
}

impl Kind {
    pub const ALL: &'static [Self] = &[
        Self::AcceptedOnLinksWithoutHash,
        Self::OverdueWithoutForecast,
        Self::ActivityWithoutReport,
        Self::ActivityNotStarted,
        Self::MilestoneWithoutDecision,
        Self::ReturnedNotMended,
        Self::ReviewWaiting,
        Self::IndicatorNotValidated,
        Self::QuestionUnanswered,
        Self::RiskReviewMissed,
        Self::CodeNotInForm,
        Self::LineNotLinked,
        Self::LineUnpaid,
        Self::PaymentWithoutProof,
    ];

    /// What is the matter, and how to mend it.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::AcceptedOnLinksWithoutHash => {
                "It was accepted on documents that are only linked, none with a SHA-256, so nobody \
                 can show later that they are the same. Hand it in again with the hash of each."
            }
            Self::OverdueWithoutForecast => {
                "It is past its day, and no later day is forecast. Say by when it is expected."
            }
            Self::ActivityWithoutReport => {
                "It is under way, and nothing was reported of it for more than 90 days. Report how \
                 far it is, or that it is completed."
            }
            Self::ActivityNotStarted => {
                "Its first day is past, and it was not reported as started. Report its start, or \
                 have the plan changed."
            }
            Self::MilestoneWithoutDecision => {
                "Its day is past, and it was not said whether it was met. The lead partner records \
                 what became of it."
            }
            Self::ReturnedNotMended => {
                "It was returned more than 30 days ago. Mend it and hand it in again."
            }
            Self::ReviewWaiting => {
                "It has waited for its review for more than 14 days. The lead partner accepts or \
                 returns it."
            }
            Self::IndicatorNotValidated => {
                "Its newest value has waited for more than 30 days. Another person than the one who \
                 reported it validates or corrects it."
            }
            Self::QuestionUnanswered => {
                "It has had no answer for more than 14 days. Answer it, if only with the day by \
                 which more is known."
            }
            Self::RiskReviewMissed => {
                "The day on which it was to be looked at again is past. Assess it again, or close \
                 it."
            }
            Self::CodeNotInForm => {
                "Its code is not in this application form, so nothing is planned for it. Record \
                 it under a code of the form, or have the form say what the code was before."
            }
            Self::LineNotLinked => {
                "It names neither an activity nor a deliverable, so nobody sees what it was for. \
                 Name one by `expenditure.amended`; a line in a submitted claim is reversed and \
                 declared anew."
            }
            Self::LineUnpaid => {
                "It is not paid in full more than 90 days after its document. Record the payment, \
                 or reverse it."
            }
            Self::PaymentWithoutProof => {
                "A payment of it has neither a reference nor a document. Lay the bank statement to \
                 it with `evidence.attached`."
            }
        }
    }
}

/// An item with which something is the matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub kind: Kind,
    pub about: About,
    /// The code of the plan that it belongs to, where it belongs to one.
    pub code: Option<Code>,
    /// The partner that mends it.
    pub partner: Option<PartnerNumber>,
    /// The day since which it is so; nothing where it cannot be said.
    pub since: Option<Date>,
}

/// What is the matter in a project, as far as one reader may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Findings {
    /// By kind, then by the day since which it is so, the oldest first.
    pub findings: Vec<Finding>,
    /// How many texts and reports were recorded more than 14 days after what they tell of. That
    /// cannot be mended.
    pub recorded_late: usize,
}

impl Findings {
    /// How many findings there are of each kind that there is any of.
    pub fn counts(&self) -> BTreeMap<Kind, usize> {
        let mut counts = BTreeMap::new();
        for finding in &self.findings {
            *counts.entry(finding.kind).or_insert(0) += 1;
        }
        counts
    }
}

/// What is the matter on a day.
pub fn findings(sources: &Sources<'_>, today: Date) -> Findings {
    let mut findings = delivery::findings(sources, today);
    findings.extend(money::findings(sources, today));
    findings.sort_by_key(|finding| (finding.kind, finding.since, finding.about));
    Findings { findings, recorded_late: late::count(sources, today) }
}

/// Whether something has lasted for more than so many days.
fn for_more_than(days: i32, since: Date, today: Date) -> bool {
    days_between(since, today) > days
}
