//! Snapshots: the folded rooms, written down in `--data` so that a start need not fold the log
//! from its first event.
//!
//! A room is a file of its own; the index names the head of the log that all of them were folded
//! up to and, of each file, its authentication. Everything is bound to the key in `--data` and to
//! the sources of the fold. What does not fit is not used: the log has everything, and a snapshot
//! that is lost costs time and nothing else. So nothing here is synced to the disk.
//!
//! Files are written under names of their own, and then the index is exchanged in one step: a
//! process that is killed while it writes leaves the snapshots that were there before.

mod check;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::collections::HashSet;
use std::fs::{self, File, TryLockError};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cairn_domain::ids::ProjectKey;
use cairn_store::Head;
use hmac::{Hmac, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use tempfile::NamedTempFile;

use super::{Ledger, Room, Rooms};
use crate::keys::SnapshotKey;
use crate::record;

pub use check::check;

/// A server writes snapshots once it has folded so many events more …
const EVENTS_BETWEEN: u64 = 50_000;
/// … and so large a part of the log: the whole of it is written down eight times while it doubles.
const PART_BETWEEN: u64 = 8;
/// How often a server looks whether it is time.
const LOOK_EVERY: Duration = Duration::from_secs(10);
/// How long another process may read or write them before this one goes on without.
const LOCKED_WITHIN: Duration = Duration::from_secs(10);
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(20);
/// What a process that was killed left is removed after so long.
const STRAY_AFTER: Duration = Duration::from_secs(3_600);

/// The sources by which this program folds, as `build.rs` sums them up. What another program
/// folded may mean something else.
const FOLD: &str = env!("CAIRN_FOLD");

/// The snapshots of a `--data` folder.
#[derive(Clone, Debug)]
pub struct Snapshots {
    folder: PathBuf,
    key: SnapshotKey,
    fold: String,
}

/// What the snapshots are, and of which log.
#[derive(Debug, Serialize, Deserialize)]
struct Index {
    fold: String,
    /// The head of the log up to which every room is folded.
    position: u64,
    /// Its compact range, in base64.
    frontier: String,
    rooms: Vec<Entry>,
}

/// A room that is written down.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Entry {
    project: ProjectKey,
    version: u64,
    /// HMAC-SHA256 of the file, in hexadecimal digits.
    tag: String,
}

/// Why snapshots are not used.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    #[error("{name} cannot be read")]
    Unreadable { name: String, source: io::Error },
    /// Altered, or written by the key of another folder.
    #[error("{name} is not what a server with the key of this folder wrote")]
    NotAuthentic { name: String },
    #[error("they were folded by another release of Cairn")]
    OtherFold,
    #[error("{name} cannot be decoded")]
    Undecodable { name: String, source: Box<dyn std::error::Error + Send + Sync> },
}

impl Snapshots {
    pub fn new(data: &Path, key: SnapshotKey) -> Self {
        Self { folder: Self::folder(data), key, fold: FOLD.to_owned() }
    }

    fn folder(data: &Path) -> PathBuf {
        data.join("snapshots")
    }

    /// The rooms as they were written down last; nothing where there are none.
    pub(super) fn load(&self) -> Result<Option<Rooms>, Unusable> {
        let unreadable = |source| Unusable::Unreadable { name: "the lock".to_owned(), source };
        if !self.index_path().exists() {
            return Ok(None);
        }
        let _lock = self.lock(File::try_lock_shared).map_err(unreadable)?;
        let index = self.index()?;
        if index.fold != self.fold {
            return Err(Unusable::OtherFold);
        }
        let head = index.head().ok_or_else(|| not_authentic(INDEX))?;
        let read: Vec<(String, Arc<Room>)> = in_parallel(processors(), &index.rooms, |entry| {
            let room: Room = decode(&self.authentic(&index.fold, entry)?, &entry.name())?;
            Ok((entry.project.as_str().to_owned(), room.into()))
        })?;
        Ok(Some(Rooms { head, rooms: read.into_iter().collect(), ..Rooms::default() }))
    }

    /// Takes the snapshots for none, since they are of no use.
    pub(super) fn forget(&self) {
        if let Err(error) = fs::remove_file(self.index_path()) {
            tracing::warn!(%error, "the index of the snapshots cannot be removed");
        }
    }

