//! A risk with its assessments.

use async_graphql::{Enum, InputObject, SimpleObject};
use cairn_domain::event::delivery::register;
use cairn_domain::view::register::risk;

use super::Items;
use crate::graphql::evidence::Evidence;
use crate::graphql::project::Reading;
use crate::graphql::project::learning::entry::Entry;
use crate::graphql::values::{Code, Date, LocalizedText};

/// What a risk is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "register::RiskCategory")]
pub enum RiskCategory {
    Financial,
    Delivery,
    Partnership,
    Procurement,
    Legal,
    External,
    Technical,
}

/// How a risk is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "register::RiskResponse")]
pub enum RiskResponse {
    Avoid,
    Reduce,
    Transfer,
    Accept,
}

/// How a risk moved between its last two assessments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "risk::Trend")]
pub enum RiskTrend {
    Rising,
    Steady,
    Falling,
}

/// Which risks are wanted: those that fit all that is said.
#[derive(Clone, Copy, Debug, Default, InputObject)]
pub struct RiskFilter {
    /// Whether it is open.
    pub open: Option<bool>,
    /// Number of the partner that recorded it.
    pub partner: Option<u32>,
    /// What it is about.
    pub category: Option<RiskCategory>,
    /// A code that it threatens, or that such a code belongs to.
    pub code: Option<Code>,
    /// This level or a higher one, from 1 to 25.
    pub level_at_least: Option<u32>,
}

impl RiskFilter {
    pub(super) fn fits(&self, risk: &risk::Risk, items: Option<&Items>) -> bool {
        let data = &risk.data;
        self.open.is_none_or(|open| open == risk.is_open())
            && self.partner.is_none_or(|n| risk.entry.organisation.partner() == Some(n))
            && self.category.is_none_or(|wanted| data.category == Some(wanted.into()))
            && items.is_none_or(|items| risk.items.iter().any(|item| items.contains(item)))
            && self.level_at_least.is_none_or(|least| risk.level() >= least)
    }
}

/// Something that may go wrong. `eventId` names it in postings.
#[derive(Clone, Debug, SimpleObject)]
pub struct Risk {
    #[graphql(flatten)]
    pub entry: Entry,
    /// What it is in a line.
    pub title: LocalizedText,
    /// What may happen, and why.
    pub text: Option<LocalizedText>,
    /// What it is about.
    pub category: Option<RiskCategory>,
    /// From 1, hardly, to 5, almost certain; as it was assessed last.
    pub probability: u32,
    /// From 1, hardly anything, to 5, which puts the project in question; as it was assessed last.
    pub impact: u32,
    /// Probability × impact, from 1 to 25.
    pub level: u32,
    /// Against the assessment before; null while there is only the first one.
    pub trend: Option<RiskTrend>,
    /// How it is met.
    pub response: Option<RiskResponse>,
    /// What is done about it, as it was said last.
    pub mitigation: Option<LocalizedText>,
    /// Codes that it threatens, such as `A 5.1`.
    pub codes: Vec<Code>,
    /// The day by which it is looked at again.
    pub review_on: Option<Date>,
    /// Whether it can still happen.
    pub open: bool,
    /// The day on which it was closed.
    pub closed_on: Option<Date>,
    /// Each time it was looked at again, by the day.
    pub assessments: Vec<RiskAssessment>,
    /// Null to those who may not see the partner's documents.
    pub evidence: Option<Vec<Evidence>>,
}

/// A risk was looked at again.
#[derive(Clone, Debug, SimpleObject)]
pub struct RiskAssessment {
    #[graphql(flatten)]
    pub entry: Entry,
    /// From 1 to 5.
    pub probability: u32,
    /// From 1 to 5.
    pub impact: u32,
    /// Probability × impact, from 1 to 25.
    pub level: u32,
    /// What changed.
    pub text: Option<LocalizedText>,
    /// Whether the risk was closed.
    pub closed: bool,
    /// What is done about it from then on.
    pub mitigation: Option<LocalizedText>,
    /// Null to those who may not see the partner's documents.
    pub evidence: Option<Vec<Evidence>>,
}

impl Risk {
    pub(super) fn of(reading: &Reading, risk: &risk::Risk) -> Self {
        let data = &risk.data;
        Self {
            entry: Entry::of(reading, &risk.entry),
            title: LocalizedText(data.title.clone()),
            text: data.text.clone().map(LocalizedText),
            category: data.category.map(Into::into),
            probability: risk.probability(),
            impact: risk.impact(),
            level: risk.level(),
            trend: risk.trend().map(Into::into),
            response: data.response.map(Into::into),
            mitigation: risk.mitigation().cloned().map(LocalizedText),
            codes: reading.codes_of(&risk.items),
            review_on: risk.review_on().map(Date),
            open: risk.is_open(),
            closed_on: risk.closed_on().map(Date),
            assessments: risk
                .assessments
                .iter()
                .map(|one| RiskAssessment::of(reading, one))
                .collect(),
            evidence: reading.evidence_of(risk.entry.organisation.partner(), &data.evidence),
        }
    }
}

impl RiskAssessment {
    fn of(reading: &Reading, assessment: &risk::Assessment) -> Self {
        let data = &assessment.data;
        let partner = assessment.entry.organisation.partner();
        Self {
            entry: Entry::of(reading, &assessment.entry),
            probability: data.probability,
            impact: data.impact,
            level: assessment.level(),
            text: data.text.clone().map(LocalizedText),
            closed: data.closed,
            mitigation: data.mitigation.clone().map(LocalizedText),
            evidence: reading.evidence_of(partner, &data.evidence),
        }
    }
}
