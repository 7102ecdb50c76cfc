//! What was achieved of an output.

use imbl::Vector;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Stated;
use crate::event::delivery::output::OutputAchieved;
use crate::ids::{EventId, PartnerNumber};
use crate::posting::Recorded;

/// What was reported of an output.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct OutputFacts {
    /// In the order in which they were recorded.
    pub achievements: Vector<Achievement>,
    pub forecast: Option<Stated<Date>>,
}

/// Some of what an output counts was achieved, or taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Achievement {
    pub event_id: EventId,
    pub partner: Option<PartnerNumber>,
    pub quantity: i32,
    pub occurred_on: Date,
    pub recorded_at: Timestamp,
}

/// Where an output stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OutputStatus {
    Planned,
    /// Some of it is there, and less than its target.
    UnderWay,
    /// Its target is reached.
    Achieved,
}

impl OutputFacts {
    pub fn achieved(&self) -> i64 {
        self.achievements.iter().map(|achievement| i64::from(achievement.quantity)).sum()
    }

    /// Where the output stands against the target of a form. Without a target, as where the form
    /// lacks the output, it is never done.
    pub fn status(&self, target: Option<u32>) -> OutputStatus {
        let achieved = self.achieved();
        match target {
            Some(target) if achieved >= i64::from(target) => OutputStatus::Achieved,
            Some(_) | None if achieved > 0 => OutputStatus::UnderWay,
            Some(_) | None => OutputStatus::Planned,
        }
    }

    /// The day by which a target was reached for good; nothing where it is not.
    pub fn reached_on(&self, target: u32) -> Option<Date> {
        let target = i64::from(target);
        let mut achieved = 0;
        let mut reached_on = None;
        for (day, quantity) in self.by_day() {
            achieved += i64::from(quantity);
            reached_on = (achieved >= target).then_some(reached_on.unwrap_or(day));
        }
        reached_on
    }

    /// How many there are at least on any day from one on.
    pub fn least_from(&self, first: Date) -> i64 {
        let (mut achieved, mut least) = (0, i64::MAX);
        for (day, quantity) in self.by_day() {
            if day > first {
                least = least.min(achieved);
            }
            achieved += i64::from(quantity);
        }
        least.min(achieved)
    }

    /// What was achieved, by the days on which it was, of one day in the order of the log.
    fn by_day(&self) -> Vec<(Date, i32)> {
        let mut all: Vec<_> =
            self.achievements.iter().map(|one| (one.occurred_on, one.quantity)).collect();
        all.sort_by_key(|(day, _)| *day);
        all
    }

    pub(super) fn achieve(&mut self, recorded: &Recorded, data: &OutputAchieved) {
        self.achievements.push_back(Achievement {
            event_id: recorded.id,
            partner: recorded.partner(),
            quantity: data.quantity,
            occurred_on: recorded.occurred_on,
            recorded_at: recorded.recorded_at,
        });
    }
}
