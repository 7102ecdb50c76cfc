//! What the view answers, by example.

mod indicators;
mod results;

use jiff::civil::Date;
use serde_json::{Value, json};

use super::MilestoneStatus;
use super::activity::ActivityReading;
use super::deliverable::{DeliverableReading, Turn};
use super::light::Colour::{Amber, Green, Red};
use super::milestone::{MilestoneReading, MilestoneWord};
use super::plain::fold;
use crate::event::delivery::Progress;
use crate::event::plan::application_form::ApplicationFormApproved;
use crate::given::{Given, Post, en, evidence, form};
use crate::project::delivery::output::OutputStatus;
use crate::project::delivery::{ActivityStatus, DeliverableStatus, ItemStatus, Outcome};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// The project with a milestone 1 of A 5.1, D 5.1.1 and O 5.1, due on 30 June 2025.
fn project() -> Given {
    let mut given = Given::project();
    record(
        &mut given,
        "milestone.planned",
        json!({ "number": 1, "title": en("Skills known"), "criteria": en("Study accepted"),
            "codes": ["A 5.1", "D 5.1.1", "O 5.1"], "due": "2025-06-30" }),
    );
    given
}

fn record(given: &mut Given, event_type: &'static str, data: Value) {
    let at = given.project.last_recorded_at.unwrap();
    given.record_unasked("haskovo", event_type, "2024-12-01", at, data);
}

fn submit(given: &mut Given, on: &'static str) {
    let data = json!({ "code": "D 5.1.1", "title": en("Report"), "evidence": evidence(),
        "place": en("Haskovo"), "participants": 40, "links": ["https://example.org"] });
    given.accept(&Post::new("trakia", "deliverable.submitted", on, data));
}

fn review(given: &mut Given, event_type: &'static str, submission: u32, on: &'static str) {
    let data = json!({ "code": "D 5.1.1", "submission": submission, "remark": en("Seen") });
    given.accept(&Post::new("haskovo", event_type, on, data));
}

fn report(given: &mut Given, event_type: &'static str, on: &'static str, mut data: Value) {
    data["code"] = json!("A 5.1");
    given.accept(&Post::new("trakia", event_type, on, data));
}

/// Asks of D 5.1.1 under the newest form.
fn deliverable<T>(given: &Given, today: &str, ask: impl Fn(&DeliverableReading) -> T) -> T {
    let (project, view) = fold(&given.history);
    let all = view.deliverables(&project, None, day(today));
    ask(all.iter().find(|item| item.code.to_string() == "D 5.1.1").unwrap())
}

/// Asks of A 5.1 under the newest form.
fn activity<T>(given: &Given, today: &str, ask: impl Fn(&ActivityReading) -> T) -> T {
    let (project, view) = fold(&given.history);
    let all = view.activities(&project, None, day(today));
    ask(all.iter().find(|item| item.code.to_string() == "A 5.1").unwrap())
}

/// Asks of milestone 1 under the newest form.
fn milestone<T>(given: &Given, today: &str, ask: impl Fn(&MilestoneReading) -> T) -> T {
    let (project, view) = fold(&given.history);
    ask(&view.milestones(&project, None, day(today))[0])
}

#[test]
fn lists_the_plan_in_its_order_before_anything_happens() {
    let (project, view) = fold(&project().history);
    let codes: Vec<_> = view
        .deliverables(&project, None, day("2025-01-01"))
        .iter()
        .map(|item| (item.code.to_string(), item.partner, item.status, item.in_form))
        .collect();
    let planned = DeliverableStatus::Planned;
    let expected = [
        ("D 4.1.1".to_owned(), Some(1), planned, true),
        ("D 4.1.2".to_owned(), Some(1), planned, true),
        ("D 5.1.1".to_owned(), Some(3), planned, true),
    ];
    assert_eq!(codes, expected);
}

