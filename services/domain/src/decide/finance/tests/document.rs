//! The rules of several lines on one document.

use serde_json::{Value, json};

use super::{Outcome, check, credit_note, refused, taken, warned, with_a_line};
use crate::given::{Given, Post};
use crate::project::finance::given::{cost, declare, invoice, with};

fn second(changes: Value) -> Post {
    declare(with(json!({ "category": "staff" }), changes))
}

#[test]
fn lines_of_one_document_are_together_at_most_its_eligible_amount() {
    let (mut given, _) = with_a_line();
    check(&mut given, &second(json!({ "declared": "70.01" })), &refused("document_exceeded"));
    check(&mut given, &second(json!({ "declared": "70.00" })), &taken());
}

#[test]
fn a_credit_note_in_two_lines_is_together_at_most_its_amount() {
    let (mut given, line) = with_a_line();
    let part = |declared: &str| credit_note(&line, json!({ "declared": declared }));
    check(&mut given, &part("-15.00"), &taken());
    check(&mut given, &part("-5.01"), &refused("document_exceeded"));
    check(
        &mut given,
        &part("-15.00").id(2),
        &Outcome::Refused(vec!["document_declared_twice", "document_exceeded"]),
    );
    check(&mut given, &part("-5.00"), &taken());
}

#[test]
fn a_document_is_the_same_however_it_was_typed() {
    let (mut given, _) = with_a_line();
    let mut document = invoice(" 1 7");
    document["invoice"]["taxId"] = json!("bg999");
    document["invoice"]["supplier"] = json!("PRINT LTD.");
    document["invoice"]["date"] = json!("2025-03-04");
    let mut typed = second(json!({ "declared": "70.01", "document": document }));
    typed.occurred_on = "2025-03-04";
    check(&mut given, &typed, &refused("document_exceeded"));
    let mut next_year = typed.data["document"].clone();
    next_year["invoice"]["date"] = json!("2026-03-03");
    let mut other = second(json!({ "declared": "70.01", "document": next_year }));
    other.occurred_on = "2026-03-03";
    check(&mut given, &other, &taken());
}

#[test]
fn zeros_before_a_number_make_no_other_document() {
    for (first, typed, outcome) in [
        ("00123", "123", refused("document_exceeded")),
        ("123", "0 0123", refused("document_exceeded")),
        ("0", "000", refused("document_exceeded")),
        ("00123", "1230", taken()),
        ("A0123", "A123", taken()),
        ("0123-1", "123-1", taken()),
    ] {
        let mut given = Given::project();
        let line = declare(json!({ "declared": "50.00", "document": invoice(first) }));
        check(&mut given, &line, &taken());
        let other = second(json!({ "declared": "70.01", "document": invoice(typed) }));
        check(&mut given, &other, &outcome);
    }
}

#[test]
fn the_smallest_share_that_a_line_states_limits_the_document() {
    let mut given = Given::project();
    let part = |category: &str, share: &str, declared: &str| {
        declare(json!({ "category": category, "share": share, "declared": declared }))
    };
    check(&mut given, &part("staff", "0.30", "30.00"), &taken());
    let more = part("external_expertise", "0.50", "6.01");
    check(&mut given, &more, &refused("document_exceeded"));
    check(&mut given, &part("external_expertise", "0.50", "6.00"), &taken());
}

#[test]
fn warns_when_a_line_states_other_amounts_of_its_document_and_they_lift_no_limit() {
    let (mut given, _) = with_a_line();
    let wrong = |declared: &str| second(json!({ "net": "900.00", "declared": declared }));
    check(&mut given, &wrong("70.00"), &warned("document_amounts_differ"));
    let (mut given, _) = with_a_line();
    check(&mut given, &wrong("70.01"), &refused("document_exceeded"));
    let recovered = second(json!({ "vatRecoverable": "20.00", "declared": "50.00" }));
    check(&mut given, &recovered, &warned("document_amounts_differ"));
    let (mut given, line) = with_a_line();
    check(&mut given, &credit_note(&line, json!({ "document": invoice("17") })), &taken());
}

#[test]
fn a_document_is_in_one_currency() {
    let (mut given, _) = with_a_line();
    let leva = second(json!({ "declared": "5.00", "currency": "BGN" }));
    check(&mut given, &leva, &refused("document_currency_differs"));
}

#[test]
fn refuses_the_same_part_of_a_document_again_unless_it_was_reversed() {
    let (mut given, line) = with_a_line();
    let again = declare(json!({})).id(2);
    check(&mut given, &again, &refused("document_declared_twice"));
    let reason = json!({ "line": line, "reason": { "original": "en", "en": "Mistyped" } });
    let reversal = Post::new("trakia", "expenditure.reversed", "2025-03-04", reason);
    check(&mut given, &reversal, &taken());
    check(&mut given, &again, &taken());
    let rest = second(json!({ "declared": "70.00" }));
    check(&mut given, &rest, &taken());
}

#[test]
fn warns_of_an_invoice_at_another_partner_without_saying_which() {
    let (mut given, line) = with_a_line();
    let mut post = declare(json!({}));
    post.subject = "urbasofia";
    post.id = uuid::Uuid::from_u128(2);
    let decision = given.post(&post).unwrap();
    assert_eq!(decision.warnings.len(), 1);
    let warning = &decision.warnings[0];
    assert_eq!(warning.rule.id(), "document_at_another_partner");
    assert!(warning.facts.is_empty());
    assert!(!warning.message.contains(&line) && !warning.message.contains("trakia"));
}

#[test]
fn a_payroll_of_the_same_month_is_another_document_at_each_partner() {
    let payroll = json!({ "payroll": { "reference": "P", "period": "2025-03",
        "method": "hours" } });
    let mut given = Given::project();
    let staff = json!({ "category": "staff", "document": payroll, "declared": "120.00" });
    check(&mut given, &declare(staff.clone()), &taken());
    let changes = with(staff, json!({ "workPackage": "WP 2", "declared": "70.00" }));
    let data = with(cost(), changes);
    let post = Post::new("haskovo", "expenditure.declared", "2025-03-03", data.clone());
    check(&mut given, &post, &taken());
    let more = with(data, json!({ "declared": "50.01" }));
    let post = Post::new("haskovo", "expenditure.declared", "2025-03-03", more);
    check(&mut given, &post, &refused("document_exceeded"));
}

#[test]
fn every_broken_rule_is_told_and_warnings_are_not_mixed_in() {
    let (mut given, _) = with_a_line();
    given.now = "2028-01-10T09:00:00Z".parse().unwrap();
    let post = declare(json!({ "category": "lump_sum", "declared": "500.00",
        "incurredTo": "2028-01-01" }));
    let expected = ["lump_sum_not_posted", "declared_above_eligible", "document_exceeded"];
    check(&mut given, &post, &Outcome::Refused(expected.to_vec()));
    let post = declare(json!({ "declared": "60.00", "incurredTo": "2028-01-01" }));
    check(&mut given, &post, &warned("incurred_outside_window"));
}
