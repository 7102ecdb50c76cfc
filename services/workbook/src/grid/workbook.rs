//! A list in a workbook: the first sheet that has its headings.

mod parts;

use std::io::{Cursor, Read};

use calamine::{DataRef, Reader as _, Sheet, SheetType, SheetVisible, Xlsx, XlsxError};
use jiff::civil::Date;
use zip::ZipArchive;

use super::{Cells, Content, Grid, HEADING_ROWS_MAX, NotReadable, Row, UNPACKED_BYTES_MAX};
use crate::template::LIST_SHEET;
use parts::Parts;

type Book<'a> = Xlsx<Parts<'a>>;

/// What a workbook begins with, as any archive of its kind.
const ARCHIVE: &[u8] = b"PK\x03\x04";
/// What an old workbook begins with, and a new one that is locked with a password.
const COMPOUND: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
/// Parts of an archive: a workbook of many sheets has some dozens.
const PARTS_MAX: usize = 1_000;
/// Digits of the number of texts that a workbook states: a list has fewer than a million.
const COUNT_DIGITS_MAX: usize = 6;
/// An attribute with its value is written in fewer bytes.
const ATTRIBUTE_BYTES: usize = 128;
/// Characters of a cell, as Excel has them at most.
const CELL_CHARACTERS_MAX: usize = 32_767;
/// Bytes of an archive that are unpacked at a time.
const PIECE_BYTES: usize = 64 * 1024;
/// Sheets that are looked at: one for each month of four years.
const SHEETS_MAX: usize = 50;
/// Why a date cannot be read.
const NO_DAY: &str = "is no day of the calendar. Type the day itself.";
/// Why a formula has nothing in it: some programs write it down and leave it to the next one.
const NOT_COMPUTED: &str = "has a formula and no result of it. Open the file in Excel or \
    LibreOffice, which computes it, save it there, and send it again.";
/// Cells of a sheet that are looked at for its headings, with those that are empty.
const HEAD_CELLS_MAX: usize = 200_000;
/// Letters of a sheet's name that are shown: Excel allows 31.
const NAME_LETTERS_MAX: usize = 40;

pub(super) fn read(
    bytes: &[u8],
    fits: impl Fn(&[Row]) -> Result<bool, NotReadable>,
) -> Result<Grid, NotReadable> {
    check_kind(bytes)?;
    check_unpacked(bytes)?;
    let mut book: Book<'_> = Xlsx::new(Parts::of(bytes)).map_err(|error| broken(&error))?;
    let sheets = sheets(&book);
    let (mut fitting, mut lacks) = (Vec::new(), None);
    for sheet in &sheets {
        match rows(&mut book, sheet, true).and_then(|head| fits(&head)) {
            Ok(true) => fitting.push(sheet.clone()),
            Ok(false) => {}
            Err(why) => lacks = lacks.or(Some(why.of_sheet(&shown(sheet)))),
        }
    }
    if fitting.is_empty() {
        return Err(lacks.unwrap_or_else(|| no_headings(&sheets)));
    }
    let sheet = fitting.remove(0);
    let rows = rows(&mut book, &sheet, false).map_err(|why| why.of_sheet(&shown(&sheet)))?;
    let not_read = fitting.iter().map(|sheet| shown(sheet)).collect();
    Ok(Grid { sheet: Some(shown(&sheet)), not_read, rows })
}

