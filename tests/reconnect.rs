//! PostgreSQL goes away under a running server, or comes back in another state.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod postgres_cluster;
mod running_server;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use postgres_cluster::{Cluster, shared};
use running_server::{
    Answer, EVENTS, LEAD, LINES, LedgerFolder, ONE, RunningServer, TRAKIA, progress,
};
use serde_json::{Value, json};
use sqlx::Connection as _;

/// A server that knows that its log is gone answers without asking it.
const AT_ONCE: Duration = Duration::from_secs(2);
/// Between two attempts to reach the log lie five seconds, and PostgreSQL needs some to start.
const BACK_WITHIN: Duration = Duration::from_secs(60);

fn ask_version(server: &RunningServer, token: &str) -> Answer {
    server.graphql(token, r#"{ project(acronym: "care-get") { version } }"#)
}

/// Posts the same again until it is recorded; what is said meanwhile is a 503 that says when to try
/// again.
fn post_until_recorded(server: &RunningServer, token: &str, posting: &Value) -> Answer {
    let start = Instant::now();
    loop {
        let posted = server.post(token, posting);
        if matches!(posted.status, 200 | 201) {
            return posted;
        }
        let kind = posted.problem(503);
        assert!(["unavailable", "outcome_unknown"].contains(&&*kind), "{posted:?}");
        assert_eq!(posted.header("retry-after"), "1");
        assert!(start.elapsed() < BACK_WITHIN, "{posted:?}");
    }
}

#[test]
fn while_postgres_is_gone_postings_are_refused_at_once_and_what_is_known_is_answered() {
    let mut cluster = Cluster::start();
    let ledger = LedgerFolder::with_example_on(cluster.create_database());
    let server = ledger.serve();
    let (trakia, lead) = (ledger.token(TRAKIA), ledger.token(LEAD));
    let first = server.post(&trakia, &progress("A 5.2", "before"));
    assert_eq!(first.status, 201, "{first:?}");
    for stop in [Cluster::kill_9, Cluster::stop] {
        let known = server.position();
        stop(&mut cluster);
        // The poll finds it out, or the first posting does.
        let lost = progress("A 5.2", "while it is gone");
        assert!(
            ["unavailable", "outcome_unknown"]
                .contains(&&*server.post(&trakia, &lost).problem(503))
        );
        for _ in 0..20 {
            let asked = Instant::now();
            let refused = server.post(&trakia, &lost);
            assert_eq!(refused.problem(503), "unavailable");
            assert_eq!(refused.header("retry-after"), "1");
            assert!(asked.elapsed() < AT_ONCE, "{:?}", asked.elapsed());
        }
        let ready = server.get(&trakia, "/readyz");
        assert_eq!(ready.problem(503), "unavailable");
        assert!(ready.json()["detail"].as_str().unwrap().contains("the log was lost"), "{ready:?}");
        assert_eq!(server.get(&trakia, "/healthz").status, 200);
        let told = ask_version(&server, &lead);
        assert_eq!((told.status, told.header("cairn-position")), (200, &*known.to_string()));
        assert_eq!(told.json()["data"]["project"]["version"], known);
        assert_eq!(server.get(&lead, EVENTS).problem(503), "unavailable", "it lies in the log");
        // Lines are told from where to send again.
        let lines = format!("{lost}\n").repeat(500);
        let answer = Answer::of(server.posting(&trakia, LINES, lines.into_bytes()));
        let last: Value = serde_json::from_str(answer.body.lines().last().unwrap()).unwrap();
        assert_eq!((answer.status, &last["status"]), (200, &json!(503)), "{answer:?}");

        // What was signed within the last second is given as it is.
        let start = Instant::now();
        while server.get(&lead, "/v1/checkpoint").status == 200 {
            assert!(start.elapsed() < AT_ONCE);
        }
        cluster.start_again();
        let posted = post_until_recorded(&server, &trakia, &progress("A 5.2", "after"));
        let signed = server.get(&lead, "/v1/checkpoint");
        assert_eq!(signed.status, 200, "what could not be signed is tried again: {signed:?}");
        assert!(posted.json()["position"].as_u64().unwrap() > known);
        assert_eq!(server.get(&trakia, "/readyz").status, 200);
        let again = server.post(&trakia, &progress("A 5.2", "and on"));
        assert_eq!(again.status, 201, "{again:?}");
        assert_eq!(server.get(&lead, first.header("location")).status, 200);
        let told = ask_version(&server, &lead).json();
        assert_eq!(told["data"]["project"]["version"], server.position());
    }
    assert_eq!(ledger.verify().code, 0);
    assert!(!ledger.operator_log().contains("panicked"));
}

/// As after a standby took the place of the database that takes writes.
#[test]
fn a_log_that_can_be_read_and_not_written_takes_no_postings_until_it_can() {
    let cluster = shared();
    let (admin, address) = (cluster.create_database(), cluster.create_database());
    let name = address.rsplit_once('/').unwrap().1;
    let ledger = LedgerFolder::with_example_on(address.clone());
    let server = ledger.serve();
    let (trakia, lead) = (ledger.token(TRAKIA), ledger.token(LEAD));
    let cut = format!(
        "select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = '{name}'"
    );
    execute(
        &admin,
        &[&format!("alter database {name} set default_transaction_read_only = on"), &cut],
    );
    let refused = server.post(&trakia, &progress("A 5.2", "while it is read only"));
    assert!(["unavailable", "outcome_unknown"].contains(&&*refused.problem(503)));
    for _ in 0..50 {
        assert_eq!(server.get(&trakia, "/readyz").problem(503), "unavailable");
        assert_eq!(ask_version(&server, &lead).status, 200);
    }
    execute(&admin, &[&format!("alter database {name} reset default_transaction_read_only"), &cut]);
    post_until_recorded(&server, &trakia, &progress("A 5.2", "after"));
    assert_eq!(server.get(&trakia, "/readyz").status, 200);
}

/// What a posting got at last: its position and leaf hash.
type Acknowledged = Mutex<BTreeMap<String, (u64, String)>>;

fn acknowledge(acknowledged: &Acknowledged, posted: &Answer) {
    let receipt = posted.json();
    let place =
        (receipt["position"].as_u64().unwrap(), receipt["leafHash"].as_str().unwrap().to_owned());
    let id = receipt["id"].as_str().unwrap().to_owned();
    acknowledged.lock().unwrap().insert(id, place);
}

#[test]
fn postings_under_way_when_postgres_dies_are_recorded_once_or_said_to_be_unknown() {
    const WRITERS: usize = 32;
    let mut cluster = Cluster::start();
    let ledger = LedgerFolder::with_example_on(cluster.create_database());
    let server = ledger.serve();
    let (trakia, before) = (ledger.token(TRAKIA), server.position());
    let (acknowledged, refused) = (Acknowledged::default(), Mutex::new(BTreeMap::new()));
    for round in 0..3 {
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for n in 0..WRITERS {
                let (server, trakia, done) = (&server, &trakia, &done);
                let (acknowledged, refused) = (&acknowledged, &refused);
                scope.spawn(move || {
                    while !done.load(Ordering::SeqCst) {
                        let posting = progress("A 5.2", &format!("round {round}, writer {n}"));
                        let sent = Instant::now();
                        let body = posting.to_string().into_bytes();
                        let posted = Answer::of(server.posting(trakia, ONE, body));
                        assert!(sent.elapsed() < Duration::from_secs(12), "held for too long");
                        if posted.status != 201 {
                            let kind = posted.problem(503);
                            *refused.lock().unwrap().entry(kind).or_insert(0) += 1;
                            // It comes again with its id until it is known to be recorded.
                            acknowledge(
                                acknowledged,
                                &post_until_recorded(server, trakia, &posting),
                            );
                        } else {
                            acknowledge(acknowledged, &posted);
                        }
                    }
                });
            }
            let many = |more: usize| {
                let wanted = acknowledged.lock().unwrap().len() + more;
                while acknowledged.lock().unwrap().len() < wanted {
                    std::thread::yield_now();
                }
            };
            many(100);
            cluster.kill_9();
            cluster.start_again();
            many(100);
            done.store(true, Ordering::SeqCst);
        });
    }
    let told = ledger.operator_log();
    let settled = |stored: bool| told.matches(&format!("stored={stored}")).count();
    println!(
        "refused meanwhile: {:?}; turns of unknown outcome: {} found in the log, {} not",
        refused.lock().unwrap(),
        settled(true),
        settled(false)
    );
    let acknowledged = acknowledged.into_inner().unwrap();
    // Each is there once, where it was said to be, and nothing else is.
    let fresh = ledger.serve();
    assert_eq!(fresh.position(), server.position());
    assert_eq!(fresh.position() - before, acknowledged.len() as u64);
    for (id, (position, leaf_hash)) in &acknowledged {
        let read = fresh.get(&trakia, &format!("{EVENTS}/{id}")).json();
        assert_eq!((&read["position"], &read["leafhash"]), (&json!(position), &json!(leaf_hash)));
    }
    assert_eq!(ledger.verify().code, 0);
    assert!(!ledger.operator_log().contains("panicked"));
}

