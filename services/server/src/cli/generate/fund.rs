//! The fund's money: instalments that come in, what the lead sends on, and a recovery.

use jiff::civil::Date;
use serde_json::{Value, json};
use uuid::Uuid;

use super::calendar::Moment;
use super::form::amount;
use super::history::{By, History, Task};
use super::texts;

/// Hundredths of the ERDF that the first two instalments are.
const INSTALMENTS: [i64; 2] = [50, 30];
/// Of so many payments one comes in short of what the bank took.
const SHORT_EVERY: i64 = 12;
const BANK_FEE_CENTS: i64 = 1_500;

/// Money on its way to a partner.
pub(super) struct Forwarded {
    id: Uuid,
    partner: usize,
    cents: i64,
}

/// What becomes of the fund's money some day.
pub(super) enum FundTask {
    /// The instalment with this place comes in, and is sent on to a partner.
    ReceiveInstalment(usize),
    Forward(usize, usize),
    Confirm(usize, Forwarded),
    /// What the bank took is taken back of what was said to be sent.
    TakeBack(usize, Forwarded),
    OrderRecovery,
    Repay(Recovery),
}

/// What is still to be paid back.
pub(super) struct Recovery {
    id: Uuid,
    cents: i64,
}

impl History {
    pub(super) fn move_fund(&mut self, task: FundTask, now: Moment) -> Option<Value> {
        match task {
            FundTask::ReceiveInstalment(index) => self.receive_instalment(index, now),
            FundTask::Forward(index, partner) => self.forward(index, partner, now),
            FundTask::Confirm(index, sent) => self.confirm(index, &sent, now),
            FundTask::TakeBack(index, sent) => self.take_back_fee(index, &sent, now),
            FundTask::OrderRecovery => self.order_recovery(now),
            FundTask::Repay(recovery) => self.repay(&recovery, now),
        }
    }

    pub(super) fn foresee_fund(&mut self) {
        let start = self.plan.start;
        self.add_due(start, 30, 60, Task::Fund(FundTask::ReceiveInstalment(0)));
        self.add_due(start, 380, 420, Task::Fund(FundTask::ReceiveInstalment(1)));
        self.add_due(start, 300, 340, Task::Fund(FundTask::OrderRecovery));
    }

    fn receive_instalment(&mut self, index: usize, now: Moment) -> Option<Value> {
        let erdf: i64 = self.plan.budget.by_partner().values().map(|(_, erdf)| erdf).sum();
        let reference = self.next_document();
        let data = json!({ "instalment": index + 1, "date": now.day,
            "amount": amount(erdf * INSTALMENTS[index] / 100),
            "proof": format!("Bank statement {reference}"),
            "evidence": [self.statement(reference)] });
        for partner in 1..self.who.partners.len() {
            self.add_due(now.day, 7, 30, Task::Fund(FundTask::Forward(index, partner)));
        }
        let by = self.by_lead();
        Some(self.event(now, by, "payment.received", now.day, data).1)
    }

    /// Each partner gets its part of the instalment.
    fn forward(&mut self, index: usize, partner: usize, now: Moment) -> Option<Value> {
        let (_, erdf) = *self.plan.budget.by_partner().get(&partner)?;
        let cents = erdf * INSTALMENTS[index] / 100;
        if cents == 0 {
            return None;
        }
        let reference = self.next_document();
        let data = json!({ "partner": self.who.partners[partner].number,
            "instalment": index + 1, "date": now.day, "amount": amount(cents),
            "proof": format!("Bank order {reference}") });
        let by = self.by_lead();
        let (id, event) = self.event(now, by, "payment.forwarded", now.day, data);
        let sent = Forwarded { id, partner, cents };
        self.add_due(now.day, 2, 12, Task::Fund(FundTask::Confirm(index, sent)));
        Some(event)
    }

    /// The partner confirms it; of the second instalment the first partner has the lead do so.
    fn confirm(&mut self, index: usize, sent: &Forwarded, now: Moment) -> Option<Value> {
        let Forwarded { id, partner, cents } = *sent;
        let short = self.chance.between(1, SHORT_EVERY) == 1 && cents > BANK_FEE_CENTS;
        let cents = if short { cents - BANK_FEE_CENTS } else { cents };
        let data = json!({ "payment": id, "date": now.day, "amount": amount(cents) });
        let by = if index == 1 && partner == 1 {
            By { on_behalf_of: Some(self.who.partners[partner].number), ..self.by_lead() }
        } else {
            self.by(partner)
        };
        if short {
            let fee = Forwarded { id, partner, cents: BANK_FEE_CENTS };
            self.add_due(now.day, 1, 5, Task::Fund(FundTask::TakeBack(index, fee)));
        }
        Some(self.event(now, by, "payment.confirmed", now.day, data).1)
    }

    fn take_back_fee(&mut self, index: usize, sent: &Forwarded, now: Moment) -> Option<Value> {
        let data = json!({ "partner": self.who.partners[sent.partner].number,
            "instalment": index + 1, "date": now.day, "amount": amount(-sent.cents),
            "corrects": sent.id });
        let by = self.by_lead();
        let mut event = self.event(now, by, "payment.forwarded", now.day, data).1;
        event["reason"] = "The bank took its fee of what was sent".into();
        Some(event)
    }

    /// Money is ordered back of the partner after the lead, and comes in two parts.
    fn order_recovery(&mut self, now: Moment) -> Option<Value> {
        let partner = &self.who.partners[1];
        let (number, language) = (partner.number, partner.country.language);
        let cents = self.chance.between(50_000, 400_000);
        let data = json!({ "partner": number, "amount": amount(cents),
            "due": now.day.saturating_add(jiff::Span::new().days(60)),
            "reason": texts::REVERSAL.written_in(language),
            "evidence": [self.who.document("letter", "Order for recovery", "recovery")] });
        let by = self.by_lead();
        let (id, event) = self.event(now, by, "recovery.ordered", now.day, data);
        let part = cents / 3;
        self.add_due(now.day, 20, 40, Task::Fund(FundTask::Repay(Recovery { id, cents: part })));
        self.add_due(
            now.day,
            45,
            70,
            Task::Fund(FundTask::Repay(Recovery { id, cents: cents - part })),
        );
        Some(event)
    }

    fn repay(&mut self, recovery: &Recovery, now: Moment) -> Option<Value> {
        let reference = self.next_document();
        let data = json!({ "recovery": recovery.id, "date": now.day,
            "amount": amount(recovery.cents), "evidence": [self.statement(reference)] });
        let by = self.by_lead();
        Some(self.event(now, by, "recovery.repaid", now.day, data).1)
    }

    fn statement(&self, reference: u64) -> Value {
        let path = format!("payment:{reference}");
        self.who.document("proof_of_payment", "Bank statement", &path)
    }

    /// More than the fund ever pays is sent on.
    pub(super) fn too_much_forwarded(&mut self, day: Date) -> Value {
        json!({ "partner": self.who.partners[1].number, "instalment": 1, "date": day,
            "amount": "9999999999.00" })
    }
}
