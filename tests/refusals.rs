//! Bad input: each gets the problem document that says how to mend it, and leaves no trace.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

#[path = "refusals/bodies.rs"]
mod bodies;
#[path = "refusals/callers.rs"]
mod callers;
#[path = "refusals/mutations.rs"]
mod mutations;
#[path = "refusals/not_json.rs"]
mod not_json;
#[path = "refusals/requests.rs"]
mod requests;
mod running_server;

use running_server::{Answer, LINES, LedgerFolder, ONE, RunningServer, TRAKIA};
use serde_json::Value;

/// What would tell a stranger about the inside of the program, or the operator about a bug.
const NEVER_SAID: [&str; 9] =
    ["sqlx", "SELECT", "select ", "panicked", "/src/", ".rs:", "thread", "/tmp/", "backtrace"];

/// A server with the example, and one who may post there.
struct House {
    ledger: LedgerFolder,
    server: RunningServer,
    trakia: String,
    recorded: u64,
}

impl House {
    fn open() -> Self {
        let ledger = LedgerFolder::with_example();
        let server = ledger.serve();
        let (trakia, recorded) = (ledger.token(TRAKIA), server.position());
        Self { ledger, server, trakia, recorded }
    }

    fn post_bytes(&self, body: impl Into<Vec<u8>>) -> Answer {
        Answer::of(self.server.posting(&self.trakia, ONE, body.into()))
    }

    /// What is refused alone is refused as a line among lines, for the same reason.
    fn assert_refused_as_a_line(&self, what: &str, body: impl AsRef<[u8]>, alone: &Answer) {
        let answer = Answer::of(self.server.posting(&self.trakia, LINES, body.as_ref().to_vec()));
        assert_eq!((answer.status, answer.header("content-type")), (200, LINES), "{what}");
        let mut line: Value = serde_json::from_str(&answer.body).unwrap();
        let mut wanted = alone.json();
        assert_eq!(line["line"], 1, "{what}: {line}");
        line.as_object_mut().unwrap().shift_remove("line");
        if wanted["type"] == "/problems/not_json" {
            // It says where: in the line.
            wanted["detail"] = line["detail"].clone();
        }
        assert_eq!(line, wanted, "{what}");
        assert_says_nothing_of_the_inside(what, &answer.body);
        assert_eq!(self.server.position(), self.recorded, "{what}: something was recorded");
    }

    /// The answer is the problem `id`, whose page can be read, and nothing was recorded.
    fn assert_refused(&self, what: &str, answer: &Answer, status: u16, id: &str) {
        assert_eq!(answer.status, status, "{what}: {answer:?}");
        assert_eq!(answer.problem(status), id, "{what}: {answer:?}");
        self.assert_harmless(what, answer);
    }

    fn assert_harmless(&self, what: &str, answer: &Answer) {
        let problem = answer.json();
        assert_eq!(problem["status"], answer.status, "{what}: {answer:?}");
        for member in ["title", "detail"] {
            assert!(problem[member].as_str().is_some_and(|text| !text.is_empty()), "{what}");
        }
        assert_says_nothing_of_the_inside(what, &answer.body);
        let page = Answer::of(self.server.client().get(self.server.url(&problem_page(answer))));
        assert_eq!(page.status, 200, "{what}: {page:?}");
        assert_says_nothing_of_the_inside(what, &page.body);
        assert_eq!(self.server.position(), self.recorded, "{what}: something was recorded");
    }

    /// After everything: the operator was told of no panic, and the log is whole.
    fn close(self) {
        let (status, _) = self.server.stop();
        assert!(status.success(), "{status}");
        let told = self.ledger.operator_log();
        assert!(!told.contains("panicked"), "{told}");
        assert_eq!(self.ledger.verify().code, 0);
    }
}

fn problem_page(answer: &Answer) -> String {
    answer.json()["type"].as_str().unwrap().to_owned()
}

fn assert_says_nothing_of_the_inside(what: &str, text: &str) {
    for inside in NEVER_SAID {
        assert!(!text.contains(inside), "{what}: `{inside}` in {text}");
    }
}