#[test]
fn a_light_changes_at_midnight_without_an_event() {
    let given = project();
    for (today, days_late, colour, word) in [
        ("2025-03-30", 0, Green, "on time"),
        ("2025-03-31", 0, Green, "on time"),
        ("2025-04-01", 1, Red, "1 day late"),
        ("2025-04-14", 14, Red, "14 days late"),
    ] {
        let found = deliverable(&given, today, |item| (item.days_late, item.light.clone()));
        assert_eq!(found.0, days_late, "{today}");
        assert_eq!((found.1.colour, found.1.word.as_str()), (colour, word), "{today}");
    }
}

#[test]
fn says_whose_turn_it_is_and_how_long_it_has_lasted() {
    let mut given = project();
    let turn = |given: &Given| {
        deliverable(given, "2025-04-20", |item| (item.status, item.turn, item.waiting_days))
    };
    assert_eq!(turn(&given), (DeliverableStatus::Planned, Turn::Owner, None));
    submit(&mut given, "2025-03-20");
    assert_eq!(turn(&given), (DeliverableStatus::Submitted, Turn::Lead, Some(31)));
    review(&mut given, "deliverable.returned", 1, "2025-04-05");
    assert_eq!(turn(&given), (DeliverableStatus::Returned, Turn::Owner, Some(15)));
    submit(&mut given, "2025-04-10");
    assert_eq!(turn(&given), (DeliverableStatus::Submitted, Turn::Lead, Some(10)));
    review(&mut given, "deliverable.accepted", 2, "2025-04-15");
    assert_eq!(turn(&given), (DeliverableStatus::Accepted, Turn::Nobody, None));
}

#[test]
fn is_delivered_on_the_day_of_the_submission_that_was_accepted() {
    let mut given = project();
    submit(&mut given, "2025-03-20");
    let light = |given: &Given| {
        deliverable(given, "2025-05-01", |item| (item.days_late, item.light.word.clone()))
    };
    assert_eq!(light(&given), (0, "waiting for review".to_owned()));
    review(&mut given, "deliverable.returned", 1, "2025-04-05");
    assert_eq!(light(&given), (31, "31 days late".to_owned()));
    submit(&mut given, "2025-04-10");
    assert_eq!(light(&given), (10, "submitted 10 days late".to_owned()));
    review(&mut given, "deliverable.accepted", 2, "2025-04-15");
    assert_eq!(light(&given), (10, "done late".to_owned()));
    assert!(deliverable(&given, "2025-05-01", |item| item.done_late));
}

#[test]
fn a_reopened_deliverable_stays_accepted_while_its_new_submission_waits() {
    let mut given = project();
    submit(&mut given, "2025-03-20");
    review(&mut given, "deliverable.accepted", 1, "2025-03-25");
    submit(&mut given, "2025-09-01");
    deliverable(&given, "2025-09-11", |item| {
        assert_eq!(item.status, DeliverableStatus::Accepted);
        assert_eq!(item.delivered_on, Some(day("2025-03-20")));
        assert_eq!((item.turn, item.waiting_days), (Turn::Lead, Some(10)));
        assert_eq!((item.days_late, item.light.word.as_str()), (0, "done"));
        assert_eq!(item.submissions.len(), 2);
    });
    review(&mut given, "deliverable.returned", 2, "2025-09-12");
    deliverable(&given, "2025-09-13", |item| {
        assert_eq!((item.status, item.turn), (DeliverableStatus::Accepted, Turn::Nobody));
    });
}

#[test]
fn keeps_what_a_submission_and_its_review_said() {
    let mut given = project();
    submit(&mut given, "2025-03-20");
    review(&mut given, "deliverable.accepted", 1, "2025-03-25");
    deliverable(&given, "2025-05-01", |item| {
        let [submission] = item.submissions.as_slice() else { panic!("one submission") };
        assert_eq!((submission.number, submission.partner), (1, Some(3)));
        assert_eq!(submission.content.title.original(), "Report");
        assert_eq!(submission.content.participants, Some(40));
        assert_eq!(submission.content.evidence.len(), 1);
        let review = submission.review.as_ref().unwrap();
        assert_eq!((review.outcome, review.on), (Outcome::Accepted, day("2025-03-25")));
        assert_eq!(review.remark.unwrap().original(), "Seen");
    });
}

