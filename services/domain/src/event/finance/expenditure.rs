//! Expenditure lines: declared, paid, amended, checked by the lead, taken back; their documents.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::code::{ActivityCode, DeliverableCode, WorkPackageCode};
use crate::event::evidence::Evidence;
use crate::event::plan::application_form::Category;
use crate::ids::{EventId, Sha256};
use crate::list::{AtMost, EVIDENCE_MAX, REMOVED_MAX};
use crate::money::{Cents, Currency, Share};
use crate::text::{LocalizedText, ShortText, Uri};

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
    /// VAT that the partner assesses itself and pays to the state (reverse charge). It is in no
    /// figure by itself: what of it the project bears stands in `vat` too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub self_assessed_vat: Option<Cents>,
    /// Share of the document that belongs to the project.
    pub share: Share,
    /// What is declared: at most (net + VAT − recoverable VAT) × share.
    pub declared: Cents,
    pub currency: Currency,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<LocalizedText>,
    /// The partner's own number of the line, such as that of its accounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<ShortText>,
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

impl Document {
    /// Number of an invoice, otherwise the partner's own reference.
    pub fn reference(&self) -> &ShortText {
        match self {
            Self::Invoice(invoice) => &invoice.number,
            Self::Payroll(payroll) => &payroll.reference,
            Self::Travel(document) | Self::Internal(document) => &document.reference,
        }
    }

    /// The date that it bears, where it bears one.
    pub fn date(&self) -> Option<Date> {
        match self {
            Self::Invoice(invoice) => Some(invoice.date),
            Self::Payroll(_) | Self::Travel(_) | Self::Internal(_) => None,
        }
    }
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

/// Fields of a line are put right. What is not named stays; the line is judged by all rules once
/// more. `occurredon` is the day of the amendment; a line with another invoice date is of that day
/// from then on. A line in a submitted claim is not amended: it is reversed and declared anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExpenditureAmended {
    pub line: EventId,
    pub reason: LocalizedText,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub work_package: Option<WorkPackageCode>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activity: Option<ActivityCode>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deliverable: Option<DeliverableCode>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<ShortText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incurred_from: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incurred_to: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Document>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub net: Option<Cents>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat: Option<Cents>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_recoverable: Option<Cents>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub self_assessed_vat: Option<Cents>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<Share>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared: Option<Cents>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<LocalizedText>,
    /// Fields that the line has no more.
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub remove: AtMost<REMOVED_MAX, OptionalField>,
    /// Documents that come to those of the line.
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// A field that a line can do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum OptionalField {
    Activity,
    Deliverable,
    Contract,
    SelfAssessedVat,
    Text,
}

impl ExpenditureAmended {
    /// The line as it reads after the amendment.
    pub fn applied_to(&self, line: &ExpenditureDeclared) -> ExpenditureDeclared {
        let mut after = line.clone();
        fn put<T: Clone>(field: &mut T, new: &Option<T>) {
            if let Some(new) = new {
                field.clone_from(new);
            }
        }
        fn fill<T: Clone>(field: &mut Option<T>, new: &Option<T>) {
            if new.is_some() {
                field.clone_from(new);
            }
        }
        for field in &self.remove {
            match field {
                OptionalField::Activity => after.activity = None,
                OptionalField::Deliverable => after.deliverable = None,
                OptionalField::Contract => after.contract = None,
                OptionalField::SelfAssessedVat => after.self_assessed_vat = None,
                OptionalField::Text => after.text = None,
            }
        }
        put(&mut after.category, &self.category);
        put(&mut after.work_package, &self.work_package);
        fill(&mut after.activity, &self.activity);
        fill(&mut after.deliverable, &self.deliverable);
        fill(&mut after.contract, &self.contract);
        put(&mut after.incurred_from, &self.incurred_from);
        put(&mut after.incurred_to, &self.incurred_to);
        put(&mut after.document, &self.document);
        put(&mut after.net, &self.net);
        put(&mut after.vat, &self.vat);
        put(&mut after.vat_recoverable, &self.vat_recoverable);
        fill(&mut after.self_assessed_vat, &self.self_assessed_vat);
        put(&mut after.share, &self.share);
        put(&mut after.declared, &self.declared);
        put(&mut after.currency, &self.currency);
        fill(&mut after.text, &self.text);
        after
    }
}

/// The lead partner has looked at a line before it goes into a claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExpenditurePrechecked {
    pub line: EventId,
    pub result: Precheck,
    /// What is to be mended or made clear; mandatory with a query.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<LocalizedText>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Precheck {
    Ok,
    Query,
}

/// Documents are laid to what was recorded before, such as the bank statement of a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EvidenceAttached {
    /// Id of the event that they belong to: an expenditure line, a lump sum, a unit cost, or a
    /// payment of a line.
    pub target: EventId,
    /// At least one document.
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// A document takes the place of one that was laid down before. The old one stays in the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EvidenceSuperseded {
    /// Id of the event that the documents belong to, as in `evidence.attached`.
    pub target: EventId,
    pub superseded: SupersededDocument,
    pub reason: LocalizedText,
    /// The document that takes its place; at least one.
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// How a document that is replaced is named: by its hash, or by where it lies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum SupersededDocument {
    Sha256(Sha256),
    Uri(Uri),
}
