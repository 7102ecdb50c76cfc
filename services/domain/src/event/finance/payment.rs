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
    pub amount: Cents,
    /// Reference of the bank order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<ShortText>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// The partner has got what was sent to it.
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
    pub amount: Cents,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
    /// The correction that it follows from, by the id of its event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correction: Option<EventId>,
    pub reason: LocalizedText,
    /// The order; at least one document.
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
    pub amount: Cents,
    /// Reference of the bank statement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<ShortText>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}
