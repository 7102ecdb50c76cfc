//! Posting, as partners do it: one event, a batch, the same again, and reading it back.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod running_server;

use std::collections::BTreeSet;

use running_server::{
    BATCH, EVENTS, LEAD, LedgerFolder, RunningServer, SIENA, TRAKIA, event, expenditure, progress,
    second_submission,
};
use serde_json::{Value, json};

/// Versions of all events of the project that a token may see, page by page.
fn all_events(server: &RunningServer, token: &str, limit: u32) -> Vec<Value> {
    let mut path = format!("{EVENTS}?limit={limit}");
    let mut events = Vec::new();
    loop {
        let page = server.get(token, &path);
        assert_eq!(page.status, 200, "{page:?}");
        events.extend(page.json().as_array().unwrap().clone());
        let Some(link) = page.headers.get("link") else { return events };
        let link = link.to_str().unwrap();
        let next = link.strip_prefix('<').and_then(|link| link.strip_suffix(">; rel=\"next\""));
        path = next.unwrap_or_else(|| panic!("{link}")).to_owned();
    }
}

fn numbers(events: &[Value], name: &str) -> Vec<u64> {
    events.iter().map(|event| event[name].as_u64().unwrap()).collect()
}

#[test]
fn a_deliverable_is_submitted_read_back_and_accepted() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let (trakia, lead) = (ledger.token(TRAKIA), ledger.token(LEAD));
    let before = server.position();
    let submission = second_submission();
    let id = submission["id"].as_str().unwrap();

    let answer = server.post(&trakia, &submission);
    assert_eq!(answer.status, 201, "{answer:?}");
    let receipt = answer.json();
    let keys: Vec<_> = receipt.as_object().unwrap().keys().map(String::as_str).collect();
    let promised = ["id", "project", "position", "version", "recordedAt", "leafHash", "warnings"];
    assert_eq!(keys, promised);
    assert_eq!(receipt["id"], submission["id"]);
    assert_eq!(receipt["project"], "care-get");
    assert_eq!(receipt["position"], before + 1);
    assert_eq!(receipt["version"], before + 1, "the log has one project");
    assert_eq!(receipt["leafHash"].as_str().unwrap().len(), 64);
    assert_eq!(receipt["warnings"], json!([]));
    assert_eq!(answer.header("cairn-position"), (before + 1).to_string());
    assert_eq!(answer.header("location"), format!("{EVENTS}/{id}"));

    let read = server.get(&trakia, answer.header("location"));
    assert_eq!(read.status, 200, "{read:?}");
    assert_eq!(read.header("content-type"), "application/cloudevents+json");
    let read = read.json();
    for (name, value) in submission.as_object().unwrap() {
        assert_eq!(&read[name], value, "{name} of {read}");
    }
    assert_eq!(read["position"], receipt["position"]);
    assert_eq!(read["version"], receipt["version"]);
    assert_eq!(read["recordedat"], receipt["recordedAt"]);
    assert_eq!(read["leafhash"], receipt["leafHash"]);
    assert_eq!(read["completed"], json!({ "submission": 2 }));
    assert_eq!((&read["actorpartner"], &read["actorrole"]), (&json!(5), &json!("delivery")));

    let review = |submission: u32| {
        event("deliverable.accepted", json!({ "code": "D 5.2.1", "submission": submission }))
    };
    assert_eq!(server.post(&lead, &review(1)).problem(422), "not_the_latest_submission");
    assert_eq!(server.post(&trakia, &review(2)).status, 403);
    let accepted = server.post(&lead, &review(2));
    assert_eq!(accepted.status, 201, "{accepted:?}");
    assert_eq!(accepted.json()["position"], before + 2);
}

#[test]
fn one_posting_sent_fifty_times_at_once_is_recorded_once() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let (trakia, before) = (ledger.token(TRAKIA), server.position());
    let submission = second_submission();

    let answers = server.post_at_once(50, &trakia, &submission);
    let mut statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [vec![200; 49], vec![201]].concat());
    let bodies: BTreeSet<_> = answers.iter().map(|answer| &answer.body).collect();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    let first = answers[0].body.clone();
    assert_eq!(server.position(), before + 1);

    let (status, _) = server.stop();
    assert!(status.success(), "{status}");
    let server = ledger.serve();
    for thousandth in 0..10 {
        let text = |n: u32| format!("report {} of a thousand", thousandth * 100 + n);
        let batch: Vec<_> = (0..100).map(|n| progress("A 5.2", &text(n))).collect();
        let answer = server.post_batch(&trakia, &batch);
        assert_eq!(answer.status, 201, "{answer:?}");
    }
    let again = server.post(&trakia, &submission);
    assert_eq!((again.status, again.body), (200, first));
    assert_eq!(server.position(), before + 1_001);
}

