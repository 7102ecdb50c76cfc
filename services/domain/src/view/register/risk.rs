//! A risk with its assessments.

use std::sync::Arc;

use imbl::Vector;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::event::delivery::register::{RiskReassessed, RiskRecorded};
use crate::project::plan::PlanState;
use crate::project::plan::item::Item;
use crate::text::LocalizedText;
use crate::view::learning_log::Entry;

/// A risk. What holds is the assessment of the latest day; of several on one day the one recorded
/// last.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Risk {
    /// Who recorded it, and when.
    pub entry: Entry,
    pub data: Arc<RiskRecorded>,
    /// What its codes meant on its day.
    pub items: Arc<[Item<Code>]>,
    /// By their days; of one day in the order of the log.
    pub assessments: Vector<Arc<Assessment>>,
}

/// A risk was looked at again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Assessment {
    pub entry: Entry,
    pub data: Arc<RiskReassessed>,
}

/// How a risk moved between its last two assessments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Trend {
    Rising,
    Steady,
    Falling,
}

impl Assessment {
    /// Probability × impact, from 1 to 25.
    pub fn level(&self) -> u32 {
        level(self.data.probability, self.data.impact)
    }
}

impl Risk {
    pub(super) fn new(entry: Entry, data: Arc<RiskRecorded>, plan: &PlanState) -> Self {
        let items = super::items(&data.codes, &entry, plan);
        Self { entry, data, items, assessments: Vector::new() }
    }

    pub(super) fn assess(&mut self, assessment: Assessment) {
        let day = assessment.entry.occurred_on;
        let later = self.assessments.iter().position(|other| other.entry.occurred_on > day);
        self.assessments.insert(later.unwrap_or(self.assessments.len()), Arc::new(assessment));
    }

    /// From 1 to 5, as it was assessed last.
    pub fn probability(&self) -> u32 {
        self.assessments.last().map_or(self.data.probability, |last| last.data.probability)
    }

    /// From 1 to 5, as it was assessed last.
    pub fn impact(&self) -> u32 {
        self.assessments.last().map_or(self.data.impact, |last| last.data.impact)
    }

    /// Probability × impact, from 1 to 25.
    pub fn level(&self) -> u32 {
        level(self.probability(), self.impact())
    }

    /// Against the assessment before; nothing while there is only the first one.
    pub fn trend(&self) -> Option<Trend> {
        let now = self.assessments.last()?.level();
        let before = self.assessments.iter().rev().nth(1);
        let before =
            before.map_or(level(self.data.probability, self.data.impact), |one| one.level());
        Some(match now.cmp(&before) {
            std::cmp::Ordering::Greater => Trend::Rising,
            std::cmp::Ordering::Equal => Trend::Steady,
            std::cmp::Ordering::Less => Trend::Falling,
        })
    }

    pub fn is_open(&self) -> bool {
        self.closed_on().is_none()
    }

    pub fn closed_on(&self) -> Option<Date> {
        let closing = self.assessments.iter().find(|assessment| assessment.data.closed);
        closing.map(|assessment| assessment.entry.occurred_on)
    }

    /// What is done about it, as it was said last.
    pub fn mitigation(&self) -> Option<&LocalizedText> {
        let said = self.assessments.iter().rev().find_map(|one| one.data.mitigation.as_ref());
        said.or(self.data.mitigation.as_ref())
    }

    /// The day by which it is looked at again. An assessment without a day leaves one that was set
    /// before it and is after it.
    pub fn review_on(&self) -> Option<Date> {
        self.assessments.iter().fold(self.data.review_on, |set, assessment| {
            let still = set.filter(|day| *day > assessment.entry.occurred_on);
            assessment.data.review_on.or(still)
        })
    }

    /// The entry that was recorded last.
    pub(in crate::view) fn last_entry(&self) -> &Entry {
        let entries = self.assessments.iter().map(|assessment| &assessment.entry);
        entries.chain([&self.entry]).max_by_key(|entry| entry.version).unwrap_or(&self.entry)
    }
}

fn level(probability: u32, impact: u32) -> u32 {
    probability.saturating_mul(impact)
}
