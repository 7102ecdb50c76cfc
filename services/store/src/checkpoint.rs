//! Signed heads: the C2SP `tlog-checkpoint`, as a signed note with an Ed25519 signature. One
//! extension line a project says how many of the events are the project's, so that nobody can be
//! shown a part of a project as the whole of it:
//!
//! ```text
//! cairn.example/log
//! 214
//! qn2N9wpWY3uYbtlsJIDlDyXIXG3Xlc5SZBqCPgYzRTc=
//! project care-get 210
//! project harbour 4
//!
//! — cairn.example/log ZGq4…
//! ```

use std::collections::BTreeMap;

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use signed_note::{Note, NoteError, Verifier, VerifierList};

use crate::head::Head;
use crate::merkle::Hash;

/// What a signed checkpoint states: the root of the first `size` leaves, and the version that each
/// project has there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    pub size: u64,
    pub root: Hash,
    /// By key. Empty in a checkpoint of before these lines were written.
    pub projects: BTreeMap<String, u64>,
}

#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// Not a checkpoint at all, or a damaged one.
    #[error("the text is not a signed checkpoint")]
    Malformed,
    /// A checkpoint of another log.
    #[error("the checkpoint is of the log {found:?} and not of {wanted:?}")]
    OtherLog { found: String, wanted: String },
    /// Nobody whom the key stands for signed it.
    #[error("the checkpoint is not signed by this key")]
    NotSigned,
    /// The origin cannot stand in a note.
    #[error("{origin:?} cannot name a log: it is empty or has white space or a plus sign")]
    BadOrigin { origin: String },
    /// The key cannot stand in a line.
    #[error("{key:?} cannot be the key of a project: it is empty or has white space")]
    BadKey { key: String },
}

/// The first word of the extension line of a project.
const PROJECT: &str = "project";

/// The note that states `head` of the log named `origin` and the versions of its projects there,
/// signed with `key`. The origin is also the name of the key, as the checkpoint specification
/// advises.
pub fn sign(
    origin: &str,
    head: &Head,
    projects: &BTreeMap<String, u64>,
    key: &SigningKey,
) -> Result<String, CheckpointError> {
    let bad_origin = || CheckpointError::BadOrigin { origin: origin.to_owned() };
    let hash = tlog_tiles::Hash(head.tree_head());
    let mut extension = String::new();
    for (key, version) in projects {
        if key.is_empty() || key.contains(char::is_whitespace) {
            return Err(CheckpointError::BadKey { key: key.clone() });
        }
        extension += &format!("{PROJECT} {key} {version}\n");
    }
    let statement = tlog_tiles::Checkpoint::new(origin, head.position, hash, &extension)
        .map_err(|_malformed| bad_origin())?;
    let text = statement.to_bytes();
    let signature = signed_note::Signature::new(
        origin.to_owned(),
        key_id(origin, &key.verifying_key()),
        key.sign(&text).to_vec(),
    )
    .map_err(|_malformed| bad_origin())?;
    let note = Note::new(&text, &[signature]).map_err(|_malformed| bad_origin())?;
    Ok(String::from_utf8_lossy(&note.to_bytes()).into_owned())
}

/// Reads a signed checkpoint, when it is one of the log named `origin` and signed by `key`.
/// Signatures by others beside it do not matter.
pub fn open(text: &str, origin: &str, key: &VerifyingKey) -> Result<Checkpoint, CheckpointError> {
    let note =
        Note::from_bytes(text.as_bytes()).map_err(|_malformed| CheckpointError::Malformed)?;
    let statement = tlog_tiles::Checkpoint::from_bytes(note.text())
        .map_err(|_malformed| CheckpointError::Malformed)?;
    if statement.origin() != origin {
        let found = statement.origin().to_owned();
        return Err(CheckpointError::OtherLog { found, wanted: origin.to_owned() });
    }
    let known = NamedVerifier { origin: origin.to_owned(), key: *key };
    match note.verify(&VerifierList::new(vec![Box::new(known)])) {
        Ok(_signatures) => {
            let projects =
                read_projects(statement.extension()).ok_or(CheckpointError::Malformed)?;
            Ok(Checkpoint { size: statement.size(), root: statement.hash().0, projects })
        }
        Err(NoteError::MalformedNote) => Err(CheckpointError::Malformed),
        Err(_unsigned) => Err(CheckpointError::NotSigned),
    }
}

