//! Lights, days late and deadlines change at midnight in the project's zone, without any event.

use actix_web::http::header;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, HttpRequest, web};
use serde_json::{Value, json};

use crate::given::{CareGet, LEAD, nodes};
use crate::graphql::http;

/// In Sofia it is 23:59:59 on 31 March 2025, and a second later 1 April: summer time has begun.
const BEFORE: &str = "2025-03-31T20:59:59Z";
const AFTER: &str = "2025-03-31T21:00:00Z";

const ASKED: &str = "{ project(acronym: \"care-get\") { version today
    deliverables(filter: { code: \"CODE\" }) { edges { node { daysLate light lightWord } } }
    deadlines(kinds: [DELIVERABLE], until: \"2025-03-31\") { edges { node {
        code daysLeft daysLate light lightWord } } }
    dataQuality(kinds: [OVERDUE_WITHOUT_FORECAST]) { findings { edges { node { code } } } } } }";

/// CARE-GET with a deliverable due on 31 March 2025 of which nothing is handed in, and its code.
async fn given() -> (CareGet, String) {
    let given = CareGet::import().await;
    let room = given.ledger.snapshot().get("care-get").unwrap().clone();
    let project = &room.project;
    let newest = project.plan.newest_form().unwrap();
    let handed_in =
        |code| project.delivery.deliverables.contains_key(&project.plan.item_of(code, newest));
    let open = newest.deliverables.iter().position(|one| !handed_in(one.code)).unwrap();
    let mut form = serde_json::to_value(newest).unwrap();
    form["version"] = json!(newest.version + 1);
    for items in ["workPackages", "activities", "deliverables", "outputs", "investments"] {
        for item in form[items].as_array_mut().into_iter().flatten() {
            item.as_object_mut().unwrap().retain(|name, _| name != "was" && name != "new");
        }
    }
    form["deliverables"][open]["due"] = json!("2025-03-31");
    given.record(LEAD, "application_form.approved", "2026-11-20", form).await;
    (given, newest.deliverables[open].code.to_string())
}

async fn answer(given: &mut CareGet, open: &str, now: &str) -> Value {
    given.now = now.parse().unwrap();
    given.ask(LEAD, &ASKED.replace("CODE", open)).await["project"].clone()
}

#[tokio::test]
async fn a_second_past_midnight_in_sofia_a_deliverable_is_late() {
    let (mut given, open) = given().await;
    let (before, after) =
        (answer(&mut given, &open, BEFORE).await, answer(&mut given, &open, AFTER).await);
    assert_eq!(before["version"], after["version"]);
    assert_eq!((&before["today"], &after["today"]), (&json!("2025-03-31"), &json!("2025-04-01")));
    let late = |answer: &Value| nodes(&answer["deliverables"])[0].clone();
    assert_eq!(late(&before), json!({ "daysLate": 0, "light": "GREEN", "lightWord": "on time" }));
    assert_eq!(late(&after), json!({ "daysLate": 1, "light": "RED", "lightWord": "1 day late" }));
    let deadline = |answer: &Value| {
        let all = nodes(&answer["deadlines"]);
        all.into_iter().find(|one| one["code"] == open).unwrap()
    };
    assert_eq!(
        (&deadline(&before)["daysLeft"], &deadline(&before)["daysLate"]),
        (&json!(0), &json!(0))
    );
    assert_eq!(
        (&deadline(&after)["daysLeft"], &deadline(&after)["daysLate"]),
        (&json!(-1), &json!(1))
    );
    let overdue = |answer: &Value| {
        let all = nodes(&answer["dataQuality"]["findings"]);
        all.iter().any(|one| one["code"] == open)
    };
    assert!(!overdue(&before) && overdue(&after));
}

/// Status, ETag and body of a conditional question by GET, as the server answers it.
async fn asked_by_get(given: &CareGet, open: &str, known: &str) -> (u16, String, usize) {
    let handler = async |request: HttpRequest, payload: web::Payload, given: web::Data<Asked>| {
        let mut data = async_graphql::Data::default();
        data.insert(given.1.lock().unwrap().take().unwrap());
        http::answer(&given.0, &request, payload, data, true).await
    };
    let state = Asked(given.schema.clone(), Some(given.question(LEAD)).into());
    let app = App::new().app_data(web::Data::new(state)).default_service(web::to(handler));
    let mut query = String::from("/graphql?query=");
    query.extend(ASKED.replace("CODE", open).bytes().map(|byte| format!("%{byte:02X}")));
    let request = TestRequest::get()
        .uri(&query)
        .insert_header((header::AUTHORIZATION, "Bearer x"))
        .insert_header((header::IF_NONE_MATCH, known));
    let response = call_service(&init_service(app).await, request.to_request()).await;
    let status = response.status().as_u16();
    let tag = response.headers().get(header::ETAG).unwrap().to_str().unwrap().to_owned();
    (status, tag, read_body(response).await.len())
}

/// The schema, and the question that is answered once.
struct Asked(crate::graphql::Schema, std::sync::Mutex<Option<crate::graphql::Question>>);

#[actix_web::test]
async fn an_answer_of_yesterday_is_not_taken_for_todays() {
    let (mut given, open) = given().await;
    given.now = BEFORE.parse().unwrap();
    let (status, tag, length) = asked_by_get(&given, &open, "\"none\"").await;
    assert_eq!(status, 200);
    assert!(length > 0);
    assert_eq!(asked_by_get(&given, &open, &tag).await, (304, tag.clone(), 0));
    given.now = AFTER.parse().unwrap();
    let (status, other, length) = asked_by_get(&given, &open, &tag).await;
    assert_eq!(status, 200);
    assert_ne!(other, tag);
    assert!(length > 0);
}
