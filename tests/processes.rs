//! Several servers on one database: one order of events, the same answers, and nobody held up by
//! one that stands still.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]
#![allow(clippy::print_stdout, reason = "a test says what it measured")]

mod postgres_cluster;
mod running_server;

use std::process::Command;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use running_server::{
    Answer, EVENTS, LEAD, LINES, LedgerFolder, ONE, RunningServer, SIENA, TRAKIA, event,
    expenditure, progress,
};
use serde_json::Value;

const WRITERS: usize = 64;
const POSTINGS_EACH: usize = 25;

fn on_sqlite() -> LedgerFolder {
    LedgerFolder::with_example()
}

fn on_postgres() -> LedgerFolder {
    LedgerFolder::with_example_on(postgres_cluster::shared().create_database())
}

/// All that a project's page shows, at one position.
const BOARD: &str = r#"{ project(acronym: "care-get") { position version
    budgetUse(by: [PARTNER, CATEGORY]) { totals { planned declared remaining }
        rows { partner category planned declared provisional } }
    activities { nodes { code status progress lightWord reports { event occurredOn recordedAt } } }
    deliverables { nodes { code status lightWord } }
    learningLog { totalCount nodes { title { text } maturity } }
    events(first: 200) { totalCount nodes { id type } } } }"#;

/// The board as of a position at least, with the position that it is of.
fn board(server: &RunningServer, token: &str, position: u64) -> (u64, Value) {
    let request = server.client().post(server.url("/graphql")).bearer_auth(token);
    let request = request.header("Cairn-Position", position);
    let answer = Answer::of(request.json(&serde_json::json!({ "query": BOARD })));
    let (seen, board) = (answer.header("cairn-position").parse().unwrap(), answer.json());
    assert_eq!((answer.status, &board["errors"]), (200, &Value::Null), "{answer:?}");
    (seen, board)
}

/// The ids in the whole list of events, which has no gap.
fn events(server: &RunningServer, token: &str, position: u64) -> Vec<Value> {
    let mut ids = Vec::new();
    loop {
        let path = format!("{EVENTS}?after={}&limit=200", ids.len());
        let page = server.get_after(token, &path, position);
        assert_eq!(page.status, 200, "{page:?}");
        let page = page.json();
        for event in page.as_array().unwrap() {
            ids.push(event["id"].clone());
            assert_eq!(
                (&event["position"], &event["version"]),
                (&ids.len().into(), &ids.len().into())
            );
        }
        if page.as_array().unwrap().is_empty() {
            return ids;
        }
    }
}

fn assert_same_answers(ledger: &LedgerFolder, here: &RunningServer, there: &RunningServer) {
    let lead = ledger.token(LEAD);
    let position = here.position().max(there.position());
    assert_eq!(board(here, &lead, position), board(there, &lead, position));
    assert_eq!(events(here, &lead, position), events(there, &lead, position));
    let fresh = ledger.serve();
    assert_eq!(board(here, &lead, position), board(&fresh, &lead, position), "a fold of the log");
}

/// What each of many writers does: posts, and reads at the other server what it wrote.
fn write(n: usize, to: &RunningServer, other: &RunningServer, token: &str) -> Vec<u64> {
    let mut positions = Vec::new();
    for round in 0..POSTINGS_EACH {
        let posting = progress("A 5.2", &format!("writer {n}, round {round}"));
        let posted = to.post(token, &posting);
        assert_eq!(posted.status, 201, "{posted:?}");
        let position = posted.header("cairn-position").parse().unwrap();
        positions.push(position);
        // What a rule refuses is refused on both sides and gets into nobody's way.
        if (n + round).is_multiple_of(8) {
            let refused = to.post(token, &progress("A 9.9", "nowhere"));
            assert_eq!(refused.problem(422), "code_unknown");
            let read = other.get_after(token, posted.header("location"), position);
            assert_eq!(read.status, 200, "{read:?}");
            assert_eq!(read.json()["position"], position);
        }
        // Sent again, to whichever server: the first answer.
        if (n + round) % 8 == 4 {
            let again = other.post(token, &posting);
            assert_eq!((again.status, &again.body), (200, &posted.body));
        }
    }
    positions
}

