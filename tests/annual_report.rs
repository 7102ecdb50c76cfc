//! Annual reports from outside: the document is the fold at the version that the report names, and
//! what was hashed can be read again, byte for byte.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod running_server;

use running_server::{
    Answer, BATCH, EVENTS, LEAD, LINES, LedgerFolder, RunningServer, SIENA, TRAKIA, event,
    expenditure, progress,
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

const REPORT: &str = "/v1/projects/care-get/annual-reports/1";

fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn letter() -> Value {
    json!([{ "kind": "letter", "name": "Letter", "uri": "urn:example:letter" }])
}

/// The first report, of the project's first year.
fn report(version: u64) -> Value {
    let data = json!({ "number": 1, "from": "2024-12-01", "to": "2025-11-30", "version": version });
    event("annual_report.submitted", data)
}

fn clarification() -> Value {
    let text = json!({ "original": "en", "en": "Why so late?" });
    event(
        "annual_report.clarification_requested",
        json!({ "number": 1, "text": text, "evidence": letter() }),
    )
}

/// What is kept of the document of a report that was taken.
fn digest(server: &RunningServer, token: &str, report: &Value) -> Value {
    let path = format!("{EVENTS}/{}", report["id"].as_str().unwrap());
    server.get(token, &path).json()["completed"]["report"].clone()
}

#[track_caller]
fn taken(answer: &Answer) {
    assert_eq!(answer.status, 201, "{answer:?}");
}

#[test]
fn the_first_report_is_the_same_byte_for_byte_after_a_thousand_more_events() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let (lead, trakia) = (ledger.token(LEAD), ledger.token(TRAKIA));
    let report = report(server.position());
    taken(&server.post(&lead, &report));
    let at_once = server.get(&lead, REPORT);
    assert_eq!(at_once.status, 200, "{at_once:?}");
    let recorded = digest(&server, &lead, &report);
    assert_eq!(recorded["sha256"], sha256(&at_once.body));
    assert_eq!(recorded["bytes"], at_once.body.len());

    let more: Vec<_> = (0..900).map(|n| progress("A 5.2", &n.to_string())).collect();
    taken(&server.post_batch(&trakia, &more));
    for _ in 0..100 {
        let mut cost = expenditure();
        cost["data"]["document"]["payroll"]["reference"] = cost["id"].clone();
        taken(&server.post(&trakia, &cost));
    }
    let later = server.get(&lead, REPORT);
    assert_eq!(later.body, at_once.body);
    assert_eq!(later.header("content-type"), "application/json; charset=utf-8");
    assert_eq!(later.header("cairn-report-sha256"), recorded["sha256"].as_str().unwrap());
    assert_eq!(later.header("etag"), format!("\"{}\"", sha256(&at_once.body)));
    assert!(!later.headers.contains_key("cairn-report-sha256-now"), "{later:?}");
    let known = server.client().get(server.url(REPORT)).bearer_auth(&lead);
    let known = Answer::of(known.header("If-None-Match", later.header("etag")));
    assert_eq!((known.status, known.body.as_str()), (304, ""));
    server.stop();

    let again = ledger.serve();
    assert_eq!(again.get(&lead, REPORT).body, at_once.body);
}

#[test]
fn every_submission_keeps_its_own_document() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let lead = ledger.token(LEAD);
    // Both versions are past.
    taken(&server.post(&lead, &report(150)));
    let first = server.get(&lead, REPORT).body;
    assert_eq!(server.post(&lead, &report(160)).problem(422), "report_waits");
    taken(&server.post(&lead, &clarification()));
    let again = report(160);
    taken(&server.post(&lead, &again));
    let second = server.get(&lead, REPORT).body;
    assert_ne!(first, second);
    assert_eq!(digest(&server, &lead, &again)["sha256"], sha256(&second));
    for (submission, document) in [(1, &first), (2, &second)] {
        let path = format!("{REPORT}?submission={submission}");
        assert_eq!(&server.get(&lead, &path).body, document, "{submission}");
    }
    let version = |document: &str| serde_json::from_str::<Value>(document).unwrap();
    assert_eq!(version(&first)["report"]["version"], 150);
    assert_eq!(version(&second)["report"]["version"], 160);
    for path in [
        format!("{REPORT}?submission=3"),
        "/v1/projects/care-get/annual-reports/2".to_owned(),
        "/v1/projects/care-get/annual-reports/x".to_owned(),
    ] {
        assert_eq!(server.get(&lead, &path).problem(404), "not_found", "{path}");
    }
}

#[test]
fn the_document_is_for_those_who_see_every_amount() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    taken(&server.post(&ledger.token(LEAD), &report(150)));
    for (subject, status) in [(TRAKIA, 200), (SIENA, 403), ("eui-expert", 403), ("nobody", 404)] {
        let token = ledger.token(subject);
        assert_eq!(server.get(&token, REPORT).status, status, "{subject}");
    }
    let siena = ledger.token(SIENA);
    let question = "{ project(acronym: \"care-get\") { annualReports { number status whoMustAct \
        submissions { from to version sha256 document same changesSinceLast } } } }";
    let reports =
        server.graphql(&siena, question).json()["data"]["project"]["annualReports"].clone();
    let submission = json!({ "from": "2024-12-01", "to": "2025-11-30", "version": 150,
        "sha256": null, "document": null, "same": null, "changesSinceLast": null });
    assert_eq!(
        reports,
        json!([{ "number": 1, "status": "SUBMITTED", "whoMustAct": "PROGRAMME",
            "submissions": [submission] }])
    );
    let page = format!("{EVENTS}?after=200&limit=200");
    assert!(!server.get(&siena, &page).body.contains("annual_report"));
    assert!(server.get(&ledger.token(TRAKIA), &page).body.contains("annual_report.submitted"));
}

