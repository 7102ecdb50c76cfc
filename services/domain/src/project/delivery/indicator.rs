//! The values of indicators. An indicator is known by the programme's code, which no form gives
//! another meaning.

use imbl::{OrdMap, Vector};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::event::delivery::indicator::{
    IndicatorCorrected, IndicatorReported, IndicatorValidated,
};
use crate::event::plan::application_form::indicator_name;
use crate::ids::{EventId, PartnerNumber, Subject};
use crate::posting::Recorded;
use crate::quantity::Quantity;
use crate::text::ShortText;

/// The reports of all indicators.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct IndicatorState {
    reports: OrdMap<EventId, IndicatorReport>,
    /// The reports of each indicator, by its name, in the order in which they were recorded.
    by_name: OrdMap<String, Vector<EventId>>,
}

/// A partner's value of an indicator in one period, with what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndicatorReport {
    /// The id of the event that reported it.
    pub id: EventId,
    /// The programme's code as it was written.
    pub code: ShortText,
    pub from: Date,
    pub to: Date,
    pub partner: Option<PartnerNumber>,
    /// The value that was reported, and after it its corrections.
    pub values: Vector<StatedValue>,
}

/// A value as one person stated it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatedValue {
    pub event_id: EventId,
    pub value: Quantity,
    pub subject: Subject,
    pub occurred_on: Date,
    pub recorded_at: Timestamp,
    pub validation: Option<Validation>,
}

/// The lead partner found a value right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validation {
    pub event_id: EventId,
    pub on: Date,
    pub recorded_at: Timestamp,
}

impl IndicatorState {
    pub fn report(&self, id: EventId) -> Option<&IndicatorReport> {
        self.reports.get(&id)
    }

    /// The reports of an indicator, in the order in which they were recorded.
    pub fn reports_of(&self, code: &str) -> impl Iterator<Item = &IndicatorReport> {
        let ids = self.by_name.get(&indicator_name(code));
        ids.into_iter().flatten().filter_map(|id| self.reports.get(id))
    }

    /// The code of each indicator that has reports, as it was written first.
    pub fn reported(&self) -> impl Iterator<Item = &ShortText> {
        let first = |ids: &Vector<EventId>| Some(&self.reports.get(ids.front()?)?.code);
        self.by_name.values().filter_map(first)
    }

    /// The report that a correction's id belongs to.
    pub fn corrected_by(&self, id: EventId) -> Option<&IndicatorReport> {
        self.reports.values().find(|report| report.values.iter().any(|v| v.event_id == id))
    }

    pub(super) fn take_report(&mut self, recorded: &Recorded, data: &IndicatorReported) {
        let report = IndicatorReport {
            id: recorded.id,
            code: data.code.clone(),
            from: data.from,
            to: data.to,
            partner: recorded.partner(),
            values: Vector::unit(StatedValue::of(recorded, data.value)),
        };
        self.reports.insert(recorded.id, report);
        let name = indicator_name(data.code.as_str());
        self.by_name.entry(name).or_default().push_back(recorded.id);
    }

    pub(super) fn correct(&mut self, recorded: &Recorded, data: &IndicatorCorrected) {
        if let Some(report) = self.reports.get_mut(&data.report) {
            report.values.push_back(StatedValue::of(recorded, data.value));
        }
    }

    pub(super) fn validate(&mut self, recorded: &Recorded, data: &IndicatorValidated) {
        let report = self.reports.get_mut(&data.report);
        if let Some(newest) = report.and_then(|report| report.values.back_mut()) {
            newest.validation = Some(Validation {
                event_id: recorded.id,
                on: recorded.occurred_on,
                recorded_at: recorded.recorded_at,
            });
        }
    }
}

impl IndicatorReport {
    /// The value that holds: the one stated last.
    pub fn newest(&self) -> Option<&StatedValue> {
        self.values.last()
    }

    /// Whether the period has a day in common with another one.
    pub fn overlaps(&self, from: Date, to: Date) -> bool {
        self.from <= to && from <= self.to
    }
}

impl StatedValue {
    fn of(recorded: &Recorded, value: Quantity) -> Self {
        Self {
            event_id: recorded.id,
            value,
            subject: recorded.actor.subject.clone(),
            occurred_on: recorded.occurred_on,
            recorded_at: recorded.recorded_at,
            validation: None,
        }
    }
}
