//! Whether a `--data` folder is that of a log, asked before anything is recorded or signed with it:
//! a signature by other keys, or under another log's newest checkpoint, cannot be taken back.

use std::path::{Path, PathBuf};

use cairn_store::{Log, proof};

use super::{SignError, compare, newest, path};
use crate::keys::{self, KeyError, Keys};

#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    #[error(
        "the log was signed with keys that are not in {}: name the folder that has them, or put \
         them back from their copy. Where they are lost for good, make an empty folder of this \
         name, and new ones are made; the proof that the older checkpoints give ends there",
        keys.display()
    )]
    KeysElsewhere { keys: PathBuf },
    #[error(
        "{} is the newest checkpoint of another log: name another folder with --data. If it is \
         this log's, the log was altered or put back to an older state, and `cairn verify` says \
         where",
        newest.display()
    )]
    OtherLog { newest: PathBuf, source: SignError },
    #[error(transparent)]
    Keys(#[from] KeyError),
    #[error("the checkpoints cannot be read")]
    Unread(#[from] SignError),
}

/// The keys of the folder. New ones are made only for a log that nobody has signed yet.
pub async fn keys_for(log: &dyn Log, data: &Path) -> Result<Keys, FolderError> {
    if !keys::folder(data).exists() {
        let kept = log.checkpoints_back(u64::MAX, 1).await.map_err(SignError::Log)?;
        if !kept.is_empty() || path(data).exists() {
            return Err(FolderError::KeysElsewhere { keys: keys::folder(data) });
        }
    }
    Ok(Keys::open_or_create(data)?)
}

/// Refuses a folder whose newest checkpoint is not one of this log. Where events are put back that
/// were recorded before, it may have more of them than the log has as yet.
pub async fn check(
    log: &dyn Log,
    data: &Path,
    keys: &Keys,
    puts_back: bool,
) -> Result<(), FolderError> {
    let Some(newest) = newest::in_data(data, &keys.log.verifying_key())? else { return Ok(()) };
    let head = log.head().await.map_err(SignError::Log)?;
    let (size, found) = (newest.checkpoint.size, head.position);
    if size > found {
        let why = format!("{size} events were signed, and it has {found}");
        let source = SignError::NotExtending { why };
        let other = FolderError::OtherLog { newest: path(data), source };
        return if puts_back { Ok(()) } else { Err(other) };
    }
    proof::keep_subtrees(log, head.position).await.map_err(SignError::from)?;
    compare(log, &head, &newest.checkpoint).await.map_err(|error| match error {
        source @ SignError::NotExtending { .. } => {
            FolderError::OtherLog { newest: path(data), source }
        }
        other => FolderError::Unread(other),
    })
}
