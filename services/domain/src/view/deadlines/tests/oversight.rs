//! Deadlines of the controller's questions and of findings of audits.

use super::*;

/// A line of trakia is in claim 1; the controller asks about it with the id 5, and about the claim as
/// a whole with the id 6.
fn with_questions() -> (Given, String) {
    let mut given = Given::project();
    let line = given.checked_line("trakia", "staff", ("100.00", "EUR"));
    given.submitted(1, &[line], "2025-04-05");
    let ask = |id, due, lines: Value| {
        let data = json!({ "claim": 1, "due": due, "lines": lines, "text": en("Which quotes?") });
        Post::new("controller", "clarification.requested", "2025-04-07", data).id(id)
    };
    given.accept(&ask(5, "2025-04-20", json!([line])));
    given.accept(&ask(6, "2025-04-21", json!([])));
    (given, line.to_string())
}

fn of_clarification(event_type: &'static str, subject: &'static str, id: u128) -> Post {
    let mut data = json!({ "clarification": Uuid::from_u128(id) });
    if event_type == "clarification.answered" {
        data["text"] = en("These.");
    }
    Post::new(subject, event_type, "2025-04-22", data)
}

#[test]
fn a_question_of_the_controller_is_for_the_partner_of_its_lines_or_for_the_lead() {
    let (mut given, _) = with_questions();
    let kind = DeadlineKind::Clarification;
    let [of_trakia, of_lead] = [5, 6].map(|id| Uuid::from_u128(id).to_string());
    let of_trakia = line(kind, &of_trakia, 3, "2025-04-20", "1 day late");
    let of_lead = line(kind, &of_lead, 1, "2025-04-21", "on time");
    let read = |given: &Given, subject| read(given, subject, &of_kind(kind), "2025-04-21");
    for subject in ["haskovo", "controller", "auditor"] {
        assert_eq!(read(&given, subject), [of_trakia.clone(), of_lead.clone()], "{subject}");
    }
    assert_eq!(read(&given, "trakia"), [of_trakia]);
    for subject in ["urbasofia", "siena", "expert"] {
        assert_eq!(read(&given, subject), [], "{subject}");
    }
    given.accept(&of_clarification("clarification.answered", "trakia", 5));
    given.accept(&of_clarification("clarification.closed", "controller", 6));
    assert_eq!(read(&given, "haskovo"), []);
    let with_done = Wanted { include_done: true, ..of_kind(kind) };
    let words: Vec<_> = super::read(&given, "haskovo", &with_done, "2025-05-01")
        .into_iter()
        .map(|one| one.4)
        .collect();
    assert_eq!(words, ["done late", "done late"]);
}

#[test]
fn a_finding_is_for_the_partner_of_its_lines_until_the_audit_is_closed() {
    let (mut given, declared) = with_questions();
    let audit = json!({ "reference": "AA/1", "body": "commission", "scope": en("All") });
    given.accept(&Post::new("haskovo", "audit.opened", "2025-04-07", audit).id(7));
    let find = |id, number: &str, more: Value| {
        let mut data = json!({ "audit": Uuid::from_u128(7), "number": number,
            "text": en("One criterion.") });
        data.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        Post::new("haskovo", "finding.recorded", "2025-04-10", data).id(id)
    };
    given.accept(&find(8, "1", json!({ "lines": [declared], "due": "2025-05-01" })));
    given.accept(&find(9, "2", json!({})));
    let kind = DeadlineKind::AuditFinding;
    let open = line(kind, &Uuid::from_u128(8).to_string(), 3, "2025-05-01", "on time");
    let read = |given: &Given, subject| read(given, subject, &of_kind(kind), "2025-05-01");
    for subject in ["trakia", "auditor"] {
        assert_eq!(read(&given, subject), std::slice::from_ref(&open), "{subject}");
    }
    assert_eq!(read(&given, "urbasofia"), []);
    let closed = json!({ "audit": Uuid::from_u128(7), "conclusion": en("Done.") });
    given.accept(&Post::new("haskovo", "audit.closed", "2025-05-01", closed));
    assert_eq!(read(&given, "trakia"), []);
}
