//! The command line, which scripts outside this repository are written against.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

#[path = "command_line/demo.rs"]
mod demo;
#[path = "command_line/export.rs"]
mod export;
#[path = "command_line/generate.rs"]
mod generate;
#[path = "command_line/import.rs"]
mod import;
#[path = "command_line/rates.rs"]
mod rates;
#[path = "command_line/serve.rs"]
mod serve;
mod running_server;

use std::path::Path;

use running_server::{EVENTS, LedgerFolder, TRAKIA, cairn, example, run};
use serde_json::Value;

#[test]
fn a_token_stands_alone_on_standard_output_and_is_good() {
    let ledger = LedgerFolder::with_example();
    let ended = run(ledger.command("token").args(["--subject", TRAKIA]));
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{ended:?}");
    let token = ended.stdout.strip_suffix('\n').unwrap();
    assert!(!token.contains(char::is_whitespace), "{token:?}");
    assert_eq!(token.split('.').count(), 3, "{token}");
    let server = ledger.serve();
    assert_eq!(server.get(token, EVENTS).status, 200);

    let lifetime = |ttl: &[&str]| {
        let ended = run(ledger.command("token").args(["--subject", TRAKIA]).args(ttl));
        assert_eq!(ended.code, 0, "{ended:?}");
        let token = ended.stdout.trim_end().to_owned();
        let claims = jsonwebtoken::dangerous::insecure_decode::<Value>(token).unwrap().claims;
        claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap()
    };
    assert_eq!(lifetime(&[]), 8 * 3_600);
    assert_eq!(lifetime(&["--ttl", "24h"]), 24 * 3_600);
    assert_eq!(lifetime(&["--ttl", "90m"]), 90 * 60);
}

#[test]
fn a_token_that_nobody_could_use_is_not_made() {
    let ledger = LedgerFolder::empty();
    let wrong: [&[&str]; 7] = [
        &["--subject", TRAKIA, "--ttl", "25h"],
        &["--subject", TRAKIA, "--ttl", "0s"],
        &["--subject", TRAKIA, "--ttl", "-1h"],
        &["--subject", TRAKIA, "--ttl", "long"],
        &["--subject", "two words"],
        &["--subject", ""],
        &[],
    ];
    for flags in wrong {
        let ended = run(ledger.command("token").args(flags));
        assert_eq!(ended.code, 2, "{flags:?}: {ended:?}");
        assert_eq!(ended.stdout, "", "{flags:?}");
        assert!(!ended.stderr.is_empty(), "{flags:?}");
    }
}

#[test]
fn a_wrong_command_line_says_how_to_mend_it() {
    let ledger = LedgerFolder::empty();
    let (database, data) = (ledger.database(), ledger.data().display().to_string());
    let (database, data) = (database.as_str(), data.as_str());
    // the command line, and a word of the message that helps
    let wrong: [(&[&str], &str); 18] = [
        (&[], "Usage"),
        (&["serv"], "serve"),
        (&["serve"], "--database"),
        (&["serve", "--database", database], "--data"),
        (&["serve", "--database", database, "--data", data, "--listen", "8080"], "127.0.0.1:8080"),
        (
            &["serve", "--database", database, "--data", data, "--listen", "localhost:8080"],
            "127.0.0.1:8080",
        ),
        (&["serve", "--database", database, "--data", data, "--port", "1"], "--port"),
        (&["serve", "--database", "cairn.db", "--data", data], "--database"),
        (&["serve", "--database", "mysql:x", "--data", data], "--database"),
        (&["serve", "--database", "sqlite://o/x.db", "--data", data], "sqlite:cairn.db"),
        (&["token", "--subject", TRAKIA, "--data", data, "--ttl", "1d"], "such as 8h"),
        (&["import", "--database", database, "--data", data], "PATH"),
        (&["import", "x.ndjson", "--data", data], "--database"),
        (&["export"], "--database"),
        (&["export", "--database", database, "--project", "CARE GET"], "--project"),
        (&["verify"], "--database"),
        (&["verify", "--database", database, "--data", data, "--key", "x"], "--key"),
        (&["migrate", "--database", "sqlite:/no/such/folder/cairn.db"], "--database"),
    ];
    for (arguments, hint) in wrong {
        let ended = run(cairn().args(arguments));
        assert_eq!(ended.code, 2, "{arguments:?}: {ended:?}");
        assert_eq!(ended.stdout, "", "{arguments:?}");
        assert!(ended.stderr.contains(hint), "{arguments:?}: {ended:?}");
        assert!(!ended.stderr.contains("panicked"), "{ended:?}");
    }
    assert!(!ledger.database_file().exists(), "nothing was made on the way");
}

