//! `kill -9` of PostgreSQL under two servers that go on, with clients that send again.

use crate::chance::Chance;
use crate::postgres_cluster::Cluster;
use crate::running_server::LedgerFolder;
use crate::trial::{Trial, rounds};

const CLIENTS: usize = 8;
/// Acknowledgements of a round before the kill: from one to this many.
const ACKNOWLEDGED_MAX: usize = 100;

#[test]
fn what_was_acknowledged_survives_kill_9_of_postgres() {
    let mut cluster = Cluster::start();
    let mut trial =
        Trial::begin(LedgerFolder::with_example_on(cluster.create_database()), 2, CLIENTS);
    let mut chance = Chance::of(9);
    let (rounds, mut hit) = (rounds(), 0);
    for _ in 0..rounds {
        trial.under_load(|stage, _| {
            stage.wait_for_acknowledged(1 + chance.below(ACKNOWLEDGED_MAX) as u64);
            stage.strike();
            cluster.kill_9();
            cluster.start_again();
            for server in stage.servers() {
                server.ready_position();
            }
            stage.mend();
            for slot in 0..2 {
                stage.wait_for_acknowledged_by(slot, CLIENTS as u64);
            }
        });
        hit += u64::from(trial.stage.take_in_flight() > 0);
        trial.assert_all_holds();
    }
    let acknowledged = trial.end();
    println!("{acknowledged} acknowledged; {hit} of {rounds} kills with a posting in flight");
    assert!(hit * 2 >= rounds, "{hit} of {rounds} kills hit a posting in flight");
}
