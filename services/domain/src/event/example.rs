//! The contract of an event's `data`: its JSON Schema, with one complete instance.

use schemars::Schema;
use serde_json::{Value, json};

use super::EventType;

impl EventType {
    /// A complete instance of the event's `data`: every field that can stand beside the others.
    pub fn example(self) -> Value {
        let text = match self {
            Self::Plan(event_type) => event_type.example(),
            Self::Delivery(event_type) => event_type.example(),
            Self::Finance(event_type) => event_type.example(),
            Self::Learning(event_type) => event_type.example(),
        };
        serde_json::from_str(text).expect("a test reads every example")
    }

    /// The JSON Schema (2020-12) of the event's `data`, with the instance under `examples`.
    pub fn schema(self) -> Schema {
        let mut generated = match self {
            Self::Plan(event_type) => event_type.data_schema(),
            Self::Delivery(event_type) => event_type.data_schema(),
            Self::Finance(event_type) => event_type.data_schema(),
            Self::Learning(event_type) => event_type.data_schema(),
        };
        let mut schema = Schema::default();
        let dialect = generated.remove("$schema");
        schema.insert("$schema".to_owned(), dialect.unwrap_or_default());
        let id = format!("/v1/schemas/{}/{}.json", self.as_str(), self.newest_version());
        schema.insert("$id".to_owned(), json!(id));
        schema.insert("title".to_owned(), json!(self.as_str()));
        let definitions = generated.remove("$defs");
        let members = generated.ensure_object().iter().filter(|(name, _)| *name != "title");
        for (name, value) in members {
            schema.insert(name.clone(), value.clone());
        }
        schema.insert("examples".to_owned(), json!([self.example()]));
        if let Some(definitions) = definitions {
            schema.insert("$defs".to_owned(), definitions);
        }
        schema
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::event::Event;

    /// A name of the schema: the definition, empty for the whole, and its property.
    type Property = (String, String);

    /// Properties that no instance has beside its others: only a credit note and what takes money
    /// back, which are negative, correct another event; a question is about a lesson or about a
    /// code.
    const APART: &[(&str, &str)] = &[
        ("expenditure.declared", "corrects"),
        ("payment.forwarded", "corrects"),
        ("recovery.ordered", "corrects"),
        ("question.asked", "code"),
    ];

    /// Walks an instance and its schema side by side: which properties the schema names for the
    /// objects of the instance, and which of them occur in at least one.
    struct Walk<'a> {
        schema: &'a Value,
        named: BTreeSet<Property>,
        found: BTreeSet<Property>,
    }

    impl Walk<'_> {
        fn of(event_type: EventType) -> (BTreeSet<Property>, BTreeSet<Property>) {
            let schema = event_type.schema().to_value();
            let mut walk = Walk { schema: &schema, named: BTreeSet::new(), found: BTreeSet::new() };
            walk.step("", &schema, &event_type.example());
            (walk.named, walk.found)
        }

        fn step(&mut self, definition: &str, schema: &Value, instance: &Value) {
            if let Some(reference) = schema["$ref"].as_str() {
                let pointer = reference.trim_start_matches('#');
                let target = self.schema.pointer(pointer).expect("a reference leads somewhere");
                let name = pointer.rsplit('/').next().unwrap();
                self.step(name, target, instance);
            }
            for branch in ["oneOf", "anyOf"].iter().flat_map(|name| schema[name].as_array()) {
                let fits = |branch: &&Value| {
                    let required = branch["required"].as_array();
                    required.into_iter().flatten().all(|r| !instance[r.as_str().unwrap()].is_null())
                };
                for branch in branch.iter().filter(fits) {
                    self.step(definition, branch, instance);
                }
            }
            for item in instance.as_array().into_iter().flatten() {
                self.step(definition, &schema["items"], item);
            }
            let properties = schema["properties"].as_object();
            for (name, property) in
                properties.filter(|_| instance.is_object()).into_iter().flatten()
            {
                let key = (definition.to_owned(), name.clone());
                self.named.insert(key.clone());
                if let Some(value) = instance.get(name) {
                    self.found.insert(key);
                    self.step(definition, property, value);
                }
            }
        }
    }

    #[test]
    fn every_example_is_canonical_data_of_its_type() {
        for event_type in EventType::all() {
            let example = event_type.example();
            let event = Event::parse(event_type, &example)
                .unwrap_or_else(|fault| panic!("{}: {fault:?}", event_type.as_str()));
            assert_eq!(event.event_type(), event_type);
            assert_eq!(event.data(), example, "{}", event_type.as_str());
        }
    }

    #[test]
    fn every_property_of_a_schema_stands_in_its_example() {
        for event_type in EventType::all() {
            let (named, found) = Walk::of(event_type);
            // A document is held or linked, so no one piece of evidence has all its properties.
            let missing: Vec<_> = named
                .difference(&found)
                .filter(|(definition, _)| definition != "Evidence")
                .filter(|(_, name)| !APART.contains(&(event_type.as_str(), name)))
                .collect();
            assert!(missing.is_empty(), "{}: {missing:?}", event_type.as_str());
        }
    }

    #[test]
    fn the_examples_show_all_of_evidence() {
        let (mut named, mut found) = (BTreeSet::new(), BTreeSet::new());
        for event_type in EventType::all() {
            let walked = Walk::of(event_type);
            named.extend(walked.0.into_iter().filter(|(name, _)| name == "Evidence"));
            found.extend(walked.1);
        }
        assert!(!named.is_empty());
        assert!(named.is_subset(&found), "{:?}", named.difference(&found));
    }

    #[test]
    fn every_schema_is_closed_and_describes_itself() {
        for event_type in EventType::all() {
            let schema = event_type.schema().to_value();
            assert_eq!(schema["title"], event_type.as_str());
            assert_eq!(schema["additionalProperties"], false, "{}", event_type.as_str());
            assert!(schema["description"].is_string(), "{}", event_type.as_str());
            for (name, definition) in schema["$defs"].as_object().into_iter().flatten() {
                let open = definition["properties"].is_object()
                    && definition["additionalProperties"] != false;
                assert!(!open, "{} of {}", name, event_type.as_str());
            }
        }
    }
}
