use std::path::Path;

use cairn_domain::ids::EventId;
use cairn_store::EventRow;
use proptest::prelude::*;

use super::super::tests::{Told, said};
use super::*;
use crate::keys::Keys;
use crate::views;

fn snapshots(data: &Path) -> Snapshots {
    let keys = Keys::open_or_create(data).unwrap();
    Snapshots::new(data, keys.snapshots)
}

fn fold(rows: &[EventRow]) -> Rooms {
    let mut rooms = Rooms::default();
    rooms.take_rows(rows).unwrap();
    rooms
}

/// What all rooms say, and of which log.
fn all_said(rooms: &Rooms) -> String {
    let said: Vec<_> = rooms.all().map(|room| said(room)).collect();
    format!("{:?} {}", rooms.head(), said.join(" "))
}

/// The rooms of the example at a position, as another project too.
fn rows_of_two_projects(told: &Told) -> Vec<EventRow> {
    let mut head = Head::empty();
    let mut rows = Vec::new();
    for row in &told.rows {
        for project in ["care-get", "care-too"] {
            let event = EventRow { project: project.to_owned(), ..row.clone() };
            rows.push(head.seal(event.into()));
        }
    }
    rows
}

fn files(snapshots: &Snapshots) -> Vec<String> {
    let entries = fs::read_dir(&snapshots.folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| name != LOCK).collect();
    names.sort();
    names
}

#[test]
fn folding_on_from_a_snapshot_equals_folding_at_once() {
    let told = Told::new();
    let data = tempfile::tempdir().unwrap();
    let snapshots = snapshots(data.path());
    proptest!(ProptestConfig::with_cases(32), |(at in 1..told.rows.len())| {
        snapshots.forget();
        snapshots.save(&fold(&told.rows[..at]), 2).unwrap();
        let mut rooms = snapshots.load().unwrap().unwrap();
        prop_assert_eq!(rooms.position(), at as u64);
        prop_assert_eq!(said(rooms.get("care-get").unwrap()), told.at(at));
        rooms.take_rows(&told.rows[at..]).unwrap();
        prop_assert_eq!(all_said(&rooms), all_said(&fold(&told.rows)));
        for row in &told.rows {
            let version = rooms.get("care-get").unwrap().version_of(row.event_id);
            prop_assert_eq!(version, Some(row.version));
        }
    });
}

#[test]
fn only_rooms_that_changed_are_written_and_old_ones_are_removed() {
    let told = Told::new();
    let rows = rows_of_two_projects(&told);
    let data = tempfile::tempdir().unwrap();
    let snapshots = snapshots(data.path());
    snapshots.save(&fold(&rows[..100]), 2).unwrap();
    let first = files(&snapshots);
    snapshots.save(&fold(&rows[..101]), 2).unwrap();
    let second = files(&snapshots);
    assert_eq!((first.len(), second.len()), (3, 3));
    let kept: Vec<_> = first.iter().filter(|name| second.contains(name)).collect();
    assert_eq!(kept.len(), 2, "the index and the room of the other project: {kept:?}");
    let both = all_said(&fold(&rows[..101]));
    assert_eq!(all_said(&snapshots.load().unwrap().unwrap()), both);

    // A process that is behind leaves what one that is ahead wrote.
    snapshots.save(&fold(&rows[..50]), 2).unwrap();
    assert_eq!(all_said(&snapshots.load().unwrap().unwrap()), both);
}

/// A backup was put back under the process, and events came again in another order.
#[test]
fn a_room_of_a_log_that_was_replaced_is_not_taken_for_one_of_the_new_log() {
    let told = Told::new();
    let rows = rows_of_two_projects(&told);
    let data = tempfile::tempdir().unwrap();
    let snapshots = snapshots(data.path());
    let known = fold(&rows[..100]);
    snapshots.save(&known, 2).unwrap();
    // One project has as many events as before and the other one more.
    let mut head = Head::empty();
    let again: Vec<_> = rows[..101]
        .iter()
        .map(|row| {
            let event_id = match row.position {
                98 => EventId::now_v7(),
                _ => row.event_id,
            };
            head.seal(EventRow { event_id, ..row.clone() }.into())
        })
        .collect();
    let replaced = fold(&again).after(&known);
    snapshots.save(&replaced, 2).unwrap();
    let loaded = snapshots.load().unwrap().unwrap();
    let of = |rooms: &Rooms| {
        let room = rooms.get("care-too").unwrap();
        [&again[97], &rows[97]].map(|row| room.version_of(row.event_id))
    };
    assert_eq!(of(&loaded), of(&replaced));
    assert_ne!(of(&loaded), of(&known));
}

