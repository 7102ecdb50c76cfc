//! The two claims of a project: put together, handed in, taken back and handed in again.

use cairn_domain::list::CLAIM_LINES_MAX;
use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::{Step, words};
use crate::cli::generate::calendar::{LAST_DAY, Moment};
use crate::cli::generate::history::History;

/// Thousandths of a history, from its start: when a claim is put together and when its control is
/// to be done. Its lines are so many that control takes a good part of the time between.
const CLAIMS: [(i32, i32); 2] = [(370, 620), (730, 950)];
/// A claim that is taken back is put together so much earlier.
const EARLIER: i32 = 40;

#[derive(Default)]
pub(super) struct Claim {
    pub(super) stage: Stage,
    /// The places of its items in the book.
    pub(super) items: Vec<usize>,
    /// Whether it is going to be taken back.
    withdraws: bool,
    pub(super) control_until: Date,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Stage {
    #[default]
    Begun,
    Assembled,
    Submitted,
    InControl,
    Closed,
}

impl History {
    /// One of the two claims is taken back once and handed in in another month.
    pub(super) fn foresee_claims(&mut self) {
        let start = self.plan.start;
        let days = (LAST_DAY - start).get_days();
        let at = |thousandths: i32| start + (days * thousandths / 1_000).days();
        let withdrawn = self.chance.below(CLAIMS.len());
        for (index, (assembled, controlled)) in CLAIMS.into_iter().enumerate() {
            let withdraws = index == withdrawn;
            let earlier = if withdraws { EARLIER } else { 0 };
            self.money.claims[index].withdraws = withdraws;
            self.money.claims[index].control_until = at(controlled);
            let number = if index == 0 { 1 } else { 2 };
            let day = at(assembled - earlier).last_of_month();
            self.add_step(day, -3, 0, Step::Assemble(number));
        }
    }

    pub(super) fn claim(&mut self, number: u32) -> &mut Claim {
        &mut self.money.claims[if number == 1 { 0 } else { 1 }]
    }

    /// All that is paid and in order until the end of a month before.
    pub(super) fn assemble(&mut self, number: u32, now: Moment) -> Option<Value> {
        let mut until = now.day.first_of_month() - 1.day();
        let mut found = self.found(number, until);
        while found.len() > CLAIM_LINES_MAX {
            until = until.first_of_month() - 1.day();
            found = self.found(number, until);
        }
        let stays_out = |place: &usize| {
            let item = &self.money.items[*place];
            item.early && !item.letter
        };
        let (without, items): (Vec<usize>, Vec<usize>) = found.into_iter().partition(stays_out);
        if items.is_empty() {
            self.add_step(now.day, 10, 15, Step::Assemble(number));
            return None;
        }
        let without: Vec<_> = without.iter().map(|place| self.money.items[*place].id).collect();
        let mut data = json!({ "claim": number, "filter": { "until": until, "paid": true,
            "prechecked": true } });
        if !without.is_empty() {
            data["without"] = json!(without);
        }
        for place in &items {
            self.money.items[*place].claim = Some(number);
        }
        *self.claim(number) = Claim {
            stage: Stage::Assembled,
            items,
            withdraws: self.claim(number).withdraws,
            control_until: self.claim(number).control_until,
        };
        self.expect_submission(number, now);
        let by = self.by(0);
        Some(self.event(now, by, "claim.assembled", now.day, data).1)
    }

    /// Early in the next month, once its rates are known.
    fn expect_submission(&mut self, number: u32, now: Moment) {
        self.add_step(now.day.last_of_month(), 6, 12, Step::Submit(number));
    }

    fn found(&self, number: u32, until: Date) -> Vec<usize> {
        let items = self.money.items.iter().enumerate();
        let found = items.filter(|(_, item)| {
            let is_due = item.is_free_for(number) && item.day <= until && item.checked;
            is_due && self.money.is_paid(item)
        });
        found.map(|(place, _)| place).collect()
    }

    /// What the items of a claim are on a day, where all rates are known.
    pub(super) fn frozen(&self, claim: &Claim, day: Date) -> Option<Vec<i64>> {
        claim.items.iter().map(|place| self.money.euro(&self.money.items[*place], day)).collect()
    }

    pub(super) fn submit_claim(&mut self, number: u32, now: Moment) -> Option<Value> {
        let skips = number == 2 && self.money.claims[0].stage == Stage::Begun;
        let frozen = self.frozen(&self.money.claims[if number == 1 { 0 } else { 1 }], now.day);
        let Some(frozen) = frozen.filter(|_| !skips) else {
            self.add_step(now.day, 1, 2, Step::Submit(number));
            return None;
        };
        let items = self.claim(number).items.clone();
        for (place, euro) in items.into_iter().zip(frozen) {
            self.money.items[place].euro = euro;
        }
        let claim = self.claim(number);
        claim.stage = Stage::Submitted;
        if std::mem::take(&mut claim.withdraws) {
            self.add_step(now.day, 2, 8, Step::Withdraw(number));
        } else {
            self.add_step(now.day, 5, 15, Step::StartControl(number));
        }
        let data = json!({ "claim": number });
        let by = self.by_lead();
        Some(self.event(now, by, "claim.submitted", now.day, data).1)
    }

    pub(super) fn withdraw_claim(&mut self, number: u32, now: Moment) -> Option<Value> {
        self.claim(number).stage = Stage::Assembled;
        self.expect_submission(number, now);
        let reason = words::TOO_EARLY.written_in(self.who.lead().country.language);
        let by = self.by_lead();
        let data = json!({ "claim": number, "reason": reason });
        Some(self.event(now, by, "claim.withdrawn", now.day, data).1)
    }
}
