//! The list of events, in four families. To add one: its data in `event/<family>.rs`, a line in
//! that family's list, and the compiler leads on to its example in `event/examples/<type>.json`,
//! its rules, state, views, schema and policy.

pub mod delivery;
pub mod evidence;
mod example;
pub mod finance;
pub mod learning;
pub mod plan;

use serde_json::Value;

use crate::code::Code;
use crate::form::{self, Fault};
use delivery::{Delivery, DeliveryType};
use evidence::Evidence;
use finance::{Finance, FinanceType};
use learning::{Learning, LearningType};
use plan::{Plan, PlanType};

/// What happened, as its poster claims it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    Plan(Plan),
    Delivery(Delivery),
    Finance(Finance),
    Learning(Learning),
}

/// Declares one family: the enum of its events, the enum of their types, the versions of their
/// schemas, and how their `data` is read and written. One line an event:
/// `Variant(Data) = "type" v 1`.
macro_rules! family {
    (
        $(#[$doc:meta])*
        $family:ident, $types:ident {
            $($variant:ident($data:ty) = $name:literal v $version:literal,)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum $family {
            $($variant(std::sync::Arc<$data>),)*
        }

        /// The types of the family's events.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $types {
            $($variant,)*
        }

        impl $types {
            pub(super) const ALL: &'static [Self] = &[$(Self::$variant,)*];

            pub(super) const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            pub(super) const fn newest_version(self) -> u32 {
                match self {
                    $(Self::$variant => $version,)*
                }
            }

            pub(super) fn parse(self, data: &serde_json::Value) -> Result<$family, crate::form::Fault> {
                match self {
                    $(Self::$variant => {
                        crate::form::read::<$data>(data).map(|data| $family::$variant(data.into()))
                    })*
                }
            }

            pub(super) fn parse_text(self, data: &str) -> Result<$family, crate::form::Fault> {
                match self {
                    $(Self::$variant => crate::form::read_text::<$data>(data)
                        .map(|data| $family::$variant(data.into())),)*
                }
            }

            /// The text of the type's one complete instance of `data`.
            pub(super) const fn example(self) -> &'static str {
                match self {
                    $(Self::$variant => include_str!(concat!("examples/", $name, ".json")),)*
                }
            }

            pub(super) fn data_schema(self) -> schemars::Schema {
                match self {
                    $(Self::$variant => crate::form::schema::<$data>(),)*
                }
            }
        }

        impl $family {
            pub fn event_type(&self) -> $types {
                match self {
                    $(Self::$variant(_) => $types::$variant,)*
                }
            }

            pub(super) fn data(&self) -> serde_json::Value {
                let written = match self {
                    $(Self::$variant(data) => serde_json::to_value(data),)*
                };
                written.expect("an event's data has string keys only, so it can be written")
            }

            pub(super) fn evidence(&self) -> &[crate::event::evidence::Evidence] {
                match self {
                    $(Self::$variant(data) => &data.evidence,)*
                }
            }
        }
    };
}
pub(crate) use family;

/// The type of an event: `deliverable.submitted`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EventType {
    Plan(PlanType),
    Delivery(DeliveryType),
    Finance(FinanceType),
    Learning(LearningType),
}

impl EventType {
    /// Every type of event, in the order of the families.
    pub fn all() -> impl Iterator<Item = Self> {
        let plan = PlanType::ALL.iter().copied().map(Self::Plan);
        let delivery = DeliveryType::ALL.iter().copied().map(Self::Delivery);
        let finance = FinanceType::ALL.iter().copied().map(Self::Finance);
        let learning = LearningType::ALL.iter().copied().map(Self::Learning);
        plan.chain(delivery).chain(finance).chain(learning)
    }