/// The rows of a sheet, or only those at its top, among which headings stand.
fn rows(book: &mut Book<'_>, sheet: &str, only_top: bool) -> Result<Vec<Row>, NotReadable> {
    let mut reader = book.worksheet_cells_reader(sheet).map_err(|error| broken(&error))?;
    let (mut cells, mut looked_at) = (Cells::default(), 0);
    while let Some(cell) =
        reader.next_cell_with_formula_metadata().map_err(|error| broken(&error))?
    {
        looked_at += 1;
        if only_top && (looked_at > HEAD_CELLS_MAX || cells.rows.len() > HEADING_ROWS_MAX + 1) {
            break;
        }
        let (row, column) = cell.pos;
        // A formula that gives an empty text has one as its result: nothing is there without one.
        let content = match (&cell.value, &cell.formula) {
            (DataRef::Empty, Some(_)) => Some(Content::Fault(NOT_COMPUTED)),
            (value, _) => content(value),
        };
        if let Some(content) = content {
            cells.put(row, column, content)?;
        }
    }
    Ok(cells.rows())
}

fn no_headings(sheets: &[String]) -> NotReadable {
    if sheets.is_empty() {
        return NotReadable::because("The workbook has no sheet that can be seen.");
    }
    let names: Vec<_> = sheets.iter().map(|name| format!("`{}`", shown(name))).collect();
    NotReadable::without_headings(&format!(" on the sheets {}", names.join(", ")))
}

/// The name of a sheet as far as it is shown.
fn shown(name: &str) -> String {
    name.chars().take(NAME_LETTERS_MAX).collect()
}

fn check_kind(bytes: &[u8]) -> Result<(), NotReadable> {
    if bytes.starts_with(ARCHIVE) {
        return Ok(());
    }
    let locked: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let why = if !bytes.starts_with(COMPOUND) {
        "The file is no workbook. Save the list as .xlsx, or as CSV in UTF-8."
    } else if bytes.windows(locked.len()).any(|window| window == locked) {
        "The workbook is locked with a password. Save it without one."
    } else {
        "The workbook is of the old kind (.xls). Save it as .xlsx."
    };
    Err(NotReadable::because(why))
}

/// Unpacks all parts once and throws them away: what an archive says of its sizes may be wrong.
fn check_unpacked(bytes: &[u8]) -> Result<(), NotReadable> {
    let damaged = |_| NotReadable::because("The workbook is damaged. Save it anew.");
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    let too_large = || {
        NotReadable::TooLarge(format!(
            "The workbook unpacks to more than {UNPACKED_BYTES_MAX} bytes. Copy the list alone into \
             a new one."
        ))
    };
    if archive.len() > PARTS_MAX {
        return Err(too_large());
    }
    let mut left = UNPACKED_BYTES_MAX;
    let mut piece = vec![0; PIECE_BYTES];
    let mut tail = Vec::new();
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(damaged)?;
        loop {
            let read = part.read(&mut piece);
            let read =
                read.map_err(|_| NotReadable::because("The workbook is damaged. Save it anew."))?;
            if read == 0 {
                break;
            }
            left = left.checked_sub(read as u64).ok_or_else(too_large)?;
            let piece = &piece[..read];
            tail.extend_from_slice(&piece[..read.min(ATTRIBUTE_BYTES)]);
            if !counts_are_small(&tail) || !counts_are_small(piece) {
                return Err(NotReadable::because("The workbook is damaged. Save it anew."));
            }
            tail.clear();
            tail.extend_from_slice(&piece[read.saturating_sub(ATTRIBUTE_BYTES)..]);
        }
        tail.clear();
    }
    Ok(())
}

/// Whether each number of texts that a part states is one that a list can have. A reader makes room
/// for so many before it has seen one of them.
fn counts_are_small(piece: &[u8]) -> bool {
    const NAME: &[u8] = b"uniqueCount";
    let mut rest = piece;
    while let Some(at) = rest.windows(NAME.len()).position(|window| window == NAME) {
        rest = &rest[at + NAME.len()..];
        let value = rest.iter().copied().take(ATTRIBUTE_BYTES);
        let value = value.skip_while(|byte| byte.is_ascii_whitespace() || b"=\"'".contains(byte));
        let value: Vec<u8> = value.take_while(|byte| !b"\"'".contains(byte)).collect();
        // Cut off at the end of a piece, it is looked at again with the next one.
        let is_small = value.len() <= COUNT_DIGITS_MAX && value.iter().all(u8::is_ascii_digit);
        if !is_small {
            return false;
        }
    }
    true
}

