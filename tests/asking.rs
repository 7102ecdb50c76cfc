//! Questions and postings from clients of other makers, and documents that are made to hurt.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod running_server;

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use running_server::{BATCH, EVENTS, LEAD, LedgerFolder, SIENA, TRAKIA, progress};
use serde_json::{Value, json};

fn node(script: &str, arguments: &[&str], input: &str) -> Output {
    let clients = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/clients");
    assert!(
        clients.join("node_modules").exists(),
        "the clients are missing: run `npm ci` in tests/clients, or tests/run, which does"
    );
    let mut command = Command::new("node");
    let command = command.current_dir(clients).arg(script).args(arguments);
    let mut process = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    process.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    process.wait_with_output().unwrap()
}

#[test]
fn meets_every_audit_of_graphql_over_http() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let output = node("audit.mjs", &[&server.url("/graphql"), &ledger.token(LEAD)], "");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said} {}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("61 of 61 audits are met"), "{said}");
}

#[test]
fn takes_events_from_the_sender_of_cloudevents() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let (url, token) = (server.url(EVENTS), ledger.token(TRAKIA));
    let with_source = |text: &str| {
        let mut event = progress("A 5.2", text);
        event["source"] = json!("/partners/5");
        event
    };
    let events = json!([with_source("first"), with_source("second")]);
    for (mode, status) in [("structured", 201), ("batch", 201), ("batch", 200)] {
        let output = node("send.mjs", &[&url, &token, mode], &events.to_string());
        let said = String::from_utf8_lossy(&output.stdout);
        let answer: Value = serde_json::from_str(&said)
            .unwrap_or_else(|_| panic!("{said} {}", String::from_utf8_lossy(&output.stderr)));
        assert_eq!(answer["status"], status, "{mode}: {answer}");
    }
    assert_eq!(server.position(), 212, "each of the two events is recorded once");
}

/// Documents that cost a library much more than their length, and what each is refused for.
fn bombs() -> Vec<(String, &'static str)> {
    let mut fragments = String::from("query { ...F0 } ");
    for level in 0..31 {
        fragments += &format!("fragment F{level} on Query {{ ...F{0} ...F{0} }} ", level + 1);
    }
    fragments += "fragment F31 on Query { __typename }";
    let aliases: String = (0..10_000).map(|n| format!("a{n}: __typename ")).collect();
    let operations: String = (0..500).map(|n| format!("query Q{n} {{ __typename }} ")).collect();
    let braces = format!("{}__typename{}", "{a".repeat(1_000), "}".repeat(1_000));
    vec![
        (fragments, "DOCUMENT_TOO_MANY_FIELDS"),
        (format!("{{ {aliases} }}"), "DOCUMENT_TOO_LONG"),
        (operations, "DOCUMENT_TOO_MANY"),
        (braces, "DOCUMENT_TOO_"),
    ]
}

#[test]
fn refuses_documents_that_are_made_to_hurt_and_goes_on_serving() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let token = ledger.token(LEAD);
    for (document, code) in bombs() {
        let answer = server.graphql(&token, &document);
        let found = answer.json()["errors"][0]["extensions"]["code"].as_str().unwrap().to_owned();
        assert!(found.starts_with(code), "{found}: {}", &document[..60]);
        let good = server.graphql(&token, "{ __typename }");
        assert_eq!(good.json(), json!({ "data": { "__typename": "Query" } }));
    }
    let huge = format!("{{ __typename }} # {}", "x".repeat(6_000_000));
    assert_eq!(server.graphql(&token, &huge).status, 413);
}

#[test]
fn siena_finds_the_lessons_of_the_labour_market_in_two_languages() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let token = ledger.token(SIENA);
    for search in ["пазара на труда", "labour market", "LABOUR", "ПАЗАРЪТ"] {
        let question = format!(
            r#"{{ lessons(search: "{search}") {{ totalCount nodes {{ codes title {{ original }} }} }} }}"#
        );
        let answer = server.graphql(&token, &question).json();
        let nodes = answer["data"]["lessons"]["nodes"].as_array().unwrap().clone();
        assert!(!nodes.is_empty(), "{search}: {answer}");
        let of_the_analysis = |node: &Value| node["codes"] == json!(["A 5.1"]);
        assert!(nodes.iter().any(of_the_analysis), "{search}: {answer}");
    }
}

#[test]
fn a_read_that_names_a_position_sees_what_was_written_there() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let (trakia, lead) = (ledger.token(TRAKIA), ledger.token(LEAD));
    let events: Vec<Value> = (0..20).map(|n| progress("A 5.2", &format!("step {n}"))).collect();
    let posted = server.post_batch(&trakia, &events);
    assert_eq!(posted.status, 201, "{posted:?}");
    let position: u64 = posted.header("cairn-position").parse().unwrap();
    let read = server.get_after(&lead, &format!("{EVENTS}?after=210&limit=200"), position);
    assert_eq!(read.json().as_array().unwrap().len(), 20, "{BATCH}");
}
