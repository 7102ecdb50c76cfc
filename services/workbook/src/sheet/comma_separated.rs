//! A sheet as CSV: every field in quotation marks, so that no separator matters.

use csv::{QuoteStyle, Terminator, WriterBuilder};

use super::{Separated, Sheet, Value};

/// What a program for sheets takes for the beginning of a formula.
const FORMULA: [char; 4] = ['=', '+', '-', '@'];

pub(super) fn write(sheet: Option<&Sheet>, form: Separated) -> Vec<u8> {
    let mut bytes = if form.mark { "\u{feff}".as_bytes().to_vec() } else { Vec::new() };
    let Some(sheet) = sheet else { return bytes };
    let mut writer = WriterBuilder::new();
    writer.delimiter(form.separator).quote_style(QuoteStyle::Always).terminator(Terminator::CRLF);
    let mut writer = writer.from_writer(&mut bytes);
    let headings = sheet.headings.iter().map(|heading| heading.text.to_owned()).collect();
    let field = |value| field(value, form);
    let rows = sheet.rows.iter().map(|row| row.iter().map(field).collect::<Vec<_>>());
    for record in std::iter::once(headings).chain(rows) {
        writer.write_record(record).expect("records of one length are written into memory");
    }
    writer.flush().expect("memory takes all that is written");
    drop(writer);
    bytes
}

/// A text that a program would take for a formula gets an apostrophe before it, by which it stays
/// a text: whoever names a supplier must not run commands on the machine of who reads the list.
fn field(value: &Value, form: Separated) -> String {
    let decimal = |text: String| match form.separator {
        b';' => text.replace('.', ","),
        _ => text,
    };
    match value {
        Value::Empty => String::new(),
        Value::Text(text) => {
            let first = text.trim_start().chars().next();
            let is_formula = first.is_some_and(|first| FORMULA.contains(&first));
            let is_split = text.starts_with(['\t', '\r', '\n']);
            if is_formula || is_split { format!("'{text}") } else { text.clone() }
        }
        Value::Amount(cents) => decimal(cents.to_string()),
        Value::Date(day) => day.to_string(),
        Value::Decimal(text) => decimal(text.clone()),
        Value::Count(number) => number.to_string(),
    }
}
