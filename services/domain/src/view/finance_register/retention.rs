//! How long the records are kept.

use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::FinanceRegister;
use crate::event::finance::retention::{HoldPlaced, HoldReleased, RetentionStarted};
use crate::project::Project;
use crate::project::finance::retention::years;
use crate::view::learning_log::Entry;

/// The time for which records are kept began.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Start {
    pub entry: Entry,
    pub data: Arc<RetentionStarted>,
}

/// A court or an authority asks that the records be kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Hold {
    pub entry: Entry,
    pub data: Arc<HoldPlaced>,
    pub release: Option<Arc<Release>>,
}

/// What kept the records is over.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Release {
    pub entry: Entry,
    pub data: Arc<HoldReleased>,
}

/// How long the records are kept, as far as is known.
#[derive(Clone, Copy, Debug)]
pub struct Retention<'a> {
    /// Years from 31 December of the year of the last payment.
    pub years: u32,
    /// What began it; nothing until the last payment of the fund is recorded.
    pub start: Option<&'a Start>,
    /// Last day on which the records are kept where nothing holds them.
    pub kept_until: Option<Date>,
    /// Whether somebody has asked that they be kept, and it is not over.
    pub held: bool,
}

impl Hold {
    pub(super) fn of(entry: Entry, data: &Arc<HoldPlaced>) -> Self {
        Self { entry, data: Arc::clone(data), release: None }
    }
}

impl FinanceRegister {
    pub(super) fn start_retention(&mut self, entry: Entry, data: &Arc<RetentionStarted>) {
        let start = Start { entry, data: Arc::clone(data) };
        self.starts.insert(start.entry.id, Arc::new(start));
    }

    pub(super) fn release(&mut self, entry: Entry, data: &Arc<HoldReleased>) {
        if let Some(hold) = self.holds.get_mut(data.hold) {
            let data = Arc::clone(data);
            hold.release = Some(Arc::new(Release { entry, data }));
        }
    }

    pub fn retention(&self, project: &Project) -> Retention<'_> {
        let state = &project.finance.retention;
        let start = state.started.and_then(|(event, _)| self.starts.get(&event));
        Retention {
            years: years(&project.plan),
            start: start.map(|start| &**start),
            kept_until: state.kept_until(&project.plan),
            held: state.is_held(),
        }
    }
}
