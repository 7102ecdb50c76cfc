//! Calendar feeds: the deadlines of a member in a calendar program, read without a token by an
//! address that only the member is told.
//!
//! The address is made of the event that opened the feed and of a secret in `--data`
//! ([`secret`]); neither the log nor an event has it. A feed that is closed, one of somebody who
//! is no member any more, and one that never was are answered alike.

pub mod secret;
mod document;
#[cfg(test)]
mod tests;

use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use cairn_domain::policy::reading::Reader;
use cairn_domain::view::deadlines::Wanted;
use jiff::Timestamp;

use crate::caching;
use crate::keys::FeedKey;
use crate::problem::{Kind, Problem};
use crate::request;
use crate::views::{Ledger, Room};

/// The media type of a feed.
pub const MEDIA_TYPE: &str = "text/calendar; charset=utf-8";

/// `GET /v1/projects/{project}/calendar/{secret}.ics`.
pub async fn feed(
    request: HttpRequest,
    path: Path<(String, String)>,
    ledger: Data<Ledger>,
    key: Data<FeedKey>,
) -> Result<HttpResponse, Problem> {
    let (project, secret) = path.into_inner();
    let rooms = request::newest(&ledger)?;
    let room = rooms.get(&project);
    let text = room.and_then(|room| text(room, &key, &secret, Timestamp::now()));
    let text = text.ok_or_else(no_feed)?;
    let response = HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, MEDIA_TYPE))
        // The address is a secret: it is to be kept by no cache, and told to no other page.
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .body(text);
    Ok(caching::tag(&request, response))
}

fn no_feed() -> Problem {
    Problem::new(
        Kind::NotFound,
        "There is no such feed, or no longer. Ask for the addresses of your feeds with \
         `viewer { calendarFeeds { path } }`, or open one by posting `calendar_feed.opened`.",
    )
}

/// The feed to which a secret leads at an instant, if it leads to one.
fn text(room: &Room, key: &FeedKey, secret: &str, now: Timestamp) -> Option<String> {
    let project = &room.project;
    let id = secret::read(key, &project.key, secret)?;
    let feed = project.delivery.calendar_feeds.get(id)?;
    if feed.closed_on.is_some() {
        return None;
    }
    let today = project.day_of(now);
    let reader = Reader::of(project, Some(&feed.subject), today);
    if !reader.is_member() {
        return None;
    }
    let wanted = Wanted { partner: feed.data.partner, ..Wanted::default() };
    let deadlines = room.deadlines.list(&room.sources(None, &reader), &wanted, today);
    Some(document::write(project, feed.data.language, &deadlines))
}
