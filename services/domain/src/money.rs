//! Money in whole cents, currencies, exchange rates and shares. No floating point anywhere.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};
use std::str::FromStr;

use rust_decimal::Decimal;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::code::{has_string_schema, read_string, written_as_string};

/// The largest amount of one event: ten billion. No line of a project comes near it, and the
/// sum of nine million such lines still fits.
pub const AMOUNT_MAX_CENTS: i64 = 1_000_000_000_000;

/// An amount in hundredths of a currency's unit. Written as a decimal string: `"5009480.00"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cents(i64);

/// Why a text is not an amount, a rate, a share or a currency.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {expected}")]
pub struct NotMoney {
    text: String,
    expected: &'static str,
}

fn not_money(text: &str, expected: &'static str) -> NotMoney {
    NotMoney { text: text.chars().take(40).collect(), expected }
}

impl Cents {
    pub const ZERO: Self = Self(0);

    pub const fn new(cents: i64) -> Self {
        Self(cents)
    }

    pub const fn cents(self) -> i64 {
        self.0
    }

    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// The amount in euro at `rate` units of this currency for one euro: the exact quotient,
    /// rounded half away from zero to whole cents.
    pub fn to_euro(self, rate: Rate) -> Self {
        let numerator = i128::from(self.0) * 10_i128.pow(rate.0.scale());
        Self(clamp(divide_half_away(numerator, rate.0.mantissa())))
    }

    /// The amount, which is euro, in a currency of which one euro is `rate` units: the exact product,
    /// rounded half away from zero to whole cents.
    pub fn from_euro(self, rate: Rate) -> Self {
        let numerator = i128::from(self.0) * rate.0.mantissa();
        Self(clamp(divide_half_away(numerator, 10_i128.pow(rate.0.scale()))))
    }

    /// `share` of the amount, rounded down to whole cents (towards minus infinity), as fund
    /// shares, flat rates and unit costs are.
    pub fn share_rounded_down(self, share: Share) -> Self {
        let numerator = i128::from(self.0) * share.0.mantissa();
        Self(clamp(numerator.div_euclid(10_i128.pow(share.0.scale()))))
    }

    /// `part / whole` of the amount, rounded down; nothing when `whole` is nothing.
    pub fn fraction_rounded_down(self, part: Self, whole: Self) -> Self {
        if whole.0 == 0 {
            return Self::ZERO;
        }
        let numerator = i128::from(self.0) * i128::from(part.0);
        Self(clamp(numerator.div_euclid(i128::from(whole.0))))
    }

    /// Whether the amount is at most `share` of `whole`, compared exactly.
    pub fn is_within_share(self, share: Share, whole: Self) -> bool {
        i128::from(self.0) * 10_i128.pow(share.0.scale())
            <= i128::from(whole.0) * share.0.mantissa()
    }
}

fn divide_half_away(numerator: i128, denominator: i128) -> i128 {
    let quotient = numerator / denominator;
    let twice_remainder = (numerator % denominator).abs() * 2;
    if twice_remainder >= denominator.abs() {
        quotient + if (numerator < 0) == (denominator < 0) { 1 } else { -1 }
    } else {
        quotient
    }
}

fn clamp(cents: i128) -> i64 {
    i64::try_from(cents).unwrap_or(if cents < 0 { i64::MIN } else { i64::MAX })
}

impl Add for Cents {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Cents {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Neg for Cents {
    type Output = Self;

    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

impl AddAssign for Cents {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for Cents {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl Sum for Cents {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let absolute = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", absolute / 100, absolute % 100)
    }
}

impl FromStr for Cents {
    type Err = NotMoney;

    fn from_str(text: &str) -> Result<Self, NotMoney> {
        parse_cents(text).map(Self).ok_or_else(|| {
            not_money(
                text,
                "an amount such as \"1234.50\": digits, a point, at most two decimals, \
                 no thousands separator, at most ten billion",
            )
        })
    }
}

fn parse_cents(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "00"));
    let plain = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if !plain(whole) || !plain(fraction) || whole.len() > 11 || fraction.len() > 2 {
        return None;
    }
    let hundredths = fraction.parse::<i64>().ok()? * if fraction.len() == 1 { 10 } else { 1 };
    let cents = whole.parse::<i64>().ok()? * 100 + hundredths;
    (cents <= AMOUNT_MAX_CENTS).then_some(if negative { -cents } else { cents })
}

/// A number where no person reads it: a sum may be larger than the amount of any one event.
impl Serialize for Cents {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match serializer.is_human_readable() {
            true => serializer.collect_str(self),
            false => serializer.serialize_i64(self.0),
        }
    }
}

impl<'de> Deserialize<'de> for Cents {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.is_human_readable() {
            true => read_string(deserializer),
            false => i64::deserialize(deserializer).map(Self),
        }
    }
}

/// An ISO 4217 currency code: three capital letters.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

