//! The signed checkpoints that a copy is held against.

use std::path::{Path, PathBuf};

use anyhow::Context;
use cairn_store::Checkpoint;
use ed25519_dalek::VerifyingKey;

use super::{CHECKPOINT, beside};
use crate::config::Backup;
use crate::{checkpoints, keys};

/// Without the key of the log there are none.
#[derive(Default)]
pub(super) struct Judges {
    /// The newest one in `--data`; none before a server has signed.
    newest: Option<Note>,
    /// The one beside the source, which is a backup then.
    pub(super) of_source: Option<Note>,
}

pub(super) struct Note {
    pub(super) path: PathBuf,
    pub(super) text: String,
    pub(super) checkpoint: Checkpoint,
}

impl Judges {
    pub(super) fn at_hand(config: &Backup) -> anyhow::Result<Judges> {
        let Some(data) = &config.data else { return Ok(Judges::default()) };
        let key = keys::read_log_verifying_key(&keys::log_public_key_path(data))
            .context("the key of the log is not in --data")?;
        let source = config.database.database.strip_prefix("sqlite:");
        let of_source = source.map(|path| Note::read(beside(Path::new(path), CHECKPOINT), &key));
        Ok(Judges {
            newest: Note::read(checkpoints::path(data), &key)?,
            of_source: of_source.transpose()?.flatten(),
        })
    }

    /// The size of the newest checkpoint, where a copy of `events` does not reach it and need not:
    /// a backup is as long as the checkpoint beside it says, and events came after it.
    pub(super) fn may_be_behind(&self, events: u64) -> Option<u64> {
        let newest = self.newest.as_ref().map(|note| note.checkpoint.size);
        newest.filter(|size| self.of_source.is_some() && events < *size)
    }

    pub(super) fn checkpoints(&self, is_behind: bool) -> Vec<Checkpoint> {
        let newest = self.newest.iter().filter(|_| !is_behind);
        newest.chain(&self.of_source).map(|note| note.checkpoint.clone()).collect()
    }

    /// What goes beside the copy: nothing where it is restored, or the database would be taken for
    /// a backup from then on.
    pub(super) fn to_lay_beside(&self) -> Option<&Note> {
        self.newest.as_ref().filter(|_| self.of_source.is_none())
    }
}

impl Note {
    fn read(path: PathBuf, key: &VerifyingKey) -> anyhow::Result<Option<Note>> {
        if !path.exists() {
            return Ok(None);
        }
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("{} cannot be read", path.display()))?;
        let checkpoint = checkpoints::read(&text, key).with_context(|| {
            format!("{} was not signed by the key in --data; look at both", path.display())
        })?;
        Ok(Some(Note { path, text, checkpoint }))
    }
}
