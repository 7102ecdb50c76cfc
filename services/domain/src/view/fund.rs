//! The fund's money, payment by payment. In euro.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::event::evidence::Evidence;
use crate::event::finance::Finance;
use crate::event::finance::payment::{
    PaymentConfirmed, PaymentForwarded, PaymentReceived, RecoveryOrdered, RecoveryRepaid,
};
use crate::ids::{EventId, PartnerNumber};
use crate::money::Cents;
use crate::posting::Recorded;
use crate::project::Project;
use crate::view::learning_log::Entry;
use crate::view::register::Numbered;

/// The payments and recoveries of one project. A copy costs the same however many there are.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Fund {
    payments: Numbered<Payment>,
    recoveries: Numbered<Recovery>,
}

/// Money of the fund on its way.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Payment {
    pub entry: Entry,
    pub sent: Sent,
    /// What was mistyped of it, in the order in which it was taken back.
    pub mistyped: imbl::Vector<Arc<TakenBack>>,
    /// What the partner said to have got, where it was sent on.
    pub confirmed: Option<Arc<Confirmed>>,
}

/// From whom and to whom.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Sent {
    /// From the programme to the lead partner.
    Received(Arc<PaymentReceived>),
    /// From the lead partner to another one.
    Forwarded(Arc<PaymentForwarded>),
}

/// An amount that was mistyped is taken back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TakenBack {
    /// The event that takes it back.
    pub id: EventId,
    /// Negative.
    pub amount: Cents,
    pub evidence: Arc<[Evidence]>,
}

impl TakenBack {
    fn of(recorded: &Recorded, amount: Cents, evidence: &[Evidence]) -> Arc<Self> {
        Arc::new(Self { id: recorded.id, amount, evidence: evidence.into() })
    }
}

/// The partner has got it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Confirmed {
    pub entry: Entry,
    pub data: Arc<PaymentConfirmed>,
}

/// Money that is to be paid back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Recovery {
    pub entry: Entry,
    pub data: Arc<RecoveryOrdered>,
    /// What was mistyped of it, in the order in which it was taken back.
    pub mistyped: imbl::Vector<Arc<TakenBack>>,
    /// In the order in which they were recorded.
    pub repayments: imbl::Vector<Arc<Repaid>>,
}

/// Some of it was paid back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Repaid {
    pub entry: Entry,
    pub data: Arc<RecoveryRepaid>,
}

impl Payment {
    pub fn instalment(&self) -> u32 {
        match &self.sent {
            Sent::Received(data) => data.instalment,
            Sent::Forwarded(data) => data.instalment,
        }
    }

    pub fn date(&self) -> Date {
        match &self.sent {
            Sent::Received(data) => data.date,
            Sent::Forwarded(data) => data.date,
        }
    }

    /// Less what was taken back of it.
    pub fn amount(&self) -> Cents {
        self.sent_amount() + self.taken_back()
    }

    /// As it was recorded first.
    pub fn sent_amount(&self) -> Cents {
        match &self.sent {
            Sent::Received(data) => data.amount,
            Sent::Forwarded(data) => data.amount,
        }
    }

    /// What was mistyped of it; zero or less.
    pub fn taken_back(&self) -> Cents {
        self.mistyped.iter().map(|mistyped| mistyped.amount).sum()
    }

    /// The partner that it was sent on to; none where the lead partner has got it itself.
    pub fn forwarded_to(&self) -> Option<PartnerNumber> {
        match &self.sent {
            Sent::Received(_) => None,
            Sent::Forwarded(data) => Some(data.partner),
        }
    }

    pub fn proof(&self) -> Option<&str> {
        let proof = match &self.sent {
            Sent::Received(data) => data.proof.as_ref(),
            Sent::Forwarded(data) => data.proof.as_ref(),
        };
        proof.map(|proof| proof.as_str())
    }

    pub fn evidence(&self) -> &[Evidence] {
        match &self.sent {
            Sent::Received(data) => &data.evidence,
            Sent::Forwarded(data) => &data.evidence,
        }
    }
}

impl Recovery {
    /// What was ordered back, less what was taken back of it.
    pub fn amount(&self) -> Cents {
        self.data.amount + self.taken_back()
    }

    /// What was mistyped of it; zero or less.
    pub fn taken_back(&self) -> Cents {
        self.mistyped.iter().map(|mistyped| mistyped.amount).sum()
    }

