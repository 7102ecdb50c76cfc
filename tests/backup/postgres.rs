//! PostgreSQL's own tools, run as `cairn backup` says.

use std::path::Path;
use std::process::Command;

use crate::postgres_cluster::{self, programs};
use crate::running_server::{
    Ended, LedgerFolder, RunningServer, TRAKIA, cairn, example, progress, run,
};
use crate::{under_load, wait_for_postings};

fn serve(ledger: &LedgerFolder, database: &str) -> RunningServer {
    let mut serve = cairn();
    serve.args(["serve", "--listen", "127.0.0.1:0", "--database", database, "--data"]);
    RunningServer::start(serve.arg(ledger.data()), || {
        std::fs::File::options().create(true).append(true).open(ledger.file("serve.log")).unwrap()
    })
}

/// Runs lines as somebody would who pastes them, up to the first that fails.
fn paste(ledger: &LedgerFolder, lines: &str) -> Ended {
    let cairn = Path::new(env!("CARGO_BIN_EXE_cairn")).parent().unwrap().to_owned();
    let path = std::env::join_paths([cairn, programs(), "/usr/bin".into(), "/bin".into()]).unwrap();
    let mut bash = Command::new("bash");
    run(bash.args(["-euc", lines]).env("PATH", path).current_dir(ledger.file("")))
}

#[test]
fn the_commands_that_are_printed_dump_and_restore_a_log_on_postgresql() {
    let ledger = LedgerFolder::empty();
    let database = postgres_cluster::shared().create_database();
    let on_log = |command: &str| {
        let mut cairn = cairn();
        cairn.args([command, "--database", &database]);
        cairn
    };
    assert_eq!(run(&mut on_log("migrate")).code, 0);
    let imported = run(on_log("import").arg("--data").arg(ledger.data()).arg(example()));
    assert_eq!(imported.code, 0, "{imported:?}");
    let back_up = || {
        let mut backup = on_log("backup");
        run(backup.args(["--to", "it's.dump", "--data", "data"]).current_dir(ledger.file("")))
    };
    let said = back_up();
    assert_eq!((said.code, said.stderr.as_str()), (0, ""), "{said:?}");
    assert!(said.stdout.contains("\ncp data/checkpoints/newest "), "{said:?}");
    // Neither file is named for a command to write over.
    for there in ["it's.dump", "it's.dump.checkpoint"] {
        let file = ledger.write(there, "mine");
        let refused = back_up();
        assert_eq!((refused.code, refused.stdout.as_str()), (2, ""), "{refused:?}");
        assert!(refused.stderr.contains(there) && refused.stderr.contains("--to"), "{refused:?}");
        std::fs::remove_file(file).unwrap();
    }
    // Nor is a checkpoint named that is not there.
    let mut without_data = on_log("backup");
    without_data.args(["--to", "it's.dump"]).current_dir(ledger.file(""));
    for ended in [run(&mut without_data), run(without_data.args(["--data", "no-such-folder"]))] {
        assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{ended:?}");
        assert!(!ended.stdout.contains("cp "), "{ended:?}");
        assert!(!ended.stdout.contains("--data no-such-folder"), "{ended:?}");
    }
    let (back_up, restore) = said.stdout.split_once("\n\n").unwrap();

    let server = serve(&ledger, &database);
    let (before, after) = under_load(&server, &ledger.token(TRAKIA), |count| {
        wait_for_postings(count);
        let before = server.position();
        let ended = paste(&ledger, back_up);
        assert_eq!(ended.code, 0, "{ended:?}");
        wait_for_postings(count);
        (before, server.position())
    });
    let ended = paste(&ledger, restore);
    assert_eq!(ended.code, 0, "{ended:?}");
    let verified = ended.stdout.lines().find_map(|line| line.split_once(" events are unaltered."));
    let position: u64 = verified.unwrap_or_else(|| panic!("{ended:?}")).0.parse().unwrap();
    assert!(before <= position && position < after, "{before} {position} {after}");
    assert!(ended.stdout.contains("Checked against the signed checkpoint"), "{ended:?}");

    let restored = format!("{database}_restored");
    let beside = ledger.file("it's.dump.checkpoint");
    let mut verify = cairn();
    verify.args(["verify", "--database", &restored, "--checkpoint"]).arg(beside);
    let proven = run(verify.arg("--key").arg(ledger.data().join("keys/log.pub")));
    assert_eq!(proven.code, 0, "{proven:?}");
    let server = serve(&ledger, &restored);
    let next = server.post(&ledger.token(TRAKIA), &progress("A 5.2", "after the restore"));
    assert_eq!((next.status, &next.json()["position"]), (201, &(position + 1).into()), "{next:?}");
    for sql in ["update event set actor_role = 'x'", "delete from event", "truncate event"] {
        let refused = paste(&ledger, &format!("psql {restored} -c \"{sql}\""));
        assert_ne!(refused.code, 0, "{sql}");
        assert!(refused.stderr.contains("an event is never"), "{refused:?}");
    }
}
