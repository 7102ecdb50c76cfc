//! `cairn backup`: a copy of the log while servers write to it, verified before it gets its name.

mod dump;

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use cairn_store::verify::Known;
use cairn_store::{Checkpoint, LogError, Verified};
use tempfile::NamedTempFile;

use super::progress::Progress;
use crate::config::Backup;
use crate::{checkpoints, keys, record};

/// What the name of a copy is followed by in that of the checkpoint beside it.
const CHECKPOINT: &str = ".checkpoint";

pub async fn run(config: Backup) -> anyhow::Result<ExitCode> {
    let address = &config.database.database;
    if ["postgres:", "postgresql:"].iter().any(|scheme| address.starts_with(scheme)) {
        dump::print_commands(&config)?;
        return Ok(ExitCode::SUCCESS);
    }
    super::unless_stopped(back_up(&config)).await
}

async fn back_up(config: &Backup) -> anyhow::Result<ExitCode> {
    let to = &config.to;
    // A write-ahead log that lies there would be taken for one of the copy.
    for path in [to.clone(), beside(to, "-wal"), beside(to, "-journal"), beside(to, ".checkpoint")]
    {
        anyhow::ensure!(
            !path.try_exists().unwrap_or(false),
            "{} is there already and is not replaced; name another file with --to, or move it away",
            path.display()
        );
    }
    let folder = folder_of(to)?;
    // Before the copy: what it says must be in there.
    let checkpoint = config.data.as_deref().map(newest_checkpoint).transpose()?.flatten();
    let copy = NamedTempFile::new_in(&folder).with_context(|| cannot_write(&folder))?;
    fill(config, copy.path()).await?;
    copy.as_file().sync_all().with_context(|| cannot_write(&folder))?;
    let verified = verify(copy.path(), checkpoint.as_ref()).await;
    let verified = verified.context("the copy cannot be read")?;
    if let Some(wrong) = verified.wrong.first() {
        writeln!(
            std::io::stdout(),
            "ALTERED at {wrong}.\nNothing was written. Keep the backups that you have, and see \
             what `cairn verify` says of the log."
        )?;
        return Ok(ExitCode::FAILURE);
    }
    keep(copy, to, &folder, checkpoint.as_ref())?;
    say(config, &verified, checkpoint.as_ref())?;
    Ok(ExitCode::SUCCESS)
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut path = OsString::from(file);
    path.push(ending);
    path.into()
}

/// The folder of the copy, as a path from the root: to SQLite a relative one may look like a URI.
fn folder_of(to: &Path) -> anyhow::Result<PathBuf> {
    let folder = match to.parent() {
        Some(folder) if folder != Path::new("") => folder,
        Some(_) | None => Path::new("."),
    };
    folder.canonicalize().with_context(|| cannot_write(folder))
}

fn cannot_write(folder: &Path) -> String {
    format!(
        "{} cannot be written; give --to a file in a folder that is there, that this user may \
         write, with room on its disk",
        folder.display()
    )
}

/// The newest checkpoint in `--data` and its text; nothing when no server has signed one yet.
fn newest_checkpoint(data: &Path) -> anyhow::Result<Option<(Checkpoint, String)>> {
    let key = keys::read_log_verifying_key(&keys::log_public_key_path(data))
        .context("the key of the log is not in --data")?;
    let path = checkpoints::path(data);
    if !path.exists() {
        return Ok(None);
    }
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("{} cannot be read", path.display()))?;
    let checkpoint = checkpoints::read(&text, &key)
        .with_context(|| format!("{} is not the log's", path.display()))?;
    Ok(Some((checkpoint, text)))
}

async fn fill(config: &Backup, copy: &Path) -> anyhow::Result<()> {
    let to =
        copy.to_str().context("SQLite takes a path in UTF-8 only; give --to another folder")?;
    let mut progress = Progress::new("Copying (bytes)");
    let reach = &mut |done, of| progress.reach(done, of);
    let copied = cairn_store::copy(&config.database.database, to, reach).await;
    progress.finish();
    copied.map_err(|error| match error {
        LogError::Full => anyhow::anyhow!("the disk of {} is full: make room", config.to.display()),
        error => anyhow::Error::from(error)
            .context("the log cannot be copied; look at --database and the folder of --to"),
    })
}

async fn verify(
    copy: &Path,
    checkpoint: Option<&(Checkpoint, String)>,
) -> Result<Verified, LogError> {
    let log = cairn_store::open_read_only(&format!("sqlite:{}", copy.display())).await?;
    let checkpoints = checkpoint.iter().map(|(checkpoint, _)| checkpoint.clone()).collect();
    let known = Known { signer: None, checkpoints };
    let mut progress = Progress::new("Verifying");
    let reach = &mut |done, of| progress.reach(done, of);
    let verified = cairn_store::verify(&*log, known, record::check_digest, reach).await;
    progress.finish();
    log.close().await;
    verified
}

/// Gives the copy its name, and the checkpoint its own, on disk: both or neither.
fn keep(
    copy: NamedTempFile,
    to: &Path,
    folder: &Path,
    checkpoint: Option<&(Checkpoint, String)>,
) -> anyhow::Result<()> {
    let note = beside(to, CHECKPOINT);
    let keep = || -> std::io::Result<()> {
        if let Some((_, text)) = checkpoint {
            let mut file = NamedTempFile::new_in(folder)?;
            file.write_all(text.as_bytes())?;
            file.as_file().sync_all()?;
            file.persist_noclobber(&note)?;
        }
        if let Err(error) = copy.persist_noclobber(to) {
            if checkpoint.is_some() {
                std::fs::remove_file(&note)?;
            }
            return Err(error.into());
        }
        std::fs::File::open(folder)?.sync_all()
    };
    keep().with_context(|| cannot_write(folder))
}

fn say(
    config: &Backup,
    verified: &Verified,
    checkpoint: Option<&(Checkpoint, String)>,
) -> anyhow::Result<()> {
    let mut output = std::io::stdout();
    let root = record::hex(&verified.tree_head);
    let to = config.to.display();
    writeln!(output, "{to} has {} events, unaltered. Tree head {root}.", verified.position)?;
    match (checkpoint, &config.data) {
        (Some((checkpoint, _)), _) => {
            writeln!(output, "The signed checkpoint at {} lies beside it.", checkpoint.size)?;
        }
        (None, Some(_)) => {
            writeln!(output, "No checkpoint is signed yet, so none lies beside it.")?
        }
        (None, None) => writeln!(output, "With --data the newest checkpoint is kept beside it.")?,
    }
    let keys = match &config.data {
        Some(data) => data.join("keys").display().to_string(),
        None => "the folder `keys` in --data".to_owned(),
    };
    writeln!(
        output,
        "The keys are not in it. Keep a copy of {keys} in another place: whoever has both can \
         rewrite the log and sign it."
    )?;
    Ok(())
}
