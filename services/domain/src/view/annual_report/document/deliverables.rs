//! The deliverables of the form, with how often each was handed in and returned.

use jiff::civil::Date;
use serde::Serialize;

use super::{At, words};
use crate::code::DeliverableCode;
use crate::ids::PartnerNumber;
use crate::project::delivery::Outcome;
use crate::text::LocalizedText;
use crate::view::milestone_status::deliverable::{DeliverableReading, SubmissionEntry};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Deliverable<'a> {
    code: DeliverableCode,
    titles: Option<&'a LocalizedText>,
    partner: Option<PartnerNumber>,
    due: Option<Date>,
    status: &'static str,
    delivered_on: Option<Date>,
    forecast: Option<Date>,
    days_late: u32,
    light: &'static str,
    light_word: String,
    in_form: bool,
    submissions: usize,
    returned: usize,
    /// How often it was handed in within the period.
    submissions_in_period: usize,
}

pub(super) fn readings<'a>(at: &At<'a>) -> Vec<DeliverableReading<'a>> {
    at.folds.milestones.deliverables(at.folds.project, at.form, at.day())
}

/// How often a deliverable was sent back.
pub(super) fn returned(item: &DeliverableReading<'_>) -> usize {
    let is_returned = |submission: &&SubmissionEntry<'_>| {
        submission.review.as_ref().is_some_and(|review| review.outcome == Outcome::Returned)
    };
    item.submissions.iter().filter(is_returned).count()
}

pub(super) fn section<'a>(at: &At<'a>) -> Vec<Deliverable<'a>> {
    readings(at).into_iter().map(|item| deliverable(at, item)).collect()
}

fn deliverable<'a>(at: &At<'a>, item: DeliverableReading<'a>) -> Deliverable<'a> {
    let in_period = item.submissions.iter().filter(|one| at.shows.has(one.occurred_on));
    Deliverable {
        code: item.code,
        titles: item.titles,
        partner: item.partner,
        due: item.due,
        status: words::deliverable(item.status),
        delivered_on: item.delivered_on,
        forecast: item.forecast,
        days_late: item.days_late,
        light: words::colour(item.light.colour),
        submissions: item.submissions.len(),
        returned: returned(&item),
        submissions_in_period: in_period.count(),
        light_word: item.light.word,
        in_form: item.in_form,
    }
}
