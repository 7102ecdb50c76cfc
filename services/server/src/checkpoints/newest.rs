//! The newest checkpoint: the one that lies in `--data`, and the one in the log.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;
use std::time::Duration;

use cairn_store::checkpoint::CheckpointError;
use cairn_store::{KeptNote, Log, LogError};
use ed25519_dalek::VerifyingKey;
use tokio::time::{Instant, sleep};

use super::{SignError, Signed, path, read};

/// How long a process waits for another one that replaces the file.
const REPLACED_WITHIN: Duration = Duration::from_secs(2);
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(10);

/// Checkpoints of the log that are looked at together.
const PAGE_NOTES: u32 = 20;

/// The newest checkpoints that were signed before: in `--data` and in the log.
pub(super) async fn before(
    log: &dyn Log,
    data: &Path,
    key: &VerifyingKey,
) -> Result<Vec<Signed>, SignError> {
    let in_data = in_data(data, key)?;
    Ok(in_data.into_iter().chain(in_log(log, key).await?).collect())
}

/// The one in `--data`. One of another key says nothing of this log; one that only says it is of
/// this key was made to deceive.
pub(super) fn in_data(data: &Path, key: &VerifyingKey) -> Result<Option<Signed>, SignError> {
    let note = match fs::read_to_string(path(data)) {
        Ok(note) => note,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    match read(&note, key) {
        Ok(checkpoint) => Ok(Some(Signed { note, checkpoint })),
        Err(CheckpointError::OtherLog { .. }) => Ok(None),
        Err(error) => {
            let why = format!("the newest checkpoint in --data is not the log's: {error}");
            Err(SignError::NotExtending { why })
        }
    }
}

/// The newest of the log that this key signed. Whoever may record can also put a note of his own
/// there, which nobody can remove: `cairn verify` names it, and here it is passed over.
pub async fn in_log(log: &dyn Log, key: &VerifyingKey) -> Result<Option<Signed>, LogError> {
    let mut up_to = u64::MAX;
    loop {
        let notes = log.checkpoints_back(up_to, PAGE_NOTES).await?;
        let last = notes.last().map(|kept| kept.position);
        for KeptNote { position, note } in notes {
            if let Ok(checkpoint) = read(&note, key)
                && checkpoint.size == position
            {
                return Ok(Some(Signed { note, checkpoint }));
            }
        }
        let Some(before) = last.and_then(|last| last.checked_sub(1)) else { return Ok(None) };
        up_to = before;
    }
}

/// Replaces the newest checkpoint in `--data` in one step, unless it is newer already. Processes
/// that share the folder take turns.
pub(super) async fn write(data: &Path, key: &VerifyingKey, signed: &Signed) -> io::Result<()> {
    let path = path(data);
    let folder = path.parent().unwrap_or(data).to_owned();
    fs::create_dir_all(&folder)?;
    let lock = lock(&folder).await?;
    let (key, signed) = (*key, signed.clone());
    let replace = move || {
        let before = fs::read_to_string(&path).ok().and_then(|note| read(&note, &key).ok());
        if before.is_some_and(|before| before.size >= signed.checkpoint.size) {
            return Ok(());
        }
        let mut file = tempfile::NamedTempFile::new_in(&folder)?;
        file.write_all(signed.note.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(&path)?;
        File::open(&folder)?.sync_all()?;
        drop(lock);
        Ok(())
    };
    tokio::task::spawn_blocking(replace).await.map_err(io::Error::other)?
}

/// The lock is given back when the file is closed, also by a process that is killed.
async fn lock(folder: &Path) -> io::Result<File> {
    let file = File::options().create(true).append(true).open(folder.join("lock"))?;
    let deadline = Instant::now() + REPLACED_WITHIN;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(fs::TryLockError::WouldBlock) if Instant::now() < deadline => {
                sleep(LOOK_AGAIN_AFTER).await;
            }
            Err(fs::TryLockError::WouldBlock) => {
                let why = "another process has held its lock for two seconds";
                return Err(io::Error::new(ErrorKind::TimedOut, why));
            }
            Err(fs::TryLockError::Error(error)) => return Err(error),
        }
    }
}
