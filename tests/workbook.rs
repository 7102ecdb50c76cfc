//! Workbooks and CSV from outside: the template, and lists of expenditure that are answered row by
//! row.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

#[path = "workbook/again.rs"]
mod again;
#[path = "workbook/by_excel.rs"]
mod by_excel;
#[path = "workbook/files.rs"]
mod files;
#[path = "workbook/lists.rs"]
mod lists;
#[path = "workbook/sheets.rs"]
mod sheets;
#[path = "workbook/slow.rs"]
mod slow;
#[path = "workbook/template.rs"]
mod template;
#[path = "workbook/totals.rs"]
mod totals;
#[path = "workbook/wanted.rs"]
mod wanted;
mod running_server;

use lists::{Cell, XLSX, became, list, row, send, text, with};
use running_server::{Answer, EVENTS, LEAD, LedgerFolder, SIENA, TRAKIA, expenditure, run};
use serde_json::{Value, json};

fn count(answer: &Answer, name: &str) -> u64 {
    answer.json()[name].as_u64().unwrap()
}

fn finding(rule: &str, cell: &str) -> (String, String) {
    (rule.to_owned(), cell.to_owned())
}

#[test]
fn a_row_is_a_line_with_its_payment_which_occurred_then_and_is_recorded_now() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let trakia = ledger.token(TRAKIA);
    let before = server.position();
    let answer = send(&server, &trakia, "", XLSX, list(&[row("R-1")]));
    assert_eq!(became(&answer), [(2, "recorded".to_owned(), Vec::new())], "{answer:?}");
    assert_eq!(server.position(), before + 2);
    assert_eq!(answer.header("cairn-position"), (before + 2).to_string());
    let id = |name: &str| answer.json()["answers"][0][name].as_str().unwrap().to_owned();
    let line = server.get(&trakia, &format!("{EVENTS}/{}", id("line"))).json();
    assert_eq!(line["occurredon"], "2025-03-28");
    assert!(line["recordedat"].as_str().unwrap() > "2026", "{line}");
    assert_eq!(
        line["data"],
        json!({ "category": "external_expertise", "workPackage": "WP 5", "activity": "A 5.1",
            "incurredFrom": "2025-03-01", "incurredTo": "2025-03-20",
            "document": { "invoice": { "number": "INV-R-1", "date": "2025-03-28",
                "supplier": "Фирма за обучения ЕООД", "taxId": "BG000000117" } },
            "net": "1000.10", "vat": "200.02", "vatRecoverable": "0.00", "share": "0.8",
            "declared": "960.09", "currency": "EUR", "reference": "R-1" })
    );
    let payment = server.get(&trakia, &format!("{EVENTS}/{}", id("payment"))).json();
    assert_eq!(payment["occurredon"], "2025-04-15");
    assert_eq!(payment["data"]["amount"], "1200.12");
    assert_eq!(payment["data"]["line"], id("line"));
}

#[test]
fn a_list_that_is_sent_again_records_only_what_was_mended() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let trakia = ledger.token(TRAKIA);
    let faulty = with(row("R-2"), "declared", Cell::Number(960.094));
    let unpaid = |row| with(with(row, "paidOn", Cell::Empty), "paidAmount", Cell::Empty);
    let first = [row("R-1"), faulty, unpaid(row("R-3"))];
    let answer = send(&server, &trakia, "", XLSX, list(&first));
    let wanted = [
        (2, "recorded".to_owned(), vec![]),
        (3, "refused".to_owned(), vec![finding("cell_invalid", "O3")]),
        (4, "recorded".to_owned(), vec![]),
    ];
    assert_eq!(became(&answer), wanted);
    let recorded = server.position();
    let again = send(&server, &trakia, "", XLSX, list(&first));
    assert_eq!((count(&again, "repeated"), count(&again, "refused")), (2, 1));
    assert_eq!(server.position(), recorded);

    // Mended, in another order, with a payment that was made since.
    let mended = [row("R-3"), row("R-2"), row("R-1")];
    let answer = send(&server, &trakia, "", XLSX, list(&mended));
    let outcomes: Vec<_> = became(&answer).into_iter().map(|(_, became, _)| became).collect();
    assert_eq!(outcomes, ["recorded", "recorded", "repeated"]);
    assert_eq!(server.position(), recorded + 3);

    // What is recorded is not changed by a list.
    let changed = with(row("R-1"), "net", Cell::Number(999.0));
    let answer = send(&server, &trakia, "", XLSX, list(&[changed]));
    assert_eq!(became(&answer), [(2, "refused".to_owned(), vec![finding("id_taken", "A2")])]);
    let changed = with(row("R-1"), "paidAmount", Cell::Number(1.0));
    let answer = send(&server, &trakia, "", XLSX, list(&[changed]));
    assert_eq!(became(&answer), [(2, "refused".to_owned(), vec![finding("id_taken", "R2")])]);
    assert_eq!(server.position(), recorded + 3);
}