#[test]
fn a_version_that_is_not_recorded_is_refused_on_every_way_in() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let lead = ledger.token(LEAD);
    let next = server.position() + 1;
    let unknown = "report_version_unknown";
    for version in [0, next, u64::from(u32::MAX)] {
        assert_eq!(server.post(&lead, &report(version)).problem(422), unknown, "{version}");
    }
    // What the batch itself records is no version yet when the report is posted.
    let batch = server.post_batch(&lead, &[progress("A 2.1", "first"), report(next)]);
    assert_eq!(batch.problem(422), unknown);
    assert_eq!(batch.faults(), [("/1/data/version".to_owned(), unknown.to_owned())]);

    let ask = |media_type: &str, body: String| {
        let url = format!("{}?dry-run=true", server.url(EVENTS));
        let request = server.client().post(url).bearer_auth(&lead);
        Answer::of(request.header("Content-Type", media_type).body(body))
    };
    assert_eq!(ask(BATCH, json!([report(next)]).to_string()).problem(422), unknown);
    assert!(ask(LINES, report(next).to_string()).body.contains(unknown));
    for (media_type, body) in
        [(BATCH, json!([report(next - 1)]).to_string()), (LINES, report(next - 1).to_string())]
    {
        let judged = ask(media_type, body);
        assert!(judged.status == 200 && judged.body.contains("\"dryRun\":true"), "{judged:?}");
    }
    assert_eq!(server.position(), next - 1);
    // A line stands after those before it.
    let lines = [progress("A 2.1", "first"), report(next)].map(|line| line.to_string()).join("\n");
    let told = Answer::of(server.posting(&lead, LINES, lines.into_bytes()));
    assert_eq!(told.body.matches("\"status\":201").count(), 2, "{told:?}");
}

#[test]
fn a_report_that_is_posted_again_gets_the_first_answer() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let lead = ledger.token(LEAD);
    let report = report(150);
    let first = server.post(&lead, &report);
    taken(&first);
    taken(&server.post(
        &lead,
        &event("annual_report.approved", json!({ "number": 1, "evidence": letter() })),
    ));
    let again = server.post(&lead, &report);
    assert_eq!(again.status, 200, "{again:?}");
    assert_eq!(again.json(), first.json());
}

#[test]
fn an_import_computes_a_fresh_line_and_keeps_what_an_exported_one_says() {
    let ledger = LedgerFolder::with_example();
    let of_import = |event: Value| {
        let mut line = event;
        line["project"] = json!("care-get");
        line["actorsubject"] = json!(LEAD);
        line.to_string() + "\n"
    };
    // The second line names the version that the first one makes.
    let version = u64::try_from(ledger.export().lines().count()).unwrap() + 1;
    let lines = of_import(progress("A 2.1", "first")) + &of_import(report(version));
    let ended = ledger.import(&[&ledger.write("fresh.ndjson", lines)]);
    assert_eq!(ended.code, 0, "{ended:?}");
    let exported = ledger.export();
    let last: Value = serde_json::from_str(exported.lines().last().unwrap()).unwrap();
    assert_eq!(last["type"], "annual_report.submitted");
    let server = ledger.serve();
    let document = server.get(&ledger.token(LEAD), REPORT).body;
    assert_eq!(last["completed"]["report"]["sha256"], sha256(&document));
    server.stop();

    let restored = LedgerFolder::empty();
    let ended = restored.import(&[&restored.write("exported.ndjson", &exported)]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(!ended.stdout.contains("refused today"), "{ended:?}");
    assert_eq!(restored.export(), exported);
}

#[test]
fn a_hash_that_another_cairn_computed_is_shown_beside_that_of_now() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    taken(&server.post(&ledger.token(LEAD), &report(150)));
    let now = server.get(&ledger.token(LEAD), REPORT).header("cairn-report-sha256").to_owned();
    server.stop();
    let other = "ab".repeat(32);
    let exported = ledger.export();
    assert_eq!(exported.matches(&now).count(), 1);

    let restored = LedgerFolder::empty();
    let altered = restored.write("altered.ndjson", exported.replace(&now, &other));
    assert_eq!(restored.import(&[&altered]).code, 0);
    let server = restored.serve();
    let lead = restored.token(LEAD);
    let answer = server.get(&lead, REPORT);
    assert_eq!(answer.header("cairn-report-sha256"), other);
    assert_eq!(answer.header("cairn-report-sha256-now"), now);
    assert_eq!(sha256(&answer.body), now);
    let question = "{ project(acronym: \"care-get\") { annualReports { submissions { sha256 \
        sha256Now same document } } } }";
    let shown = server.graphql(&lead, question).json();
    let shown = &shown["data"]["project"]["annualReports"][0]["submissions"][0];
    assert_eq!(
        shown,
        &json!({ "sha256": other, "sha256Now": now, "same": false, "document": answer.body })
    );
}
