//! Sheets that are asked for wrongly.

use super::running_server::{LEAD, LedgerFolder, SIENA, cairn, run};

#[test]
fn what_the_project_does_not_have_is_no_empty_sheet() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let lead = ledger.token(LEAD);
    let ask = |sheet: &str, status: u16| {
        let answer = server.get(&lead, &format!("/v1/projects/care-get/sheets/{sheet}"));
        answer.problem(status);
        answer.json()["detail"].as_str().unwrap().to_owned()
    };
    for sheet in ["expenditure.csv", "budget-use.csv"] {
        assert!(ask(&format!("{sheet}?partner=99"), 404).contains("no partner 99"));
        assert!(ask(&format!("{sheet}?workPackage=WP%2099"), 404).contains("`WP 99`"));
        assert!(ask(&format!("{sheet}?claim=99"), 404).contains("no submitted claim 99"));
    }
    for claim in ["claims/%2B1.csv", "claims/01.csv"] {
        assert!(ask(claim, 404).contains("no such sheet"));
    }
    assert!(ask("expenditure.csv?until=2025-03-31T10:00", 400).contains("`until` is a day"));
    for said in ["separator=semicolon", "bom=true"] {
        assert!(ask(&format!("expenditure.xlsx?{said}"), 400).contains("of CSV"));
    }
    let known =
        server.get(&lead, "/v1/projects/care-get/sheets/expenditure.csv?workPackage=WP%205");
    assert_eq!(known.status, 200, "{known:?}");
    let nothing = server.get(
        &ledger.token(SIENA),
        "/v1/projects/care-get/sheets/expenditure.csv?partner=5&workPackage=WP%205",
    );
    assert_eq!(nothing.status, 200, "{nothing:?}");
}

#[test]
fn the_command_says_so_too() {
    let ledger = LedgerFolder::with_example();
    for (name, flags, expected) in [
        ("a.csv", ["--partner", "99"], "no partner 99"),
        ("a.xlsx", ["--separator", "comma"], "of CSV"),
        ("a.csv", ["--until", "2025-03-31T10:00"], "`until` is a day"),
    ] {
        let mut command = cairn();
        command.args(["sheet", "expenditure", "--project", "care-get", "--to"]);
        command.arg(ledger.file(name)).args(flags).args(["--database", &ledger.database()]);
        let ended = run(&mut command);
        assert_eq!((ended.code, ended.stderr.contains(expected)), (2, true), "{ended:?}");
    }
}
