//! The typology of errors: why an amount is not certified, and what an audit found.
//!
//! The entries are data, in `typology.json`: a code, a sentence of our own, and what the sentence
//! rests on. Codes are only ever added, since what was recorded with one has to stay readable.
//!
//! What the entries are from, and what is not confirmed:
//!
//! - The kinds of category 2, public procurement, follow the irregularities of the Commission's
//!   guidelines on financial corrections, Decision C(2019) 3452, as the code list `irregularity-type`
//!   of the Union's eForms names them; each entry says which.
//! - The other categories are the obligations of Regulation (EU) 2021/1060, Regulation (EU) 2021/1059
//!   and the other acts that stand with them, in the order of what the European Court of Auditors
//!   tells apart in cohesion spending: ineligible costs, procurement, State aid, ineligible projects,
//!   missing documents.
//! - The Commission and the audit authorities share a typology for the annual control reports of
//!   2021 to 2027. Its text could not be had from a public source. *The numbers here are Cairn's
//!   own*: before a code is given in a report to a programme, it has to be compared with that
//!   programme's list. Jems, the monitoring system of many programmes, has no fixed list either:
//!   each programme types in its own.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::code::written_as_string;

/// A code of the typology, such as `2.1`: a category, or a category and a kind of error in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypologyCode {
    category: u8,
    kind: Option<u8>,
}

/// What a code stands for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypologyEntry {
    #[serde(skip, default = "no_code")]
    code: TypologyCode,
    #[serde(rename = "code")]
    written: String,
    pub title: String,
    /// The act or the code list that the entry rests on.
    #[serde(default)]
    pub source: Option<String>,
}

/// Replaced as soon as the entry is read.
const fn no_code() -> TypologyCode {
    TypologyCode { category: 0, kind: None }
}

impl TypologyEntry {
    pub fn code(&self) -> TypologyCode {
        self.code
    }
}

static ENTRIES: LazyLock<BTreeMap<TypologyCode, TypologyEntry>> = LazyLock::new(|| {
    let entries: Vec<TypologyEntry> = serde_json::from_str(include_str!("typology.json"))
        .expect("a test reads the list that the program is built with");
    let entry = |entry: TypologyEntry| {
        let code = TypologyCode::read(&entry.written).expect("a test reads every code of the list");
        (code, TypologyEntry { code, ..entry })
    };
    entries.into_iter().map(entry).collect()
});

/// Every entry, by its code.
pub fn entries() -> impl Iterator<Item = &'static TypologyEntry> {
    ENTRIES.values()
}

/// Why a text is not a code of the typology.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotATypologyCode {
    #[error("`{0}` is not a code of the typology of errors, such as \"2.1\"")]
    Form(String),
    #[error(
        "{code} is not in the typology of errors. {nearest}`/v1/typology` lists every code with \
         what it means"
    )]
    Unknown {
        code: TypologyCode,
        /// A sentence that names the category, or nothing.
        nearest: String,
    },
}

impl TypologyCode {
    /// What the code stands for; every code that was read is in the list.
    pub fn entry(self) -> Option<&'static TypologyEntry> {
        ENTRIES.get(&self)
    }

    /// Reads the form of a code, whether or not it is in the list.
    fn read(text: &str) -> Option<Self> {
        let number = |text: &str| {
            let plain = !text.is_empty() && text.len() <= 2 && !text.starts_with('0');
            let digits = text.bytes().all(|b| b.is_ascii_digit());
            (plain && digits).then(|| text.parse().ok()).flatten()
        };
        Some(match text.split_once('.') {
            Some((category, kind)) => {
                Self { category: number(category)?, kind: Some(number(kind)?) }
            }
            None => Self { category: number(text)?, kind: None },
        })
    }

    fn unknown(self) -> NotATypologyCode {
        let category = Self { category: self.category, kind: None }.entry();
        let nearest = category
            .map(|category| format!("{} is \"{}\". ", category.code, category.title))
            .unwrap_or_default();
        NotATypologyCode::Unknown { code: self, nearest }
    }
}

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
        let cut = || text.chars().take(40).collect();
        let code = Self::read(text).ok_or_else(|| NotATypologyCode::Form(cut()))?;
        code.entry().map(|entry| entry.code).ok_or_else(|| code.unknown())
    }
}

written_as_string!(TypologyCode, "2.1", r"^[1-9][0-9]?(\.[1-9][0-9]?)?$");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_list_is_read_and_written_as_it_stands_there() {
        let all: Vec<_> = entries().collect();
        let written = include_str!("typology.json").matches("\"code\"").count();
        assert_eq!(all.len(), written, "a code stands there twice");
        for entry in all {
            assert_eq!(entry.written.parse(), Ok(entry.code));
            assert_eq!(entry.code.to_string(), entry.written);
            let category = TypologyCode { kind: None, ..entry.code };
            assert!(category.entry().is_some(), "{} has no category", entry.code);
            assert!(!entry.title.is_empty() && !entry.title.ends_with('.'), "{}", entry.code);
        }
    }

    #[test]
    fn a_code_that_is_not_in_the_list_is_refused_with_its_category() {
        let said = |text: &str| text.parse::<TypologyCode>().unwrap_err().to_string();
        assert_eq!(
            said("6.9"),
            "6.9 is not in the typology of errors. 6 is \"Supporting documents are missing\". \
             `/v1/typology` lists every code with what it means"
        );
        assert_eq!(
            said("77.1"),
            "77.1 is not in the typology of errors. `/v1/typology` lists every code with what it \
             means"
        );
    }

    #[test]
    fn refuses_what_is_no_code() {
        for text in ["", "0", "2.", ".1", "2.0", "02", "2.1.1", "a", "100", "2,1", "٢"] {
            let error = text.parse::<TypologyCode>().unwrap_err();
            assert_eq!(error, NotATypologyCode::Form(text.to_owned()));
        }
    }
}
