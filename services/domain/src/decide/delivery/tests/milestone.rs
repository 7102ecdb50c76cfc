//! Milestones that were not met, and reviews.

use serde_json::{Value, json};

use super::{met, project};
use crate::given::{Post, en};

const NOT_MET: [&str; 2] = ["milestone.partially_met", "milestone.missed"];

fn said(event_type: &'static str, number: u32, day: &'static str) -> Post {
    Post::new("haskovo", event_type, day, json!({ "number": number, "reason": en("Late") }))
}

fn reviewed(data: Value) -> Post {
    let mut post = Post::new(
        "haskovo",
        "milestone_review.held",
        "2025-07-10",
        json!({
            "date": "2025-07-09", "milestones": [1], "conclusions": en("Go on")
        }),
    );
    for (name, value) in data.as_object().unwrap() {
        post.data[name] = value.clone();
    }
    post
}

#[test]
fn a_milestone_that_was_missed_or_met_in_part_may_be_met_later() {
    let mut given = project();
    given.accept(&said("milestone.missed", 1, "2025-07-01"));
    given.accept(&said("milestone.partially_met", 1, "2025-08-01"));
    let data = json!({ "number": 1, "reason": en("Agreed") });
    given.accept(&Post::new("haskovo", "milestone.met", "2025-09-01", data));
}

#[test]
fn what_was_met_stays_met() {
    let mut given = project();
    given.accept(&met(json!({ "number": 1, "reason": en("Agreed") })));
    for event_type in NOT_MET {
        let later = said(event_type, 1, "2025-09-01");
        assert_eq!(given.refuse(&later), ["milestone_met_already"], "{event_type}");
    }
}

#[test]
fn only_a_planned_milestone_is_missed_and_not_in_the_future() {
    let mut given = project();
    for event_type in NOT_MET {
        let unknown = said(event_type, 2, "2025-07-01");
        assert_eq!(given.refuse(&unknown), ["milestone_unknown"], "{event_type}");
        let mut early = said(event_type, 1, "2025-07-01");
        early.data["date"] = json!("2026-07-02");
        assert_eq!(given.refuse(&early), ["occurred_in_future"], "{event_type}");
        early.data["date"] = json!("2026-07-01");
        assert!(given.accept(&early).is_empty(), "{event_type}");
    }
}

#[test]
fn who_calls_a_milestone_missed_says_why() {
    let mut given = project();
    for event_type in NOT_MET {
        let silent = Post::new("haskovo", event_type, "2025-07-01", json!({ "number": 1 }));
        assert_eq!(given.refuse(&silent), ["data_malformed"], "{event_type}");
    }
}

#[test]
fn a_review_looks_at_planned_milestones() {
    let mut given = project();
    assert_eq!(given.refuse(&reviewed(json!({ "milestones": [] }))), ["review_of_nothing"]);
    let unknown = reviewed(json!({ "milestones": [1, 2] }));
    assert_eq!(given.refuse(&unknown), ["milestone_unknown"]);
    assert!(given.accept(&reviewed(json!({}))).is_empty());
}

#[test]
fn a_review_was_held_before_it_is_recorded() {
    let mut given = project();
    let early = reviewed(json!({ "date": "2026-07-02" }));
    assert_eq!(given.refuse(&early), ["occurred_in_future"]);
    given.accept(&reviewed(json!({ "date": "2026-07-01" })));
}

#[test]
fn an_action_of_a_review_is_for_a_partner_of_the_project() {
    let mut given = project();
    let action = |partner: u32| {
        let actions = json!([{ "text": en("Ask them"), "partner": partner, "due": "2025-12-31" }]);
        reviewed(json!({ "actions": actions }))
    };
    assert_eq!(given.refuse(&action(9)), ["partner_unknown"]);
    given.accept(&action(3));
}
