//! Who is asking: a bearer token becomes a subject. What the subject may do is not asked here;
//! that is in the log.
//!
//! Tokens are JSON Web Tokens as RFC 9068 profiles them, checked as RFC 8725 advises: one
//! algorithm per key, whatever the token says; a type of its own, so that no other kind of token
//! passes; issuer, audience and lifetime always. A header's `jku`, `jwk`, `x5u` and `x5c` are
//! never followed; `crit` is refused, since no extension is known here.

mod fault;
mod claims;

use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use cairn_domain::ids::Subject;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{DecodingKey, Header};
use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use sha2::{Digest as _, Sha256};

use crate::keys::TokenKeys;

pub use fault::TokenFault;

use claims::{Claims, Grant, IssuedClaims};

/// Who issues the tokens that `cairn token` prints. Compared, so that a token which another
/// issuer signed with a key that it shares by mistake does not pass.
pub const ISSUER: &str = "cairn";

/// Whom a token has to be meant for. Compared, so that a token which its bearer got for another
/// service cannot be used by that service here.
pub const AUDIENCE: &str = "cairn-api";

/// The type of an access token (RFC 9068, section 2.1). It keeps out identity tokens, which
/// the same issuer signs with the same key.
const TOKEN_TYPE: &str = "at+jwt";

/// A stolen token is of use for a day at most; a working day fits.
pub const LIFETIME_MAX: SignedDuration = SignedDuration::from_hours(24);

/// How far the clocks of two servers that share their keys may be apart.
pub const CLOCK_LEEWAY: SignedDuration = SignedDuration::from_secs(30);

/// Tokens are read before it is known who sent them: more than this is not even decoded. Ours
/// have 470 bytes; issuers that list groups make some of 4 kB.
pub const TOKEN_BYTES_MAX: usize = 8 * 1024;

/// Verified tokens that are remembered: some for each member of a hundred projects, in 3 MB.
const REMEMBERED_MAX: u64 = 10_000;

/// Reads the token from the headers of a request.
pub fn bearer(headers: &HeaderMap) -> Result<&str, TokenFault> {
    let mut stated = headers.get_all(AUTHORIZATION);
    let header = stated.next().ok_or(TokenFault::Missing)?;
    if stated.next().is_some() {
        return Err(TokenFault::Repeated);
    }
    let text = header.to_str().map_err(|_not_text| TokenFault::Malformed)?;
    match text.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(token.trim()),
        Some(_) | None => Err(TokenFault::Missing),
    }
}

/// Checks tokens against the public half of one key.
pub struct Verifier {
    key_id: String,
    key: DecodingKey,
    /// By the SHA-256 of the whole token, so that another token never finds the entry.
    /// What has expired is pushed out by what is used; until then it is refused like any other.
    remembered: Cache<[u8; 32], Grant>,
}

impl Verifier {
    pub fn new(keys: &TokenKeys) -> Self {
        Self {
            key_id: keys.id().to_owned(),
            key: keys.verifying().clone(),
            remembered: Cache::builder()
                .max_capacity(REMEMBERED_MAX)
                .eviction_policy(EvictionPolicy::lru())
                .build(),
        }
    }

    /// Whom `token` speaks of, when it is good at `now`. A token that was good before costs a
    /// hash and a look-up; its times are judged again.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Subject, TokenFault> {
        if token.len() > TOKEN_BYTES_MAX {
            return Err(TokenFault::TooLong);
        }
        let hash: [u8; 32] = Sha256::digest(token).into();
        if let Some(grant) = self.remembered.get(&hash) {
            return grant.at(now);
        }
        let grant = self.signed_claims(token)?.judge()?;
        let subject = grant.clone().at(now)?;
        self.remembered.insert(hash, grant);
        Ok(subject)
    }

    fn signed_claims(&self, token: &str) -> Result<Claims, TokenFault> {
        let header =
            jsonwebtoken::decode_header(token).map_err(|_undecodable| TokenFault::Malformed)?;
        if header.crit.is_some() {
            return Err(TokenFault::Malformed);
        }
        if !header.typ.as_deref().is_some_and(is_access_token) {
            return Err(TokenFault::WrongType);
        }
        if header.kid.as_ref() != Some(&self.key_id) {
            return Err(TokenFault::UnknownKey);
        }
        if header.alg != TokenKeys::ALGORITHM || !self.signed(token)? {
            return Err(TokenFault::WrongSignature);
        }
        Claims::read(token)
    }

    /// Whether the signature is right, and nothing else: the crate's own check of a whole token
    /// compares times with the system's clock, and here the time is passed in.
    fn signed(&self, token: &str) -> Result<bool, TokenFault> {
        let (message, signature) = token.rsplit_once('.').ok_or(TokenFault::Malformed)?;
        jsonwebtoken::crypto::verify(signature, message.as_bytes(), &self.key, TokenKeys::ALGORITHM)
            .map_err(|_undecodable| TokenFault::Malformed)
    }
}

/// Media types are compared without regard to case, and `application/` may be left out
/// (RFC 7515, section 4.1.9).
fn is_access_token(kind: &str) -> bool {
    let kind = kind.to_ascii_lowercase();
    kind.strip_prefix("application/").unwrap_or(&kind) == TOKEN_TYPE
}

/// A token that says `subject` from `now` on, for `lifetime`, in whole seconds.
pub fn issue(
    keys: &TokenKeys,
    subject: &Subject,
    lifetime: SignedDuration,
    now: Timestamp,
) -> Result<String, IssueError> {
    if lifetime < SignedDuration::from_secs(1) || lifetime > LIFETIME_MAX {
        return Err(IssueError::Lifetime { asked: lifetime });
    }
    let mut header = Header::new(TokenKeys::ALGORITHM);
    header.typ = Some(TOKEN_TYPE.to_owned());
    header.kid = Some(keys.id().to_owned());
    let claims = IssuedClaims::new(subject, lifetime, now);
    jsonwebtoken::encode(&header, &claims, keys.signing()).map_err(IssueError::Signing)
}

#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    #[error(
        "a token lives from 1 second to {LIFETIME_MAX:#}, and {asked:#} was asked for: \
         give another `--ttl`, such as `8h`"
    )]
    Lifetime { asked: SignedDuration },
    #[error("the token cannot be signed with the key in `--data`")]
    Signing(#[source] jsonwebtoken::errors::Error),
}

#[cfg(test)]
mod tests;
