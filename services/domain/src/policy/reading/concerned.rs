//! Whom an act of another concerns: who is asked, paid, visited, checked or corrected sees the
//! documents of it too.

use crate::event::Event;
use crate::event::finance::Finance;
use crate::ids::{EventId, PartnerNumber};
use crate::posting::Recorded;
use crate::project::Project;

/// The partners that an event concerns beside the one whose act it is. `project` has taken the
/// event.
pub(super) fn partners(recorded: &Recorded, project: &Project) -> Vec<PartnerNumber> {
    match &*recorded.event {
        Event::Finance(Finance::CorrectionImposed(data)) => {
            let partner = |id| project.finance.partner_of(id);
            data.corrections.iter().filter_map(|correction| partner(correction.line)).collect()
        }
        Event::Finance(event) => by_finance(recorded.id, event, project).into_iter().collect(),
        Event::Plan(_) | Event::Delivery(_) | Event::Learning(_) => Vec::new(),
    }
}

fn by_finance(id: EventId, event: &Finance, project: &Project) -> Option<PartnerNumber> {
    let finance = &project.finance;
    let asked = |id| finance.clarifications.get(id).and_then(|facts| facts.partner);
    match event {
        Finance::ClarificationRequested(_) => asked(id),
        Finance::ClarificationAnswered(data) => asked(data.clarification),
        Finance::ClarificationClosed(data) => asked(data.clarification),
        Finance::FindingRecorded(_) => finance.audits.finding(id).and_then(|facts| facts.partner),
        Finance::ExpenditurePrechecked(data) => finance.partner_of(data.line),
        Finance::LineVerified(data) => finance.partner_of(data.line),
        Finance::LineUnparked(data) => finance.partner_of(data.line),
        Finance::VisitRecorded(data) => data.partner,
        Finance::PaymentForwarded(data) => Some(data.partner),
        Finance::PaymentConfirmed(data) => {
            finance.fund.forwarding(data.payment).map(|payment| payment.partner)
        }
        Finance::RecoveryOrdered(data) => Some(data.partner),
        Finance::RecoveryRepaid(data) => {
            finance.fund.recovery(data.recovery).map(|recovery| recovery.partner)
        }
        Finance::ContractAwarded(_)
        | Finance::ContractAmended(_)
        | Finance::ContractClosed(_)
        | Finance::SubcontractRecorded(_)
        | Finance::ExpenditureDeclared(_)
        | Finance::ExpenditurePaid(_)
        | Finance::ExpenditureAmended(_)
        | Finance::ExpenditureReversed(_)
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
        | Finance::PaymentReceived(_)
        | Finance::AuditOpened(_)
        | Finance::CorrectionImposed(_)
        | Finance::AuditClosed(_)
        | Finance::RetentionStarted(_)
        | Finance::HoldPlaced(_)
        | Finance::HoldReleased(_) => None,
    }
}
