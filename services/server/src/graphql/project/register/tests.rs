//! The register of CARE-GET, asked as people ask.

use serde_json::{Value, json};

use crate::given::{CONTROLLER, CareGet, LEAD, PUBLIC, SIENA, TRAKIA, nodes};

const DAY: &str = "2026-10-01";

fn en(text: &str) -> Value {
    json!({ "original": "en", "en": text })
}

fn document() -> Value {
    json!([{ "kind": "minutes", "name": "Minutes", "uri": "urn:example:minutes" }])
}

async fn risk(given: &CareGet, title: &str, (probability, impact): (u32, u32)) -> uuid::Uuid {
    let data = json!({ "title": en(title), "probability": probability, "impact": impact,
        "category": "delivery", "codes": ["A 5.1"], "evidence": document() });
    given.record(TRAKIA, "risk.recorded", DAY, data).await
}

#[tokio::test]
async fn risks_are_listed_by_level_and_move_with_their_assessments() {
    let given = CareGet::first_years().await;
    let late = risk(&given, "Late", (3, 3)).await;
    risk(&given, "Small", (1, 2)).await;
    let assessed = json!({ "risk": late, "probability": 5, "impact": 4, "text": en("Worse") });
    given.record(LEAD, "risk.reassessed", "2026-10-05", assessed).await;
    let gone = risk(&given, "Gone", (5, 5)).await;
    let closed = json!({ "risk": gone, "probability": 1, "impact": 1, "closed": true });
    given.record(TRAKIA, "risk.reassessed", "2026-10-05", closed).await;
    let fields = r#"risks(filter: { open: true, code: "WP 5" }) { totalCount nodes {
        eventId title { text } level trend open category codes author { partner }
        assessments { level text { text } } } }"#;
    let answer = given.project(SIENA, fields).await["risks"].clone();
    let found = answer["nodes"].as_array().unwrap();
    assert_eq!(answer["totalCount"], 2);
    let expected = json!({ "eventId": late, "title": { "text": "Late" }, "level": 20,
        "trend": "RISING", "open": true, "category": "DELIVERY", "codes": ["A 5.1"],
        "author": { "partner": 5 },
        "assessments": [{ "level": 20, "text": { "text": "Worse" } }] });
    assert_eq!(found[0], expected);
    assert_eq!((&found[1]["level"], &found[1]["trend"]), (&json!(2), &Value::Null));
    let count = async |filter: &str| {
        let fields = format!("risks(filter: {{ {filter} }}) {{ totalCount }}");
        given.project(SIENA, &fields).await["risks"]["totalCount"].clone()
    };
    assert_eq!(count("open: false").await, 1);
    assert_eq!(count("levelAtLeast: 20").await, 1);
    assert_eq!(count("code: \"WP 4\"").await, 0);
    assert_eq!(count("category: LEGAL").await, 0);
    assert_eq!(count("partner: 5").await, 3);
}

#[tokio::test]
async fn issues_and_decisions_say_what_became_of_them() {
    let given = CareGet::first_years().await;
    let data = json!({ "title": en("No room"), "severity": "high", "due": "2026-10-20" });
    let issue = given.record(TRAKIA, "issue.raised", DAY, data).await;
    let fields = "issues(filter: { open: true }) { nodes { severity due open resolution {
        resolvedOn } } }";
    let open = given.project(SIENA, fields).await["issues"]["nodes"][0].clone();
    let expected =
        json!({ "severity": "HIGH", "due": "2026-10-20", "open": true, "resolution": null });
    assert_eq!(open, expected);
    let data = json!({ "issue": issue, "resolution": en("Another one"), "date": "2026-10-09" });
    given.record(TRAKIA, "issue.resolved", "2026-10-10", data).await;
    let fields = "issues(filter: { open: false }) { nodes { resolution { resolvedOn
        text { text } } } }";
    let settled = given.project(SIENA, fields).await["issues"]["nodes"][0].clone();
    let expected = json!({ "resolvedOn": "2026-10-09", "text": { "text": "Another one" } });
    assert_eq!(settled["resolution"], expected);

    let decided = |more: Value| {
        let mut data = json!({ "title": en("Autumn"), "body": "Steering committee",
            "milestones": [1] });
        data.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        data
    };
    let first = given.record(LEAD, "decision.taken", DAY, decided(json!({}))).await;
    let second = decided(json!({ "supersedes": first }));
    let second = given.record(LEAD, "decision.taken", "2026-10-08", second).await;
    let fields = "decisions(filter: { milestone: 1 }) { nodes { eventId holds supersededBy body
        milestones } }";
    let decisions = given.project(SIENA, fields).await["decisions"]["nodes"].clone();
    assert_eq!((&decisions[0]["eventId"], &decisions[0]["holds"]), (&json!(second), &json!(true)));
    let expected = json!({ "eventId": first, "holds": false, "supersededBy": [second],
        "body": "Steering committee", "milestones": [1] });
    assert_eq!(decisions[1], expected);
}

#[tokio::test]
async fn the_communication_log_has_its_reach_by_channel() {
    let given = CareGet::first_years().await;
    for (title, channel, reach, emblem) in
        [("One", "event", 60, true), ("Two", "event", 40, false), ("Three", "press", 900, true)]
    {
        let data = json!({ "title": en(title), "channel": channel, "audience": en("All"),
            "reach": reach, "emblemShown": emblem });
        given.record(TRAKIA, "communication.logged", DAY, data).await;
    }
    let fields = "communicationReach { channel times people unsaid withoutEmblem }
        communications(filter: { channel: EVENT }) { nodes { title { text } reach } }";
    let answer = given.project(SIENA, fields).await;
    let expected = json!([
        { "channel": "EVENT", "times": 2, "people": 100, "unsaid": 0, "withoutEmblem": 1 },
        { "channel": "PRESS", "times": 1, "people": 900, "unsaid": 0, "withoutEmblem": 0 }
    ]);
    assert_eq!(answer["communicationReach"], expected);
    let nodes = answer["communications"]["nodes"].as_array().unwrap();
    assert_eq!(nodes.iter().map(|one| &one["title"]["text"]).collect::<Vec<_>>(), ["Two", "One"]);
    let fields = "communicationReach(filter: { emblemShown: false }) { people }";
    assert_eq!(given.project(SIENA, fields).await["communicationReach"], json!([{ "people": 40 }]));
}

#[tokio::test]
async fn documents_of_the_register_are_for_their_partner_and_for_those_who_check() {
    let given = CareGet::first_years().await;
    risk(&given, "Late", (3, 3)).await;
    let fields = "risks { edges { node { evidence { name } } } }";
    for (subject, seen) in [(LEAD, true), (TRAKIA, true), (CONTROLLER, true), (SIENA, false)] {
        let answer = given.project(subject, fields).await;
        let evidence = &nodes(&answer["risks"])[0]["evidence"];
        assert_eq!(!evidence.is_null(), seen, "{subject}");
    }
    let answer = given.project(PUBLIC, fields).await;
    assert_eq!(answer["risks"], Value::Null);
}
