//! Rooms of earlier versions, from which past ones are folded on.

use std::sync::Arc;

use super::Room;

/// Marks lie at least so many events apart: so many are folded well within the time of a question.
const SPACING_MIN: u64 = 2_048;
/// Marks of one project, at most: what a mark shares with the newest room costs nothing, and what
/// has changed since is kept once more.
const MARKS_MAX: usize = 4;

/// Whether a project may have a mark at a version.
pub(super) fn may_be(version: u64) -> bool {
    version.is_multiple_of(SPACING_MIN)
}

/// The marks of one project, evenly apart.
#[derive(Clone, Debug)]
pub(super) struct Marks {
    spacing: u64,
    rooms: Vec<Arc<Room>>,
}

impl Default for Marks {
    fn default() -> Self {
        Self { spacing: SPACING_MIN, rooms: Vec::new() }
    }
}

impl Marks {
    pub(super) fn note(&mut self, room: Arc<Room>) {
        if !room.project.version.is_multiple_of(self.spacing) {
            return;
        }
        self.rooms.push(room);
        if self.rooms.len() > MARKS_MAX {
            self.spacing *= 2;
            let spacing = self.spacing;
            self.rooms.retain(|room| room.project.version.is_multiple_of(spacing));
        }
    }

    pub(super) fn newest(&self, fits: impl Fn(&Room) -> bool) -> Option<&Arc<Room>> {
        self.rooms.iter().rev().find(|room| fits(room))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn versions(marks: &Marks) -> Vec<u64> {
        marks.rooms.iter().map(|room| room.project.version).collect()
    }

    #[test]
    fn marks_stay_few_and_evenly_apart() {
        let mut marks = Marks::default();
        let mut room = Room::new("care-get".parse().unwrap());
        for version in (0..=100_000).filter(|version| may_be(*version)).skip(1) {
            room.project.version = version;
            marks.note(Arc::new(room.clone()));
            assert!(marks.rooms.len() <= MARKS_MAX, "{version}");
            let apart = versions(&marks).first().copied().unwrap();
            assert!(versions(&marks).windows(2).all(|pair| pair[1] - pair[0] == apart));
            assert!(version - versions(&marks).last().unwrap() < 2 * apart);
        }
        assert_eq!(versions(&marks), [32_768, 65_536, 98_304]);
    }

    #[test]
    fn the_newest_that_fits_is_found() {
        let mut marks = Marks::default();
        let mut room = Room::new("care-get".parse().unwrap());
        for version in [2_048, 4_096] {
            room.project.version = version;
            marks.note(Arc::new(room.clone()));
        }
        let at_most = |version| {
            let found = marks.newest(|room| room.project.version <= version);
            found.map(|room| room.project.version)
        };
        assert_eq!(at_most(5_000), Some(4_096));
        assert_eq!(at_most(4_095), Some(2_048));
        assert_eq!(at_most(2_047), None);
    }
}
