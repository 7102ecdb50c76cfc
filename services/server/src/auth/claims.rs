//! What a token says, and what is believed of it.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cairn_domain::ids::Subject;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::{AUDIENCE, CLOCK_LEEWAY, ISSUER, LIFETIME_MAX, TokenFault};

/// What a good token grants: to speak for `subject`, from one instant to another.
#[derive(Clone)]
pub(super) struct Grant {
    subject: Subject,
    from: Timestamp,
    expires: Timestamp,
}

impl Grant {
    pub(super) fn at(self, now: Timestamp) -> Result<Subject, TokenFault> {
        if now.duration_since(self.expires) >= CLOCK_LEEWAY {
            Err(TokenFault::Expired { at: self.expires })
        } else if self.from.duration_since(now) > CLOCK_LEEWAY {
            Err(TokenFault::NotYetValid { from: self.from })
        } else {
            Ok(self.subject)
        }
    }
}

/// The claims as they came. Each may be missing or of any kind, so that the fault names it.
#[derive(Deserialize)]
pub(super) struct Claims {
    iss: Option<Value>,
    aud: Option<Value>,
    sub: Option<Value>,
    iat: Option<Value>,
    nbf: Option<Value>,
    exp: Option<Value>,
}

impl Claims {
    /// Reads the middle part of a token whose signature was checked.
    pub(super) fn read(token: &str) -> Result<Self, TokenFault> {
        let encoded = token.split('.').nth(1).ok_or(TokenFault::Malformed)?;
        let bytes = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| TokenFault::Malformed)?;
        serde_json::from_slice(&bytes).map_err(|_| TokenFault::Malformed)
    }

    /// Judges everything that time does not change.
    pub(super) fn judge(&self) -> Result<Grant, TokenFault> {
        if text(&self.iss, "iss")? != ISSUER {
            return Err(TokenFault::WrongIssuer);
        }
        if !audience(&self.aud)?.iter().any(|name| name == AUDIENCE) {
            return Err(TokenFault::WrongAudience);
        }
        let subject = text(&self.sub, "sub")?
            .parse()
            .map_err(|_not_a_name| TokenFault::BadClaim { claim: "sub" })?;
        let issued = instant(&self.iat, "iat")?;
        let expires = instant(&self.exp, "exp")?;
        if expires.duration_since(issued) > LIFETIME_MAX {
            return Err(TokenFault::LivesTooLong);
        }
        // Issued in the future is as little good as valid from then on.
        let from = instant(&self.nbf, "nbf")?.max(issued);
        Ok(Grant { subject, from, expires })
    }
}

fn text<'a>(value: &'a Option<Value>, claim: &'static str) -> Result<&'a str, TokenFault> {
    value.as_ref().and_then(Value::as_str).ok_or(TokenFault::BadClaim { claim })
}

/// One name or a list of names (RFC 7519, section 4.1.3).
fn audience(value: &Option<Value>) -> Result<Cow<'_, [Value]>, TokenFault> {
    match value {
        Some(Value::Array(names)) => Ok(Cow::Borrowed(names)),
        Some(name @ Value::String(_)) => Ok(Cow::Owned(vec![name.clone()])),
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) | None => {
            Err(TokenFault::BadClaim { claim: "aud" })
        }
    }
}

/// Whole seconds since 1970: no issuer is known that writes fractions, which RFC 7519 allows.
fn instant(value: &Option<Value>, claim: &'static str) -> Result<Timestamp, TokenFault> {
    value
        .as_ref()
        .and_then(Value::as_i64)
        .and_then(|seconds| Timestamp::from_second(seconds).ok())
        .ok_or(TokenFault::BadClaim { claim })
}

/// The claims that RFC 9068 (section 2.2) requires of an issuer, and `nbf`.
#[derive(Serialize)]
pub(super) struct IssuedClaims<'a> {
    iss: &'static str,
    aud: &'static str,
    sub: &'a str,
    client_id: &'static str,
    iat: i64,
    nbf: i64,
    exp: i64,
    jti: Uuid,
}

impl<'a> IssuedClaims<'a> {
    pub(super) fn new(subject: &'a Subject, lifetime: SignedDuration, now: Timestamp) -> Self {
        let issued = now.as_second();
        Self {
            iss: ISSUER,
            aud: AUDIENCE,
            sub: subject.as_str(),
            client_id: ISSUER,
            iat: issued,
            nbf: issued,
            exp: issued + lifetime.as_secs(),
            jti: Uuid::new_v4(),
        }
    }
}
