//! Amounts by their days, of which something may be taken back.

use std::ops::Bound;

use imbl::OrdMap;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::money::Cents;

/// What was recorded, by the day on which it happened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dated(OrdMap<Date, Cents>);

impl Dated {
    pub(super) fn add(&mut self, day: Date, amount: Cents) {
        *self.0.entry(day).or_default() += amount;
    }

    pub fn total(&self) -> Cents {
        self.0.values().copied().sum()
    }

    /// What is there on a day and on every later one: so much can be taken back as of that day, and
    /// the sum up to any day stays at least nothing.
    pub fn least_from(&self, day: Date) -> Cents {
        let mut sum: Cents = self.0.range(..=day).map(|(_, amount)| *amount).sum();
        let mut least = sum;
        for (_, amount) in self.0.range((Bound::Excluded(day), Bound::Unbounded)) {
            sum += *amount;
            least = least.min(sum);
        }
        least
    }
}

impl FromIterator<(Date, Cents)> for Dated {
    fn from_iter<T: IntoIterator<Item = (Date, Cents)>>(amounts: T) -> Self {
        let mut dated = Self::default();
        amounts.into_iter().for_each(|(day, amount)| dated.add(day, amount));
        dated
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::finance::given::cents;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn the_least_from_a_day_on_is_what_no_later_day_falls_below() {
        let amounts = [("2025-03-10", "100.00"), ("2025-03-20", "-90.00"), ("2025-03-30", "50.00")];
        let dated: Dated =
            amounts.map(|(on, amount)| (day(on), cents(amount))).into_iter().collect();
        assert_eq!(dated.total(), cents("60.00"));
        let least = |on| dated.least_from(day(on));
        assert_eq!(least("2025-03-09"), Cents::ZERO);
        assert_eq!(least("2025-03-10"), cents("10.00"));
        assert_eq!(least("2025-03-20"), cents("10.00"));
        assert_eq!(least("2025-03-30"), cents("60.00"));
    }
}
