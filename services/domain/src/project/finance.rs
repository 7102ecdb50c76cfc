//! Finance as the rules need it: items and their sums, claims, and what else partners and the fund
//! record of money.

pub mod dated;
pub mod document;
pub mod line;
pub mod sums;
pub mod figures;
pub mod lines;
pub mod claims;
pub mod contract;
pub mod own_money;
pub mod partner_report;
pub mod retention;
pub mod payment;
pub mod clarification;
pub mod audit;
#[cfg(test)]
pub(crate) mod given;

use std::collections::BTreeMap;
use std::sync::Arc;

use imbl::OrdMap;
use serde::{Deserialize, Serialize};

use super::plan::PlanState;
use crate::event::evidence::Evidence;
use crate::event::finance::Finance;
use crate::event::finance::expenditure::{
    EvidenceSuperseded, ExpenditureAmended, ExpenditureDeclared, ExpenditurePaid,
    ExpenditurePrechecked, ExpenditureReversed,
};
use crate::event::finance::option::{LumpSumTriggered, UnitCostClaimed};
use crate::event::plan::application_form::{ApplicationFormApproved, Category};
use crate::event::plan::{Plan, RatePolicy};
use crate::ids::{EventId, PartnerNumber};
use crate::money::{Currency, Rate};
use crate::period::Month;
use crate::posting::Recorded;
use audit::AuditState;
use claims::Claims;
use clarification::ClarificationState;
use contract::{Contracts, Drawn};
use figures::{Figures, Place};
use line::{Cost, Line, Payment, Reversed};
use lines::Lines;
use own_money::OwnMoney;
use partner_report::PartnerReports;
use payment::PaymentState;
use retention::Retention;

/// The money of a project.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct FinanceState {
    pub lines: Lines,
    /// The lines that payments were made of, by the ids of the payments' events.
    payments: OrdMap<EventId, EventId>,
    pub claims: Claims,
    pub contracts: Contracts,
    pub own_money: OwnMoney,
    pub partner_reports: PartnerReports,
    pub retention: Retention,
    pub fund: PaymentState,
    pub clarifications: ClarificationState,
    pub audits: AuditState,
}

/// The rate by which the items of a currency are euro until their claim is submitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateUsed {
    pub currency: Currency,
    /// The month of the rate.
    pub month: Month,
    /// Units of the currency for one euro.
    pub rate: Rate,
    /// The policy in force on the month's last day.
    pub policy: RatePolicy,
}

impl FinanceState {
    pub(super) fn apply(&mut self, recorded: &Recorded, plan: &PlanState, event: &Finance) {
        let touched = contract::line_of(recorded.id, event);
        let before = touched.and_then(|id| Drawn::of(self.line(id)?));
        self.take(recorded, plan, event);
        let after = touched.and_then(|id| Drawn::of(self.line(id)?));
        self.contracts.follow(before.as_ref(), after.as_ref());
    }

    fn take(&mut self, recorded: &Recorded, plan: &PlanState, event: &Finance) {
        match event {
            Finance::ExpenditureDeclared(data) => self.declare(recorded, plan, data),
            Finance::ExpenditurePaid(data) => self.pay(recorded, data),
            Finance::ExpenditureAmended(data) => self.amend(recorded, plan, data),
            Finance::ExpenditureReversed(data) => self.reverse(recorded, data),
            Finance::ExpenditurePrechecked(data) => self.precheck(recorded, data),
            Finance::EvidenceAttached(data) => self.attach(data.target, &data.evidence),
            Finance::EvidenceSuperseded(data) => self.supersede(data),
            Finance::LumpSumTriggered(data) => self.trigger(recorded, plan, data),
            Finance::UnitCostClaimed(data) => self.count_units(recorded, plan, data),
            Finance::ClaimAssembled(data) => self.assemble(recorded, data),
            Finance::ClaimSubmitted(data) => self.submit(recorded, data),
            Finance::ClaimWithdrawn(data) => self.withdraw(recorded, data),
            Finance::ControlStarted(data) => self.start_control(recorded, data),
            Finance::ControlClosed(data) => self.close_control(recorded, data),
            Finance::LineVerified(data) => self.verify(recorded, data),
            Finance::LineUnparked(data) => self.unpark(recorded, data),
            Finance::CorrectionImposed(data) => {
                self.correct(recorded.id, data);
                self.fund.correct(recorded);
            }
            Finance::ContractAwarded(data) => self.contracts.award(recorded, data),
            Finance::ContractAmended(data) => self.contracts.amend(recorded, data),
            Finance::ContractClosed(data) => self.contracts.close(recorded, data),
            Finance::SubcontractRecorded(data) => {
                self.contracts.pass_on(recorded, &data.contract, data.value);
            }
            Finance::ContributionReceived(data) => self.own_money.receive(recorded, data),
            Finance::InKindRecorded(data) => self.own_money.bring(recorded, data),
            Finance::RevenueRecorded(data) => self.own_money.earn(recorded, data),
            Finance::PartnerReportSubmitted(data) => self.partner_reports.submit(recorded, data),
            Finance::PartnerReportReturned(data) => self.partner_reports.give_back(recorded, data),
            Finance::ClarificationRequested(data) => {
                self.clarifications.request(recorded, self.partner_of_lines(&data.lines));
            }
            Finance::ClarificationAnswered(_) => {}
            Finance::ClarificationClosed(data) => {
                self.clarifications.close(recorded, data.clarification);
            }
            Finance::VisitRecorded(_) => {}
            Finance::PaymentReceived(data) => self.fund.receive(data),
            Finance::PaymentForwarded(data) => self.fund.forward(recorded, data),
            Finance::PaymentConfirmed(data) => self.fund.confirm(data),
            Finance::RecoveryOrdered(data) => self.fund.order(recorded, data),
            Finance::RecoveryRepaid(data) => self.fund.repay(data),
            Finance::AuditOpened(_) => self.audits.open(recorded),
            Finance::FindingRecorded(data) => {
                self.audits.find(recorded, data, self.partner_of_lines(&data.lines));
            }
            Finance::AuditClosed(data) => self.audits.close(recorded, data.audit),
            Finance::RetentionStarted(data) => self.retention.start(recorded, data),
            Finance::HoldPlaced(_) => self.retention.hold(recorded),
            Finance::HoldReleased(data) => self.retention.release(recorded, data),
        }
    }

