//! What proves the log to who does not trust the server: its newest checkpoint, that an event is
//! under it, and that it goes on from an older one.
//!
//! A checkpoint names every project with its version, as the list of projects does too; it is for
//! who is a member of any of them. A proof is of nothing but hashes. That of an event is given to
//! who may see the event, so that nobody learns the places of the others.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cairn_domain::ids::Subject;
use cairn_domain::policy::reading::Reader;
use cairn_store::Hash;
use cairn_store::proof::Tree;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::auth::Verifier;
use crate::checkpoints::{SignError, Signer};
use crate::events;
use crate::problem::{Kind, Problem};
use crate::record;
use crate::request::{self, POSITION_HEADER};
use crate::views::{Ledger, Rooms};

/// `GET /v1/checkpoint`.
pub async fn checkpoint(
    request: HttpRequest,
    ledger: Data<Ledger>,
    verifier: Data<Verifier>,
    signer: Data<Signer>,
) -> Result<HttpResponse, Problem> {
    let subject = request::caller(&request, &verifier)?;
    let rooms = request::rooms(&request, &ledger).await?;
    is_member_anywhere(&rooms, &subject)?;
    let signed = signer.newest().await.map_err(|error| not_signed(&error))?;
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header((POSITION_HEADER, rooms.position()))
        .body(signed.note.clone()))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InclusionParameters {
    /// The size of a tree; that of the newest checkpoint where nothing is said.
    size: Option<u64>,
}

/// The proof that an event is among the first `size` of the log (RFC 6962, section 2.1.1). Its
/// hashes are those beside the way from the leaf to the root, the lowest first.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Inclusion {
    position: u64,
    leaf_hash: String,
    size: u64,
    root: String,
    hashes: Vec<String>,
}

/// `GET /v1/projects/{project}/events/{id}/proof`.
pub async fn inclusion(
    request: HttpRequest,
    path: Path<(String, String)>,
    ledger: Data<Ledger>,
    verifier: Data<Verifier>,
    signer: Data<Signer>,
) -> Result<HttpResponse, Problem> {
    let found = events::find(&request, path, &ledger, &verifier).await?;
    let wanted: InclusionParameters = request::parameters(&request)?;
    let position = found.row.position;
    let size = size(wanted.size, position, &found.rooms, &signer).await?;
    let mut tree = Tree::new(ledger.log(), size);
    let hashes = tree.inclusion(position).await.map_err(|error| events::unreadable(&error))?;
    let root = tree.root().await.map_err(|error| events::unreadable(&error))?;
    let proof = Inclusion {
        position,
        leaf_hash: record::hex(&found.row.leaf_hash),
        size,
        root: STANDARD.encode(root),
        hashes: encoded(&hashes),
    };
    Ok(answer(&found.rooms, proof))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsistencyParameters {
    /// The size of the older tree.
    first: u64,
    /// The size of the newer one; that of the newest checkpoint where nothing is said.
    size: Option<u64>,
}

/// The proof that the first `size` events begin with the first `first` (RFC 6962, section 2.1.2).
#[derive(Debug, Serialize)]
struct Consistency {
    first: u64,
    size: u64,
    root: String,
    hashes: Vec<String>,
}

/// `GET /v1/proofs/consistency`.
pub async fn consistency(
    request: HttpRequest,
    ledger: Data<Ledger>,
    verifier: Data<Verifier>,
    signer: Data<Signer>,
) -> Result<HttpResponse, Problem> {
    let subject = request::caller(&request, &verifier)?;
    let rooms = request::rooms(&request, &ledger).await?;
    is_member_anywhere(&rooms, &subject)?;
    let wanted: ConsistencyParameters = request::parameters(&request)?;
    let first = wanted.first;
    if first == 0 {
        let detail = "`first` is at least 1: every log goes on from the empty one.";
        return Err(Problem::new(Kind::ParameterInvalid, detail));
    }
    let size = size(wanted.size, first, &rooms, &signer).await?;
    let mut tree = Tree::new(ledger.log(), size);
    let hashes = tree.consistency(first).await.map_err(|error| events::unreadable(&error))?;
    let root = tree.root().await.map_err(|error| events::unreadable(&error))?;
    let (root, hashes) = (STANDARD.encode(root), encoded(&hashes));
    Ok(answer(&rooms, Consistency { first, size, root, hashes }))
}

/// The size that a proof is for: as wanted, or that of the newest checkpoint, and at least `least`.
/// Up to the newest checkpoint every size can be proven.
async fn size(
    wanted: Option<u64>,
    least: u64,
    rooms: &Rooms,
    signer: &Signer,
) -> Result<u64, Problem> {
    let most = rooms.position();
    if let Some(size) = wanted.filter(|size| !(least..=most).contains(size)) {
        let detail = format!("`size` is from {least} to {most} here, not {size}.");
        return Err(Problem::new(Kind::ParameterInvalid, detail));
    }
    if least > most {
        let detail = format!("The log has {most} events yet, not {least}.");
        return Err(Problem::new(Kind::ParameterInvalid, detail));
    }
    let signed = signer.newest().await.map_err(|error| not_signed(&error))?.checkpoint.size;
    let size = wanted.unwrap_or(signed);
    if size.max(least) > signed {
        let detail = format!("Only {signed} events are signed yet. Ask again in a moment.");
        return Err(Problem::new(Kind::Stale, detail));
    }
    Ok(size)
}

fn is_member_anywhere(rooms: &Rooms, subject: &Subject) -> Result<(), Problem> {
    let now = Timestamp::now();
    let is_member = rooms
        .all()
        .any(|room| Reader::of(&room.project, Some(subject), room.project.day_of(now)).is_member());
    is_member.then_some(()).ok_or_else(Problem::not_found)
}

fn encoded(hashes: &[Hash]) -> Vec<String> {
    hashes.iter().map(|hash| STANDARD.encode(hash)).collect()
}

fn answer(rooms: &Rooms, proof: impl Serialize) -> HttpResponse {
    HttpResponse::Ok().insert_header((POSITION_HEADER, rooms.position())).json(proof)
}

fn not_signed(error: &SignError) -> Problem {
    match error {
        SignError::NotExtending { .. } => Problem::new(
            Kind::NotSigned,
            "What the log holds now is not a continuation of what was signed before, so it is not \
             signed. Tell the operator of this server: `cairn verify --data` says where it differs.",
        ),
        SignError::Empty | SignError::Log(_) | SignError::Data(_) | SignError::Checkpoint(_) => {
            Problem::new(Kind::Unavailable, "The log cannot be signed now. Ask again in a moment.")
        }
    }
}
