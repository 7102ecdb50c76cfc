//! Finance as the rules need it, with the sums that a warning and the budget both speak of.
//!
//! Everything that a rule asks costs the logarithm of the number of lines, or is in proportion
//! to the lines of one document or to the cells of the budget.

pub mod document;
pub mod figures;
#[cfg(test)]
pub(crate) mod given;

use std::collections::BTreeMap;
use std::sync::Arc;

use imbl::{OrdMap, OrdSet};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::plan::PlanState;
use super::plan::item::Item;
use crate::code::{ActivityCode, DeliverableCode, WorkPackageCode};
use crate::event::finance::Finance;
use crate::event::finance::expenditure::{ExpenditureDeclared, ExpenditurePaid};
use crate::event::plan::{Plan, RatePolicy};
use crate::ids::{EventId, PartnerNumber};
use crate::money::{Cents, Currency, Rate};
use crate::period::Month;
use crate::posting::Recorded;
use document::DocumentKey;
use figures::{Cell, Figures};

/// The expenditure lines of a project.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct FinanceState {
    lines: OrdMap<EventId, Arc<Line>>,
    /// The live lines of each document at each partner.
    documents: OrdSet<(Arc<DocumentKey>, PartnerNumber, EventId)>,
    /// The live lines that are not in euro, for when a rate changes.
    foreign: OrdSet<(Currency, EventId)>,
    sums: OrdMap<(Cell, Currency), Sums>,
    rates: OrdMap<Currency, RateUsed>,
}

/// An expenditure line and what became of it. Amounts are in the line's currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub id: EventId,
    /// The partner whose cost it is.
    pub partner: PartnerNumber,
    pub data: Arc<ExpenditureDeclared>,
    /// What its codes meant in the form in force on its day.
    pub work_package: Item<WorkPackageCode>,
    pub activity: Option<Item<ActivityCode>>,
    pub deliverable: Option<Item<DeliverableCode>>,
    pub occurred_on: Date,
    /// Number of the declaring event in its project.
    pub version: u64,
    /// Sum of the payments.
    pub paid: Cents,
    /// Sum of the live credit notes: negative, or nothing.
    pub credited: Cents,
    /// Whether this credit note was counted at the line that it corrects.
    credits: bool,
    pub reversed: bool,
}

impl Line {
    /// The part of the declared amount that was paid: payments up to what is declared, since a
    /// payment also covers what the project does not.
    pub fn paid_of_declared(&self) -> Cents {
        let declared = self.data.declared;
        if declared.is_negative() { self.paid.max(declared) } else { self.paid.min(declared) }
    }

    fn cell(&self) -> Cell {
        Cell {
            partner: self.partner,
            work_package: self.work_package,
            category: self.data.category,
        }
    }
}

/// The rate by which the lines of a currency are euro until their claim is submitted.
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

/// The live lines of one cell in one currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    pub lines: u64,
    /// In the currency.
    pub declared: Cents,
    /// In euro, each line converted on its own; nothing without a rate.
    pub euro: Cents,
    /// The paid part in euro, by the same rate.
    pub paid_euro: Cents,
}

impl FinanceState {
    pub(super) fn apply(&mut self, recorded: &Recorded, plan: &PlanState, event: &Finance) {
        match event {
            Finance::ExpenditureDeclared(data) => self.declare(recorded, plan, data),
            Finance::ExpenditurePaid(data) => self.pay(data),
            Finance::ExpenditureReversed(data) => self.reverse(data.line),
            Finance::ContractAwarded(_)
            | Finance::ContractAmended(_)
            | Finance::ContractClosed(_)
            | Finance::SubcontractRecorded(_) => {}
            Finance::ExpenditureAmended(_)
            | Finance::ExpenditurePrechecked(_)
            | Finance::EvidenceAttached(_)
            | Finance::EvidenceSuperseded(_)
            | Finance::LumpSumTriggered(_)
            | Finance::UnitCostClaimed(_) => {}
            Finance::ContributionReceived(_)
            | Finance::InKindRecorded(_)
            | Finance::RevenueRecorded(_) => {}
            Finance::PartnerReportSubmitted(_) | Finance::PartnerReportReturned(_) => {}
            Finance::ClaimAssembled(_)
            | Finance::ClaimSubmitted(_)
            | Finance::ClaimWithdrawn(_)
            | Finance::ControlStarted(_)
            | Finance::ControlClosed(_)
            | Finance::LineVerified(_)
            | Finance::LineUnparked(_)
            | Finance::CorrectionImposed(_) => {}
            Finance::ClarificationRequested(_)
            | Finance::ClarificationAnswered(_)
            | Finance::ClarificationClosed(_) => {}
            Finance::VisitRecorded(_) => {}
            Finance::PaymentReceived(_)
            | Finance::PaymentForwarded(_)
            | Finance::PaymentConfirmed(_)
            | Finance::RecoveryOrdered(_)
            | Finance::RecoveryRepaid(_) => {}
            Finance::AuditOpened(_) | Finance::FindingRecorded(_) | Finance::AuditClosed(_) => {}
            Finance::RetentionStarted(_) | Finance::HoldPlaced(_) | Finance::HoldReleased(_) => {}
        }
    }

