//! A server that is stopped in mid-transaction, as a machine that hangs: the other goes on within
//! the stated time-outs, and the stopped one is right again once it runs.

use std::time::{Duration, Instant};

use crate::chance::Chance;
use crate::postgres_cluster::Cluster;
use crate::running_server::LedgerFolder;
use crate::trial::Trial;

const CLIENTS: usize = 8;
/// Moments at which the other server had to wait for the lock, and how many are tried for them.
const HELD: u32 = 2;
const MOMENTS_MAX: u32 = 200;
/// Less is the ordinary wait for a turn.
const HELD_FOR: Duration = Duration::from_secs(1);
/// PostgreSQL ends a transaction that stands still after 5 s; the rest is for the turn after it.
const WAIT_MAX: Duration = Duration::from_secs(7);

#[test]
fn a_stopped_server_holds_the_other_no_longer_than_stated() {
    let cluster = Cluster::start();
    let mut trial =
        Trial::begin(LedgerFolder::with_example_on(cluster.create_database()), 2, CLIENTS);
    let mut chance = Chance::of(11);
    let (mut held, mut moments) = (0, 0);
    while held < HELD {
        assert!(moments < MOMENTS_MAX, "no stop in {moments} held the other server");
        let (waited, tried) = trial.under_load(|stage, _| {
            let mut tried = 0;
            loop {
                stage.wait_for_acknowledged(1 + chance.below(20) as u64);
                stage.server(0).signal("STOP");
                let stopped = Instant::now();
                // Turns that had begun may still end; those after them need the lock.
                stage.wait_for_acknowledged_by(1, 2 * CLIENTS as u64);
                let waited = stopped.elapsed();
                stage.server(0).signal("CONT");
                tried += 1;
                if waited > HELD_FOR || moments + tried == MOMENTS_MAX {
                    stage.wait_for_acknowledged_by(0, CLIENTS as u64);
                    return (waited, tried);
                }
            }
        });
        moments += tried;
        assert!(waited < WAIT_MAX, "the other server waited {waited:?}");
        held += u32::from(waited > HELD_FOR);
        trial.assert_all_holds();
    }
    println!("{held} of {moments} stops held the other server");
    trial.end();
}
