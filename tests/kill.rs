//! `kill -9` while 32 clients post, twenty times on one database: what was acknowledged stays,
//! once, where it was said to be.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod running_server;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::OpenOptions;
use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;

use running_server::{Answer, EVENTS, LEAD, LedgerFolder, ONE, RunningServer, TRAKIA, progress};
use serde_json::Value;

const ROUNDS: u64 = 20;
const CLIENTS: usize = 32;
/// Acknowledgements of a round before the kill: from one to this many.
const ACKNOWLEDGED_MAX: u64 = 300;

/// Where an event stands, as its poster was told.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    position: u64,
    leaf_hash: String,
}

/// A posting that got no answer.
struct Unanswered {
    posting: Value,
    /// Whether it had reached the server, rather than finding nobody there.
    in_flight: bool,
}

/// How many acknowledgements to wait for before the kill: the same at every run (SplitMix64).
fn acknowledgements_before_kill(round: u64) -> u64 {
    let mut mixed = (round + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed ^ (mixed >> 31)) % ACKNOWLEDGED_MAX + 1
}

/// One client: posts until it gets no answer, and writes what is acknowledged to its own ledger.
fn post_until_killed(
    server: &RunningServer,
    token: &str,
    ledger: &std::path::Path,
    killed: &AtomicBool,
    acknowledged: &mpsc::Sender<()>,
) -> Unanswered {
    let mut ledger = OpenOptions::new().create(true).append(true).open(ledger).unwrap();
    loop {
        let posting = progress("A 5.2", "under way when the lights went out");
        let body = posting.to_string().into_bytes();
        let before_kill = !killed.load(Ordering::SeqCst);
        match Answer::try_of(server.posting(token, ONE, body)) {
            Ok(answer) => {
                assert_eq!(answer.status, 201, "{answer:?}");
                let receipt = answer.json();
                let (id, position) = (&receipt["id"], &receipt["position"]);
                assert_eq!(*id, posting["id"]);
                let leaf_hash = receipt["leafHash"].as_str().unwrap();
                writeln!(ledger, "{} {position} {leaf_hash}", id.as_str().unwrap()).unwrap();
                let _ = acknowledged.send(());
            }
            Err(error) => {
                let in_flight = before_kill && !error.is_connect();
                return Unanswered { posting, in_flight };
            }
        }
    }
}

/// Lets all clients post, and kills the server once enough is acknowledged.
fn round(folder: &LedgerFolder, token: &str, round: u64) -> Vec<Unanswered> {
    let server = folder.serve();
    let (killed, (acknowledged, count)) = (AtomicBool::new(false), mpsc::channel());
    let wanted = acknowledgements_before_kill(round);
    let ledgers: Vec<_> = (0..CLIENTS).map(|client| ledger_file(folder, client)).collect();
    std::thread::scope(|scope| {
        let (server, killed) = (&server, &killed);
        let clients: Vec<_> = ledgers
            .iter()
            .map(|ledger| {
                let acknowledged = acknowledged.clone();
                scope.spawn(move || post_until_killed(server, token, ledger, killed, &acknowledged))
            })
            .collect();
        drop(acknowledged);
        for _ in 0..wanted {
            count.recv().expect("the clients post until the server is killed");
        }
        killed.store(true, Ordering::SeqCst);
        server.kill();
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    })
}

fn ledger_file(folder: &LedgerFolder, client: usize) -> std::path::PathBuf {
    folder.file(&format!("acknowledged-{client}"))
}

/// What all clients were told, from their ledgers.
fn acknowledged(folder: &LedgerFolder) -> BTreeMap<String, Place> {
    let mut all = BTreeMap::new();
    for client in 0..CLIENTS {
        let lines = std::fs::read_to_string(ledger_file(folder, client)).unwrap();
        for line in lines.lines() {
            let [id, position, leaf_hash] = line.split(' ').collect::<Vec<_>>()[..] else {
                panic!("{line}")
            };
            let place =
                Place { position: position.parse().unwrap(), leaf_hash: leaf_hash.to_owned() };
            assert_eq!(all.insert(id.to_owned(), place), None, "{id} was acknowledged twice");
        }
    }
    all
}

