//! Outputs that were achieved, and what is now expected of an item.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::code::{Code, OutputCode};
use crate::event::evidence::Evidence;
use crate::list::{AtMost, EVIDENCE_MAX};
use crate::text::LocalizedText;

/// Some of what an output counts is there: so many more than before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OutputAchieved {
    pub code: OutputCode,
    /// How many were achieved, in the output's unit; negative where fewer are there than were
    /// counted.
    pub quantity: i32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<LocalizedText>,
    /// Why fewer are there; needed where the quantity is negative.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<LocalizedText>,
    /// At least one document that shows what was achieved.
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// An activity, a deliverable or an output is now expected by another day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ForecastChanged {
    /// Of an activity, a deliverable or an output.
    pub code: Code,
    /// The day by which it is now expected.
    pub date: Date,
    pub reason: LocalizedText,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}
