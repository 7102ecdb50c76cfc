//! A list in CSV: fields between commas, semicolons or tabs, in UTF-8.

use csv::ReaderBuilder;

use super::{Cells, Content, HEADING_ROWS_MAX, NotReadable, Row};
use crate::column::Column;

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
const SEPARATORS: [u8; 3] = *b",;\t";

pub(super) fn read(bytes: &[u8]) -> Result<Vec<Row>, NotReadable> {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        NotReadable::because(format!(
            "The file is not UTF-8 from byte {} on. Save it as \"CSV UTF-8\", or send the workbook.",
            error.valid_up_to()
        ))
    })?;
    if text.contains('\0') {
        return Err(NotReadable::because("The file is no text. Send CSV, or a workbook as .xlsx."));
    }
    let separator = SEPARATORS.into_iter().max_by_key(|separator| {
        // The first of equals counts, which `max_by_key` would not take.
        (known_headings(text, *separator), std::cmp::Reverse(*separator))
    });
    rows(text, separator.unwrap_or(b','), usize::MAX)
}

fn known_headings(text: &str, separator: u8) -> usize {
    let rows = rows(text, separator, HEADING_ROWS_MAX).unwrap_or_default();
    let known = |row: &Row| {
        row.cells.values().filter(|content| {
            matches!(content, Content::Text(text) if Column::of_heading(text).is_some())
        })
        .count()
    };
    rows.iter().map(known).max().unwrap_or_default()
}

fn rows(text: &str, separator: u8, rows_max: usize) -> Result<Vec<Row>, NotReadable> {
    let mut reader = ReaderBuilder::new();
    reader.delimiter(separator).has_headers(false).flexible(true);
    let mut reader = reader.from_reader(text.as_bytes());
    let mut cells = Cells::default();
    // Ends of lines inside of fields, which begin no row.
    let mut inside = 0;
    for record in reader.records().take(rows_max) {
        let record = record.map_err(|error| {
            let line = error.position().map_or(0, csv::Position::line);
            NotReadable::because(format!("The file cannot be read as CSV at line {line}."))
        })?;
        let row = row_of(text, &record, inside)?;
        for (column, field) in (0..).zip(&record) {
            let field = field.trim();
            if !field.is_empty() {
                cells.put(row, column, Content::Text(field.to_owned()))?;
            }
        }
        inside += record.iter().map(|field| field.matches('\n').count() as u64).sum::<u64>();
    }
    Ok(cells.rows())
}

/// The row of a record, from 0 on: empty lines, which the reader leaves out, are rows too.
fn row_of(text: &str, record: &csv::StringRecord, inside: u64) -> Result<u32, NotReadable> {
    let position = record.position();
    let (byte, line) = position.map_or((0, 1), |at| (at.byte(), at.line()));
    let rest = usize::try_from(byte).ok().and_then(|byte| text.as_bytes().get(byte..));
    let empty = rest.unwrap_or_default().iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    let empty = empty.filter(|byte| **byte == b'\n').count() as u64;
    let row = (line + empty).saturating_sub(1 + inside);
    u32::try_from(row).map_err(|_| NotReadable::because("The file has too many lines."))
}
