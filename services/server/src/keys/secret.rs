//! Secrets of HMAC-SHA256: one by which a process knows the snapshots that a process of this
//! folder wrote, one from which the addresses of calendar feeds are made.

use std::fmt;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _};
use sha2::Sha256;

use super::{KeyError, pair};

/// When it is lost, the snapshots are: they are made anew from the log.
#[derive(Clone)]
pub struct SnapshotKey(Secret);

/// When it is lost, every calendar feed has another address, which its member is shown.
#[derive(Clone)]
pub struct FeedKey(Secret);

type Secret = [u8; 32];

const SNAPSHOTS: &str = "snapshots.key";
const FEEDS: &str = "feeds.key";

impl SnapshotKey {
    pub(super) fn open_or_create(folder: &Path) -> Result<Self, KeyError> {
        open_or_create(&folder.join(SNAPSHOTS)).map(Self)
    }

    pub(super) fn read(folder: &Path) -> Result<Self, KeyError> {
        read(&folder.join(SNAPSHOTS)).map(Self)
    }

    pub fn mac(&self) -> Hmac<Sha256> {
        mac(&self.0)
    }
}

impl FeedKey {
    pub(super) fn open_or_create(folder: &Path) -> Result<Self, KeyError> {
        open_or_create(&folder.join(FEEDS)).map(Self)
    }

    pub fn mac(&self) -> Hmac<Sha256> {
        mac(&self.0)
    }

    #[cfg(test)]
    pub(crate) fn of(secret: [u8; 32]) -> Self {
        Self(secret)
    }
}

fn open_or_create(path: &Path) -> Result<Secret, KeyError> {
    if !path.try_exists().map_err(pair::unreadable(path))? {
        let mut secret = Secret::default();
        getrandom::fill(&mut secret).map_err(|_unavailable| KeyError::NoRandomness)?;
        pair::create(path, &STANDARD.encode(secret))?;
    }
    pair::warn_when_others_may_read(path)?;
    read(path)
}

fn read(path: &Path) -> Result<Secret, KeyError> {
    let text = pair::read(path)?;
    let bytes = STANDARD.decode(text.trim_end()).ok();
    let bytes = bytes.and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| KeyError::NotAKey { path: path.to_owned(), wanted: "32 bytes in base64" })
}

fn mac(secret: &Secret) -> Hmac<Sha256> {
    Hmac::new_from_slice(secret).expect("HMAC takes keys of any length")
}

impl fmt::Debug for SnapshotKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SnapshotKey")
    }
}

impl fmt::Debug for FeedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FeedKey")
    }
}
