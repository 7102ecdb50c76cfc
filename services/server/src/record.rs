//! Between the rows of the log and the events of the domain: the exact bytes of a payload, the
//! digest of a claim, and an event as it is shown and exported.

use std::borrow::Cow;

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
struct Payload<'a> {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    causationid: Option<Uuid>,
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    completed: Option<&'a RawValue>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    correlationid: Option<Uuid>,
    #[serde(borrow)]
    data: &'a RawValue,
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    onbehalfof: Option<Cow<'a, str>>,
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    reason: Option<Cow<'a, str>>,
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    warnings: Option<&'a RawValue>,
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
    // Only what Cairn itself adds has to be brought into its canonical form here.
    let (completed, warnings) =
        (completed.as_ref().map(canonical), warnings.as_ref().map(canonical));
    let payload = Payload {
        causationid: posting.causation_id,
        completed: completed.as_deref(),
        correlationid: posting.correlation_id,
        data,
        onbehalfof: posting.on_behalf_of.map(|somebody| somebody.to_string().into()),
        reason: posting.reason.as_ref().map(|reason| reason.as_str().into()),
        warnings: warnings.as_deref(),
    };
    serde_json::to_vec(&payload).expect("a payload has string keys only")
}

/// What the poster claims, in the order of RFC 8785.
#[derive(Serialize)]
struct Claim<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    causationid: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    correlationid: Option<Uuid>,
    data: &'a RawValue,
    occurredon: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    onbehalfof: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    schemaversion: u32,
    r#type: &'a str,
}

impl Claim<'_> {
    fn digest(&self) -> Hash {
        let bytes = serde_json::to_vec(self).expect("a claim has string keys only");
        Sha256::digest(bytes).into()
    }
}

/// SHA-256 of what the poster claims: two postings with one id are the same when it is.
pub fn digest(posting: &Posting, data: &RawValue) -> Hash {
    let occurred_on = posting.occurred_on.to_string();
    let on_behalf_of = posting.on_behalf_of.map(|somebody| somebody.to_string());
    let claim = Claim {
        causationid: posting.causation_id,
        correlationid: posting.correlation_id,
        data,
        occurredon: &occurred_on,
        onbehalfof: on_behalf_of.as_deref(),
        reason: posting.reason.as_ref().map(|reason| reason.as_str()),
        schemaversion: posting.schema_version,
        r#type: posting.event_type.as_str(),
    };
    claim.digest()
}

/// As [`digest`], of the claim that stands in a row.
pub fn digest_of(row: &EventRow) -> Result<Hash, Unreadable> {
    let payload = read_payload(row)?;
    let claim = Claim {
        causationid: payload.causationid,
        correlationid: payload.correlationid,
        data: payload.data,
        occurredon: &row.occurred_on,
        onbehalfof: payload.onbehalfof.as_deref(),
        reason: payload.reason.as_deref(),
        schemaversion: row.schema_version,
        r#type: &row.event_type,
    };
    Ok(claim.digest())
}

/// Whether the digest of a row is that of its claim, as `cairn verify` asks of every row.
pub fn check_digest(row: &EventRow) -> Result<(), String> {
    if digest_of(row).map_err(|unreadable| unreadable.why)? == row.digest {
        Ok(())
    } else {
        Err("the digest is not that of the claim".to_owned())
    }
}

