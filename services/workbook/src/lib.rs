//! Workbooks and CSV: the list of expenditure that a partner fills in, and the sheets that Cairn
//! writes of its figures. Bytes in, rows out; figures in, bytes out: no I/O, no clock.
//!
//! - An amount is never computed with as a floating-point number. What a workbook keeps as one is
//!   read as the decimal that a person sees in the cell, or refused.
//! - Nothing of a row is left out in silence: a column that is not known is named, and a cell that
//!   has no place in the event is refused.
//! - The same row has the same ids, however often and in whichever file it is sent.
//! - What is too large is refused before it is unpacked.
//!
//! Absent on purpose: rules. What a row says is judged where every posting is.
//!
//! In reading order: [`tongue`], [`choice`] and [`mod@column`] are the words; [`template`] writes
//! the empty list; [`grid`], [`number`] and [`list`] read a filled one, and [`entry`] makes events
//! of its rows; [`sheet`] writes what, within a [`scope`], [`expenditure_list`], [`budget_use`] and [`claim`] put
//! together.

pub mod tongue;
pub mod choice;
pub mod column;
pub mod template;
pub mod grid;
pub mod number;
pub mod list;
pub mod entry;
pub mod sheet;
pub mod scope;
pub mod expenditure_list;
pub mod budget_use;
pub mod claim;

/// The media type of a workbook.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// The media type of comma-separated values.
pub const CSV: &str = "text/csv";

/// How the rows of a list or of a sheet are written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Xlsx,
    Csv,
}

impl Format {
    /// The format that the ending of a file's name stands for.
    pub fn of_ending(ending: &str) -> Option<Self> {
        match ending.to_ascii_lowercase().as_str() {
            "xlsx" => Some(Self::Xlsx),
            "csv" => Some(Self::Csv),
            _ => None,
        }
    }

    pub const fn ending(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
        }
    }

    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Xlsx => XLSX,
            Self::Csv => "text/csv; charset=utf-8",
        }
    }
}
