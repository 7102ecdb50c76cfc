//! Counts and measures, such as the value of an indicator. No floating point.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Sub};
use std::str::FromStr;

use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::code::written_as_string;
use crate::money::Cents;

/// Digits before the point, at most: a million million counts whatever a project counts.
const WHOLE_DIGITS_MAX: usize = 12;
/// Digits after the point, at most.
const DECIMALS_MAX: usize = 6;

/// A count or measure, written as a decimal string without needless zeros: `"12.5"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Quantity(Decimal);

/// Why a text is not a quantity.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a number such as \"12.5\": at most 12 digits before the point and 6 after it"
)]
pub struct NotAQuantity(String);

impl Quantity {
    pub const ZERO: Self = Self(Decimal::ZERO);

    pub fn is_negative(self) -> bool {
        self.0 < Decimal::ZERO
    }

    /// So many times an amount, rounded down to the cent; at most the largest amount there is.
    pub fn of_amount_rounded_down(self, amount: Cents) -> Cents {
        let product = self.0.checked_mul(Decimal::from(amount.cents()));
        let cents = product.map(|product| product.floor()).and_then(|cents| cents.to_i64());
        Cents::new(cents.unwrap_or(i64::MAX))
    }

    /// How many percent of `whole` this is, rounded half away from zero to one decimal; nothing
    /// of a whole that is nothing.
    pub fn percent_of(self, whole: Self) -> Option<Self> {
        let share = self.0.checked_div(whole.0)?;
        let percent = share.checked_mul(Decimal::ONE_HUNDRED)?;
        let rounded = percent.round_dp_with_strategy(1, RoundingStrategy::MidpointAwayFromZero);
        Some(Self(rounded.normalize()))
    }
}

impl From<i64> for Quantity {
    fn from(count: i64) -> Self {
        Self(Decimal::from(count))
    }
}

impl From<u32> for Quantity {
    fn from(count: u32) -> Self {
        Self(Decimal::from(count))
    }
}

impl Add for Quantity {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Quantity {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Sum for Quantity {
    fn sum<I: Iterator<Item = Self>>(quantities: I) -> Self {
        quantities.fold(Self::ZERO, Self::add)
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.normalize().fmt(f)
    }
}

impl FromStr for Quantity {
    type Err = NotAQuantity;

    fn from_str(text: &str) -> Result<Self, NotAQuantity> {
        let refused = || NotAQuantity(text.chars().take(40).collect());
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
        let numeric = |part: &str, max: usize| {
            (1..=max).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !numeric(whole, WHOLE_DIGITS_MAX) || !numeric(decimals, DECIMALS_MAX) {
            return Err(refused());
        }
        text.parse::<Decimal>().map(|value| Self(value.normalize())).map_err(|_| refused())
    }
}

written_as_string!(Quantity, "12.5", r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$");

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn quantity(text: &str) -> Quantity {
        text.parse().unwrap()
    }

    #[test]
    fn is_written_in_one_way() {
        for (text, written) in [("12.50", "12.5"), ("012", "12"), ("100", "100"), ("-0", "0")] {
            assert_eq!(quantity(text).to_string(), written);
        }
    }

    #[test]
    fn refuses_what_is_not_a_number() {
        for text in ["", "-", "1,5", "1.", ".5", "1e3", "+1", " 1", "٣", "1.1234567", "1.2.3"] {
            assert!(text.parse::<Quantity>().is_err(), "{text}");
        }
        assert!("1234567890123".parse::<Quantity>().is_err());
        assert!("123456789012.123456".parse::<Quantity>().is_ok());
    }

    #[test]
    fn a_percentage_is_rounded_half_away_from_zero_to_one_decimal() {
        for (part, whole, percent) in [
            ("1", "3", "33.3"),
            ("2", "3", "66.7"),
            ("1", "16", "6.3"),
            ("-1", "16", "-6.3"),
            ("5", "4", "125"),
            ("0", "4", "0"),
        ] {
            let found = quantity(part).percent_of(quantity(whole)).unwrap();
            assert_eq!(found.to_string(), percent, "{part} of {whole}");
        }
        assert_eq!(quantity("1").percent_of(Quantity::ZERO), None);
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(value in -999_999_999_999_999_999i64..999_999_999_999_999_999) {
            let quantity = Quantity(Decimal::new(value, 6));
            prop_assert_eq!(quantity.to_string().parse::<Quantity>().unwrap(), quantity);
        }

        #[test]
        fn no_text_panics(text in ".{0,30}") {
            let _ = text.parse::<Quantity>();
        }
    }
}
