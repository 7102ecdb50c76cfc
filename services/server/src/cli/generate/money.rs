//! What becomes of what was spent: the lead's check, claims, control, and what follows from them.
//!
//! The generator keeps a book of its own of what the ledger must hold, reckoned by itself: where
//! the two disagree, a posting that is meant to be taken is refused.

mod checks;
mod claims;
mod control;
mod mishaps;
mod options;
mod words;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;
use serde_json::Value;
use uuid::Uuid;

use super::calendar::Moment;
use super::chance::{Chance, Portion};
use super::costs::Cost;
use super::history::{History, Task};
use super::partnership::{EURO_IN_BULGARIA, RATES};
use super::shares;

use claims::Claim;
use mishaps::Mishap;

/// The money of a project, as far as it has come.
pub(super) struct Money {
    /// In the order in which they were declared.
    items: Vec<Item>,
    places: HashMap<Uuid, usize>,
    claims: [Claim; 2],
    /// Units for 10,000 euro by month, as they were imported.
    rates: BTreeMap<Date, Vec<(&'static str, i64)>>,
    happened: BTreeSet<(Mishap, u32)>,
    /// The partners that have claimed units.
    unit_costs_begun: BTreeSet<usize>,
    /// Whether the lead records the first letters of the controller.
    recorded_by_lead: bool,
    unchecked: Portion,
    queried: Portion,
    amended: Portion,
    undocumented: Portion,
    superseded: Portion,
    late_statement: Portion,
    rethought: Portion,
    deducted: Portion,
    parked: Portion,
}

/// An item of expenditure: a line, a lump sum, a unit cost, or what takes back a locked one.
struct Item {
    id: Uuid,
    partner: usize,
    day: Date,
    currency: &'static str,
    /// In its currency.
    declared: i64,
    paid: i64,
    /// Whether it stands on a document, which is paid for.
    on_document: bool,
    /// Whether the lead found it in order.
    checked: bool,
    /// Incurred in part before the project, and whether a letter allows that.
    early: bool,
    letter: bool,
    /// Whether a credit note lowers it, or will.
    credited: bool,
    /// The sum of its credit notes, and the line that it is one of.
    credits: i64,
    corrects: Option<Uuid>,
    taken_out: bool,
    /// The newest claim that it is in, or is meant for.
    claim: Option<u32>,
    /// What it is in that claim, and what control made of it.
    euro: i64,
    ruled: bool,
    certified: i64,
    parked: i64,
    /// Euro that no rate changes any more.
    kept: Option<i64>,
    /// The cost as it is declared anew, where its share turns out to be wrong after control.
    again: Option<Box<Cost>>,
    /// Whether something became of it after control.
    followed_up: bool,
}

/// What is due with the money some day.
pub(super) enum Step {
    Check(Uuid),
    Amend(Uuid),
    /// A document comes later to an event of a partner.
    Attach(Uuid, usize),
    AttachStatement(Uuid, usize),
    AttachLetter(Uuid),
    /// A document of an event of a partner, by where it lies, was scanned badly.
    Supersede(Uuid, usize, String),
    TriggerLumpSum(usize),
    ClaimUnits(usize),
    TakeUnitsBack(Uuid, usize),
    Assemble(u32),
    Submit(u32),
    Withdraw(u32),
    StartControl(u32),
    Verify(usize),
    CloseControl(u32),
    Unpark(usize),
    ReverseLocked(usize),
    Correct,
}

impl Money {
    /// The newest item of a partner that was not taken back.
    pub(super) fn newest_of(&self, partner: usize) -> Option<Uuid> {
        let own = |item: &&Item| item.partner == partner && !item.taken_out;
        self.items.iter().rev().find(own).map(|item| item.id)
    }

    /// The newest item of a partner in a claim, of those that were not taken back.
    pub(super) fn newest_in(&self, claim: u32, partner: usize) -> Option<Uuid> {
        let inside =
            |item: &&Item| item.partner == partner && !item.taken_out && item.claim == Some(claim);
        self.items.iter().rev().find(inside).map(|item| item.id)
    }

