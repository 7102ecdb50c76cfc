//! The rules of visits, of the keeping of records, and of holds.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{check, refused, taken};
use crate::given::{Given, Post, en, evidence};
use crate::posting::OnBehalfOf;
use crate::project::finance::given::{record, with};

const DAY: &str = "2026-05-10";

fn visit(subject: &'static str, changes: Value) -> Post {
    let data = json!({ "place": en("Hospital"), "from": "2026-05-05", "to": "2026-05-06",
        "focus": en("Equipment") });
    Post::new(subject, "visit.recorded", DAY, with(data, changes))
}

fn place(changes: Value) -> Post {
    let data = json!({ "authority": "Court", "reason": en("Appeal"), "evidence": evidence() });
    Post::new("haskovo", "hold.placed", DAY, with(data, changes))
}

fn release(hold: u128, day: &'static str) -> Post {
    let data = json!({ "hold": Uuid::from_u128(hold), "reason": en("Over") });
    Post::new("haskovo", "hold.released", day, data)
}

fn start(last_payment: &str) -> Post {
    let data = json!({ "lastPayment": last_payment });
    Post::new("haskovo", "retention.started", DAY, data)
}

#[test]
fn a_visit_has_days_that_are_past_and_a_partner_and_claim_that_are_known() {
    let mut given = Given::project();
    for (changes, rule) in [
        (json!({ "from": "2026-05-07" }), "period_reversed"),
        (json!({ "to": "2026-07-02" }), "occurred_in_future"),
        (json!({ "partner": 9 }), "partner_unknown"),
        (json!({ "claim": 1 }), "claim_unknown"),
    ] {
        check(&mut given, &visit("controller", changes), &refused(rule));
    }
    check(&mut given, &visit("controller", json!({ "partner": 4 })), &taken());
    check(&mut given, &visit("haskovo", json!({})), &taken());
    check(&mut given, &visit("trakia", json!({})), &refused("role_may_not_post"));
    record(&mut given, 1, "claim.assembled", &json!({ "claim": 1 }));
    check(&mut given, &visit("controller", json!({ "claim": 1 })), &taken());
}

#[test]
fn the_last_payment_is_past() {
    let mut given = Given::project();
    check(&mut given, &start("2026-07-02"), &refused("occurred_in_future"));
    check(&mut given, &start("2026-05-01"), &taken());
}

#[test]
fn a_hold_has_a_document_and_is_released_once() {
    let mut given = Given::project();
    check(&mut given, &place(json!({ "evidence": [] })), &refused("evidence_missing"));
    let programme = place(json!({ "evidence": [] }));
    let programme = programme.on_behalf_of(OnBehalfOf::Programme, "its letter");
    check(&mut given, &programme, &refused("evidence_missing"));
    check(&mut given, &place(json!({})).id(1), &taken());
    check(&mut given, &release(2, "2026-05-11"), &refused("hold_unknown"));
    check(&mut given, &release(1, "2026-05-09"), &refused("before_what_it_answers"));
    check(&mut given, &release(1, "2026-05-11"), &taken());
    check(&mut given, &release(1, "2026-05-12"), &refused("hold_released_already"));
}

#[test]
fn records_are_kept_five_years_from_the_end_of_the_year_of_the_last_payment_or_while_held() {
    let mut given = Given::project();
    let until = |given: &Given| given.project.finance.retention.kept_until(&given.project.plan);
    assert_eq!(until(&given), None);
    given.accept(&start("2026-01-01"));
    given.accept(&start("2025-12-31"));
    assert_eq!(until(&given), Some("2030-12-31".parse().unwrap()), "the newest counts");
    assert!(!given.project.finance.retention.is_held());
    given.accept(&place(json!({})).id(1));
    assert!(given.project.finance.retention.is_held());
    given.accept(&release(1, "2026-05-11"));
    assert!(!given.project.finance.retention.is_held());
    let registered = given.project.plan.registered.as_mut().unwrap();
    std::sync::Arc::make_mut(registered).retention_years = Some(10);
    assert_eq!(until(&given), Some("2035-12-31".parse().unwrap()));
}
