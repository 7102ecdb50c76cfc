//! Where the plan stands: deliverables, activities and milestones, who is late, whose turn it is.
//!
//! The view holds what the rules do not need: texts, evidence, links, remarks. The statuses are
//! those of the project's state. Lateness and lights are worked out when they are asked for,
//! from the day that is passed in, so they change at midnight without an event.
//!
//! A fact belongs to the item that its code meant when it was posted, and is shown where the form
//! that it is read under has that item.

pub mod light;
pub mod deliverable;
pub mod activity;
pub mod milestone;
#[cfg(test)]
mod plain;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;

use imbl::{OrdMap, Vector};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::code::ActivityCode;
use crate::event::Event;
use crate::event::delivery::{
    ActivityReport, DeliverableReviewed, DeliverableSubmitted, Delivery, MilestoneMet,
};
use crate::event::plan::application_form::ApplicationFormApproved;
use crate::ids::EventId;
use crate::posting::Recorded;
use crate::project::Project;
use crate::project::plan::item::{Item, ItemCode};
use crate::view;
use activity::{ActivityEntry, ActivityReading, ReportKind};
use deliverable::DeliverableReading;
use milestone::MilestoneReading;

/// The fold of a project's delivery. A copy costs the same however long the history is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct MilestoneStatus {
    submissions: OrdMap<EventId, Noted<DeliverableSubmitted>>,
    reviews: OrdMap<EventId, Arc<DeliverableReviewed>>,
    /// In the order in which they were recorded.
    reports: OrdMap<Item<ActivityCode>, Vector<Arc<ActivityEntry>>>,
    met: OrdMap<EventId, Noted<MilestoneMet>>,
}

/// What an event says, and whether it was recorded long after it occurred.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Noted<T> {
    content: Arc<T>,
    recorded_late: bool,
}

impl MilestoneStatus {
    /// Takes a recorded event; `project` is the state after it.
    pub fn apply(&mut self, recorded: &Recorded, project: &Project) {
        match &*recorded.event {
            Event::Delivery(event) => self.apply_delivery(recorded, project, event),
            Event::Plan(_) | Event::Finance(_) | Event::Learning(_) => {}
        }
    }

    fn apply_delivery(&mut self, recorded: &Recorded, project: &Project, event: &Delivery) {
        let recorded_late = is_recorded_late(recorded, project);
        match event {
            Delivery::ActivityStarted(data) => {
                self.report(recorded, project, ReportKind::Started, data);
            }
            Delivery::ActivityProgressReported(data) => {
                self.report(recorded, project, ReportKind::ProgressReported, data);
            }
            Delivery::ActivityCompleted(data) => {
                self.report(recorded, project, ReportKind::Completed, data);
            }
            Delivery::DeliverableSubmitted(data) => {
                let noted = Noted { content: Arc::clone(data), recorded_late };
                self.submissions.insert(recorded.id, noted);
            }
            Delivery::DeliverableAccepted(data) | Delivery::DeliverableReturned(data) => {
                self.reviews.insert(recorded.id, Arc::clone(data));
            }
            Delivery::MilestoneMet(data) => {
                let noted = Noted { content: Arc::clone(data), recorded_late };
                self.met.insert(recorded.id, noted);
            }
        }
    }

    fn report(
        &mut self,
        recorded: &Recorded,
        project: &Project,
        kind: ReportKind,
        data: &Arc<ActivityReport>,
    ) {
        let entry = ActivityEntry {
            event_id: recorded.id,
            kind,
            partner: recorded.partner(),
            occurred_on: recorded.occurred_on,
            recorded_at: recorded.recorded_at,
            recorded_late: is_recorded_late(recorded, project),
            content: Arc::clone(data),
        };
        let item = project.plan.item(data.code, recorded.occurred_on);
        self.reports.entry(item).or_default().push_back(Arc::new(entry));
    }

    /// The deliverables of a form (the newest where none is given), in its order; after them
    /// those that have facts and are not in it, by code.
    pub fn deliverables<'a>(
        &'a self,
        project: &'a Project,
        form: Option<&'a ApplicationFormApproved>,
        today: Date,
    ) -> Vec<DeliverableReading<'a>> {
        let asked = self.asked(project, form, today);
        let planned = asked.form.map(|form| form.deliverables.as_slice()).unwrap_or_default();
        let planned = planned.iter().map(|planned| planned.code);
        let items = asked.items(planned, project.delivery.deliverables.keys());
        items.into_iter().map(|item| asked.deliverable(item)).collect()
    }

    /// The activities of a form (the newest where none is given), in its order; after them
    /// those that have facts and are not in it, by code.
    pub fn activities<'a>(
        &'a self,
        project: &'a Project,
        form: Option<&'a ApplicationFormApproved>,
        today: Date,
    ) -> Vec<ActivityReading<'a>> {
        let asked = self.asked(project, form, today);
        let planned = asked.form.map(|form| form.activities.as_slice()).unwrap_or_default();
        let planned = planned.iter().map(|planned| planned.code);
        let items = asked.items(planned, project.delivery.activities.keys());
        items.into_iter().map(|item| asked.activity(item)).collect()
    }

    /// The milestones by number, their items read under a form (the newest where none is given).
    pub fn milestones<'a>(
        &'a self,
        project: &'a Project,
        form: Option<&'a ApplicationFormApproved>,
        today: Date,
    ) -> Vec<MilestoneReading<'a>> {
        let asked = self.asked(project, form, today);
        let planned = project.plan.milestones.keys();
        let numbers: BTreeSet<u32> =
            planned.chain(project.delivery.milestones.keys()).copied().collect();
        numbers.into_iter().map(|number| asked.milestone(number)).collect()
    }

    fn asked<'a>(
        &'a self,
        project: &'a Project,
        form: Option<&'a ApplicationFormApproved>,
        today: Date,
    ) -> Asked<'a> {
        let form = form.or_else(|| project.plan.newest_form().map(|form| &**form));
        Asked { view: self, project, form, today }
    }
}

/// What a question is put to.
#[derive(Clone, Copy)]
struct Asked<'a> {
    view: &'a MilestoneStatus,
    project: &'a Project,
    form: Option<&'a ApplicationFormApproved>,
    today: Date,
}

impl Asked<'_> {
    /// The items of the form in its order; after them those that have facts and are not in it.
    fn items<'b, C: ItemCode + 'b>(
        &self,
        planned: impl Iterator<Item = C>,
        with_facts: impl Iterator<Item = &'b Item<C>>,
    ) -> Vec<Item<C>> {
        let form = self.form;
        let plan = &self.project.plan;
        let mut items: Vec<_> =
            planned.filter_map(|code| Some(plan.item_of(code, form?))).collect();
        let not_in_form = |item: &Item<C>| form.is_none_or(|f| plan.code_in(f, *item).is_none());
        items.extend(with_facts.copied().filter(not_in_form));
        items
    }
}

fn is_recorded_late(recorded: &Recorded, project: &Project) -> bool {
    view::is_recorded_late(recorded.occurred_on, project.day_of(recorded.recorded_at))
}
