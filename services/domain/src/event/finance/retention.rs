//! How long records are kept (Regulation (EU) 2021/1060, Article 82).

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::event::evidence::Evidence;
use crate::ids::EventId;
use crate::list::{AtMost, EVIDENCE_MAX};
use crate::text::{LocalizedText, ShortText};

/// The time for which records are kept begins: on 31 December of the year of the last payment of the
/// fund. Recorded once more, the newest counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RetentionStarted {
    /// Day of the last payment of the fund to the lead partner.
    pub last_payment: Date,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// Records are kept until this is released, whatever else ends. Named by the event's id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HoldPlaced {
    /// Court or authority that asks for it, and its reference.
    pub authority: ShortText,
    pub reason: LocalizedText,
    /// The letter; at least one document.
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// What kept the records is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HoldReleased {
    /// Id of the event that placed it.
    pub hold: EventId,
    pub reason: LocalizedText,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}
