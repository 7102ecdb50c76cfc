//! Contracts with suppliers.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::event::evidence::Evidence;
use crate::list::{AtMost, EVIDENCE_MAX};
use crate::money::{Cents, Currency};
use crate::text::{LocalizedText, ShortText};

/// A partner has awarded a contract. Within its partner it is named by its reference, whatever the
/// case and spaces; lines name it in `contract`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ContractAwarded {
    pub reference: ShortText,
    pub title: LocalizedText,
    pub procedure: Procedure,
    /// Day of the last signature; `occurredon` is the same day.
    pub date: Date,
    /// First and last day of performance, where they are agreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Date>,
    /// What the partner owes at most, VAT included.
    pub value: Cents,
    pub currency: Currency,
    pub supplier: ShortText,
    /// VAT or tax number of the supplier.
    pub tax_id: ShortText,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// How the supplier was chosen (Directive 2014/24/EU, and below its thresholds).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Procedure {
    Direct,
    Quotes,
    Open,
    Restricted,
    Negotiated,
    CompetitiveDialogue,
    DesignContest,
    Framework,
    InHouse,
    Other,
}

/// A contract is changed. What is not named stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ContractAmended {
    /// Reference of the contract.
    pub contract: ShortText,
    pub date: Date,
    /// What the partner owes at most from now on, VAT included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Cents>,
    /// Last day of performance from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Date>,
    pub reason: LocalizedText,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// A contract is done or ended: nothing more is owed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ContractClosed {
    /// Reference of the contract.
    pub contract: ShortText,
    pub date: Date,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<LocalizedText>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// A supplier passes a part of a contract on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SubcontractRecorded {
    /// Reference of the contract.
    pub contract: ShortText,
    pub subcontractor: ShortText,
    /// VAT or tax number of the subcontractor.
    pub tax_id: ShortText,
    pub title: LocalizedText,
    pub date: Date,
    /// VAT included, in the contract's currency.
    pub value: Cents,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}
