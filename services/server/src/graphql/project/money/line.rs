//! One expenditure line.

use async_graphql::{Enum, ID, Object, SimpleObject};
use cairn_domain::code::Code;
use cairn_domain::event::finance::expenditure::Document;
use cairn_domain::ids::ProjectKey;
use cairn_domain::view::budget_use::line::LineAnswer;

use super::{CostCategory, RatePolicy};
use crate::graphql::evidence::Evidence;
use crate::graphql::node;
use crate::graphql::project::Reading;
use crate::graphql::values::{Date, Decimal, LocalizedText};

/// Name of the type of lines in the schema.
const KIND: &str = "ExpenditureLine";

/// What sort of document a line stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum DocumentKind {
    Invoice,
    Payroll,
    /// A travel order.
    Travel,
    /// A document of the partner itself.
    Internal,
}

/// The document that a line stands on.
#[derive(Clone, Debug, SimpleObject)]
pub struct ExpenditureDocument {
    /// What sort of document it is.
    pub kind: DocumentKind,
    /// Number of an invoice, otherwise the partner's own reference.
    pub reference: String,
    /// Date of an invoice.
    pub date: Option<Date>,
    /// Supplier of an invoice.
    pub supplier: Option<String>,
    /// VAT or tax number of the supplier of an invoice.
    pub tax_id: Option<String>,
    /// Month or months of a payroll.
    pub period: Option<String>,
    /// How the project's part of the working time of a payroll was found.
    pub method: Option<String>,
}

impl ExpenditureDocument {
    fn of(document: &Document) -> Self {
        let plain = |kind, reference: &dyn ToString| Self {
            kind,
            reference: reference.to_string(),
            date: None,
            supplier: None,
            tax_id: None,
            period: None,
            method: None,
        };
        match document {
            Document::Invoice(invoice) => Self {
                date: Some(Date(invoice.date)),
                supplier: Some(invoice.supplier.to_string()),
                tax_id: Some(invoice.tax_id.to_string()),
                ..plain(DocumentKind::Invoice, &invoice.number)
            },
            Document::Payroll(payroll) => Self {
                period: Some(payroll.period.to_string()),
                method: Some(payroll.method.to_string()),
                ..plain(DocumentKind::Payroll, &payroll.reference)
            },
            Document::Travel(travel) => plain(DocumentKind::Travel, &travel.reference),
            Document::Internal(internal) => plain(DocumentKind::Internal, &internal.reference),
        }
    }
}

/// An expenditure line and what became of it.
#[derive(Clone, Debug)]
pub struct ExpenditureLine {
    project: ProjectKey,
    line: LineAnswer,
    /// The codes under the form that is shown.
    work_package: Code,
    activity: Option<Code>,
    deliverable: Option<Code>,
}

impl ExpenditureLine {
    /// Whether the line may be seen is judged by who makes this.
    pub(in crate::graphql::project) fn new(reading: &Reading, line: LineAnswer) -> Self {
        Self {
            project: reading.room.project.key.clone(),
            work_package: reading.code(line.work_package.any()),
            activity: line.activity.map(|item| reading.code(item.any())),
            deliverable: line.deliverable.map(|item| reading.code(item.any())),
            line,
        }
    }
}

/// An expenditure line and what became of it. Amounts are in `currency`, the currency of the
/// document; `euro` is euro.
#[Object]
impl ExpenditureLine {
    /// Opaque id.
    async fn id(&self) -> ID {
        node::id(KIND, &self.project, self.line.id)
    }

    /// Id of the event that declared it; payments, reversals and credit notes name the line by it.
    async fn event_id(&self) -> String {
        self.line.id.to_string()
    }

    /// Number of the partner whose cost it is.
    async fn partner(&self) -> u32 {
        self.line.partner
    }

    /// The kind of cost.
    async fn category(&self) -> CostCategory {
        self.line.data.category.into()
    }

    /// Code of the work package.
    async fn work_package(&self) -> String {
        self.work_package.to_string()
    }