fn execute(address: &str, statements: &[&str]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut connection = sqlx::PgConnection::connect(address).await.unwrap();
        for sql in statements {
            let sql = sqlx::AssertSqlSafe((*sql).to_owned());
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        }
        connection.close().await.unwrap();
    });
}

/// How often it was reported at one version, as a board says.
const REPORTS: &str = r#"{ project(acronym: "care-get") { version
    activities { nodes { reports { event } } } } }"#;

fn version_and_reports(answer: &Answer) -> (u64, usize) {
    let project = &answer.json()["data"]["project"];
    let activities = project["activities"]["nodes"].as_array().unwrap().clone();
    let reports = activities.iter().map(|a| a["reports"].as_array().unwrap().len()).sum();
    (project["version"].as_u64().unwrap(), reports)
}

/// Asks for the board until the end: it is what was known, then perhaps nothing, then the older one.
fn watch_board(
    server: &RunningServer,
    token: &str,
    [known, older]: [(u64, usize); 2],
    ended: &AtomicBool,
) -> Vec<&'static str> {
    let mut stages = Vec::new();
    loop {
        let is_last = ended.load(Ordering::SeqCst);
        let answer = server.graphql(token, REPORTS);
        let stage = match answer.status {
            200 if version_and_reports(&answer) == known => "known",
            200 if version_and_reports(&answer) == older => "older",
            200 => panic!("a mixture: {answer:?}"),
            _ => {
                assert_eq!(answer.problem(503), "log_replaced");
                "replaced"
            }
        };
        if stages.last() != Some(&stage) {
            stages.push(stage);
        }
        if is_last {
            return stages;
        }
    }
}

