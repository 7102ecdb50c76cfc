//! The keys of tokens, in the form that their crate takes.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::pkcs8::EncodePrivateKey as _;
use ed25519_dalek::{SigningKey, VerifyingKey};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use sha2::{Digest as _, Sha256};

use super::pair;

/// What signs tokens and what checks them.
#[derive(Debug)]
pub struct TokenKeys {
    id: String,
    signing: EncodingKey,
    verifying: DecodingKey,
}

impl TokenKeys {
    /// The only algorithm that these keys are used with, whatever a token says of itself
    /// (RFC 8725, section 3.1). Ed25519, because a check by `aws_lc_rs` takes 25 µs, and 36 µs
    /// with P-256.
    pub const ALGORITHM: Algorithm = Algorithm::EdDSA;

    /// The name by which a token says that it was signed with this key: the thumbprint of
    /// RFC 7638.
    pub fn id(&self) -> &str {
        &self.id
    }

    pub fn signing(&self) -> &EncodingKey {
        &self.signing
    }

    pub fn verifying(&self) -> &DecodingKey {
        &self.verifying
    }

    pub(super) fn new(key: &SigningKey) -> Self {
        let der = pair::private_form(key.to_bytes())
            .to_pkcs8_der()
            .expect("thirty-two bytes are an Ed25519 key");
        let public = key.verifying_key();
        Self {
            id: thumbprint(&public),
            signing: EncodingKey::from_ed_der(der.as_bytes()),
            verifying: DecodingKey::from_ed_der(public.as_bytes()),
        }
    }
}

/// The members and their order are those of RFC 8037, section 2.
fn thumbprint(key: &VerifyingKey) -> String {
    let x = URL_SAFE_NO_PAD.encode(key.as_bytes());
    let jwk = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
    URL_SAFE_NO_PAD.encode(Sha256::digest(jwk))
}
