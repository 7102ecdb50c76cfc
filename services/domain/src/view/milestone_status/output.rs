//! An output of the plan with what was achieved of it.

use jiff::Timestamp;
use jiff::civil::Date;

use super::Asked;
use super::forecast::ForecastEntry;
use super::light::{Course, Light, Reached};
use crate::code::{DeliverableCode, OutputCode};
use crate::event::delivery::output::OutputAchieved;
use crate::event::plan::application_form::Output;
use crate::ids::{EventId, PartnerNumber};
use crate::project::delivery::output::{Achievement, OutputFacts, OutputStatus};
use crate::project::plan::item::Item;
use crate::quantity::Quantity;
use crate::text::{LocalizedText, ShortText};

/// An output under one application form, on one day.
#[derive(Clone, Debug)]
pub struct OutputReading<'a> {
    pub item: Item<OutputCode>,
    pub code: OutputCode,
    /// Of another form where this one lacks the code; nothing where none has it.
    pub titles: Option<&'a LocalizedText>,
    pub unit: Option<&'a ShortText>,
    /// The owner.
    pub partner: Option<PartnerNumber>,
    pub contributors: &'a [PartnerNumber],
    /// Nothing where the form lacks the code: then nothing is planned for it.
    pub target: Option<u32>,
    /// The sum of all that was achieved; it may be more than the target.
    pub achieved: i64,
    /// `achieved` in percent of the target, rounded half away from zero to one decimal.
    pub percent: Option<Quantity>,
    pub status: OutputStatus,
    /// The day by which the target was reached.
    pub reached_on: Option<Date>,
    /// In the order in which they were recorded.
    pub achievements: Vec<AchievementEntry<'a>>,
    /// Deliverables of the form that contribute to it.
    pub deliverables: Vec<DeliverableCode>,
    pub forecast: Option<Date>,
    pub forecasts: Vec<ForecastEntry<'a>>,
    pub light: Light,
    /// Whether the form has the code.
    pub in_form: bool,
}

/// Some of what an output counts was achieved, or taken back.
#[derive(Clone, Debug)]
pub struct AchievementEntry<'a> {
    pub event_id: EventId,
    /// The partner that achieved it.
    pub partner: Option<PartnerNumber>,
    /// Negative where some was taken back.
    pub quantity: i32,
    pub occurred_on: Date,
    pub recorded_at: Timestamp,
    /// Recorded more than 14 days after it occurred.
    pub recorded_late: bool,
    /// Text, reason, evidence.
    pub content: &'a OutputAchieved,
}

impl<'a> Asked<'a> {
    pub(super) fn output(&self, of: Item<OutputCode>) -> OutputReading<'a> {
        let plan = &self.project.plan;
        let planned = self.planned_output(of);
        let elsewhere = || plan.newest_with(of).and_then(|(form, code)| form.output(code));
        let item = planned.or_else(elsewhere);
        let facts = self.project.delivery.outputs.get(&of);
        let course = self.output_course(of);
        let target = planned.map(|item| item.target);
        let achieved = facts.map_or(0, OutputFacts::achieved);
        let achievements = facts.into_iter().flat_map(|facts| facts.achievements.iter());
        OutputReading {
            item: of,
            code: plan.code_of(of, self.form),
            titles: item.map(|item| &item.titles),
            unit: item.map(|item| &item.unit),
            partner: item.map(|item| item.partner),
            contributors: item.map(|item| item.contributors.as_slice()).unwrap_or_default(),
            target,
            achieved,
            percent: target.and_then(|t| Quantity::from(achieved).percent_of(Quantity::from(t))),
            status: facts.map_or(OutputStatus::Planned, |facts| facts.status(target)),
            reached_on: match course.reached {
                Reached::Done(day) => Some(day),
                Reached::Open | Reached::Submitted(_) => None,
            },
            achievements: achievements.filter_map(|item| self.achievement(item)).collect(),
            deliverables: planned.map_or_else(Vec::new, |item| self.contributing_to(item.code)),
            forecast: course.forecast,
            forecasts: self.forecasts(of.any()),
            light: course.on(self.today).light,
            in_form: planned.is_some(),
        }
    }

    fn planned_output(&self, item: Item<OutputCode>) -> Option<&'a Output> {
        let form = self.form?;
        form.output(self.project.plan.code_in(form, item)?)
    }

    /// An output has no due day of its own.
    pub(super) fn output_course(&self, item: Item<OutputCode>) -> Course {
        let facts = self.project.delivery.outputs.get(&item);
        let target = self.planned_output(item).map(|item| item.target);
        let reached_on = facts.zip(target).and_then(|(facts, target)| facts.reached_on(target));
        Course {
            due: None,
            forecast: facts.and_then(|facts| facts.forecast).map(|forecast| forecast.value),
            reached: reached_on.map_or(Reached::Open, Reached::Done),
        }
    }

    fn contributing_to(&self, code: OutputCode) -> Vec<DeliverableCode> {
        let planned = self.form.map(|form| form.deliverables.as_slice()).unwrap_or_default();
        let contributing = planned.iter().filter(|item| item.outputs.contains(&code));
        contributing.map(|item| item.code).collect()
    }

    /// The texts of an achievement were folded with the same event as its place in the state, so
    /// each one is found.
    fn achievement(&self, achievement: &'a Achievement) -> Option<AchievementEntry<'a>> {
        let noted = self.view.achievements.get(&achievement.event_id)?;
        Some(AchievementEntry {
            event_id: achievement.event_id,
            partner: achievement.partner,
            quantity: achievement.quantity,
            occurred_on: achievement.occurred_on,
            recorded_at: achievement.recorded_at,
            recorded_late: noted.recorded_late,
            content: &noted.content,
        })
    }
}