    /// Code of the activity.
    async fn activity(&self) -> Option<String> {
        self.activity.map(|code| code.to_string())
    }

    /// Code of the deliverable.
    async fn deliverable(&self) -> Option<String> {
        self.deliverable.map(|code| code.to_string())
    }

    /// Reference of the contract with the supplier.
    async fn contract(&self) -> Option<String> {
        self.line.data.contract.as_ref().map(ToString::to_string)
    }

    /// The document that it stands on.
    async fn document(&self) -> ExpenditureDocument {
        ExpenditureDocument::of(&self.line.data.document)
    }

    /// Date of the invoice or of the payroll.
    async fn occurred_on(&self) -> Date {
        Date(self.line.occurred_on)
    }

    /// First day on which the cost was incurred.
    async fn incurred_from(&self) -> Date {
        Date(self.line.data.incurred_from)
    }

    /// Last day on which the cost was incurred.
    async fn incurred_to(&self) -> Date {
        Date(self.line.data.incurred_to)
    }

    /// Without VAT.
    async fn net(&self) -> Decimal {
        Decimal(self.line.data.net)
    }

    /// The VAT that the document names.
    async fn vat(&self) -> Decimal {
        Decimal(self.line.data.vat)
    }

    /// The part of the VAT that the partner gets back.
    async fn vat_recoverable(&self) -> Decimal {
        Decimal(self.line.data.vat_recoverable)
    }

    /// VAT that the partner assesses itself and pays to the state.
    async fn self_assessed_vat(&self) -> Option<Decimal> {
        self.line.data.self_assessed_vat.map(Decimal)
    }

    /// Share of the document that belongs to the project: a decimal string, such as `0.5`.
    async fn share(&self) -> String {
        self.line.data.share.to_string()
    }

    /// At most (net + VAT − recoverable VAT) × share. A credit note is negative.
    async fn declared(&self) -> Decimal {
        Decimal(self.line.declared)
    }

    /// Three capital letters, such as `RON`.
    async fn currency(&self) -> String {
        self.line.currency.to_string()
    }

    /// What counts in the sums, rounded half away from zero; null without a known rate. Of a
    /// reversed line it is what would count.
    async fn euro(&self) -> Option<Decimal> {
        self.line.euro.map(Decimal)
    }

    /// Whether a later exchange rate would change `euro`.
    async fn provisional(&self) -> bool {
        self.line.provisional
    }

    /// Month of the rate behind `euro`, such as `2026-11`; null for a line in euro.
    async fn rate_month(&self) -> Option<String> {
        self.line.rate.map(|used| used.month.to_string())
    }

    /// Units of the currency for one euro, as a decimal string with all its digits; null for a
    /// line in euro.
    async fn rate(&self) -> Option<String> {
        self.line.rate.map(|used| used.rate.to_string())
    }

    /// The policy that the rate follows; null for a line in euro.
    async fn rate_policy(&self) -> Option<RatePolicy> {
        self.line.rate.map(|used| used.policy.into())
    }

    /// All payments, also of what the project does not bear.
    async fn paid(&self) -> Decimal {
        Decimal(self.line.paid)
    }

    /// What of `declared` no payment covers.
    async fn unpaid(&self) -> Decimal {
        Decimal(self.line.unpaid)
    }

    /// Credit notes that name this line: negative, or 0.00. Each is a line of its own.
    async fn credited(&self) -> Decimal {
        Decimal(self.line.credited)
    }

    /// Whether the line was taken back. It is in no sum then.
    async fn reversed(&self) -> bool {
        self.line.reversed
    }

    /// `eventId` of the line that this credit note lowers.
    async fn corrects(&self) -> Option<String> {
        self.line.data.corrects.map(|id| id.to_string())
    }

    /// What it was for.
    async fn text(&self) -> Option<LocalizedText> {
        self.line.data.text.clone().map(LocalizedText)
    }

    /// Documents behind the line.
    async fn evidence(&self) -> Vec<Evidence> {
        Evidence::all(&self.line.data.evidence)
    }
}
