//! Snapshots are there to start sooner and for nothing else: with them, without them, and with
//! altered ones the answers are the same.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod running_server;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use running_server::{EVENTS, LEAD, LedgerFolder, SIENA, TRAKIA, example, progress};
use serde_json::Value;

const QUESTIONS: [&str; 5] = [
    r#"{ project(acronym: "care-get") { version budgetUse(by: [PARTNER, WORK_PACKAGE, CATEGORY]) {
        totals { planned declared paid remaining erdf } rows { partner workPackage category planned
        declared provisional paid } rates { currency month rate } } paymentTrigger { trigger
        reported missing } } }"#,
    r#"{ project(acronym: "care-get") { expenditure(first: 50) { nodes { eventId declared euro paid
        unpaid credited reversed document { kind reference supplier taxId period } } } } }"#,
    r#"{ project(acronym: "care-get") { deliverables { nodes { code status lightWord } } activities {
        nodes { code status progress lightWord } } milestones { nodes { number status } } } }"#,
    r#"{ lessons(first: 50) { nodes { title { text(language: "en") } maturity codes themes } } }"#,
    r#"{ lessons(search: "пазара на труда") { totalCount } }"#,
];

fn snapshots(ledger: &LedgerFolder) -> PathBuf {
    ledger.data().join("snapshots")
}

/// What a server that is started now answers, and that it stops in order.
fn answers(ledger: &LedgerFolder) -> Vec<Value> {
    let server = ledger.serve();
    let mut answers = Vec::new();
    for subject in [LEAD, TRAKIA, SIENA] {
        let token = ledger.token(subject);
        let asked = QUESTIONS.iter().map(|question| server.graphql(&token, question).json());
        answers.extend(asked);
        answers.push(server.get(&token, EVENTS).json());
    }
    assert!(answers.iter().all(|answer| answer.get("errors").is_none()), "{answers:?}");
    assert!(server.stop().0.success());
    answers
}

fn answers_of_replay(ledger: &LedgerFolder) -> Vec<Value> {
    fs::remove_dir_all(snapshots(ledger)).unwrap();
    answers(ledger)
}

fn warnings(ledger: &LedgerFolder) -> usize {
    ledger.operator_log().matches("the snapshots are not used").count()
}

#[test]
fn a_start_from_snapshots_gives_the_answers_of_a_replay() {
    let ledger = LedgerFolder::with_example();
    assert!(snapshots(&ledger).join("index").exists(), "the import wrote snapshots");
    let server = ledger.serve();
    let posted = server.post(&ledger.token(TRAKIA), &progress("A 5.1", "After the snapshot"));
    assert_eq!(posted.status, 201, "{posted:?}");
    // Killed, it writes no snapshot of this event: the next start folds it from the log.
    server.kill();
    let from_snapshots_and_log = answers(&ledger);
    let from_snapshots = answers(&ledger);
    assert_eq!(warnings(&ledger), 0);
    assert_eq!(from_snapshots, from_snapshots_and_log);
    assert_eq!(from_snapshots, answers_of_replay(&ledger));
}

#[test]
fn an_altered_snapshot_changes_no_answer_and_verify_names_it() {
    let ledger = LedgerFolder::with_example();
    let replayed = answers_of_replay(&ledger);
    assert_eq!(ledger.verify().code, 0);
    let names = fs::read_dir(snapshots(&ledger)).unwrap().map(|file| file.unwrap().file_name());
    let names: Vec<_> = names.filter(|name| name != "lock").collect();
    assert_eq!(names.len(), 2, "an index and a room: {names:?}");
    for (count, name) in names.iter().enumerate() {
        let path = snapshots(&ledger).join(name);
        let mut bytes = fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&path, &bytes).unwrap();
        let verified = ledger.verify();
        assert_eq!(verified.code, 1, "{verified:?}");
        assert!(verified.stdout.contains(name.to_str().unwrap()), "{verified:?}");
        assert!(verified.stdout.contains("events are unaltered"), "{verified:?}");
        assert_eq!(answers(&ledger), replayed);
        assert_eq!(warnings(&ledger), count + 1);
        assert_eq!(ledger.verify().code, 0, "the server wrote new ones when it stopped");
    }
}

#[test]
fn the_snapshots_of_another_log_are_not_used() {
    let one = LedgerFolder::with_example();
    let other = LedgerFolder::with_example();
    let server = other.serve();
    let posted = server.post(&other.token(TRAKIA), &progress("A 5.1", "Only here"));
    assert_eq!(posted.status, 201, "{posted:?}");
    assert!(server.stop().0.success());
    let replayed = answers_of_replay(&other);
    fs::copy(one.database_file(), other.database_file()).unwrap();
    // A server signs no log that does not extend what it signed; here it is to stop in order.
    fs::remove_dir_all(other.data().join("checkpoints")).unwrap();
    let verified = other.verify();
    assert!(verified.stdout.contains("is not the one that they were folded from"), "{verified:?}");
    let answers_of_one = answers(&other);
    assert_eq!(warnings(&other), 1);
    assert_ne!(answers_of_one, replayed);
    assert_eq!(answers_of_one, answers_of_replay(&other));
}

#[test]
fn a_process_that_is_killed_while_it_writes_leaves_a_start_that_works() {
    for round in 0..8 {
        let ledger = LedgerFolder::empty();
        let mut command: Command = ledger.command("import");
        command.arg(example()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut import = command.spawn().unwrap();
        // From the first trace of a snapshot on, each round some files later.
        let written = || fs::read_dir(snapshots(&ledger)).map_or(0, Iterator::count);
        while written() <= round % 3 && import.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        let _ = import.kill();
        import.wait().unwrap();
        let answers = answers(&ledger);
        assert_eq!(answers, answers_of_replay(&ledger), "round {round}");
    }
}
