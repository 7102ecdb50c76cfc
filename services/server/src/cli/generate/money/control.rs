//! Control of the claims, line by line, and what follows from what it certified.

use cairn_domain::event::plan::Role;
use serde_json::{Value, json};

use super::claims::Stage;
use super::{Item, Step, words};
use crate::cli::generate::calendar::Moment;
use crate::cli::generate::form::amount;
use crate::cli::generate::history::{By, History};

/// Why amounts are not certified, as the Commission's typology of errors has it.
const TYPOLOGY: [&str; 4] = ["1.1", "2.1", "2.4", "7.1"];
/// Less than this is not worth a deduction.
const DEDUCTED_MIN_CENTS: i64 = 100;
/// How many lines are taken back after control, and how many a correction names.
const REVERSED_MAX: usize = 4;
const CORRECTED_MAX: usize = 3;

impl History {
    pub(in crate::cli::generate) fn by_controller(&self) -> By {
        By {
            subject: self.who.without_partner(Role::Controller),
            source: "/controller".to_owned(),
            on_behalf_of: None,
        }
    }

    /// In some projects the lead records the first letters of the controller, who has no account
    /// yet.
    fn is_recorded_by_lead(&self, claim: u32) -> bool {
        claim == 1 && self.money.recorded_by_lead
    }

    /// An event of the controller, or of the lead that has the controller's letter.
    fn controllers_event(
        &mut self,
        now: Moment,
        (claim, event_type): (u32, &str),
        mut data: Value,
    ) -> Value {
        if !self.is_recorded_by_lead(claim) {
            let by = self.by_controller();
            return self.event(now, by, event_type, now.day, data).1;
        }
        let path = format!("{event_type}:{claim}");
        data["evidence"] = json!([self.who.document("letter", "Letter of the controller", &path)]);
        let by = self.by_lead();
        let (_, mut event) = self.event(now, by, event_type, now.day, data);
        event["onbehalfof"] = "controller".into();
        event["reason"] = "By letter".into();
        event
    }

    /// Each item is looked at on some day until control is to be done.
    pub(super) fn start_control(&mut self, number: u32, now: Moment) -> Option<Value> {
        self.foresee_questions(number, now.day);
        let claim = self.claim(number);
        claim.stage = Stage::InControl;
        let (items, until) = (claim.items.clone(), claim.control_until);
        let days = i64::from((until - now.day).get_days()).max(20);
        for place in items {
            self.money.items[place].kept = None;
            self.money.items[place].ruled = false;
            self.add_step(now.day, 1, days, Step::Verify(place));
        }
        self.add_step(now.day, days + 1, days + 4, Step::CloseControl(number));
        let data = json!({ "claim": number,
            "method": self.chance.pick(&["administrative", "both"]),
            "sample": { "rule": "random", "seed": format!("{} claim {number}", self.who.key),
                "share": "0.10", "atLeast": "10000.00" } });
        Some(self.controllers_event(now, (number, "control.started"), data))
    }

    /// Most is certified in full.
    pub(super) fn verify(&mut self, place: usize, now: Moment) -> Option<Value> {
        let (id, euro) = (self.money.items[place].id, self.money.items[place].euro);
        let is_large = euro.abs() >= DEDUCTED_MIN_CENTS;
        let mut data = json!({ "line": id });
        let (mut deducted, mut parked) = (0, 0);
        if self.money.deducted.takes_if(is_large) {
            deducted = euro * self.chance.between(5, 60) / 100;
            data["deductions"] = json!([{ "amount": amount(deducted),
                "typology": self.chance.pick(&TYPOLOGY), "note": words::DEDUCTED.written_in("en") }]);
        } else if self.money.parked.takes_if(is_large && euro > 0) {
            parked = if self.chance.between(1, 2) == 1 { euro } else { euro / 2 };
            data["note"] = words::PARKED.written_in("en");
        }
        let certified = euro - deducted - parked;
        data["certified"] = amount(certified).into();
        data["parked"] = amount(parked).into();
        let item = &mut self.money.items[place];
        (item.ruled, item.certified, item.parked) = (true, certified, parked);
        let by = self.by_controller();
        Some(self.event(now, by, "line.verified", now.day, data).1)
    }

