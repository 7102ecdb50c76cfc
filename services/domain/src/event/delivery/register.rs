//! The register: risks, issues, decisions, and what was told to the public.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::event::evidence::Evidence;
use crate::ids::EventId;
use crate::list::{AtMost, CODES_MAX, EVIDENCE_MAX, LINKS_MAX, MILESTONES_MAX};
use crate::text::{LocalizedText, ShortText, Uri};

/// A partner sees something that may go wrong. The risk is named by the event's id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RiskRecorded {
    pub title: LocalizedText,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<LocalizedText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<RiskCategory>,
    /// How likely it is: 1 is hardly, 5 is almost certain.
    #[schemars(range(min = 1, max = 5))]
    pub probability: u32,
    /// How much it would do: 1 is hardly anything, 5 puts the project in question.
    #[schemars(range(min = 1, max = 5))]
    pub impact: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<RiskResponse>,
    /// What is done about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mitigation: Option<LocalizedText>,
    /// What it threatens.
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub codes: AtMost<CODES_MAX, Code>,
    /// The day by which it is looked at again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_on: Option<Date>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// What a risk is about.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum RiskCategory {
    Financial,
    Delivery,
    Partnership,
    Procurement,
    Legal,
    External,
    Technical,
}

/// How a risk is met.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum RiskResponse {
    Avoid,
    Reduce,
    Transfer,
    Accept,
}

/// A risk was looked at again. A closed risk stays closed; what comes back is a new risk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RiskReassessed {
    /// The event that recorded the risk.
    pub risk: EventId,
    #[schemars(range(min = 1, max = 5))]
    pub probability: u32,
    #[schemars(range(min = 1, max = 5))]
    pub impact: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<LocalizedText>,
    /// Whether it is over: it happened, or it can no longer happen.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub closed: bool,
    /// What is done about it from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mitigation: Option<LocalizedText>,
    /// The day by which it is looked at again; where nothing is said, a day that was set before
    /// and is still to come holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_on: Option<Date>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// Something has gone wrong and has to be settled. The issue is named by the event's id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IssueRaised {
    pub title: LocalizedText,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<LocalizedText>,
    pub severity: IssueSeverity,
    /// What it holds up.
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub codes: AtMost<CODES_MAX, Code>,
    /// The day by which it is to be settled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum IssueSeverity {
    Low,
    Medium,
    High,
}

/// An issue is settled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IssueResolved {
    /// The event that raised the issue.
    pub issue: EventId,
    /// How it was settled.
    pub resolution: LocalizedText,
    /// The day on which it was settled; the event's own day where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// Something was decided for the partnership. The decision is named by the event's id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DecisionTaken {
    pub title: LocalizedText,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<LocalizedText>,
    /// The day of the decision; the event's own day where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// Who decided, such as the steering committee.
    pub body: ShortText,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub codes: AtMost<CODES_MAX, Code>,
    /// Numbers of the milestones that it is about.
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub milestones: AtMost<MILESTONES_MAX, u32>,
    /// The event of an earlier decision that this one takes the place of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<EventId>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// The project was shown or told of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CommunicationLogged {
    pub title: LocalizedText,
    pub channel: Channel,
    /// Whom it was for.
    pub audience: LocalizedText,
    /// How many people it reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reach: Option<u32>,
    /// Whether it showed the emblem of the European Union (Regulation (EU) 2021/1060,
    /// Article 50).
    pub emblem_shown: bool,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub codes: AtMost<CODES_MAX, Code>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<LocalizedText>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub links: AtMost<LINKS_MAX, Uri>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// How the public was reached.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    Event,
    Press,
    Website,
    SocialMedia,
    Newsletter,
    Publication,
    Video,
    Other,
}
