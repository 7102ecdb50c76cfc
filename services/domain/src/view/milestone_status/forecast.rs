//! What was expected of an item, statement by statement.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Asked, is_recorded_late};
use crate::code::Code;
use crate::event::delivery::output::ForecastChanged;
use crate::ids::{EventId, PartnerNumber};
use crate::posting::Recorded;
use crate::project::Project;
use crate::project::plan::item::Item;
use crate::text::LocalizedText;

/// A forecast as it was stated, by itself or in a report of an activity.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct StatedForecast {
    event_id: EventId,
    partner: Option<PartnerNumber>,
    occurred_on: Date,
    recorded_at: Timestamp,
    recorded_late: bool,
    to: Date,
    /// Nothing for a forecast that stands in a report of an activity.
    content: Option<Arc<ForecastChanged>>,
}

/// A forecast, and what was forecast before it.
#[derive(Clone, Debug)]
pub struct ForecastEntry<'a> {
    pub event_id: EventId,
    /// The partner that stated it.
    pub partner: Option<PartnerNumber>,
    /// The day on which it was stated.
    pub occurred_on: Date,
    pub recorded_at: Timestamp,
    /// Recorded more than 14 days after it occurred.
    pub recorded_late: bool,
    /// The forecast that held until then; nothing where none did.
    pub from: Option<Date>,
    pub to: Date,
    /// Nothing for a forecast that stands in a report of an activity.
    pub content: Option<&'a ForecastChanged>,
}

impl ForecastEntry<'_> {
    pub fn reason(&self) -> Option<&LocalizedText> {
        self.content.map(|content| &content.reason)
    }
}

impl StatedForecast {
    pub(super) fn of(
        recorded: &Recorded,
        project: &Project,
        to: Date,
        content: Option<&Arc<ForecastChanged>>,
    ) -> Self {
        Self {
            event_id: recorded.id,
            partner: recorded.partner(),
            occurred_on: recorded.occurred_on,
            recorded_at: recorded.recorded_at,
            recorded_late: is_recorded_late(recorded, project),
            to,
            content: content.cloned(),
        }
    }
}

impl<'a> Asked<'a> {
    /// By the days on which they were stated, those of one day as they were recorded; the last
    /// one holds.
    pub(super) fn forecasts(&self, item: Item<Code>) -> Vec<ForecastEntry<'a>> {
        let stated = self.view.forecasts.get(&item).into_iter().flatten();
        let mut stated: Vec<&StatedForecast> = stated.map(Arc::as_ref).collect();
        stated.sort_by_key(|forecast| forecast.occurred_on);
        let mut from = None;
        let entry = |forecast: &'a StatedForecast| ForecastEntry {
            event_id: forecast.event_id,
            partner: forecast.partner,
            occurred_on: forecast.occurred_on,
            recorded_at: forecast.recorded_at,
            recorded_late: forecast.recorded_late,
            from: from.replace(forecast.to),
            to: forecast.to,
            content: forecast.content.as_deref(),
        };
        stated.into_iter().map(entry).collect()
    }
}
