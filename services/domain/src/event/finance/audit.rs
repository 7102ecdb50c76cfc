//! Audits after control, their findings, and corrections of what was certified.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::event::evidence::Evidence;
use crate::ids::EventId;
use crate::list::{AtMost, CLAIM_LINES_MAX, EVIDENCE_MAX, LINES_MAX};
use crate::money::Cents;
use crate::text::{LocalizedText, ShortText};
use crate::typology::TypologyCode;

/// An audit begins. Named by the event's id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AuditOpened {
    pub reference: ShortText,
    pub body: AuditBody,
    /// What is looked at.
    pub scope: LocalizedText,
    /// First and last day on the spot, where they are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Date>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuditBody {
    AuditAuthority,
    ManagingAuthority,
    Commission,
    CourtOfAuditors,
    AntiFraudOffice,
    NationalAuthority,
    Other,
}

/// What an audit found. Named by the event's id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FindingRecorded {
    /// Id of the event that opened the audit.
    pub audit: EventId,
    /// The number in the report of the audit.
    pub number: ShortText,
    /// Lines of one partner.
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub lines: AtMost<LINES_MAX, EventId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typology: Option<TypologyCode>,
    pub text: LocalizedText,
    /// What is at stake, in euro.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Cents>,
    /// The day by which an answer is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// What control had certified is taken off again, line by line: certified falls and deducted rises,
/// and the flat rates with them. Named by the event's id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CorrectionImposed {
    /// Id of the event that recorded the finding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<EventId>,
    pub corrections: AtMost<CLAIM_LINES_MAX, LineCorrection>,
    pub reason: LocalizedText,
    /// The decision; at least one document.
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// What is taken off one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LineCorrection {
    pub line: EventId,
    /// In euro, of the sign of the line.
    pub amount: Cents,
    /// Code of the Commission's typology of errors.
    pub typology: TypologyCode,
}

/// An audit is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AuditClosed {
    /// Id of the event that opened it.
    pub audit: EventId,
    pub conclusion: LocalizedText,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}
