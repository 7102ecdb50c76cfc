//! From JSON to a posting: the attributes of a CloudEvent, and nothing else.

use std::sync::Arc;

use cairn_domain::event::{Event, EventType};
use cairn_domain::form;
use cairn_domain::ids::{PartnerNumber, ProjectKey, Subject};
use cairn_domain::posting::{Completed, OnBehalfOf, Part, Posting, Warning};
use cairn_store::Hash;
use jiff::Timestamp;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::annual_report::Computed;
use crate::problem::{Kind, Problem};
use crate::record;

/// Attributes that a poster gives.
const POSTED: &[&str] = &[
    "specversion",
    "id",
    "source",
    "type",
    "subject",
    "occurredon",
    "onbehalfof",
    "reason",
    "correlationid",
    "causationid",
    "dataschema",
    "data",
];

/// Attributes that libraries set anew at each try; they are not part of the claim.
const IGNORED: &[&str] = &["time", "datacontenttype", "traceparent", "tracestate"];

/// Attributes that Cairn sets. Only an import may carry them.
const MADE_BY_SERVER: &[&str] = &[
    "project",
    "position",
    "version",
    "recordedat",
    "actorsubject",
    "actorpartner",
    "actorrole",
    "leafhash",
    "warnings",
    "completed",
    "withheld",
];

/// A posting on its way to the writer.
#[derive(Clone, Debug)]
pub struct Submission {
    pub project: ProjectKey,
    pub by: By,
    pub posting: Posting,
    /// The canonical JSON of `data`.
    pub data: Box<RawValue>,
    pub digest: Hash,
    /// What was computed for it before it is decided on.
    pub report: Option<Computed>,
    /// Whether it came by import, from somebody who can open the database.
    pub imported: bool,
    /// Where the event was recorded before, and is restored.
    pub restored: Option<Restored>,
}

/// Who posts; in which part is judged by the state that the posting is decided on.
#[derive(Clone, Debug)]
pub enum By {
    Member { subject: Subject, source: Option<PartnerNumber> },
    Operator { subject: Subject },
}

/// An event that was recorded before: in another database, or as testimony.
#[derive(Clone, Debug)]
pub struct Restored {
    pub recorded_at: Timestamp,
    /// What an exported event carries besides the claim; kept as it stands.
    pub exported: Option<Exported>,
}

#[derive(Clone, Debug)]
pub struct Exported {
    pub part: Part,
    pub completed: Option<Value>,
    pub warnings: Option<Value>,
}

/// Reads an event that came over HTTP.
pub fn read_posted(
    json: Value,
    project: &ProjectKey,
    subject: &Subject,
) -> Result<Submission, Problem> {
    let attributes = object(json)?;
    for name in attributes.keys() {
        if MADE_BY_SERVER.contains(&name.as_str()) {
            let detail = format!("`{name}` is set by Cairn. Take it out.");
            return Err(Problem::new(Kind::AttributeSetByServer, detail).at(format!("/{name}")));
        }
    }
    let source = source(&attributes)?;
    let by = By::Member { subject: subject.clone(), source };
    let (imported, restored) = (false, None);
    read(&attributes, project.clone(), by, imported, restored)
}

/// Reads a line of an import: a posting that names its actor, or an event recorded before.
pub fn read_imported(json: Value) -> Result<Submission, Problem> {
    let attributes = object(json)?;
    let project = required(&attributes, "project")?;
    let project = parsed(project, "project", Kind::NotAnEvent)?;
    let subject: Subject =
        parsed(required(&attributes, "actorsubject")?, "actorsubject", Kind::NotAnEvent)?;
    let role = text(&attributes, "actorrole")?;
    let restored = match text(&attributes, "recordedat")? {
        None => None,
        Some(at) => Some(Restored {
            recorded_at: parsed(at, "recordedat", Kind::NotAnEvent)?,
            exported: exported(&attributes, role)?,
        }),
    };
    let by = if role == Some("operator") {
        By::Operator { subject }
    } else {
        By::Member { subject, source: source(&attributes)? }
    };
    read(&attributes, project, by, true, restored)
}

