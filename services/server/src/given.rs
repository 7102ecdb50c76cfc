//! What the tests of answers start from: CARE-GET imported into a ledger, and members who ask.

use std::io::Cursor;

use async_graphql::{Request, Response};
use jiff::Timestamp;
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

use crate::cli::demo;
use crate::cli::import::{self, Outcome, Source};
use crate::graphql::project::money::trail::Opened;
use crate::graphql::{Question, Schema, schema};
use crate::keys::FeedKey;
use crate::views::Ledger;
use crate::writer::{self, Postbox, Started};

/// After the last event of the example.
const NOW: &str = "2026-11-21T12:00:00Z";

/// Of the calendar feeds.
pub(crate) const FEED_KEY: [u8; 32] = [7; 32];

/// The public, and a member of each kind.
pub(crate) const PUBLIC: &str = "";
pub(crate) const LEAD: &str = "haskovo-lead";
pub(crate) const TRAKIA: &str = "trakia-university";
pub(crate) const SIENA: &str = "siena";
pub(crate) const EXPERT: &str = "eui-expert";
pub(crate) const CONTROLLER: &str = "first-level-controller";
pub(crate) const AUDITOR: &str = "auditor";
/// The example has nobody of the programme; the lead lets it in here.
pub(crate) const PROGRAMME: &str = "secretariat";

pub(crate) struct CareGet {
    pub(crate) ledger: Ledger,
    postbox: Postbox,
    pub(crate) schema: Schema,
    /// The clock of those who ask.
    pub(crate) now: Timestamp,
    _folder: TempDir,
}

impl CareGet {
    /// A ledger without events.
    pub(crate) async fn nothing() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("sqlite:{}", folder.path().join("cairn.db").display());
        let log = cairn_store::open(&address).await.unwrap();
        let Started { postbox, ledger, .. } = writer::start(log, None, |_, _| ()).await.unwrap();
        let now = NOW.parse().unwrap();
        Self { ledger, postbox, schema: schema(), now, _folder: folder }
    }

    /// The example without what is recorded in November 2026.
    pub(crate) async fn first_years() -> Self {
        const LATER: [&str; 2] =
            ["illustrative-monitoring.ndjson", "illustrative-payments-and-claim.ndjson"];
        let given = Self::nothing().await;
        let mut sources = demo::sources().unwrap();
        sources.retain(|source| !LATER.contains(&source.name.as_str()));
        given.add(sources).await;
        given
    }

    /// The example without the payments of the fund and the first claim, for tests that have their
    /// own.
    pub(crate) async fn before_the_first_claim() -> Self {
        let given = Self::nothing().await;
        let mut sources = demo::sources().unwrap();
        sources.retain(|source| source.name != "illustrative-payments-and-claim.ndjson");
        given.add(sources).await;
        given.grant_programme().await;
        given
    }

    /// The whole example.
    pub(crate) async fn import() -> Self {
        let given = Self::nothing().await;
        given.add(demo::sources().unwrap()).await;
        given.grant_programme().await;
        given
    }

    async fn grant_programme(&self) {
        let letter = json!([{ "kind": "letter", "name": "Letter", "uri": "urn:example:letter" }]);
        let grant = json!({ "specversion": "1.0", "id": "01a1b000-0000-7000-8000-000000000001",
            "source": "/partners/1", "type": "member.granted", "project": "care-get",
            "occurredon": "2026-11-19", "recordedat": "2026-11-19T08:00:00Z",
            "actorsubject": LEAD,
            "data": { "subject": PROGRAMME, "role": "programme", "evidence": letter } });
        let line = Box::new(Cursor::new(grant.to_string()));
        self.add(vec![Source::lines("grant".to_owned(), 0, line)]).await;
    }

    /// Imports more; all of it is to be taken.
    pub(crate) async fn add(&self, sources: Vec<Source>) {
        let outcome = import::import(&self.postbox, sources).await.unwrap();
        let Outcome { recorded, .. } = outcome;
        assert_eq!(outcome, Outcome { recorded, ..Outcome::default() });
    }

    /// Imports an event of `subject`, recorded on its day or on 20 November 2026, and gives its id.
    pub(crate) async fn record(
        &self,
        subject: &str,
        event_type: &str,
        occurred_on: &str,
        data: Value,
    ) -> Uuid {
        let name = format!("{subject} {event_type} {occurred_on} {data}");
        let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes());
        let event = json!({ "specversion": "1.0", "id": id, "type": event_type,
            "project": "care-get", "occurredon": occurred_on,
            "recordedat": "2026-11-20T08:00:00Z", "actorsubject": subject, "data": data });
        let line = Box::new(Cursor::new(event.to_string()));
        self.add(vec![Source::lines("one".to_owned(), 0, line)]).await;
        id
    }

    pub(crate) fn question(&self, subject: &str) -> Question {
        Question {
            ledger: self.ledger.clone(),
            rooms: self.ledger.snapshot(),
            subject: subject.parse().ok(),
            now: self.now,
            feeds: FeedKey::of(FEED_KEY),
            opened: Opened::default(),
        }
    }

    pub(crate) async fn response(&self, subject: &str, document: &str) -> Response {
        self.schema.execute(Request::new(document).data(self.question(subject))).await
    }

    /// The answer to a question that has no fault.
    pub(crate) async fn ask(&self, subject: &str, document: &str) -> Value {
        let response = self.response(subject, document).await;
        assert!(response.errors.is_empty(), "{subject}: {document}: {:?}", response.errors);
        serde_json::to_value(response.data).unwrap()
    }

    /// The answer of the project to a selection of its fields.
    pub(crate) async fn project(&self, subject: &str, fields: &str) -> Value {
        let document = format!(r#"{{ project(acronym: "CARE-GET") {{ {fields} }} }}"#);
        self.ask(subject, &document).await["project"].clone()
    }

    /// The code of the one fault that a question about the project has.
    pub(crate) async fn fault(&self, subject: &str, fields: &str) -> String {
        let document = format!(r#"{{ project(acronym: "care-get") {{ {fields} }} }}"#);
        let response = self.response(subject, &document).await;
        assert_eq!(response.errors.len(), 1, "{fields}: {response:?}");
        let extensions = response.errors[0].extensions.as_ref().unwrap();
        let code = extensions.get("code").unwrap();
        serde_json::to_value(code).unwrap().as_str().unwrap().to_owned()
    }
}

/// The items of a connection.
pub(crate) fn nodes(connection: &Value) -> Vec<Value> {
    let edges = connection["edges"].as_array().unwrap();
    edges.iter().map(|edge| edge["node"].clone()).collect()
}
