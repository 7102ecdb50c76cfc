//! Changes of the project: of its contract, of its partners, of its budget.

use serde_json::{Value, json};

use super::budget::Moved;
use super::calendar::Moment;
use super::form::amount;
use super::history::{History, Task};
use super::texts;

impl History {
    /// What the calendar brings: an organisation that joins and leaves again before it has work,
    /// another account of the lead, an amendment, and two shifts in the budget. The first one is
    /// notified, the second one asked for.
    pub(super) fn foresee_changes(&mut self) {
        let start = self.plan.start;
        self.add_due(start, 100, 140, Task::Join);
        self.add_due(start, 180, 220, Task::Leave);
        self.add_due(start, 230, 260, Task::ChangePartner);
        self.add_due(start, 270, 300, Task::Amend);
        self.add_due(start, 200, 230, Task::ProposeChange(1));
        self.add_due(start, 370, 390, Task::ProposeChange(2));
    }

    /// Under the number after all others.
    pub(super) fn join(&mut self, now: Moment) -> Option<Value> {
        let mut data = self.who.joined(&self.who.partners[1]);
        data["number"] = json!(self.who.partners.len() + 1);
        data["abbreviation"] = "Guest".into();
        // It is nobody's supplier.
        data["vatId"] = "XX900000000".into();
        let by = self.by_lead();
        Some(self.event(now, by, "partner.joined", now.day, data).1)
    }

    pub(super) fn leave(&mut self, now: Moment) -> Option<Value> {
        let data = json!({ "number": self.who.partners.len() + 1, "lastDay": now.day,
            "reason": texts::WITHDRAWAL.written_in(self.leads_language()),
            "evidence": [self.who.document("letter", "Letter of withdrawal", "withdrawal")] });
        let by = self.by_lead();
        Some(self.event(now, by, "partner.withdrawn", now.day, data).1)
    }

    pub(super) fn change_partner(&mut self, now: Moment) -> Option<Value> {
        let data = json!({ "number": 1, "currency": "EUR",
            "evidence": [self.who.document("letter", "Letter on the account", "account")] });
        let by = self.by_lead();
        Some(self.event(now, by, "partner.changed", now.day, data).1)
    }

    pub(super) fn amend(&mut self, now: Moment) -> Option<Value> {
        let mut data = self.plan.contract(&self.who);
        data["number"] = json!(1);
        data["date"] = json!(now.day);
        data["text"] = texts::AMENDMENT.written_in(self.leads_language());
        data["evidence"] = json!([self.who.document("contract", "Amendment 1", "amendment-1")]);
        let by = self.by_lead();
        Some(self.event(now, by, "subsidy_contract.amended", now.day, data).1)
    }

    /// The first change is carried out at once; the second one waits for its decision.
    pub(super) fn propose_change(&mut self, number: u32, now: Moment) -> Option<Value> {
        let moved = self.plan.budget.propose(&mut self.chance);
        let deltas: Vec<Value> = moved.iter().flat_map(|moved| self.deltas(moved)).collect();
        let notified = number == 1;
        let data = json!({ "number": number, "class": if notified { "minor" } else { "major" },
            "title": texts::CHANGE.written_in(self.leads_language()), "deltas": deltas,
            "evidence": [self.who.document("letter", "Letter on the change", "change")] });
        let event_type = if notified { "change.notified" } else { "change.requested" };
        if notified {
            self.add_due(now.day, 20, 40, Task::ApproveForm(number, moved));
        } else {
            self.add_due(now.day, 20, 40, Task::DecideChange(number, moved));
        }
        let by = self.by_lead();
        Some(self.event(now, by, event_type, now.day, data).1)
    }

    /// The lead records what the programme decided.
    pub(super) fn decide_change(
        &mut self,
        number: u32,
        moved: Option<Moved>,
        now: Moment,
    ) -> Option<Value> {
        let data = json!({ "number": number, "outcome": "approved",
            "evidence": [self.who.document("letter", "Letter of the programme", "decision")] });
        self.add_due(now.day, 10, 20, Task::ApproveForm(number, moved));
        let by = self.by_lead();
        let (_, mut event) = self.event(now, by, "change.decided", now.day, data);
        event["onbehalfof"] = "programme".into();
        event["reason"] = "Decided by letter".into();
        Some(event)
    }

    /// The form that carries a change out.
    pub(super) fn approve_form(
        &mut self,
        change: u32,
        moved: Option<Moved>,
        now: Moment,
    ) -> Option<Value> {
        self.form_version += 1;
        if let Some(moved) = moved {
            self.plan.budget.shift(&moved);
        }
        let mut data = self.plan.form(self.form_version, now.day, &self.who);
        data["changes"] = json!([change]);
        let by = self.by_lead();
        Some(self.event(now, by, "application_form.approved", now.day, data).1)
    }

    fn deltas(&self, moved: &Moved) -> [Value; 2] {
        [(moved.from, -moved.cents), (moved.to, moved.cents)].map(|(cell, cents)| {
            let cell = &self.plan.budget.cells[cell];
            json!({ "partner": self.who.partners[cell.partner].number,
                "workPackage": format!("WP {}", cell.work_package), "category": cell.category,
                "amount": amount(cents) })
        })
    }

    fn leads_language(&self) -> &'static str {
        self.who.lead().country.language
    }
}
