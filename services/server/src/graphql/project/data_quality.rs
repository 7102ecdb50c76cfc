//! What is missing, stale or late in the records.

use std::sync::Arc;

use async_graphql::{Enum, Object, Result, SimpleObject};
use cairn_domain::ids::PartnerNumber;
use cairn_domain::view::data_quality as view;

use super::Reading;
use crate::graphql::connection::{self, Page};
use crate::graphql::values::{Code, Date};

/// What is the matter with an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "view::Kind")]
pub enum DataQualityKind {
    /// A deliverable was accepted on linked documents of which none has a hash.
    AcceptedOnLinksWithoutHash,
    /// A deliverable or an activity is past its day, and no later day is forecast.
    OverdueWithoutForecast,
    /// Nothing was reported of an activity under way for more than 90 days.
    ActivityWithoutReport,
    /// The first day of an activity is past, and it was not reported as started.
    ActivityNotStarted,
    /// The day of a milestone is past, and it was not said whether it was met.
    MilestoneWithoutDecision,
    /// A deliverable was returned more than 30 days ago and not handed in again.
    ReturnedNotMended,
    /// A submission has waited for its review for more than 14 days.
    ReviewWaiting,
    /// The newest value of an indicator has waited for more than 30 days to be validated.
    IndicatorNotValidated,
    /// A question has had no answer for more than 14 days.
    QuestionUnanswered,
    /// The day on which a risk was to be looked at again is past.
    RiskReviewMissed,
    /// The code of what was reported or declared is not in the application form.
    CodeNotInForm,
    /// An expenditure line names neither an activity nor a deliverable.
    LineNotLinked,
    /// An expenditure line is not paid in full more than 90 days after its document.
    LineUnpaid,
    /// A payment has neither a reference nor a document.
    PaymentWithoutProof,
}

/// An item with which something is the matter.
#[derive(Clone, Debug, SimpleObject)]
pub struct DataQualityFinding {
    /// What is the matter.
    pub kind: DataQualityKind,
    /// The code of the plan that it belongs to, such as `D 4.1.2`.
    pub code: Option<Code>,
    /// Number of the milestone, where it is one.
    pub milestone: Option<u32>,
    /// Event id of the question, risk, report of an indicator or expenditure line, where it is one.
    pub event_id: Option<String>,
    /// Number of the partner that mends it.
    pub partner: Option<u32>,
    /// The day since which it is so.
    pub since: Option<Date>,
    /// What is the matter, and how to mend it.
    pub mend: &'static str,
}

/// How many findings there are of a kind.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct DataQualityCount {
    /// What is the matter.
    pub kind: DataQualityKind,
    /// How many.
    pub count: usize,
}

impl From<&view::Finding> for DataQualityFinding {
    fn from(finding: &view::Finding) -> Self {
        Self {
            kind: finding.kind.into(),
            code: finding.code.map(Code),
            milestone: finding.about.milestone(),
            event_id: finding.about.event().map(|id| id.to_string()),
            partner: finding.partner,
            since: finding.since.map(Date),
            mend: finding.kind.sentence(),
        }
    }
}

/// What is the matter in the records, as far as the caller may see it.
pub struct DataQuality {
    findings: view::Findings,
}

/// What is the matter in the records, as far as the caller may see it.
#[Object]
impl DataQuality {
    /// How many findings there are of each kind that there is any of.
    async fn counts(&self) -> Vec<DataQualityCount> {
        let counts = self.findings.counts().into_iter();
        counts.map(|(kind, count)| DataQualityCount { kind: kind.into(), count }).collect()
    }

    /// How many texts and reports were recorded more than 14 days after what they tell of, of all
    /// partners. That cannot be mended, only be done sooner.
    async fn recorded_late(&self) -> usize {
        self.findings.recorded_late
    }

    /// By kind, the oldest first.
    async fn findings(
        &self,
        first: Option<i32>,
        after: Option<String>,
    ) -> Option<Result<Page<DataQualityFinding>>> {
        let findings: Vec<_> = self.findings.findings.iter().collect();
        let name = |one: &&view::Finding| format!("{:?} {}", one.kind, one.about);
        Some(connection::page(findings, first, after, name, DataQualityFinding::from))
    }
}

pub struct Quality(pub(super) Arc<Reading>);

#[Object]
impl Quality {
    /// What is missing, stale or late in the records, and how to mend it. Findings about single
    /// expenditure lines and documents are those that the caller may see. Null to the public.
    ///
    /// `partner` is the number of the partner that mends it.
    async fn data_quality(
        &self,
        partner: Option<PartnerNumber>,
        kinds: Option<Vec<DataQualityKind>>,
    ) -> Option<DataQuality> {
        let reading = &self.0;
        let quality = || {
            let mut findings = view::findings(&reading.sources(), reading.today);
            findings.findings.retain(|finding| {
                partner.is_none_or(|number| finding.partner == Some(number))
                    && kinds.as_ref().is_none_or(|kinds| kinds.contains(&finding.kind.into()))
            });
            DataQuality { findings }
        };
        reading.reader.is_member().then(quality)
    }
}
