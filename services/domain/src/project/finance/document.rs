//! When two lines stand on one document.

use serde::{Deserialize, Serialize};

use crate::event::finance::expenditure::Document;

/// What tells one document from another, however it was typed: without spaces, in capitals, and a
/// number of digits alone without the zeros before it, which programs for sheets drop.
///
/// An invoice is told by its supplier's tax number, its own number and the year of its date
/// (Directive 2006/112/EC, Article 226(2): a sequential number that uniquely identifies it; some
/// suppliers begin anew each year). The other documents have a reference of the partner's own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum DocumentKey {
    Invoice { tax_id: Box<str>, number: Box<str>, year: i16 },
    Payroll { reference: Box<str>, period: Box<str> },
    Travel { reference: Box<str> },
    Internal { reference: Box<str> },
}

impl DocumentKey {
    pub fn of(document: &Document) -> Self {
        match document {
            Document::Invoice(invoice) => Self::Invoice {
                tax_id: without_spaces_and_case(invoice.tax_id.as_str()),
                number: number(invoice.number.as_str()),
                year: invoice.date.year(),
            },
            Document::Payroll(payroll) => Self::Payroll {
                reference: number(payroll.reference.as_str()),
                period: without_spaces_and_case(payroll.period.as_str()),
            },
            Document::Travel(travel) => {
                Self::Travel { reference: number(travel.reference.as_str()) }
            }
            Document::Internal(internal) => {
                Self::Internal { reference: number(internal.reference.as_str()) }
            }
        }
    }

    /// Whether the key names the same document at every partner. A payroll `2025-03` at two
    /// partners is two documents.
    pub fn is_the_same_everywhere(&self) -> bool {
        match self {
            Self::Invoice { .. } => true,
            Self::Payroll { .. } | Self::Travel { .. } | Self::Internal { .. } => false,
        }
    }
}

/// The number of a document as it is compared: `00123` and `123` are one.
pub fn number(text: &str) -> Box<str> {
    let text = without_spaces_and_case(text);
    let has_other = text.bytes().any(|byte| !byte.is_ascii_digit());
    let significant = text.trim_start_matches('0');
    match (has_other, significant) {
        (true, _) => text,
        (false, "") => "0".into(),
        (false, digits) => digits.into(),
    }
}

/// A number as it is compared: `bg 123` and `BG123` are one.
pub fn without_spaces_and_case(text: &str) -> Box<str> {
    text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect()
}