    pub(super) fn new(chance: &mut Chance) -> Self {
        let recorded_by_lead = chance.between(1, 3) == 1;
        let mut portion = |share| Portion::new(share, chance);
        Self {
            items: Vec::new(),
            places: HashMap::new(),
            claims: [Claim::default(), Claim::default()],
            rates: BTreeMap::new(),
            happened: BTreeSet::new(),
            unit_costs_begun: BTreeSet::new(),
            recorded_by_lead,
            unchecked: portion(shares::UNCHECKED),
            queried: portion(shares::QUERIED),
            amended: portion(shares::AMENDED),
            undocumented: portion(shares::UNDOCUMENTED),
            superseded: portion(shares::SUPERSEDED),
            late_statement: portion(shares::LATE_STATEMENT),
            rethought: portion(shares::RETHOUGHT),
            deducted: portion(shares::DEDUCTED),
            parked: portion(shares::PARKED),
        }
    }

    fn add(&mut self, item: Item) {
        self.places.insert(item.id, self.items.len());
        self.items.push(item);
    }

    fn item(&mut self, id: Uuid) -> Option<&mut Item> {
        self.places.get(&id).map(|place| &mut self.items[*place])
    }

    /// The rates of a month, from its first day.
    pub(super) fn import_rates(&mut self, month: Date, rates: Vec<(&'static str, i64)>) {
        self.rates.insert(month, rates);
    }

    /// What an item is in a claim that is submitted on a day; nothing while the log has no rate of
    /// that month.
    fn euro(&self, item: &Item, day: Date) -> Option<i64> {
        if let Some(kept) = item.kept {
            return Some(kept);
        }
        if item.currency == "EUR" {
            return Some(item.declared);
        }
        if item.currency == "BGN" && day >= EURO_IN_BULGARIA {
            return Some(quotient(item.declared * 100_000, 195_583));
        }
        let rates = self.rates.get(&day.first_of_month())?;
        let (_, units) = rates.iter().find(|(currency, _)| *currency == item.currency)?;
        Some(quotient(item.declared * 10_000, *units))
    }

    /// Whether a line was taken back, or is of no use any more.
    pub(super) fn is_taken_back(&self, id: Uuid) -> bool {
        let item = self.places.get(&id).map(|place| &self.items[*place]);
        item.is_some_and(|item| item.taken_out)
    }

    pub(super) fn pay(&mut self, id: Uuid, cents: i64) {
        if let Some(item) = self.item(id) {
            item.paid += cents;
        }
    }

    /// Whether nothing of an item is left to pay: a line and its credit notes are set off.
    fn is_paid(&self, item: &Item) -> bool {
        let settled = |item: &Item| item.paid >= item.declared + item.credits;
        let corrected = item.corrects.and_then(|id| self.places.get(&id));
        item.is_paid()
            || (item.credits != 0 && settled(item))
            || corrected.is_some_and(|place| settled(&self.items[*place]))
    }

    pub(super) fn credit(&mut self, id: Uuid) {
        if let Some(item) = self.item(id) {
            item.credited = true;
        }
    }

    /// Now and then a cost is thought over once more after its claim is through.
    pub(super) fn think_over(&mut self, id: Uuid, cost: &Cost) {
        if self.rethought.takes()
            && let Some(item) = self.item(id)
        {
            item.again = Some(Box::new(cost.clone()));
        }
    }

    /// An event takes an item back: out of everything, or, in a submitted claim, by its negative.
    pub(super) fn take_back(&mut self, id: Uuid, by: Uuid, day: Date) {
        let Some(item) = self.item(id) else { return };
        item.taken_out = true;
        if item.claim.is_some() {
            let reversal = Item {
                on_document: false,
                checked: true,
                kept: Some(-item.euro),
                ..Item::new(by, item.partner, day, item.currency, -item.declared)
            };
            self.add(reversal);
        }
    }
}

/// Rounded half away from zero.
fn quotient(cents: i64, by: i64) -> i64 {
    let half = if cents < 0 { -by } else { by };
    (2 * cents + half) / (2 * by)
}

impl Item {
    fn new(id: Uuid, partner: usize, day: Date, currency: &'static str, declared: i64) -> Self {
        Self {
            id,
            partner,
            day,
            currency,
            declared,
            paid: 0,
            on_document: true,
            checked: false,
            early: false,
            letter: false,
            credited: false,
            credits: 0,
            corrects: None,
            taken_out: false,
            claim: None,
            euro: 0,
            ruled: false,
            certified: 0,
            parked: 0,
            kept: None,
            again: None,
            followed_up: false,
        }
    }

