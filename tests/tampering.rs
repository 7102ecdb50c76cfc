//! Changes behind the server's back: `cairn verify` says that there is one, and where.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod postgres_cluster;
mod running_server;
#[path = "tampering/exported.rs"]
mod exported;
#[path = "tampering/rewritten.rs"]
mod rewritten;

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Stdio;

use running_server::{
    EVENTS, Ended, LEAD, LedgerFolder, RunningServer, TRAKIA, example, progress, run,
};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection as _, Row as _};

/// The row that is tampered with: it has a partner, and as many events before as after it.
const MIDDLE: u64 = 105;

const TRIGGERS: &str = "\
drop trigger event_is_never_updated; drop trigger event_is_never_deleted;
drop trigger event_is_never_replaced; drop trigger head_is_never_deleted;
drop trigger head_is_never_replaced; drop trigger head_never_goes_back;
drop trigger checkpoint_is_never_updated; drop trigger checkpoint_is_never_deleted;
drop trigger checkpoint_is_never_replaced;
drop trigger subtree_is_never_updated; drop trigger subtree_is_never_deleted;
drop trigger subtree_is_never_replaced;";

/// A copy of a ledger, with its keys and checkpoints.
fn copy(ledger: &LedgerFolder) -> LedgerFolder {
    let copy = LedgerFolder::empty();
    std::fs::copy(ledger.database_file(), copy.database_file()).unwrap();
    copy_folder(&ledger.data(), &copy.data());
    copy
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let from = entry.unwrap().path();
        let to = to.join(from.file_name().unwrap());
        if from.is_dir() {
            copy_folder(&from, &to);
        } else {
            std::fs::copy(from, to).unwrap();
        }
    }
}

/// Works on the file as somebody would who has it and takes the triggers away.
fn behind_the_back<T>(
    ledger: &LedgerFolder,
    work: impl AsyncFnOnce(&mut SqliteConnection) -> sqlx::Result<T>,
) -> T {
    with_database(ledger, async |connection| {
        sqlx::raw_sql(TRIGGERS).execute(&mut *connection).await?;
        work(connection).await
    })
}

fn with_database<T>(
    ledger: &LedgerFolder,
    work: impl AsyncFnOnce(&mut SqliteConnection) -> sqlx::Result<T>,
) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let options = SqliteConnectOptions::new().filename(ledger.database_file());
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        let done = work(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        done
    })
}

fn execute(ledger: &LedgerFolder, sql: &str) {
    let sql = sqlx::AssertSqlSafe(sql.to_owned());
    behind_the_back(ledger, async |connection| sqlx::raw_sql(sql).execute(connection).await);
}

/// As [`execute`], after the triggers were taken away.
fn execute_without_triggers(ledger: &LedgerFolder, sql: &str) {
    let sql = sqlx::AssertSqlSafe(sql.to_owned());
    with_database(ledger, async |connection| sqlx::raw_sql(sql).execute(connection).await);
}

/// The bytes of a column with another one at their end.
fn other_last_byte(column: &str) -> String {
    format!(
        "cast(substr({column}, 1, length({column}) - 1)
            || iif(substr({column}, -1) = x'00', x'01', x'00') as blob)"
    )
}

fn verify_without_key(ledger: &LedgerFolder) -> Ended {
    let database = ledger.database();
    run(running_server::cairn().args(["verify", "--database", &database]))
}

/// Verification names the position, with the key and without it.
fn assert_altered(ledger: &LedgerFolder, position: u64, what: &str) {
    for ended in [ledger.verify(), verify_without_key(ledger)] {
        assert_eq!(ended.code, 1, "{what}: {ended:?}");
        let named = format!("ALTERED at position {position}: ");
        assert!(ended.stdout.starts_with(&named), "{what}: {ended:?}");
    }
}

#[test]
fn a_log_that_nobody_touched_is_unaltered() {
    let ledger = LedgerFolder::with_example();
    let before = std::fs::read(ledger.database_file()).unwrap();
    let with_key = ledger.verify();
    assert_eq!(with_key.code, 0, "{with_key:?}");
    assert!(with_key.stdout.contains("Checked against the signed checkpoint"), "{with_key:?}");
    let without = verify_without_key(&ledger);
    assert_eq!(without.code, 0, "{without:?}");
    assert!(without.stdout.contains("self-consistent, not checked against a key"), "{without:?}");
    let public = ledger.data().join("keys/log.pub");
    let with_file = run(running_server::cairn()
        .args(["verify", "--database", &ledger.database(), "--key"])
        .arg(&public));
    assert_eq!((with_file.code, &with_file.stdout), (0, &with_key.stdout), "{with_file:?}");
    assert_eq!(std::fs::read(ledger.database_file()).unwrap(), before, "verify only reads");
    // It needs no triggers.
    execute(&ledger, "select 1");
    assert_eq!(ledger.verify().code, 0);
}

