//! Milestones that were not met, or not wholly, and the reviews that follow a milestone.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::event::evidence::Evidence;
use crate::ids::PartnerNumber;
use crate::list::{ACTIONS_MAX, AtMost, EVIDENCE_MAX, MILESTONES_MAX};
use crate::text::LocalizedText;

/// A milestone of the Monitoring Plan was met in part or missed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MilestoneNotMet {
    #[schemars(range(min = 1, max = 999))]
    pub number: u32,
    /// The day of which this is said; the event's own day where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// What is missing, and why.
    pub reason: LocalizedText,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// The partnership has looked back at milestones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MilestoneReviewHeld {
    pub date: Date,
    /// The numbers of the milestones that were looked at.
    pub milestones: AtMost<MILESTONES_MAX, u32>,
    pub conclusions: LocalizedText,
    /// What is to be done now.
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub actions: AtMost<ACTIONS_MAX, ReviewAction>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// Something that a review leaves to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReviewAction {
    pub text: LocalizedText,
    /// Number of the partner that does it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<PartnerNumber>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
}
