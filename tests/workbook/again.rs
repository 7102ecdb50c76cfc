//! Lists that are sent again after something else has changed.

use serde_json::json;

use super::lists::{XLSX, became, list, row, send};
use super::running_server::{
    Answer, EVENTS, LedgerFolder, RunningServer, TRAKIA, event, expenditure,
};
use super::{count, finding};

/// Posts a line with this reference, and gives its id.
fn posted(server: &RunningServer, token: &str, reference: &str, number: &str) -> String {
    let mut line = expenditure();
    line["data"]["reference"] = json!(reference);
    line["data"]["document"]["payroll"]["reference"] = json!(number);
    assert_eq!(server.post(token, &line).status, 201, "{line}");
    line["id"].as_str().unwrap().to_owned()
}

fn taken_back(server: &RunningServer, token: &str, line: &str) {
    let reason = json!({ "original": "en", "en": "It belongs to another project." });
    let event = event("expenditure.reversed", json!({ "line": line, "reason": reason }));
    let answer = server.post(token, &event);
    assert_eq!(answer.status, 201, "{answer:?}");
}

/// A payroll of a hundred euro, or of a hundred less where it corrects a line.
fn payroll(reference: &str, corrects: &str) -> String {
    let amount = if corrects.is_empty() { "100.00" } else { "-100.00" };
    format!(
        "{reference},staff,WP 5,A 5.2,payroll,{reference},2026-11-02,2026-10,Fixed share,\
         2026-10-01,2026-10-31,{amount},1,{amount},EUR,{corrects}\n"
    )
}

fn sent(server: &RunningServer, token: &str, query: &str, rows: &[String]) -> Answer {
    let head = "reference,category,workPackage,activity,documentKind,documentNumber,documentDate,\
        payrollPeriod,payrollMethod,incurredFrom,incurredTo,net,share,declared,currency,corrects\n";
    send(server, token, query, "text/csv", format!("{head}{}", rows.concat()).into_bytes())
}

#[test]
fn a_credit_note_that_names_another_line_now_is_not_a_repeated_one() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let trakia = ledger.token(TRAKIA);
    posted(&server, &trakia, "K-1", "P-1");
    let answer = sent(&server, &trakia, "", &[payroll("N-1", "K-1")]);
    assert_eq!(count(&answer, "refused"), 0, "{answer:?}");
    let answer = sent(&server, &trakia, "", &[payroll("N-1", "ZZZ")]);
    assert_eq!(became(&answer)[0].2, [finding("cell_invalid", "P2")], "{answer:?}");
    assert!(answer.body.contains("names no line"), "{answer:?}");
    posted(&server, &trakia, "K-2", "P-2");
    let answer = sent(&server, &trakia, "", &[payroll("N-1", "K-2")]);
    assert_eq!(became(&answer)[0].2, [finding("id_taken", "A2")], "{answer:?}");
}

#[test]
fn a_credit_note_names_the_line_that_it_named_before_any_other() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let trakia = ledger.token(TRAKIA);
    posted(&server, &trakia, "K-1", "P-1");
    let note = payroll("N-1", "K-1");
    assert_eq!(count(&sent(&server, &trakia, "", std::slice::from_ref(&note)), "refused"), 0);
    // Another line has the reference since, in the same list.
    let both = [payroll("K-1", ""), note];
    let outcomes: Vec<_> = became(&sent(&server, &trakia, "", &both))
        .into_iter()
        .map(|(_, became, _)| became)
        .collect();
    assert_eq!(outcomes[1], "repeated", "{outcomes:?}");
}

#[test]
fn a_row_whose_line_was_taken_back_is_refused_and_says_so() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let trakia = ledger.token(TRAKIA);
    let rows = list(&[row("R-1"), row("R-2")]);
    let answer = send(&server, &trakia, "", XLSX, rows.clone());
    let line = answer.json()["answers"][0]["line"].as_str().unwrap().to_owned();
    taken_back(&server, &trakia, &line);
    for query in ["?dry-run=true", ""] {
        let again = send(&server, &trakia, query, XLSX, rows.clone());
        let outcomes = became(&again);
        assert_eq!(outcomes[0].1, "refused", "{again:?}");
        assert_eq!(outcomes[0].2, [finding("id_taken", "A2")], "{again:?}");
        assert!(again.body.contains("taken back since"), "{again:?}");
        assert_eq!(outcomes[1].1, "repeated", "{again:?}");
    }
}

#[test]
fn a_credit_note_may_stand_above_its_line_and_says_which_row_was_refused() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let trakia = ledger.token(TRAKIA);
    let fails = payroll("B-2", "").replace("WP 5", "WP 99");
    let rows = [payroll("N-1", "B-1"), payroll("B-1", ""), payroll("N-2", "B-2"), fails];
    for query in ["?dry-run=true", ""] {
        let answer = sent(&server, &trakia, query, &rows);
        let outcomes = became(&answer);
        assert!(outcomes[..2].iter().all(|(_, became, _)| became != "refused"), "{answer:?}");
        assert_eq!((outcomes[2].0, outcomes[2].1.as_str()), (4, "refused"), "{answer:?}");
        let message = answer.json()["answers"][2]["findings"][0]["message"].clone();
        assert!(message.as_str().unwrap().contains("Row 5 (`B-2`)"), "{answer:?}");
    }
    let note = sent(&server, &trakia, "", &rows).json()["answers"][0]["line"].clone();
    let note = server.get(&trakia, &format!("{EVENTS}/{}", note.as_str().unwrap())).json();
    assert!(note["data"]["corrects"].is_string(), "{note}");
}
