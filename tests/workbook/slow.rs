//! Lists on a slow line.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::lists::LISTS;
use super::running_server::{LedgerFolder, RunningServer, TRAKIA};

/// A list on its way, whose client decides when the next piece goes.
struct Upload {
    connection: TcpStream,
    answer: BufReader<TcpStream>,
}

impl Upload {
    fn begin(server: &RunningServer, token: &str, length: usize) -> Self {
        let mut connection = TcpStream::connect(server.address()).unwrap();
        let head = format!(
            "POST {LISTS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: text/csv\r\nContent-Length: {length}\r\n\r\n"
        );
        connection.write_all(head.as_bytes()).unwrap();
        let answer = BufReader::new(connection.try_clone().unwrap());
        Self { connection, answer }
    }

    fn send(&mut self, text: &str) {
        self.connection.write_all(text.as_bytes()).unwrap();
    }

    /// Whether an answer comes within a second.
    fn is_answered(&mut self) -> bool {
        self.connection.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
        let came = self.answer.fill_buf().map(<[u8]>::len);
        self.connection.set_read_timeout(None).unwrap();
        came.is_ok()
    }

    /// Waits for the answer: its status and its body.
    fn answer(mut self) -> (String, Value) {
        let mut head = Vec::new();
        loop {
            let mut line = String::new();
            assert_ne!(self.answer.read_line(&mut line).unwrap(), 0, "no answer: {head:?}");
            if line.trim_end().is_empty() {
                break;
            }
            head.push(line.to_ascii_lowercase());
        }
        let length = head.iter().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        let mut body = vec![0; length.trim_end().parse().unwrap()];
        self.answer.read_exact(&mut body).unwrap();
        (head.remove(0), serde_json::from_slice(&body).unwrap())
    }
}

#[test]
fn a_list_may_come_slowly_and_is_cut_off_where_nothing_comes() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let trakia = ledger.token(TRAKIA);
    let before = server.position();
    let head = "category,workPackage,documentKind,documentNumber,documentDate,incurredFrom,\
        incurredTo,net,share,declared,currency,notes\n";
    let row = "travel_and_accommodation,WP 5,travel,T-1,2025-03-28,2025-03-28,2025-03-28,1.50,1,\
        1.50,EUR,";
    let notes = format!("{}\n", "x".repeat(12 * 1024));
    let mut slow = Upload::begin(&server, &trakia, head.len() + row.len() + notes.len());
    slow.send(head);
    slow.send(row);
    // What came gives the rest time, by 4 KiB a second half a minute, but not to say nothing.
    let mut stalled = Upload::begin(&server, &trakia, 1_000_000);
    stalled.send(head);
    stalled.send(&" ".repeat(80 * 1024));
    let begun = Instant::now();
    for piece in 0..12 {
        assert!(!slow.is_answered(), "it was cut off after {piece} pieces");
        slow.send(&notes[piece * 1024..(piece + 1) * 1024]);
    }
    let (status, problem) = stalled.answer();
    assert!(status.contains(" 408 "), "{status} {problem}");
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("4 KiB a second") && detail.contains("Nothing of it"), "{detail}");
    assert_eq!(server.position(), before);
    slow.send("\n");
    let (status, answer) = slow.answer();
    assert!(status.contains(" 200 "), "{status} {answer}");
    assert_eq!((&answer["rows"], &answer["refused"]), (&1.into(), &0.into()), "{answer}");
}

#[test]
fn nothing_is_read_of_who_is_no_member() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    // The answer comes though the list does not.
    let (status, problem) = Upload::begin(&server, &ledger.token("nobody"), 1_000).answer();
    assert!(status.contains(" 404 "), "{status} {problem}");
}
