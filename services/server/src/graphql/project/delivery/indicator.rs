//! An indicator with the values that were reported of it.

use async_graphql::{Enum, ID, SimpleObject};
use cairn_domain::event::delivery::indicator;
use cairn_domain::event::plan::application_form;
use cairn_domain::view::milestone_status::indicator::{
    Achieved, IndicatorReading, ReportEntry, ValidationEntry, ValueEntry,
};

use crate::graphql::evidence::Evidence;
use crate::graphql::project::Reading;
use crate::graphql::query::node;
use crate::graphql::values::{Code, Date, Instant, LocalizedText, Quantity};

/// Name of the type of indicators in the schema.
pub const KIND: &str = "Indicator";

/// What an indicator says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "application_form::IndicatorKind")]
pub enum IndicatorKind {
    /// What the project made: its values add up.
    Output,
    /// What has changed: its newest value counts.
    Result,
}

/// An indicator under one application form. Values are in its unit.
#[derive(Clone, Debug, SimpleObject)]
pub struct Indicator {
    /// Opaque id for `node`, which answers with what is known now.
    #[graphql(owned)]
    pub id: ID,
    /// The programme's code, such as `RCO 76`.
    pub code: String,
    /// Of another form where this one lacks the indicator; null where none has it.
    pub titles: Option<LocalizedText>,
    /// What it says.
    pub kind: Option<IndicatorKind>,
    /// What it is counted or measured in.
    pub unit: Option<String>,
    /// Numbers of the partners that report it.
    pub partners: Vec<u32>,
    /// Value before the project; null where the form states no number.
    pub baseline: Option<Quantity>,
    /// Value aimed at; null where the form states no number.
    pub target: Option<Quantity>,
    /// Of an output indicator the newest values of all periods and partners together; of a result
    /// indicator the newest value of the newest period. Null before the first report.
    pub achieved: Option<Quantity>,
    /// The same of the values that are validated. Null before the first report.
    pub validated: Option<Quantity>,
    /// What of `achieved` nobody has validated yet. Null before the first report.
    pub not_validated: Option<Quantity>,
    /// Of an output indicator `achieved` in percent of the target; of a result indicator the part
    /// of the way from the baseline to the target that is done. Rounded half away from zero to one
    /// decimal.
    pub percent: Option<Quantity>,
    /// Codes of the outputs that it counts.
    pub outputs: Vec<Code>,
    /// How many of these outputs there are together; null where it counts none.
    pub outputs_achieved: Option<i64>,
    /// By period, and within one by partner.
    pub reports: Vec<IndicatorReport>,
    /// Whether the form has the indicator.
    pub in_form: bool,
}

impl Indicator {
    pub fn of(reading: &Reading, item: &IndicatorReading<'_>) -> Self {
        let achieved = |part: fn(Achieved) -> cairn_domain::quantity::Quantity| {
            item.achieved.map(|achieved| Quantity(part(achieved)))
        };
        Self {
            id: node::id_of(KIND, &reading.room.project.key, &item.name()),
            code: item.code.to_string(),
            titles: item.titles.cloned().map(LocalizedText),
            kind: item.kind.map(Into::into),
            unit: item.unit.map(ToString::to_string),
            partners: item.partners.clone(),
            baseline: item.baseline.map(Quantity),
            target: item.target.map(Quantity),
            achieved: achieved(|achieved| achieved.value),
            validated: achieved(|achieved| achieved.validated),
            not_validated: achieved(|achieved| achieved.not_validated),
            percent: item.percent.map(Quantity),
            outputs: item.outputs.iter().map(|code| Code((*code).into())).collect(),
            outputs_achieved: item.outputs_achieved,
            reports: item.reports.iter().map(|entry| IndicatorReport::of(reading, entry)).collect(),
            in_form: item.in_form,
        }
    }
}

