//! `cairn generate`: synthetic projects, to standard output and into a ledger.

use std::process::Command;

use crate::running_server::{LedgerFolder, cairn, run};

fn generate(arguments: &[&str]) -> Command {
    let mut command = cairn();
    command.arg("generate").args(arguments);
    command
}

const NUMBERS: [&str; 6] = ["--projects", "2", "--events", "6000", "--seed", "5"];

#[test]
fn what_is_written_and_imported_is_what_is_recorded() {
    let written = run(&mut generate(&NUMBERS));
    assert_eq!((written.code, written.stderr.as_str()), (0, ""), "{written:?}");
    assert_eq!(written.stdout.lines().count(), 6000);
    assert_eq!(run(&mut generate(&NUMBERS)).stdout, written.stdout);

    let imported = LedgerFolder::empty();
    let file = imported.write("history.ndjson", &written.stdout);
    let ended = imported.import(&[&file]);
    let counts = "history.ndjson: 6000 recorded, 0 repeated, 0 refused, 0 not readable\n";
    assert_eq!((ended.code, ended.stdout.as_str()), (0, counts), "{ended:?}");

    let recorded = LedgerFolder::empty();
    let first = run(recorded.command("generate").args(NUMBERS));
    assert_eq!(first.code, 0, "{first:?}");
    assert!(first.stdout.starts_with("6000 recorded, 0 repeated, "), "{first:?}");
    assert!(!first.stdout.contains(" 0 refused"), "{first:?}");
    let export = recorded.export();
    assert_eq!(export, imported.export());
    let verified = recorded.verify();
    assert!(verified.stdout.contains("Checked against the signed checkpoint"), "{verified:?}");

    let again = run(recorded.command("generate").args(NUMBERS));
    assert_eq!(again.code, 0, "{again:?}");
    assert!(again.stdout.starts_with("0 recorded, 6000 repeated, "), "{again:?}");
    for other in [["--events", "6001"], ["--seed", "6"], ["--projects", "3"]] {
        let mut numbers = NUMBERS;
        let at = numbers.iter().position(|name| *name == other[0]).unwrap();
        numbers[at + 1] = other[1];
        let refused = run(recorded.command("generate").args(numbers));
        assert_eq!((refused.code, refused.stdout.as_str()), (2, ""), "{refused:?}");
        assert!(refused.stderr.contains("`synthetic-001` with other content"), "{refused:?}");
    }
    assert_eq!(recorded.export(), export, "nothing was recorded");
}

#[test]
fn a_ledger_is_not_filled_by_surprise() {
    let ledger = LedgerFolder::empty();
    let written = run(generate(&NUMBERS)
        .env("CAIRN_DATABASE", ledger.database())
        .env("CAIRN_DATA", ledger.data()));
    assert_eq!((written.code, written.stdout.lines().count()), (0, 6000));
    assert!(!ledger.database_file().exists() && !ledger.data().exists());
}

#[test]
fn a_wrong_number_is_told_what_would_do() {
    let wrong: [(&[&str], &str); 5] = [
        (&["--projects", "3", "--events", "5999"], "--events 6000 or more"),
        (&["--projects", "0", "--events", "1000"], "--projects"),
        (&["--projects", "1000", "--events", "1000000"], "--projects"),
        (&["--projects", "3"], "--events"),
        (&["--events", "2900", "--database", "sqlite:/no/such/folder/cairn.db"], "--data"),
    ];
    for (arguments, hint) in wrong {
        let ended = run(&mut generate(arguments));
        assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{arguments:?}: {ended:?}");
        assert!(ended.stderr.contains(hint), "{arguments:?}: {ended:?}");
    }
}
