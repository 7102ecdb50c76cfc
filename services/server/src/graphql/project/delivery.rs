//! Delivery: where deliverables, activities and milestones stand against the plan.
//!
//! Every member reads all of it, but the documents behind it: these are for the partner that handed
//! them in, and for the lead, the controller, the programme and auditors.

pub mod activity;
pub mod deliverable;
pub mod output;
pub mod indicator;
pub mod milestone;
pub mod review;
pub mod critical;
pub mod forecast;
pub mod annual_report;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_graphql::{Enum, Object, Result};
use cairn_domain::code::{self, ActivityCode, DeliverableCode, OutputCode};
use cairn_domain::ids::PartnerNumber;
use cairn_domain::project::plan::item::Item;
use cairn_domain::view::milestone_status::activity::ActivityReading;
use cairn_domain::view::milestone_status::critical as critical_list;
use cairn_domain::view::milestone_status::deliverable::DeliverableReading;
use cairn_domain::view::milestone_status::indicator::IndicatorReading;
use cairn_domain::view::milestone_status::light::Colour;
use cairn_domain::view::milestone_status::milestone::MilestoneReading;
use cairn_domain::view::milestone_status::output::OutputReading;
use cairn_domain::view::milestone_status::review::ReviewHeld;

use super::Reading;
use crate::graphql::connection::{self, Page};
use activity::{Activity, ActivityFilter};
use annual_report::AnnualReport;
use critical::CriticalItem;
use deliverable::{Deliverable, DeliverableFilter};
use indicator::Indicator;
use milestone::Milestone;
use output::{OutputFilter, OutputProgress};
use review::MilestoneReview;

/// The traffic light. It stands beside its word, so that nobody has to tell colours apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Colour")]
pub enum Light {
    /// Done, or expected by the due day.
    Green,
    /// Expected up to 30 days after the due day.
    Amber,
    /// Expected later, or due and not done.
    Red,
}

pub struct Delivery(pub(super) Arc<Reading>);