    /// Converts the items of a currency anew when the newest rate that the log knows is another.
    pub(super) fn follow_rates(&mut self, plan: &PlanState, event: &Plan) {
        match event {
            Plan::RatePolicySet(data) => self.lines.follow_rate(plan, data.currency),
            Plan::ExchangeRatesImported(data) => {
                for rate in &data.rates {
                    self.lines.follow_rate(plan, rate.currency);
                }
            }
            Plan::ProjectRegistered(_)
            | Plan::SubsidyContractSigned(_)
            | Plan::PartnerJoined(_)
            | Plan::MemberGranted(_)
            | Plan::SubsidyContractAmended(_)
            | Plan::PartnerChanged(_)
            | Plan::PartnerWithdrawn(_)
            | Plan::MemberRevoked(_)
            | Plan::ApplicationFormApproved(_)
            | Plan::ChangeNotified(_)
            | Plan::ChangeRequested(_)
            | Plan::ChangeDecided(_)
            | Plan::MilestonePlanned(_) => {}
        }
    }

    /// The partner whose cost an item is.
    pub fn partner_of(&self, id: EventId) -> Option<PartnerNumber> {
        self.line(id).map(|line| line.partner)
    }

    /// The partner whose lines an event names: that of the first one that is known.
    pub fn partner_of_lines(&self, lines: &[EventId]) -> Option<PartnerNumber> {
        lines.iter().find_map(|line| self.partner_of(*line))
    }

    pub fn line(&self, id: EventId) -> Option<&Line> {
        self.lines.get(id)
    }

    /// The line that documents are laid to: an item by its own id, or by that of a payment of it.
    pub fn line_of_target(&self, target: EventId) -> Option<&Line> {
        let line = self.payments.get(&target).copied().unwrap_or(target);
        self.line(line)
    }

    /// The live lines of a partner of which something is not paid, of all that is declared.
    pub fn unpaid_lines_of(&self, partner: PartnerNumber) -> impl Iterator<Item = &Line> {
        let unpaid = |line: &&Line| line.reversed.is_none() && !self.lines.is_paid(line);
        self.lines.all().filter(move |line| line.partner == partner).filter(unpaid)
    }

    /// The figures of all places, flat rates included; `form` is that of what is in no claim.
    pub fn figures_with_flat_rates(
        &self,
        plan: &PlanState,
        form: Option<&ApplicationFormApproved>,
    ) -> BTreeMap<Place, Figures> {
        let mut figures = self.lines.figures();
        figures::add_flat_rates(&mut figures, |claim| self.form_for(plan, claim, form));
        figures
    }

