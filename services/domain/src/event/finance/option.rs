//! Simplified costs: lump sums and unit costs, for which a result is shown and no cost record
//! (Regulation (EU) 2021/1060, Article 53(1), points (b) and (c)).

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::code::{ActivityCode, WorkPackageCode};
use crate::event::evidence::Evidence;
use crate::list::{AtMost, EVIDENCE_MAX, POINTS_MAX};
use crate::quantity::Quantity;
use crate::text::{LocalizedText, ShortText};

/// What a lump sum is paid for was achieved. It counts as declared in full at its partner and work
/// package, by the form in force on that day; `completed` keeps the amount. Named by the event's id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LumpSumTriggered {
    /// The option, as the application form names it.
    pub option: ShortText,
    pub work_package: WorkPackageCode,
    /// The conditions of the form that are met, in the form's words.
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub conditions: AtMost<POINTS_MAX, ShortText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<LocalizedText>,
    /// What shows the result; at least one document.
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// Units of a unit cost were done. They count as units × the amount of one, rounded down, by the
/// form in force on that day; `completed` keeps the amount. Named by the event's id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UnitCostClaimed {
    /// The option, as the application form names it.
    pub option: ShortText,
    pub work_package: WorkPackageCode,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activity: Option<ActivityCode>,
    pub units: Quantity,
    /// First day on which they were done.
    pub from: Date,
    pub to: Date,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<LocalizedText>,
    /// What shows the units; at least one document.
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}
