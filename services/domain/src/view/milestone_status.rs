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
pub mod output;
pub mod indicator;
pub mod milestone;
pub mod review;
pub mod critical;
pub mod forecast;
#[cfg(test)]
mod plain;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;

use imbl::{OrdMap, Vector};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::code::{ActivityCode, Code, DeliverableCode, OutputCode};
use crate::event::Event;
use crate::event::delivery::indicator::IndicatorValidated;
use crate::event::delivery::output::OutputAchieved;
use crate::event::delivery::{
    ActivityReport, DeliverableReviewed, DeliverableSubmitted, DeliverableWithdrawn, Delivery,
};
use crate::event::plan::application_form::ApplicationFormApproved;
use crate::ids::EventId;
use crate::posting::Recorded;
use crate::project::Project;
use crate::project::plan::item::{Item, ItemCode};
use crate::text::ShortText;
use crate::view;
use activity::{ActivityEntry, ActivityReading, ReportKind};
use critical::CriticalItem;
use deliverable::DeliverableReading;
use forecast::StatedForecast;
use indicator::{IndicatorReading, Statement};
use milestone::{DecisionText, MilestoneReading};
use output::OutputReading;
use review::ReviewHeld;

/// The fold of a project's delivery. A copy costs the same however long the history is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct MilestoneStatus {
    submissions: OrdMap<EventId, Noted<Arc<DeliverableSubmitted>>>,
    reviews: OrdMap<EventId, Arc<DeliverableReviewed>>,
    withdrawals: OrdMap<EventId, Arc<DeliverableWithdrawn>>,
    /// In the order in which they were recorded.
    reports: OrdMap<Item<ActivityCode>, Vector<Arc<ActivityEntry>>>,
    achievements: OrdMap<EventId, Noted<Arc<OutputAchieved>>>,
    /// In the order in which they were recorded.
    forecasts: OrdMap<Item<Code>, Vector<Arc<StatedForecast>>>,
    values: OrdMap<EventId, Noted<Statement>>,
    validations: OrdMap<EventId, Arc<IndicatorValidated>>,
    decisions: OrdMap<EventId, Noted<DecisionText>>,
    /// In the order in which they were recorded.
    reviews_held: Vector<Arc<ReviewHeld>>,
}

