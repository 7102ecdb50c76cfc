//! What any log must do. Each engine runs every case with [`run!`], on the address of a log that
//! is empty; a case may open it more than once.

use std::sync::Arc;

use uuid::Uuid;

use crate::event::{EventRow, NewEvent};
use crate::head::Head;
use crate::log::{Log, LogError, open, open_read_only};
use crate::verify::{Known, Verified, verify};
use crate::{Checkpoint, checkpoint};

mod sealed;
pub(crate) use sealed::{
    finds_a_rewritten_history_after_the_last_checkpoint_that_holds,
    finds_checkpoints_that_are_not_the_log_s, finds_stored_hashes_that_are_not_those_of_the_events,
    finds_versions_that_differ_from_the_signed_ones, keeps_checkpoints_and_reads_them_in_order,
    keeps_subtrees_once_and_reads_them_in_runs, proves_every_event_and_every_growth,
    proves_nothing_that_is_not_kept,
};

/// Makes one test of each case; `$fresh` gives, when it is awaited, a value with the `address()`
/// of a new log, which stands as long as the value.
macro_rules! run {
    ($fresh:path) => {
        crate::contract::run! { $fresh:
            starts_empty reads_back_the_exact_bytes_after_reopening reads_in_pages
            reads_a_project_by_version lets_two_logs_take_turns
            appends_only_where_the_log_still_stands
            refuses_rows_that_repeat_or_leave_a_gap stores_nothing_of_a_dropped_turn
            stores_nothing_of_a_released_turn stores_all_or_nothing_of_a_commit_cut_off
            keeps_checkpoints_and_gives_the_newest_first writes_nothing_when_read_only
            finds_a_tail_cut_behind_a_checkpoint tells_what_a_check_refuses
            refuses_time_that_runs_backwards refuses_a_gap_in_the_versions refuses_calls_after_close
            seals_what_it_reads_back_to_the_same_hashes
            keeps_checkpoints_and_reads_them_in_order keeps_subtrees_once_and_reads_them_in_runs
            proves_every_event_and_every_growth proves_nothing_that_is_not_kept
            finds_a_rewritten_history_after_the_last_checkpoint_that_holds
            finds_checkpoints_that_are_not_the_log_s finds_versions_that_differ_from_the_signed_ones
            finds_stored_hashes_that_are_not_those_of_the_events
        }
    };
    ($fresh:path: $($case:ident)*) => {
        $(#[tokio::test]
        async fn $case() {
            let log = $fresh().await;
            crate::contract::$case(&log.address()).await;
        })*
    };
}
pub(crate) use run;

pub(crate) fn event(project: &str, version: u64) -> NewEvent {
    let name = format!("{project}/{version}");
    NewEvent {
        project: project.to_owned(),
        version,
        event_id: Uuid::from_u128(u128::from(version) << 64 | project.len() as u128),
        event_type: "lesson.recorded".to_owned(),
        schema_version: 1,
        occurred_on: "2025-03-20".to_owned(),
        recorded_at_us: 1_742_428_800_000_000 + i64::try_from(version).unwrap(),
        actor_subject: "subject-7".to_owned(),
        actor_partner: (!version.is_multiple_of(3)).then_some(2),
        actor_role: "lead".to_owned(),
        payload: [name.as_bytes(), &[0, 0xff, b'\n', b'\'']].concat(),
        digest: [u8::try_from(version % 251).unwrap(); 32],
    }
}

/// Appends in one turn and says what was stored.
pub(crate) async fn append(log: &dyn Log, events: Vec<NewEvent>) -> Vec<EventRow> {
    let turn = log.begin().await.unwrap();
    let mut head = turn.head().clone();
    let rows: Vec<_> = events.into_iter().map(|event| head.seal(event)).collect();
    turn.commit(&rows, &head).await.unwrap();
    rows
}

pub(crate) async fn append_versions(log: &dyn Log, versions: std::ops::RangeInclusive<u64>) {
    append(log, versions.map(|version| event("care-get", version)).collect()).await;
}

pub(crate) async fn check(log: &dyn Log, checkpoints: &[Checkpoint]) -> Result<Verified, LogError> {
    let known = Known { signer: None, checkpoints: checkpoints.to_vec() };
    verify(log, known, |_row| Ok(()), &mut |_at, _of| ()).await
}

