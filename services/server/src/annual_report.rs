//! The document of an annual report as exact bytes: the JSON of
//! [`cairn_domain::view::annual_report::document`] in its canonical form (RFC 8785), in UTF-8 and
//! without a final newline.
//!
//! A fold at a version never changes, so that the document can be computed at any time: before the
//! report is recorded, and again for whoever reads it.

pub mod answer;

use std::sync::Arc;

use cairn_domain::event::Event;
use cairn_domain::event::delivery::Delivery;
use cairn_domain::ids::EventId;
use cairn_domain::posting::{Posting, ReportDigest};
use cairn_domain::project::delivery::annual_report::Shown;
use cairn_domain::view::annual_report::document;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::record;
use crate::views::past::Window;
use crate::views::{FoldError, Ledger, Room, Rooms};

/// A document, and its hash.
#[derive(Clone, Debug)]
pub struct Document {
    pub json: Value,
    /// What is hashed.
    pub text: Arc<str>,
    pub digest: ReportDigest,
}

/// What was computed for a posting that hands in a report.
#[derive(Clone, Debug)]
pub struct Computed {
    pub digest: ReportDigest,
    /// The last event that the document shows: where another stands in its place, the log was put
    /// back to another state since.
    pub last_event: EventId,
}

/// What a posting that hands in a report wants shown.
pub fn shown(posting: &Posting) -> Option<Shown> {
    match posting.event.as_deref() {
        Ok(Event::Delivery(Delivery::AnnualReportSubmitted(data))) => Some(Shown::of(data)),
        Ok(Event::Plan(_) | Event::Delivery(_) | Event::Finance(_) | Event::Learning(_))
        | Err(_) => None,
    }
}

/// The document of a report of a project. `live` is the project's room in `rooms`, and has the
/// version that the report shows.
pub async fn document(
    ledger: &Ledger,
    rooms: &Rooms,
    live: &Arc<Room>,
    shows: Shown,
) -> Result<Document, FoldError> {
    let now = at(ledger, rooms, live, shows.version).await?;
    let before = live.project.delivery.annual_reports.before(shows.number, shows.version);
    let then = match before {
        Some(before) => Some((before, at(ledger, rooms, live, before.version).await?)),
        None => None,
    };
    let then = then.as_ref().map(|(before, room)| (*before, room.folds()));
    Ok(Document::of(document::document(shows, now.folds(), then)))
}

/// The room at a version that is recorded.
async fn at(
    ledger: &Ledger,
    rooms: &Rooms,
    live: &Arc<Room>,
    version: u64,
) -> Result<Arc<Room>, FoldError> {
    let newest = live.project.version;
    if version == newest {
        return Ok(Arc::clone(live));
    }
    let window = Window { version: Some(version), until: None };
    let (log, key) = (ledger.log(), &live.project.key);
    ledger.past().room(log, rooms, key, newest, window).await
}

impl Document {
    fn of(json: Value) -> Self {
        let text: Arc<str> = record::canonical(&json).get().into();
        let hash: [u8; 32] = Sha256::digest(text.as_bytes()).into();
        let digest = ReportDigest { sha256: hash.into(), bytes: text.len() as u64, cairn: cairn() };
        Self { json, text, digest }
    }
}

/// The version of this program, and the beginning of the name of its rules and folds.
fn cairn() -> cairn_domain::text::ShortText {
    const FOLD: &str = env!("CAIRN_FOLD");
    const FOLD_DIGITS: usize = 16;
    let name = format!("{} {}", env!("CARGO_PKG_VERSION"), &FOLD[..FOLD_DIGITS]);
    name.parse().expect("a version and some digits are a short text")
}
