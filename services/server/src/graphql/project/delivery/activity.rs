//! An activity with what was reported of it.

use std::sync::Arc;

use async_graphql::{ComplexObject, Enum, ID, InputObject, SimpleObject};
use cairn_domain::code::ActivityCode;
use cairn_domain::event;
use cairn_domain::project::delivery;
use cairn_domain::project::plan::item::Item;
use cairn_domain::view::milestone_status::activity::{self, ActivityEntry, ActivityReading};

use super::forecast::Forecast;
use super::{Light, is_under};
use crate::graphql::evidence::Evidence;
use crate::graphql::project::Reading;
use crate::graphql::query::node;
use crate::graphql::values::{Code, Date, Instant, LocalizedText};

/// Name of the type of activities in the schema.
pub const KIND: &str = "Activity";

/// Where an activity stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "delivery::ActivityStatus")]
pub enum ActivityStatus {
    Planned,
    Started,
    Completed,
}

/// How far an activity is, in the programme's three words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "event::delivery::Progress")]
pub enum Progress {
    Not,
    Partly,
    Fully,
}

/// What a report says of an activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "activity::ReportKind")]
pub enum ReportKind {
    Started,
    ProgressReported,
    Completed,
}

/// Which activities are wanted: those that fit all that is said.
#[derive(Clone, Copy, Debug, Default, InputObject)]
pub struct ActivityFilter {
    /// The code of an activity, or of the work package that it belongs to.
    pub code: Option<Code>,
    /// Number of a partner that owns it or contributes to it.
    pub partner: Option<u32>,
    /// The work package; of another code, the one that it belongs to.
    pub work_package: Option<Code>,
    /// Where it stands.
    pub status: Option<ActivityStatus>,
    /// How it runs against its due day.
    pub light: Option<Light>,
}

impl ActivityFilter {
    pub fn fits(&self, item: &ActivityReading<'_>) -> bool {
        let partner = |number| item.partner == Some(number) || item.contributors.contains(&number);
        let work_package = |code: Code| item.code.work_package() == code.0.work_package();
        self.code.is_none_or(|code| is_under(item.code.into(), code.0))
            && self.partner.is_none_or(partner)
            && self.work_package.is_none_or(work_package)
            && self.status.is_none_or(|status| status == item.status.into())
            && self.light.is_none_or(|light| light == item.light.colour.into())
    }
}

/// An activity under one application form, on the day of the question.
#[derive(Clone, SimpleObject)]
#[graphql(complex)]
pub struct Activity {
    /// Opaque id for `node`, which answers with what is known now.
    #[graphql(owned)]
    pub id: ID,
    /// The code in the form.
    pub code: Code,
    /// Of another form where this one lacks the code; null where none has it.
    pub titles: Option<LocalizedText>,
    /// Number of the partner that owns it.
    pub partner: Option<u32>,
    /// Numbers of the partners that contribute.
    pub contributors: Vec<u32>,
    /// First day as planned; null where the form lacks the code.
    pub start: Option<Date>,
    /// Last day as planned; null where the form lacks the code.
    pub due: Option<Date>,
    /// Where it stands.
    pub status: ActivityStatus,
    /// The day on which it started.
    pub started_on: Option<Date>,
    /// The day on which it was completed.
    pub completed_on: Option<Date>,
    /// As it was stated last; a completed activity is done in full.
    pub progress: Progress,
    /// The end as it was forecast last.
    pub forecast: Option<Date>,
    /// How it runs against its due day.
    pub light: Light,
    /// What the light means: `done late`, `on time`, `14 days late`.
    pub light_word: String,
    /// Days from `due` to the completion, or to today where it is not completed.
    pub days_late: u32,
    /// The same from `forecast`; null where none is given.
    pub days_late_on_forecast: Option<u32>,
    /// Completed after the due day.
    pub done_late: bool,
    /// Whether the form has the code.
    pub in_form: bool,
    #[graphql(skip)]
    item: Item<ActivityCode>,
    #[graphql(skip)]
    reading: Arc<Reading>,
}

impl Activity {
    pub fn of(reading: &Arc<Reading>, item: &ActivityReading<'_>) -> Self {
        Self {
            id: node::id_of(KIND, &reading.room.project.key, &item.item.to_string()),
            code: Code(item.code.into()),
            titles: item.titles.cloned().map(LocalizedText),
            partner: item.partner,
            contributors: item.contributors.to_vec(),
            start: item.start.map(Date),
            due: item.end.map(Date),
            status: item.status.into(),
            started_on: item.started_on.map(Date),
            completed_on: item.completed_on.map(Date),
            progress: item.progress.into(),
            forecast: item.forecast_end.map(Date),
            light: item.light.colour.into(),
            light_word: item.light.word.clone(),
            days_late: item.days_late,
            days_late_on_forecast: item.days_late_on_forecast,
            done_late: item.done_late,
            in_form: item.in_form,
            item: item.item,
            reading: Arc::clone(reading),
        }
    }
}

#[ComplexObject]
impl Activity {
    /// In the order in which they were recorded.
    async fn reports(&self) -> Vec<Report> {
        let activity = self.reading.activity(self.item);
        activity.reports.iter().map(|entry| Report::of(&self.reading, entry)).collect()
    }

    /// What was expected, statement by statement; the last one holds.
    async fn forecasts(&self) -> Vec<Forecast> {
        let activity = self.reading.activity(self.item);
        activity.forecasts.iter().map(|entry| Forecast::of(&self.reading, entry)).collect()
    }
}

/// An activity was reported on.
#[derive(Clone, Debug, SimpleObject)]
pub struct Report {
    /// What the report says.
    pub kind: ReportKind,
    /// Opaque id of the event, for `node`.
    pub event: ID,
    /// What the event is named by in postings.
    pub event_id: String,
    /// Number of the partner for which it was reported.
    pub partner: Option<u32>,
    /// The day that the report speaks of.
    pub occurred_on: Date,
    /// When the log took it.
    pub recorded_at: Instant,
    /// Recorded more than 14 days after it occurred.
    pub recorded_late: bool,
    /// What was done.
    pub text: Option<LocalizedText>,
    /// How far it then was.
    pub progress: Option<Progress>,
    /// What stood in the way.
    pub problems: Option<LocalizedText>,
    /// The day by which the activity was then expected to end.
    pub forecast: Option<Date>,
    /// Addresses where it can be seen.
    pub links: Vec<String>,
    /// Null to those who may not see the partner's documents.
    pub evidence: Option<Vec<Evidence>>,
}

impl Report {
    fn of(reading: &Reading, entry: &ActivityEntry) -> Self {
        let content = &entry.content;
        Self {
            kind: entry.kind.into(),
            event: reading.event_id(entry.event_id),
            event_id: entry.event_id.to_string(),
            partner: entry.partner,
            occurred_on: Date(entry.occurred_on),
            recorded_at: Instant(entry.recorded_at),
            recorded_late: entry.recorded_late,
            text: content.text.clone().map(LocalizedText),
            progress: content.progress.map(Into::into),
            problems: content.problems.clone().map(LocalizedText),
            forecast: content.forecast_end.map(Date),
            links: content.links.iter().map(ToString::to_string).collect(),
            evidence: reading.evidence_of(entry.partner, &content.evidence),
        }
    }
}
