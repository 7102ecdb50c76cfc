use std::path::PathBuf;

use proptest::prelude::*;

use super::*;
use crate::cli::import;
use crate::writer;

/// What a room says, in words that do not depend on where it was folded.
fn said(room: &Room) -> String {
    let Room { project, budget_use, milestones, learning, versions: _ } = room;
    format!("{project:?} {budget_use:?} {milestones:?} {learning:?}")
}

fn example() -> Vec<PathBuf> {
    vec![PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/care-get"))]
}

/// The example in a log of its own, and what its room said after each of its events.
async fn told_at_the_time(folder: &std::path::Path) -> (Arc<dyn Log>, ProjectKey, Vec<String>) {
    let address = format!("sqlite:{}", folder.join("cairn.db").display());
    let log = cairn_store::open(&address).await.unwrap();
    let started = writer::start(log.clone(), |_, _| {}).await.unwrap();
    let outcome =
        import::import(&started.postbox, import::find(&example()).unwrap()).await.unwrap();
    assert_eq!((outcome.refused, outcome.unreadable), (0, 0), "the example is taken as a whole");

    let key: ProjectKey = "care-get".parse().unwrap();
    let mut rooms = Rooms::default();
    let mut told = vec![said(&Room::new(key.clone()))];
    for row in log.read(0, PAGE_ROWS).await.unwrap().rows {
        rooms.take_rows(&[row]).unwrap();
        told.push(said(rooms.get("care-get").unwrap()));
    }
    (log, key, told)
}

#[test]
fn a_past_version_says_what_was_said_at_the_time() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (log, key, told) = runtime.block_on(told_at_the_time(folder.path()));
    let newest = told.len() as u64 - 1;
    proptest!(ProptestConfig::with_cases(48), |(version in 0..told.len())| {
        let window = Window { version: Some(version as u64), until: None };
        let room = runtime.block_on(fold(&*log, &key, newest, window)).unwrap();
        prop_assert_eq!(&said(&room), &told[version]);
    });
}

#[test]
fn a_day_leaves_out_all_that_happened_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (log, key, told) = runtime.block_on(told_at_the_time(folder.path()));
    let newest = told.len() as u64 - 1;
    let rows = runtime.block_on(log.read(0, PAGE_ROWS)).unwrap().rows;
    let recorded: Vec<_> = rows.iter().map(|row| record::recorded(row).unwrap()).collect();
    proptest!(ProptestConfig::with_cases(24), |(chosen in 0..recorded.len())| {
        let until = recorded[chosen].occurred_on;
        let mut plain = Room::new(key.clone());
        recorded.iter().filter(|event| event.occurred_on <= until).for_each(|e| plain.apply(e));
        let window = Window { version: None, until: Some(until) };
        let room = runtime.block_on(fold(&*log, &key, newest, window)).unwrap();
        prop_assert_eq!(said(&room), said(&plain));
    });
}