/// An exported event is told by its leaf hash. What the poster did not claim is taken from it, as
/// it stands, if it can be read again.
fn exported(
    attributes: &Map<String, Value>,
    role: Option<&str>,
) -> Result<Option<Exported>, Problem> {
    if !attributes.contains_key("leafhash") {
        return Ok(None);
    }
    let wrong = |name: &str| {
        let detail = format!("`{name}` is not what Cairn exports.");
        Problem::new(Kind::NotAnEvent, detail).at(pointer(name))
    };
    let partner = value::<PartnerNumber>(attributes, "actorpartner").map_err(&wrong)?;
    let part =
        role.and_then(|role| Part::parse(role, partner)).ok_or_else(|| wrong("actorrole"))?;
    value::<Completed>(attributes, "completed").map_err(&wrong)?;
    value::<Vec<Warning>>(attributes, "warnings").map_err(&wrong)?;
    let as_it_stands = |name: &str| attributes.get(name).cloned();
    let (completed, warnings) = (as_it_stands("completed"), as_it_stands("warnings"));
    Ok(Some(Exported { part, completed, warnings }))
}

/// An attribute that may be absent; its name where it has another form.
fn value<'a, T: serde::de::DeserializeOwned>(
    attributes: &Map<String, Value>,
    name: &'a str,
) -> Result<Option<T>, &'a str> {
    attributes.get(name).map(|value| T::deserialize(value).map_err(|_| name)).transpose()
}

fn read(
    attributes: &Map<String, Value>,
    project: ProjectKey,
    by: By,
    imported: bool,
    restored: Option<Restored>,
) -> Result<Submission, Problem> {
    check_names(attributes)?;
    if let Some(version) = text(attributes, "specversion")?.filter(|version| *version != "1.0") {
        let detail = format!("`specversion` is `1.0`, not `{version}`.");
        return Err(Problem::new(Kind::NotAnEvent, detail).at("/specversion"));
    }
    let event_type = event_type(attributes)?;
    let data = attributes.get("data").ok_or_else(|| {
        Problem::new(Kind::NotAnEvent, "`data` is missing: what happened.").at("/data")
    })?;
    let schema_version = schema_version(attributes, event_type)?;
    let event = Event::parse(event_type, data).map(Arc::new);
    let posting = Posting {
        id: parsed::<Uuid>(required(attributes, "id")?, "id", Kind::NotAnEvent)?,
        event_type,
        schema_version,
        occurred_on: occurred_on(attributes)?,
        on_behalf_of: on_behalf_of(attributes)?,
        reason: optional(attributes, "reason")?,
        correlation_id: optional(attributes, "correlationid")?,
        causation_id: optional(attributes, "causationid")?,
        event,
    };
    check_subject(attributes, &posting)?;
    // An exported event is restored byte for byte; anything else gets its canonical form.
    let is_exported = restored.as_ref().is_some_and(|restored| restored.exported.is_some());
    let data = match &posting.event {
        Ok(event) if !is_exported => record::canonical(&event.data()),
        Ok(_) | Err(_) => record::canonical(data),
    };
    let digest = record::digest(&posting, &data);
    Ok(Submission { project, by, posting, data, digest, report: None, imported, restored })
}

fn object(json: Value) -> Result<Map<String, Value>, Problem> {
    match json {
        Value::Object(attributes) => Ok(attributes),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Err(Problem::new(
                Kind::NotAnEvent,
                "An event is a JSON object. Several events are sent as an array with the media type \
             `application/cloudevents-batch+json`.",
            ))
        }
    }
}

fn check_names(attributes: &Map<String, Value>) -> Result<(), Problem> {
    let known = || [POSTED, IGNORED, MADE_BY_SERVER].into_iter().flatten().copied();
    for name in attributes.keys() {
        if known().any(|known| known == name) {
            continue;
        }
        let hint = match form::nearest(name, known()) {
            Some(near) => format!(" Did you mean `{near}`?"),
            None => String::new(),
        };
        let shown: String = name.chars().take(40).collect();
        let detail = format!("`{shown}` is no attribute of an event.{hint}");
        return Err(Problem::new(Kind::AttributeUnknown, detail).at(pointer(name)));
    }
    Ok(())
}

fn pointer(name: &str) -> String {
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}

fn text<'a>(attributes: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, Problem> {
    match attributes.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
            let detail = format!("`{name}` is a string.");
            Err(Problem::new(Kind::NotAnEvent, detail).at(pointer(name)))
        }
    }
}

