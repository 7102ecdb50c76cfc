//! What proves the log to who does not trust the server: checkpoints, and proofs under them.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod running_server;

use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cairn_server::{checkpoints, keys};
use cairn_store::{Checkpoint, Hash, proof};
use ed25519_dalek::VerifyingKey;
use serde_json::Value;

use running_server::{EVENTS, LEAD, LedgerFolder, RunningServer, SIENA, TRAKIA, progress};

const CHECKPOINT: &str = "/v1/checkpoint";

fn key(ledger: &LedgerFolder) -> VerifyingKey {
    keys::read_log_verifying_key(&keys::log_public_key_path(&ledger.data())).unwrap()
}

fn checkpoint(server: &RunningServer, token: &str, key: &VerifyingKey) -> Checkpoint {
    let answer = server.get(token, CHECKPOINT);
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
    checkpoints::read(&answer.body, key).unwrap()
}

/// Asks until everything is signed that was recorded: a head is signed once a second at most.
fn signed_up_to(server: &RunningServer, token: &str, key: &VerifyingKey) -> Checkpoint {
    loop {
        let checkpoint = checkpoint(server, token, key);
        if checkpoint.size == server.position() {
            return checkpoint;
        }
    }
}

fn hash(text: &Value) -> Hash {
    STANDARD.decode(text.as_str().unwrap()).unwrap().try_into().unwrap()
}

fn hashes(proof: &Value) -> Vec<Hash> {
    proof["hashes"].as_array().unwrap().iter().map(hash).collect()
}

fn leaf(hex: &Value) -> Hash {
    let digits = hex.as_str().unwrap();
    let byte = |place: usize| u8::from_str_radix(&digits[2 * place..2 * place + 2], 16).unwrap();
    std::array::from_fn(byte)
}

#[test]
fn a_checkpoint_is_signed_and_names_every_project_with_its_version() {
    let ledger = LedgerFolder::with_example();
    let (server, key) = (ledger.serve(), key(&ledger));
    let first = signed_up_to(&server, &ledger.token(SIENA), &key);
    assert_eq!(first.projects, [("care-get".to_owned(), 210)].into());
    let answer = server.get(&ledger.token(SIENA), CHECKPOINT);
    assert_eq!(answer.body.lines().nth(3), Some("project care-get 210"));
    let newest = std::fs::read_to_string(checkpoints::path(&ledger.data())).unwrap();
    assert_eq!(answer.body, newest, "it lies in --data");
    let (status, _) = server.stop();
    assert!(status.success());
    assert_eq!(ledger.verify().code, 0);
}

#[test]
fn a_later_checkpoint_extends_an_earlier_one() {
    let ledger = LedgerFolder::with_example();
    let (server, key, token) = (ledger.serve(), key(&ledger), ledger.token(TRAKIA));
    let mut seen = vec![signed_up_to(&server, &token, &key)];
    for round in 0..3 {
        for n in 0..=round {
            let text = format!("round {round}, {n}");
            assert_eq!(server.post(&token, &progress("A 5.2", &text)).status, 201);
        }
        seen.push(signed_up_to(&server, &token, &key));
    }
    for (older, newer) in seen.iter().flat_map(|older| seen.iter().map(move |newer| (older, newer)))
    {
        if older.size > newer.size {
            continue;
        }
        let path = format!("/v1/proofs/consistency?first={}&size={}", older.size, newer.size);
        let proof = server.get(&token, &path).json();
        assert_eq!(hash(&proof["root"]), newer.root);
        let (first, size) = (older.size, newer.size);
        assert!(proof::extends(&hashes(&proof), first, older.root, size, newer.root), "{path}");
        let other = proof::extends(&hashes(&proof), first, [1; 32], size, newer.root);
        assert!(!other, "{path}");
    }
    // Without a size it is that of the newest.
    let newest = server.get(&token, "/v1/proofs/consistency?first=1").json();
    assert_eq!(newest["size"], seen.last().unwrap().size);
}

