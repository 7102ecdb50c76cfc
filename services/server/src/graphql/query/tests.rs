//! Who asks, and of what.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::given::{CareGet, LEAD, PUBLIC, SIENA, TRAKIA, nodes};
use crate::views::Rooms;
use crate::views::past::{PastRooms, Window};

#[tokio::test]
async fn the_viewer_is_what_the_token_says_with_what_the_log_grants() {
    let given = CareGet::import().await;
    let document = "{ viewer { subject memberships { project acronym role partner until } } }";
    let siena = given.ask(SIENA, document).await;
    let membership = json!({ "project": "care-get", "acronym": "CARE-GET", "role": "TRANSFER",
        "partner": 10, "until": null });
    assert_eq!(siena["viewer"], json!({ "subject": "siena", "memberships": [membership] }));
    let stranger = given.ask("stranger", document).await;
    assert_eq!(stranger["viewer"], json!({ "subject": "stranger", "memberships": [] }));
    assert_eq!(given.ask(PUBLIC, document).await["viewer"], Value::Null);
}

#[tokio::test]
async fn the_public_reads_what_the_brochure_prints() {
    let given = CareGet::import().await;
    let document = r#"{ projects { totalCount edges { node { key acronym
        period { start end thematicEnd } timeZone languages
        contract { total erdf rate signedOn }
        partners { number abbreviation role country vatId currency }
        challenges { title { text(language: "en") } } workPackages { code } members { subject }
        applicationForm { version } } } } }"#;
    let answer = given.ask(PUBLIC, document).await["projects"].clone();
    assert_eq!(answer["totalCount"], 1);
    let project = &nodes(&answer)[0];
    let period = json!({ "start": "2024-12-01", "end": "2028-05-31", "thematicEnd": "2027-11-30" });
    assert_eq!(project["period"], period);
    assert_eq!(project["timeZone"], "Europe/Sofia");
    assert_eq!(project["languages"], json!(["bg", "en"]));
    let contract = &project["contract"];
    assert_eq!(contract["total"], "5009480.00");
    assert_eq!(contract["erdf"], "4007584.00");
    assert_eq!(contract["rate"].as_str().unwrap().trim_end_matches('0'), "0.8");
    assert_eq!(project["partners"].as_array().unwrap().len(), 10);
    assert_eq!(project["partners"][9]["role"], "TRANSFER");
    for partner in project["partners"].as_array().unwrap() {
        assert_eq!((&partner["vatId"], &partner["currency"]), (&Value::Null, &Value::Null));
    }
    assert!(!project["challenges"].as_array().unwrap().is_empty());
    for hidden in ["workPackages", "members", "applicationForm"] {
        assert_eq!(project[hidden], Value::Null, "{hidden}");
    }
}

#[tokio::test]
async fn members_are_known_to_the_lead_and_each_to_itself() {
    let given = CareGet::import().await;
    let members = async |subject: &str| {
        given.project(subject, "members { subject role partner }").await["members"].clone()
    };
    assert_eq!(members(LEAD).await.as_array().unwrap().len(), 15);
    let own = json!([{ "subject": "trakia-university", "role": "DELIVERY", "partner": 5 }]);
    assert_eq!(members(TRAKIA).await, own);
    assert_eq!(members(PUBLIC).await, Value::Null);
}

