//! Sheets on their way out: what they hold, for whom, and that another program finds the same sums.

use std::io::Cursor;
use std::path::Path;
use std::process::Command;

use calamine::{Data, Range, Reader as _, Xlsx};
use serde_json::{Value, json};

use super::lists::{XLSX, list, row, send, text, with};
use super::running_server::{
    Answer, LEAD, LedgerFolder, RunningServer, SIENA, TRAKIA, cairn, event, expenditure, run,
};

const SHEETS: &str = "/v1/projects/care-get/sheets";

fn bytes(server: &RunningServer, token: &str, sheet: &str) -> Vec<u8> {
    let request = server.client().get(server.url(&format!("{SHEETS}/{sheet}")));
    let response = request.bearer_auth(token).send().unwrap();
    assert_eq!(response.status(), 200, "{sheet}");
    response.bytes().unwrap().to_vec()
}

fn first_sheet(workbook: &[u8]) -> Range<Data> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(workbook)).unwrap();
    workbook.worksheet_range_at(0).unwrap().unwrap()
}

fn column(sheet: &Range<Data>, heading: &str) -> u32 {
    let (_, last) = sheet.end().unwrap();
    let is = |column: &u32| sheet.get_value((0, *column)).is_some_and(|cell| *cell == *heading);
    (0..=last).find(is).unwrap_or_else(|| panic!("there is no column {heading}"))
}

/// The amount in the last row, below a heading: the total.
fn total(sheet: &Range<Data>, heading: &str) -> String {
    let (last, _) = sheet.end().unwrap();
    match sheet.get_value((last, column(sheet, heading))) {
        Some(Data::Float(number)) => format!("{number:.2}"),
        other => panic!("{heading}: {other:?}"),
    }
}

fn records(csv: &[u8]) -> Vec<Vec<String>> {
    let csv = csv.strip_prefix("\u{feff}".as_bytes()).unwrap_or(csv);
    let reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(csv);
    let records = reader.into_records().map(|record| record.unwrap());
    records.map(|record| record.iter().map(str::to_owned).collect()).collect()
}

fn budget_use(server: &RunningServer, token: &str) -> Value {
    let question = r#"{ project(acronym: "care-get") { budgetUse(by: [PARTNER, CATEGORY]) {
        totals { planned declared paid certified remaining }
        rows { partner category planned declared } } } }"#;
    server.graphql(token, question).json()["data"]["project"]["budgetUse"].clone()
}

#[test]
fn the_list_of_expenditure_has_every_item_in_the_order_of_the_platform() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let (lead, trakia) = (ledger.token(LEAD), ledger.token(TRAKIA));
    let formula = with(row("=1+1"), "supplier", text("@SUM(1)"));
    assert_eq!(send(&server, &trakia, "", XLSX, list(&[row("R-1"), formula])).status, 200);
    let sheet = first_sheet(&bytes(&server, &lead, "expenditure.xlsx"));
    let headings: Vec<_> =
        (0..15).map(|column| sheet.get_value((0, column)).unwrap().to_string()).collect();
    let wanted = [
        "Cost category",
        "Investment",
        "Contract",
        "Internal reference",
        "Invoice number",
        "Invoice date",
        "Date of payment",
        "Description",
        "Comment",
        "Total value of invoice",
        "VAT",
        "Declared amount",
        "Currency",
        "Exchange rate",
        "Declared amount in EUR",
    ];
    assert_eq!(headings, wanted);

    let csv = records(&bytes(&server, &lead, "expenditure.csv"));
    let place = |heading: &str| csv[0].iter().position(|field| field == heading).unwrap();
    let line = csv.iter().find(|line| line[place("Internal reference")] == "R-1").unwrap();
    assert_eq!(
        line[..7],
        ["External expertise and services", "", "", "R-1", "INV-R-1", "2025-03-28", "2025-04-15",]
    );
    assert_eq!(line[9..15], ["1200.12", "200.02", "960.09", "EUR", "", "960.09"]);
    assert_eq!((&*line[place("Status")], &*line[place("Activity")]), ("in no claim", "A 5.1"));
    let guarded = csv.iter().find(|line| line[place("Internal reference")] == "'=1+1").unwrap();
    assert_eq!(guarded[place("Supplier")], "'@SUM(1)");

    // The items and the flat rates on them are what is declared.
    let rows = budget_use(&server, &lead);
    let computed = rows["rows"].as_array().unwrap().iter();
    let computed = computed.filter(|row| row["category"] == "OFFICE_AND_ADMINISTRATION");
    let cents = |text: &str| text.replace('.', "").parse::<i64>().unwrap();
    let flat: i64 = computed.map(|row| cents(row["declared"].as_str().unwrap())).sum();
    let items = cents(&total(&sheet, "Declared amount in EUR"));
    assert_eq!(items + flat, cents(rows["totals"]["declared"].as_str().unwrap()));
    let counted = csv[1..].iter().filter(|line| !line[14].is_empty());
    assert_eq!(counted.map(|line| cents(&line[14])).sum::<i64>(), items);
}

