//! Expenditure lines and what becomes of them: paid, credited, reversed and declared anew.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Value, json};
use uuid::Uuid;

use super::budget::{Cell, EQUIPMENT, EXTERNAL, STAFF, TRAVEL};
use super::calendar::Moment;
use super::form::{self, amount};
use super::history::{History, Task};
use super::texts;

/// A cost of a partner, declared or still to be.
#[derive(Clone)]
pub(super) struct Cost {
    partner: usize,
    /// The day of its document.
    day: Date,
    amounts: Amounts,
    /// What is declared of it.
    declared: i64,
    data: Value,
}

/// A declared line that is taken up again.
pub(super) struct Line {
    id: Uuid,
    cost: Cost,
}

/// What is still to be paid of a line.
pub(super) struct Payment {
    line: Uuid,
    partner: usize,
    /// The day of the line's document.
    day: Date,
    cents: i64,
}

/// The amounts of a document, in cents of its currency; all have one sign.
#[derive(Clone, Copy)]
struct Amounts {
    net: i64,
    vat: i64,
    vat_recoverable: i64,
    /// The project's part, in hundredths.
    share: i64,
}

impl Amounts {
    /// What the line pays for, with VAT.
    fn gross(self) -> i64 {
        self.net + self.vat
    }

    /// What may be declared; rounded towards nothing.
    fn eligible(self) -> i64 {
        (self.net + self.vat - self.vat_recoverable) * self.share / 100
    }

    /// Taken off again, in hundredths of the document.
    fn credit(self, hundredths: i64) -> Self {
        let part = |cents: i64| -(cents * hundredths / 100);
        Self {
            net: part(self.net),
            vat: part(self.vat),
            vat_recoverable: part(self.vat_recoverable),
            share: self.share,
        }
    }
}

/// What is divided in two, an invoice or a payment: the hundredths of its first part.
const FIRST_PART: i64 = 60;

impl Cost {
    fn new(partner: usize, day: Date, amounts: Amounts, data: Value) -> Self {
        let mut cost = Self { partner, day, amounts, declared: 0, data };
        cost.put_amounts(amounts.eligible());
        cost
    }

    /// Writes the amounts of the document and what is declared of it.
    fn put_amounts(&mut self, declared: i64) {
        let Amounts { net, vat, vat_recoverable, share } = self.amounts;
        self.data["net"] = amount(net).into();
        self.data["vat"] = amount(vat).into();
        self.data["vatRecoverable"] = amount(vat_recoverable).into();
        self.data["share"] = form::share(share).into();
        self.declared = declared;
        self.data["declared"] = amount(declared).into();
    }

    fn payment(&self, line: Uuid, cents: i64) -> Task {
        Task::Pay(Payment { line, partner: self.partner, day: self.day, cents })
    }
}

impl History {
    /// A new cost of some partner.
    pub(super) fn declare(&mut self, now: Moment) -> Value {
        let cell = self.plan.budget.draw(&mut self.chance).clone();
        let day = self.lately(now, 40);
        let amounts = self.amounts(&cell, day);
        let data = self.cost(&cell, day, amounts.gross());
        let cost = Cost::new(cell.partner, day, amounts, data);
        if is_bought(&cell) && self.portions.divided.takes() {
            self.declare_divided(cost, now)
        } else {
            self.declare_whole(cost, now)
        }
    }

    /// A document on one line, which may be taken up again.
    fn declare_whole(&mut self, cost: Cost, now: Moment) -> Value {
        let (id, event) = self.declare_line(&cost, now);
        let gross = cost.amounts.gross();
        if self.reverses(cost.partner) {
            self.portions.credited.takes_if(false);
            self.portions.paid_in_parts.takes_if(false);
            self.add_due(now.day, 3, 15, Task::Reverse(Box::new(Line { id, cost })));
        } else if self.portions.credited.takes() {
            self.portions.paid_in_parts.takes_if(false);
            self.add_due(now.day, 3, 20, cost.payment(id, gross));
            self.money.credit(id);
            self.add_due(now.day, 25, 80, Task::CreditNote(Box::new(Line { id, cost })));
        } else {
            self.money.think_over(id, &cost);
            self.pay_for(&cost, id, gross, now);
        }
        event
    }

    /// Whether a line of a partner is taken back. A partner of each role that has costs is the
    /// first to; then any.
    fn reverses(&mut self, partner: usize) -> bool {
        let role = self.who.partners[partner].role;
        let all = self.who.with_costs().map(|index| self.who.partners[index].role);
        let all_had_one = all.collect::<BTreeSet<_>>() == self.reversed_of;
        let takes =
            self.portions.reversed.takes_if(all_had_one || !self.reversed_of.contains(&role));
        if takes {
            self.reversed_of.insert(role);
        }
        takes
    }

