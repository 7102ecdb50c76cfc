//! Days that contradict each other.

use super::*;

const NONE: [&str; 0] = [];

fn on(mut post: Post, day: &'static str) -> Post {
    post.occurred_on = day;
    post
}

#[test]
fn what_answers_something_is_of_its_day_or_later() {
    let mut given = project();
    given.accept(&submitted("trakia", "D 5.1.1", "2025-03-20"));
    let early = |post: Post| on(post, "2025-03-19");
    assert_eq!(given.refuse(&early(accepted("haskovo", "D 5.1.1", 1))), ["before_what_it_answers"]);
    assert_eq!(given.refuse(&early(returned("D 5.1.1", 1))), ["before_what_it_answers"]);
    let withdrawn = json!({ "code": "D 5.1.1", "reason": en("A wrong file") });
    let withdrawn = Post::new("trakia", "deliverable.withdrawn", "2025-03-19", withdrawn);
    assert_eq!(given.refuse(&withdrawn), ["before_what_it_answers"]);
    given.clone().accept(&on(withdrawn, "2025-03-20"));
    given.accept(&on(accepted("haskovo", "D 5.1.1", 1), "2025-03-20"));

    let risk = json!({ "title": en("Delay"), "probability": 3, "impact": 3 });
    given.accept(&Post::new("trakia", "risk.recorded", "2025-04-10", risk).id(7));
    let data = json!({ "risk": uuid::Uuid::from_u128(7), "probability": 2, "impact": 3 });
    let again = |day| Post::new("trakia", "risk.reassessed", day, data.clone());
    assert_eq!(given.refuse(&again("2025-04-09")), ["before_what_it_answers"]);
    given.accept(&again("2025-04-10"));
}

#[test]
fn warns_where_an_earlier_completion_replaces_a_later_one() {
    let mut given = project();
    given.accept(&activity("activity.started", "A 5.1", "2025-02-01"));
    let completed = |day| activity("activity.completed", "A 5.1", day);
    assert_eq!(given.clone().accept(&completed("2025-01-31")), ["completed_before_start"]);
    assert_eq!(given.accept(&completed("2025-05-10")), NONE);
    assert_eq!(given.accept(&completed("2025-05-01")), ["completed_again"]);
}

#[test]
fn a_milestone_is_not_met_before_its_items_and_not_before_the_project() {
    let mut given = project();
    given.accept(&activity("activity.completed", "A 5.1", "2025-05-01"));
    given.accept(&submitted("trakia", "D 5.1.1", "2025-05-02"));
    given.accept(&on(accepted("haskovo", "D 5.1.1", 1), "2025-05-10"));
    let met = |date: &str| met(json!({ "number": 1, "date": date }));
    assert_eq!(given.clone().accept(&met("2025-05-01")), ["milestone_before_items"]);
    assert_eq!(given.clone().accept(&met("2025-05-02")), NONE);
    let found = given.refuse(&met("2023-05-02"));
    assert_eq!(found, ["before_project_start"]);
}

#[test]
fn a_milestone_is_missed_after_its_due_day() {
    let missed = |day| {
        let data = json!({ "number": 1, "reason": en("No permit") });
        Post::new("haskovo", "milestone.missed", day, data)
    };
    let due = project().project.plan.milestones[&1].data.due.to_string();
    assert_eq!(due, "2025-06-30");
    assert_eq!(project().accept(&missed("2025-06-30")), ["milestone_missed_early"]);
    assert_eq!(project().accept(&missed("2025-07-01")), NONE);
}

#[test]
fn a_forecast_is_still_to_come_when_it_is_made() {
    let forecast = |date: &str| {
        let data = json!({ "code": "A 5.1", "date": date, "reason": en("Later") });
        Post::new("trakia", "forecast.changed", "2025-05-01", data)
    };
    assert_eq!(project().refuse(&forecast("2025-04-30")), ["day_passed_already"]);
    assert_eq!(project().accept(&forecast("2025-05-01")), NONE);
}

#[test]
fn who_left_begins_nothing_in_the_register() {
    let mut given = project();
    let left = json!({ "number": 2, "lastDay": "2025-04-30", "reason": en("Merged") });
    given.accept(&Post::new("haskovo", "partner.withdrawn", "2025-04-30", left));
    let issue = |day| {
        let data = json!({ "title": en("No room"), "severity": "low" });
        Post::new("urbasofia", "issue.raised", day, data)
    };
    assert_eq!(given.refuse(&issue("2025-05-01")), ["partner_withdrawn"]);
    assert_eq!(given.accept(&issue("2025-04-30")), NONE);
}
