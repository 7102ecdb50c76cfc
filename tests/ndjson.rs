//! Bodies of many lines: one event a line, each on its own, in bounded memory.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod running_server;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::mpsc;

use reqwest::blocking::{Body, RequestBuilder};
use running_server::{Answer, EVENTS, LINES, LedgerFolder, RunningServer, SIENA, TRAKIA};
use running_server::{expenditure, progress};
use serde_json::{Value, json};
use sqlx::Connection as _;

/// As `cairn serve --help` says.
const LINE_BYTES_MAX: usize = 256 * 1024;
const UNDER_WAY_MAX: usize = 64;

fn posting(server: &RunningServer, token: &str, body: impl Into<Body>) -> RequestBuilder {
    server.posting(token, LINES, Vec::new()).body(body)
}

/// The lines of the answer to lines.
fn post(server: &RunningServer, token: &str, body: impl Into<Body>) -> Vec<Value> {
    told(&Answer::of(posting(server, token, body)))
}

fn told(answer: &Answer) -> Vec<Value> {
    assert_eq!((answer.status, answer.header("content-type")), (200, LINES), "{answer:?}");
    answer.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn lines(events: &[Value]) -> String {
    events.iter().map(|event| format!("{event}\n")).collect()
}

fn reports(number: usize) -> Vec<Value> {
    (1..=number).map(|n| progress("A 5.2", &format!("line {n}"))).collect()
}

fn number(line: &Value, name: &str) -> u64 {
    line[name].as_u64().unwrap_or_else(|| panic!("no {name}: {line}"))
}

/// What a receipt says, apart from its line and status.
fn receipt(line: &Value) -> Value {
    let mut line = line.clone();
    let members = line.as_object_mut().unwrap();
    members.shift_remove("line").unwrap();
    members.shift_remove("status").unwrap();
    line
}

#[test]
fn ten_thousand_lines_are_recorded_in_their_order_and_sent_again_get_the_same_answers() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let (trakia, before) = (ledger.token(TRAKIA), server.position());
    let events = reports(10_000);
    let first = post(&server, &trakia, lines(&events));
    assert_eq!(first.len(), events.len());
    for (n, (line, event)) in (1..).zip(first.iter().zip(&events)) {
        assert_eq!((number(line, "line"), number(line, "status")), (n, 201), "{line}");
        assert_eq!((number(line, "position"), &line["id"]), (before + n, &event["id"]), "{line}");
    }
    assert_eq!(server.position(), before + 10_000);

    // The receipt is that of one event by itself.
    let alone = server.post(&trakia, &events[4_999]);
    assert_eq!((alone.status, alone.json()), (200, receipt(&first[4_999])));

    let part = post(&server, &trakia, lines(&events[..2_000]));
    assert!(part.iter().all(|line| line["status"] == 200), "{:?}", part[0]);
    assert!(part.iter().map(receipt).eq(first[..2_000].iter().map(receipt)));
    assert_eq!(server.position(), before + 10_000);
}

#[test]
fn each_line_is_on_its_own() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let before = server.position();
    let mut sound = reports(4);
    let mut other = sound[0].clone();
    other["data"]["progress"] = json!("fully");
    let padded = |mut event: String, length: usize| {
        event.push_str(&" ".repeat(length - event.len()));
        event
    };
    let longest = padded(sound[2].to_string(), LINE_BYTES_MAX);
    let too_long = padded(sound[3].to_string(), LINE_BYTES_MAX + 1);
    let last = sound.pop().unwrap().to_string();
    // what stands in the line, and what comes of it
    let cases = [
        (sound[0].to_string(), 201, ""),
        (format!("{}\r", sound[1]), 201, ""),
        (String::new(), 0, ""),
        (" \t\r".to_owned(), 0, ""),
        ("{ this is no JSON".to_owned(), 400, "not_json"),
        (r#"{"id":1,"id":1}"#.to_owned(), 400, "not_json"),
        (json!([sound[0]]).to_string(), 400, "not_an_event"),
        ("null".to_owned(), 400, "not_an_event"),
        (progress("A 9.9", "nowhere").to_string(), 422, "code_unknown"),
        (progress("A 4.1", "another's").to_string(), 403, "item_of_another_partner"),
        (other.to_string(), 409, "id_taken"),
        (sound[0].to_string(), 200, ""),
        (too_long, 413, "body_too_large"),
        (longest, 201, ""),
        ("x".repeat(3 * LINE_BYTES_MAX), 413, "body_too_large"),
        (last, 201, ""),
    ];
    // The last line has no end.
    let body = cases.iter().map(|(line, ..)| line.as_str()).collect::<Vec<_>>().join("\n");
    let told = post(&server, &ledger.token(TRAKIA), body);
    let said: Vec<_> = told
        .iter()
        .map(|line| {
            let problem = line["type"].as_str().unwrap_or_default();
            let problem = problem.strip_prefix("/problems/").unwrap_or_default();
            (number(line, "line"), number(line, "status"), problem.to_owned())
        })
        .collect();
    let wanted: Vec<_> = (1..)
        .zip(&cases)
        .filter(|(_, (_, status, _))| *status != 0)
        .map(|(n, (_, status, problem))| (n, *status, (*problem).to_owned()))
        .collect();
    assert_eq!(said, wanted);
    assert!(told[3]["detail"].as_str().unwrap().starts_with("The line "), "{}", told[3]);
    assert_eq!(told[6]["errors"][0]["pointer"], "/data/code", "{}", told[6]);
    assert_eq!(server.position(), before + 4);
    assert_eq!(post(&server, &ledger.token(TRAKIA), ""), Vec::<Value>::new());
    assert_eq!(post(&server, &ledger.token(SIENA), lines(&[expenditure()]))[0]["status"], 403);
}