/// A partner's value in one period: as reported, corrected, validated.
#[derive(Clone, Debug, SimpleObject)]
pub struct IndicatorReport {
    /// Opaque id of the event that reported it, for `node`.
    pub event: ID,
    /// What the report is named by in postings.
    pub event_id: String,
    /// First day of the period.
    pub from: Date,
    /// Last day of the period.
    pub to: Date,
    /// Number of the partner for which it was reported.
    pub partner: Option<u32>,
    /// How it was counted or measured.
    pub method: LocalizedText,
    /// What is to be said of it.
    pub text: Option<LocalizedText>,
    /// The reported value, and after it its corrections; the last one holds.
    pub values: Vec<IndicatorValue>,
}

impl IndicatorReport {
    fn of(reading: &Reading, entry: &ReportEntry<'_>) -> Self {
        let value = |value| IndicatorValue::of(reading, entry.partner, value);
        Self {
            event: reading.event_id(entry.id),
            event_id: entry.id.to_string(),
            from: Date(entry.from),
            to: Date(entry.to),
            partner: entry.partner,
            method: LocalizedText(entry.method.clone()),
            text: entry.text.cloned().map(LocalizedText),
            values: entry.values.iter().map(value).collect(),
        }
    }
}

/// A value as it was stated.
#[derive(Clone, Debug, SimpleObject)]
pub struct IndicatorValue {
    /// Opaque id of the event, for `node`.
    pub event: ID,
    /// What the event is named by in postings.
    pub event_id: String,
    /// In the indicator's unit.
    pub value: Quantity,
    /// The groups that the value is made of.
    pub disaggregation: Vec<Group>,
    /// Why it was corrected; null for the value that was reported first.
    pub reason: Option<LocalizedText>,
    /// The day on which it was stated.
    pub occurred_on: Date,
    /// When the log took it.
    pub recorded_at: Instant,
    /// Recorded more than 14 days after it occurred.
    pub recorded_late: bool,
    /// Null to those who may not see the partner's documents.
    pub evidence: Option<Vec<Evidence>>,
    /// Who checks found it right; null while nobody has.
    pub validation: Option<IndicatorValidation>,
}

impl IndicatorValue {
    fn of(reading: &Reading, partner: Option<u32>, entry: &ValueEntry<'_>) -> Self {
        let validation = entry.validation.as_ref();
        Self {
            event: reading.event_id(entry.event_id),
            event_id: entry.event_id.to_string(),
            value: Quantity(entry.value),
            disaggregation: entry.disaggregation.iter().map(Group::from).collect(),
            reason: entry.reason.cloned().map(LocalizedText),
            occurred_on: Date(entry.occurred_on),
            recorded_at: Instant(entry.recorded_at),
            recorded_late: entry.recorded_late,
            evidence: reading.evidence_of(partner, entry.evidence),
            validation: validation.map(|entry| IndicatorValidation::of(reading, entry)),
        }
    }
}

/// The part of a value that one group has.
#[derive(Clone, Debug, SimpleObject)]
pub struct Group {
    /// The group, such as `women`.
    pub by: String,
    /// In the indicator's unit.
    pub value: Quantity,
}

impl From<&indicator::Group> for Group {
    fn from(group: &indicator::Group) -> Self {
        Self { by: group.by.to_string(), value: Quantity(group.value) }
    }
}

/// The lead partner found a value right.
#[derive(Clone, Debug, SimpleObject)]
pub struct IndicatorValidation {
    /// Opaque id of the event, for `node`.
    pub event: ID,
    /// What the event is named by in postings.
    pub event_id: String,
    /// The day of the validation.
    pub on: Date,
    /// When the log took it.
    pub recorded_at: Instant,
    /// What was found.
    pub remark: Option<LocalizedText>,
    /// Null to those who may not see the lead partner's documents.
    pub evidence: Option<Vec<Evidence>>,
}

impl IndicatorValidation {
    fn of(reading: &Reading, entry: &ValidationEntry<'_>) -> Self {
        Self {
            event: reading.event_id(entry.event_id),
            event_id: entry.event_id.to_string(),
            on: Date(entry.on),
            recorded_at: Instant(entry.recorded_at),
            remark: entry.content.remark.clone().map(LocalizedText),
            evidence: reading.evidence_of(reading.lead_partner(), &entry.content.evidence),
        }
    }
}