#[test]
fn budget_use_has_the_totals_of_the_ledger() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let lead = ledger.token(LEAD);
    let totals = budget_use(&server, &lead)["totals"].clone();
    for query in ["", "?by=partner", "?by=work-package,month", "?by=category,currency,claim"] {
        let sheet = first_sheet(&bytes(&server, &lead, &format!("budget-use.xlsx{query}")));
        for (heading, name) in [
            ("Planned", "planned"),
            ("Declared", "declared"),
            ("Paid", "paid"),
            ("Certified", "certified"),
            ("Remaining", "remaining"),
        ] {
            assert_eq!(total(&sheet, heading), totals[name].as_str().unwrap(), "{query} {heading}");
        }
    }
    let csv = bytes(&server, &lead, "budget-use.csv?by=partner&bom=true&separator=semicolon");
    let text = String::from_utf8(csv).unwrap();
    assert!(text.starts_with("\u{feff}\"Partner\";\"Note\";\"Planned\";"), "{text}");
}

#[test]
fn everybody_gets_what_it_may_see() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let partners = |subject: &str| {
        let records = records(&bytes(&server, &ledger.token(subject), "expenditure.csv"));
        let mut partners: Vec<_> =
            records[1..].iter().map(|line| line[15].parse::<u32>().unwrap()).collect();
        partners.dedup();
        partners
    };
    assert_eq!(partners(TRAKIA), [5]);
    assert_eq!(partners(SIENA), [0; 0]);
    assert_eq!(partners("eui-expert"), [0; 0]);
    assert!(partners(LEAD).len() > 3);
    assert_eq!(partners("first-level-controller"), partners(LEAD));
    let status = |subject: &str, sheet: &str| {
        let request = server.client().get(server.url(&format!("{SHEETS}/{sheet}")));
        Answer::of(request.bearer_auth(ledger.token(subject))).status
    };
    for (subject, sheet, wanted) in [
        (TRAKIA, "budget-use.csv", 200),
        (SIENA, "budget-use.csv", 403),
        ("eui-expert", "budget-use.csv", 403),
        ("nobody", "expenditure.csv", 404),
        ("nobody", "budget-use.csv", 404),
        (SIENA, "claims/1.csv", 403),
        (LEAD, "claims/9.csv", 404),
        (LEAD, "claims/x.csv", 404),
        (LEAD, "expenditure.ods", 404),
        (LEAD, "wishes.csv", 404),
        (LEAD, "budget-use.csv?by=partner,partner", 400),
        (LEAD, "budget-use.csv?by=colour", 400),
        (LEAD, "budget-use.csv?partner=5", 400),
        (LEAD, "expenditure.csv?separator=tab", 400),
    ] {
        assert_eq!(status(subject, sheet), wanted, "{subject} {sheet}");
    }
    let of_five = records(&bytes(&server, &ledger.token(LEAD), "expenditure.csv?partner=5"));
    assert!(of_five.len() > 1 && of_five[1..].iter().all(|line| line[15] == "5"));
}

