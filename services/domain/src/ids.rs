//! Names of things: a project's key, a partner's number, a subject, a country.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::code::written_as_string;

/// The id that its poster gave an event. Things that an event makes (a line, a lesson, a
/// question) are named by it.
pub type EventId = Uuid;

/// A partner's number in its project; the lead partner is 1 by the programme's custom.
pub type PartnerNumber = u32;

/// The largest number of a partner, a milestone or a version of the application form: no project
/// has a thousand of one of them, and a longer number is a typing error.
pub const NUMBER_MAX: u32 = 999;

/// Why a text is not the name that it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {expected}")]
pub struct NotAName {
    text: String,
    expected: &'static str,
}

fn not_a_name(text: &str, expected: &'static str) -> NotAName {
    NotAName { text: text.chars().take(40).collect(), expected }
}

/// The key of a project: a slug of at most 63 characters, `care-get`. It is the path segment of
/// the project's postings.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProjectKey(String);

impl ProjectKey {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ProjectKey {
    type Err = NotAName;

    fn from_str(text: &str) -> Result<Self, NotAName> {
        let plain = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if plain && (1..=63).contains(&text.len()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(not_a_name(
                text,
                "a project's key: 1 to 63 of a-z, 0-9 and the hyphen, such as `care-get`",
            ))
        }
    }
}

/// Who a token speaks of: an opaque identifier of the issuer, never a person's name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Subject(Arc<str>);

impl Subject {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Subject {
    type Err = NotAName;

    fn from_str(text: &str) -> Result<Self, NotAName> {
        let printable = text.chars().all(|c| !c.is_control() && !c.is_whitespace());
        if printable && !text.is_empty() && text.len() <= 255 {
            Ok(Self(text.into()))
        } else {
            Err(not_a_name(text, "a subject: 1 to 255 bytes without spaces or control characters"))
        }
    }
}

/// An ISO 3166-1 alpha-2 country code, with EU usage for Greece (`GR` and `EL` are one).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Country([u8; 2]);

impl Country {
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a country is two ASCII letters by construction")
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Country {
    type Err = NotAName;

    fn from_str(text: &str) -> Result<Self, NotAName> {
        match <[u8; 2]>::try_from(text.as_bytes()) {
            Ok([b'E', b'L']) => Ok(Self(*b"GR")),
            Ok(bytes) if bytes.iter().all(u8::is_ascii_uppercase) => Ok(Self(bytes)),
            Ok(_) | Err(_) => {
                Err(not_a_name(text, "a country of two capital letters, such as `BG` or `RO`"))
            }
        }
    }
}

/// An ISO 639-1 language: two small letters.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Language([u8; 2]);

impl Language {
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a language is two ASCII letters by construction")
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Language {
    type Err = NotAName;

    fn from_str(text: &str) -> Result<Self, NotAName> {
        <[u8; 2]>::try_from(text.as_bytes())
            .ok()
            .filter(|bytes| bytes.iter().all(u8::is_ascii_lowercase))
            .map(Self)
            .ok_or_else(|| {
                not_a_name(text, "a language of two small letters, such as `bg` or `en`")
            })
    }
}

/// A SHA-256, written as 64 small hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Sha256([u8; 32]);

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl From<[u8; 32]> for Sha256 {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl FromStr for Sha256 {
    type Err = NotAName;

    fn from_str(text: &str) -> Result<Self, NotAName> {
        let wrong = || not_a_name(text, "a SHA-256: 64 hexadecimal digits");
        if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            let digits = std::str::from_utf8(pair).map_err(|_| wrong())?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| wrong())?;
        }
        Ok(Self(bytes))
    }
}

written_as_string!(ProjectKey, "care-get", r"^[a-z0-9-]{1,63}$");
written_as_string!(Subject, "urn:uuid:5c1c…", r"^[^\s\u0000-\u001F\u007F-\u009F]{1,255}$");
written_as_string!(Country, "BG", r"^[A-Z]{2}$");
written_as_string!(Language, "bg", r"^[a-z]{2}$");
written_as_string!(
    Sha256,
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    r"^[0-9a-fA-F]{64}$"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_slug() {
        assert!("care-get".parse::<ProjectKey>().is_ok());
        for text in ["", "CARE-GET", "a b", "a/b", "проект", &"x".repeat(64)] {
            assert!(text.parse::<ProjectKey>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_subject_has_no_control_characters() {
        assert!("auth0|42".parse::<Subject>().is_ok());
        for text in ["", "a b", "a\u{0}b", "a\nb"] {
            assert!(text.parse::<Subject>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_hash_is_kept_in_small_letters() {
        let hash: Sha256 = "AB".repeat(32).parse().unwrap();
        assert_eq!(hash.to_string(), "ab".repeat(32));
        assert!("ab".repeat(31).parse::<Sha256>().is_err());
    }

    #[test]
    fn greece_has_one_code() {
        assert_eq!("EL".parse::<Country>().unwrap().to_string(), "GR");
    }
}
