//! What a request says beside its body: who asks, what it has seen, and its query.

use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::Query;
use cairn_domain::ids::Subject;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use crate::auth::{self, TokenFault, Verifier};
use crate::problem::{Kind, Problem};
use crate::views::{Ledger, Rooms};

/// Header with the position in the log that an answer stands on, or that a reader wants to see.
pub const POSITION_HEADER: &str = "cairn-position";

/// How long a read waits for a position that this process has not yet seen.
const SEEN_WITHIN: Duration = Duration::from_secs(2);

/// The subject of the request; a request without a token is refused.
pub fn caller(request: &HttpRequest, verifier: &Verifier) -> Result<Subject, Problem> {
    let token = auth::bearer(request.headers())?;
    Ok(verifier.verify(token, Timestamp::now())?)
}

/// The subject of the request, or nobody where it has no token. A wrong token is refused.
pub fn caller_or_nobody(
    request: &HttpRequest,
    verifier: &Verifier,
) -> Result<Option<Subject>, Problem> {
    if request.headers().contains_key(AUTHORIZATION) {
        caller(request, verifier).map(Some)
    } else {
        Ok(None)
    }
}

impl From<TokenFault> for Problem {
    fn from(fault: TokenFault) -> Self {
        let challenge = fault.challenge();
        Self::new(Kind::Unauthenticated, fault.to_string()).challenge(challenge)
    }
}

/// The newest state.
pub fn newest(ledger: &Ledger) -> Result<Arc<Rooms>, Problem> {
    let rooms = ledger.snapshot();
    ledger.standing().check_readable()?;
    Ok(rooms)
}

/// The newest state, or one that has seen the position that the request names.
pub async fn rooms(request: &HttpRequest, ledger: &Ledger) -> Result<Arc<Rooms>, Problem> {
    let Some(position) = request.headers().get(POSITION_HEADER) else {
        return newest(ledger);
    };
    let position = position.to_str().ok().and_then(|text| text.parse().ok()).ok_or_else(|| {
        Problem::new(Kind::ParameterInvalid, "`Cairn-Position` is a number: a position in the log.")
    })?;
    let rooms = ledger.seen(position, Instant::now() + SEEN_WITHIN).await;
    ledger.standing().check_readable()?;
    rooms.ok_or_else(|| {
        Problem::new(
            Kind::Stale,
            format!("This server has not yet seen position {position}. Ask again in a moment."),
        )
    })
}

/// The query of a request; an unknown or unreadable parameter is refused.
pub fn parameters<T: DeserializeOwned>(request: &HttpRequest) -> Result<T, Problem> {
    Query::<T>::from_query(request.query_string()).map(Query::into_inner).map_err(|error| {
        Problem::new(Kind::ParameterInvalid, format!("The query cannot be read: {error}."))
    })
}