#[test]
fn every_finding_names_its_cell() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let trakia = ledger.token(TRAKIA);
    let cases = [
        ("category", text("office_and_administration"), "refused", "flat_rate_not_posted", "B"),
        ("category", text("snacks"), "refused", "cell_invalid", "B"),
        ("workPackage", text("WP 99"), "refused", "code_unknown", "C"),
        ("activity", text("five"), "refused", "data_malformed", "D"),
        ("documentDate", text("28/03/2025"), "refused", "cell_invalid", "G"),
        ("documentDate", Cell::Number(45_000.0), "refused", "cell_invalid", "G"),
        ("supplier", Cell::Empty, "refused", "cell_invalid", "H"),
        ("incurredTo", Cell::Day("2027-12-01"), "refused", "", "K"),
        ("net", text("много"), "refused", "cell_invalid", "L"),
        ("net", Cell::Day("2025-03-01"), "refused", "cell_invalid", "L"),
        ("share", Cell::Number(80.0), "refused", "cell_invalid", "N"),
        ("declared", Cell::Number(5_000.0), "refused", "declared_above_eligible", "O"),
        ("currency", text("CHF"), "refused", "", "P"),
        ("paidOn", Cell::Day("2031-01-01"), "refused", "", "Q"),
        ("paidAmount", Cell::Number(-5.0), "refused", "", "R"),
        ("incurredFrom", Cell::Day("2024-01-01"), "warned", "", "J"),
    ];
    let rows: Vec<_> = (0..)
        .zip(&cases)
        .map(|(number, (column, cell, ..))| with(row(&format!("R-{number}")), column, cell.clone()))
        .collect();
    let answers = became(&send(&server, &trakia, "", XLSX, list(&rows)));
    let mut wrong = Vec::new();
    for ((number, outcome, findings), (column, cell, wanted, rule, letter)) in
        answers.iter().zip(&cases)
    {
        let named = findings.iter().any(|(found, place)| {
            (rule.is_empty() || found == rule) && *place == format!("{letter}{number}")
        });
        if outcome != wanted || !named {
            wrong.push(format!("{column} {cell:?}: {outcome} {findings:?}"));
        }
    }
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn a_dry_run_judges_row_after_row_and_records_nothing() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let trakia = ledger.token(TRAKIA);
    let before = server.position();
    // The second says the same of the same document, under another reference.
    let twice = with(row("R-2"), "documentNumber", text("INV-R-1"));
    let body = list(&[row("R-1"), twice]);
    let judged = send(&server, &trakia, "?dry-run=true", XLSX, body.clone());
    let outcomes = became(&judged);
    assert_eq!(outcomes[0].1, "recorded");
    assert_eq!(outcomes[1].1, "refused");
    assert_eq!(outcomes[1].2[0].1, "F3", "{outcomes:?}");
    assert_eq!((server.position(), &judged.json()["dryRun"]), (before, &json!(true)));
    let recorded = send(&server, &trakia, "", XLSX, body);
    assert_eq!(became(&recorded), outcomes);
}

