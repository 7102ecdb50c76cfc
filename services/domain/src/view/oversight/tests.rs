use serde_json::{Value, json};
use uuid::Uuid;

use super::clarification::ClarificationStatus::{Closed, WaitingForController, WaitingForPartner};
use super::*;
use crate::given::{Given, Post, en};
use crate::project::finance::given::declare;

fn oversight(given: &Given) -> Oversight {
    let mut project = Project::new(given.project.key.clone());
    let mut oversight = Oversight::default();
    for recorded in &given.history {
        project.evolve(recorded);
        oversight.apply(recorded, &project);
    }
    oversight
}

/// Claim 1 is submitted, with a line of trakia.
fn with_a_claim(given: &mut Given) -> Uuid {
    let line = given.checked_line("trakia", "staff", ("100.00", "EUR"));
    given.submitted(1, &[line], "2025-04-05");
    line
}

fn of(event_type: &'static str, subject: &'static str, day: &'static str, more: Value) -> Post {
    let mut data = json!({ "clarification": Uuid::from_u128(5) });
    data.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    Post::new(subject, event_type, day, data)
}

#[test]
fn the_clock_of_a_question_runs_until_the_answer_and_then_for_the_controller() {
    let mut given = Given::project();
    let line = with_a_claim(&mut given);
    let data = json!({ "claim": 1, "due": "2025-04-20", "lines": [line],
        "text": en("Which quotes?") });
    given.accept(&Post::new("controller", "clarification.requested", "2025-04-07", data).id(5));
    let read = |given: &Given, today: &str| {
        let (oversight, today) = (oversight(given), today.parse().unwrap());
        let asked = oversight.clarification(Uuid::from_u128(5)).unwrap();
        (asked.status(), asked.waiting_days(today), asked.late_days(today))
    };
    assert_eq!(read(&given, "2025-04-20"), (WaitingForPartner, Some(13), 0));
    assert_eq!(read(&given, "2025-04-22"), (WaitingForPartner, Some(15), 2));
    let answer = |day| of("clarification.answered", "trakia", day, json!({ "text": en("These") }));
    given.accept(&answer("2025-04-23"));
    assert_eq!(read(&given, "2025-04-25"), (WaitingForController, Some(2), 3));
    given.accept(&answer("2025-04-25"));
    assert_eq!(read(&given, "2025-04-28"), (WaitingForController, Some(3), 3));
    given.accept(&of("clarification.closed", "controller", "2025-04-29", json!({})));
    assert_eq!(read(&given, "2025-05-28"), (Closed, None, 3));
}

#[test]
fn a_question_that_nobody_answered_is_late_until_it_is_closed() {
    let mut given = Given::project();
    with_a_claim(&mut given);
    let data = json!({ "claim": 1, "due": "2025-04-20", "text": en("Which quotes?") });
    given.accept(&Post::new("controller", "clarification.requested", "2025-04-07", data).id(5));
    given.accept(&of("clarification.closed", "controller", "2025-04-24", json!({})));
    let oversight = oversight(&given);
    let asked = oversight.clarifications().next().unwrap();
    assert_eq!((asked.partner, asked.late_days("2026-01-01".parse().unwrap())), (None, 4));
}

#[test]
fn an_audit_has_its_findings_and_is_open_until_it_is_closed() {
    let mut given = Given::project();
    let line = declare(json!({}));
    given.accept(&line);
    let data = json!({ "reference": "AA/1", "body": "audit_authority", "scope": en("All") });
    given.accept(&Post::new("haskovo", "audit.opened", "2025-04-07", data).id(7));
    let finding = json!({ "audit": Uuid::from_u128(7), "number": "1", "typology": "2.1",
        "lines": [line.id.to_string()], "text": en("One criterion.") });
    given.accept(&Post::new("haskovo", "finding.recorded", "2025-04-10", finding));
    let read = |given: &Given| {
        let oversight = oversight(given);
        let audit = oversight.audit(Uuid::from_u128(7)).unwrap();
        let partners: Vec<_> = audit.findings.iter().map(|finding| finding.partner).collect();
        (audit.is_open(), partners)
    };
    assert_eq!(read(&given), (true, vec![Some(3)]));
    let closed = json!({ "audit": Uuid::from_u128(7), "conclusion": en("Done.") });
    given.accept(&Post::new("haskovo", "audit.closed", "2025-05-01", closed));
    assert_eq!(read(&given), (false, vec![Some(3)]));
}

#[test]
fn what_speaks_of_something_that_is_not_there_is_left_aside() {
    let mut given = Given::project();
    let at = given.now;
    for (event_type, data) in [
        ("clarification.answered", json!({ "clarification": Uuid::nil(), "text": en("These") })),
        ("clarification.closed", json!({ "clarification": Uuid::nil() })),
        ("finding.recorded", json!({ "audit": Uuid::nil(), "number": "1", "text": en("x") })),
        ("audit.closed", json!({ "audit": Uuid::nil(), "conclusion": en("Done.") })),
    ] {
        given.record_unasked("haskovo", event_type, "2025-05-01", at, data);
    }
    let oversight = oversight(&given);
    assert_eq!(oversight.clarifications().count() + oversight.audits().count(), 0);
}
