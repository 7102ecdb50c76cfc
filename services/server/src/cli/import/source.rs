//! What an import reads: charters first, as one for each project, then lines of events.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::charter::{CharterError, CharterFile};
use crate::envelope::{self, Submission};
use crate::json;
use crate::problem::{Kind, Problem};

/// Longest line: an event fits many times.
const LINE_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Some programs begin a file in UTF-8 with it; it is no part of the first line.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A charter or a file of events.
pub struct Source {
    pub name: String,
    /// How much there is to read, in the unit of [`Item::offset`].
    pub bytes: u64,
    content: Content,
}

enum Content {
    Charter(Box<CharterFile>),
    Lines(Box<dyn BufRead>),
}

/// One event of a source, or why there is none.
pub struct Item {
    /// `history.ndjson:12` or `care-get.yaml: partners[2]`.
    pub place: String,
    pub offset: u64,
    /// What to post instead when a charter was edited.
    pub instead: Option<&'static str>,
    pub submission: Result<Submission, SourceError>,
}

/// Why something cannot be imported.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    #[error("{}: {why}", path.display())]
    Unreadable { path: PathBuf, why: String },
    #[error(transparent)]
    Charter(#[from] CharterError),
    #[error(transparent)]
    NotAnEvent(Problem),
}

/// The sources in folders and files: charters first, then events, each by name.
pub fn find(paths: &[PathBuf]) -> Result<Vec<Source>, SourceError> {
    let mut charters = Vec::new();
    let mut histories = Vec::new();
    for path in paths {
        let files = if path.is_dir() { folder(path)? } else { vec![path.clone()] };
        for file in files {
            match file.extension().and_then(|extension| extension.to_str()) {
                Some("yaml" | "yml") => charters.push((name(&file), read_all(&file)?)),
                Some("ndjson" | "jsonl") => histories.push(file),
                Some(_) | None => {
                    let why = "an import reads charters (*.yaml), events (*.ndjson) and lists of \
                        expenditure (*.xlsx, *.csv)"
                        .to_owned();
                    return Err(SourceError::Unreadable { path: file, why });
                }
            }
        }
    }
    let mut sources = self::charters(charters)?;
    for file in histories {
        let opened = File::open(&file).map_err(|error| unreadable(&file, &error))?;
        let bytes = opened.metadata().map_or(0, |metadata| metadata.len());
        sources.push(Source::lines(name(&file), bytes, Box::new(BufReader::new(opened))));
    }
    Ok(sources)
}

/// One source for each project, of all its charter files.
pub fn charters(files: Vec<(String, String)>) -> Result<Vec<Source>, SourceError> {
    let mut joined: BTreeMap<String, (Vec<String>, CharterFile)> = BTreeMap::new();
    for (name, yaml) in files {
        let in_file = |error: CharterError| SourceError::Unreadable {
            path: PathBuf::from(&name),
            why: error.to_string(),
        };
        let charter = CharterFile::parse(&yaml).map_err(in_file)?;
        let key = charter.project.clone();
        let entry = match joined.remove(&key) {
            Some((mut names, first)) => {
                names.push(name.clone());
                (names, first.join(charter).map_err(in_file)?)
            }
            None => (vec![name], charter),
        };
        joined.insert(key, entry);
    }
    let source = |(names, charter): (Vec<String>, CharterFile)| Source {
        name: names.join(" + "),
        bytes: 0,
        content: Content::Charter(Box::new(charter)),
    };
    Ok(joined.into_values().map(source).collect())
}

impl Source {
    pub fn lines(name: String, bytes: u64, lines: Box<dyn BufRead>) -> Self {
        Self { name, bytes, content: Content::Lines(lines) }
    }

