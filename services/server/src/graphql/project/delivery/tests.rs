//! Where the plan of CARE-GET stands, asked as people ask.

use serde_json::{Value, json};

use crate::given::{AUDITOR, CONTROLLER, CareGet, EXPERT, LEAD, PUBLIC, SIENA, TRAKIA, nodes};

/// Of the partner that handed D 4.1.2 in.
const BEF: &str = "bef";

/// D 4.1.2 under the arguments of `project`.
async fn opening(given: &CareGet, arguments: &str) -> Value {
    let document = format!(
        r#"{{ project(acronym: "care-get"{arguments}) {{
            deliverables(filter: {{ code: "D 4.1.2" }}) {{ totalCount edges {{ node {{
                code titles {{ original text(language: "en") }} partner contributors due status
                light lightWord daysLate doneLate deliveredOn turn waitingDays forecast inForm
                submissions {{ number partner occurredOn recordedAt recordedLate
                    place {{ text(language: "en") }} review {{ outcome on }} }}
            }} }} }} }} }}"#
    );
    let answer = given.ask(SIENA, &document).await;
    assert_eq!(answer["project"]["deliverables"]["totalCount"], 1, "{answer}");
    nodes(&answer["project"]["deliverables"])[0].clone()
}

#[tokio::test]
async fn the_opening_was_delivered_in_time_and_accepted() {
    let given = CareGet::import().await;
    let expected = json!({
        "code": "D 4.1.2",
        "titles": { "original": "bg",
            "text": "Opening ceremony and press conference of the project CARE-GET" },
        "partner": 1, "contributors": [3], "due": "2025-03-31", "status": "ACCEPTED",
        "light": "GREEN", "lightWord": "done", "daysLate": 0, "doneLate": false,
        "deliveredOn": "2025-03-20", "turn": "NOBODY", "waitingDays": null, "forecast": null,
        "inForm": true,
        "submissions": [{ "number": 1, "partner": 3, "occurredOn": "2025-03-20",
            "recordedAt": "2025-03-24T07:45:00Z", "recordedLate": false,
            "place": { "text": "hall “Haskovo”; bul. “Bulgaria” No. 9" },
            "review": { "outcome": "ACCEPTED", "on": "2025-06-04" } }],
    });
    assert_eq!(opening(&given, "").await, expected);
}

#[tokio::test]
async fn past_days_answer_as_known_then_and_as_happened_by_then() {
    let given = CareGet::import().await;
    let known = opening(&given, r#", asOf: { instant: "2025-03-31T12:00:00Z" }"#).await;
    assert_eq!(known["status"], "SUBMITTED");
    assert_eq!(known["lightWord"], "waiting for review");
    assert_eq!(known["turn"], "LEAD");
    assert_eq!(known["submissions"][0]["review"], Value::Null);
    let earlier = opening(&given, r#", asOf: { instant: "2025-03-24T07:44:59Z" }"#).await;
    assert_eq!(earlier["status"], "PLANNED");
    let happened = opening(&given, r#", until: "2025-03-19""#).await;
    assert_eq!((&happened["status"], &happened["submissions"]), (&json!("PLANNED"), &json!([])));
    let day_after = opening(&given, r#", until: "2025-03-20""#).await;
    assert_eq!(day_after["status"], "SUBMITTED");
    let both = r#", until: "2025-03-20", asOf: { instant: "2025-03-22T00:00:00Z" }"#;
    assert_eq!(opening(&given, both).await["status"], "PLANNED");
}

#[tokio::test]
async fn a_code_is_read_however_people_write_it() {
    let given = CareGet::import().await;
    for code in ["D 4.1.2", "d4.1.2", "Д 4.1.2", "Δ\u{a0}4.1.2.", "D 04.01.02"] {
        let fields = format!(r#"deliverables(filter: {{ code: "{code}" }}) {{ totalCount }}"#);
        let found = given.project(TRAKIA, &fields).await;
        assert_eq!(found["deliverables"]["totalCount"], 1, "{code}");
    }
    for code in ["А 5.1", "Α 5.1", "a5.1", " A  5.1 ", "A 5.1"] {
        let fields = format!(
            r#"activities(filter: {{ code: "{code}" }}) {{ edges {{ node {{ code }} }} }}"#
        );
        let found = given.project(TRAKIA, &fields).await;
        assert_eq!(nodes(&found["activities"]), [json!({ "code": "A 5.1" })], "{code}");
    }
    let document = r#"{ project(acronym: "care-get") {
        deliverables(filter: { code: "X 1" }) { totalCount } } }"#;
    let response = given.response(TRAKIA, document).await;
    assert!(response.errors[0].message.contains("a code such as"), "{response:?}");
}

#[tokio::test]
async fn documents_are_for_their_partner_and_for_those_who_check() {
    let given = CareGet::import().await;
    let fields = r#"deliverables(filter: { code: "D 4.1.2" }) { edges { node {
        submissions { evidence { kind name held uri } } } } }"#;
    for (subject, seen) in [
        (LEAD, true),
        (BEF, true),
        (CONTROLLER, true),
        (AUDITOR, true),
        (TRAKIA, false),
        (SIENA, false),
        (EXPERT, false),
    ] {
        let answer = given.project(subject, fields).await;
        let evidence = &nodes(&answer["deliverables"])[0]["submissions"][0]["evidence"];
        let found = evidence.as_array().map(Vec::len);
        assert_eq!(found, seen.then_some(2), "{subject}");
    }
    for nobody in [PUBLIC, "stranger"] {
        let answer = given.project(nobody, fields).await;
        assert_eq!(answer["deliverables"], Value::Null);
    }
}

