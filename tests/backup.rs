//! `cairn backup`: made while clients post, and good for a restore.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

#[path = "backup/postgres.rs"]
mod postgres;
mod postgres_cluster;
mod running_server;

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;

use running_server::{
    EVENTS, Ended, LEAD, LedgerFolder, RunningServer, TRAKIA, cairn, progress, run,
};
use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

const WRITERS: usize = 64;

fn backup(ledger: &LedgerFolder, to: &str) -> Ended {
    run(ledger.command("backup").arg("--to").arg(ledger.file(to)))
}

fn backed_up(ledger: &LedgerFolder, to: &str) -> u64 {
    let ended = backup(ledger, to);
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{ended:?}");
    let (_, rest) = ended.stdout.split_once(" has ").unwrap();
    let (position, rest) = rest.split_once(" events, unaltered. Tree head ").unwrap();
    assert!(rest.contains("The keys are not in it."), "{ended:?}");
    position.parse().unwrap()
}

/// A command on the copy, with the key of the log and not its newest checkpoint.
fn on_copy(ledger: &LedgerFolder, command: &str, copy: &str) -> Command {
    let database = format!("sqlite:{}", ledger.file(copy).display());
    let mut cairn = cairn();
    cairn.args([command, "--database", &database]);
    cairn
}

fn verify_copy(ledger: &LedgerFolder, copy: &str, checkpoint: &str) -> Ended {
    let key = ledger.data().join("keys/log.pub");
    let mut verify = on_copy(ledger, "verify", copy);
    run(verify.arg("--key").arg(key).arg("--checkpoint").arg(ledger.file(checkpoint)))
}

/// What lies in a folder, without the files that SQLite leaves beside a database that is read.
fn names(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> =
        names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| !name.starts_with("cairn.db-"));
    names.sort();
    names
}

/// Posts from many at once until `work` has ended; `work` is told each acknowledgement.
fn under_load<T>(
    server: &RunningServer,
    token: &str,
    work: impl FnOnce(&mpsc::Receiver<()>) -> T,
) -> T {
    let (stop, (acknowledged, count)) = (AtomicBool::new(false), mpsc::channel());
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (stop, acknowledged) = (&stop, acknowledged.clone());
            scope.spawn(move || {
                for n in 0.. {
                    if stop.load(Ordering::SeqCst) {
                        return;
                    }
                    let answer = server.post(token, &progress("A 5.2", &format!("{writer}/{n}")));
                    assert_eq!(answer.status, 201, "{answer:?}");
                    let _ = acknowledged.send(());
                }
            });
        }
        drop(acknowledged);
        let done = work(&count);
        stop.store(true, Ordering::SeqCst);
        done
    })
}

fn wait_for_postings(acknowledged: &mpsc::Receiver<()>) {
    (0..200).for_each(|_| acknowledged.recv().expect("the writers post"));
}

