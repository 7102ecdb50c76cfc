//! `cairn migrate`: creates the tables of the log, or brings them up to date.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;

use crate::config::Migrate;

pub async fn run(config: Migrate) -> anyhow::Result<ExitCode> {
    let log = cairn_store::open(&config.database.database)
        .await
        .context("the database cannot be prepared; look at --database")?;
    let head = log.head().await?;
    log.close().await;
    writeln!(std::io::stdout(), "The log is ready. It has {} events.", head.position)?;
    Ok(ExitCode::SUCCESS)
}
