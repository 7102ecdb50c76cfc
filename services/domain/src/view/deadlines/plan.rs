//! Deadlines of the plan: deliverables, milestones, activities, and the calendar of the form.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Deadline, DeadlineKind, Deadlines, Due};
use crate::ids::PartnerNumber;
use crate::project::delivery::{ActivityStatus, DeliverableStatus};
use crate::view::Sources;
use crate::view::about::About;
use crate::view::milestone_status::activity::ActivityReading;
use crate::view::milestone_status::deliverable::{DeliverableReading, Turn};
use crate::view::milestone_status::light::{Colour, Light};
use crate::view::milestone_status::milestone::MilestoneWord;

impl Deadlines {
    /// What the form has no day for is no deadline.
    pub(super) fn deliverables<'a>(&self, sources: &Sources<'a>, today: Date) -> Vec<Deadline<'a>> {
        let readings = sources.milestones.deliverables(sources.project, sources.form, today);
        let planned = self.form_recorded_at(sources);
        let deadline = |reading: DeliverableReading<'a>| {
            let due = Due {
                kind: DeadlineKind::Deliverable,
                about: About::Item(reading.item.any()),
                code: Some(reading.code.into()),
                title: reading.titles,
                partner: match reading.turn {
                    Turn::Lead => lead(sources),
                    Turn::Owner | Turn::Nobody => reading.partner,
                },
                due: reading.due?,
                revised_at: planned.max(last_recorded_at(&reading)),
            };
            let done = reading.status == DeliverableStatus::Accepted;
            let light = (reading.days_late, reading.light);
            Some(due.standing(done, reading.forecast, light, today))
        };
        readings.into_iter().filter_map(deadline).collect()
    }

    pub(super) fn activities<'a>(&self, sources: &Sources<'a>, today: Date) -> Vec<Deadline<'a>> {
        let readings = sources.milestones.activities(sources.project, sources.form, today);
        let planned = self.form_recorded_at(sources);
        let deadline = |reading: ActivityReading<'a>| {
            let reported = reading.reports.iter().map(|report| report.recorded_at);
            let expected = reading.forecasts.iter().map(|forecast| forecast.recorded_at);
            let reported = reported.chain(expected).max();
            let due = Due {
                kind: DeadlineKind::Activity,
                about: About::Item(reading.item.any()),
                code: Some(reading.code.into()),
                title: reading.titles,
                partner: reading.partner,
                due: reading.end?,
                revised_at: planned.max(reported),
            };
            let done = reading.status == ActivityStatus::Completed;
            let light = (reading.days_late, reading.light);
            Some(due.standing(done, reading.forecast_end, light, today))
        };
        readings.into_iter().filter_map(deadline).collect()
    }

    pub(super) fn plan_milestones<'a>(
        &self,
        sources: &Sources<'a>,
        today: Date,
    ) -> Vec<Deadline<'a>> {
        let readings = sources.milestones.milestones(sources.project, sources.form, today);
        let deadline = |reading: crate::view::milestone_status::milestone::MilestoneReading<'a>| {
            let planned = self.milestones.get(&reading.number).copied();
            let decided = reading.decisions.iter().map(|one| one.recorded_at).max();
            let due = Due {
                kind: DeadlineKind::Milestone,
                about: About::Milestone(reading.number),
                code: None,
                title: reading.title,
                partner: lead(sources),
                due: reading.due?,
                revised_at: planned.max(decided),
            };
            let done = match reading.status {
                MilestoneWord::Met => true,
                // It is still to be met in full.
                MilestoneWord::Scheduled | MilestoneWord::PartiallyMet | MilestoneWord::NotMet => {
                    false
                }
            };
            let light = (reading.days_late, reading.light);
            Some(due.standing(done, reading.forecast, light, today))
        };
        readings.into_iter().filter_map(deadline).collect()
    }

    /// A date of all is over when its day is over.
    pub(super) fn calendar<'a>(&self, sources: &Sources<'a>, today: Date) -> Vec<Deadline<'a>> {
        let entries = sources.form().map(|form| form.calendar.as_slice()).unwrap_or_default();
        let mut of_day = BTreeMap::new();
        let deadline = |entry: &'a crate::event::plan::application_form::CalendarEntry| {
            let number = of_day.entry(entry.date).or_insert(0);
            *number += 1;
            let due = Due {
                kind: DeadlineKind::Calendar,
                about: About::Calendar(entry.date, *number),
                code: None,
                title: Some(&entry.title),
                partner: None,
                due: entry.date,
                revised_at: self.form_recorded_at(sources),
            };
            let word = match entry.date.cmp(&today) {
                std::cmp::Ordering::Less => "past",
                std::cmp::Ordering::Equal => "today",
                std::cmp::Ordering::Greater => "to come",
            };
            let light = Light { colour: Colour::Green, word: word.to_owned() };
            due.standing(entry.date < today, None, (0, light), today)
        };
        entries.iter().map(deadline).collect()
    }

    fn form_recorded_at(&self, sources: &Sources<'_>) -> Option<Timestamp> {
        self.forms.get(&sources.form()?.version).copied()
    }
}

fn lead(sources: &Sources<'_>) -> Option<PartnerNumber> {
    sources.project.plan.lead_partner().map(|lead| lead.number)
}

fn last_recorded_at(reading: &DeliverableReading<'_>) -> Option<Timestamp> {
    let submitted = reading.submissions.iter().map(|submission| submission.recorded_at);
    let reviews = reading.submissions.iter().filter_map(|submission| submission.review.as_ref());
    let reviewed = reviews.map(|review| review.recorded_at);
    let expected = reading.forecasts.iter().map(|forecast| forecast.recorded_at);
    let withdrawn =
        reading.submissions.iter().filter_map(|submission| submission.withdrawal.as_ref());
    let withdrawn = withdrawn.map(|withdrawal| withdrawal.recorded_at);
    submitted.chain(reviewed).chain(withdrawn).chain(expected).max()
}
