//! The events of a project, as far as the caller may see each.

pub mod event;
#[cfg(test)]
mod tests;

use std::ops::ControlFlow;
use std::sync::Arc;

use async_graphql::connection::{Connection, Edge};
use async_graphql::{Context, Object, Result};
use cairn_domain::event::EventType;
use cairn_domain::ids::EventId;

use super::Reading;
use crate::events::{self, PAGE_BYTES_MAX, Seen, Wanted};
use crate::graphql::Question;
use crate::graphql::connection::{cursor, key, page_length};
use crate::graphql::values::refusal;
use crate::views::FoldError;
use event::Event;

/// Name of the type of events in the schema.
pub const KIND: &str = "Event";

/// Events that are read to count those that a reader may see: about a second's work.
pub const EVENTS_COUNTED_MAX: u64 = 20_000;

/// A page of events.
pub type EventPage = Connection<String, Event, EventTotal>;

pub struct Log(pub(super) Arc<Reading>);

#[Object]
impl Log {
    /// The events that the caller may see, in the order in which they were recorded; `types` are
    /// names such as `deliverable.submitted`. A page ends early where its events have more than
    /// 4 MiB, and has one event at least. Rights are those of now, also of past days. Null to the
    /// public.
    async fn events(
        &self,
        context: &Context<'_>,
        after: Option<String>,
        types: Option<Vec<String>>,
        first: Option<i32>,
    ) -> Option<Result<EventPage>> {
        if !self.0.reader.is_member() {
            return None;
        }
        let question = context.data_unchecked::<Question>();
        Some(page(question, &self.0, after, types, first).await)
    }
}

async fn page(
    question: &Question,
    reading: &Arc<Reading>,
    after: Option<String>,
    types: Option<Vec<String>>,
    first: Option<i32>,
) -> Result<EventPage> {
    let length = page_length(first)?;
    let version = match after {
        None => 0,
        Some(cursor) => key(&cursor)?.parse().map_err(|_| {
            refusal("CURSOR_INVALID", "`after` is the `endCursor` of another page of events.")
        })?,
    };
    let types = types.map(event_types).transpose()?;
    let (mut seen, mut bytes, mut has_next) = (Vec::new(), 0, false);
    let wanted = Wanted { after: version, types: types.as_deref(), ..wanted(reading) };
    each(question, reading, &wanted, |event| {
        bytes += event.row.payload.len();
        // One event is always shown: otherwise nobody would come past a large one.
        has_next = seen.len() == length || (bytes > PAGE_BYTES_MAX && !seen.is_empty());
        if has_next {
            return ControlFlow::Break(());
        }
        seen.push(event);
        ControlFlow::Continue(())
    })
    .await?;
    let total = EventTotal { reading: reading.clone(), types };
    let mut page = Connection::with_additional_fields(version > 0, has_next, total);
    for event in seen {
        let cursor = cursor(&event.row.version.to_string());
        page.edges.push(Edge::new(cursor, Event::of(&reading.live.project.key, &event)?));
    }
    Ok(page)
}

fn event_types(names: Vec<String>) -> Result<Vec<EventType>> {
    let parse = |name: String| {
        EventType::parse(&name).map_err(|_| {
            refusal("EVENT_TYPE_UNKNOWN", format!("There are no events of the type `{name}`."))
        })
    };
    names.into_iter().map(parse).collect()
}

/// All that stands in the answer.
fn wanted(reading: &Reading) -> Wanted<'static> {
    Wanted { after: 0, last: reading.last_version(), until: reading.until, types: None }
}

/// Reads with the rights of now, for which the project as it is now has taken every event.
async fn each(
    question: &Question,
    reading: &Reading,
    wanted: &Wanted<'_>,
    take: impl FnMut(Seen) -> ControlFlow<()> + Send,
) -> Result<(), FoldError> {
    events::each(question.ledger.log(), &reading.live, &reading.reader, wanted, take).await
}

/// One event by its id, where the reader may see it.
pub async fn one(
    question: &Question,
    reading: &Reading,
    id: EventId,
) -> Result<Option<Event>, FoldError> {
    let Some(version) = reading.live.version_of(id) else { return Ok(None) };
    let wanted = Wanted { after: version - 1, last: version, ..wanted(reading) };
    let mut found = None;
    each(question, reading, &wanted, |event| {
        found = Some(event);
        ControlFlow::Break(())
    })
    .await?;
    let key = &reading.live.project.key;
    Ok(found.map(|event| Event::of(key, &event)).transpose()?)
}

/// What a page of events says beside its items. It is read from the log only when asked for.
pub struct EventTotal {
    reading: Arc<Reading>,
    types: Option<Vec<EventType>>,
}

#[Object]
impl EventTotal {
    /// How many events there are in all pages. Null where the project has more than 20,000 events,
    /// too many to be looked at for it.
    async fn total_count(&self, context: &Context<'_>) -> Option<Result<usize>> {
        if self.reading.last_version() > EVENTS_COUNTED_MAX {
            return None;
        }
        let wanted = Wanted { types: self.types.as_deref(), ..wanted(&self.reading) };
        let mut count = 0;
        let question = context.data_unchecked::<Question>();
        let counted = each(question, &self.reading, &wanted, |_| {
            count += 1;
            ControlFlow::Continue(())
        });
        let counted = counted.await;
        Some(counted.map(|()| count).map_err(Into::into))
    }
}
