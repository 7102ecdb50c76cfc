//! Reading the log of a project, event by event, as far as the caller may see each.

use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use cairn_domain::policy::reading::Reader;
use cairn_store::EventRow;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::auth::Verifier;
use crate::problem::{Kind, Problem};
use crate::record::{self, Unreadable};
use crate::request::{self, POSITION_HEADER};
use crate::views::{Ledger, PAGE_ROWS, Room};

/// Events of a page, at most: about as much as a person scrolls through.
pub const PAGE_EVENTS_MAX: u32 = 200;
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
    mut after: u64,
    limit: usize,
) -> Result<VisiblePage, Problem> {
    let last = room.project.version;
    let mut events = Vec::new();
    while after < last {
        let rows = ledger.log().read_project(room.project.key.as_str(), after, PAGE_ROWS).await;
        let rows = rows.map_err(|error| unreadable(&error))?;
        if rows.is_empty() {
            break;
        }
        for row in rows.iter().filter(|row| row.version <= last) {
            if events.len() == limit {
                return Ok(VisiblePage { events, next_after: Some(after) });
            }
            after = row.version;
            events.extend(show(row, room, reader).map_err(|error| unreadable(&error))?);
        }
    }
    Ok(VisiblePage { events, next_after: None })
}

fn show(
    row: &EventRow,
    room: &Room,
    reader: &Reader,
) -> Result<Option<Map<String, Value>>, Unreadable> {
    let recorded = record::recorded(row)?;
    let shown = reader.shown(&recorded, &room.project);
    shown.map(|shown| record::cloud_event_shown(row, shown)).transpose()
}

/// `GET /v1/projects/{project}/events/{id}`.
pub async fn one(
    request: HttpRequest,
    path: Path<(String, String)>,
    ledger: Data<Ledger>,
    verifier: Data<Verifier>,
) -> Result<HttpResponse, Problem> {
    let subject = request::caller(&request, &verifier)?;
    let (project, id) = path.into_inner();
    let rooms = request::rooms(&request, &ledger).await?;
    let room = rooms.get(&project).ok_or_else(Problem::not_found)?;
    let reader = Reader::of(&room.project, Some(&subject), room.project.day_of(Timestamp::now()));
    let version = id.parse::<Uuid>().ok().and_then(|id| room.version_of(id));
    let version = version.ok_or_else(Problem::not_found)?;
    let rows = ledger.log().read_project(&project, version - 1, 1).await;
    let row = rows.map_err(|error| unreadable(&error))?.into_iter().next();
    let row = row.ok_or_else(Problem::not_found)?;
    let event = show(&row, room, &reader).map_err(|error| unreadable(&error))?;
    let event = event.ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok()
        .content_type("application/cloudevents+json")
        .insert_header((POSITION_HEADER, rooms.position()))
        .json(event))
}

/// What the operator needs goes to the log, what the caller needs into the answer.
pub fn unreadable(error: &(dyn std::error::Error + 'static)) -> Problem {
    tracing::error!(error, "the log was not read");
    Problem::new(Kind::Unavailable, "The log cannot be read now. Ask again in a moment.")
}
