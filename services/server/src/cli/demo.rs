//! `cairn demo`: a fresh ledger with the project CARE-GET, served, with requests to paste.

use std::io::{Cursor, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use cairn_domain::ids::Subject;
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;
use uuid::Uuid;

use super::import::{self, Source};
use super::serve;
use crate::config::Demo;
use crate::keys::Keys;
use crate::views::snapshot::Snapshots;
use crate::{auth, checkpoints};

macro_rules! example {
    ($name:literal) => {
        ($name, include_str!(concat!("../../../../examples/care-get/", $name)))
    };
}

/// The example is part of the program, so that the demonstration needs no other file.
const CHARTERS: [(&str, &str); 2] = [example!("care-get.yaml"), example!("illustrative-plan.yaml")];
const HISTORIES: [(&str, &str); 4] = [
    example!("care-get-1.ndjson"),
    example!("illustrative-history.ndjson"),
    example!("illustrative-monitoring.ndjson"),
    example!("illustrative-payments-and-claim.ndjson"),
];

/// A working day.
const TOKEN_LIFETIME: SignedDuration = SignedDuration::from_hours(8);

/// The members that the requests are for: a shell variable, and the subject in the example.
const MEMBERS: [(&str, &str, &str); 4] = [
    ("LEAD", "haskovo-lead", "the lead partner, Haskovo Municipality"),
    ("TRAKIA", "trakia-university", "a delivery partner, Trakia University"),
    ("SIENA", "siena", "a transfer partner, Municipality of Siena"),
    ("CONTROLLER", "first-level-controller", "the first-level controller"),
];

pub async fn run(config: Demo) -> anyhow::Result<ExitCode> {
    let listener = serve::listen(config.listen)?;
    let folder = Folder::make(config.folder)?;
    let data = folder.path().join("data");
    let database = folder.path().join("cairn.db");
    anyhow::ensure!(
        !database.exists(),
        "{} has a ledger already. Name another folder, or serve this one: cairn serve --database \
         sqlite:{} --data {}",
        folder.path().display(),
        database.display(),
        data.display()
    );
    let keys = Keys::open_or_create(&data)?;
    let address = format!("sqlite:{}", database.display());
    let log =
        cairn_store::open(&address).await.context("the demonstration's log cannot be made")?;
    let started = serve::start(log, &Snapshots::new(&data, keys.snapshots.clone())).await?;
    let outcome = import::import(&started.postbox, sources()?).await?;
    anyhow::ensure!(
        outcome.refused + outcome.unreadable == 0,
        "the example was not taken as a whole; this is a fault of Cairn"
    );
    checkpoints::keep(&started.ledger, &data, &keys.log).await?;
    let tokens = tokens(&keys)?;
    let greet = |address: SocketAddr| greet(address, &folder, &tokens);
    serve::serve(listener, keys, &data, started, greet).await
}

/// The folder of the demonstration. A temporary one goes away when the demonstration ends.
enum Folder {
    Named(PathBuf),
    Temporary(TempDir),
}

impl Folder {
    fn make(named: Option<PathBuf>) -> anyhow::Result<Self> {
        match named {
            None => Ok(Self::Temporary(tempfile::Builder::new().prefix("cairn-demo-").tempdir()?)),
            Some(folder) => {
                std::fs::create_dir_all(&folder)
                    .with_context(|| format!("cannot make {}", folder.display()))?;
                Ok(Self::Named(folder))
            }
        }
    }

    fn path(&self) -> &std::path::Path {
        match self {
            Self::Named(path) => path,
            Self::Temporary(folder) => folder.path(),
        }
    }
}

/// The example, in the order of an import.
pub(crate) fn sources() -> anyhow::Result<Vec<Source>> {
    let charters = CHARTERS.map(|(name, text)| (name.to_owned(), text.to_owned())).to_vec();
    let mut sources = import::charters(charters)?;
    for (name, text) in HISTORIES {
        let lines = Box::new(Cursor::new(text));
        sources.push(Source::lines(name.to_owned(), text.len() as u64, lines));
    }
    Ok(sources)
}

fn tokens(keys: &Keys) -> anyhow::Result<Vec<String>> {
    let issue = |subject: &str| -> anyhow::Result<String> {
        let subject: Subject = subject.parse()?;
        Ok(auth::issue(&keys.token, &subject, TOKEN_LIFETIME, Timestamp::now())?)
    };
    MEMBERS.iter().map(|(_, subject, _)| issue(subject)).collect()
}

/// Prints the tokens and the requests. Every request stands on one line, so that it can be pasted
/// into any shell.
fn greet(address: SocketAddr, folder: &Folder, tokens: &[String]) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "\nThe project CARE-GET is in {}.", folder.path().display())?;
    writeln!(
        out,
        "\nPaste these into another terminal first. The tokens are valid for eight hours:"
    )?;
    for (variable, _, who) in MEMBERS {
        writeln!(out, "  {variable} is {who}")?;
    }
    writeln!(out, "\nCAIRN=http://{address}")?;
    for ((variable, _, _), token) in MEMBERS.iter().zip(tokens) {
        writeln!(out, "{variable}={token}")?;
    }
    for (heading, request) in requests() {
        writeln!(out, "\n{heading}\n\n{request}")?;
    }
    writeln!(out, "\nStop with Ctrl-C.")?;
    Ok(out.flush()?)
}

