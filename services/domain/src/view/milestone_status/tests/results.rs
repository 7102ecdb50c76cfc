//! Withdrawals, forecasts, outputs, reviews and the critical list.

use serde_json::json;

use super::{activity, day, deliverable, milestone, project, record, report, review, submit};
use crate::given::{Given, Post, en, evidence};
use crate::project::delivery::output::OutputStatus;
use crate::project::delivery::{DeliverableStatus, ItemStatus};
use crate::view::milestone_status::deliverable::Turn;
use crate::view::milestone_status::light::Colour::{Amber, Green, Red};
use crate::view::milestone_status::milestone::MilestoneWord;
use crate::view::milestone_status::output::OutputReading;
use crate::view::milestone_status::plain::fold;

fn withdraw(given: &mut Given, on: &'static str) {
    let data = json!({ "code": "D 5.1.1", "reason": en("A wrong file"), "evidence": evidence() });
    given.accept(&Post::new("trakia", "deliverable.withdrawn", on, data));
}

fn expect(given: &mut Given, code: &str, on: &'static str, date: &str) {
    let data = json!({ "code": code, "date": date, "reason": en("The supplier is late") });
    given.accept(&Post::new("trakia", "forecast.changed", on, data));
}

fn achieve(given: &mut Given, subject: &'static str, quantity: i32, on: &'static str) {
    let data = json!({ "code": "O 5.1", "quantity": quantity, "text": en("Counted"),
        "reason": en("Counted twice"), "evidence": evidence() });
    given.accept(&Post::new(subject, "output.achieved", on, data));
}

/// Asks of O 5.1 under a version of the form.
fn output<T>(given: &Given, version: u32, ask: impl Fn(&OutputReading) -> T) -> T {
    let (project, view) = fold(&given.history);
    let form = project.plan.forms.get(&version).map(|form| &**form);
    let all = view.outputs(&project, form, day("2025-06-01"));
    ask(all.iter().find(|item| item.code.to_string() == "O 5.1").unwrap())
}

#[test]
fn a_withdrawn_submission_stays_visible_and_is_the_owners_turn() {
    let mut given = project();
    submit(&mut given, "2025-03-20");
    withdraw(&mut given, "2025-03-22");
    deliverable(&given, "2025-04-01", |item| {
        assert_eq!((item.status, item.turn), (DeliverableStatus::Withdrawn, Turn::Owner));
        assert_eq!((item.waiting_days, item.delivered_on), (Some(10), None));
        assert_eq!((item.days_late, item.light.word.as_str()), (1, "1 day late"));
        let withdrawal = item.submissions[0].withdrawal.as_ref().unwrap();
        assert_eq!(withdrawal.on, day("2025-03-22"));
        assert_eq!(withdrawal.content.reason.original(), "A wrong file");
        assert_eq!(item.submissions[0].content.title.original(), "Report");
    });
    submit(&mut given, "2025-03-30");
    deliverable(&given, "2025-04-01", |item| {
        assert_eq!((item.status, item.turn), (DeliverableStatus::Submitted, Turn::Lead));
        let numbers: Vec<_> = item.submissions.iter().map(|s| s.number).collect();
        assert_eq!(numbers, [1, 2]);
    });
}

#[test]
fn what_was_returned_before_it_was_withdrawn_keeps_its_remark() {
    let mut given = project();
    submit(&mut given, "2025-03-20");
    review(&mut given, "deliverable.returned", 1, "2025-03-25");
    withdraw(&mut given, "2025-03-26");
    deliverable(&given, "2025-04-01", |item| {
        assert_eq!((item.status, item.waiting_days), (DeliverableStatus::Withdrawn, Some(6)));
        let review = item.submissions[0].review.as_ref().unwrap();
        assert_eq!(review.remark.unwrap().original(), "Seen");
    });
}

#[test]
fn a_withdrawn_edition_leaves_what_was_accepted() {
    let mut given = project();
    submit(&mut given, "2025-03-20");
    review(&mut given, "deliverable.accepted", 1, "2025-03-25");
    submit(&mut given, "2025-04-20");
    withdraw(&mut given, "2025-04-21");
    deliverable(&given, "2025-05-01", |item| {
        assert_eq!((item.status, item.turn), (DeliverableStatus::Accepted, Turn::Nobody));
    });
}

