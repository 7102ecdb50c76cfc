//! The cells of one row, read as what their columns are; every one that is not understood is named.

use jiff::civil::Date;

use super::CellFault;
use crate::choice::{self, DocumentKind};
use crate::column::{Column, Need};
use crate::grid::{Content, Row};
use crate::list::List;
use crate::number;
use crate::tongue::Tongue;

pub(super) struct Cells<'a> {
    list: &'a List,
    row: &'a Row,
    faults: Vec<CellFault>,
}

impl<'a> Cells<'a> {
    pub(super) fn new(list: &'a List, row: &'a Row) -> Self {
        Self { list, row, faults: Vec::new() }
    }

    /// Every fault once, in the order of the columns.
    pub(super) fn faults(mut self) -> Vec<CellFault> {
        self.faults.sort_by_key(|fault| fault.column);
        self.faults.dedup();
        self.faults
    }

    pub(super) fn tongue(&self) -> Tongue {
        self.list.tongue
    }

    pub(super) fn fault(&mut self, column: Column, why: &str) {
        let heading = self.list.tongue.of(column.words());
        let message = format!("{heading} {why}");
        let cell = self.list.cell(self.row.number, Some(column));
        self.faults.push(CellFault { column: Some(column), cell, message });
    }

    /// Says of a cell that it stands to the right of every heading.
    pub(super) fn fault_beyond(&mut self, cell: String) {
        let message = "The row has more fields than there are headings, so that fields may have \
            moved to the right. An amount with a decimal comma, as every text with a comma, needs \
            quotation marks around it, or semicolons between the fields. Otherwise empty this cell."
            .to_owned();
        self.faults.push(CellFault { column: None, cell, message });
    }

    fn content(&self, column: Column) -> Option<&'a Content> {
        self.row.cells.get(self.list.columns.get(&column)?)
    }

    pub(super) fn has(&self, column: Column) -> bool {
        self.content(column).is_some()
    }

    /// What stands in a cell; a fault where it may not be empty.
    fn filled(&mut self, column: Column) -> Option<&'a Content> {
        let content = self.content(column);
        match (content, column.need()) {
            (Some(Content::Fault(why)), _) => {
                self.fault(column, why);
                None
            }
            (None, Need::Always) => {
                self.fault(column, "is empty.");
                None
            }
            (content, _) => content,
        }
    }

    /// A cell as `read` understands it.
    fn read<T>(
        &mut self,
        column: Column,
        read: impl FnOnce(&Content) -> Result<T, String>,
    ) -> Option<T> {
        let content = self.filled(column)?;
        read(content).map_err(|why| self.fault(column, &format!("is not understood. {why}"))).ok()
    }

    pub(super) fn text(&mut self, column: Column) -> Option<String> {
        self.read(column, |content| match content {
            Content::Text(text) => Ok(text.clone()),
            Content::Number(number) => number::text_of_number(*number),
            Content::Date(day) => Err(format!(
                "It is the date {day}: Excel makes one of what looks like a date. Format the column \
                 as text and type the cell again."
            )),
            Content::Fault(why) => Err((*why).to_owned()),
        })
    }

    /// The text of a column that belongs to one kind of document.
    pub(super) fn text_with(
        &mut self,
        column: Column,
        kind: Option<DocumentKind>,
    ) -> Option<String> {
        let Need::With(wanted) = column.need() else { return self.text(column) };
        let kind = kind?;
        match (kind == wanted, self.has(column)) {
            (true, false) => self.fault(column, "is empty, and this kind of document needs it."),
            (false, true) => self.fault(
                column,
                "does not belong to this kind of document. Leave it empty, or choose another kind.",
            ),
            (true, true) | (false, false) => {}
        }
        self.text(column)
    }

    pub(super) fn day(&mut self, column: Column) -> Option<Date> {
        self.read(column, |content| match content {
            Content::Date(day) => Ok(*day),
            Content::Text(text) => number::day_of_text(text),
            Content::Number(number) => Err(format!(
                "{number} is a number. Format the cell as a date, or write 2025-03-20."
            )),
            Content::Fault(why) => Err((*why).to_owned()),
        })
    }

    pub(super) fn amount(&mut self, column: Column) -> Option<String> {
        if column.need() == Need::Zero && !self.has(column) {
            return Some("0.00".to_owned());
        }
        self.read(column, |content| match content {
            Content::Number(number) => number::amount_of_number(*number),
            Content::Text(text) => number::amount_of_text(text),
            Content::Date(day) => Err(format!("{day} is a day. Format the cell as a number.")),
            Content::Fault(why) => Err((*why).to_owned()),
        })
    }

    pub(super) fn share(&mut self, column: Column) -> Option<String> {
        self.read(column, |content| match content {
            Content::Number(number) => number::share_of_number(*number),
            Content::Text(text) => number::share_of_text(text),
            Content::Date(day) => Err(format!("{day} is a day. Format the cell as a percentage.")),
            Content::Fault(why) => Err((*why).to_owned()),
        })
    }

    pub(super) fn category(&mut self) -> Option<String> {
        let text = self.text(Column::Category)?;
        let found = choice::read_category(&text);
        if found.is_none() {
            let names: Vec<_> = choice::CATEGORIES.iter().map(|(_, name, _)| *name).collect();
            let known = names.join(", ");
            self.fault(Column::Category, &format!("is none of these: {known}."));
        }
        found.map(str::to_owned)
    }

    pub(super) fn document_kind(&mut self) -> Option<DocumentKind> {
        let text = self.text(Column::DocumentKind)?;
        let found = choice::read_document_kind(&text);
        if found.is_none() {
            let why = "is none of these: invoice, payroll, travel, internal.";
            self.fault(Column::DocumentKind, why);
        }
        found
    }
}
