//! The codes of an application form: `WP 5`, `A 5.1`, `D 4.1.2`, `O 5.1`, `I 6.1`.
//!
//! People write `D4.1.2`, `d 4.1.2`, `Д 4.1.2`, and even the first bulletin of CARE-GET has a
//! Cyrillic А beside a Latin A. All of these are read; one canonical form is stored and printed.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The largest number in a code: no form has a thousand work packages, and a longer run of
/// digits is a typing error.
pub const CODE_NUMBER_MAX: u16 = 999;

/// Any code of an application form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Code {
    WorkPackage(WorkPackageCode),
    Activity(ActivityCode),
    Deliverable(DeliverableCode),
    Output(OutputCode),
    Investment(InvestmentCode),
}

/// `WP 5`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WorkPackageCode(u16);

/// `A 5.1`: work package 5, activity 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ActivityCode([u16; 2]);

/// `D 4.1.2`: work package 4, activity 1, number 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeliverableCode([u16; 3]);

/// `O 5.1`: work package 5, output 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OutputCode([u16; 2]);

/// `I 6.1`: work package 6, investment 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InvestmentCode([u16; 2]);

/// Why a text is not a code; the sentence says what one looks like.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {expected}")]
pub struct NotACode {
    text: String,
    expected: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Letter {
    WorkPackage,
    Activity,
    Deliverable,
    Output,
    Investment,
}

impl Letter {
    /// Latin, Cyrillic and Greek letters that look alike or are the local word's first letter.
    fn parse(prefix: &str) -> Option<Self> {
        match prefix.to_uppercase().as_str() {
            "WP" | "РП" | "ΠΕ" => Some(Self::WorkPackage),
            "A" | "А" | "Α" => Some(Self::Activity),
            "D" | "Д" | "Δ" => Some(Self::Deliverable),
            "O" | "О" | "Ο" => Some(Self::Output),
            "I" | "І" | "Ι" => Some(Self::Investment),
            _ => None,
        }
    }
}

impl Code {
    /// The work package that the code belongs to.
    pub fn work_package(self) -> WorkPackageCode {
        match self {
            Self::WorkPackage(code) => code,
            Self::Activity(code) => code.work_package(),
            Self::Deliverable(code) => code.work_package(),
            Self::Output(code) => code.work_package(),
            Self::Investment(code) => code.work_package(),
        }
    }

    /// The code that must be in a form for this one to be: a deliverable's activity, and the
    /// work package of the others. A work package has none.
    pub fn parent(self) -> Option<Code> {
        match self {
            Self::WorkPackage(_) => None,
            Self::Deliverable(code) => Some(Self::Activity(code.activity())),
            Self::Activity(_) | Self::Output(_) | Self::Investment(_) => {
                Some(Self::WorkPackage(self.work_package()))
            }
        }
    }
}

impl ActivityCode {
    pub fn work_package(self) -> WorkPackageCode {
        WorkPackageCode(self.0[0])
    }
}

impl DeliverableCode {
    pub fn work_package(self) -> WorkPackageCode {
        WorkPackageCode(self.0[0])
    }

    pub fn activity(self) -> ActivityCode {
        ActivityCode([self.0[0], self.0[1]])
    }
}

impl OutputCode {
    pub fn work_package(self) -> WorkPackageCode {
        WorkPackageCode(self.0[0])
    }
}

impl InvestmentCode {
    pub fn work_package(self) -> WorkPackageCode {
        WorkPackageCode(self.0[0])
    }
}

impl FromStr for Code {
    type Err = NotACode;

