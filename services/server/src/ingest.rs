//! The write routes: bytes to postings, and what became of them to an answer.
//!
//! Checks come in this order: 415 and 413 by header, 401, 413 and 400 by body; then, in the
//! writer, 404, the known id, 403 and 422. Nothing here judges membership or a rule.

use actix_web::http::header;
use actix_web::web::{Bytes, BytesMut, Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use cairn_domain::ids::{EventId, ProjectKey};
use cairn_domain::posting::Warning;
use futures::StreamExt;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::auth::Verifier;
use crate::envelope::{self, Submission};
use crate::json;
use crate::problem::{Kind, Problem};
use crate::record;
use crate::request::{self, POSITION_HEADER};
use crate::views::Ledger;
use crate::writer::{self, ANSWER_WITHIN, Conflict, Failure, Postbox, Receipt, Rejected};

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

enum Body {
    One,
    Batch,
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
    check_length(&request)?;
    let subject = request::caller(&request, &verifier)?;
    let parameters: PostParameters = request::parameters(&request)?;
    let body = tokio::time::timeout(ANSWER_WITHIN, read_body(payload)).await;
    let bytes = body.unwrap_or_else(|_| Err(too_slow()))?;
    let project: ProjectKey = path.parse().map_err(|_| Problem::not_found())?;
    let read = |json| envelope::read_posted(json, &project, &subject);
    let json = json::read(&bytes).map_err(|error| not_json(&error))?;
    let submissions = match kind {
        Body::One => vec![read(json)?],
        Body::Batch => batch(json)?
            .into_iter()
            .enumerate()
            .map(|(index, json)| read(json).map_err(|problem| problem.of_item(index)))
            .collect::<Result<Vec<_>, _>>()?,
    };
    if parameters.dry_run {
        return dry_run(&ledger, &kind, &submissions).await;
    }
    let posted = postbox.post(submissions).await;
    let receipts = posted.map_err(|failure| problem(failure, &kind))?;
    Ok(recorded(&kind, &receipts))
}

fn body_kind(request: &HttpRequest) -> Result<Body, Problem> {
    let content_type = request.headers().get(header::CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let plain = !request.headers().contains_key(header::CONTENT_ENCODING);
    match essence.as_str() {
        "application/cloudevents+json" | "application/json" if plain => Ok(Body::One),
        "application/cloudevents-batch+json" if plain => Ok(Body::Batch),
        _ => Err(Problem::new(
            Kind::MediaTypeUnsupported,
            "Send one event as `application/cloudevents+json`, several as an array with \
             `application/cloudevents-batch+json`, in UTF-8 and without content encoding.",
        )),
    }
}

fn check_length(request: &HttpRequest) -> Result<(), Problem> {
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

async fn read_body(mut payload: Payload) -> Result<Bytes, Problem> {
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk =
            chunk.map_err(|_| Problem::new(Kind::NotJson, "The body broke off. Send it again."))?;
        if body.len() + chunk.len() > BODY_BYTES_MAX {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

fn not_json(error: &serde_json::Error) -> Problem {
    let (line, column) = (error.line(), error.column());
    let detail = if error.is_data() {
        format!("The body names a member of an object twice, at line {line}, column {column}.")
    } else {
        format!("The body cannot be read as JSON at line {line}, column {column}.")
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
    kind: &Body,
    submissions: &[Submission],
) -> Result<HttpResponse, Problem> {
    let rooms = request::newest(ledger)?;
    let receipts = writer::dry_run(&rooms, ledger.log(), submissions)
        .await
        .map_err(|failure| problem(failure, kind))?;
    let key = submissions.first().map(|submission| submission.project.as_str());
    let version = key.and_then(|key| rooms.get(key)).map_or(0, |room| room.project.version);
    let judged = |receipt: &Receipt| {
        serde_json::json!({ "id": receipt.id, "project": receipt.project, "dryRun": true,
            "judgedAtVersion": version, "repeated": receipt.repeated,
            "warnings": receipt.warnings })
    };
    Ok(HttpResponse::Ok()
        .insert_header((POSITION_HEADER, rooms.position()))
        .json(one_or_all(kind, receipts.iter().map(judged).collect())))
}

fn one_or_all(kind: &Body, mut items: Vec<Value>) -> Value {
    match kind {
        Body::One if items.len() == 1 => items.remove(0),
        Body::One | Body::Batch => Value::Array(items),
    }
}

fn recorded(kind: &Body, receipts: &[Receipt]) -> HttpResponse {
    let all_repeated = receipts.iter().all(|receipt| receipt.repeated);
    let mut response = if all_repeated { HttpResponse::Ok() } else { HttpResponse::Created() };
    let position = receipts.iter().map(|receipt| receipt.position).max().unwrap_or_default();
    response.insert_header((POSITION_HEADER, position));
    if let (Body::One, [receipt]) = (kind, receipts) {
        let location = format!("/v1/projects/{}/events/{}", receipt.project, receipt.id);
        response.insert_header((header::LOCATION, location));
        return response.json(ReceiptBody::from(receipt));
    }
    let receipts: Vec<ReceiptBody> = receipts.iter().map(ReceiptBody::from).collect();
    response.json(receipts)
}

/// A receipt as it goes out: its members in the order of the contract.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReceiptBody<'a> {
    id: EventId,
    project: &'a str,
    position: u64,
    version: u64,
    recorded_at: Timestamp,
    leaf_hash: String,
    warnings: &'a [Warning],
}

impl<'a> From<&'a Receipt> for ReceiptBody<'a> {
    fn from(receipt: &'a Receipt) -> Self {
        Self {
            id: receipt.id,
            project: receipt.project.as_str(),
            position: receipt.position,
            version: receipt.version,
            recorded_at: receipt.recorded_at,
            leaf_hash: record::hex(&receipt.leaf_hash),
            warnings: &receipt.warnings,
        }
    }
}

fn problem(failure: Failure, kind: &Body) -> Problem {
    match (failure, kind) {
        (Failure::Rejected { rejected, .. }, Body::One) => rejected.into(),
        (Failure::Rejected { index, rejected }, Body::Batch) => {
            Problem::from(rejected).of_item(index)
        }
        (Failure::QueueFull, _) => Problem::new(
            Kind::QueueFull,
            "Many postings wait here. Nothing was recorded; send it again in a moment.",
        ),
        (Failure::Unavailable, _) => Problem::new(
            Kind::Unavailable,
            "Nothing was recorded. Send it again with the same id in a moment.",
        ),
        (Failure::LogReplaced, _) => Problem::new(
            Kind::LogReplaced,
            "What is recorded was put back to another state, and this server reads it anew. \
             Nothing was recorded; send it again with the same id in a moment.",
        ),
        (Failure::DiskFull, _) => Problem::new(
            Kind::DiskFull,
            "Nothing was recorded. Tell the operator that the disk of the log is full, and send \
             it again with the same id.",
        ),
        (Failure::OutcomeUnknown, _) => Problem::new(
            Kind::OutcomeUnknown,
            "The event may have been recorded. Send it again with the same id: it is recorded \
             once, and you get the first answer.",
        ),
    }
}

impl From<Rejected> for Problem {
    fn from(rejected: Rejected) -> Self {
        match rejected {
            Rejected::Refusal(refusal) => Self::refused(refusal),
            Rejected::Conflict(Conflict::IdTaken) => Self::new(
                Kind::IdTaken,
                "Another event was recorded under this id. If it was meant to be this one, it is \
                 there and is not changed; a new fact needs a new id.",
            )
            .at("/id"),
            Rejected::Conflict(Conflict::RecordedOutOfOrder) => Self::new(
                Kind::NotAnEvent,
                "`recordedat` lies before the project's last event or after now.",
            )
            .at("/recordedat"),
        }
    }
}
