//! The rooms of past days: what was known by a version, and what had happened by a day.

use std::sync::Arc;

use cairn_domain::ids::ProjectKey;
use cairn_store::{EventRow, Log, LogError};
use jiff::civil::Date;
use moka::sync::Cache;

use super::{FoldError, PAGE_ROWS, Room, Rooms};
use crate::record;

/// Which part of a project's history is folded. Both questions about time can be asked at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Window {
    /// Known by: events up to this version of the project.
    pub version: Option<u64>,
    /// Happened by: facts up to this day.
    pub until: Option<Date>,
}

/// Folds the part of a project's history that a question asks for, from its first event on, and
/// no further than `newest`, the version that the question stands on.
pub async fn fold(
    log: &dyn Log,
    key: &ProjectKey,
    newest: u64,
    window: Window,
) -> Result<Room, FoldError> {
    fold_on(log, Room::new(key.clone()), newest, window, |_| {}).await
}

/// The same from a room on, in which every event up to its version is one that is asked for. `passed`
/// is told of each room on the way.
async fn fold_on(
    log: &dyn Log,
    mut room: Room,
    newest: u64,
    window: Window,
    passed: impl Fn(&Room),
) -> Result<Room, FoldError> {
    let key = room.project.key.clone();
    let until = window.until.map(|until| until.to_string());
    let last = window.version.map_or(newest, |version| version.min(newest));
    let mut version = room.project.version;
    while version < last {
        let rows = log.read_project(key.as_str(), version, PAGE_ROWS).await?;
        let end = rows.last().ok_or(FoldError::Replaced)?.version;
        // ISO dates of four-digit years stand in the order of the days.
        let happened =
            |row: &&EventRow| until.as_ref().is_none_or(|until| row.occurred_on <= *until);
        for row in rows.iter().filter(|row| row.version <= last).filter(happened) {
            room.apply(&record::recorded(row)?);
            passed(&room);
        }
        version = end;
    }
    Ok(room)
}

/// Past rooms that are kept, at most: a page that compares days asks for a few of them again and
/// again.
pub const PAST_ROOMS_MAX: u64 = 32;
/// Events of all past rooms that are kept, at most: a room's memory grows with its events.
pub const PAST_EVENTS_MAX: u64 = 320_000;

/// A room that was passed on the way to another one is kept where it is so many events from the
/// next: a server that started from snapshots has no marks to fold on from.
const PASSED_APART: u64 = 8_192;

/// History, project, version and day of a past room.
type Name = (u32, ProjectKey, u64, Option<Date>);

/// Past rooms that were folded lately, or passed on the way. A log never changes, so that a past room
/// stays true until the log itself is replaced.
pub struct PastRooms(Cache<Name, Arc<Room>>);

impl PastRooms {
    pub fn new() -> Self {
        // A small room weighs as much as its share of all, which bounds their number.
        let least = PAST_EVENTS_MAX / PAST_ROOMS_MAX;
        let weight = move |room: &Room| (room.versions.len() as u64).max(least);
        let rooms = Cache::builder()
            .weigher(move |_, room: &Arc<Room>| u32::try_from(weight(room)).unwrap_or(u32::MAX))
            .max_capacity(PAST_EVENTS_MAX)
            .build();
        Self(rooms)
    }

    /// What [`fold`] gives, folded only where it is not at hand. Who asks for the same at the same
    /// time folds it too.
    pub async fn room(
        &self,
        log: &dyn Log,
        rooms: &Rooms,
        key: &ProjectKey,
        newest: u64,
        window: Window,
    ) -> Result<Arc<Room>, FoldError> {
        let last = window.version.map_or(newest, |version| version.min(newest));
        let name = (rooms.history(), key.clone(), last, window.until);
        if let Some(room) = self.0.get(&name) {
            return Ok(room);
        }
        let fits = |room: &Room| {
            let happened = window.until.is_none_or(|until| room.latest_day <= Some(until));
            room.project.version <= last && happened
        };
        let mark = rooms.mark(key.as_str(), fits).cloned();
        let from = mark.into_iter().chain(self.passed(rooms, key, fits));
        let from = from.max_by_key(|room| room.project.version);
        let from = from.map_or_else(|| Room::new(key.clone()), |room| (*room).clone());
        let passed = |room: &Room| {
            let version = room.project.version;
            let is_whole = room.versions.len() as u64 == version;
            if version.is_multiple_of(PASSED_APART) && is_whole {
                let name = (rooms.history(), key.clone(), version, None);
                self.0.insert(name, Arc::new(room.clone()));
            }
        };
        let room = Arc::new(fold_on(log, from, newest, window, passed).await?);
        self.0.insert(name, room.clone());
        Ok(room)
    }

    /// The rooms of a project that are kept with all that was known by then, of those that fit.
    pub(super) fn passed(
        &self,
        rooms: &Rooms,
        key: &ProjectKey,
        fits: impl Fn(&Room) -> bool,
    ) -> Option<Arc<Room>> {
        let of_project = |(history, project, _, until): &Name| {
            *history == rooms.history() && project == key && until.is_none()
        };
        let kept = self.0.iter().filter(|(name, room)| of_project(name) && fits(room));
        kept.map(|(_, room)| room).max_by_key(|room| room.project.version)
    }
}

impl Default for PastRooms {
    fn default() -> Self {
        Self::new()
    }
}

/// The last version of a project up to `newest` of which `known` is true; 0 where there is none. What
/// is known of an event is known of all before it, since neither positions nor times go back.
pub async fn last_version(
    log: &dyn Log,
    key: &str,
    newest: u64,
    known: impl Fn(&EventRow) -> bool,
) -> Result<u64, LogError> {
    let (mut last, mut first_after) = (0, newest + 1);
    while last + 1 < first_after {
        let middle = last + (first_after - last) / 2;
        let rows = log.read_project(key, middle - 1, 1).await?;
        if rows.first().is_some_and(&known) { last = middle } else { first_after = middle }
    }
    Ok(last)
}
