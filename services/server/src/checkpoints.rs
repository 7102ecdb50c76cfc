//! Signed heads of the log: kept in the log and, since that can be lost with it, in `--data`.
//!
//! A signature says for ever that the log was so. It is therefore given to a head only when this
//! extends everything that was signed before: a log that was rewritten, or went back to an older
//! backup, gets no new valid signature that would hide it.

pub mod folder;
mod newest;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use cairn_store::checkpoint::{self, Checkpoint, CheckpointError};
use cairn_store::proof::{self, ProofError, Tree};
use cairn_store::{Head, Log, LogError};
use ed25519_dalek::{SigningKey, VerifyingKey};
use tokio::sync::Mutex;
use tokio::time::Instant;

pub use newest::in_log as newest_in_log;

use crate::record;
use crate::views::{Ledger, Rooms};

/// The name under which a log signs: its key is what makes it this log and no other.
pub fn origin(key: &VerifyingKey) -> String {
    format!("cairn/{}", record::hex(&key.to_bytes()[..8]))
}

/// Where the newest checkpoint lies.
pub fn path(data: &Path) -> PathBuf {
    data.join("checkpoints").join("newest")
}

/// Reads a checkpoint and checks its signature.
pub fn read(text: &str, key: &VerifyingKey) -> Result<Checkpoint, CheckpointError> {
    checkpoint::open(text, &origin(key), key)
}

/// How often a server signs the head of its log when nobody asks: what was recorded since could be
/// rewritten without a trace by whoever can write the database.
pub const SIGN_EVERY: Duration = Duration::from_secs(60);

/// How often a server signs at most when it is asked.
const SIGN_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// A checkpoint with its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    pub note: String,
    pub checkpoint: Checkpoint,
}

impl Signed {
    fn is_of(&self, head: &Head) -> bool {
        (self.checkpoint.size, self.checkpoint.root) == (head.position, head.tree_head())
    }
}

