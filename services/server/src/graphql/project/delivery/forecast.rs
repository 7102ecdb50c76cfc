//! What was expected of an item, statement by statement.

use async_graphql::{ID, SimpleObject};
use cairn_domain::view::milestone_status::forecast::ForecastEntry;

use crate::graphql::evidence::Evidence;
use crate::graphql::project::Reading;
use crate::graphql::values::{Date, Instant, LocalizedText};

/// A forecast, and what was forecast before it.
#[derive(Clone, Debug, SimpleObject)]
pub struct Forecast {
    /// Opaque id of the event, for `node`.
    pub event: ID,
    /// What the event is named by in postings.
    pub event_id: String,
    /// Number of the partner that stated it.
    pub partner: Option<u32>,
    /// The day on which it was stated.
    pub occurred_on: Date,
    /// When the log took it.
    pub recorded_at: Instant,
    /// Recorded more than 14 days after it occurred.
    pub recorded_late: bool,
    /// The forecast that held until then; null where none did.
    pub from: Option<Date>,
    /// The day by which it was then expected.
    pub to: Date,
    /// Why it changed; null where the forecast stands in a report of an activity.
    pub reason: Option<LocalizedText>,
    /// Null to those who may not see the partner's documents.
    pub evidence: Option<Vec<Evidence>>,
}

impl Forecast {
    pub fn of(reading: &Reading, entry: &ForecastEntry<'_>) -> Self {
        let documents = entry.content.map(|content| content.evidence.as_slice());
        Self {
            event: reading.event_id(entry.event_id),
            event_id: entry.event_id.to_string(),
            partner: entry.partner,
            occurred_on: Date(entry.occurred_on),
            recorded_at: Instant(entry.recorded_at),
            recorded_late: entry.recorded_late,
            from: entry.from.map(Date),
            to: Date(entry.to),
            reason: entry.reason().cloned().map(LocalizedText),
            evidence: reading.evidence_of(entry.partner, documents.unwrap_or_default()),
        }
    }
}
