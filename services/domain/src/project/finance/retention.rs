//! How long the records are kept, and who has asked that they be kept longer.

use imbl::OrdMap;
use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};

use crate::event::finance::retention::{HoldReleased, RetentionStarted};
use crate::ids::EventId;
use crate::posting::Recorded;
use crate::project::plan::PlanState;

/// Years for which records are kept where the project's registration says nothing else (Regulation
/// (EU) 2021/1060, Article 82(1)).
pub const RETENTION_YEARS: u32 = 5;

/// The keeping of a project's records.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Retention {
    /// The newest event that began it, and the day of the fund's last payment that it names.
    pub started: Option<(EventId, Date)>,
    pub holds: OrdMap<EventId, HoldFacts>,
}

/// Records are kept because a court or an authority asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldFacts {
    pub placed_on: Date,
    /// The event that released it, and its day.
    pub released: Option<(EventId, Date)>,
}

impl Retention {
    pub(super) fn start(&mut self, recorded: &Recorded, data: &RetentionStarted) {
        self.started = Some((recorded.id, data.last_payment));
    }

    pub(super) fn hold(&mut self, recorded: &Recorded) {
        let hold = HoldFacts { placed_on: recorded.occurred_on, released: None };
        self.holds.insert(recorded.id, hold);
    }

    pub(super) fn release(&mut self, recorded: &Recorded, data: &HoldReleased) {
        if let Some(hold) = self.holds.get_mut(&data.hold) {
            hold.released = Some((recorded.id, recorded.occurred_on));
        }
    }

    /// Whether somebody has asked that the records be kept, and it is not over.
    pub fn is_held(&self) -> bool {
        self.holds.values().any(|hold| hold.released.is_none())
    }

    /// The last day on which the records are kept where no hold is open: 31 December, so many years
    /// after the year of the last payment. Nothing before that payment is recorded.
    pub fn kept_until(&self, plan: &PlanState) -> Option<Date> {
        let (_, last_payment) = self.started?;
        let years = i16::try_from(years(plan)).ok()?;
        let year = last_payment.year().checked_add(years).filter(|year| *year <= 9999)?;
        Some(date(year, 12, 31))
    }
}

/// The years that the project's registration names.
pub fn years(plan: &PlanState) -> u32 {
    let named = plan.registered.as_ref().and_then(|project| project.retention_years);
    named.unwrap_or(RETENTION_YEARS)
}
