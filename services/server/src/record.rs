//! Between the rows of the log and the events of the domain: the exact bytes of a payload, the
//! digest of a claim, and an event as it is shown and exported.

use std::sync::Arc;

use cairn_domain::event::{Event, EventType};
use cairn_domain::ids::Subject;
use cairn_domain::policy::reading::Shown;
use cairn_domain::posting::{Actor, Completed, OnBehalfOf, Part, Posting, Recorded, Warning};
use cairn_store::{EventRow, Hash};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A row that this program cannot read: of a newer Cairn, or tampered with.
#[derive(Debug, thiserror::Error)]
#[error("the event at position {position} cannot be read: {why}")]
pub struct Unreadable {
    position: u64,
    why: String,
}

/// Says why a row cannot be read.
pub fn unreadable(row: &EventRow, why: &str) -> Unreadable {
    Unreadable { position: row.position, why: why.to_owned() }
}

/// What stands in a row's payload. The members are in the order of RFC 8785, so that writing
/// them gives the canonical form.
#[derive(Debug, Serialize, Deserialize)]
pub struct Payload {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub causationid: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlationid: Option<Uuid>,
    pub data: Box<RawValue>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub onbehalfof: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warnings: Option<Value>,
}

/// The JSON value in its canonical form (RFC 8785).
pub fn canonical(value: &Value) -> Box<RawValue> {
    let text = serde_json_canonicalizer::to_string(value)
        .expect("a JSON value without other numbers than JSON's has a canonical form");
    RawValue::from_string(text).expect("canonical JSON is JSON")
}

/// What `decide` added, where it added something.
pub fn completed_json(completed: &Completed) -> Option<Value> {
    let json = || serde_json::to_value(completed).expect("`completed` has string keys only");
    (!completed.is_empty()).then(json)
}

/// The payload of a posting, as exact bytes.
pub fn payload(
    posting: &Posting,
    data: &RawValue,
    completed: Option<Value>,
    warnings: Option<Value>,
) -> Vec<u8> {
    let payload = Payload {
        causationid: posting.causation_id,
        completed: completed.map(sorted),
        correlationid: posting.correlation_id,
        data: data.to_owned(),
        onbehalfof: posting.on_behalf_of.map(|somebody| somebody.to_string()),
        reason: posting.reason.as_ref().map(ToString::to_string),
        warnings: warnings.map(sorted),
    };
    serde_json::to_vec(&payload).expect("a payload has string keys only")
}

/// The value with its members in canonical order; only what Cairn itself adds comes here.
fn sorted(value: Value) -> Value {
    serde_json::from_str(canonical(&value).get()).expect("canonical JSON is JSON")
}

/// SHA-256 of what the poster claims: two postings with one id are the same when it is.
pub fn digest(posting: &Posting, data: &RawValue) -> Hash {
    /// In the order of RFC 8785.
    #[derive(Serialize)]
    struct Claim<'a> {
        #[serde(skip_serializing_if = "Option::is_none")]
        causationid: Option<Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        correlationid: Option<Uuid>,
        data: &'a RawValue,
        occurredon: jiff::civil::Date,
        #[serde(skip_serializing_if = "Option::is_none")]
        onbehalfof: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<&'a str>,
        schemaversion: u32,
        r#type: &'static str,
    }
    let claim = Claim {
        causationid: posting.causation_id,
        correlationid: posting.correlation_id,
        data,
        occurredon: posting.occurred_on,
        onbehalfof: posting.on_behalf_of.map(|somebody| somebody.to_string()),
        reason: posting.reason.as_ref().map(|reason| reason.as_str()),
        schemaversion: posting.schema_version,
        r#type: posting.event_type.as_str(),
    };
    let bytes = serde_json::to_vec(&claim).expect("a claim has string keys only");
    Sha256::digest(bytes).into()
}

/// A row as the folds read it.
pub fn recorded(row: &EventRow) -> Result<Recorded, Unreadable> {
    Ok(posting(row)?.1)
}

/// A row as the posting that it was, and as the folds read it.
pub fn posting(row: &EventRow) -> Result<(Posting, Recorded), Unreadable> {
    let wrong = |why: String| Unreadable { position: row.position, why };
    let payload = read_payload(row)?;
    let event_type = EventType::parse(&row.event_type)
        .map_err(|_| wrong(format!("the type `{}` is not known", row.event_type)))?;
    let data: Value =
        serde_json::from_str(payload.data.get()).map_err(|error| wrong(error.to_string()))?;
    let event = Event::parse(event_type, &data).map_err(|fault| wrong(fault.message))?;
    let event = Arc::new(event);
    let parse_somebody = |text: String| text.parse::<OnBehalfOf>();
    let on_behalf_of = payload.onbehalfof.map(parse_somebody).transpose();
    let posting = Posting {
        id: row.event_id,
        event_type,
        schema_version: row.schema_version,
        event: Ok(event.clone()),
        occurred_on: row.occurred_on.parse().map_err(|_| wrong("its day is no date".into()))?,
        on_behalf_of: on_behalf_of.map_err(|error| wrong(error.to_string()))?,
        reason: payload
            .reason
            .map(|reason| reason.parse())
            .transpose()
            .map_err(|error: cairn_domain::text::NotAText| wrong(error.to_string()))?,
        correlation_id: payload.correlationid,
        causation_id: payload.causationid,
    };
    let completed =
        payload.completed.map_or_else(|| Ok(Completed::default()), Completed::deserialize);
    let recorded = Recorded {
        id: row.event_id,
        position: row.position,
        version: row.version,
        occurred_on: posting.occurred_on,
        recorded_at: recorded_at(row)?,
        actor: actor(row)?,
        on_behalf_of: posting.on_behalf_of,
        event,
        completed: completed.map_err(|error| wrong(error.to_string()))?,
    };
    Ok((posting, recorded))
}

