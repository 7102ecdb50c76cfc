//! Steps that partners, the lead and the controller take, as the rules would have them or not.

use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

use crate::given::{Given, Post, en, form};
use crate::money::Cents;
use crate::project::finance::claims::ClaimStatus;
use crate::project::finance::given::claim::{
    assemble, close, correct, pay, reverse, start, submit, unpark, withdraw,
};
use crate::project::finance::given::{cost, invoice, record, with};
use crate::project::finance::line::Line;

/// One day of each month that passes.
const DAYS: [&str; 12] = [
    "2025-03-03",
    "2025-04-10",
    "2025-05-10",
    "2025-06-10",
    "2025-07-10",
    "2025-08-10",
    "2025-09-10",
    "2025-10-10",
    "2025-11-10",
    "2025-12-10",
    "2026-01-10",
    "2026-02-10",
];
const PARTNERS: [(&str, &str); 5] = [
    ("haskovo", "external_expertise"),
    ("urbasofia", "external_expertise"),
    ("urbasofia", "equipment"),
    ("trakia", "external_expertise"),
    ("trakia", "staff"),
];
const CURRENCIES: [&str; 3] = ["EUR", "BGN", "RON"];

/// What somebody does. Where no claim is named, it is one that is ready for it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    Declare {
        place: usize,
        currency: usize,
        amount: i64,
    },
    /// Lines are counted from the first that was declared on.
    OnLine {
        line: usize,
        act: Act,
    },
    Assemble {
        claim: Option<u32>,
        line: Option<usize>,
    },
    Submit {
        claim: Option<u32>,
    },
    Withdraw {
        claim: Option<u32>,
    },
    Start {
        claim: Option<u32>,
    },
    VerifyAll {
        claim: Option<u32>,
        percents: (i64, i64),
    },
    Close {
        claim: Option<u32>,
    },
    Rates {
        currency: usize,
        value: u32,
    },
    Form {
        percent: u32,
    },
    Month,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Act {
    Credit(i64),
    Pay(i64),
    Amend(i64),
    Reverse,
    Precheck,
    /// So much of what the claim has of it is certified, and so much of the rest deducted; some
    /// cents are left over.
    Verify((i64, i64), i64),
    Unpark,
    Correct(i64),
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    let claim = prop_oneof![6 => Just(None), 1 => (1..4u32).prop_map(Some)];
    let percents = (prop_oneof![Just(100), 0..=100i64], 0..=100i64);
    let declare = (0..PARTNERS.len(), 0..CURRENCIES.len(), 1..9_000i64)
        .prop_map(|(place, currency, amount)| Step::Declare { place, currency, amount });
    let on_line = (0..24usize, act()).prop_map(|(line, act)| Step::OnLine { line, act });
    prop_oneof![
        8 => declare,
        19 => on_line,
        4 => (claim.clone(), prop::option::weighted(0.3, 0..24usize))
            .prop_map(|(claim, line)| Step::Assemble { claim, line }),
        5 => claim.clone().prop_map(|claim| Step::Submit { claim }),
        1 => claim.clone().prop_map(|claim| Step::Withdraw { claim }),
        4 => claim.clone().prop_map(|claim| Step::Start { claim }),
        5 => (claim.clone(), percents)
            .prop_map(|(claim, percents)| Step::VerifyAll { claim, percents }),
        4 => claim.prop_map(|claim| Step::Close { claim }),
        2 => (1..3usize, 1..9u32).prop_map(|(currency, value)| Step::Rates { currency, value }),
        1 => (0..40u32).prop_map(|percent| Step::Form { percent }),
        2 => Just(Step::Month),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        2 => (1..3_000i64).prop_map(Act::Credit),
        4 => prop_oneof![Just(100), 1..=100i64].prop_map(Act::Pay),
        1 => (1..9_000i64).prop_map(Act::Amend),
        2 => Just(Act::Reverse),
        1 => Just(Act::Precheck),
        2 => ((0..=100i64, 0..=100i64), prop_oneof![3 => Just(0), 1 => -1..=1i64])
            .prop_map(|(percents, over)| Act::Verify(percents, over)),
        4 => Just(Act::Unpark),
        3 => (0..=100i64).prop_map(Act::Correct),
    ]
}

/// The project, and the day on which the next steps are taken.
pub(super) struct Told<F> {
    pub(super) given: Given,
    month: usize,
    posted: u128,
    /// What is looked at after each event.
    look: F,
}

