//! The traffic light: green is done, or expected by the due day; amber is expected up to 30 days
//! after it; red is later, or due and not done. The due day itself is on time.

use jiff::civil::Date;

use crate::period::days_between;

/// A forecast up to this many days after the due day is amber.
pub const AMBER_DAYS_MAX: i32 = 30;

/// A colour, and what it means in words: nobody has to tell colours apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Light {
    pub colour: Colour,
    /// Such as `done late`, `on time`, `forecast 12 days late`, `14 days late`.
    pub word: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Colour {
    Green,
    Amber,
    Red,
}

/// How an item runs against its due day.
#[derive(Clone, Copy, Debug)]
pub(in crate::view) struct Course {
    pub(in crate::view) due: Option<Date>,
    pub(in crate::view) forecast: Option<Date>,
    pub(in crate::view) reached: Reached,
}

/// How far an item has come.
#[derive(Clone, Copy, Debug)]
pub(in crate::view) enum Reached {
    Open,
    /// Handed in on a day; not reviewed yet.
    Submitted(Date),
    Done(Date),
}

/// What a course comes to on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::view) struct Standing {
    pub(in crate::view) days_late: u32,
    pub(in crate::view) light: Light,
    pub(in crate::view) done_late: bool,
}

impl Course {
    pub(in crate::view) fn is_done(self) -> bool {
        match self.reached {
            Reached::Done(_) => true,
            Reached::Open | Reached::Submitted(_) => false,
        }
    }

    /// The day up to which lateness is counted.
    fn counted(self, today: Date) -> Date {
        match self.reached {
            Reached::Open => today,
            Reached::Submitted(day) | Reached::Done(day) => day,
        }
    }

    /// Days after the forecast, where one is given.
    pub(super) fn days_late_on_forecast(self, today: Date) -> Option<u32> {
        let late = |forecast| days_between(forecast, self.counted(today)).max(0).unsigned_abs();
        self.forecast.map(late)
    }

    pub(in crate::view) fn on(self, today: Date) -> Standing {
        let counted = self.counted(today);
        let late = self.due.map_or(0, |due| days_between(due, counted)).max(0);
        let forecast_late = match (self.due, self.forecast) {
            (Some(due), Some(forecast)) => days_between(due, forecast).max(0),
            (None, _) | (_, None) => 0,
        };
        let (colour, word) = match self.reached {
            Reached::Done(_) if late > 0 => (Colour::Green, "done late".to_owned()),
            Reached::Done(_) => (Colour::Green, "done".to_owned()),
            Reached::Submitted(_) if late > 0 => {
                (Colour::Red, format!("submitted {}", days_late(late)))
            }
            Reached::Submitted(_) => (Colour::Green, "waiting for review".to_owned()),
            Reached::Open if self.due.is_none() => (Colour::Green, "no due day".to_owned()),
            Reached::Open if late > 0 => (Colour::Red, days_late(late)),
            Reached::Open if forecast_late > 0 => {
                let near = forecast_late <= AMBER_DAYS_MAX;
                let colour = if near { Colour::Amber } else { Colour::Red };
                (colour, format!("forecast {}", days_late(forecast_late)))
            }
            Reached::Open => (Colour::Green, "on time".to_owned()),
        };
        Standing {
            days_late: late.unsigned_abs(),
            light: Light { colour, word },
            done_late: matches!(self.reached, Reached::Done(_)) && late > 0,
        }
    }
}

fn days_late(days: i32) -> String {
    if days == 1 { "1 day late".to_owned() } else { format!("{days} days late") }
}

#[cfg(test)]
mod tests {
    use super::Colour::{Amber, Green, Red};
    use super::Reached::{Done, Open, Submitted};
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[track_caller]
    fn check(
        due: &str,
        forecast: &str,
        reached: Reached,
        today: &str,
        expected: (u32, Colour, &str),
    ) {
        let course = Course { due: due.parse().ok(), forecast: forecast.parse().ok(), reached };
        let standing = course.on(day(today));
        let (days_late, colour, word) = expected;
        let light = Light { colour, word: word.to_owned() };
        let done_late = word == "done late";
        assert_eq!(standing, Standing { days_late, light, done_late }, "{course:?} {today}");
    }

    #[test]
    fn what_is_open_counts_until_today() {
        let due = "2025-03-31";
        for (forecast, today, expected) in [
            ("", "2025-03-30", (0, Green, "on time")),
            ("", "2025-03-31", (0, Green, "on time")),
            ("", "2025-04-01", (1, Red, "1 day late")),
            ("", "2025-04-14", (14, Red, "14 days late")),
            ("2025-03-31", "2025-03-30", (0, Green, "on time")),
            ("2025-04-01", "2025-03-30", (0, Amber, "forecast 1 day late")),
            ("2025-04-12", "2025-03-31", (0, Amber, "forecast 12 days late")),
            ("2025-04-30", "2025-03-31", (0, Amber, "forecast 30 days late")),
            ("2025-05-01", "2025-03-31", (0, Red, "forecast 31 days late")),
            ("2025-04-30", "2025-04-01", (1, Red, "1 day late")),
            ("2025-03-01", "2025-04-02", (2, Red, "2 days late")),
        ] {
            check(due, forecast, Open, today, expected);
        }
    }

    #[test]
    fn what_is_handed_in_counts_until_that_day() {
        let due = "2025-03-31";
        let today = "2025-12-31";
        for (reached, expected) in [
            (Done(day("2025-03-30")), (0, Green, "done")),
            (Done(day("2025-03-31")), (0, Green, "done")),
            (Done(day("2025-04-01")), (1, Green, "done late")),
            (Submitted(day("2025-03-31")), (0, Green, "waiting for review")),
            (Submitted(day("2025-04-01")), (1, Red, "submitted 1 day late")),
            (Submitted(day("2025-04-10")), (10, Red, "submitted 10 days late")),
        ] {
            check(due, "2025-06-30", reached, today, expected);
        }
    }

    #[test]
    fn without_a_due_day_nothing_is_late() {
        let today = "2025-12-31";
        check("", "", Open, today, (0, Green, "no due day"));
        check("", "2030-01-01", Open, today, (0, Green, "no due day"));
        check("", "", Submitted(day("2025-04-01")), today, (0, Green, "waiting for review"));
        check("", "", Done(day("2025-04-01")), today, (0, Green, "done"));
    }

    #[test]
    fn the_ends_of_the_calendar_are_days_too() {
        let course = Course { due: Some(Date::MIN), forecast: Some(Date::MAX), reached: Open };
        assert!(course.on(Date::MAX).days_late > 7_000_000);
        let course = Course { due: Some(Date::MAX), ..course };
        assert_eq!(course.on(Date::MIN).days_late, 0);
    }
}
