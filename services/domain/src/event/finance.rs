//! Finance: what partners spend and bring in, the claims that it goes into, what control and audit
//! make of it, and the money of the fund.

pub mod expenditure;
pub mod option;
pub mod contract;
pub mod own_money;
pub mod partner_report;
pub mod claim;
pub mod control;
pub mod clarification;
pub mod payment;
pub mod audit;
pub mod retention;

use crate::event::family;
use audit::{AuditClosed, AuditOpened, CorrectionImposed, FindingRecorded};
use claim::{ClaimAssembled, ClaimSubmitted, ClaimWithdrawn};
use clarification::{ClarificationAnswered, ClarificationClosed, ClarificationRequested};
use contract::{ContractAmended, ContractAwarded, ContractClosed, SubcontractRecorded};
use control::{ControlClosed, ControlStarted, LineUnparked, LineVerified, VisitRecorded};
use expenditure::{
    EvidenceAttached, EvidenceSuperseded, ExpenditureAmended, ExpenditureDeclared, ExpenditurePaid,
    ExpenditurePrechecked, ExpenditureReversed,
};
use option::{LumpSumTriggered, UnitCostClaimed};
use own_money::{ContributionReceived, InKindRecorded, RevenueRecorded};
use partner_report::{PartnerReportReturned, PartnerReportSubmitted};
use payment::{
    PaymentConfirmed, PaymentForwarded, PaymentReceived, RecoveryOrdered, RecoveryRepaid,
};
use retention::{HoldPlaced, HoldReleased, RetentionStarted};

family! {
    /// What it cost, what was claimed, certified and paid.
    Finance, FinanceType {
        ContractAwarded(ContractAwarded) = "contract.awarded" v 1,
        ContractAmended(ContractAmended) = "contract.amended" v 1,
        ContractClosed(ContractClosed) = "contract.closed" v 1,
        SubcontractRecorded(SubcontractRecorded) = "subcontract.recorded" v 1,
        ExpenditureDeclared(ExpenditureDeclared) = "expenditure.declared" v 1,
        ExpenditurePaid(ExpenditurePaid) = "expenditure.paid" v 1,
        ExpenditureAmended(ExpenditureAmended) = "expenditure.amended" v 1,
        ExpenditureReversed(ExpenditureReversed) = "expenditure.reversed" v 1,
        ExpenditurePrechecked(ExpenditurePrechecked) = "expenditure.prechecked" v 1,
        EvidenceAttached(EvidenceAttached) = "evidence.attached" v 1,
        EvidenceSuperseded(EvidenceSuperseded) = "evidence.superseded" v 1,
        LumpSumTriggered(LumpSumTriggered) = "lump_sum.triggered" v 1,
        UnitCostClaimed(UnitCostClaimed) = "unit_cost.claimed" v 1,
        ContributionReceived(ContributionReceived) = "contribution.received" v 1,
        InKindRecorded(InKindRecorded) = "in_kind.recorded" v 1,
        RevenueRecorded(RevenueRecorded) = "revenue.recorded" v 1,
        PartnerReportSubmitted(PartnerReportSubmitted) = "partner_report.submitted" v 1,
        PartnerReportReturned(PartnerReportReturned) = "partner_report.returned" v 1,
        ClaimAssembled(ClaimAssembled) = "claim.assembled" v 1,
        ClaimSubmitted(ClaimSubmitted) = "claim.submitted" v 1,
        ClaimWithdrawn(ClaimWithdrawn) = "claim.withdrawn" v 1,
        ControlStarted(ControlStarted) = "control.started" v 1,
        ControlClosed(ControlClosed) = "control.closed" v 1,
        ClarificationRequested(ClarificationRequested) = "clarification.requested" v 1,
        ClarificationAnswered(ClarificationAnswered) = "clarification.answered" v 1,
        ClarificationClosed(ClarificationClosed) = "clarification.closed" v 1,
        LineVerified(LineVerified) = "line.verified" v 1,
        LineUnparked(LineUnparked) = "line.unparked" v 1,
        VisitRecorded(VisitRecorded) = "visit.recorded" v 1,
        PaymentReceived(PaymentReceived) = "payment.received" v 1,
        PaymentForwarded(PaymentForwarded) = "payment.forwarded" v 1,
        PaymentConfirmed(PaymentConfirmed) = "payment.confirmed" v 1,
        RecoveryOrdered(RecoveryOrdered) = "recovery.ordered" v 1,
        RecoveryRepaid(RecoveryRepaid) = "recovery.repaid" v 1,
        AuditOpened(AuditOpened) = "audit.opened" v 1,
        FindingRecorded(FindingRecorded) = "finding.recorded" v 1,
        CorrectionImposed(CorrectionImposed) = "correction.imposed" v 1,
        AuditClosed(AuditClosed) = "audit.closed" v 1,
        RetentionStarted(RetentionStarted) = "retention.started" v 1,
        HoldPlaced(HoldPlaced) = "hold.placed" v 1,
        HoldReleased(HoldReleased) = "hold.released" v 1,
    }
}
