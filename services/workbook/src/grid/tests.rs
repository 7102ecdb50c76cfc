use super::*;

fn any(bytes: &[u8], format: Format) -> Result<Grid, NotReadable> {
    read(bytes, format, |_| Ok(true))
}

fn csv(text: &str) -> Vec<Row> {
    any(text.as_bytes(), Format::Csv).unwrap().rows
}

#[test]
fn cells_have_the_names_that_programs_show() {
    for (column, name) in [(0, "A17"), (5, "F17"), (25, "Z17"), (26, "AA17"), (99, "CV17")] {
        assert_eq!(cell_name(17, column), name);
    }
}

#[test]
fn rows_of_csv_are_counted_as_programs_show_them() {
    let text = "net;vat;text\r\n\r\n1;2;\"a\nb\"\r\n\n3;;c\n";
    let rows: Vec<_> = csv(text).iter().map(|row| (row.number, row.cells.len())).collect();
    assert_eq!(rows, [(1, 3), (3, 3), (5, 2)]);
    let marked = csv("\u{feff}net,vat\n1,2");
    assert_eq!(marked[0].cells[&0], Content::Text("net".to_owned()));
    let tabs = csv("net\tvat\n1,00\t2,00");
    assert_eq!(tabs[1].cells[&0], Content::Text("1,00".to_owned()));
}

#[test]
fn a_list_whose_headings_no_separator_knows_is_read_between_commas() {
    assert_eq!(csv("a,b\tc;d").first().unwrap().cells.len(), 2);
}

#[test]
fn a_quotation_mark_that_is_not_closed_swallows_no_rows() {
    let why = |text: &str| any(text.as_bytes(), Format::Csv).unwrap_err().to_string();
    let of_row_3 = "quotation mark in row 3 is not closed";
    for text in [
        "net;vat;text\n\n1;2;\"Hotel\n3;4;b\n5;6;c\n",
        "net;vat;text\n1;2;\"a\nb\"\n3;4;\"Hotel",
        "net,vat,text\r\n1,2,a\r\n3,4,\"Hotel\r\n\r\n",
        // Closed by the mark of another row.
        "net;vat;text\n1;2;a\n3;4;\"Hotel\n5;6;\"a\nb\"\n",
        "net;text;vat\n1;a;2\n3;\"Hotel;4\n5;\"b\";6\n",
    ] {
        assert!(why(text).contains(of_row_3), "{text:?}: {}", why(text));
    }
    for text in ["net;vat;text\n1;2;a \"Hotel\n3;4;b", "net;vat;text\n1;2;\"a\nb; c\"\n3;4;\"\""] {
        assert_eq!(any(text.as_bytes(), Format::Csv).unwrap().rows.len(), 3, "{text:?}");
    }
}

#[test]
fn what_is_no_list_says_why() {
    let why = |bytes: &[u8], format| any(bytes, format).unwrap_err().to_string();
    assert!(why(b"net;vat\n\xff", Format::Csv).contains("CSV UTF-8"));
    assert!(why(b"%PDF-1.7", Format::Xlsx).contains("no workbook"));
    assert!(why(b"PK\x03\x04 and then nothing", Format::Xlsx).contains("damaged"));
    let old = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0];
    assert!(why(&old, Format::Xlsx).contains(".xls"));
    let locked: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(why(&[&old[..], &locked].concat(), Format::Xlsx).contains("password"));
    let large = any(&vec![b' '; FILE_BYTES_MAX + 1], Format::Csv).unwrap_err();
    assert!(matches!(large, NotReadable::TooLarge(_)), "{large}");
    let many = "a,b\n".repeat(ROWS_MAX + HEADING_ROWS_MAX + 1);
    assert!(matches!(any(many.as_bytes(), Format::Csv), Err(NotReadable::TooLarge(_))));
}

#[test]
fn sheets_that_share_a_part_do_not_have_it_read_for_each_of_them() {
    use std::cell::Cell;
    let own = many_sheets();
    // Each with a part of its own is looked at, and the last one is read.
    let last = |rows: &[Row]| Ok(rows[0].cells[&0] == Content::Number(49.0));
    let found = read(&own, Format::Xlsx, last).unwrap();
    assert_eq!(found.sheet.as_deref(), Some("Sheet50"));
    let looked_at = Cell::new(0);
    let none = |_: &[Row]| {
        looked_at.set(looked_at.get() + 1);
        Ok(false)
    };
    let refused = read(&sharing(&own), Format::Xlsx, none).unwrap_err();
    assert!((1..=4).contains(&looked_at.get()), "{looked_at:?}: {refused}");
}

fn many_sheets() -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    for sheet in 0..50 {
        workbook.add_worksheet().write_number(0, 0, sheet).unwrap();
    }
    workbook.save_to_buffer().unwrap()
}

/// The same workbook, in which every sheet names the part of the first one.
fn sharing(workbook: &[u8]) -> Vec<u8> {
    use std::io::{Cursor, Read as _, Write as _};
    let mut archive = zip::ZipArchive::new(Cursor::new(workbook)).unwrap();
    let mut shared = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).unwrap();
        let (name, mut text) = (part.name().unwrap().into_owned(), String::new());
        part.read_to_string(&mut text).unwrap();
        if name.ends_with("workbook.xml.rels") {
            for sheet in 2..=50 {
                text = text.replace(&format!("/sheet{sheet}.xml"), "/sheet1.xml");
            }
        }
        shared.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        shared.write_all(text.as_bytes()).unwrap();
    }
    shared.finish().unwrap().into_inner()
}
