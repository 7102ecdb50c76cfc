//! The Commission's typology of errors: why an amount is not certified.

use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::code::written_as_string;

/// A code of the typology, such as `2.1`: a category, or a category and a kind of error in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypologyCode {
    category: u8,
    kind: Option<u8>,
}

/// Why a text is not a code of the typology.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a code of the typology of errors, such as \"2.1\"")]
pub struct NotATypologyCode(String);

impl fmt::Display for TypologyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Some(kind) => write!(f, "{}.{kind}", self.category),
            None => self.category.fmt(f),
        }
    }
}

impl FromStr for TypologyCode {
    type Err = NotATypologyCode;

    fn from_str(text: &str) -> Result<Self, NotATypologyCode> {
        let number = |text: &str| {
            let plain = !text.is_empty() && text.len() <= 2 && !text.starts_with('0');
            let digits = text.bytes().all(|b| b.is_ascii_digit());
            (plain && digits).then(|| text.parse().ok()).flatten()
        };
        let read = || {
            Some(match text.split_once('.') {
                Some((category, kind)) => {
                    Self { category: number(category)?, kind: Some(number(kind)?) }
                }
                None => Self { category: number(text)?, kind: None },
            })
        };
        read().ok_or_else(|| NotATypologyCode(text.chars().take(40).collect()))
    }
}

written_as_string!(TypologyCode, "2.1", r"^[1-9][0-9]?(\.[1-9][0-9]?)?$");
