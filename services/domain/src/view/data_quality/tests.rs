use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::given::{Given, Post, en, evidence, form};
use crate::policy::reading::Reader;
use crate::project::Project;
use crate::view::annual_report::AnnualReports;
use crate::view::budget_use::BudgetUse;
use crate::view::learning_log::LearningLog;
use crate::view::milestone_status::MilestoneStatus;
use crate::view::oversight::Oversight;
use crate::view::register::Register;

/// What is the matter, as one reader is told.
fn findings(given: &Given, subject: &str, today: &str) -> Findings {
    let mut project = Project::new(given.project.key.clone());
    let (mut milestones, mut learning) = (MilestoneStatus::default(), LearningLog::default());
    let (mut register, mut budget_use) = (Register::default(), BudgetUse::default());
    for recorded in &given.history {
        project.evolve(recorded);
        milestones.apply(recorded, &project);
        learning.apply(recorded, &project);
        register.apply(recorded, &project);
        budget_use.apply(recorded, &project);
    }
    let today = today.parse().unwrap();
    let reader = Reader::of(&project, Some(&subject.parse().unwrap()), today);
    let sources = Sources {
        project: &project,
        milestones: &milestones,
        learning: &learning,
        register: &register,
        annual_reports: &AnnualReports::default(),
        budget_use: &budget_use,
        oversight: &Oversight::default(),
        form: None,
        reader: &reader,
    };
    super::findings(&sources, today)
}

/// The item, its partner and the day of each finding of a kind.
fn of(given: &Given, kind: Kind, subject: &str, today: &str) -> Vec<(String, u32, String)> {
    let all = findings(given, subject, today).findings;
    let mut found = Vec::new();
    for finding in all.iter().filter(|finding| finding.kind == kind) {
        let since = finding.since.map(|day| day.to_string()).unwrap_or_default();
        found.push((name(finding), finding.partner.unwrap(), since));
    }
    found
}

/// The code of an item of the plan, otherwise what names it.
fn name(finding: &Finding) -> String {
    match finding.about {
        About::Item(_) => finding.code.unwrap().to_string(),
        About::Milestone(_) | About::Event(_) | About::Calendar(..) => finding.about.to_string(),
    }
}

#[track_caller]
fn check(given: &Given, kind: Kind, item: &str, (never, since): (&str, &str), partner: u32) {
    let is_item = |found: &(String, u32, String)| found.0 == item;
    let before = of(given, kind, "haskovo", never);
    assert!(!before.iter().any(is_item), "{kind:?} already on {never}: {before:?}");
    let next: Date = never.parse::<Date>().unwrap().tomorrow().unwrap();
    let after = of(given, kind, "haskovo", &next.to_string());
    let found = after.iter().find(|found| is_item(found));
    assert_eq!(found, Some(&(item.to_owned(), partner, since.to_owned())), "{kind:?} {next}");
}

fn id(number: u128) -> String {
    Uuid::from_u128(number).to_string()
}

fn submit(documents: Value) -> Post {
    let data = json!({ "code": "D 5.1.1", "title": en("Report"), "evidence": documents });
    Post::new("trakia", "deliverable.submitted", "2025-03-20", data)
}

fn review(event_type: &'static str) -> Post {
    let data = json!({ "code": "D 5.1.1", "submission": 1, "remark": en("Seen") });
    Post::new("haskovo", event_type, "2025-03-25", data)
}

fn line(number: u128, more: Value) -> Post {
    let mut data = json!({ "category": "staff", "workPackage": "WP 5",
        "incurredFrom": "2025-01-01", "incurredTo": "2025-01-31",
        "document": { "payroll": { "reference": id(number), "period": "2025-01",
            "method": "timesheets" } },
        "net": "10.00", "vat": "0.00", "vatRecoverable": "0.00", "share": "1.00",
        "declared": "10.00", "currency": "EUR" });
    data.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    Post::new("trakia", "expenditure.declared", "2025-01-31", data).id(number)
}

