//! `cairn rates`: from a file and from an address, once and again.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::thread::JoinHandle;

use serde_json::{Value, json};

use crate::running_server::{LEAD, LedgerFolder, event, run};

const LIST: &str = r#"[
    {"country":"ROMANIA","isoA3Code":"RON","isoA2Code":"RO","value":5.1234,"comment":null},
    {"country":"SPAIN","isoA3Code":"EUR","isoA2Code":"ES","value":1,"comment":null},
    {"country":"UNITED STATES","isoA3Code":"USD","isoA2Code":"US","value":1.1586,"comment":null}
]"#;

/// `cairn rates` for the lead of the example, which knows no rate of 1999.
fn rates(ledger: &LedgerFolder, flags: &[&str]) -> Command {
    let mut command = ledger.command("rates");
    command.args(["--project", "care-get", "--as", "haskovo-lead"]).args(flags);
    command.env_remove("CAIRN_RATES_URL");
    command
}

fn of_file(ledger: &LedgerFolder, file: &Path, month: &str) -> Command {
    rates(ledger, &["--month", month, "--file", file.to_str().unwrap()])
}

/// What the log says of the rates of the last import.
fn last_import(ledger: &LedgerFolder) -> Value {
    let export = ledger.export();
    let mut newest_first =
        export.lines().rev().map(|line| serde_json::from_str::<Value>(line).unwrap());
    newest_first.find(|event| event["type"] == "exchange_rates.imported").unwrap()
}

fn count(ledger: &LedgerFolder) -> usize {
    ledger.export().lines().count()
}

#[test]
fn a_list_from_a_file_is_recorded_once_for_the_currencies_that_are_used() {
    let ledger = LedgerFolder::with_example();
    let file = ledger.write("rates.json", LIST);
    let ended = run(&mut of_file(&ledger, &file, "1999-03"));
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{ended:?}");
    assert!(ended.stdout.contains("care-get: 1999-03: RON 5.1234 recorded\n"), "{ended:?}");
    let event = last_import(&ledger);
    assert_eq!(event["data"]["rates"].as_array().unwrap().len(), 1);
    assert_eq!(event["data"]["evidence"][0]["uri"], "rates.json");
    assert_eq!(
        (&event["occurredon"], &event["actorsubject"]),
        (&"1999-03-01".into(), &"haskovo-lead".into())
    );

    let recorded = count(&ledger);
    let again = run(&mut of_file(&ledger, &file, "1999-03"));
    assert_eq!(again.code, 0, "{again:?}");
    assert!(again.stdout.contains("care-get: 1999-03: nothing new\n"), "{again:?}");
    assert_eq!(count(&ledger), recorded);

    let all = run(of_file(&ledger, &file, "1999-03").arg("--all-currencies"));
    assert!(all.stdout.contains("care-get: 1999-03: USD 1.1586 recorded\n"), "{all:?}");
    assert_eq!(count(&ledger), recorded + 1);
    assert_eq!(ledger.verify().code, 0);
}

#[test]
fn another_rate_for_a_known_month_is_recorded_with_an_alert_and_can_go_back() {
    let ledger = LedgerFolder::with_example();
    let first = ledger.write("first.json", LIST);
    let other = ledger.write("other.json", LIST.replace("5.1234", "5.2"));
    assert_eq!(run(&mut of_file(&ledger, &first, "1999-03")).code, 0);
    for (file, rate) in [(&other, "5.2"), (&first, "5.1234"), (&other, "5.2")] {
        let ended = run(&mut of_file(&ledger, file, "1999-03"));
        assert_eq!(ended.code, 0, "{ended:?}");
        let said = format!("care-get: 1999-03: RON {rate} recorded\n");
        assert!(ended.stdout.contains(&said), "{ended:?}");
        assert!(ended.stdout.contains("1999-03: rates_changed: "), "{ended:?}");
        assert_eq!(last_import(&ledger)["data"]["rates"][0]["value"], rate);
    }
}

/// Answers so many requests with a body, and gives the paths that were asked for.
fn answering(
    requests: usize,
    status: &'static str,
    body: &'static str,
) -> (u16, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let answers = move || {
        let answer = |_| {
            let (mut stream, _) = listener.accept().unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let first = lines.next().unwrap().unwrap();
            lines.find(|line| line.as_ref().unwrap().is_empty());
            let length = body.len();
            write!(
                stream,
                "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
            )
            .unwrap();
            first.split(' ').nth(1).unwrap().to_owned()
        };
        (0..requests).map(answer).collect()
    };
    (port, std::thread::spawn(answers))
}

