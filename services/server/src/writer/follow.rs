//! Following: what other processes wrote is read, folded and published.

use std::sync::Arc;

use cairn_store::Log;

use super::Writer;
use crate::views::{FoldError, PAGE_ROWS, Rooms};

impl Writer {
    /// Reads what other processes wrote and publishes it.
    pub(super) async fn follow(&mut self) -> Result<(), FoldError> {
        follow(&*self.log, &mut self.rooms).await?;
        self.publish_news();
        Ok(())
    }

    /// Publishes what was folded since.
    pub(super) fn publish_news(&mut self) {
        if self.publish.borrow().position() < self.rooms.position() {
            self.publish.send_replace(Arc::new(self.rooms.clone()));
        }
    }
}

/// Folds in the events up to the head as of now, and no further: other processes write whole turns,
/// so that whoever then reads sees no half of a batch. After an error the rooms may stand between.
pub(super) async fn follow(log: &dyn Log, rooms: &mut Rooms) -> Result<(), FoldError> {
    let page = log.read(rooms.position(), PAGE_ROWS).await?;
    rooms.take_rows(&page.rows)?;
    while rooms.position() < page.head.position {
        let left = page.head.position - rooms.position();
        let limit = u32::try_from(left).unwrap_or(PAGE_ROWS).min(PAGE_ROWS);
        let rows = log.read_rows(rooms.position(), limit).await?;
        if rows.is_empty() {
            break;
        }
        rooms.take_rows(&rows)?;
    }
    rooms.compare(&page.head)
}