fn many_writers_on_two_servers_make_one_order(ledger: &LedgerFolder) {
    let servers = [ledger.serve(), ledger.serve()];
    let (trakia, before) = (ledger.token(TRAKIA), servers[0].position());
    let start = Instant::now();
    let mut positions: Vec<u64> = std::thread::scope(|scope| {
        let writer = |n: usize| {
            let (servers, trakia) = (&servers, &trakia);
            scope.spawn(move || write(n, &servers[n % 2], &servers[(n + 1) % 2], trakia))
        };
        let writers: Vec<_> = (0..WRITERS).map(writer).collect();
        writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
    });
    println!("{} postings in {:?}", positions.len(), start.elapsed());
    positions.sort_unstable();
    let last = before + (WRITERS * POSTINGS_EACH) as u64;
    assert!(positions.into_iter().eq(before + 1..=last), "a gap in the positions");
    assert_same_answers(ledger, &servers[0], &servers[1]);
    for server in servers {
        assert!(server.stop().0.success());
    }
    // Signing in the background reads the log too.
    let told = ledger.operator_log();
    assert!(!told.contains("ERROR") && !told.contains("the log cannot be used"), "{told}");
    assert_eq!(ledger.verify().code, 0);
}

#[test]
fn many_writers_on_two_servers_make_one_order_on_sqlite() {
    many_writers_on_two_servers_make_one_order(&on_sqlite());
}

#[test]
fn many_writers_on_two_servers_make_one_order_on_postgres() {
    many_writers_on_two_servers_make_one_order(&on_postgres());
}

/// Asks the other server right after the answer, and says how long it took to see it.
fn a_server_sees_at_once_what_another_recorded(ledger: &LedgerFolder) {
    const ROUNDS: usize = 40;
    const SEEN_WITHIN: Duration = Duration::from_millis(100);
    let (here, there) = (ledger.serve(), ledger.serve());
    let trakia = ledger.token(TRAKIA);
    let mut taken: Vec<Duration> = (0..ROUNDS)
        .map(|n| {
            let posted = here.post(&trakia, &progress("A 5.2", &n.to_string()));
            assert_eq!(posted.status, 201, "{posted:?}");
            let position = posted.header("cairn-position").parse().unwrap();
            let asked = Instant::now();
            let read = there.get_after(&trakia, posted.header("location"), position);
            assert_eq!(read.status, 200, "{read:?}");
            asked.elapsed()
        })
        .collect();
    taken.sort_unstable();
    println!("median {:?}, longest {:?}", taken[ROUNDS / 2], taken[ROUNDS - 1]);
    // A machine that does much else at the same time may delay a few of them.
    assert!(taken[ROUNDS / 2] < SEEN_WITHIN, "{taken:?}");
}

#[test]
fn a_server_sees_at_once_what_another_recorded_on_sqlite() {
    a_server_sees_at_once_what_another_recorded(&on_sqlite());
}

#[test]
fn a_server_sees_at_once_what_another_recorded_on_postgres() {
    a_server_sees_at_once_what_another_recorded(&on_postgres());
}

/// A server that gets nothing but refusals follows all the same.
#[test]
fn a_server_that_refuses_all_day_follows_the_other() {
    let ledger = on_postgres();
    let (here, there) = (ledger.serve(), ledger.serve());
    let (trakia, siena) = (ledger.token(TRAKIA), ledger.token(SIENA));
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                while !done.load(Ordering::SeqCst) {
                    let refused = there.post(&siena, &expenditure());
                    assert_eq!(refused.problem(403), "transfer_partner_has_no_costs");
                }
            });
        }
        for n in 0..50 {
            let posted = here.post(&trakia, &progress("A 5.2", &n.to_string()));
            let position = posted.header("cairn-position").parse().unwrap();
            let read = there.get_after(&trakia, posted.header("location"), position);
            assert_eq!(read.status, 200, "{read:?}");
        }
        done.store(true, Ordering::SeqCst);
    });
}

