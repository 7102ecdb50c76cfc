//! A list of expenditure: which of its columns are which, and its rows.

use std::collections::BTreeMap;

use crate::Format;
use crate::column::{Column, Need};
use crate::grid::{self, Content, Grid, HEADING_ROWS_MAX, NotReadable, Row, cell_name};
use crate::tongue::Tongue;

/// Headings that a row has to have to be the row of the headings: one word that happens to be one
/// is not enough.
const HEADINGS_MIN: usize = 3;

/// A list as it was sent.
#[derive(Clone, Debug)]
pub struct List {
    /// Where each column stands, from 0 on.
    pub columns: BTreeMap<Column, u16>,
    /// The language of its descriptions.
    pub tongue: Tongue,
    /// Columns that mean nothing here, by their cell and heading: nothing of them is read.
    pub ignored: Vec<(String, String)>,
    /// The sheet that was read, in a workbook.
    pub sheet: Option<String>,
    /// Sheets that look like a list as well, of which nothing was read.
    pub sheets_not_read: Vec<String>,
    /// The rows below the headings that have something in a known column.
    pub rows: Vec<Row>,
    /// In CSV the place of the last heading: what stands to the right of it came there by a comma
    /// too many. In a workbook people write notes there.
    last_heading: Option<u16>,
}

impl List {
    /// Reads a list. Its columns may stand in any order, with headings in any language or with
    /// the names of the template's second row.
    pub fn read(bytes: &[u8], format: Format) -> Result<Self, NotReadable> {
        let Grid { sheet, not_read, rows } = grid::read(bytes, format, |head| {
            let first = first_headings(head);
            first.map_or(Ok(false), |first| Self::headed(head, first).map(|_| true))
        })?;
        let first = first_headings(&rows).ok_or_else(|| NotReadable::without_headings(""))?;
        let (list, below) = Self::headed(&rows, first)?;
        let list = Self { sheet, sheets_not_read: not_read, ..list };
        let heads = &rows[first..below];
        let places = heads.iter().filter_map(|row| row.cells.last_key_value());
        let last = places.map(|(place, _)| *place).max().filter(|_| format == Format::Csv);
        Self { last_heading: last, ..list }.with_rows(rows, below)
    }

    /// A list with these headings and without its rows, and where those begin.
    fn headed(rows: &[Row], first: usize) -> Result<(Self, usize), NotReadable> {
        let names = rows.get(first + 1).filter(|row| is_headings(row));
        let below = first + 1 + usize::from(names.is_some());
        let mut list = Self {
            columns: BTreeMap::new(),
            tongue: Tongue::default(),
            ignored: Vec::new(),
            sheet: None,
            sheets_not_read: Vec::new(),
            rows: Vec::new(),
            last_heading: None,
        };
        list.take_headings(&rows[first], names)?;
        list.check_columns()?;
        Ok((list, below))
    }

    fn with_rows(mut self, rows: Vec<Row>, below: usize) -> Result<Self, NotReadable> {
        let known: Vec<u16> = self.columns.values().copied().collect();
        let filled = |row: &Row| known.iter().any(|column| row.cells.contains_key(column));
        let is_row = |row: &Row| filled(row) || self.beyond(row).is_some();
        self.rows = rows.into_iter().skip(below).filter(is_row).collect();
        if self.rows.len() > grid::ROWS_MAX {
            let most = grid::ROWS_MAX;
            let why = format!("A list has at most {most} rows. Send it in parts.");
            return Err(NotReadable::TooLarge(why));
        }
        Ok(self)
    }

    /// Finds out what each column is: by its name in the second row, otherwise by its heading.
    fn take_headings(&mut self, headings: &Row, names: Option<&Row>) -> Result<(), NotReadable> {
        let cells = headings.cells.keys().chain(names.into_iter().flat_map(|row| row.cells.keys()));
        let mut places: Vec<u16> = cells.copied().collect();
        places.sort_unstable();
        places.dedup();
        for place in places {
            let heading = headings.cells.get(&place);
            let by_name = names.and_then(|row| row.cells.get(&place)).and_then(known);
            let Some((column, tongue)) = by_name.or_else(|| heading.and_then(known)) else {
                if let Some(Content::Text(text)) = heading {
                    self.ignored.push((cell_name(headings.number, place), text.clone()));
                }
                continue;
            };
            if column == Column::Text {
                let of_heading = heading.and_then(known).and_then(|(_, tongue)| tongue);
                self.tongue = tongue.or(of_heading).unwrap_or_default();
            }
            if let Some(before) = self.columns.insert(column, place) {
                return Err(NotReadable::because(format!(
                    "Two columns are `{}`: {} and {}. Take one out.",
                    column.name(),
                    cell_name(headings.number, before),
                    cell_name(headings.number, place)
                )));
            }
        }
        Ok(())
    }

    fn check_columns(&self) -> Result<(), NotReadable> {
        let missing = Column::ALL
            .iter()
            .filter(|column| column.need() == Need::Always && !self.columns.contains_key(column));
        let missing: Vec<_> = missing.map(|column| format!("`{}`", column.name())).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let ignored: Vec<_> =
            self.ignored.iter().map(|(cell, text)| format!("`{text}` ({cell})")).collect();
        let hint = match ignored.is_empty() {
            true => String::new(),
            false => format!(" These headings were not known: {}.", ignored.join(", ")),
        };
        Err(NotReadable::because(format!(
            "The list lacks the columns {}. Take the headings of the template.{hint}",
            missing.join(", ")
        )))
    }

    /// The first cell of a row that is filled to the right of the last heading, in CSV.
    pub(crate) fn beyond(&self, row: &Row) -> Option<String> {
        let first = self.last_heading?.checked_add(1)?;
        row.cells.range(first..).next().map(|(place, _)| cell_name(row.number, *place))
    }

    /// The cell of a column in a row; where the list lacks the column, the first cell of the row.
    pub fn cell(&self, row: u32, column: Option<Column>) -> String {
        let place = column.and_then(|column| self.columns.get(&column)).copied();
        let first = || self.columns.values().min().copied().unwrap_or_default();
        cell_name(row, place.unwrap_or_else(first))
    }
}

fn known(content: &Content) -> Option<(Column, Option<Tongue>)> {
    match content {
        Content::Text(text) => Column::of_heading(text),
        Content::Number(_) | Content::Date(_) | Content::Fault(_) => None,
    }
}

/// Where the row of the headings stands.
fn first_headings(rows: &[Row]) -> Option<usize> {
    rows.iter().take(HEADING_ROWS_MAX).position(is_headings)
}

fn is_headings(row: &Row) -> bool {
    row.cells.values().filter(|content| known(content).is_some()).count() >= HEADINGS_MIN
}
