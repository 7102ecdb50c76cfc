//! Signed heads of the log: kept in the log and, since that can be lost with it, in `--data`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use cairn_store::checkpoint::{self, Checkpoint, CheckpointError};
use cairn_store::{Head, Log};
use ed25519_dalek::{SigningKey, VerifyingKey};

use crate::record;

/// The name under which a log signs: its key is what makes it this log and no other.
pub fn origin(key: &VerifyingKey) -> String {
    format!("cairn/{}", record::hex(&key.to_bytes()[..8]))
}

pub fn path(data: &Path) -> PathBuf {
    data.join("checkpoints").join("newest")
}

/// Reads a checkpoint and checks its signature.
pub fn read(text: &str, key: &VerifyingKey) -> Result<Checkpoint, CheckpointError> {
    checkpoint::open(text, &origin(key), key)
}

/// How often a server signs the head of its log: what was recorded since could be rewritten
/// without a trace by whoever can write the database.
pub const SIGN_EVERY: Duration = Duration::from_secs(60);

/// Signs the head of the log again and again, while there are new events.
pub async fn keep_on(log: &dyn Log, data: &Path, key: &SigningKey) {
    let mut signed = 0;
    let mut interval = tokio::time::interval(SIGN_EVERY);
    loop {
        interval.tick().await;
        let kept = match log.head().await {
            Ok(head) if head.position == signed => continue,
            Ok(head) => keep(log, data, key).await.map(|()| head.position),
            Err(error) => Err(error.into()),
        };
        match kept {
            Ok(position) => signed = position,
            Err(error) => tracing::warn!("the head of the log was not signed: {error:#}"),
        }
    }
}

/// Signs the head of the log and keeps it. An empty log has nothing to keep.
pub async fn keep(log: &dyn Log, data: &Path, key: &SigningKey) -> anyhow::Result<()> {
    let head = log.head().await?;
    if head.position == 0 {
        return Ok(());
    }
    let note = checkpoint::sign(&origin(&key.verifying_key()), &head, key)?;
    log.keep_checkpoint(head.position, &note).await?;
    write(data, key, &head, &note)
}

/// Replaces the newest checkpoint in `--data` in one step, unless it is newer already.
fn write(data: &Path, key: &SigningKey, head: &Head, note: &str) -> anyhow::Result<()> {
    let path = path(data);
    let folder = path.parent().unwrap_or(data);
    std::fs::create_dir_all(folder)?;
    let before = std::fs::read_to_string(&path).ok();
    let before = before.and_then(|text| read(&text, &key.verifying_key()).ok());
    if before.is_some_and(|before| before.size >= head.position) {
        return Ok(());
    }
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(note.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(&path)?;
    std::fs::File::open(folder)?.sync_all()?;
    Ok(())
}
