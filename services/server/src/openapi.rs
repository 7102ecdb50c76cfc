//! The contract of the REST door as OpenAPI 3.1, made of our own lists: the types of events, the
//! kinds of problems and the limits.

mod answers;
mod annual_report;
mod calendar;
mod proofs;
mod routes;
mod schemas;
mod workbook;

use std::sync::LazyLock;

use serde_json::{Value, json};

static DOCUMENT: LazyLock<Value> = LazyLock::new(make);

/// The document.
pub fn document() -> &'static Value {
    &DOCUMENT
}

fn make() -> Value {
    json!({
        "openapi": "3.1.1",
        "jsonSchemaDialect": "https://spec.openapis.org/oas/3.1/dialect/base",
        "info": {
            "title": "Cairn",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "The reporting ledger of EU-funded partnerships.",
            "description": "Partners post what happened, as CloudEvents 1.0 in JSON. What was \
                recorded is never changed. An answer 2xx to a posting means that the event is on \
                disk. Every refusal is a problem document (RFC 9457). Questions are asked at \
                `/graphql`.",
            "license": { "name": "Apache License 2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "tags": [
            { "name": "postings", "description": "Postings and the log of a project." },
            { "name": "questions", "description": "Questions by GraphQL." },
            { "name": "workbooks", "description": "Workbooks and CSV, in and out." },
            { "name": "proofs", "description": "That the log was not altered." },
            { "name": "contract", "description": "Rules, schemas and problems." },
            { "name": "health", "description": "For who runs the server." },
        ],
        "paths": routes::paths(),
        "components": {
            "securitySchemes": { "token": token() },
            "schemas": schemas::all(),
            "parameters": routes::parameters(),
            "headers": answers::headers(),
            "examples": answers::examples(),
        },
    })
}

fn token() -> Value {
    json!({
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": format!(
            "A signed JSON Web Token of the type `at+jwt` (RFC 9068) for `{}`, of at most {} \
             bytes, that lives for at most {:#}. `cairn token` prints one. What its subject may do \
             is in the log of each project.",
            crate::auth::AUDIENCE, crate::auth::TOKEN_BYTES_MAX, crate::auth::LIFETIME_MAX
        ),
    })
}

/// A reference to a component.
fn reference(kind: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/components/{kind}/{name}") })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Map;

    use super::*;
    use crate::envelope;
    use crate::problem::{Kind, Problem};

    fn read(posting: Value) -> Result<(), Problem> {
        let project = "care-get".parse().unwrap();
        let subject = "trakia-university".parse().unwrap();
        envelope::read_posted(posting, &project, &subject).map(|_| ())
    }

    fn names(schema: &str) -> BTreeSet<&'static String> {
        let properties = &document()["components"]["schemas"][schema]["properties"];
        properties.as_object().unwrap().keys().collect()
    }

    /// Every reference of a document.
    fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str));
                members.values().for_each(|member| references(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    #[test]
    fn every_reference_leads_somewhere_and_every_component_is_used() {
        let mut found = BTreeSet::new();
        references(document(), &mut found);
        for reference in &found {
            let pointer = reference.strip_prefix('#').expect("references stay in the document");
            assert!(document().pointer(pointer).is_some(), "{reference}");
        }
        let components = document()["components"].as_object().unwrap();
        for (kind, members) in components.iter().filter(|(kind, _)| *kind != "securitySchemes") {
            for name in members.as_object().unwrap().keys() {
                let reference = format!("#/components/{kind}/{name}");
                assert!(found.contains(reference.as_str()), "{reference} is not used");
            }
        }
    }

    #[test]
    fn a_posting_has_the_attributes_that_the_door_reads() {
        let sample = schemas::posting();
        read(sample.clone()).unwrap();
        for name in names("Posting") {
            assert!(sample.get(name).is_some(), "the sample lacks `{name}`");
        }
        for name in names("RecordedEvent").difference(&names("Posting")) {
            let mut posting = sample.clone();
            posting[name.as_str()] = json!("x");
            let refused = read(posting).unwrap_err();
            assert_eq!(refused.id(), Kind::AttributeSetByServer.id(), "{name}");
        }
    }

    #[test]
    fn attributes_that_may_be_left_out_are_not_required() {
        let required = &document()["components"]["schemas"]["Posting"]["required"];
        let required: Vec<_> =
            required.as_array().unwrap().iter().flat_map(Value::as_str).collect();
        let mut least = schemas::posting().as_object().unwrap().clone();
        least.retain(|name, _| required.contains(&name.as_str()));
        read(Value::Object(least.clone())).unwrap();
        for name in &required {
            let mut less: Map<_, _> = least.clone();
            less.remove(*name);
            assert!(read(Value::Object(less)).is_err(), "`{name}` may be left out");
        }
    }

    #[test]
    fn every_kind_of_problem_is_shown() {
        let examples = document()["components"]["examples"].as_object().unwrap();
        for kind in Kind::ALL {
            let of_kind = |example: &Value| example["value"]["status"] == kind.status().as_u16();
            let shown = examples.get(kind.id()).is_some_and(of_kind);
            // Another method than the document's, and a bug of ours, are no part of the contract; a
            // cell is told of in its row's answer.
            let apart = matches!(kind, Kind::MethodNotAllowed | Kind::Internal | Kind::CellInvalid);
            assert_eq!(shown, !apart, "{}", kind.id());
        }
    }
}