#[test]
fn a_copy_made_under_load_restores_everything_up_to_its_position() {
    let ledger = LedgerFolder::with_example();
    let trakia = ledger.token(TRAKIA);
    let server = ledger.serve();
    let (before, first, second, after) = under_load(&server, &trakia, |count| {
        wait_for_postings(count);
        let before = server.position();
        let first = backed_up(&ledger, "first.db");
        let second = backed_up(&ledger, "second.db");
        wait_for_postings(count);
        (before, first, second, server.position())
    });
    assert!(before <= first && first <= second && second < after, "{before} {first} {second}");
    assert!(server.stop().0.success());
    let whole = ledger.export();
    let lines = |count: u64| -> String {
        whole.split_inclusive('\n').take(usize::try_from(count).unwrap()).collect()
    };
    for (copy, position) in [("first.db", first), ("second.db", second)] {
        let export = run(&mut on_copy(&ledger, "export", copy));
        assert_eq!((export.code, export.stdout), (0, lines(position)), "{}", export.stderr);
    }

    // In place of the database, which is behind the checkpoint that was signed at the end.
    let aside = ["cairn.db", "cairn.db-wal", "cairn.db-shm"];
    for name in aside.iter().filter(|name| ledger.file(name).exists()) {
        std::fs::rename(ledger.file(name), ledger.file(&format!("old-{name}"))).unwrap();
    }
    let restored =
        run(on_copy(&ledger, "backup", "second.db").arg("--to").arg(ledger.file("cairn.db")));
    assert_eq!(restored.code, 0, "{restored:?}");
    let cut = ledger.verify();
    let events = whole.lines().count();
    let named = format!(
        "ALTERED at position {}: the event is missing; a signed checkpoint has {events} events.\n\
         ALTERED: the snapshots: the log up to position {events} is not the one that they were \
         folded from.\n",
        second + 1,
    );
    assert_eq!((cut.code, cut.stdout), (1, named), "{}", cut.stderr);
    // Nor is a log with a cut tail backed up.
    let refused = backup(&ledger, "third.db");
    assert!(refused.code == 1 && refused.stdout.contains("the event is missing"), "{refused:?}");
    let server = ledger.serve();
    assert_eq!(server.position(), second);
    assert_eq!(ledger.export(), lines(second));
    let next = server.post(&trakia, &progress("A 5.2", "after the restore"));
    assert_eq!((next.status, &next.json()["position"]), (201, &(second + 1).into()), "{next:?}");
    // A poster who was acknowledged after the copy sends again, with the same id.
    let lost = whole.lines().last().unwrap();
    let lost: serde_json::Value = serde_json::from_str(lost).unwrap();
    let mut again = progress("A 5.2", "");
    for name in ["id", "data", "occurredon"] {
        again[name] = lost[name].clone();
    }
    assert_eq!(server.post(&trakia, &again).status, 201);
    assert_eq!(server.get(&ledger.token(LEAD), EVENTS).status, 200);
}

