//! What is taken of delivery, and what is not.

mod days;
mod indicator;
mod milestone;
mod output;
mod withdrawal;

use serde_json::{Value, json};

use crate::code::Code;
use crate::given::{Given, Post, en, evidence};
use crate::posting::{OnBehalfOf, Refusal};

fn activity(event_type: &'static str, code: &str, day: &'static str) -> Post {
    Post::new("trakia", event_type, day, json!({ "code": code }))
}

fn submitted(subject: &'static str, code: &str, day: &'static str) -> Post {
    let data = json!({ "code": code, "title": en("Report"), "evidence": evidence() });
    Post::new(subject, "deliverable.submitted", day, data)
}

fn accepted(subject: &'static str, code: &str, submission: u32) -> Post {
    let data = json!({ "code": code, "submission": submission });
    Post::new(subject, "deliverable.accepted", "2025-05-20", data)
}

fn returned(code: &str, submission: u32) -> Post {
    let data = json!({ "code": code, "submission": submission, "remark": en("Add the list") });
    Post::new("haskovo", "deliverable.returned", "2025-05-20", data)
}

fn with(mut post: Post, name: &str, value: Value) -> Post {
    post.data[name] = value;
    post.id(0xd1f)
}

/// The project with a milestone 1 of A 5.1 and D 5.1.1, and a second member of the lead.
fn project() -> Given {
    let mut given = Given::project();
    let at = given.project.last_recorded_at.unwrap();
    let mayor = json!({ "subject": "mayor", "partner": 1, "role": "lead" });
    given.record_unasked("haskovo", "member.granted", "2024-12-01", at, mayor);
    let milestone = json!({ "number": 1, "title": en("Skills known"),
        "codes": ["A 5.1", "D 5.1.1"], "due": "2025-06-30" });
    given.record_unasked("haskovo", "milestone.planned", "2024-12-01", at, milestone);
    given
}

fn met(data: Value) -> Post {
    Post::new("haskovo", "milestone.met", "2025-06-20", data)
}

#[test]
fn refuses_an_activity_before_the_project_starts() {
    let mut given = project();
    for event_type in ["activity.started", "activity.progress_reported", "activity.completed"] {
        let early = activity(event_type, "A 5.1", "2024-11-30");
        assert_eq!(given.refuse(&early), ["before_project_start"], "{event_type}");
    }
    given.accept(&activity("activity.started", "A 5.1", "2024-12-01"));
}

#[test]
fn preparation_comes_before_the_project() {
    let mut given = project();
    let mut form = crate::given::form(2);
    form["validFrom"] = json!("2024-05-01");
    form["workPackages"][2]["type"] = json!("preparation");
    let at = given.project.last_recorded_at.unwrap();
    given.record_unasked("haskovo", "application_form.approved", "2024-12-01", at, form);
    given.accept(&activity("activity.started", "A 5.1", "2024-06-01"));
    assert!(given.accept(&submitted("trakia", "D 5.1.1", "2024-06-01")).is_empty());
}

#[test]
fn warns_of_progress_after_completion() {
    let mut given = project();
    let progress = "activity.progress_reported";
    assert!(given.accept(&activity("activity.completed", "A 5.1", "2025-05-01")).is_empty());
    let late_but_before = activity(progress, "A 5.1", "2025-05-01");
    assert!(given.accept(&late_but_before).is_empty());
    let after = activity(progress, "A 5.1", "2025-05-02");
    assert_eq!(given.accept(&after), ["progress_after_completion"]);
}

#[test]
fn every_alphabet_names_the_same_item() {
    let mut given = project();
    given.accept(&activity("activity.completed", "А 5.1", "2025-05-01"));
    for (code, day) in [("Α 5.1", "2025-05-02"), ("a5.1", "2025-05-03"), (" A  5.1 ", "2025-05-04")]
    {
        let post = activity("activity.progress_reported", code, day);
        assert_eq!(given.accept(&post), ["progress_after_completion"], "{code}");
    }
    for (code, number) in [("Д 5.1.1", 1), ("Δ5.1.1.", 2), ("d 05.1.1", 3)] {
        let post = submitted("trakia", code, "2025-03-20");
        assert_eq!(given.post(&post).unwrap().completed.submission, Some(number), "{code}");
    }
}