fn required<'a>(attributes: &'a Map<String, Value>, name: &str) -> Result<&'a str, Problem> {
    text(attributes, name)?.ok_or_else(|| {
        let detail = match name {
            "id" => "`id` is missing: a UUID that you make, so that sending again is harmless.",
            "type" => "`type` is missing, such as `deliverable.submitted`.",
            "occurredon" => "`occurredon` is missing: the day on which it happened, `2025-03-20`.",
            "project" => "`project` is missing: the key of the project, `care-get`.",
            "actorsubject" => "`actorsubject` is missing: who did this.",
            _ => "An attribute is missing.",
        };
        Problem::new(Kind::NotAnEvent, detail).at(pointer(name))
    })
}

fn parsed<T: std::str::FromStr<Err: std::fmt::Display>>(
    text: &str,
    name: &str,
    kind: Kind,
) -> Result<T, Problem> {
    text.parse().map_err(|error| {
        Problem::new(kind, format!("`{name}` cannot be read: {error}.")).at(pointer(name))
    })
}

fn optional<T: std::str::FromStr<Err: std::fmt::Display>>(
    attributes: &Map<String, Value>,
    name: &str,
) -> Result<Option<T>, Problem> {
    text(attributes, name)?.map(|text| parsed(text, name, Kind::NotAnEvent)).transpose()
}

fn occurred_on(attributes: &Map<String, Value>) -> Result<jiff::civil::Date, Problem> {
    let day = required(attributes, "occurredon")?;
    let date = day.parse::<jiff::civil::Date>().ok().filter(|date| date.to_string() == day);
    date.ok_or_else(|| {
        let shown: String = day.chars().take(40).collect();
        let detail = format!("`occurredon` is a day such as `2025-03-20`, not `{shown}`.");
        Problem::new(Kind::NotAnEvent, detail).at("/occurredon")
    })
}

fn event_type(attributes: &Map<String, Value>) -> Result<EventType, Problem> {
    EventType::parse(required(attributes, "type")?).map_err(|nearest| {
        let hint = nearest.map(|near| format!(" Did you mean `{near}`?")).unwrap_or_default();
        let detail = format!("This type of event is not known.{hint} `/v1/schemas` lists them.");
        Problem::new(Kind::EventTypeUnknown, detail).at("/type")
    })
}

fn schema_version(attributes: &Map<String, Value>, event_type: EventType) -> Result<u32, Problem> {
    let Some(schema) = text(attributes, "dataschema")? else { return Ok(1) };
    let known = (1..=event_type.newest_version())
        .find(|version| schema.ends_with(&record::schema_path(event_type.as_str(), *version)));
    known.ok_or_else(|| {
        let newest = record::schema_path(event_type.as_str(), event_type.newest_version());
        let detail = format!(
            "The newest schema of this type is `{newest}`. Leave `dataschema` \
            out for version 1."
        );
        Problem::new(Kind::SchemaUnknown, detail).at("/dataschema")
    })
}

fn on_behalf_of(attributes: &Map<String, Value>) -> Result<Option<OnBehalfOf>, Problem> {
    match attributes.get("onbehalfof") {
        Some(Value::Number(number)) => {
            parsed(&number.to_string(), "onbehalfof", Kind::NotAnEvent).map(Some)
        }
        None
        | Some(
            Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_),
        ) => optional(attributes, "onbehalfof"),
    }
}

/// The partner that `source` names, where it has the form `/partners/N`; any other source says
/// nothing here.
fn source(attributes: &Map<String, Value>) -> Result<Option<PartnerNumber>, Problem> {
    let number = text(attributes, "source")?.and_then(|source| source.strip_prefix("/partners/"));
    number.map(|number| parsed(number, "source", Kind::NotAnEvent)).transpose()
}

fn check_subject(attributes: &Map<String, Value>, posting: &Posting) -> Result<(), Problem> {
    let Some(subject) = text(attributes, "subject")? else { return Ok(()) };
    let Some(code) = posting.event.as_ref().ok().and_then(|event| event.code()) else {
        return Ok(());
    };
    if subject.parse() == Ok(code) {
        return Ok(());
    }
    let detail = format!("`data` speaks of {code}; `subject` must too, or be left out.");
    Err(Problem::new(Kind::SubjectDiffers, detail).at("/subject"))
}