#[test]
fn a_list_is_fetched_from_the_address_of_its_month() {
    let ledger = LedgerFolder::with_example();
    let (port, server) = answering(2, "200 OK", LIST);
    let url = format!("http://127.0.0.1:{port}/monthly-rates?year={{year}}&month={{month}}");
    let flags = ["--month", "1999-03"];
    let ended = run(rates(&ledger, &flags).args(["--url", &url]));
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{ended:?}");
    assert!(ended.stdout.contains("care-get: 1999-03: RON 5.1234 recorded\n"), "{ended:?}");
    let again = run(rates(&ledger, &flags).env("CAIRN_RATES_URL", &url));
    assert!(again.stdout.contains("nothing new"), "{again:?}");
    assert_eq!(server.join().unwrap(), ["/monthly-rates?year=1999&month=3"; 2]);
    let source = last_import(&ledger)["data"]["evidence"][0]["uri"].as_str().unwrap().to_owned();
    assert_eq!(source, format!("http://127.0.0.1:{port}/monthly-rates"));
    let title = last_import(&ledger)["data"]["source"].as_str().unwrap().to_owned();
    assert!(title.ends_with("/monthly-rates"), "{title}");
}

#[test]
fn this_machine_leads_to_no_other_address() {
    let ledger = LedgerFolder::with_example();
    let (port, server) = answering(1, "302 Found\r\nlocation: http://127.0.0.1:9/", LIST);
    let url = format!("http://127.0.0.1:{port}/{{year}}/{{month}}");
    let ended = run(rates(&ledger, &["--month", "1999-03"]).args(["--url", &url]));
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(ended.stderr.contains("it answered 302"), "{ended:?}");
    server.join().unwrap();
    let nowhere = run(&mut rates(&ledger, &[]));
    assert_eq!((nowhere.code, nowhere.stderr.contains("--url")), (2, true), "{nowhere:?}");
}

#[test]
fn a_list_of_some_other_month_is_not_taken() {
    let ledger = LedgerFolder::with_example();
    let recorded = count(&ledger);
    // What InforEuro answers without a month: the list of this one, which it does not name.
    let (port, server) = answering(2, "200 OK", LIST);
    for address in ["monthly-rates", "monthly-rates?month={month}"] {
        let url = format!("http://127.0.0.1:{port}/{address}");
        let ended = run(rates(&ledger, &["--month", "1999-03"]).args(["--url", &url]));
        assert_eq!(ended.code, 2, "{ended:?}");
        assert!(ended.stderr.contains("{year} and {month} in the address"), "{ended:?}");
    }
    server.join().unwrap();
    let february = r#"[{"year":1999,"month":2,"isoA3Code":"RON","value":"5.08"}]"#;
    let (port, server) = answering(1, "200 OK", february);
    let url = format!("http://127.0.0.1:{port}/{{year}}/{{month}}");
    let ended = run(rates(&ledger, &["--month", "1999-03"]).args(["--url", &url]));
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(ended.stderr.contains("no rate for 1999-03, it is of 1999-02"), "{ended:?}");
    server.join().unwrap();
    assert_eq!(count(&ledger), recorded);
}

#[test]
fn a_list_without_a_currency_that_is_needed_is_taken_and_ends_with_another_status() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let policy = json!({ "currency": "RON", "policy": "monthly_of_submission",
        "validFrom": "1999-01-01", "legalSource": "Regulation (EU) 2021/1059, Article 38(5)" });
    let policy = event("rate_policy.set", policy);
    assert_eq!(server.post(&ledger.token(LEAD), &policy).status, 201);
    drop(server);
    let lacking = ledger.write("lacking.json", LIST.replace("RON", "SEK"));
    let other = ledger.write("other.json", LIST);
    let missing = run(of_file(&ledger, &lacking, "1999-03").arg("--all-currencies"));
    assert_eq!(missing.code, 1, "{missing:?}");
    assert!(
        missing.stdout.contains("1999-03: missing: the list has no rate of RON"),
        "{missing:?}"
    );
    assert!(missing.stdout.contains("USD 1.1586 recorded"), "{missing:?}");
    assert_eq!(run(&mut of_file(&ledger, &other, "1999-03")).code, 0);
    assert_eq!(run(&mut of_file(&ledger, &lacking, "1999-03")).code, 0);
}

