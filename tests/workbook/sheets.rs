//! Sheets on their way out: what they hold, for whom, and that another program finds the same sums.

use std::io::Cursor;
use std::path::Path;

use calamine::{Data, Range, Reader as _, Xlsx};
use serde_json::{Value, json};

use super::lists::{XLSX, list, row, send, text, with};
use super::running_server::{
    Answer, EVENTS, LEAD, LedgerFolder, RunningServer, SIENA, TRAKIA, cairn, event, expenditure,
    run,
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
pub(crate) fn total(sheet: &Range<Data>, heading: &str) -> String {
    let (last, _) = sheet.end().unwrap();
    match sheet.get_value((last, column(sheet, heading))) {
        Some(Data::Float(number)) => format!("{number:.2}"),
        other => panic!("{heading}: {other:?}"),
    }
}

pub(crate) fn records(csv: &[u8]) -> Vec<Vec<String>> {
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
        (LEAD, "budget-use.csv?partner=five", 400),
        (LEAD, "budget-use.csv?workPackage=five", 400),
        (LEAD, "budget-use.csv?until=31.03.2025", 400),
        (LEAD, "budget-use.csv?version=100000", 400),
        (LEAD, "budget-use.csv?applicationForm=9", 404),
        (LEAD, "expenditure.csv?by=partner", 400),
        (LEAD, "claims/1.csv?claim=1", 400),
        (SIENA, "budget-use.csv?until=2025-03-31", 403),
        ("nobody", "expenditure.csv?version=1", 404),
        (LEAD, "expenditure.csv?separator=tab", 400),
    ] {
        assert_eq!(status(subject, sheet), wanted, "{subject} {sheet}");
    }
    // Months of partners whose single lines may not be seen stand together.
    let of_others_by_month = |subject: &str| {
        let sheet = "budget-use.csv?by=partner,month";
        let records = records(&bytes(&server, &ledger.token(subject), sheet));
        let by_month = |line: &&Vec<String>| !line[0].starts_with("5 ") && !line[1].is_empty();
        records[1..].iter().filter(by_month).count()
    };
    assert_eq!(of_others_by_month(TRAKIA), 0);
    assert!(of_others_by_month(LEAD) > 3);
    let of_five = records(&bytes(&server, &ledger.token(LEAD), "expenditure.csv?partner=5"));
    assert!(of_five.len() > 1 && of_five[1..].iter().all(|line| line[15] == "5"));
}

/// A claim of two lines of Trakia University, of which control has ruled on the one with a flat
/// rate on it. The ids of the lines.
pub(crate) fn claimed(ledger: &LedgerFolder, server: &RunningServer) -> [String; 2] {
    let (lead, trakia) = (ledger.token(LEAD), ledger.token(TRAKIA));
    let sent = send(server, &trakia, "", XLSX, list(&[row("R-1")]));
    let invoice = sent.json()["answers"][0]["line"].as_str().unwrap().to_owned();
    let staff = expenditure();
    let payroll = staff["id"].as_str().unwrap().to_owned();
    let letter = json!([{ "kind": "letter", "name": "Letter", "uri": "urn:example:letter" }]);
    let text = |text: &str| json!({ "original": "en", "en": text });
    let ruled = json!({ "line": payroll, "certified": "2000.00", "parked": "0.00",
        "deductions": [
            { "amount": "600.00", "typology": "2.1", "note": text("No publication") },
            { "amount": "400.00", "typology": "1.1" }],
        "note": text("See the letter"), "evidence": letter });
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
    let said = |record: &Vec<String>| record[21..].to_vec();
    assert_eq!(whole[0][21..], ["Work package", "Typology of errors", "Note of control"]);
    assert_eq!(said(&whole[1]), ["WP 5", "", ""]);
    assert_eq!(said(&whole[2]), ["WP 5", "1.1; 2.1", "See the letter; No publication"]);
    assert_eq!(said(&whole[3]), ["", "", ""]);
    assert_eq!(read(TRAKIA), whole);
    let others = read("bef");
    assert_eq!(others.len(), 2, "{others:?}");
    assert_eq!(figures(&others[1]), ["4410.09", "2300.00", "1150.00", "0.00", "960.09"]);

    let workbook = bytes(&server, &ledger.token(LEAD), "claims/1.xlsx");
    let sheet = first_sheet(&workbook);
    let mut sheets: Xlsx<_> = Xlsx::new(Cursor::new(&workbook[..])).unwrap();
    let partners = sheets.worksheet_range("By partner").unwrap();
    for (items, by_partner, amount) in [
        ("Declared amount in EUR", "Declared", "4410.09"),
        ("Certified in EUR", "Certified", "2300.00"),
        ("Deducted in EUR", "Deducted", "1150.00"),
        ("Parked in EUR", "Parked", "0.00"),
        ("In control in EUR", "In control", "960.09"),
    ] {
        assert_eq!([total(&sheet, items), total(&partners, by_partner)], [amount, amount]);
    }
    let deductions = sheets.worksheet_range("Deductions").unwrap();
    assert_eq!(total(&deductions, "Deducted in EUR"), "1150.00");
    let rows: Vec<_> = deductions.rows().skip(1).collect();
    let cells = |row: &[Data]| row[1..].iter().map(ToString::to_string).collect::<Vec<_>>();
    let found = |row: usize| cells(rows[row]);
    assert_eq!([&found(0)[0], &found(0)[2], &found(0)[3]], ["1.1", "1", "400"]);
    assert_eq!([&found(1)[0], &found(1)[2], &found(1)[3]], ["2.1", "1", "600"]);
    assert!(found(1)[1].len() > 10, "{rows:?}");
    assert_eq!(found(2), ["", "Flat rates", "", "150"]);
    let listed = records(&bytes(&server, &ledger.token(LEAD), "expenditure.csv?partner=5"));
    let status = listed[0].iter().position(|heading| heading == "Status").unwrap();
    assert_eq!(listed.iter().filter(|line| line[status] == "claim 1").count(), 2);
}

