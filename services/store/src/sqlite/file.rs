//! Which file lies at a path. Who puts a database back by moving a file leaves the open connections
//! on the old one, where what they store is lost with the last of them.

use std::io;
use std::os::unix::fs::MetadataExt as _;

use crate::log::LogError;

/// Is that of no other file while a connection is open on this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FileId {
    device: u64,
    inode: u64,
}

impl FileId {
    pub(super) fn at(path: &str) -> Result<FileId, LogError> {
        match std::fs::metadata(path) {
            Ok(file) => Ok(FileId { device: file.dev(), inode: file.ino() }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(LogError::Missing),
            Err(error) => Err(LogError::Unavailable(sqlx::Error::Io(error))),
        }
    }

    /// Fails when another file lies there now, or none.
    pub(super) fn check(self, path: &str) -> Result<(), LogError> {
        if FileId::at(path)? == self { Ok(()) } else { Err(LogError::Replaced) }
    }
}