/// A claim of two lines of Trakia University, of which control has ruled on the one with a flat
/// rate on it. The ids of the lines.
fn claimed(ledger: &LedgerFolder, server: &RunningServer) -> [String; 2] {
    let (lead, trakia) = (ledger.token(LEAD), ledger.token(TRAKIA));
    let sent = send(server, &trakia, "", XLSX, list(&[row("R-1")]));
    let invoice = sent.json()["answers"][0]["line"].as_str().unwrap().to_owned();
    let staff = expenditure();
    let payroll = staff["id"].as_str().unwrap().to_owned();
    let letter = json!([{ "kind": "letter", "name": "Letter", "uri": "urn:example:letter" }]);
    let ruled = json!({ "line": payroll, "certified": "2000.00", "parked": "0.00",
        "deductions": [{ "amount": "1000.00", "typology": "2.1" }], "evidence": letter });
    let controller = ledger.token("first-level-controller");
    for (token, event) in [
        (&trakia, staff),
        (&lead, event("claim.assembled", json!({ "claim": 1, "lines": [invoice, payroll] }))),
        (&lead, event("claim.submitted", json!({ "claim": 1, "evidence": letter }))),
        (
            &controller,
            event(
                "control.started",
                json!({ "claim": 1, "method": "administrative", "evidence": letter,
                    "sample": { "rule": "all" } }),
            ),
        ),
        (&controller, event("line.verified", ruled)),
    ] {
        let answer = server.post(token, &event);
        assert_eq!(answer.status, 201, "{event}: {answer:?}");
    }
    [invoice, payroll]
}

#[test]
fn a_claim_has_its_items_with_what_control_made_of_them_and_its_flat_rates() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let lines = claimed(&ledger, &server);
    let read = |subject: &str| records(&bytes(&server, &ledger.token(subject), "claims/1.csv"));
    let whole = read(LEAD);
    // What is declared, certified, deducted, parked and in control, and the id.
    let figures = |record: &Vec<String>| record[14..19].to_vec();
    assert_eq!(whole.len(), 4, "{whole:?}");
    assert_eq!(figures(&whole[1]), ["960.09", "0.00", "0.00", "0.00", "960.09"]);
    assert_eq!(figures(&whole[2]), ["3000.00", "2000.00", "1000.00", "0.00", "0.00"]);
    // 15 % of the staff costs, which follow what control made of them.
    assert_eq!(figures(&whole[3]), ["450.00", "300.00", "150.00", "0.00", "0.00"]);
    assert_eq!([&whole[1][20], &whole[2][20]], [&lines[0], &lines[1]]);
    assert_eq!((&*whole[1][3], &*whole[3][7]), ("R-1", "Flat rates"));
    assert_eq!(read(TRAKIA), whole);
    let others = read("bef");
    assert_eq!(others.len(), 2, "{others:?}");
    assert_eq!(figures(&others[1]), ["4410.09", "2300.00", "1150.00", "0.00", "960.09"]);

    let workbook = bytes(&server, &ledger.token(LEAD), "claims/1.xlsx");
    let sheet = first_sheet(&workbook);
    let mut partners: Xlsx<_> = Xlsx::new(Cursor::new(&workbook[..])).unwrap();
    let partners = partners.worksheet_range("By partner").unwrap();
    for (items, by_partner, amount) in [
        ("Declared amount in EUR", "Declared", "4410.09"),
        ("Certified in EUR", "Certified", "2300.00"),
        ("Deducted in EUR", "Deducted", "1150.00"),
        ("Parked in EUR", "Parked", "0.00"),
        ("In control in EUR", "In control", "960.09"),
    ] {
        assert_eq!([total(&sheet, items), total(&partners, by_partner)], [amount, amount]);
    }
    let listed = records(&bytes(&server, &ledger.token(LEAD), "expenditure.csv?partner=5"));
    let status = listed[0].iter().position(|heading| heading == "Status").unwrap();
    assert_eq!(listed.iter().filter(|line| line[status] == "claim 1").count(), 2);
}

/// LibreOffice's setting to believe no result that a workbook brings.
const ALWAYS_COMPUTE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop>
</item>
</oor:items>
"#;

