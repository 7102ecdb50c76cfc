//! Reading the log of a project, event by event, as far as the caller may see each.

use std::ops::ControlFlow;
use std::sync::Arc;

use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use cairn_domain::event::EventType;
use cairn_domain::policy::reading::{Reader, Shown};
use cairn_store::{EventRow, Log};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::auth::Verifier;
use crate::problem::{Kind, Problem};
use crate::record::{self, Unreadable};
use crate::request::{self, POSITION_HEADER};
use crate::views::{FoldError, Ledger, Room, Rooms};

/// Events of a page, at most: about as much as a person scrolls through.
pub const PAGE_EVENTS_MAX: u32 = 200;
/// Payload bytes of a page, at most; one event is always shown.
pub const PAGE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Rows read at a time: a row can have a megabyte, and few of a page are more than a kilobyte.
const ROWS_AT_A_TIME: u32 = 100;
/// Events of a page where the caller does not say.
const PAGE_EVENTS: u32 = 50;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListParameters {
    /// The project's version after which to read.
    #[serde(default)]
    after: u64,
    limit: Option<u32>,
}

/// `GET /v1/projects/{project}/events`.
pub async fn list(
    request: HttpRequest,
    path: Path<String>,
    ledger: Data<Ledger>,
    verifier: Data<Verifier>,
) -> Result<HttpResponse, Problem> {
    let subject = request::caller(&request, &verifier)?;
    let wanted: ListParameters = request::parameters(&request)?;
    let limit = wanted.limit.unwrap_or(PAGE_EVENTS);
    if !(1..=PAGE_EVENTS_MAX).contains(&limit) {
        let detail = format!("`limit` is from 1 to {PAGE_EVENTS_MAX}.");
        return Err(Problem::new(Kind::ParameterInvalid, detail));
    }
    let rooms = request::rooms(&request, &ledger).await?;
    let room = rooms.get(&path).ok_or_else(Problem::not_found)?;
    let reader = Reader::of(&room.project, Some(&subject), room.project.day_of(Timestamp::now()));
    if !reader.is_member() {
        return Err(Problem::not_found());
    }
    let page = visible(&ledger, room, &reader, wanted.after, limit as usize).await?;
    let mut response = HttpResponse::Ok();
    response.content_type("application/cloudevents-batch+json");
    response.insert_header((POSITION_HEADER, rooms.position()));
    if let Some(after) = page.next_after {
        let next =
            format!("</v1/projects/{path}/events?after={after}&limit={limit}>; rel=\"next\"");
        response.insert_header((header::LINK, next));
    }
    Ok(response.json(page.events))
}

/// A page of what a reader may see.
pub struct VisiblePage {
    pub events: Vec<Map<String, Value>>,
    /// The version after which the next page begins, where there is more.
    pub next_after: Option<u64>,
}

