//! For tests: postings by which a line goes through a claim and its control.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{cost, invoice, record, with};
use crate::given::{Given, Post, en, evidence};

/// A letter of the programme.
pub(crate) fn letter() -> Value {
    json!([{ "kind": "letter", "name": "Letter", "uri": "https://example.org/letter" }])
}

/// A line of 3 March 2025 with a document of its own, of which all is declared.
pub(crate) fn line(
    subject: &'static str,
    category: &str,
    (amount, currency): (&str, &str),
    changes: Value,
) -> Post {
    let number = format!("{category} {amount} {currency}");
    let of_line = json!({ "category": category, "net": amount, "vat": "0.00", "declared": amount,
        "currency": currency, "document": invoice(&number) });
    let data = with(with(cost(), of_line), changes);
    Post::new(subject, "expenditure.declared", "2025-03-03", data)
}

pub(crate) fn pay(subject: &'static str, line: Uuid, amount: &str, on: &'static str) -> Post {
    let data = json!({ "line": line, "date": on, "amount": amount });
    Post::new(subject, "expenditure.paid", on, data)
}

pub(crate) fn amend(line: Uuid, changes: Value) -> Post {
    let data = with(json!({ "line": line, "reason": en("Mistyped") }), changes);
    Post::new("trakia", "expenditure.amended", "2025-03-20", data)
}

pub(crate) fn reverse(subject: &'static str, line: Uuid, on: &'static str) -> Post {
    let data = json!({ "line": line, "reason": en("Mistyped") });
    Post::new(subject, "expenditure.reversed", on, data)
}

pub(crate) fn precheck(line: Uuid) -> Post {
    let data = json!({ "line": line, "result": "ok" });
    Post::new("haskovo", "expenditure.prechecked", "2025-03-20", data)
}

pub(crate) fn attach(subject: &'static str, target: Uuid, on: &'static str, files: Value) -> Post {
    let data = json!({ "target": target, "evidence": files });
    Post::new(subject, "evidence.attached", on, data)
}

pub(crate) fn assemble(claim: u32, lines: &[Uuid], on: &'static str) -> Post {
    let data = json!({ "claim": claim, "lines": lines });
    Post::new("haskovo", "claim.assembled", on, data)
}

pub(crate) fn submit(claim: u32, on: &'static str) -> Post {
    Post::new("haskovo", "claim.submitted", on, json!({ "claim": claim }))
}

pub(crate) fn withdraw(claim: u32, on: &'static str) -> Post {
    let data = json!({ "claim": claim, "reason": en("A line is missing") });
    Post::new("haskovo", "claim.withdrawn", on, data)
}

/// Control of every line.
pub(crate) fn start(claim: u32, on: &'static str) -> Post {
    let data = json!({ "claim": claim, "method": "both", "sample": { "rule": "all" } });
    Post::new("controller", "control.started", on, data)
}

/// What is certified, deducted and parked of a line.
pub(crate) fn verify(
    line: Uuid,
    [certified, deducted, parked]: [&str; 3],
    on: &'static str,
) -> Post {
    let mut data = json!({ "line": line, "certified": certified, "parked": parked });
    if deducted != "0.00" {
        data["deductions"] = json!([{ "amount": deducted, "typology": "2.1" }]);
    }
    Post::new("controller", "line.verified", on, data)
}

pub(crate) fn close(claim: u32, on: &'static str) -> Post {
    let data = json!({ "claim": claim, "conclusion": en("In order") });
    Post::new("controller", "control.closed", on, data)
}

pub(crate) fn unpark(line: Uuid, on: &'static str) -> Post {
    Post::new("controller", "line.unparked", on, json!({ "line": line }))
}

pub(crate) fn correct(line: Uuid, amount: &str, on: &'static str) -> Post {
    let corrections = json!([{ "line": line, "amount": amount, "typology": "1" }]);
    let data = json!({ "corrections": corrections, "reason": en("Audit"),
        "evidence": evidence() });
    Post::new("haskovo", "correction.imposed", on, data)
}

impl Given {
    /// Declares a line of a partner, pays it and checks it.
    #[track_caller]
    pub(crate) fn checked_line(
        &mut self,
        subject: &'static str,
        category: &str,
        (amount, currency): (&str, &str),
    ) -> Uuid {
        let post = line(subject, category, (amount, currency), json!({}));
        self.checked(&post)
    }

    /// The same of a line that is given in full.
    #[track_caller]
    pub(crate) fn checked(&mut self, post: &Post) -> Uuid {
        self.accept(post);
        let declared = post.data["declared"].as_str().unwrap();
        self.accept(&pay(post.subject, post.id, declared, post.occurred_on));
        let data = json!({ "line": post.id, "result": "ok" });
        let on = post.occurred_on;
        self.accept(&Post::new("haskovo", "expenditure.prechecked", on, data));
        post.id
    }

    /// Assembles a claim of these lines and submits it, without a warning.
    #[track_caller]
    pub(crate) fn submitted(&mut self, claim: u32, lines: &[Uuid], on: &'static str) {
        self.all_taken(&[assemble(claim, lines, on), submit(claim, on)]);
    }

    /// Takes a submitted claim through control, in which these lines are ruled on.
    #[track_caller]
    pub(crate) fn controlled(
        &mut self,
        claim: u32,
        rulings: &[(Uuid, [&str; 3])],
        on: &'static str,
    ) {
        self.all_taken(&[start(claim, on)]);
        for (line, amounts) in rulings {
            self.all_taken(&[verify(*line, *amounts, on)]);
        }
        self.all_taken(&[close(claim, on)]);
    }

    /// Posts what is taken without a warning.
    #[track_caller]
    pub(crate) fn takes(&mut self, post: &Post) {
        assert_eq!(self.accept(post), Vec::<&str>::new(), "{post:?}");
    }

    /// Posts one after the other, each of which is taken without a warning.
    #[track_caller]
    pub(crate) fn all_taken(&mut self, posts: &[Post]) {
        for post in posts {
            self.takes(post);
        }
    }

    /// The Commission's rate of a currency in a month.
    pub(crate) fn rate(&mut self, month: &str, currency: &str, value: &str) {
        let (year, month) = month.split_once('-').unwrap();
        let (year, month) = (year.parse().unwrap(), month.parse().unwrap());
        super::rates(self, year, month, currency, value);
    }

    /// The leva become euro.
    pub(crate) fn leva_are_fixed(&mut self) {
        let policy = json!({ "currency": "BGN", "policy": "irrevocable", "value": "1.95583",
            "validFrom": "2026-01-01", "legalSource": "Regulation (EU) 2025/1409" });
        record(self, 1, "rate_policy.set", &policy);
    }
}
