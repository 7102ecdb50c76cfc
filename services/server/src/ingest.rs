//! The write routes: bytes to postings, and what became of them to an answer.
//!
//! Checks come in this order: 415 and 413 by header, 401, 413 and 400 by body; then, in the
//! writer, 404, the known id, 403 and 422. Nothing here judges membership or a rule.

mod answer;
mod lines;
mod ndjson;

use actix_web::http::header;
use actix_web::web::{Bytes, BytesMut, Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use cairn_domain::ids::ProjectKey;
use futures::StreamExt;
use serde::Deserialize;
use serde_json::Value;
use tokio::time::Instant;

use crate::auth::Verifier;
use crate::envelope::{self, Submission};
use crate::json;
use crate::problem::{Kind, Problem};
use crate::request::{self, POSITION_HEADER};
use crate::views::Ledger;
use crate::writer::{self, ANSWER_WITHIN, Postbox};
use answer::{judged, one_or_all, problem, recorded};
pub use lines::LINE_BYTES_MAX;
pub use ndjson::LINES_UNDER_WAY_MAX;

/// Largest body of a posting or a batch: a thousand ordinary events. Documents are linked.
pub const BODY_BYTES_MAX: usize = 1024 * 1024;
/// Events of a batch: it is recorded in one turn.
pub const BATCH_EVENTS_MAX: usize = 1_000;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PostParameters {
    #[serde(default)]
    dry_run: bool,
}

#[derive(Clone, Copy)]
enum Body {
    One,
    Batch,
    /// One event a line, each on its own.
    Lines,
}

/// `POST /v1/projects/{project}/events`.
pub async fn post(
    request: HttpRequest,
    payload: Payload,
    path: Path<String>,
    postbox: Data<Postbox>,
    ledger: Data<Ledger>,
    verifier: Data<Verifier>,
) -> Result<HttpResponse, Problem> {
    let kind = body_kind(&request)?;
    check_length(&request, kind)?;
    let subject = request::caller(&request, &verifier)?;
    let parameters: PostParameters = request::parameters(&request)?;
    if let Body::Lines = kind {
        let project = path.parse().map_err(|_| Problem::not_found())?;
        let judged_on = parameters.dry_run.then(|| Ledger::clone(&ledger));
        let postbox = Postbox::clone(&postbox);
        return Ok(ndjson::answer(payload, project, subject, postbox, judged_on));
    }
    let body = tokio::time::timeout(ANSWER_WITHIN, read_body(payload)).await;
    let bytes = body.unwrap_or_else(|_| Err(too_slow()))?;
    let project: ProjectKey = path.parse().map_err(|_| Problem::not_found())?;
    let read = |json| envelope::read_posted(json, &project, &subject);
    let json = json::read(&bytes).map_err(|error| not_json(&error, kind))?;
    let mut submissions = match kind {
        Body::One | Body::Lines => vec![read(json)?],
        Body::Batch => batch(json)?
            .into_iter()
            .enumerate()
            .map(|(index, json)| read(json).map_err(|problem| problem.of_item(index)))
            .collect::<Result<Vec<_>, _>>()?,
    };
    if parameters.dry_run {
        return dry_run(&ledger, kind, &mut submissions).await;
    }
    let posted = postbox.post(submissions).await;
    let receipts = posted.map_err(|failure| problem(failure, kind))?;
    Ok(recorded(kind, &receipts))
}

/// What is said of one posting that was not recorded.
pub fn problem_alone(failure: writer::Failure) -> Problem {
    problem(failure, Body::One)
}

fn body_kind(request: &HttpRequest) -> Result<Body, Problem> {
    let content_type = request.headers().get(header::CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let plain = !request.headers().contains_key(header::CONTENT_ENCODING);
    match essence.as_str() {
        "application/cloudevents+json" | "application/json" if plain => Ok(Body::One),
        "application/cloudevents-batch+json" if plain => Ok(Body::Batch),
        "application/x-ndjson" if plain => Ok(Body::Lines),
        _ => Err(Problem::new(
            Kind::MediaTypeUnsupported,
            "Send one event as `application/cloudevents+json`, several as an array with \
             `application/cloudevents-batch+json` (all or nothing) or one a line as \
             `application/x-ndjson` (each on its own), in UTF-8 and without content encoding.",
        )),
    }
}

/// Lines are read one by one, so that their number does not matter.
fn check_length(request: &HttpRequest, kind: Body) -> Result<(), Problem> {
    match kind {
        Body::One | Body::Batch => {}
        Body::Lines => return Ok(()),
    }
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > BODY_BYTES_MAX) { Err(too_large()) } else { Ok(()) }
}

fn too_large() -> Problem {
    Problem::new(
        Kind::BodyTooLarge,
        format!(
            "A body has at most {BODY_BYTES_MAX} bytes. Send fewer events at a time, and link \
            documents instead of sending them."
        ),
    )
}

fn too_slow() -> Problem {
    let seconds = ANSWER_WITHIN.as_secs();
    let detail = format!("The body did not come within {seconds} s. Send it again.");
    Problem::new(Kind::BodyTooSlow, detail)
}

fn broke_off() -> Problem {
    Problem::new(Kind::NotJson, "The body broke off. Send it again.")
}

async fn read_body(mut payload: Payload) -> Result<Bytes, Problem> {
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| broke_off())?;
        if body.len() + chunk.len() > BODY_BYTES_MAX {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

fn not_json(error: &serde_json::Error, kind: Body) -> Problem {
    let (line, column) = (error.line(), error.column());
    let (what, place) = match kind {
        Body::One | Body::Batch => ("body", format!("line {line}, column {column}")),
        Body::Lines => ("line", format!("column {column}")),
    };
    let detail = if error.is_data() {
        format!("The {what} names a member of an object twice, at {place}.")
    } else {
        format!("The {what} cannot be read as JSON at {place}.")
    };
    Problem::new(Kind::NotJson, detail)
}

fn batch(json: Value) -> Result<Vec<Value>, Problem> {
    let Value::Array(items) = json else {
        return Err(Problem::new(Kind::NotAnEvent, "A batch is an array of events."));
    };
    if items.is_empty() {
        return Err(Problem::new(Kind::NotAnEvent, "The batch is empty."));
    }
    if items.len() > BATCH_EVENTS_MAX {
        let detail = format!(
            "A batch has at most {BATCH_EVENTS_MAX} events, this one has {}. \
            Send it in parts.",
            items.len()
        );
        return Err(Problem::new(Kind::BatchTooLong, detail));
    }
    Ok(items)
}

async fn dry_run(
    ledger: &Ledger,
    kind: Body,
    submissions: &mut [Submission],
) -> Result<HttpResponse, Problem> {
    let refused = |failure| problem(failure, kind);
    let deadline = Instant::now() + ANSWER_WITHIN;
    writer::prepare(ledger, submissions, deadline).await.map_err(refused)?;
    let rooms = request::newest(ledger)?;
    let receipts = writer::dry_run(&rooms, ledger.log(), submissions).await.map_err(refused)?;
    let judged = receipts.iter().map(|receipt| judged(receipt, &rooms)).collect();
    Ok(HttpResponse::Ok()
        .insert_header((POSITION_HEADER, rooms.position()))
        .json(one_or_all(kind, judged)))
}
