//! Who looks at the money: questions of the controller, audits with their findings, and what was
//! taken off after them.

pub mod clarification;
pub mod audit;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use imbl::{OrdMap, Vector};
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::event::finance::Finance;
use crate::event::finance::audit::{CorrectionImposed, FindingRecorded};
use crate::event::finance::clarification::ClarificationRequested;
use crate::ids::EventId;
use crate::posting::Recorded;
use crate::project::Project;
use crate::view::learning_log::Entry;
use crate::view::register::Numbered;
use audit::{Audit, AuditClosing, AuditFinding};
use clarification::{Answer, Clarification, Closing};

/// The clarifications, audits and corrections of one project. A copy costs the same however many
/// there are.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Oversight {
    clarifications: Numbered<Clarification>,
    audits: Numbered<Audit>,
    corrections: OrdMap<EventId, Arc<CorrectionImposed>>,
}

impl Oversight {
    /// Takes a recorded event in. `project` is the state after the event.
    pub fn apply(&mut self, recorded: &Recorded, project: &Project) {
        match &*recorded.event {
            Event::Finance(event) => self.apply_finance(recorded, project, event),
            Event::Plan(_) | Event::Delivery(_) | Event::Learning(_) => {}
        }
    }

    /// What speaks of a clarification or audit that this view does not have is left aside: a view
    /// up to a day can have an answer and not its question.
    fn apply_finance(&mut self, recorded: &Recorded, project: &Project, event: &Finance) {
        let entry = || Entry::of(recorded, project);
        match event {
            Finance::ClarificationRequested(data) => self.ask(recorded, project, data),
            Finance::ClarificationAnswered(data) => {
                if let Some(asked) = self.clarifications.get_mut(data.clarification) {
                    let answer = Answer { entry: entry(), data: Arc::clone(data) };
                    asked.answers.push_back(Arc::new(answer));
                }
            }
            Finance::ClarificationClosed(data) => {
                if let Some(asked) = self.clarifications.get_mut(data.clarification) {
                    let closing = || Closing { entry: entry(), data: Arc::clone(data) };
                    asked.closing.get_or_insert_with(|| Arc::new(closing()));
                }
            }
            Finance::AuditOpened(data) => {
                let (entry, data) = (entry(), Arc::clone(data));
                let audit = Audit { entry, data, findings: Vector::new(), closing: None };
                self.audits.insert(recorded, audit);
            }
            Finance::FindingRecorded(data) => self.find(recorded, project, data),
            Finance::CorrectionImposed(data) => {
                self.corrections.insert(recorded.id, Arc::clone(data));
            }
            Finance::AuditClosed(data) => {
                if let Some(audit) = self.audits.get_mut(data.audit) {
                    let closing = || AuditClosing { entry: entry(), data: Arc::clone(data) };
                    audit.closing.get_or_insert_with(|| Arc::new(closing()));
                }
            }
            Finance::ContractAwarded(_)
            | Finance::ContractAmended(_)
            | Finance::ContractClosed(_)
            | Finance::SubcontractRecorded(_)
            | Finance::ExpenditureDeclared(_)
            | Finance::ExpenditurePaid(_)
            | Finance::ExpenditureAmended(_)
            | Finance::ExpenditureReversed(_)
            | Finance::ExpenditurePrechecked(_)
            | Finance::EvidenceAttached(_)
            | Finance::EvidenceSuperseded(_)
            | Finance::LumpSumTriggered(_)
            | Finance::UnitCostClaimed(_)
            | Finance::ContributionReceived(_)
            | Finance::InKindRecorded(_)
            | Finance::RevenueRecorded(_)
            | Finance::PartnerReportSubmitted(_)
            | Finance::PartnerReportReturned(_)
            | Finance::ClaimAssembled(_)
            | Finance::ClaimSubmitted(_)
            | Finance::ClaimWithdrawn(_)
            | Finance::ControlStarted(_)
            | Finance::ControlClosed(_)
            | Finance::LineVerified(_)
            | Finance::LineUnparked(_)
            | Finance::VisitRecorded(_)
            | Finance::PaymentReceived(_)
            | Finance::PaymentForwarded(_)
            | Finance::PaymentConfirmed(_)
            | Finance::RecoveryOrdered(_)
            | Finance::RecoveryRepaid(_)
            | Finance::RetentionStarted(_)
            | Finance::HoldPlaced(_)
            | Finance::HoldReleased(_) => {}
        }
    }

    fn ask(&mut self, recorded: &Recorded, project: &Project, data: &Arc<ClarificationRequested>) {
        let facts = project.finance.clarifications.get(recorded.id);
        let clarification = Clarification {
            entry: Entry::of(recorded, project),
            data: Arc::clone(data),
            partner: facts.and_then(|facts| facts.partner),
            answers: Vector::new(),
            closing: None,
        };
        self.clarifications.insert(recorded, clarification);
    }

    fn find(&mut self, recorded: &Recorded, project: &Project, data: &Arc<FindingRecorded>) {
        let Some(audit) = self.audits.get_mut(data.audit) else { return };
        let facts = project.finance.audits.finding(recorded.id);
        let partner = facts.and_then(|facts| facts.partner);
        let (entry, data) = (Entry::of(recorded, project), Arc::clone(data));
        audit.findings.push_back(Arc::new(AuditFinding { entry, data, partner }));
    }

    /// The clarifications, the newest recorded first.
    pub fn clarifications(&self) -> impl Iterator<Item = &Clarification> {
        self.clarifications.newest_first()
    }

    pub fn clarification(&self, id: EventId) -> Option<&Clarification> {
        self.clarifications.get(id)
    }

    /// The audits, the newest recorded first.
    pub fn audits(&self) -> impl Iterator<Item = &Audit> {
        self.audits.newest_first()
    }

    pub fn audit(&self, id: EventId) -> Option<&Audit> {
        self.audits.get(id)
    }

    /// What a correction took off which lines, by the id of its event.
    pub fn correction(&self, id: EventId) -> Option<&CorrectionImposed> {
        self.corrections.get(&id).map(|correction| &**correction)
    }
}