    pub(super) fn close_control(&mut self, number: u32, now: Moment) -> Option<Value> {
        let items = self.claim(number).items.clone();
        if items.iter().any(|place| !self.money.items[*place].ruled) {
            self.add_step(now.day, 1, 3, Step::CloseControl(number));
            return None;
        }
        self.claim(number).stage = Stage::Closed;
        if number == 1 {
            self.follow_control_up(&items, now);
        }
        let data = json!({ "claim": number, "conclusion": words::CONCLUSION.written_in("en"),
            "certificate": format!("Certificate {number}") });
        Some(self.controllers_event(now, (number, "control.closed"), data))
    }

    /// Most of what is parked is taken up again, some lines are taken back, and an audit comes.
    fn follow_control_up(&mut self, items: &[usize], now: Moment) {
        let (mut reversed, mut taken_up) = (0, 0);
        for (nth, place) in items.iter().enumerate() {
            let item = &self.money.items[*place];
            if item.parked != 0 {
                if reversed == 0 || taken_up == 0 || nth % 3 > 0 {
                    taken_up += 1;
                    self.add_step(now.day, 1, 20, Step::Unpark(*place));
                }
            } else if item.again.is_some() && !item.credited && reversed < REVERSED_MAX {
                reversed += 1;
                self.add_step(now.day, 5, 60, Step::ReverseLocked(*place));
            }
        }
        self.add_step(now.day, 10, 40, Step::Correct);
    }

    pub(super) fn unpark(&mut self, place: usize, now: Moment) -> Option<Value> {
        if self.money.claims[1].stage != Stage::Begun {
            return None;
        }
        let item = &mut self.money.items[place];
        item.kept = Some(std::mem::take(&mut item.parked));
        item.followed_up = true;
        let data = json!({ "line": item.id, "note": words::UNPARKED.written_in("en") });
        let by = self.by_controller();
        Some(self.event(now, by, "line.unparked", now.day, data).1)
    }

    /// A line of a claim turns out to have a wrong share.
    pub(super) fn reverse_locked(&mut self, place: usize, now: Moment) -> Option<Value> {
        let item = &mut self.money.items[place];
        item.followed_up = true;
        let (id, cost) = (item.id, item.again.take()?);
        self.portions.reversed.comes_ahead();
        self.reverse_line(id, *cost, now)
    }

    /// A quarter of what was certified of a few lines is taken off again.
    pub(super) fn correct(&mut self, now: Moment) -> Option<Value> {
        let is_sound = |item: &Item| {
            !item.followed_up
                && !item.taken_out
                && item.again.is_none()
                && item.certified >= DEDUCTED_MIN_CENTS
        };
        let items = self.money.claims[0].items.iter().copied();
        let places: Vec<usize> =
            items.filter(|place| is_sound(&self.money.items[*place])).take(CORRECTED_MAX).collect();
        let mut corrections = Vec::new();
        for place in places {
            let item = &mut self.money.items[place];
            let cents = item.certified / 4;
            item.certified -= cents;
            item.followed_up = true;
            corrections.push(json!({ "line": item.id, "amount": amount(cents),
                "typology": TYPOLOGY[1] }));
        }
        if corrections.is_empty() {
            return None;
        }
        let decision = self.who.document("letter", "Decision on the correction", "correction");
        let data = json!({ "corrections": corrections,
            "reason": words::CORRECTION.written_in(self.who.lead().country.language),
            "evidence": [decision] });
        let by = self.by_lead();
        Some(self.event(now, by, "correction.imposed", now.day, data).1)
    }
}
