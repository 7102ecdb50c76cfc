//! The program on PostgreSQL, end to end: what it says before there is a log, what it keeps, and
//! that the same bytes come out as on SQLite.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod postgres_cluster;
mod running_server;

use postgres_cluster::{Cluster, shared};
use running_server::{EVENTS, LEAD, LedgerFolder, TRAKIA, event, progress, run, second_submission};
use serde_json::json;

/// `210 events are unaltered. Tree head 1f…`
fn tree_head(ledger: &LedgerFolder) -> String {
    let verified = ledger.verify();
    assert_eq!(verified.code, 0, "{verified:?}");
    let line = verified.stdout.lines().next().unwrap();
    assert!(line.contains("Tree head "), "{line}");
    line.to_owned()
}

/// The log of one ledger imported into another.
fn moved(from: &LedgerFolder, to: &LedgerFolder) {
    let export = to.write("export.ndjson", from.export());
    let ended = to.import(&[&export]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.stdout.contains(" 0 repeated, 0 refused, 0 not readable"), "{ended:?}");
}

fn migrated(address: String) -> LedgerFolder {
    let ledger = LedgerFolder::on(address);
    let ended = run(&mut ledger.command("migrate"));
    assert_eq!(ended.code, 0, "{ended:?}");
    ledger
}

/// The same address with a password, which the cluster takes from nobody and does not ask for.
fn with_password(address: &str) -> String {
    address.replace("postgres@", "postgres:se%40cret@")
}

#[test]
fn every_command_says_to_migrate_first_and_keeps_the_password_to_itself() {
    let ledger = LedgerFolder::on(with_password(&shared().create_database()));
    let example = running_server::example();
    let other = LedgerFolder::with_example();
    let key = other.data().join("keys/log.pub");
    for (command, arguments) in [
        ("serve", vec!["--listen", "127.0.0.1:0"]),
        ("import", vec![example.to_str().unwrap()]),
        ("export", vec![]),
        ("verify", vec!["--key", key.to_str().unwrap()]),
    ] {
        let mut program = running_server::cairn();
        program.args([command, "--database", &ledger.database()]);
        if ["serve", "import"].contains(&command) {
            program.arg("--data").arg(ledger.data());
        }
        let ended = run(program.args(arguments));
        assert_eq!(ended.code, 2, "{ended:?}");
        assert!(ended.stderr.contains("`cairn migrate --database ADDRESS`"), "{ended:?}");
        assert!(!ended.stderr.contains("cret"), "{ended:?}");
    }
    for bad in ["postgres://app:se%40cret@host:port/cairn", "postgress://app:secret@host/cairn"] {
        let ended = run(&mut LedgerFolder::on(bad.to_owned()).command("migrate"));
        assert_eq!(ended.code, 2, "{ended:?}");
        assert!(ended.stderr.contains("postgres://USER@HOST:PORT/DATABASE"), "{ended:?}");
        assert!(!ended.stderr.contains("cret"), "{ended:?}");
    }
}

#[test]
fn the_log_is_the_same_on_both_engines() {
    let (on_file, on_server) =
        (LedgerFolder::with_example(), LedgerFolder::with_example_on(shared().create_database()));
    // Recorded at the same instants by the same people, so the same bytes but for their keys.
    assert_eq!(on_server.export(), on_file.export());
    assert_eq!(tree_head(&on_server), tree_head(&on_file));

    let server = on_server.serve();
    let trakia = on_server.token(TRAKIA);
    let accepted = event("deliverable.accepted", json!({ "code": "D 5.2.1", "submission": 2 }));
    for (token, posting) in [
        (&trakia, progress("A 5.2", "on a server \u{1f600} \"quoted\" \u{2028} line")),
        (&trakia, second_submission()),
        (&on_server.token(LEAD), accepted),
    ] {
        let answer = server.post(token, &posting);
        assert_eq!(answer.status, 201, "{answer:?}");
    }
    let (status, _) = server.stop();
    assert!(status.success());

    let back = LedgerFolder::empty();
    moved(&on_server, &back);
    assert_eq!(tree_head(&back), tree_head(&on_server));
    let forth = migrated(shared().create_database());
    moved(&back, &forth);
    assert_eq!(tree_head(&forth), tree_head(&back));
    assert_eq!(forth.export(), on_server.export());
}

#[test]
fn what_was_posted_is_there_after_server_and_database_were_killed() {
    let mut cluster = Cluster::start();
    let ledger = LedgerFolder::with_example_on(cluster.create_database());
    let trakia = ledger.token(TRAKIA);
    let server = ledger.serve();
    let posting = progress("A 5.2", "acknowledged");
    let first = server.post(&trakia, &posting);
    assert_eq!(first.status, 201, "{first:?}");
    cluster.kill_9();
    server.kill();
    cluster.start_again();

    let server = ledger.serve();
    let read = server.get(&trakia, &format!("{EVENTS}/{}", posting["id"].as_str().unwrap()));
    assert_eq!(read.status, 200, "{read:?}");
    assert_eq!(read.json()["position"], first.json()["position"]);
    let again = server.post(&trakia, &posting);
    assert_eq!((again.status, again.body), (200, first.body));
    drop(server);
    assert_eq!(ledger.verify().code, 0);
}

#[test]
fn a_role_with_the_printed_rights_is_enough_and_one_with_more_is_told_of() {
    let owner = LedgerFolder::on(shared().create_database());
    let printed = run(&mut owner.command("migrate")).stdout;
    let (_, sql) = printed.split_once("create role").unwrap();
    execute(&owner.database(), &format!("create role{sql}"));

    let ledger = LedgerFolder::with_example_on(owner.database().replace("postgres@", "cairn_app@"));
    let server = ledger.serve();
    let posted = server.post(&ledger.token(TRAKIA), &progress("A 5.2", "as a role of its own"));
    assert_eq!(posted.status, 201, "{posted:?}");
    let (status, _) = server.stop();
    assert!(status.success());
    let told = "a role that may alter or remove events";
    assert!(!ledger.operator_log().contains(told), "{}", ledger.operator_log());

    std::os::unix::fs::symlink(ledger.data(), owner.data()).unwrap();
    assert_eq!(owner.serve().position(), 211);
    assert!(owner.operator_log().contains(told), "{}", owner.operator_log());
}

fn execute(address: &str, sql: &str) {
    use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut connection = PgConnection::connect(address).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    });
}
