//! A database that is put back to an earlier backup under a running server. The events after it
//! are lost for good; the server says so, and then serves what is there, and never a mixture.

use std::path::Path;
use std::process::Command;

use crate::entry::Entry;
use crate::postgres_cluster::{Cluster, programs};
use crate::running_server::{EVENTS, LEAD, LedgerFolder, RunningServer};
use crate::trial::{Trial, newest_checkpoint};

const CLIENTS: usize = 4;
/// Reads that must have been answered from the older state before the watch ends.
const READS_OF_THE_OLDER: u32 = 20;

/// What was in the log before, and where the backup ends.
struct Watch<'a> {
    before: &'a [Entry],
    backup: u64,
    token: &'a str,
}

impl Watch<'_> {
    /// Reads while the database is put back: every answer is wholly of the one state or wholly of
    /// the other, and never again of the first once it was of the second.
    fn reads(&self, server: &RunningServer) {
        let mut older = 0;
        while older < READS_OF_THE_OLDER {
            let after = self.backup - 5;
            let page = server.get(self.token, &format!("{EVENTS}?after={after}&limit=200"));
            let newest = match page.status {
                503 => continue,
                _ => page.header("cairn-position").parse().unwrap(),
            };
            let events = page.json();
            let entries = (after + 1..).zip(events.as_array().unwrap());
            let entries: Result<Vec<_>, _> = entries.map(|(at, e)| Entry::at(at, e)).collect();
            let expected = &self.before[as_index(after)..as_index(newest)];
            assert!(
                entries.as_deref() == Ok(expected),
                "a page that stands on {newest} has {:?} events after {after}",
                entries.map(|entries| entries.len()),
            );
            assert!([self.backup, self.before.len() as u64].contains(&newest), "{newest}");
            assert!(older == 0 || newest == self.backup, "the newer state came back");
            if newest == self.backup {
                older += 1;
            }
        }
    }
}

fn as_index(position: u64) -> usize {
    usize::try_from(position).unwrap()
}

fn the_older_state_is_served(
    folder: LedgerFolder,
    back_up: impl FnOnce(&LedgerFolder),
    restore: impl FnOnce(&LedgerFolder) + Send,
) {
    let lead = folder.token(LEAD);
    let mut trial = Trial::begin(folder, 1, CLIENTS);
    trial.under_load(|stage, _| stage.wait_for_acknowledged(40));
    trial.assert_all_holds();
    back_up(&trial.folder);
    let backup = trial.log().len() as u64;
    trial.under_load(|stage, _| stage.wait_for_acknowledged(40));
    trial.assert_all_holds();
    trial.restart();
    let before = trial.log().to_vec();

    let (folder, servers) = trial.leave();
    let signed = newest_checkpoint(&folder);
    std::thread::scope(|scope| {
        scope.spawn(|| restore(&folder));
        Watch { before: &before, backup, token: &lead }.reads(&servers[0]);
    });
    assert_eq!(servers[0].position(), backup);

    follower_that_was_ahead(&servers[0], &lead, before.len() as u64, backup);

    let mut trial = Trial::on(folder, servers, CLIENTS);
    assert_eq!(trial.log(), &before[..as_index(backup)]);
    // Up to less than was signed before, and then to more.
    for more in [10, before.len() as u64 - backup] {
        trial.under_load(|stage, _| stage.wait_for_acknowledged(more));
        let found = trial.findings();
        let [unsigned, newer] = &found[..] else { panic!("{found:?}") };
        assert!(unsigned.starts_with("the log is not signed"), "{unsigned}");
        assert!(newer.starts_with("not a checkpoint of this log"), "{newer}");
    }
    let (folder, servers) = trial.leave();
    drop(servers);
    assert_eq!(newest_checkpoint(&folder), signed, "no other history is signed");
    let verified = folder.verify();
    assert_eq!(verified.code, 1, "{verified:?}");
}

/// One that asks for what comes after an event that is lost: each answer names the position that
/// it stands on, and one who asks for a position gets nothing before it is there.
fn follower_that_was_ahead(server: &RunningServer, token: &str, ahead: u64, newest: u64) {
    let path = format!("{EVENTS}?after={ahead}");
    let page = server.get(token, &path);
    assert_eq!((page.status, page.body.as_str()), (200, "[]"));
    assert_eq!(page.header("cairn-position"), newest.to_string());
    assert_eq!(server.get_after(token, &path, ahead).problem(503), "stale");
}

/// Copies a whole database over another, as one transaction, while others use both.
fn copy_database(from: &Path, to: &Path) {
    const COPY: &str = "import sqlite3, sys
source, target = (sqlite3.connect(path, timeout=30) for path in sys.argv[1:])
source.backup(target)";
    let python = Command::new("python3").args(["-c", COPY]).args([from, to]).output().unwrap();
    assert!(python.status.success(), "{}", String::from_utf8_lossy(&python.stderr));
}

/// Runs one of PostgreSQL's programs on a database.
fn postgres(program: &str, address: &str, arguments: &[&str]) {
    let mut command = Command::new(programs().join(program));
    let output = command.args(["-d", address]).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_postgres_database_that_was_put_back_is_noticed_and_read_anew() {
    let cluster = Cluster::start();
    let maintenance = cluster.create_database();
    let database = cluster.create_database();
    let (_, name) = database.rsplit_once('/').unwrap();
    let dump = |folder: &LedgerFolder| folder.file("backup.sql").display().to_string();
    the_older_state_is_served(
        LedgerFolder::with_example_on(database.clone()),
        |folder| postgres("pg_dump", &database, &["-f", &dump(folder)]),
        |folder| {
            let drop = format!("drop database {name} with (force)");
            let create = format!("create database {name}");
            postgres("psql", &maintenance, &["-c", &drop, "-c", &create]);
            let file = dump(folder);
            postgres("psql", &database, &["-1", "-q", "-v", "ON_ERROR_STOP=1", "-f", &file]);
        },
    );
}

#[test]
fn an_sqlite_file_that_was_put_back_is_noticed_and_read_anew() {
    let backup = |folder: &LedgerFolder| folder.file("backup.db");
    the_older_state_is_served(
        LedgerFolder::with_example(),
        |folder| copy_database(&folder.database_file(), &backup(folder)),
        |folder| copy_database(&backup(folder), &folder.database_file()),
    );
}

/// As who restores a backup does, but for stopping the server.
#[test]
fn an_sqlite_file_that_another_was_moved_over_is_noticed_and_read_anew() {
    let backup = |folder: &LedgerFolder| folder.file("backup.db");
    the_older_state_is_served(
        LedgerFolder::with_example(),
        |folder| copy_database(&folder.database_file(), &backup(folder)),
        |folder| {
            let database = folder.database_file();
            for suffix in ["", "-wal", "-shm"] {
                let name = |name: &str| folder.file(&format!("{name}{suffix}"));
                std::fs::rename(name("cairn.db"), name("before.db")).unwrap();
            }
            std::fs::rename(backup(folder), database).unwrap();
        },
    );
}
