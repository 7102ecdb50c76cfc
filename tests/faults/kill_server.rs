//! `kill -9` of a server under load: of the only one, and of one of three that share a database.

use crate::chance::Chance;
use crate::postgres_cluster::Cluster;
use crate::running_server::LedgerFolder;
use crate::trial::{Trial, rounds};

/// Rounds with several servers.
const ROUNDS_OF_MANY: u64 = 8;
const CLIENTS: usize = 16;
/// Acknowledgements of a round before the kill: from one to this many.
const ACKNOWLEDGED_MAX: usize = 150;

fn what_was_acknowledged_survives(folder: LedgerFolder) {
    let mut trial = Trial::begin(folder, 1, CLIENTS);
    let mut chance = Chance::of(7);
    let (rounds, mut hit) = (rounds(), 0);
    for _ in 0..rounds {
        trial.under_load(|stage, _| {
            stage.wait_for_acknowledged(1 + chance.below(ACKNOWLEDGED_MAX) as u64);
            stage.strike();
            stage.take(0).kill();
        });
        hit += u64::from(trial.stage.take_in_flight() > 0);
        trial.stage.put(0, trial.folder.serve());
        trial.assert_all_holds();
    }
    let acknowledged = trial.end();
    println!("{acknowledged} acknowledged; {hit} of {rounds} kills with a posting in flight");
    assert!(hit * 2 >= rounds, "{hit} of {rounds} kills hit a posting in flight");
}

/// The others take over at once: a client whose server is gone turns to another one with what got
/// no answer.
fn the_others_go_on(folder: LedgerFolder, servers: usize) {
    let mut trial = Trial::begin(folder, servers, CLIENTS);
    let mut chance = Chance::of(8);
    let mut hit = 0;
    for _ in 0..ROUNDS_OF_MANY {
        trial.under_load(|stage, folder| {
            let slot = chance.below(servers);
            stage.wait_for_acknowledged(1 + chance.below(ACKNOWLEDGED_MAX) as u64);
            stage.strike();
            stage.take(slot).kill();
            stage.wait_for_acknowledged(CLIENTS as u64);
            stage.put(slot, folder.serve());
            stage.wait_for_acknowledged(CLIENTS as u64);
        });
        hit += u64::from(trial.stage.take_in_flight() > 0);
        trial.assert_all_holds();
    }
    let acknowledged = trial.end();
    println!("{acknowledged} acknowledged; {hit} of {ROUNDS_OF_MANY} kills hit a posting");
    assert!(hit * 2 >= ROUNDS_OF_MANY, "{hit} of {ROUNDS_OF_MANY} kills hit a posting in flight");
}

#[test]
fn what_was_acknowledged_survives_kill_9_of_the_server_on_sqlite() {
    what_was_acknowledged_survives(LedgerFolder::with_example());
}

#[test]
fn two_servers_write_one_sqlite_file_and_one_survives_the_other() {
    the_others_go_on(LedgerFolder::with_example(), 2);
}

#[test]
fn what_was_acknowledged_survives_kill_9_of_the_server_on_postgres() {
    let cluster = Cluster::start();
    what_was_acknowledged_survives(LedgerFolder::with_example_on(cluster.create_database()));
}

#[test]
fn three_servers_write_one_postgres_database_and_two_survive_the_third() {
    let cluster = Cluster::start();
    the_others_go_on(LedgerFolder::with_example_on(cluster.create_database()), 3);
}
