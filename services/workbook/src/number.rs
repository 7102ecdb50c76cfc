//! Amounts, shares and days as people write them and as workbooks keep them.
//!
//! A workbook keeps a number in binary, which holds few decimals exactly. It is written out with
//! the decimals that it may have; where it is further from that decimal than any sum in a workbook
//! drifts, it had more decimals, and is refused. Nothing is computed with it.

use jiff::civil::Date;

/// How far a number of a workbook may be from the decimal that it stands for: sums of cells drift
/// by less, and a third decimal is further away.
const DRIFT: f64 = 1e-6;
/// Decimals of a share, as in an event.
const SHARE_DECIMALS: usize = 8;

/// An amount out of a workbook's number: `1234.50`.
pub fn amount_of_number(number: f64) -> Result<String, String> {
    decimal(number, 2, DRIFT).ok_or_else(|| {
        format!(
            "{number} has more than two decimals, or is no amount. Round it in the cell itself, \
             not by its format."
        )
    })
}

/// A share out of a workbook's number: 80 % is kept as 0.8.
pub fn share_of_number(number: f64) -> Result<String, String> {
    let text = decimal(number, SHARE_DECIMALS, 1e-12);
    let text = text.filter(|_| (0.0..=1.0).contains(&number)).ok_or_else(|| {
        format!("{number} is no share. Write it from 0 to 1 with at most 8 decimals, or as 80 %.")
    })?;
    Ok(without_zeros(&text))
}

/// Excel keeps fifteen digits of a number, and puts zeros in the place of the rest.
const DIGITS_KEPT: f64 = 1e15;

/// A number in a cell of text, such as the number of an invoice. Only a whole one can be what was
/// typed, apart from its leading zeros.
pub fn text_of_number(number: f64) -> Result<String, String> {
    if number.fract() == 0.0 && number.abs() < DIGITS_KEPT {
        return Ok(number.to_string());
    }
    Err(format!(
        "It is the number {number}, and Excel may have taken digits away from what was typed. \
         Format the column as text and type the cell again."
    ))
}

fn decimal(number: f64, decimals: usize, drift: f64) -> Option<String> {
    let text = format!("{number:.decimals$}");
    let read: f64 = text.parse().ok()?;
    let text = if text.trim_start_matches('-').chars().all(|c| matches!(c, '0' | '.')) {
        text.trim_start_matches('-').to_owned()
    } else {
        text
    };
    ((read - number).abs() <= drift).then_some(text)
}

fn without_zeros(decimal: &str) -> String {
    match decimal.contains('.') {
        true => decimal.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => decimal.to_owned(),
    }
}

/// An amount as people write it: `1234.50`, `1 234,50`, `1.234,50`, `1,234.50`.
pub fn amount_of_text(text: &str) -> Result<String, String> {
    let refused = || {
        let shown: String = text.chars().take(40).collect();
        format!("`{shown}` is no amount. Write it as 1234.50 or 1 234,50, without a currency.")
    };
    let (negative, digits) = match text.trim().strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text.trim()),
    };
    let (whole, cents) = split(digits).ok_or_else(refused)?;
    let whole = ungrouped(whole).ok_or_else(refused)?;
    let sign = if negative { "-" } else { "" };
    Ok(format!("{sign}{whole}.{cents:0<2}"))
}

/// The whole units and the decimals. A sign that is followed by three digits and stands alone may
/// be either, so that it is refused.
fn split(digits: &str) -> Option<(&str, &str)> {
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let Some(at) = digits.rfind(['.', ',']) else { return Some((digits, "00")) };
    let (whole, decimals) = (&digits[..at], &digits[at + 1..]);
    if matches!(decimals.len(), 1 | 2) && plain(decimals) {
        return Some((whole, decimals));
    }
    let sign = digits.as_bytes()[at];
    let repeated = whole.bytes().filter(|byte| *byte == sign).count();
    let only = !whole.bytes().any(|b| matches!(b, b'.' | b',') && b != sign);
    (repeated > 0 && only && decimals.len() == 3).then_some((digits, "00"))
}

/// Whole units without the signs between their thousands.
fn ungrouped(whole: &str) -> Option<String> {
    let is_sign = |c: char| matches!(c, '.' | ',' | '\'' | '\u{2019}') || c.is_whitespace();
    let groups: Vec<&str> = whole.split(is_sign).collect();
    let plain = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let (first, rest) = groups.split_first()?;
    let grouped = rest.iter().all(|group| group.len() == 3 && plain(group));
    let first_fits = plain(first) && (rest.is_empty() || first.len() <= 3);
    let signs: Vec<char> = whole.chars().filter(|c| is_sign(*c)).collect();
    let one_sign = signs.windows(2).all(|pair| pair[0] == pair[1]);
    (grouped && first_fits && one_sign).then(|| {
        let digits = groups.concat();
        let trimmed = digits.trim_start_matches('0');
        if trimmed.is_empty() { "0".to_owned() } else { trimmed.to_owned() }
    })
}

