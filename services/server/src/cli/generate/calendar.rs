//! When things are recorded: on working days, in working hours, evenly over the project's months.

use jiff::civil::{Date, Weekday, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::chance::Chance;

/// The last day of every history. The ledger takes nothing of the future, and a seed must give the
/// same on every day, so it is a fixed one.
pub(super) const LAST_DAY: Date = date(2026, 10, 31);

/// From 06:00 to 16:00 UTC, when it is the same day in every time zone of the Union.
const OPENS_HOUR: i8 = 6;
const OPEN_MS: u64 = 10 * 60 * 60 * 1_000;

/// An instant, and the day that it is in the project's time zone.
#[derive(Clone, Copy)]
pub(super) struct Moment {
    pub(super) at: Timestamp,
    pub(super) day: Date,
}

impl Moment {
    /// The first working instant of a day, some milliseconds on.
    pub(super) fn on(day: Date, milliseconds: u64) -> Self {
        let opens = day.at(OPENS_HOUR, 0, 0, 0).to_zoned(TimeZone::UTC);
        let opens = opens.expect("every day has its hours in UTC").timestamp();
        let after = i64::try_from(milliseconds).unwrap_or_default().milliseconds();
        Self { at: opens + after, day }
    }
}

/// The working days of a history, divided among its events.
pub(super) struct Calendar {
    days: Vec<Date>,
    pub(super) events: u64,
}

impl Calendar {
    /// The working days from `first` on, for so many events.
    pub(super) fn new(first: Date, events: u64) -> Self {
        let works = |day: &Date| !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        let days = first.series(1.day()).take_while(|day| *day <= LAST_DAY).filter(works);
        Self { days: days.collect(), events }
    }

    /// When the event with this number, from 0, is recorded: within its part of the whole time.
    pub(super) fn moment(&self, event: u64, chance: &mut Chance) -> Moment {
        const PARTS: u32 = 1 << 16;
        let whole = u128::from(OPEN_MS) * self.days.len() as u128;
        let within = u128::try_from(chance.between(0, i64::from(PARTS) - 1)).unwrap_or_default();
        let reached = u128::from(event) * u128::from(PARTS) + within;
        let milliseconds = whole * reached / (u128::from(self.events) * u128::from(PARTS));
        let open = u128::from(OPEN_MS);
        let day = usize::try_from(milliseconds / open).unwrap_or_default();
        let rest = u64::try_from(milliseconds % open).unwrap_or_default();
        Moment::on(self.days[day], rest)
    }
}
