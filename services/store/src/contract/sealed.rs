//! What seals the rows, on any engine: checkpoints, stored hashes, proofs, and what verification
//! makes of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use ed25519_dalek::SigningKey;

use super::{append, append_versions, check, check_right, event};
use crate::checkpoint;
use crate::event::NewEvent;
use crate::head::Head;
use crate::log::{KeptNote, Log, open};
use crate::merkle::{Hash, Subtree};
use crate::proof::{self, ProofError, Tree, keep_subtrees};
use crate::verify::{Known, Verified, Wrong, verify};

const ORIGIN: &str = "log";

fn key() -> SigningKey {
    SigningKey::from_bytes(&[3; 32])
}

fn versions(version: u64) -> BTreeMap<String, u64> {
    [("care-get".to_owned(), version)].into()
}

/// The head of a history of one project, signed.
fn signed(head: &Head, key: &SigningKey) -> String {
    checkpoint::sign(ORIGIN, head, &versions(head.position), key).unwrap()
}

async fn check_signed(log: &dyn Log) -> Verified {
    let signer = Some((ORIGIN.to_owned(), key().verifying_key()));
    let known = Known { signer, checkpoints: Vec::new() };
    verify(log, known, |_row| Ok(()), &mut |_at, _of| ()).await.unwrap()
}

fn places(found: &[Wrong]) -> Vec<(u64, u64)> {
    found.iter().map(|wrong| (wrong.first, wrong.last)).collect()
}

pub(crate) async fn keeps_checkpoints_and_reads_them_in_order(address: &str) {
    let log = open(address).await.unwrap();
    for position in [7, 5, 300, 6] {
        log.keep_checkpoint(position, &format!("note {position}")).await.unwrap();
    }
    let kept = |position| KeptNote { position, note: format!("note {position}") };
    assert_eq!(log.checkpoints(0, 3).await.unwrap(), [5, 6, 7].map(kept));
    assert_eq!(log.checkpoints(7, 3).await.unwrap(), [kept(300)]);
    assert_eq!(log.checkpoints(300, 3).await.unwrap(), []);
}

pub(crate) async fn keeps_subtrees_once_and_reads_them_in_runs(address: &str) {
    let logs = [open(address).await.unwrap(), open(address).await.unwrap()];
    let subtree = |level, index: u64| {
        let root = [u8::try_from(index % 200).unwrap() + level; 32];
        Subtree { level, index, root }
    };
    let roots = |level, indexes: std::ops::Range<u64>| {
        indexes.map(|index| subtree(level, index).root).collect::<Vec<Hash>>()
    };
    assert_eq!(logs[0].subtrees(1).await.unwrap(), 0);
    assert_eq!(logs[0].hashes(1, 0, 9).await.unwrap(), [[0; 32]; 0]);
    // More than one statement takes, by two at once.
    let all: Vec<_> = (0..257).map(|index| subtree(1, index)).collect();
    let keep = |log: &Arc<dyn Log>| {
        let (log, all) = (Arc::clone(log), all.clone());
        tokio::spawn(async move { log.keep_subtrees(&all).await.unwrap() })
    };
    for kept in logs.each_ref().map(keep) {
        kept.await.unwrap();
    }
    logs[0].keep_subtrees(&[Subtree { root: [9; 32], ..subtree(1, 5) }]).await.unwrap();
    logs[0].keep_subtrees(&[subtree(2, 0), subtree(2, 2)]).await.unwrap();
    logs[0].keep_subtrees(&[]).await.unwrap();
    assert_eq!(logs[1].subtrees(1).await.unwrap(), 257);
    assert_eq!(logs[1].hashes(1, 0, 1_000).await.unwrap(), roots(1, 0..257));
    assert_eq!(logs[1].hashes(1, 100, 3).await.unwrap(), roots(1, 100..103));
    assert_eq!(logs[1].hashes(2, 0, 9).await.unwrap(), roots(2, 0..1), "up to the gap");
    assert_eq!(logs[1].subtrees(2).await.unwrap(), 3, "after the gap");
    // The levels above are made of these.
    keep_subtrees(&*logs[0], 65_536 + 256).await.unwrap();
    assert_eq!(logs[1].hashes(2, 0, 1).await.unwrap(), roots(2, 0..1), "what is there stays");

    append_versions(&*logs[0], 1..=9).await;
    let leaves: Vec<_> =
        logs[0].read(0, 9).await.unwrap().rows.iter().map(|row| row.leaf_hash).collect();
    assert_eq!(logs[1].hashes(0, 2, 4).await.unwrap(), leaves[2..6]);
    assert_eq!(logs[1].hashes(0, 7, 4).await.unwrap(), leaves[7..]);
}

