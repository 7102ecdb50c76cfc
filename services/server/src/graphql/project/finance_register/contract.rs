//! A contract with a supplier: its changes, and how far it is used.

use async_graphql::{ComplexObject, Enum, ID, SimpleObject};
use cairn_domain::event::finance::contract;
use cairn_domain::ids::EventId;
use cairn_domain::view::finance_register::contract as view;
use cairn_domain::view::trail::figure::Figure;

use crate::graphql::evidence::Evidence;
use crate::graphql::project::Reading;
use crate::graphql::project::learning::entry::Entry;
use crate::graphql::project::money::figure::{ContractAmount, Told};
use crate::graphql::values::{Date, Decimal, LocalizedText};

/// How a supplier was chosen (Directive 2014/24/EU, and below its thresholds).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "contract::Procedure")]
pub enum ProcurementProcedure {
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

/// A contract of a partner with a supplier. Amounts are in `currency`, VAT included. Lines name it
/// by its reference.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct SupplierContract {
    #[graphql(skip)]
    told: Told,
    #[graphql(skip)]
    awarded_by: EventId,
    #[graphql(flatten)]
    pub entry: Entry,
    /// Number of the partner that awarded it.
    pub partner: u32,
    /// Names the contract within its partner, whatever the case and spaces.
    pub reference: String,
    /// What it is for.
    pub title: LocalizedText,
    /// How the supplier was chosen.
    pub procedure: ProcurementProcedure,
    /// Day of the last signature.
    pub date: Date,
    /// First day of performance, where one is agreed.
    pub start: Option<Date>,
    /// Last day of performance, as last amended; null where none is agreed.
    pub end: Option<Date>,
    /// Three capital letters, such as `RON`.
    pub currency: String,
    /// The supplier's name.
    pub supplier: String,
    /// VAT or tax number of the supplier.
    pub tax_id: String,
    /// What the partner owes at most, as last amended.
    pub value: Decimal,
    /// How many live lines name the contract and are in these amounts.
    pub lines: u64,
    /// Net and VAT of the documents of these lines, each document once; credit notes lower it.
    pub documents: Decimal,
    /// What these lines declare.
    pub declared: Decimal,
    /// All payments of these lines.
    pub paid: Decimal,
    /// `value` less `documents`; negative where they are more.
    pub remaining: Decimal,
    /// Live lines that name the contract in a currency that no fixed rate ties to the contract's.
    /// They are in no amount here.
    pub lines_in_other_currencies: u64,
    /// What is passed on to subcontractors.
    pub subcontracted: Decimal,
    /// In the order in which they were recorded.
    pub amendments: Vec<SupplierContractAmendment>,
    /// In the order in which they were recorded.
    pub subcontracts: Vec<SupplierSubcontract>,
    /// Null while the contract is open.
    pub closing: Option<SupplierContractClosing>,
    /// Documents behind the contract.
    pub evidence: Vec<Evidence>,
}

/// A contract was changed.
#[derive(Clone, Debug, SimpleObject)]
pub struct SupplierContractAmendment {
    #[graphql(flatten)]
    pub entry: Entry,
    /// Day of the amendment.
    pub date: Date,
    /// What the partner owes at most from then on; null where it stays.
    pub value: Option<Decimal>,
    /// Last day of performance from then on; null where it stays.
    pub end: Option<Date>,
    /// Why.
    pub reason: LocalizedText,
    /// Documents behind the amendment.
    pub evidence: Vec<Evidence>,
}

/// A supplier passed a part of a contract on.
#[derive(Clone, Debug, SimpleObject)]
pub struct SupplierSubcontract {
    #[graphql(flatten)]
    pub entry: Entry,
    /// Who performs the part.
    pub subcontractor: String,
    /// VAT or tax number of the subcontractor.
    pub tax_id: String,
    /// What the part is.
    pub title: LocalizedText,
    /// Day of the subcontract.
    pub date: Date,
    /// VAT included, in the contract's currency.
    pub value: Decimal,
    /// Documents behind the subcontract.
    pub evidence: Vec<Evidence>,
}

/// A contract is done or ended: nothing more is owed.
#[derive(Clone, Debug, SimpleObject)]
pub struct SupplierContractClosing {
    #[graphql(flatten)]
    pub entry: Entry,
    /// Day of the closing.
    pub date: Date,
    /// What is to be said of it.
    pub note: Option<LocalizedText>,
    /// Documents behind the closing.
    pub evidence: Vec<Evidence>,
}

#[ComplexObject]
impl SupplierContract {
    /// Opaque id of one of these amounts, for `trail`.
    async fn figure(&self, of: ContractAmount) -> ID {
        self.told.id(&Figure::Contract(of.into(), self.partner, self.awarded_by))
    }
}

impl SupplierContract {
    /// Whether the contract may be seen is judged by who makes this.
    pub(super) fn of(reading: &Reading, contract: &view::Contract) -> Self {
        let data = &contract.data;
        let used = contract.used(&reading.room.project);
        let amendments = contract.amendments.iter();
        let subcontracts = contract.subcontracts.iter();
        let closing = contract.closing.as_deref();
        Self {
            told: Told::of(reading),
            awarded_by: contract.entry.id,
            entry: Entry::of(reading, &contract.entry),
            partner: contract.partner,
            reference: data.reference.to_string(),
            title: LocalizedText(data.title.clone()),
            procedure: data.procedure.into(),
            date: Date(data.date),
            start: data.start.map(Date),
            end: used.end.map(Date),
            currency: data.currency.to_string(),
            supplier: data.supplier.to_string(),
            tax_id: data.tax_id.to_string(),
            value: Decimal(used.value),
            lines: used.drawn.lines,
            documents: Decimal(used.drawn.gross),
            declared: Decimal(used.drawn.declared),
            paid: Decimal(used.drawn.paid),
            remaining: Decimal(used.remaining),
            lines_in_other_currencies: used.lines_apart,
            subcontracted: Decimal(used.subcontracted),
            amendments: amendments.map(|one| SupplierContractAmendment::of(reading, one)).collect(),
            subcontracts: subcontracts.map(|one| SupplierSubcontract::of(reading, one)).collect(),
            closing: closing.map(|closing| SupplierContractClosing::of(reading, closing)),
            evidence: Evidence::all(&data.evidence),
        }
    }
}

impl SupplierContractAmendment {
    fn of(reading: &Reading, amendment: &view::Amendment) -> Self {
        let data = &amendment.data;
        Self {
            entry: Entry::of(reading, &amendment.entry),
            date: Date(data.date),
            value: data.value.map(Decimal),
            end: data.end.map(Date),
            reason: LocalizedText(data.reason.clone()),
            evidence: Evidence::all(&data.evidence),
        }
    }
}

impl SupplierSubcontract {
    fn of(reading: &Reading, subcontract: &view::Subcontract) -> Self {
        let data = &subcontract.data;
        Self {
            entry: Entry::of(reading, &subcontract.entry),
            subcontractor: data.subcontractor.to_string(),
            tax_id: data.tax_id.to_string(),
            title: LocalizedText(data.title.clone()),
            date: Date(data.date),
            value: Decimal(data.value),
            evidence: Evidence::all(&data.evidence),
        }
    }
}

impl SupplierContractClosing {
    fn of(reading: &Reading, closing: &view::Closing) -> Self {
        let data = &closing.data;
        Self {
            entry: Entry::of(reading, &closing.entry),
            date: Date(data.date),
            note: data.note.clone().map(LocalizedText),
            evidence: Evidence::all(&data.evidence),
        }
    }
}