impl Currency {
    pub const EUR: Self = Self(*b"EUR");
    /// The first and the last currency in their order.
    pub(crate) const BOUNDS: (Self, Self) = (Self(*b"AAA"), Self(*b"ZZZ"));

    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a currency is three ASCII letters by construction")
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Currency {
    type Err = NotMoney;

    fn from_str(text: &str) -> Result<Self, NotMoney> {
        <[u8; 3]>::try_from(text.as_bytes())
            .ok()
            .filter(|bytes| bytes.iter().all(u8::is_ascii_uppercase))
            .map(Self)
            .ok_or_else(|| not_money(text, "a currency such as \"EUR\", \"BGN\" or \"RON\""))
    }
}

/// Units of a currency for one euro, as the Commission publishes it: `"1.95583"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Rate(Decimal);

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Rate {
    type Err = NotMoney;

    fn from_str(text: &str) -> Result<Self, NotMoney> {
        parse_decimal(text, 10)
            .filter(|value| *value > Decimal::ZERO && *value <= Decimal::from(1_000_000))
            .map(Self)
            .ok_or_else(|| {
                not_money(text, "a rate such as \"1.95583\": units of the currency for one euro")
            })
    }
}

/// A share from nothing to the whole: `"0.80"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Share(Decimal);

impl Share {
    /// The share as the exact decimal that it is.
    pub fn value(self) -> Decimal {
        self.0
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Share {
    type Err = NotMoney;

    fn from_str(text: &str) -> Result<Self, NotMoney> {
        parse_decimal(text, 8)
            .filter(|value| *value >= Decimal::ZERO && *value <= Decimal::ONE)
            .map(Self)
            .ok_or_else(|| not_money(text, "a share from \"0\" to \"1\", such as \"0.80\""))
    }
}

fn parse_decimal(text: &str, decimals_max: u32) -> Option<Decimal> {
    let plain = text.len() <= 20 && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let value = plain.then(|| text.parse::<Decimal>().ok())??;
    (value.scale() <= decimals_max).then_some(value)
}

has_string_schema!(Cents, "1234.50", r"^-?[0-9]{1,11}(\.[0-9]{1,2})?$");
written_as_string!(Currency, "EUR", r"^[A-Z]{3}$");
written_as_string!(Rate, "1.95583", r"^[0-9]{1,7}(\.[0-9]{1,10})?$");
written_as_string!(Share, "0.80", r"^[01](\.[0-9]{1,8})?$");

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cents(text: &str) -> Cents {
        text.parse().unwrap()
    }

    fn rate(text: &str) -> Rate {
        text.parse().unwrap()
    }

    #[test]
    fn converts_leva_at_the_irrevocable_rate_without_shortening_it() {
        assert_eq!(cents("1955.83").to_euro(rate("1.95583")), cents("1000.00"));
        assert_eq!(cents("100.00").to_euro(rate("1.95583")), cents("51.13"));
        assert_eq!(cents("1000000.00").to_euro(rate("1.95583")), cents("511291.88"));
        assert_eq!(cents("1000000.00").to_euro(rate("1.9558")), cents("511299.72"));
        assert_eq!(cents("1000.00").from_euro(rate("1.95583")), cents("1955.83"));
        assert_eq!(cents("-51.13").from_euro(rate("1.95583")), cents("-100.00"));
    }

    #[test]
    fn rounds_a_conversion_half_away_from_zero() {
        assert_eq!(cents("0.01").to_euro(rate("2")), cents("0.01"));
        assert_eq!(cents("-0.01").to_euro(rate("2")), cents("-0.01"));
        assert_eq!(cents("0.01").to_euro(rate("2.0000000001")), cents("0.00"));
    }

    #[test]
    fn rounds_a_share_down() {
        assert_eq!(cents("0.99").share_rounded_down("0.80".parse().unwrap()), cents("0.79"));
        let erdf = cents("5009480.00").share_rounded_down("0.80".parse().unwrap());
        assert_eq!(erdf, cents("4007584.00"));
        assert_eq!(cents("5009480").share_rounded_down("0.35".parse().unwrap()), cents("1753318"));
    }

    #[test]
    fn the_sum_of_floors_is_not_the_floor_of_the_sum() {
        let share = "0.80".parse().unwrap();
        let parts = [cents("0.99"), cents("0.99")];
        let sum_of_floors: Cents = parts.iter().map(|p| p.share_rounded_down(share)).sum();
        let floor_of_sum = parts.into_iter().sum::<Cents>().share_rounded_down(share);
        assert_eq!((sum_of_floors, floor_of_sum), (cents("1.58"), cents("1.58")));
        let parts = [cents("0.98"), cents("0.98"), cents("0.98")];
        let sum_of_floors: Cents = parts.iter().map(|p| p.share_rounded_down(share)).sum();
        let floor_of_sum = parts.into_iter().sum::<Cents>().share_rounded_down(share);
        assert_eq!((sum_of_floors, floor_of_sum), (cents("2.34"), cents("2.35")));
    }

    #[test]
    fn refuses_what_is_not_an_amount() {
        for text in ["", "-", "1,5", "1.234", "1e3", "+1", "1.", ".5", " 1", "10000000000.01", "٣"]
        {
            assert!(text.parse::<Cents>().is_err(), "{text}");
        }
        assert!(serde_json::from_str::<Cents>("12.5").is_err());
    }

    proptest! {
        #[test]
        fn an_amount_reads_back_as_itself(value in -AMOUNT_MAX_CENTS..=AMOUNT_MAX_CENTS) {
            prop_assert_eq!(Cents(value).to_string().parse::<Cents>().unwrap(), Cents(value));
        }

        #[test]
        fn a_conversion_is_within_half_a_cent(
            value in -AMOUNT_MAX_CENTS..=AMOUNT_MAX_CENTS,
            mantissa in 1i64..100_000_000,
            scale in 0u32..8,
        ) {
            let rate = Rate(Decimal::new(mantissa, scale));
            let euro = i128::from(Cents(value).to_euro(rate).0);
            prop_assume!(euro.abs() < i128::from(i64::MAX));
            let unit = 10_i128.pow(scale);
            let error = (euro * i128::from(mantissa) - i128::from(value) * unit).abs() * 2;
            prop_assert!(error <= i128::from(mantissa));
            prop_assert_eq!(Cents(-value).to_euro(rate), -Cents(value).to_euro(rate));
        }

        #[test]
        fn no_text_panics(text in ".{0,30}") {
            let _ = (text.parse::<Cents>(), text.parse::<Rate>(), text.parse::<Share>());
        }
    }
}
