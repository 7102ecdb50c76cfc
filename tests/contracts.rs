//! The contracts in `schema/`: each file is what the code prints, and the code and the examples
//! keep to them.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use cairn_domain::event::{Event, EventType};
use cairn_domain::policy::reading::Shown;
use cairn_server::{charter, graphql, openapi, record, site};
use cairn_store::EventRow;
use jsonschema::Validator;
use serde_json::{Map, Value, json};

const PRINT: &str = "CAIRN_PRINT_SCHEMA";
const PRINT_COMMAND: &str = "CAIRN_PRINT_SCHEMA=1 cargo nextest run -p cairn --test contracts";

/// Written by hand, and held by tests of the policy, of the answers and of the figures.
const BY_HAND: &[&str] = &["policy.csv", "reading.csv", "figures.md"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn event_path(event_type: EventType, version: u32) -> String {
    format!("events/{}.v{version}.json", event_type.as_str())
}

/// Every file of `schema/` that the code prints, by its path there.
fn printed() -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut print = |path: &str, json: &Value| {
        files.insert(path.to_owned(), format!("{json:#}\n"));
    };
    for event_type in EventType::all() {
        print(&event_path(event_type, event_type.newest_version()), event_type.schema().as_value());
    }
    print("rules.json", &site::rules_json());
    print("problems.json", &site::problems_json());
    print("openapi.json", openapi::document());
    print("charter.schema.json", &charter::schema());
    files.insert("graphql.graphql".to_owned(), graphql::schema().sdl());
    files
}

fn files_under(folder: &Path, base: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_under(&path, base, found);
        } else {
            found.insert(path.strip_prefix(base).unwrap().to_str().unwrap().to_owned());
        }
    }
}

