//! Texts for people: short names, and texts with their translations.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use unicode_normalization::UnicodeNormalization;

use crate::code::{read_string, written_as_string};
use crate::ids::{Language, NotAName};

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

/// Who made a translation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Translator {
    Human,
    Machine,
}

/// A text in the language that it was written in, with translations beside it:
/// `{ "original": "bg", "bg": "…", "en": "…", "translatedBy": { "en": "machine" } }`.
///
/// The original is always there. A translation whose maker is not said has none in
/// `translatedBy`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalizedText {
    original: Language,
    /// By language, each once. A list, since a tree takes several times as much memory, and most
    /// of what a project has is texts.
    texts: Box<[InLanguage]>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct InLanguage {
    language: Language,
    translator: Option<Translator>,
    text: Box<str>,
}

impl LocalizedText {
    pub fn original_language(&self) -> Language {
        self.original
    }

    /// The text as it was written.
    pub fn original(&self) -> &str {
        self.in_language(self.original).unwrap_or_default()
    }

    /// The text in `language`, if there is one.
    pub fn in_language(&self, language: Language) -> Option<&str> {
        self.find(language).map(|found| &*found.text)
    }

    /// Every language with its text, by language.
    pub fn all(&self) -> impl Iterator<Item = (Language, &str)> {
        self.texts.iter().map(|found| (found.language, &*found.text))
    }

    /// Who made the translation into `language`; nothing for the original and where unsaid.
    pub fn translator(&self, language: Language) -> Option<Translator> {
        self.find(language)?.translator
    }

    fn find(&self, language: Language) -> Option<&InLanguage> {
        self.texts.iter().find(|found| found.language == language)
    }
}

impl Serialize for LocalizedText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let translated_by: BTreeMap<Language, Translator> = self
            .texts
            .iter()
            .filter_map(|found| found.translator.map(|translator| (found.language, translator)))
            .collect();
        let translated = usize::from(!translated_by.is_empty());
        let mut map = serializer.serialize_map(Some(1 + self.texts.len() + translated))?;
        map.serialize_entry("original", &self.original)?;
        for found in &self.texts {
            map.serialize_entry(&found.language, &found.text)?;
        }
        if !translated_by.is_empty() {
            map.serialize_entry("translatedBy", &translated_by)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for LocalizedText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(LocalizedTextVisitor)
    }
}

struct LocalizedTextVisitor;

impl<'de> de::Visitor<'de> for LocalizedTextVisitor {
    type Value = LocalizedText;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text such as { \"original\": \"bg\", \"bg\": \"…\", \"en\": \"…\" }")
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<LocalizedText, A::Error> {
        let mut original = None;
        let mut texts = BTreeMap::<Language, Box<str>>::new();
        let mut translated_by = BTreeMap::<Language, Translator>::new();
        while let Some(member) = map.next_key::<Member>()? {
            match member {
                Member::Original => original = Some(map.next_value::<Language>()?),
                Member::TranslatedBy => translated_by = map.next_value()?,
                Member::Text(language) => {
                    let text: Box<str> = map.next_value()?;
                    check_paragraphs(&text).map_err(de::Error::custom)?;
                    texts.insert(language, text);
                }
            }
        }
        let original = original.ok_or_else(|| {
            de::Error::custom("`original` is missing: say which language the text was written in")
        })?;
        if !texts.contains_key(&original) {
            return Err(de::Error::custom(format!(
                "`original` is `{original}`, and there is no text under `{original}`"
            )));
        }
        if texts.len() > LANGUAGES_MAX {
            return Err(de::Error::custom("a text has at most 24 languages"));
        }
        let unknown = translated_by.keys().find(|l| **l == original || !texts.contains_key(l));
        if let Some(language) = unknown {
            return Err(de::Error::custom(format!(
                "`translatedBy` names `{language}`, which is not a translation here"
            )));
        }
        let in_language = |(language, text)| {
            let translator = translated_by.get(&language).copied();
            InLanguage { language, translator, text }
        };
        Ok(LocalizedText { original, texts: texts.into_iter().map(in_language).collect() })
    }
}

/// The name of a member of a text in JSON.
enum Member {
    Original,
    TranslatedBy,
    Text(Language),
}

impl FromStr for Member {
    type Err = NotAName;

    fn from_str(name: &str) -> Result<Self, NotAName> {
        match name {
            "original" => Ok(Self::Original),
            "translatedBy" => Ok(Self::TranslatedBy),
            language => language.parse().map(Self::Text),
        }
    }
}

impl<'de> Deserialize<'de> for Member {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_string(deserializer)
    }
}

fn check_paragraphs(text: &str) -> Result<(), NotAText> {
    check(text, TEXT_CHARACTERS_MAX)?;
    match text.chars().find(|c| c.is_control() && *c != '\n' && *c != '\t') {
        Some(control) => Err(NotAText::ControlCharacter(control.into())),
        None => Ok(()),
    }
}

impl JsonSchema for LocalizedText {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "LocalizedText".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "description": "A text in the language it was written in (`original`), with its \
                translations; `translatedBy` says of each whether a human or a machine made it.",
            "properties": {
                "original": { "type": "string", "pattern": "^[a-z]{2}$" },
                "translatedBy": {
                    "type": "object",
                    "propertyNames": { "pattern": "^[a-z]{2}$" },
                    "additionalProperties": { "enum": ["human", "machine"] }
                }
            },
            "patternProperties": { "^[a-z]{2}$": { "type": "string", "minLength": 1, "maxLength": TEXT_CHARACTERS_MAX } },
            "additionalProperties": false,
            "required": ["original"],
            "examples": [{ "original": "bg", "bg": "Липса на кадри", "en": "Lack of staff",
                           "translatedBy": { "en": "human" } }]
        })
    }
}

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

    fn read(json: &str) -> Result<LocalizedText, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn keeps_the_original_and_who_translated() {
        let json =
            r#"{"original":"bg","bg":"Хасково","en":"Haskovo","translatedBy":{"en":"machine"}}"#;
        let text = read(json).unwrap();
        assert_eq!(text.original(), "Хасково");
        assert_eq!(text.translator("en".parse().unwrap()), Some(Translator::Machine));
        assert_eq!(serde_json::to_string(&text).unwrap(), json);
    }

    #[test]
    fn refuses_a_text_without_its_original() {
        assert!(read(r#"{"bg":"а"}"#).unwrap_err().contains("`original` is missing"));
        assert!(read(r#"{"original":"bg","en":"a"}"#).unwrap_err().contains("no text under `bg`"));
        assert!(read(r#"{"original":"en","en":""}"#).unwrap_err().contains("empty"));
        assert!(read(r#"{"original":"en","en":"a\u0000"}"#).unwrap_err().contains("U+0000"));
        assert!(read(r#""plain""#).unwrap_err().contains("a text such as"));
    }

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
