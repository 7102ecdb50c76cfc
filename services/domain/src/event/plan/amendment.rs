//! What changes in the contract and in the partnership.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::event::evidence::Evidence;
use crate::event::plan::{LegalStatus, SubsidyContractSigned, TriggerBase, VatRecovery};
use crate::ids::PartnerNumber;
use crate::list::{AtMost, EVIDENCE_MAX, INSTALMENTS_MAX};
use crate::money::{Cents, Currency, Share};
use crate::text::{LocalizedText, ShortText};

/// The contract over the grant is amended: all its amounts as they are from now on, in euro.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SubsidyContractAmended {
    /// Number of the amendment; they rise.
    #[schemars(range(min = 1, max = 999))]
    pub number: u32,
    /// Day of the last signature, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// What is amended, in a sentence.
    pub text: LocalizedText,
    pub total: Cents,
    pub erdf: Cents,
    /// Highest share of the total that the fund pays.
    pub rate: Share,
    /// Shares of the fund's instalments in their order; they sum to at most 1.
    pub payment_shares: AtMost<INSTALMENTS_MAX, Share>,
    /// Share of the base that must be reported before the second instalment.
    pub trigger_share: Share,
    /// What `triggerShare` is a share of; the total budget where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger_base: Option<TriggerBase>,
    /// Share of the total that may be shifted without a major change; as before where nothing is
    /// said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shift_threshold: Option<Share>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

impl SubsidyContractAmended {
    /// The contract as it is by this amendment.
    pub fn contract(&self) -> SubsidyContractSigned {
        SubsidyContractSigned {
            date: self.date,
            total: self.total,
            erdf: self.erdf,
            rate: self.rate,
            payment_shares: self.payment_shares.clone(),
            trigger_share: self.trigger_share,
            trigger_base: self.trigger_base,
            shift_threshold: self.shift_threshold,
            evidence: self.evidence.clone(),
        }
    }
}

/// A partner's particulars change: what is named here, and nothing else. Its role and its country
/// stay; another organisation is another partner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PartnerChanged {
    #[schemars(range(min = 1, max = 999))]
    pub number: PartnerNumber,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub names: Option<LocalizedText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abbreviation: Option<ShortText>,
    /// Region by the Union's classification of territorial units, such as `BG422`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nuts: Option<ShortText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<LocalizedText>,
    /// Currency of the partner's accounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_id: Option<ShortText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_recovery: Option<VatRecovery>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_status: Option<LegalStatus>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

impl PartnerChanged {
    /// Whether it names anything that changes.
    pub fn changes_nothing(&self) -> bool {
        self.names.is_none()
            && self.abbreviation.is_none()
            && self.nuts.is_none()
            && self.city.is_none()
            && self.currency.is_none()
            && self.vat_id.is_none()
            && self.vat_recovery.is_none()
            && self.legal_status.is_none()
    }
}

/// A partner leaves the partnership. What it did and spent until then stays and counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PartnerWithdrawn {
    #[schemars(range(min = 1, max = 999))]
    pub number: PartnerNumber,
    /// Its last day in the partnership.
    pub last_day: Date,
    pub reason: LocalizedText,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}