/// Opens the log of the example from what lies in a folder, and gives what is wrong with that.
fn open(told: &Told, snapshots: &Snapshots) -> Vec<String> {
    let log = &*told.log;
    let wrong = told.runtime.block_on(snapshots.check(log));
    let rooms = told.runtime.block_on(views::open(log, Some(snapshots), |_, _| {})).unwrap();
    assert_eq!(said(rooms.get("care-get").unwrap()), told.at(told.rows.len()));
    wrong
}

#[test]
fn a_snapshot_that_was_altered_changes_no_answer_and_is_named() {
    let told = Told::new();
    let data = tempfile::tempdir().unwrap();
    let snapshots = snapshots(data.path());
    let rooms = fold(&told.rows);
    snapshots.save(&rooms, 2).unwrap();
    assert_eq!(open(&told, &snapshots), Vec::<String>::new());
    let alter = |name: &str, bytes: &[u8]| {
        for name in files(&snapshots) {
            fs::remove_file(snapshots.folder.join(name)).unwrap();
        }
        snapshots.save(&rooms, 2).unwrap();
        let path = snapshots.folder.join(name);
        fs::write(&path, bytes).unwrap();
        assert!(snapshots.load().is_err(), "{name} is used");
        let wrong = open(&told, &snapshots);
        assert!(wrong.len() == 1 && wrong[0].contains(name), "{name}: {wrong:?}");
        assert!(!snapshots.index_path().exists(), "the next start does not come upon it again");
    };
    let whole = |name: String| (fs::read(snapshots.folder.join(&name)).unwrap(), name);
    for (whole, name) in files(&snapshots).into_iter().map(whole).collect::<Vec<_>>() {
        let step = whole.len() / 8;
        for at in (0..whole.len()).step_by(step).chain([whole.len() - 1]) {
            let mut altered = whole.clone();
            altered[at] ^= 0x20;
            alter(&name, &altered);
        }
        alter(&name, &whole[..whole.len() / 2]);
        alter(&name, &[&whole[..], b"x"].concat());
        alter(&name, b"");
    }
}

#[test]
fn a_snapshot_of_another_origin_is_not_used() {
    let told = Told::new();
    let rooms = fold(&told.rows);
    let data = tempfile::tempdir().unwrap();
    let own = snapshots(data.path());
    own.save(&rooms, 2).unwrap();
    let other_data = tempfile::tempdir().unwrap();
    let other_key = Snapshots { key: snapshots(other_data.path()).key, ..own.clone() };
    assert!(matches!(other_key.load(), Err(Unusable::NotAuthentic { .. })));
    let other_fold = Snapshots { fold: "another".to_owned(), ..own.clone() };
    assert!(matches!(other_fold.load(), Err(Unusable::OtherFold)));
    assert_eq!(open(&told, &other_fold), Vec::<String>::new(), "unused, and not wrong");
    assert!(own.load().unwrap().is_none(), "what is of no use is taken for none");
}

#[test]
fn the_room_of_one_project_is_not_taken_for_that_of_another() {
    let told = Told::new();
    let data = tempfile::tempdir().unwrap();
    let snapshots = snapshots(data.path());
    snapshots.save(&fold(&rows_of_two_projects(&told)), 2).unwrap();
    let index = snapshots.index().unwrap();
    let [one, two] = index.rooms.as_slice() else { panic!("two rooms") };
    fs::copy(snapshots.path(one), snapshots.path(two)).unwrap();
    assert!(matches!(snapshots.load(), Err(Unusable::NotAuthentic { .. })));
}

#[test]
fn the_snapshots_of_another_history_are_not_used() {
    let told = Told::new();
    let data = tempfile::tempdir().unwrap();
    let snapshots = snapshots(data.path());
    let mut head = Head::empty();
    let resealed = told.rows.iter().map(|row| {
        let event = EventRow { recorded_at_us: row.recorded_at_us + 1, ..row.clone() };
        head.seal(event.into())
    });
    let resealed: Vec<_> = resealed.collect();
    let mut longer = told.rows.clone();
    let last = told.rows.last().unwrap().clone();
    let mut head_after = fold(&told.rows).head().clone();
    let again = EventRow { version: last.version + 1, event_id: EventId::from_u128(1), ..last };
    longer.push(head_after.seal(again.into()));
    for rows in [&resealed[..], &resealed[..50], &longer] {
        snapshots.save(&fold(rows), 2).unwrap();
        let wrong = open(&told, &snapshots);
        assert!(wrong.len() == 1 && wrong[0].contains("not the one"), "{wrong:?}");
        assert!(!snapshots.index_path().exists(), "the next start does not come upon it again");
    }
}
