//! Folding the events of a log in their order, while the next ones are read and parsed.

use cairn_domain::posting::Recorded;
use cairn_store::{Log, LogError, Page};
use futures::{Stream, TryStreamExt as _, stream};

use super::{FoldError, PAGE_ROWS, Rooms};
use crate::record::{self, Unreadable};

/// Pages that are parsed at a time, each by a thread of its own.
const PAGES_PARSED: usize = 2;

/// Folds the rest of the log into the rooms.
pub(super) async fn read_on(
    log: &dyn Log,
    mut rooms: Rooms,
    mut progress: impl FnMut(u64, u64),
) -> Result<Rooms, FoldError> {
    let parsed = pages(log, rooms.position())
        .map_ok(|page| async move {
            let parsed = tokio::task::spawn_blocking(move || parse(page)).await;
            Ok(parsed.unwrap_or_else(|failed| std::panic::resume_unwind(failed.into_panic()))?)
        })
        .try_buffered(PAGES_PARSED);
    let mut parsed = std::pin::pin!(parsed);
    let mut head = None;
    while let Some((page, events)) = parsed.try_next().await? {
        for (row, event) in page.rows.iter().zip(&events) {
            rooms.take(row, event)?;
        }
        progress(rooms.position(), page.head.position);
        head = Some(page.head);
    }
    // Also where a row is missing, so that the last one stands where the head says all the same.
    head.map_or(Ok(()), |head| rooms.compare(&head))?;
    Ok(rooms)
}

/// The pages after a position, up to the one that reaches the head.
fn pages(log: &dyn Log, after: u64) -> impl Stream<Item = Result<Page, FoldError>> {
    stream::try_unfold(Some(after), move |after| async move {
        let Some(after) = after else { return Ok::<_, LogError>(None) };
        let page = log.read(after, PAGE_ROWS).await?;
        let last = page.rows.last().map(|row| row.position);
        let next = last.filter(|last| *last < page.head.position);
        Ok(Some((page, next)))
    })
    .map_err(FoldError::from)
}

fn parse(page: Page) -> Result<(Page, Vec<Recorded>), Unreadable> {
    let events = page.rows.iter().map(record::recorded).collect::<Result<_, _>>()?;
    Ok((page, events))
}
