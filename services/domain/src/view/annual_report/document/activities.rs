//! The activities of the form, with what was last said of each in the period.

use jiff::civil::Date;
use serde::Serialize;

use super::{At, words};
use crate::code::ActivityCode;
use crate::ids::PartnerNumber;
use crate::text::LocalizedText;
use crate::view::milestone_status::activity::{ActivityEntry, ActivityReading};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Activity<'a> {
    code: ActivityCode,
    titles: Option<&'a LocalizedText>,
    partner: Option<PartnerNumber>,
    start: Option<Date>,
    end: Option<Date>,
    status: &'static str,
    progress: &'static str,
    started_on: Option<Date>,
    completed_on: Option<Date>,
    forecast_end: Option<Date>,
    days_late: u32,
    light: &'static str,
    light_word: String,
    in_form: bool,
    /// How often it was reported on in the period.
    reports: usize,
    /// What was said last in the period, of several reports on one day the one recorded last.
    text: Option<&'a LocalizedText>,
    problems: Option<&'a LocalizedText>,
}

pub(super) fn readings<'a>(at: &At<'a>) -> Vec<ActivityReading<'a>> {
    at.folds.milestones.activities(at.folds.project, at.form, at.day())
}

pub(super) fn section<'a>(at: &At<'a>) -> Vec<Activity<'a>> {
    readings(at).into_iter().map(|item| activity(at, item)).collect()
}

fn activity<'a>(at: &At<'a>, item: ActivityReading<'a>) -> Activity<'a> {
    let of_period = |report: &&&ActivityEntry| at.shows.has(report.occurred_on);
    let mut reports: Vec<&ActivityEntry> = item.reports.iter().filter(of_period).copied().collect();
    reports.sort_by_key(|report| report.occurred_on);
    let last = |text: fn(&ActivityEntry) -> Option<&LocalizedText>| {
        reports.iter().rev().find_map(|report| text(report))
    };
    Activity {
        code: item.code,
        titles: item.titles,
        partner: item.partner,
        start: item.start,
        end: item.end,
        status: words::activity(item.status),
        progress: words::progress(item.progress),
        started_on: item.started_on,
        completed_on: item.completed_on,
        forecast_end: item.forecast_end,
        days_late: item.days_late,
        light: words::colour(item.light.colour),
        light_word: item.light.word,
        in_form: item.in_form,
        reports: reports.len(),
        text: last(|report| report.content.text.as_ref()),
        problems: last(|report| report.content.problems.as_ref()),
    }
}
