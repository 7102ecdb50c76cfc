//! Lists that have a limit, and what the limits are.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{self, IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// Documents behind one event: more of them belong into one archive or report.
pub const EVIDENCE_MAX: usize = 50;
/// Addresses that people follow from one report.
pub const LINKS_MAX: usize = 50;
/// Codes that one event links: a milestone or lesson of more is about the whole plan.
pub const CODES_MAX: usize = 100;
/// Expenditure lines that one lesson came from.
pub const LINES_MAX: usize = 100;
/// Themes of a lesson: with more, none of them tells anything.
pub const THEMES_MAX: usize = 20;
/// Partners that share one item: no partnership of the programme is larger.
pub const CONTRIBUTORS_MAX: usize = 50;
/// Currencies with a rate in one month: ISO 4217 has fewer than 200.
pub const RATES_MAX: usize = 300;
/// Items of one kind in an application form: the largest forms have some hundreds.
pub const FORM_ITEMS_MAX: usize = 2_000;
/// Challenges, solutions, conditions or points of a checklist that people still read.
pub const POINTS_MAX: usize = 50;
/// Groups that one value of an indicator is made of.
pub const GROUPS_MAX: usize = 50;
/// Milestones that one review looks at: a project has two a year.
pub const MILESTONES_MAX: usize = 50;
/// Actions that one review leaves: nobody follows up more.
pub const ACTIONS_MAX: usize = 50;
/// Instalments in which a fund pays; the programme has three.
pub const INSTALMENTS_MAX: usize = 20;
/// The cost categories of the fund.
pub const CATEGORIES_MAX: usize = 7;

/// Lines of one claim: ten times those of the largest project that is foreseen.
pub const CLAIM_LINES_MAX: usize = 20_000;
/// Deductions of one line, each with its reason.
pub const DEDUCTIONS_MAX: usize = 20;
/// The optional fields of an expenditure line.
pub const REMOVED_MAX: usize = 5;

/// A list of at most `MAX` items. A longer one is refused before its rest is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct AtMost<const MAX: usize, T>(Box<[T]>);

impl<const MAX: usize, T> AtMost<MAX, T> {
    pub fn as_slice(&self) -> &[T] {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<const MAX: usize, T> Default for AtMost<MAX, T> {
    fn default() -> Self {
        Self(Box::default())
    }
}

impl<const MAX: usize, T> Deref for AtMost<MAX, T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<'a, const MAX: usize, T> IntoIterator for &'a AtMost<MAX, T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<'de, const MAX: usize, T: Deserialize<'de>> Deserialize<'de> for AtMost<MAX, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ListVisitor(PhantomData))
    }
}

struct ListVisitor<const MAX: usize, T>(PhantomData<T>);

impl<'de, const MAX: usize, T: Deserialize<'de>> Visitor<'de> for ListVisitor<MAX, T> {
    type Value = AtMost<MAX, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // As serde says it of every list.
        f.write_str("a sequence")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while list.len() < MAX {
            match items.next_element()? {
                Some(item) => list.push(item),
                None => return Ok(AtMost(list.into())),
            }
        }
        match items.next_element::<IgnoredAny>()? {
            None => Ok(AtMost(list.into())),
            Some(_) => Err(de::Error::custom(format!(
                "the list has more than {MAX} items; at most {MAX} are taken"
            ))),
        }
    }
}

impl<const MAX: usize, T: JsonSchema> JsonSchema for AtMost<MAX, T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("AtMost_{MAX}_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = Vec::<T>::json_schema(generator);
        schema.insert("maxItems".to_owned(), MAX.into());
        schema
    }
}
