//! The keys that lie in `--data`, made on first run: one pair that signs tokens, one pair that
//! signs the log's checkpoints, both Ed25519; a secret that vouches for the snapshots, and one from
//! which the addresses of calendar feeds are made.
//!
//! They are two pairs because they are lost, replaced and shown to others for different reasons:
//! a new token key asks everybody to fetch a new token, a new log key ends the proof that the
//! older checkpoints give.

mod pair;
mod token;
mod note;
mod secret;

use std::io;
use std::path::{Path, PathBuf};

use ed25519_dalek::pkcs8::{DecodePrivateKey as _, DecodePublicKey as _};
use ed25519_dalek::{SigningKey, VerifyingKey};

pub use secret::{FeedKey, SnapshotKey};
pub use token::TokenKeys;

use pair::PairFiles;

/// The keys of one `--data` folder.
#[derive(Debug)]
pub struct Keys {
    pub token: TokenKeys,
    pub log: SigningKey,
    pub snapshots: SnapshotKey,
    pub feeds: FeedKey,
}

impl Keys {
    /// Reads the keys in the folder `keys` of `data`, and makes those which are missing.
    ///
    /// Processes that start at once on one folder end with the same keys: a key file appears
    /// whole or not at all, and whoever comes second reads the first one's.
    pub fn open_or_create(data: &Path) -> Result<Self, KeyError> {
        let folder = self::folder(data);
        pair::create_folder(data, &folder)?;

        let token = TokenKeys::new(&PairFiles::new(&folder, "token").open_or_create()?);
        let log = PairFiles::new(&folder, "log").open_or_create()?;
        let snapshots = SnapshotKey::open_or_create(&folder)?;
        let feeds = FeedKey::open_or_create(&folder)?;
        Ok(Self { token, log, snapshots, feeds })
    }
}

/// Where `Keys::open_or_create` puts the public key of the log.
pub fn log_public_key_path(data: &Path) -> PathBuf {
    PairFiles::new(&folder(data), "log").public
}

/// The key that checkpoints are checked with, from any file that states it: the public PEM, the
/// verifier key of a C2SP signed note (`name+id+key`), or the private PEM.
pub fn read_log_verifying_key(path: &Path) -> Result<VerifyingKey, KeyError> {
    let text = pair::read(path)?;
    VerifyingKey::from_public_key_pem(&text)
        .ok()
        .or_else(|| SigningKey::from_pkcs8_pem(&text).ok().map(|key| key.verifying_key()))
        .or_else(|| note::verifier_key(text.trim_end()))
        .ok_or_else(|| KeyError::NotAKey {
            path: path.to_owned(),
            wanted: "an Ed25519 key in PEM or the verifier key of a signed note",
        })
}

/// The secret of the snapshots that lie in `data`.
pub fn read_snapshot_key(data: &Path) -> Result<SnapshotKey, KeyError> {
    SnapshotKey::read(&folder(data))
}

/// Where the keys of `data` lie.
pub fn folder(data: &Path) -> PathBuf {
    data.join("keys")
}

#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error(
        "cannot read {}: start as the user that owns it, or correct the path",
        path.display()
    )]
    Unreadable { path: PathBuf, source: io::Error },
    #[error(
        "cannot write {}: give `--data` a folder that this user may write, with room on its disk",
        path.display()
    )]
    Unwritable { path: PathBuf, source: io::Error },
    #[error("{} is not {wanted}: put the right file back from a backup", path.display())]
    NotAKey { path: PathBuf, wanted: &'static str },
    /// A new key in its place would go unnoticed until an old signature is checked.
    #[error(
        "{} is gone while {} is there: put it back from a backup, or remove that too \
         to begin with a new key",
        private.display(),
        public.display()
    )]
    Lost { private: PathBuf, public: PathBuf },
    #[error(
        "{} does not belong to {}: put back the file that does, or remove the public one to have \
         it written anew",
        public.display(),
        private.display()
    )]
    NotAPair { private: PathBuf, public: PathBuf },
    #[error("the operating system gives no random numbers to make a key of: try again")]
    NoRandomness,
}

#[cfg(test)]
mod tests;
