//! The bytes of a workbook, of which each part is read a few times at most.

use std::collections::BTreeMap;
use std::io::{self, Cursor, Read, Seek, SeekFrom};

/// How often a part is read: for the headings and for the rows of its sheet, and once each to find
/// where it begins. Sheets that share a part would have it read once for each of them, and a small
/// file can name one of many megabytes for all its sheets.
const READ_MAX: u32 = 4;

pub(super) struct Parts<'a> {
    bytes: Cursor<&'a [u8]>,
    /// How often the bytes from each place on were asked for.
    read: BTreeMap<u64, u32>,
}

impl<'a> Parts<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        Self { bytes: Cursor::new(bytes), read: BTreeMap::new() }
    }
}

impl Read for Parts<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.bytes.read(into)
    }
}

impl Seek for Parts<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        if let SeekFrom::Start(place) = to {
            let read = self.read.entry(place).or_default();
            *read += 1;
            if *read > READ_MAX {
                return Err(io::Error::other("a part of the workbook is read too often"));
            }
        }
        self.bytes.seek(to)
    }
}
