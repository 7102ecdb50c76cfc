//! A contract with its changes, and what was drawn on it.

use std::sync::Arc;

use imbl::Vector;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::FinanceRegister;
use crate::event::finance::contract::{
    ContractAmended, ContractAwarded, ContractClosed, SubcontractRecorded,
};
use crate::ids::PartnerNumber;
use crate::money::Cents;
use crate::posting::Recorded;
use crate::project::Project;
use crate::project::finance::contract::{ContractKey, Use};
use crate::text::ShortText;
use crate::view::learning_log::Entry;

/// A contract of a partner with a supplier.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Contract {
    /// Who recorded it, and when.
    pub entry: Entry,
    /// The partner that awarded it.
    pub partner: PartnerNumber,
    pub data: Arc<ContractAwarded>,
    /// In the order in which they were recorded.
    pub amendments: Vector<Arc<Amendment>>,
    /// In the order in which they were recorded.
    pub subcontracts: Vector<Arc<Subcontract>>,
    pub closing: Option<Arc<Closing>>,
}

/// A contract was changed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Amendment {
    pub entry: Entry,
    pub data: Arc<ContractAmended>,
}

/// A part of a contract was passed on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Subcontract {
    pub entry: Entry,
    pub data: Arc<SubcontractRecorded>,
}

/// A contract is done or ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Closing {
    pub entry: Entry,
    pub data: Arc<ContractClosed>,
}

/// How far a contract is used. Amounts are in the contract's currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContractUse {
    /// What the partner owes at most, as last amended.
    pub value: Cents,
    /// Last day of performance, as last amended.
    pub end: Option<Date>,
    /// What is passed on to others.
    pub subcontracted: Cents,
    /// What the lines that name the contract have drawn on it.
    pub drawn: Use,
    /// `value` less the documents; negative where they are more.
    pub remaining: Cents,
    /// Lines in a currency that no fixed rate ties to the contract's. They are in no amount here.
    pub lines_apart: u64,
}

impl FinanceRegister {
    /// The state has the first contract under a reference, and this view with it.
    pub(super) fn award(
        &mut self,
        recorded: &Recorded,
        project: &Project,
        data: &Arc<ContractAwarded>,
    ) {
        let Some(partner) = recorded.partner() else { return };
        let known = project.finance.contracts.get(partner, &data.reference);
        if known.is_some_and(|contract| contract.event_id == recorded.id) {
            let entry = Entry::of(recorded, project);
            self.contracts.insert(recorded, Contract::new(entry, partner, Arc::clone(data)));
        }
    }

    pub(super) fn amend_contract(
        &mut self,
        entry: Entry,
        project: &Project,
        data: &Arc<ContractAmended>,
    ) {
        if let Some(contract) = self.contract_of(&entry, project, &data.contract) {
            let data = Arc::clone(data);
            contract.amendments.push_back(Arc::new(Amendment { entry, data }));
        }
    }

    pub(super) fn close_contract(
        &mut self,
        entry: Entry,
        project: &Project,
        data: &Arc<ContractClosed>,
    ) {
        if let Some(contract) = self.contract_of(&entry, project, &data.contract) {
            let data = Arc::clone(data);
            contract.closing = Some(Arc::new(Closing { entry, data }));
        }
    }

    pub(super) fn pass_on(
        &mut self,
        entry: Entry,
        project: &Project,
        data: &Arc<SubcontractRecorded>,
    ) {
        if let Some(contract) = self.contract_of(&entry, project, &data.contract) {
            let data = Arc::clone(data);
            contract.subcontracts.push_back(Arc::new(Subcontract { entry, data }));
        }
    }

    fn contract_of(
        &mut self,
        entry: &Entry,
        project: &Project,
        reference: &ShortText,
    ) -> Option<&mut Contract> {
        let partner = entry.organisation.partner()?;
        let known = project.finance.contracts.get(partner, reference)?;
        self.contracts.get_mut(known.event_id)
    }
}

impl Contract {
    fn new(entry: Entry, partner: PartnerNumber, data: Arc<ContractAwarded>) -> Self {
        Self {
            entry,
            partner,
            data,
            amendments: Vector::new(),
            subcontracts: Vector::new(),
            closing: None,
        }
    }

    /// The day on which it was closed.
    pub fn closed_on(&self) -> Option<Date> {
        self.closing.as_ref().map(|closing| closing.data.date)
    }

    pub fn used(&self, project: &Project) -> ContractUse {
        let contracts = &project.finance.contracts;
        let known = contracts.get(self.partner, &self.data.reference);
        let value = known.map_or(self.data.value, |contract| contract.value);
        let key = ContractKey::of(self.partner, &self.data.reference);
        let used = contracts.used(&key, self.data.currency, &project.plan);
        ContractUse {
            value,
            end: known.map_or(self.data.end, |contract| contract.end),
            subcontracted: known.map(|contract| contract.subcontracted.total()).unwrap_or_default(),
            drawn: used.of,
            remaining: value - used.of.gross,
            lines_apart: used.lines_apart,
        }
    }
}