    /// Whether all of what is declared is paid, or needs no payment.
    fn is_paid(&self) -> bool {
        !self.on_document || self.paid.abs() >= self.declared.abs()
    }

    /// Whether a claim may take something of it.
    fn is_free_for(&self, claim: u32) -> bool {
        match self.claim {
            _ if self.taken_out => false,
            None => true,
            Some(before) => before < claim && self.kept.is_some(),
        }
    }
}

impl History {
    /// What the calendar brings.
    pub(super) fn foresee_money(&mut self) {
        self.foresee_options();
        self.foresee_claims();
    }

    /// Makes a step due from `low` to `high` days after a day.
    fn add_step(&mut self, after: Date, low: i64, high: i64, step: Step) {
        self.add_due(after, low, high, Task::Money(step));
    }

    pub(super) fn go_a_step(&mut self, step: Step, now: Moment) -> Option<Value> {
        match step {
            Step::Check(item) => self.check(item, now),
            Step::Amend(item) => self.amend_line(item, now),
            Step::Attach(target, partner) => self.attach(target, partner, now),
            Step::AttachStatement(payment, partner) => self.attach_statement(payment, partner, now),
            Step::AttachLetter(item) => self.attach_letter(item, now),
            Step::Supersede(target, partner, address) => {
                self.supersede(target, partner, &address, now)
            }
            Step::TriggerLumpSum(partner) => self.trigger_lump_sum(partner, now),
            Step::ClaimUnits(partner) => self.claim_units(partner, now),
            Step::TakeUnitsBack(item, partner) => self.take_units_back(item, partner, now),
            Step::Assemble(claim) => self.assemble(claim, now),
            Step::Submit(claim) => self.submit_claim(claim, now),
            Step::Withdraw(claim) => self.withdraw_claim(claim, now),
            Step::StartControl(claim) => self.start_control(claim, now),
            Step::Verify(place) => self.verify(place, now),
            Step::CloseControl(claim) => self.close_control(claim, now),
            Step::Unpark(place) => self.unpark(place, now),
            Step::ReverseLocked(place) => self.reverse_locked(place, now),
            Step::Correct => self.correct(now),
        }
    }

    /// A line that a partner is about to declare may lack its document, which comes later.
    pub(super) fn lacks_its_document(&mut self) -> bool {
        self.money.undocumented.takes()
    }

    /// Enters a declared line into the book, and what is going to become of it.
    pub(super) fn enter_line(
        &mut self,
        id: Uuid,
        (partner, day): (usize, Date),
        declared: i64,
        data: &Value,
        now: Moment,
    ) {
        let named = data["currency"].as_str().unwrap_or_default();
        let currency = RATES.iter().map(|(currency, _)| *currency).find(|c| *c == named);
        let early = data["incurredFrom"].as_str() < Some(self.plan.start.to_string().as_str());
        let currency = currency.unwrap_or("EUR");
        let corrects = data["corrects"].as_str().and_then(|id| id.parse().ok());
        if let Some(line) = corrects.and_then(|id| self.money.item(id)) {
            line.credits += declared;
        }
        let item = Item::new(id, partner, day, currency, declared);
        self.money.add(Item { early, corrects, ..item });
        self.expect_check(id, now);
        if early && self.chance.between(1, 5) > 1 {
            self.add_step(now.day, 20, 60, Step::AttachLetter(id));
        }
        match data["evidence"][0]["uri"].as_str() {
            None => self.add_step(now.day, 2, 20, Step::Attach(id, partner)),
            Some(address) if self.money.superseded.takes() => {
                let step = Step::Supersede(id, partner, address.to_owned());
                self.add_step(now.day, 5, 60, step);
            }
            Some(_) => {}
        }
    }

    /// Enters what was paid; now and then the bank statement comes later.
    pub(super) fn enter_payment(&mut self, payment: Uuid, line: Uuid, cents: i64, now: Moment) {
        self.money.pay(line, cents);
        if self.money.late_statement.takes()
            && let Some(partner) = self.money.item(line).map(|item| item.partner)
        {
            self.add_step(now.day, 2, 30, Step::AttachStatement(payment, partner));
        }
    }
}
