//! Files as they come: other orders and words, CSV of every habit, and what is no list at all.

use super::count;
use super::lists::{
    COLUMNS, Cell, LISTS, XLSX, became, headings, list, row, send, text, with, workbook,
};
use super::running_server::{Answer, LedgerFolder, TRAKIA};

const CSV: &str = "text/csv";

/// Headings as the Bulgarian and the English template have them, mixed.
const WORDS: &str = "Ваш номер;Категория разходи *;РАБОТЕН ПАКЕТ;Activity;Вид документ;\
    Номер на документа;Дата на документа;Доставчик;ДДС или данъчен номер на доставчика;\
    Извършен от;Извършен до;Сума без ДДС;ДДС;Дял за проекта;Декларирана сума;Валута;Бележки";

#[test]
fn csv_is_read_with_every_habit_of_writing_it() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let trakia = ledger.token(TRAKIA);
    let row = |number: &str, net: &str, day: &str| {
        format!(
            "{number};Външни експерти и услуги;РП 5;Д 5.1;Фактура;{number};{day};\"Фирма; ЕООД\";\
             BG117;01.03.2025;2025-03-20;{net};0;100 %;100,00;eur;моя"
        )
        .replace("Д 5.1", "А 5.1")
    };
    let rows = [
        row("1", "1 234,50", "28.03.2025"),
        row("2", "\u{a0}1\u{a0}234,50", "28.3.2025"),
        row("3", "1.234,5", "2025-03-28"),
        row("4", "1234.50", "28.03.2025 г."),
    ];
    let body = format!("\u{feff}{WORDS}\r\n\r\n{}\r\n", rows.join("\r\n"));
    let answer = send(&server, &trakia, "", "text/csv; charset=utf-8", body.into_bytes());
    assert_eq!((count(&answer, "rows"), count(&answer, "recorded")), (4, 4), "{answer:?}");
    let numbers: Vec<_> = became(&answer).iter().map(|(row, ..)| *row).collect();
    assert_eq!(numbers, [3, 4, 5, 6], "an empty line is a row");
    assert_eq!(answer.json()["ignored"][0]["heading"], "Бележки");
    assert_eq!(answer.json()["ignored"][0]["cell"], "Q1");

    let commas = "category,workPackage,documentKind,documentNumber,documentDate,incurredFrom,\
        incurredTo,net,share,declared,currency\n\
        travel_and_accommodation,WP 5,travel,T-1,2025-03-28,2025-03-28,2025-03-28,\"1,50\",1,1.5,EUR";
    let answer = send(&server, &trakia, "", CSV, commas.into());
    assert!(matches!(became(&answer)[0].1.as_str(), "recorded" | "warned"), "{answer:?}");
    // Without a reference a row is known by what it says.
    let answer = send(&server, &trakia, "", CSV, commas.into());
    assert_eq!(became(&answer)[0].1, "repeated");
}

#[test]
fn headings_may_stand_lower_and_in_any_order_and_empty_rows_are_left_out() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let backwards = |mut cells: Vec<Cell>| {
        cells.reverse();
        cells
    };
    let blank = vec![Cell::Empty; COLUMNS.len()];
    let rows = [
        vec![text("Trakia University: costs of 2025")],
        blank.clone(),
        backwards(headings()),
        blank.clone(),
        backwards(row("R-1")),
        blank,
        backwards(with(row("R-2"), "declared", text("x"))),
    ];
    let answer = send(&server, &ledger.token(TRAKIA), "", XLSX, workbook(&rows));
    let answers = became(&answer);
    assert_eq!((answers[0].0, answers[0].1.as_str()), (5, "recorded"), "{answer:?}");
    assert_eq!((answers[1].0, answers[1].2[0].1.as_str()), (7, "D7"), "{answer:?}");
}

#[test]
fn cells_that_were_merged_are_empty_but_the_first() {
    use rust_xlsxwriter::{Format, Workbook};
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, name) in (0..).zip(COLUMNS) {
        sheet.write_string(0, column, name).unwrap();
        sheet.write_string(1, column, "x").unwrap();
    }
    sheet.merge_range(1, 2, 2, 2, "WP 5", &Format::new()).unwrap();
    sheet.write_string(2, 0, "R-2").unwrap();
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let body = workbook.save_to_buffer().unwrap();
    let answer = send(&server, &ledger.token(TRAKIA), "", XLSX, body);
    let answers = became(&answer);
    assert!(answers[1].2.iter().any(|(_, cell)| cell == "C3"), "{answer:?}");
    assert!(!answers[0].2.iter().any(|(_, cell)| cell == "C2"), "{answer:?}");
}

