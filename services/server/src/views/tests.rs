use proptest::prelude::*;

use super::past::{Window, fold};
use super::*;
use crate::cli::import;
use crate::writer;

/// What a room says, in words that do not depend on where it was folded.
pub(super) fn said(room: &Room) -> String {
    let Room {
        project,
        budget_use,
        fund,
        oversight,
        milestones,
        annual_reports,
        learning,
        register,
        finance_register,
        deadlines,
        versions: _,
        latest_day,
    } = room;
    let lists = format!("{register:?} {finance_register:?} {deadlines:?} {latest_day:?}");
    let lists = format!("{lists} {fund:?} {oversight:?}");
    format!("{project:?} {budget_use:?} {milestones:?} {annual_reports:?} {learning:?} {lists}")
}

/// The example in a log of its own, and what its room said after each of its events.
pub(super) struct Told {
    pub(super) runtime: tokio::runtime::Runtime,
    pub(super) log: Arc<dyn Log>,
    pub(super) rows: Vec<EventRow>,
    said: Vec<String>,
    _folder: tempfile::TempDir,
}

impl Told {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let (log, rows) = runtime.block_on(example(folder.path()));
        let mut rooms = Rooms::default();
        let mut told = vec![said(&Room::new(key()))];
        for row in &rows {
            rooms.take_rows(std::slice::from_ref(row)).unwrap();
            told.push(said(rooms.get("care-get").unwrap()));
        }
        Self { runtime, log, rows, said: told, _folder: folder }
    }

    /// What the room said at a version.
    pub(super) fn at(&self, version: usize) -> &str {
        &self.said[version]
    }

    fn newest(&self) -> u64 {
        self.rows.len() as u64
    }
}

fn key() -> ProjectKey {
    "care-get".parse().unwrap()
}

async fn example(folder: &std::path::Path) -> (Arc<dyn Log>, Vec<EventRow>) {
    let address = format!("sqlite:{}", folder.join("cairn.db").display());
    let log = cairn_store::open(&address).await.unwrap();
    let started = writer::start(log.clone(), None, |_, _| {}).await.unwrap();
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/care-get");
    let found = import::find(&[example.into()]).unwrap();
    let outcome = import::import(&started.postbox, found).await.unwrap();
    assert_eq!((outcome.refused, outcome.unreadable), (0, 0), "the example is taken as a whole");
    let rows = log.read(0, PAGE_ROWS).await.unwrap().rows;
    (log, rows)
}

#[test]
fn a_past_version_says_what_was_said_at_the_time() {
    let told = Told::new();
    proptest!(ProptestConfig::with_cases(48), |(version in 0..=told.rows.len())| {
        let window = Window { version: Some(version as u64), until: None };
        let room = told.runtime.block_on(fold(&*told.log, &key(), told.newest(), window)).unwrap();
        prop_assert_eq!(&said(&room), told.at(version));
    });
}

#[test]
fn a_day_leaves_out_all_that_happened_after_it() {
    let told = Told::new();
    let recorded: Vec<_> = told.rows.iter().map(|row| record::recorded(row).unwrap()).collect();
    proptest!(ProptestConfig::with_cases(24), |(chosen in 0..recorded.len())| {
        let until = recorded[chosen].occurred_on;
        let mut plain = Room::new(key());
        recorded.iter().filter(|event| event.occurred_on <= until).for_each(|e| plain.apply(e));
        let window = Window { version: None, until: Some(until) };
        let room = told.runtime.block_on(fold(&*told.log, &key(), told.newest(), window)).unwrap();
        prop_assert_eq!(said(&room), said(&plain));
    });
}
