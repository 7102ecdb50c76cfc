//! Who said something, and when.

use async_graphql::{Enum, SimpleObject};
use cairn_domain::project::learning::Organisation;
use cairn_domain::view::learning_log;

use crate::graphql::project::Reading;
use crate::graphql::values::{Date, Instant, LocalizedText};

/// What an author is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum AuthorKind {
    /// A partner of the project.
    Partner,
    /// An expert, who is no partner.
    Expert,
}

/// Whose word it is.
#[derive(Clone, Debug, SimpleObject)]
pub struct Author {
    /// Whether it is a partner or an expert.
    pub kind: AuthorKind,
    /// Number of the partner; null for an expert.
    pub partner: Option<u32>,
    /// Names of the partner; null for an expert.
    pub names: Option<LocalizedText>,
    /// Short name of the partner; null for an expert.
    pub abbreviation: Option<String>,
}

impl Author {
    fn of(reading: &Reading, organisation: &Organisation) -> Self {
        let partner = organisation.partner();
        let joined = partner.and_then(|number| reading.room.project.plan.partners.get(&number));
        Self {
            kind: partner.map_or(AuthorKind::Expert, |_| AuthorKind::Partner),
            partner,
            names: joined.map(|joined| LocalizedText(joined.names.clone())),
            abbreviation: joined.map(|joined| joined.abbreviation.to_string()),
        }
    }
}

/// Who said something, and when.
#[derive(Clone, Debug, SimpleObject)]
pub struct Entry {
    /// Id of the event that recorded it.
    pub event_id: String,
    /// Whose word it is.
    pub author: Author,
    /// The day on which it happened.
    pub occurred_on: Date,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// Whether it was recorded more than 14 days after it happened.
    pub recorded_late: bool,
    /// Whether the lead recorded it for its author.
    pub recorded_by_lead: bool,
    /// Subject that recorded it. Null but to the lead, to auditors and to that subject.
    pub recorded_by: Option<String>,
}

impl Entry {
    pub(in crate::graphql::project) fn of(reading: &Reading, entry: &learning_log::Entry) -> Self {
        let reader = &reading.reader;
        let sees_subject = reader.sees_members() || reader.subject() == Some(&entry.subject);
        Self {
            event_id: entry.id.to_string(),
            author: Author::of(reading, &entry.organisation),
            occurred_on: Date(entry.occurred_on),
            recorded_at: Instant(entry.recorded_at),
            recorded_late: entry.is_recorded_late(),
            recorded_by_lead: entry.recorded_by_lead,
            recorded_by: sees_subject.then(|| entry.subject.to_string()),
        }
    }
}
