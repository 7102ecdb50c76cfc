//! The control of the whole harness: PostgreSQL is made to acknowledge what is not on disk, and
//! the oracle has to say that acknowledged events are missing. A harness that finds nothing here
//! would find nothing anywhere.

use crate::postgres_cluster::Cluster;
use crate::running_server::LedgerFolder;
use crate::trial::Trial;

/// A kill can fall on a moment when all happens to be written.
const ROUNDS_MAX: u32 = 5;

/// The server refuses a database that is set to lose events, so this is done behind its back: in
/// every transaction, after it has looked.
const FORGET: &str = "\
create function forget() returns trigger language plpgsql as $$
begin
    perform set_config('synchronous_commit', 'off', true);
    return null;
end $$;
create trigger forget after insert on event execute function forget();";

#[test]
fn a_database_that_loses_what_it_acknowledged_is_found_out() {
    let mut cluster = Cluster::start_with(&[("wal_writer_delay", "10s")]);
    let folder = LedgerFolder::with_example_on(cluster.create_database());
    assert!(cluster.execute(&folder.database(), FORGET));
    let mut trial = Trial::begin(folder, 1, 4);
    for _ in 0..ROUNDS_MAX {
        trial.under_load(|stage, _| {
            stage.wait_for_acknowledged(20);
            stage.strike();
            cluster.kill_9();
            stage.take(0).kill();
        });
        cluster.start_again();
        trial.stage.put(0, trial.folder.serve());
        let findings = trial.findings();
        let lost: Vec<_> = findings.iter().filter(|finding| is_lost(finding)).collect();
        if let Some(first) = lost.first() {
            return println!("{} events are found to be lost; {first}", lost.len());
        }
        assert!(findings.is_empty(), "{}", findings.join("\n"));
    }
    panic!("nothing was lost, or nothing was noticed");
}

fn is_lost(finding: &str) -> bool {
    finding.starts_with("acknowledged event ") && finding.contains(" is missing ")
}
