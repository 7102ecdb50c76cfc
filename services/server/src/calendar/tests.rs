use std::collections::BTreeSet;

use actix_web::dev::ServiceResponse;
use actix_web::http::header::HeaderValue;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, web};
use icalendar::{Calendar, CalendarComponent, Component};
use serde_json::{Value, json};

use super::*;
use crate::given::{AUDITOR, CareGet, FEED_KEY, LEAD, PUBLIC, SIENA, TRAKIA};

const TODAY: &str = "2026-11-20";
/// Of Trakia University.
const PARTNER: u32 = 5;

async fn open(given: &CareGet, subject: &str, data: Value) -> String {
    given.record(subject, "calendar_feed.opened", TODAY, data).await;
    path(given, subject).await.unwrap()
}

/// The path of the subject's last feed, as only the subject is told it.
async fn path(given: &CareGet, subject: &str) -> Option<String> {
    let answer = given.ask(subject, "{ viewer { calendarFeeds { path } } }").await;
    let feeds = answer["viewer"]["calendarFeeds"].as_array().cloned().unwrap_or_default();
    feeds.last()?["path"].as_str().map(str::to_owned)
}

async fn get(given: &CareGet, request: TestRequest) -> ServiceResponse {
    let app = App::new()
        .app_data(Data::new(given.ledger.clone()))
        .app_data(Data::new(FeedKey::of(FEED_KEY)))
        .route("/v1/projects/{project}/calendar/{secret}.ics", web::get().to(feed));
    call_service(&init_service(app).await, request.to_request()).await
}

async fn body(given: &CareGet, path: &str) -> String {
    let response = get(given, TestRequest::get().uri(path)).await;
    assert_eq!(response.status(), 200);
    String::from_utf8(read_body(response).await.to_vec()).unwrap()
}

/// What RFC 5545 asks of the letters of a document: lines that end with CR LF and have at most 75
/// bytes, and none of their control characters.
fn check_lines(text: &str) {
    assert!(text.ends_with("\r\n"), "{text}");
    for line in text.split_terminator("\r\n") {
        assert!((1..=75).contains(&line.len()), "{} bytes: {line}", line.len());
        assert!(!line.chars().any(|c| c.is_control() && c != '\t'), "{line:?}");
    }
}

/// The properties of each event, unfolded but as they are written.
fn events(text: &str) -> Vec<Vec<(String, String)>> {
    let unfolded = text.replace("\r\n ", "");
    let mut events = Vec::new();
    for line in unfolded.split_terminator("\r\n") {
        match line {
            "BEGIN:VEVENT" => events.push(Vec::new()),
            _ => {
                let (name, value) = line.split_once(':').unwrap();
                if let Some(event) = events.last_mut() {
                    event.push((name.to_owned(), value.to_owned()));
                }
            }
        }
    }
    events
}

