//! Lump sums and unit costs, which count when it is shown what was done.

use cairn_domain::event::plan::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Item, Step, words};
use crate::cli::generate::budget::{
    LUMP_SUM, TRANSFER_CONDITION, UNIT_COST, UNIT_COST_CENTS, lump_sum_option,
};
use crate::cli::generate::calendar::Moment;
use crate::cli::generate::history::History;

impl History {
    /// The preparation counts at once, the initiation in the first months, and that of one city
    /// when it has its study; units are counted a few times a year.
    pub(super) fn foresee_options(&mut self) {
        let start = self.plan.start;
        for partner in self.who.one_of_each_role() {
            let (low, high) = match self.who.partners[partner].role {
                Role::Lead => (2, 15),
                Role::Transfer => (150, 250),
                _ => (30, 120),
            };
            self.add_step(start, low, high, Step::TriggerLumpSum(partner));
            self.add_step(start, 40, 130, Step::ClaimUnits(partner));
        }
    }

    pub(super) fn trigger_lump_sum(&mut self, partner: usize, now: Moment) -> Option<Value> {
        let mut cells = self.plan.budget.computed.iter();
        let cell = cells.find(|cell| cell.partner == partner && cell.category == LUMP_SUM)?.clone();
        let option = lump_sum_option(cell.work_package);
        let language = self.who.partners[partner].country.language;
        let path = format!("lump-sum:{partner}");
        let mut data = json!({ "option": option,
            "workPackage": format!("WP {}", cell.work_package),
            "text": words::ACHIEVED.written_in(language),
            "evidence": [self.who.document("report", "What was achieved", &path)] });
        if self.who.partners[partner].role == Role::Transfer {
            data["conditions"] = json!([TRANSFER_CONDITION]);
        }
        let by = self.by(partner);
        let (id, event) = self.event(now, by, "lump_sum.triggered", now.day, data);
        self.enter_option(id, partner, cell.cents, now);
        self.add_step(now.day, 5, 30, Step::Attach(id, partner));
        Some(event)
    }

    /// The days of participants in a training. The first ones of a city were counted before.
    pub(super) fn claim_units(&mut self, partner: usize, now: Moment) -> Option<Value> {
        self.add_step(now.day, 80, 150, Step::ClaimUnits(partner));
        let transfers = self.who.partners[partner].role == Role::Transfer;
        let work_package = if transfers { self.plan.work_packages.len() } else { 2 };
        let units = self.chance.between(4, 16);
        let from = self.lately(now, 12);
        let language = self.who.partners[partner].country.language;
        let path = format!("units:{partner}:{}", now.day);
        let evidence = self.who.document("attendance_list", "Attendance lists", &path);
        let address = evidence["uri"].as_str().unwrap_or_default().to_owned();
        let data = json!({ "option": UNIT_COST, "workPackage": format!("WP {work_package}"),
            "units": units.to_string(), "from": from, "to": now.day,
            "text": words::TRAINING.written_in(language), "evidence": [evidence] });
        let by = self.by(partner);
        let (id, event) = self.event(now, by, "unit_cost.claimed", now.day, data);
        let is_first = self.money.unit_costs_begun.insert(partner);
        self.enter_option(id, partner, units * UNIT_COST_CENTS, now);
        if transfers && is_first {
            self.add_step(now.day, 0, 2, Step::TakeUnitsBack(id, partner));
        } else if transfers || self.chance.between(1, 6) == 1 || is_first {
            self.add_step(now.day, 2, 20, Step::Supersede(id, partner, address));
        }
        Some(event)
    }

    fn enter_option(&mut self, id: Uuid, partner: usize, cents: i64, now: Moment) {
        let item = Item::new(id, partner, now.day, "EUR", cents);
        self.money.add(Item { on_document: false, ..item });
        self.expect_check(id, now);
    }

    pub(super) fn take_units_back(
        &mut self,
        id: Uuid,
        partner: usize,
        now: Moment,
    ) -> Option<Value> {
        self.portions.reversed.comes_ahead();
        let language = self.who.partners[partner].country.language;
        let data = json!({ "line": id, "reason": words::TWICE.written_in(language) });
        let by = self.by(partner);
        let (reversal, event) = self.event(now, by, "expenditure.reversed", now.day, data);
        self.money.take_back(id, reversal, now.day);
        Some(event)
    }
}
