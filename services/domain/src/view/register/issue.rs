//! An issue, and how it was settled.

use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::event::delivery::register::{IssueRaised, IssueResolved};
use crate::project::plan::PlanState;
use crate::project::plan::item::Item;
use crate::view::learning_log::Entry;

/// Something that has to be settled.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Issue {
    /// Who raised it, and when.
    pub entry: Entry,
    pub data: Arc<IssueRaised>,
    /// What its codes meant on its day.
    pub items: Arc<[Item<Code>]>,
    pub resolution: Option<Arc<Resolution>>,
}

/// How an issue was settled.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Resolution {
    pub entry: Entry,
    pub data: Arc<IssueResolved>,
}

impl Resolution {
    /// The day on which it was settled.
    pub fn resolved_on(&self) -> Date {
        self.data.date.unwrap_or(self.entry.occurred_on)
    }
}

impl Issue {
    pub(super) fn new(entry: Entry, data: Arc<IssueRaised>, plan: &PlanState) -> Self {
        let items = super::items(&data.codes, &entry, plan);
        Self { entry, data, items, resolution: None }
    }

    pub fn is_open(&self) -> bool {
        self.resolution.is_none()
    }
}
