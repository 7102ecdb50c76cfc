//! The cells of a list, as they stand in its file.

mod comma_separated;
mod workbook;

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::Format;

/// Largest file: ten thousand rows with all their columns have about two megabytes.
pub const FILE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Bytes of a workbook once it is unpacked: a small file can unpack to gigabytes.
pub const UNPACKED_BYTES_MAX: u64 = 48 * 1024 * 1024;
/// Rows of a list, its headings left out: the costs of a partner in a year are some hundreds.
pub const ROWS_MAX: usize = 10_000;
/// Columns of a list: three times those of the template.
pub const COLUMNS_MAX: u16 = 100;
/// Cells of a list that are not empty.
pub const CELLS_MAX: usize = 400_000;
/// Rows at the top of a list among which its headings stand.
pub const HEADING_ROWS_MAX: usize = 10;

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    Text(String),
    /// A number of a workbook.
    Number(f64),
    Date(Date),
    /// Why the cell has no value, and how to mend it.
    Fault(&'static str),
}

/// A row that has something in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// As the program shows it that the list was made with: from 1 on.
    pub number: u32,
    /// By the number of the column, from 0 on.
    pub cells: BTreeMap<u16, Content>,
}

/// The rows of a file, and where in it they stood.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Grid {
    /// The sheet that was read, in a workbook.
    pub sheet: Option<String>,
    /// Sheets that look like a list as well, of which nothing was read.
    pub not_read: Vec<String>,
    /// Those that have something in them, in their order.
    pub rows: Vec<Row>,
}

/// Why a file is no list that can be read, in words for who sent it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotReadable {
    #[error("{0}")]
    NotAList(String),
    #[error("{0}")]
    TooLarge(String),
}

impl NotReadable {
    pub(crate) fn because(why: impl Into<String>) -> Self {
        Self::NotAList(why.into())
    }

    /// `where_` names the sheets that were looked at.
    pub(crate) fn without_headings(where_: &str) -> Self {
        Self::NotAList(format!(
            "The headings were not found{where_}. They stand in one of the first ten rows, as in \
             the template: `cairn template`, or templates/expenditure.xlsx of the project."
        ))
    }

    /// The same, said of a sheet.
    fn of_sheet(self, sheet: &str) -> Self {
        let of = |why: String| format!("Sheet `{sheet}`: {why}");
        match self {
            Self::NotAList(why) => Self::NotAList(of(why)),
            Self::TooLarge(why) => Self::TooLarge(of(why)),
        }
    }
}

/// Reads a file. A workbook may have several sheets: the first whose uppermost rows fit is read.
/// `fits` says so of rows, that they are no list at all, or why they are one that cannot be read.
pub fn read(
    bytes: &[u8],
    format: Format,
    fits: impl Fn(&[Row]) -> Result<bool, NotReadable>,
) -> Result<Grid, NotReadable> {
    if bytes.len() > FILE_BYTES_MAX {
        return Err(too_large_file());
    }
    match format {
        Format::Xlsx => workbook::read(bytes, fits),
        Format::Csv => {
            let rows = comma_separated::read(bytes)?;
            Ok(Grid { sheet: None, not_read: Vec::new(), rows })
        }
    }
}

pub fn too_large_file() -> NotReadable {
    NotReadable::TooLarge(format!(
        "A list has at most {FILE_BYTES_MAX} bytes. Send it in parts, and without pictures."
    ))
}

/// Gathers cells, up to what a list may have.
#[derive(Default)]
struct Cells {
    rows: BTreeMap<u32, BTreeMap<u16, Content>>,
    cells: usize,
}

impl Cells {
    /// Takes in a cell; row and column count from 0.
    fn put(&mut self, row: u32, column: u32, content: Content) -> Result<(), NotReadable> {
        let column = u16::try_from(column).ok().filter(|column| *column < COLUMNS_MAX);
        let column = column.ok_or_else(|| {
            NotReadable::TooLarge(format!(
                "Row {} has something beyond the {COLUMNS_MAX} columns that are read. Delete what \
                 stands to the right of the list.",
                u64::from(row) + 1
            ))
        })?;
        self.cells += 1;
        self.rows.entry(row).or_default().insert(column, content);
        if self.cells > CELLS_MAX || self.rows.len() > ROWS_MAX + HEADING_ROWS_MAX {
            return Err(NotReadable::TooLarge(format!(
                "A list has at most {ROWS_MAX} rows and {CELLS_MAX} filled cells. Send it in parts."
            )));
        }
        Ok(())
    }

    fn rows(self) -> Vec<Row> {
        let row = |(row, cells)| Row { number: row + 1, cells };
        self.rows.into_iter().map(row).collect()
    }
}

/// The name of a cell: `F17`. The row counts from 1, the column from 0.
pub fn cell_name(row: u32, column: u16) -> String {
    let mut letters = String::new();
    let mut rest = u32::from(column) + 1;
    while rest > 0 {
        let letter = u8::try_from((rest - 1) % 26).unwrap_or_default();
        letters.insert(0, char::from(b'A' + letter));
        rest = (rest - 1) / 26;
    }
    format!("{letters}{row}")
}

#[cfg(test)]
mod tests;
