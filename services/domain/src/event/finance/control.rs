//! Control: the claim looked at line by line (Regulation (EU) 2021/1059, Article 46).

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::event::evidence::Evidence;
use crate::ids::{EventId, PartnerNumber};
use crate::list::{AtMost, CLAIM_LINES_MAX, DEDUCTIONS_MAX, EVIDENCE_MAX};
use crate::money::{Cents, Share};
use crate::text::{LocalizedText, ShortText};
use crate::typology::TypologyCode;

/// The controller begins with a claim. `completed` has the lines of the sample, as the rule and the
/// seed draw them; anybody can draw them again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ControlStarted {
    pub claim: u32,
    pub method: ControlMethod,
    pub sample: Sample,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ControlMethod {
    Administrative,
    OnTheSpot,
    Both,
}

/// Which lines are looked at in full.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Sample {
    pub rule: SampleRule,
    /// With `random`: what the draw depends on. The lines with the smallest SHA-256 of the seed, a line
    /// feed and the id of the line in lower case are drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<ShortText>,
    /// With `random`: how much of the number of lines is drawn, rounded up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<Share>,
    /// With `random`: lines of so much euro or more are in the sample whatever is drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<Cents>,
    /// With `chosen`: the lines.
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub lines: AtMost<CLAIM_LINES_MAX, EventId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SampleRule {
    /// Every line of the claim.
    All,
    /// Drawn by the seed.
    Random,
    /// As the controller judged the risk.
    Chosen,
}

/// What the controller makes of a line of a claim under control, in euro: certified, deducted and
/// parked together are what the claim declares of it. Said once more while control is open, the
/// newest counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LineVerified {
    pub line: EventId,
    pub certified: Cents,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub deductions: AtMost<DEDUCTIONS_MAX, Deduction>,
    /// Not ruled on yet; it can be taken up again in a later claim.
    pub parked: Cents,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<LocalizedText>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// What is not certified, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Deduction {
    /// In euro.
    pub amount: Cents,
    /// Code of the Commission's typology of errors.
    pub typology: TypologyCode,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<LocalizedText>,
}

/// What was parked of a line is free for a later claim. It keeps its euro, which are of the rate of
/// its first submission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LineUnparked {
    pub line: EventId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<LocalizedText>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// Control of a claim is done. Only when every line of it balances.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ControlClosed {
    pub claim: u32,
    pub conclusion: LocalizedText,
    /// Reference of the certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<ShortText>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// The controller was on the spot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VisitRecorded {
    pub place: LocalizedText,
    /// First day of the visit.
    pub from: Date,
    /// Last day of the visit.
    pub to: Date,
    /// The partner that was visited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<PartnerNumber>,
    /// The claim that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<u32>,
    /// What was looked at.
    pub focus: LocalizedText,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<LocalizedText>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}
