//! Outputs and forecasts.

use serde_json::{Value, json};

use super::{accepted, activity, project, submitted};
use crate::given::{Given, Post, en, evidence};

fn achieved(quantity: i64, day: &'static str) -> Post {
    let data = json!({ "code": "O 5.1", "quantity": quantity, "evidence": evidence() });
    Post::new("trakia", "output.achieved", day, data)
}

fn taken_back(quantity: i64, day: &'static str) -> Post {
    let mut post = achieved(quantity, day);
    post.data["reason"] = en("Counted twice");
    post
}

fn expected(subject: &'static str, code: &str, day: &'static str) -> Post {
    let data = json!({ "code": code, "date": "2025-09-30", "reason": en("The supplier is late") });
    Post::new(subject, "forecast.changed", day, data)
}

fn without(mut post: Post, name: &str) -> Post {
    post.data.as_object_mut().unwrap().remove(name);
    post
}

#[test]
fn an_output_may_come_to_more_than_its_target() {
    let mut given = project();
    assert!(given.accept(&achieved(1, "2025-05-01")).is_empty());
    assert!(given.accept(&achieved(4, "2025-05-02")).is_empty());
    let mut latin = achieved(1, "2025-05-03");
    latin.data["code"] = json!("Ο5.1.");
    given.accept(&latin);
    let item = given.project.plan.item("O 5.1".parse().unwrap(), "2025-05-02".parse().unwrap());
    assert_eq!(given.project.delivery.outputs[&item].achieved(), 6);
}

#[test]
fn refuses_an_output_without_evidence() {
    let mut given = project();
    let bare = without(achieved(1, "2025-05-01"), "evidence");
    assert_eq!(given.refuse(&bare), ["evidence_missing"]);
    given.accept(&achieved(1, "2025-05-01"));
}

#[test]
fn refuses_an_output_of_which_nothing_was_achieved() {
    let mut given = project();
    assert_eq!(given.refuse(&achieved(0, "2025-05-01")), ["quantity_zero"]);
    let broken = Post::new("trakia", "output.achieved", "2025-05-01", {
        json!({ "code": "O 5.1", "quantity": 1.5, "evidence": evidence() })
    });
    assert_eq!(given.refuse(&broken), ["data_malformed"]);
}

#[test]
fn who_takes_some_of_an_output_back_says_why() {
    let mut given = project();
    given.accept(&achieved(3, "2025-05-01"));
    assert_eq!(given.refuse(&achieved(-1, "2025-05-02")), ["quantity_reason_missing"]);
    assert!(given.accept(&taken_back(-1, "2025-05-02")).is_empty());
}

#[test]
fn no_more_of_an_output_is_taken_back_than_was_achieved() {
    let mut given = project();
    assert_eq!(given.refuse(&taken_back(-1, "2025-05-01")), ["output_below_nothing"]);
    given.accept(&achieved(3, "2025-05-01"));
    assert_eq!(given.refuse(&taken_back(-4, "2025-05-02")), ["output_below_nothing"]);
    given.accept(&taken_back(-3, "2025-05-02"));
}

#[test]
fn a_milestone_waits_for_the_target_of_an_output() {
    let mut given = project();
    let at = given.project.last_recorded_at.unwrap();
    let milestone = json!({ "number": 2, "title": en("Strategy"), "codes": ["O 5.1"],
        "due": "2025-12-31" });
    given.record_unasked("haskovo", "milestone.planned", "2024-12-01", at, milestone);
    let mut form = crate::given::form(2);
    form["outputs"][0]["target"] = json!(3);
    form["validFrom"] = json!("2025-06-01");
    given.record_unasked("haskovo", "application_form.approved", "2025-06-01", at, form);
    given.accept(&achieved(2, "2025-05-02"));
    let met = |day| {
        let data = json!({ "number": 2, "reason": en("Agreed") });
        Post::new("haskovo", "milestone.met", day, data)
    };
    assert!(given.clone().accept(&met("2025-05-31")).is_empty());
    assert_eq!(given.clone().accept(&met("2025-06-01")), ["milestone_items_open"]);
    given.accept(&achieved(1, "2025-06-02"));
    assert!(given.accept(&met("2025-06-03")).is_empty());
}

#[test]
fn a_forecast_is_of_an_activity_a_deliverable_or_an_output() {
    let mut given = project();
    for code in ["A 5.1", "D 5.1.1", "O 5.1"] {
        assert!(given.accept(&expected("trakia", code, "2025-05-01")).is_empty(), "{code}");
    }
    let of_all = expected("haskovo", "WP 5", "2025-05-01");
    assert_eq!(given.refuse(&of_all), ["forecast_of_no_item"]);
    assert_eq!(given.refuse(&expected("trakia", "D 9.9.9", "2025-05-01")), ["code_unknown"]);
}

#[test]
fn who_changes_a_forecast_says_why() {
    let mut given = project();
    let silent = without(expected("trakia", "A 5.1", "2025-05-01"), "reason");
    assert_eq!(given.refuse(&silent), ["data_malformed"]);
}

#[test]
fn warns_of_a_forecast_of_what_is_done() {
    let done =
        |given: &mut Given, code: &str| given.accept(&expected("trakia", code, "2025-06-01"));
    let mut given = project();
    given.accept(&submitted("trakia", "D 5.1.1", "2025-03-20"));
    assert!(done(&mut given.clone(), "D 5.1.1").is_empty());
    given.accept(&accepted("haskovo", "D 5.1.1", 1));
    given.accept(&activity("activity.completed", "A 5.1", "2025-05-01"));
    given.accept(&achieved(1, "2025-05-01"));
    for code in ["D 5.1.1", "A 5.1", "O 5.1"] {
        assert_eq!(done(&mut given, code), ["forecast_after_done"], "{code}");
    }
}

#[test]
fn outputs_and_forecasts_are_their_owners_and_the_leads() {
    let mut given = project();
    let by = |subject, mut post: Post| {
        post.subject = subject;
        post
    };
    let output = achieved(1, "2025-05-01");
    let foreign: [(Post, Value); 2] = [
        (by("siena", output.clone()), json!("O 5.1")),
        (by("siena", expected("siena", "A 5.1", "2025-05-01")), json!("A 5.1")),
    ];
    for (post, code) in foreign {
        assert_eq!(post.data["code"], code);
        assert_eq!(given.refuse(&post), ["item_of_another_partner"], "{code}");
    }
    given.accept(&by("haskovo", output));
    given.accept(&expected("haskovo", "A 5.1", "2025-05-01"));
}