#[test]
fn what_audits_took_off_stands_among_the_deductions_by_its_code() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let [invoice, payroll] = claimed(&ledger, &server);
    let controller = ledger.token("first-level-controller");
    let text = json!({ "original": "en", "en": "As found" });
    let letter = json!([{ "kind": "letter", "name": "Letter", "uri": "urn:example:letter" }]);
    let ruled = json!({ "line": invoice, "certified": "960.09", "parked": "0.00" });
    let closed = json!({ "claim": 1, "conclusion": text, "certificate": "1", "evidence": letter });
    let corrected = json!({ "reason": text, "evidence": letter,
        "corrections": [{ "line": payroll, "amount": "500.00", "typology": "1.1" }] });
    for (token, event) in [
        (&controller, event("line.verified", ruled)),
        (&controller, event("control.closed", closed)),
        (&ledger.token(LEAD), event("correction.imposed", corrected)),
    ] {
        let answer = server.post(token, &event);
        assert_eq!(answer.status, 201, "{event}: {answer:?}");
    }
    let workbook = bytes(&server, &ledger.token(LEAD), "claims/1.xlsx");
    let mut sheets: Xlsx<_> = Xlsx::new(Cursor::new(&workbook[..])).unwrap();
    let deductions = sheets.worksheet_range("Deductions").unwrap();
    // 1,000.00 by control, 500.00 after the audit, and 15 % of both.
    assert_eq!(total(&deductions, "Deducted in EUR"), "1725.00");
    let rows: Vec<Vec<_>> =
        deductions.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect();
    let audit = rows.iter().find(|row| row[2].starts_with("After an audit: ")).unwrap();
    assert_eq!([&audit[1], &audit[3], &audit[4]], ["1.1", "1", "500"]);
}

