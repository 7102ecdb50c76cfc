//! The reviews that follow the milestones.

use std::sync::Arc;

use imbl::Vector;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Asked;
use crate::event::delivery::milestone::MilestoneReviewHeld;
use crate::ids::EventId;

/// A review of milestones that was held.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReviewHeld {
    pub event_id: EventId,
    pub occurred_on: Date,
    pub recorded_at: Timestamp,
    /// Recorded more than 14 days after it occurred.
    pub recorded_late: bool,
    /// Date, milestones, conclusions, actions, evidence.
    pub content: Arc<MilestoneReviewHeld>,
}

/// By the days on which they were held, those of one day as they were recorded.
pub(super) fn held(reviews: &Vector<Arc<ReviewHeld>>) -> Vec<&ReviewHeld> {
    let mut reviews: Vec<_> = reviews.iter().map(Arc::as_ref).collect();
    reviews.sort_by_key(|review| review.content.date);
    reviews
}

impl<'a> Asked<'a> {
    pub(super) fn reviews_of(&self, milestone: u32) -> Vec<&'a ReviewHeld> {
        let mut reviews = held(&self.view.reviews_held);
        reviews.retain(|review| review.content.milestones.contains(&milestone));
        reviews
    }
}