/// The versions that the extension lines state. Lines of other kinds do not matter, as the
/// checkpoint specification asks.
fn read_projects(extension: &str) -> Option<BTreeMap<String, u64>> {
    let mut projects = BTreeMap::new();
    for line in extension.lines() {
        let mut words = line.split(' ');
        if words.next() != Some(PROJECT) {
            continue;
        }
        let (key, version) = (words.next()?, words.next()?.parse().ok()?);
        if words.next().is_some() || projects.insert(key.to_owned(), version).is_some() {
            return None;
        }
    }
    Some(projects)
}

/// The type byte of Ed25519 in the key ids of signed notes.
const ED25519: u8 = 1;

fn key_id(origin: &str, key: &VerifyingKey) -> u32 {
    let mut encoded = vec![ED25519];
    encoded.extend_from_slice(key.as_bytes());
    signed_note::key_id(origin, &encoded)
}

/// Joins `signed_note` with our release of `ed25519_dalek`, which is newer than its own.
struct NamedVerifier {
    origin: String,
    key: VerifyingKey,
}

impl Verifier for NamedVerifier {
    fn name(&self) -> &str {
        &self.origin
    }

    fn key_id(&self) -> u32 {
        key_id(&self.origin, &self.key)
    }

    fn verify(&self, msg: &[u8], sig: &[u8]) -> bool {
        Signature::from_slice(sig)
            .is_ok_and(|signature| self.key.verify_strict(msg, &signature).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use ed25519_dalek::SigningKey;

    use super::{Checkpoint, CheckpointError, open, read_projects, sign};
    use crate::head::Head;

    const ORIGIN: &str = "cairn.example/log";

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_bytes(&[seed; 32])
    }

    fn projects() -> BTreeMap<String, u64> {
        [("harbour", 4), ("care-get", 210)].map(|(key, version)| (key.to_owned(), version)).into()
    }

    #[test]
    fn opens_what_it_signed() {
        let head = Head::empty();
        let note = sign(ORIGIN, &head, &projects(), &key(1)).unwrap();
        let text = "cairn.example/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\
                    project care-get 210\nproject harbour 4\n";
        assert!(note.starts_with(&format!("{text}\n— cairn.example/log ")), "{note}");
        let opened = open(&note, ORIGIN, &key(1).verifying_key()).unwrap();
        let (size, root, projects) = (0, head.tree_head(), projects());
        assert_eq!(opened, Checkpoint { size, root, projects });
    }

    #[test]
    fn refuses_another_key_log_or_text() {
        let note = sign(ORIGIN, &Head::empty(), &projects(), &key(1)).unwrap();
        let key_1 = key(1).verifying_key();
        let other_key = open(&note, ORIGIN, &key(2).verifying_key());
        assert!(matches!(other_key, Err(CheckpointError::NotSigned)));
        let other_log = open(&note, "elsewhere", &key_1);
        assert!(matches!(other_log, Err(CheckpointError::OtherLog { .. })));
        for (from, to) in [("\n0\n", "\n7\n"), ("get 210", "get 209"), ("project harbour 4\n", "")]
        {
            let other = open(&note.replacen(from, to, 1), ORIGIN, &key_1);
            assert!(matches!(other, Err(CheckpointError::NotSigned)), "{to:?}");
        }
        let other_text = open("not a note", ORIGIN, &key_1);
        assert!(matches!(other_text, Err(CheckpointError::Malformed)));
    }

    #[test]
    fn reads_the_lines_of_projects_and_no_others() {
        let read = read_projects("witness x\nproject a 1\nprojects b 2\nproject c 3\n").unwrap();
        assert_eq!(read, [("a".to_owned(), 1), ("c".to_owned(), 3)].into());
        for wrong in
            ["project a\n", "project a -1\n", "project a 1 2\n", "project a 1\nproject a 1\n"]
        {
            assert_eq!(read_projects(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn refuses_names_that_no_note_can_carry() {
        for origin in ["", "two words", "a+b", "a\nb"] {
            let refused = sign(origin, &Head::empty(), &projects(), &key(1));
            assert!(matches!(refused, Err(CheckpointError::BadOrigin { .. })), "{origin:?}");
        }
        for project in ["", "two words", "a\nb"] {
            let projects = [(project.to_owned(), 1)].into();
            let refused = sign(ORIGIN, &Head::empty(), &projects, &key(1));
            assert!(matches!(refused, Err(CheckpointError::BadKey { .. })), "{project:?}");
        }
    }
}
