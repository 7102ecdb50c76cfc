//! What partners bring: contributions, work and things in kind; and what the project earns.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::code::WorkPackageCode;
use crate::event::evidence::Evidence;
use crate::event::plan::application_form::ContributionKind;
use crate::list::{AtMost, EVIDENCE_MAX};
use crate::money::Cents;
use crate::text::{LocalizedText, ShortText};

/// Money for the partner's own share has come in. In euro.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ContributionReceived {
    /// Who gives it, as the application form names the source.
    pub source: ShortText,
    pub kind: ContributionKind,
    pub date: Date,
    /// Negative where some of it is given back.
    pub amount: Cents,
    /// Reference of the bank statement or order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<ShortText>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// Work, land, buildings, equipment or services are brought without payment (Regulation (EU)
/// 2021/1060, Article 67(1)). It is a part of the own share and no cost line. In euro.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InKindRecorded {
    /// Who gives it.
    pub source: ShortText,
    pub kind: ContributionKind,
    pub work_package: WorkPackageCode,
    pub from: Date,
    pub to: Date,
    pub value: Cents,
    /// What was brought, and how its value was found.
    pub text: LocalizedText,
    /// What shows it and its value; at least one document.
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// The project earns something. It is recorded and not netted: no cost is less for it. In euro.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RevenueRecorded {
    /// Who pays.
    pub source: ShortText,
    pub date: Date,
    pub amount: Cents,
    /// What it is for.
    pub text: LocalizedText,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}
