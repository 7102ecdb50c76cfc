//! Somebody who can write the database, has the program and knows every rule of it, but not the
//! key of the log, makes another history that fits together in itself.

use cairn_store::{EventRow, NewEvent, proof::keep_subtrees};

use super::{copy_folder, execute, verify_without_key};
use crate::postgres_cluster;
use crate::running_server::{self, LedgerFolder, TRAKIA, example, progress};

/// A row of the ledger that can be spared, and one whose words can be others.
const AT: usize = 100;

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// A ledger that signed twice: after the charters, and after the history.
fn signed_twice(ledger: &LedgerFolder) -> (u64, u64) {
    let charters = [example().join("care-get.yaml"), example().join("illustrative-plan.yaml")];
    assert_eq!(ledger.import(&[&charters[0], &charters[1]]).code, 0);
    let first = ledger.export().lines().count() as u64;
    assert_eq!(ledger.import_first_years().code, 0);
    let last = ledger.export().lines().count() as u64;
    assert_eq!(ledger.verify().code, 0);
    (first, last)
}

/// A ledger on PostgreSQL without an event.
fn on_postgres() -> LedgerFolder {
    let ledger = LedgerFolder::on(postgres_cluster::shared().create_database());
    assert_eq!(running_server::run(&mut ledger.command("migrate")).code, 0);
    ledger
}

/// Another history in the place of a ledger's: every hash, the head and the stored hashes are
/// those of it, and the keys and the newest checkpoint in `--data` are as they were. `keeps` says
/// whether the signed checkpoints in the database stay.
fn rewritten(ledger: &LedgerFolder, keeps: bool, change: fn(&mut Vec<NewEvent>)) -> LedgerFolder {
    let to = if ledger.database().starts_with("sqlite:") {
        LedgerFolder::empty()
    } else {
        on_postgres()
    };
    copy_folder(&ledger.data(), &to.data());
    run(async {
        let old = cairn_store::open_read_only(&ledger.database()).await.unwrap();
        let rows = old.read_rows(0, 1_000).await.unwrap();
        let notes = old.checkpoints(0, 1_000).await.unwrap();
        old.close().await;
        let mut events: Vec<_> = rows.into_iter().map(NewEvent::from).collect();
        change(&mut events);
        let new = cairn_store::open(&to.database()).await.unwrap();
        let turn = new.begin().await.unwrap();
        let mut head = turn.head().clone();
        let rows: Vec<EventRow> = (1..)
            .zip(events)
            .map(|(version, event)| head.seal(NewEvent { version, ..event }))
            .collect();
        turn.commit(&rows, &head).await.unwrap();
        keep_subtrees(&*new, head.position).await.unwrap();
        for note in notes.iter().filter(|_| keeps) {
            new.keep_checkpoint(note.position, &note.note).await.unwrap();
        }
        new.close().await;
    });
    to
}

/// Other words in the payload of an event, with the digest that belongs to them.
fn alter(event: &mut NewEvent) {
    let payload = String::from_utf8(event.payload.clone()).unwrap();
    let altered = payload.replacen("urn:example:", "urn:exemple:", 1);
    assert_ne!(payload, altered, "the event at this place has words to change");
    event.payload = altered.into_bytes();
    let mut head = cairn_store::Head::empty();
    let row = head.seal(event.clone());
    event.digest = cairn_server::record::digest_of(&row).unwrap();
}

