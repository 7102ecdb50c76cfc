//! Finance: costs as partners declare, pay and reverse them.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::code::{ActivityCode, DeliverableCode, WorkPackageCode};
use crate::event::evidence::Evidence;
use crate::event::family;
use crate::event::plan::application_form::Category;
use crate::ids::EventId;
use crate::list::{AtMost, EVIDENCE_MAX};
use crate::money::{Cents, Currency, Share};
use crate::text::{LocalizedText, ShortText};

family! {
    /// What it cost.
    Finance, FinanceType {
        ExpenditureDeclared(ExpenditureDeclared) = "expenditure.declared" v 1,
        ExpenditurePaid(ExpenditurePaid) = "expenditure.paid" v 1,
        ExpenditureReversed(ExpenditureReversed) = "expenditure.reversed" v 1,
    }
}

/// An expenditure line. Amounts are in `currency`, the currency of the document. `occurredon`
/// is the date of the invoice or of the payroll. The line is named by the event's id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExpenditureDeclared {
    pub category: Category,
    pub work_package: WorkPackageCode,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activity: Option<ActivityCode>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deliverable: Option<DeliverableCode>,
    /// Reference of the contract with the supplier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<ShortText>,
    /// First day on which the cost was incurred.
    pub incurred_from: Date,
    /// Last day on which the cost was incurred.
    pub incurred_to: Date,
    pub document: Document,
    pub net: Cents,
    pub vat: Cents,
    /// The part of the VAT that the partner gets back, an amount.
    pub vat_recoverable: Cents,
    /// VAT that the partner assesses itself and pays to the state (reverse charge).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub self_assessed_vat: Option<Cents>,
    /// Share of the document that belongs to the project.
    pub share: Share,
    /// What is declared: at most (net + VAT − recoverable VAT) × share.
    pub declared: Cents,
    pub currency: Currency,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<LocalizedText>,
    /// The line that a credit note lowers. A credit note is negative.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<EventId>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// The document that a line stands on.
#[derive(
    Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Document {
    Invoice(Invoice),
    Payroll(Payroll),
    Travel(Reference),
    Internal(Reference),
}

#[derive(
    Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Invoice {
    pub number: ShortText,
    pub date: Date,
    pub supplier: ShortText,
    /// VAT or tax number of the supplier.
    pub tax_id: ShortText,
}

#[derive(
    Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Payroll {
    /// Reference of the payroll record; never a person's name.
    pub reference: ShortText,
    /// The month or months paid for, such as `2025-03`.
    pub period: ShortText,
    /// How the project's part of the working time was found.
    pub method: ShortText,
}

#[derive(
    Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Reference {
    pub reference: ShortText,
}

/// A line, or part of it, was paid. The amount is in the line's currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExpenditurePaid {
    pub line: EventId,
    pub date: Date,
    pub amount: Cents,
    /// Reference of the bank statement or order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<ShortText>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// A line is taken back in full.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExpenditureReversed {
    pub line: EventId,
    pub reason: LocalizedText,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}
