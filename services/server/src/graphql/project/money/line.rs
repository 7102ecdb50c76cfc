//! One expenditure line.

use std::sync::Arc;

use async_graphql::{Enum, ID, Object, SimpleObject};
use cairn_domain::code::Code;
use cairn_domain::event::finance::expenditure::{self, Document, ExpenditureDeclared};
use cairn_domain::ids::ProjectKey;
use cairn_domain::money::Cents;
use cairn_domain::project::finance::line::{Cost, Line, Reversed};
use cairn_domain::view::budget_use::line::{LineAnswer, LineRate};

use super::portion::{ClaimPortion, LinePayment};
use super::{CostCategory, RatePolicy};
use crate::graphql::evidence::Evidence;
use crate::graphql::node;
use crate::graphql::project::Reading;
use crate::graphql::values::{Date, Decimal, LocalizedText, Quantity};

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
        let plain = |kind| Self {
            kind,
            reference: document.reference().to_string(),
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
                ..plain(DocumentKind::Invoice)
            },
            Document::Payroll(payroll) => Self {
                period: Some(payroll.period.to_string()),
                method: Some(payroll.method.to_string()),
                ..plain(DocumentKind::Payroll)
            },
            Document::Travel(_) => plain(DocumentKind::Travel),
            Document::Internal(_) => plain(DocumentKind::Internal),
        }
    }
}

/// What an item of expenditure stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum CostKind {
    /// A document: an invoice, a payroll, a travel order, a document of the partner.
    Document,
    LumpSum,
    UnitCost,
    /// It takes back an item that is in a submitted claim.
    Reversal,
}

/// What the lead partner's check of a line found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "expenditure::Precheck")]
pub enum Precheck {
    Ok,
    /// Something is to be mended or made clear.
    Query,
}

/// An expenditure line and what became of it.
#[derive(Clone, Debug)]
pub struct ExpenditureLine {
    project: ProjectKey,
    line: Line,
    euro: Option<Cents>,
    provisional: bool,
    rate: Option<LineRate>,
    unpaid: Cents,
    /// The codes under the form that is shown.
    work_package: Code,
    activity: Option<Code>,
    deliverable: Option<Code>,
    claims: Vec<ClaimPortion>,
}

impl ExpenditureLine {
    /// Whether the line may be seen is judged by who makes this.
    pub(in crate::graphql::project) fn new(reading: &Reading, answer: &LineAnswer) -> Self {
        let line = answer.line;
        Self {
            project: reading.room.project.key.clone(),
            work_package: reading.code(line.work_package.any()),
            activity: line.activity.map(|item| reading.code(item.any())),
            deliverable: line.deliverable.map(|item| reading.code(item.any())),
            claims: line.portions.iter().map(|p| ClaimPortion::of(reading, p)).collect(),
            line: line.clone(),
            euro: answer.euro,
            provisional: answer.provisional,
            rate: answer.rate,
            unpaid: answer.unpaid,
        }
    }

    fn declaration(&self) -> Option<&Arc<ExpenditureDeclared>> {
        self.line.document()
    }
}

