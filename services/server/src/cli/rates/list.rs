//! The list of rates as the Commission's InforEuro gives it: a JSON array with one row for each
//! country.

use std::collections::BTreeMap;

use anyhow::{Context, bail, ensure};
use cairn_domain::money::{Currency, Rate};
use cairn_domain::period::Month;
use serde::Deserialize;
use serde_json::value::RawValue;

/// A rate of the list: units of the currency for one euro.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) currency: Currency,
    pub(super) value: Rate,
}

/// The rates of each month, by currency.
pub(super) type MonthlyRates = BTreeMap<Month, Vec<Listed>>;

/// A row. What else stands in it, such as the name of the country, is not needed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row<'a> {
    /// Only where a list has several months.
    year: Option<i16>,
    month: Option<i8>,
    iso_a3_code: String,
    /// A number, or a string with one: read as it is written, so that no digit is lost.
    #[serde(borrow)]
    value: &'a RawValue,
}

/// What InforEuro answers where it has no list.
#[derive(Deserialize)]
struct Said {
    message: String,
}

/// Reads a list; `wanted` is the one month that is wanted of it, and `of` the month of rows that do
/// not say one.
pub(super) fn read(
    text: &str,
    wanted: Option<Month>,
    of: Option<Month>,
) -> anyhow::Result<MonthlyRates> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if let Ok(Said { message }) = serde_json::from_str(text) {
        bail!("there is no list, it says \"{message}\"; look at --month and at the address");
    }
    let rows: Vec<Row<'_>> = serde_json::from_str(text).context(
        "this is no list of rates: a JSON array is wanted, whose rows have `isoA3Code` and `value`",
    )?;
    let mut found: BTreeMap<Month, BTreeMap<Currency, Rate>> = BTreeMap::new();
    for (index, row) in rows.iter().enumerate() {
        let read = row.read(of).with_context(|| format!("row {} of the list", index + 1))?;
        let Some((month, Listed { currency, value })) = read else { continue };
        let before = found.entry(month).or_default().insert(currency, value);
        ensure!(
            before.is_none_or(|before| before == value),
            "the list has two rates of {currency} for {month}; take another one"
        );
    }
    let months = (found.keys().next().copied(), found.keys().next_back().copied());
    if let Some(wanted) = wanted {
        found.retain(|month, _| *month == wanted);
    }
    match (found.is_empty(), wanted) {
        (true, Some(wanted)) => {
            let has = match months {
                (Some(first), Some(last)) if first == last => format!(", it is of {first}"),
                (Some(first), Some(last)) => format!(", it is of {first} to {last}"),
                (None, _) | (_, None) => String::new(),
            };
            bail!("the list has no rate for {wanted}{has}; look at --month and at the address")
        }
        (true, None) => bail!("the list has no rate; take another one"),
        (false, _) => {}
    }
    let listed = |(currency, value)| Listed { currency, value };
    let rates = |rates: BTreeMap<Currency, Rate>| rates.into_iter().map(listed).collect();
    Ok(found.into_iter().map(|(month, of)| (month, rates(of))).collect())
}

impl Row<'_> {
    /// Its month and rate; nothing for the euro itself, which has none.
    fn read(&self, of: Option<Month>) -> anyhow::Result<Option<(Month, Listed)>> {
        let month = match (self.year, self.month) {
            (Some(year), Some(month)) => Month::new(year, month)
                .with_context(|| format!("{year}-{month} is no month; mend it"))?,
            (None, None) => of.context(
                "the list does not say of which month it is: say so with --month, such as 2026-11, \
                 and with {year} and {month} in the address of --url",
            )?,
            (Some(_), None) | (None, Some(_)) => bail!("give `year` and `month`, or neither"),
        };
        let currency: Currency = self.iso_a3_code.parse()?;
        let value: Rate = self.value.get().trim_matches('"').parse()?;
        Ok((currency != Currency::EUR).then_some((month, Listed { currency, value })))
    }
}