#[Object]
impl Delivery {
    /// The deliverables of the application form in its order, and after them those that have facts
    /// and are not in it. Null to the public.
    async fn deliverables(
        &self,
        filter: Option<DeliverableFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Option<Result<Page<Deliverable>>> {
        let reading = &self.0;
        let filter = filter.unwrap_or_default();
        let page = || {
            let mut items = reading.deliverables();
            items.retain(|item| filter.fits(item));
            let name = |item: &DeliverableReading<'_>| item.item.to_string();
            connection::page(items, first, after, name, |item| Deliverable::of(reading, &item))
        };
        reading.reader.is_member().then(page)
    }

    /// The activities of the application form in its order, and after them those that have facts
    /// and are not in it. Null to the public.
    async fn activities(
        &self,
        filter: Option<ActivityFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Option<Result<Page<Activity>>> {
        let reading = &self.0;
        let filter = filter.unwrap_or_default();
        let page = || {
            let mut items = reading.activities();
            items.retain(|item| filter.fits(item));
            let name = |item: &ActivityReading<'_>| item.item.to_string();
            connection::page(items, first, after, name, |item| Activity::of(reading, &item))
        };
        reading.reader.is_member().then(page)
    }

    /// What was achieved of the outputs: of those of the application form in its order, and after
    /// them of those that have facts and are not in it. Null to the public.
    async fn output_progress(
        &self,
        filter: Option<OutputFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Option<Result<Page<OutputProgress>>> {
        let reading = &self.0;
        let filter = filter.unwrap_or_default();
        let page = || {
            let mut items = reading.outputs();
            items.retain(|item| filter.fits(item));
            let name = |item: &OutputReading<'_>| item.item.to_string();
            connection::page(items, first, after, name, |item| OutputProgress::of(reading, &item))
        };
        reading.reader.is_member().then(page)
    }

    /// The indicators of the application form in its order, and after them those that have reports
    /// and are not in it. Null to the public.
    async fn indicators(
        &self,
        first: Option<i32>,
        after: Option<String>,
    ) -> Option<Result<Page<Indicator>>> {
        let reading = &self.0;
        let page = || {
            let name = |item: &IndicatorReading<'_>| item.name();
            let show = |item| Indicator::of(reading, &item);
            connection::page(reading.indicators(), first, after, name, show)
        };
        reading.reader.is_member().then(page)
    }

    /// What holds the milestones that are not met: their items that are not done, red before amber
    /// before green, then those that are the most days late. Null to the public.
    async fn critical_list(
        &self,
        first: Option<i32>,
        after: Option<String>,
    ) -> Option<Result<Page<CriticalItem>>> {
        let reading = &self.0;
        let page = || {
            let name = |item: &critical_list::CriticalItem<'_>| item.item.to_string();
            let show = |item| CriticalItem::from(&item);
            connection::page(reading.critical_list(), first, after, name, show)
        };
        reading.reader.is_member().then(page)
    }

    /// The reviews of milestones, by the days on which they were held. Null to the public.
    async fn milestone_reviews(
        &self,
        first: Option<i32>,
        after: Option<String>,
    ) -> Option<Result<Page<MilestoneReview>>> {
        let reading = &self.0;
        let page = || {
            let reviews = reading.room.milestones.milestone_reviews();
            let name = |held: &&ReviewHeld| held.event_id.to_string();
            let show = |held: &ReviewHeld| MilestoneReview::of(reading, held);
            connection::page(reviews, first, after, name, show)
        };
        reading.reader.is_member().then(page)
    }

    /// The milestones of the Monitoring Plan by number. Null to the public.
    async fn milestones(
        &self,
        first: Option<i32>,
        after: Option<String>,
    ) -> Option<Result<Page<Milestone>>> {
        let reading = &self.0;
        let page = || {
            let name = |item: &MilestoneReading<'_>| item.number.to_string();
            let show = |item| Milestone::of(reading, &item);
            connection::page(reading.milestones(), first, after, name, show)
        };
        reading.reader.is_member().then(page)
    }

    /// The annual progress reports that were handed in, by number; at most one for each calendar
    /// year of the project. Null to the public.
    async fn annual_reports(&self) -> Option<Vec<AnnualReport>> {
        let reading = &self.0;
        let view = &reading.room.annual_reports;
        let reports = || view.reports(&reading.room.project, reading.today);
        let all = || reports().iter().map(|item| AnnualReport::of(reading, item)).collect();
        reading.reader.is_member().then(all)
    }
}

impl Reading {
    pub(in crate::graphql) fn deliverables(&self) -> Vec<DeliverableReading<'_>> {
        let view = &self.room.milestones;
        view.deliverables(&self.room.project, self.form.as_deref(), self.today)
    }

    pub(in crate::graphql) fn activities(&self) -> Vec<ActivityReading<'_>> {
        let view = &self.room.milestones;
        view.activities(&self.room.project, self.form.as_deref(), self.today)
    }

    fn deliverable(&self, item: Item<DeliverableCode>) -> DeliverableReading<'_> {
        let view = &self.room.milestones;
        view.deliverable(&self.room.project, self.form.as_deref(), self.today, item)
    }

    fn activity(&self, item: Item<ActivityCode>) -> ActivityReading<'_> {
        let view = &self.room.milestones;
        view.activity(&self.room.project, self.form.as_deref(), self.today, item)
    }

    fn output(&self, item: Item<OutputCode>) -> OutputReading<'_> {
        let view = &self.room.milestones;
        view.output(&self.room.project, self.form.as_deref(), self.today, item)
    }

    pub(in crate::graphql) fn outputs(&self) -> Vec<OutputReading<'_>> {
        let view = &self.room.milestones;
        view.outputs(&self.room.project, self.form.as_deref(), self.today)
    }

    pub(in crate::graphql) fn indicators(&self) -> Vec<IndicatorReading<'_>> {
        let view = &self.room.milestones;
        view.indicators(&self.room.project, self.form.as_deref(), self.today)
    }

    fn critical_list(&self) -> Vec<critical_list::CriticalItem<'_>> {
        let view = &self.room.milestones;
        view.critical_list(&self.room.project, self.form.as_deref(), self.today)
    }

    fn lead_partner(&self) -> Option<PartnerNumber> {
        self.room.project.plan.lead_partner().map(|partner| partner.number)
    }

    pub(in crate::graphql) fn milestones(&self) -> Vec<MilestoneReading<'_>> {
        let view = &self.room.milestones;
        view.milestones(&self.room.project, self.form.as_deref(), self.today)
    }
}

/// Whether a code is the one asked for, or belongs to it.
fn is_under(code: code::Code, asked: code::Code) -> bool {
    std::iter::successors(Some(code), |code| code.parent()).any(|code| code == asked)
}