/// A row as the folds read it. One that was altered is refused: no figure is made of it.
pub fn recorded(row: &EventRow) -> Result<Recorded, Unreadable> {
    row.check_hashes().map_err(|why| unreadable(row, why))?;
    let wrong = |why: String| Unreadable { position: row.position, why };
    let payload = read_payload(row)?;
    let event_type = EventType::parse(&row.event_type)
        .map_err(|_| wrong(format!("the type `{}` is not known", row.event_type)))?;
    let event = Event::parse_text(event_type, payload.data.get());
    let on_behalf_of = payload.onbehalfof.map(|text| text.parse::<OnBehalfOf>()).transpose();
    let completed = payload.completed.map(|json| serde_json::from_str(json.get())).transpose();
    Ok(Recorded {
        id: row.event_id,
        position: row.position,
        version: row.version,
        occurred_on: row.occurred_on.parse().map_err(|_| wrong("its day is no date".into()))?,
        recorded_at: recorded_at(row)?,
        actor: actor(row)?,
        on_behalf_of: on_behalf_of.map_err(|error| wrong(error.to_string()))?,
        event: event.map_err(|fault| wrong(fault.message))?.into(),
        completed: completed.map_err(|error| wrong(error.to_string()))?.unwrap_or_default(),
    })
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

fn read_payload(row: &EventRow) -> Result<Payload<'_>, Unreadable> {
    serde_json::from_slice(&row.payload).map_err(|error| unreadable(row, &error.to_string()))
}

/// The warnings that stand in a row.
pub fn warnings(row: &EventRow) -> Result<Vec<Warning>, Unreadable> {
    let wrong = |why: String| Unreadable { position: row.position, why };
    let warnings = read_payload(row)?.warnings;
    warnings
        .map_or_else(|| Ok(Vec::new()), |json| serde_json::from_str(json.get()))
        .map_err(|error| wrong(error.to_string()))
}

pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |four_bits: u8| char::from(DIGITS[usize::from(four_bits)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// A row as a CloudEvent with what the server added: whole, as it is exported.
pub fn cloud_event(row: &EventRow) -> Result<Map<String, Value>, Unreadable> {
    let payload = read_payload(row)?;
    // Raw JSON may still be nested too deep, or have a number past every range.
    let value = |json: &RawValue| {
        serde_json::from_str::<Value>(json.get())
            .map_err(|error| unreadable(row, &error.to_string()))
    };
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
    put("onbehalfof", payload.onbehalfof.map(|text| json!(text)));
    put("reason", payload.reason.map(|text| json!(text)));
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
    put("warnings", payload.warnings.map(value).transpose()?);
    put("completed", payload.completed.map(value).transpose()?);
    put("data", Some(value(payload.data)?));
    Ok(event)
}

/// Members of `data` that are shown to the owner, to whom they concern and to who sees everything:
/// documents, references of the bank, and the expenditure lines that a lesson came from.
const PRIVATE: [&str; 3] = ["evidence", "lines", "proof"];

/// A row as one reader may see it: without what is private, corrections of others and subject where
/// these are not shown.
pub fn cloud_event_shown(row: &EventRow, shown: &Shown) -> Result<Map<String, Value>, Unreadable> {
    let mut event = cloud_event(row)?;
    if !shown.subject {
        event.remove("actorsubject");
    }
    let data = event.get_mut("data").and_then(Value::as_object_mut);
    let withheld = data.map_or_else(Vec::new, |data| withhold(data, shown));
    if !withheld.is_empty() {
        event.insert("withheld".to_owned(), json!(withheld));
    }
    Ok(event)
}

/// Takes out what a reader may not see, and says where it was.
fn withhold(data: &mut Map<String, Value>, shown: &Shown) -> Vec<String> {
    let hidden: &[&str] = if shown.evidence { &[] } else { &PRIVATE };
    let hidden = hidden.iter().filter(|name| data.remove(**name).is_some());
    let mut withheld: Vec<_> = hidden.map(|name| format!("/data/{name}")).collect();
    let others = &shown.corrections_of_others;
    if let Some(corrections) = data.get_mut("corrections").and_then(Value::as_array_mut) {
        let mut index = 0..;
        corrections.retain(|_| index.next().is_none_or(|at| others.binary_search(&at).is_err()));
        withheld.extend(others.first().map(|_| "/data/corrections".to_owned()));
    }
    withheld
}

pub fn schema_path(event_type: &str, version: u32) -> String {
    format!("/v1/schemas/{event_type}/{version}.json")
}
