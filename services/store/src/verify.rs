//! Recomputes the whole log from its rows and says where it differs.
//!
//! By itself a log can only be found to fit together: who recomputes every hash after a change, and
//! the head with them, leaves a log that does. The checkpoints that were signed before do not fit
//! it any more, and without the key no others can be made.

mod walk;

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};

use ed25519_dalek::VerifyingKey;
use tokio::sync::mpsc;

use crate::checkpoint::Checkpoint;
use crate::event::EventRow;
use crate::head::Head;
use crate::log::{KeptNote, Log, LogError};
use crate::merkle::Hash;
use crate::proof::stored;
use walk::Walk;

/// Rows read at once.
const PAGE_ROWS: u32 = 1_000;

/// Checkpoints read at once: each has a line a project.
const PAGE_NOTES: u32 = 100;

/// Pages that are read while one is checked.
const PAGES_AHEAD: usize = 4;

/// Refuses a row for a reason of the caller's own, in words.
pub type Check = fn(&EventRow) -> Result<(), String>;

/// What a log is held against besides itself.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// The name and the key of the log: with them its kept checkpoints are compared.
    pub signer: Option<(String, VerifyingKey)>,
    /// Checkpoints that were kept elsewhere, their signatures checked.
    pub checkpoints: Vec<Checkpoint>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The last event up to which every row is right.
    pub position: u64,
    /// The root over the events up to there.
    pub tree_head: Hash,
    /// How many of the events the newest checkpoint covers that was compared and holds.
    pub signed: Option<u64>,
    /// How many of the kept checkpoints somebody else signed, by the name of the log that they
    /// state. They say nothing of this one and are not used.
    pub foreign: BTreeMap<String, u64>,
    /// What is not as it was recorded. Nothing is said of the rows after the first wrong one.
    pub wrong: Vec<Wrong>,
}

/// Positions that are not as they were recorded or signed. A fault of the head row is told at the
/// last position, one of a kept checkpoint or stored hash at the positions that it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    pub first: u64,
    pub last: u64,
    pub why: String,
}

impl Wrong {
    pub fn at(position: u64, why: impl Into<String>) -> Wrong {
        Wrong { first: position, last: position, why: why.into() }
    }
}

impl Display for Wrong {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Wrong { first, last, why } if first == last => write!(f, "position {first}: {why}"),
            Wrong { first, last, why } => write!(f, "positions {first} to {last}: {why}"),
        }
    }
}

/// Recomputes everything and only reads; rows are checked while the next ones are read. `progress`
/// is told the position read and the last one known, after each page. Needs about 40 bytes an
/// event. Fails when the log could not be read to the end and nothing wrong was found until there.
pub async fn verify(
    log: &dyn Log,
    known: Known,
    check: Check,
    progress: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<Verified, LogError> {
    // Before the rows, so that each of these has its leaves among them.
    let kept = stored::kept(log).await;
    let notes_after = known.signer.is_some().then_some(0);
    let (pages, mut read) = mpsc::channel(PAGES_AHEAD);
    let walking = tokio::task::spawn_blocking(move || {
        let mut walk = Walk::new(known, check);
        while let Some(page) = read.blocking_recv() {
            if walk.pass(page).is_break() {
                break;
            }
        }
        walk
    });
    let reading = Reading { log, after: 0, notes_after, pages };
    let end = reading.all(progress).await;
    let mut walk = walking.await.map_err(|ended| match ended.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        Err(_cancelled) => LogError::Unavailable(sqlx::Error::WorkerCrashed),
    })?;
    let mut unread = match end {
        Ok(Some(head)) => {
            walk.compare_head(&head);
            None
        }
        Ok(None) => None,
        Err(error) => walk.tell(error),
    };
    let compared = match kept {
        Ok(kept) => stored::compare(log, &kept, walk.levels(), walk.is_whole()).await,
        Err(error) => Err(error),
    };
    match compared {
        Ok(wrong) => wrong.into_iter().for_each(|subtree| walk.tell_subtree(subtree)),
        Err(error) => unread = walk.tell(error).or(unread),
    }
    let verified = walk.finish();
    match unread {
        Some(error) if verified.wrong.is_empty() => Err(error),
        Some(_) | None => Ok(verified),
    }
}

/// As [`verify()`], for rows that come from elsewhere, such as an export. A row that could not be
/// read is given as what is wrong with it.
pub fn verify_rows(
    rows: impl IntoIterator<Item = Result<EventRow, String>>,
    checkpoints: Vec<Checkpoint>,
    check: Check,
) -> Verified {
    let mut walk = Walk::new(Known { signer: None, checkpoints }, check);
    let stopped = rows.into_iter().any(|row| walk.pass_read(row).is_break());
    if !stopped {
        walk.end();
    }
    walk.finish()
}

/// What is read at a time: rows, and all checkpoints that are kept for positions up to theirs.
struct Page {
    notes: Vec<KeptNote>,
    rows: Vec<EventRow>,
}

struct Reading<'a> {
    log: &'a dyn Log,
    after: u64,
    /// None when no more checkpoints are wanted.
    notes_after: Option<u64>,
    pages: mpsc::Sender<Page>,
}

impl Reading<'_> {
    /// The head that follows the last row; none when the walk ended before it.
    async fn all(
        mut self,
        progress: &mut (dyn FnMut(u64, u64) + Send),
    ) -> Result<Option<Head>, LogError> {
        // A damaged head is told at the end: the rows may show what came first.
        let mut last_known = self.log.head().await.map_or(0, |head| head.position);
        loop {
            let rows = self.log.read_rows(self.after, PAGE_ROWS).await?;
            let mut at_end = rows.len() < PAGE_ROWS as usize;
            if self.send(rows).await?.is_none() {
                return Ok(None);
            }
            if at_end {
                // What is signed by now is in the log by now, and so in the pages to come.
                self.send_notes(u64::MAX).await?;
                // Read again with the head of the same moment, for a log that grows meanwhile.
                let page = self.log.read(self.after, PAGE_ROWS).await?;
                at_end = page.rows.len() < PAGE_ROWS as usize;
                last_known = page.head.position;
                if self.send(page.rows).await?.is_none() {
                    return Ok(None);
                }
                if at_end {
                    progress(self.after, last_known);
                    return Ok(Some(page.head));
                }
            }
            last_known = last_known.max(self.after);
            progress(self.after, last_known);
        }
    }

    /// Nothing when the walk has ended, or ends with these rows, which do not go on.
    async fn send(&mut self, rows: Vec<EventRow>) -> Result<Option<()>, LogError> {
        let Some(last) = rows.last().map(|row| row.position) else { return Ok(Some(())) };
        self.send_notes(last).await?;
        let goes_on = last > self.after;
        self.after = last;
        let sent = self.pages.send(Page { notes: Vec::new(), rows }).await;
        Ok(sent.ok().filter(|()| goes_on))
    }

    async fn send_notes(&mut self, position: u64) -> Result<(), LogError> {
        while let Some(after) = self.notes_after.filter(|after| *after < position) {
            let notes = self.log.checkpoints(after, PAGE_NOTES).await?;
            let last = notes.last().filter(|_| notes.len() == PAGE_NOTES as usize);
            self.notes_after = last.map(|note| note.position).filter(|last| *last > after);
            // A walk that has ended needs no more.
            let _ = self.pages.send(Page { notes, rows: Vec::new() }).await;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