#[test]
fn the_same_id_with_other_content_is_a_conflict() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let trakia = ledger.token(TRAKIA);
    let first = progress("A 5.2", "One group is trained.");
    assert_eq!(server.post(&trakia, &first).status, 201);
    let recorded = server.position();

    let changed = |pointer: &str, value: Value| {
        let mut event = first.clone();
        *event.pointer_mut(pointer).unwrap() = value;
        event
    };
    let others = [
        changed("/occurredon", json!("2026-11-19")),
        changed("/data/text/en", json!("Two groups are trained.")),
        changed("/data/code", json!("A 5.3")),
        changed("/type", json!("activity.completed")),
    ];
    for other in others {
        let answer = server.post(&trakia, &other);
        assert_eq!(answer.problem(409), "id_taken", "{other}");
        assert_eq!(answer.faults(), [("/id".to_owned(), "id_taken".to_owned())]);
    }
    // What a library sets anew at each try is no content; neither is the order of the keys.
    let mut again = first.clone();
    again["time"] = json!("2026-11-21T10:00:00Z");
    again["traceparent"] = json!("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    again["source"] = json!("/partners/5");
    again["data"] = json!({ "progress": "partly", "text": first["data"]["text"],
        "code": "A 5.2" });
    assert_eq!(server.post(&trakia, &again).status, 200);
    assert_eq!(server.position(), recorded);
}

#[test]
fn a_transfer_partner_declares_no_costs() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let before = server.position();
    let answer = server.post(&ledger.token(SIENA), &expenditure());
    assert_eq!(answer.problem(403), "transfer_partner_has_no_costs");
    assert_eq!(answer.faults()[0].1, "transfer_partner_has_no_costs");
    assert_eq!(server.position(), before);
    // The posting itself is sound: whose it is decides.
    let trakia = server.post(&ledger.token(TRAKIA), &expenditure());
    assert_eq!(trakia.status, 201, "{trakia:?}");
}

#[test]
fn a_batch_is_recorded_whole_or_not_at_all() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let (trakia, before) = (ledger.token(TRAKIA), server.position());

    let mut batch = vec![progress("A 5.2", "one"), progress("A 5.9", "two")];
    batch.push(event("deliverable.submitted", json!({ "code": "D 5.2.1" })));
    let refused = server.post_batch(&trakia, &batch);
    assert_eq!(refused.problem(422), "code_unknown");
    let faults = refused.faults();
    assert!(faults.iter().all(|(pointer, _)| pointer.starts_with("/1/")), "{faults:?}");
    assert_eq!(server.position(), before);

    let malformed = server.post_batch(&trakia, &[batch[0].clone(), json!({ "id": 7 })]);
    assert_eq!(malformed.status, 400, "{malformed:?}");
    assert!(malformed.faults()[0].0.starts_with("/1/"), "{malformed:?}");
    assert_eq!(server.position(), before);
    let first = batch[0]["id"].as_str().unwrap();
    assert_eq!(server.get(&trakia, &format!("{EVENTS}/{first}")).status, 404);

    let whole = vec![batch[0].clone(), progress("A 5.2", "two"), progress("A 5.1", "three")];
    let answer = server.post_batch(&trakia, &whole);
    assert_eq!(answer.status, 201, "{answer:?}");
    let receipts = answer.json();
    assert_eq!(numbers(receipts.as_array().unwrap(), "position"), [1, 2, 3].map(|n| before + n));
    assert_eq!(answer.header("cairn-position"), (before + 3).to_string());
}

#[test]
fn items_of_a_batch_that_are_recorded_already_count_as_accepted() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let trakia = ledger.token(TRAKIA);
    let (one, two) = (progress("A 5.2", "one"), progress("A 5.2", "two"));
    let first = server.post(&trakia, &one).json();
    let batch = [two.clone(), one.clone(), two.clone()];
    let answer = server.post_batch(&trakia, &batch);
    assert_eq!(answer.status, 201, "{answer:?}");
    let receipts = answer.json();
    assert_eq!(receipts[1], first);
    assert_eq!(receipts[0], receipts[2], "an id that stands twice in a batch is one event");
    let again = server.post_batch(&trakia, &batch);
    assert_eq!((again.status, again.json()), (200, receipts));
    let other = server.post_batch(
        &trakia,
        &[one.clone(), {
            let mut other = two;
            other["data"]["progress"] = json!("fully");
            other
        }],
    );
    assert_eq!(other.problem(409), "id_taken");
    assert_eq!(other.faults()[0].0, "/1/id");
}

