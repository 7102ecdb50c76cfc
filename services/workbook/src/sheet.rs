//! Sheets that Cairn writes: columns with their formats, rows, and totals, as a workbook or CSV.

mod comma_separated;
mod workbook;

use cairn_domain::money::Cents;
use jiff::civil::Date;
use rust_xlsxwriter::XlsxError;

use crate::Format;

/// A value of a sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Value {
    #[default]
    Empty,
    Text(String),
    /// In the currency that the column or the row names.
    Amount(Cents),
    Date(Date),
    /// An exact decimal, such as a rate.
    Decimal(String),
    /// How many there are.
    Count(u32),
}

/// What a column shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shows {
    Text,
    /// Amounts of several currencies, which have no sum.
    Amount,
    /// Amounts in euro, whose sum stands below them.
    Euro,
    Date,
    Decimal,
    Count,
}

/// A column of a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heading {
    pub text: &'static str,
    pub shows: Shows,
    /// In characters.
    pub width: u8,
}

/// A sheet with its totals, which are the sums of the columns in euro.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    pub name: String,
    pub headings: Vec<Heading>,
    pub rows: Vec<Vec<Value>>,
}

/// Sheets of one file. CSV has the first alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Book {
    pub title: String,
    /// A day that belongs to the figures: the same figures make the same file.
    pub made_on: Date,
    pub sheets: Vec<Sheet>,
}

/// How CSV is written. Between semicolons decimals have a comma, as the programs have it that take
/// semicolons for separators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Separated {
    pub separator: u8,
    /// Whether it begins with the mark by which some programs know UTF-8.
    pub mark: bool,
}

impl Default for Separated {
    fn default() -> Self {
        Self { separator: b',', mark: false }
    }
}

impl Sheet {
    /// The sum of a column.
    pub fn total(&self, column: usize) -> Cents {
        let amount = |row: &Vec<Value>| match row.get(column) {
            Some(Value::Amount(cents)) => *cents,
            Some(
                Value::Empty
                | Value::Text(_)
                | Value::Date(_)
                | Value::Decimal(_)
                | Value::Count(_),
            )
            | None => Cents::ZERO,
        };
        self.rows.iter().map(amount).sum()
    }
}

impl Book {
    pub fn write(&self, format: Format, separated: Separated) -> Result<Vec<u8>, XlsxError> {
        match format {
            Format::Xlsx => workbook::write(self),
            Format::Csv => Ok(comma_separated::write(self.sheets.first(), separated)),
        }
    }
}

impl Value {
    pub fn text(text: impl ToString) -> Self {
        let text = text.to_string();
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }

    /// The text of what may be missing.
    pub fn text_of(text: Option<impl ToString>) -> Self {
        text.map_or(Self::Empty, Self::text)
    }

    pub fn amount_of(amount: Option<Cents>) -> Self {
        amount.map_or(Self::Empty, Self::Amount)
    }
}

#[cfg(test)]
mod tests;