/// What LibreOffice makes of a workbook: it is opened, every formula is computed anew, and the
/// first sheet is written as CSV.
fn recomputed(folder: &Path, workbook: &Path) -> Vec<Vec<String>> {
    let profile = folder.join("profile");
    std::fs::create_dir_all(profile.join("user")).unwrap();
    std::fs::write(profile.join("user/registrymodifications.xcu"), ALWAYS_COMPUTE).unwrap();
    let profile = format!("-env:UserInstallation=file://{}", profile.display());
    let ended = Command::new("soffice")
        .args([&profile, "--headless", "--convert-to"])
        .arg("csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,1")
        .arg("--outdir")
        .args([folder, workbook])
        .output()
        .expect("LibreOffice's soffice is there: tests/run installs it");
    assert!(ended.status.success(), "{ended:?}");
    let stem = workbook.file_stem().unwrap().to_str().unwrap();
    let mut found = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let is_made = |path: &std::path::PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap();
        name.starts_with(stem) && name.ends_with(".csv")
    };
    let made = found.find(is_made).unwrap_or_else(|| panic!("no CSV: {ended:?}"));
    records(&std::fs::read(made).unwrap())
}

#[test]
fn another_program_computes_the_same_totals() {
    let ledger = LedgerFolder::with_example();
    claimed(&ledger, &ledger.serve());
    let folder = ledger.file("office");
    std::fs::create_dir(&folder).unwrap();
    for (name, arguments, sums) in [
        ("list", &["expenditure"][..], 5),
        ("use", &["budget-use", "--by", "category"], 11),
        ("partners", &["budget-use", "--by", "partner"], 12),
        ("claim", &["claims/1"], 5),
    ] {
        let path = ledger.file(&format!("{name}.xlsx"));
        let mut command = cairn();
        command.arg("sheet").args(arguments).args(["--project", "care-get"]);
        let ended = run(command.args(["--database", &ledger.database(), "--to"]).arg(&path));
        assert_eq!(ended.code, 0, "{ended:?}");
        // Results that are kept are not believed: without them only a computation gives the sums.
        let emptied = folder.join(format!("{name}.xlsx"));
        without_results(&path, &emptied);
        let records = recomputed(&folder, &emptied);
        let ours = first_sheet(&std::fs::read(&path).unwrap());
        let theirs = records.last().unwrap();
        assert_eq!(theirs[0], "Total", "{name}: {records:?}");
        let mut compared = 0;
        for (heading, field) in records[0].iter().zip(theirs).skip(1) {
            if !field.is_empty() {
                let number: f64 = field.replace(',', "").parse().unwrap();
                assert_eq!(format!("{number:.2}"), total(&ours, heading), "{name}: {heading}");
                compared += 1;
            }
        }
        assert_eq!(compared, sums, "{name}: {records:?}");
    }
}

/// The same workbook with nonsense in the place of every kept result of a formula.
fn without_results(from: &Path, to: &Path) {
    use std::io::{Read as _, Write as _};
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
fn the_command_writes_what_the_operator_may_know() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let sheet = |arguments: &[&str], to: &Path| {
        let mut command = cairn();
        command.args(["sheet", "--database", &ledger.database(), "--project", "care-get"]);
        run(command.args(arguments).arg("--to").arg(to))
    };
    let path = ledger.file("list.csv");
    assert_eq!(sheet(&["expenditure"], &path).code, 0);
    let asked = bytes(&server, &ledger.token(LEAD), "expenditure.csv");
    assert_eq!(std::fs::read(&path).unwrap(), asked);
    for (arguments, to, words) in [
        (&["expenditure"][..], "list.csv", "exist already"),
        (&["expenditure"], "list.ods", ".xlsx or .csv"),
        (&["wishes"], "wishes.csv", "no such sheet"),
        (&["claims/7"], "claim.csv", "no such claim"),
        (&["budget-use", "--by", "colour"], "use.csv", "`by` has some of these"),
    ] {
        let ended = sheet(arguments, &ledger.file(to));
        assert_eq!(ended.code, 2, "{ended:?}");
        assert!(ended.stderr.contains(words), "{words}: {ended:?}");
    }
}
