//! The folder `--data` belongs to one log: its keys sign that log and no other, and nothing that
//! happens by mistake, or in the database, makes it sign for another one.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod running_server;

use std::fs;

use running_server::{Ended, LEAD, LedgerFolder, cairn, example, run};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};

fn serve_in_vain(ledger: &LedgerFolder) -> Ended {
    run(ledger.command("serve").args(["--listen", "127.0.0.1:0"]))
}

/// Whoever can write the database, by SQL.
fn execute(ledger: &LedgerFolder, sql: &'static str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let file = SqliteConnectOptions::new().filename(ledger.database_file());
        let mut connection = file.connect().await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    });
}

#[test]
fn a_log_that_was_signed_gets_no_new_keys_by_mistake() {
    let ledger = LedgerFolder::with_example();
    let (keys, apart) = (ledger.data().join("keys"), ledger.file("keys.apart"));
    fs::rename(&keys, &apart).unwrap();
    for ended in [serve_in_vain(&ledger), ledger.import(&[&example()])] {
        assert_eq!(ended.code, 2, "{ended:?}");
        assert!(ended.stderr.contains("put them back from their copy"), "{ended:?}");
        assert!(!keys.exists());
    }
    // Another folder is none of this log either.
    let database = ledger.database();
    let elsewhere = ledger.file("elsewhere");
    let ended = run(cairn()
        .args(["import", "--database", &database, "--data"])
        .args([&elsewhere, &example()]));
    assert_eq!((ended.code, elsewhere.exists()), (2, false), "{ended:?}");

    fs::rename(&apart, &keys).unwrap();
    assert_eq!(ledger.verify().code, 0);
    // Lost for good, and somebody said so.
    fs::remove_dir_all(&keys).unwrap();
    fs::create_dir(&keys).unwrap();
    assert_eq!(ledger.import(&[&example()]).code, 0);
}

#[test]
fn a_token_needs_the_keys_of_a_server_and_makes_none() {
    let ledger = LedgerFolder::empty();
    let ended = run(ledger.command("token").args(["--subject", LEAD]));
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(ended.stderr.contains("name the folder of the server"), "{ended:?}");
    assert!(!ledger.data().exists());
}

#[test]
fn nothing_is_generated_under_the_checkpoints_of_another_log() {
    let ledger = LedgerFolder::with_example();
    let big = format!("sqlite:{}", ledger.file("big.db").display());
    let ended = run(cairn()
        .args(["generate", "--events", "2000", "--database", &big, "--data"])
        .arg(ledger.data()));
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(ended.stderr.contains("of another log: name another folder"), "{ended:?}");
    let export = run(cairn().args(["export", "--database", &big]));
    assert_eq!((export.code, export.stdout.as_str()), (0, ""), "nothing is recorded");
    assert_eq!(ledger.verify().code, 0);

    // Grown past the other one, it is still another.
    let other = ledger.file("other");
    let generate = |data| {
        run(cairn().args(["generate", "--events", "2000", "--database", &big, "--data"]).arg(data))
    };
    assert_eq!(generate(&other).code, 0);
    assert_eq!(generate(&ledger.data()).code, 2);
    assert_eq!(ledger.verify().code, 0);
}

#[test]
fn a_note_of_somebody_else_among_the_checkpoints_is_named_and_stops_nothing() {
    let ledger = LedgerFolder::with_example();
    execute(
        &ledger,
        "insert into checkpoint values (9000000000000000000, 'junk'), (9223372036854775807, 'more')",
    );
    let server = ledger.serve();
    let lead = ledger.token(LEAD);
    assert_eq!(server.get(&lead, "/v1/checkpoint").status, 200);
    assert!(server.stop().0.success());
    let mut export = ledger.command("export");
    let pack = ledger.file("pack");
    let export = export.args(["--project", "care-get", "--proofs", "--to"]).arg(&pack);
    let ended = run(export.arg("--data").arg(ledger.data()));
    assert_eq!(ended.code, 0, "{ended:?}");
    let found = ledger.verify();
    assert_eq!(found.code, 1, "{found:?}");
    assert!(found.stdout.contains("9000000000000000000"), "{found:?}");
}

#[test]
fn a_key_with_nothing_that_it_signed_proves_nothing() {
    let ledger = LedgerFolder::with_example();
    let key = ledger.data().join("keys/log.pub");
    let verify = || {
        let database = ledger.database();
        run(cairn().args(["verify", "--database", &database, "--key"]).arg(&key))
    };
    assert_eq!(verify().code, 0);
    execute(&ledger, "drop trigger checkpoint_is_never_deleted; delete from checkpoint");
    let ended = verify();
    assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{ended:?}");
    assert!(ended.stderr.contains("with --checkpoint"), "{ended:?}");
    let newest = ledger.data().join("checkpoints/newest");
    let database = ledger.database();
    let ended = run(cairn()
        .args(["verify", "--database", &database, "--key"])
        .arg(&key)
        .arg("--checkpoint")
        .arg(&newest));
    assert_eq!(ended.code, 0, "{ended:?}");
}
