//! Plan: the project, its partners and members, the contract, the application form, rates.

pub mod amendment;
pub mod application_form;
pub mod change;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::event::evidence::Evidence;
use crate::event::family;
use crate::ids::{Country, Language, PartnerNumber, Subject};
use crate::list::{AtMost, CODES_MAX, EVIDENCE_MAX, INSTALMENTS_MAX, POINTS_MAX, RATES_MAX};
use crate::money::{Cents, Currency, Rate, Share};
use crate::period::{Month, ZoneName};
use crate::text::{LANGUAGES_MAX, LocalizedText, ShortText, Uri};
use amendment::{PartnerChanged, PartnerWithdrawn, SubsidyContractAmended};
use application_form::ApplicationFormApproved;
use change::{ChangeDecided, ChangeProposed};

family! {
    /// What is agreed: who takes part, what is planned, by which rules money is counted.
    Plan, PlanType {
        ProjectRegistered(ProjectRegistered) = "project.registered" v 1,
        SubsidyContractSigned(SubsidyContractSigned) = "subsidy_contract.signed" v 1,
        SubsidyContractAmended(SubsidyContractAmended) = "subsidy_contract.amended" v 1,
        PartnerJoined(PartnerJoined) = "partner.joined" v 1,
        PartnerChanged(PartnerChanged) = "partner.changed" v 1,
        PartnerWithdrawn(PartnerWithdrawn) = "partner.withdrawn" v 1,
        MemberGranted(MemberGranted) = "member.granted" v 1,
        MemberRevoked(MemberRevoked) = "member.revoked" v 1,
        ApplicationFormApproved(ApplicationFormApproved) = "application_form.approved" v 1,
        ChangeNotified(ChangeProposed) = "change.notified" v 1,
        ChangeRequested(ChangeProposed) = "change.requested" v 1,
        ChangeDecided(ChangeDecided) = "change.decided" v 1,
        RatePolicySet(RatePolicySet) = "rate_policy.set" v 1,
        ExchangeRatesImported(ExchangeRatesImported) = "exchange_rates.imported" v 1,
        MilestonePlanned(MilestonePlanned) = "milestone.planned" v 1,
    }
}

/// A project begins. Posted by the operator through `cairn import`, once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProjectRegistered {
    /// For display, such as `CARE-GET`; the key in the path is another thing.
    pub acronym: ShortText,
    pub titles: LocalizedText,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<LocalizedText>,
    pub programme: ShortText,
    pub call: ShortText,
    pub start: Date,
    pub end: Date,
    /// Last day on which costs of thematic work packages can be incurred.
    pub thematic_end: Date,
    pub time_zone: ZoneName,
    pub languages: AtMost<LANGUAGES_MAX, Language>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub website: Option<Uri>,
    /// What the project sets out to mend.
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub challenges: AtMost<POINTS_MAX, ProjectFact>,
    /// How it means to.
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub solutions: AtMost<POINTS_MAX, ProjectFact>,
    /// Share of the budget that may be shifted without a major change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shift_threshold: Option<Share>,
    /// Share of a claim by which control may differ before it is extended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub control_tolerance: Option<Share>,
    /// Full years that records are kept, from 31 December of the year of the last payment
    /// (Regulation (EU) 2021/1060, Article 82: five).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention_years: Option<u32>,
    /// What a transfer partner must show for its lump sum.
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub transfer_checklist: AtMost<POINTS_MAX, ShortText>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// A public fact of a project: a challenge or a solution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProjectFact {
    pub title: LocalizedText,
    pub text: LocalizedText,
}

/// The contract over the grant is signed. Amounts in euro.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SubsidyContractSigned {
    /// Day of the last signature, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
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
    /// Share of the total that may be shifted without a major change, where it is another one than
    /// that with which the project was registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shift_threshold: Option<Share>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TriggerBase {
    TotalBudget,
    Erdf,
}

