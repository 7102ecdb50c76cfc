//! Contracts with suppliers: awarded, passed on in part, amended, used up by lines, closed.

use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::beside::Beside;
use super::calendar::Moment;
use super::form::amount;
use super::history::{History, Task};
use super::texts;

/// A contract of a partner, and what is left of it.
pub(super) struct Contract {
    partner: usize,
    pub(super) reference: String,
    /// The number of the supplier.
    pub(super) supplier: i64,
    currency: &'static str,
    awarded: Date,
    end: Date,
    value: i64,
    /// What of the value no document has drawn, in cents of the currency.
    left: i64,
    closed: bool,
}

/// A contract is worth so many average lines, with their VAT.
const LINES: (i64, i64) = (12, 30);
/// Of a hundred contracts that are amended, by so many their value rises.
const AMENDED_HUNDREDTHS: i64 = 20;

impl History {
    pub(super) fn foresee_contracts(&mut self) {
        for partner in self.who.with_costs().collect::<Vec<_>>() {
            self.tender(partner, self.plan.start, (3, 30));
        }
    }

    /// A partner looks for a supplier, unless it does already.
    fn tender(&mut self, partner: usize, after: Date, (low, high): (i64, i64)) {
        if self.tenders.insert(partner) {
            self.add_due(after, low, high, Task::Beside(Beside::Award(partner)));
        }
    }

    /// A partner awards a contract. A part of its first one is passed on, and it is amended; of the
    /// others some are.
    pub(super) fn award(&mut self, partner: usize, now: Moment) -> Option<Value> {
        self.tenders.remove(&partner);
        let country = self.who.partners[partner].country;
        let currency = country.currency_on(now.day);
        let units = self.rates.iter().find(|(of, _)| *of == currency);
        let euro = self.plan.budget.line_cents * self.chance.between(LINES.0, LINES.1);
        let value = euro * units.map_or(10_000, |(_, units)| *units) / 10_000;
        let end = now.day + self.chance.between(150, 300).days();
        let is_first = self.contracts.iter().all(|contract| contract.partner != partner);
        let index = self.contracts.len();
        let contract = Contract {
            partner,
            reference: format!("{}/{}", index + 1, now.day.year()),
            supplier: self.chance.between(1, 60),
            currency,
            awarded: now.day,
            end,
            value,
            left: value,
            closed: false,
        };
        let title = self.chance.pick(texts::COSTS).written_in(country.language);
        let path = format!("contract:{}", contract.reference);
        let data = json!({
            "reference": contract.reference,
            "title": title,
            "procedure": self.chance.pick(&["direct", "quotes", "quotes", "open", "restricted"]),
            "date": now.day,
            "start": now.day,
            "end": end,
            "value": amount(value),
            "currency": currency,
            "supplier": format!("Supplier {} (synthetic)", contract.supplier),
            "taxId": format!("EU1{:08}", contract.supplier),
            "evidence": [self.who.document("contract", "Contract", &path)],
        });
        self.contracts.push(contract);
        if is_first || self.chance.between(1, 4) == 1 {
            self.add_due(now.day, 5, 40, Task::Beside(Beside::PassOn(index)));
        }
        if is_first || self.chance.between(1, 3) == 1 {
            self.add_due(now.day, 50, 120, Task::Beside(Beside::AmendContract(index)));
        }
        self.add_due(end, 5, 25, Task::Beside(Beside::CloseContract(index)));
        let by = self.by(partner);
        Some(self.event(now, by, "contract.awarded", now.day, data).1)
    }

    pub(super) fn pass_on(&mut self, index: usize, now: Moment) -> Option<Value> {
        let contract = &self.contracts[index];
        let (partner, share) = (contract.partner, contract.value / 10);
        let reference = contract.reference.clone();
        let subcontractor = self.chance.between(61, 90);
        let language = self.who.partners[partner].country.language;
        let data = json!({
            "contract": reference,
            "subcontractor": format!("Supplier {subcontractor} (synthetic)"),
            "taxId": format!("EU1{subcontractor:08}"),
            "title": self.chance.pick(texts::COSTS).written_in(language),
            "date": now.day,
            "value": amount(share * self.chance.between(1, 4)),
        });
        let by = self.by(partner);
        Some(self.event(now, by, "subcontract.recorded", now.day, data).1)
    }

    /// More is needed than was agreed, and longer.
    pub(super) fn amend_contract(&mut self, index: usize, now: Moment) -> Option<Value> {
        let later = self.chance.between(20, 60).days();
        let contract = &mut self.contracts[index];
        if contract.closed {
            return None;
        }
        let more = contract.value * AMENDED_HUNDREDTHS / 100;
        contract.value += more;
        contract.left += more;
        contract.end = contract.end.max(now.day) + later;
        let partner = contract.partner;
        let language = self.who.partners[partner].country.language;
        let data = json!({
            "contract": contract.reference,
            "date": now.day,
            "value": amount(contract.value),
            "end": contract.end,
            "reason": texts::MORE_NEEDED.written_in(language),
        });
        let by = self.by(partner);
        Some(self.event(now, by, "contract.amended", now.day, data).1)
    }

    /// A contract is closed once its last day is past; after the last one another is awarded.
    pub(super) fn close_contract(&mut self, index: usize, now: Moment) -> Option<Value> {
        let contract = &mut self.contracts[index];
        let (partner, end) = (contract.partner, contract.end);
        if now.day <= end {
            self.add_due(end, 5, 25, Task::Beside(Beside::CloseContract(index)));
            return None;
        }
        contract.closed = true;
        let data = json!({ "contract": contract.reference, "date": now.day });
        if self.contracts.iter().all(|other| other.partner != partner || other.closed) {
            self.tender(partner, now.day, (1, 20));
        }
        let by = self.by(partner);
        Some(self.event(now, by, "contract.closed", now.day, data).1)
    }

    /// An open contract under which something was bought, if there is one with room for it; where
    /// none has, another is awarded soon. Now and then nobody looks whether there is room, which is
    /// warned of.
    pub(super) fn draw_on_contract(
        &mut self,
        partner: usize,
        (from, to): (Date, Date),
        gross: i64,
    ) -> Option<&Contract> {
        let currency = self.who.partners[partner].country.currency_on(to);
        let unseen = self.chance.between(1, 40) == 1;
        let is_own = |contract: &Contract| {
            contract.partner == partner && contract.currency == currency && !contract.closed
        };
        let mut own = self.contracts.iter().filter(|contract| is_own(contract));
        if own.all(|contract| contract.left < gross || contract.end < to) {
            self.tender(partner, to, (5, 20));
        }
        let contract = self.contracts.iter_mut().find(|contract| {
            let performed = contract.awarded <= from && to <= contract.end;
            is_own(contract) && performed && (contract.left >= gross || unseen)
        })?;
        contract.left -= gross;
        Some(contract)
    }
}