/// Asks for events, which lie in the log, until the end: all of them are of one state.
fn watch_events(server: &RunningServer, token: &str, after: u64, ended: &AtomicBool) {
    while !ended.load(Ordering::SeqCst) {
        let page = server.get(token, &format!("{EVENTS}?after={after}"));
        if page.status != 200 {
            let kind = page.problem(503);
            assert!(["unavailable", "log_replaced"].contains(&&*kind), "{page:?}");
            continue;
        }
        let listed = page.json().as_array().unwrap().len() as u64;
        let seen: u64 = page.header("cairn-position").parse().unwrap();
        assert_eq!(listed, seen - after, "{page:?}");
    }
}

/// Puts another database in the place of this one, as who restores a backup does.
fn restore(admin: &str, name: &str) {
    execute(
        admin,
        &[
            &format!("alter database {name} allow_connections false"),
            &format!(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'"
            ),
            &format!("alter database {name} rename to before_restore"),
            &format!("alter database saved rename to {name}"),
        ],
    );
}

#[test]
fn a_database_restored_under_a_running_server_is_never_mixed_with_what_was_known() {
    const LOST: usize = 30;
    let cluster = shared();
    let (admin, address) = (cluster.create_database(), cluster.create_database());
    let name = address.rsplit_once('/').unwrap().1;
    let ledger = LedgerFolder::with_example_on(address.clone());
    execute(&admin, &[&format!("create database saved template {name}")]);
    let server = ledger.serve();
    let (trakia, lead, saved) = (ledger.token(TRAKIA), ledger.token(LEAD), server.position());
    let lost: Vec<_> =
        (0..LOST).map(|n| progress("A 5.2", &format!("lost with the restore {n}"))).collect();
    let posted: Vec<_> = lost.iter().map(|event| server.post(&trakia, event)).collect();
    let known = version_and_reports(&server.graphql(&lead, REPORTS));
    assert_eq!(known.0, saved + LOST as u64);
    let states = [known, (saved, known.1 - LOST)];

    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let board = scope.spawn(|| watch_board(&server, &lead, states, &ended));
        let events = scope.spawn(|| watch_events(&server, &lead, saved - 1, &ended));
        restore(&admin, name);
        let start = Instant::now();
        loop {
            let ready = server.get(&trakia, "/readyz");
            match ready.status {
                200 if ready.json()["position"] == saved => break,
                200 => {}
                _ => assert!(["unavailable", "log_replaced"].contains(&&*ready.problem(503))),
            }
            assert_eq!(server.get(&trakia, "/healthz").status, 200);
            assert!(start.elapsed() < BACK_WITHIN, "{ready:?}");
        }
        ended.store(true, Ordering::SeqCst);
        events.join().unwrap();
        let stages = board.join().unwrap();
        println!("{stages:?}");
        assert!(matches!(stages[..], ["known", "older"] | ["known", "replaced", "older"]));
    });
    assert_eq!(server.get(&lead, posted[0].header("location")).problem(404), "not_found");
    let next = post_until_recorded(&server, &trakia, &progress("A 5.2", "after"));
    assert_eq!((next.status, &next.json()["position"]), (201, &json!(saved + 1)));
    // What was lost can be sent again.
    let again = server.post(&trakia, &lost[0]);
    assert_eq!((again.status, &again.json()["position"]), (201, &json!(saved + 2)));
    let fresh = ledger.serve();
    let boards = [&server, &fresh].map(|server| server.graphql(&lead, REPORTS).json());
    assert_eq!(boards[0], boards[1]);
    let told = ledger.operator_log();
    assert!(told.contains("the log was read anew") && !told.contains("panicked"), "{told}");
}

