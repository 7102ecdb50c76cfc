//! What partners record of money beside their lines: contracts, what they bring and earn, their
//! reports to the lead partner; and visits and the keeping of records.
//!
//! This view holds the texts of the events and their order; the sums that rules ask for are in the
//! project's state.

pub mod contract;
pub mod own_money;
pub mod partner_report;
pub mod visit;
pub mod retention;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use imbl::OrdMap;
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::event::finance::Finance;
use crate::event::finance::own_money::{ContributionReceived, RevenueRecorded};
use crate::ids::EventId;
use crate::posting::Recorded;
use crate::project::Project;
use crate::view::learning_log::Entry;
use crate::view::register::Numbered;
use contract::Contract;
use own_money::{InKind, Noted};
use partner_report::{Return, Submission};
use retention::{Hold, Start};
use visit::Visit;

/// The register of one project. A copy costs the same however long it is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct FinanceRegister {
    contracts: Numbered<Contract>,
    contributions: Numbered<Noted<ContributionReceived>>,
    in_kind: Numbered<InKind>,
    revenue: Numbered<Noted<RevenueRecorded>>,
    submissions: OrdMap<EventId, Arc<Submission>>,
    returns: OrdMap<EventId, Arc<Return>>,
    visits: Numbered<Visit>,
    starts: OrdMap<EventId, Arc<Start>>,
    holds: Numbered<Hold>,
}

impl FinanceRegister {
    /// Takes a recorded event into the view. `project` is the state after the event.
    pub fn apply(&mut self, recorded: &Recorded, project: &Project) {
        match &*recorded.event {
            Event::Finance(event) => self.apply_finance(recorded, project, event),
            Event::Plan(_) | Event::Delivery(_) | Event::Learning(_) => {}
        }
    }

    /// What speaks of something that this view does not have is left aside: a view up to a day can
    /// have an amendment and not its contract.
    fn apply_finance(&mut self, recorded: &Recorded, project: &Project, event: &Finance) {
        let entry = || Entry::of(recorded, project);
        match event {
            Finance::ContractAwarded(data) => self.award(recorded, project, data),
            Finance::ContractAmended(data) => self.amend_contract(entry(), project, data),
            Finance::ContractClosed(data) => self.close_contract(entry(), project, data),
            Finance::SubcontractRecorded(data) => self.pass_on(entry(), project, data),
            Finance::ContributionReceived(data) => {
                self.contributions.insert(recorded, Noted::of(entry(), data));
            }
            Finance::InKindRecorded(data) => {
                self.in_kind.insert(recorded, InKind::of(entry(), data, &project.plan));
            }
            Finance::RevenueRecorded(data) => {
                self.revenue.insert(recorded, Noted::of(entry(), data));
            }
            Finance::PartnerReportSubmitted(data) => self.submit_report(entry(), data),
            Finance::PartnerReportReturned(data) => self.return_report(entry(), data),
            Finance::VisitRecorded(data) => {
                self.visits.insert(recorded, Visit::of(entry(), data, recorded));
            }
            Finance::RetentionStarted(data) => self.start_retention(entry(), data),
            Finance::HoldPlaced(data) => self.holds.insert(recorded, Hold::of(entry(), data)),
            Finance::HoldReleased(data) => self.release(entry(), data),
            Finance::ExpenditureDeclared(_)
            | Finance::ExpenditurePaid(_)
            | Finance::ExpenditureAmended(_)
            | Finance::ExpenditureReversed(_)
            | Finance::ExpenditurePrechecked(_)
            | Finance::EvidenceAttached(_)
            | Finance::EvidenceSuperseded(_)
            | Finance::LumpSumTriggered(_)
            | Finance::UnitCostClaimed(_)
            | Finance::ClaimAssembled(_)
            | Finance::ClaimSubmitted(_)
            | Finance::ClaimWithdrawn(_)
            | Finance::ControlStarted(_)
            | Finance::ControlClosed(_)
            | Finance::ClarificationRequested(_)
            | Finance::ClarificationAnswered(_)
            | Finance::ClarificationClosed(_)
            | Finance::LineVerified(_)
            | Finance::LineUnparked(_)
            | Finance::PaymentReceived(_)
            | Finance::PaymentForwarded(_)
            | Finance::PaymentConfirmed(_)
            | Finance::RecoveryOrdered(_)
            | Finance::RecoveryRepaid(_)
            | Finance::AuditOpened(_)
            | Finance::FindingRecorded(_)
            | Finance::CorrectionImposed(_)
            | Finance::AuditClosed(_) => {}
        }
    }

    /// The contracts, the newest recorded first.
    pub fn contracts(&self) -> impl Iterator<Item = &Contract> {
        self.contracts.newest_first()
    }

    /// A contract, by the event that awarded it.
    pub fn contract(&self, id: EventId) -> Option<&Contract> {
        self.contracts.get(id)
    }

    /// What came in of the partners' own shares, the newest recorded first.
    pub fn contributions(&self) -> impl Iterator<Item = &Noted<ContributionReceived>> {
        self.contributions.newest_first()
    }

    /// What was brought in kind, the newest recorded first.
    pub fn in_kind(&self) -> impl Iterator<Item = &InKind> {
        self.in_kind.newest_first()
    }

    /// What the project earned, the newest recorded first.
    pub fn revenue(&self) -> impl Iterator<Item = &Noted<RevenueRecorded>> {
        self.revenue.newest_first()
    }

    /// The visits, the newest recorded first.
    pub fn visits(&self) -> impl Iterator<Item = &Visit> {
        self.visits.newest_first()
    }

    /// What asks that records be kept, the newest recorded first.
    pub fn holds(&self) -> impl Iterator<Item = &Hold> {
        self.holds.newest_first()
    }
}
