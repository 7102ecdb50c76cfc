//! What partners report to the lead partner between the claims.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::event::evidence::Evidence;
use crate::ids::EventId;
use crate::list::{AtMost, EVIDENCE_MAX};
use crate::text::LocalizedText;

/// A partner hands the lead partner its report of a period. Its figures are those that the ledger
/// has of the partner; the text says what they do not. One that is handed in again for the same
/// period takes the next number, which `completed` has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PartnerReportSubmitted {
    /// First day of the period.
    pub from: Date,
    /// Last day of the period.
    pub to: Date,
    pub text: LocalizedText,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// The lead partner gives a report back to be mended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PartnerReportReturned {
    /// Id of the event that handed it in.
    pub report: EventId,
    /// What is to be mended.
    pub remark: LocalizedText,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}