#[test]
fn says_what_was_recorded_more_than_fourteen_days_late() {
    for (now, late) in [("2025-04-03T20:59:59Z", false), ("2025-04-03T21:00:00Z", true)] {
        let mut given = project();
        given.now = now.parse().unwrap();
        submit(&mut given, "2025-03-20");
        report(&mut given, "activity.started", "2025-03-20", json!({}));
        assert_eq!(deliverable(&given, "2025-05-01", |d| d.submissions[0].recorded_late), late);
        assert_eq!(activity(&given, "2025-05-01", |a| a.reports[0].recorded_late), late);
    }
}

#[test]
fn an_activity_goes_from_planned_to_completed() {
    let mut given = project();
    let state = |given: &Given| {
        activity(given, "2025-05-01", |item| (item.status, item.progress, item.reports.len()))
    };
    let progress = "activity.progress_reported";
    assert_eq!(state(&given), (ActivityStatus::Planned, Progress::Not, 0));
    report(&mut given, progress, "2025-01-10", json!({ "progress": "not" }));
    assert_eq!(state(&given), (ActivityStatus::Planned, Progress::Not, 1));
    report(&mut given, "activity.started", "2025-02-01", json!({}));
    assert_eq!(state(&given), (ActivityStatus::Started, Progress::Not, 2));
    report(&mut given, progress, "2025-03-01", json!({ "progress": "partly" }));
    assert_eq!(state(&given), (ActivityStatus::Started, Progress::Partly, 3));
    report(&mut given, "activity.completed", "2025-04-01", json!({}));
    assert_eq!(state(&given), (ActivityStatus::Completed, Progress::Fully, 4));
}

#[test]
fn the_forecast_of_the_latest_day_counts_however_late_an_older_one_is_recorded() {
    let mut given = project();
    let progress = "activity.progress_reported";
    report(&mut given, progress, "2025-05-01", json!({ "forecastEnd": "2026-07-12" }));
    report(&mut given, progress, "2025-04-01", json!({ "forecastEnd": "2026-06-01" }));
    activity(&given, "2026-06-30", |item| {
        assert_eq!(item.forecast_end, Some(day("2026-07-12")));
        let light = (item.light.colour, item.light.word.as_str());
        assert_eq!(light, (Amber, "forecast 12 days late"));
    });
    activity(&given, "2026-07-01", |item| assert_eq!(item.light.word, "1 day late"));
}

#[test]
fn another_application_form_shows_the_same_facts_against_its_own_plan() {
    let mut given = project();
    submit(&mut given, "2025-04-20");
    review(&mut given, "deliverable.accepted", 1, "2025-05-01");
    let mut second = form(2);
    second["deliverables"][2]["due"] = json!("2025-04-30");
    record(&mut given, "application_form.approved", second);
    let mut third = form(3);
    third["deliverables"].as_array_mut().unwrap().remove(2);
    record(&mut given, "application_form.approved", third);
    let (project, view) = fold(&given.history);
    let read = |form: Option<&ApplicationFormApproved>| {
        let all = view.deliverables(&project, form, day("2025-06-01"));
        let last = all.last().unwrap();
        assert_eq!((all.len(), last.code.to_string().as_str()), (3, "D 5.1.1"));
        assert_eq!((last.submissions.len(), last.partner), (1, Some(3)));
        (last.due, last.in_form, last.days_late, last.light.word.clone())
    };
    let form = |version| project.plan.forms.get(&version).map(|form| &**form);
    let first = (Some(day("2025-03-31")), true, 20, "done late".to_owned());
    assert_eq!(read(form(1)), first);
    assert_eq!(read(form(2)), (Some(day("2025-04-30")), true, 0, "done".to_owned()));
    assert_eq!(read(None), (None, false, 0, "done".to_owned()));
    let item = &view.milestones(&project, None, day("2025-06-01"))[0].items[1];
    assert!(!item.in_form);
    assert!(item.status.is_done());
}

