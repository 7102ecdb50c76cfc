//! An indicator of the plan: baseline, target, and the values that were reported of it.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Asked;
use crate::code::OutputCode;
use crate::event::delivery::indicator::{
    Group, IndicatorCorrected, IndicatorReported, IndicatorValidated,
};
use crate::event::evidence::Evidence;
use crate::event::plan::application_form::{Indicator, IndicatorKind, indicator_name};
use crate::ids::{EventId, PartnerNumber};
use crate::project::delivery::indicator::{IndicatorReport, StatedValue, Validation};
use crate::project::delivery::output::OutputFacts;
use crate::quantity::Quantity;
use crate::text::{LocalizedText, ShortText};

/// An indicator under one application form. Values are in its unit.
#[derive(Clone, Debug)]
pub struct IndicatorReading<'a> {
    pub code: &'a ShortText,
    /// Of another form where this one lacks the indicator; nothing where none has it.
    pub titles: Option<&'a LocalizedText>,
    pub unit: Option<&'a ShortText>,
    pub kind: Option<IndicatorKind>,
    /// The partners that report it.
    pub partners: Vec<PartnerNumber>,
    /// Nothing where the form lacks the indicator or states no number.
    pub baseline: Option<Quantity>,
    pub target: Option<Quantity>,
    /// What the newest values of its reports come to; nothing before the first report.
    pub achieved: Option<Achieved>,
    /// Of an output indicator, what was achieved in percent of the target; of a result indicator,
    /// the way from the baseline to the target that is done. Rounded half away from zero to one
    /// decimal.
    pub percent: Option<Quantity>,
    /// The outputs that it counts in the form, and how many of these were achieved together.
    pub outputs: &'a [OutputCode],
    pub outputs_achieved: Option<i64>,
    /// By period, and within one by partner.
    pub reports: Vec<ReportEntry<'a>>,
    /// Whether the form has the indicator.
    pub in_form: bool,
}

/// What an indicator has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Achieved {
    /// Of an output indicator the newest values of all periods and partners together; of a result
    /// indicator the newest value of the newest period.
    pub value: Quantity,
    /// The same of the values that are validated.
    pub validated: Quantity,
    /// What of `value` nobody has validated yet.
    pub not_validated: Quantity,
}

/// A partner's value in one period: as reported, corrected, validated.
#[derive(Clone, Debug)]
pub struct ReportEntry<'a> {
    pub id: EventId,
    pub from: Date,
    pub to: Date,
    pub partner: Option<PartnerNumber>,
    /// How it was counted or measured.
    pub method: &'a LocalizedText,
    pub text: Option<&'a LocalizedText>,
    /// The reported value, and after it its corrections; the last one holds.
    pub values: Vec<ValueEntry<'a>>,
}

/// A value as it was stated.
#[derive(Clone, Debug)]
pub struct ValueEntry<'a> {
    pub event_id: EventId,
    pub value: Quantity,
    pub disaggregation: &'a [Group],
    /// Why it was corrected; nothing for the value that was reported first.
    pub reason: Option<&'a LocalizedText>,
    pub occurred_on: Date,
    pub recorded_at: Timestamp,
    /// Recorded more than 14 days after it occurred.
    pub recorded_late: bool,
    pub evidence: &'a [Evidence],
    pub validation: Option<ValidationEntry<'a>>,
}

/// The lead partner found a value right.
#[derive(Clone, Debug)]
pub struct ValidationEntry<'a> {
    pub event_id: EventId,
    pub on: Date,
    pub recorded_at: Timestamp,
    /// Remark, evidence.
    pub content: &'a IndicatorValidated,
}

/// What an event says of a value.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Statement {
    Reported(Arc<IndicatorReported>),
    Corrected(Arc<IndicatorCorrected>),
}

impl IndicatorReading<'_> {
    /// What tells it from other indicators.
    pub fn name(&self) -> String {
        indicator_name(self.code.as_str())
    }
}

