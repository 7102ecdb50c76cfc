//! `cairn backup`: a copy of the log while servers write to it, verified before it gets its name.

mod dump;
mod judges;

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use cairn_store::verify::Known;
use cairn_store::{LogError, Verified};
use tempfile::NamedTempFile;

use super::progress::Progress;
use crate::config::Backup;
use crate::{checkpoints, record};
use judges::{Judges, Note};

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
    let taken = [to.clone(), beside(to, "-wal"), beside(to, "-journal"), beside(to, CHECKPOINT)];
    nothing_is_there(&taken)?;
    let folder = folder_of(to)?;
    // Before the copy: what they say must be in there.
    let judges = Judges::at_hand(config)?;
    let copy = NamedTempFile::new_in(&folder).with_context(|| cannot_write(&folder))?;
    fill(config, copy.path()).await?;
    copy.as_file().sync_all().with_context(|| cannot_write(&folder))?;
    let (verified, behind) =
        verify(copy.path(), &judges).await.context("the copy cannot be read")?;
    if let Some(wrong) = verified.wrong.first() {
        writeln!(
            std::io::stdout(),
            "ALTERED at {wrong}.\nNothing was written. Keep the backups that you have, and see \
             what `cairn verify` says of the log."
        )?;
        return Ok(ExitCode::FAILURE);
    }
    keep(copy, to, &folder, judges.to_lay_beside())?;
    say(config, &verified, &judges)?;
    if let Some(newest) = behind {
        writeln!(
            std::io::stderr(),
            "cairn: the newest checkpoint in --data has {newest} events, and the copy {}. Those \
             after it are lost where this is a restore; keep {} as the proof of them",
            verified.position,
            config.data.as_deref().map(checkpoints::path).unwrap_or_default().display()
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

fn nothing_is_there(paths: &[PathBuf]) -> anyhow::Result<()> {
    for path in paths {
        anyhow::ensure!(
            !path.try_exists().unwrap_or(false),
            "{} is there already and is not replaced; name another file with --to, or move it away",
            path.display()
        );
    }
    Ok(())
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

/// What is found of the copy, and the size of the newest checkpoint where it may be behind that.
async fn verify(copy: &Path, judges: &Judges) -> Result<(Verified, Option<u64>), LogError> {
    let log = cairn_store::open_read_only(&format!("sqlite:{}", copy.display())).await?;
    // A head that cannot be read is named below, as all that is wrong.
    let size = log.head().await.ok().map(|head| head.position);
    let behind = size.and_then(|size| judges.may_be_behind(size));
    let known = Known { signer: None, checkpoints: judges.checkpoints(behind.is_some()) };
    let mut progress = Progress::new("Verifying");
    let reach = &mut |done, of| progress.reach(done, of);
    let verified = cairn_store::verify(&*log, known, record::check_digest, reach).await;
    progress.finish();
    log.close().await;
    Ok((verified?, behind))
}

/// Gives the copy its name, and the checkpoint its own, on disk: both or neither.
fn keep(
    copy: NamedTempFile,
    to: &Path,
    folder: &Path,
    checkpoint: Option<&Note>,
) -> anyhow::Result<()> {
    let note = beside(to, CHECKPOINT);
    let keep = || -> std::io::Result<()> {
        if let Some(Note { text, .. }) = checkpoint {
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

fn say(config: &Backup, verified: &Verified, judges: &Judges) -> anyhow::Result<()> {
    let mut output = std::io::stdout();
    let root = record::hex(&verified.tree_head);
    let to = config.to.display();
    writeln!(output, "{to} has {} events, unaltered. Tree head {root}.", verified.position)?;
    match (&judges.of_source, judges.to_lay_beside(), &config.data) {
        (Some(note), _, _) => writeln!(
            output,
            "It is a copy of a backup, and all that {} covers is in it.",
            note.path.display()
        )?,
        (None, Some(newest), _) => {
            let size = newest.checkpoint.size;
            writeln!(output, "The signed checkpoint at {size} lies beside it.")?;
        }
        (None, None, Some(_)) => {
            writeln!(output, "No checkpoint is signed yet, so none lies beside it.")?
        }
        (None, None, None) => {
            writeln!(output, "With --data the newest checkpoint is kept beside it.")?
        }
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
