//! The indicators of the form: baseline, target, what they have come to, and the values of periods
//! that end within the report's.

use jiff::civil::Date;
use serde::Serialize;

use super::At;
use crate::event::plan::application_form::IndicatorKind;
use crate::ids::PartnerNumber;
use crate::quantity::Quantity;
use crate::text::LocalizedText;
use crate::view::milestone_status::indicator::{IndicatorReading, ReportEntry};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Indicator<'a> {
    code: &'a str,
    titles: Option<&'a LocalizedText>,
    unit: Option<&'a str>,
    kind: Option<IndicatorKind>,
    baseline: Option<Quantity>,
    target: Option<Quantity>,
    achieved: Option<Quantity>,
    /// What of `achieved` a second person found right.
    validated: Option<Quantity>,
    percent: Option<Quantity>,
    in_form: bool,
    values: Vec<Value>,
}

/// What a partner reported for a period, as it was corrected last.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Value {
    partner: Option<PartnerNumber>,
    from: Date,
    to: Date,
    value: Option<Quantity>,
    corrected: bool,
    validated: bool,
}

pub(super) fn section<'a>(at: &At<'a>) -> Vec<Indicator<'a>> {
    let indicators = at.folds.milestones.indicators(at.folds.project, at.form, at.day());
    indicators.into_iter().map(|item| indicator(at, &item)).collect()
}

fn indicator<'a>(at: &At<'a>, item: &IndicatorReading<'a>) -> Indicator<'a> {
    let of_period = item.reports.iter().filter(|report| at.shows.has(report.to));
    Indicator {
        code: item.code.as_str(),
        titles: item.titles,
        unit: item.unit.map(|unit| unit.as_str()),
        kind: item.kind,
        baseline: item.baseline,
        target: item.target,
        achieved: item.achieved.map(|achieved| achieved.value),
        validated: item.achieved.map(|achieved| achieved.validated),
        percent: item.percent,
        in_form: item.in_form,
        values: of_period.map(value).collect(),
    }
}

fn value(report: &ReportEntry<'_>) -> Value {
    let last = report.values.last();
    Value {
        partner: report.partner,
        from: report.from,
        to: report.to,
        value: last.map(|last| last.value),
        corrected: report.values.len() > 1,
        validated: last.is_some_and(|last| last.validation.is_some()),
    }
}