/// A reader at one server sees no half of a batch that another recorded, also when there is more to
/// catch up with than is read at a time.
fn a_batch_of_another_server_is_seen_whole(ledger: &LedgerFolder) {
    const BATCH_EVENTS: u64 = 700;
    let (here, there) = (ledger.serve(), ledger.serve());
    let (trakia, lead) = (ledger.token(TRAKIA), ledger.token(LEAD));
    let before = here.position();
    for round in 0..4 {
        signal(&there, "-STOP");
        for n in 0..2 {
            let item = |item| progress("A 5.2", &format!("{round}, batch {n}, item {item}"));
            let batch: Vec<_> = (0..BATCH_EVENTS).map(item).collect();
            assert_eq!(here.post_batch(&trakia, &batch).status, 201);
        }
        let recorded = here.position();
        signal(&there, "-CONT");
        loop {
            let question = r#"{ project(acronym: "care-get") { version } }"#;
            let answer = there.graphql(&lead, question).json();
            let version = answer["data"]["project"]["version"].as_u64().unwrap();
            assert_eq!((version - before) % BATCH_EVENTS, 0, "{version} after {before}");
            if version == recorded {
                break;
            }
        }
    }
}

#[test]
fn a_batch_of_another_server_is_seen_whole_on_sqlite() {
    a_batch_of_another_server_is_seen_whole(&on_sqlite());
}

#[test]
fn a_batch_of_another_server_is_seen_whole_on_postgres() {
    a_batch_of_another_server_is_seen_whole(&on_postgres());
}

fn signal(server: &RunningServer, name: &str) {
    let process = server.process_id().to_string();
    assert!(Command::new("kill").args([name, &process]).status().unwrap().success());
}

/// How long a server waits for another that stands still, with something on top for a slow machine.
const HELD_MAX: Duration = Duration::from_secs(12);

/// One server stands still in the middle of its work, again and again until it holds the lock. The
/// other answers 503 in time; where it can go on without the first, it does.
fn a_server_that_stands_still(ledger: &LedgerFolder, goes_on: bool) {
    const ROUNDS_MAX: usize = 300;
    let (still, other) = (ledger.serve(), ledger.serve());
    let (trakia, before) = (ledger.token(TRAKIA), still.position());
    let (done, recorded) = (AtomicBool::new(false), AtomicUsize::new(0));
    let post = |server: &RunningServer| {
        let body = progress("A 5.2", "among others").to_string().into_bytes();
        // A server that goes on after seconds gives up connections on which it heard nothing so long.
        let posted = loop {
            match Answer::try_of(server.posting(&trakia, ONE, body.clone())) {
                Ok(answer) if answer.status != 408 => break answer,
                Ok(_) => {}
                Err(error) => assert!(!error.is_connect(), "{error}"),
            }
        };
        match posted.status {
            200 => _ = recorded.fetch_add(1, Ordering::SeqCst),
            201 => _ = recorded.fetch_add(1, Ordering::SeqCst),
            _ => assert!(["unavailable", "outcome_unknown"].contains(&&*posted.problem(503))),
        }
        posted.status
    };
    let held = std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                while !done.load(Ordering::SeqCst) {
                    post(&still);
                }
            });
        }
        let held = (1..=ROUNDS_MAX).find(|_| {
            // Then both write, and take the lock for it.
            (0..5).for_each(|_| assert_eq!(post(&other), 201));
            signal(&still, "-STOP");
            let stopped = Instant::now();
            let mut statuses = vec![post(&other)];
            let held = stopped.elapsed() > Duration::from_secs(2);
            // Reading waits for nobody.
            assert_eq!(other.get(&trakia, EVENTS).status, 200);
            while goes_on && statuses.last() != Some(&201) && stopped.elapsed() < HELD_MAX {
                statuses.push(post(&other));
            }
            println!("{statuses:?} after {:?}", stopped.elapsed());
            signal(&still, "-CONT");
            assert!(stopped.elapsed() < HELD_MAX, "{statuses:?}");
            while held && post(&other) != 201 {
                assert!(stopped.elapsed() < 2 * HELD_MAX);
            }
            held
        });
        done.store(true, Ordering::SeqCst);
        held
    });
    assert!(held.is_some(), "in {ROUNDS_MAX} rounds it never held the lock when it stopped");
    assert_same_answers(ledger, &still, &other);
    assert!(still.position() - before >= recorded.load(Ordering::SeqCst) as u64);
    assert_eq!(ledger.verify().code, 0);
}

