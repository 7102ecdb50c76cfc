use serde_json::{Value, json};
use uuid::Uuid;

use crate::given::{Given, Post, en};
use crate::posting::OnBehalfOf;

const DAY: &str = "2025-04-01";

/// Risk 1 and issue 2 of Trakia, raised on 1 April 2025; decision 3 of the lead; milestone 1.
fn given() -> Given {
    let mut given = Given::project();
    given.accept(&risk("trakia", json!({})).id(1));
    given.accept(&issue("trakia", json!({})).id(2));
    given.accept(&decision("haskovo", json!({})).id(3));
    let milestone = json!({ "number": 1, "title": en("Ready"), "due": "2025-06-30",
        "codes": ["A 4.1"] });
    given.accept(&Post::new("haskovo", "milestone.planned", DAY, milestone));
    given
}

fn with(mut data: Value, more: Value) -> Value {
    data.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    data
}

fn risk(subject: &'static str, more: Value) -> Post {
    let data = json!({ "title": en("Late data"), "probability": 3, "impact": 4 });
    Post::new(subject, "risk.recorded", DAY, with(data, more))
}

fn assess(subject: &'static str, risk: u128, more: Value) -> Post {
    let data = json!({ "risk": Uuid::from_u128(risk), "probability": 2, "impact": 4 });
    Post::new(subject, "risk.reassessed", "2025-05-01", with(data, more))
}

fn issue(subject: &'static str, more: Value) -> Post {
    let data = json!({ "title": en("No room"), "severity": "high" });
    Post::new(subject, "issue.raised", DAY, with(data, more))
}

fn resolve(subject: &'static str, issue: u128, more: Value) -> Post {
    let data = json!({ "issue": Uuid::from_u128(issue), "resolution": en("Another room") });
    Post::new(subject, "issue.resolved", "2025-05-01", with(data, more))
}

fn decision(subject: &'static str, more: Value) -> Post {
    let data = json!({ "title": en("Autumn"), "body": "Steering committee" });
    Post::new(subject, "decision.taken", DAY, with(data, more))
}

fn communicate(more: Value) -> Post {
    let data = json!({ "title": en("Open day"), "channel": "event", "audience": en("Citizens"),
        "emblemShown": true });
    Post::new("trakia", "communication.logged", DAY, with(data, more))
}

#[track_caller]
fn check(cases: &[(Post, &[&str])]) {
    for (post, rules) in cases {
        let mut given = given();
        if rules.is_empty() {
            assert_eq!(given.accept(post), <[&str; 0]>::default(), "{post:?}");
        } else {
            assert_eq!(given.refuse(post), *rules, "{post:?}");
        }
    }
}

#[test]
fn every_partner_records_for_itself_and_others_do_not() {
    let for_siena = OnBehalfOf::Partner(4);
    let none = &["role_may_not_post"];
    check(&[
        (risk("siena", json!({})), &[]),
        (issue("siena", json!({})), &[]),
        (decision("siena", json!({})), &[]),
        (risk("haskovo", json!({})).on_behalf_of(for_siena, "by telephone"), &[]),
        (risk("expert", json!({})), none),
        (issue("controller", json!({})), none),
        (decision("auditor", json!({})), none),
    ]);
}

#[test]
fn probability_and_impact_are_from_one_to_five() {
    let wrong = &["risk_scale_out_of_range"];
    check(&[
        (risk("trakia", json!({ "probability": 1, "impact": 5 })), &[]),
        (risk("trakia", json!({ "probability": 0 })), wrong),
        (risk("trakia", json!({ "impact": 6 })), wrong),
        (assess("trakia", 1, json!({ "probability": 5, "impact": 1 })), &[]),
        (assess("trakia", 1, json!({ "probability": 6 })), wrong),
        (assess("trakia", 1, json!({ "impact": 0 })), wrong),
    ]);
}