fn pay(number: u128, more: Value) -> Post {
    let mut data =
        json!({ "line": Uuid::from_u128(number), "date": "2025-02-10", "amount": "10.00" });
    data.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    Post::new("trakia", "expenditure.paid", "2025-02-10", data)
}

#[test]
fn what_is_overdue_has_a_forecast() {
    let mut given = Given::project();
    let kind = Kind::OverdueWithoutForecast;
    check(&given, kind, "D 5.1.1", ("2025-03-31", "2025-03-31"), 3);
    check(&given, kind, "A 5.1", ("2026-06-30", "2026-06-30"), 3);
    let forecast = json!({ "code": "A 5.1", "forecastEnd": "2026-08-12" });
    given.accept(&Post::new("trakia", "activity.progress_reported", "2026-06-01", forecast));
    let found = of(&given, kind, "haskovo", "2026-07-01");
    assert!(!found.iter().any(|one| one.0 == "A 5.1"), "{found:?}");
    given.accept(&submit(evidence()));
    let found = of(&given, kind, "haskovo", "2026-07-01");
    assert!(!found.iter().any(|one| one.0 == "D 5.1.1"), "it waits for its review: {found:?}");
}

#[test]
fn an_activity_starts_on_its_day_and_is_reported_on_each_quarter() {
    let mut given = Given::project();
    check(&given, Kind::ActivityNotStarted, "A 5.1", ("2024-12-01", "2024-12-01"), 3);
    let started = json!({ "code": "A 5.1" });
    given.accept(&Post::new("trakia", "activity.started", "2025-01-01", started.clone()));
    assert!(of(&given, Kind::ActivityNotStarted, "haskovo", "2025-06-01").len() < 3);
    check(&given, Kind::ActivityWithoutReport, "A 5.1", ("2025-04-01", "2025-01-01"), 3);
    given.accept(&Post::new("trakia", "activity.progress_reported", "2025-03-01", started.clone()));
    check(&given, Kind::ActivityWithoutReport, "A 5.1", ("2025-05-30", "2025-03-01"), 3);
    given.accept(&Post::new("trakia", "activity.completed", "2025-03-02", started));
    assert_eq!(of(&given, Kind::ActivityWithoutReport, "haskovo", "2026-01-01"), []);
}

#[test]
fn a_milestone_past_its_day_is_decided() {
    let mut given = Given::project();
    let milestone = json!({ "number": 1, "title": en("Ready"), "due": "2025-06-30",
        "codes": ["A 4.1"] });
    given.accept(&Post::new("haskovo", "milestone.planned", "2025-01-10", milestone));
    check(&given, Kind::MilestoneWithoutDecision, "1", ("2025-06-30", "2025-06-30"), 1);
    given.accept(&Post::new(
        "haskovo",
        "milestone.met",
        "2025-07-10",
        json!({ "number": 1, "reason": en("The rest is in print") }),
    ));
    assert_eq!(of(&given, Kind::MilestoneWithoutDecision, "haskovo", "2026-01-01"), []);
}

#[test]
fn a_submission_is_reviewed_and_what_was_returned_is_mended() {
    let mut given = Given::project();
    given.accept(&submit(evidence()));
    check(&given, Kind::ReviewWaiting, "D 5.1.1", ("2025-04-03", "2025-03-20"), 1);
    given.accept(&review("deliverable.returned"));
    assert_eq!(of(&given, Kind::ReviewWaiting, "haskovo", "2026-01-01"), []);
    check(&given, Kind::ReturnedNotMended, "D 5.1.1", ("2025-04-24", "2025-03-25"), 3);
}