#[test]
fn a_server_that_stands_still_holds_up_the_others_for_seconds_on_postgres() {
    a_server_that_stands_still(&on_postgres(), true);
}

#[test]
fn a_server_that_stands_still_makes_the_others_say_503_on_sqlite() {
    a_server_that_stands_still(&on_sqlite(), false);
}

/// Neither of two busy servers starves for its turn: each line of both is recorded in time, and so
/// many of them while both were at work.
fn two_busy_servers_take_turns(ledger: &LedgerFolder, together_min: u64) {
    const LINES_EACH: usize = 3_000;
    let servers = [ledger.serve(), ledger.serve()];
    let trakia = ledger.token(TRAKIA);
    let bodies = ["here", "there"].map(|name| {
        let line = |n| format!("{}\n", progress("A 5.2", &format!("{name}, line {n}")));
        (0..LINES_EACH).map(line).collect::<String>()
    });
    let start = Barrier::new(servers.len());
    let send = |server: &RunningServer, body: &str| {
        let posting = server.posting(&trakia, LINES, body.as_bytes().to_vec());
        start.wait();
        let answer = Answer::of(posting);
        let lines = answer.body.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let positions: Vec<u64> = lines.map(|line| line["position"].as_u64().unwrap()).collect();
        assert_eq!(positions.len(), LINES_EACH);
        positions
    };
    let [here, there] = std::thread::scope(|scope| {
        let send = |n: usize| {
            let (send, server, body) = (&send, &servers[n], &bodies[n]);
            scope.spawn(move || send(server, body))
        };
        [send(0), send(1)].map(|sent| sent.join().unwrap())
    });
    let both = here[0].max(there[0])..here[LINES_EACH - 1].min(there[LINES_EACH - 1]);
    let together = both.end.saturating_sub(both.start);
    assert!(together >= together_min, "{together} lines while both were at work");
}

#[test]
fn two_busy_servers_take_turns_on_sqlite() {
    two_busy_servers_take_turns(&on_sqlite(), 1_500);
}

#[test]
fn two_busy_servers_take_turns_on_postgres() {
    two_busy_servers_take_turns(&on_postgres(), 1_500);
}

#[test]
fn servers_that_share_a_folder_answer_to_the_same_calendar_feeds() {
    let ledger = on_sqlite();
    let (here, there) = (ledger.serve(), ledger.serve());
    let siena = ledger.token(SIENA);
    let opened = event("calendar_feed.opened", serde_json::json!({ "language": "it" }));
    let posted = here.post(&siena, &opened);
    assert_eq!(posted.status, 201, "{posted:?}");
    let position = posted.json()["position"].as_u64().unwrap();
    let asked = serde_json::json!({ "query": "{ viewer { calendarFeeds { path } } }" });
    let request = there.client().post(there.url("/graphql")).bearer_auth(&siena);
    let answer = Answer::of(request.header("Cairn-Position", position).json(&asked));
    let feeds = &answer.json()["data"]["viewer"]["calendarFeeds"];
    let path = feeds[0]["path"].as_str().unwrap().to_owned();
    let read = |server: &RunningServer| Answer::of(server.client().get(server.url(&path)));
    let feed = read(&here);
    assert_eq!((feed.status, feed.header("content-type")), (200, "text/calendar; charset=utf-8"));
    assert!(feed.body.starts_with("BEGIN:VCALENDAR\r\n"), "{feed:?}");
    assert_eq!(feed.body, read(&there).body);
    assert!(!ledger.export().contains(path.rsplit('/').next().unwrap()), "it is in the log");
    assert!(!ledger.operator_log().contains(path.rsplit('/').next().unwrap()), "it was told");
}
