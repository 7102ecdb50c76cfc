//! How values of the domain look in an answer, and how a question is refused.

use async_graphql::{
    Enum, Error, ErrorExtensions, InputValueError, InputValueResult, Scalar, ScalarType,
    SimpleObject, Value,
};
use cairn_domain::event::plan;
use cairn_domain::money::{self, Cents};
use cairn_domain::{code, quantity, text};

/// An amount as a decimal string with two decimals: `"5009480.00"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal(pub Cents);

/// An amount as a decimal string with two decimals: `"5009480.00"`.
#[Scalar]
impl ScalarType for Decimal {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => {
                Ok(Self(text.parse::<Cents>().map_err(InputValueError::custom)?))
            }
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn is_valid(value: &Value) -> bool {
        matches!(value, Value::String(text) if text.parse::<Cents>().is_ok())
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A count or measure as a decimal string without needless zeros: `"12.5"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantity(pub quantity::Quantity);

/// A count or measure as a decimal string without needless zeros: `"12.5"`.
#[Scalar]
impl ScalarType for Quantity {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => text.parse().map(Self).map_err(InputValueError::custom),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn is_valid(value: &Value) -> bool {
        matches!(value, Value::String(text) if text.parse::<quantity::Quantity>().is_ok())
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A day: `"2025-03-20"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date(pub jiff::civil::Date);

/// A day: `"2025-03-20"`.
#[Scalar]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => text.parse().map(Self).map_err(InputValueError::custom),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn is_valid(value: &Value) -> bool {
        matches!(value, Value::String(text) if text.parse::<jiff::civil::Date>().is_ok())
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// An instant in UTC: `"2025-03-31T12:00:00Z"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instant(pub jiff::Timestamp);

/// An instant in UTC: `"2025-03-31T12:00:00Z"`.
#[Scalar]
impl ScalarType for Instant {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => text.parse().map(Self).map_err(InputValueError::custom),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn is_valid(value: &Value) -> bool {
        matches!(value, Value::String(text) if text.parse::<jiff::Timestamp>().is_ok())
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A code of an application form in its one form, `"D 4.1.2"`. As an argument it is read however
/// people write it: `d4.1.2`, `Д 4.1.2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code(pub code::Code);

/// A code of an application form in its one form, `"D 4.1.2"`. As an argument it is read however
/// people write it: `d4.1.2`, `Д 4.1.2`.
#[Scalar]
impl ScalarType for Code {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => text.parse().map(Self).map_err(InputValueError::custom),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    /// Any string passes here: `parse` says better what a code looks like.
    fn is_valid(value: &Value) -> bool {
        matches!(value, Value::String(_))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A share from nothing to the whole as a decimal string: `"0.80"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share(pub money::Share);

/// A share from nothing to the whole as a decimal string: `"0.80"`.
#[Scalar]
impl ScalarType for Share {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => text.parse().map(Self).map_err(InputValueError::custom),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn is_valid(value: &Value) -> bool {
        matches!(value, Value::String(text) if text.parse::<money::Share>().is_ok())
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// What a member may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "plan::Role")]
pub enum Role {
    Lead,
    Associated,
    Delivery,
    Transfer,
    Expert,
    Controller,
    Programme,
    Auditor,
}

/// Who made a translation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "text::Translator")]
pub enum Translator {
    Human,
    Machine,
}

/// A text in one language.
#[derive(Clone, Debug, SimpleObject)]
pub struct Text {
    /// Two small letters, such as `bg`.
    pub language: String,
    /// The text itself.
    pub text: String,
    /// Whether this is the language that the text was written in.
    pub original: bool,
    /// Who translated it; null for the original and where nobody said.
    pub translated_by: Option<Translator>,
}

/// A text with its translations.
#[derive(Clone, Debug)]
pub struct LocalizedText(pub text::LocalizedText);

/// A text with its translations.
#[async_graphql::Object]
impl LocalizedText {
    /// The language that the text was written in.
    async fn original(&self) -> String {
        self.0.original_language().to_string()
    }

    /// The text in the language asked for; in the original where there is no such translation.
    async fn text(&self, language: Option<String>) -> &str {
        let language = language.and_then(|language| language.parse().ok());
        language.and_then(|language| self.0.in_language(language)).unwrap_or(self.0.original())
    }

    /// The text in every language that it has.
    async fn all(&self) -> Vec<Text> {
        let entry = |(language, text): (cairn_domain::ids::Language, &str)| Text {
            language: language.to_string(),
            text: text.to_owned(),
            original: language == self.0.original_language(),
            translated_by: self.0.translator(language).map(Into::into),
        };
        self.0.all().map(entry).collect()
    }
}

/// A refusal of a question, with a code for programs and the way to mend it for people.
pub fn refusal(code: &'static str, message: impl Into<String>) -> Error {
    Error::new(message).extend_with(|_, extensions| extensions.set("code", code))
}
