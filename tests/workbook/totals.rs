//! Another program finds the same sums in every sheet.

use std::io::{Cursor, Read as _, Write as _};
use std::path::Path;
use std::process::Command;

use calamine::{Data, Range, Reader as _, Xlsx};
use serde_json::json;

use super::running_server::{LedgerFolder, TRAKIA, cairn, expenditure, run};
use super::sheets::{claimed, records, total};

/// LibreOffice's setting to believe no result that a workbook brings.
const ALWAYS_COMPUTE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop>
</item>
</oor:items>
"#;

/// What LibreOffice makes of a workbook: it is opened, every formula is computed anew, and each
/// sheet is written as CSV.
fn recomputed(folder: &Path, workbook: &Path, sheets: &[String]) -> Vec<Vec<Vec<String>>> {
    let profile = folder.join("profile");
    std::fs::create_dir_all(profile.join("user")).unwrap();
    std::fs::write(profile.join("user/registrymodifications.xcu"), ALWAYS_COMPUTE).unwrap();
    let profile = format!("-env:UserInstallation=file://{}", profile.display());
    let ended = Command::new("soffice")
        .args([&profile, "--headless", "--convert-to"])
        .arg("csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1")
        .arg("--outdir")
        .args([folder, workbook])
        .output()
        .expect("LibreOffice's soffice is there: tests/run installs it");
    assert!(ended.status.success(), "{ended:?}");
    let stem = workbook.file_stem().unwrap().to_str().unwrap();
    let made = sheets.iter().map(|sheet| folder.join(format!("{stem}-{sheet}.csv")));
    let read = |path| std::fs::read(&path).unwrap_or_else(|_| panic!("no {path:?}: {ended:?}"));
    made.map(|path| records(&read(path))).collect()
}

/// The sheets of a workbook with their names.
fn sheets(workbook: &[u8]) -> Vec<(String, Range<Data>)> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(workbook)).unwrap();
    workbook.worksheets()
}

#[test]
fn another_program_computes_the_same_totals_in_every_sheet() {
    let ledger = LedgerFolder::with_example();
    claimed(&ledger, &ledger.serve());
    let folder = ledger.file("office");
    std::fs::create_dir(&folder).unwrap();
    // Sums of each sheet. A deduction and a flat rate of it are the third sheet of the claim.
    for (name, arguments, sums) in [
        ("list", &["expenditure"][..], &[5][..]),
        ("part", &["expenditure", "--partner", "5", "--claim", "1"], &[5]),
        ("use", &["budget-use", "--by", "category"], &[11]),
        ("partners", &["budget-use", "--by", "partner"], &[13]),
        ("then", &["budget-use", "--by", "partner", "--until", "2025-12-31"], &[13]),
        ("before", &["budget-use", "--at-version", "150", "--application-form", "1"], &[11]),
        ("claim", &["claims/1"], &[5, 10, 1]),
        ("own", &["claims/1", "--partner", "5"], &[5, 10, 1]),
    ] {
        let path = ledger.file(&format!("{name}.xlsx"));
        let mut command = cairn();
        command.arg("sheet").args(arguments).args(["--project", "care-get"]);
        let ended = run(command.args(["--database", &ledger.database(), "--to"]).arg(&path));
        assert_eq!(ended.code, 0, "{ended:?}");
        // Results that are kept are not believed: without them only a computation gives the sums.
        let emptied = folder.join(format!("{name}.xlsx"));
        without_results(&path, &emptied);
        let ours = sheets(&std::fs::read(&path).unwrap());
        let names: Vec<_> = ours.iter().map(|(sheet, _)| sheet.clone()).collect();
        let theirs = recomputed(&folder, &emptied, &names);
        let mut compared = Vec::new();
        for ((sheet, ours), records) in ours.iter().zip(&theirs) {
            compared.push(same_totals(&format!("{name} {sheet}"), ours, records));
        }
        assert_eq!(compared, sums, "{name}");
    }
}

/// How many totals of a sheet are the same in both.
fn same_totals(name: &str, ours: &Range<Data>, theirs: &[Vec<String>]) -> usize {
    let last = theirs.last().unwrap();
    assert_eq!(last[0], "Total", "{name}: {theirs:?}");
    let fields = theirs[0].iter().zip(last).skip(1).filter(|(_, field)| !field.is_empty());
    let same = fields.map(|(heading, field)| {
        let number: f64 = field.replace(',', "").parse().unwrap();
        assert_eq!(format!("{number:.2}"), total(ours, heading), "{name}: {heading}");
    });
    same.count()
}

/// The same workbook with nonsense in the place of every kept result of a formula.
fn without_results(from: &Path, to: &Path) {
    let mut archive = zip::ZipArchive::new(std::fs::File::open(from).unwrap()).unwrap();
    let mut written = zip::ZipWriter::new(std::fs::File::create(to).unwrap());
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        if name.starts_with("xl/worksheets/") {
            let text = String::from_utf8(bytes).unwrap();
            let mut pieces = text.split("</f><v>");
            let mut emptied = pieces.next().unwrap().to_owned();
            for piece in pieces {
                emptied.push_str("</f><v>1");
                emptied.push_str(&piece[piece.find("</v>").unwrap()..]);
            }
            bytes = emptied.into_bytes();
        }
        let options = zip::write::SimpleFileOptions::default();
        written.start_file(name, options).unwrap();
        written.write_all(&bytes).unwrap();
    }
    written.finish().unwrap();
}

#[test]
fn the_total_of_an_invoice_under_reverse_charge_has_no_vat() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let mut line = expenditure();
    let data = &mut line["data"];
    data["category"] = json!("external_expertise");
    data["document"] = json!({ "invoice": { "number": "RC-1", "date": "2026-10-31",
        "supplier": "Beratung GmbH", "taxId": "DE811907980" } });
    data["evidence"] = json!([]);
    data["reference"] = json!("RC-1");
    data["vat"] = json!("600.00");
    data["selfAssessedVat"] = json!("600.00");
    data["declared"] = json!("3600.00");
    line["occurredon"] = json!("2026-10-31");
    let answer = server.post(&ledger.token(TRAKIA), &line);
    assert_eq!(answer.status, 201, "{answer:?}");
    let to = ledger.file("list.csv");
    let mut sheet = cairn();
    sheet.args(["sheet", "expenditure", "--project", "care-get", "--to"]).arg(&to);
    assert_eq!(run(sheet.args(["--database", &ledger.database()])).code, 0);
    let records = records(&std::fs::read(to).unwrap());
    let found = records.iter().find(|record| record[3] == "RC-1").unwrap();
    assert_eq!(found[9..12], ["3000.00", "0.00", "3600.00"], "{found:?}");
    assert_eq!(found[22], "600.00", "{found:?}");
}