#[test]
fn the_checkpoint_beside_a_copy_proves_that_it_is_not_behind() {
    let ledger = LedgerFolder::with_example();
    let old = backed_up(&ledger, "old.db");
    let server = ledger.serve();
    assert_eq!(server.post(&ledger.token(TRAKIA), &progress("A 5.2", "one more")).status, 201);
    assert!(server.stop().0.success());
    let new = backed_up(&ledger, "new.db");
    assert_eq!((old, new), (210, 211));

    for (copy, checkpoint, size) in
        [("old.db", "old.db.checkpoint", 210), ("new.db", "new.db.checkpoint", 211)]
    {
        let verified = verify_copy(&ledger, copy, checkpoint);
        assert_eq!(verified.code, 0, "{verified:?}");
        let checked = format!("Checked against the signed checkpoint at {size}.");
        assert!(verified.stdout.contains(&checked), "{verified:?}");
    }
    let behind = verify_copy(&ledger, "old.db", "new.db.checkpoint");
    assert_eq!(behind.code, 1, "{behind:?}");
    assert!(behind.stdout.contains("ALTERED at position 211"), "{behind:?}");

    // One file each, which only its owner may read, and none of SQLite's beside it.
    let made: Vec<_> = names(ledger.file("").as_path());
    let made: Vec<_> = made.iter().filter(|name| name.starts_with("new.db")).collect();
    assert_eq!(made, ["new.db", "new.db.checkpoint"]);
    let mode = std::fs::metadata(ledger.file("new.db")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_restore_beside_a_newer_checkpoint_warns_of_what_came_after_the_backup() {
    let ledger = LedgerFolder::with_example();
    assert_eq!(backed_up(&ledger, "backup.db"), 210);
    let server = ledger.serve();
    assert_eq!(server.post(&ledger.token(TRAKIA), &progress("A 5.2", "after it")).status, 201);
    assert!(server.stop().0.success());
    for name in names(&ledger.file("")).iter().filter(|name| name.starts_with("cairn.db")) {
        std::fs::rename(ledger.file(name), ledger.file(&format!("old-{name}"))).unwrap();
    }
    // As README says it, with the variable of the image.
    let in_folder = |arguments: &[&str]| {
        let mut command = cairn();
        command.args(arguments).env("CAIRN_DATA", "data").current_dir(ledger.file(""));
        run(&mut command)
    };
    let restore = ["backup", "--database", "sqlite:backup.db", "--to", "cairn.db"];
    let restored = in_folder(&restore);
    assert_eq!(restored.code, 0, "{restored:?}");
    assert!(restored.stdout.starts_with("cairn.db has 210 events, unaltered."), "{restored:?}");
    for word in ["has 211 events", "data/checkpoints/newest"] {
        assert!(restored.stderr.contains(word), "{restored:?}");
    }
    // The database is no backup from now on, so its own backups have to reach the checkpoint.
    assert!(!ledger.file("cairn.db.checkpoint").exists());
    let again = in_folder(&["backup", "--database", "sqlite:cairn.db", "--to", "again.db"]);
    assert!(again.code == 1 && again.stdout.contains("ALTERED at position 211"), "{again:?}");
    let checked = ["--key", "data/keys/log.pub", "--checkpoint", "backup.db.checkpoint"];
    let verify = ["verify", "--database", "sqlite:backup.db"];
    let verified = in_folder(&[verify.as_slice(), checked.as_slice()].concat());
    assert_eq!((verified.code, verified.stderr.as_str()), (0, ""), "{verified:?}");

    // A backup that has less than the checkpoint beside it says is refused all the same.
    std::fs::remove_file(ledger.file("cairn.db")).unwrap();
    std::fs::copy(ledger.file("data/checkpoints/newest"), ledger.file("backup.db.checkpoint"))
        .unwrap();
    let cut = in_folder(&restore);
    assert!(cut.code == 1 && cut.stdout.contains("ALTERED at position 211"), "{cut:?}");
    ledger.write("backup.db.checkpoint", "forged\n");
    let forged = in_folder(&restore);
    assert_eq!((forged.code, forged.stdout.as_str()), (2, ""), "{forged:?}");
    assert!(forged.stderr.contains("backup.db.checkpoint"), "{forged:?}");
    assert!(!ledger.file("cairn.db").exists());
}

#[test]
fn a_copy_without_keys_at_hand_has_no_checkpoint_beside_it() {
    let ledger = LedgerFolder::with_example();
    let to = ledger.file("copy.db");
    let ended = run(cairn().args(["backup", "--database", &ledger.database(), "--to"]).arg(&to));
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{ended:?}");
    assert!(ended.stdout.contains("--data"), "{ended:?}");
    assert!(to.exists() && !ledger.file("copy.db.checkpoint").exists());
}

#[test]
fn what_cannot_be_copied_leaves_nothing_behind_and_says_how_to_mend_it() {
    let ledger = LedgerFolder::with_example();
    let other = LedgerFolder::empty();
    for name in ["there.db", "wal.db-wal", "journal.db-journal", "noted.db.checkpoint"] {
        ledger.write(name, "mine");
    }
    ledger.write("notes.txt", "no database");
    std::fs::create_dir(ledger.file("folder")).unwrap();
    let before = names(&ledger.file(""));
    let database = |name: &str| format!("sqlite:{}", ledger.file(name).display());
    // The database, the copy, and what the message names.
    let log = ledger.database();
    let wrong = [
        (log.clone(), "there.db", "--to"),
        (log.clone(), "cairn.db", "--to"),
        (log.clone(), "folder", "--to"),
        (log.clone(), "wal.db", "wal.db-wal"),
        (log.clone(), "journal.db", "journal.db-journal"),
        (log.clone(), "noted.db", "noted.db.checkpoint"),
        (log.clone(), "no/such/folder/copy.db", "no/such/folder"),
        (database("missing.db"), "copy.db", "there is no log at this address"),
        (database("notes.txt"), "copy.db", "--database"),
        ("cairn.db".to_owned(), "copy.db", "--database"),
    ];
    for (database, to, hint) in wrong {
        let mut command = cairn();
        command.args(["backup", "--database", &database, "--to"]).arg(ledger.file(to));
        let ended = run(command.arg("--data").arg(ledger.data()));
        assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{to}: {ended:?}");
        assert!(ended.stderr.contains(hint), "{to}: {ended:?}");
        assert_eq!(names(&ledger.file("")), before, "{to}");
    }
    assert_eq!(std::fs::read_to_string(ledger.file("there.db")).unwrap(), "mine");
    let mut with_other_keys = cairn();
    with_other_keys.args(["backup", "--database", &log, "--to"]).arg(ledger.file("copy.db"));
    let ended = run(with_other_keys.arg("--data").arg(other.data()));
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(ended.stderr.contains("--data"), "{ended:?}");
    assert_eq!(names(&ledger.file("")), before);
}

#[test]
fn a_write_that_fails_half_way_leaves_nothing_behind() {
    let ledger = LedgerFolder::with_example();
    let before = names(&ledger.file(""));
    let size = std::fs::metadata(ledger.database_file()).unwrap().len();
    assert!(size > 64 * 1024, "{size}");
    // Bash counts in KiB; a write past the limit fails as on a full disk.
    let mut limited = Command::new("bash");
    limited.args([
        "-c",
        "trap '' XFSZ; ulimit -f 64; exec \"$0\" \"$@\"",
        env!("CARGO_BIN_EXE_cairn"),
    ]);
    limited.args(["backup", "--database", &ledger.database(), "--to"]).arg(ledger.file("copy.db"));
    let ended = run(&mut limited);
    assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{ended:?}");
    assert!(ended.stderr.contains("--to"), "{ended:?}");
    assert_eq!(names(&ledger.file("")), before);
}

/// Works on the database of a ledger beside the program.
fn with_database<T>(ledger: &LedgerFolder, sql: &'static str, work: impl FnOnce() -> T) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let options = SqliteConnectOptions::new().filename(ledger.database_file());
    let mut connection = runtime.block_on(SqliteConnection::connect_with(&options)).unwrap();
    runtime.block_on(sqlx::raw_sql(sql).execute(&mut connection)).unwrap();
    let done = work();
    runtime.block_on(connection.close()).unwrap();
    done
}

#[test]
fn an_altered_log_is_not_backed_up() {
    let ledger = LedgerFolder::with_example();
    let alter = "drop trigger event_is_never_updated;
        update event set actor_role = 'lead-partner' where position = 7;";
    with_database(&ledger, alter, || ());
    let before = names(&ledger.file(""));
    let ended = backup(&ledger, "copy.db");
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(ended.stdout.starts_with("ALTERED at position 7: "), "{ended:?}");
    assert_eq!(names(&ledger.file("")), before);
}

#[test]
fn a_backup_that_is_stopped_leaves_nothing_behind() {
    let ledger = LedgerFolder::with_example();
    let folder = ledger.file("backups");
    std::fs::create_dir(&folder).unwrap();
    for signal in ["-TERM", "-INT"] {
        // While the database is locked, the copy waits to begin.
        let lock = "pragma locking_mode = exclusive; begin immediate;";
        let ended = with_database(&ledger, lock, || {
            let mut command = ledger.command("backup");
            command.arg("--to").arg(folder.join("copy.db")).stderr(Stdio::piped());
            let mut backup = command.stdin(Stdio::null()).spawn().unwrap();
            while names(&folder).is_empty() && backup.try_wait().unwrap().is_none() {
                std::thread::yield_now();
            }
            let id = backup.id().to_string();
            assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
            backup.wait_with_output().unwrap()
        });
        let stderr = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(2), "{stderr}");
        assert!(stderr.contains("nothing was written"), "{stderr}");
        assert!(names(&folder).is_empty(), "{:?}", names(&folder));
    }
}