pub(crate) async fn proves_every_event_and_every_growth(address: &str) {
    const SIZE: u64 = 600;
    let log = open(address).await.unwrap();
    let mut head = Head::empty();
    let mut roots = vec![head.tree_head()];
    let rows = append(&*log, (1..=SIZE).map(|version| event("care-get", version)).collect()).await;
    for row in &rows {
        head.take(row);
        roots.push(head.tree_head());
    }
    let at = |size: u64| roots[usize::try_from(size).unwrap()];
    // By two processes at once, and from where it stood before.
    keep_subtrees(&*log, 255).await.unwrap();
    let other = open(address).await.unwrap();
    let (a, b) = tokio::join!(keep_subtrees(&*log, SIZE), keep_subtrees(&*other, SIZE));
    assert!(a.is_ok() && b.is_ok(), "{a:?} {b:?}");
    assert_eq!(log.subtrees(1).await.unwrap(), 2);
    for size in [1, 2, 3, 255, 256, 257, 511, 512, 513, SIZE] {
        assert_eq!(Tree::new(&*log, size).root().await.unwrap(), at(size));
        for row in rows.iter().filter(|row| row.position <= size).step_by(37) {
            let proof = Tree::new(&*log, size).inclusion(row.position).await.unwrap();
            let (position, leaf) = (row.position, row.leaf_hash);
            assert!(proof::includes(&proof, position, leaf, size, at(size)), "{position} {size}");
            assert!(!proof::includes(&proof, position, [0; 32], size, at(size)));
        }
        for first in (1..=size).filter(|first| first % 41 == 1 || first % 256 < 2) {
            let proof = Tree::new(&*log, size).consistency(first).await.unwrap();
            assert!(proof::extends(&proof, first, at(first), size, at(size)), "{first} {size}");
            assert!(!proof::extends(&proof, first, [0; 32], size, at(size)));
        }
    }
    for (position, size) in [(0, 5), (6, 5), (u64::MAX, 5), (1, 0)] {
        let refused = Tree::new(&*log, size).inclusion(position).await;
        assert!(matches!(refused, Err(ProofError::NoSuch { .. })), "{position} {size}");
        let refused = Tree::new(&*log, size).consistency(position).await;
        assert!(matches!(refused, Err(ProofError::NoSuch { .. })) || position == 1);
    }
    check_right(&*log, SIZE).await;
}

pub(crate) async fn proves_nothing_that_is_not_kept(address: &str) {
    let log = open(address).await.unwrap();
    append_versions(&*log, 1..=300).await;
    let not_stored = |level, index| {
        move |found: Result<Vec<Hash>, ProofError>| match found {
            Err(ProofError::NotStored { level: l, index: i }) => (l, i) == (level, index),
            _ => false,
        }
    };
    assert!(not_stored(1, 0)(Tree::new(&*log, 300).inclusion(300).await));
    assert!(not_stored(1, 0)(Tree::new(&*log, 300).consistency(257).await));
    assert!(matches!(keep_subtrees(&*log, 512).await, Err(ProofError::NotStored { level: 0, .. })));
    keep_subtrees(&*log, 300).await.unwrap();
    assert!(Tree::new(&*log, 300).inclusion(300).await.is_ok());
    assert!(not_stored(0, 300)(Tree::new(&*log, 301).inclusion(297).await));
}

/// Signs `history` at the sizes and keeps the notes in the log, which may have another history.
async fn keep_signed(log: &dyn Log, history: &[NewEvent], sizes: &[u64]) {
    let mut head = Head::empty();
    for event in history {
        head.seal(event.clone());
        if sizes.contains(&head.position) {
            log.keep_checkpoint(head.position, &signed(&head, &key())).await.unwrap();
        }
    }
}

pub(crate) async fn finds_a_rewritten_history_after_the_last_checkpoint_that_holds(address: &str) {
    let log = open(address).await.unwrap();
    let history: Vec<_> = (1..=60).map(|version| event("care-get", version)).collect();
    let mut rewritten = history.clone();
    rewritten[49].payload = b"other money".to_vec();
    append(&*log, rewritten).await;
    check_right(&*log, 60).await;
    keep_signed(&*log, &history[..45], &[20, 40]).await;
    let verified = check_signed(&*log).await;
    assert_eq!((verified.wrong.as_slice(), verified.signed), (&[][..], Some(40)));
    keep_signed(&*log, &history, &[57, 59]).await;
    let verified = check_signed(&*log).await;
    assert_eq!(places(&verified.wrong), [(41, 57)], "{:?}", verified.wrong);
    assert_eq!(verified.signed, Some(40));
    // And a tail that was cut is told beside it.
    let longer: Vec<_> = (1..=63).map(|version| event("care-get", version)).collect();
    keep_signed(&*log, &longer, &[63]).await;
    let verified = check_signed(&*log).await;
    assert_eq!(places(&verified.wrong), [(41, 57), (61, 61)], "{:?}", verified.wrong);
}

