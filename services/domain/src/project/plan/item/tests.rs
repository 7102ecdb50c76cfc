use serde_json::{Value, json};

use super::*;
use crate::given::{Given, Post, en, evidence, form};
use crate::money::Cents;
use crate::posting::Refusal;
use crate::project::Project;
use crate::project::delivery::DeliverableStatus;
use crate::project::learning::Reader;
use crate::view::budget_use::BudgetUse;
use crate::view::budget_use::axes::{Axis, Filter};
use crate::view::learning_log::LearningLog;
use crate::view::learning_log::filter;
use crate::view::milestone_status::MilestoneStatus;

/// Form 2, in force from 1 June 2025: `D 5.1.1` goes on as `D 5.1.2`, `D 4.1.2` is now something
/// else, `WP 4` goes on as `WP 6` with what is in it, `A 2.1` is dropped.
fn second_form() -> Value {
    let mut form = form(2);
    form["validFrom"] = json!("2025-06-01");
    form["workPackages"][1] =
        json!({ "code": "WP 6", "type": "communication", "titles": en("Reach"), "was": "WP 4" });
    form["activities"][1]["code"] = json!("A 6.1");
    form["activities"][1]["was"] = json!("A 4.1");
    form["activities"].as_array_mut().unwrap().remove(0);
    form["deliverables"][0]["code"] = json!("D 6.1.1");
    form["deliverables"][0]["was"] = json!("D 4.1.1");
    form["deliverables"][1]["code"] = json!("D 6.1.2");
    form["deliverables"][1]["new"] = json!(true);
    form["deliverables"][2]["code"] = json!("D 5.1.2");
    form["deliverables"][2]["was"] = json!("D 5.1.1");
    let reused = json!({ "code": "D 5.1.1", "titles": en("Another"), "partner": 3, "new": true });
    form["deliverables"].as_array_mut().unwrap().push(reused);
    form["budget"]["cells"][2]["workPackage"] = json!("WP 6");
    form
}

fn with_two_forms() -> Given {
    let mut given = Given::project();
    let at = given.project.last_recorded_at.unwrap();
    given.record_unasked("haskovo", "application_form.approved", "2025-06-01", at, second_form());
    given
}

fn submit(code: &str, day: &'static str) -> Post {
    let data = json!({ "code": code, "title": en("Report"), "evidence": evidence() });
    Post::new("trakia", "deliverable.submitted", day, data)
}

fn accept(code: &str, submission: u32) -> Post {
    let data = json!({ "code": code, "submission": submission });
    Post::new("haskovo", "deliverable.accepted", "2025-07-01", data)
}

/// The deliverables under a form: code, status, and whether the form has it.
fn board(given: &Given, version: u32) -> Vec<(String, DeliverableStatus, bool)> {
    let (mut project, mut view) =
        (Project::new(given.project.key.clone()), MilestoneStatus::default());
    for recorded in &given.history {
        project.evolve(recorded);
        view.apply(recorded, &project);
    }
    let today = "2025-08-01".parse().unwrap();
    let form = project.plan.forms.get(&version).map(|form| &**form);
    let readings = view.deliverables(&project, form, today);
    readings.into_iter().map(|item| (item.code.to_string(), item.status, item.in_form)).collect()
}

#[test]
fn facts_follow_an_item_to_its_new_code_and_back() {
    use DeliverableStatus::{Accepted, Planned};
    let mut given = with_two_forms();
    given.accept(&submit("D 5.1.1", "2025-03-20"));
    given.accept(&accept("D 5.1.2", 1));
    let row = |code: &str, status, in_form| (code.to_owned(), status, in_form);
    assert_eq!(
        board(&given, 1),
        [
            row("D 4.1.1", Planned, true),
            row("D 4.1.2", Planned, true),
            row("D 5.1.1", Accepted, true)
        ]
    );
    assert_eq!(
        board(&given, 2),
        [
            row("D 6.1.1", Planned, true),
            row("D 6.1.2", Planned, true),
            row("D 5.1.2", Accepted, true),
            row("D 5.1.1", Planned, true)
        ]
    );
}