#[test]
fn one_byte_in_any_column_is_found_at_its_position() {
    let ledger = LedgerFolder::with_example();
    let columns = behind_the_back(&copy(&ledger), async |connection| {
        let sql = "select name, type from pragma_table_info('event')";
        let rows = sqlx::query(sql).fetch_all(connection).await?;
        Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect::<Vec<(String, String)>>())
    });
    assert_eq!(columns.len(), 15, "{columns:?}");
    for (column, kind) in columns {
        let tampered = copy(&ledger);
        // A number takes another low byte, high enough to be free where it has to be unique.
        let changed = match kind.as_str() {
            "INTEGER" => format!("{column} + 100000"),
            "TEXT" => format!("'X' || substr({column}, 2)"),
            "BLOB" => other_last_byte(&column),
            other => panic!("{column} is {other}"),
        };
        let sql = format!("update event set {column} = {changed} where position = {MIDDLE}");
        let changed = behind_the_back(&tampered, async |connection| {
            sqlx::query(sqlx::AssertSqlSafe(sql)).execute(connection).await
        });
        assert_eq!(changed.rows_affected(), 1, "{column}");
        assert_altered(&tampered, MIDDLE, &column);
    }
}

#[test]
fn one_byte_of_the_file_is_found_at_its_position() {
    let ledger = LedgerFolder::with_example();
    let wanted = "urn:example:illustrative:invoice:0000000313";
    let position = ledger.export().lines().position(|line| line.contains(wanted)).unwrap() + 1;
    let mut bytes = std::fs::read(ledger.database_file()).unwrap();
    let found: Vec<_> =
        bytes.windows(wanted.len()).enumerate().filter(|(_, w)| *w == wanted.as_bytes()).collect();
    let [(offset, _)] = found[..] else { panic!("{} times in the file", found.len()) };
    bytes[offset + wanted.len() - 1] = b'4';
    std::fs::write(ledger.database_file(), bytes).unwrap();
    assert_altered(&ledger, position as u64, "one byte of a payload");
}

#[test]
fn rows_that_are_gone_or_changed_places_are_found() {
    let ledger = LedgerFolder::with_example();
    let deleted = copy(&ledger);
    execute(&deleted, "delete from event where position = 105");
    assert_altered(&deleted, MIDDLE, "a row is gone");

    let swapped = copy(&ledger);
    execute(
        &swapped,
        "update event set position = 100000 where position = 105;
         update event set position = 105 where position = 106;
         update event set position = 106 where position = 100000;",
    );
    assert_altered(&swapped, MIDDLE, "two rows changed places");

    // All that was recorded of one stands in the place of the other, its version too.
    let swapped = copy(&ledger);
    execute(
        &swapped,
        "update event set position = 100000, version = 100000 where position = 105;
         update event set position = 105, version = 105 where position = 106;
         update event set position = 106, version = 106 where position = 100000;",
    );
    assert_altered(&swapped, MIDDLE, "two rows changed places and versions");

    let cut = copy(&ledger);
    let last = behind_the_back(&cut, async |connection| {
        sqlx::query("delete from event where position = (select max(position) from event)")
            .execute(&mut *connection)
            .await?;
        let sql = "select max(position) from event";
        sqlx::query_scalar::<_, i64>(sql).fetch_one(connection).await
    });
    assert_altered(&cut, u64::try_from(last).unwrap() + 1, "the last row is gone");
}

#[test]
fn a_tail_that_was_cut_off_cleanly_is_found_by_the_checkpoint_in_data() {
    let ledger = LedgerFolder::empty();
    let charters = [example().join("care-get.yaml"), example().join("illustrative-plan.yaml")];
    assert_eq!(ledger.import(&[&charters[0], &charters[1]]).code, 0);
    let earlier = std::fs::read(ledger.database_file()).unwrap();
    let kept: u64 = ledger.export().lines().count() as u64;
    assert_eq!(ledger.import_first_years().code, 0);
    assert_eq!(ledger.verify().code, 0);

    // A log that is whole in itself, only shorter than the one that was signed.
    std::fs::write(ledger.database_file(), earlier).unwrap();
    assert_eq!(verify_without_key(&ledger).code, 0, "by itself it looks whole");
    let found = ledger.verify();
    assert_eq!(found.code, 1, "{found:?}");
    let named = format!("ALTERED at position {}: ", kept + 1);
    assert!(found.stdout.starts_with(&named), "{found:?}");
}

