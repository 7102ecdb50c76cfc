//! The bodies: postings, recorded events, receipts, problems, and the `data` of each event.

use cairn_domain::event::EventType;
use cairn_domain::text::SHORT_TEXT_CHARACTERS_MAX;
use serde_json::{Map, Value, json};

use super::reference;
use crate::record;

/// Every schema of the document.
pub(super) fn all() -> Map<String, Value> {
    let mut schemas = Map::new();
    schemas.insert("Posting".to_owned(), envelope(posted_attributes(), POSTED_REQUIRED, POSTED));
    let mut attributes = posted_attributes();
    for name in IGNORED {
        attributes.remove(*name);
    }
    attributes.extend(recorded_attributes());
    schemas.insert("ListAnswer".to_owned(), super::workbook::answer());
    schemas.insert("RecordedEvent".to_owned(), envelope(attributes, RECORDED_REQUIRED, RECORDED));
    schemas.insert("DataByType".to_owned(), data_by_type());
    for (name, schema) in answers() {
        schemas.insert(name.to_owned(), schema);
    }
    for event_type in EventType::all() {
        let mut schema = event_type.schema().to_value();
        let members = schema.as_object_mut().expect("the data of an event is an object");
        for name in ["$schema", "$id"] {
            members.shift_remove(name);
        }
        let definitions = members.shift_remove("$defs");
        schemas.insert(event_type.as_str().to_owned(), here(schema));
        let Some(Value::Object(definitions)) = definitions else { continue };
        schemas.extend(definitions.into_iter().map(|(name, schema)| (name, here(schema))));
    }
    schemas
}

