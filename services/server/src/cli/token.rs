//! `cairn token`: a token for a subject, alone on standard output.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;
use cairn_domain::ids::Subject;
use jiff::Timestamp;

use crate::auth;
use crate::config::Token;
use crate::keys::{self, Keys};

pub fn run(config: &Token) -> anyhow::Result<ExitCode> {
    let subject: Subject = config.subject.parse().context("--subject cannot be used")?;
    let data = &config.data.data;
    anyhow::ensure!(
        keys::folder(data).exists(),
        "there are no keys in {}: name the folder of the server with --data; `cairn serve` and \
         `cairn import` make them when they first run",
        data.display()
    );
    let keys = Keys::open_or_create(data)?;
    let token = auth::issue(&keys.token, &subject, config.ttl, Timestamp::now())?;
    writeln!(std::io::stdout(), "{token}")?;
    Ok(ExitCode::SUCCESS)
}
