//! Lists on a slow line.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

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
    // At 4 KiB a second so much may take half a minute.
    let notes = format!("{}\n", "x".repeat(100 * 1024));
    let mut slow = Upload::begin(&server, &trakia, head.len() + row.len() + notes.len());
    slow.send(head);
    slow.send(&notes[..80 * 1024].replace('x', " "));
    let mut stalled = Upload::begin(&server, &trakia, 1_000);
    stalled.send(head);
    // It has begun after the other one, and is cut off before that one goes on.
    let (status, problem) = stalled.answer();
    assert!(status.contains(" 408 "), "{status} {problem}");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("4 KiB a second") && detail.contains("Nothing of it"), "{detail}");
    assert_eq!(server.position(), before);
    slow.send(row);
    slow.send(&notes[80 * 1024..]);
    let (status, answer) = slow.answer();
    assert!(status.contains(" 200 "), "{status} {answer}");
    assert_eq!((&answer["rows"], &answer["refused"]), (&1.into(), &0.into()), "{answer}");
}