#[test]
fn a_code_given_to_a_new_item_takes_no_facts_of_the_old_one() {
    let mut given = with_two_forms();
    given.accept(&submit("D 5.1.1", "2025-03-20"));
    given.accept(&submit("D 5.1.1", "2025-06-20"));
    let found = given.post(&accept("D 5.1.1", 2));
    let Err(Refusal::Refused(findings)) = found else { panic!("{found:?}") };
    assert!(findings[0].message.contains("number 1"), "{findings:?}");
    given.accept(&accept("D 5.1.1", 1));
    let status = |code: &str| {
        let mut rows = board(&given, 2).into_iter();
        rows.find(|(found, _, _)| found == code).unwrap().1
    };
    assert_eq!(status("D 5.1.1"), DeliverableStatus::Accepted);
    assert_eq!(status("D 5.1.2"), DeliverableStatus::Submitted);
}

#[test]
fn an_item_that_a_form_lacks_is_shown_as_such_and_never_vanishes() {
    let mut given = Given::project();
    let mut without = form(2);
    without["validFrom"] = json!("2025-06-01");
    without["deliverables"].as_array_mut().unwrap().remove(2);
    given.accept(&submit("D 5.1.1", "2025-03-20"));
    let at = given.project.last_recorded_at.unwrap();
    given.record_unasked("haskovo", "application_form.approved", "2025-06-01", at, without);
    let last = board(&given, 2).pop().unwrap();
    assert_eq!(last, ("D 5.1.1".to_owned(), DeliverableStatus::Submitted, false));
    assert!(board(&given, 1).pop().unwrap().2);
}

#[test]
fn a_dropped_code_means_what_it_meant_until_a_later_form_gives_it_away() {
    let mut given = Given::project();
    let at = given.project.last_recorded_at.unwrap();
    let mut dropped = form(2);
    dropped["validFrom"] = json!("2025-06-01");
    dropped["deliverables"].as_array_mut().unwrap().remove(2);
    let mut reused = form(3);
    reused["validFrom"] = json!("2025-09-01");
    reused["deliverables"][2] =
        json!({ "code": "D 5.1.1", "titles": en("Another"), "partner": 2, "new": true });
    for form in [dropped, reused] {
        given.record_unasked("haskovo", "application_form.approved", "2025-05-01", at, form);
    }
    let plan = &given.project.plan;
    let code: crate::code::DeliverableCode = "D 5.1.1".parse().unwrap();
    for (day, since, owner) in [("2025-07-01", 1, 3), ("2025-09-01", 3, 2)] {
        let day = day.parse().unwrap();
        assert_eq!(plan.item(code, day).since, since, "{day}");
        assert_eq!(plan.owners(code.into(), day)[0], owner, "{day}");
    }
}

#[test]
fn an_old_code_is_taken_and_the_new_one_is_named() {
    let mut given = with_two_forms();
    let data = json!({ "code": "A 4.1" });
    let decision = given.post(&Post::new("haskovo", "activity.started", "2025-06-20", data));
    let warnings = decision.unwrap().warnings;
    assert_eq!(warnings[0].rule.id(), "code_not_in_form");
    assert_eq!(warnings[0].facts["now"], "A 6.1");
    assert!(warnings[0].message.contains("Use A 6.1 from now on"), "{warnings:?}");
    let item: Item<crate::code::ActivityCode> =
        given.project.plan.item("A 6.1".parse().unwrap(), "2025-06-20".parse().unwrap());
    assert_eq!(item.to_string(), "A 4.1@1");
    assert!(given.project.delivery.activities[&item].started_on.is_some());
}

#[test]
fn two_items_can_exchange_their_codes() {
    let mut given = Given::project();
    let mut exchanged = form(2);
    exchanged["deliverables"][0]["code"] = json!("D 4.1.2");
    exchanged["deliverables"][0]["was"] = json!("D 4.1.1");
    exchanged["deliverables"][1]["code"] = json!("D 4.1.1");
    exchanged["deliverables"][1]["was"] = json!("D 4.1.2");
    exchanged["validFrom"] = json!("2025-06-01");
    given.accept(&Post::new("haskovo", "application_form.approved", "2025-06-01", exchanged));
    let mut submitted = submit("D 4.1.1", "2025-03-20");
    submitted.subject = "haskovo";
    given.accept(&submitted);
    let submitted = |version| {
        let rows = board(&given, version).into_iter();
        let mut rows = rows.filter(|(_, status, _)| *status == DeliverableStatus::Submitted);
        (rows.next().unwrap().0, rows.count())
    };
    assert_eq!(submitted(1), ("D 4.1.1".to_owned(), 0));
    assert_eq!(submitted(2), ("D 4.1.2".to_owned(), 0));
}

