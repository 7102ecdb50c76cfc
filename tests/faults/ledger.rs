//! A client's own ledger: what it sent and what it was told, on disk before it counts.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use serde_json::{Value, json};

/// What was sent at once, and the receipts that came back for it.
#[derive(Clone, Debug)]
pub(crate) struct Acknowledgement {
    pub(crate) sent: Vec<Value>,
    pub(crate) receipts: Vec<Value>,
}

#[derive(Debug)]
pub(crate) struct OwnLedger {
    file: File,
    /// Bytes that the oracle has read.
    read: u64,
}

impl OwnLedger {
    /// What is in it from an earlier trial stays, and is not read.
    pub(crate) fn open(path: &Path) -> Self {
        let file = OpenOptions::new().create(true).read(true).append(true).open(path).unwrap();
        let read = file.metadata().unwrap().len();
        Self { file, read }
    }

    /// Returns once the line is on disk.
    pub(crate) fn write(&mut self, sent: &[Value], receipts: &[Value]) {
        let line = format!("{}\n", json!({ "sent": sent, "receipts": receipts }));
        self.file.write_all(line.as_bytes()).unwrap();
        self.file.sync_data().unwrap();
    }

    /// The acknowledgements that were written since this was asked last.
    pub(crate) fn read_on(&mut self) -> Vec<Acknowledgement> {
        self.file.seek(SeekFrom::Start(self.read)).unwrap();
        let mut lines = String::new();
        self.read += self.file.read_to_string(&mut lines).unwrap() as u64;
        let list = |line: &Value, name: &str| line[name].as_array().unwrap().clone();
        let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines
            .map(|line| Acknowledgement {
                sent: list(&line, "sent"),
                receipts: list(&line, "receipts"),
            })
            .collect()
    }
}