#[test]
fn every_event_that_a_caller_sees_is_proven_under_any_size_that_holds_it() {
    let ledger = LedgerFolder::with_example();
    let (server, key, token) = (ledger.serve(), key(&ledger), ledger.token(LEAD));
    let newest = signed_up_to(&server, &token, &key);
    let events = server.get(&token, &format!("{EVENTS}?limit=200")).json();
    assert_eq!(events.as_array().unwrap().len(), 200);
    for event in events.as_array().unwrap().iter().step_by(9) {
        let path = format!("{EVENTS}/{}/proof", event["id"].as_str().unwrap());
        let proof = server.get(&token, &path).json();
        assert_eq!(proof["position"], event["position"]);
        assert_eq!(proof["leafHash"], event["leafhash"]);
        assert_eq!((&proof["size"], hash(&proof["root"])), (&newest.size.into(), newest.root));
        let (position, leaf) = (event["position"].as_u64().unwrap(), leaf(&event["leafhash"]));
        let hashes = hashes(&proof);
        assert!(proof::includes(&hashes, position, leaf, newest.size, newest.root), "{path}");
        assert!(!proof::includes(&hashes, position + 1, leaf, newest.size, newest.root));
        // In the tree that it was the last of.
        let small = server.get(&token, &format!("{path}?size={position}")).json();
        let root = hash(&small["root"]);
        assert!(proof::includes(&self::hashes(&small), position, leaf, position, root), "{path}");
    }
}

#[test]
fn a_proof_that_cannot_be_is_refused() {
    let ledger = LedgerFolder::with_example();
    let (server, token) = (ledger.serve(), ledger.token(LEAD));
    let events = server.get(&token, &format!("{EVENTS}?after=99&limit=1")).json();
    let event = format!("{EVENTS}/{}/proof", events[0]["id"].as_str().unwrap());
    for path in [
        "/v1/proofs/consistency".to_owned(),
        "/v1/proofs/consistency?first=0".to_owned(),
        "/v1/proofs/consistency?first=x".to_owned(),
        "/v1/proofs/consistency?first=9&size=8".to_owned(),
        "/v1/proofs/consistency?first=9&size=1000".to_owned(),
        "/v1/proofs/consistency?first=9&last=10".to_owned(),
        "/v1/proofs/consistency?first=18446744073709551615".to_owned(),
        format!("{event}?size=99"),
        format!("{event}?size=0"),
        format!("{event}?size=1000"),
        format!("{event}?size=-1"),
    ] {
        let answer = server.get(&token, &path);
        assert_eq!(answer.problem(400), "parameter_invalid", "{path}");
    }
    let unknown = format!("{EVENTS}/01a20000-0000-7000-8000-000000000009/proof");
    assert_eq!(server.get(&token, &unknown).problem(404), "not_found");
}

#[test]
fn a_head_is_signed_once_a_second_at_most() {
    let ledger = LedgerFolder::with_example();
    let (server, key, token) = (ledger.serve(), key(&ledger), ledger.token(TRAKIA));
    let started = Instant::now();
    let mut signed = std::collections::BTreeSet::new();
    for n in 0..40 {
        assert_eq!(server.post(&token, &progress("A 5.2", &format!("word {n}"))).status, 201);
        signed.insert(checkpoint(&server, &token, &key).size);
    }
    let seconds = usize::try_from(started.elapsed().as_secs()).unwrap();
    assert!(signed.len() <= seconds + 2, "{} signed in {seconds} s", signed.len());
    // And at the end.
    assert!(server.stop().0.success());
    let newest = std::fs::read_to_string(checkpoints::path(&ledger.data())).unwrap();
    assert_eq!(checkpoints::read(&newest, &key).unwrap().size, 250);
}

#[test]
fn two_servers_that_share_their_data_never_put_an_older_checkpoint_back() {
    let ledger = LedgerFolder::with_example();
    let (a, b, key) = (ledger.serve(), ledger.serve(), key(&ledger));
    let token = ledger.token(TRAKIA);
    let newest = || {
        let note = std::fs::read_to_string(checkpoints::path(&ledger.data())).unwrap();
        checkpoints::read(&note, &key).unwrap().size
    };
    let mut last = newest();
    while last < 225 {
        for server in [&a, &b] {
            assert_eq!(server.post(&token, &progress("A 5.2", &last.to_string())).status, 201);
        }
        std::thread::scope(|scope| {
            let (token, key) = (&token, &key);
            let ask = |server| scope.spawn(move || checkpoint(server, token, key).size);
            let sizes = [ask(&a), ask(&b)].map(|asked| asked.join().unwrap());
            let now = newest();
            assert!(now >= last, "{now} after {last}");
            assert!(sizes.iter().all(|size| *size >= 210), "{sizes:?}");
            last = now;
        });
    }
    drop((a, b));
    assert_eq!(ledger.verify().code, 0);
}