    fn from_str(text: &str) -> Result<Self, NotACode> {
        parse(text).ok_or_else(|| NotACode {
            text: text.chars().take(40).collect(),
            expected: "a code such as `WP 5`, `A 5.1`, `D 4.1.2`, `O 5.1` or `I 6.1`",
        })
    }
}

fn parse(text: &str) -> Option<Code> {
    // A space inside a number is a slip of which nobody knows the meaning.
    let mut parts = text.split_whitespace();
    let mut dense = parts.next()?.to_owned();
    for part in parts {
        let digits_meet = dense.ends_with(|c: char| c.is_ascii_digit())
            && part.starts_with(|c: char| c.is_ascii_digit());
        if digits_meet {
            return None;
        }
        dense.push_str(part);
    }
    let digits_at = dense.find(|c: char| c.is_ascii_digit())?;
    let (prefix, numbers) = dense.split_at(digits_at);
    let numbers = numbers.strip_suffix('.').unwrap_or(numbers);
    let numbers: Vec<u16> = numbers.split('.').map(number).collect::<Option<_>>()?;
    match (Letter::parse(prefix)?, numbers.as_slice()) {
        (Letter::WorkPackage, &[n]) => Some(Code::WorkPackage(WorkPackageCode(n))),
        (Letter::Activity, &[wp, n]) => Some(Code::Activity(ActivityCode([wp, n]))),
        (Letter::Deliverable, &[wp, a, n]) => Some(Code::Deliverable(DeliverableCode([wp, a, n]))),
        (Letter::Output, &[wp, n]) => Some(Code::Output(OutputCode([wp, n]))),
        (Letter::Investment, &[wp, n]) => Some(Code::Investment(InvestmentCode([wp, n]))),
        (
            Letter::WorkPackage
            | Letter::Activity
            | Letter::Deliverable
            | Letter::Output
            | Letter::Investment,
            _,
        ) => None,
    }
}

fn number(digits: &str) -> Option<u16> {
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    let significant = digits.trim_start_matches('0');
    if !plain || significant.is_empty() || significant.len() > 3 {
        return None;
    }
    significant.parse().ok().filter(|n| (1..=CODE_NUMBER_MAX).contains(n))
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WorkPackage(code) => code.fmt(f),
            Self::Activity(code) => code.fmt(f),
            Self::Deliverable(code) => code.fmt(f),
            Self::Output(code) => code.fmt(f),
            Self::Investment(code) => code.fmt(f),
        }
    }
}

impl fmt::Display for WorkPackageCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WP {}", self.0)
    }
}

impl fmt::Display for ActivityCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "A {}.{}", self.0[0], self.0[1])
    }
}

impl fmt::Display for DeliverableCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "D {}.{}.{}", self.0[0], self.0[1], self.0[2])
    }
}

impl fmt::Display for OutputCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "O {}.{}", self.0[0], self.0[1])
    }
}

impl fmt::Display for InvestmentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "I {}.{}", self.0[0], self.0[1])
    }
}

/// Gives a code type its way in and out as one canonical string.
macro_rules! written_as_code {
    ($type:ident, $variant:ident, $example:literal, $pattern:literal) => {
        impl FromStr for $type {
            type Err = NotACode;

            fn from_str(text: &str) -> Result<Self, NotACode> {
                if let Some(Code::$variant(code)) = parse(text) {
                    return Ok(code);
                }
                Err(NotACode {
                    text: text.chars().take(40).collect(),
                    expected: concat!("a code such as `", $example, "`"),
                })
            }
        }

        impl From<$type> for Code {
            fn from(code: $type) -> Self {
                Self::$variant(code)
            }
        }

        impl TryFrom<Code> for $type {
            type Error = NotACode;

            fn try_from(code: Code) -> Result<Self, NotACode> {
                match code {
                    Code::$variant(code) => Ok(code),
                    other => Err(NotACode {
                        text: other.to_string(),
                        expected: concat!("a code such as `", $example, "`"),
                    }),
                }
            }
        }

        written_as_string!($type, $example, $pattern);
    };
}

/// Reads what is written as a string, without a copy of the text.
pub(crate) fn read_string<'de, D: Deserializer<'de>, T: FromStr<Err: fmt::Display>>(
    deserializer: D,
) -> Result<T, D::Error> {
    deserializer.deserialize_str(StringVisitor(PhantomData))
}

struct StringVisitor<T>(PhantomData<T>);

impl<T: FromStr<Err: fmt::Display>> de::Visitor<'_> for StringVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // As serde says it of every text.
        f.write_str("a string")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}

/// Gives a type that has `Display` and `FromStr` its JSON form and its JSON Schema.
macro_rules! written_as_string {
    ($type:ident, $example:literal, $pattern:literal $(, $characters_max:expr)?) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                crate::code::read_string(deserializer)
            }
        }

        crate::code::has_string_schema!($type, $example, $pattern $(, $characters_max)?);
    };
}
pub(crate) use written_as_string;

