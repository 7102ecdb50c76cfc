//! The rules of payments and reversals.

use serde_json::{Value, json};

use super::{Outcome, check, credit_note, refused, taken, warned, with_a_line};
use crate::given::{Given, Post, en};
use crate::posting::OnBehalfOf;
use crate::project::finance::given::{cents, declare};

fn pay(line: &str, date: &'static str, amount: &str) -> Post {
    let data = json!({ "line": line, "date": date, "amount": amount });
    Post::new("trakia", "expenditure.paid", date, data)
}

fn reverse(line: &str) -> Post {
    let data = json!({ "line": line, "reason": en("Mistyped") });
    Post::new("trakia", "expenditure.reversed", "2025-03-11", data)
}

const NO_LINE: &str = "00000000-0000-0000-0000-0000000000ff";

#[test]
fn a_line_is_paid_in_parts_up_to_the_amount_of_the_document() {
    let (mut given, line) = with_a_line();
    check(&mut given, &pay(&line, "2025-03-10", "100.00"), &taken());
    check(&mut given, &pay(&line, "2025-03-11", "20.01"), &refused("paid_above_document"));
    check(&mut given, &pay(&line, "2025-03-11", "20.00"), &taken());
    let paid = given.project.finance.line(line.parse().unwrap()).unwrap().paid;
    assert_eq!(paid, cents("120.00"));
}

#[test]
fn payments_of_all_lines_of_a_document_count_together() {
    let (mut given, line) = with_a_line();
    let other = declare(json!({ "category": "staff", "declared": "70.00" }));
    check(&mut given, &other, &taken());
    check(&mut given, &pay(&line, "2025-03-10", "50.00"), &taken());
    let other = other.id.to_string();
    check(&mut given, &pay(&other, "2025-03-10", "70.01"), &refused("paid_above_document"));
    check(&mut given, &pay(&other, "2025-03-10", "70.00"), &taken());
}

#[test]
fn refuses_a_payment_of_a_line_that_is_not_there() {
    let (mut given, _) = with_a_line();
    check(&mut given, &pay(NO_LINE, "2025-03-10", "1.00"), &refused("line_unknown"));
    check(&mut given, &reverse(NO_LINE), &refused("line_unknown"));
}

#[test]
fn the_line_of_another_partner_is_unknown_and_the_lead_acts_for_its_owner() {
    let (mut given, line) = with_a_line();
    let mut foreign = pay(&line, "2025-03-10", "1.00");
    foreign.subject = "urbasofia";
    check(&mut given, &foreign, &refused("line_unknown"));
    let mut foreign = reverse(&line);
    foreign.subject = "urbasofia";
    check(&mut given, &foreign, &refused("line_unknown"));

    let mut lead = pay(&line, "2025-03-10", "1.00");
    lead.subject = "haskovo";
    check(&mut given, &lead, &refused("lead_posts_on_behalf"));
    let wrong = lead.clone().on_behalf_of(OnBehalfOf::Partner(2), "ill");
    check(&mut given, &wrong, &refused("item_of_another_partner"));
    check(&mut given, &lead.on_behalf_of(OnBehalfOf::Partner(3), "ill"), &taken());
}

#[test]
fn a_payment_has_the_sign_of_its_line() {
    let (mut given, line) = with_a_line();
    check(&mut given, &pay(&line, "2025-03-10", "0.00"), &refused("amount_zero"));
    check(&mut given, &pay(&line, "2025-03-10", "-1.00"), &refused("signs_disagree"));
    let note = credit_note(&line, json!({}));
    check(&mut given, &note, &taken());
    let note = note.id.to_string();
    check(&mut given, &pay(&note, "2025-03-10", "1.00"), &refused("signs_disagree"));
    check(&mut given, &pay(&note, "2025-03-10", "-20.01"), &refused("paid_above_document"));
    check(&mut given, &pay(&note, "2025-03-10", "-20.00"), &taken());
}

#[test]
fn refuses_a_payment_of_tomorrow_in_the_zone_of_the_project() {
    let (mut given, line) = with_a_line();
    let mut earlier = given.clone();
    earlier.project.last_recorded_at = None;
    earlier.now = "2026-01-31T21:59:00Z".parse().unwrap();
    let post = pay(&line, "2026-02-01", "1.00");
    let both = Outcome::Refused(vec!["occurred_in_future", "paid_in_future"]);
    check(&mut earlier.clone(), &post, &both);
    earlier.now = "2026-01-31T22:00:00Z".parse().unwrap();
    check(&mut earlier, &post, &taken());
    given.now = "2025-04-01T09:00:00Z".parse().unwrap();
    check(&mut given, &post, &taken());
}

#[test]
fn warns_of_an_advance() {
    let (mut given, line) = with_a_line();
    check(&mut given, &pay(&line, "2025-01-31", "1.00"), &warned("paid_before_incurred"));
    check(&mut given, &pay(&line, "2025-02-01", "1.00"), &taken());
}

#[test]
fn a_reversed_line_takes_no_further_event() {
    let (mut given, line) = with_a_line();
    check(&mut given, &reverse(&line), &taken());
    check(&mut given, &reverse(&line).id(7), &refused("line_reversed"));
    check(&mut given, &pay(&line, "2025-03-10", "1.00"), &refused("line_reversed"));
    check(&mut given, &credit_note(&line, json!({})), &refused("line_reversed"));
}

#[test]
fn a_line_is_reversed_after_its_credit_notes() {
    let (mut given, line) = with_a_line();
    let note = credit_note(&line, json!({}));
    check(&mut given, &note, &taken());
    check(&mut given, &reverse(&line), &refused("line_has_credit_notes"));
    check(&mut given, &reverse(&note.id.to_string()), &taken());
    check(&mut given, &reverse(&line), &taken());
    let sums: Vec<Value> = given.project.finance.lines.sums().map(|_| Value::Null).collect();
    assert_eq!(sums, Vec::<Value>::new());
}

#[test]
fn a_transfer_partner_pays_nothing() {
    let mut given = Given::project();
    let mut post = pay(NO_LINE, "2025-03-10", "1.00");
    post.subject = "siena";
    let expected = Outcome::Refused(vec!["transfer_partner_has_no_costs"]);
    check(&mut given, &post, &expected);
}

#[test]
fn a_payment_occurs_on_its_date() {
    let (mut given, line) = with_a_line();
    let mut post = pay(&line, "2025-03-10", "1.00");
    post.occurred_on = "2025-03-11";
    check(&mut given, &post, &refused("occurred_on_document_date"));
}

#[test]
fn the_document_of_a_line_that_was_reversed_in_its_claim_is_declared_anew() {
    let (mut given, line) = with_a_line();
    let anew = declare(json!({})).id(8);
    let assembled = json!({ "claim": 1, "lines": [line] });
    given.accept(&Post::new("haskovo", "claim.assembled", "2025-04-01", assembled));
    given.accept(&Post::new("haskovo", "claim.submitted", "2025-04-01", json!({ "claim": 1 })));
    check(&mut given, &anew, &refused("document_declared_twice"));
    let mut reversed = reverse(&line);
    reversed.occurred_on = "2025-04-02";
    check(&mut given, &reversed, &taken());
    check(&mut given, &anew, &taken());
}
