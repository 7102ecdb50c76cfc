//! Signed heads: the C2SP `tlog-checkpoint`, as a signed note with an Ed25519 signature.

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use signed_note::{Note, NoteError, Verifier, VerifierList};

use crate::head::Head;
use crate::merkle::Hash;

/// What a signed checkpoint states: the root of the first `size` leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checkpoint {
    pub size: u64,
    pub root: Hash,
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
}

/// The note that states `head` of the log named `origin`, signed with `key`. The origin is also
/// the name of the key, as the checkpoint specification advises.
pub fn sign(origin: &str, head: &Head, key: &SigningKey) -> Result<String, CheckpointError> {
    let bad_origin = || CheckpointError::BadOrigin { origin: origin.to_owned() };
    let hash = tlog_tiles::Hash(head.tree_head());
    let statement = tlog_tiles::Checkpoint::new(origin, head.position, hash, "")
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
        Ok(_signatures) => Ok(Checkpoint { size: statement.size(), root: statement.hash().0 }),
        Err(NoteError::MalformedNote) => Err(CheckpointError::Malformed),
        Err(_unsigned) => Err(CheckpointError::NotSigned),
    }
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
    use ed25519_dalek::SigningKey;

    use super::{Checkpoint, CheckpointError, open, sign};
    use crate::head::Head;

    const ORIGIN: &str = "cairn.example/log";

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_bytes(&[seed; 32])
    }

    #[test]
    fn opens_what_it_signed() {
        let head = Head::empty();
        let note = sign(ORIGIN, &head, &key(1)).unwrap();
        let text = "cairn.example/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
        assert!(note.starts_with(&format!("{text}\n— cairn.example/log ")), "{note}");
        let opened = open(&note, ORIGIN, &key(1).verifying_key()).unwrap();
        assert_eq!(opened, Checkpoint { size: 0, root: head.tree_head() });
    }

    #[test]
    fn refuses_another_key_log_or_text() {
        let note = sign(ORIGIN, &Head::empty(), &key(1)).unwrap();
        let key_1 = key(1).verifying_key();
        let other_key = open(&note, ORIGIN, &key(2).verifying_key());
        assert!(matches!(other_key, Err(CheckpointError::NotSigned)));
        let other_log = open(&note, "elsewhere", &key_1);
        assert!(matches!(other_log, Err(CheckpointError::OtherLog { .. })));
        let other_size = open(&note.replacen("\n0\n", "\n7\n", 1), ORIGIN, &key_1);
        assert!(matches!(other_size, Err(CheckpointError::NotSigned)));
        let other_text = open("not a note", ORIGIN, &key_1);
        assert!(matches!(other_text, Err(CheckpointError::Malformed)));
    }

    #[test]
    fn refuses_an_origin_that_no_note_can_carry() {
        for origin in ["", "two words", "a+b", "a\nb"] {
            let refused = sign(origin, &Head::empty(), &key(1));
            assert!(matches!(refused, Err(CheckpointError::BadOrigin { .. })), "{origin:?}");
        }
    }
}