#[test]
fn a_rewritten_log_is_found_by_the_checkpoint_in_data() {
    // The same key and other events: what somebody can make who has the program.
    let (ledger, other) = (LedgerFolder::with_example(), LedgerFolder::empty());
    let line = std::fs::read_to_string(example().join("care-get-1.ndjson")).unwrap();
    let history = other.write("care-get-1.ndjson", line.replace("2025-05-31", "2025-05-30"));
    let charters = [example().join("care-get.yaml"), example().join("illustrative-plan.yaml")];
    let rest = example().join("illustrative-history.ndjson");
    let imported = other.import(&[&charters[0], &charters[1], &history, &rest]);
    assert_eq!(imported.code, 0, "{imported:?}");
    std::fs::copy(other.database_file(), ledger.database_file()).unwrap();
    assert_eq!(verify_without_key(&ledger).code, 0, "by itself it looks whole");
    let found = ledger.verify();
    assert_eq!(found.code, 1, "{found:?}");
    assert!(found.stdout.starts_with("ALTERED"), "{found:?}");
}

#[test]
fn a_changed_head_is_found() {
    let ledger = LedgerFolder::with_example();
    let last = ledger.export().lines().count() as u64;
    let changes = [
        format!("update head set tree_head = {}", other_last_byte("tree_head")),
        format!("update head set frontier = {}", other_last_byte("frontier")),
        "update head set position = position - 1".to_owned(),
        "delete from head".to_owned(),
    ];
    for sql in changes {
        let tampered = copy(&ledger);
        execute(&tampered, &sql);
        assert_altered(&tampered, last, &sql);
    }
    let tampered = copy(&ledger);
    execute(&tampered, "update head set position = position + 1");
    let ended = tampered.verify();
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(ended.stdout.starts_with("ALTERED at position "), "{ended:?}");
}

#[test]
fn a_forged_checkpoint_is_found() {
    let ledger = LedgerFolder::with_example();
    let path = ledger.data().join("checkpoints/newest");
    let note = std::fs::read_to_string(&path).unwrap();
    let size = note.lines().nth(1).unwrap();
    std::fs::write(&path, note.replacen(size, "1", 1)).unwrap();
    let found = ledger.verify();
    assert_eq!(found.code, 1, "{found:?}");
    assert!(found.stdout.starts_with("ALTERED: "), "{found:?}");
}

#[test]
fn a_server_does_not_start_on_a_log_that_it_cannot_build_on() {
    let whole = LedgerFolder::with_example();
    let alterations = [
        "delete from event where position > 140",
        "delete from event where position = 3",
        "delete from event where position = 1",
        "update event set payload = cast(replace(cast(payload as text), '12', '13') as blob)
            where type = 'expenditure.declared'",
        "update event set occurred_on = '2025-01-01' where position = 100",
    ];
    for sql in alterations {
        let ledger = copy(&whole);
        std::fs::remove_dir_all(ledger.data().join("snapshots")).unwrap();
        execute(&ledger, sql);
        let mut serve = ledger.command("serve");
        let serve = serve.args(["--listen", "127.0.0.1:0"]).stdout(Stdio::piped());
        let mut process = serve.spawn().unwrap();
        let mut first_line = String::new();
        let mut stdout = BufReader::new(process.stdout.take().unwrap());
        stdout.read_line(&mut first_line).unwrap();
        if !first_line.is_empty() {
            process.kill().unwrap();
        }
        let ended = process.wait().unwrap();
        assert_eq!((first_line.as_str(), ended.code()), ("", Some(2)), "{sql}");
    }
}

#[test]
fn a_server_that_runs_records_nothing_on_a_log_that_was_changed_under_it() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let (trakia, lead) = (ledger.token(TRAKIA), ledger.token(LEAD));
    execute(&ledger, "delete from event where position = (select max(position) from event)");
    let answer = running_server::Answer::try_of(server.posting(
        &trakia,
        running_server::ONE,
        progress("A 5.2", "after the cut").to_string().into_bytes(),
    ));
    // Refused, or the process has ended: it never builds on what is not there.
    if let Ok(answer) = answer {
        assert_eq!(answer.status, 503, "{answer:?}");
    }
    drop((server, lead));
    assert_eq!(ledger.verify().code, 1);
}

