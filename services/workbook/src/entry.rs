//! A row of a list as the events that it says: a line, and its payment where it names one.

mod cells;
mod known;

use std::collections::BTreeMap;

use cairn_domain::ids::{PartnerNumber, ProjectKey};
use jiff::civil::Date;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::choice::DocumentKind;
use crate::column::{Column, Kind};
use crate::list::List;
use cells::Cells;
pub use known::Known;
use known::Named;

/// The ids of all rows are made under this one.
const ROW_NAMESPACE: Uuid = Uuid::from_u128(0x6361_6972_6e2e_4c69_8374_726f_7773_0001);

/// Whose list it is.
#[derive(Clone, Debug)]
pub struct Owner {
    pub project: ProjectKey,
    /// The partner whose costs they are.
    pub partner: PartnerNumber,
}

/// A row of a list.
#[derive(Clone, Debug)]
pub struct Entry {
    pub row: u32,
    /// The partner's own number of it.
    pub reference: Option<String>,
    /// The row of the same list that it corrects.
    pub corrects: Option<u32>,
    /// What it says, or every cell that has to be mended first.
    pub events: Result<Events, Vec<CellFault>>,
}

/// The events of a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Events {
    pub line: RowEvent,
    pub payment: Option<RowEvent>,
}

/// An event of a row: its id, its day and its `data`.
#[derive(Clone, Debug, PartialEq)]
pub struct RowEvent {
    pub id: Uuid,
    pub day: Date,
    pub data: Value,
}

/// Something in a cell that is not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellFault {
    /// Its column, where it has one.
    pub column: Option<Column>,
    pub cell: String,
    pub message: String,
}

impl List {
    /// The events of every row, in their order. The id of a row comes from the partner's own
    /// reference, otherwise from all that the row says of the line: the same row is the same
    /// event whenever it is sent, and may get its payment later.
    pub fn entries(&self, owner: &Owner, known: &Known) -> Vec<Entry> {
        let reference = |row| Cells::new(self, row).text(Column::Reference);
        let of_list = self.rows.iter().rev().filter_map(|row| Some((reference(row)?, row.number)));
        let named = Named { owner, known, of_list: of_list.collect() };
        let mut seen = BTreeMap::new();
        self.rows
            .iter()
            .map(|row| {
                let mut cells = Cells::new(self, row);
                let reference = cells.text(Column::Reference);
                let corrects = cells.text(Column::Corrects);
                let corrects = corrects.and_then(|text| named.of_list.get(&text).copied());
                let events = events(&mut cells, &named, reference.as_deref());
                if let Some(cell) = self.beyond(row) {
                    cells.fault_beyond(cell);
                }
                let mut faults = cells.faults();
                if let Some(events) = &events {
                    let before = *seen.entry(events.line.id).or_insert(row.number);
                    if before != row.number {
                        let cell = self.cell(row.number, Some(Column::Reference));
                        faults.push(repeated(before, cell, reference.as_deref()));
                    }
                }
                let events = events.filter(|_| faults.is_empty()).ok_or(faults);
                Entry { row: row.number, reference, corrects, events }
            })
            .collect()
    }
}

fn repeated(before: u32, cell: String, reference: Option<&str>) -> CellFault {
    let message = match reference {
        Some(reference) => format!(
            "Row {before} has the reference `{reference}` too. Give this row another reference; or \
             take it out if it is the same line, or belongs to it as a further payment: a line is \
             one row, and further payments are posted as `expenditure.paid`."
        ),
        None => format!(
            "Row {before} says the same. Take one out; if both are meant, give each a reference."
        ),
    };
    CellFault { column: Some(Column::Reference), cell, message }
}

/// What a row says, as far as all its cells are understood.
fn events(cells: &mut Cells<'_>, named: &Named<'_>, reference: Option<&str>) -> Option<Events> {
    let owner = named.owner;
    let line = line(cells, named, reference);
    let payment = payment(cells);
    let (day, data) = line?;
    let key = match reference {
        Some(reference) => format!("reference/{reference}"),
        None => format!("content/{day}/{data}"),
    };
    let id = owner.id("line", &key);
    let payment = payment.map(|(day, mut data)| {
        data.insert("line".to_owned(), json!(id));
        RowEvent { id: owner.id("payment", &key), day, data: Value::Object(data) }
    });
    Some(Events { line: RowEvent { id, day, data }, payment })
}

impl Owner {
    fn id(&self, what: &str, key: &str) -> Uuid {
        let name = format!("{}/{}/{what}/{key}", self.project, self.partner);
        Uuid::new_v5(&ROW_NAMESPACE, name.as_bytes())
    }
}

