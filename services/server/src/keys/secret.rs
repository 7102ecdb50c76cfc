//! The secret by which a process knows the snapshots that a process of this folder wrote.

use std::fmt;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _};
use sha2::Sha256;

use super::{KeyError, pair};

/// A key of HMAC-SHA256. When it is lost, the snapshots are: they are made anew from the log.
#[derive(Clone)]
pub struct SnapshotKey([u8; 32]);

impl SnapshotKey {
    pub(super) fn open_or_create(folder: &Path) -> Result<Self, KeyError> {
        let path = path(folder);
        if !path.try_exists().map_err(pair::unreadable(&path))? {
            let mut secret = [0; 32];
            getrandom::fill(&mut secret).map_err(|_unavailable| KeyError::NoRandomness)?;
            pair::create(&path, &STANDARD.encode(secret))?;
        }
        pair::warn_when_others_may_read(&path)?;
        Self::read(folder)
    }

    pub(super) fn read(folder: &Path) -> Result<Self, KeyError> {
        let path = path(folder);
        let text = pair::read(&path)?;
        let wanted = "32 bytes in base64";
        let bytes = STANDARD.decode(text.trim_end()).ok();
        let bytes = bytes.and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or(KeyError::NotAKey { path, wanted })
    }

    pub fn mac(&self) -> Hmac<Sha256> {
        Hmac::new_from_slice(&self.0).expect("HMAC takes keys of any length")
    }
}

fn path(folder: &Path) -> std::path::PathBuf {
    folder.join("snapshots.key")
}

impl fmt::Debug for SnapshotKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SnapshotKey")
    }
}
