//! Questions of the controller, and their answers.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::event::evidence::Evidence;
use crate::ids::EventId;
use crate::list::{AtMost, EVIDENCE_MAX, LINES_MAX};
use crate::text::LocalizedText;

/// The controller asks about lines of a claim. The clock runs until the answer. Named by the event's
/// id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClarificationRequested {
    pub claim: u32,
    /// Lines of one partner, who answers; where none is named, the lead partner answers.
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub lines: AtMost<LINES_MAX, EventId>,
    /// The day by which an answer is due.
    pub due: Date,
    pub text: LocalizedText,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// The partner answers; the clock stands until it is asked again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClarificationAnswered {
    pub clarification: EventId,
    pub text: LocalizedText,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// The controller has what it asked for, or goes on without.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClarificationClosed {
    pub clarification: EventId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<LocalizedText>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}