#[test]
fn what_cannot_be_fetched_says_what_to_do() {
    let ledger = LedgerFolder::with_example();
    let recorded = count(&ledger);
    let (port, server) = answering(1, "503 Service Unavailable", "later");
    let nowhere = format!("http://127.0.0.1:{port}/list");
    for (url, expected) in [
        (nowhere.as_str(), "gave no list; look at --url, or download it and use --file"),
        ("http://example.org/list", "--url is an address that begins with https://"),
        ("ftp://example.org/list", "--url is an address that begins with https://"),
    ] {
        let ended = run(rates(&ledger, &["--month", "1999-03"]).args(["--url", url]));
        assert_eq!(ended.code, 2, "{ended:?}");
        assert!(ended.stderr.contains(expected), "{ended:?}");
    }
    server.join().unwrap();
    let ended = run(rates(&ledger, &[]).args(["--url", "https://example.org/{year}"]));
    assert!(ended.stderr.contains("say which with --month"), "{ended:?}");
    assert_eq!(count(&ledger), recorded);
}

#[test]
fn what_cannot_be_used_is_not_recorded_and_says_why() {
    let ledger = LedgerFolder::with_example();
    let recorded = count(&ledger);
    let good = ledger.write("good.json", LIST);
    let of_october = r#"[{"year":2026,"month":10,"isoA3Code":"RON","value":"5.08"}]"#;
    for (name, text, expected) in [
        ("text.json", "not JSON", "this is no list of rates"),
        ("empty.json", "[]", "the list has no rate for 1999-03"),
        ("october.json", of_october, "the list has no rate for 1999-03"),
        ("zero.json", r#"[{"isoA3Code":"RON","value":0}]"#, "row 1 of the list: `0` is not a rate"),
    ] {
        let file = ledger.write(name, text);
        let ended = run(&mut of_file(&ledger, &file, "1999-03"));
        assert_eq!(ended.code, 2, "{name}: {ended:?}");
        assert!(ended.stderr.contains(expected), "{name}: {ended:?}");
    }
    let missing = run(&mut of_file(&ledger, &ledger.file("missing.json"), "1999-03"));
    assert!(missing.stderr.contains("missing.json cannot be read"), "{missing:?}");
    let nobody = run(of_file(&ledger, &good, "1999-03").args(["--project", "nobody"]));
    assert_eq!(nobody.code, 2, "{nobody:?}");
    assert!(nobody.stderr.contains("there is no project nobody"), "{nobody:?}");
    let begins = "2100-01 has not begun: its rates can be recorded from 2100-01-01 on";
    let future = run(&mut of_file(&ledger, &good, "2100-01"));
    assert_eq!((future.code, future.stderr.contains(begins)), (2, true), "{future:?}");
    // Nothing is asked for either.
    let nowhere = "http://127.0.0.1:9/{year}/{month}";
    let future = run(rates(&ledger, &["--month", "2100-01"]).args(["--url", nowhere]));
    assert_eq!((future.code, future.stderr.contains(begins)), (2, true), "{future:?}");
    let of_2100 = r#"[{"year":2100,"month":1,"isoA3Code":"RON","value":"5.08"}]"#;
    let of_2100 = ledger.write("2100.json", of_2100);
    let future = run(&mut rates(&ledger, &["--file", of_2100.to_str().unwrap()]));
    assert_eq!((future.code, future.stdout.contains(begins)), (1, true), "{future:?}");
    let recorded = recorded + 1;
    assert_eq!(count(&ledger), recorded, "the first project was recorded before the other failed");

    let mut foreign = ledger.command("rates");
    foreign.args(["--project", "care-get", "--as", "trakia-university", "--month", "1999-04"]);
    let foreign = run(foreign.arg("--file").arg(&good));
    assert_eq!(foreign.code, 1, "{foreign:?}");
    assert!(foreign.stdout.contains("1999-04: refused: role_may_not_post"), "{foreign:?}");
    assert_eq!(count(&ledger), recorded);
}
