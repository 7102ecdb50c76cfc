//! The two files of a key pair, and how they come to be.

use std::fs::{self, DirBuilder, File};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{
    DecodePrivateKey as _, EncodePrivateKey as _, EncodePublicKey as _, KeypairBytes,
};
use ed25519_dalek::{SecretKey, SigningKey};

use super::KeyError;

pub(super) struct PairFiles {
    pub(super) private: PathBuf,
    pub(super) public: PathBuf,
}

impl PairFiles {
    pub(super) fn new(folder: &Path, name: &str) -> Self {
        Self {
            private: folder.join(format!("{name}.pem")),
            public: folder.join(format!("{name}.pub")),
        }
    }

    /// The key that the files state; when there are none yet, the one that is made now.
    pub(super) fn open_or_create(&self) -> Result<SigningKey, KeyError> {
        let pem = self.private_or_create()?;
        let key = SigningKey::from_pkcs8_pem(&pem).map_err(|_undecodable| KeyError::NotAKey {
            path: self.private.clone(),
            wanted: "an Ed25519 private key in PKCS#8 PEM",
        })?;
        let public = key.verifying_key().to_public_key_pem(LineEnding::LF);
        self.publish(&public.expect("a valid key can be written down"))?;
        Ok(key)
    }

    fn private_or_create(&self) -> Result<String, KeyError> {
        // The public file is written last, so it has to be looked for first: seen now, it proves
        // that the private one was there before, whatever another process does meanwhile.
        let published = self.public.try_exists().map_err(unreadable(&self.public))?;
        let private = self.private.try_exists().map_err(unreadable(&self.private))?;
        if published && !private {
            let (private, public) = (self.private.clone(), self.public.clone());
            return Err(KeyError::Lost { private, public });
        }
        if !private {
            create(&self.private, &generate_pem()?)?;
        }
        warn_when_others_may_read(&self.private)?;
        read(&self.private)
    }

    /// Sees to it that the public file states `text`.
    fn publish(&self, text: &str) -> Result<(), KeyError> {
        if !self.public.try_exists().map_err(unreadable(&self.public))? {
            create(&self.public, text)?;
        }
        if read(&self.public)?.trim_end() == text.trim_end() {
            Ok(())
        } else {
            let (private, public) = (self.private.clone(), self.public.clone());
            Err(KeyError::NotAPair { private, public })
        }
    }
}

/// The form in which a private key is written: without the public half, which older releases of
/// OpenSSL do not take in this place.
pub(super) fn private_form(secret_key: SecretKey) -> KeypairBytes {
    KeypairBytes { secret_key, public_key: None }
}

fn generate_pem() -> Result<String, KeyError> {
    let mut secret_key = SecretKey::default();
    getrandom::fill(&mut secret_key).map_err(|_unavailable| KeyError::NoRandomness)?;
    let pem = private_form(secret_key).to_pkcs8_pem(LineEnding::LF);
    Ok(pem.expect("thirty-two bytes are an Ed25519 key").to_string())
}

pub(super) fn create_folder(data: &Path, folder: &Path) -> Result<(), KeyError> {
    fs::create_dir_all(data).map_err(unwritable(data))?;
    match DirBuilder::new().mode(0o700).create(folder) {
        Ok(()) => sync_folder(data),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(unwritable(folder)(error)),
    }
}

pub(super) fn read(path: &Path) -> Result<String, KeyError> {
    fs::read_to_string(path).map_err(unreadable(path))
}

/// Puts `text` at `path`, on the disk and whole. A file that is there already stays as it is.
pub(super) fn create(path: &Path, text: &str) -> Result<(), KeyError> {
    let folder = path.parent().expect("a key file lies in the folder of keys");
    // `tempfile` makes it readable for its owner only.
    let mut draft = tempfile::NamedTempFile::new_in(folder).map_err(unwritable(path))?;
    draft.write_all(text.as_bytes()).map_err(unwritable(path))?;
    draft.as_file().sync_all().map_err(unwritable(path))?;
    match draft.persist_noclobber(path) {
        Ok(_file) => {}
        Err(refused) if refused.error.kind() == ErrorKind::AlreadyExists => {}
        Err(refused) => return Err(unwritable(path)(refused.error)),
    }
    // Also when another process was first: what is signed from here on needs its file to stay.
    sync_folder(folder)
}

fn sync_folder(folder: &Path) -> Result<(), KeyError> {
    File::open(folder).and_then(|opened| opened.sync_all()).map_err(unwritable(folder))
}

pub(super) fn warn_when_others_may_read(path: &Path) -> Result<(), KeyError> {
    let mode = fs::metadata(path).map_err(unreadable(path))?.permissions().mode();
    if mode & 0o077 != 0 {
        let path = path.display();
        tracing::warn!(%path, "others may read this private key: chmod 600 it");
    }
    Ok(())
}

pub(super) fn unreadable(path: &Path) -> impl FnOnce(std::io::Error) -> KeyError {
    let path = path.to_owned();
    move |source| KeyError::Unreadable { path, source }
}

fn unwritable(path: &Path) -> impl FnOnce(std::io::Error) -> KeyError {
    let path = path.to_owned();
    move |source| KeyError::Unwritable { path, source }
}