#[tokio::test]
async fn a_member_reads_its_deadlines_in_a_calendar() {
    let given = CareGet::import().await;
    let path = open(&given, SIENA, json!({ "language": "en" })).await;
    let response = get(&given, TestRequest::get().uri(&path)).await;
    let header = |name: &str| response.headers().get(name).unwrap().to_str().unwrap().to_owned();
    assert_eq!(response.status(), 200);
    assert_eq!(header("content-type"), "text/calendar; charset=utf-8");
    assert_eq!(header("cache-control"), "private, no-store");
    assert_eq!(header("referrer-policy"), "no-referrer");
    let text = body(&given, &path).await;
    check_lines(&text);
    let read: Calendar = text.parse().unwrap();
    let found = read.components.iter().filter_map(CalendarComponent::as_event);
    let found: Vec<_> = found.collect();
    let asked = "{ project(acronym: \"care-get\") { deadlines(first: 200) { totalCount nodes {
        kind code due title { text(language: \"en\") } } } } }";
    let asked = given.ask(SIENA, asked).await;
    let deadlines = &asked["project"]["deadlines"];
    assert_eq!(deadlines["totalCount"], found.len());
    assert!(found.len() > 20, "{}", found.len());
    for (event, deadline) in found.iter().zip(deadlines["nodes"].as_array().unwrap()) {
        let due = event.property_value("DTSTART").unwrap();
        assert_eq!(due, deadline["due"].as_str().unwrap().replace('-', ""));
        let summary = event.get_summary().unwrap();
        if deadline["kind"] == "DELIVERABLE" {
            let title = deadline["title"]["text"].as_str().unwrap();
            assert_eq!(summary, format!("{} {title}", deadline["code"].as_str().unwrap()));
        }
    }
}

#[tokio::test]
async fn every_event_has_what_the_standard_asks_and_a_name_of_its_own() {
    let given = CareGet::import().await;
    let path = open(&given, LEAD, json!({})).await;
    let events = events(&body(&given, &path).await);
    let mut names = BTreeSet::new();
    for event in &events {
        let value = |wanted: &str| {
            let mut found = event.iter().filter(|(name, _)| name == wanted);
            let (_, value) = found.next().unwrap_or_else(|| panic!("no {wanted}: {event:?}"));
            assert_eq!(found.next(), None, "{wanted} twice: {event:?}");
            value.clone()
        };
        assert!(names.insert(value("UID")), "{event:?}");
        assert_eq!(value("DTSTART;VALUE=DATE").len(), 8, "{event:?}");
        assert_eq!((value("DTSTAMP").len(), value("LAST-MODIFIED")), (16, value("DTSTAMP")));
        assert!(!value("SUMMARY").is_empty(), "{event:?}");
    }
    assert_eq!(names.len(), events.len());
}

#[tokio::test]
async fn titles_in_three_alphabets_with_commas_and_line_breaks_come_through() {
    let given = CareGet::import().await;
    let title = "Рискът, че данните идват късно; \\ или никога\nвтори ред";
    let greek = "Ο κίνδυνος, ότι τα δεδομένα καθυστερούν πάρα πολύ και κανείς δεν το γνωρίζει";
    let data = json!({ "title": { "original": "bg", "bg": title, "el": greek },
        "probability": 2, "impact": 2, "reviewOn": "2026-12-24" });
    given.record(TRAKIA, "risk.recorded", TODAY, data).await;
    let in_one_line = "Рискът, че данните идват късно; \\ или никога втори ред";
    for (subject, language, expected) in
        [(SIENA, "el", greek), (TRAKIA, "bg", in_one_line), (LEAD, "it", in_one_line)]
    {
        let text =
            body(&given, &open(&given, subject, json!({ "language": language })).await).await;
        check_lines(&text);
        let read: Calendar = text.parse().unwrap();
        let mut events = read.components.iter().filter_map(CalendarComponent::as_event);
        let is_review =
            |event: &&icalendar::Event| event.property_value("DTSTART") == Some("20261224");
        assert_eq!(events.find(is_review).unwrap().get_summary(), Some(expected), "{language}");
    }
}

#[tokio::test]
async fn a_feed_of_a_partner_has_what_that_partner_has_to_do() {
    let given = CareGet::import().await;
    let all = body(&given, &open(&given, TRAKIA, json!({})).await).await;
    let own = body(&given, &open(&given, TRAKIA, json!({ "partner": PARTNER })).await).await;
    let (all, own) = (events(&all), events(&own));
    assert!(!own.is_empty() && own.len() < all.len(), "{} of {}", own.len(), all.len());
    assert!(own.iter().all(|event| all.contains(event)));
}

#[tokio::test]
async fn what_is_not_changed_is_written_as_before() {
    let given = CareGet::import().await;
    let path = open(&given, SIENA, json!({})).await;
    let before = body(&given, &path).await;
    let fields = format!("deadlines(kinds: [ACTIVITY], partner: {PARTNER}) {{ nodes {{ code }} }}");
    let open = given.project(LEAD, &fields).await["deadlines"]["nodes"][0]["code"].clone();
    let data = json!({ "code": open, "text": { "original": "en", "en": "On" } });
    given.record(TRAKIA, "activity.progress_reported", TODAY, data).await;
    let after = body(&given, &path).await;
    let (before, after) = (events(&before), events(&after));
    let changed: Vec<_> = before.iter().zip(&after).filter(|(one, other)| one != other).collect();
    assert_eq!((before.len(), changed.len()), (after.len(), 1), "{changed:?}");
    assert!(changed[0].1.iter().any(|(_, value)| value.starts_with(open.as_str().unwrap())));
}

#[tokio::test]
async fn an_answer_that_the_calendar_has_is_not_sent_again() {
    let given = CareGet::import().await;
    let path = open(&given, SIENA, json!({})).await;
    let first = get(&given, TestRequest::get().uri(&path)).await;
    let tag: HeaderValue = first.headers().get("etag").unwrap().clone();
    let known = || TestRequest::get().uri(&path).insert_header(("If-None-Match", &tag));
    assert_eq!(get(&given, known()).await.status(), 304);
    let data = json!({ "title": { "original": "en", "en": "Late" }, "probability": 2,
        "impact": 2, "reviewOn": "2026-12-24" });
    given.record(TRAKIA, "risk.recorded", TODAY, data).await;
    assert_eq!(get(&given, known()).await.status(), 200);
}

/// The problem, which is the same whatever is wrong with a feed.
async fn refused(given: &CareGet, path: &str) -> Value {
    let response = get(given, TestRequest::get().uri(path)).await;
    assert_eq!(response.status(), 404, "{path}");
    serde_json::from_slice(&read_body(response).await).unwrap()
}

#[tokio::test]
async fn closed_unknown_and_altered_feeds_are_answered_alike() {
    let given = CareGet::import().await;
    let closed = open(&given, TRAKIA, json!({})).await;
    let open = open(&given, SIENA, json!({})).await;
    let id = given.ask(TRAKIA, "{ viewer { calendarFeeds { eventId } } }").await;
    let id = id["viewer"]["calendarFeeds"][0]["eventId"].clone();
    given.record(LEAD, "calendar_feed.closed", TODAY, json!({ "feed": id })).await;
    assert_eq!(path(&given, TRAKIA).await, None, "a closed feed has no path");
    let expected = refused(&given, &closed).await;
    let secret = open.rsplit('/').next().unwrap().strip_suffix(".ics").unwrap();
    let project = "care-get".parse().unwrap();
    let never = secret::path(&FeedKey::of(FEED_KEY), &project, uuid::Uuid::from_u128(9));
    let elsewhere = secret::path(&FeedKey::of([8; 32]), &project, uuid::Uuid::from_u128(9));
    let mut paths = vec![
        never,
        elsewhere,
        open.replace("care-get", "no-project"),
        open.replace(secret, &secret[..secret.len() - 1]),
        open.replace(secret, "x"),
        open.replace(secret, &secret.to_lowercase()),
    ];
    for at in [0, 21, 22, 40, 63] {
        let mut letters = secret.as_bytes().to_vec();
        letters[at] = if letters[at] == b'A' { b'B' } else { b'A' };
        paths.push(open.replace(secret, std::str::from_utf8(&letters).unwrap()));
    }
    for path in paths {
        assert_eq!(refused(&given, &path).await, expected, "{path}");
    }
    assert!(body(&given, &open).await.contains("BEGIN:VEVENT"));
}

#[tokio::test]
async fn a_feed_is_read_no_more_once_its_member_is_none() {
    let given = CareGet::import().await;
    let path = open(&given, TRAKIA, json!({})).await;
    let data = json!({ "subject": TRAKIA, "partner": PARTNER, "role": "delivery" });
    let another = json!({ "subject": "another", "partner": PARTNER, "role": "delivery" });
    given.record(LEAD, "member.granted", TODAY, another).await;
    given.record(LEAD, "member.revoked", TODAY, data).await;
    refused(&given, &path).await;
    let viewer = given.ask(TRAKIA, "{ viewer { calendarFeeds { path } } }").await;
    assert_eq!(viewer["viewer"]["calendarFeeds"], json!([]));
}

#[tokio::test]
async fn a_feed_shows_what_its_member_may_see_and_nobody_else_is_told_of_it() {
    let given = CareGet::import().await;
    let lesson = json!({ "title": { "original": "en", "en": "Own" },
        "recommendation": { "original": "en", "en": "Ask" }, "polarity": "mixed",
        "challenge": "leadership", "phase": "initiation", "visibility": "partner" });
    let lesson = given.record(TRAKIA, "lesson.recorded", TODAY, lesson).await;
    let hidden = json!({ "lesson": lesson, "text": { "original": "en", "en": "Hidden question" } });
    given.record(LEAD, "question.asked", TODAY, hidden).await;
    let [lead, siena] = [open(&given, LEAD, json!({})).await, open(&given, SIENA, json!({})).await];
    assert!(body(&given, &lead).await.contains("Hidden question"));
    assert!(!body(&given, &siena).await.contains("Hidden question"));
    let opened = |subject| {
        let fields = "events(types: [\"calendar_feed.opened\"]) { totalCount nodes { type } }";
        given.project(subject, fields)
    };
    assert_eq!(opened(SIENA).await["events"]["nodes"].as_array().unwrap().len(), 1);
    assert_eq!(opened(TRAKIA).await["events"]["nodes"].as_array().unwrap().len(), 0);
    assert_eq!(opened(AUDITOR).await["events"]["nodes"].as_array().unwrap().len(), 2);
    let nobody = given.ask(PUBLIC, "{ viewer { calendarFeeds { path } } }").await;
    assert_eq!(nobody["viewer"], Value::Null);
}

#[test]
fn a_secret_is_of_one_feed_of_one_project_and_one_folder() {
    let [key, other] = [FEED_KEY, [8; 32]].map(FeedKey::of);
    let [care, get] = ["care", "care-get"].map(|key| key.parse().unwrap());
    let feed = uuid::Uuid::from_u128(1);
    let path = secret::path(&key, &care, feed);
    let secret = path.rsplit('/').next().unwrap().strip_suffix(".ics").unwrap();
    assert_eq!(secret.len(), secret::SECRET_LENGTH);
    assert_eq!(secret::read(&key, &care, secret), Some(feed));
    assert_eq!(secret::read(&key, &get, secret), None);
    assert_eq!(secret::read(&other, &care, secret), None);
}