    /// The events of the source, one by one.
    pub fn items(self) -> Box<dyn Iterator<Item = Item>> {
        let name = self.name;
        match self.content {
            Content::Lines(lines) => Box::new(Lines { name, lines, number: 0, offset: 0 }),
            Content::Charter(charter) => match charter.events() {
                Err(error) => Box::new(std::iter::once(Item {
                    place: name,
                    offset: 0,
                    instead: None,
                    submission: Err(error.into()),
                })),
                Ok(events) => Box::new(events.into_iter().map(move |event| Item {
                    place: format!("{name}: {}", event.origin),
                    offset: 0,
                    instead: Some(event.instead),
                    submission: event.submission.map_err(SourceError::NotAnEvent),
                })),
            },
        }
    }
}

struct Lines {
    name: String,
    lines: Box<dyn BufRead>,
    number: u64,
    offset: u64,
}

impl Iterator for Lines {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        loop {
            let mut line = Vec::new();
            let read = self.lines.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut line);
            self.number += 1;
            let length = match read {
                Ok(0) => return None,
                Ok(length) => length as u64,
                Err(error) => {
                    self.lines = Box::new(std::io::empty());
                    return Some(self.item(Err(unreadable(Path::new(&self.name), &error))));
                }
            };
            self.offset += length;
            if length == LINE_BYTES_MAX && !line.ends_with(b"\n") {
                self.offset += self.skip_line();
            }
            let marked = line.strip_prefix(BYTE_ORDER_MARK).filter(|_| self.number == 1);
            let text = marked.unwrap_or(&line);
            if text.trim_ascii().is_empty() {
                continue;
            }
            return Some(self.item(parse(text, length)));
        }
    }
}

impl Lines {
    /// Leaves out the rest of a line that is too long, and says how much it was.
    fn skip_line(&mut self) -> u64 {
        let mut skipped = 0;
        let mut rest = Vec::new();
        while let Ok(length @ 1..) =
            self.lines.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut rest)
        {
            skipped += length as u64;
            if rest.ends_with(b"\n") {
                break;
            }
            rest.clear();
        }
        skipped
    }

    fn item(&self, submission: Result<Submission, SourceError>) -> Item {
        let place = format!("{}:{}", self.name, self.number);
        Item { place, offset: self.offset, instead: None, submission }
    }
}

fn parse(line: &[u8], length: u64) -> Result<Submission, SourceError> {
    if length == LINE_BYTES_MAX {
        let detail = format!("The line is longer than {LINE_BYTES_MAX} bytes.");
        return Err(SourceError::NotAnEvent(Problem::new(Kind::BodyTooLarge, detail)));
    }
    let json = json::read(line).map_err(|error| {
        let detail = format!("The line is not JSON at column {}: {error}.", error.column());
        SourceError::NotAnEvent(Problem::new(Kind::NotJson, detail))
    })?;
    envelope::read_imported(json).map_err(SourceError::NotAnEvent)
}

/// The charters and event files of a folder, by name; other files there are left alone.
fn folder(path: &Path) -> Result<Vec<PathBuf>, SourceError> {
    let entries = std::fs::read_dir(path).map_err(|error| unreadable(path, &error))?;
    let mut files = Vec::new();
    for entry in entries {
        let file = entry.map_err(|error| unreadable(path, &error))?.path();
        let extension = file.extension().and_then(|extension| extension.to_str());
        if matches!(extension, Some("yaml" | "yml" | "ndjson" | "jsonl")) && file.is_file() {
            files.push(file);
        }
    }
    files.sort();
    if files.is_empty() {
        let why = "the folder has no charter (*.yaml) and no events (*.ndjson)".to_owned();
        return Err(SourceError::Unreadable { path: path.to_owned(), why });
    }
    Ok(files)
}

fn name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into())
}

fn read_all(path: &Path) -> Result<String, SourceError> {
    std::fs::read_to_string(path).map_err(|error| unreadable(path, &error))
}

fn unreadable(path: &Path, error: &std::io::Error) -> SourceError {
    SourceError::Unreadable { path: path.to_owned(), why: error.to_string() }
}