/// Planned and declared of each work package under a form.
fn budget(given: &Given, version: u32) -> Vec<(String, Cents, Cents, bool)> {
    let project = &given.project;
    let form = project.plan.forms.get(&version).map(|form| &**form);
    let answer =
        BudgetUse::default().budget_use(project, form, &[Axis::WorkPackage], &Filter::default());
    let row = |row: crate::view::budget_use::Row| {
        let code = given.project.plan.code_of(row.key.work_package.unwrap(), form).to_string();
        (code, row.amounts.planned, row.amounts.declared, row.in_current_form)
    };
    answer.rows.into_iter().map(row).collect()
}

#[test]
fn costs_follow_their_work_package_and_stay_the_same_to_the_cent_under_the_old_form() {
    let mut given = Given::project();
    let mut data = crate::event::EventType::parse("expenditure.declared").unwrap().example();
    for (name, value) in [("workPackage", json!("WP 4")), ("category", json!("external_expertise"))]
    {
        data[name] = value;
    }
    for name in ["activity", "deliverable", "contract"] {
        data.as_object_mut().unwrap().remove(name);
    }
    let at = given.project.last_recorded_at.unwrap();
    let actor = "haskovo";
    let amounts =
        [("net", "100.10"), ("vat", "0.00"), ("vatRecoverable", "0.00"), ("declared", "100.10")];
    for (name, amount) in amounts {
        data[name] = json!(amount);
    }
    for (name, value) in [
        ("currency", json!("EUR")),
        ("share", json!("1")),
        ("incurredFrom", json!("2025-02-01")),
        ("incurredTo", json!("2025-02-28")),
        ("document", json!({ "internal": { "reference": "1" } })),
    ] {
        data[name] = value;
    }
    data.as_object_mut().unwrap().remove("selfAssessedVat");
    given.accept(&Post::new(actor, "expenditure.declared", "2025-03-01", data));
    let before = budget(&given, 1);
    given.record_unasked(actor, "application_form.approved", "2025-06-01", at, second_form());
    assert_eq!(budget(&given, 1), before);
    let cents = |text: &str| text.parse::<Cents>().unwrap();
    let row = |code: &str, rows: Vec<(String, Cents, Cents, bool)>| {
        rows.into_iter().find(|(found, ..)| found == code)
    };
    let expected = |code: &str| (code.to_owned(), cents("185.00"), cents("100.10"), true);
    assert_eq!(row("WP 4", before), Some(expected("WP 4")));
    assert_eq!(row("WP 6", budget(&given, 2)), Some(expected("WP 6")));
    assert_eq!(row("WP 4", budget(&given, 2)), None);
}

#[test]
fn lessons_are_found_under_the_code_that_their_item_has_now() {
    let mut given = with_two_forms();
    let data = json!({ "title": en("Begin early"), "recommendation": en("Ask"),
        "polarity": "mixed", "challenge": "leadership", "phase": "initiation",
        "visibility": "public", "codes": ["D 5.1.1", "A 4.1"] });
    given.accept(&Post::new("trakia", "lesson.recorded", "2025-04-01", data));
    let (mut project, mut log) = (Project::new(given.project.key.clone()), LearningLog::default());
    for recorded in &given.history {
        project.evolve(recorded);
        log.apply(recorded, &project);
    }
    let found = |code: &str, version: u32| {
        let form = project.plan.forms.get(&version).map(|form| &**form);
        let items = project.plan.items_under(code.parse().unwrap(), form);
        let filter = filter::Filter { items: Some(items.into()), ..filter::Filter::default() };
        log.lessons(&Reader::Everything, &filter).count() == 1
    };
    for (code, under_first, under_second) in [
        ("D 5.1.1", true, false),
        ("D 5.1.2", true, true),
        ("A 5.1", true, true),
        ("WP 5", true, true),
        ("WP 4", true, true),
        ("WP 6", true, true),
        ("A 6.1", true, true),
        ("WP 2", false, false),
    ] {
        assert_eq!((found(code, 1), found(code, 2)), (under_first, under_second), "{code}");
    }
}