#[test]
fn codes_are_those_of_a_form() {
    let unknown = &["code_unknown"];
    let (good, wrong) = (json!({ "codes": ["А 5.1"] }), json!({ "codes": ["A 5.9"] }));
    check(&[
        (risk("trakia", good.clone()), &[]),
        (issue("trakia", good.clone()), &[]),
        (decision("trakia", good.clone()), &[]),
        (communicate(good), &[]),
        (risk("trakia", wrong.clone()), unknown),
        (issue("trakia", wrong.clone()), unknown),
        (decision("trakia", wrong.clone()), unknown),
        (communicate(wrong), unknown),
    ]);
}

#[test]
fn a_day_that_is_set_is_not_past_already() {
    let past = &["day_passed_already"];
    check(&[
        (risk("trakia", json!({ "reviewOn": DAY })), &[]),
        (risk("trakia", json!({ "reviewOn": "2025-03-31" })), past),
        (assess("trakia", 1, json!({ "reviewOn": "2025-05-01" })), &[]),
        (assess("trakia", 1, json!({ "reviewOn": "2025-04-30" })), past),
        (issue("trakia", json!({ "due": DAY })), &[]),
        (issue("trakia", json!({ "due": "2025-03-31" })), past),
    ]);
}

#[test]
fn the_owner_and_the_lead_assess_a_risk_that_is_there() {
    check(&[
        (assess("trakia", 1, json!({})), &[]),
        (assess("haskovo", 1, json!({})), &[]),
        (assess("siena", 1, json!({})), &["item_of_another_partner"]),
        (assess("trakia", 99, json!({})), &["risk_unknown"]),
        (assess("siena", 99, json!({})), &["risk_unknown"]),
        (assess("trakia", 2, json!({})), &["risk_unknown"]),
    ]);
}

#[test]
fn a_closed_risk_is_not_assessed_again() {
    let mut given = given();
    given.accept(&assess("trakia", 1, json!({})));
    given.accept(&assess("haskovo", 1, json!({ "closed": true })));
    assert_eq!(given.refuse(&assess("trakia", 1, json!({ "impact": 5 }))), ["risk_closed"]);
}

#[test]
fn the_owner_and_the_lead_resolve_an_issue_that_is_there() {
    check(&[
        (resolve("trakia", 2, json!({})), &[]),
        (resolve("haskovo", 2, json!({})), &[]),
        (resolve("siena", 2, json!({})), &["item_of_another_partner"]),
        (resolve("siena", 99, json!({})), &["issue_unknown"]),
        (resolve("trakia", 1, json!({})), &["issue_unknown"]),
    ]);
}

#[test]
fn an_issue_is_resolved_once_and_not_before_it_was_raised() {
    let mut given = given();
    let early = resolve("trakia", 2, json!({ "date": "2025-03-31" }));
    assert_eq!(given.refuse(&early), ["before_what_it_answers"]);
    let future = resolve("trakia", 2, json!({ "date": "2026-07-02" }));
    assert_eq!(given.refuse(&future), ["occurred_in_future"]);
    given.accept(&resolve("trakia", 2, json!({ "date": DAY })));
    assert_eq!(given.refuse(&resolve("haskovo", 2, json!({}))), ["issue_resolved_already"]);
}

#[test]
fn a_decision_names_what_is_there() {
    let earlier = |id: u128| json!({ "supersedes": Uuid::from_u128(id) });
    check(&[
        (decision("trakia", json!({ "milestones": [1] })), &[]),
        (decision("trakia", json!({ "milestones": [1, 2] })), &["milestone_unknown"]),
        (decision("haskovo", earlier(3)), &[]),
        (decision("siena", earlier(3)), &["decision_of_another"]),
        (decision("trakia", earlier(1)), &["decision_unknown"]),
        (decision("trakia", json!({ "date": "2025-03-20" })), &[]),
        (decision("trakia", json!({ "date": "2026-07-02" })), &["occurred_in_future"]),
    ]);
}

#[test]
fn communication_without_the_emblem_is_warned_of() {
    assert_eq!(given().accept(&communicate(json!({}))), <[&str; 0]>::default());
    let without = communicate(json!({ "emblemShown": false }));
    assert_eq!(given().accept(&without), ["emblem_not_shown"]);
}