    /// The type with this name; otherwise the nearest name that there is.
    pub fn parse(name: &str) -> Result<Self, Option<&'static str>> {
        Self::all()
            .find(|known| known.as_str() == name)
            .ok_or_else(|| form::nearest(name, Self::all().map(Self::as_str)))
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Plan(event_type) => event_type.as_str(),
            Self::Delivery(event_type) => event_type.as_str(),
            Self::Finance(event_type) => event_type.as_str(),
            Self::Learning(event_type) => event_type.as_str(),
        }
    }

    /// The newest version of the schema of the event's `data`; versions count from 1.
    pub const fn newest_version(self) -> u32 {
        match self {
            Self::Plan(event_type) => event_type.newest_version(),
            Self::Delivery(event_type) => event_type.newest_version(),
            Self::Finance(event_type) => event_type.newest_version(),
            Self::Learning(event_type) => event_type.newest_version(),
        }
    }
}

impl Event {
    /// Reads the `data` of an event of this type.
    pub fn parse(event_type: EventType, data: &Value) -> Result<Self, Fault> {
        match event_type {
            EventType::Plan(event_type) => event_type.parse(data).map(Self::Plan),
            EventType::Delivery(event_type) => event_type.parse(data).map(Self::Delivery),
            EventType::Finance(event_type) => event_type.parse(data).map(Self::Finance),
            EventType::Learning(event_type) => event_type.parse(data).map(Self::Learning),
        }
    }

    /// As [`Event::parse`], from the text of `data`, for which it takes half the time.
    pub fn parse_text(event_type: EventType, data: &str) -> Result<Self, Fault> {
        match event_type {
            EventType::Plan(event_type) => event_type.parse_text(data).map(Self::Plan),
            EventType::Delivery(event_type) => event_type.parse_text(data).map(Self::Delivery),
            EventType::Finance(event_type) => event_type.parse_text(data).map(Self::Finance),
            EventType::Learning(event_type) => event_type.parse_text(data).map(Self::Learning),
        }
    }

    pub fn event_type(&self) -> EventType {
        match self {
            Self::Plan(event) => EventType::Plan(event.event_type()),
            Self::Delivery(event) => EventType::Delivery(event.event_type()),
            Self::Finance(event) => EventType::Finance(event.event_type()),
            Self::Learning(event) => EventType::Learning(event.event_type()),
        }
    }

    /// The `data` of the event in its one canonical form.
    pub fn data(&self) -> Value {
        match self {
            Self::Plan(event) => event.data(),
            Self::Delivery(event) => event.data(),
            Self::Finance(event) => event.data(),
            Self::Learning(event) => event.data(),
        }
    }

    pub fn evidence(&self) -> &[Evidence] {
        match self {
            Self::Plan(event) => event.evidence(),
            Self::Delivery(event) => event.evidence(),
            Self::Finance(event) => event.evidence(),
            Self::Learning(event) => event.evidence(),
        }
    }

    /// The one code that the event speaks of; CloudEvents' `subject` must equal it.
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Plan(_) => None,
            Self::Delivery(event) => event.code(),
            Self::Finance(_) => None,
            Self::Learning(event) => event.code(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_has_a_limit() {
        fn walk(name: &str, schema: &Value, unlimited: &mut Vec<String>) {
            if schema["type"] == "array" && schema["maxItems"].as_u64().is_none() {
                unlimited.push(name.to_owned());
            }
            let members = schema.as_object().into_iter().flatten();
            let members = members.filter(|(key, _)| *key != "examples");
            for (key, member) in members {
                walk(&format!("{name}/{key}"), member, unlimited);
            }
        }
        let mut unlimited = Vec::new();
        for event_type in EventType::all() {
            walk(event_type.as_str(), event_type.schema().as_value(), &mut unlimited);
        }
        assert_eq!(unlimited, Vec::<String>::new());
    }

    #[test]
    fn refuses_a_list_above_its_limit() {
        let event_type = EventType::parse("deliverable.submitted").unwrap();
        let mut data = event_type.example();
        let link = serde_json::json!("https://example.org/");
        data["links"] = Value::Array(vec![link.clone(); 50]);
        assert!(Event::parse(event_type, &data).is_ok());
        data["links"] = Value::Array(vec![link; 51]);
        let fault = Event::parse(event_type, &data).unwrap_err();
        assert_eq!(fault.pointer, "/links");
        assert_eq!(fault.message, "the list has more than 50 items; at most 50 are taken");
    }
}
