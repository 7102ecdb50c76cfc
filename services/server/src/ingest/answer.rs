//! Answers to postings: receipts, and what is said of those that were not recorded.

use actix_web::HttpResponse;
use actix_web::http::header;
use cairn_domain::ids::EventId;
use cairn_domain::posting::Warning;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::Body;
use crate::problem::{Kind, Problem};
use crate::record;
use crate::request::POSITION_HEADER;
use crate::views::Rooms;
use crate::writer::{Conflict, Failure, Receipt, Rejected};

/// What is said of postings that were judged and not recorded.
pub(super) fn judged(receipt: &Receipt, rooms: &Rooms) -> Value {
    let version = rooms.get(receipt.project.as_str()).map_or(0, |room| room.project.version);
    json!({ "id": receipt.id, "project": receipt.project, "dryRun": true,
        "judgedAtVersion": version, "repeated": receipt.repeated, "warnings": receipt.warnings })
}

/// One event gets one answer, a batch an array.
pub(super) fn one_or_all(kind: Body, mut items: Vec<Value>) -> Value {
    match kind {
        Body::One | Body::Lines if items.len() == 1 => items.remove(0),
        Body::One | Body::Batch | Body::Lines => Value::Array(items),
    }
}

pub(super) fn recorded(kind: Body, receipts: &[Receipt]) -> HttpResponse {
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
pub(super) struct ReceiptBody<'a> {
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

pub(super) fn problem(failure: Failure, kind: Body) -> Problem {
    match (failure, kind) {
        (Failure::Rejected { rejected, .. }, Body::One | Body::Lines) => rejected.into(),
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