/// An expenditure line and what became of it; lump sums, unit costs and reversals are lines too.
/// Amounts are in `currency`, the currency of the document; `euro` and what control made of it
/// are euro.
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

    /// What it stands on.
    async fn kind(&self) -> CostKind {
        match self.line.cost {
            Cost::Document(_) => CostKind::Document,
            Cost::LumpSum(_) => CostKind::LumpSum,
            Cost::UnitCost(_) => CostKind::UnitCost,
            Cost::Reversal { .. } => CostKind::Reversal,
        }
    }

    /// Number of the partner whose cost it is.
    async fn partner(&self) -> u32 {
        self.line.partner
    }

    /// The kind of cost.
    async fn category(&self) -> CostCategory {
        self.line.category.into()
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
        self.declaration()?.contract.as_ref().map(ToString::to_string)
    }

    /// The partner's own number of the line.
    async fn reference(&self) -> Option<String> {
        self.declaration()?.reference.as_ref().map(ToString::to_string)
    }

    /// The document that it stands on; null for what stands on none.
    async fn document(&self) -> Option<ExpenditureDocument> {
        self.line.document().map(|data| ExpenditureDocument::of(&data.document))
    }

    /// The option of a lump sum or unit cost, as the application form names it.
    async fn option(&self) -> Option<String> {
        match &self.line.cost {
            Cost::LumpSum(data) => Some(data.option.to_string()),
            Cost::UnitCost(data) => Some(data.option.to_string()),
            Cost::Document(_) | Cost::Reversal { .. } => None,
        }
    }

    /// The units of a unit cost.
    async fn units(&self) -> Option<Quantity> {
        match &self.line.cost {
            Cost::UnitCost(data) => Some(Quantity(data.units)),
            Cost::Document(_) | Cost::LumpSum(_) | Cost::Reversal { .. } => None,
        }
    }

    /// Date of the invoice or of the payroll; the day of the event of what stands on neither.
    async fn occurred_on(&self) -> Date {
        Date(self.line.occurred_on)
    }

    /// First day on which the cost was incurred.
    async fn incurred_from(&self) -> Option<Date> {
        self.declaration().map(|data| Date(data.incurred_from))
    }

    /// Last day on which the cost was incurred.
    async fn incurred_to(&self) -> Option<Date> {
        self.declaration().map(|data| Date(data.incurred_to))
    }

    /// Without VAT.
    async fn net(&self) -> Option<Decimal> {
        self.declaration().map(|data| Decimal(data.net))
    }

    /// The VAT that the document names; under reverse charge the self-assessed VAT, where the project
    /// bears it.
    async fn vat(&self) -> Option<Decimal> {
        self.declaration().map(|data| Decimal(data.vat))
    }

    /// The part of the VAT that the partner gets back.
    async fn vat_recoverable(&self) -> Option<Decimal> {
        self.declaration().map(|data| Decimal(data.vat_recoverable))
    }

    /// VAT that the partner assesses itself and pays to the state (reverse charge). It is in no figure
    /// by itself.
    async fn self_assessed_vat(&self) -> Option<Decimal> {
        self.declaration()?.self_assessed_vat.map(Decimal)
    }

    /// Share of the document that belongs to the project: a decimal string, such as `0.5`.
    async fn share(&self) -> Option<String> {
        self.declaration().map(|data| data.share.to_string())
    }

    /// At most (net + VAT − recoverable VAT) × share. A credit note and a reversal are negative.
    async fn declared(&self) -> Decimal {
        Decimal(self.line.declared)
    }

    /// Three capital letters, such as `RON`.
    async fn currency(&self) -> String {
        self.line.currency.to_string()
    }

    /// What counts in the sums, rounded half away from zero; null without a known rate. Of a line
    /// that was taken out it is what would count.
    async fn euro(&self) -> Option<Decimal> {
        self.euro.map(Decimal)
    }

    /// Whether a later exchange rate would change `euro`.
    async fn provisional(&self) -> bool {
        self.provisional
    }

    /// Month of the rate behind `euro`, such as `2026-11`; null for a line in euro.
    async fn rate_month(&self) -> Option<String> {
        self.rate.map(|used| used.month.to_string())
    }

    /// Units of the currency for one euro, as a decimal string with all its digits; null for a
    /// line in euro.
    async fn rate(&self) -> Option<String> {
        self.rate.map(|used| used.rate.to_string())
    }

    /// The policy that the rate follows; null for a line in euro, and where a claim holds the rate
    /// fixed.
    async fn rate_policy(&self) -> Option<RatePolicy> {
        self.rate?.policy.map(RatePolicy::from)
    }

    /// All payments, also of what the project does not bear.
    async fn paid(&self) -> Decimal {
        Decimal(self.line.paid)
    }

    /// What of `declared` no payment covers.
    async fn unpaid(&self) -> Decimal {
        Decimal(self.unpaid)
    }

    /// The payments, in the order in which they were recorded.
    async fn payments(&self) -> Vec<LinePayment> {
        self.line.payments.iter().map(LinePayment::from).collect()
    }

    /// Credit notes that name this line: negative, or 0.00. Each is a line of its own.
    async fn credited(&self) -> Decimal {
        Decimal(self.line.credited)
    }

    /// What the lead partner's newest check found; null before it, and after an amendment.
    async fn precheck(&self) -> Option<Precheck> {
        self.line.precheck.map(Into::into)
    }

    /// Whether a submitted claim holds it: then it is not amended, but reversed and declared anew.
    async fn locked(&self) -> bool {
        self.line.is_locked()
    }

    /// Number of the claim that it was assembled for and that is not submitted.
    async fn assembled_for(&self) -> Option<u32> {
        self.line.drafted
    }

    /// What of it is in submitted claims, the oldest first.
    async fn claims(&self) -> &[ClaimPortion] {
        &self.claims
    }

    /// What of it was parked and is free for a later claim, in euro; null where there is nothing.
    async fn unparked(&self) -> Option<Decimal> {
        self.line.kept.filter(|_| self.line.is_locked()).map(|kept| Decimal(kept.euro))
    }

    /// Whether the line was taken back. It is in no sum then, or another line takes it back.
    async fn reversed(&self) -> bool {
        self.line.reversed.is_some()
    }

    /// `eventId` of the line that takes this one back, which a submitted claim holds.
    async fn reversed_by(&self) -> Option<String> {
        match self.line.reversed? {
            Reversed::TakenOut => None,
            Reversed::CounteredBy(id) => Some(id.to_string()),
        }
    }

    /// `eventId` of the line that this reversal takes back.
    async fn reverses(&self) -> Option<String> {
        match self.line.cost {
            Cost::Reversal { of } => Some(of.to_string()),
            Cost::Document(_) | Cost::LumpSum(_) | Cost::UnitCost(_) => None,
        }
    }

    /// `eventId` of the line that this credit note lowers.
    async fn corrects(&self) -> Option<String> {
        self.declaration()?.corrects.map(|id| id.to_string())
    }

    /// What it was for.
    async fn text(&self) -> Option<LocalizedText> {
        let text = match &self.line.cost {
            Cost::Document(data) => data.text.clone(),
            Cost::LumpSum(data) => data.text.clone(),
            Cost::UnitCost(data) => data.text.clone(),
            Cost::Reversal { .. } => None,
        };
        text.map(LocalizedText)
    }

    /// Documents behind the line, also those that were laid to it later.
    async fn evidence(&self) -> Vec<Evidence> {
        self.line.evidence().map(Evidence::from).collect()
    }
}
