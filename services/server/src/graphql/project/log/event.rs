//! An event of the log, as one reader may see it.

use async_graphql::{Enum, ID, Json, SimpleObject};
use cairn_domain::event::plan::Role;
use cairn_domain::ids::ProjectKey;
use cairn_domain::posting::{Part, Warning};
use serde_json::{Map, Value};

use crate::events::Seen;
use crate::graphql::node;
use crate::graphql::values::{Date, Instant};
use crate::record::{self, Unreadable};

/// In which part an actor acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum ActorRole {
    /// Whoever can open the database, when a project begins.
    Operator,
    Lead,
    Associated,
    Delivery,
    Transfer,
    Expert,
    Controller,
    Programme,
    Auditor,
}

impl From<Part> for ActorRole {
    fn from(part: Part) -> Self {
        match part {
            Part::Operator => Self::Operator,
            Part::Member { role: Role::Lead, .. } => Self::Lead,
            Part::Member { role: Role::Associated, .. } => Self::Associated,
            Part::Member { role: Role::Delivery, .. } => Self::Delivery,
            Part::Member { role: Role::Transfer, .. } => Self::Transfer,
            Part::Member { role: Role::Expert, .. } => Self::Expert,
            Part::Member { role: Role::Controller, .. } => Self::Controller,
            Part::Member { role: Role::Programme, .. } => Self::Programme,
            Part::Member { role: Role::Auditor, .. } => Self::Auditor,
        }
    }
}

/// A rule that an event went against without being refused.
#[derive(Clone, Debug, SimpleObject)]
pub struct EventWarning {
    /// Id of the rule.
    pub rule: String,
    /// What was found in this event.
    pub message: String,
}

/// What was recorded, once and for all.
#[derive(Clone, Debug, SimpleObject)]
pub struct Event {
    /// Opaque id for `node`.
    #[graphql(owned)]
    pub id: ID,
    /// What the event is named by in postings.
    pub event_id: String,
    /// Such as `deliverable.submitted`.
    #[graphql(name = "type")]
    pub event_type: String,
    /// Number of the event in the whole log.
    pub position: u64,
    /// Number of the event in its project.
    pub version: u64,
    /// Business date in the project's time zone.
    pub occurred_on: Date,
    /// When the log took it.
    pub recorded_at: Instant,
    /// Number of the actor's partner.
    pub actor_partner: Option<u32>,
    /// In which part the actor acted.
    pub actor_role: ActorRole,
    /// Who posted it. Null to those who may not know.
    pub actor_subject: Option<String>,
    /// A partner's number, `controller` or `programme`, where the lead acted for it.
    pub on_behalf_of: Option<String>,
    /// Why somebody acted for another.
    pub reason: Option<String>,
    /// What it went against without being refused.
    pub warnings: Vec<EventWarning>,
    /// What Cairn added to it.
    pub completed: Option<Json<Value>>,
    /// What was posted.
    pub data: Json<Value>,
    /// The event's leaf in the log's Merkle tree, in hexadecimal digits.
    pub leaf_hash: String,
    /// JSON Pointers to what the caller may not see and was left out.
    pub withheld: Vec<String>,
}

impl Event {
    /// The event of the log's door with the same parts left out.
    pub fn of(project: &ProjectKey, seen: &Seen) -> Result<Self, Unreadable> {
        let row = &seen.row;
        let recorded = record::recorded(row)?;
        let mut shown = record::cloud_event_shown(row, &seen.shown)?;
        let warning =
            |warning: Warning| EventWarning { rule: warning.rule, message: warning.message };
        Ok(Self {
            id: node::id(super::KIND, project, row.event_id),
            event_id: row.event_id.to_string(),
            event_type: row.event_type.clone(),
            position: row.position,
            version: row.version,
            occurred_on: Date(recorded.occurred_on),
            recorded_at: Instant(recorded.recorded_at),
            actor_partner: row.actor_partner,
            actor_role: recorded.actor.part.into(),
            actor_subject: text(&mut shown, "actorsubject"),
            on_behalf_of: text(&mut shown, "onbehalfof"),
            reason: text(&mut shown, "reason"),
            warnings: record::warnings(row)?.into_iter().map(warning).collect(),
            completed: shown.remove("completed").map(Json),
            data: Json(shown.remove("data").unwrap_or_default()),
            leaf_hash: record::hex(&row.leaf_hash),
            withheld: withheld(shown.remove("withheld")),
        })
    }
}

fn text(event: &mut Map<String, Value>, name: &str) -> Option<String> {
    match event.remove(name) {
        Some(Value::String(text)) => Some(text),
        Some(_) | None => None,
    }
}

fn withheld(pointers: Option<Value>) -> Vec<String> {
    let Some(Value::Array(pointers)) = pointers else { return Vec::new() };
    pointers.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}