#[test]
fn days_late_are_counted_from_the_plan_and_from_the_newest_forecast() {
    let mut given = project();
    let late = |given: &Given, today| {
        deliverable(given, today, |d| (d.days_late, d.days_late_on_forecast, d.light.colour))
    };
    assert_eq!(late(&given, "2025-03-31"), (0, None, Green));
    expect(&mut given, "D 5.1.1", "2025-02-01", "2025-04-10");
    assert_eq!(late(&given, "2025-03-31"), (0, Some(0), Amber));
    assert_eq!(late(&given, "2025-04-15"), (15, Some(5), Red));
    expect(&mut given, "D 5.1.1", "2025-04-16", "2025-05-20");
    assert_eq!(late(&given, "2025-04-17"), (17, Some(0), Red));
    submit(&mut given, "2025-05-22");
    assert_eq!(late(&given, "2025-06-30"), (52, Some(2), Red));
}

#[test]
fn the_history_of_forecasts_says_who_changed_what_into_what_and_why() {
    let mut given = project();
    expect(&mut given, "A 5.1", "2025-05-01", "2026-07-12");
    let data = json!({ "forecastEnd": "2026-06-20" });
    report(&mut given, "activity.progress_reported", "2025-04-01", data);
    expect(&mut given, "A 5.1", "2025-06-01", "2026-08-01");
    activity(&given, "2026-06-30", |item| {
        assert_eq!(item.forecast_end, Some(day("2026-08-01")));
        let said: Vec<_> = item
            .forecasts
            .iter()
            .map(|entry| (entry.occurred_on, entry.partner, entry.from, entry.to))
            .collect();
        let expected = [
            (day("2025-04-01"), Some(3), None, day("2026-06-20")),
            (day("2025-05-01"), Some(3), Some(day("2026-06-20")), day("2026-07-12")),
            (day("2025-06-01"), Some(3), Some(day("2026-07-12")), day("2026-08-01")),
        ];
        assert_eq!(said, expected);
        assert!(item.forecasts[0].reason().is_none());
        assert_eq!(item.forecasts[1].reason().unwrap().original(), "The supplier is late");
    });
}

#[test]
fn an_output_is_counted_against_the_target_of_each_form() {
    let mut given = project();
    let mut second = crate::given::form(2);
    second["outputs"][0]["target"] = json!(3);
    second["deliverables"][2]["outputs"] = json!(["O 5.1"]);
    let mut third = crate::given::form(3);
    third["outputs"] = json!([]);
    third["indicators"] = json!([]);
    for form in [second, third] {
        record(&mut given, "application_form.approved", form);
    }
    assert_eq!(output(&given, 1, |o| (o.achieved, o.status)), (0, OutputStatus::Planned));
    achieve(&mut given, "trakia", 2, "2025-05-01");
    let read = |given: &Given, version| {
        output(given, version, |o| {
            let percent = o.percent.map(|percent| percent.to_string());
            (o.target, o.achieved, percent, o.status, o.reached_on)
        })
    };
    let may = Some(day("2025-05-01"));
    let percent = |text: &str| Some(text.to_owned());
    let first = (Some(1), 2, percent("200"), OutputStatus::Achieved, may);
    assert_eq!(read(&given, 1), first);
    assert_eq!(read(&given, 2), (Some(3), 2, percent("66.7"), OutputStatus::UnderWay, None));
    assert_eq!(read(&given, 3), (None, 2, None, OutputStatus::UnderWay, None));
    assert!(output(&given, 3, |o| !o.in_form && o.partner == Some(3)));
    let codes = output(&given, 2, |o| o.deliverables.clone());
    assert_eq!(codes.iter().map(ToString::to_string).collect::<Vec<_>>(), ["D 5.1.1"]);
}