/// Nothing wrong, and as many events.
pub(crate) async fn check_right(log: &dyn Log, events: u64) {
    let verified = check(log, &[]).await.unwrap();
    assert_eq!((verified.wrong.as_slice(), verified.position), (&[][..], events));
}

/// The first thing that is wrong.
pub(crate) fn wrong(result: Result<Verified, LogError>) -> (u64, String) {
    let found = result.unwrap().wrong.into_iter().next();
    let found = found.expect("nothing wrong was found");
    (found.first, found.why)
}

pub(crate) async fn starts_empty(address: &str) {
    let log = open(address).await.unwrap();
    assert_eq!(log.head().await.unwrap(), Head::empty());
    assert_eq!(log.read(0, 10).await.unwrap().rows, []);
    assert_eq!(log.checkpoints_back(u64::MAX, 1).await.unwrap(), []);
    check_right(&*log, 0).await;
    assert_eq!(check(&*log, &[]).await.unwrap().tree_head, Head::empty().tree_head());
}

pub(crate) async fn reads_back_the_exact_bytes_after_reopening(address: &str) {
    let log = open(address).await.unwrap();
    // More rows than one statement takes, and not a round number of them.
    let rows = append(&*log, (1..=301).map(|version| event("care-get", version)).collect()).await;
    let head = log.head().await.unwrap();
    log.close().await;
    let log = open(address).await.unwrap();
    let page = log.read(0, 1_000).await.unwrap();
    assert_eq!(page.rows, rows);
    assert_eq!(page.head, head);
    assert_eq!(log.read_rows(0, 1_000).await.unwrap(), rows);
    assert_eq!(check(&*log, &[]).await.unwrap().tree_head, head.tree_head());
}

pub(crate) async fn reads_in_pages(address: &str) {
    let log = open(address).await.unwrap();
    append_versions(&*log, 1..=10).await;
    let mut seen = Vec::new();
    loop {
        let page = log.read(seen.len() as u64, 4).await.unwrap();
        assert!(page.rows.len() <= 4);
        assert_eq!(page.head.position, 10);
        if page.rows.is_empty() {
            break;
        }
        seen.extend(page.rows.iter().map(|row| row.position));
    }
    assert_eq!(seen, (1..=10).collect::<Vec<_>>());
    assert_eq!(log.read(u64::MAX, 4).await.unwrap().rows, []);
}

pub(crate) async fn reads_a_project_by_version(address: &str) {
    let log = open(address).await.unwrap();
    let mixed = (1..=6).flat_map(|version| [event("care-get", version), event("b", version)]);
    append(&*log, mixed.collect()).await;
    let rows = log.read_project("b", 2, 3).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.version).collect::<Vec<_>>(), [3, 4, 5]);
    assert_eq!(rows.iter().map(|row| row.position).collect::<Vec<_>>(), [6, 8, 10]);
    assert_eq!(log.read_project("no such project", 0, 3).await.unwrap(), []);
}

