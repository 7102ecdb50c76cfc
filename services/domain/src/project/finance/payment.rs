//! The fund's money as the rules need it: what came in, what was sent on, what is to be paid back.
//! In euro.

use imbl::{OrdMap, OrdSet};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::dated::Dated;
use crate::event::finance::payment::{
    PaymentConfirmed, PaymentForwarded, PaymentReceived, RecoveryOrdered, RecoveryRepaid,
};
use crate::ids::{EventId, PartnerNumber};
use crate::money::Cents;
use crate::posting::Recorded;

/// The payments and recoveries of a project, with the sums that rules and views both speak of.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct PaymentState {
    /// What the lead partner has got of each instalment.
    received: OrdMap<u32, Dated>,
    forwarded: OrdMap<EventId, Forwarded>,
    recoveries: OrdMap<EventId, Recovery>,
    /// The corrections from which a recovery can follow.
    corrections: OrdSet<EventId>,
    sums: OrdMap<PartnerNumber, FundSums>,
}

/// What was sent to a partner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forwarded {
    pub partner: PartnerNumber,
    pub instalment: u32,
    pub date: Date,
    /// Less what was taken back of it.
    pub amount: Cents,
    pub confirmed: Option<Arrival>,
}

/// What the partner has got of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    pub date: Date,
    pub amount: Cents,
}

/// What is to be paid back by a partner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovery {
    pub partner: PartnerNumber,
    pub ordered_on: Date,
    /// Less what was taken back of it.
    pub amount: Cents,
    /// What was paid back.
    pub repaid: Dated,
}

impl Recovery {
    pub fn left(&self) -> Cents {
        self.amount - self.repaid.total()
    }
}

/// The fund's money of one partner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FundSums {
    /// What was sent to the partner.
    pub forwarded: Cents,
    /// What it said to have got of that.
    pub confirmed: Cents,
    /// What it is to pay back in all.
    pub ordered: Cents,
    /// What it has paid back.
    pub repaid: Cents,
}

impl PaymentState {
    /// What has come in of an instalment.
    pub fn received_of(&self, instalment: u32) -> Dated {
        self.received.get(&instalment).cloned().unwrap_or_default()
    }

    /// What has come in of all instalments.
    pub fn received(&self) -> Cents {
        self.received.values().map(Dated::total).sum()
    }

    /// What was sent on to all partners.
    pub fn forwarded(&self) -> Cents {
        self.sums.values().map(|sums| sums.forwarded).sum()
    }

    /// What the lead partner has got back of the others.
    pub fn recovered(&self, lead: PartnerNumber) -> Cents {
        let others = self.sums.iter().filter(|(partner, _)| **partner != lead);
        others.map(|(_, sums)| sums.repaid).sum()
    }

    /// What the lead partner can send on in all: what has come in and what it got back.
    pub fn to_forward(&self, lead: PartnerNumber) -> Cents {
        self.received() + self.recovered(lead)
    }

    pub fn forwarding(&self, id: EventId) -> Option<&Forwarded> {
        self.forwarded.get(&id)
    }

    pub fn recovery(&self, id: EventId) -> Option<&Recovery> {
        self.recoveries.get(&id)
    }

    pub fn knows_correction(&self, id: EventId) -> bool {
        self.corrections.contains(&id)
    }

    /// The fund's money of a partner, apart from what the lead partner gets of the programme.
    pub fn sums_of(&self, partner: PartnerNumber) -> FundSums {
        self.sums.get(&partner).copied().unwrap_or_default()
    }

    pub(super) fn receive(&mut self, data: &PaymentReceived) {
        self.received.entry(data.instalment).or_default().add(data.date, data.amount);
    }

    pub(super) fn forward(&mut self, recorded: &Recorded, data: &PaymentForwarded) {
        let PaymentForwarded { partner, instalment, date, amount, corrects, .. } = *data;
        if let Some(mistyped) = corrects.and_then(|id| self.forwarded.get_mut(&id)) {
            mistyped.amount += amount;
        } else {
            let forwarded = Forwarded { partner, instalment, date, amount, confirmed: None };
            self.forwarded.insert(recorded.id, forwarded);
        }
        self.sums.entry(partner).or_default().forwarded += amount;
    }

    pub(super) fn confirm(&mut self, data: &PaymentConfirmed) {
        let Some(forwarded) = self.forwarded.get_mut(&data.payment) else { return };
        let before = forwarded.confirmed.map(|arrival| arrival.amount).unwrap_or_default();
        forwarded.confirmed = Some(Arrival { date: data.date, amount: data.amount });
        self.sums.entry(forwarded.partner).or_default().confirmed += data.amount - before;
    }

    pub(super) fn order(&mut self, recorded: &Recorded, data: &RecoveryOrdered) {
        let RecoveryOrdered { partner, amount, corrects, .. } = *data;
        if let Some(mistyped) = corrects.and_then(|id| self.recoveries.get_mut(&id)) {
            mistyped.amount += amount;
        } else {
            let ordered_on = recorded.occurred_on;
            let recovery = Recovery { partner, ordered_on, amount, repaid: Dated::default() };
            self.recoveries.insert(recorded.id, recovery);
        }
        self.sums.entry(partner).or_default().ordered += amount;
    }

    pub(super) fn repay(&mut self, data: &RecoveryRepaid) {
        let Some(recovery) = self.recoveries.get_mut(&data.recovery) else { return };
        recovery.repaid.add(data.date, data.amount);
        self.sums.entry(recovery.partner).or_default().repaid += data.amount;
    }

    pub(super) fn correct(&mut self, recorded: &Recorded) {
        self.corrections.insert(recorded.id);
    }
}