#[test]
fn what_is_taken_back_of_an_output_opens_it_again() {
    let mut given = project();
    let read = |given: &Given| output(given, 1, |o| (o.achieved, o.status, o.reached_on));
    achieve(&mut given, "trakia", 1, "2025-05-01");
    achieve(&mut given, "haskovo", 1, "2025-05-02");
    let reached = Some(day("2025-05-01"));
    assert_eq!(read(&given), (2, OutputStatus::Achieved, reached));
    achieve(&mut given, "trakia", -1, "2025-05-03");
    assert_eq!(read(&given), (1, OutputStatus::Achieved, reached));
    achieve(&mut given, "trakia", -1, "2025-05-04");
    assert_eq!(read(&given), (0, OutputStatus::Planned, None));
    achieve(&mut given, "trakia", 1, "2025-05-05");
    assert_eq!(read(&given), (1, OutputStatus::Achieved, Some(day("2025-05-05"))));
    output(&given, 1, |o| {
        let entries: Vec<_> = o.achievements.iter().map(|e| (e.partner, e.quantity)).collect();
        let three = Some(3);
        assert_eq!(entries, [(three, 1), (Some(1), 1), (three, -1), (three, -1), (three, 1)]);
        assert_eq!(o.achievements[2].content.reason.as_ref().unwrap().original(), "Counted twice");
    });
}

#[test]
fn a_milestone_keeps_every_decision_and_stays_open_until_it_is_met() {
    let mut given = project();
    let said = [
        ("milestone.missed", "2025-07-01", MilestoneWord::NotMet, Red),
        ("milestone.partially_met", "2025-08-01", MilestoneWord::PartiallyMet, Red),
        ("milestone.met", "2025-09-01", MilestoneWord::Met, Green),
    ];
    for (event_type, on, word, colour) in said {
        let data = json!({ "number": 1, "reason": en("As agreed") });
        given.accept(&Post::new("haskovo", event_type, on, data));
        milestone(&given, "2025-10-01", |m| {
            assert_eq!((m.status, m.light.colour), (word, colour));
            assert_eq!(m.met.is_some(), word == MilestoneWord::Met);
        });
    }
    milestone(&given, "2025-10-01", |m| {
        let words: Vec<_> = m.decisions.iter().map(|d| (d.word, d.on)).collect();
        assert_eq!(words, said.map(|(_, on, word, _)| (word, day(on))));
        assert_eq!(m.decisions[0].reason.unwrap().original(), "As agreed");
        assert_eq!((m.days_late, m.done_late), (63, true));
    });
}

#[test]
fn reviews_stand_under_their_milestones_in_the_order_of_their_days() {
    let mut given = project();
    record(
        &mut given,
        "milestone.planned",
        json!({ "number": 2, "title": en("Strategy"), "codes": ["O 5.1"], "due": "2025-12-31" }),
    );
    for (date, milestones) in [("2025-09-01", json!([1, 2])), ("2025-07-01", json!([1]))] {
        let data = json!({ "date": date, "milestones": milestones, "conclusions": en("Go on"),
            "actions": [{ "text": en("Ask them"), "partner": 3, "due": "2025-12-01" }] });
        given.accept(&Post::new("haskovo", "milestone_review.held", "2025-09-02", data));
    }
    let (project, view) = fold(&given.history);
    let dates = |held: &[&crate::view::milestone_status::review::ReviewHeld]| {
        held.iter().map(|held| held.content.date).collect::<Vec<_>>()
    };
    let both = [day("2025-07-01"), day("2025-09-01")];
    assert_eq!(dates(&view.milestone_reviews()), both);
    let milestones = view.milestones(&project, None, day("2025-10-01"));
    assert_eq!(dates(&milestones[0].reviews), both);
    assert_eq!(dates(&milestones[1].reviews), both[1..]);
}