#[test]
fn refuses_a_code_that_no_form_has() {
    let mut given = project();
    let review = accepted("haskovo", "D 9.9.9", 1);
    assert_eq!(given.refuse(&submitted("trakia", "D 9.9.9", "2025-03-20")), ["code_unknown"]);
    assert_eq!(given.refuse(&review), ["code_unknown", "not_the_latest_submission"]);
    assert_eq!(
        given.refuse(&activity("activity.started", "A 9.9", "2025-03-20")),
        ["code_unknown"]
    );
}

#[test]
fn warns_of_a_code_that_the_form_in_force_lacks() {
    let mut given = project();
    let mut form = crate::given::form(2);
    form["validFrom"] = json!("2025-03-01");
    form["deliverables"].as_array_mut().unwrap().retain(|d| d["code"] != "D 5.1.1");
    let at = given.project.last_recorded_at.unwrap();
    given.record_unasked("haskovo", "application_form.approved", "2025-03-01", at, form);
    assert!(given.accept(&submitted("trakia", "D 5.1.1", "2025-02-28")).is_empty());
    let after = submitted("trakia", "D 5.1.1", "2025-03-01");
    assert_eq!(given.accept(&after), ["code_not_in_form"]);
}

#[test]
fn refuses_a_deliverable_without_evidence() {
    let mut given = project();
    let post = submitted("trakia", "D 5.1.1", "2025-03-20");
    let bare = with(post.clone(), "evidence", json!([]));
    assert_eq!(given.refuse(&bare), ["evidence_missing"]);
    assert!(given.accept(&post).is_empty());
}

#[test]
fn warns_outside_the_window_of_the_work_package() {
    let mut given = project();
    given.now = "2028-07-01T09:00:00Z".parse().unwrap();
    for (subject, code, day, warns) in [
        ("trakia", "D 5.1.1", "2024-11-30", true),
        ("trakia", "D 5.1.1", "2024-12-01", false),
        ("trakia", "D 5.1.1", "2027-11-30", false),
        ("trakia", "D 5.1.1", "2027-12-01", true),
        ("haskovo", "D 4.1.1", "2027-12-01", false),
        ("haskovo", "D 4.1.1", "2028-05-31", false),
        ("haskovo", "D 4.1.1", "2028-06-01", true),
    ] {
        let expected: &[_] = if warns { &["outside_work_package_window"] } else { &[] };
        assert_eq!(given.accept(&submitted(subject, code, day)), expected, "{code} {day}");
    }
}

#[test]
fn a_submission_of_another_partner_is_refused_and_a_contributor_may_submit() {
    let mut given = project();
    let foreign = submitted("trakia", "D 4.1.2", "2025-03-20");
    assert_eq!(given.refuse(&foreign), ["item_of_another_partner"]);
    given.accept(&submitted("urbasofia", "D 5.1.1", "2025-03-20"));
}

#[test]
fn reviews_only_the_latest_open_submission() {
    let mut given = project();
    assert_eq!(given.refuse(&accepted("haskovo", "D 5.1.1", 1)), ["not_the_latest_submission"]);
    given.accept(&submitted("trakia", "D 5.1.1", "2025-03-20"));
    given.accept(&submitted("trakia", "D 5.1.1", "2025-03-21"));
    let Err(Refusal::Refused(findings)) = given.post(&accepted("haskovo", "D 5.1.1", 1)) else {
        panic!("the first submission was replaced by the second");
    };
    assert_eq!(findings[0].facts["latest"], "2");
    given.accept(&returned("D 5.1.1", 2));
    assert_eq!(given.refuse(&accepted("haskovo", "D 5.1.1", 2)), ["not_the_latest_submission"]);
    given.accept(&submitted("trakia", "D 5.1.1", "2025-04-20"));
    given.accept(&accepted("haskovo", "D 5.1.1", 3));
}

