use super::*;
use crate::Format;

const HEAD: &str = "reference;category;workPackage;activity;contract;documentKind;documentNumber;\
    documentDate;supplier;taxId;incurredFrom;incurredTo;net;vat;share;declared;currency;Описание;\
    paidOn;paidAmount;Notes";

fn owner() -> Owner {
    Owner { project: "care-get".parse().unwrap(), partner: "5".parse().unwrap() }
}

fn list(rows: &str) -> List {
    List::read(format!("{HEAD}\n{rows}").as_bytes(), Format::Csv).unwrap()
}

fn entries(rows: &str) -> Vec<Entry> {
    list(rows).entries(&owner(), &Known::default())
}

const SOUND: &str = "R-1;Външни експерти и услуги;WP 5;А 5.1;;фактура;101;28.03.2025;Фирма;BG1;\
    2025-03-01;2025-03-20;1 000,00;200,00;80 %;960,00;bgn;Обучение;2025-04-01;1 200,00;mine";

#[test]
fn a_row_is_a_line_and_its_payment() {
    let entries = entries(SOUND);
    let events = entries[0].events.as_ref().unwrap();
    assert_eq!((entries[0].row, entries[0].reference.as_deref()), (2, Some("R-1")));
    assert_eq!(events.line.day.to_string(), "2025-03-28");
    assert_eq!(
        events.line.data,
        json!({ "category": "external_expertise", "workPackage": "WP 5", "activity": "А 5.1",
            "document": { "invoice": { "number": "101", "date": "2025-03-28", "supplier": "Фирма",
                "taxId": "BG1" } },
            "incurredFrom": "2025-03-01", "incurredTo": "2025-03-20", "net": "1000.00",
            "vat": "200.00", "vatRecoverable": "0.00", "share": "0.8", "declared": "960.00",
            "currency": "BGN", "text": { "original": "bg", "bg": "Обучение" }, "reference": "R-1" })
    );
    let payment = events.payment.as_ref().unwrap();
    assert_eq!(
        payment.data,
        json!({ "date": "2025-04-01", "amount": "1200.00", "line": events.line.id })
    );
    assert_eq!(list(SOUND).ignored, [("U1".to_owned(), "Notes".to_owned())]);
}

#[test]
fn the_same_row_has_the_same_ids_and_a_mended_one_too_where_it_has_a_reference() {
    let ids = |rows: &str| {
        let entries = entries(rows);
        let events = entries.iter().map(|entry| entry.events.as_ref().unwrap());
        events.map(|events| events.line.id).collect::<Vec<_>>()
    };
    let first = ids(SOUND);
    assert_eq!(ids(&SOUND.replace("960,00", "950,00")), first);
    let nameless = SOUND.replacen("R-1", "", 1);
    let by_content = ids(&nameless);
    assert_ne!(by_content, first);
    assert_eq!(ids(&nameless), by_content);
    assert_ne!(ids(&nameless.replace("960,00", "950,00")), by_content);
    // What was paid later does not make another line of it.
    assert_eq!(ids(&nameless.replace("2025-04-01;1 200,00", ";")), by_content);
    let other = Owner { partner: "6".parse().unwrap(), ..owner() };
    let other = list(SOUND).entries(&other, &Known::default());
    assert_ne!(other[0].events.as_ref().unwrap().line.id, first[0]);
}

#[test]
fn every_cell_that_is_not_understood_is_named() {
    let rows =
        ";snacks;;;;invoice;;28/03/2025;;;2025-03-01;2025-03-20;1.234;x;2;;EUR;;2025-04-01;;";
    let entries = entries(rows);
    let faults = entries[0].events.as_ref().unwrap_err();
    let columns: Vec<_> = faults.iter().filter_map(|fault| fault.column).collect();
    use Column::*;
    let wanted = [
        Category,
        WorkPackage,
        DocumentNumber,
        DocumentDate,
        Supplier,
        TaxId,
        Net,
        Vat,
        Declared,
        PaidAmount,
    ];
    assert_eq!(columns, wanted, "{faults:?}");
    let cells: Vec<_> = columns.iter().map(|column| list(rows).cell(2, Some(*column))).collect();
    assert_eq!(cells, ["B2", "C2", "G2", "H2", "I2", "J2", "M2", "N2", "P2", "T2"]);
}