/// The head of the log is put back and its events are not: it leads nowhere.
#[test]
fn a_log_that_cannot_be_read_anew_is_refused_to_all_until_it_is_mended() {
    let address = shared().create_database();
    let ledger = LedgerFolder::with_example_on(address.clone());
    execute(&address, &["create table saved as select * from head"]);
    let server = ledger.serve();
    let (trakia, lead, saved) = (ledger.token(TRAKIA), ledger.token(LEAD), server.position());
    assert_eq!(server.post(&trakia, &progress("A 5.2", "lost")).status, 201);
    const NO_TRIGGERS: &str = "set session_replication_role = replica";
    let put_back = "update head set (position, tree_head, frontier) = \
        (select position, tree_head, frontier from saved)";
    execute(&address, &[NO_TRIGGERS, put_back]);

    let start = Instant::now();
    while server.get(&lead, "/readyz").status == 200 {
        assert!(start.elapsed() < AT_ONCE);
    }
    let posting = progress("A 5.2", "meanwhile");
    let dry_run = server.url(&format!("{EVENTS}?dry-run=true"));
    let dry_run = server.client().post(dry_run).header("Content-Type", ONE).bearer_auth(&trakia);
    for _ in 0..20 {
        let refused = [
            ask_version(&server, &lead),
            server.get(&lead, EVENTS),
            server.get_after(&lead, EVENTS, saved),
            server.get(&lead, &format!("{EVENTS}/{}", posting["id"].as_str().unwrap())),
            server.post(&trakia, &posting),
            Answer::of(dry_run.try_clone().unwrap().body(posting.to_string())),
            server.get(&lead, "/readyz"),
        ];
        for answer in refused {
            assert_eq!(answer.problem(503), "log_replaced");
            assert_eq!(answer.header("retry-after"), "1");
        }
        let lines = server.posting(&trakia, LINES, posting.to_string().into_bytes());
        assert!(Answer::of(lines).body.contains("/problems/log_replaced"));
        assert_eq!(server.get("", "/healthz").status, 200);
    }
    execute(&address, &[NO_TRIGGERS, &format!("delete from event where position > {saved}")]);
    let start = Instant::now();
    while server.get(&lead, "/readyz").status != 200 {
        assert!(start.elapsed() < BACK_WITHIN);
    }
    assert_eq!(ask_version(&server, &lead).json()["data"]["project"]["version"], saved);
    assert_eq!(server.post(&trakia, &posting).json()["position"], saved + 1);
}