pub(crate) async fn lets_two_logs_take_turns(address: &str) {
    let logs = [open(address).await.unwrap(), open(address).await.unwrap()];
    let writers = (0..8).map(|n| {
        let log = Arc::clone(&logs[n % 2]);
        tokio::spawn(async move {
            for _ in 0..5 {
                let mut turn = log.begin().await.unwrap();
                let mut head = turn.head().clone();
                let last = turn.read(head.position.saturating_sub(1), 10).await.unwrap();
                let version = last.last().map_or(0, |row| row.version) + 1;
                let row = head.seal(event("care-get", version));
                turn.commit(&[row], &head).await.unwrap();
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    for log in &logs {
        check_right(&**log, 40).await;
    }
}

pub(crate) async fn appends_only_where_the_log_still_stands(address: &str) {
    let log = open(address).await.unwrap();
    let mut head = Head::empty();
    // Of one row, of many, and of more than one statement takes.
    for rows in [1, 100, 301] {
        let from = head.clone();
        let next = |n| event("care-get", from.position + n);
        let rows: Vec<_> = (1..=rows).map(|n| head.seal(next(n))).collect();
        log.append(&from, &rows, &head).await.unwrap();
        let before = log.read(0, 1_000).await.unwrap();
        assert_eq!(before.head, head);
        let again = log.append(&from, &rows, &head).await;
        assert!(matches!(again, Err(LogError::Moved)), "{again:?}");
        assert_eq!(log.read(0, 1_000).await.unwrap(), before);
    }
    // A log that went back, as when a backup was restored, and one with another history.
    let mut further = head.clone();
    further.seal(event("care-get", 403));
    let mut other = Head::empty();
    (1..=402).for_each(|version| drop(other.seal(event("other", version))));
    for known in [further, other] {
        let mut sealed = known.clone();
        let row = sealed.seal(event("care-get", 404));
        let refused = log.append(&known, &[row], &sealed).await;
        assert!(matches!(refused, Err(LogError::Moved)), "{refused:?}");
    }
    append_versions(&*log, 403..=403).await;
    check_right(&*log, 403).await;
}

pub(crate) async fn refuses_rows_that_repeat_or_leave_a_gap(address: &str) {
    let log = open(address).await.unwrap();
    append_versions(&*log, 1..=3).await;
    let before = log.read(0, 100).await.unwrap();
    let good = event("care-get", 4);
    let same_version = NewEvent { version: 3, ..event("care-get", 5) };
    let same_id = NewEvent { event_id: event("care-get", 2).event_id, ..event("care-get", 5) };
    for bad in [same_version, same_id] {
        let turn = log.begin().await.unwrap();
        let mut head = turn.head().clone();
        let rows = [head.seal(good.clone()), head.seal(bad)];
        let refused = turn.commit(&rows, &head).await;
        assert!(matches!(refused, Err(LogError::Conflict { .. })), "{refused:?}");
    }
    let turn = log.begin().await.unwrap();
    let mut head = turn.head().clone();
    let rows = [head.seal(good.clone()), head.seal(event("care-get", 5))];
    let gap = turn.commit(&rows[1..], &head).await;
    assert!(matches!(gap, Err(LogError::Conflict { .. })), "{gap:?}");
    assert_eq!(log.read(0, 100).await.unwrap(), before);
    append(&*log, vec![good]).await;
}

pub(crate) async fn stores_nothing_of_a_dropped_turn(address: &str) {
    let log = open(address).await.unwrap();
    let other = open(address).await.unwrap();
    drop(log.begin().await.unwrap());
    append_versions(&*other, 1..=1).await;
    let mut turn = log.begin().await.unwrap();
    assert_eq!(turn.read(0, 5).await.unwrap().len(), 1);
    drop(turn);
    append_versions(&*log, 2..=2).await;
    check_right(&*log, 2).await;
}

pub(crate) async fn stores_nothing_of_a_released_turn(address: &str) {
    let log = open(address).await.unwrap();
    log.begin().await.unwrap().release().await;
    let turn = log.begin().await.unwrap();
    let head = turn.head().clone();
    turn.commit(&[], &head).await.unwrap();
    assert_eq!(log.head().await.unwrap(), Head::empty());
    append_versions(&*log, 1..=1).await;
}

pub(crate) async fn stores_all_or_nothing_of_a_commit_cut_off(address: &str) {
    let log = open(address).await.unwrap();
    for yields in 0..12 {
        let turn = log.begin().await.unwrap();
        let mut head = turn.head().clone();
        let start = head.position;
        let rows: Vec<_> = (1..=200).map(|n| head.seal(event("care-get", start + n))).collect();
        let patience = async {
            for _ in 0..yields * 20 {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            biased;
            stored = turn.commit(&rows, &head) => stored.unwrap(),
            () = patience => (),
        }
        let turn = log.begin().await.unwrap();
        let found = turn.head().position;
        assert!(found == start || found == start + 200, "{found} after {start}");
        turn.release().await;
    }
    check_right(&*log, log.head().await.unwrap().position).await;
}

pub(crate) async fn keeps_checkpoints_and_gives_the_newest_first(address: &str) {
    let log = open(address).await.unwrap();
    log.keep_checkpoint(5, "five").await.unwrap();
    log.keep_checkpoint(7, "seven").await.unwrap();
    log.keep_checkpoint(6, "six").await.unwrap();
    log.keep_checkpoint(7, "seven again").await.unwrap();
    let back = async |up_to, limit| {
        let kept = log.checkpoints_back(up_to, limit).await.unwrap();
        kept.into_iter().map(|kept| (kept.position, kept.note)).collect::<Vec<_>>()
    };
    let [five, six, seven] =
        [(5, "five"), (6, "six"), (7, "seven")].map(|(n, s)| (n, s.to_owned()));
    assert_eq!(back(u64::MAX, 2).await, [seven, six.clone()]);
    assert_eq!(back(6, 5).await, [six, five]);
    assert_eq!(back(4, 5).await, []);
}

pub(crate) async fn writes_nothing_when_read_only(address: &str) {
    let writer = open(address).await.unwrap();
    let log = open_read_only(address).await.unwrap();
    append_versions(&*writer, 1..=2).await;
    assert!(matches!(log.begin().await.err(), Some(LogError::ReadOnly)));
    assert!(matches!(log.keep_checkpoint(1, "note").await, Err(LogError::ReadOnly)));
    check_right(&*log, 2).await;
}

pub(crate) async fn finds_a_tail_cut_behind_a_checkpoint(address: &str) {
    let log = open(address).await.unwrap();
    append_versions(&*log, 1..=5).await;
    let mut longer = log.head().await.unwrap();
    let key = ed25519_dalek::SigningKey::from_bytes(&[3; 32]);
    let signed = |head: &Head| {
        let note = checkpoint::sign("log", head, &Default::default(), &key).unwrap();
        checkpoint::open(&note, "log", &key.verifying_key()).unwrap()
    };
    let now = signed(&longer);
    longer.seal(event("care-get", 6));
    let cut = signed(&longer);
    let verified = check(&*log, std::slice::from_ref(&now)).await.unwrap();
    assert_eq!((verified.wrong.as_slice(), verified.signed), (&[][..], Some(5)));
    let (position, why) = wrong(check(&*log, &[cut, now.clone()]).await);
    assert_eq!(position, 6);
    assert!(why.contains("signed checkpoint"), "{why}");
    let other = Checkpoint { size: 3, root: [1; 32], ..now.clone() };
    let found = check(&*log, &[now, other]).await.unwrap().wrong;
    assert_eq!(found.iter().map(|w| (w.first, w.last)).collect::<Vec<_>>(), [(1, 3)]);
}

pub(crate) async fn tells_what_a_check_refuses(address: &str) {
    let log = open(address).await.unwrap();
    append_versions(&*log, 1..=5).await;
    let check = |row: &EventRow| match row.version {
        4 => Err("four".to_owned()),
        _ => Ok(()),
    };
    let result = verify(&*log, Known::default(), check, &mut |_at, _of| ()).await;
    assert_eq!(wrong(result), (4, "four".to_owned()));
    let mut told = Vec::new();
    let mut tell = |at, of| told.push((at, of));
    verify(&*log, Known::default(), |_row| Ok(()), &mut tell).await.unwrap();
    assert_eq!(told, [(5, 5)]);
}

pub(crate) async fn refuses_time_that_runs_backwards(address: &str) {
    let log = open(address).await.unwrap();
    let early = NewEvent { recorded_at_us: 0, ..event("care-get", 2) };
    append(&*log, vec![event("b", 1), event("care-get", 1), early]).await;
    assert_eq!(wrong(check(&*log, &[]).await).0, 3);
}

pub(crate) async fn refuses_a_gap_in_the_versions(address: &str) {
    let log = open(address).await.unwrap();
    append(&*log, vec![event("b", 1), event("care-get", 1), event("care-get", 3)]).await;
    let (position, why) = wrong(check(&*log, &[]).await);
    assert_eq!(position, 3);
    assert!(why.contains("is 3 where 2 was next"), "{why}");
}

pub(crate) async fn refuses_calls_after_close(address: &str) {
    let log = open(address).await.unwrap();
    log.close().await;
    assert!(matches!(log.head().await, Err(LogError::Unavailable(_))));
    assert!(matches!(log.begin().await.err(), Some(LogError::Unavailable(_))));
}

pub(crate) async fn seals_what_it_reads_back_to_the_same_hashes(address: &str) {
    let log = open(address).await.unwrap();
    for (first, last) in [(1, 1), (2, 9), (10, 137), (138, 140)] {
        append_versions(&*log, first..=last).await;
    }
    let page = log.read(0, 1_000).await.unwrap();
    let mut head = Head::empty();
    for row in page.rows {
        assert_eq!(head.seal(NewEvent::from(row.clone())), row);
    }
    assert_eq!(head, page.head);
}
