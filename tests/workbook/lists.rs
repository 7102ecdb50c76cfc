//! Lists of expenditure, made in the tests as people make them.

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

use crate::running_server::{Answer, RunningServer};

pub(crate) const LISTS: &str = "/v1/projects/care-get/expenditure";
pub(crate) const TEMPLATE: &str = "/v1/projects/care-get/templates/expenditure.xlsx";
pub(crate) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// What is typed into a cell.
#[derive(Clone, Debug)]
pub(crate) enum Cell {
    Text(String),
    Number(f64),
    Day(&'static str),
    Empty,
}

pub(crate) fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

pub(crate) const COLUMNS: [&str; 18] = [
    "reference",
    "category",
    "workPackage",
    "activity",
    "documentKind",
    "documentNumber",
    "documentDate",
    "supplier",
    "taxId",
    "incurredFrom",
    "incurredTo",
    "net",
    "vat",
    "share",
    "declared",
    "currency",
    "paidOn",
    "paidAmount",
];

/// A sound row: an invoice of Trakia University in 2025, paid.
pub(crate) fn row(reference: &str) -> Vec<Cell> {
    vec![
        text(reference),
        text("external_expertise"),
        text("WP 5"),
        text("А 5.1"),
        text("invoice"),
        text(&format!("INV-{reference}")),
        Cell::Day("2025-03-28"),
        text("Фирма за обучения ЕООД"),
        text("BG000000117"),
        Cell::Day("2025-03-01"),
        Cell::Day("2025-03-20"),
        Cell::Number(1_000.1),
        Cell::Number(200.02),
        Cell::Number(0.8),
        Cell::Number(960.09),
        text("EUR"),
        Cell::Day("2025-04-15"),
        Cell::Number(1_200.12),
    ]
}

/// The row with the cell of one column changed.
pub(crate) fn with(mut row: Vec<Cell>, column: &str, cell: Cell) -> Vec<Cell> {
    let place = COLUMNS.iter().position(|name| *name == column).unwrap();
    row[place] = cell;
    row
}

pub(crate) fn headings() -> Vec<Cell> {
    COLUMNS.map(text).to_vec()
}

/// A workbook whose only sheet has these rows.
pub(crate) fn workbook(rows: &[Vec<Cell>]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name("Лист1").unwrap();
    let day = Format::new().set_num_format("dd.mm.yyyy");
    for (row, cells) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(cells) {
            match cell {
                Cell::Text(text) => sheet.write_string(row, column, text).unwrap(),
                Cell::Number(number) => sheet.write_number(row, column, *number).unwrap(),
                Cell::Day(date) => {
                    let date = ExcelDateTime::parse_from_str(date).unwrap();
                    sheet.write_datetime_with_format(row, column, &date, &day).unwrap()
                }
                Cell::Empty => continue,
            };
        }
    }
    workbook.save_to_buffer().unwrap()
}

/// A list with the names of its columns as headings.
pub(crate) fn list(rows: &[Vec<Cell>]) -> Vec<u8> {
    let mut all = vec![headings()];
    all.extend_from_slice(rows);
    workbook(&all)
}

pub(crate) fn send(
    server: &RunningServer,
    token: &str,
    query: &str,
    media_type: &str,
    body: Vec<u8>,
) -> Answer {
    let request = server.client().post(server.url(&format!("{LISTS}{query}")));
    Answer::of(request.bearer_auth(token).header("Content-Type", media_type).body(body))
}

/// A row's number, what became of it, and the rule and the cell of each finding.
pub(crate) type Became = (u64, String, Vec<(String, String)>);

/// What became of each row.
pub(crate) fn became(answer: &Answer) -> Vec<Became> {
    assert_eq!(answer.status, 200, "{answer:?}");
    let json = answer.json();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let rows = json["answers"].as_array().unwrap().iter();
    rows.map(|row| {
        let findings = row["findings"].as_array().cloned().unwrap_or_default();
        let findings = findings.iter().map(|f| (text(&f["rule"]), text(&f["cell"]))).collect();
        (row["row"].as_u64().unwrap(), text(&row["became"]), findings)
    })
    .collect()
}
