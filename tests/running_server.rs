//! A ledger in a folder of its own and the built program on it: imported, served, asked, killed.
//!
//! Nothing here waits by the clock: a server is up when it says so, and gone when its process is.

#![allow(dead_code, reason = "every test target takes this in, and each uses a part of it")]
#![allow(clippy::unwrap_used, reason = "only tests take this in")]

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::{Barrier, Mutex};

use reqwest::blocking::{Client, RequestBuilder};
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

pub(crate) const EVENTS: &str = "/v1/projects/care-get/events";
pub(crate) const ONE: &str = "application/cloudevents+json";
pub(crate) const BATCH: &str = "application/cloudevents-batch+json";
pub(crate) const LINES: &str = "application/x-ndjson";

/// Who is who in `examples/care-get`.
pub(crate) const LEAD: &str = "haskovo-lead";
pub(crate) const TRAKIA: &str = "trakia-university";
pub(crate) const SIENA: &str = "siena";

/// The folder of the first customer's charter and history.
pub(crate) fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/care-get")
}

/// The files of the example up to the end of its `illustrative-history.ndjson`: 210 events.
pub(crate) fn first_years() -> [PathBuf; 4] {
    const FILES: [&str; 4] = [
        "care-get.yaml",
        "illustrative-plan.yaml",
        "care-get-1.ndjson",
        "illustrative-history.ndjson",
    ];
    FILES.map(|file| example().join(file))
}

/// The program with none of its variables set.
pub(crate) fn cairn() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cairn"));
    for variable in ["CAIRN_DATABASE", "CAIRN_DATA", "CAIRN_LISTEN", "RUST_LOG"] {
        command.env_remove(variable);
    }
    command
}

/// What a command that ended said.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

