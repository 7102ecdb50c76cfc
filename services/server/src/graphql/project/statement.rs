//! Who stated something about money, and when.

use async_graphql::SimpleObject;
use cairn_domain::view::learning_log;

use super::Reading;
use crate::graphql::values::{Date, Instant};

/// Who stated something, and when.
#[derive(Clone, Debug, SimpleObject)]
pub struct Statement {
    /// Id of the event that recorded it: what postings name it by.
    pub event_id: String,
    /// Number of the partner whose act it is; null for the controller and the programme.
    pub by_partner: Option<u32>,
    /// The day on which it happened.
    pub occurred_on: Date,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// Whether it was recorded more than 14 days after it happened.
    pub recorded_late: bool,
    /// Whether the lead recorded it for another.
    pub recorded_by_lead: bool,
    /// Subject that recorded it. Null but to the lead, to auditors and to that subject.
    pub recorded_by: Option<String>,
}

impl Statement {
    pub(super) fn of(reading: &Reading, entry: &learning_log::Entry) -> Self {
        let reader = &reading.reader;
        let sees_subject = reader.sees_members() || reader.subject() == Some(&entry.subject);
        Self {
            event_id: entry.id.to_string(),
            by_partner: entry.organisation.partner(),
            occurred_on: Date(entry.occurred_on),
            recorded_at: Instant(entry.recorded_at),
            recorded_late: entry.is_recorded_late(),
            recorded_by_lead: entry.recorded_by_lead,
            recorded_by: sees_subject.then(|| entry.subject.to_string()),
        }
    }
}