#[test]
fn a_reopened_deliverable_stays_accepted_and_gets_a_further_submission() {
    let mut given = project();
    given.accept(&submitted("trakia", "D 5.1.1", "2025-03-20"));
    given.accept(&accepted("haskovo", "D 5.1.1", 1));
    assert_eq!(given.refuse(&returned("D 5.1.1", 1)), ["not_the_latest_submission"]);
    let again = given.post(&submitted("trakia", "D 5.1.1", "2025-05-20")).unwrap();
    assert_eq!(again.completed.submission, Some(2));
    let code: Code = "D 5.1.1".parse().unwrap();
    let item = given.project.plan.item_under(code, None);
    assert!(given.project.status_of(item, None).is_done());
    given.accept(&returned("D 5.1.1", 2));
    assert!(given.project.status_of(item, None).is_done());
}

#[test]
fn nobody_reviews_ones_own_deliverable() {
    let mut given = project();
    given.accept(&submitted("haskovo", "D 4.1.2", "2025-03-20"));
    assert_eq!(given.refuse(&accepted("haskovo", "D 4.1.2", 1)), ["own_submission_reviewed"]);
    given.accept(&accepted("mayor", "D 4.1.2", 1));
}

#[test]
fn who_submitted_for_a_partner_does_not_review_it() {
    let mut given = project();
    let post = submitted("haskovo", "D 5.1.1", "2025-03-20");
    given.accept(&post.on_behalf_of(OnBehalfOf::Partner(3), "their access is being set up"));
    assert_eq!(given.refuse(&accepted("haskovo", "D 5.1.1", 1)), ["own_submission_reviewed"]);
    given.accept(&accepted("mayor", "D 5.1.1", 1));
}

#[test]
fn a_returned_submission_has_a_remark() {
    let mut given = project();
    given.accept(&submitted("trakia", "D 5.1.1", "2025-03-20"));
    let mut silent = returned("D 5.1.1", 1);
    silent.data.as_object_mut().unwrap().remove("remark");
    assert_eq!(given.refuse(&silent), ["remark_missing"]);
    given.accept(&returned("D 5.1.1", 1));
}

#[test]
fn only_a_planned_milestone_is_met_and_only_once() {
    let mut given = project();
    let reason = en("Agreed");
    assert_eq!(given.refuse(&met(json!({ "number": 2, "reason": reason }))), ["milestone_unknown"]);
    let first = met(json!({ "number": 1, "reason": reason }));
    given.accept(&first);
    let second = first.id(2);
    assert_eq!(given.refuse(&second), ["milestone_met_already"]);
}

#[test]
fn refuses_a_milestone_met_in_the_future() {
    let mut given = project();
    let data = json!({ "number": 1, "reason": en("Agreed"), "date": "2026-07-02" });
    assert_eq!(given.refuse(&met(data.clone())), ["occurred_in_future"]);
    given.accept(&with(met(data), "date", json!("2026-07-01")));
}

#[test]
fn a_milestone_with_open_items_needs_a_reason_and_warns() {
    let open = || project();
    let bare = met(json!({ "number": 1 }));
    assert_eq!(open().refuse(&bare), ["milestone_reason_missing"]);
    let said = with(bare.clone(), "reason", en("The rest is printed"));
    assert_eq!(open().accept(&said), ["milestone_items_open"]);
    let mut in_the_envelope = bare.clone();
    in_the_envelope.reason = Some("the rest is printed");
    assert_eq!(open().accept(&in_the_envelope), ["milestone_items_open"]);
    let mut given = open();
    given.accept(&activity("activity.completed", "A 5.1", "2025-05-01"));
    given.accept(&submitted("trakia", "D 5.1.1", "2025-05-01"));
    assert_eq!(given.clone().accept(&said), ["milestone_items_open"]);
    given.accept(&accepted("haskovo", "D 5.1.1", 1));
    assert!(given.accept(&bare).is_empty());
}
