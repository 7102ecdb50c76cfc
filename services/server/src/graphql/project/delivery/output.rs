//! An output with what was achieved of it.

use std::sync::Arc;

use async_graphql::{ComplexObject, Enum, ID, InputObject, SimpleObject};
use cairn_domain::code::OutputCode;
use cairn_domain::project::delivery::output;
use cairn_domain::project::plan::item::Item;
use cairn_domain::view::milestone_status::output::{AchievementEntry, OutputReading};

use super::forecast::Forecast;
use super::{Light, is_under};
use crate::graphql::evidence::Evidence;
use crate::graphql::project::Reading;
use crate::graphql::query::node;
use crate::graphql::values::{Code, Date, Instant, LocalizedText, Quantity};

/// Name of the type of outputs in the schema.
pub const KIND: &str = "OutputProgress";

/// Where an output stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "output::OutputStatus")]
pub enum OutputStatus {
    Planned,
    /// Some of it is there, and less than its target.
    UnderWay,
    /// Its target is reached.
    Achieved,
}

/// Which outputs are wanted: those that fit all that is said.
#[derive(Clone, Copy, Debug, Default, InputObject)]
pub struct OutputFilter {
    /// The code of an output, or of the work package that it belongs to.
    pub code: Option<Code>,
    /// Number of a partner that owns it or contributes to it.
    pub partner: Option<u32>,
    /// Where it stands.
    pub status: Option<OutputStatus>,
}

impl OutputFilter {
    pub fn fits(&self, item: &OutputReading<'_>) -> bool {
        let partner = |number| item.partner == Some(number) || item.contributors.contains(&number);
        self.code.is_none_or(|code| is_under(item.code.into(), code.0))
            && self.partner.is_none_or(partner)
            && self.status.is_none_or(|status| status == item.status.into())
    }
}

/// An output with what was achieved of it, under one application form, on the day of the question.
#[derive(Clone, SimpleObject)]
#[graphql(complex)]
pub struct OutputProgress {
    /// Opaque id for `node`, which answers with what is known now.
    #[graphql(owned)]
    pub id: ID,
    /// The code in the form.
    pub code: Code,
    /// Of another form where this one lacks the code; null where none has it.
    pub titles: Option<LocalizedText>,
    /// What it is counted in.
    pub unit: Option<String>,
    /// Number of the partner that owns it.
    pub partner: Option<u32>,
    /// Numbers of the partners that contribute.
    pub contributors: Vec<u32>,
    /// How many are planned, in its unit; null where the form lacks the code.
    pub target: Option<u32>,
    /// How many there are, in its unit. It may be more than the target.
    pub achieved: i64,
    /// `achieved` in percent of the target, rounded half away from zero to one decimal.
    pub percent: Option<Quantity>,
    /// Where it stands.
    pub status: OutputStatus,
    /// The day by which the target was reached.
    pub reached_on: Option<Date>,
    /// The day by which the target is expected to be reached, where somebody says one.
    pub forecast: Option<Date>,
    /// Green: an output has no due day of its own.
    pub light: Light,
    /// What the light means: `done`, `no due day`.
    pub light_word: String,
    /// Codes of the form's deliverables that contribute to it.
    pub deliverables: Vec<Code>,
    /// Whether the form has the code.
    pub in_form: bool,
    #[graphql(skip)]
    item: Item<OutputCode>,
    #[graphql(skip)]
    reading: Arc<Reading>,
}

impl OutputProgress {
    pub fn of(reading: &Arc<Reading>, item: &OutputReading<'_>) -> Self {
        let deliverables = item.deliverables.iter();
        Self {
            id: node::id_of(KIND, &reading.room.project.key, &item.item.to_string()),
            code: Code(item.code.into()),
            titles: item.titles.cloned().map(LocalizedText),
            unit: item.unit.map(ToString::to_string),
            partner: item.partner,
            contributors: item.contributors.to_vec(),
            target: item.target,
            achieved: item.achieved,
            percent: item.percent.map(Quantity),
            status: item.status.into(),
            reached_on: item.reached_on.map(Date),
            forecast: item.forecast.map(Date),
            light: item.light.colour.into(),
            light_word: item.light.word.clone(),
            deliverables: deliverables.map(|code| Code((*code).into())).collect(),
            in_form: item.in_form,
            item: item.item,
            reading: Arc::clone(reading),
        }
    }
}

#[ComplexObject]
impl OutputProgress {
    /// What was achieved and taken back, in the order in which it was recorded.
    async fn achievements(&self) -> Vec<Achievement> {
        let output = self.reading.output(self.item);
        output.achievements.iter().map(|entry| Achievement::of(&self.reading, entry)).collect()
    }

    /// What was expected, statement by statement; the last one holds.
    async fn forecasts(&self) -> Vec<Forecast> {
        let output = self.reading.output(self.item);
        output.forecasts.iter().map(|entry| Forecast::of(&self.reading, entry)).collect()
    }
}

/// Some of what an output counts was achieved, or taken back.
#[derive(Clone, Debug, SimpleObject)]
pub struct Achievement {
    /// Opaque id of the event, for `node`.
    pub event: ID,
    /// What the event is named by in postings.
    pub event_id: String,
    /// Number of the partner that achieved it.
    pub partner: Option<u32>,
    /// How many, in the output's unit; negative where some were taken back.
    pub quantity: i32,
    /// The day of the achievement.
    pub occurred_on: Date,
    /// When the log took it.
    pub recorded_at: Instant,
    /// Recorded more than 14 days after it occurred.
    pub recorded_late: bool,
    /// What was achieved.
    pub text: Option<LocalizedText>,
    /// Why some were taken back.
    pub reason: Option<LocalizedText>,
    /// Null to those who may not see the partner's documents.
    pub evidence: Option<Vec<Evidence>>,
}

impl Achievement {
    fn of(reading: &Reading, entry: &AchievementEntry<'_>) -> Self {
        let content = entry.content;
        Self {
            event: reading.event_id(entry.event_id),
            event_id: entry.event_id.to_string(),
            partner: entry.partner,
            quantity: entry.quantity,
            occurred_on: Date(entry.occurred_on),
            recorded_at: Instant(entry.recorded_at),
            recorded_late: entry.recorded_late,
            text: content.text.clone().map(LocalizedText),
            reason: content.reason.clone().map(LocalizedText),
            evidence: reading.evidence_of(entry.partner, &content.evidence),
        }
    }
}