#[tokio::test]
async fn filters_part_the_deliverables_and_pages_join_them() {
    let given = CareGet::import().await;
    let count = async |filter: &str| {
        let fields = format!("deliverables(filter: {{ {filter} }}) {{ totalCount }}");
        given.project(LEAD, &fields).await["deliverables"]["totalCount"].as_u64().unwrap()
    };
    let all = count("").await;
    let mut parts = 0;
    for status in ["PLANNED", "SUBMITTED", "RETURNED", "ACCEPTED"] {
        parts += count(&format!("status: {status}")).await;
    }
    assert_eq!(parts, all);
    let mut lights = 0;
    for light in ["GREEN", "AMBER", "RED"] {
        lights += count(&format!("light: {light}")).await;
    }
    assert_eq!(lights, all);
    assert_eq!(count(r#"workPackage: "РП 4""#).await, count(r#"code: "WP 4""#).await);
    assert_eq!(count(r#"code: "A 4.1""#).await, 2);
    assert!(count("partner: 3").await > 0);
    let mut codes = Vec::new();
    let mut after = String::new();
    loop {
        let fields = format!(
            "deliverables(first: 4{after}) {{ edges {{ node {{ code }} }}
                pageInfo {{ hasNextPage endCursor }} }}"
        );
        let page = given.project(LEAD, &fields).await["deliverables"].clone();
        codes.extend(nodes(&page).into_iter().map(|node| node["code"].to_string()));
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = format!(", after: {}", page["pageInfo"]["endCursor"]);
    }
    assert_eq!(codes.len() as u64, all);
    codes.sort();
    codes.dedup();
    assert_eq!(codes.len() as u64, all);
    assert_eq!(given.fault(LEAD, "deliverables(first: 201) { totalCount }").await, "PAGE_TOO_LONG");
    let wrong = r#"deliverables(after: "?") { totalCount }"#;
    assert_eq!(given.fault(LEAD, wrong).await, "CURSOR_INVALID");
}

#[tokio::test]
async fn milestones_say_what_they_wait_for() {
    let given = CareGet::import().await;
    let fields = "milestones { totalCount edges { node { number title { text(language: \"en\") }
        due status daysLate doneLate light lightWord met { on reason { text } }
        items { code status light lightWord inForm } } } }";
    let milestones = given.project(SIENA, fields).await["milestones"].clone();
    let first = &nodes(&milestones)[0];
    assert_eq!((&first["number"], &first["due"]), (&json!(1), &json!("2025-05-31")));
    assert_eq!((&first["status"], &first["met"]["on"]), (&json!("MET"), &json!("2025-06-26")));
    assert_eq!((&first["daysLate"], &first["lightWord"]), (&json!(26), &json!("done late")));
    let codes: Vec<_> = first["items"].as_array().unwrap().iter().map(|i| &i["code"]).collect();
    assert_eq!(codes, ["D 2.3.1", "D 4.1.1", "D 4.1.2", "D 5.1.1"]);
    assert_eq!(milestones["totalCount"], nodes(&milestones).len());
}