/// What an event says, and whether it was recorded long after it occurred.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Noted<T> {
    content: T,
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
            Delivery::DeliverableWithdrawn(data) => {
                self.withdrawals.insert(recorded.id, Arc::clone(data));
            }
            Delivery::DeliverableAccepted(data) | Delivery::DeliverableReturned(data) => {
                self.reviews.insert(recorded.id, Arc::clone(data));
            }
            Delivery::OutputAchieved(data) => {
                let noted = Noted { content: Arc::clone(data), recorded_late };
                self.achievements.insert(recorded.id, noted);
            }
            Delivery::ForecastChanged(data) => {
                let stated = StatedForecast::of(recorded, project, data.date, Some(data));
                let item = project.plan.item(data.code, recorded.occurred_on);
                self.forecasts.entry(item).or_default().push_back(Arc::new(stated));
            }
            Delivery::IndicatorReported(data) => {
                let content = Statement::Reported(Arc::clone(data));
                self.values.insert(recorded.id, Noted { content, recorded_late });
            }
            Delivery::IndicatorCorrected(data) => {
                let content = Statement::Corrected(Arc::clone(data));
                self.values.insert(recorded.id, Noted { content, recorded_late });
            }
            Delivery::IndicatorValidated(data) => {
                self.validations.insert(recorded.id, Arc::clone(data));
            }
            Delivery::MilestoneMet(data) => {
                let content = DecisionText::Met(Arc::clone(data));
                self.decide(recorded, project, data.date, content);
            }
            Delivery::MilestonePartiallyMet(data) | Delivery::MilestoneMissed(data) => {
                let content = DecisionText::NotMet(Arc::clone(data));
                self.decide(recorded, project, data.date, content);
            }
            Delivery::MilestoneReviewHeld(data) => {
                self.reviews_held.push_back(Arc::new(ReviewHeld {
                    event_id: recorded.id,
                    occurred_on: recorded.occurred_on,
                    recorded_at: recorded.recorded_at,
                    recorded_late,
                    content: Arc::clone(data),
                }));
            }
            Delivery::AnnualReportSubmitted(_)
            | Delivery::AnnualReportClarificationRequested(_)
            | Delivery::AnnualReportApproved(_)
            | Delivery::RiskRecorded(_)
            | Delivery::RiskReassessed(_)
            | Delivery::IssueRaised(_)
            | Delivery::IssueResolved(_)
            | Delivery::DecisionTaken(_)
            | Delivery::CommunicationLogged(_)
            | Delivery::CalendarFeedOpened(_)
            | Delivery::CalendarFeedClosed(_) => {}
        }
    }

    /// A decision that names a day is late by that day.
    fn decide(
        &mut self,
        recorded: &Recorded,
        project: &Project,
        date: Option<Date>,
        content: DecisionText,
    ) {
        let day = date.unwrap_or(recorded.occurred_on);
        let recorded_late = view::is_recorded_late(day, project.day_of(recorded.recorded_at));
        self.decisions.insert(recorded.id, Noted { content, recorded_late });
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
        if let Some(forecast) = data.forecast_end {
            let stated = StatedForecast::of(recorded, project, forecast, None);
            self.forecasts.entry(item.any()).or_default().push_back(Arc::new(stated));
        }
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

    /// The outputs of a form (the newest where none is given), in its order; after them those
    /// that have facts and are not in it, by code.
    pub fn outputs<'a>(
        &'a self,
        project: &'a Project,
        form: Option<&'a ApplicationFormApproved>,
        today: Date,
    ) -> Vec<OutputReading<'a>> {
        let asked = self.asked(project, form, today);
        let planned = asked.form.map(|form| form.outputs.as_slice()).unwrap_or_default();
        let planned = planned.iter().map(|planned| planned.code);
        let items = asked.items(planned, project.delivery.outputs.keys());
        items.into_iter().map(|item| asked.output(item)).collect()
    }

    /// One deliverable under a form (the newest where none is given).
    pub fn deliverable<'a>(
        &'a self,
        project: &'a Project,
        form: Option<&'a ApplicationFormApproved>,
        today: Date,
        item: Item<DeliverableCode>,
    ) -> DeliverableReading<'a> {
        self.asked(project, form, today).deliverable(item)
    }

    /// One activity under a form (the newest where none is given).
    pub fn activity<'a>(
        &'a self,
        project: &'a Project,
        form: Option<&'a ApplicationFormApproved>,
        today: Date,
        item: Item<ActivityCode>,
    ) -> ActivityReading<'a> {
        self.asked(project, form, today).activity(item)
    }

    /// One output under a form (the newest where none is given).
    pub fn output<'a>(
        &'a self,
        project: &'a Project,
        form: Option<&'a ApplicationFormApproved>,
        today: Date,
        item: Item<OutputCode>,
    ) -> OutputReading<'a> {
        self.asked(project, form, today).output(item)
    }

    /// The indicators of a form (the newest where none is given), in its order; after them those
    /// that have reports and are not in it, by code.
    pub fn indicators<'a>(
        &'a self,
        project: &'a Project,
        form: Option<&'a ApplicationFormApproved>,
        today: Date,
    ) -> Vec<IndicatorReading<'a>> {
        let asked = self.asked(project, form, today);
        let planned = asked.form.map(|form| form.indicators.as_slice()).unwrap_or_default();
        let lacks = |code: &&ShortText| {
            asked.form.is_none_or(|form| form.indicator(code.as_str()).is_none())
        };
        let codes = planned.iter().map(|item| &item.code);
        codes
            .chain(project.delivery.indicators.reported().filter(lacks))
            .map(|code| asked.indicator(code))
            .collect()
    }

    /// The reviews of milestones, by the days on which they were held.
    pub fn milestone_reviews(&self) -> Vec<&ReviewHeld> {
        review::held(&self.reviews_held)
    }

    /// What holds the milestones that are not met, the worst first.
    pub fn critical_list<'a>(
        &'a self,
        project: &'a Project,
        form: Option<&'a ApplicationFormApproved>,
        today: Date,
    ) -> Vec<CriticalItem<'a>> {
        self.asked(project, form, today).critical(|_| true)
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
