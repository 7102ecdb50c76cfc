//! `cairn export`: the same bytes again, wherever it is imported.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use crate::running_server::{
    LEAD, LedgerFolder, TRAKIA, cairn, event, example, expenditure, progress, run,
    second_submission,
};
use serde_json::{Value, json};

fn imported(export: &str) -> LedgerFolder {
    let ledger = LedgerFolder::empty();
    let file = ledger.write("export.ndjson", export);
    let ended = ledger.import(&[&file]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.stdout.contains(" 0 repeated, 0 refused, 0 not readable"), "{ended:?}");
    ledger
}

/// `210 events are unaltered. Tree head 1f…`
fn tree_head(ledger: &LedgerFolder) -> String {
    let verified = ledger.verify();
    assert_eq!(verified.code, 0, "{verified:?}");
    let line = verified.stdout.lines().next().unwrap();
    assert!(line.contains("Tree head "), "{line}");
    line.to_owned()
}

/// The example, and what makes an event differ from a plain one.
fn lived_in() -> LedgerFolder {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let (trakia, lead) = (ledger.token(TRAKIA), ledger.token(LEAD));
    let mut late = progress(" а  05.2. ", "А spelt in Cyrillic \u{1f600} \"quoted\" \u{2028} line");
    late["correlationid"] = json!("0195b7d2-cb40-7647-9612-703b693f12bf");
    late["causationid"] = json!("0195B7D2-CB40-7647-9612-703B693F12BF");
    let mut for_another = progress("A 4.1", "for the forum");
    for_another["onbehalfof"] = json!(3);
    for_another["reason"] = json!("Its clerk is ill");
    let mut outside = expenditure();
    outside["data"]["incurredFrom"] = json!("2024-01-01");
    let accepted = event("deliverable.accepted", json!({ "code": "D 5.2.1", "submission": 2 }));
    let postings = [
        (&trakia, late),
        (&trakia, second_submission()),
        (&lead, accepted),
        (&lead, for_another),
        (&trakia, expenditure()),
    ];
    for (token, posting) in postings {
        let answer = server.post(token, &posting);
        assert_eq!(answer.status, 201, "{answer:?}");
    }
    // Warnings are part of the event.
    outside["data"]["document"]["payroll"]["reference"] = json!("another");
    let warned = server.post(&trakia, &outside);
    assert_eq!(warned.status, 201, "{warned:?}");
    assert_eq!(warned.json()["warnings"][0]["rule"], "incurred_outside_window");
    let (status, _) = server.stop();
    assert!(status.success());
    ledger
}

#[test]
fn an_export_imported_into_an_empty_database_exports_the_same_bytes() {
    let ledger = lived_in();
    let first = ledger.export();
    assert_eq!(first.lines().count(), 216);
    let again = imported(&first);
    let second = again.export();
    for (line, (a, b)) in first.lines().zip(second.lines()).enumerate() {
        assert_eq!(a, b, "line {}", line + 1);
    }
    assert_eq!(first, second);
    assert_eq!(tree_head(&ledger), tree_head(&again));
    // What was recorded there is known here: a poster that sends again gets its first answer.
    let last: Value = serde_json::from_str(first.lines().last().unwrap()).unwrap();
    let server = again.serve();
    let mut posting = expenditure();
    for name in ["id", "data", "occurredon", "type"] {
        posting[name] = last[name].clone();
    }
    let answer = server.post(&again.token(TRAKIA), &posting);
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.json()["leafHash"], last["leafhash"]);
    assert_eq!(answer.json()["warnings"], last["warnings"]);
}

#[test]
fn an_exported_line_is_the_event_with_all_that_was_recorded() {
    let ledger = lived_in();
    let export = ledger.export();
    for (index, line) in export.lines().enumerate() {
        let event: Value = serde_json::from_str(line).unwrap();
        assert_eq!(event["position"], index + 1);
        assert_eq!(event["version"], index + 1);
        assert_eq!(event["project"], "care-get");
        for name in [
            "specversion",
            "id",
            "type",
            "occurredon",
            "recordedat",
            "actorsubject",
            "actorrole",
            "leafhash",
            "data",
        ] {
            assert!(!event[name].is_null(), "{name}: {line}");
        }
    }
    assert!(export.contains(r#""completed":{"submission":2}"#));
    assert!(export.contains(r#""onbehalfof":"3","reason":"Its clerk is ill""#));
}

#[test]
fn one_project_of_two_is_exported_alone() {
    let ledger = LedgerFolder::with_example();
    for name in ["care-get.yaml", "illustrative-plan.yaml"] {
        let text = std::fs::read_to_string(example().join(name)).unwrap();
        ledger.write(name, text.replace("project: care-get\n", "project: care-two\n"));
    }
    let two = [ledger.file("care-get.yaml"), ledger.file("illustrative-plan.yaml")];
    let ended = ledger.import(&[&two[0], &two[1]]);
    assert_eq!(ended.code, 0, "{ended:?}");
    let whole = ledger.export();
    let export = |project: &str| run(ledger.command("export").args(["--project", project]));
    let (one, two) = (export("care-get"), export("care-two"));
    assert_eq!((one.code, two.code), (0, 0));
    assert_eq!(format!("{}{}", one.stdout, two.stdout), whole);
    assert_eq!(two.stdout.lines().count(), 35);
    let first: Value = serde_json::from_str(two.stdout.lines().next().unwrap()).unwrap();
    assert_eq!((&first["version"], &first["position"]), (&json!(1), &json!(211)));

    // Alone it is numbered anew, and then it stays as it is.
    let alone = imported(&two.stdout).export();
    assert_ne!(alone, two.stdout);
    assert_eq!(imported(&alone).export(), alone);
    assert_eq!(imported(&one.stdout).export(), one.stdout, "it came first");
    let both = imported(&whole);
    assert_eq!(both.export(), whole);
    assert_eq!(tree_head(&both), tree_head(&ledger));

    let none = export("care-three");
    assert_eq!((none.code, none.stdout.as_str()), (2, ""), "{none:?}");
    assert!(none.stderr.contains("--project"), "{none:?}");
}

#[test]
fn an_export_runs_beside_a_server_and_only_reads() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let trakia = ledger.token(TRAKIA);
    for n in 0..5 {
        assert_eq!(server.post(&trakia, &progress("A 5.2", &n.to_string())).status, 201);
        assert_eq!(ledger.export().lines().count(), 211 + n);
    }
    assert_eq!(server.position(), 215);
    let missing = LedgerFolder::empty();
    let ended = run(&mut missing.command("export"));
    assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{ended:?}");
    assert!(ended.stderr.contains("look whether it is the right one"), "{ended:?}");
    assert!(!missing.database_file().exists(), "an export makes no database");
}

#[test]
fn who_reads_the_first_lines_alone_ends_the_command_quietly() {
    let ledger = LedgerFolder::with_example();
    let generate = |folder: &LedgerFolder| {
        let mut generate = cairn();
        generate.args(["generate", "--events", "2000"]).current_dir(folder.file(""));
        generate
    };
    for mut command in [ledger.command("export"), generate(&ledger)] {
        let piped = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = piped.spawn().unwrap();
        let mut first = String::new();
        // More than a pipe and the buffers hold is still to come.
        BufReader::with_capacity(1, process.stdout.take().unwrap()).read_line(&mut first).unwrap();
        assert!(first.starts_with('{'), "{first}");
        let ended = process.wait_with_output().unwrap();
        let said = String::from_utf8(ended.stderr).unwrap();
        assert_eq!((ended.status.code(), said.as_str()), (Some(0), ""));
    }
}