#[test]
fn a_reference_or_a_row_that_stands_twice_is_named() {
    let twice = entries(&format!("{SOUND}\n{}", SOUND.replace("101", "102")));
    assert!(twice[0].events.is_ok());
    let fault = &twice[1].events.as_ref().unwrap_err()[0];
    assert!(fault.message.contains("Row 2 has the reference `R-1` too"), "{fault:?}");
    let nameless = SOUND.replacen("R-1", "", 1);
    let twice = entries(&format!("{nameless}\n\n{nameless}"));
    assert_eq!(twice[1].row, 4);
    assert!(twice[1].events.as_ref().unwrap_err()[0].message.contains("Row 2 says the same"));
}

#[test]
fn a_credit_note_names_its_line_by_the_reference_of_the_row() {
    let head = format!("{HEAD};corrects");
    let note = SOUND.replacen("R-1", "R-2", 1).replace("1 200,00;mine", "-1,00;mine");
    let text = format!("{head}\n{SOUND};\n{note};R-1");
    let list = List::read(text.as_bytes(), Format::Csv).unwrap();
    let entries = list.entries(&owner(), &Known::default());
    let (line, note) = (entries[0].events.as_ref().unwrap(), entries[1].events.as_ref().unwrap());
    assert_eq!(note.line.data["corrects"], json!(line.line.id));
}

#[test]
fn a_field_right_of_the_headings_is_a_fault_of_its_row() {
    let head = HEAD.replace(';', ",");
    let sound = "R-1,travel_and_accommodation,WP 5,,,travel,T-1,2025-03-28,,,2025-03-28,2025-03-28,\
        1000,,1,1000,EUR,,,,";
    let entries = |rows: &str| {
        let list = List::read(format!("{head}\n{rows}").as_bytes(), Format::Csv).unwrap();
        list.entries(&owner(), &Known::default())
    };
    assert!(entries(&format!("{sound},,")).remove(0).events.is_ok());
    let moved = sound.replace("1000,EUR,,,,", "1000,50,EUR,,,,mine");
    let twice = format!("{}\n{}", sound.replace("EUR,,,,", "EUR,,,,,50"), moved);
    for (entry, cell) in entries(&twice).iter().zip(["V2", "V3"]) {
        let faults = entry.events.as_ref().unwrap_err();
        let beyond: Vec<_> = faults.iter().filter(|fault| fault.column.is_none()).collect();
        assert_eq!(beyond.len(), 1, "{faults:?}");
        assert!(beyond[0].message.contains("decimal comma"), "{faults:?}");
        assert_eq!(beyond[0].cell, cell);
    }
}

#[test]
fn a_field_of_another_kind_of_document_is_not_dropped() {
    let rows = SOUND.replace("фактура", "travel");
    let entries = entries(&rows);
    let faults = entries[0].events.as_ref().unwrap_err();
    let columns: Vec<_> = faults.iter().filter_map(|fault| fault.column).collect();
    assert_eq!(columns, [Column::Supplier, Column::TaxId], "{faults:?}");
}

#[test]
fn a_list_without_its_columns_says_which() {
    let why = |text: &str| List::read(text.as_bytes(), Format::Csv).unwrap_err().to_string();
    assert!(why("a;b;c\n1;2;3").contains("headings were not found"));
    let lacks = why("category;net;vat;declraed\nx;1;2;3");
    assert!(lacks.contains("`declared`") && lacks.contains("`declraed` (D1)"), "{lacks}");
    let twice = why(&format!("{HEAD};Net amount\n"));
    assert!(twice.contains("M1 and V1"), "{twice}");
}
