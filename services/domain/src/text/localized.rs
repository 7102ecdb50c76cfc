//! A text in several languages.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{LANGUAGES_MAX, NotAText, TEXT_CHARACTERS_MAX, check};
use crate::code::read_string;
use crate::ids::{Language, NotAName};

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
///
/// Kept as one piece of memory, since most of what a project has is texts: by language, each once,
/// the two letters of the language, a letter of who wrote it, and the text. A zero ends all but the
/// last one; no text has one in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalizedText(Box<str>);

const END: char = '\0';
/// Who wrote a text of which it is not said.
const UNSAID: &str = "-";
const ORIGINAL: &str = "o";
const BY_HUMAN: &str = "h";
const BY_MACHINE: &str = "m";

impl LocalizedText {
    pub fn original_language(&self) -> Language {
        self.whole_original().0
    }

    /// The text as it was written.
    pub fn original(&self) -> &str {
        self.whole_original().1
    }

    /// The text in `language`, if there is one.
    pub fn in_language(&self, language: Language) -> Option<&str> {
        self.all().find(|(found, _)| *found == language).map(|(_, text)| text)
    }

    /// Every language with its text, by language.
    pub fn all(&self) -> impl Iterator<Item = (Language, &str)> {
        self.pieces().map(|(language, _, text)| (language, text))
    }

    /// Who made the translation into `language`; nothing for the original and where unsaid.
    pub fn translator(&self, language: Language) -> Option<Translator> {
        let mut translators = self.translators();
        translators.find(|(found, _)| *found == language).map(|(_, translator)| translator)
    }

    fn translators(&self) -> impl Iterator<Item = (Language, Translator)> {
        self.pieces().filter_map(|(language, by, _)| match by {
            BY_HUMAN => Some((language, Translator::Human)),
            BY_MACHINE => Some((language, Translator::Machine)),
            _ => None,
        })
    }

    fn whole_original(&self) -> (Language, &str) {
        let mut originals = self.pieces().filter(|(_, by, _)| *by == ORIGINAL);
        let (language, _, text) = originals.next().expect("a text has its original");
        (language, text)
    }

    /// Each text with its language and who wrote it.
    fn pieces(&self) -> impl Iterator<Item = (Language, &str, &str)> {
        self.0.split(END).map(|piece| {
            let (language, rest) = piece.split_at(2);
            let (by, text) = rest.split_at(1);
            (language.parse().expect("it was written from a language"), by, text)
        })
    }

    fn new(
        original: Language,
        texts: &BTreeMap<Language, Cow<str>>,
        translated_by: &BTreeMap<Language, Translator>,
    ) -> Self {
        let bytes = texts.values().map(|text| text.len() + 4).sum();
        let mut whole = String::with_capacity(bytes);
        for (language, text) in texts {
            let by = match translated_by.get(language) {
                _ if *language == original => ORIGINAL,
                Some(Translator::Human) => BY_HUMAN,
                Some(Translator::Machine) => BY_MACHINE,
                None => UNSAID,
            };
            if !whole.is_empty() {
                whole.push(END);
            }
            [language.as_str(), by, text].iter().for_each(|part| whole.push_str(part));
        }
        Self(whole.into())
    }
}

impl Serialize for LocalizedText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let translated_by: BTreeMap<Language, Translator> = self.translators().collect();
        let members = 1 + self.all().count() + usize::from(!translated_by.is_empty());
        let mut map = serializer.serialize_map(Some(members))?;
        map.serialize_entry("original", &self.original_language())?;
        for (language, text) in self.all() {
            map.serialize_entry(&language, text)?;
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
        let mut texts = BTreeMap::<Language, Cow<str>>::new();
        let mut translated_by = BTreeMap::<Language, Translator>::new();
        while let Some(member) = map.next_key::<Member>()? {
            match member {
                Member::Original => original = Some(map.next_value::<Language>()?),
                Member::TranslatedBy => translated_by = map.next_value()?,
                Member::Text(language) => {
                    let text: Cow<str> = map.next_value()?;
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
        Ok(LocalizedText::new(original, &texts, &translated_by))
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

#[cfg(test)]
mod tests {
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
    fn a_text_is_in_each_of_its_languages_and_in_no_other() {
        let json = r#"{"original":"it","bg":"Хасково","en":"Haskovo","it":"Città",
            "translatedBy":{"bg":"human"}}"#;
        let text = read(json).unwrap();
        let language = |name: &str| name.parse().unwrap();
        let all: Vec<_> = text.all().map(|(language, text)| format!("{language} {text}")).collect();
        assert_eq!(all, ["bg Хасково", "en Haskovo", "it Città"]);
        assert_eq!((text.original_language(), text.original()), (language("it"), "Città"));
        assert_eq!(text.in_language(language("en")), Some("Haskovo"));
        assert_eq!(text.in_language(language("ro")), None);
        let by = ["bg", "en", "it", "ro"].map(|name| text.translator(language(name)));
        assert_eq!(by, [Some(Translator::Human), None, None, None]);
    }
}