fn requests() -> Vec<(&'static str, String)> {
    let submitted = format!(
        r#"{{"id":"{}","type":"deliverable.submitted","occurredon":"2026-11-20","data":{{"code":"Д 5.2.1","title":{{"original":"en","en":"Training programme, second edition"}},"evidence":[{{"kind":"report","name":"Training programme","uri":"https://example.org/training-programme"}}]}}}}"#,
        Uuid::now_v7()
    );
    let accepted = format!(
        r#"{{"id":"{}","type":"deliverable.accepted","occurredon":"2026-11-20","data":{{"code":"D 5.2.1","submission":2}}}}"#,
        Uuid::now_v7()
    );
    let declared = format!(
        r#"{{"id":"{}","type":"expenditure.declared","occurredon":"2026-11-20","data":{{}}}}"#,
        Uuid::now_v7()
    );
    let money = r#"{ project(acronym: "care-get") { budgetUse(by: [PARTNER, CATEGORY]) { totals { planned declared remaining } rows { partner category planned declared provisional } rates { currency month rate } } paymentTrigger { trigger reported missing } } }"#;
    let past = r#"{ project(acronym: "care-get", asOf: { instant: "2025-03-31T12:00:00Z" }) { version deliverables { totalCount nodes { code status lightWord } } } }"#;
    let lessons = r#"{ lessons(search: "пазара на труда") { totalCount nodes { title { text(language: "en") } codes maturity } } }"#;
    let lines = r#"{ project(acronym: "care-get") { expenditure(first: 5) { totalCount nodes { declared currency euro rate paid } } } }"#;
    vec![
        (
            "Trakia University hands in its deliverable (the letter Д is read as D).",
            post("TRAKIA", &submitted),
        ),
        ("The lead accepts it.", post("LEAD", &accepted)),
        ("The lead asks where the money stands, to the cent.", ask("LEAD", money)),
        ("The lead asks what was known at the end of March 2025.", ask("LEAD", past)),
        ("Siena looks for lessons in Bulgarian and reads them in English.", ask("SIENA", lessons)),
        ("Siena declares no costs: the answer says why.", post("SIENA", &declared)),
        ("The controller opens expenditure lines.", ask("CONTROLLER", lines)),
    ]
}

fn post(variable: &str, event: &str) -> String {
    format!(
        "curl -s $CAIRN/v1/projects/care-get/events -H \"Authorization: Bearer ${variable}\" \
         -H 'Content-Type: application/cloudevents+json' -d '{event}'; echo"
    )
}

fn ask(variable: &str, query: &str) -> String {
    let body = serde_json::json!({ "query": query });
    format!(
        "curl -s $CAIRN/graphql -H \"Authorization: Bearer ${variable}\" \
         -H 'Content-Type: application/json' -d '{body}'; echo"
    )
}