pub fn recorded_at(row: &EventRow) -> Result<Timestamp, Unreadable> {
    Timestamp::from_microsecond(row.recorded_at_us)
        .map_err(|_| unreadable(row, "its instant is no time"))
}

fn actor(row: &EventRow) -> Result<Actor, Unreadable> {
    let subject: Subject =
        row.actor_subject.parse().map_err(|_| unreadable(row, "its actor is no subject"))?;
    let part = Part::parse(&row.actor_role, row.actor_partner)
        .ok_or_else(|| unreadable(row, "its actor's role is not known"))?;
    Ok(Actor { subject, part })
}

fn read_payload(row: &EventRow) -> Result<Payload, Unreadable> {
    serde_json::from_slice(&row.payload).map_err(|error| unreadable(row, &error.to_string()))
}

/// The warnings that stand in a row.
pub fn warnings(row: &EventRow) -> Result<Vec<Warning>, Unreadable> {
    let wrong = |why: String| Unreadable { position: row.position, why };
    let warnings = read_payload(row)?.warnings.map_or_else(|| Ok(Vec::new()), Vec::deserialize);
    warnings.map_err(|error| wrong(error.to_string()))
}

/// Whether the digest of a row is that of its claim, as `cairn verify` asks of every row.
pub fn check_digest(row: &EventRow) -> Result<(), String> {
    let (posting, _) = posting(row).map_err(|unreadable| unreadable.why)?;
    let payload = read_payload(row).map_err(|unreadable| unreadable.why)?;
    if digest(&posting, &payload.data) == row.digest {
        Ok(())
    } else {
        Err("the digest is not that of the claim".to_owned())
    }
}

pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |four_bits: u8| char::from(DIGITS[usize::from(four_bits)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// A row as a CloudEvent with what the server added: whole, as it is exported.
pub fn cloud_event(row: &EventRow) -> Result<Map<String, Value>, Unreadable> {
    let payload = read_payload(row)?;
    let mut event = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            event.insert(name.to_owned(), value);
        }
    };
    let source = match row.actor_partner {
        Some(number) => format!("/partners/{number}"),
        None => format!("/{}", row.actor_role),
    };
    put("specversion", Some(json!("1.0")));
    put("id", Some(json!(row.event_id)));
    put("source", Some(json!(source)));
    put("type", Some(json!(row.event_type)));
    put("dataschema", Some(json!(schema_path(&row.event_type, row.schema_version))));
    put("occurredon", Some(json!(row.occurred_on)));
    put("onbehalfof", payload.onbehalfof.map(Value::String));
    put("reason", payload.reason.map(Value::String));
    put("correlationid", payload.correlationid.map(|id| json!(id)));
    put("causationid", payload.causationid.map(|id| json!(id)));
    put("project", Some(json!(row.project)));
    put("position", Some(json!(row.position)));
    put("version", Some(json!(row.version)));
    put("recordedat", Some(json!(recorded_at(row)?.to_string())));
    put("actorsubject", Some(json!(row.actor_subject)));
    put("actorpartner", row.actor_partner.map(|number| json!(number)));
    put("actorrole", Some(json!(row.actor_role)));
    put("leafhash", Some(json!(hex(&row.leaf_hash))));
    put("warnings", payload.warnings);
    put("completed", payload.completed);
    let data = serde_json::from_str(payload.data.get()).expect("raw JSON is JSON");
    put("data", Some(data));
    Ok(event)
}

/// Members of `data` that are shown to the owner and to who sees everything: documents, and the
/// expenditure lines that a lesson came from.
const PRIVATE: [&str; 2] = ["evidence", "lines"];

/// A row as one reader may see it: without evidence, lines and subject where these are not shown.
pub fn cloud_event_shown(row: &EventRow, shown: Shown) -> Result<Map<String, Value>, Unreadable> {
    let mut event = cloud_event(row)?;
    if !shown.subject {
        event.remove("actorsubject");
    }
    if !shown.evidence {
        let data = event.get_mut("data").and_then(Value::as_object_mut);
        let removed = data.map_or_else(Vec::new, |data| {
            PRIVATE.iter().filter(|name| data.remove(**name).is_some()).collect()
        });
        let withheld: Vec<_> = removed.iter().map(|name| format!("/data/{name}")).collect();
        if !withheld.is_empty() {
            event.insert("withheld".to_owned(), json!(withheld));
        }
    }
    Ok(event)
}

pub fn schema_path(event_type: &str, version: u32) -> String {
    format!("/v1/schemas/{event_type}/{version}.json")
}
