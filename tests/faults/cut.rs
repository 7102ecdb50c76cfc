//! The connection to PostgreSQL is cut at a commit: its outcome is then found in the log.

use crate::chance::Chance;
use crate::postgres_cluster::Cluster;
use crate::proxy::{Cut, Proxy};
use crate::running_server::{EVENTS, LedgerFolder, RunningServer, TRAKIA, cairn, progress};
use crate::trial::Trial;

const CUTS: [Cut; 2] = [Cut::BeforeTheRequest, Cut::BeforeTheAnswer];

/// A server that reaches PostgreSQL through a proxy.
fn behind(proxy: &Proxy, cluster: &Cluster, folder: &LedgerFolder) -> RunningServer {
    let (direct, cut) = (format!(":{}/", cluster.port()), format!(":{}/", proxy.port));
    // The proxy reads along.
    let database = folder.database().replace(&direct, &cut) + "?sslmode=disable";
    let mut command = cairn();
    command.args(["serve", "--listen", "127.0.0.1:0", "--database", &database, "--data"]);
    RunningServer::start(command.arg(folder.data()), || folder.log_file())
}

#[test]
fn a_commit_that_got_no_answer_is_looked_up() {
    let cluster = Cluster::start();
    let folder = LedgerFolder::with_example_on(cluster.create_database());
    let proxy = Proxy::start(cluster.port());
    let server = behind(&proxy, &cluster, &folder);
    let other = folder.serve();
    let trakia = folder.token(TRAKIA);
    // Where another server wrote in between, several requests may make the turn.
    for (cut, other_wrote) in CUTS.into_iter().flat_map(|cut| [(cut, false), (cut, true)]) {
        let before = server.ready_position();
        if other_wrote {
            let posted = other.post(&trakia, &progress("A 5.2", "by the other server"));
            assert_eq!(posted.status, 201, "{posted:?}");
        }
        let text = format!("cut at its commit, after {before}");
        let event = progress("A 5.2", &text);
        proxy.arm(&text, cut);
        let first = server.post(&trakia, &event);
        proxy.wait_until_cut();
        let newest = server.ready_position().max(other.position());
        let path = format!("{EVENTS}/{}", event["id"].as_str().unwrap());
        let recorded = other.get_after(&trakia, &path, newest).status == 200;
        let how = format!("{cut:?}, other wrote: {other_wrote}, recorded: {recorded}, {first:?}");
        assert!(other_wrote || recorded == (cut == Cut::BeforeTheAnswer), "{how}");

        let second = server.post(&trakia, &event);
        if recorded {
            assert_eq!(first.status, 201, "{how}");
            assert_eq!((second.status, &second.body), (200, &first.body), "{how}");
        } else {
            assert_eq!(first.problem(503), "outcome_unknown", "{how}");
            assert_eq!(second.status, 201, "{how}: {second:?}");
        }
        let third = server.post(&trakia, &event);
        assert_eq!((third.status, &third.body), (200, &second.body), "{how}");
        assert_eq!(server.position(), before + 1 + u64::from(other_wrote), "{how}: once");
    }
}

#[test]
fn cuts_under_load_lose_and_double_nothing() {
    let cluster = Cluster::start();
    let folder = LedgerFolder::with_example_on(cluster.create_database());
    let proxy = Proxy::start(cluster.port());
    let servers = vec![behind(&proxy, &cluster, &folder), folder.serve()];
    let mut trial = Trial::on(folder, servers, 8);
    let mut chance = Chance::of(10);
    for _ in 0..8 {
        trial.under_load(|stage, _| {
            stage.wait_for_acknowledged(1 + chance.below(30) as u64);
            proxy.arm("of client ", CUTS[chance.below(2)]);
            proxy.wait_until_cut();
            stage.wait_for_acknowledged_by(0, 8);
        });
        trial.assert_all_holds();
    }
    trial.end();
}
