//! What programs for sheets make of what was typed, and workbooks of several sheets.

use std::io::{Cursor, Read as _, Write as _};

use rust_xlsxwriter::{Formula, Workbook};

use super::lists::{COLUMNS, Cell, XLSX, became, list, row, send, text, with};
use super::running_server::{LedgerFolder, TRAKIA};

#[test]
fn what_excel_made_of_a_text_is_refused_and_zeros_before_a_number_do_not_matter() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let trakia = ledger.token(TRAKIA);
    let rows = [
        with(row("R-0"), "documentNumber", Cell::Day("2025-03-01")),
        with(row("R-1"), "documentNumber", Cell::Number(12.1)),
        with(row("R-2"), "taxId", Cell::Number(1_234_567_890_123_450.0)),
        with(row("R-3"), "documentNumber", text("00123")),
        with(row("R-4"), "documentNumber", Cell::Number(123.0)),
        with(row("R-5"), "documentNumber", text("00123/A")),
        with(row("R-6"), "documentNumber", text("123/A")),
    ];
    let answer = send(&server, &trakia, "", XLSX, list(&rows));
    let outcomes = became(&answer);
    for (at, cell) in [(0, "F2"), (1, "F3"), (2, "I4")] {
        let findings = &outcomes[at].2;
        assert_eq!(findings[..], [("cell_invalid".to_owned(), cell.to_owned())], "{answer:?}");
        let message = &answer.json()["answers"][at]["findings"][0]["message"];
        assert!(message.as_str().unwrap().contains("Format the column as text"), "{message}");
    }
    assert_eq!(outcomes[3].1, "recorded", "{answer:?}");
    let twice = ("document_declared_twice".to_owned(), "F6".to_owned());
    assert!(outcomes[4].2.contains(&twice), "{answer:?}");
    assert_eq!([&*outcomes[5].1, &*outcomes[6].1], ["recorded", "recorded"], "{answer:?}");
}

/// The workbook with every result that a formula brings replaced.
fn with_results(workbook: &[u8], result: &str) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(workbook)).unwrap();
    let mut written = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        if name.starts_with("xl/worksheets/") {
            let text = String::from_utf8(bytes).unwrap();
            assert!(text.contains("</f><v>0</v>"), "{text}");
            bytes = text.replace("</f><v>0</v>", &format!("</f>{result}")).into_bytes();
        }
        let options = zip::write::SimpleFileOptions::default();
        written.start_file(name, options).unwrap();
        written.write_all(&bytes).unwrap();
    }
    written.finish().unwrap().into_inner()
}

/// A sheet with the headings and a sound row.
fn fill(workbook: &mut Workbook, name: &str, reference: &str) {
    let sheet = workbook.add_worksheet();
    sheet.set_name(name).unwrap();
    for ((column, heading), cell) in (0..).zip(COLUMNS).zip(row(reference)) {
        sheet.write_string(0, column, heading).unwrap();
        match cell {
            Cell::Text(text) => sheet.write_string(1, column, text).unwrap(),
            Cell::Number(number) => sheet.write_number(1, column, number).unwrap(),
            Cell::Day(day) => sheet.write_string(1, column, day).unwrap(),
            Cell::Empty => continue,
        };
    }
}

#[test]
fn a_formula_that_nobody_computed_is_named_and_not_taken_for_an_empty_cell() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let trakia = ledger.token(TRAKIA);
    let mut workbook = Workbook::new();
    fill(&mut workbook, "List", "R-1");
    let vat = u16::try_from(COLUMNS.iter().position(|name| *name == "vat").unwrap()).unwrap();
    let sheet = workbook.worksheet_from_name("List").unwrap();
    sheet.write_formula(1, vat, Formula::new("=L2*0.2")).unwrap();
    let workbook = workbook.save_to_buffer().unwrap();
    for result in ["", "<v></v>", "<v/>"] {
        let answer = send(&server, &trakia, "", XLSX, with_results(&workbook, result));
        let wanted = [(2, "refused".to_owned(), vec![("cell_invalid".into(), "M2".into())])];
        assert_eq!(became(&answer), wanted, "{result}: {answer:?}");
        let message = answer.json()["answers"][0]["findings"][0]["message"].to_string();
        assert!(message.contains("LibreOffice"), "{message}");
    }
    // One that was computed is read.
    let answer = send(&server, &trakia, "", XLSX, with_results(&workbook, "<v>200.02</v>"));
    assert_eq!(became(&answer)[0].1, "recorded", "{answer:?}");
}

#[test]
fn the_first_sheet_with_the_headings_is_read_and_named() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let trakia = ledger.token(TRAKIA);
    let mut workbook = Workbook::new();
    let cover = workbook.add_worksheet();
    cover.set_name("Корица").unwrap();
    cover.write_string(0, 0, "Trakia University").unwrap();
    // Three words of the template, and not its columns.
    let summary = workbook.add_worksheet();
    summary.set_name("Summary").unwrap();
    for (column, word) in (0..).zip(["category", "net", "vat"]) {
        summary.write_string(0, column, word).unwrap();
    }
    fill(&mut workbook, "Март", "R-3");
    fill(&mut workbook, "Април", "R-4");
    let answer = send(&server, &trakia, "", XLSX, workbook.save_to_buffer().unwrap());
    assert_eq!(became(&answer)[0].1, "recorded", "{answer:?}");
    let json = answer.json();
    assert_eq!((&json["sheet"], &json["answers"][0]["reference"]), (&"Март".into(), &"R-3".into()));
    assert_eq!(json["sheetsNotRead"], serde_json::json!(["Април"]));

    let mut none = Workbook::new();
    none.add_worksheet().set_name("Корица").unwrap().write_string(0, 0, "Trakia").unwrap();
    let answer = send(&server, &trakia, "", XLSX, none.save_to_buffer().unwrap());
    assert_eq!(answer.problem(400), "sheet_unreadable");
    assert!(answer.body.contains("`Корица`"), "{answer:?}");
}