/// Gives a type that is a string in JSON its JSON Schema.
macro_rules! has_string_schema {
    ($type:ident, $example:literal, $pattern:literal $(, $characters_max:expr)?) => {
        impl JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({
                    "type": "string",
                    "pattern": $pattern,
                    $("maxLength": $characters_max,)?
                    "examples": [$example]
                })
            }
        }
    };
}
pub(crate) use has_string_schema;

// The patterns use what all dialects of regular expressions have, so that any client reads them.
written_as_code!(
    WorkPackageCode,
    WorkPackage,
    "WP 5",
    r"^\s*([Ww][Pp]|[Рр][Пп]|[Ππ][Εε])\s*[0-9]+\s*\.?\s*$"
);
written_as_code!(ActivityCode, Activity, "A 5.1", r"^\s*[AaАаΑα]\s*[0-9]+\s*\.\s*[0-9]+\s*\.?\s*$");
written_as_code!(
    DeliverableCode,
    Deliverable,
    "D 4.1.2",
    r"^\s*[DdДдΔδ]\s*[0-9]+(\s*\.\s*[0-9]+){2}\s*\.?\s*$"
);
written_as_code!(OutputCode, Output, "O 5.1", r"^\s*[OoОоΟο]\s*[0-9]+\s*\.\s*[0-9]+\s*\.?\s*$");
written_as_code!(
    InvestmentCode,
    Investment,
    "I 6.1",
    r"^\s*[IiІіΙι]\s*[0-9]+\s*\.\s*[0-9]+\s*\.?\s*$"
);
written_as_string!(
    Code,
    "D 4.1.2",
    r"^\s*[A-Za-zА-Яа-яІіΑ-Ωα-ω]{1,2}\s*[0-9]+(\s*\.\s*[0-9]+){0,2}\s*\.?\s*$"
);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_way_of_writing_an_activity_is_one_activity() {
        for text in ["А 5.1", "Α 5.1", "a5.1", " A  5.1 ", "A 5.1", "а\u{a0}5.1.", "α 05.01"] {
            assert_eq!(text.parse::<Code>().unwrap().to_string(), "A 5.1", "{text}");
        }
    }

    #[test]
    fn reads_the_letters_of_three_alphabets() {
        let cases = [
            ("Д 4.1.2", "D 4.1.2"),
            ("δ4.1.2", "D 4.1.2"),
            ("о 5.1", "O 5.1"),
            ("Ο 5.1", "O 5.1"),
            ("і 6.1", "I 6.1"),
            ("Ι6.1", "I 6.1"),
            ("рп 5", "WP 5"),
            ("ΠΕ5", "WP 5"),
            ("wp\u{2003}5", "WP 5"),
        ];
        for (text, canonical) in cases {
            assert_eq!(text.parse::<Code>().unwrap().to_string(), canonical, "{text}");
        }
    }

    #[test]
    fn refuses_what_is_not_a_code() {
        for text in [
            "", "A", "5.1", "A 5", "A 5.1.1", "D 4.1", "A 5.٣", "A 5,1", "A 0.1", "B 5.1",
            "A 5.1..", "A -5.1", "A 5. 1 2", "A 5.1000", "WP 1.1", "A 5.1x",
        ] {
            assert!(text.parse::<Code>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_deliverable_hangs_under_its_activity() {
        let code: Code = "D 4.1.2".parse().unwrap();
        assert_eq!(code.parent(), Some("A 4.1".parse().unwrap()));
        assert_eq!(code.work_package().to_string(), "WP 4");
    }

    proptest! {
        #[test]
        fn canonical_form_reads_back_as_itself(a in 1u16..1000, b in 1u16..1000, c in 1u16..1000) {
            for code in [
                Code::WorkPackage(WorkPackageCode(a)),
                Code::Activity(ActivityCode([a, b])),
                Code::Deliverable(DeliverableCode([a, b, c])),
                Code::Output(OutputCode([a, b])),
                Code::Investment(InvestmentCode([a, b])),
            ] {
                prop_assert_eq!(code.to_string().parse::<Code>().unwrap(), code);
            }
        }

        #[test]
        fn no_text_panics(text in ".{0,40}") {
            let _ = text.parse::<Code>();
        }
    }
}
