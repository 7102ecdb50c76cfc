//! A full disk: postings are put off and nothing is lost, reads go on, and postings too once there
//! is room.

use std::os::unix::fs::symlink;

use crate::postgres_cluster::Cluster;
use crate::running_server::{EVENTS, LEAD, LedgerFolder, RunningServer};
use crate::small_disk::SmallDisk;
use crate::trial::Trial;

const ROUNDS: u64 = 4;
const CLIENTS: usize = 4;

/// Has PostgreSQL begin another file of its write-ahead log.
const NEXT_SEGMENT: &str =
    "select pg_logical_emit_message(false, 'to the', 'next segment'), pg_switch_wal()";

/// PostgreSQL keeps a few files to use again.
const SEGMENTS_MAX: u32 = 100;

/// What was read before can be asked for, whatever became of the database.
fn asking_goes_on(server: &RunningServer, token: &str) {
    let answer = server.graphql(token, r#"{ project(acronym: "care-get") { version } }"#);
    assert!(answer.json()["data"]["project"]["version"].is_u64(), "{answer:?}");
}

/// Puts the database where the disk is small; keys, checkpoints and clients stay where they are.
fn on_sqlite(disk: &SmallDisk) {
    let folder = LedgerFolder::with_example();
    let database = disk.folder().join("cairn.db");
    std::fs::copy(folder.database_file(), &database).unwrap();
    std::fs::remove_file(folder.database_file()).unwrap();
    symlink(database, folder.database_file()).unwrap();
    let serve = |folder: &LedgerFolder| {
        folder.serve_with(|command| {
            command.envs(disk.variables());
        })
    };
    let lead = folder.token(LEAD);
    let server = serve(&folder);
    let mut trial = Trial::on(folder, vec![server], CLIENTS);
    for round in 0..ROUNDS {
        trial.under_load(|stage, folder| {
            stage.wait_for_acknowledged(30);
            stage.strike();
            disk.fill();
            stage.wait_for_problem(&["disk_full"]);
            assert_eq!(stage.server(0).get(&lead, EVENTS).status, 200);
            asking_goes_on(&stage.server(0), &lead);
            if round % 2 == 1 {
                stage.take(0).kill();
            }
            disk.make_room();
            if round % 2 == 1 {
                stage.put(0, serve(folder));
            }
            stage.mend();
            stage.wait_for_acknowledged(2 * CLIENTS as u64);
        });
        trial.assert_all_holds();
    }
    trial.end();
}

/// A table that cannot grow refuses the turn. A write-ahead log that cannot grow takes the whole
/// of PostgreSQL down, and it may not come up again before there is room.
fn on_postgres(disk: &SmallDisk) {
    let mut cluster = Cluster::start_in(disk.folder(), &[], &disk.variables());
    let folder = LedgerFolder::with_example_on(cluster.create_database());
    let (lead, database) = (folder.token(LEAD), folder.database());
    let mut trial = Trial::begin(folder, 1, CLIENTS);
    for round in 0..ROUNDS {
        trial.under_load(|stage, _| {
            stage.wait_for_acknowledged(30);
            stage.strike();
            disk.fill();
            let server = stage.server(0);
            if round % 2 == 0 {
                // The others, where the write-ahead log was the first to need room.
                stage.wait_for_problem(&["disk_full", "unavailable", "outcome_unknown"]);
                asking_goes_on(&server, &lead);
            } else {
                let grows = |_: &u32| !cluster.execute(&database, NEXT_SEGMENT);
                (0..SEGMENTS_MAX).find(grows).expect("the log needs another file some time");
            }
            disk.make_room();
            stage.mend();
            // It may end only now, of what it met before.
            stage.see_to_until_acknowledged(2 * CLIENTS as u64, || cluster.start_if_ended());
        });
        trial.assert_all_holds();
    }
    trial.end();
}

#[test]
fn a_full_disk_loses_nothing_on_sqlite() {
    SmallDisk::with("full_disk::a_full_disk_loses_nothing_on_sqlite", on_sqlite);
}

#[test]
fn a_full_disk_loses_nothing_on_postgres() {
    SmallDisk::with("full_disk::a_full_disk_loses_nothing_on_postgres", on_postgres);
}

/// What stands in for a mounted disk where none may be mounted stays fit for it.
#[test]
fn a_pretended_full_disk_loses_nothing() {
    SmallDisk::pretend(on_sqlite);
    SmallDisk::pretend(on_postgres);
}
