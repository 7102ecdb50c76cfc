//! `cairn token`: a token for a subject, alone on standard output.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;
use cairn_domain::ids::Subject;
use jiff::Timestamp;

use crate::auth;
use crate::config::Token;
use crate::keys::Keys;

pub fn run(config: &Token) -> anyhow::Result<ExitCode> {
    let subject: Subject = config.subject.parse().context("--subject cannot be used")?;
    let keys = Keys::open_or_create(&config.data.data)?;
    let token = auth::issue(&keys.token, &subject, config.ttl, Timestamp::now())?;
    writeln!(std::io::stdout(), "{token}")?;
    Ok(ExitCode::SUCCESS)
}
