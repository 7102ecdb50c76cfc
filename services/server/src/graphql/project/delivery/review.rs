//! The reviews that follow the milestones.

use async_graphql::{ID, SimpleObject};
use cairn_domain::event::delivery::milestone;
use cairn_domain::view::milestone_status::review::ReviewHeld;

use crate::graphql::evidence::Evidence;
use crate::graphql::project::Reading;
use crate::graphql::values::{Date, Instant, LocalizedText};

/// The partnership has looked back at milestones.
#[derive(Clone, Debug, SimpleObject)]
pub struct MilestoneReview {
    /// Opaque id of the event, for `node`.
    pub event: ID,
    /// What the event is named by in postings.
    pub event_id: String,
    /// The day on which it was held.
    pub date: Date,
    /// When the log took it.
    pub recorded_at: Instant,
    /// Recorded more than 14 days after it occurred.
    pub recorded_late: bool,
    /// The numbers of the milestones that it looked at.
    pub milestones: Vec<u32>,
    /// What came out of it.
    pub conclusions: LocalizedText,
    /// What is to be done now.
    pub actions: Vec<ReviewAction>,
    /// Null to those who may not see the lead partner's documents.
    pub evidence: Option<Vec<Evidence>>,
}

impl MilestoneReview {
    pub fn of(reading: &Reading, held: &ReviewHeld) -> Self {
        let content = &held.content;
        Self {
            event: reading.event_id(held.event_id),
            event_id: held.event_id.to_string(),
            date: Date(content.date),
            recorded_at: Instant(held.recorded_at),
            recorded_late: held.recorded_late,
            milestones: content.milestones.to_vec(),
            conclusions: LocalizedText(content.conclusions.clone()),
            actions: content.actions.iter().map(ReviewAction::from).collect(),
            evidence: reading.evidence_of(reading.lead_partner(), &content.evidence),
        }
    }
}

/// Something that a review leaves to be done.
#[derive(Clone, Debug, SimpleObject)]
pub struct ReviewAction {
    /// What is to be done.
    pub text: LocalizedText,
    /// Number of the partner that does it.
    pub partner: Option<u32>,
    /// The day by which it is to be done.
    pub due: Option<Date>,
}

impl From<&milestone::ReviewAction> for ReviewAction {
    fn from(action: &milestone::ReviewAction) -> Self {
        Self {
            text: LocalizedText(action.text.clone()),
            partner: action.partner,
            due: action.due.map(Date),
        }
    }
}
