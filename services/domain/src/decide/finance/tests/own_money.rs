//! The rules of what partners bring and earn.

use serde_json::{Value, json};

use super::{check, refused, taken, warned};
use crate::given::{Given, Post, en, evidence, form};
use crate::posting::OnBehalfOf;
use crate::project::finance::given::{cents, record, with};
use crate::project::finance::own_money::OwnSums;

const DAY: &str = "2025-04-01";

fn contribution(changes: Value) -> Post {
    let data = json!({ "source": "own", "kind": "public", "date": DAY, "amount": "50.00" });
    Post::new("trakia", "contribution.received", DAY, with(data, changes))
}

fn in_kind(changes: Value) -> Post {
    let data = json!({ "source": "Hospital", "kind": "public", "workPackage": "WP 5",
        "from": "2025-02-01", "to": "2025-03-31", "value": "24.00", "text": en("A room"),
        "evidence": evidence() });
    Post::new("trakia", "in_kind.recorded", DAY, with(data, changes))
}

fn revenue(changes: Value) -> Post {
    let data = json!({ "source": "Visitors", "date": DAY, "amount": "3.00", "text": en("Fees") });
    Post::new("trakia", "revenue.recorded", DAY, with(data, changes))
}

#[test]
fn refuses_no_amount_and_another_day_than_the_document_has() {
    let mut given = Given::project();
    for post in [contribution, revenue] {
        check(&mut given, &post(json!({ "amount": "0.00" })), &refused("amount_zero"));
        let other = post(json!({ "date": "2025-03-31" }));
        check(&mut given, &other, &refused("occurred_on_document_date"));
        check(&mut given, &post(json!({})), &taken());
    }
}

#[test]
fn refuses_to_give_more_back_than_came_in_from_the_source() {
    let mut given = Given::project();
    let rule = "given_back_above_received";
    for post in [contribution, revenue] {
        check(&mut given, &post(json!({ "amount": "-0.01" })), &refused(rule));
        given.accept(&post(json!({ "amount": "5.00" })));
        check(&mut given, &post(json!({ "amount": "-5.01" })), &refused(rule));
        check(&mut given, &post(json!({ "amount": "-5.00" })), &taken());
    }
    given.accept(&contribution(json!({ "amount": "7.00" })));
    let mut of_another = contribution(json!({ "amount": "-7.00" }));
    of_another.subject = "urbasofia";
    check(&mut given, &of_another, &refused(rule));
}

#[test]
fn warns_of_a_source_that_the_form_does_not_name_or_of_another_kind() {
    let mut given = Given::project();
    let other = contribution(json!({ "source": "A bank" }));
    check(&mut given, &other, &warned("source_not_planned"));
    let private = contribution(json!({ "kind": "private" }));
    check(&mut given, &private, &warned("source_kind_differs"));
    check(&mut given, &contribution(json!({ "source": " OWN" })), &taken());
    let mut newer = form(2);
    newer["budget"]["partners"][2]["contributions"][0]["kind"] = json!("private");
    record(&mut given, 1, "application_form.approved", &newer);
    check(&mut given, &private.id(9), &taken());
}

#[test]
fn what_is_brought_in_kind_has_a_value_a_past_period_and_a_document() {
    let mut given = Given::project();
    for (changes, rule) in [
        (json!({ "value": "0.00" }), "amount_zero"),
        (json!({ "workPackage": "WP 9" }), "code_unknown"),
        (json!({ "from": "2025-04-01" }), "period_reversed"),
        (json!({ "to": "2026-07-02" }), "occurred_in_future"),
        (json!({ "evidence": [] }), "evidence_missing"),
    ] {
        check(&mut given, &in_kind(changes), &refused(rule));
    }
    check(&mut given, &in_kind(json!({})), &taken());
    let of_transfer = Post { subject: "siena", ..in_kind(json!({})) };
    check(&mut given, &of_transfer.id(7), &taken());
}

#[test]
fn the_sums_are_those_of_the_partner_for_whom_it_is_recorded() {
    let mut given = Given::project();
    given.accept(&contribution(json!({})));
    given.accept(&contribution(json!({ "amount": "-20.00" })));
    given.accept(&in_kind(json!({})));
    let by_lead = Post { subject: "haskovo", ..revenue(json!({})) };
    given.accept(&by_lead.on_behalf_of(OnBehalfOf::Partner(3), "asked"));
    let sums =
        OwnSums { contributions: cents("30.00"), in_kind: cents("24.00"), revenue: cents("3.00") };
    assert_eq!(given.project.finance.own_money.of(3), sums);
    assert_eq!(given.project.finance.own_money.of(1), OwnSums::default());
}
