//! Cairn as its users have it: the program, a log with the example project in it, tokens.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};
use cairn_store::EventRow;
use serde_json::{Value, json};

use crate::client::{self, Request};
use crate::process::{Server, output};

const PROJECT: &str = "care-get";
/// A member of the lead partner in the example.
const SUBJECT: &str = "haskovo-lead";
/// Bytes of the payload of each row, in every log and floor.
pub(crate) const PAYLOAD_BYTES: usize = 512;

fn command(name: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cairn"));
    command.arg(name);
    command
}

/// The program on one log.
pub(crate) struct Cairn {
    pub(crate) data: PathBuf,
    pub(crate) database: String,
}

impl Cairn {
    pub(crate) fn import_example(&self) -> anyhow::Result<()> {
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/care-get");
        output(self.on_log("import").arg(example)).map(drop)
    }

    fn on_log(&self, name: &str) -> Command {
        let mut command = command(name);
        command.args(["--database", &self.database]).arg("--data").arg(&self.data);
        command
    }

    pub(crate) fn serve(&self) -> anyhow::Result<Served> {
        let mut token = command("token");
        let token = output(token.args(["--subject", SUBJECT]).arg("--data").arg(&self.data))?;
        let mut serve = self.on_log("serve");
        serve.args(["--listen", "127.0.0.1:0"]);
        Ok(Served { server: Server::start(&mut serve)?, token: token.trim().to_owned() })
    }

    /// The row that the last posting became.
    pub(crate) async fn last_row(&self) -> anyhow::Result<EventRow> {
        let log = cairn_store::open_read_only(&self.database).await?;
        let last = log.head().await?.position;
        let row = log.read_rows(last - 1, 1).await?.pop().context("the log has a last row")?;
        log.close().await;
        ensure!(row.payload.len() == PAYLOAD_BYTES, "a payload of {} bytes", row.payload.len());
        Ok(row)
    }
}

/// The program, listening.
pub(crate) struct Served {
    pub(crate) server: Server,
    token: String,
}

impl Served {
    /// A posting of one event, or of a batch.
    pub(crate) fn request(&self, events: usize) -> Request {
        let body = match events {
            1 => event(),
            _ => Value::Array(vec![event(); events]),
        };
        Request::new(PROJECT, self.server.address, &self.token, &body)
    }

    /// Posts one event, and gives the length of the answer.
    pub(crate) async fn post_one(&self) -> anyhow::Result<usize> {
        client::ask_once(self.server.address, &self.request(1)).await
    }
}

/// An ordinary event, with a text as long as it takes for the payload to have its length. Only
/// its id changes from one posting to the next.
fn event() -> Value {
    let data = |english: &str| {
        json!({
            "code": "A 4.2",
            "text": {
                "original": "bg",
                "bg": "Брошурата и плакатът са отпечатани и раздадени на партньорите.",
                "en": english,
                "translatedBy": { "en": "machine" }
            },
            "progress": "partly",
            "forecastEnd": "2026-12-10"
        })
    };
    let rest = json!({ "data": data("") }).to_string().len();
    let english = "The brochure and the poster are printed and handed to the partners. ".repeat(8);
    json!({
        "specversion": "1.0",
        "id": uuid::Uuid::nil(),
        "source": "/partners/1",
        "type": "activity.progress_reported",
        "occurredon": "2025-09-30",
        "data": data(&english[..PAYLOAD_BYTES - rest])
    })
}
