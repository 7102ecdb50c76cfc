//! Postings on money that a rule refuses: a claim is handed in too early, closed too early, or
//! asks for what another one has.

use cairn_domain::rule::Rule;
use serde_json::{Value, json};

use super::Item;
use super::claims::Stage;
use crate::cli::generate::calendar::Moment;
use crate::cli::generate::form::amount;
use crate::cli::generate::history::{Attempt, History};

/// What goes wrong with a claim, at most once with each.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mishap {
    /// Handed in before the rates of the month are there.
    RateMissing,
    /// A line of it is amended.
    LineLocked,
    /// A line of it is taken into another one.
    LineInClaim,
    /// What is ruled on a line is more than the line.
    Unbalanced,
    /// Control is closed with lines open.
    LinesOpen,
}

impl Mishap {
    const ALL: [Self; 5] =
        [Self::RateMissing, Self::LineLocked, Self::LineInClaim, Self::Unbalanced, Self::LinesOpen];
}

impl History {
    /// What goes wrong as soon as it can.
    pub(in crate::cli::generate) fn mishap(&mut self, now: Moment) -> Option<Attempt> {
        for number in [1, 2] {
            if self.claim(number).stage == Stage::Begun {
                break;
            }
            for mishap in Mishap::ALL {
                if self.money.happened.contains(&(mishap, number)) {
                    continue;
                }
                if let Some((rule, event)) = self.go_wrong(mishap, number, now) {
                    self.money.happened.insert((mishap, number));
                    return Some(Attempt { at: now.at, refused_by: Some(rule.id()), event });
                }
            }
        }
        None
    }

    fn go_wrong(&mut self, mishap: Mishap, number: u32, now: Moment) -> Option<(Rule, Value)> {
        match mishap {
            Mishap::RateMissing => self.hand_in_too_early(number, now),
            Mishap::LineLocked => self.amend_locked(number, now),
            Mishap::LineInClaim => self.take_into_another_claim(number, now),
            Mishap::Unbalanced => self.rule_on_too_much(number, now),
            Mishap::LinesOpen => self.close_too_early(number, now),
        }
    }

    fn hand_in_too_early(&mut self, number: u32, now: Moment) -> Option<(Rule, Value)> {
        let claim = &self.money.claims[if number == 1 { 0 } else { 1 }];
        let knows_rates = self.frozen(claim, now.day).is_some();
        if claim.stage != Stage::Assembled || knows_rates {
            return None;
        }
        let (by, data) = (self.by_lead(), json!({ "claim": number }));
        let event = self.event(now, by, "claim.submitted", now.day, data).1;
        Some((Rule::RateMissing, event))
    }

    /// The first item of a claim that is as described.
    fn item_of(&self, number: u32, described: impl Fn(&Item) -> bool) -> Option<usize> {
        let claim = &self.money.claims[if number == 1 { 0 } else { 1 }];
        let mut items = claim.items.iter().copied();
        items.find(|place| described(&self.money.items[*place]))
    }

    fn amend_locked(&mut self, number: u32, now: Moment) -> Option<(Rule, Value)> {
        if self.claim(number).stage == Stage::Assembled {
            return None;
        }
        let place = self.item_of(number, |item| item.on_document && !item.taken_out)?;
        let item = &self.money.items[place];
        let (partner, declared) = (item.partner, item.declared);
        let reason = super::words::AMENDED.written_in("en");
        let data = json!({ "line": item.id, "reason": reason, "declared": amount(declared / 2) });
        let by = self.by(partner);
        let event = self.event(now, by, "expenditure.amended", now.day, data).1;
        Some((Rule::LineLocked, event))
    }

    /// The second claim asks for a line of the first one.
    fn take_into_another_claim(&mut self, number: u32, now: Moment) -> Option<(Rule, Value)> {
        let is_open = self.claim(1).stage == Stage::InControl;
        if number == 2 || !is_open || self.claim(2).stage != Stage::Begun {
            return None;
        }
        let place = self.item_of(1, |item| !item.taken_out)?;
        let data = json!({ "claim": 2, "lines": [self.money.items[place].id],
            "filter": { "until": now.day, "paid": false, "prechecked": false } });
        let by = self.by(0);
        let event = self.event(now, by, "claim.assembled", now.day, data).1;
        Some((Rule::LineInClaim, event))
    }

    fn rule_on_too_much(&mut self, number: u32, now: Moment) -> Option<(Rule, Value)> {
        if self.claim(number).stage != Stage::InControl {
            return None;
        }
        let place = self.item_of(number, |item| item.euro > 0 && !item.taken_out)?;
        let item = &self.money.items[place];
        let data = json!({ "line": item.id, "certified": amount(item.euro + 1_000),
            "parked": "0.00" });
        let by = self.by_controller();
        let event = self.event(now, by, "line.verified", now.day, data).1;
        Some((Rule::VerificationUnbalanced, event))
    }

    fn close_too_early(&mut self, number: u32, now: Moment) -> Option<(Rule, Value)> {
        if self.claim(number).stage != Stage::InControl {
            return None;
        }
        let _ = self.item_of(number, |item| item.ruled)?;
        let _ = self.item_of(number, |item| !item.ruled)?;
        let data = json!({ "claim": number,
            "conclusion": super::words::CONCLUSION.written_in("en") });
        let by = self.by_controller();
        let event = self.event(now, by, "control.closed", now.day, data).1;
        Some((Rule::LineNotVerified, event))
    }
}
