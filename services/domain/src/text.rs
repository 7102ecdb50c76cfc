//! Texts for people: short names, and texts with their translations.

mod localized;

use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use unicode_normalization::UnicodeNormalization;

use crate::code::written_as_string;
pub use localized::{LocalizedText, Translator};

/// A name or a reference fits in a line of a report.
pub const SHORT_TEXT_CHARACTERS_MAX: usize = 300;
/// About eight printed pages: longer texts belong into a document that is linked.
pub const TEXT_CHARACTERS_MAX: usize = 20_000;
/// What browsers and servers take as an address without cutting it.
pub const URI_CHARACTERS_MAX: usize = 2_000;
/// The Union has 24 official languages.
pub const LANGUAGES_MAX: usize = 24;

/// Why a text was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAText {
    #[error("the text is empty")]
    Empty,
    #[error("the text has {found} characters; at most {max} are taken")]
    TooLong { found: usize, max: usize },
    #[error("the text has the control character U+{0:04X}; take it out")]
    ControlCharacter(u32),
    #[error(
        "this is no address: give one that begins with `https://`, `http://` or `urn:`, or a path \
        such as `evidence/report.pdf`, without spaces"
    )]
    NotAUri,
}

fn check(text: &str, max: usize) -> Result<(), NotAText> {
    if text.trim().is_empty() {
        return Err(NotAText::Empty);
    }
    let found = text.chars().count();
    if found > max {
        return Err(NotAText::TooLong { found, max });
    }
    Ok(())
}

/// One line for people: a title, a reference, a supplier.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ShortText(Box<str>);

impl ShortText {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ShortText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ShortText {
    type Err = NotAText;

    fn from_str(text: &str) -> Result<Self, NotAText> {
        check(text, SHORT_TEXT_CHARACTERS_MAX)?;
        match text.chars().find(|c| c.is_control()) {
            Some(control) => Err(NotAText::ControlCharacter(control.into())),
            None => Ok(Self(text.into())),
        }
    }
}

written_as_string!(ShortText, "Invoice 0000000042", r"^[^\u0000-\u001F\u007F-\u009F]{1,300}$");

/// Where a document lies: an address with the scheme `http`, `https` or `urn`, or a path that is
/// read beside the log, such as `evidence/e-bulletin-1.txt`. People click on it, so no scheme
/// that runs something is taken, and no path that leads to another host.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Uri(Box<str>);

impl Uri {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Uri {
    type Err = NotAText;

    fn from_str(text: &str) -> Result<Self, NotAText> {
        check(text, URI_CHARACTERS_MAX)?;
        let stray = |c: char| c.is_control() || c.is_whitespace() || c == '\\';
        // Only a colon in the first segment ends a scheme (RFC 3986, section 4.2).
        let scheme = text.split(['/', '?', '#']).next().and_then(|first| first.split_once(':'));
        let leads_somewhere = match scheme {
            None => !text.starts_with("//"),
            Some((scheme, _)) => {
                let rest = &text[scheme.len() + 1..];
                match scheme.to_ascii_lowercase().as_str() {
                    "http" | "https" => rest.strip_prefix("//").is_some_and(|rest| {
                        rest.chars().next().is_some_and(|c| !"/?#:".contains(c))
                    }),
                    "urn" => !rest.is_empty(),
                    _ => false,
                }
            }
        };
        if text.contains(stray) || !leads_somewhere {
            return Err(NotAText::NotAUri);
        }
        Ok(Self(text.into()))
    }
}

written_as_string!(
    Uri,
    "https://example.org/report.pdf",
    r"^([Hh][Tt][Tt][Pp][Ss]?://[^\s\u0000-\u001F\u007F-\u009F\\/?#:][^\s\u0000-\u001F\u007F-\u009F\\]*|[Uu][Rr][Nn]:[^\s\u0000-\u001F\u007F-\u009F\\]+|/([^\s\u0000-\u001F\u007F-\u009F\\/][^\s\u0000-\u001F\u007F-\u009F\\]*)?|[^\s\u0000-\u001F\u007F-\u009F\\:/?#]+([/?#][^\s\u0000-\u001F\u007F-\u009F\\]*)?|[?#][^\s\u0000-\u001F\u007F-\u009F\\]*)$",
    URI_CHARACTERS_MAX
);

/// A text as it is compared in a search: without case, accents and final forms, in Latin,
/// Cyrillic and Greek alike.
pub fn fold(text: &str) -> String {
    text.nfkd()
        .flat_map(char::to_lowercase)
        .nfkd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .map(|c| if c == 'ς' { 'σ' } else { c })
        .collect()
}

/// The words of a text as they are compared in a search: folded, in the order of the text. What
/// is neither letter nor digit divides words, so `dell'occupazione` has two.
pub fn folded_words(text: &str) -> Vec<String> {
    fold(text)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn folds_case_and_accents_in_three_alphabets() {
        assert_eq!(fold("Città"), fold("CITTA"));
        assert_eq!(fold("ΆΝΘΡΩΠΟΣ"), fold("άνθρωπος"));
        assert_eq!(fold("ХАСКОВО"), fold("хасково"));
        assert_eq!(fold("Šiauliai"), fold("siauliai"));
    }

    #[test]
    fn divides_words_at_what_is_neither_letter_nor_digit() {
        assert_eq!(folded_words("Qualità dell'occupazione"), ["qualita", "dell", "occupazione"]);
        assert_eq!(folded_words("„Пазарът“ 2021–2023"), ["пазарът", "2021", "2023"]);
        assert_eq!(folded_words(" — "), Vec::<String>::new());
    }

    #[test]
    fn an_address_is_one_that_nothing_runs_from() {
        let schema = <Uri as JsonSchema>::json_schema(&mut SchemaGenerator::default());
        assert_eq!(schema.get("maxLength"), Some(&serde_json::json!(2000)));
        let longest = format!("https://example.org/{}", "я".repeat(1980));
        for text in [
            "https://example.org/a?b=c#d",
            "HTTP://example.org",
            "urn:example:letter",
            "a",
            "/a/b:c",
            "evidence/e-bulletin-1.txt",
            "monthly-rates.json",
            "?page=2",
            "#top",
            "/",
            "д/план.pdf",
            &longest,
        ] {
            assert_eq!(text.parse::<Uri>().map(|uri| uri.to_string()).as_deref(), Ok(text));
        }
        for text in [
            "",
            " ",
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "java\tscript:alert(1)",
            "\u{200b}javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "ftp://a/b",
            "mailto:a@b.c",
            ":a",
            "a b",
            "a\nb",
            "https:",
            "https://",
            "https:a",
            "http:///a",
            "urn:",
            "//example.org/a",
            "/\\example.org",
            "\\\\example.org",
            &(longest.clone() + "я"),
        ] {
            assert!(text.parse::<Uri>().is_err(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in "\\PC{0,40}") {
            prop_assert_eq!(fold(&fold(&text)), fold(&text));
        }
    }
}