#[test]
fn what_cannot_be_read_is_told_from_what_was_altered() {
    let ledger = LedgerFolder::with_example();
    let missing = LedgerFolder::empty();
    let not_a_log = LedgerFolder::empty();
    not_a_log.write("cairn.db", "this is a text, and no database at all ".repeat(300));
    let folder = LedgerFolder::empty();
    std::fs::create_dir(folder.database_file()).unwrap();
    let cut = copy(&ledger);
    let bytes = std::fs::read(ledger.database_file()).unwrap();
    std::fs::write(cut.database_file(), &bytes[..bytes.len() / 2]).unwrap();
    for (what, ledger) in
        [("missing", &missing), ("text", &not_a_log), ("folder", &folder), ("cut in half", &cut)]
    {
        let ended = verify_without_key(ledger);
        assert_eq!(ended.code, 2, "{what}: {ended:?}");
        assert!(ended.stderr.starts_with("cairn: not verified: "), "{what}: {ended:?}");
        assert_eq!(ended.stdout, "", "{what}");
    }
    assert!(!missing.database_file().exists(), "verify makes no file");

    let verify = |flag: &str, value: &Path| {
        let database = ledger.database();
        let mut command = running_server::cairn();
        run(command.args(["verify", "--database", &database, flag]).arg(value))
    };
    assert_eq!(verify("--data", &missing.data()).code, 2, "no key there");
    assert_eq!(verify("--key", &missing.file("log.pub")).code, 2, "no such file");
    assert_eq!(verify("--key", &ledger.database_file()).code, 2, "not a key");
    assert!(!missing.data().exists(), "verify makes no keys");
}

/// Saves the head and the number of events, to put the log back to them later.
const SAVE: &str = "create table saved as select * from head;";

/// What restoring an older backup under a running server looks like to it.
const PUT_BACK: &str = "begin immediate;
delete from event where position > (select position from saved);
delete from head; insert into head select * from saved; commit;";

/// Asks until the server is ready and has seen so much of the log and no more; it is never silent.
fn wait_until_ready(server: &RunningServer, position: u64) {
    loop {
        let ready = server.get("", "/readyz");
        match ready.status {
            200 if ready.json()["position"] == position => return,
            200 => {}
            _ => assert_eq!(ready.problem(503), "log_replaced"),
        }
        assert_eq!(server.get("", "/healthz").status, 200);
    }
}

#[test]
fn a_server_whose_log_was_put_back_says_so_and_goes_on_from_there() {
    let ledger = LedgerFolder::with_example();
    execute(&ledger, SAVE);
    let server = ledger.serve();
    let (trakia, saved) = (ledger.token(TRAKIA), server.position());
    let now = r#"{ project(acronym: "care-get") { position activities { nodes { reports { text {
        text } } } } } }"#;
    let past = now.replacen(')', &format!(", asOf: {{ version: {} }})", saved + 1), 1);
    let ask = |question: &str| server.graphql(&trakia, question).body;
    let before = ask(now);
    for round in 0..4 {
        let lost = progress("A 5.2", "lost with the backup");
        assert_eq!(server.post(&trakia, &lost).status, 201);
        assert!(ask(&past).contains("lost with the backup"));
        let path = format!("{EVENTS}/{}", lost["id"].as_str().unwrap());
        assert_eq!(server.get(&trakia, &path).status, 200);

        execute_without_triggers(&ledger, PUT_BACK);
        if round % 2 == 0 {
            wait_until_ready(&server, saved);
            assert_eq!(ask(now), before);
        }
        // Else it learns by the posting that the log is another.
        let next = progress("A 5.2", "after the backup");
        let posted = loop {
            let posted = server.post(&trakia, &next);
            if posted.status == 201 {
                break posted;
            }
            assert_eq!(posted.problem(503), "log_replaced");
            assert_eq!(posted.header("retry-after"), "1");
        };
        assert_eq!(posted.json()["position"], saved + 1);
        // What was lost is gone, also from a past version that was asked for before.
        assert_eq!(server.get(&trakia, &path).problem(404), "not_found");
        for question in [now, &past] {
            let told = ask(question);
            assert!(told.contains("after the backup") && !told.contains("lost"), "{told}");
        }
        execute_without_triggers(&ledger, PUT_BACK);
        wait_until_ready(&server, saved);
    }
    assert!(ledger.operator_log().contains("the log was read anew"));
}

#[test]
fn no_posting_is_acknowledged_that_the_database_refused() {
    let ledger = LedgerFolder::with_example();
    execute(
        &ledger,
        "create trigger refuses before insert on event when new.type = 'activity.started'
         begin select raise(abort, 'no'); end",
    );
    let server = ledger.serve();
    let token = ledger.token(TRAKIA);
    let before = server.position();
    for round in 0..5 {
        let mut event = progress("A 5.2", &format!("round {round}"));
        event["type"] = "activity.started".into();
        let answers = server.post_at_once(40, &token, &event);
        assert!(answers.iter().all(|answer| answer.status == 503), "{answers:?}");
    }
    assert_eq!(server.position(), before);
    assert_eq!(server.post(&token, &progress("A 5.2", "sound")).status, 201);
}
