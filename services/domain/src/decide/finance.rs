//! The rules of finance. None of them says that a cost is ineligible: only the controller does.

mod declared;
mod document;
mod budget;
mod window;
mod settled;
mod line;
mod option;
mod claim;
mod control;
mod contract;
mod own_money;
mod partner_report;
mod retention;
mod payment;
mod clarification;
mod audit;
mod named_lines;
#[cfg(test)]
mod tests;

use jiff::civil::Date;

use super::{Case, Findings, Owners};
use crate::event::finance::Finance;
use crate::event::plan::Role;
use crate::ids::EventId;
use crate::money::Cents;
use crate::posting::{Completed, Part};
use crate::project::finance::dated::Dated;
use crate::rule::{Finding, Rule};

/// Whose item the event speaks of. A new line is the acting partner's own.
pub(super) fn owners(case: &Case, event: &Finance) -> Owners {
    match event {
        Finance::ExpenditurePaid(data) => owner_of_line(case, data.line),
        Finance::ExpenditureAmended(data) => owner_of_line(case, data.line),
        Finance::ExpenditureReversed(data) => owner_of_line(case, data.line),
        Finance::EvidenceAttached(data) => owner_of_line(case, data.target),
        Finance::EvidenceSuperseded(data) => owner_of_line(case, data.target),
        Finance::ClarificationAnswered(data) => clarification::owners(case, data),
        Finance::PaymentConfirmed(data) => payment::owners(case, data),
        Finance::ContractAwarded(_)
        | Finance::ContractAmended(_)
        | Finance::ContractClosed(_)
        | Finance::SubcontractRecorded(_)
        | Finance::ExpenditureDeclared(_)
        | Finance::ExpenditurePrechecked(_)
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
        | Finance::ClarificationRequested(_)
        | Finance::ClarificationClosed(_)
        | Finance::LineVerified(_)
        | Finance::LineUnparked(_)
        | Finance::VisitRecorded(_)
        | Finance::PaymentReceived(_)
        | Finance::PaymentForwarded(_)
        | Finance::RecoveryOrdered(_)
        | Finance::RecoveryRepaid(_)
        | Finance::AuditOpened(_)
        | Finance::FindingRecorded(_)
        | Finance::CorrectionImposed(_)
        | Finance::AuditClosed(_)
        | Finance::RetentionStarted(_)
        | Finance::HoldPlaced(_)
        | Finance::HoldReleased(_) => Owners::Nobody,
    }
}

/// What was mistyped is taken back by the same event with a minus: down to nothing on every day, and
/// with a reason. `recorded` is what was recorded before.
fn judge_taken_back(
    case: &Case,
    amount: Cents,
    recorded: &Dated,
    pointer: &str,
    findings: &mut Findings,
) {
    findings.add_if(amount == Cents::ZERO, || {
        let message = "Give the amount; with a minus it takes back what was mistyped.";
        Finding::new(Rule::AmountZero, pointer, message)
    });
    if !amount.is_negative() {
        return;
    }
    findings.add_if(case.posting.reason.is_none(), || {
        let message = "Say in `reason` what was wrong.";
        Finding::new(Rule::TakenBackReasonMissing, "/reason", message)
    });
    let day = case.posting.occurred_on;
    let recorded = recorded.least_from(day);
    findings.add_if((recorded + amount).is_negative(), || {
        let message = format!(
            "{recorded} is what was recorded by {day} and not taken back since, so no more than \
             that is taken back as of that day."
        );
        Finding::new(Rule::TakenBackAboveRecorded, pointer, message).fact("recorded", recorded)
    });
}

/// Only the lead may see the lines of others; to all the rest they are as unknown as lines that
/// were never declared, and the rules say so.
fn owner_of_line(case: &Case, id: EventId) -> Owners {
    let sees_all = matches!(case.actor.part, Part::Member { role: Role::Lead, .. });
    let line = case.project.finance.line_of_target(id);
    match line.filter(|line| sees_all || case.actor.part.partner() == Some(line.partner)) {
        Some(line) => Owners::Partners(vec![line.partner]),
        None => Owners::Nobody,
    }
}