/// The schema with its references to definitions led to the components of the document.
fn here(schema: Value) -> Value {
    match schema {
        Value::Object(members) => {
            let lead = |(name, value): (String, Value)| match (name.as_str(), value.as_str()) {
                ("$ref", Some(target)) => {
                    let target = target.replacen("#/$defs/", "#/components/schemas/", 1);
                    (name, Value::String(target))
                }
                (_, _) => (name, here(value)),
            };
            Value::Object(members.into_iter().map(lead).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(here).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => schema,
    }
}

/// A posting with every attribute that a poster may give.
pub(super) fn posting() -> Value {
    let event_type = EventType::parse("deliverable.submitted").expect("the type is known");
    json!({
        "specversion": "1.0",
        "id": "0195b7d2-cb40-7647-9612-703b693f12bf",
        "source": "/partners/1",
        "type": event_type.as_str(),
        "subject": "D 4.1.2",
        "occurredon": "2025-03-20",
        "onbehalfof": 5,
        "reason": "The partner has no access this week.",
        "correlationid": "0195b7d2-cb40-7647-9612-703b693f12c0",
        "causationid": "0195b7d2-cb40-7647-9612-703b693f12c1",
        "dataschema": record::schema_path(event_type.as_str(), event_type.newest_version()),
        "time": "2025-03-24T08:30:00Z",
        "datacontenttype": "application/json",
        "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "tracestate": "",
        "data": event_type.example(),
    })
}

const POSTED: &str = "What a poster claims to have happened: a CloudEvent.";
const POSTED_REQUIRED: &[&str] = &["id", "type", "occurredon", "data"];
const IGNORED: &[&str] = &["time", "datacontenttype", "traceparent", "tracestate"];
const RECORDED: &str = "What was posted, with what Cairn added, as far as the reader may see it.";
const RECORDED_REQUIRED: &[&str] = &[
    "specversion",
    "id",
    "source",
    "type",
    "dataschema",
    "occurredon",
    "project",
    "position",
    "version",
    "recordedat",
    "actorrole",
    "leafhash",
    "data",
];

fn envelope(attributes: Map<String, Value>, required: &[&str], description: &str) -> Value {
    let mut schema = reference("schemas", "DataByType");
    schema["type"] = json!("object");
    schema["description"] = json!(description);
    schema["properties"] = Value::Object(attributes);
    schema["required"] = json!(required);
    schema["additionalProperties"] = json!(false);
    schema
}

/// The form of `data` by the type of the event.
fn data_by_type() -> Value {
    let branch = |event_type: EventType| {
        let name = event_type.as_str();
        json!({
            "title": name,
            "properties": { "type": { "const": name }, "data": reference("schemas", name) },
            "required": ["type", "data"],
        })
    };
    json!({ "oneOf": EventType::all().map(branch).collect::<Vec<_>>() })
}

fn attribute(description: &str, mut schema: Value) -> Value {
    schema["description"] = json!(description);
    schema
}

fn uuid() -> Value {
    json!({ "type": "string", "format": "uuid" })
}

fn number() -> Value {
    json!({ "type": "integer", "minimum": 1 })
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn instant() -> Value {
    json!({ "type": "string", "format": "date-time" })
}

fn leaf_hash() -> Value {
    json!({ "type": "string", "pattern": "^[0-9a-f]{64}$" })
}

fn posted_attributes() -> Map<String, Value> {
    let types: Vec<&str> = EventType::all().map(EventType::as_str).collect();
    let somebody = json!({ "oneOf": [
        { "type": "integer", "minimum": 0 },
        { "type": "string", "pattern": "^([0-9]+|controller|programme)$" },
    ]});
    let line = json!({ "type": "string", "minLength": 1, "maxLength": SHORT_TEXT_CHARACTERS_MAX });
    let ignored = "Not part of the claim: it is read and left.";
    let attributes = [
        ("specversion", attribute("The version of CloudEvents.", json!({ "const": "1.0" }))),
        ("id", attribute("Made by the poster; sending it again records nothing.", uuid())),
        ("source", attribute("`/partners/N` chooses the membership for who has several.", text())),
        ("type", attribute("The type of the event.", json!({ "enum": types }))),
        ("subject", attribute("The code that `data` speaks of, where it speaks of one.", text())),
        (
            "occurredon",
            attribute(
                "The business date in the project's time zone, today or earlier.",
                json!({ "type": "string", "format": "date" }),
            ),
        ),
        ("onbehalfof", attribute("Whom the lead acts for.", somebody)),
        ("reason", attribute("Why; needed with `onbehalfof`.", line)),
        ("correlationid", attribute("What this and other events belong to.", uuid())),
        ("causationid", attribute("The event that led to this one.", uuid())),
        (
            "dataschema",
            attribute(
                "The path of the schema of `data`, as `/v1/schemas` lists it; version 1 where \
                 nothing is said.",
                json!({ "type": "string", "format": "uri-reference" }),
            ),
        ),
        ("time", attribute(ignored, json!({}))),
        ("datacontenttype", attribute(ignored, json!({}))),
        ("traceparent", attribute(ignored, json!({}))),
        ("tracestate", attribute(ignored, json!({}))),
        ("data", attribute("What happened, in the form that the type asks for.", json!({}))),
    ];
    attributes.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect()
}

fn recorded_attributes() -> Map<String, Value> {
    let warnings = json!({ "type": "array", "items": reference("schemas", "Warning") });
    let attributes = [
        ("project", attribute("The key of the project.", text())),
        ("position", attribute("The number of the event in the whole log.", number())),
        ("version", attribute("The number of the event in its project.", number())),
        ("recordedat", attribute("When it was recorded.", instant())),
        ("actorsubject", attribute("Who posted it, where the reader may see it.", text())),
        ("actorpartner", attribute("The partner that the actor belongs to.", number())),
        ("actorrole", attribute("In which part the actor posted.", text())),
        ("leafhash", attribute("The event's leaf in the Merkle tree of the log.", leaf_hash())),
        ("warnings", attribute("Rules that warn.", warnings)),
        (
            "completed",
            attribute("What Cairn computed, such as a number.", json!({ "type": "object" })),
        ),
        (
            "withheld",
            attribute(
                "JSON Pointers to what the reader may not see.",
                json!({ "type": "array", "items": { "type": "string", "format": "json-pointer" } }),
            ),
        ),
    ];
    attributes.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect()
}

fn object(properties: Value, required: &[&str]) -> Value {
    json!({ "type": "object", "properties": properties, "required": required })
}

fn answers() -> [(&'static str, Value); 9] {
    let warnings = || json!({ "type": "array", "items": reference("schemas", "Warning") });
    let receipt = json!({
        "id": uuid(), "project": text(), "position": number(), "version": number(),
        "recordedAt": instant(), "leafHash": leaf_hash(), "warnings": warnings(),
    });
    let receipt_required =
        ["id", "project", "position", "version", "recordedAt", "leafHash", "warnings"];
    let judged = json!({
        "id": uuid(), "project": text(), "dryRun": { "const": true },
        "judgedAtVersion": attribute(
            "The project's version that it was judged at.",
            json!({ "type": "integer", "minimum": 0 })
        ),
        "repeated": attribute("Whether it is recorded already.", json!({ "type": "boolean" })),
        "warnings": warnings(),
    });
    let judged_required = ["id", "project", "dryRun", "judgedAtVersion", "repeated", "warnings"];
    let fault = json!({
        "rule": text(),
        "pointer": attribute("A JSON Pointer into the body.", text()),
        "message": text(),
        "facts": attribute("Figures that the message speaks of.", json!({ "type": "object" })),
    });
    let page = json!({ "type": "string", "format": "uri-reference" });
    let problem = json!({
        "type": attribute("`/problems/{id}`, a page.", page),
        "title": text(), "status": { "type": "integer" },
        "detail": attribute("How to mend it.", text()),
        "errors": { "type": "array", "items": reference("schemas", "Fault") },
    });
    let answer = ["Receipt", "Judged", "Problem"].map(|name| reference("schemas", name));
    let line = json!({
        "type": "object",
        "properties": {
            "line": attribute("The number of the line of the body, from 1 on.", number()),
            "status": attribute("What a posting of this line alone would get.", number()),
        },
        "required": ["line", "status"],
        "anyOf": answer,
    });
    let rule = json!({
        "id": text(), "severity": { "enum": ["forbid", "block", "warn"] }, "sentence": text(),
    });
    let typology_entry = json!({
        "code": attribute("Such as `2.1`.", text()),
        "title": text(),
        "source": attribute("The act or the code list that the entry rests on.", text()),
    });
    let warning = json!({ "rule": text(), "message": text() });
    [
        ("Receipt", object(receipt, &receipt_required)),
        ("Judged", object(judged, &judged_required)),
        ("AnswerLine", line),
        ("Warning", object(warning, &["rule", "message"])),
        ("Problem", object(problem, &["type", "title", "status", "detail"])),
        ("Fault", object(fault, &["rule", "pointer", "message"])),
        ("Rule", object(rule, &["id", "severity", "sentence"])),
        ("TypologyEntry", object(typology_entry, &["code", "title"])),
        ("GraphqlAnswer", object(json!({ "data": {}, "errors": { "type": "array" } }), &[])),
    ]
}
