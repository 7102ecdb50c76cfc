//! A milestone of the Monitoring Plan with the items that it is built from.

use jiff::Timestamp;
use jiff::civil::Date;

use super::Asked;
use super::light::{Course, Light, Reached};
use crate::code::Code;
use crate::event::delivery::MilestoneMet;
use crate::ids::EventId;
use crate::project::delivery::{ItemStatus, MilestoneFacts};
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

impl<'a> Asked<'a> {
    pub(super) fn milestone(&self, number: u32) -> MilestoneReading<'a> {
        let planned = self.project.plan.milestones.get(&number);
        let items = planned.map(|planned| &*planned.items).unwrap_or_default();
        let planned = planned.map(|planned| &*planned.data);
        let facts = self.project.delivery.milestones.get(&number);
        let course = Course {
            due: planned.map(|planned| planned.due),
            forecast: if facts.is_some() { None } else { self.forecast(items) },
            reached: facts.map_or(Reached::Open, |facts| Reached::Done(facts.met_on)),
        };
        let standing = course.on(self.today);
        MilestoneReading {
            number,
            title: planned.map(|planned| &planned.title),
            due: course.due,
            criteria: planned.and_then(|planned| planned.criteria.as_ref()),
            items: items.iter().map(|item| self.item(*item)).collect(),
            status: facts.map_or(MilestoneWord::Scheduled, |_| MilestoneWord::Met),
            met: facts.and_then(|facts| self.met(facts)),
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
            status: self.project.delivery.status_of(item),
            light: self.course(item).on(self.today).light,
            in_form: self.form.is_some_and(|form| plan.code_in(form, item).is_some()),
        }
    }

    fn course(&self, item: Item<Code>) -> Course {
        let since = item.since;
        match item.code {
            Code::Deliverable(code) => self.deliverable_course(Item { code, since }),
            Code::Activity(code) => self.activity_course(Item { code, since }),
            Code::WorkPackage(_) | Code::Output(_) | Code::Investment(_) => {
                Course { due: None, forecast: None, reached: Reached::Open }
            }
        }
    }

    fn forecast(&self, items: &[Item<Code>]) -> Option<Date> {
        items
            .iter()
            .filter(|item| !self.project.delivery.status_of(**item).is_done())
            .filter_map(|item| {
                let course = self.course(*item);
                course.forecast.or(course.due)
            })
            .max()
    }

    fn met(&self, facts: &MilestoneFacts) -> Option<MetEntry<'a>> {
        let noted = self.view.met.get(&facts.event_id)?;
        Some(MetEntry {
            event_id: facts.event_id,
            on: facts.met_on,
            recorded_at: facts.recorded_at,
            recorded_late: noted.recorded_late,
            content: &noted.content,
        })
    }
}
