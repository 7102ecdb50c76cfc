//! The milestones of the Monitoring Plan with the items that each is built from.

use jiff::civil::Date;
use serde::Serialize;

use super::{At, words};
use crate::code::Code;
use crate::text::LocalizedText;
use crate::view::milestone_status::milestone::{MilestoneItem, MilestoneReading};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Milestone<'a> {
    number: u32,
    title: Option<&'a LocalizedText>,
    due: Option<Date>,
    status: &'static str,
    /// The day of what was said of it last, and why.
    on: Option<Date>,
    reason: Option<&'a LocalizedText>,
    forecast: Option<Date>,
    days_late: u32,
    light: &'static str,
    light_word: String,
    items: Vec<Item>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    code: Code,
    status: &'static str,
    in_form: bool,
}

pub(super) fn readings<'a>(at: &At<'a>) -> Vec<MilestoneReading<'a>> {
    at.folds.milestones.milestones(at.folds.project, at.form, at.day())
}

pub(super) fn section<'a>(at: &At<'a>) -> Vec<Milestone<'a>> {
    readings(at).into_iter().map(milestone).collect()
}

fn milestone(item: MilestoneReading<'_>) -> Milestone<'_> {
    Milestone {
        number: item.number,
        title: item.title,
        due: item.due,
        status: words::milestone(item.status),
        on: item.decisions.last().map(|decision| decision.on),
        reason: item.decisions.last().and_then(|decision| decision.reason),
        forecast: item.forecast,
        days_late: item.days_late,
        light: words::colour(item.light.colour),
        light_word: item.light.word,
        items: item.items.iter().map(Item::of).collect(),
    }
}

impl Item {
    fn of(item: &MilestoneItem) -> Self {
        Self { code: item.code, status: words::item(item.status), in_form: item.in_form }
    }
}