#[test]
fn what_is_accepted_has_a_document_with_a_hash() {
    let kind = Kind::AcceptedOnLinksWithoutHash;
    let mut linked = Given::project();
    let mut hashed = linked.clone();
    let mut document = evidence();
    document[0]["sha256"] = json!("00".repeat(32));
    for (given, documents) in [(&mut linked, evidence()), (&mut hashed, document)] {
        given.accept(&submit(documents));
        assert_eq!(of(given, kind, "haskovo", "2025-04-01"), []);
        given.accept(&review("deliverable.accepted"));
    }
    let expected = [("D 5.1.1".to_owned(), 3, "2025-03-25".to_owned())];
    assert_eq!(of(&linked, kind, "haskovo", "2025-04-01"), expected);
    assert_eq!(of(&linked, kind, "trakia", "2025-04-01"), expected);
    assert_eq!(of(&linked, kind, "siena", "2025-04-01"), [], "documents are not for siena");
    assert_eq!(of(&hashed, kind, "haskovo", "2025-04-01"), []);
}

#[test]
fn a_question_is_answered_and_a_risk_looked_at_again() {
    let mut given = Given::project();
    let question = json!({ "code": "D 5.1.1", "text": en("How?") });
    given.accept(&Post::new("siena", "question.asked", "2025-04-01", question).id(1));
    check(&given, Kind::QuestionUnanswered, &id(1), ("2025-04-15", "2025-04-01"), 3);
    let risk = json!({ "title": en("Late"), "probability": 1, "impact": 1,
        "reviewOn": "2025-05-02" });
    given.accept(&Post::new("siena", "risk.recorded", "2025-04-01", risk).id(2));
    check(&given, Kind::RiskReviewMissed, &id(2), ("2025-05-02", "2025-05-02"), 4);
    let answer = json!({ "question": Uuid::from_u128(1), "text": en("So") });
    given.accept(&Post::new("trakia", "question.answered", "2025-06-01", answer));
    let closed = json!({ "risk": Uuid::from_u128(2), "probability": 1, "impact": 1,
        "closed": true });
    given.accept(&Post::new("siena", "risk.reassessed", "2025-05-01", closed));
    assert_eq!(of(&given, Kind::QuestionUnanswered, "haskovo", "2026-01-01"), []);
    assert_eq!(of(&given, Kind::RiskReviewMissed, "haskovo", "2026-01-01"), []);
}

#[test]
fn a_line_says_what_it_was_for_and_is_paid_within_a_quarter_with_proof() {
    let mut given = Given::project();
    given.accept(&line(1, json!({})));
    given.accept(&line(2, json!({ "activity": "A 5.1" })));
    let today = "2025-06-01";
    let linked = of(&given, Kind::LineNotLinked, "haskovo", today);
    assert_eq!(linked, [(id(1), 3, "2025-01-31".to_owned())]);
    for number in [1, 2] {
        check(&given, Kind::LineUnpaid, &id(number), ("2025-05-01", "2025-01-31"), 3);
    }
    given.accept(&pay(1, json!({})));
    given.accept(&pay(2, json!({ "proof": "Statement 4" })));
    assert_eq!(of(&given, Kind::LineUnpaid, "haskovo", today), []);
    let unproved = of(&given, Kind::PaymentWithoutProof, "haskovo", today);
    assert_eq!(unproved, [(id(1), 3, "2025-02-10".to_owned())]);
    let reversed = json!({ "line": Uuid::from_u128(1), "reason": en("Twice") });
    given.accept(&Post::new("trakia", "expenditure.reversed", "2025-03-01", reversed));
    assert_eq!(of(&given, Kind::LineNotLinked, "haskovo", today), []);
    assert_eq!(of(&given, Kind::PaymentWithoutProof, "haskovo", today), []);
}

#[test]
fn lines_are_named_to_their_partner_and_to_those_who_check() {
    let mut given = Given::project();
    given.accept(&line(1, json!({})));
    for (subject, seen) in [
        ("haskovo", 1),
        ("trakia", 1),
        ("controller", 1),
        ("auditor", 1),
        ("urbasofia", 0),
        ("siena", 0),
        ("expert", 0),
    ] {
        let found = of(&given, Kind::LineNotLinked, subject, "2025-06-01");
        assert_eq!(found.len(), seen, "{subject}");
        let counts = findings(&given, subject, "2025-06-01").counts();
        assert_eq!(counts.contains_key(&Kind::LineNotLinked), seen == 1, "{subject}");
    }
}