/// The sheet of the template by its name, then those that people see, in their order.
fn sheets(book: &Book<'_>) -> Vec<String> {
    let sheets = book.sheets_metadata().iter();
    let sheets = sheets.filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let is_named = |sheet: &&Sheet| sheet.name.eq_ignore_ascii_case(LIST_SHEET);
    let seen = sheets.clone().filter(|sheet| sheet.visible == SheetVisible::Visible);
    let others = seen.filter(|sheet| !is_named(sheet));
    let found = sheets.clone().filter(is_named).take(1).chain(others);
    found.take(SHEETS_MAX).map(|sheet| sheet.name.clone()).collect()
}

fn content(value: &DataRef<'_>) -> Option<Content> {
    let text = |text: &str| {
        let text = text.trim();
        if text.len() > CELL_CHARACTERS_MAX * 4 {
            return Some(Content::Fault("has more than 32,767 characters. Shorten it."));
        }
        (!text.is_empty()).then(|| Content::Text(text.to_owned()))
    };
    match value {
        DataRef::Empty => None,
        DataRef::String(value) => text(value),
        DataRef::SharedString(value) => text(value),
        #[expect(clippy::cast_precision_loss, reason = "a workbook keeps no larger whole number")]
        DataRef::Int(value) => Some(Content::Number(*value as f64)),
        DataRef::Float(value) => Some(Content::Number(*value)),
        DataRef::DateTime(value) if value.is_datetime() => {
            let (year, month, day, ..) = value.to_ymd_hms_milli();
            let date = i16::try_from(year).ok().zip(i8::try_from(month).ok());
            let date = date.zip(i8::try_from(day).ok());
            let date = date.and_then(|((year, month), day)| Date::new(year, month, day).ok());
            Some(date.map_or(Content::Fault(NO_DAY), Content::Date))
        }
        DataRef::DateTimeIso(value) => {
            let date = value.get(..10).and_then(|day| day.parse().ok());
            Some(date.map_or(Content::Fault(NO_DAY), Content::Date))
        }
        DataRef::DateTime(_) | DataRef::DurationIso(_) => {
            Some(Content::Fault("is a length of time. Type the value itself."))
        }
        DataRef::Bool(_) => Some(Content::Fault("is TRUE or FALSE. Type the value itself.")),
        DataRef::Error(_) => Some(Content::Fault(
            "is an error of a formula, such as #REF!. Mend the formula, or type the value itself.",
        )),
    }
}

fn broken(error: &XlsxError) -> NotReadable {
    NotReadable::because(match error {
        XlsxError::Password => "The workbook is locked with a password. Save it without one.",
        _ => "The workbook cannot be read. Save it anew as .xlsx, or as CSV in UTF-8.",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workbook_that_states_more_texts_than_a_list_has_is_found() {
        for small in [r#"<sst count="9" uniqueCount="999999">"#, "<sst>", "uniqueCount"] {
            assert!(counts_are_small(small.as_bytes()), "{small}");
        }
        for large in [
            r#"<sst uniqueCount="1000000">"#,
            r#"<sst uniqueCount = '1000000000000'>"#,
            r#"<sst uniqueCount="&#49;000">"#,
            r#"<sst uniqueCount="1"/><sst uniqueCount="1000000000000">"#,
        ] {
            assert!(!counts_are_small(large.as_bytes()), "{large}");
        }
    }

    #[test]
    fn a_text_longer_than_a_cell_of_excel_is_not_copied() {
        let long = "a".repeat(CELL_CHARACTERS_MAX * 4 + 1);
        let found = content(&DataRef::SharedString(&long));
        assert!(matches!(found, Some(Content::Fault(_))), "{found:?}");
    }
}
