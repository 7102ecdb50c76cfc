//! `cairn migrate`: creates the tables of the log, or brings them up to date.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;
use cairn_store::{LogError, Migrated};

use crate::config::Migrate;

pub async fn run(config: Migrate) -> anyhow::Result<ExitCode> {
    let migrated = match cairn_store::migrate(&config.database.database).await {
        Err(LogError::Missing) => Err(anyhow::anyhow!("there is no such folder or database")),
        result => result.map_err(anyhow::Error::from),
    };
    let Migrated { from, to, grants } =
        migrated.context("the database cannot be prepared; look at --database")?;
    let mut output = std::io::stdout().lock();
    match from {
        0 => writeln!(output, "The log is made, with schema {to}.")?,
        from if from == to => writeln!(output, "The log is up to date, with schema {to}.")?,
        from => writeln!(output, "The log is brought from schema {from} to {to}.")?,
    }
    if let Some(grants) = grants {
        write!(
            output,
            "\nRun this once as the owner, so that `serve` and `import` connect as a role that can \
             add events and can\nneither alter nor remove one (any name does):\n\n\
             create role cairn_app login password '...';\n{grants}"
        )?;
    }
    Ok(ExitCode::SUCCESS)
}
