//! The money of the fund: in from the programme, on to the partners, and back. In euro.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::event::evidence::Evidence;
use crate::ids::{EventId, PartnerNumber};
use crate::list::{AtMost, EVIDENCE_MAX};
use crate::money::Cents;
use crate::text::{LocalizedText, ShortText};

/// The lead partner has got money of the fund.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PaymentReceived {
    /// Which instalment of the contract it belongs to, from 1.
    pub instalment: u32,
    pub date: Date,
    /// With a minus it takes back what was mistyped; the envelope's `reason` says why.
    pub amount: Cents,
    /// Reference of the bank statement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<ShortText>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// The lead partner has sent a partner its part. Named by the event's id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PaymentForwarded {
    pub partner: PartnerNumber,
    /// Which instalment of the contract it belongs to, from 1.
    pub instalment: u32,
    pub date: Date,
    /// With a minus it takes back what was mistyped; the envelope's `reason` says why.
    pub amount: Cents,
    /// Id of the event whose amount was mistyped; with a minus only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<EventId>,
    /// Reference of the bank order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<ShortText>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// The partner has got what was sent to it. Confirmed once more with another amount or date, the
/// newest counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PaymentConfirmed {
    /// Id of the event that sent it.
    pub payment: EventId,
    pub date: Date,
    /// What has come in.
    pub amount: Cents,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// Money of the fund is to be paid back. Named by the event's id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecoveryOrdered {
    pub partner: PartnerNumber,
    /// With a minus it takes back what was mistyped; the envelope's `reason` says why.
    pub amount: Cents,
    /// Id of the event whose amount was mistyped; with a minus only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<EventId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
    /// The correction that it follows from, by the id of its event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correction: Option<EventId>,
    pub reason: LocalizedText,
    /// The order; at least one document, but where a mistyped amount is taken back.
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// Money was paid back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecoveryRepaid {
    /// Id of the event that ordered it.
    pub recovery: EventId,
    pub date: Date,
    /// With a minus it takes back what was mistyped; the envelope's `reason` says why.
    pub amount: Cents,
    /// Reference of the bank statement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<ShortText>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}
