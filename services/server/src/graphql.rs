//! Asking: the GraphQL door.
//!
//! A question is read ([`http`]), its document judged ([`document`]), and only then executed, on
//! one immutable snapshot. Resolvers are thin: figures come from the domain's views, rights from
//! its `Reader`. What a role may not see is null or absent.

pub mod document;
pub mod http;
pub mod values;
pub mod connection;
pub mod evidence;
pub mod node;
pub mod query;
pub mod project;

use std::sync::Arc;

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use async_graphql::{EmptyMutation, EmptySubscription};
use cairn_domain::ids::Subject;
use jiff::Timestamp;

use crate::auth::Verifier;
use crate::keys::FeedKey;
use crate::problem::Problem;
use crate::request::{self, POSITION_HEADER};
use crate::views::{Ledger, Rooms};
use project::money::trail::Opened;
use query::Query;

/// There are no mutations: events are posted at the other door.
pub type Schema = async_graphql::Schema<Query, EmptyMutation, EmptySubscription>;

pub fn schema() -> Schema {
    Schema::build(Query::default(), EmptyMutation, EmptySubscription).finish()
}

/// What every resolver of one question stands on.
pub struct Question {
    pub ledger: Ledger,
    pub rooms: Arc<Rooms>,
    /// Nobody for the public.
    pub subject: Option<Subject>,
    pub now: Timestamp,
    /// From which the addresses of calendar feeds are made.
    pub feeds: FeedKey,
    pub opened: Opened,
}

/// `/graphql`, by every method.
pub async fn answer(
    request: HttpRequest,
    payload: Payload,
    schema: Data<Schema>,
    ledger: Data<Ledger>,
    verifier: Data<Verifier>,
    feeds: Data<FeedKey>,
) -> Result<HttpResponse, Problem> {
    let subject = request::caller_or_nobody(&request, &verifier)?;
    let rooms = request::rooms(&request, &ledger).await?;
    let position = rooms.position();
    let suggestions = subject.is_some();
    let mut data = async_graphql::Data::default();
    let ledger = Ledger::clone(&ledger);
    let feeds = FeedKey::clone(&feeds);
    let opened = Opened::default();
    data.insert(Question { ledger, rooms, subject, now: Timestamp::now(), feeds, opened });
    let mut response = http::answer(&**schema, &request, payload, data, suggestions).await;
    let position = actix_web::http::header::HeaderValue::from(position);
    let name = actix_web::http::header::HeaderName::from_static(POSITION_HEADER);
    response.headers_mut().insert(name, position);
    Ok(response)
}

#[cfg(test)]
mod tests;
