//! The head: how far the log goes and the root that seals everything up to there.

use crate::event::{EventRow, NewEvent};
use crate::merkle::{CompactRange, Hash};

/// Where the log ends, with all that is needed to seal the next event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// The position of the last event; 0 for the empty log.
    pub position: u64,
    range: CompactRange,
}

impl Head {
    /// The head of a log without events.
    pub fn empty() -> Head {
        Head::default()
    }

    /// The RFC 6962 root over the leaves 1 to `position`. Costs about log₂(position) hashes of
    /// 64 bytes, so it is asked for once a turn and not once an event.
    pub fn tree_head(&self) -> Hash {
        self.range.root()
    }

    /// Gives `event` the next position and its hashes, and moves on to it. Pure; costs two hashes
    /// of the event and about two of 64 bytes.
    pub fn seal(&mut self, event: NewEvent) -> EventRow {
        let row = EventRow::seal(self.position + 1, event);
        self.take(&row);
        row
    }

    /// Moves on to a row that was read and that follows. Its leaf hash is taken as it stands:
    /// whether it is that of the row is `verify`'s to say.
    pub fn take(&mut self, row: &EventRow) {
        self.range.push(row.leaf_hash);
        self.position = self.range.size();
    }

    /// Reads a stored head. The error says in words what is wrong with it.
    pub(crate) fn parse(position: u64, tree_head: &[u8], frontier: &[u8]) -> Result<Head, String> {
        let tree_head = Hash::try_from(tree_head)
            .map_err(|_| format!("its tree head has {} bytes instead of 32", tree_head.len()))?;
        let range = CompactRange::parse(position, frontier)
            .ok_or_else(|| format!("its compact range is not one of {position} leaves"))?;
        if range.root() != tree_head {
            return Err("its tree head is not the root of its compact range".to_owned());
        }
        Ok(Head { position, range })
    }

    /// The head whose compact range has these bytes, as [`Head::frontier`] gave them.
    pub fn restore(position: u64, frontier: &[u8]) -> Option<Head> {
        CompactRange::parse(position, frontier).map(|range| Head { position, range })
    }

    /// The compact range: the roots of the perfect subtrees, the largest first, 32 bytes each.
    pub fn frontier(&self) -> &[u8] {
        self.range.bytes()
    }
}