const COMMANDS: [&str; 12] = [
    "demo", "serve", "migrate", "import", "rates", "template", "sheet", "export", "backup",
    "generate", "token", "verify",
];

#[test]
fn every_command_has_a_help_that_teaches() {
    for command in COMMANDS {
        let ended = run(cairn().args([command, "--help"]));
        assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{ended:?}");
        assert!(ended.stdout.contains("Usage: cairn "), "{}", ended.stdout);
        assert!(ended.stdout.contains("\nExit status: 0 "), "{}", ended.stdout);
        let engines = ["sqlite:PATH", "postgres://USER@HOST:PORT/DATABASE"];
        let named = engines.map(|engine| ended.stdout.contains(engine));
        assert_eq!(named, [!matches!(command, "demo" | "token"); 2], "{}", ended.stdout);
    }
    let help = |arguments: &[&str]| run(cairn().args(arguments)).stdout;
    for variable in ["CAIRN_DATABASE", "CAIRN_LISTEN", "CAIRN_DATA"] {
        assert!(help(&["serve", "--help"]).contains(variable), "{variable}");
    }
    assert!(help(&["serve", "--help"]).contains("1 MiB"));
    assert!(help(&["--version"]).starts_with("cairn "));
    let whole = help(&["--help"]);
    for word in ["sqlite:", "postgres://USER@HOST:PORT/DATABASE", "\nExit status: 0 "] {
        assert!(whole.contains(word), "{word}: {whole}");
    }
}

#[test]
fn no_help_and_no_message_prints_a_password() {
    let folder = LedgerFolder::empty();
    for command in COMMANDS {
        for flag in ["--help", "-h", "--no-such-flag"] {
            let mut cairn = cairn();
            cairn.env("CAIRN_DATABASE", "postgres://u:secret@h/d").env("CAIRN_DATA", folder.data());
            let ended = run(cairn.args([command, flag]));
            let said = format!("{}{}", ended.stdout, ended.stderr);
            assert!(said.contains("Usage: cairn ") && !said.contains("secret"), "{said}");
        }
    }
}

#[test]
fn variables_stand_in_for_flags_and_flags_come_first() {
    let (ledger, other) = (LedgerFolder::empty(), LedgerFolder::empty());
    let with_variables = |command: &str, arguments: &[&Path]| {
        run(cairn()
            .env("CAIRN_DATABASE", ledger.database())
            .env("CAIRN_DATA", ledger.data())
            .arg(command)
            .args(arguments))
    };
    let imported = with_variables("import", &[&example()]);
    assert_eq!(imported.code, 0, "{imported:?}");
    assert_eq!(with_variables("export", &[]).stdout, ledger.export());
    let verified = with_variables("verify", &[]);
    assert!(verified.stdout.contains("Checked against the signed checkpoint"), "{verified:?}");

    // A key that is typed is the one that counts, though CAIRN_DATA names another.
    let key = ledger.data().join("keys/log.pub");
    let newest = ledger.data().join("checkpoints/newest");
    let mut with_key = cairn();
    with_key.args(["verify", "--key"]).arg(&key).arg("--checkpoint").arg(&newest);
    with_key.env("CAIRN_DATABASE", ledger.database());
    for data in [ledger.data(), other.data()] {
        let verified = run(with_key.env("CAIRN_DATA", data));
        assert_eq!((verified.code, verified.stderr.as_str()), (0, ""), "{verified:?}");
        assert!(verified.stdout.contains("Checked against the signed checkpoint"), "{verified:?}");
    }

    let migrated = run(other.command("migrate").env("CAIRN_DATABASE", ledger.database()));
    assert!(migrated.stdout.starts_with("The log is made, "), "{migrated:?}");
    assert_eq!(other.export(), "");

    let serve = running_server::RunningServer::start(
        cairn()
            .env("CAIRN_DATABASE", ledger.database())
            .env("CAIRN_DATA", ledger.data())
            .env("CAIRN_LISTEN", "127.0.0.1:0")
            .arg("serve"),
        || std::fs::File::create(ledger.file("serve.log")).unwrap(),
    );
    assert_eq!(serve.get(&ledger.token(TRAKIA), EVENTS).status, 200);
}

#[test]
fn migrating_again_changes_nothing() {
    let ledger = LedgerFolder::empty();
    for done in ["The log is made, with schema ", "The log is up to date, with schema "] {
        let ended = run(&mut ledger.command("migrate"));
        assert_eq!(ended.code, 0, "{ended:?}");
        assert!(ended.stdout.starts_with(done), "{ended:?}");
    }
    let verified = run(cairn().args(["verify", "--database", &ledger.database()]));
    assert_eq!(verified.code, 0, "{verified:?}");
}