#[test]
fn a_sheet_shows_a_past_day_another_form_or_a_part() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    claimed(&ledger, &server);
    let lead = ledger.token(LEAD);
    let sums = |query: &str| {
        let sheet = first_sheet(&bytes(&server, &lead, &format!("budget-use.xlsx{query}")));
        ["Planned", "Declared", "Certified"].map(|heading| total(&sheet, heading))
    };
    let answered = |arguments: &str, filter: &str| {
        let question = format!(
            r#"{{ project(acronym: "care-get"{arguments}) {{ budgetUse{filter} {{
                totals {{ planned declared certified }} }} }} }}"#
        );
        let totals = server.graphql(&lead, &question).json();
        let totals = totals["data"]["project"]["budgetUse"]["totals"].clone();
        ["planned", "declared", "certified"].map(|name| totals[name].as_str().unwrap().to_owned())
    };
    let now = sums("");
    let mut others = 0;
    for (query, arguments, filter) in [
        ("?until=2025-03-31", r#", until: "2025-03-31""#, ""),
        ("?version=150", ", asOf: { version: 150 }", ""),
        ("?until=2025-12-31&version=205", r#", asOf: { version: 205 }, until: "2025-12-31""#, ""),
        ("?applicationForm=1", ", applicationForm: 1", ""),
        ("?partner=5", "", "(filter: { partner: 5 })"),
        ("?workPackage=WP%205", "", r#"(filter: { workPackage: "WP 5" })"#),
        ("?claim=1", "", "(filter: { claim: 1 })"),
        (
            "?partner=5&claim=1&applicationForm=1",
            ", applicationForm: 1",
            "(filter: { partner: 5, claim: 1 })",
        ),
    ] {
        let found = sums(query);
        assert_eq!(found, answered(arguments, filter), "{query}");
        others += u32::from(found != now);
    }
    assert!(others >= 6, "{others}");
    let by_partner = first_sheet(&bytes(&server, &lead, "budget-use.xlsx?by=partner"));
    assert_eq!(column(&by_partner, "Fund's part of certified"), 14);

    let list = |query: &str| records(&bytes(&server, &lead, &format!("expenditure.csv{query}")));
    let all = list("");
    let place = |heading: &str| all[0].iter().position(|field| field == heading).unwrap();
    let id = place("Id in Cairn");
    let ids =
        |rows: &[Vec<String>]| rows[1..].iter().map(|row| row[id].clone()).collect::<Vec<_>>();
    let claimed = list("?claim=1");
    assert!(claimed.len() == 3 && claimed[1..].iter().all(|row| row[place("Status")] == "claim 1"));
    let of_package = list("?workPackage=wp5&partner=5");
    assert!(of_package.len() > 2 && of_package.len() < all.len());
    assert!(of_package[1..].iter().all(|row| row[place("Work package")] == "WP 5"));
    let before = ids(&list("?version=205"));
    assert!(!before.is_empty() && !before.contains(&claimed[1][id]));
    let known = ids(&all);
    assert!(before.iter().all(|id| known.contains(id)));
    let request = server.client().get(server.url(&format!("{SHEETS}/claims/1.csv?version=205")));
    assert_eq!(Answer::of(request.bearer_auth(&lead)).status, 404, "there was no claim yet");
    let named = server.client().get(server.url(&format!(
        "{SHEETS}/budget-use.csv?workPackage=WP%205&until=2025-03-31&applicationForm=1"
    )));
    let named = Answer::of(named.bearer_auth(&lead));
    let name = "care-get-budget-use-wp-5-until-2025-03-31-form-1.csv";
    assert!(named.header("content-disposition").contains(name), "{named:?}");
}

#[test]
fn what_stands_between_semicolons_has_decimal_commas_and_is_read_again() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let trakia = ledger.token(TRAKIA);
    assert_eq!(send(&server, &trakia, "", XLSX, list(&[row("R-1")])).status, 200);
    let csv = bytes(&server, &trakia, "expenditure.csv?separator=semicolon");
    let text = String::from_utf8(csv).unwrap();
    let amounts = "\"1200,12\";\"200,02\";\"960,09\";\"EUR\";\"\";\"960,09\"";
    assert!(text.contains(amounts), "{text}");
    let head = "category;workPackage;documentKind;documentNumber;documentDate;incurredFrom;\
        incurredTo;net;share;declared;currency\n";
    let row = "travel_and_accommodation;WP 5;travel;T-1;2025-03-28;2025-03-28;2025-03-28;\
        1200,12;0,8;960,09;EUR\n";
    let answer = send(&server, &trakia, "", "text/csv", format!("{head}{row}").into_bytes());
    let id = answer.json()["answers"][0]["line"].as_str().unwrap().to_owned();
    let data = server.get(&trakia, &format!("{EVENTS}/{id}")).json()["data"].clone();
    assert_eq!([&data["net"], &data["share"], &data["declared"]], ["1200.12", "0.8", "960.09"]);
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