    pub fn repaid(&self) -> Cents {
        self.repayments.iter().map(|repaid| repaid.data.amount).sum()
    }

    /// What is still to be paid back.
    pub fn left(&self) -> Cents {
        self.amount() - self.repaid()
    }
}

impl Fund {
    /// Takes a recorded event in. `project` is the state after the event.
    pub fn apply(&mut self, recorded: &Recorded, project: &Project) {
        match &*recorded.event {
            Event::Finance(event) => self.apply_finance(recorded, project, event),
            Event::Plan(_) | Event::Delivery(_) | Event::Learning(_) => {}
        }
    }

    /// What speaks of a payment or recovery that this view does not have is left aside: a view up
    /// to a day can have a confirmation and not its payment.
    fn apply_finance(&mut self, recorded: &Recorded, project: &Project, event: &Finance) {
        let entry = || Entry::of(recorded, project);
        match event {
            Finance::PaymentReceived(data) => {
                self.pay(recorded, entry(), Sent::Received(Arc::clone(data)));
            }
            Finance::PaymentForwarded(data) => self.forward(recorded, entry(), data),
            Finance::PaymentConfirmed(data) => {
                if let Some(payment) = self.payments.get_mut(data.payment) {
                    let confirmed = Confirmed { entry: entry(), data: Arc::clone(data) };
                    payment.confirmed = Some(Arc::new(confirmed));
                }
            }
            Finance::RecoveryOrdered(data) => self.order(recorded, entry(), data),
            Finance::RecoveryRepaid(data) => {
                if let Some(recovery) = self.recoveries.get_mut(data.recovery) {
                    let repaid = Repaid { entry: entry(), data: Arc::clone(data) };
                    recovery.repayments.push_back(Arc::new(repaid));
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
            | Finance::ClarificationRequested(_)
            | Finance::ClarificationAnswered(_)
            | Finance::ClarificationClosed(_)
            | Finance::LineVerified(_)
            | Finance::LineUnparked(_)
            | Finance::VisitRecorded(_)
            | Finance::AuditOpened(_)
            | Finance::FindingRecorded(_)
            | Finance::CorrectionImposed(_)
            | Finance::AuditClosed(_)
            | Finance::RetentionStarted(_)
            | Finance::HoldPlaced(_)
            | Finance::HoldReleased(_) => {}
        }
    }

    fn pay(&mut self, recorded: &Recorded, entry: Entry, sent: Sent) {
        let payment = Payment { entry, sent, mistyped: imbl::Vector::new(), confirmed: None };
        self.payments.insert(recorded, payment);
    }

    fn forward(&mut self, recorded: &Recorded, entry: Entry, data: &Arc<PaymentForwarded>) {
        match data.corrects.and_then(|id| self.payments.get_mut(id)) {
            Some(payment) => {
                let mistyped = TakenBack::of(recorded, data.amount, &data.evidence);
                payment.mistyped.push_back(mistyped);
            }
            None => self.pay(recorded, entry, Sent::Forwarded(Arc::clone(data))),
        }
    }

    fn order(&mut self, recorded: &Recorded, entry: Entry, data: &Arc<RecoveryOrdered>) {
        if let Some(recovery) = data.corrects.and_then(|id| self.recoveries.get_mut(id)) {
            let mistyped = TakenBack::of(recorded, data.amount, &data.evidence);
            recovery.mistyped.push_back(mistyped);
            return;
        }
        let data = Arc::clone(data);
        let (mistyped, repayments) = (imbl::Vector::new(), imbl::Vector::new());
        let recovery = Recovery { entry, data, mistyped, repayments };
        self.recoveries.insert(recorded, recovery);
    }

    /// The payments, the newest recorded first.
    pub fn payments(&self) -> impl Iterator<Item = &Payment> {
        self.payments.newest_first()
    }

    /// The recoveries, the newest recorded first.
    pub fn recoveries(&self) -> impl Iterator<Item = &Recovery> {
        self.recoveries.newest_first()
    }

    pub fn recovery(&self, id: EventId) -> Option<&Recovery> {
        self.recoveries.get(id)
    }

    pub fn payment(&self, id: EventId) -> Option<&Payment> {
        self.payments.get(id)
    }
}