#[test]
fn the_critical_list_says_what_holds_which_milestone_the_worst_first() {
    let mut given = project();
    record(
        &mut given,
        "milestone.planned",
        json!({ "number": 2, "title": en("All"), "due": "2026-12-31",
            "codes": ["D 4.1.1", "D 5.1.1", "A 4.1", "A 5.1"] }),
    );
    expect(&mut given, "A 5.1", "2025-02-01", "2026-07-12");
    let list = |given: &Given, today: &str| {
        let (project, view) = fold(&given.history);
        let all = view.critical_list(&project, None, day(today));
        let read = all.iter().map(|item| {
            (item.code.to_string(), item.partner, item.light.colour, item.milestones.clone())
        });
        read.collect::<Vec<_>>()
    };
    let row = |code: &str, partner, colour, milestones: &[u32]| {
        (code.to_owned(), Some(partner), colour, milestones.to_vec())
    };
    let all = [
        row("D 4.1.1", 1, Red, &[2]),
        row("D 5.1.1", 3, Red, &[1, 2]),
        row("A 5.1", 3, Amber, &[1, 2]),
        row("A 4.1", 1, Green, &[2]),
        row("O 5.1", 3, Green, &[1]),
    ];
    assert_eq!(list(&given, "2025-04-10"), all);
    submit(&mut given, "2025-04-05");
    review(&mut given, "deliverable.accepted", 1, "2025-04-06");
    achieve(&mut given, "trakia", 1, "2025-04-07");
    let rest = [all[0].clone(), all[2].clone(), all[3].clone()];
    assert_eq!(list(&given, "2025-04-10"), rest);
    milestone(&given, "2025-04-10", |m| {
        let [item] = m.critical.as_slice() else { panic!("A 5.1 holds it") };
        assert_eq!((item.code.to_string().as_str(), item.days_late), ("A 5.1", 0));
        assert_eq!(item.forecast, Some(day("2026-07-12")));
        assert!(matches!(item.status, ItemStatus::Activity(_)));
    });
    let data = json!({ "number": 1, "reason": en("Agreed") });
    given.accept(&Post::new("haskovo", "milestone.met", "2025-04-08", data));
    milestone(&given, "2025-04-10", |m| assert!(m.critical.is_empty()));
    let held = list(&given, "2025-04-10");
    assert!(held.iter().all(|(.., milestones)| *milestones == [2]));
}

#[test]
fn facts_of_outputs_and_forecasts_follow_their_items_to_other_codes() {
    let mut given = project();
    achieve(&mut given, "trakia", 2, "2025-05-01");
    expect(&mut given, "D 5.1.1", "2025-05-01", "2025-06-30");
    submit(&mut given, "2025-05-02");
    let mut second = crate::given::form(2);
    second["validFrom"] = json!("2025-05-10");
    second["outputs"] = json!([{ "code": "O 5.2", "was": "O 5.1", "titles": en("Strategy"),
        "partner": 3, "target": 4, "unit": "strategy" }]);
    second["deliverables"][2]["code"] = json!("D 5.1.2");
    second["deliverables"][2]["was"] = json!("D 5.1.1");
    second["indicators"][0]["outputs"] = json!(["O 5.2"]);
    record(&mut given, "application_form.approved", second);
    let data = json!({ "code": "D 5.1.2", "reason": en("A wrong file") });
    given.accept(&Post::new("trakia", "deliverable.withdrawn", "2025-05-11", data));
    let data = json!({ "code": "O 5.2", "quantity": 1, "evidence": evidence() });
    given.accept(&Post::new("trakia", "output.achieved", "2025-05-12", data));
    let (project, view) = fold(&given.history);
    let today = day("2025-06-01");
    for (version, output_code, percent, deliverable_code) in
        [(1, "O 5.1", "300", "D 5.1.1"), (2, "O 5.2", "75", "D 5.1.2")]
    {
        let form = project.plan.forms.get(&version).map(|form| &**form);
        let outputs = view.outputs(&project, form, today);
        let [found] = outputs.as_slice() else { panic!("one output") };
        assert_eq!((found.code.to_string().as_str(), found.achieved), (output_code, 3));
        assert_eq!(found.percent.unwrap().to_string(), percent);
        let counted = view.indicators(&project, form, today)[0].outputs_achieved;
        assert_eq!(counted, Some(3));
        let deliverables = view.deliverables(&project, form, today);
        let found = deliverables.last().unwrap();
        assert_eq!(found.code.to_string(), deliverable_code);
        assert_eq!(found.status, DeliverableStatus::Withdrawn);
        assert_eq!(found.forecast, Some(day("2025-06-30")));
    }
}

#[test]
fn a_milestone_is_recorded_late_by_the_day_that_it_names() {
    for (date, late) in [("2026-06-17", false), ("2026-06-16", true)] {
        let mut given = project();
        let data = json!({ "number": 1, "date": date, "reason": en("The rest is printed") });
        given.accept(&Post::new("haskovo", "milestone.met", "2026-07-01", data));
        let (project, view) = fold(&given.history);
        let milestones = view.milestones(&project, None, day("2026-07-01"));
        assert_eq!(milestones[0].met.as_ref().unwrap().recorded_late, late, "{date}");
    }
}