    /// The form by which flat rates and fund shares are computed: a submitted claim has its own.
    pub fn form_for<'a>(
        &self,
        plan: &'a PlanState,
        claim: Option<u32>,
        form: Option<&'a ApplicationFormApproved>,
    ) -> Option<&'a ApplicationFormApproved> {
        match claim {
            None => form,
            Some(claim) => plan.forms.get(&self.form_of_claim(claim)?).map(|form| &**form),
        }
    }

    /// An item of no partner is left out: no sum could show it.
    fn declare(&mut self, recorded: &Recorded, plan: &PlanState, data: &Arc<ExpenditureDeclared>) {
        let work_package = plan.item(data.work_package, recorded.occurred_on);
        let cost = Cost::Document(Arc::clone(data));
        let Some(mut line) = Line::of(recorded, cost, data.category, work_package) else { return };
        line.put_document(plan, data, recorded.occurred_on);
        let corrected = data.corrects.and_then(|id| self.line(id));
        line.credits = corrected.is_some_and(|corrected| corrected.partner == line.partner);
        if let Some(id) = data.corrects.filter(|_| line.credits) {
            self.lines.change(id, |corrected| corrected.credited += data.declared);
        }
        self.insert(line);
    }

    fn trigger(&mut self, recorded: &Recorded, plan: &PlanState, data: &Arc<LumpSumTriggered>) {
        let work_package = plan.item(data.work_package, recorded.occurred_on);
        let cost = Cost::LumpSum(Arc::clone(data));
        if let Some(line) = Line::of(recorded, cost, Category::LumpSum, work_package) {
            self.insert(line);
        }
    }

    fn count_units(&mut self, recorded: &Recorded, plan: &PlanState, data: &Arc<UnitCostClaimed>) {
        let (day, cost) = (recorded.occurred_on, Cost::UnitCost(Arc::clone(data)));
        let work_package = plan.item(data.work_package, day);
        let option = recorded
            .partner()
            .and_then(|partner| plan.unit_cost(data.option.as_str(), partner, day));
        let Some(option) = option else { return };
        if let Some(mut line) = Line::of(recorded, cost, option.category, work_package) {
            line.activity = data.activity.map(|code| plan.item(code, day));
            self.insert(line);
        }
    }

    fn insert(&mut self, line: Line) {
        if self.line(line.id).is_none() {
            self.lines.insert(line);
        }
    }

    fn pay(&mut self, recorded: &Recorded, data: &Arc<ExpenditurePaid>) {
        let id = recorded.id;
        self.payments.insert(id, data.line);
        self.lines.change(data.line, |line| {
            line.paid += data.amount;
            line.payments.push(Payment { id, data: Arc::clone(data), attached: Vec::new() });
        });
    }

    fn amend(&mut self, recorded: &Recorded, plan: &PlanState, data: &ExpenditureAmended) {
        let Some(line) = self.line(data.line).filter(|line| !line.is_locked()) else { return };
        let Some(before) = line.document().cloned() else { return };
        let after = Arc::new(data.applied_to(&before));
        let credits = line.credits;
        if let Some(corrected) = before.corrects.filter(|_| credits) {
            let by = after.declared - before.declared;
            self.lines.change(corrected, |corrected| corrected.credited += by);
        }
        self.lines.change(data.line, |line| {
            let day = after.document.date().unwrap_or(line.occurred_on);
            line.put_document(plan, &after, day);
            line.attached.extend(data.evidence.iter().cloned());
            line.amendments.push(recorded.id);
            line.touch(recorded.occurred_on);
            line.precheck = None;
        });
    }

    fn precheck(&mut self, recorded: &Recorded, data: &ExpenditurePrechecked) {
        self.lines.change(data.line, |line| {
            line.precheck = Some(data.result);
            line.touch(recorded.occurred_on);
        });
    }

    fn reverse(&mut self, recorded: &Recorded, data: &ExpenditureReversed) {
        let Some(line) = self.line(data.line).filter(|line| line.reversed.is_none()).cloned()
        else {
            return;
        };
        let corrected = line.document().and_then(|document| document.corrects);
        if let Some(corrected) = corrected.filter(|_| line.credits) {
            self.lines.change(corrected, |corrected| corrected.credited -= line.declared);
        }
        let evidence = data.evidence.iter().cloned();
        if line.is_locked() {
            let id = recorded.id;
            self.lines.change(data.line, |line| line.reversed = Some(Reversed::CounteredBy(id)));
            self.insert(Line { attached: evidence.collect(), ..line.counter(recorded) });
        } else {
            self.lines.change(data.line, |line| {
                line.reversed = Some(Reversed::TakenOut);
                line.attached.extend(evidence);
            });
        }
    }

    fn attach(&mut self, target: EventId, evidence: &[Evidence]) {
        let line = self.payments.get(&target).copied().unwrap_or(target);
        self.lines.change(line, |line| {
            let payment = line.payments.iter_mut().find(|payment| payment.id == target);
            let attached = payment.map_or(&mut line.attached, |payment| &mut payment.attached);
            attached.extend(evidence.iter().cloned());
        });
    }

    fn supersede(&mut self, data: &EvidenceSuperseded) {
        self.attach(data.target, &data.evidence);
    }
}
