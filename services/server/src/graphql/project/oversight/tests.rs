//! Questions of the controller and audits of CARE-GET, asked as people ask.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::given::{AUDITOR, CONTROLLER, CareGet, EXPERT, LEAD, PUBLIC, SIENA, TRAKIA, nodes};

/// A member of another delivery partner.
const URBASOFIA: &str = "urbasofia";

fn text(text: &str) -> Value {
    json!({ "original": "en", "en": text })
}

/// The id of a line of Trakia University.
async fn line(given: &CareGet) -> String {
    let fields = "expenditure(filter: { partner: 5 }) { edges { node { eventId } } }";
    let lines = nodes(&given.project(LEAD, fields).await["expenditure"]);
    lines[0]["eventId"].as_str().unwrap().to_owned()
}

/// The same, in claim 1, which was submitted.
async fn line_in_claim(given: &CareGet) -> String {
    let line = line(given).await;
    let day = "2026-11-01";
    given.record(LEAD, "claim.assembled", day, json!({ "claim": 1, "lines": [line] })).await;
    given.record(LEAD, "claim.submitted", day, json!({ "claim": 1 })).await;
    line
}

async fn ask(given: &CareGet, lines: Value, due: &str) -> Uuid {
    let data = json!({ "claim": 1, "lines": lines, "due": due, "text": text("Which quotes?"),
        "evidence": [{ "kind": "letter", "name": "Letter", "uri": "urn:example:letter" }] });
    given.record(CONTROLLER, "clarification.requested", "2026-11-02", data).await
}

#[tokio::test]
async fn a_question_says_whose_turn_it_is_and_how_late_it_is() {
    let given = CareGet::before_the_first_claim().await;
    let line = line_in_claim(&given).await;
    let asked = ask(&given, json!([line]), "2026-11-12").await;
    ask(&given, json!([]), "2026-11-30").await;
    let fields = "clarifications { edges { node { eventId claim partner lines status daysWaiting
        daysLate due byPartner recordedByLead answers { byPartner } closed { occurredOn } } } }
        waiting: clarifications(filter: { status: WAITING_FOR_PARTNER, claim: 1 }) { totalCount }
        ofLead: clarifications(filter: { partner: 1 }) { totalCount }
        deadlines(kinds: [CLARIFICATION]) { edges { node { eventId partner due lightWord
            title { text } } } }";
    // It is 21 November.
    let answer = given.project(LEAD, fields).await;
    let question = &nodes(&answer["clarifications"])[1];
    let expected = json!({ "eventId": asked, "claim": 1, "partner": 5, "lines": [line],
        "status": "WAITING_FOR_PARTNER", "daysWaiting": 19, "daysLate": 9, "due": "2026-11-12",
        "byPartner": null, "recordedByLead": false, "answers": [], "closed": null });
    assert_eq!(question, &expected);
    assert_eq!(
        (&answer["waiting"]["totalCount"], &answer["ofLead"]["totalCount"]),
        (&json!(2), &json!(1))
    );
    let deadline = json!({ "eventId": asked, "partner": 5, "due": "2026-11-12",
        "lightWord": "9 days late", "title": { "text": "Which quotes?" } });
    assert_eq!(nodes(&answer["deadlines"])[0], deadline);
    let answered = json!({ "clarification": asked, "text": text("These.") });
    given.record(TRAKIA, "clarification.answered", "2026-11-16", answered).await;
    let question = nodes(&given.project(TRAKIA, fields).await["clarifications"])[0].clone();
    assert_eq!(
        (&question["status"], &question["daysWaiting"]),
        (&json!("WAITING_FOR_CONTROLLER"), &json!(5))
    );
    assert_eq!(
        (&question["daysLate"], &question["answers"]),
        (&json!(4), &json!([{ "byPartner": 5 }]))
    );
    let closed = json!({ "clarification": asked });
    given.record(CONTROLLER, "clarification.closed", "2026-11-18", closed).await;
    let question = nodes(&given.project(TRAKIA, fields).await["clarifications"])[0].clone();
    assert_eq!((&question["status"], &question["daysWaiting"]), (&json!("CLOSED"), &Value::Null));
}