#[test]
fn what_is_no_list_is_refused_whole_and_says_how_to_mend_it() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let (trakia, before) = (ledger.token(TRAKIA), server.position());
    let old = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let sound = list(&[row("R-1")]);
    let mut broken = sound.clone();
    broken.truncate(sound.len() / 2);
    let mut damaged = sound.clone();
    let middle = damaged.len() / 3;
    damaged[middle..middle + 200].fill(0x55);
    let lacks = workbook(&[headings()[..10].to_vec(), row("R-1")]);
    let twice = workbook(&[[headings(), headings()].concat(), row("R-1")]);
    let files: [(&str, &str, Vec<u8>, &str); 11] = [
        ("an old workbook", XLSX, [&old[..], &[0; 2_000]].concat(), ".xls"),
        ("locked", XLSX, [&old[..], &utf16("EncryptedPackage")].concat(), "password"),
        ("half of one", XLSX, broken, "damaged"),
        ("a damaged one", XLSX, damaged, "damaged"),
        ("a PDF", XLSX, b"%PDF-1.7 and so on".to_vec(), "no workbook"),
        ("nothing", XLSX, Vec::new(), "no workbook"),
        ("no headings", XLSX, workbook(&[row("R-1")]), "headings were not found"),
        ("columns missing", XLSX, lacks, "`declared`"),
        ("columns twice", XLSX, twice, "Two columns"),
        ("another encoding", CSV, b"category;net;vat\n\xcf\xe5".to_vec(), "UTF-8"),
        ("a workbook as CSV", CSV, sound.clone(), "UTF-8"),
    ];
    for (what, media_type, body, words) in files {
        let answer = send(&server, &trakia, "", media_type, body);
        assert_eq!(answer.problem(400), "sheet_unreadable", "{what}: {answer:?}");
        assert!(answer.json()["detail"].as_str().unwrap().contains(words), "{what}: {answer:?}");
    }
    for media_type in ["application/vnd.ms-excel", "application/json", ""] {
        let answer = send(&server, &trakia, "", media_type, sound.clone());
        assert_eq!(answer.problem(415), "media_type_unsupported", "{media_type}");
    }
    let nobody = server.client().post(server.url(LISTS)).header("Content-Type", XLSX).body(sound);
    assert_eq!(Answer::of(nobody).problem(401), "unauthenticated");
    assert_eq!(server.position(), before);
    server.stop();
    assert!(!ledger.operator_log().contains("panicked"));
}

#[test]
fn what_is_too_large_is_refused_before_it_is_unpacked() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let trakia = ledger.token(TRAKIA);
    let large = send(&server, &trakia, "", XLSX, vec![b' '; 8 * 1024 * 1024 + 1]);
    assert_eq!(large.problem(413), "body_too_large");
    let many = vec![row("R-1"); 10_001];
    let many = send(&server, &trakia, "", XLSX, list(&many));
    assert_eq!(many.problem(413), "body_too_large");
    // A cell in the last row and column of a sheet: nothing is made of all that lies between.
    let mut wide = rust_xlsxwriter::Workbook::new();
    let sheet = wide.add_worksheet();
    sheet.write_string(0, 0, "category").unwrap();
    sheet.write_string(1_048_575, 16_383, "x").unwrap();
    let wide = send(&server, &trakia, "", XLSX, wide.save_to_buffer().unwrap());
    assert_eq!(wide.problem(413), "body_too_large");
    // Half a gigabyte of spaces packs to half a megabyte.
    let bomb = send(&server, &trakia, "", XLSX, bomb());
    assert_eq!(bomb.problem(413), "body_too_large");
}

/// A workbook whose texts unpack to more than anybody has written.
fn bomb() -> Vec<u8> {
    use std::io::Write as _;
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    archive.start_file("xl/sharedStrings.xml", options).unwrap();
    let spaces = vec![b' '; 1024 * 1024];
    for _ in 0..160 {
        archive.write_all(&spaces).unwrap();
    }
    archive.finish().unwrap().into_inner()
}