pub(crate) fn run(command: &mut Command) -> Ended {
    let output = command.stdin(Stdio::null()).output().unwrap();
    Ended {
        code: output.status.code().expect("the program ends by itself"),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A database and a folder of keys that nobody else uses.
pub(crate) struct LedgerFolder {
    folder: TempDir,
    /// The address of a database on PostgreSQL; otherwise it is a file in the folder.
    postgres: Option<String>,
}

impl LedgerFolder {
    pub(crate) fn empty() -> Self {
        Self { folder: TempDir::new().unwrap(), postgres: None }
    }

    /// A ledger on PostgreSQL, at the address of an empty database.
    pub(crate) fn with_example_on(address: String) -> Self {
        let ledger = Self::on(address);
        for ended in [run(&mut ledger.command("migrate")), ledger.import_first_years()] {
            assert_eq!(ended.code, 0, "{ended:?}");
        }
        ledger
    }

    /// The keys of a ledger whose database on PostgreSQL is at the address.
    pub(crate) fn on(address: String) -> Self {
        Self { postgres: Some(address), ..Self::empty() }
    }

    pub(crate) fn with_example() -> Self {
        let ledger = Self::empty();
        let ended = ledger.import_first_years();
        assert_eq!(ended.code, 0, "{ended:?}");
        ledger
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file that a command is to read.
    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.file(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    pub(crate) fn database_file(&self) -> PathBuf {
        self.file("cairn.db")
    }

    pub(crate) fn database(&self) -> String {
        let file = || format!("sqlite:{}", self.database_file().display());
        self.postgres.clone().unwrap_or_else(file)
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.file("data")
    }

    /// A command on this database, and on these keys where it takes them.
    pub(crate) fn command(&self, name: &str) -> Command {
        let mut command = cairn();
        command.arg(name);
        if name != "token" {
            command.arg("--database").arg(self.database());
        }
        if name != "export" && name != "migrate" {
            command.arg("--data").arg(self.data());
        }
        command
    }

    pub(crate) fn import(&self, paths: &[&Path]) -> Ended {
        run(self.command("import").args(paths))
    }

    pub(crate) fn import_first_years(&self) -> Ended {
        self.import(&first_years().each_ref().map(PathBuf::as_path))
    }

    pub(crate) fn export(&self) -> String {
        let ended = run(&mut self.command("export"));
        assert_eq!(ended.code, 0, "{ended:?}");
        ended.stdout
    }

    pub(crate) fn verify(&self) -> Ended {
        run(&mut self.command("verify"))
    }

    pub(crate) fn token(&self, subject: &str) -> String {
        let ended = run(self.command("token").args(["--subject", subject]));
        assert_eq!(ended.code, 0, "{ended:?}");
        ended.stdout.trim_end().to_owned()
    }

    pub(crate) fn serve(&self) -> RunningServer {
        self.serve_with(|_| {})
    }

    /// A server whose command is changed first, such as by a variable.
    pub(crate) fn serve_with(&self, change: impl FnOnce(&mut Command)) -> RunningServer {
        let mut command = self.command("serve");
        change(command.args(["--listen", "127.0.0.1:0"]));
        RunningServer::start(&mut command, || self.log_file())
    }

    /// Where all servers of this folder write what they tell the operator.
    pub(crate) fn log_file(&self) -> File {
        File::options().create(true).append(true).open(self.file("serve.log")).unwrap()
    }

    /// What all servers of this folder told the operator.
    pub(crate) fn operator_log(&self) -> String {
        std::fs::read_to_string(self.file("serve.log")).unwrap()
    }
}

/// A server that has said where it listens.
pub(crate) struct RunningServer {
    /// Shared, so that it can be killed while threads post to it.
    process: Mutex<Child>,
    /// Kept open: a program that cannot print may end.
    stdout: BufReader<ChildStdout>,
    pub(crate) first_line: String,
    address: String,
    client: Client,
}

impl RunningServer {
    pub(crate) fn start(command: &mut Command, operator_log: impl FnOnce() -> File) -> Self {
        let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(operator_log());
        let mut process = command.spawn().unwrap();
        let mut stdout = BufReader::new(process.stdout.take().unwrap());
        let mut first_line = String::new();
        stdout.read_line(&mut first_line).unwrap();
        let address = first_line.trim_end().strip_prefix("listening on http://");
        let address = address.unwrap_or_else(|| {
            let _ = process.kill();
            panic!("the server said {first_line:?} and ended with {:?}", process.wait())
        });
        let address = address.to_owned();
        let client = Client::builder().no_proxy().build().unwrap();
        Self { process: Mutex::new(process), stdout, first_line, address, client }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn process_id(&self) -> u32 {
        self.process.lock().unwrap().id()
    }

    /// `kill -9`, and waits until the process is gone.
    pub(crate) fn kill(&self) {
        let mut process = self.process.lock().unwrap();
        process.kill().unwrap();
        process.wait().unwrap();
    }

    /// Sends the process a signal, such as `STOP`, and does not wait.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.process_id().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }

    /// Waits until the server has ended of its own accord.
    pub(crate) fn ends_by_itself(&self) -> ExitStatus {
        self.process.lock().unwrap().wait().unwrap()
    }

    /// Asks the server to end, and waits until it has. What it printed after its first line.
    pub(crate) fn stop(mut self) -> (ExitStatus, String) {
        self.signal("TERM");
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        (self.ends_by_itself(), rest)
    }

    pub(crate) fn get(&self, token: &str, path: &str) -> Answer {
        Answer::of(self.client.get(self.url(path)).bearer_auth(token))
    }

    /// A read that has seen a position at least.
    pub(crate) fn get_after(&self, token: &str, path: &str, position: u64) -> Answer {
        let request = self.client.get(self.url(path)).bearer_auth(token);
        Answer::of(request.header("Cairn-Position", position))
    }

    pub(crate) fn posting(&self, token: &str, media_type: &str, body: Vec<u8>) -> RequestBuilder {
        let request = self.client.post(self.url(EVENTS)).bearer_auth(token);
        request.header("Content-Type", media_type).body(body)
    }

    pub(crate) fn post(&self, token: &str, event: &Value) -> Answer {
        Answer::of(self.posting(token, ONE, event.to_string().into_bytes()))
    }

    pub(crate) fn post_batch(&self, token: &str, events: &[Value]) -> Answer {
        Answer::of(self.posting(token, BATCH, json!(events).to_string().into_bytes()))
    }

    /// Asks a question at the GraphQL door.
    pub(crate) fn graphql(&self, token: &str, query: &str) -> Answer {
        let request = self.client.post(self.url("/graphql")).bearer_auth(token);
        Answer::of(request.json(&json!({ "query": query })))
    }

    /// Sends bytes as they are, which a client library would mend or refuse, and reads the answer
    /// until the server closes. The bytes may break off: a refused body is not read to its end.
    pub(crate) fn raw(&self, request: &[u8]) -> String {
        let mut connection = TcpStream::connect(&self.address).unwrap();
        let _ = connection.write_all(request);
        let mut answer = Vec::new();
        let _ = connection.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// The last position of the log that the server has seen. It answers only when it is ready.
    pub(crate) fn position(&self) -> u64 {
        let answer = Answer::of(self.client.get(self.url("/readyz")));
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["position"].as_u64().unwrap()
    }

    pub(crate) fn is_ready(&self) -> bool {
        Answer::of(self.client.get(self.url("/readyz"))).status == 200
    }

    /// As [`RunningServer::position`], of a server that may be about to find its database again.
    pub(crate) fn ready_position(&self) -> u64 {
        while !self.is_ready() {}
        self.position()
    }

    /// The same posting from many at once; the answers in no order.
    pub(crate) fn post_at_once(&self, times: usize, token: &str, event: &Value) -> Vec<Answer> {
        let start = Barrier::new(times);
        std::thread::scope(|scope| {
            let post = || {
                start.wait();
                self.post(token, event)
            };
            let posts: Vec<_> = (0..times).map(|_| scope.spawn(post)).collect();
            posts.into_iter().map(|post| post.join().unwrap()).collect()
        })
    }
}

impl Drop for RunningServer {
    fn drop(&mut self) {
        if let Ok(process) = self.process.get_mut() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn of(request: RequestBuilder) -> Self {
        Self::try_of(request).unwrap()
    }

    /// Nothing, when the server went away before it had answered.
    pub(crate) fn try_of(request: RequestBuilder) -> reqwest::Result<Self> {
        let response = request.send()?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Self { status, headers, body: response.text()? })
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).unwrap_or_else(|| panic!("no {name}: {self:?}"));
        value.to_str().unwrap()
    }

    /// The problem's id, when the answer is one with this status.
    pub(crate) fn problem(&self, status: u16) -> String {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.header("content-type"), "application/problem+json");
        let kind = self.json()["type"].as_str().unwrap().to_owned();
        kind.strip_prefix("/problems/").unwrap_or_else(|| panic!("{self:?}")).to_owned()
    }

    /// The pointers and rules of a problem.
    pub(crate) fn faults(&self) -> Vec<(String, String)> {
        let text = |error: &Value, name: &str| error[name].as_str().unwrap().to_owned();
        let errors = self.json()["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|error| (text(error, "pointer"), text(error, "rule"))).collect()
    }
}

/// An event with an id of its own that happened on 20 November 2026.
pub(crate) fn event(event_type: &str, data: Value) -> Value {
    json!({ "specversion": "1.0", "id": Uuid::now_v7(), "type": event_type,
        "occurredon": "2026-11-20", "data": data })
}

/// Progress of an activity, told apart by its text.
pub(crate) fn progress(code: &str, text: &str) -> Value {
    let text = json!({ "original": "en", "en": text });
    event("activity.progress_reported", json!({ "code": code, "text": text, "progress": "partly" }))
}

/// Trakia University's deliverable that was returned and waits for its second submission.
pub(crate) fn second_submission() -> Value {
    event(
        "deliverable.submitted",
        json!({
            "code": "D 5.2.1",
            "title": { "original": "en", "en": "Training programme in telemedicine" },
            "evidence": [{ "kind": "report", "name": "Training programme, second version",
                "uri": "urn:example:d-5.2.1:2" }],
        }),
    )
}

/// An invoice for three thousand euro of a partner's staff.
pub(crate) fn expenditure() -> Value {
    event(
        "expenditure.declared",
        json!({
            "category": "staff", "workPackage": "WP 5", "activity": "A 5.2",
            "incurredFrom": "2026-10-01", "incurredTo": "2026-10-31",
            "document": { "payroll": { "reference": "P-2026-10", "period": "2026-10",
                "method": "Fixed share of the monthly working time" } },
            "net": "3000.00", "vat": "0.00", "vatRecoverable": "0.00", "share": "1",
            "declared": "3000.00", "currency": "EUR",
            "evidence": [{ "kind": "payroll", "name": "P-2026-10", "uri": "urn:example:p-2026-10" }],
        }),
    )
}