#[test]
fn the_files_are_what_the_code_prints() {
    let folder = root().join("schema");
    let printed = printed();
    if std::env::var_os(PRINT).is_some() {
        for (path, text) in &printed {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    }
    for (path, text) in &printed {
        let kept = fs::read_to_string(folder.join(path)).unwrap_or_default();
        assert!(
            kept == *text,
            "schema/{path} is not what the code prints. Print it anew: {PRINT_COMMAND}"
        );
    }
    let mut kept = BTreeSet::new();
    files_under(&folder, &folder, &mut kept);
    for path in printed.keys().map(String::as_str).chain(BY_HAND.iter().copied()) {
        kept.remove(path);
    }
    // Older versions of a schema stay: what was posted under them is still in the log.
    for event_type in EventType::all() {
        for version in 1..event_type.newest_version() {
            let path = event_path(event_type, version);
            assert!(kept.remove(&path), "schema/{path} was taken away; files are only added");
        }
    }
    let strays = kept;
    assert!(strays.is_empty(), "nobody prints these files of schema/: {strays:?}. Take them out.");
}

fn validator(schema: &Value) -> Validator {
    jsonschema::draft202012::options().should_validate_formats(true).build(schema).unwrap()
}

fn faults(validator: &Validator, instance: &Value) -> Vec<String> {
    let fault = |error: jsonschema::ValidationError| format!("{}: {error}", error.instance_path());
    validator.iter_errors(instance).map(fault).collect()
}

#[test]
fn every_schema_is_valid_and_named_by_its_path() {
    for event_type in EventType::all() {
        let schema = event_type.schema().to_value();
        assert!(jsonschema::meta::is_valid(&schema), "{}", event_type.as_str());
        let path = record::schema_path(event_type.as_str(), event_type.newest_version());
        assert_eq!(schema["$id"], path);
    }
    assert!(jsonschema::meta::is_valid(&charter::schema()));
}

/// What an instance becomes in the hands of somebody who mistakes it.
fn mistaken(instance: &Map<String, Value>, required: &[Value]) -> Vec<(String, Value)> {
    let mut mistaken = Vec::new();
    let changed = |change: &dyn Fn(&mut Map<String, Value>)| {
        let mut instance = instance.clone();
        change(&mut instance);
        Value::Object(instance)
    };
    for name in required.iter().flat_map(Value::as_str) {
        let less = changed(&|members| {
            members.remove(name);
        });
        mistaken.push((format!("without `{name}`"), less));
    }
    let more = changed(&|members| {
        members.insert("remarks".to_owned(), json!("x"));
    });
    mistaken.push(("with an unknown field".to_owned(), more));
    for (name, value) in instance {
        let wrong = [json!(true), json!({ "unknown": 1 }), json!([[]]), json!(-1), json!("\u{7}")];
        for wrong in
            wrong.into_iter().filter(|wrong| kind(wrong) != kind(value) || wrong == "\u{7}")
        {
            let other = changed(&|members| {
                members.insert(name.clone(), wrong.clone());
            });
            mistaken.push((format!("with {wrong} for `{name}`"), other));
        }
    }
    mistaken
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// The fields that an event has to have; a calendar feed has none.
fn required(schema: &Value) -> Vec<Value> {
    schema.get("required").map(|list| list.as_array().unwrap().clone()).unwrap_or_default()
}

#[test]
fn the_schemas_and_the_parser_refuse_the_same_mistakes() {
    let mut tried = 0;
    for event_type in EventType::all() {
        let schema = event_type.schema().to_value();
        let validator = validator(&schema);
        let example = event_type.example();
        assert_eq!(faults(&validator, &example), [""; 0], "{}", event_type.as_str());
        let required = required(&schema);
        for (mistake, instance) in mistaken(example.as_object().unwrap(), &required) {
            let name = event_type.as_str();
            assert!(!validator.is_valid(&instance), "the schema takes {name} {mistake}");
            let read = Event::parse(event_type, &instance);
            assert!(read.is_err(), "the parser takes {name} {mistake}");
            tried += 1;
        }
    }
    assert!(tried > 500, "only {tried} mistakes were tried");
}

#[test]
fn what_is_left_out_of_an_example_is_left_out_by_both() {
    for event_type in EventType::all() {
        let schema = event_type.schema().to_value();
        let validator = validator(&schema);
        let required = required(&schema);
        let mut least = event_type.example();
        least.as_object_mut().unwrap().retain(|name, _| required.contains(&json!(name)));
        assert_eq!(faults(&validator, &least), [""; 0], "{}", event_type.as_str());
        let read = Event::parse(event_type, &least);
        assert!(read.is_ok(), "{}: {read:?}", event_type.as_str());
    }
}

/// The files of the example with this extension.
fn examples(extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join("examples/care-get")).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let found: Vec<_> =
        paths.filter(|path| path.extension().is_some_and(|e| e == extension)).collect();
    assert!(!found.is_empty(), "no *.{extension} in examples/care-get");
    found
}

#[test]
fn the_example_charters_keep_to_the_schema() {
    let validator = validator(&charter::schema());
    for path in examples("yaml") {
        let charter: Value = serde_saphyr::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        assert_eq!(faults(&validator, &charter), [""; 0], "{}", path.display());
    }
}

#[test]
fn a_mistaken_charter_does_not_keep_to_the_schema() {
    let validator = validator(&charter::schema());
    assert!(validator.is_valid(&json!({ "project": "x" })));
    let mistaken = [
        json!({}),
        json!({ "project": "X Y" }),
        json!({ "project": "x", "partner": [] }),
        json!({ "project": "x", "partners": [{ "number": 1 }] }),
        json!({ "project": "x", "occurredon": "1.12.2024" }),
    ];
    for charter in mistaken {
        assert!(!validator.is_valid(&charter), "{charter}");
    }
}

#[test]
fn every_event_of_the_example_keeps_to_its_schema() {
    let validators: BTreeMap<_, _> = EventType::all()
        .map(|event_type| (event_type.as_str(), validator(event_type.schema().as_value())))
        .collect();
    for path in examples("ndjson") {
        for (index, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
            let event: Value = serde_json::from_str(line).unwrap();
            let validator = &validators[event["type"].as_str().unwrap()];
            let faults = faults(validator, &event["data"]);
            assert_eq!(faults, [""; 0], "{} line {}", path.display(), index + 1);
        }
    }
}

#[test]
fn every_route_is_in_the_document_and_the_other_way_round() {
    let app = include_str!("../services/server/src/app.rs");
    let routes: BTreeSet<&str> =
        app.split('"').skip(1).step_by(2).filter(|text| text.starts_with('/')).collect();
    let paths = openapi::document()["paths"].as_object().unwrap();
    let paths: BTreeSet<&str> = paths.keys().map(String::as_str).collect();
    assert_eq!(routes, paths);
}

fn component(name: &str) -> Validator {
    let mut schema = json!({ "$ref": format!("#/components/schemas/{name}") });
    schema["components"] = openapi::document()["components"].clone();
    validator(&schema)
}

#[test]
fn the_examples_of_the_document_keep_to_it() {
    let document = openapi::document();
    let post = &document["paths"]["/v1/projects/{project}/events"]["post"];
    let posting = &post["requestBody"]["content"]["application/cloudevents+json"]["example"];
    let validator = component("Posting");
    assert_eq!(faults(&validator, posting), [""; 0]);
    let mut other = posting.clone();
    other["type"] = json!("activity.started");
    assert!(!validator.is_valid(&other), "`data` is that of another type");
    let validator = component("Problem");
    for (name, example) in document["components"]["examples"].as_object().unwrap() {
        assert_eq!(faults(&validator, &example["value"]), [""; 0], "{name}");
    }
}

#[test]
fn a_recorded_event_keeps_to_the_document() {
    let validator = component("RecordedEvent");
    for event_type in EventType::all() {
        let warning = json!([{ "rule": "code_not_in_form", "message": "x" }]);
        let payload = json!({ "completed": { "submission": 1 }, "data": event_type.example(),
            "onbehalfof": "5", "reason": "x", "warnings": warning });
        let row = EventRow {
            position: 1,
            project: "care-get".to_owned(),
            version: 1,
            event_id: uuid::Uuid::nil(),
            event_type: event_type.as_str().to_owned(),
            schema_version: event_type.newest_version(),
            occurred_on: "2025-03-20".to_owned(),
            recorded_at_us: 1_742_805_000_000_000,
            actor_subject: "haskovo-lead".to_owned(),
            actor_partner: Some(1),
            actor_role: "lead".to_owned(),
            payload: payload.to_string().into_bytes(),
            payload_hash: [0; 32],
            digest: [0; 32],
            leaf_hash: [0; 32],
        };
        for shown in [true, false] {
            let corrections_of_others = if shown { Vec::new() } else { vec![0] };
            let shown = Shown { evidence: shown, subject: shown, corrections_of_others };
            let event = Value::Object(record::cloud_event_shown(&row, &shown).unwrap());
            assert_eq!(faults(&validator, &event), [""; 0], "{}", event_type.as_str());
        }
    }
}