impl<'a> Asked<'a> {
    pub(super) fn indicator(&self, code: &'a ShortText) -> IndicatorReading<'a> {
        let planned = self.form.and_then(|form| form.indicator(code.as_str()));
        let plan = &self.project.plan;
        let item = planned.or_else(|| plan.indicator(code.as_str(), self.today).map(|p| p.item));
        let indicators = &self.project.delivery.indicators;
        let reports: Vec<&IndicatorReport> = indicators.reports_of(code.as_str()).collect();
        let kind = item.map(|item| item.kind);
        let achieved = achieved(kind, &reports);
        let number = |text: Option<&ShortText>| text.and_then(|text| text.as_str().parse().ok());
        let baseline = number(planned.and_then(|item| item.baseline.as_ref()));
        let target = number(planned.map(|item| &item.target));
        let mut entries: Vec<_> =
            reports.into_iter().filter_map(|report| self.report(report)).collect();
        entries.sort_by_key(|entry| (entry.from, entry.to, entry.partner));
        IndicatorReading {
            code: item.map_or(code, |item| &item.code),
            titles: item.map(|item| &item.titles),
            unit: item.map(|item| &item.unit),
            kind,
            partners: item.map_or_else(Vec::new, |item| plan.indicator_owners(item, self.today)),
            baseline,
            target,
            achieved,
            percent: achieved.and_then(|a| percent(kind?, a.value, baseline, target?)),
            outputs: planned.map(|item| item.outputs.as_slice()).unwrap_or_default(),
            outputs_achieved: planned.and_then(|item| self.counted(item)),
            reports: entries,
            in_form: planned.is_some(),
        }
    }

    fn counted(&self, indicator: &Indicator) -> Option<i64> {
        let achieved = |code: &OutputCode| {
            let item = self.project.plan.item_under(*code, self.form);
            self.project.delivery.outputs.get(&item).map_or(0, OutputFacts::achieved)
        };
        let counts = indicator.kind == IndicatorKind::Output && !indicator.outputs.is_empty();
        counts.then(|| indicator.outputs.iter().map(achieved).sum())
    }

    /// The texts of a report were folded with the same event as its place in the state, so each
    /// one is found.
    fn report(&self, report: &'a IndicatorReport) -> Option<ReportEntry<'a>> {
        let Statement::Reported(content) = &self.view.values.get(&report.id)?.content else {
            return None;
        };
        Some(ReportEntry {
            id: report.id,
            from: report.from,
            to: report.to,
            partner: report.partner,
            method: &content.method,
            text: content.text.as_ref(),
            values: report.values.iter().filter_map(|value| self.value(value)).collect(),
        })
    }

    fn value(&self, stated: &'a StatedValue) -> Option<ValueEntry<'a>> {
        let noted = self.view.values.get(&stated.event_id)?;
        let (groups, reason, evidence) = match &noted.content {
            Statement::Reported(data) => (&data.disaggregation, None, &data.evidence),
            Statement::Corrected(data) => {
                (&data.disaggregation, Some(&data.reason), &data.evidence)
            }
        };
        Some(ValueEntry {
            event_id: stated.event_id,
            value: stated.value,
            disaggregation: groups,
            reason,
            occurred_on: stated.occurred_on,
            recorded_at: stated.recorded_at,
            recorded_late: noted.recorded_late,
            evidence,
            validation: stated.validation.as_ref().and_then(|found| self.validation(found)),
        })
    }

    fn validation(&self, validation: &'a Validation) -> Option<ValidationEntry<'a>> {
        Some(ValidationEntry {
            event_id: validation.event_id,
            on: validation.on,
            recorded_at: validation.recorded_at,
            content: self.view.validations.get(&validation.event_id)?,
        })
    }
}

/// What the reports of an indicator come to. One that no form has is taken for an output
/// indicator, of which every value counts.
fn achieved(kind: Option<IndicatorKind>, reports: &[&IndicatorReport]) -> Option<Achieved> {
    let all: Vec<_> =
        reports.iter().filter_map(|report| Some((*report, report.newest()?))).collect();
    let validated = || all.iter().filter(|(_, newest)| newest.validation.is_some());
    let value = match kind {
        Some(IndicatorKind::Result) => newest_period(all.iter()),
        Some(IndicatorKind::Output) | None => sum(all.iter()),
    }?;
    let validated = match kind {
        Some(IndicatorKind::Result) => newest_period(validated()),
        Some(IndicatorKind::Output) | None => sum(validated()),
    };
    let not_validated = match kind {
        Some(IndicatorKind::Result) => newest(all.iter())
            .filter(|stated| stated.validation.is_none())
            .map_or(Quantity::ZERO, |stated| stated.value),
        Some(IndicatorKind::Output) | None => value - validated.unwrap_or_default(),
    };
    Some(Achieved { value, validated: validated.unwrap_or_default(), not_validated })
}

type Newest<'a> = (&'a IndicatorReport, &'a StatedValue);

/// The value of the period that ends last; of several, the one that starts last, and then the one
/// that was reported last.
fn newest<'a>(reports: impl Iterator<Item = &'a Newest<'a>>) -> Option<&'a StatedValue> {
    let found = reports.max_by_key(|(report, _)| (report.to, report.from));
    found.map(|(_, stated)| *stated)
}

fn newest_period<'a>(reports: impl Iterator<Item = &'a Newest<'a>>) -> Option<Quantity> {
    newest(reports).map(|stated| stated.value)
}

fn sum<'a>(reports: impl Iterator<Item = &'a Newest<'a>>) -> Option<Quantity> {
    let values: Vec<Quantity> = reports.map(|(_, stated)| stated.value).collect();
    (!values.is_empty()).then(|| values.into_iter().sum())
}

fn percent(
    kind: IndicatorKind,
    achieved: Quantity,
    baseline: Option<Quantity>,
    target: Quantity,
) -> Option<Quantity> {
    let baseline = match kind {
        IndicatorKind::Output => Quantity::ZERO,
        IndicatorKind::Result => baseline.unwrap_or_default(),
    };
    (achieved - baseline).percent_of(target - baseline)
}