    /// Writes down the rooms that are not there yet, with so many threads, unless another process
    /// has written newer ones.
    fn save(&self, rooms: &Rooms, threads: usize) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let _lock = self.lock(File::try_lock)?;
        // Of a log that was replaced under this process, a room of the same version may be another.
        let same_log = |index: &Index| index.fold == self.fold && rooms.history() == 0;
        let before = self.index().ok().filter(same_log);
        if before.as_ref().is_some_and(|before| before.position >= rooms.position()) {
            return Ok(());
        }
        let written: Vec<&Entry> = before.iter().flat_map(|before| &before.rooms).collect();
        let rooms_now: Vec<&Room> = rooms.all().map(|room| &**room).collect();
        let mut entries = in_parallel(threads, &rooms_now, |room| {
            let (key, version) = (&room.project.key, room.project.version);
            let same = |entry: &&&Entry| entry.project == *key && entry.version == version;
            match written.iter().find(same).filter(|entry| self.path(entry).exists()) {
                Some(entry) => Ok((*entry).clone()),
                None => self.write(room),
            }
        })?;
        // The largest first: the threads that read them then end at about the same time.
        entries.sort_by_key(|entry| Reverse(entry.version));
        let index = Index {
            fold: self.fold.clone(),
            position: rooms.position(),
            frontier: STANDARD.encode(rooms.head().frontier()),
            rooms: entries,
        };
        self.exchange(&index)?;
        self.sweep(&index, before.as_ref())
    }

    /// Writes snapshots again and again, while there are enough new events. One thread writes them
    /// from what the writer has published, and the writer does not wait for it.
    pub async fn keep_on(&self, ledger: &Ledger) {
        let mut look = tokio::time::interval(LOOK_EVERY);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            look.tick().await;
            let rooms = ledger.snapshot();
            let before = self.index().map_or(0, |index| index.position);
            let least = EVENTS_BETWEEN.max(before / PART_BETWEEN);
            if rooms.position() < before.saturating_add(least) {
                continue;
            }
            let snapshots = self.clone();
            let saved = tokio::task::spawn_blocking(move || snapshots.save(&rooms, 1)).await;
            if let Ok(Err(error)) = saved {
                tracing::warn!(%error, "{UNWRITTEN}");
            }
        }
    }

    /// Writes snapshots of what is known now, as the last thing that a process does.
    pub fn keep(&self, ledger: &Ledger) {
        if let Err(error) = self.save(&ledger.snapshot(), processors()) {
            tracing::warn!(%error, "{UNWRITTEN}");
        }
    }

    fn write(&self, room: &Room) -> io::Result<Entry> {
        let file = NamedTempFile::new_in(&self.folder)?;
        let mac = self.room_mac(&self.fold, &room.project.key, room.project.version);
        let mut output = BufWriter::with_capacity(256 * 1024, Authenticated { file, mac });
        rmp_serde::encode::write_named(&mut output, room).map_err(io::Error::other)?;
        let Authenticated { file, mac } = output.into_inner().map_err(io::Error::from)?;
        let entry = Entry {
            project: room.project.key.clone(),
            version: room.project.version,
            tag: record::hex(&mac.finalize().into_bytes()),
        };
        file.persist(self.path(&entry))?;
        Ok(entry)
    }

    /// The bytes of a room's file, if they are those that were written.
    fn authentic(&self, fold: &str, entry: &Entry) -> Result<Vec<u8>, Unusable> {
        let bytes = fs::read(self.path(entry));
        let bytes = bytes.map_err(|source| Unusable::Unreadable { name: entry.name(), source })?;
        let mac = self.room_mac(fold, &entry.project, entry.version).chain_update(&bytes);
        match record::hex(&mac.finalize().into_bytes()) == entry.tag {
            true => Ok(bytes),
            false => Err(not_authentic(&entry.name())),
        }
    }

    fn room_mac(&self, fold: &str, project: &ProjectKey, version: u64) -> Hmac<Sha256> {
        self.key.mac().chain_update(format!("cairn room\n{fold}\n{project}\n{version}\n"))
    }

    fn index_mac(&self, index: &str) -> String {
        let mac = self.key.mac().chain_update("cairn snapshots\n").chain_update(index);
        record::hex(&mac.finalize().into_bytes())
    }

    fn index(&self) -> Result<Index, Unusable> {
        let unreadable = |source| Unusable::Unreadable { name: INDEX.to_owned(), source };
        let text = fs::read(self.index_path()).map_err(unreadable)?;
        let text = String::from_utf8(text).map_err(|_| not_authentic(INDEX))?;
        let (index, tag) = text.rsplit_once('\n').ok_or_else(|| not_authentic(INDEX))?;
        if self.index_mac(index) != tag {
            return Err(not_authentic(INDEX));
        }
        serde_json::from_str(index).map_err(|error| undecodable(INDEX, error))
    }

    fn exchange(&self, index: &Index) -> io::Result<()> {
        let text = serde_json::to_string(index)?;
        let mut file = NamedTempFile::new_in(&self.folder)?;
        write!(file, "{text}\n{}", self.index_mac(&text))?;
        file.persist(self.index_path())?;
        Ok(())
    }

    /// Removes the files that the index before named and this one does not, and what was left by
    /// processes that were killed.
    fn sweep(&self, index: &Index, before: Option<&Index>) -> io::Result<()> {
        let names = |index: &Index| index.rooms.iter().map(Entry::name).collect::<HashSet<_>>();
        let (kept, named) = (names(index), before.map(names).unwrap_or_default());
        for file in fs::read_dir(&self.folder)? {
            let file = file?;
            let name = file.file_name().to_string_lossy().into_owned();
            if kept.contains(&name) || [INDEX, LOCK].contains(&name.as_str()) {
                continue;
            }
            let age = || file.metadata().ok()?.modified().ok()?.elapsed().ok();
            if named.contains(&name) || age().is_some_and(|age| age > STRAY_AFTER) {
                fs::remove_file(file.path())?;
            }
        }
        Ok(())
    }

    /// One process writes at a time, and none removes what another one reads. The lock is given
    /// back when the file is closed.
    fn lock(&self, take: fn(&File) -> Result<(), TryLockError>) -> io::Result<File> {
        let path = self.folder.join(LOCK);
        let file = File::options().create(true).truncate(false).write(true).open(path)?;
        let deadline = Instant::now() + LOCKED_WITHIN;
        loop {
            match take(&file) {
                Ok(()) => return Ok(file),
                Err(TryLockError::WouldBlock) if Instant::now() < deadline => {
                    std::thread::sleep(LOOK_AGAIN_AFTER);
                }
                Err(other) => return Err(other.into()),
            }
        }
    }

    fn index_path(&self) -> PathBuf {
        self.folder.join(INDEX)
    }

    fn path(&self, entry: &Entry) -> PathBuf {
        self.folder.join(entry.name())
    }
}