/// A share as people write it: `0.80`, `0,8`, `80 %`, `1`.
pub fn share_of_text(text: &str) -> Result<String, String> {
    let refused = || {
        let shown: String = text.chars().take(40).collect();
        format!("`{shown}` is no share. Write it as 0.80 or 80 %.")
    };
    let text = text.trim();
    let percent = text.strip_suffix('%').map(str::trim_end);
    let digits = percent.unwrap_or(text).replace(',', ".");
    let (whole, decimals) = digits.split_once('.').unwrap_or((&digits, ""));
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !plain(whole) || !plain(decimals) || whole.len() > 3 {
        return Err(refused());
    }
    if percent.is_none() {
        return Ok(without_zeros(&format!("{whole}.{decimals}0")));
    }
    // The point moves two places.
    let moved = format!("{whole:0>3}");
    let (ones, hundredths) = moved.split_at(1);
    Ok(without_zeros(&format!("{ones}.{hundredths}{decimals}")))
}

/// A day as people write it: `2025-03-20` or `20.03.2025`. Strokes stand for days and months in
/// both orders, so that they are refused.
pub fn day_of_text(text: &str) -> Result<Date, String> {
    let refused = || {
        let shown: String = text.chars().take(40).collect();
        format!("`{shown}` is no day. Write it as 2025-03-20 or 20.03.2025, or as a date of Excel.")
    };
    let text = text.trim().trim_end_matches("г.").trim_end_matches('.').trim_end();
    let parts: Vec<&str> = text.split(['-', '.']).map(str::trim).collect();
    match (parts.as_slice(), text.contains('-'), text.contains('.')) {
        ([year, month, day], true, false) | ([day, month, year], false, true) => {
            day_of(year, month, day).ok_or_else(refused)
        }
        _ => Err(refused()),
    }
}

fn day_of(year: &str, month: &str, day: &str) -> Option<Date> {
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let lengths = year.len() == 4 && month.len() <= 2 && day.len() <= 2;
    if !lengths || ![year, month, day].into_iter().all(plain) {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_read_as_people_write_it() {
        for (text, amount) in [
            ("1234.50", "1234.50"),
            ("1 234,50", "1234.50"),
            ("1\u{a0}234,5", "1234.50"),
            ("1\u{202f}234\u{202f}567", "1234567.00"),
            ("1.234,50", "1234.50"),
            ("1,234.50", "1234.50"),
            ("1.234.567", "1234567.00"),
            ("1'234.50", "1234.50"),
            ("-0,01", "-0.01"),
            ("\u{2212}12", "-12.00"),
            ("007", "7.00"),
            ("0", "0.00"),
        ] {
            assert_eq!(amount_of_text(text).as_deref(), Ok(amount), "{text}");
        }
        for text in [
            "",
            "-",
            "abc",
            "1.234",
            "1,234",
            "12 34",
            "1 2345",
            "1.2.3",
            "1,23,4.00",
            "1 234 EUR",
            "1234.567",
            "1e5",
            "1.234 567,00",
            "٣",
            "12.",
            ".5",
        ] {
            assert!(amount_of_text(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_number_of_a_workbook_is_the_decimal_that_it_stands_for() {
        assert_eq!(amount_of_number(0.1 + 0.2).as_deref(), Ok("0.30"));
        assert_eq!(amount_of_number(1234.5).as_deref(), Ok("1234.50"));
        assert_eq!(amount_of_number(-0.000_000_01).as_deref(), Ok("0.00"));
        assert_eq!(amount_of_number(9_999_999_999.99).as_deref(), Ok("9999999999.99"));
        for number in [1.234, 0.005, f64::NAN, f64::INFINITY] {
            assert!(amount_of_number(number).is_err(), "{number}");
        }
        assert_eq!(share_of_number(0.8).as_deref(), Ok("0.8"));
        assert_eq!(share_of_number(0.7 + 0.1).as_deref(), Ok("0.8"));
        assert_eq!(share_of_number(1.0).as_deref(), Ok("1"));
        for number in [80.0, -0.1, 1.0 / 3.0] {
            assert!(share_of_number(number).is_err(), "{number}");
        }
        assert_eq!(text_of_number(1_000_000_101.0).as_deref(), Ok("1000000101"));
        // 12.10 was typed, or 1234567890123456.
        for number in [12.1, 1_234_567_890_123_450.0, f64::NAN, f64::INFINITY] {
            assert!(text_of_number(number).unwrap_err().contains("as text"), "{number}");
        }
    }

    #[test]
    fn a_share_is_read_as_people_write_it() {
        for (text, share) in
            [("0.80", "0.8"), ("0,8", "0.8"), ("80 %", "0.8"), ("12,5%", "0.125"), ("100%", "1")]
        {
            assert_eq!(share_of_text(text).as_deref(), Ok(share), "{text}");
        }
        for text in ["", "%", "-1", "1/3", "0.8.1"] {
            assert!(share_of_text(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_day_is_read_as_people_write_it() {
        let day = jiff::civil::date(2025, 3, 2);
        for text in ["2025-03-02", "02.03.2025", "2.3.2025", " 02.03.2025 г."] {
            assert_eq!(day_of_text(text), Ok(day), "{text}");
        }
        for text in ["", "02/03/2025", "2.3.25", "31.02.2025", "2025-13-01", "45000", "+2.3.2025"] {
            assert!(day_of_text(text).is_err(), "{text}");
        }
    }
}
