//! A milestone of the Monitoring Plan with the items that it is built from.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Asked;
use super::critical::CriticalItem;
use super::light::{Course, Light, Reached};
use super::review::ReviewHeld;
use crate::code::Code;
use crate::event::delivery::MilestoneMet;
use crate::event::delivery::milestone::MilestoneNotMet;
use crate::event::evidence::Evidence;
use crate::ids::EventId;
use crate::project::delivery::ItemStatus;
use crate::project::delivery::milestone::{MilestoneDecision, MilestoneFacts, MilestoneOutcome};
use crate::project::plan::item::Item;
use crate::text::LocalizedText;

/// A milestone, its items read under one application form, on one day.
#[derive(Clone, Debug)]
pub struct MilestoneReading<'a> {
    pub number: u32,
    /// Title and due day are absent where the milestone was met and never planned.
    pub title: Option<&'a LocalizedText>,
    pub due: Option<Date>,
    pub criteria: Option<&'a LocalizedText>,
    pub items: Vec<MilestoneItem>,
    pub status: MilestoneWord,
    /// How it was met, where it was.
    pub met: Option<MetEntry<'a>>,
    /// All that was said of it, in the order in which it was recorded.
    pub decisions: Vec<DecisionEntry<'a>>,
    /// The reviews that looked at it.
    pub reviews: Vec<&'a ReviewHeld>,
    /// What holds it, the worst first; nothing once it is met.
    pub critical: Vec<CriticalItem<'a>>,
    /// The last day that is forecast for an item that is not done, or is its due day where none
    /// is forecast; nothing where no such day is known or the milestone is met.
    pub forecast: Option<Date>,
    /// Days from `due` to the day on which it was met, or to today.
    pub days_late: u32,
    pub light: Light,
    pub done_late: bool,
}

/// The status of a milestone in the words of the Open Contracting Data Standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MilestoneWord {
    Scheduled,
    Met,
    PartiallyMet,
    NotMet,
}

/// An activity, deliverable or output that a milestone is built from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MilestoneItem {
    pub code: Code,
    pub status: ItemStatus,
    pub light: Light,
    /// Whether the form has the code.
    pub in_form: bool,
}

/// The lead partner called a milestone met.
#[derive(Clone, Debug)]
pub struct MetEntry<'a> {
    pub event_id: EventId,
    pub on: Date,
    pub recorded_at: Timestamp,
    /// Recorded more than 14 days after it occurred.
    pub recorded_late: bool,
    /// Reason, evidence.
    pub content: &'a MilestoneMet,
}

/// The lead partner said where a milestone stands.
#[derive(Clone, Debug)]
pub struct DecisionEntry<'a> {
    pub event_id: EventId,
    pub word: MilestoneWord,
    pub on: Date,
    pub recorded_at: Timestamp,
    /// Recorded more than 14 days after it occurred.
    pub recorded_late: bool,
    pub reason: Option<&'a LocalizedText>,
    pub evidence: &'a [Evidence],
}

/// What the event of a decision says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum DecisionText {
    Met(Arc<MilestoneMet>),
    NotMet(Arc<MilestoneNotMet>),
}

impl From<MilestoneOutcome> for MilestoneWord {
    fn from(outcome: MilestoneOutcome) -> Self {
        match outcome {
            MilestoneOutcome::Met => Self::Met,
            MilestoneOutcome::PartiallyMet => Self::PartiallyMet,
            MilestoneOutcome::NotMet => Self::NotMet,
        }
    }
}

impl<'a> Asked<'a> {
    pub(super) fn milestone(&self, number: u32) -> MilestoneReading<'a> {
        let planned = self.project.plan.milestones.get(&number);
        let items = planned.map(|planned| &*planned.items).unwrap_or_default();
        let planned = planned.map(|planned| &*planned.data);
        let facts = self.project.delivery.milestones.get(&number);
        let met = facts.and_then(MilestoneFacts::met);
        let decisions = facts.into_iter().flat_map(|facts| facts.decisions.iter());
        let course = Course {
            due: planned.map(|planned| planned.due),
            forecast: if met.is_some() { None } else { self.forecast(items) },
            reached: met.map_or(Reached::Open, |met| Reached::Done(met.on)),
        };
        let standing = course.on(self.today);
        MilestoneReading {
            number,
            title: planned.map(|planned| &planned.title),
            due: course.due,
            criteria: planned.and_then(|planned| planned.criteria.as_ref()),
            items: items.iter().map(|item| self.item(*item)).collect(),
            status: facts
                .and_then(MilestoneFacts::outcome)
                .map_or(MilestoneWord::Scheduled, MilestoneWord::from),
            met: met.and_then(|met| self.met(met)),
            decisions: decisions.filter_map(|decision| self.decision(decision)).collect(),
            reviews: self.reviews_of(number),
            critical: self.holding(number),
            forecast: course.forecast,
            days_late: standing.days_late,
            light: standing.light,
            done_late: standing.done_late,
        }
    }

    fn item(&self, item: Item<Code>) -> MilestoneItem {
        let plan = &self.project.plan;
        MilestoneItem {
            code: plan.code_of(item, self.form),
            status: self.project.status_of(item, self.form),
            light: self.course(item).on(self.today).light,
            in_form: self.form.is_some_and(|form| plan.code_in(form, item).is_some()),
        }
    }

    pub(super) fn course(&self, item: Item<Code>) -> Course {
        let since = item.since;
        match item.code {
            Code::Deliverable(code) => self.deliverable_course(Item { code, since }),
            Code::Activity(code) => self.activity_course(Item { code, since }),
            Code::Output(code) => self.output_course(Item { code, since }),
            Code::WorkPackage(_) | Code::Investment(_) => {
                Course { due: None, forecast: None, reached: Reached::Open }
            }
        }
    }

    fn forecast(&self, items: &[Item<Code>]) -> Option<Date> {
        items
            .iter()
            .filter(|item| !self.project.status_of(**item, self.form).is_done())
            .filter_map(|item| {
                let course = self.course(*item);
                course.forecast.or(course.due)
            })
            .max()
    }

    fn met(&self, met: &MilestoneDecision) -> Option<MetEntry<'a>> {
        let noted = self.view.decisions.get(&met.event_id)?;
        let DecisionText::Met(content) = &noted.content else { return None };
        Some(MetEntry {
            event_id: met.event_id,
            on: met.on,
            recorded_at: met.recorded_at,
            recorded_late: noted.recorded_late,
            content,
        })
    }

    /// The text of a decision was folded with the same event as its place in the state, so each
    /// one is found.
    fn decision(&self, decision: &MilestoneDecision) -> Option<DecisionEntry<'a>> {
        let noted = self.view.decisions.get(&decision.event_id)?;
        let (reason, evidence) = match &noted.content {
            DecisionText::Met(data) => (data.reason.as_ref(), &data.evidence),
            DecisionText::NotMet(data) => (Some(&data.reason), &data.evidence),
        };
        Some(DecisionEntry {
            event_id: decision.event_id,
            word: decision.outcome.into(),
            on: decision.on,
            recorded_at: decision.recorded_at,
            recorded_late: noted.recorded_late,
            reason,
            evidence,
        })
    }
}