/// What a partner is in the partnership.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum PartnerRole {
    Lead,
    Associated,
    Delivery,
    Transfer,
}

/// A partner is in the partnership from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PartnerJoined {
    #[schemars(range(min = 1, max = 999))]
    pub number: PartnerNumber,
    pub names: LocalizedText,
    pub abbreviation: ShortText,
    pub role: PartnerRole,
    pub country: Country,
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

/// Whether a partner gets its VAT back from the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum VatRecovery {
    None,
    Partial,
    Full,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LegalStatus {
    Public,
    PublicLaw,
    Private,
}

/// What a member may do: the role of its partner, or one of the four that have no partner.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Lead,
    Associated,
    Delivery,
    Transfer,
    Expert,
    Controller,
    Programme,
    Auditor,
}

/// A subject may act in the project from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MemberGranted {
    pub subject: Subject,
    /// The partner that the member belongs to; none for expert, controller, programme, auditor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<PartnerNumber>,
    pub role: Role,
    /// Last day of the membership.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// A subject may no longer act in this role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MemberRevoked {
    pub subject: Subject,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<PartnerNumber>,
    pub role: Role,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// By which rate a currency becomes euro, from a day on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RatePolicySet {
    pub currency: Currency,
    pub policy: RatePolicy,
    /// The irrevocable rate, units for one euro, neither shortened nor rounded
    /// (Council Regulation (EC) No 1103/97, Article 4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Rate>,
    pub valid_from: Date,
    pub legal_source: ShortText,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RatePolicy {
    /// The Commission's monthly accounting rate of the month in which the claim goes to control
    /// (Regulation (EU) 2021/1059, Article 38(5)).
    MonthlyOfSubmission,
    /// A fixed rate, once a state has taken the euro.
    Irrevocable,
}

/// The Commission's accounting rates of one month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExchangeRatesImported {
    #[schemars(range(min = 1999, max = 2999))]
    pub year: i16,
    #[schemars(range(min = 1, max = 12))]
    pub month: i8,
    pub rates: AtMost<RATES_MAX, CurrencyRate>,
    pub source: ShortText,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

impl ExchangeRatesImported {
    /// The month that the rates are of; nothing where the numbers are no month.
    pub fn period(&self) -> Option<Month> {
        Month::new(self.year, self.month)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CurrencyRate {
    pub currency: Currency,
    /// Units of the currency for one euro.
    pub value: Rate,
}

/// An entry of the Monitoring Plan. Not contractual; about two a year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MilestonePlanned {
    #[schemars(range(min = 1, max = 999))]
    pub number: u32,
    pub title: LocalizedText,
    /// The activities, deliverables and outputs that the milestone is built from.
    pub codes: AtMost<CODES_MAX, Code>,
    pub due: Date,
    /// Whether it takes the place of what was planned under this number before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub replaces: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub criteria: Option<LocalizedText>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

impl Role {
    pub const ALL: &'static [Self] = &[
        Self::Lead,
        Self::Associated,
        Self::Delivery,
        Self::Transfer,
        Self::Expert,
        Self::Controller,
        Self::Programme,
        Self::Auditor,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lead => "lead",
            Self::Associated => "associated",
            Self::Delivery => "delivery",
            Self::Transfer => "transfer",
            Self::Expert => "expert",
            Self::Controller => "controller",
            Self::Programme => "programme",
            Self::Auditor => "auditor",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.as_str() == text)
    }

    /// What the member's partner is; nothing for the four roles that have no partner.
    pub const fn of_partner(self) -> Option<PartnerRole> {
        match self {
            Self::Lead => Some(PartnerRole::Lead),
            Self::Associated => Some(PartnerRole::Associated),
            Self::Delivery => Some(PartnerRole::Delivery),
            Self::Transfer => Some(PartnerRole::Transfer),
            Self::Expert | Self::Controller | Self::Programme | Self::Auditor => None,
        }
    }
}