/// The day and the data of the line. Every column is looked at, so that all faults are found.
fn line(
    cells: &mut Cells<'_>,
    named: &Named<'_>,
    reference: Option<&str>,
) -> Option<(Date, Value)> {
    let kind = cells.document_kind();
    let number = cells.text(Column::DocumentNumber);
    let day = cells.day(Column::DocumentDate);
    let document = document(cells, kind, number.as_deref(), day);
    let mut data = Map::new();
    let fields = [
        Column::Category,
        Column::WorkPackage,
        Column::Activity,
        Column::Deliverable,
        Column::Contract,
        Column::IncurredFrom,
        Column::IncurredTo,
        Column::Net,
        Column::Vat,
        Column::VatRecoverable,
        Column::SelfAssessedVat,
        Column::Share,
        Column::Declared,
        Column::Currency,
    ];
    for column in fields {
        if column == Column::IncurredFrom {
            data.insert("document".to_owned(), document.clone().unwrap_or_default());
        }
        let value = match column.kind() {
            Kind::Category => cells.category(),
            Kind::Amount => cells.amount(column),
            Kind::Share => cells.share(column),
            Kind::Date => cells.day(column).map(|day| day.to_string()),
            Kind::Currency => cells.text(column).map(|currency| currency.to_uppercase()),
            Kind::Text
            | Kind::DocumentKind
            | Kind::WorkPackage
            | Kind::Activity
            | Kind::Deliverable => cells.text(column),
        };
        if let Some(value) = value {
            data.insert(column.name().to_owned(), value.into());
        }
    }
    if let Some(text) = cells.text(Column::Text) {
        let language = cells.tongue().code();
        data.insert("text".to_owned(), json!({ "original": language, (language): text }));
    }
    if let Some(reference) = reference {
        data.insert("reference".to_owned(), reference.into());
    }
    if let Some(text) = cells.text(Column::Corrects) {
        match named.line(&text, reference) {
            Ok(line) => _ = data.insert("corrects".to_owned(), json!(line)),
            Err(why) => cells.fault(Column::Corrects, &why),
        }
    }
    if let (Some(uri), Some(kind), Some(number)) = (cells.text(Column::Evidence), kind, &number) {
        let kind = match kind {
            DocumentKind::Invoice => "invoice",
            DocumentKind::Payroll => "payroll",
            DocumentKind::Travel | DocumentKind::Internal => "other",
        };
        let evidence = json!([{ "kind": kind, "name": number, "uri": uri }]);
        data.insert("evidence".to_owned(), evidence);
    }
    Some((day?, Value::Object(data))).filter(|_| document.is_some())
}

fn document(
    cells: &mut Cells<'_>,
    kind: Option<DocumentKind>,
    number: Option<&str>,
    day: Option<Date>,
) -> Option<Value> {
    let own = [Column::Supplier, Column::TaxId, Column::PayrollPeriod, Column::PayrollMethod];
    let [supplier, tax_id, period, method] = own.map(|column| cells.text_with(column, kind));
    let (number, day) = (number?, day?);
    match kind? {
        DocumentKind::Invoice => Some(json!({ "invoice": { "number": number,
            "date": day.to_string(), "supplier": supplier?, "taxId": tax_id? } })),
        DocumentKind::Payroll => Some(json!({ "payroll": { "reference": number,
            "period": period?, "method": method? } })),
        DocumentKind::Travel => Some(json!({ "travel": { "reference": number } })),
        DocumentKind::Internal => Some(json!({ "internal": { "reference": number } })),
    }
}

/// The day and the data of the payment, without the line that it pays.
fn payment(cells: &mut Cells<'_>) -> Option<(Date, Map<String, Value>)> {
    let named = [Column::PaidOn, Column::PaidAmount, Column::PaymentProof];
    if !named.iter().any(|column| cells.has(*column)) {
        return None;
    }
    let (day, amount) = (cells.day(Column::PaidOn), cells.amount(Column::PaidAmount));
    for (column, is_there) in
        [(Column::PaidOn, day.is_some()), (Column::PaidAmount, amount.is_some())]
    {
        if !is_there && !cells.has(column) {
            cells.fault(column, "is empty, but the row names a payment: give its day and amount.");
        }
    }
    let proof = cells.text(Column::PaymentProof);
    let (day, amount) = (day?, amount?);
    let mut data = Map::new();
    data.insert("date".to_owned(), day.to_string().into());
    data.insert("amount".to_owned(), amount.into());
    if let Some(proof) = proof {
        data.insert("proof".to_owned(), proof.into());
    }
    Some((day, data))
}

#[cfg(test)]
mod tests;
