//! Cairn as its users have it: the program, a fresh log with the example project in it, tokens.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};
use cairn_store::EventRow;
use serde_json::json;

use crate::client::Request;
use crate::process::Server;

const PROJECT: &str = "care-get";
/// A member of the lead partner in the example.
const SUBJECT: &str = "haskovo-lead";

pub(crate) struct Cairn {
    pub(crate) server: Server,
    folder: PathBuf,
    token: String,
}

pub(crate) async fn start(folder: &Path) -> anyhow::Result<Cairn> {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/care-get");
    let database = format!("sqlite:{}", folder.join("cairn.db").display());
    let command = |name: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cairn"));
        command.arg(name).arg("--data").arg(folder.join("data"));
        command
    };
    output(command("import").arg(example).args(["--database", &database]))?;
    let token = output(command("token").args(["--subject", SUBJECT]))?;
    let mut serve = command("serve");
    serve.args(["--database", &database, "--listen", "127.0.0.1:0"]);
    let server = Server::start(serve)?;
    Ok(Cairn { server, folder: folder.to_owned(), token: token.trim().to_owned() })
}

fn output(command: &mut Command) -> anyhow::Result<String> {
    let output = command.output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?}: {said}");
    Ok(String::from_utf8(output.stdout)?)
}

impl Cairn {
    /// An ordinary event of about 500 bytes. Only its id changes from one posting to the next.
    pub(crate) fn request(&self) -> anyhow::Result<Request> {
        let body = json!({
            "specversion": "1.0",
            "id": uuid::Uuid::nil(),
            "source": "/partners/1",
            "type": "activity.progress_reported",
            "occurredon": "2025-09-30",
            "data": {
                "code": "A 4.2",
                "text": {
                    "original": "bg",
                    "bg": "Брошурата и плакатът са отпечатани и раздадени на партньорите.",
                    "en": "The brochure and the poster are printed and handed to the partners.",
                    "translatedBy": { "en": "machine" }
                },
                "progress": "partly",
                "forecastEnd": "2026-12-10"
            }
        });
        let host = self.server.address;
        Request::new(PROJECT, host, &self.token, &body)
    }

    /// The row that the last posting became.
    pub(crate) async fn last_row(&self) -> anyhow::Result<EventRow> {
        let database = format!("sqlite:{}", self.folder.join("cairn.db").display());
        let log = cairn_store::open_read_only(&database).await?;
        let last = log.head().await?.position;
        let row = log.read_rows(last - 1, 1).await?.pop().context("the log has a last row")?;
        log.close().await;
        Ok(row)
    }
}