#[test]
fn half_a_line_at_the_end_is_refused_and_what_stood_before_is_recorded() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let (trakia, before) = (ledger.token(TRAKIA), server.position());
    let body = lines(&reports(3));
    let told = post(&server, &trakia, body[..body.len() - 20].to_owned());
    let statuses: Vec<_> = told.iter().map(|line| number(line, "status")).collect();
    assert_eq!(statuses, [201, 201, 400]);
    assert_eq!(server.position(), before + 2);

    // Where the body breaks off, its last line is none, though it may look like a whole one.
    let whole = progress("A 5.2", "broken off").to_string();
    let mut talk = Talk::begin(&server, &trakia, "");
    talk.send(&lines(&reports(1)));
    assert_eq!(talk.answer()["status"], 201);
    talk.send(&whole);
    talk.break_off();
    assert_eq!(server.position(), before + 3);
}

#[test]
fn a_dry_run_judges_each_line_and_records_nothing() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let (trakia, before) = (ledger.token(TRAKIA), server.position());
    let mut events = reports(100);
    events[50] = progress("A 9.9", "nowhere");
    let url = server.url(&format!("{EVENTS}?dry-run=true"));
    let request = server.client().post(url).bearer_auth(&trakia).header("Content-Type", LINES);
    let told = told(&Answer::of(request.body(lines(&events))));
    assert_eq!(told.len(), 100);
    for (n, line) in (1..).zip(&told) {
        let wanted = if n == 51 { 422 } else { 200 };
        assert_eq!((number(line, "line"), number(line, "status")), (n, wanted), "{line}");
        assert_eq!(line["dryRun"], if n == 51 { json!(null) } else { json!(true) }, "{line}");
    }
    assert_eq!(server.position(), before);
}

/// A body under way, and the answer that comes meanwhile.
struct Talk {
    connection: TcpStream,
    answer: BufReader<TcpStream>,
}

impl Talk {
    fn begin(server: &RunningServer, token: &str, more: &str) -> Self {
        let mut connection = TcpStream::connect(server.address()).unwrap();
        let head = format!(
            "POST {EVENTS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: {LINES}\r\nTransfer-Encoding: chunked\r\n{more}\r\n"
        );
        connection.write_all(head.as_bytes()).unwrap();
        let answer = BufReader::new(connection.try_clone().unwrap());
        Self { connection, answer }
    }

    fn send(&mut self, text: &str) {
        let piece = format!("{:x}\r\n{text}\r\n", text.len());
        self.connection.write_all(piece.as_bytes()).unwrap();
    }

    /// The next line that is JSON: what stands around it is HTTP.
    fn answer(&mut self) -> Value {
        loop {
            let mut line = String::new();
            assert_ne!(self.answer.read_line(&mut line).unwrap(), 0, "the answer ended");
            if line.starts_with('{') {
                return serde_json::from_str(&line).unwrap();
            }
        }
    }

