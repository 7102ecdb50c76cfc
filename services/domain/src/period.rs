//! Days and months. A day is a business date in the project's time zone.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::code::{has_string_schema, read_string, written_as_string};

/// The first year of the euro.
pub const EURO_YEAR_MIN: i16 = 1999;

/// Days from one day to another; negative where the second is the earlier.
pub fn days_between(from: Date, to: Date) -> i32 {
    (to - from).get_days()
}

/// A calendar month: `2026-11`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Month {
    year: i16,
    month: i8,
}

/// Why a text is not a month or a time zone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {expected}")]
pub struct NotATime {
    text: String,
    expected: &'static str,
}

impl Month {
    /// The month with this number in this year; nothing for years before 1999, when there was
    /// no euro, and for numbers that are no month.
    pub fn new(year: i16, month: i8) -> Option<Self> {
        ((EURO_YEAR_MIN..=2999).contains(&year) && (1..=12).contains(&month))
            .then_some(Self { year, month })
    }

    pub fn of(day: Date) -> Self {
        Self { year: day.year(), month: day.month() }
    }

    /// The month after this one.
    pub fn next(self) -> Self {
        match self.month {
            12 => Self { year: self.year.saturating_add(1), month: 1 },
            month => Self { month: month + 1, ..self },
        }
    }

    /// How many months later another one is; 0 where it is the same or an earlier one.
    pub fn months_until(self, later: Self) -> u32 {
        let number = |month: Self| i32::from(month.year) * 12 + i32::from(month.month);
        u32::try_from(number(later) - number(self)).unwrap_or(0)
    }

    pub fn first_day(self) -> Date {
        jiff::civil::date(self.year, self.month, 1)
    }

    pub fn last_day(self) -> Date {
        jiff::civil::date(self.year, self.month, 1).last_of_month()
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl FromStr for Month {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        let parts = text.split_once('-').filter(|(y, m)| y.len() == 4 && m.len() == 2);
        parts
            .and_then(|(year, month)| Self::new(year.parse().ok()?, month.parse().ok()?))
            .ok_or_else(|| NotATime {
                text: text.chars().take(40).collect(),
                expected: "a month such as `2026-11`",
            })
    }
}

/// Two numbers where no person reads it: the month of a day can lie before the euro.
impl Serialize for Month {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match serializer.is_human_readable() {
            true => serializer.collect_str(self),
            false => (self.year, self.month).serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return read_string(deserializer);
        }
        let (year, month) = Deserialize::deserialize(deserializer)?;
        Ok(Self { year, month })
    }
}

/// An IANA time zone that is known, by its name: `Europe/Sofia`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZoneName(jiff::tz::TimeZone);

impl ZoneName {
    /// The day that it is in this zone at an instant.
    pub fn day_of(&self, instant: jiff::Timestamp) -> Date {
        instant.to_zoned(self.0.clone()).date()
    }
}

impl fmt::Display for ZoneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.iana_name().unwrap_or("UTC"))
    }
}

impl FromStr for ZoneName {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        let zone = jiff::tz::TimeZone::get(text).ok().filter(|zone| zone.iana_name().is_some());
        zone.map(Self).ok_or_else(|| NotATime {
            text: text.chars().take(40).collect(),
            expected: "a time zone such as `Europe/Sofia`",
        })
    }
}

has_string_schema!(Month, "2026-11", r"^[0-9]{4}-[0-9]{2}$");
written_as_string!(ZoneName, "Europe/Sofia", r"^[A-Za-z0-9_+/-]{1,64}$");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_ends_on_its_last_day() {
        let month: Month = "2028-02".parse().unwrap();
        assert_eq!(month.last_day(), jiff::civil::date(2028, 2, 29));
    }

    #[test]
    fn refuses_what_is_not_a_month() {
        for text in ["2026-13", "2026-0", "26-11", "2026-11-01", "1998-12", "+026-11"] {
            assert!(text.parse::<Month>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_day_ends_at_midnight_in_sofia() {
        let zone: ZoneName = "Europe/Sofia".parse().unwrap();
        let last_minute: jiff::Timestamp = "2025-01-31T21:59:00Z".parse().unwrap();
        let next_day: jiff::Timestamp = "2025-01-31T22:00:00Z".parse().unwrap();
        assert_eq!(zone.day_of(last_minute), jiff::civil::date(2025, 1, 31));
        assert_eq!(zone.day_of(next_day), jiff::civil::date(2025, 2, 1));
    }
}