#[test]
fn a_credit_note_names_its_line_by_reference_however_that_was_posted() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let trakia = ledger.token(TRAKIA);
    let posted = |reference: &str, number: &str| {
        let mut line = expenditure();
        line["data"]["reference"] = json!(reference);
        line["data"]["document"]["payroll"]["reference"] = json!(number);
        assert_eq!(server.post(&trakia, &line).status, 201, "{line}");
        line["id"].as_str().unwrap().to_owned()
    };
    let line = posted("J-1", "P-1");
    let note = |reference: &str, corrects: &str| {
        format!(
            "{reference},staff,WP 5,A 5.2,payroll,{reference},2026-11-02,2026-10,Fixed share,\
             2026-10-01,2026-10-31,-100.00,1,-100.00,EUR,{corrects}\n"
        )
    };
    let sent = |rows: &[String]| {
        let head = "reference,category,workPackage,activity,documentKind,documentNumber,\
            documentDate,payrollPeriod,payrollMethod,incurredFrom,incurredTo,net,share,declared,\
            currency,corrects\n";
        send(&server, &trakia, "", "text/csv", format!("{head}{}", rows.concat()).into_bytes())
    };
    let corrected = |answer: &Answer, row: usize| {
        let id = answer.json()["answers"][row]["line"].as_str().unwrap().to_owned();
        server.get(&trakia, &format!("{EVENTS}/{id}")).json()["data"]["corrects"].clone()
    };
    let first = [note("N-1", "J-1"), note("N-2", &line), note("N-3", "J-9")];
    let answer = sent(&first);
    assert_eq!([corrected(&answer, 0), corrected(&answer, 1)], [json!(line), json!(line)]);
    let outcomes = became(&answer);
    assert_eq!(outcomes[2].2, [finding("cell_invalid", "P4")], "{answer:?}");
    // A second line with the reference: a new note has to say which, and the old one has said it.
    posted("J-1", "P-2");
    let again = sent(&[first[0].clone(), note("N-4", "J-1")]);
    let outcomes = became(&again);
    assert_eq!(outcomes[0].1, "repeated", "{again:?}");
    assert_eq!(outcomes[1].2, [finding("cell_invalid", "P3")], "{again:?}");
    assert!(again.body.contains(&line), "{again:?}");
    // A line of an earlier list.
    let earlier = send(&server, &trakia, "", XLSX, list(&[row("R-1")]));
    let line = earlier.json()["answers"][0]["line"].clone();
    let answer = sent(&[note("N-5", "R-1")
        .replace("staff,WP 5,A 5.2,payroll", "external_expertise,WP 5,A 5.1,internal")
        .replace("2026-10,Fixed share", ",")]);
    assert_eq!(corrected(&answer, 0), line, "{answer:?}");
}

#[test]
fn a_list_is_sent_by_the_partner_itself_or_by_the_lead_with_a_reason() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let before = server.position();
    let body = || list(&[row("R-1")]);
    let problem = |subject: &str, query: &str, status: u16| {
        send(&server, &ledger.token(subject), query, XLSX, body()).problem(status)
    };
    problem("nobody", "", 404);
    problem("nobody", "?partner=5", 404);
    problem("bef", "?partner=5", 403);
    problem("eui-expert", "?partner=5", 403);
    problem("first-level-controller", "?partner=5", 403);
    assert_eq!(problem(SIENA, "", 403), "transfer_partner_has_no_costs");
    assert_eq!(problem("eui-expert", "", 400), "parameter_invalid");
    assert_eq!(problem(TRAKIA, "?partner=five", 400), "parameter_invalid");
    assert_eq!(problem(TRAKIA, "?partners=5", 400), "parameter_invalid");
    let no_reason = send(&server, &ledger.token(LEAD), "?partner=5", XLSX, body());
    assert_eq!(became(&no_reason)[0].1, "refused", "{no_reason:?}");
    assert_eq!(server.position(), before, "nothing was recorded");

    let query = "?partner=5&reason=By%20letter%20of%203%20May";
    let answer = send(&server, &ledger.token(LEAD), query, XLSX, body());
    assert_eq!(count(&answer, "recorded"), 1, "{answer:?}");
    let id = answer.json()["answers"][0]["line"].as_str().unwrap().to_owned();
    let line = server.get(&ledger.token(TRAKIA), &format!("{EVENTS}/{id}")).json();
    assert_eq!((&line["onbehalfof"], &line["actorrole"]), (&json!("5"), &json!("lead")));
}

