//! Recomputes the whole log from its rows and says where it first differs.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use crate::checkpoint::Checkpoint;
use crate::event::{EventRow, hash_payload};
use crate::head::Head;
use crate::log::{Log, LogError};
use crate::merkle::{CompactRange, Hash};

/// Rows read at once.
const PAGE_ROWS: u32 = 1_000;

/// What was found right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    pub position: u64,
    pub tree_head: Hash,
}

#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The first position that is not as it was recorded. A fault of the head row, or of a
    /// checkpoint, is told at the last position that it covers.
    #[error("position {position}: {why}")]
    Wrong { position: u64, why: String },
    /// The log could not be read to the end, so nothing is said about it.
    #[error("the log could not be read")]
    Unreadable(#[source] LogError),
}

/// Recomputes everything and only reads. `checkpoints` are compared when the log passes their
/// size; `check` may refuse a row for a reason of its own, in words; `progress` is told the
/// position reached and the last one known, after each page. Needs about 40 bytes an event.
pub async fn verify(
    log: &dyn Log,
    checkpoints: &[Checkpoint],
    check: &mut (dyn FnMut(&EventRow) -> Result<(), String> + Send),
    progress: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<Verified, VerifyError> {
    let mut walk = Walk::new(checkpoints);
    // A damaged head is told at the end: the rows may show what came first.
    let mut last_known = log.head().await.map_or(0, |head| head.position);
    walk.pass_checkpoints()?;
    loop {
        let rows = log.read_rows(walk.position(), PAGE_ROWS).await.map_err(row_error)?;
        let at_end = rows.len() < PAGE_ROWS as usize;
        walk.pass_rows(&rows, check)?;
        if at_end {
            // Read again with the head of the same moment, for a log that grows meanwhile.
            let page = match log.read(walk.position(), PAGE_ROWS).await {
                Err(LogError::DamagedHead { why }) => return Err(walk.wrong_head(&why)),
                Err(error) => return Err(row_error(error)),
                Ok(page) => page,
            };
            walk.pass_rows(&page.rows, check)?;
            last_known = page.head.position;
            if page.rows.len() < PAGE_ROWS as usize {
                progress(walk.position(), last_known);
                return walk.finish(&page.head);
            }
        }
        last_known = last_known.max(walk.position());
        progress(walk.position(), last_known);
    }
}

fn row_error(error: LogError) -> VerifyError {
    match error {
        LogError::DamagedRow { position, why } => VerifyError::Wrong { position, why },
        other => VerifyError::Unreadable(other),
    }
}

/// What the rows so far add up to.
struct Walk {
    range: CompactRange,
    projects: HashMap<String, ProjectWalk>,
    /// Those not yet passed, the smallest last.
    checkpoints: Vec<Checkpoint>,
}

struct ProjectWalk {
    version: u64,
    recorded_at_us: i64,
    event_ids: HashSet<Uuid>,
}

impl Walk {
    fn new(checkpoints: &[Checkpoint]) -> Walk {
        let mut checkpoints = checkpoints.to_vec();
        checkpoints.sort_by_key(|checkpoint| std::cmp::Reverse(checkpoint.size));
        Walk { range: CompactRange::default(), projects: HashMap::new(), checkpoints }
    }

    fn position(&self) -> u64 {
        self.range.size()
    }

    fn wrong_head(&self, why: &str) -> VerifyError {
        let why = format!("the head row is not the one of these events: {why}");
        VerifyError::Wrong { position: self.position(), why }
    }

    fn pass_rows(
        &mut self,
        rows: &[EventRow],
        check: &mut (dyn FnMut(&EventRow) -> Result<(), String> + Send),
    ) -> Result<(), VerifyError> {
        for row in rows {
            let expected = self.position() + 1;
            if row.position != expected {
                let why = match row.position < expected {
                    true => format!("an event stands at {}, out of order", row.position),
                    false => format!("the event is missing; the next one is at {}", row.position),
                };
                return Err(VerifyError::Wrong { position: expected.min(row.position), why });
            }
            self.pass_row(row)
                .and_then(|()| check(row))
                .map_err(|why| VerifyError::Wrong { position: row.position, why })?;
            self.pass_checkpoints()?;
        }
        Ok(())
    }

    fn pass_row(&mut self, row: &EventRow) -> Result<(), String> {
        if hash_payload(&row.payload) != row.payload_hash {
            return Err("its payload is not the one that was recorded".to_owned());
        }
        if row.compute_leaf_hash() != row.leaf_hash {
            return Err("one of its columns is not the one that was recorded".to_owned());
        }
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
        project.version = row.version;
        project.recorded_at_us = row.recorded_at_us;
        self.range.push(row.leaf_hash);
        Ok(())
    }

    fn pass_checkpoints(&mut self) -> Result<(), VerifyError> {
        let position = self.position();
        while let Some(checkpoint) = self.checkpoints.pop_if(|next| next.size <= position) {
            if checkpoint.root != self.range.root() {
                let why = "the events up to here are not those of the signed checkpoint".to_owned();
                return Err(VerifyError::Wrong { position, why });
            }
        }
        Ok(())
    }

    fn finish(&self, head: &Head) -> Result<Verified, VerifyError> {
        let position = self.position();
        let same_range = head.frontier() == self.range.bytes();
        if same_range && head.position != position {
            let why = format!("it says {} events with the hashes of {position}", head.position);
            return Err(self.wrong_head(&why));
        }
        if head.position > position {
            let why = format!("the event is missing; the head row says {} events", head.position);
            return Err(VerifyError::Wrong { position: position + 1, why });
        }
        if head.position < position {
            let why = format!(
                "the event stands after the end; the head row says {} events",
                head.position
            );
            return Err(VerifyError::Wrong { position: head.position + 1, why });
        }
        let tree_head = self.range.root();
        if head.tree_head() != tree_head || !same_range {
            return Err(
                self.wrong_head("its tree head is another, so an event or the head changed")
            );
        }
        if let Some(beyond) = self.checkpoints.last() {
            let why =
                format!("the event is missing; a signed checkpoint has {} events", beyond.size);
            return Err(VerifyError::Wrong { position: position + 1, why });
        }
        Ok(Verified { position, tree_head })
    }
}

#[cfg(test)]
mod tests {
    use super::{VerifyError, Walk};
    use crate::contract::event;
    use crate::event::NewEvent;
    use crate::head::Head;

    #[test]
    fn refuses_an_event_id_that_was_there_before() {
        // No engine takes such a row, so it has no case in the contract.
        let mut head = Head::empty();
        let first = head.seal(event("care-get", 1));
        let again = head.seal(NewEvent { event_id: first.event_id, ..event("care-get", 2) });
        let refused = Walk::new(&[]).pass_rows(&[first, again], &mut |_row| Ok(()));
        assert!(matches!(refused, Err(VerifyError::Wrong { position: 2, .. })), "{refused:?}");
    }
}
