//! A decision, and what took its place.

use std::sync::Arc;

use imbl::Vector;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::event::delivery::register::DecisionTaken;
use crate::ids::EventId;
use crate::project::plan::PlanState;
use crate::project::plan::item::Item;
use crate::view::learning_log::Entry;

/// What was decided for the partnership.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Decision {
    /// Who recorded it, and when.
    pub entry: Entry,
    pub data: Arc<DecisionTaken>,
    /// What its codes meant on its day.
    pub items: Arc<[Item<Code>]>,
    /// The decisions that take its place, in the order in which they were recorded.
    pub superseded_by: Vector<EventId>,
}

impl Decision {
    pub(super) fn new(entry: Entry, data: Arc<DecisionTaken>, plan: &PlanState) -> Self {
        let items = super::items(&data.codes, &entry, plan);
        Self { entry, data, items, superseded_by: Vector::new() }
    }

    /// The day of the decision.
    pub fn taken_on(&self) -> Date {
        self.data.date.unwrap_or(self.entry.occurred_on)
    }

    /// Whether no later decision takes its place.
    pub fn holds(&self) -> bool {
        self.superseded_by.is_empty()
    }
}
