//! The newest checkpoint: the one that lies in `--data`, and the one in the log.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;
use std::time::Duration;

use cairn_store::Log;
use cairn_store::checkpoint::CheckpointError;
use ed25519_dalek::VerifyingKey;
use tokio::time::{Instant, sleep};

use super::{SignError, Signed, path, read};

/// How long a process waits for another one that replaces the file.
const REPLACED_WITHIN: Duration = Duration::from_secs(2);
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(10);

/// The newest checkpoints that were signed before: in `--data` and in the log. One of another key
/// says nothing of this log; one that only says it is of this key was made to deceive.
pub(super) async fn before(
    log: &dyn Log,
    data: &Path,
    key: &VerifyingKey,
) -> Result<Vec<Signed>, SignError> {
    let in_data = match fs::read_to_string(path(data)) {
        Ok(note) => Some(note),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(error.into()),
    };
    let in_log = log.newest_checkpoint().await?;
    let mut signed = Vec::new();
    for (place, note) in [("--data", in_data), ("the log", in_log)] {
        let Some(note) = note else { continue };
        match read(&note, key) {
            Ok(checkpoint) => signed.push(Signed { note, checkpoint }),
            Err(CheckpointError::OtherLog { .. }) => {}
            Err(error) => {
                let why = format!("the newest checkpoint in {place} is not the log's: {error}");
                return Err(SignError::NotExtending { why });
            }
        }
    }
    Ok(signed)
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
