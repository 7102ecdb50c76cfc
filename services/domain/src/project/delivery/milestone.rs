//! What the lead partner said of the milestones.

use imbl::Vector;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ids::EventId;
use crate::posting::Recorded;

/// What was said of a milestone.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct MilestoneFacts {
    /// In the order in which they were recorded.
    pub decisions: Vector<MilestoneDecision>,
}

/// The lead partner said where a milestone stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MilestoneDecision {
    pub event_id: EventId,
    pub outcome: MilestoneOutcome,
    /// The day on which it stood so.
    pub on: Date,
    pub recorded_at: Timestamp,
}

/// What came of a milestone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum MilestoneOutcome {
    Met,
    PartiallyMet,
    NotMet,
}

impl MilestoneFacts {
    /// The decision by which the milestone was met: what was met stays met.
    pub fn met(&self) -> Option<&MilestoneDecision> {
        self.decisions.iter().rev().find(|decision| decision.outcome == MilestoneOutcome::Met)
    }

    /// What holds now: met once it was met, otherwise what was said last.
    pub fn outcome(&self) -> Option<MilestoneOutcome> {
        self.met().or(self.decisions.last()).map(|decision| decision.outcome)
    }

    pub(super) fn decide(
        &mut self,
        recorded: &Recorded,
        outcome: MilestoneOutcome,
        on: Option<Date>,
    ) {
        self.decisions.push_back(MilestoneDecision {
            event_id: recorded.id,
            outcome,
            on: on.unwrap_or(recorded.occurred_on),
            recorded_at: recorded.recorded_at,
        });
    }
}