    fn head_line(&mut self) -> String {
        let mut line = String::new();
        self.answer.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// Sends no more, in the middle of the body, and waits until the server has taken it so.
    fn break_off(mut self) {
        self.connection.shutdown(std::net::Shutdown::Write).unwrap();
        let _ = self.answer.read_to_end(&mut Vec::new());
    }
}

#[test]
fn a_line_is_answered_while_the_body_is_still_open() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let mut talk = Talk::begin(&server, &ledger.token(TRAKIA), "Expect: 100-continue\r\n");
    assert_eq!(talk.head_line(), "HTTP/1.1 100 Continue");
    for (n, event) in (1..).zip(reports(20)) {
        let event = event.to_string();
        let (begin, end) = event.split_at(40);
        talk.send(begin);
        talk.send(&format!("{end}\n"));
        let line = talk.answer();
        assert_eq!((number(&line, "line"), number(&line, "status")), (n, 201), "{line}");
    }
    drop(talk);
    let (status, _) = server.stop();
    assert!(status.success(), "{status}");
    assert!(!ledger.operator_log().contains("panicked"), "{}", ledger.operator_log());
}

#[test]
fn a_body_that_comes_no_more_is_given_up() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let mut talk = Talk::begin(&server, &ledger.token(TRAKIA), "");
    let event = reports(1).remove(0).to_string();
    talk.send(&format!("{event}\n{event}"));
    assert_eq!(talk.answer()["status"], 201);
    // Nothing follows; the server says so, and what came of the second line is no line.
    let line = talk.answer();
    assert_eq!((number(&line, "line"), number(&line, "status")), (2, 408), "{line}");
    assert_eq!(line["type"], "/problems/body_too_slow");
    // The answer ends, and the connection with it.
    let mut rest = String::new();
    talk.answer.read_to_string(&mut rest).unwrap();
    assert_eq!(rest.trim(), "0");
}

/// The most memory that the server ever had, in KiB.
fn peak_kib(server: &RunningServer) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.process_id())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    peak.trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
fn a_long_body_takes_little_memory() {
    const TOTAL_BYTES: usize = 192 * 1024 * 1024;
    /// Half of each of the three bodies; the allocator keeps some of what was in use.
    const GROWTH_KIB_MAX: u64 = 32 * 1024;
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let (trakia, before) = (ledger.token(TRAKIA), server.position());
    let event = progress("A 5.2", "again and again").to_string();
    // Short lines, long ones, and one that never ends: each as much as all of them.
    let bodies = [
        format!("{event}{}\n", " ".repeat(8 * 1024)).repeat(TOTAL_BYTES / 3 / 8 / 1024),
        format!("{event}{}\n", " ".repeat(200 * 1024)).repeat(TOTAL_BYTES / 3 / 200 / 1024),
        format!("{event}\n{}", "x".repeat(TOTAL_BYTES / 3)),
    ];
    assert_eq!(post(&server, &trakia, format!("{event}\n"))[0]["status"], 201);
    let peak_before = peak_kib(&server);
    for body in bodies {
        let number_of_lines = body.lines().count();
        let told = post(&server, &trakia, Body::new(std::io::Cursor::new(body)));
        assert_eq!(told.len(), number_of_lines);
        assert!(told.iter().all(|line| line["status"] == 200 || line["status"] == 413));
    }
    let growth = peak_kib(&server) - peak_before;
    println!("{growth} KiB more for {TOTAL_BYTES} bytes");
    assert!(growth < GROWTH_KIB_MAX, "{growth} KiB more for {TOTAL_BYTES} bytes");
    assert_eq!(server.position(), before + 1);
}

#[test]
fn a_client_that_goes_away_leaves_a_beginning_of_its_lines() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let (trakia, before) = (ledger.token(TRAKIA), server.position());
    let events = reports(300);
    let mut talk = Talk::begin(&server, &trakia, "");
    talk.send(&lines(&events[..100]));
    for _ in 0..100 {
        assert_eq!(talk.answer()["status"], 201);
    }
    // The client goes away with lines under way: what the server had taken is recorded, in order.
    talk.send(&lines(&events[100..]));
    drop(talk);
    let (status, _) = server.stop();
    assert!(status.success(), "{status}");
    let exported = ledger.export();
    let recorded: Vec<Value> =
        exported.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let recorded = &recorded[usize::try_from(before).unwrap()..];
    assert!((100..=300).contains(&recorded.len()), "{}", recorded.len());
    assert!(recorded.iter().zip(&events).all(|(found, sent)| found["id"] == sent["id"]));
    assert_eq!(ledger.verify().code, 0);
}

