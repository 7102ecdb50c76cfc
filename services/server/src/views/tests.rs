use clap::{Args as _, FromArgMatches as _};
use jiff::civil::Date;
use proptest::prelude::*;

use super::past::{PastRooms, Window, fold};
use super::*;
use crate::cli::{generate, import};
use crate::config::Generate;
use crate::writer;

/// What a room says, in words that do not depend on where it was folded.
pub(super) fn said(room: &Room) -> String {
    let Room {
        project,
        budget_use,
        fund,
        origins,
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
    let lists = format!("{lists} {fund:?} {origins:?} {oversight:?}");
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

/// A generated project that is long enough for marks, folded, and the log that it is in.
async fn with_marks(folder: &std::path::Path) -> (Arc<dyn Log>, Rooms) {
    let address = format!("sqlite:{}", folder.join("long.db").display());
    let data = folder.join("data").display().to_string();
    let words = ["generate", "--projects", "1", "--events", "9000", "--seed", "5"];
    let places = ["--database", address.as_str(), "--data", data.as_str()];
    let command = Generate::augment_args(clap::Command::new("generate"));
    let given = command.get_matches_from(words.into_iter().chain(places));
    generate::run(Generate::from_arg_matches(&given).unwrap()).await.unwrap();
    let log = cairn_store::open(&address).await.unwrap();
    let rooms = open(&*log, None, |_, _| {}).await.unwrap();
    (log, rooms)
}

#[test]
fn a_past_room_is_the_same_from_a_mark_and_from_the_first_event() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let (log, rooms) = with_marks(folder.path()).await;
        let room = rooms.all().next().unwrap().clone();
        let (key, newest) = (&room.project.key, room.project.version);
        let day_of = |version| {
            let log = Arc::clone(&log);
            async move { log.read_project(key.as_str(), version, 1).await.unwrap().remove(0) }
        };
        let early: Date = day_of(2_500).await.occurred_on.parse().unwrap();
        for (version, until) in [
            (Some(newest - 1), None),
            (Some(4_096), None),
            (Some(3_000), None),
            (Some(100), None),
            (None, Some(early)),
            (None, room.latest_day),
            (Some(3_000), Some(early)),
        ] {
            let window = Window { version, until };
            let plain = fold(&*log, key, newest, window).await.unwrap();
            let past = PastRooms::new().room(&*log, &rooms, key, newest, window).await.unwrap();
            assert!(said(&past) == said(&plain), "{window:?}");
        }
        assert!(rooms.mark(key.as_str(), |room| room.project.version == 4_096).is_some());
        assert!(rooms.mark(key.as_str(), |room| room.project.version == 8_192).is_some());
        // After a start from snapshots there are none, and rooms on the way are kept.
        let unmarked = Rooms { marks: imbl::OrdMap::new(), ..rooms.clone() };
        let past = PastRooms::new();
        for version in [newest - 1, newest - 2] {
            let window = Window { version: Some(version), until: None };
            let room = past.room(&*log, &unmarked, key, newest, window).await.unwrap();
            assert!(said(&room) == said(&fold(&*log, key, newest, window).await.unwrap()));
            let at = |version| past.passed(&unmarked, key, |room| room.project.version <= version);
            assert_eq!(at(newest - 3).unwrap().project.version, 8_192);
            assert!(at(8_191).is_none());
        }
    });
}
