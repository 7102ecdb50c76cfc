//! An activity of the plan with what was reported of it.

use std::sync::Arc;

use imbl::Vector;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Asked;
use super::light::{Course, Light, Reached};
use crate::code::ActivityCode;
use crate::event::delivery::{ActivityReport, Progress};
use crate::ids::{EventId, PartnerNumber};
use crate::project::delivery::{ActivityFacts, ActivityStatus};
use crate::text::LocalizedText;

/// An activity under one application form, on one day.
#[derive(Clone, Debug)]
pub struct ActivityReading<'a> {
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
    /// In the order in which they were recorded.
    pub reports: Vec<&'a ActivityEntry>,
    /// Days from `end` to the completion, or to today where it is not completed.
    pub days_late: u32,
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
    pub(super) fn activity(&self, code: ActivityCode) -> ActivityReading<'a> {
        let planned = self.form.and_then(|form| form.activity(code));
        let elsewhere = || self.project.plan.activity(code, self.today).map(|p| p.item);
        let item = planned.or_else(elsewhere);
        let facts = self.project.delivery.activities.get(&code);
        let status = facts.map_or(ActivityStatus::Planned, ActivityFacts::status);
        let stated = facts.and_then(|facts| facts.progress).map(|progress| progress.value);
        let course = self.activity_course(code);
        let standing = course.on(self.today);
        ActivityReading {
            code,
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
            reports: self.reports(code),
            days_late: standing.days_late,
            light: standing.light,
            done_late: standing.done_late,
            in_form: planned.is_some(),
        }
    }

    pub(super) fn activity_course(&self, code: ActivityCode) -> Course {
        let planned = self.form.and_then(|form| form.activity(code));
        let facts = self.project.delivery.activities.get(&code);
        let forecast = facts.and_then(|facts| facts.forecast_end).map(|forecast| forecast.value);
        let completed_on = facts.and_then(|facts| facts.completed_on);
        Course {
            due: planned.and_then(|item| item.end),
            forecast,
            reached: completed_on.map_or(Reached::Open, Reached::Done),
        }
    }

    fn reports(&self, code: ActivityCode) -> Vec<&'a ActivityEntry> {
        let reports = self.view.reports.get(&code);
        reports.into_iter().flat_map(Vector::iter).map(Arc::as_ref).collect()
    }
}
