//! What the rows so far add up to.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::ops::ControlFlow;

use uuid::Uuid;

use super::{Check, Known, Page, Verified, Wrong};
use crate::checkpoint::{self, Checkpoint, CheckpointError};
use crate::event::EventRow;
use crate::head::Head;
use crate::log::{KeptNote, LogError};
use crate::merkle::CompactRange;
use crate::proof::stored::{Levels, WrongSubtree};

pub(super) struct Walk {
    known: Known,
    check: Check,
    range: CompactRange,
    levels: Levels,
    projects: HashMap<String, ProjectWalk>,
    /// Those of the log that are not yet passed, the smallest first.
    kept: VecDeque<Checkpoint>,
    /// The size of the last checkpoint that was compared and holds.
    holds: Option<u64>,
    is_rewritten: bool,
    /// Ended at a wrong row.
    is_stopped: bool,
    /// Passed all rows, up to the head.
    is_whole: bool,
    foreign: BTreeMap<String, u64>,
    wrong: Vec<Wrong>,
}

struct ProjectWalk {
    version: u64,
    recorded_at_us: i64,
    event_ids: HashSet<Uuid>,
}

impl Walk {
    pub(super) fn new(mut known: Known, check: Check) -> Walk {
        // The smallest last.
        known.checkpoints.sort_by_key(|checkpoint| std::cmp::Reverse(checkpoint.size));
        let mut walk = Walk {
            known,
            check,
            range: CompactRange::default(),
            levels: Levels::default(),
            projects: HashMap::new(),
            kept: VecDeque::new(),
            holds: None,
            is_rewritten: false,
            is_stopped: false,
            is_whole: false,
            foreign: BTreeMap::new(),
            wrong: Vec::new(),
        };
        walk.pass_checkpoints();
        walk
    }

    fn position(&self) -> u64 {
        self.range.size()
    }

    pub(super) fn levels(&self) -> &Levels {
        &self.levels
    }

    pub(super) fn is_whole(&self) -> bool {
        self.is_whole
    }

    pub(super) fn pass(&mut self, page: Page) -> ControlFlow<()> {
        page.notes.into_iter().for_each(|note| self.take_note(&note));
        page.rows.into_iter().try_for_each(|row| self.pass_read(Ok(row)))
    }

    /// Ends at the first wrong row: what comes after it does not stand where it should.
    pub(super) fn pass_read(&mut self, row: Result<EventRow, String>) -> ControlFlow<()> {
        let expected = self.position() + 1;
        let passed = match row {
            Err(why) => Err(Wrong::at(expected, why)),
            Ok(row) if row.position < expected => {
                let why = format!("an event stands at {}, out of order", row.position);
                Err(Wrong::at(row.position, why))
            }
            Ok(row) if row.position > expected => {
                let why = format!("the event is missing; the next one is at {}", row.position);
                Err(Wrong::at(expected, why))
            }
            Ok(row) => self.pass_row(&row).map_err(|why| Wrong::at(expected, why)),
        };
        match passed {
            Ok(()) => {
                self.pass_checkpoints();
                ControlFlow::Continue(())
            }
            Err(wrong) => {
                self.wrong.push(wrong);
                self.is_stopped = true;
                ControlFlow::Break(())
            }
        }
    }

    fn pass_row(&mut self, row: &EventRow) -> Result<(), String> {
        row.check_hashes()?;
        let project = match self.projects.get_mut(&row.project) {
            Some(project) => project,
            None => self.projects.entry(row.project.clone()).or_insert(ProjectWalk {
                version: 0,
                recorded_at_us: i64::MIN,
                event_ids: HashSet::new(),
            }),
        };
        if row.version != project.version + 1 {
            return Err(format!(
                "its version of project {} is {} where {} was next",
                row.project,
                row.version,
                project.version + 1
            ));
        }
        if row.recorded_at_us < project.recorded_at_us {
            return Err("it was recorded before the event that precedes it in its project".into());
        }
        if !project.event_ids.insert(row.event_id) {
            return Err(format!("its event id {} is that of an earlier event", row.event_id));
        }
        (self.check)(row)?;
        project.version = row.version;
        project.recorded_at_us = row.recorded_at_us;
        self.levels.push(&mut self.range, row.leaf_hash);
        Ok(())
    }