    /// Converts the lines of a currency anew when the newest rate that the log knows is another.
    pub(super) fn follow_rates(&mut self, plan: &PlanState, event: &Plan) {
        match event {
            Plan::RatePolicySet(data) => self.follow_rate(plan, data.currency),
            Plan::ExchangeRatesImported(data) => {
                for rate in &data.rates {
                    self.follow_rate(plan, rate.currency);
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

    /// The partner whose cost a line is.
    pub fn partner_of(&self, id: EventId) -> Option<PartnerNumber> {
        self.line(id).map(|line| line.partner)
    }

    pub fn line(&self, id: EventId) -> Option<&Line> {
        self.lines.get(&id).map(|line| &**line)
    }

    /// The live lines of a partner of which something is not paid, of all that is declared.
    pub fn unpaid_lines_of(&self, partner: PartnerNumber) -> impl Iterator<Item = &Line> {
        let unpaid = |line: &&Line| !line.reversed && line.paid_of_declared() != line.data.declared;
        let lines = self.lines.values().map(|line| &**line);
        lines.filter(move |line| line.partner == partner).filter(unpaid)
    }

    /// The live lines of a document at a partner.
    pub fn lines_of_document(
        &self,
        key: DocumentKey,
        partner: PartnerNumber,
    ) -> impl Iterator<Item = &Line> {
        let key = Arc::new(key);
        self.documents
            .range((Arc::clone(&key), partner, Uuid::nil())..=(key, partner, Uuid::max()))
            .filter_map(|(_, _, id)| self.line(*id))
    }

    /// Whether a document has a live line at another partner than this one.
    pub fn is_declared_by_another(&self, key: DocumentKey, partner: PartnerNumber) -> bool {
        if !key.is_the_same_everywhere() {
            return false;
        }
        let key = Arc::new(key);
        self.documents
            .range((Arc::clone(&key), 0, Uuid::nil())..=(key, PartnerNumber::MAX, Uuid::max()))
            .any(|(_, declared_by, _)| *declared_by != partner)
    }

    /// The rate by which a currency is euro for now; none for the euro itself.
    pub fn rate(&self, currency: Currency) -> Option<&RateUsed> {
        self.rates.get(&currency)
    }

    /// An amount in euro by the newest rate that the log knows, rounded half away from zero.
    pub fn to_euro(&self, amount: Cents, currency: Currency) -> Option<Cents> {
        if currency == Currency::EUR {
            return Some(amount);
        }
        self.rates.get(&currency).map(|used| amount.to_euro(used.rate))
    }

    /// The sums of the live lines by cell and currency.
    pub fn sums(&self) -> impl Iterator<Item = (&Cell, Currency, &Sums)> {
        self.sums.iter().map(|((cell, currency), sums)| (cell, *currency, sums))
    }

    /// The figures of all cells that have lines, without flat rates.
    pub fn figures(&self) -> BTreeMap<Cell, Figures> {
        let mut figures = BTreeMap::<Cell, Figures>::new();
        for (cell, currency, sums) in self.sums() {
            let fixed = currency == Currency::EUR;
            figures.entry(*cell).or_default().add(Figures {
                declared: sums.euro,
                provisional: if fixed { Cents::ZERO } else { sums.euro },
                paid: sums.paid_euro,
            });
        }
        figures
    }

    /// A line of no partner is left out: no sum could show it.
    fn declare(&mut self, recorded: &Recorded, plan: &PlanState, data: &Arc<ExpenditureDeclared>) {
        let Some(partner) = recorded.partner() else { return };
        if self.lines.contains_key(&recorded.id) {
            return;
        }
        let day = recorded.occurred_on;
        let corrected = data.corrects.and_then(|id| self.line(id));
        let line = Line {
            id: recorded.id,
            partner,
            data: Arc::clone(data),
            work_package: plan.item(data.work_package, day),
            activity: data.activity.map(|code| plan.item(code, day)),
            deliverable: data.deliverable.map(|code| plan.item(code, day)),
            occurred_on: day,
            version: recorded.version,
            paid: Cents::ZERO,
            credited: Cents::ZERO,
            credits: corrected.is_some_and(|corrected| corrected.partner == partner),
            reversed: false,
        };
        if let Some(id) = data.corrects.filter(|_| line.credits) {
            self.change(id, |corrected| corrected.credited += data.declared);
        }
        self.documents.insert((Arc::new(DocumentKey::of(&data.document)), partner, line.id));
        if data.currency != Currency::EUR {
            self.foreign.insert((data.currency, line.id));
        }
        self.count(&line, Sums::add);
        self.lines.insert(line.id, Arc::new(line));
    }

    fn pay(&mut self, data: &ExpenditurePaid) {
        self.change(data.line, |line| line.paid += data.amount);
    }

    fn reverse(&mut self, id: EventId) {
        let Some(line) = self.lines.get(&id).filter(|line| !line.reversed).cloned() else {
            return;
        };
        let key = Arc::new(DocumentKey::of(&line.data.document));
        self.documents.remove(&(key, line.partner, id));
        self.foreign.remove(&(line.data.currency, id));
        if let Some(corrected) = line.data.corrects.filter(|_| line.credits) {
            self.change(corrected, |corrected| corrected.credited -= line.data.declared);
        }
        self.change(id, |line| line.reversed = true);
    }

    /// Changes a line, if it is there, and the sums with it.
    fn change(&mut self, id: EventId, change: impl FnOnce(&mut Line)) {
        let Some(mut line) = self.lines.get(&id).map(|line| (**line).clone()) else { return };
        self.count(&line, Sums::subtract);
        change(&mut line);
        self.count(&line, Sums::add);
        self.lines.insert(id, Arc::new(line));
    }

    fn count(&mut self, line: &Line, change: fn(&mut Sums, Sums)) {
        if line.reversed {
            return;
        }
        let key = (line.cell(), line.data.currency);
        let mut sums = self.sums.get(&key).copied().unwrap_or_default();
        change(&mut sums, self.sums_of(line));
        if sums.lines == 0 {
            self.sums.remove(&key);
        } else {
            self.sums.insert(key, sums);
        }
    }

    fn sums_of(&self, line: &Line) -> Sums {
        let euro = |amount| self.to_euro(amount, line.data.currency).unwrap_or_default();
        Sums {
            lines: 1,
            declared: line.data.declared,
            euro: euro(line.data.declared),
            paid_euro: euro(line.paid_of_declared()),
        }
    }

    fn follow_rate(&mut self, plan: &PlanState, currency: Currency) {
        let used = plan.newest_rate(currency).and_then(|(month, rate)| {
            let policy = plan.rate_policy(currency, month.last_day())?.policy;
            Some(RateUsed { currency, month, rate, policy })
        });
        if currency == Currency::EUR || self.rates.get(&currency) == used.as_ref() {
            return;
        }
        match used {
            Some(used) => self.rates.insert(currency, used),
            None => self.rates.remove(&currency),
        };
        let mut sums = BTreeMap::<Cell, Sums>::new();
        let of_currency = (currency, Uuid::nil())..=(currency, Uuid::max());
        for line in self.foreign.range(of_currency).filter_map(|(_, id)| self.line(*id)) {
            sums.entry(line.cell()).or_default().add(self.sums_of(line));
        }
        self.sums.extend(sums.into_iter().map(|(cell, sums)| ((cell, currency), sums)));
    }
}

impl Sums {
    fn add(&mut self, other: Self) {
        self.lines += other.lines;
        self.declared += other.declared;
        self.euro += other.euro;
        self.paid_euro += other.paid_euro;
    }

    fn subtract(&mut self, other: Self) {
        self.lines = self.lines.saturating_sub(other.lines);
        self.declared -= other.declared;
        self.euro -= other.euro;
        self.paid_euro -= other.paid_euro;
    }
}
