//! Values of indicators: reported for a period, validated by another person, corrected.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::event::evidence::Evidence;
use crate::ids::EventId;
use crate::list::{AtMost, EVIDENCE_MAX, GROUPS_MAX};
use crate::quantity::Quantity;
use crate::text::{LocalizedText, ShortText};

/// The value of an indicator in a period, as a partner counted or measured it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IndicatorReported {
    /// The programme's code, such as `RCO 76`.
    pub code: ShortText,
    /// First day of the period.
    pub from: Date,
    /// Last day of the period.
    pub to: Date,
    /// In the indicator's unit; a decimal string.
    pub value: Quantity,
    /// The groups that the value is made of.
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub disaggregation: AtMost<GROUPS_MAX, Group>,
    /// How it was counted or measured.
    pub method: LocalizedText,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<LocalizedText>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// The part of a value that one group has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Group {
    /// The group, such as `women`.
    pub by: ShortText,
    /// In the indicator's unit; a decimal string.
    pub value: Quantity,
}

/// The lead partner has looked at the newest value of a report and found it right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IndicatorValidated {
    /// The id of the event that reported the value.
    pub report: EventId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<LocalizedText>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// A reported value was wrong. What was said before stays visible.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IndicatorCorrected {
    /// The id of the event that reported the value, also where it was corrected before.
    pub report: EventId,
    /// The whole value as it should have been; a decimal string.
    pub value: Quantity,
    /// The groups that the value is made of.
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub disaggregation: AtMost<GROUPS_MAX, Group>,
    /// What was wrong.
    pub reason: LocalizedText,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}