#[test]
fn lines_cut_off_by_a_kill_are_sent_again_and_recorded_once() {
    let ledger = LedgerFolder::with_example();
    let trakia = ledger.token(TRAKIA);
    let events = reports(2_000);
    let mut acknowledged = Vec::new();
    let before = {
        let server = ledger.serve();
        let mut talk = Talk::begin(&server, &trakia, "");
        let mut connection = talk.connection.try_clone().unwrap();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for event in &events {
                    let piece = format!("{event}\n");
                    let piece = format!("{:x}\r\n{piece}\r\n", piece.len());
                    if connection.write_all(piece.as_bytes()).is_err() {
                        break;
                    }
                }
            });
            for _ in 0..300 {
                acknowledged.push(talk.answer());
            }
            server.kill();
            // What the server had said before it died counts too.
            let mut rest = String::new();
            let _ = talk.answer.read_to_string(&mut rest);
            let whole = rest.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
            acknowledged.extend(whole.filter(Value::is_object));
        });
        acknowledged[0]["position"].as_u64().unwrap() - 1
    };
    let server = ledger.serve();
    let recorded = server.position() - before;
    assert!(recorded >= acknowledged.len() as u64);
    let told = post(&server, &trakia, lines(&events));
    for (n, (line, event)) in (1..).zip(told.iter().zip(&events)) {
        let wanted = if n <= recorded { 200 } else { 201 };
        assert_eq!((number(line, "line"), number(line, "status")), (n, wanted), "{line}");
        assert_eq!((number(line, "position"), &line["id"]), (before + n, &event["id"]), "{line}");
    }
    assert_eq!(told.len(), events.len());
    let first = acknowledged.iter().map(receipt);
    assert!(first.eq(told[..acknowledged.len()].iter().map(receipt)), "the first answers again");
    println!("{} acknowledged, {recorded} recorded before the kill", acknowledged.len());
}

#[test]
fn after_a_503_no_more_is_read_and_the_answer_says_from_where_to_send_again() {
    let ledger = LedgerFolder::with_example();
    execute(
        &ledger,
        "create trigger refuses before insert on event
        when new.payload like '%cannot be stored%' begin select raise(abort, 'no'); end",
    );
    let server = ledger.serve();
    let (trakia, before) = (ledger.token(TRAKIA), server.position());
    let mut events = reports(1_000);
    events[200] = progress("A 5.2", "cannot be stored");
    // Sent in one piece, so that all of it lies there when the server leaves off.
    let told = post(&server, &trakia, lines(&events));
    let recorded = told.iter().take_while(|line| line["status"] == 201).count();
    assert!((200 - UNDER_WAY_MAX..=200).contains(&recorded), "{recorded}");
    assert!(told.len() <= 201 + UNDER_WAY_MAX, "{}", told.len());
    assert_eq!(told[recorded]["type"], "/problems/unavailable");
    for (n, line) in (1..).zip(&told) {
        assert_eq!(number(line, "line"), n, "{line}");
    }
    let last = told.last().unwrap();
    assert_eq!(last["status"], 503);
    assert!(last["detail"].as_str().unwrap().contains("were not read"), "{last}");

    execute(&ledger, "drop trigger refuses");
    let rest = post(&server, &trakia, lines(&events[recorded..]));
    assert!(rest.iter().all(|line| line["status"] == 201 || line["status"] == 200));
    assert_eq!(server.position(), before + 1_000);
}

fn execute(ledger: &LedgerFolder, sql: &str) {
    let address = ledger.database();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut connection = sqlx::SqliteConnection::connect(&address).await.unwrap();
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    });
}

#[test]
fn many_bodies_at_once_are_answered_each_in_its_order() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let (trakia, before) = (ledger.token(TRAKIA), server.position());
    let (send, receive) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            let (send, server, trakia) = (send.clone(), &server, &trakia);
            scope.spawn(move || {
                let events = reports(250);
                let told = post(server, trakia, lines(&events));
                for (n, (line, event)) in (1..).zip(told.iter().zip(&events)) {
                    assert_eq!((number(line, "line"), &line["id"]), (n, &event["id"]));
                    send.send(number(line, "position")).unwrap();
                }
            });
        }
        drop(send);
    });
    let mut positions: Vec<_> = receive.iter().collect();
    positions.sort_unstable();
    assert!(positions.into_iter().eq(before + 1..=before + 2_000));
}
