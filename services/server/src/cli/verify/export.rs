//! The rows of a log, made again from the lines of its export.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use cairn_store::EventRow;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::cli::progress::Progress;
use crate::envelope::{self, By, Exported, Restored};
use crate::{json, record};

/// Longer than any line that is exported.
const LINE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// The rows of the lines, one by one.
pub(super) struct Rows {
    lines: BufReader<File>,
    line: Vec<u8>,
    bytes: u64,
    done: u64,
    progress: Progress,
    /// What ended the rows before the file did.
    pub(super) failed: Option<io::Error>,
}

impl Rows {
    pub(super) fn open(file: &Path) -> io::Result<Self> {
        let file = File::open(file)?;
        let (bytes, progress) = (file.metadata()?.len(), Progress::new("Verifying"));
        let lines = BufReader::new(file);
        Ok(Self { lines, line: Vec::new(), bytes, done: 0, progress, failed: None })
    }
}

impl Iterator for Rows {
    type Item = Result<EventRow, String>;

    fn next(&mut self) -> Option<Self::Item> {
        self.line.clear();
        match self.lines.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut self.line) {
            Ok(0) => None,
            Ok(length) => {
                self.done += length as u64;
                self.progress.reach(self.done, self.bytes);
                Some(row(&self.line))
            }
            Err(error) => {
                self.failed = Some(error);
                None
            }
        }
    }
}

/// The row of which `line` is the export, byte for byte.
fn row(line: &[u8]) -> Result<EventRow, String> {
    let json = json::read(line).map_err(|error| format!("its line is not JSON: {error}"))?;
    let attributes = json.as_object().ok_or("its line is not an event")?;
    let number = |name: &str| {
        let number = attributes.get(name).and_then(Value::as_u64);
        number.ok_or_else(|| format!("its line has no number `{name}`"))
    };
    let (position, version) = (number("position")?, number("version")?);
    let leaf_hash = leaf_hash(attributes).ok_or("its line has no `leafhash`")?;
    let submission =
        envelope::read_imported(json).map_err(|problem| format!("its line: {problem}"))?;
    let (By::Member { subject, .. } | By::Operator { subject }) = submission.by;
    let Some(Restored { recorded_at, exported: Some(exported) }) = submission.restored else {
        return Err("its line is not one that was exported".to_owned());
    };
    let Exported { part, completed, warnings } = exported;
    let posting = submission.posting;
    let payload = record::payload(&posting, &submission.data, completed, warnings);
    let row = EventRow {
        position,
        project: submission.project.as_str().to_owned(),
        version,
        event_id: posting.id,
        event_type: posting.event_type.as_str().to_owned(),
        schema_version: posting.schema_version,
        occurred_on: posting.occurred_on.to_string(),
        recorded_at_us: recorded_at.as_microsecond(),
        actor_subject: subject.as_str().to_owned(),
        actor_partner: part.partner(),
        actor_role: part.as_str().to_owned(),
        payload_hash: Sha256::digest(&payload).into(),
        payload,
        digest: submission.digest,
        leaf_hash,
    };
    let again = record::cloud_event(&row).map_err(|error| error.to_string())?;
    let again = serde_json::to_vec(&again).map_err(|error| error.to_string())?;
    if line.strip_suffix(b"\n") != Some(&again) {
        return Err("its line is not the one that is exported of it".to_owned());
    }
    Ok(row)
}

fn leaf_hash(attributes: &Map<String, Value>) -> Option<[u8; 32]> {
    let hex = attributes.get("leafhash")?.as_str()?;
    let mut hash = [0; 32];
    for (byte, digits) in hash.iter_mut().zip(hex.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    (record::hex(&hash) == hex).then_some(hash)
}