type Change = (&'static str, fn(&mut Vec<NewEvent>));

const CHANGES: [Change; 5] = [
    ("altered", |events| alter(events.iter_mut().skip(AT).find(|event| has_urn(event)).unwrap())),
    ("removed", |events| drop(events.remove(AT))),
    ("inserted", |events| {
        let mut copy = events[AT].clone();
        copy.event_id = uuid::Uuid::from_u128(7);
        events.insert(AT, copy);
    }),
    ("swapped", |events| {
        let times = [AT, AT + 1].map(|place| events[place].recorded_at_us);
        events.swap(AT, AT + 1);
        events[AT].recorded_at_us = times[0];
        events[AT + 1].recorded_at_us = times[1];
    }),
    ("cut", |events| events.truncate(AT)),
];

fn has_urn(event: &NewEvent) -> bool {
    event.payload.windows(12).any(|words| words == b"urn:example:")
}

/// What verification says of a changed history first, where it held the one that was signed at
/// `last` and before that at `holds`.
fn named(what: &str, holds: u64, last: u64) -> String {
    match what {
        // What is left is as it was signed, as far as it goes.
        "cut" => format!("ALTERED at position {}: the event is missing", AT + 1),
        // One event less than were signed.
        "removed" => format!("ALTERED at position {last}: the event is missing"),
        _ => format!(
            "ALTERED at positions {} to {last}: these events are not those that were signed.\n",
            holds + 1
        ),
    }
}

fn assert_rewritten_is_named(ledger: &LedgerFolder) {
    let (first, last) = signed_twice(ledger);
    for (what, change) in CHANGES {
        for (keeps, holds) in [(true, first), (false, 0)] {
            let rewritten = rewritten(ledger, keeps, change);
            let by_itself = verify_without_key(&rewritten);
            assert_eq!(by_itself.code, 0, "{what}: by itself it fits together: {by_itself:?}");
            let found = rewritten.verify();
            assert_eq!(found.code, 1, "{what}: {found:?}");
            assert!(found.stdout.starts_with(&named(what, holds, last)), "{what}: {found:?}");
        }
    }
}

#[test]
fn a_rewritten_history_is_named_after_the_last_checkpoint_that_holds() {
    assert_rewritten_is_named(&LedgerFolder::empty());
}

#[test]
fn a_rewritten_history_is_named_on_postgres_too() {
    assert_rewritten_is_named(&on_postgres());
}

#[test]
fn a_checkpoint_signed_by_another_key_does_not_make_a_rewritten_history_good() {
    let ledger = LedgerFolder::empty();
    let (_, last) = signed_twice(&ledger);
    // The same program on the same events, with a key of one's own.
    let other = rewritten(&ledger, false, CHANGES[0].1);
    std::fs::remove_dir_all(other.data()).unwrap();
    assert_eq!(other.import_first_years().code, 1, "the altered event is refused, the rest known");
    assert_eq!(other.verify().code, 0, "to who takes its key it is good");
    let name = |ledger: &LedgerFolder| {
        let note = std::fs::read_to_string(ledger.data().join("checkpoints/newest")).unwrap();
        note.lines().next().unwrap().to_owned()
    };
    let (name, right_name) = (name(&other), name(&ledger));
    std::fs::remove_dir_all(other.data()).unwrap();
    copy_folder(&ledger.data(), &other.data());
    let found = other.verify();
    assert_eq!(found.code, 1, "{found:?}");
    assert!(found.stdout.starts_with(&named("altered", 0, last)), "{found:?}");
    assert!(found.stderr.contains("kept checkpoints of another key"), "{found:?}");
    // And under the name of the right key.
    let rename = format!("update checkpoint set note = replace(note, '{name}', '{right_name}')");
    execute(&other, &rename);
    let found = other.verify();
    assert_eq!(found.code, 1, "{found:?}");
    let named = format!("ALTERED at position {last}: the checkpoint that is kept here is not ");
    assert!(found.stdout.contains(&named), "{found:?}");
}

#[test]
fn a_stored_hash_that_was_changed_is_named() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let trakia = ledger.token(TRAKIA);
    let events: Vec<_> = (0..60).map(|n| progress("A 5.2", &format!("word {n}"))).collect();
    assert_eq!(server.post_batch(&trakia, &events).status, 201);
    assert!(server.stop().0.success());
    assert_eq!(ledger.verify().code, 0);
    execute(&ledger, "update subtree set root = zeroblob(32) where level = 1 and idx = 0");
    for found in [ledger.verify(), verify_without_key(&ledger)] {
        assert_eq!(found.code, 1, "{found:?}");
        let named = "ALTERED at positions 1 to 256: the hash that is stored for these events";
        assert!(found.stdout.starts_with(named), "{found:?}");
    }
}

/// The newest checkpoint in `--data`, and all that the log keeps.
fn signatures(ledger: &LedgerFolder) -> (String, usize) {
    let newest = std::fs::read_to_string(ledger.data().join("checkpoints/newest")).unwrap();
    let kept = run(async {
        let log = cairn_store::open_read_only(&ledger.database()).await.unwrap();
        log.checkpoints(0, 1_000).await.unwrap().len()
    });
    (newest, kept)
}

#[test]
fn a_history_that_does_not_go_on_from_what_was_signed_is_not_signed() {
    let ledger = LedgerFolder::empty();
    signed_twice(&ledger);
    for (what, change) in CHANGES {
        let rewritten = rewritten(&ledger, true, change);
        let before = signatures(&rewritten);
        let server = rewritten.serve();
        let trakia = rewritten.token(TRAKIA);
        let posted = server.post(&trakia, &progress("A 5.2", "on top of it"));
        assert_eq!(posted.status, 201, "{what}: it is not for the door to judge: {posted:?}");
        let refused = server.get(&trakia, "/v1/checkpoint");
        assert_eq!(refused.problem(500), "not_signed", "{what}");
        assert!(refused.body.contains("cairn verify"), "{what}: {refused:?}");
        assert!(!server.stop().0.success(), "{what}: it says so at its end too");
        let told = rewritten.operator_log();
        assert!(told.contains("THE HEAD OF THE LOG WAS NOT SIGNED"), "{what}: {told}");
        assert_eq!(signatures(&rewritten), before, "{what}");
        assert_eq!(rewritten.verify().code, 1, "{what}");
    }
}
