//! The template: what it offers to whom, and that it comes back as it went out.

use std::io::Cursor;

use calamine::{Data, Range, Reader as _, Xlsx};

use super::lists::{Cell, TEMPLATE, XLSX, became, send, text, workbook};
use super::running_server::{Answer, LEAD, LedgerFolder, RunningServer, SIENA, TRAKIA, run};

fn bytes(server: &RunningServer, token: &str, query: &str) -> Vec<u8> {
    let request = server.client().get(server.url(&format!("{TEMPLATE}{query}")));
    let response = request.bearer_auth(token).send().unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], XLSX);
    response.bytes().unwrap().to_vec()
}

fn sheet(workbook: &[u8], name: &str) -> Range<Data> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(workbook)).unwrap();
    workbook.worksheet_range(name).unwrap()
}

fn words(sheet: &Range<Data>, row: u32) -> Vec<String> {
    let (_, last) = sheet.end().unwrap();
    (0..=last)
        .map(|column| sheet.get_value((row, column)).map(ToString::to_string).unwrap_or_default())
        .collect()
}

fn column(sheet: &Range<Data>, column: u32) -> Vec<String> {
    let (last, _) = sheet.end().unwrap();
    let cells = (1..=last).filter_map(|row| sheet.get_value((row, column)));
    cells.map(ToString::to_string).filter(|text| !text.is_empty()).collect()
}

#[test]
fn it_offers_what_the_partner_may_use_by_the_form_in_force() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let template = bytes(&server, &ledger.token(TRAKIA), "?language=bg");
    let list = sheet(&template, "Expenditure");
    let headings = words(&list, 0);
    assert_eq!(headings[..3], ["Ваш номер", "Категория разходи *", "Работен пакет *"]);
    assert_eq!(words(&list, 1)[..3], ["reference", "category", "workPackage"]);
    assert!(words(&list, 1).contains(&"text.bg".to_owned()));
    let codes = sheet(&template, "Codes");
    let categories = column(&codes, 0);
    assert!(categories.contains(&"Персонал".to_owned()), "{categories:?}");
    assert!(!categories.contains(&"Офис и администрация".to_owned()), "it is computed");
    assert!(!categories.contains(&"Еднократна сума".to_owned()));
    assert!(column(&codes, 2).contains(&"WP 5".to_owned()));
    assert!(column(&codes, 4).contains(&"A 5.1".to_owned()));
    assert!(column(&codes, 6).contains(&"D 5.2.1".to_owned()));
    let currencies = column(&codes, 8);
    assert!(currencies.contains(&"EUR".to_owned()) && currencies.contains(&"BGN".to_owned()));
    let other = bytes(&server, &ledger.token(LEAD), "?partner=2&language=ro");
    assert_eq!(words(&sheet(&other, "Expenditure"), 0)[0], "Referința dvs.");
    assert!(column(&sheet(&other, "Codes"), 8).contains(&"RON".to_owned()));
}

#[test]
fn a_filled_template_of_any_language_comes_back_as_rows() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let trakia = ledger.token(TRAKIA);
    for (language, category, kind) in [
        ("en", "Staff", "Payroll"),
        ("bg", "Персонал", "Ведомост за заплати"),
        ("it", "Personale", "Busta paga"),
        ("lt", "Personalas", "Darbo užmokesčio žiniaraštis"),
        ("el", "Προσωπικό", "Μισθοδοσία"),
        ("ro", "Personal", "Stat de plată"),
    ] {
        let template = bytes(&server, &trakia, &format!("?language={language}"));
        let list = sheet(&template, "Expenditure");
        let names = words(&list, 1);
        let filled = names.iter().map(|name| match name.as_str() {
            "reference" => text(&format!("S-{language}")),
            "category" => text(category),
            "workPackage" => text("WP 5"),
            "documentKind" => text(kind),
            "documentNumber" => text(&format!("P-{language}")),
            "documentDate" | "incurredTo" => Cell::Day("2025-03-31"),
            "incurredFrom" => Cell::Day("2025-03-01"),
            "payrollPeriod" => text("2025-03"),
            "payrollMethod" => text("Fixed share"),
            "net" | "declared" => Cell::Number(100.0),
            "share" => Cell::Number(1.0),
            "currency" => text("EUR"),
            name if name.starts_with("text.") => text("Текст"),
            _ => Cell::Empty,
        });
        let filled: Vec<_> = filled.collect();
        let heads: Vec<_> = words(&list, 0).iter().map(|word| text(word)).collect();
        let named: Vec<_> = names.iter().map(|word| text(word)).collect();
        // With the hidden row, and without it.
        let whole = workbook(&[heads.clone(), named, filled.clone()]);
        let answer = send(&server, &trakia, "", XLSX, whole);
        let outcomes = became(&answer);
        assert_eq!((outcomes.len(), outcomes[0].0), (1, 3), "{language}: {answer:?}");
        assert!(matches!(outcomes[0].1.as_str(), "recorded" | "warned"), "{language}: {answer:?}");
        let plain = send(&server, &trakia, "", XLSX, workbook(&[heads, filled]));
        assert_eq!(became(&plain)[0].1, "repeated", "{language}: {plain:?}");
    }
}

#[test]
fn it_is_for_the_partner_and_the_lead() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let asked = [
        (TRAKIA, "", 200),
        (TRAKIA, "?partner=5", 200),
        (LEAD, "?partner=5", 200),
        (LEAD, "?partner=99", 404),
        (TRAKIA, "?partner=6", 403),
        ("bef", "?partner=5", 403),
        ("eui-expert", "?partner=5", 403),
        ("eui-expert", "", 400),
        (SIENA, "", 403),
        (LEAD, "?partner=10", 403),
        ("nobody", "?partner=5", 404),
        (TRAKIA, "?language=xx", 400),
    ];
    for (subject, query, status) in asked {
        let request = server.client().get(server.url(&format!("{TEMPLATE}{query}")));
        let response = request.bearer_auth(ledger.token(subject)).send().unwrap();
        assert_eq!(response.status(), status, "{subject} {query}");
    }
    let nobody = Answer::of(server.client().get(server.url(TEMPLATE)));
    assert_eq!(nobody.problem(401), "unauthenticated");
}

#[test]
fn the_command_writes_the_same_file() {
    let ledger = LedgerFolder::with_example();
    let path = ledger.file("list.xlsx");
    let template = |partner: &str, to: &std::path::Path| {
        let mut command = super::running_server::cairn();
        command.args(["template", "--database", &ledger.database(), "--project", "care-get"]);
        run(command.args(["--partner", partner, "--language", "lt", "--to"]).arg(to))
    };
    assert_eq!(template("5", &path).code, 0);
    let server = ledger.serve();
    let asked = bytes(&server, &ledger.token(TRAKIA), "?language=lt");
    let written = std::fs::read(&path).unwrap();
    for name in ["Expenditure", "Codes"] {
        assert_eq!(sheet(&written, name), sheet(&asked, name));
    }
    let again = template("5", &path);
    assert_eq!(again.code, 2, "a file that is there is not written over: {again:?}");
    assert_eq!(template("10", &ledger.file("other.xlsx")).code, 2);
    assert_eq!(template("5", &ledger.file("other.csv")).code, 2);
}