/// The events after a version, with positions and versions that follow each other without a gap.
fn events_after(server: &RunningServer, token: &str, after: u64) -> BTreeMap<String, Place> {
    let mut events = BTreeMap::new();
    let mut last = after;
    loop {
        let page = server.get(token, &format!("{EVENTS}?after={last}&limit=200"));
        assert_eq!(page.status, 200, "{page:?}");
        let page = page.json();
        let page = page.as_array().unwrap();
        if page.is_empty() {
            assert_eq!(last, server.position(), "the list ends where the log does");
            return events;
        }
        for event in page {
            last += 1;
            assert_eq!(event["position"], last, "a gap in the positions");
            assert_eq!(event["version"], last, "a gap in the versions");
            let id = event["id"].as_str().unwrap().to_owned();
            let leaf_hash = event["leafhash"].as_str().unwrap().to_owned();
            let before = events.insert(id, Place { position: last, leaf_hash });
            assert_eq!(before, None, "{event} is there twice");
        }
    }
}

/// Each acknowledged event is found under its id, where it was said to be.
fn find_each(server: &RunningServer, token: &str, wanted: &[(&String, &Place)]) {
    std::thread::scope(|scope| {
        for part in wanted.chunks(wanted.len().div_ceil(8).max(1)) {
            scope.spawn(move || {
                for (id, place) in part {
                    let read = server.get(token, &format!("{EVENTS}/{id}"));
                    assert_eq!(read.status, 200, "{id} was acknowledged and is gone: {read:?}");
                    let event = read.json();
                    assert_eq!(event["position"], place.position, "{event}");
                    assert_eq!(event["leafhash"], place.leaf_hash.as_str(), "{event}");
                }
            });
        }
    });
}

/// Sends again what got no answer: recorded before the kill or now, but once.
fn retry(server: &RunningServer, token: &str, unanswered: &[Unanswered]) -> usize {
    let mut there_already = 0;
    for Unanswered { posting, .. } in unanswered {
        let first = server.post(token, posting);
        assert!(matches!(first.status, 200 | 201), "{first:?}");
        there_already += usize::from(first.status == 200);
        let second = server.post(token, posting);
        assert_eq!((second.status, second.body), (200, first.body));
    }
    there_already
}

#[test]
fn what_was_acknowledged_survives_kill_9_under_load() {
    let folder = LedgerFolder::with_example();
    let (trakia, lead) = (folder.token(TRAKIA), folder.token(LEAD));
    let mut known = acknowledged_before(&folder, &lead);
    let imported = known.len();
    let (mut told, mut rounds_in_flight, mut recorded_unanswered) = (0, 0, 0);
    for number in 0..ROUNDS {
        let unanswered = round(&folder, &trakia, number);
        rounds_in_flight += u64::from(unanswered.iter().any(|posting| posting.in_flight));

        let server = folder.serve();
        let found = events_after(&server, &lead, known.len() as u64);
        let acknowledged = acknowledged(&folder);
        let new: Vec<_> = acknowledged.iter().filter(|(id, _)| !known.contains_key(*id)).collect();
        assert!(new.len() as u64 >= acknowledgements_before_kill(number));
        find_each(&server, &trakia, &new);
        let sent: BTreeSet<_> =
            unanswered.iter().map(|posting| posting.posting["id"].as_str().unwrap()).collect();
        for (id, place) in &found {
            let told = acknowledged.get(id) == Some(place);
            assert!(told || sent.contains(id.as_str()), "nobody posted {id} at {place:?}");
        }
        told += new.len();
        recorded_unanswered += retry(&server, &trakia, &unanswered);
        let retried = events_after(&server, &lead, (known.len() + found.len()) as u64);
        known.extend(found);
        let before = known.len() + retried.len();
        known.extend(retried);
        assert_eq!(known.len(), before, "an event was recorded twice");
    }

    let server = folder.serve();
    assert_eq!(events_after(&server, &lead, 0), known);
    assert_eq!(known.len(), imported + told + usize::try_from(ROUNDS).unwrap() * CLIENTS);
    drop(server);
    assert!(!folder.operator_log().contains("panicked"), "{}", folder.operator_log());
    let verified = folder.verify();
    assert_eq!(verified.code, 0, "{verified:?}");
    println!(
        "{told} acknowledged; {rounds_in_flight} of {ROUNDS} kills with a posting in flight; \
         {recorded_unanswered} recorded without an answer"
    );
    assert!(rounds_in_flight * 2 >= ROUNDS, "{rounds_in_flight} kills hit a posting in flight");
}

fn acknowledged_before(folder: &LedgerFolder, token: &str) -> BTreeMap<String, Place> {
    events_after(&folder.serve(), token, 0)
}
