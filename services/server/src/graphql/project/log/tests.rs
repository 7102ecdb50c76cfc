//! The log of CARE-GET, as far as each may see it.

use serde_json::{Value, json};

use crate::given::{CareGet, LEAD, PUBLIC, SIENA, TRAKIA, nodes};

async fn count(given: &CareGet, subject: &str, arguments: &str) -> u64 {
    let fields = format!("events{arguments} {{ totalCount }}");
    given.project(subject, &fields).await["events"]["totalCount"].as_u64().unwrap()
}

#[tokio::test]
async fn pages_hold_what_the_count_says() {
    let given = CareGet::import().await;
    let version = given.project(LEAD, "version").await["version"].as_u64().unwrap();
    for subject in [LEAD, TRAKIA, SIENA] {
        let mut versions = Vec::new();
        let mut after = String::new();
        loop {
            let fields = format!(
                "events(first: 70{after}) {{ edges {{ node {{ version }} }}
                    pageInfo {{ hasNextPage endCursor }} }}"
            );
            let page = given.project(subject, &fields).await["events"].clone();
            versions.extend(nodes(&page).iter().map(|node| node["version"].as_u64().unwrap()));
            if page["pageInfo"]["hasNextPage"] == false {
                break;
            }
            after = format!(", after: {}", page["pageInfo"]["endCursor"]);
        }
        assert!(versions.is_sorted(), "{subject}");
        assert_eq!(versions.len() as u64, count(&given, subject, "").await, "{subject}");
        assert!(versions.len() as u64 <= version);
    }
    assert_eq!(count(&given, LEAD, "").await, version);
    assert!(count(&given, SIENA, "").await < count(&given, TRAKIA, "").await);
    assert_eq!(given.project(PUBLIC, "events { totalCount }").await["events"], Value::Null);
}

#[tokio::test]
async fn an_event_is_shown_without_what_its_reader_may_not_see() {
    let given = CareGet::import().await;
    let fields = r#"events(types: ["deliverable.submitted"], first: 2) { edges { node {
        id eventId type position version occurredOn recordedAt actorPartner actorRole actorSubject
        onBehalfOf reason warnings { rule message } completed data leafHash withheld } } }"#;
    let second =
        async |subject: &str| nodes(&given.project(subject, fields).await["events"])[1].clone();
    let (lead, siena) = (second(LEAD).await, second(SIENA).await);
    assert_eq!(lead["type"], "deliverable.submitted");
    assert_eq!((&lead["actorPartner"], &lead["actorRole"]), (&json!(3), &json!("DELIVERY")));
    assert_eq!((&lead["actorSubject"], &siena["actorSubject"]), (&json!("bef"), &Value::Null));
    assert_eq!(lead["completed"], json!({ "submission": 1 }));
    assert_eq!(lead["occurredOn"], "2025-03-20");
    assert_eq!(lead["data"]["evidence"].as_array().unwrap().len(), 2);
    assert_eq!((&lead["withheld"], &siena["withheld"]), (&json!([]), &json!(["/data/evidence"])));
    assert_eq!(siena["data"].get("evidence"), None);
    assert_eq!(lead["leafHash"].as_str().unwrap().len(), 64);
    let unknown = r#"events(types: ["deliverable.lost"]) { totalCount }"#;
    assert_eq!(given.fault(LEAD, unknown).await, "EVENT_TYPE_UNKNOWN");
}

#[tokio::test]
async fn money_and_members_stay_with_those_who_may_know_them() {
    let given = CareGet::import().await;
    for (kind, lead, siena) in [
        ("expenditure.declared", true, false),
        ("application_form.approved", true, false),
        ("deliverable.accepted", true, true),
    ] {
        let arguments = format!(r#"(types: ["{kind}"])"#);
        assert_eq!(count(&given, LEAD, &arguments).await > 0, lead, "{kind}");
        assert_eq!(count(&given, SIENA, &arguments).await > 0, siena, "{kind}");
    }
    assert_eq!(count(&given, SIENA, r#"(types: ["member.granted"])"#).await, 1);
}

#[tokio::test]
async fn past_days_have_their_events_only() {
    let given = CareGet::import().await;
    let last = async |arguments: &str| {
        let document = format!(
            r#"{{ project(acronym: "care-get", {arguments}) {{ version asOf until
                events(types: ["deliverable.submitted"]) {{ totalCount
                    edges {{ node {{ occurredOn recordedAt }} }} }} }} }}"#
        );
        given.ask(LEAD, &document).await["project"].clone()
    };
    let known = last(r#"asOf: { instant: "2025-03-22T00:00:00Z" }"#).await;
    assert_eq!((&known["events"]["totalCount"], &known["asOf"]), (&json!(1), &known["version"]));
    let happened = last(r#"until: "2025-03-20""#).await;
    assert_eq!(happened["events"]["totalCount"], 2);
    assert_eq!(happened["until"], "2025-03-20");
}

#[tokio::test]
async fn a_page_ends_early_where_its_events_are_large_and_nothing_is_left_out() {
    const REPORTS: usize = 24;
    let given = CareGet::import().await;
    let long = "д".repeat(20_000);
    for number in 0..REPORTS {
        let text = json!({ "original": "bg", "bg": format!("{number}{}", &long[20..]),
            "en": long, "it": long, "lt": long, "ro": long });
        let data = json!({ "code": "A 5.2", "text": text, "progress": "partly" });
        given.record(TRAKIA, "activity.progress_reported", "2026-11-19", data).await;
    }
    let (mut seen, mut after, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let fields = format!(
            r#"events(types: ["activity.progress_reported"], first: 200{after}) {{
                edges {{ node {{ version data }} }} pageInfo {{ hasNextPage endCursor }} }}"#
        );
        let page = given.project(LEAD, &fields).await["events"].clone();
        assert!(page.to_string().len() < 5 * 1024 * 1024, "{}", page.to_string().len());
        assert!(!nodes(&page).is_empty());
        seen.extend(nodes(&page).iter().map(|node| node["version"].as_u64().unwrap()));
        pages += 1;
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = format!(", after: {}", page["pageInfo"]["endCursor"]);
    }
    assert_eq!(pages, 2);
    assert!(seen.is_sorted() && seen.len() >= REPORTS);
    let all = count(&given, LEAD, r#"(types: ["activity.progress_reported"])"#).await;
    assert_eq!(seen.len() as u64, all);
}