    fn take_note(&mut self, kept: &KeptNote) {
        let Some((origin, key)) = &self.known.signer else { return };
        let why = match checkpoint::open(&kept.note, origin, key) {
            Ok(checkpoint) if checkpoint.size == kept.position => {
                self.kept.push_back(checkpoint);
                return;
            }
            Err(CheckpointError::OtherLog { found, .. }) => {
                *self.foreign.entry(found).or_default() += 1;
                return;
            }
            Ok(other) => {
                format!("the checkpoint that is kept here is one of {} events", other.size)
            }
            Err(error) => format!("the checkpoint that is kept here is not the log's: {error}"),
        };
        self.wrong.push(Wrong::at(kept.position, why));
    }

    fn pass_checkpoints(&mut self) {
        let position = self.position();
        while let Some(given) = self.known.checkpoints.pop_if(|next| next.size <= position) {
            self.compare(&given);
        }
        while let Some(kept) = self.kept.pop_front_if(|next| next.size <= position) {
            self.compare(&kept);
        }
    }

    fn compare(&mut self, checkpoint: &Checkpoint) {
        let position = self.position();
        if self.is_rewritten || checkpoint.size != position {
            return;
        }
        if checkpoint.root != self.range.root() {
            self.is_rewritten = true;
            let first = (self.holds.unwrap_or(0) + 1).min(position);
            let why = "these events are not those that were signed".to_owned();
            self.wrong.push(Wrong { first, last: position, why });
            return;
        }
        self.holds = Some(position);
        if let Some(why) = self.other_versions(checkpoint) {
            self.wrong.push(Wrong::at(position, why));
        }
    }

    /// Says in which project the checkpoint has another version than the rows up to it.
    fn other_versions(&self, checkpoint: &Checkpoint) -> Option<String> {
        let signed = &checkpoint.projects;
        let found = |key: &str| self.projects.get(key).map_or(0, |project| project.version);
        let is_there = |key: &&String| !signed.contains_key(*key) && !signed.is_empty();
        let other = signed.iter().find(|(key, version)| found(key) != **version);
        let missing = || self.projects.keys().filter(is_there).min();
        let (key, version) = match other {
            Some((key, version)) => (key, *version),
            None => (missing()?, 0),
        };
        let found = found(key);
        Some(format!(
            "the signed checkpoint says version {version} of project {key} where {found} is there"
        ))
    }

    /// There are no more rows.
    pub(super) fn end(&mut self) {
        if self.is_stopped {
            return;
        }
        self.is_whole = true;
        let beyond = self.kept.iter().chain(&self.known.checkpoints).map(|next| next.size).max();
        if let Some(size) = beyond {
            let why = format!("the event is missing; a signed checkpoint has {size} events");
            self.wrong.push(Wrong::at(self.position() + 1, why));
        }
    }

    /// There are no more rows, and `head` was read with the last of them.
    pub(super) fn compare_head(&mut self, head: &Head) {
        if self.is_stopped {
            return;
        }
        self.end();
        let position = self.position();
        let same_range = head.frontier() == self.range.bytes();
        if same_range && head.position != position {
            let why = format!("it says {} events with the hashes of {position}", head.position);
            self.wrong_head(&why);
        } else if head.position > position {
            let why = format!("the event is missing; the head row says {} events", head.position);
            self.wrong.push(Wrong::at(position + 1, why));
        } else if head.position < position {
            let why = format!(
                "the event stands after the end; the head row says {} events",
                head.position
            );
            self.wrong.push(Wrong::at(head.position + 1, why));
        } else if !same_range || head.tree_head() != self.range.root() {
            self.wrong_head("its tree head is another, so an event or the head changed");
        }
    }

    fn wrong_head(&mut self, why: &str) {
        let why = format!("the head row is not the one of these events: {why}");
        self.wrong.push(Wrong::at(self.position(), why));
    }

    /// Tells of a row that cannot be one that was written here, and gives back any other error.
    pub(super) fn tell(&mut self, error: LogError) -> Option<LogError> {
        match error {
            LogError::DamagedRow { .. } | LogError::DamagedHead { .. } if self.is_stopped => {}
            LogError::DamagedRow { position, why } => {
                self.is_stopped = true;
                self.wrong.push(Wrong::at(position, why));
            }
            LogError::DamagedHead { why } => {
                self.end();
                self.wrong_head(&why);
            }
            other => return Some(other),
        }
        None
    }

    pub(super) fn tell_subtree(&mut self, subtree: WrongSubtree) {
        let WrongSubtree { first, last, why } = subtree;
        let why = format!("the hash that is stored for these events is wrong: {why}");
        self.wrong.push(Wrong { first, last, why });
    }

    pub(super) fn finish(self) -> Verified {
        Verified {
            position: self.position(),
            tree_head: self.range.root(),
            signed: self.holds,
            foreign: self.foreign,
            wrong: self.wrong,
        }
    }
}