#[test]
fn what_the_form_has_no_code_for_is_named() {
    let mut given = Given::project();
    given.accept(&line(1, json!({ "activity": "A 5.1" })));
    let progress = json!({ "code": "A 5.1" });
    given.accept(&Post::new("trakia", "activity.started", "2025-01-10", progress));
    assert_eq!(of(&given, Kind::CodeNotInForm, "haskovo", "2025-06-01"), []);
    let mut form = form(2);
    form["activities"].as_array_mut().unwrap().retain(|item| item["code"] != "A 5.1");
    form["deliverables"].as_array_mut().unwrap().retain(|item| item["code"] != "D 5.1.1");
    given.accept(&Post::new("haskovo", "application_form.approved", "2025-03-01", form));
    let found = of(&given, Kind::CodeNotInForm, "haskovo", "2025-06-01");
    let found: Vec<_> = found.iter().map(|one| one.0.clone()).collect();
    assert_eq!(found, ["A 5.1".to_owned(), id(1)]);
}

#[test]
fn what_was_recorded_late_is_counted_as_far_as_it_may_be_read() {
    let mut given = Given::project();
    given.now = "2025-04-10T09:00:00Z".parse().unwrap();
    assert_eq!(findings(&given, "haskovo", "2025-04-10").recorded_late, 0);
    let lesson = |visibility: &str, day| {
        let data = json!({ "title": en("Start early"), "recommendation": en("Ask for staff"),
            "polarity": "mixed", "challenge": "leadership", "phase": "initiation",
            "visibility": visibility });
        Post::new("trakia", "lesson.recorded", day, data)
    };
    given.accept(&lesson("partner", "2025-03-26"));
    given.accept(&lesson("partnership", "2025-03-27"));
    given.accept(&lesson("partner", "2025-03-01"));
    let started = json!({ "code": "A 5.1" });
    given.accept(&Post::new("trakia", "activity.started", "2025-03-01", started));
    given.accept(&submit(evidence()));
    let risk = json!({ "title": en("Late"), "probability": 1, "impact": 1 });
    given.accept(&Post::new("siena", "risk.recorded", "2025-03-01", risk));
    assert_eq!(findings(&given, "haskovo", "2025-04-10").recorded_late, 5);
    assert_eq!(findings(&given, "siena", "2025-04-10").recorded_late, 3);
}

#[test]
fn every_kind_is_listed_and_says_how_to_mend_it() {
    assert!(Kind::ALL.is_sorted());
    for kind in Kind::ALL {
        assert!(kind.sentence().ends_with('.'), "{kind:?}");
    }
}

#[test]
fn the_newest_value_of_an_indicator_is_validated() {
    let mut given = Given::project();
    let at = "2026-01-12T09:00:00Z".parse().unwrap();
    let mut record = |event_type, data| {
        given.record_unasked("trakia", event_type, "2026-01-10", at, data);
        given.clone()
    };
    let value = json!({ "code": "RCO 76", "from": "2025-01-01", "to": "2025-12-31", "value": "3",
        "method": en("Counted") });
    let reported = record("indicator.reported", value);
    let report = reported.history.last().unwrap().id;
    let kind = Kind::IndicatorNotValidated;
    check(&reported, kind, &report.to_string(), ("2026-02-09", "2026-01-10"), 1);
    let validated = json!({ "report": report });
    let validated = record("indicator.validated", validated);
    assert_eq!(of(&validated, kind, "haskovo", "2026-06-01"), []);
    let corrected = json!({ "report": report, "value": "4", "reason": en("Twice") });
    let corrected = record("indicator.corrected", corrected);
    check(&corrected, kind, &report.to_string(), ("2026-02-09", "2026-01-10"), 1);
}
