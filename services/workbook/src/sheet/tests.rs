use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};

use super::*;

fn heading(text: &'static str, shows: Shows) -> Heading {
    Heading { text, shows, width: 12 }
}

fn book() -> Book {
    let row = |text: &str, cents: i64| {
        vec![
            Value::text(text),
            Value::Amount(Cents::new(cents)),
            Value::Date(jiff::civil::date(2025, 3, 20)),
            Value::Decimal("1.95583".to_owned()),
        ]
    };
    let headings = vec![
        heading("Supplier", Shows::Text),
        heading("Euro", Shows::Euro),
        heading("Day", Shows::Date),
        heading("Rate", Shows::Decimal),
    ];
    let rows = vec![row("=cmd|' /C calc'!A0", 10), row("Фирма; \"А\"", 20), row("-5", -1)];
    let sheet = Sheet { name: "Sheet".to_owned(), headings, rows };
    Book { title: String::new(), made_on: jiff::civil::date(2025, 3, 20), sheets: vec![sheet] }
}

#[test]
fn a_text_never_becomes_a_formula() {
    let csv = book().write(Format::Csv, Separated { separator: b';', mark: true }).unwrap();
    let wanted = "\u{feff}\"Supplier\";\"Euro\";\"Day\";\"Rate\"\r\n\
        \"'=cmd|' /C calc'!A0\";\"0,10\";\"2025-03-20\";\"1,95583\"\r\n\
        \"Фирма; \"\"А\"\"\";\"0,20\";\"2025-03-20\";\"1,95583\"\r\n\
        \"'-5\";\"-0,01\";\"2025-03-20\";\"1,95583\"\r\n";
    assert_eq!(String::from_utf8(csv).unwrap(), wanted);
    let commas = book().write(Format::Csv, Separated::default()).unwrap();
    let commas = String::from_utf8(commas).unwrap();
    assert!(commas.contains("\"-0.01\",\"2025-03-20\",\"1.95583\"\r\n"), "{commas}");
    let bytes = book().write(Format::Xlsx, Separated::default()).unwrap();
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let formulas = workbook.worksheet_formula("Sheet").unwrap();
    let formulas: Vec<_> = formulas.used_cells().map(|(.., formula)| formula.clone()).collect();
    assert_eq!(formulas, ["SUM(B2:B4)"]);
    let range = workbook.worksheet_range("Sheet").unwrap();
    assert_eq!(range.get_value((1, 0)), Some(&Data::String("=cmd|' /C calc'!A0".to_owned())));
    assert_eq!(range.get_value((4, 1)), Some(&Data::Float(0.29)));
}

#[test]
fn the_same_figures_make_the_same_bytes() {
    let write = || book().write(Format::Xlsx, Separated::default()).unwrap();
    assert_eq!(write(), write());
}