#[tokio::test]
async fn a_question_is_read_by_the_partner_of_its_lines_and_by_those_who_check() {
    let given = CareGet::before_the_first_claim().await;
    let lines = json!([line_in_claim(&given).await]);
    ask(&given, lines, "2026-11-12").await;
    ask(&given, json!([]), "2026-11-13").await;
    let fields = r#"clarifications { totalCount edges { node { evidence { name } } } }
        deadlines(kinds: [CLARIFICATION]) { totalCount }
        events(types: ["clarification.requested"]) { totalCount edges { node { data } } }"#;
    for (subject, sees) in
        [(LEAD, 2), (CONTROLLER, 2), (AUDITOR, 2), (TRAKIA, 1), (URBASOFIA, 0), (SIENA, 0)]
    {
        let answer = given.project(subject, fields).await;
        for list in ["clarifications", "deadlines", "events"] {
            assert_eq!(answer[list]["totalCount"], sees, "{subject}: {list}");
        }
        let asked = nodes(&answer["clarifications"]);
        assert!(asked.iter().all(|one| !one["evidence"].is_null()), "{subject}");
        let events = nodes(&answer["events"]);
        assert!(events.iter().all(|one| !one["data"]["evidence"].is_null()), "{subject}");
    }
    for nobody in [EXPERT, PUBLIC] {
        let answer = given.project(nobody, "clarifications { totalCount }").await;
        assert!(answer["clarifications"].is_null(), "{nobody}");
    }
}

#[tokio::test]
async fn an_audit_shows_each_partner_its_own_findings() {
    let given = CareGet::before_the_first_claim().await;
    let lines = json!([line(&given).await]);
    let audit = json!({ "reference": "AA/15", "body": "audit_authority", "scope": text("All") });
    let audit = given.record(LEAD, "audit.opened", "2026-11-02", audit).await;
    let own = json!({ "audit": audit, "number": "1", "lines": lines, "typology": "2.1",
        "text": text("One criterion."), "amount": "1500.00", "due": "2026-11-30" });
    given.record(LEAD, "finding.recorded", "2026-11-09", own).await;
    let all = json!({ "audit": audit, "number": "2", "text": text("No separate accounts.") });
    given.record(LEAD, "finding.recorded", "2026-11-09", all).await;
    let fields = r#"audits(open: true) { edges { node { reference body status findings { number
            partner typology amount due } closed { conclusion { text } } } } }
        closed: audits(open: false) { totalCount }
        deadlines(kinds: [AUDIT_FINDING]) { edges { node { partner due } } }
        events(types: ["finding.recorded"]) { totalCount }"#;
    let own = json!({ "number": "1", "partner": 5, "typology": "2.1", "amount": "1500.00",
        "due": "2026-11-30" });
    let all = json!({ "number": "2", "partner": null, "typology": null, "amount": null,
        "due": null });
    for (subject, findings) in [
        (LEAD, vec![own.clone(), all.clone()]),
        (AUDITOR, vec![own.clone(), all]),
        (TRAKIA, vec![own]),
        (URBASOFIA, vec![]),
    ] {
        let answer = given.project(subject, fields).await;
        let expected = json!({ "reference": "AA/15", "body": "AUDIT_AUTHORITY", "status": "OPEN",
            "findings": findings, "closed": null });
        assert_eq!(nodes(&answer["audits"]), [expected], "{subject}");
        assert_eq!(answer["closed"]["totalCount"], 0);
        assert_eq!(answer["events"]["totalCount"], findings.len(), "{subject}");
        let deadlines = usize::from(!findings.is_empty());
        assert_eq!(nodes(&answer["deadlines"]).len(), deadlines, "{subject}");
    }
    let done = json!({ "audit": audit, "conclusion": text("Done.") });
    given.record(LEAD, "audit.closed", "2026-11-16", done).await;
    let answer = given.project(LEAD, "audits { edges { node { status } } }").await;
    assert_eq!(nodes(&answer["audits"]), [json!({ "status": "CLOSED" })]);
    for nobody in [SIENA, EXPERT, PUBLIC] {
        assert!(
            given.project(nobody, "audits { totalCount }").await["audits"].is_null(),
            "{nobody}"
        );
    }
}

#[tokio::test]
async fn the_typology_is_a_list_that_anybody_reads() {
    let given = CareGet::nothing().await;
    let answer = given.ask(PUBLIC, "{ typology { code title source } }").await;
    let entries = answer["typology"].as_array().unwrap();
    assert_eq!(entries.first().unwrap()["code"], "1");
    assert_eq!(entries.last().unwrap()["code"], "99");
    assert!(entries.iter().any(|entry| entry["code"] == "2.1"));
}