const UNWRITTEN: &str = "no snapshots were written; the next start takes longer";
const INDEX: &str = "index";
const LOCK: &str = "lock";

impl Index {
    fn head(&self) -> Option<Head> {
        Head::restore(self.position, &STANDARD.decode(&self.frontier).ok()?)
    }
}

impl Entry {
    /// Two files of one name have the same bytes.
    fn name(&self) -> String {
        let tag = self.tag.get(..16).unwrap_or_default();
        format!("{}.{}.{tag}", self.project, self.version)
    }
}

/// A file with the authentication of what was written so far.
struct Authenticated {
    file: NamedTempFile,
    mac: Hmac<Sha256>,
}

impl Write for Authenticated {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.mac.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn not_authentic(name: &str) -> Unusable {
    Unusable::NotAuthentic { name: name.to_owned() }
}

fn undecodable(name: &str, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Unusable {
    Unusable::Undecodable { name: name.to_owned(), source: error.into() }
}

fn decode(bytes: &[u8], name: &str) -> Result<Room, Unusable> {
    rmp_serde::from_slice(bytes).map_err(|error| undecodable(name, error))
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Works on all items with several threads; the order is lost.
fn in_parallel<T: Sync, R: Send, E: Send>(
    threads: usize,
    items: &[T],
    work: impl Fn(&T) -> Result<R, E> + Sync,
) -> Result<Vec<R>, E> {
    let next = AtomicUsize::new(0);
    let run = || {
        let items = std::iter::from_fn(|| items.get(next.fetch_add(1, Ordering::Relaxed)));
        items.map(&work).collect::<Result<Vec<R>, E>>()
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        let mut all = Vec::with_capacity(items.len());
        for worker in workers {
            all.extend(worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
        }
        Ok(all)
    })
}