#[test]
fn a_batch_has_at_most_a_thousand_events() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let (trakia, before) = (ledger.token(TRAKIA), server.position());
    let mut batch: Vec<_> = (0..1_001).map(|n| progress("A 5.2", &n.to_string())).collect();
    assert_eq!(server.post_batch(&trakia, &batch).problem(413), "batch_too_long");
    assert_eq!(server.position(), before);
    batch.pop();
    assert_eq!(server.post_batch(&trakia, &batch).status, 201);
    assert_eq!(server.position(), before + 1_000);
}

#[test]
fn a_dry_run_checks_everything_and_records_nothing() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let (trakia, siena) = (ledger.token(TRAKIA), ledger.token(SIENA));
    let before = server.position();
    let dry = |token: &str, media_type: &str, body: &Value| {
        let url = server.url(&format!("{EVENTS}?dry-run=true"));
        let request = server.client().post(url).bearer_auth(token);
        let body = body.to_string();
        running_server::Answer::of(request.header("Content-Type", media_type).body(body))
    };
    let good = second_submission();
    let answer = dry(&trakia, running_server::ONE, &good);
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.json().get("position").is_none(), "a dry run has no place in the log");
    assert!(!answer.headers.contains_key("location"));
    let batch = dry(&trakia, BATCH, &json!([good, progress("A 5.2", "one")]));
    assert_eq!((batch.status, batch.json().as_array().unwrap().len()), (200, 2), "{batch:?}");

    let costs = dry(&siena, running_server::ONE, &expenditure());
    assert_eq!(costs.problem(403), "transfer_partner_has_no_costs");
    let unknown = dry(&trakia, running_server::ONE, &progress("A 5.9", "one"));
    assert_eq!(unknown.problem(422), "code_unknown");

    assert_eq!(server.position(), before);
    assert_eq!(server.post(&trakia, &good).status, 201, "the dry run took neither id nor number");
    let mut other = good.clone();
    other["data"]["participants"] = json!(12);
    assert_eq!(dry(&trakia, running_server::ONE, &other).problem(409), "id_taken");
    assert_eq!(dry(&trakia, running_server::ONE, &good).status, 200);
}

#[test]
fn every_spelling_of_a_code_is_the_same_activity() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let trakia = ledger.token(TRAKIA);
    let spellings = ["A 5.1", "А 5.1", "Α 5.1", "a5.1", " A  5.1 ", "A\u{a0}05.01."];
    for spelling in spellings {
        let event = progress(spelling, spelling);
        let answer = server.post(&trakia, &event);
        assert_eq!(answer.status, 201, "{spelling}: {answer:?}");
        let read = server.get(&trakia, answer.header("location")).json();
        assert_eq!(read["data"]["code"], "A 5.1", "{spelling}");
        for other in spellings {
            let mut again = event.clone();
            again["data"]["code"] = json!(other);
            again["subject"] = json!(other);
            let again = server.post(&trakia, &again);
            assert_eq!(again.status, 200, "{spelling}, then {other}: {again:?}");
        }
    }
    let mixed = server.post(&trakia, &progress("Б 5.1", "another letter"));
    assert_eq!(mixed.status, 422, "{mixed:?}");
}

#[test]
fn evidence_and_subjects_are_shown_to_those_who_may_see_them() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let submitted = server.post(&ledger.token(TRAKIA), &second_submission());
    let path = submitted.header("location");
    // subject, sees the evidence, sees who posted
    let readers = [
        (TRAKIA, true, true),
        (LEAD, true, true),
        ("auditor", true, true),
        ("first-level-controller", true, false),
        ("urbasofia", false, false),
        (SIENA, false, false),
        ("eui-expert", false, false),
    ];
    for (subject, evidence, poster) in readers {
        let read = server.get(&ledger.token(subject), path);
        assert_eq!(read.status, 200, "{subject}: {read:?}");
        let event = read.json();
        assert_eq!(event["data"].get("evidence").is_some(), evidence, "{subject}: {event}");
        assert_eq!(event.get("withheld").is_some(), !evidence, "{subject}: {event}");
        assert_eq!(event.get("actorsubject").is_some(), poster, "{subject}: {event}");
        assert_eq!(read.body.contains("urn:example:d-5.2.1:2"), evidence, "{subject}");
    }
    let costs = server.post(&ledger.token(TRAKIA), &expenditure());
    assert_eq!(costs.status, 201, "{costs:?}");
    for (subject, status) in [(TRAKIA, 200), (LEAD, 200), ("urbasofia", 404), (SIENA, 404)] {
        let read = server.get(&ledger.token(subject), costs.header("location"));
        assert_eq!(read.status, status, "{subject}: {read:?}");
    }
    assert_eq!(server.get(&ledger.token("nobody"), path).problem(404), "not_found");
}