    /// One invoice on two lines: each states the whole document and declares its part.
    fn declare_divided(&mut self, mut cost: Cost, now: Moment) -> Value {
        let own = |cell: &&Cell| cell.partner == cost.partner && is_bought(cell);
        let others: Vec<&Cell> = self.plan.budget.cells.iter().filter(own).collect();
        let other = self.chance.pick(&others);
        let mut rest = cost.clone();
        rest.data["category"] = other.category.into();
        rest.data["workPackage"] = format!("WP {}", other.work_package).into();
        for code in ["activity", "deliverable"] {
            rest.data.as_object_mut().and_then(|data| data.shift_remove(code));
        }
        let first = cost.amounts.eligible() * FIRST_PART / 100;
        cost.put_amounts(first);
        rest.put_amounts(cost.amounts.eligible() - first);
        self.add_due(now.day, 0, 3, Task::DeclareRest(Box::new(rest)));
        let part = cost.amounts.gross() * FIRST_PART / 100;
        self.declare_part(&cost, part, now)
    }

    pub(super) fn declare_rest(&mut self, rest: &Cost, now: Moment) -> Option<Value> {
        let gross = rest.amounts.gross();
        Some(self.declare_part(rest, gross - gross * FIRST_PART / 100, now))
    }

    /// A line of a divided invoice; it is not taken up again, so a line of another document is.
    fn declare_part(&mut self, cost: &Cost, cents: i64, now: Moment) -> Value {
        let (id, event) = self.declare_line(cost, now);
        self.portions.reversed.takes_if(false);
        self.portions.credited.takes_if(false);
        self.pay_for(cost, id, cents, now);
        event
    }

    fn declare_line(&mut self, cost: &Cost, now: Moment) -> (Uuid, Value) {
        let by = self.for_partner(cost.partner);
        let mut data = cost.data.clone();
        if self.lacks_its_document() {
            data.as_object_mut().and_then(|data| data.shift_remove("evidence"));
        }
        let (id, event) = self.event(now, by, "expenditure.declared", cost.day, data);
        self.enter_line(id, (cost.partner, cost.day), cost.declared, &event["data"], now);
        self.newest_line[cost.partner] = Some(id);
        (id, event)
    }

    fn pay_for(&mut self, cost: &Cost, line: Uuid, cents: i64, now: Moment) {
        if self.portions.paid_in_parts.takes() {
            let part = cents * FIRST_PART / 100;
            self.add_due(now.day, 3, 20, cost.payment(line, part));
            self.add_due(now.day, 21, 60, cost.payment(line, cents - part));
        } else {
            self.add_due(now.day, 3, 45, cost.payment(line, cents));
        }
    }

    pub(super) fn pay(&mut self, payment: &Payment, now: Moment) -> Option<Value> {
        if self.money.is_taken_back(payment.line) {
            return None;
        }
        let date = self.lately(now, 5).max(payment.day);
        let reference = self.next_document();
        let mut data = json!({ "line": payment.line, "date": date,
            "amount": amount(payment.cents), "proof": format!("Bank statement {reference}") });
        if reference.is_multiple_of(3) {
            let path = format!("payment:{reference}");
            data["evidence"] =
                json!([self.who.document("proof_of_payment", "Bank statement", &path)]);
        }
        let by = self.for_partner(payment.partner);
        let (id, event) = self.event(now, by, "expenditure.paid", date, data);
        self.enter_payment(id, payment.line, payment.cents, now);
        Some(event)
    }

    /// A part of a line is credited, and that money comes back.
    pub(super) fn credit(&mut self, line: &Line, now: Moment) -> Option<Value> {
        let Line { id, cost } = line;
        let amounts = cost.amounts.credit(self.chance.between(10, 50));
        let day = self.lately(now, 10).max(cost.day);
        let reference = self.next_document();
        let language = self.who.partners[cost.partner].country.language;
        let data = json!({
            "category": cost.data["category"],
            "workPackage": cost.data["workPackage"],
            "incurredFrom": cost.data["incurredFrom"],
            "incurredTo": cost.data["incurredTo"],
            "document": { "internal": { "reference": format!("Credit note {reference}") } },
            "currency": cost.data["currency"],
            "text": texts::CREDIT_NOTE.written_in(language),
            "corrects": id,
        });
        let note = Cost::new(cost.partner, day, amounts, data);
        let (id, event) = self.declare_line(&note, now);
        self.add_due(now.day, 3, 30, note.payment(id, amounts.gross()));
        Some(event)
    }

    pub(super) fn reverse(&mut self, line: Line, now: Moment) -> Option<Value> {
        self.reverse_line(line.id, line.cost, now)
    }

    /// A line is taken back, and its document is declared anew.
    pub(super) fn reverse_line(&mut self, id: Uuid, cost: Cost, now: Moment) -> Option<Value> {
        let language = self.who.partners[cost.partner].country.language;
        let data = json!({ "line": id, "reason": texts::REVERSAL.written_in(language) });
        let by = self.for_partner(cost.partner);
        self.add_due(now.day, 1, 10, Task::DeclareAnew(Box::new(cost)));
        let (reversal, event) = self.event(now, by, "expenditure.reversed", now.day, data);
        self.money.take_back(id, reversal, now.day);
        Some(event)
    }