pub(super) fn judge(case: &Case, event: &Finance, findings: &mut Findings) -> Completed {
    match event {
        Finance::ExpenditureDeclared(data) => declared::judge(case, data, None, findings),
        Finance::ExpenditurePaid(data) => settled::judge_paid(case, data, findings),
        Finance::ExpenditureReversed(data) => settled::judge_reversed(case, data, findings),
        // Contracts.
        Finance::ContractAwarded(data) => contract::judge_award(case, data, findings),
        Finance::ContractAmended(data) => contract::judge_amendment(case, data, findings),
        Finance::ContractClosed(data) => contract::judge_closing(case, data, findings),
        Finance::SubcontractRecorded(data) => contract::judge_subcontract(case, data, findings),
        // Lines.
        Finance::ExpenditureAmended(data) => line::judge_amended(case, data, findings),
        Finance::ExpenditurePrechecked(data) => line::judge_prechecked(case, data, findings),
        Finance::EvidenceAttached(data) => line::judge_attached(case, data, findings),
        Finance::EvidenceSuperseded(data) => line::judge_superseded(case, data, findings),
        Finance::LumpSumTriggered(data) => return option::judge_lump_sum(case, data, findings),
        Finance::UnitCostClaimed(data) => return option::judge_unit_cost(case, data, findings),
        // What partners bring and report.
        Finance::ContributionReceived(data) => own_money::judge_contribution(case, data, findings),
        Finance::InKindRecorded(data) => own_money::judge_in_kind(case, data, findings),
        Finance::RevenueRecorded(data) => own_money::judge_revenue(case, data, findings),
        Finance::PartnerReportSubmitted(data) => {
            return partner_report::judge_submission(case, data, findings);
        }
        Finance::PartnerReportReturned(data) => partner_report::judge_return(case, data, findings),
        // Claims and control.
        Finance::ClaimAssembled(data) => return claim::judge_assembled(case, data, findings),
        Finance::ClaimSubmitted(data) => return claim::judge_submitted(case, data, findings),
        Finance::ClaimWithdrawn(data) => claim::judge_withdrawn(case, data, findings),
        Finance::ControlStarted(data) => return control::judge_started(case, data, findings),
        Finance::ControlClosed(data) => control::judge_closed(case, data, findings),
        Finance::LineVerified(data) => control::judge_verified(case, data, findings),
        Finance::LineUnparked(data) => control::judge_unparked(case, data, findings),
        Finance::CorrectionImposed(data) => control::judge_corrected(case, data, findings),
        // Clarifications and visits.
        Finance::ClarificationRequested(data) => {
            clarification::judge_requested(case, data, findings);
        }
        Finance::ClarificationAnswered(data) => {
            clarification::judge_answered(case, data, findings);
        }
        Finance::ClarificationClosed(data) => clarification::judge_closed(case, data, findings),
        Finance::VisitRecorded(data) => retention::judge_visit(case, data, findings),
        // Payments and recoveries.
        Finance::PaymentReceived(data) => payment::judge_received(case, data, findings),
        Finance::PaymentForwarded(data) => payment::judge_forwarded(case, data, findings),
        Finance::PaymentConfirmed(data) => payment::judge_confirmed(case, data, findings),
        Finance::RecoveryOrdered(data) => payment::judge_ordered(case, data, findings),
        Finance::RecoveryRepaid(data) => payment::judge_repaid(case, data, findings),
        // Audits and the keeping of records.
        Finance::AuditOpened(data) => audit::judge_opened(data, findings),
        Finance::FindingRecorded(data) => audit::judge_finding(case, data, findings),
        Finance::AuditClosed(data) => audit::judge_closed(case, data, findings),
        Finance::RetentionStarted(data) => retention::judge_start(case, data, findings),
        Finance::HoldPlaced(data) => retention::judge_hold(case, data, findings),
        Finance::HoldReleased(data) => retention::judge_release(case, data, findings),
    }
    Completed::default()
}

/// A period that something is recorded of: it ends on the day it begins or later, and is past.
fn judge_period(case: &Case, (from, to): (Date, Date), findings: &mut Findings) {
    findings.add_if(to < from, || {
        let message = format!("It ends on {to}, before it begins on {from}; exchange the two.");
        Finding::new(Rule::PeriodReversed, "/data/to", message)
    });
    case.check_not_future(Some(to), "/data/to", findings);
}
