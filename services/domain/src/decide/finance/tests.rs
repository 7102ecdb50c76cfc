//! Each rule with a posting that breaks it and one that does not.

mod declared;
mod document;
mod settled;
mod taken_back;
mod line;
mod option;
mod claim;
mod control;
mod credited;
mod traps;
mod contract;
mod own_money;
mod partner_report;
mod retention;
mod payment;
mod clarification;
mod audit;

use serde_json::{Value, json};

use crate::given::{Given, Post};
use crate::project::finance::given::declare;

/// What comes of a posting: the rules that refuse it, or the rules that warn.
#[derive(Debug, PartialEq)]
enum Outcome {
    Taken(Vec<&'static str>),
    Refused(Vec<&'static str>),
}

fn taken() -> Outcome {
    Outcome::Taken(vec![])
}

fn warned(rule: &'static str) -> Outcome {
    Outcome::Taken(vec![rule])
}

fn refused(rule: &'static str) -> Outcome {
    Outcome::Refused(vec![rule])
}

#[track_caller]
fn check(given: &mut Given, post: &Post, expected: &Outcome) {
    let outcome = match given.clone().post(post) {
        Ok(_) => Outcome::Taken(given.accept(post)),
        Err(_) => Outcome::Refused(given.refuse(post)),
    };
    assert_eq!(outcome, *expected, "{post:#?}");
}

/// Declares a line of trakia in a project without any.
#[track_caller]
fn check_line(changes: Value, expected: &Outcome) {
    check(&mut Given::project(), &declare(changes), expected);
}

/// A project in which trakia has declared invoice 17, 50.00 of 120.00 euro.
fn with_a_line() -> (Given, String) {
    let mut given = Given::project();
    let post = declare(json!({}));
    assert_eq!(given.accept(&post), Vec::<&str>::new());
    (given, post.id.to_string())
}

/// A credit note that differs from one over 20.00 of the 50.00 of a line.
fn credit_note(line: &str, changes: Value) -> Post {
    use crate::project::finance::given::{invoice, with};
    declare(with(
        json!({ "document": invoice("C 1"), "net": "-20.00", "vat": "0.00",
            "declared": "-20.00", "corrects": line }),
        changes,
    ))
}
