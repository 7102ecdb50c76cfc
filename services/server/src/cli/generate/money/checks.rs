//! The lead's check of each item, what partners mend, and documents that come later.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Step, words};
use crate::cli::generate::calendar::Moment;
use crate::cli::generate::form::amount;
use crate::cli::generate::history::History;

impl History {
    /// Nearly every item is looked at by the lead's clerk.
    pub(super) fn expect_check(&mut self, id: Uuid, now: Moment) {
        if !self.money.unchecked.takes() {
            self.add_step(now.day, 3, 25, Step::Check(id));
        }
    }

    pub(super) fn check(&mut self, id: Uuid, now: Moment) -> Option<Value> {
        let item = self.money.item(id)?;
        if item.taken_out || item.claim.is_some() {
            return None;
        }
        let mendable = item.on_document && item.declared > 0;
        let data = if self.money.queried.takes_if(mendable) {
            self.add_step(now.day, 2, 12, Step::Amend(id));
            let note = words::QUERY.written_in(self.who.lead().country.language);
            json!({ "line": id, "result": "query", "note": note })
        } else {
            if let Some(item) = self.money.item(id) {
                item.checked = true;
            }
            if self.money.amended.takes_if(mendable) {
                self.add_step(now.day, 1, 20, Step::Amend(id));
            }
            json!({ "line": id, "result": "ok" })
        };
        let by = self.by(0);
        Some(self.event(now, by, "expenditure.prechecked", now.day, data).1)
    }

    /// A tenth of it is not the project's after all; the lead looks at it once more.
    pub(super) fn amend_line(&mut self, id: Uuid, now: Moment) -> Option<Value> {
        let item = self.money.item(id)?;
        if item.taken_out || item.claim.is_some() {
            return None;
        }
        item.declared -= (item.declared / 10).max(1);
        item.checked = false;
        let (partner, declared) = (item.partner, item.declared);
        self.add_step(now.day, 1, 10, Step::Check(id));
        let language = self.who.partners[partner].country.language;
        let data = json!({ "line": id, "reason": words::AMENDED.written_in(language),
            "declared": amount(declared) });
        let by = self.for_partner(partner);
        Some(self.event(now, by, "expenditure.amended", now.day, data).1)
    }

    pub(super) fn attach(&mut self, to: Uuid, partner: usize, now: Moment) -> Option<Value> {
        let evidence = self.who.document("other", "Documents", &format!("attached:{to}"));
        self.attach_to(to, partner, evidence, now)
    }

    pub(super) fn attach_statement(
        &mut self,
        payment: Uuid,
        partner: usize,
        now: Moment,
    ) -> Option<Value> {
        let path = format!("statement:{payment}");
        let evidence = self.who.document("proof_of_payment", "Bank statement", &path);
        self.attach_to(payment, partner, evidence, now)
    }

    /// The programme's letter on a cost outside of its window.
    pub(super) fn attach_letter(&mut self, id: Uuid, now: Moment) -> Option<Value> {
        let item = self.money.item(id)?;
        item.letter = true;
        let partner = item.partner;
        let name = "Letter of the programme on the cost";
        let evidence = self.who.document("letter", name, &format!("window:{id}"));
        self.attach_to(id, partner, evidence, now)
    }

    fn attach_to(
        &mut self,
        target: Uuid,
        partner: usize,
        evidence: Value,
        now: Moment,
    ) -> Option<Value> {
        let data = json!({ "target": target, "evidence": [evidence] });
        let by = self.by(partner);
        Some(self.event(now, by, "evidence.attached", now.day, data).1)
    }

    pub(super) fn supersede(
        &mut self,
        target: Uuid,
        partner: usize,
        address: &str,
        now: Moment,
    ) -> Option<Value> {
        let language = self.who.partners[partner].country.language;
        let path = format!("scanned-anew:{target}");
        let data = json!({ "target": target, "superseded": { "uri": address },
            "reason": words::UNREADABLE.written_in(language),
            "evidence": [self.who.document("other", "The document, scanned anew", &path)] });
        let by = self.by(partner);
        Some(self.event(now, by, "evidence.superseded", now.day, data).1)
    }
}
