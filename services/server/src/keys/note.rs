//! The verifier key of a signed note, as the C2SP specification writes it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::VerifyingKey;
use sha2::{Digest as _, Sha256};

/// The type byte of Ed25519.
const ED25519: u8 = 1;

/// Reads `name+id+key`. The id is the beginning of a hash over name and key, so that a text
/// which was cut or mistyped is seen.
pub(super) fn verifier_key(text: &str) -> Option<VerifyingKey> {
    let (name, rest) = text.split_once('+')?;
    let (id, encoded) = rest.split_once('+')?;
    let typed_key = STANDARD.decode(encoded).ok()?;
    let hash = Sha256::new().chain_update(name).chain_update("\n").chain_update(&typed_key);
    let hash: [u8; 32] = hash.finalize().into();
    let (wanted_id, _rest) = hash.split_first_chunk::<4>()?;
    if u32::from_str_radix(id, 16) != Ok(u32::from_be_bytes(*wanted_id)) {
        return None;
    }
    match typed_key.split_first()? {
        (&ED25519, key) => VerifyingKey::from_bytes(key.try_into().ok()?).ok(),
        (_other_type, _) => None,
    }
}