impl<F: FnMut(&Given)> Told<F> {
    /// A project of three claims.
    pub(super) fn begin(look: F) -> Self {
        let mut given = Given::project();
        let contract = json!({ "total": "1000.00", "erdf": "800.00", "rate": "0.80",
            "paymentShares": ["0.40", "0.20", "0.20", "0.20"], "triggerShare": "0.35" });
        record(&mut given, 1, "subsidy_contract.signed", &contract);
        let mut told = Self { given, month: 0, posted: 0, look };
        told.import();
        told
    }

    fn day(&self) -> &'static str {
        DAYS[self.month]
    }

    /// The rates of the month.
    fn import(&mut self) {
        for (currency, value) in [("BGN", "1.9558"), ("RON", "4.97")] {
            self.rate(currency, value);
        }
    }

    fn rate(&mut self, currency: &str, value: &str) {
        self.given.rate(&self.day()[..7], currency, value);
        (self.look)(&self.given);
    }

    /// Takes a step: no event comes of it where the rules refuse it.
    pub(super) fn take(&mut self, step: Step) {
        let day = self.day();
        match step {
            Step::Month if self.month + 1 < DAYS.len() => {
                self.month += 1;
                self.import();
            }
            Step::Month => {}
            Step::Rates { currency, value } => {
                let value = format!("{value}.0371");
                self.rate(CURRENCIES[currency], &value);
            }
            Step::Form { percent } => {
                let mut newer = form(2 + u32::try_from(self.posted).unwrap());
                newer["validFrom"] = json!(day);
                newer["budget"]["flatRates"][0]["rate"] = json!(format!("0.{percent:02}"));
                record(&mut self.given, 1, "application_form.approved", &newer);
                (self.look)(&self.given);
            }
            Step::Declare { place, currency, amount } => self.declare(place, currency, amount),
            Step::OnLine { line, act } => self.act(line, act),
            Step::Assemble { claim, line } => {
                let ready = self.ready(ClaimStatus::Assembled).or_else(|| self.next_claim());
                self.assemble(claim.or(ready).unwrap_or(1), line);
            }
            Step::Submit { claim } => {
                self.post(submit(self.claim(claim, ClaimStatus::Assembled), day));
            }
            Step::Withdraw { claim } => {
                self.post(withdraw(self.claim(claim, ClaimStatus::Submitted), day));
            }
            Step::Start { claim } => {
                self.post(start(self.claim(claim, ClaimStatus::Submitted), day));
            }
            Step::Close { claim } => {
                self.post(close(self.claim(claim, ClaimStatus::InControl), day));
            }
            Step::VerifyAll { claim, percents } => {
                let claim = self.claim(claim, ClaimStatus::InControl);
                let claim = self.given.project.finance.claim(claim).cloned();
                for id in claim.iter().flat_map(|claim| claim.lines.iter()) {
                    self.verify(*id, percents, 0);
                }
            }
        }
    }

    fn claim(&self, named: Option<u32>, status: ClaimStatus) -> u32 {
        named.or_else(|| self.ready(status)).unwrap_or(1)
    }

    /// The first claim that stands like this.
    fn ready(&self, status: ClaimStatus) -> Option<u32> {
        let mut claims = self.given.project.finance.claims.values();
        claims.find(|claim| claim.status == status).map(|claim| claim.number)
    }

    fn next_claim(&self) -> Option<u32> {
        (1..=3).find(|number| self.given.project.finance.claim(*number).is_none())
    }

    fn act(&mut self, line: usize, act: Act) {
        let fits = |line: &&Line| match act {
            Act::Unpark => line.portions.iter().any(|p| p.parked() != Cents::ZERO),
            Act::Correct(_) => line.portions.iter().any(|p| p.verified.is_some()),
            Act::Credit(_) | Act::Amend(_) => line.document().is_some(),
            Act::Pay(_) | Act::Reverse | Act::Precheck | Act::Verify(..) => true,
        };
        let Some(line) = self.line_that(line, fits) else { return };
        let (id, owner, day) = (line.id, owner(&line), self.day());
        let data = json!({ "line": id });
        match act {
            Act::Credit(amount) => self.credit(&line, amount),
            Act::Pay(percent) => {
                let amount = part(line.declared, percent).to_string();
                self.post(pay(owner, id, &amount, day));
            }
            Act::Amend(amount) => {
                let amount = Cents::new(amount);
                let changes =
                    json!({ "reason": en("Mistyped"), "net": amount, "declared": amount });
                self.post(Post::new(owner, "expenditure.amended", day, with(data, changes)));
            }
            Act::Reverse => self.post(reverse(owner, id, day)),
            Act::Precheck => {
                let data = with(data, json!({ "result": "ok" }));
                self.post(Post::new("haskovo", "expenditure.prechecked", day, data));
            }
            Act::Verify(percents, over) => self.verify(id, percents, over),
            Act::Unpark => self.post(unpark(id, day)),
            Act::Correct(percent) => {
                let verified = line.portions.iter().filter_map(|p| p.verified.as_ref());
                let certified: Cents = verified.map(|verified| verified.certified()).sum();
                self.post(correct(id, &part(certified, percent).to_string(), day));
            }
        }
    }

    fn post(&mut self, post: Post) {
        self.posted += 1;
        if self.given.post(&post.id(self.posted)).is_ok() {
            (self.look)(&self.given);
        }
    }

    fn line_that(&self, number: usize, fits: impl Fn(&&Line) -> bool) -> Option<Line> {
        let mut lines: Vec<_> = self.given.project.finance.lines.all().filter(fits).collect();
        lines.sort_by_key(|line| line.version);
        (!lines.is_empty()).then(|| lines[number % lines.len()].clone())
    }

    fn declare(&mut self, place: usize, currency: usize, amount: i64) {
        let (subject, category) = PARTNERS[place];
        let data = self.document(Cents::new(amount), CURRENCIES[currency], category);
        let work_package = if subject == "haskovo" { "WP 4" } else { "WP 5" };
        let data = with(data, json!({ "workPackage": work_package }));
        self.post(Post::new(subject, "expenditure.declared", self.day(), data));
    }

    fn document(&self, amount: Cents, currency: &str, category: &str) -> serde_json::Value {
        let mut document = invoice(&format!("{}", self.posted));
        document["invoice"]["date"] = json!(self.day());
        with(
            cost(),
            json!({ "category": category, "net": amount, "vat": "0.00",
            "declared": amount, "currency": currency, "document": document }),
        )
    }

    fn credit(&mut self, line: &Line, amount: i64) {
        let Some(data) = line.document() else { return };
        let (category, work_package) = (json!(data.category), json!(data.work_package));
        let amount = Cents::new(-amount);
        let note = self.document(amount, &line.currency.to_string(), category.as_str().unwrap());
        let note = with(note, json!({ "corrects": line.id, "workPackage": work_package }));
        self.post(Post::new(owner(line), "expenditure.declared", self.day(), note));
    }

    /// Of one line, or of all that were paid or that may be unpaid.
    fn assemble(&mut self, claim: u32, line: Option<usize>) {
        let day = self.day();
        if let Some(line) = line.and_then(|line| self.line_that(line, |_| true)) {
            return self.post(assemble(claim, &[line.id], day));
        }
        let filter = json!({ "until": day, "paid": claim == 3, "prechecked": false });
        let data = json!({ "claim": claim, "filter": filter });
        self.post(Post::new("haskovo", "claim.assembled", day, data));
    }

    fn verify(&mut self, id: Uuid, (certified, deducted): (i64, i64), over: i64) {
        let finance = &self.given.project.finance;
        let Some(line) = finance.line(id) else { return };
        let in_control = |claim: u32| {
            finance.claim(claim).is_some_and(|claim| claim.status == ClaimStatus::InControl)
        };
        let portion = line.portions.iter().find(|portion| in_control(portion.claim));
        let Some(euro) = portion.map(|portion| portion.frozen.euro) else { return };
        let certified = part(euro, certified);
        let deducted = part(euro - certified, deducted);
        let mut data = json!({ "line": id, "certified": certified,
            "parked": euro - certified - deducted - Cents::new(over) });
        if deducted != Cents::ZERO {
            data["deductions"] = json!([{ "amount": deducted, "typology": "2.1" }]);
        }
        self.post(Post::new("controller", "line.verified", self.day(), data));
    }
}

fn owner(line: &Line) -> &'static str {
    ["haskovo", "urbasofia", "trakia", "siena"][line.partner as usize - 1]
}

fn part(amount: Cents, percent: i64) -> Cents {
    Cents::new(amount.cents() * percent / 100)
}
