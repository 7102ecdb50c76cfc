//! Visits to see with one's own eyes.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::event::finance::control::VisitRecorded;
use crate::event::plan::Role;
use crate::posting::{OnBehalfOf, Part, Recorded};
use crate::view::learning_log::Entry;

/// A visit.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Visit {
    /// Who recorded it, and when.
    pub entry: Entry,
    pub data: Arc<VisitRecorded>,
    /// Whether it is the controller's visit, and not one of the lead partner.
    pub by_controller: bool,
}

impl Visit {
    pub(super) fn of(entry: Entry, data: &Arc<VisitRecorded>, recorded: &Recorded) -> Self {
        let part = recorded.actor.part;
        let posted = matches!(part, Part::Member { role: Role::Controller, .. });
        let by_controller = posted || recorded.on_behalf_of == Some(OnBehalfOf::Controller);
        Self { entry, data: Arc::clone(data), by_controller }
    }
}
