//! The plan as it is recorded: contract, application form, milestones.

use serde_json::{Value, json};

use super::budget::{
    ERDF_HUNDREDTHS, LUMP_SUM, OFFICE, OFFICE_HUNDREDTHS, STAFF, TRANSFER_CONDITION, TRAVEL,
    UNIT_COST, UNIT_COST_CENTS, lump_sum_option,
};
use super::partnership::Partnership;
use super::plan::{Milestone, Output, Plan};
use super::texts;

/// Cents as an amount is written.
pub(super) fn amount(cents: i64) -> String {
    cairn_domain::money::Cents::new(cents).to_string()
}

/// Hundredths as a share is written.
pub(super) fn share(hundredths: i64) -> String {
    amount(hundredths)
}

fn work_package(number: usize) -> String {
    format!("WP {number}")
}

impl Plan {
    pub(super) fn contract(&self, who: &Partnership) -> Value {
        let sums = self.budget.by_partner();
        json!({
            "date": self.start,
            "total": amount(sums.values().map(|(all, _)| all).sum()),
            "erdf": amount(sums.values().map(|(_, erdf)| erdf).sum()),
            "rate": share(ERDF_HUNDREDTHS),
            "paymentShares": ["0.50", "0.30", "0.20"],
            "triggerShare": "0.35",
            "evidence": [who.document("contract", "Subsidy contract", "contract")],
        })
    }

    /// The application form in a version, valid from a day.
    pub(super) fn form(
        &self,
        version: u32,
        valid_from: jiff::civil::Date,
        who: &Partnership,
    ) -> Value {
        let language = who.lead().country.language;
        let number = |partner: usize| who.partners[partner].number;
        let work_packages = self.work_packages.iter().enumerate().map(|(index, item)| {
            json!({ "code": work_package(index + 1), "type": item.kind,
                "titles": item.title.written_in(language), "partner": number(item.partner) })
        });
        let activities = self.activities.iter().map(|item| {
            let mut activity = json!({ "code": item.code,
                "titles": item.title.written_in(language), "partner": number(item.partner),
                "start": item.start, "end": item.end });
            if let Some(contributor) = item.contributor {
                activity["contributors"] = json!([number(contributor)]);
            }
            activity
        });
        let deliverables = self.deliverables.iter().map(|item| {
            let mut deliverable = json!({ "code": item.code,
                "titles": item.title.written_in(language), "partner": number(item.partner),
                "due": item.due });
            let within = self.activities[item.activity].work_package;
            if self.work_packages[within - 1].kind == "thematic" {
                deliverable["outputs"] = json!([format!("O {within}.1")]);
            }
            deliverable
        });
        json!({
            "version": version,
            "validFrom": valid_from,
            "workPackages": work_packages.collect::<Vec<_>>(),
            "activities": activities.collect::<Vec<_>>(),
            "deliverables": deliverables.collect::<Vec<_>>(),
            "outputs": self.outputs(who),
            "indicators": self.indicators(language),
            "budget": self.budget(who),
        })
    }

    fn outputs(&self, who: &Partnership) -> Vec<Value> {
        let number = |partner: usize| who.partners[partner].number;
        let output = |item: &Output| {
            json!({ "code": item.code,
                "titles": texts::OUTPUT.written_in(who.lead().country.language),
                "partner": number(item.partner),
                "contributors": item.contributors.iter().map(|p| number(*p)).collect::<Vec<_>>(),
                "target": 3, "unit": "solutions" })
        };
        self.outputs.iter().map(output).collect()
    }

    fn indicators(&self, language: &str) -> Vec<Value> {
        let outputs: Vec<_> = self.outputs.iter().map(|item| item.code.clone()).collect();
        vec![
            json!({ "code": "RCO 76", "kind": "output",
                "titles": texts::OUTPUT.written_in(language), "unit": "solutions",
                "target": (3 * outputs.len()).to_string(), "outputs": outputs }),
            json!({ "code": "RCR 11", "kind": "result",
                "titles": texts::RESULT.written_in(language), "unit": "users a year",
                "baseline": "0", "target": "2500" }),
        ]
    }

    fn budget(&self, who: &Partnership) -> Value {
        let number = |partner: usize| who.partners[partner].number;
        let cells = self.budget.cells_by_partner();
        let cell = |cell: &&super::budget::Cell| {
            json!({ "partner": number(cell.partner), "category": cell.category,
                "workPackage": work_package(cell.work_package), "amount": amount(cell.cents) })
        };
        let financing = self.budget.by_partner().into_iter().map(|(partner, (all, erdf))| {
            json!({ "partner": number(partner), "erdf": amount(erdf),
                "contributions": [{ "source": "Own budget", "kind": "public",
                    "amount": amount(all - erdf) }] })
        });
        let lump_sums = cells.iter().filter(|cell| cell.category == LUMP_SUM).map(|cell| {
            let option = lump_sum_option(cell.work_package);
            let mut lump_sum = json!({ "option": option, "partner": number(cell.partner),
                "workPackage": work_package(cell.work_package), "amount": amount(cell.cents) });
            if option == "transfer" {
                lump_sum["conditions"] = json!([TRANSFER_CONDITION]);
            }
            lump_sum
        });
        json!({
            "cells": cells.iter().map(cell).collect::<Vec<_>>(),
            "partners": financing.collect::<Vec<_>>(),
            "flatRates": [{ "category": OFFICE, "rate": share(OFFICE_HUNDREDTHS),
                "base": [STAFF] }],
            "lumpSums": lump_sums.collect::<Vec<_>>(),
            "unitCosts": [{ "option": UNIT_COST, "category": TRAVEL, "unit": "day",
                "amount": amount(UNIT_COST_CENTS) }],
        })
    }

    pub(super) fn milestone(
        &self,
        number: usize,
        milestone: &Milestone,
        who: &Partnership,
    ) -> Value {
        let deliverable = &self.deliverables[milestone.deliverable];
        json!({
            "number": number,
            "title": texts::MILESTONE.written_in(who.lead().country.language),
            "codes": [deliverable.code, self.activities[deliverable.activity].code],
            "due": milestone.due,
            "evidence": [who.document("other", "Monitoring Plan", "monitoring-plan")],
        })
    }
}
