//! A list in CSV: fields between commas, semicolons or tabs, in UTF-8.

use std::io::Read as _;

use csv::ReaderBuilder;

use super::{Cells, Content, HEADING_ROWS_MAX, NotReadable, Row};
use crate::column::Column;

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
const SEPARATORS: [u8; 3] = *b",;\t";
/// A row of its own behind the last one, which no text has: it is part of another field where the
/// file ends inside of quotation marks.
const END: &[u8] = b"\n\0";
const END_MARK: &str = "\0";

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
    // `max_by_key` takes the last of equals, which is the comma.
    let heads = SEPARATORS.into_iter().map(|separator| (separator, Head::of(text, separator)));
    let head = heads.rev().max_by_key(|(_, head)| head.known);
    let (separator, head) = head.unwrap_or((b',', Head::default()));
    rows(text, separator, &head)
}

/// What the uppermost rows say of the list.
#[derive(Default)]
struct Head {
    /// Headings of one row that are known.
    known: usize,
    /// Fields of that row.
    fields: usize,
}

impl Head {
    fn of(text: &str, separator: u8) -> Self {
        let mut reader = reader(separator).from_reader(text.as_bytes());
        let records = reader.records().take(HEADING_ROWS_MAX).filter_map(Result::ok);
        let head = records.map(|record| {
            let known = |field: &&str| Column::of_heading(field.trim()).is_some();
            let filled = (1..).zip(&record).filter(|(_, field)| !field.trim().is_empty());
            let fields = filled.last().map_or(0, |(fields, _)| fields);
            Self { known: record.iter().filter(known).count(), fields }
        });
        head.max_by_key(|head| head.known).unwrap_or_default()
    }

    /// Whether a field of several lines holds as many separators as a row has: then rows stand in
    /// it that were no part of it.
    fn has_swallowed(&self, field: &str, separator: u8) -> bool {
        let separators = || field.bytes().filter(|byte| *byte == separator).count();
        self.known > 1 && field.contains('\n') && separators() + 1 >= self.fields
    }
}

fn reader(separator: u8) -> ReaderBuilder {
    let mut reader = ReaderBuilder::new();
    reader.delimiter(separator).has_headers(false).flexible(true);
    reader
}

fn rows(text: &str, separator: u8, head: &Head) -> Result<Vec<Row>, NotReadable> {
    let mut reader = reader(separator).from_reader(text.as_bytes().chain(END));
    let mut cells = Cells::default();
    // Ends of lines inside of fields, which begin no row.
    let mut inside = 0;
    for record in reader.records() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(0, csv::Position::line);
            NotReadable::because(format!("The file cannot be read as CSV at line {line}."))
        })?;
        if record.iter().eq([END_MARK]) {
            break;
        }
        let row = row_of(text, &record, inside)?;
        for (column, field) in (0..).zip(&record) {
            if field.ends_with(END_MARK) || head.has_swallowed(field, separator) {
                return Err(not_closed(row));
            }
            let field = field.trim();
            if !field.is_empty() {
                cells.put(row, column, Content::Text(field.to_owned()))?;
            }
        }
        inside += record.iter().map(|field| field.matches('\n').count() as u64).sum::<u64>();
    }
    Ok(cells.rows())
}

/// `row` counts from 0.
fn not_closed(row: u32) -> NotReadable {
    NotReadable::because(format!(
        "A quotation mark in row {} is not closed, and the rows below it would be read as part of \
         its field. Close it, or write a quotation mark that belongs to the text twice, inside of \
         quotation marks: \"the \"\"Hotel\"\"\". If the field is meant to have several lines, write \
         it on one, or send the list as a workbook.",
        u64::from(row) + 1
    ))
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
