//! Delivery: what was done and handed in, what stands in the way, and what was told of it.

pub mod register;
pub mod calendar;

pub mod output;
pub mod indicator;
pub mod milestone;
pub mod annual_report;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::code::{ActivityCode, Code, DeliverableCode};
use crate::event::evidence::Evidence;
use crate::event::family;
use crate::list::{AtMost, EVIDENCE_MAX, LINKS_MAX};
use crate::text::{LocalizedText, Uri};
use annual_report::{
    AnnualReportApproved, AnnualReportClarificationRequested, AnnualReportSubmitted,
};
use calendar::{CalendarFeedClosed, CalendarFeedOpened};
use indicator::{IndicatorCorrected, IndicatorReported, IndicatorValidated};
use milestone::{MilestoneNotMet, MilestoneReviewHeld};
use output::{ForecastChanged, OutputAchieved};
use register::{
    CommunicationLogged, DecisionTaken, IssueRaised, IssueResolved, RiskReassessed, RiskRecorded,
};

family! {
    /// What was done: activities, deliverables, outputs, indicators, milestones, annual progress
    /// reports; risks, issues, decisions and what was told to the public; calendar feeds.
    Delivery, DeliveryType {
        ActivityStarted(ActivityReport) = "activity.started" v 1,
        ActivityProgressReported(ActivityReport) = "activity.progress_reported" v 1,
        ActivityCompleted(ActivityReport) = "activity.completed" v 1,
        DeliverableSubmitted(DeliverableSubmitted) = "deliverable.submitted" v 1,
        DeliverableAccepted(DeliverableReviewed) = "deliverable.accepted" v 1,
        DeliverableReturned(DeliverableReviewed) = "deliverable.returned" v 1,
        DeliverableWithdrawn(DeliverableWithdrawn) = "deliverable.withdrawn" v 1,
        OutputAchieved(OutputAchieved) = "output.achieved" v 1,
        ForecastChanged(ForecastChanged) = "forecast.changed" v 1,
        IndicatorReported(IndicatorReported) = "indicator.reported" v 1,
        IndicatorValidated(IndicatorValidated) = "indicator.validated" v 1,
        IndicatorCorrected(IndicatorCorrected) = "indicator.corrected" v 1,
        MilestoneMet(MilestoneMet) = "milestone.met" v 1,
        MilestonePartiallyMet(MilestoneNotMet) = "milestone.partially_met" v 1,
        MilestoneMissed(MilestoneNotMet) = "milestone.missed" v 1,
        MilestoneReviewHeld(MilestoneReviewHeld) = "milestone_review.held" v 1,
        AnnualReportSubmitted(AnnualReportSubmitted) = "annual_report.submitted" v 1,
        AnnualReportClarificationRequested(AnnualReportClarificationRequested)
            = "annual_report.clarification_requested" v 1,
        AnnualReportApproved(AnnualReportApproved) = "annual_report.approved" v 1,
        RiskRecorded(RiskRecorded) = "risk.recorded" v 1,
        RiskReassessed(RiskReassessed) = "risk.reassessed" v 1,
        IssueRaised(IssueRaised) = "issue.raised" v 1,
        IssueResolved(IssueResolved) = "issue.resolved" v 1,
        DecisionTaken(DecisionTaken) = "decision.taken" v 1,
        CommunicationLogged(CommunicationLogged) = "communication.logged" v 1,
        CalendarFeedOpened(CalendarFeedOpened) = "calendar_feed.opened" v 1,
        CalendarFeedClosed(CalendarFeedClosed) = "calendar_feed.closed" v 1,
    }
}

impl Delivery {
    /// The one code that the event speaks of.
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::ActivityStarted(data)
            | Self::ActivityProgressReported(data)
            | Self::ActivityCompleted(data) => Some(data.code.into()),
            Self::DeliverableSubmitted(data) => Some(data.code.into()),
            Self::DeliverableAccepted(data) | Self::DeliverableReturned(data) => {
                Some(data.code.into())
            }
            Self::DeliverableWithdrawn(data) => Some(data.code.into()),
            Self::OutputAchieved(data) => Some(data.code.into()),
            Self::ForecastChanged(data) => Some(data.code),
            Self::IndicatorReported(_)
            | Self::IndicatorValidated(_)
            | Self::IndicatorCorrected(_)
            | Self::MilestoneMet(_)
            | Self::MilestonePartiallyMet(_)
            | Self::MilestoneMissed(_)
            | Self::MilestoneReviewHeld(_)
            | Self::AnnualReportSubmitted(_)
            | Self::AnnualReportClarificationRequested(_)
            | Self::AnnualReportApproved(_)
            | Self::RiskRecorded(_)
            | Self::RiskReassessed(_)
            | Self::IssueRaised(_)
            | Self::IssueResolved(_)
            | Self::DecisionTaken(_)
            | Self::CommunicationLogged(_) => None,
            Self::CalendarFeedOpened(_) | Self::CalendarFeedClosed(_) => None,
        }
    }
}

/// An activity started, went on or was completed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ActivityReport {
    pub code: ActivityCode,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<LocalizedText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<Progress>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problems: Option<LocalizedText>,
    /// The day by which the activity is now expected to end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forecast_end: Option<Date>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub links: AtMost<LINKS_MAX, Uri>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// How far an activity is, in the programme's three words.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    Not,
    Partly,
    Fully,
}

/// A deliverable is handed in. Its submissions are numbered by Cairn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeliverableSubmitted {
    pub code: DeliverableCode,
    pub title: LocalizedText,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<LocalizedText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<LocalizedText>,
    /// How many people took part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub participants: Option<u32>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub links: AtMost<LINKS_MAX, Uri>,
    /// At least one document that shows what was delivered.
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// The lead partner takes a submission or sends it back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeliverableReviewed {
    pub code: DeliverableCode,
    /// The number of the submission that was looked at.
    #[schemars(range(min = 1))]
    pub submission: u32,
    /// What was found; needed where the submission is sent back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<LocalizedText>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// A submission is taken back by who handed it in: the latest one, whose number Cairn fills in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeliverableWithdrawn {
    pub code: DeliverableCode,
    pub reason: LocalizedText,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// A milestone of the Monitoring Plan was reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MilestoneMet {
    #[schemars(range(min = 1, max = 999))]
    pub number: u32,
    /// The day on which it was met; the event's own day where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// Needed where a linked item is neither accepted nor completed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<LocalizedText>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}