/// The events of a project after a version that a reader may see, up to what the room knows.
pub async fn visible(
    ledger: &Ledger,
    room: &Room,
    reader: &Reader,
    after: u64,
    limit: usize,
) -> Result<VisiblePage, Problem> {
    let wanted = Wanted { after, last: room.project.version, until: None, types: None };
    let mut page = VisiblePage { events: Vec::new(), next_after: None };
    let mut last = after;
    let mut bytes = 0;
    let mut unshown = None;
    let read = each(ledger.log(), room, reader, &wanted, |seen| {
        bytes += seen.row.payload.len();
        let full = page.events.len() == limit || (bytes > PAGE_BYTES_MAX && last > after);
        if full {
            page.next_after = Some(last);
            return ControlFlow::Break(());
        }
        last = seen.row.version;
        match record::cloud_event_shown(&seen.row, &seen.shown) {
            Ok(event) => page.events.push(event),
            Err(error) => {
                unshown = Some(error);
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    });
    read.await.map_err(|error| unreadable(&error))?;
    unshown.map_or(Ok(page), |error| Err(unreadable(&error)))
}

/// Which of a project's events are wanted.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The version after which to read.
    pub after: u64,
    /// The last version to read.
    pub last: u64,
    /// The last day of what occurred.
    pub until: Option<Date>,
    /// All types where nothing is said.
    pub types: Option<&'a [EventType]>,
}

/// An event that a reader may see.
pub struct Seen {
    pub row: EventRow,
    pub shown: Shown,
}

/// Hands out the wanted events that a reader may see, in their order, until it is enough. `room`
/// has taken all of them.
pub async fn each(
    log: &dyn Log,
    room: &Room,
    reader: &Reader,
    wanted: &Wanted<'_>,
    mut take: impl FnMut(Seen) -> ControlFlow<()> + Send,
) -> Result<(), FoldError> {
    let of_type = |row: &EventRow| {
        wanted.types.is_none_or(|types| types.iter().any(|t| t.as_str() == row.event_type))
    };
    let mut after = wanted.after;
    while after < wanted.last {
        let rows = log.read_project(room.project.key.as_str(), after, ROWS_AT_A_TIME).await?;
        after = rows.last().ok_or(FoldError::Replaced)?.version;
        for row in rows.into_iter().filter(|row| row.version <= wanted.last && of_type(row)) {
            check_known(&row, room)?;
            let recorded = record::recorded(&row)?;
            if wanted.until.is_some_and(|until| recorded.occurred_on > until) {
                continue;
            }
            let Some(shown) = reader.shown(&recorded, &room.project) else { continue };
            if take(Seen { row, shown }).is_break() {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// A log that was replaced a moment ago has another event in this place, or none. It is not mixed
/// with what the room knows.
fn check_known(row: &EventRow, room: &Room) -> Result<(), FoldError> {
    let is_known = room.version_of(row.event_id) == Some(row.version);
    if is_known { Ok(()) } else { Err(FoldError::Replaced) }
}

fn show(
    row: &EventRow,
    room: &Room,
    reader: &Reader,
) -> Result<Option<Map<String, Value>>, Unreadable> {
    let recorded = record::recorded(row)?;
    let shown = reader.shown(&recorded, &room.project);
    shown.map(|shown| record::cloud_event_shown(row, &shown)).transpose()
}

/// An event that the caller may see.
pub struct Found {
    pub rooms: Arc<Rooms>,
    pub row: EventRow,
    /// As far as the caller may see it.
    pub shown: Map<String, Value>,
}

/// The event that a path names, by its project and id.
pub async fn find(
    request: &HttpRequest,
    path: Path<(String, String)>,
    ledger: &Ledger,
    verifier: &Verifier,
) -> Result<Found, Problem> {
    let subject = request::caller(request, verifier)?;
    let (project, id) = path.into_inner();
    let rooms = request::rooms(request, ledger).await?;
    let room = rooms.get(&project).ok_or_else(Problem::not_found)?;
    let reader = Reader::of(&room.project, Some(&subject), room.project.day_of(Timestamp::now()));
    let version = id.parse::<Uuid>().ok().and_then(|id| room.version_of(id));
    let version = version.ok_or_else(Problem::not_found)?;
    let rows = ledger.log().read_project(&project, version - 1, 1).await;
    let row = rows.map_err(|error| unreadable(&error))?.into_iter().next();
    let row = row.ok_or_else(|| unreadable(&FoldError::Replaced))?;
    check_known(&row, room).map_err(|error| unreadable(&error))?;
    let shown = show(&row, room, &reader).map_err(|error| unreadable(&error))?;
    let shown = shown.ok_or_else(Problem::not_found)?;
    Ok(Found { rooms, row, shown })
}

/// `GET /v1/projects/{project}/events/{id}`.
pub async fn one(
    request: HttpRequest,
    path: Path<(String, String)>,
    ledger: Data<Ledger>,
    verifier: Data<Verifier>,
) -> Result<HttpResponse, Problem> {
    let found = find(&request, path, &ledger, &verifier).await?;
    Ok(HttpResponse::Ok()
        .content_type("application/cloudevents+json")
        .insert_header((POSITION_HEADER, found.rooms.position()))
        .json(found.shown))
}

/// What the operator needs goes to the log, what the caller needs into the answer.
pub fn unreadable(error: &(dyn std::error::Error + 'static)) -> Problem {
    tracing::error!(error, "the log was not read");
    Problem::new(Kind::Unavailable, "The log cannot be read now. Ask again in a moment.")
}