/// Why a head was not signed.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// There is no event yet.
    #[error("an empty log has nothing to sign")]
    Empty,
    /// It is read anew; what this process knows may not be in it.
    #[error("the log was put back to another state and is read anew")]
    Replaced,
    /// It never passes by itself.
    #[error(
        "the log is not a continuation of what was signed before: {why}. It was altered, or an \
         older backup was restored; `cairn verify --data` says where it differs. If it was \
         restored on purpose, keep checkpoints/newest elsewhere as the proof of what was lost and \
         take it out of --data: then signing goes on"
    )]
    NotExtending { why: String },
    #[error("the log cannot be read or written now")]
    Log(#[from] LogError),
    #[error("the newest checkpoint cannot be kept in --data")]
    Data(#[from] std::io::Error),
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

impl From<ProofError> for SignError {
    fn from(error: ProofError) -> Self {
        match error {
            ProofError::Log(error) => Self::Log(error),
            ProofError::NoSuch { .. } | ProofError::NotStored { .. } => {
                Self::NotExtending { why: error.to_string() }
            }
        }
    }
}

/// What comes of trying to sign, for all who asked.
pub type Outcome = Result<Arc<Signed>, Arc<SignError>>;

/// Signs the head of the log as this process has folded it.
pub struct Signer {
    ledger: Ledger,
    data: PathBuf,
    key: SigningKey,
    last: Mutex<Last>,
}

#[derive(Default)]
struct Last {
    /// When it was tried, and what came of it.
    tried: Option<(Instant, Outcome)>,
    /// The events up to which the stored hashes are kept.
    hashes_kept: u64,
}

impl Signer {
    pub fn new(ledger: Ledger, data: &Path, key: &SigningKey) -> Self {
        Self { ledger, data: data.to_owned(), key: key.clone(), last: Mutex::default() }
    }

    /// The newest checkpoint. It is signed anew where the log has grown, but at most once a second.
    /// What may pass by itself is told to those who waited for it; for who asks later it is tried
    /// again, since the log may be back.
    pub async fn newest(&self) -> Outcome {
        let asked = Instant::now();
        let mut last = self.last.lock().await;
        match &last.tried {
            Some((at, tried)) if asked <= *at => return tried.clone(),
            Some((at, tried)) if at.elapsed() < SIGN_AGAIN_AFTER && lasts(tried) => {
                return tried.clone();
            }
            // Another log may have grown to the same size in the place of this one.
            Some((_, Ok(signed))) if signed.is_of(self.ledger.snapshot().head()) => {
                return Ok(signed.clone());
            }
            Some(_) | None => {}
        }
        self.try_now(&mut last).await
    }

    /// Signs the head as it is now.
    pub async fn sign(&self) -> Outcome {
        self.try_now(&mut *self.last.lock().await).await
    }

    /// Signs again and again, while there are new events.
    pub async fn keep_on(&self) {
        let mut interval = tokio::time::interval(SIGN_EVERY);
        loop {
            interval.tick().await;
            // What went wrong is told where it is tried.
            let _ = self.newest().await;
        }
    }

    async fn try_now(&self, last: &mut Last) -> Outcome {
        let signed = self.sign_once(&mut last.hashes_kept).await;
        if signed.is_err() {
            // Another log may be there by now, such as an older backup.
            last.hashes_kept = 0;
        }
        match &signed {
            Ok(_) | Err(SignError::Empty) => {}
            Err(error @ SignError::NotExtending { .. }) => {
                tracing::error!("THE HEAD OF THE LOG WAS NOT SIGNED: {error}");
            }
            Err(error) => {
                let error: &dyn std::error::Error = error;
                tracing::warn!(error, "the head of the log was not signed; it is tried again");
            }
        }
        let signed = signed.map(Arc::new).map_err(Arc::new);
        last.tried = Some((Instant::now(), signed.clone()));
        signed
    }

    async fn sign_once(&self, hashes_kept: &mut u64) -> Result<Signed, SignError> {
        let key = self.key.verifying_key();
        let log = self.ledger.log();
        let before = newest::before(log, &self.data, &key).await?;
        let rooms = self.rooms_of(before.iter().map(|before| before.checkpoint.size)).await?;
        self.ledger.standing().check_readable().map_err(|_replaced| SignError::Replaced)?;
        let (head, origin) = (rooms.head(), origin(&key));
        if head.position == 0 {
            return Err(SignError::Empty);
        }
        // Before the comparison, which is made of them.
        if *hashes_kept < head.position {
            proof::keep_subtrees(log, head.position).await?;
            *hashes_kept = head.position;
        }
        for before in &before {
            compare(log, head, &before.checkpoint).await?;
        }
        if Tree::new(log, head.position).root().await? != head.tree_head() {
            let why = "the stored hashes lead to another tree head than its events".to_owned();
            return Err(SignError::NotExtending { why });
        }
        let note = checkpoint::sign(&origin, head, &versions(&rooms), &self.key)?;
        let signed = Signed { checkpoint: read(&note, &key)?, note };
        log.keep_checkpoint(head.position, &signed.note).await?;
        newest::write(&self.data, &key, &signed).await?;
        Ok(signed)
    }

    /// The rooms as of all that was signed before: another process may have signed events that
    /// this one has not followed yet.
    async fn rooms_of(
        &self,
        signed: impl Iterator<Item = u64>,
    ) -> Result<Arc<crate::views::Rooms>, SignError> {
        let size = signed.max().unwrap_or_default();
        let rooms = self.ledger.snapshot();
        if rooms.position() >= size {
            return Ok(rooms);
        }
        let found = self.ledger.log().head().await?.position;
        if found < size {
            let why = format!("{size} events were signed, and it has {found}");
            return Err(SignError::NotExtending { why });
        }
        let seen = self.ledger.seen(size, Instant::now() + SIGN_AGAIN_AFTER).await;
        seen.ok_or(SignError::Log(LogError::Busy))
    }
}

/// Whether trying again at once would come to the same.
fn lasts(tried: &Outcome) -> bool {
    match tried {
        Ok(_) => true,
        Err(error) => matches!(**error, SignError::NotExtending { .. }),
    }
}

/// The version of every project.
fn versions(rooms: &Rooms) -> BTreeMap<String, u64> {
    let version = |room: &Arc<_>| -> (String, u64) {
        let room: &crate::views::Room = room;
        (room.project.key.to_string(), room.project.version)
    };
    rooms.all().map(version).collect()
}

/// Whether the head extends a checkpoint of at most as many events.
async fn compare(log: &dyn Log, head: &Head, before: &Checkpoint) -> Result<(), SignError> {
    let (first, size) = (before.size, head.position);
    if first == 0 {
        return Ok(());
    }
    let proof = Tree::new(log, size).consistency(first).await?;
    if proof::extends(&proof, first, before.root, size, head.tree_head()) {
        return Ok(());
    }
    let why = format!("its first {first} events are not those that were signed");
    Err(SignError::NotExtending { why })
}

/// Signs once: what a command does before it ends. An empty log has nothing to sign.
pub async fn keep(ledger: &Ledger, data: &Path, key: &SigningKey) -> anyhow::Result<()> {
    match Signer::new(ledger.clone(), data, key).sign().await {
        Ok(_) => Ok(()),
        Err(error) if matches!(*error, SignError::Empty) => Ok(()),
        Err(error) => Err(anyhow::Error::new(error).context("the head of the log was not signed")),
    }
}