pub(crate) async fn finds_checkpoints_that_are_not_the_log_s(address: &str) {
    let log = open(address).await.unwrap();
    let history: Vec<_> = (1..=9).map(|version| event("care-get", version)).collect();
    append(&*log, history.clone()).await;
    keep_signed(&*log, &history, &[3]).await;
    let mut head = Head::empty();
    history[..4].iter().for_each(|event| drop(head.seal(event.clone())));
    let other_key = SigningKey::from_bytes(&[4; 32]);
    let by_another = signed(&head, &other_key);
    let of_another = checkpoint::sign("another", &head, &versions(4), &other_key).unwrap();
    let moved = signed(&head, &key());
    for (position, note) in [(5, &by_another), (6, &moved), (7, &"x".to_owned()), (99, &of_another)]
    {
        log.keep_checkpoint(position, note).await.unwrap();
    }
    let verified = check_signed(&*log).await;
    assert_eq!(places(&verified.wrong), [(5, 5), (6, 6), (7, 7)], "{:?}", verified.wrong);
    assert!(verified.wrong[0].why.contains("not signed by this key"), "{:?}", verified.wrong);
    assert!(verified.wrong[1].why.contains("one of 4 events"), "{:?}", verified.wrong);
    assert_eq!(verified.foreign, [("another".to_owned(), 1)].into());
    assert_eq!(verified.signed, Some(3));
    // Without the key nothing can be said of them.
    check_right(&*log, 9).await;
}

pub(crate) async fn finds_versions_that_differ_from_the_signed_ones(address: &str) {
    let log = open(address).await.unwrap();
    append_versions(&*log, 1..=9).await;
    append(&*log, vec![event("b", 1)]).await;
    let mut head = Head::empty();
    let rows = log.read(0, 100).await.unwrap().rows;
    let lines = |lines: &[(&str, u64)]| -> BTreeMap<String, u64> {
        lines.iter().map(|(key, version)| ((*key).to_owned(), *version)).collect()
    };
    let signed = [
        (2, lines(&[("care-get", 1)]), true),
        (3, lines(&[("care-get", 3)]), false),
        (4, lines(&[("care-get", 4), ("b", 1)]), true),
        // From before there were such lines.
        (5, lines(&[]), false),
        (9, lines(&[("care-get", 9)]), false),
        (10, lines(&[("care-get", 9)]), true),
    ];
    for row in &rows {
        head.take(row);
        for (_, lines, _) in signed.iter().filter(|(size, ..)| *size == row.position) {
            let note = checkpoint::sign(ORIGIN, &head, lines, &key()).unwrap();
            log.keep_checkpoint(row.position, &note).await.unwrap();
        }
    }
    let found = check_signed(&*log).await.wrong;
    let wrong: Vec<_> =
        signed.iter().filter(|(.., wrong)| *wrong).map(|(size, ..)| (*size, *size)).collect();
    assert_eq!(places(&found), wrong, "{found:?}");
    assert!(found[2].why.contains("version 0 of project b where 1 is there"), "{found:?}");
}

pub(crate) async fn finds_stored_hashes_that_are_not_those_of_the_events(address: &str) {
    let log = open(address).await.unwrap();
    append_versions(&*log, 1..=800).await;
    keep_subtrees(&*log, 300).await.unwrap();
    check_right(&*log, 800).await;
    let place = |level, index| Subtree { level, index, root: [1; 32] };
    log.keep_subtrees(&[place(1, 2)]).await.unwrap();
    let found = check(&*log, &[]).await.unwrap().wrong;
    assert_eq!(places(&found), [(257, 512)], "{found:?}");
    assert!(found[0].why.contains("missing"), "{found:?}");
    log.keep_subtrees(&[place(1, 1), place(2, 0)]).await.unwrap();
    let found = check(&*log, &[]).await.unwrap().wrong;
    assert_eq!(places(&found), [(257, 512), (1, 65_536)], "{found:?}");
    assert!(found[0].why.contains("not the root"), "{found:?}");
    assert!(found[1].why.contains("not there"), "{found:?}");
    log.keep_subtrees(&[place(3, i64::MAX.cast_unsigned())]).await.unwrap();
    let found = check(&*log, &[]).await.unwrap().wrong;
    assert_eq!(places(&found), [(257, 512), (1, 65_536), (1, 16_777_216)], "{found:?}");
}