    /// The same document with another share.
    pub(super) fn declare_anew(&mut self, mut cost: Cost, now: Moment) -> Option<Value> {
        cost.amounts.share = if cost.amounts.share == 50 { 75 } else { 50 };
        cost.put_amounts(cost.amounts.eligible());
        Some(self.declare_whole(cost, now))
    }

    /// Small sums are many and large ones few.
    fn amounts(&mut self, cell: &Cell, day: Date) -> Amounts {
        let hundredths = match self.chance.between(1, 100) {
            1..=50 => self.chance.between(10, 60),
            51..=85 => self.chance.between(60, 150),
            _ => self.chance.between(150, 400),
        };
        let euro = self.plan.budget.line_cents * hundredths / 100;
        let partner = &self.who.partners[cell.partner];
        let currency = partner.country.currency_on(day);
        let units = self.rates.iter().find(|(of, _)| *of == currency);
        let net =
            euro * units.map_or(10_000, |(_, units)| *units) / 10_000 + self.chance.between(0, 99);
        let vat = if is_bought(cell) { net * partner.country.vat / 100 } else { 0 };
        Amounts {
            net,
            vat,
            vat_recoverable: vat * partner.vat_recovered / 100,
            share: *self.chance.pick(&[100, 100, 100, 80, 50, 25]),
        }
    }

    /// A cost without its amounts, `gross` cents with VAT. Most of what is bought is bought under a
    /// contract, while one has room.
    fn cost(&mut self, cell: &Cell, day: Date, gross: i64) -> Value {
        let (days, language, currency) = {
            let country = self.who.partners[cell.partner].country;
            (self.chance.between(0, 25), country.language, country.currency_on(day))
        };
        let from = if self.portions.early.takes() {
            self.plan.start - (days + 1).days()
        } else {
            (day - days.days()).max(self.plan.start)
        };
        let mut activities = self.plan.activities.iter();
        let work = activities.position(|activity| activity.work_package == cell.work_package);
        let mut data = json!({
            "category": cell.category,
            "workPackage": format!("WP {}", cell.work_package),
        });
        if let Some(work) = work.filter(|_| days % 2 == 0) {
            data["activity"] = self.plan.activities[work].code.as_str().into();
            let mut yields = self.plan.deliverables.iter().filter(|d| d.activity == work);
            if let Some(deliverable) = yields.next().filter(|_| days % 4 == 0) {
                data["deliverable"] = deliverable.code.as_str().into();
            }
        }
        let reference = self.next_document();
        let (kind, document) = self.voucher(cell, day, reference);
        data["document"] = document;
        if is_bought(cell) && self.chance.between(1, 10) <= 7 {
            self.name_contract(&mut data, cell.partner, (from, day), gross);
        }
        data["incurredFrom"] = from.to_string().into();
        data["incurredTo"] = day.to_string().into();
        data["currency"] = currency.into();
        if days % 3 == 0 {
            data["text"] = self.chance.pick(texts::COSTS).written_in(language);
        }
        let (name, path) = (format!("Document {reference}"), format!("document:{reference}"));
        data["evidence"] = json!([self.who.document(kind, &name, &path)]);
        data
    }

    /// The document of a cost, and what kind of evidence it is.
    fn voucher(&mut self, cell: &Cell, day: Date, reference: u64) -> (&'static str, Value) {
        match cell.category {
            STAFF => {
                let period = format!("{:04}-{:02}", day.year(), day.month());
                let payroll = json!({ "reference": format!("Payroll {reference}"),
                    "period": period, "method": "Fixed share of the working time" });
                ("payroll", json!({ "payroll": payroll }))
            }
            TRAVEL => {
                let travel = json!({ "reference": format!("Journey {reference}") });
                ("other", json!({ "travel": travel }))
            }
            _ => {
                let supplier = self.chance.between(1, 60);
                let invoice = json!({ "number": format!("{reference:010}"), "date": day,
                    "supplier": format!("Supplier {supplier} (synthetic)"),
                    "taxId": format!("EU1{supplier:08}") });
                ("invoice", json!({ "invoice": invoice }))
            }
        }
    }

    /// Where a contract has room, the invoice is its supplier's.
    fn name_contract(&mut self, data: &mut Value, partner: usize, days: (Date, Date), gross: i64) {
        if let Some(contract) = self.draw_on_contract(partner, days, gross) {
            data["contract"] = contract.reference.as_str().into();
            let supplier = contract.supplier;
            let invoice = &mut data["document"]["invoice"];
            invoice["supplier"] = format!("Supplier {supplier} (synthetic)").into();
            invoice["taxId"] = format!("EU1{supplier:08}").into();
        }
    }

    pub(super) fn next_document(&mut self) -> u64 {
        self.documents += 1;
        self.documents
    }
}

/// What is bought has an invoice and VAT.
fn is_bought(cell: &Cell) -> bool {
    cell.category == EXTERNAL || cell.category == EQUIPMENT
}