#[test]
fn the_log_is_read_in_pages_without_a_gap() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let lead = ledger.token(LEAD);
    let recorded = server.position();
    let everything = all_events(&server, &lead, 200);
    let wanted: Vec<_> = (1..=recorded).collect();
    assert_eq!(numbers(&everything, "position"), wanted);
    assert_eq!(numbers(&everything, "version"), wanted, "the log has one project");
    assert_eq!(all_events(&server, &lead, 7), everything, "pages are parts of the whole");

    let page = server.get(&lead, &format!("{EVENTS}?after=3&limit=2"));
    assert_eq!(page.header("content-type"), BATCH);
    assert_eq!(page.header("cairn-position"), recorded.to_string());
    assert_eq!(page.json(), json!(everything[3..5]));
    let end = server.get(&lead, &format!("{EVENTS}?after={recorded}"));
    assert_eq!((end.json(), end.headers.get("link")), (json!([]), None));

    // Who may see less gets full pages of what it may see, in the same order.
    let siena = all_events(&server, &ledger.token(SIENA), 7);
    assert!(!siena.is_empty() && siena.len() < everything.len());
    assert!(siena.iter().all(|event| event["type"] != "expenditure.declared"));
    let versions = numbers(&siena, "version");
    assert!(versions.is_sorted_by(|a, b| a < b), "{versions:?}");
}

#[test]
fn a_read_sees_what_its_position_names() {
    let ledger = LedgerFolder::with_example();
    // Two servers on one log: what one recorded, the other sees a moment later.
    let (here, there) = (ledger.serve(), ledger.serve());
    let trakia = ledger.token(TRAKIA);
    for n in 0..20 {
        let (to, from) = if n % 2 == 0 { (&here, &there) } else { (&there, &here) };
        let posted = to.post(&trakia, &progress("A 5.2", &n.to_string()));
        assert_eq!(posted.status, 201, "{posted:?}");
        let position = posted.header("cairn-position").parse().unwrap();
        let read = from.get_after(&trakia, posted.header("location"), position);
        assert_eq!(read.status, 200, "{read:?}");
        let seen: u64 = read.header("cairn-position").parse().unwrap();
        assert!(seen >= position, "{seen} of {position}");
    }
    let ahead = here.get_after(&trakia, EVENTS, here.position() + 1_000);
    assert_eq!(ahead.problem(503), "stale");
    assert_eq!(ahead.header("retry-after"), "1");
}

#[test]
fn the_lines_that_a_lesson_came_from_are_hidden_from_others() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let (lead, siena) = (ledger.token(LEAD), ledger.token(SIENA));
    let export = ledger.export();
    let line = export.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let line =
        line.into_iter().find(|e| e["type"] == "expenditure.declared").unwrap()["id"].clone();
    let text = json!({ "original": "en", "en": "Ask for three offers early" });
    let lesson = running_server::event(
        "lesson.recorded",
        json!({ "title": text, "recommendation": text, "polarity": "worked",
            "challenge": "procurement", "phase": "implementation", "visibility": "public",
            "lines": [line] }),
    );
    assert_eq!(server.post(&lead, &lesson).status, 201);
    let path = format!("{EVENTS}/{}", lesson["id"].as_str().unwrap());
    assert_eq!(server.get(&lead, &path).json()["data"]["lines"], json!([line]));
    let shown = server.get(&siena, &path).json();
    assert!(shown["data"].get("lines").is_none(), "{shown}");
    assert_eq!(shown["withheld"], json!(["/data/lines"]));
}

#[test]
fn a_reader_never_sees_half_of_a_batch() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let (trakia, lead) = (ledger.token(TRAKIA), ledger.token(LEAD));
    let batch = |n: usize| -> Vec<Value> {
        (0..10).map(|item| progress("A 5.2", &format!("batch {n}, item {item}"))).collect()
    };
    std::thread::scope(|scope| {
        let poster = scope.spawn(|| {
            (0..40).for_each(|n| assert_eq!(server.post_batch(&trakia, &batch(n)).status, 201));
        });
        let question = r#"{ project(acronym: "care-get") { version
            events(first: 0, types: ["activity.progress_reported"]) { totalCount } } }"#;
        let mut first = None;
        while !poster.is_finished() {
            let answer = server.graphql(&lead, question).json();
            let project = &answer["data"]["project"];
            let version = project["version"].as_u64().unwrap();
            let reports = project["events"]["totalCount"].as_u64().unwrap();
            assert_eq!(version % 10, 0, "a batch is seen whole: {answer}");
            let others = version - reports;
            assert_eq!(*first.get_or_insert(others), others, "one position: {answer}");
        }
        poster.join().unwrap();
    });
    assert_eq!(server.position(), 610);
}
