//! The outputs of the form, with how many of each were achieved.

use jiff::civil::Date;
use serde::Serialize;

use super::{At, words};
use crate::code::OutputCode;
use crate::ids::PartnerNumber;
use crate::quantity::Quantity;
use crate::text::LocalizedText;
use crate::view::milestone_status::output::OutputReading;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Output<'a> {
    code: OutputCode,
    titles: Option<&'a LocalizedText>,
    partner: Option<PartnerNumber>,
    unit: Option<&'a str>,
    target: Option<u32>,
    achieved: i64,
    /// What was achieved within the period, less what was taken back.
    achieved_in_period: i64,
    percent: Option<Quantity>,
    status: &'static str,
    reached_on: Option<Date>,
    forecast: Option<Date>,
    in_form: bool,
}

pub(super) fn readings<'a>(at: &At<'a>) -> Vec<OutputReading<'a>> {
    at.folds.milestones.outputs(at.folds.project, at.form, at.day())
}

pub(super) fn section<'a>(at: &At<'a>) -> Vec<Output<'a>> {
    readings(at).into_iter().map(|item| output(at, &item)).collect()
}

fn output<'a>(at: &At<'a>, item: &OutputReading<'a>) -> Output<'a> {
    let in_period = item.achievements.iter().filter(|one| at.shows.has(one.occurred_on));
    Output {
        code: item.code,
        titles: item.titles,
        partner: item.partner,
        unit: item.unit.map(|unit| unit.as_str()),
        target: item.target,
        achieved: item.achieved,
        achieved_in_period: in_period.map(|one| i64::from(one.quantity)).sum(),
        percent: item.percent,
        status: words::output(item.status),
        reached_on: item.reached_on,
        forecast: item.forecast,
        in_form: item.in_form,
    }
}
