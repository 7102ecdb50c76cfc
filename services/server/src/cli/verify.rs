//! `cairn verify`: recomputes the whole log and says whether it is unaltered. Only reads.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use cairn_store::checkpoint::CheckpointError;
use cairn_store::{Checkpoint, Log, VerifyError};
use ed25519_dalek::VerifyingKey;

use super::progress::Progress;
use crate::config::Verify;
use crate::{checkpoints, keys, record};

/// Something that was asked for could not be read.
const NOT_READABLE: u8 = 2;

pub async fn run(config: Verify) -> anyhow::Result<ExitCode> {
    match verify(&config).await {
        Ok(code) => Ok(code),
        Err(error) => {
            writeln!(std::io::stderr(), "cairn: not verified: {error:#}")?;
            Ok(ExitCode::from(NOT_READABLE))
        }
    }
}

async fn verify(config: &Verify) -> anyhow::Result<ExitCode> {
    let key = key(config)?;
    let log = cairn_store::open_read_only(&config.database.database)
        .await
        .context("the log cannot be opened; look at --database")?;
    let checkpoints = match gather(config, &*log, key.as_ref()).await? {
        Ok(checkpoints) => checkpoints,
        Err(forged) => {
            writeln!(std::io::stdout(), "ALTERED: {forged}")?;
            return Ok(ExitCode::FAILURE);
        }
    };
    let mut progress = Progress::new("Verifying");
    let verified =
        cairn_store::verify(&*log, &checkpoints, &mut record::check_digest, &mut |done, of| {
            progress.reach(done, of)
        })
        .await;
    progress.finish();
    let mut output = std::io::stdout();
    match verified {
        Ok(verified) => {
            let root = record::hex(&verified.tree_head);
            let newest = checkpoints.iter().map(|checkpoint| checkpoint.size).max();
            writeln!(output, "{} events are unaltered. Tree head {root}.", verified.position)?;
            match newest {
                Some(size) if size < verified.position => writeln!(
                    output,
                    "Checked against the signed checkpoint at {size}; the {} events after it are \
                     self-consistent, not yet signed.",
                    verified.position - size
                )?,
                Some(size) => writeln!(output, "Checked against the signed checkpoint at {size}.")?,
                None => writeln!(output, "The log is self-consistent, not checked against a key.")?,
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(VerifyError::Wrong { position, why }) => {
            writeln!(output, "ALTERED at position {position}: {why}.")?;
            Ok(ExitCode::FAILURE)
        }
        Err(VerifyError::Unreadable(error)) => Err(error).context("the log cannot be read"),
    }
}

fn key(config: &Verify) -> anyhow::Result<Option<VerifyingKey>> {
    let path = match (&config.data, &config.key) {
        (Some(data), _) => keys::log_public_key_path(data),
        (None, Some(file)) => file.clone(),
        (None, None) => return Ok(None),
    };
    Ok(Some(keys::read_log_verifying_key(&path)?))
}

/// The signed checkpoints at hand. One that the key did not sign, in the log or in `--data`, is a
/// sign of tampering and no error.
async fn gather(
    config: &Verify,
    log: &dyn Log,
    key: Option<&VerifyingKey>,
) -> anyhow::Result<Result<Vec<Checkpoint>, String>> {
    let Some(key) = key else {
        anyhow::ensure!(
            config.checkpoint.is_none(),
            "a checkpoint is checked with the log's key: give --data or --key"
        );
        return Ok(Ok(Vec::new()));
    };
    let mut notes = Vec::new();
    if let Some(file) = &config.checkpoint {
        notes.push((format!("the checkpoint in {}", file.display()), read(file)?));
    }
    let in_data = config.data.as_deref().map(checkpoints::path).filter(|path| path.exists());
    if let Some(file) = in_data {
        notes.push(("the newest checkpoint in --data".to_owned(), read(&file)?));
    }
    if let Some(note) = log.newest_checkpoint().await? {
        notes.push(("the newest checkpoint in the log".to_owned(), note));
    }
    let mut opened = Vec::new();
    for (which, note) in notes {
        match checkpoints::read(&note, key) {
            Ok(checkpoint) => opened.push(checkpoint),
            // A note of another key says nothing of this one; a forged one of this key does.
            Err(CheckpointError::OtherLog { found, .. }) if config.checkpoint.is_none() => {
                let remark = format!("{which} was signed by another key ({found}); it is not used");
                writeln!(std::io::stderr(), "cairn: {remark}")?;
            }
            Err(error) => return Ok(Err(format!("{which} is not the log's: {error}"))),
        }
    }
    Ok(Ok(opened))
}

fn read(file: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))
}