#[test]
fn five_hundred_rows_are_answered_in_their_order() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let rows: Vec<_> = (0..500)
        .map(|number| {
            let row = row(&format!("R-{number}"));
            if number % 10 == 7 { with(row, "declared", text("1.234")) } else { row }
        })
        .collect();
    let answer = send(&server, &ledger.token(TRAKIA), "", XLSX, list(&rows));
    let answers = became(&answer);
    assert_eq!((count(&answer, "rows"), count(&answer, "refused")), (500, 50));
    assert!(answers.windows(2).all(|pair| pair[0].0 + 1 == pair[1].0));
    for (number, outcome, findings) in &answers {
        let is_faulty = (number - 2) % 10 == 7;
        assert_eq!(outcome == "refused", is_faulty, "{number}");
        if is_faulty {
            assert_eq!(findings, &[finding("cell_invalid", &format!("O{number}"))]);
        }
    }
    let question = r#"{ project(acronym: "care-get") { budgetUse(by: [PARTNER]) {
        rows { partner declared } } } }"#;
    let use_ = server.graphql(&ledger.token(LEAD), question).json();
    assert!(use_["data"]["project"]["budgetUse"]["rows"].is_array(), "{use_}");
}

#[test]
fn the_command_takes_a_list_in_the_name_of_its_sender() {
    let ledger = LedgerFolder::with_example();
    let faulty = with(row("R-2"), "declared", text("1.234"));
    let path = ledger.write("list.xlsx", list(&[row("R-1"), faulty]));
    let import = |more: &[&str]| {
        let base = ["--project", "care-get", "--as", TRAKIA];
        run(ledger.command("import").arg(&path).args(base).args(more))
    };
    let judged = import(&["--dry-run"]);
    assert_eq!(judged.code, 1, "{judged:?}");
    assert!(judged.stdout.contains("nothing was recorded; otherwise 1 recorded"), "{judged:?}");
    let ended = import(&[]);
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(ended.stdout.contains("list.xlsx:O3: refused: cell_invalid: "), "{ended:?}");
    assert!(ended.stdout.ends_with(
        "list.xlsx: 1 recorded, 0 of them with warnings, 0 repeated, 1 refused, 0 not sent\n"
    ));
    let again = import(&[]);
    assert!(again.stdout.contains("0 recorded, 0 of them with warnings, 1 repeated"), "{again:?}");
    let other = import(&["--partner", "6"]);
    assert_eq!(other.code, 2, "{other:?}");

    let nobody = run(ledger.command("import").arg(&path).args([
        "--project",
        "care-get",
        "--as",
        "nobody",
        "--partner",
        "5",
    ]));
    assert_eq!(nobody.code, 2, "{nobody:?}");
    assert!(nobody.stderr.contains("`nobody` is no member of `care-get`"), "{nobody:?}");
    let alone = run(ledger.command("import").arg(&path));
    assert_eq!((alone.code, alone.stderr.contains("--project")), (2, true), "{alone:?}");
    let broken = ledger.write("broken.xlsx", "PK\u{3}\u{4} no more");
    let ended =
        run(ledger.command("import").arg(&broken).args(["--project", "care-get", "--as", TRAKIA]));
    assert_eq!((ended.code, ended.stderr.contains("damaged")), (2, true), "{ended:?}");
    assert_eq!(ledger.verify().code, 0);
}

#[test]
fn what_the_command_records_the_door_knows_too() {
    let ledger = LedgerFolder::with_example();
    let path = ledger.write("list.xlsx", list(&[row("R-1")]));
    let base = ["--project", "care-get", "--as", TRAKIA];
    assert_eq!(run(ledger.command("import").arg(&path).args(base)).code, 0);
    let server = ledger.serve();
    let answer = send(&server, &ledger.token(TRAKIA), "", XLSX, list(&[row("R-1")]));
    assert_eq!(count(&answer, "repeated"), 1, "{answer:?}");
    let id: Value = answer.json()["answers"][0]["line"].clone();
    assert!(id.is_string());
}
