//! An activity of the plan with what was reported of it.

use std::sync::Arc;

use imbl::Vector;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Asked;
use super::forecast::ForecastEntry;
use super::light::{Course, Light, Reached};
use crate::code::ActivityCode;
use crate::event::delivery::{ActivityReport, Progress};
use crate::event::plan::application_form::Activity;
use crate::ids::{EventId, PartnerNumber};
use crate::project::delivery::{ActivityFacts, ActivityStatus};
use crate::project::plan::item::Item;
use crate::text::LocalizedText;

/// An activity under one application form, on one day.
#[derive(Clone, Debug)]
pub struct ActivityReading<'a> {
    pub item: Item<ActivityCode>,
    /// Under the form; of the newest form that has the item where this one lacks it.
    pub code: ActivityCode,
    /// Of another form where this one lacks the code; nothing where none has it.
    pub titles: Option<&'a LocalizedText>,
    /// The owner.
    pub partner: Option<PartnerNumber>,
    pub contributors: &'a [PartnerNumber],
    /// First and last day as planned; nothing where the form lacks the code.
    pub start: Option<Date>,
    pub end: Option<Date>,
    pub status: ActivityStatus,
    pub started_on: Option<Date>,
    pub completed_on: Option<Date>,
    /// As it was stated last; a completed activity is done in full.
    pub progress: Progress,
    /// The end as it was forecast last.
    pub forecast_end: Option<Date>,
    /// What was expected before, statement by statement.
    pub forecasts: Vec<ForecastEntry<'a>>,
    /// In the order in which they were recorded.
    pub reports: Vec<&'a ActivityEntry>,
    /// Days from `end` to the completion, or to today where it is not completed.
    pub days_late: u32,
    /// The same from `forecast_end`; nothing where none is given.
    pub days_late_on_forecast: Option<u32>,
    pub light: Light,
    pub done_late: bool,
    /// Whether the form has the code.
    pub in_form: bool,
}

/// One report of an activity.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ActivityEntry {
    pub event_id: EventId,
    pub kind: ReportKind,
    /// The partner for which it was reported.
    pub partner: Option<PartnerNumber>,
    pub occurred_on: Date,
    pub recorded_at: Timestamp,
    /// Recorded more than 14 days after it occurred.
    pub recorded_late: bool,
    /// Text, progress, problems, forecast, links, evidence.
    pub content: Arc<ActivityReport>,
}

/// What a report says of an activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ReportKind {
    Started,
    ProgressReported,
    Completed,
}

impl<'a> Asked<'a> {
    pub(super) fn activity(&self, of: Item<ActivityCode>) -> ActivityReading<'a> {
        let plan = &self.project.plan;
        let planned = self.planned_activity(of);
        let elsewhere = || plan.newest_with(of).and_then(|(form, code)| form.activity(code));
        let item = planned.or_else(elsewhere);
        let facts = self.project.delivery.activities.get(&of);
        let status = facts.map_or(ActivityStatus::Planned, ActivityFacts::status);
        let stated = facts.and_then(|facts| facts.progress).map(|progress| progress.value);
        let course = self.activity_course(of);
        let standing = course.on(self.today);
        ActivityReading {
            item: of,
            code: plan.code_of(of, self.form),
            titles: item.map(|item| &item.titles),
            partner: item.map(|item| item.partner),
            contributors: item.map(|item| item.contributors.as_slice()).unwrap_or_default(),
            start: planned.and_then(|item| item.start),
            end: course.due,
            status,
            started_on: facts.and_then(|facts| facts.started_on),
            completed_on: facts.and_then(|facts| facts.completed_on),
            progress: match status {
                ActivityStatus::Completed => Progress::Fully,
                ActivityStatus::Planned | ActivityStatus::Started => {
                    stated.unwrap_or(Progress::Not)
                }
            },
            forecast_end: course.forecast,
            forecasts: self.forecasts(of.any()),
            reports: self.reports(of),
            days_late: standing.days_late,
            days_late_on_forecast: course.days_late_on_forecast(self.today),
            light: standing.light,
            done_late: standing.done_late,
            in_form: planned.is_some(),
        }
    }

    fn planned_activity(&self, item: Item<ActivityCode>) -> Option<&'a Activity> {
        let form = self.form?;
        form.activity(self.project.plan.code_in(form, item)?)
    }

    pub(super) fn activity_course(&self, item: Item<ActivityCode>) -> Course {
        let planned = self.planned_activity(item);
        let facts = self.project.delivery.activities.get(&item);
        let forecast = facts.and_then(|facts| facts.forecast_end).map(|forecast| forecast.value);
        let completed_on = facts.and_then(|facts| facts.completed_on);
        Course {
            due: planned.and_then(|item| item.end),
            forecast,
            reached: completed_on.map_or(Reached::Open, Reached::Done),
        }
    }

    fn reports(&self, item: Item<ActivityCode>) -> Vec<&'a ActivityEntry> {
        let reports = self.view.reports.get(&item);
        reports.into_iter().flat_map(Vector::iter).map(Arc::as_ref).collect()
    }
}
