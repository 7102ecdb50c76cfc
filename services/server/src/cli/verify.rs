//! `cairn verify`: recomputes the whole log, or its export, and says whether it is unaltered. Only
//! reads.

mod export;

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use cairn_store::checkpoint::CheckpointError;
use cairn_store::verify::Known;
use cairn_store::{Checkpoint, Verified};
use ed25519_dalek::VerifyingKey;

use super::progress::Progress;
use crate::config::Verify;
use crate::views::snapshot;
use crate::{checkpoints, keys, record};

/// Something that was asked for could not be read.
const NOT_READABLE: u8 = 2;

pub async fn run(config: Verify) -> anyhow::Result<ExitCode> {
    let mut is_altered = false;
    let verified = verify(&config, &mut is_altered).await;
    if let Err(error) = &verified {
        writeln!(std::io::stderr(), "cairn: not verified: {error:#}")?;
    }
    Ok(match verified {
        _ if is_altered => ExitCode::FAILURE,
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(NOT_READABLE),
    })
}

/// What is wrong is told at once and remembered in `is_altered`, whatever comes after it.
async fn verify(config: &Verify, is_altered: &mut bool) -> anyhow::Result<()> {
    let mut altered = |what: String| {
        *is_altered = true;
        writeln!(std::io::stdout(), "ALTERED{what}.")
    };
    let key = key(config)?;
    let mut known = Known::default();
    if let Some(key) = &key {
        known.signer = Some((checkpoints::origin(key), *key));
        for given in given(config, key)? {
            match given {
                Ok(checkpoint) => known.checkpoints.push(checkpoint),
                Err(forged) => altered(format!(": {forged}"))?,
            }
        }
    } else {
        anyhow::ensure!(
            config.checkpoint.is_empty(),
            "a checkpoint is checked with the log's key: give --data or --key"
        );
    }
    let (verified, wrong_snapshots) = match (&config.export, &config.database) {
        (Some(file), _) => (of_export(file, known)?, Vec::new()),
        (None, Some(database)) => of_database(database, config.data.as_deref(), known).await?,
        (None, None) => anyhow::bail!("give --database or --export"),
    };
    for wrong in &verified.wrong {
        altered(format!(" at {wrong}"))?;
    }
    for wrong in wrong_snapshots {
        altered(format!(": {wrong}"))?;
    }
    for (origin, count) in &verified.foreign {
        let remark = format!("kept checkpoints of another key ({origin}): {count}");
        writeln!(std::io::stderr(), "cairn: {remark}; they are not used")?;
    }
    if verified.wrong.is_empty() {
        anyhow::ensure!(
            key.is_none() || verified.signed.is_some() || verified.position == 0,
            "{} events fit together, and no checkpoint that this key signed is in the log or was \
             given: whoever can write the database could have made all of it anew. Give one that \
             was kept elsewhere with --checkpoint",
            verified.position
        );
        report(&verified)?;
    }
    Ok(())
}

/// What was found of the log, and what is wrong with the snapshots beside it.
async fn of_database(
    database: &str,
    data: Option<&Path>,
    known: Known,
) -> anyhow::Result<(Verified, Vec<String>)> {
    let log = cairn_store::open_read_only(database)
        .await
        .context("the log cannot be opened; look at --database")?;
    let mut progress = Progress::new("Verifying");
    let verified = cairn_store::verify(&*log, known, record::check_digest, &mut |done, of| {
        progress.reach(done, of)
    })
    .await;
    progress.finish();
    let verified = verified.context("the log cannot be read")?;
    let snapshots = match data {
        Some(data) => snapshot::check(data, &*log).await,
        None => Vec::new(),
    };
    Ok((verified, snapshots))
}

fn of_export(file: &Path, known: Known) -> anyhow::Result<Verified> {
    let unreadable = || format!("{} cannot be read", file.display());
    let mut rows = export::Rows::open(file).with_context(unreadable)?;
    let verified =
        cairn_store::verify::verify_rows(&mut rows, known.checkpoints, record::check_digest);
    match rows.failed {
        // What was found before is found all the same.
        Some(error) if verified.wrong.is_empty() => Err(error).with_context(unreadable),
        Some(_) | None => Ok(verified),
    }
}

fn report(verified: &Verified) -> std::io::Result<()> {
    let mut output = std::io::stdout();
    let root = record::hex(&verified.tree_head);
    writeln!(output, "{} events are unaltered. Tree head {root}.", verified.position)?;
    match verified.signed {
        Some(size) if size < verified.position => writeln!(
            output,
            "Checked against the signed checkpoint at {size}; the {} events after it are \
             self-consistent, not yet signed.",
            verified.position - size
        ),
        Some(size) => writeln!(output, "Checked against the signed checkpoint at {size}."),
        None => writeln!(output, "The log is self-consistent, not checked against a key."),
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

/// The checkpoints at hand beside those that the log keeps. One that the key did not sign is a sign
/// of tampering and no error; what is wrong with it is said.
fn given(config: &Verify, key: &VerifyingKey) -> anyhow::Result<Vec<Result<Checkpoint, String>>> {
    let mut notes = Vec::new();
    for file in &config.checkpoint {
        notes.push((format!("the checkpoint in {}", file.display()), read(file)?));
    }
    let in_data = config.data.as_deref().map(checkpoints::path).filter(|path| path.exists());
    if let Some(file) = in_data {
        let note = read(&file)?;
        match checkpoints::read(&note, key) {
            // From before the key was replaced.
            Err(CheckpointError::OtherLog { found, .. }) => writeln!(
                std::io::stderr(),
                "cairn: the newest checkpoint in --data was signed by another key ({found}); it is \
                 not used"
            )?,
            Ok(_) | Err(_) => notes.push(("the newest checkpoint in --data".to_owned(), note)),
        }
    }
    let open = |(which, note): (String, String)| {
        checkpoints::read(&note, key).map_err(|error| format!("{which} is not the log's: {error}"))
    };
    Ok(notes.into_iter().map(open).collect())
}

fn read(file: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))
}
