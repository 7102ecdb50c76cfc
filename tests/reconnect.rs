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

        cluster.start_again();
        let posted = post_until_recorded(&server, &trakia, &progress("A 5.2", "after"));
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
    println!("refused meanwhile: {:?}", refused.lock().unwrap());
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

#[test]
fn a_database_restored_under_a_running_server_is_never_mixed_with_what_was_known() {
    let cluster = shared();
    let admin = cluster.create_database();
    let address = cluster.create_database();
    let name = address.rsplit_once('/').unwrap().1;
    let ledger = LedgerFolder::with_example_on(address.clone());
    execute(&admin, &[&format!("create database saved template {name}")]);
    let server = ledger.serve();
    let (trakia, lead, saved) = (ledger.token(TRAKIA), ledger.token(LEAD), server.position());
    let (lost, next) = (progress("A 5.2", "lost with the restore"), progress("A 5.2", "after"));
    for _ in 0..30 {
        assert_eq!(server.post(&trakia, &progress("A 5.2", "more that is lost")).status, 201);
    }
    let posted = server.post(&trakia, &lost);
    let known = server.position();
    assert_eq!(known, saved + 31);
    let question = r#"{ project(acronym: "care-get") { version
        activities { nodes { reports { event } } } } }"#;
    let told = |answer: &Answer| -> (u64, usize) {
        let project = &answer.json()["data"]["project"];
        let activities = project["activities"]["nodes"].as_array().unwrap().clone();
        let reports = activities.iter().map(|a| a["reports"].as_array().unwrap().len()).sum();
        (project["version"].as_u64().unwrap(), reports)
    };
    let (whole, restored) = (told(&server.graphql(&lead, question)), AtomicBool::new(false));
    let older = (saved, whole.1 - 31);
    std::thread::scope(|scope| {
        // Whoever asks all the while sees what was known, or is told to come again, or sees the
        // older state, in this order.
        let reader = scope.spawn(|| {
            let mut stages = vec!["known"];
            loop {
                let ended = restored.load(Ordering::SeqCst);
                let answer = server.graphql(&lead, question);
                let stage = match answer.status {
                    200 if told(&answer) == whole => "known",
                    200 if told(&answer) == older => "older",
                    200 => panic!("neither: {answer:?}"),
                    _ => {
                        assert_eq!(answer.problem(503), "log_replaced");
                        "replaced"
                    }
                };
                if stages.last() != Some(&stage) {
                    stages.push(stage);
                }
                if ended {
                    return stages;
                }
            }
        });
        execute(
            &admin,
            &[
                &format!("alter database {name} allow_connections false"),
                &format!(
                    "select pg_terminate_backend(pid) from pg_stat_activity \
                     where datname = '{name}'"
                ),
                &format!("alter database {name} rename to before_restore"),
                &format!("alter database saved rename to {name}"),
            ],
        );
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
        restored.store(true, Ordering::SeqCst);
        let stages = reader.join().unwrap();
        println!("{stages:?}");
        assert_eq!((stages[0], *stages.last().unwrap()), ("known", "older"));
        assert!(stages.len() <= 3, "{stages:?}");
    });
    assert_eq!(server.get(&lead, posted.header("location")).problem(404), "not_found");
    let posted = post_until_recorded(&server, &trakia, &next);
    assert_eq!((posted.status, &posted.json()["position"]), (201, &json!(saved + 1)));
    // What was lost can be sent again.
    let again = server.post(&trakia, &lost);
    assert_eq!((again.status, &again.json()["position"]), (201, &json!(saved + 2)));
    let fresh = ledger.serve();
    let boards = [&server, &fresh].map(|server| server.graphql(&lead, question).json());
    assert_eq!(boards[0], boards[1]);
    let operator_log = ledger.operator_log();
    assert!(operator_log.contains("the log was read anew"), "{operator_log}");
    assert!(!operator_log.contains("panicked"), "{operator_log}");
}
