//! Changes of the project: small ones are notified, large ones are asked for and decided on.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::code::{Code, WorkPackageCode};
use crate::event::evidence::Evidence;
use crate::event::plan::application_form::Category;
use crate::ids::PartnerNumber;
use crate::list::{AtMost, CODES_MAX, EVIDENCE_MAX, FORM_ITEMS_MAX};
use crate::money::Cents;
use crate::text::LocalizedText;

/// A change is notified to the programme, or the programme is asked for it. Amounts in euro.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeProposed {
    /// Changes are numbered through, whatever their class.
    #[schemars(range(min = 1, max = 999))]
    pub number: u32,
    pub class: ChangeClass,
    pub title: LocalizedText,
    /// What changes, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<LocalizedText>,
    /// The items of the plan that change.
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub codes: AtMost<CODES_MAX, Code>,
    /// What is shifted in the budget.
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub deltas: AtMost<FORM_ITEMS_MAX, BudgetDelta>,
    /// By how much the contract's total changes; the deltas sum to it. Nothing where it stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_delta: Option<Cents>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// How far a change goes.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ChangeClass {
    /// Within what the partnership may decide itself.
    Minor,
    /// Of names, accounts and the like, without money.
    Technical,
    /// Only with the programme's approval.
    Major,
}

/// More or less money for one cell of the budget.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BudgetDelta {
    pub partner: PartnerNumber,
    pub work_package: WorkPackageCode,
    pub category: Category,
    /// Negative where the cell gives money away.
    pub amount: Cents,
}

/// What came of a change that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeDecided {
    #[schemars(range(min = 1, max = 999))]
    pub number: u32,
    pub outcome: ChangeOutcome,
    /// Day of the decision; the event's own day where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<LocalizedText>,
    /// The letter; not needed where the lead takes the change back.
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ChangeOutcome {
    Approved,
    /// Otherwise than asked for; the next form says how.
    ApprovedInPart,
    Rejected,
    /// The lead took the change back, also one that was only notified.
    Withdrawn,
}