#[tokio::test]
async fn every_id_leads_back_to_its_thing() {
    let given = CareGet::import().await;
    let fields = r#"id deliverables(first: 1) { edges { node { id } } }
        activities(first: 1) { edges { node { id } } } milestones(first: 1) { edges { node { id } } }
        outputProgress(first: 1) { edges { node { id } } }
        indicators(first: 1) { edges { node { id } } }
        events(types: ["deliverable.submitted"], first: 1) { edges { node { id } } }
        learningLog(partner: 1, first: 1) { edges { node { id } } }"#;
    let project = given.project(LEAD, fields).await;
    let mut ids = vec![("Project", project["id"].clone())];
    for (kind, list) in [
        ("Deliverable", "deliverables"),
        ("Activity", "activities"),
        ("Milestone", "milestones"),
        ("OutputProgress", "outputProgress"),
        ("Indicator", "indicators"),
        ("Event", "events"),
        ("Lesson", "learningLog"),
    ] {
        ids.push((kind, nodes(&project[list])[0]["id"].clone()));
    }
    for (kind, id) in ids {
        let document = format!("{{ node(id: {id}) {{ __typename id }} }}");
        let found = given.ask(SIENA, &document).await;
        assert_eq!(found["node"], json!({ "__typename": kind, "id": id }));
        let public = given.ask(PUBLIC, &document).await;
        let known = ["Project", "Lesson"].contains(&kind);
        assert_eq!(public["node"].is_null(), !known, "{kind}");
    }
    let document = format!(
        "{{ node(id: {}) {{ ... on Project {{ acronym deliverables {{ totalCount }} }} }} }}",
        project["id"]
    );
    assert_eq!(given.ask(LEAD, &document).await["node"]["acronym"], "CARE-GET");
    for wrong in ["", "?", "UHJvamVjdA", "UHJvamVjdDpub25l"] {
        let document = format!("{{ node(id: \"{wrong}\") {{ id }} }}");
        assert_eq!(given.ask(LEAD, &document).await["node"], Value::Null, "{wrong}");
    }
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused_with_a_code() {
    let given = CareGet::import().await;
    let code = async |subject: &str, arguments: &str| {
        let document = format!(r#"{{ project(acronym: "care-get", {arguments}) {{ version }} }}"#);
        let response = given.response(subject, &document).await;
        let extensions = response.errors[0].extensions.as_ref().unwrap();
        (response.data.to_string(), extensions.get("code").unwrap().to_string())
    };
    for (subject, arguments, expected) in [
        (PUBLIC, r#"until: "2025-03-19""#, "FORBIDDEN"),
        ("stranger", "asOf: { version: 1 }", "FORBIDDEN"),
        (PUBLIC, "applicationForm: 1", "FORBIDDEN"),
        (SIENA, "asOf: { version: 100000 }", "AS_OF_PAST_END"),
        (SIENA, "asOf: { position: 100000 }", "AS_OF_PAST_END"),
        (SIENA, r#"asOf: { instant: "2030-01-01T00:00:00Z" }"#, "AS_OF_PAST_END"),
        (SIENA, "applicationForm: 99", "NOT_FOUND"),
    ] {
        let found = code(subject, arguments).await;
        assert_eq!(found.1, format!("\"{expected}\""), "{subject} {arguments}");
        assert_eq!(found.0, "{project: null}");
    }
    let nothing = given.ask(LEAD, r#"{ project(acronym: "no-such") { version } }"#).await;
    assert_eq!(nothing["project"], Value::Null);
    let rules = given.ask(PUBLIC, "{ rules { id severity sentence } }").await;
    let rules = rules["rules"].as_array().unwrap();
    assert!(rules.iter().any(|rule| rule["severity"] == "WARN"));
}

#[tokio::test]
async fn a_past_room_is_folded_once() {
    let given = CareGet::import().await;
    let rooms = given.ledger.snapshot();
    let project = &rooms.get("care-get").unwrap().project;
    let past = PastRooms::new();
    let replaced = (*rooms).clone().after(&rooms);
    let ask = async |rooms: &Rooms, version: Option<u64>| {
        let window = Window { version, until: None };
        let log = given.ledger.log();
        past.room(log, rooms, &project.key, project.version, window).await.unwrap()
    };
    let first = ask(&rooms, Some(20)).await;
    assert!(Arc::ptr_eq(&first, &ask(&rooms, Some(20)).await));
    assert!(!Arc::ptr_eq(&first, &ask(&rooms, Some(21)).await));
    assert_eq!(first.project.version, 20);
    assert_eq!(ask(&rooms, None).await.project.version, project.version);
    // What was folded from a log that was replaced since says nothing of the one that is there.
    assert!(!Arc::ptr_eq(&first, &ask(&replaced, Some(20)).await));
}
