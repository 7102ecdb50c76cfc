//! The annual progress report: handed in, asked about, approved.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::event::evidence::Evidence;
use crate::list::{AtMost, EVIDENCE_MAX};
use crate::text::LocalizedText;

/// The lead partner hands in an annual progress report. Its document is computed by Cairn from the
/// project as it was at `version`; `completed` keeps the SHA-256 of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AnnualReportSubmitted {
    /// Reports are numbered from 1; one that is handed in again keeps its number.
    #[schemars(range(min = 1, max = 99))]
    pub number: u32,
    /// First day of the period that is reported on.
    pub from: Date,
    /// Last day of the period; lateness in the report is that of this day.
    pub to: Date,
    /// The version of the project, which is the number of its last event, that the report shows.
    #[schemars(range(min = 1, max = 9_007_199_254_740_991_u64))]
    pub version: u64,
    /// What the lead partner says of the year, beside the figures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<LocalizedText>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// The programme asks about the report that was handed in last under a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AnnualReportClarificationRequested {
    #[schemars(range(min = 1, max = 99))]
    pub number: u32,
    /// What is to be made clear.
    pub text: LocalizedText,
    /// The day by which the report is to be handed in again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
    /// The letter of the programme; at least one document.
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// The programme approves the report that was handed in last under a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AnnualReportApproved {
    #[schemars(range(min = 1, max = 99))]
    pub number: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<LocalizedText>,
    /// The letter of the programme; at least one document.
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}