#[test]
fn what_no_form_has_is_listed_at_the_end_and_never_lost() {
    let mut given = project();
    let data = json!({ "code": "Д 9.9.9", "title": en("Stray") });
    record(&mut given, "deliverable.submitted", data);
    record(&mut given, "activity.started", json!({ "code": "A 9.9" }));
    record(&mut given, "milestone.met", json!({ "number": 7 }));
    let (project, view) = fold(&given.history);
    let today = day("2025-06-01");
    let deliverables = view.deliverables(&project, None, today);
    let last = deliverables.last().unwrap();
    assert_eq!((last.code.to_string().as_str(), last.in_form), ("D 9.9.9", false));
    assert_eq!((last.partner, last.light.word.as_str()), (None, "waiting for review"));
    let activities = view.activities(&project, None, today);
    assert_eq!(activities.last().unwrap().light.word, "no due day");
    let milestones = view.milestones(&project, None, today);
    assert!(milestones.last().unwrap().title.is_none());
}

#[test]
fn a_milestone_is_forecast_by_the_last_of_its_open_items() {
    let mut given = project();
    let light = |given: &Given, today| {
        milestone(given, today, |m| (m.forecast, m.light.colour, m.light.word.clone()))
    };
    let end = Some(day("2026-06-30"));
    assert_eq!(light(&given, "2025-06-30"), (end, Red, "forecast 365 days late".to_owned()));
    let data = json!({ "forecastEnd": "2025-07-30" });
    report(&mut given, "activity.progress_reported", "2025-05-01", data);
    let near = Some(day("2025-07-30"));
    assert_eq!(light(&given, "2025-06-30"), (near, Amber, "forecast 30 days late".to_owned()));
    assert_eq!(light(&given, "2025-07-01"), (near, Red, "1 day late".to_owned()));
    report(&mut given, "activity.completed", "2025-06-10", json!({}));
    let due = Some(day("2025-03-31"));
    assert_eq!(light(&given, "2025-06-30"), (due, Green, "on time".to_owned()));
    submit(&mut given, "2025-06-10");
    review(&mut given, "deliverable.accepted", 1, "2025-06-11");
    assert_eq!(light(&given, "2025-06-30"), (None, Green, "on time".to_owned()));
}

#[test]
fn a_met_milestone_says_when_why_and_what_is_still_open() {
    let mut given = project();
    report(&mut given, "activity.completed", "2025-06-10", json!({}));
    let data = json!({ "number": 1, "date": "2025-07-04", "reason": en("The rest is printed") });
    given.accept(&Post::new("haskovo", "milestone.met", "2025-07-05", data));
    milestone(&given, "2025-12-01", |m| {
        assert_eq!((m.status, m.days_late, m.done_late), (MilestoneWord::Met, 4, true));
        assert_eq!((m.light.colour, m.light.word.as_str()), (Green, "done late"));
        assert_eq!((m.forecast, m.items.len()), (None, 3));
        let met = m.met.as_ref().unwrap();
        assert_eq!(met.on, day("2025-07-04"));
        assert_eq!(met.content.reason.as_ref().unwrap().original(), "The rest is printed");
        let items: Vec<_> = m.items.iter().map(|i| (i.status, i.light.word.as_str())).collect();
        let expected = [
            (ItemStatus::Activity(ActivityStatus::Completed), "done"),
            (ItemStatus::Deliverable(DeliverableStatus::Planned), "245 days late"),
            (ItemStatus::Output(OutputStatus::Planned), "no due day"),
        ];
        assert_eq!(items, expected);
    });
}

#[test]
fn an_empty_project_has_empty_answers() {
    let given = Given::nothing();
    let view = MilestoneStatus::default();
    let today = day("2025-01-01");
    assert!(view.deliverables(&given.project, None, today).is_empty());
    assert!(view.activities(&given.project, None, today).is_empty());
    assert!(view.milestones(&given.project, None, today).is_empty());
}
