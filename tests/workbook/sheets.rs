//! Sheets on their way out: what they hold, for whom, and that another program finds the same sums.

use std::io::Cursor;
use std::path::Path;
use std::process::Command;

use calamine::{Data, Range, Reader as _, Xlsx};
use serde_json::Value;

use super::lists::{XLSX, list, row, send, text, with};
use super::running_server::{Answer, LEAD, LedgerFolder, RunningServer, SIENA, TRAKIA, cairn, run};

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
    let is = |column: &u32| {
        sheet.get_value((0, *column)).is_some_and(|cell| cell.to_string() == heading)
    };
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

/// Records of CSV in which every field stands in quotation marks.
fn records(csv: &[u8]) -> Vec<Vec<String>> {
    let text = String::from_utf8(csv.to_vec()).unwrap();
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let record = |line: &str| {
        let fields = line.trim_matches('"').split("\",\"");
        fields.map(|field| field.replace("\"\"", "\"")).collect()
    };
    text.split_terminator("\r\n").map(record).collect()
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
    let text = std::fs::read_to_string(made).unwrap();
    text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

#[test]
fn another_program_computes_the_same_totals() {
    let ledger = LedgerFolder::with_example();
    let folder = ledger.file("office");
    std::fs::create_dir(&folder).unwrap();
    let path = folder.join("use.xlsx");
    let mut command = cairn();
    command.args(["sheet", "budget-use", "--by", "category", "--project", "care-get"]);
    let ended = run(command.args(["--database", &ledger.database(), "--to"]).arg(&path));
    assert_eq!(ended.code, 0, "{ended:?}");
    // Results that are kept are not believed: without them only a computation gives the sums.
    let emptied = folder.join("emptied.xlsx");
    without_results(&path, &emptied);
    let records = recomputed(&folder, &emptied);
    let server = ledger.serve();
    let totals = budget_use(&server, &ledger.token(LEAD))["totals"].clone();
    let last = records.last().unwrap();
    assert_eq!(last[0], "Total", "{records:?}");
    for (heading, name) in
        [("Planned", "planned"), ("Declared", "declared"), ("Remaining", "remaining")]
    {
        let place = records[0].iter().position(|field| field == heading).unwrap();
        let cents = |text: &str| (text.parse::<f64>().unwrap() * 100.0).round();
        assert_eq!(cents(&last[place]), cents(totals[name].as_str().unwrap()), "{heading}");
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
