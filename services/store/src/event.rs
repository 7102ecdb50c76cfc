//! The row of the log, and the leaf hash that covers every column of it.

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::merkle::{self, Hash};

/// What the writer hands over; the log gives the position and the hashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    pub project: String,
    /// The place in the project: 1, 2, 3 …
    pub version: u64,
    pub event_id: Uuid,
    pub event_type: String,
    pub schema_version: u32,
    /// An ISO date.
    pub occurred_on: String,
    /// Whole microseconds UTC since 1970.
    pub recorded_at_us: i64,
    pub actor_subject: String,
    pub actor_partner: Option<u32>,
    pub actor_role: String,
    /// Exact bytes, never parsed here.
    pub payload: Vec<u8>,
    pub digest: Hash,
}

/// A recorded event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    /// The place in the log: 1, 2, 3 …
    pub position: u64,
    pub project: String,
    pub version: u64,
    pub event_id: Uuid,
    pub event_type: String,
    pub schema_version: u32,
    /// An ISO date.
    pub occurred_on: String,
    /// Whole microseconds UTC since 1970.
    pub recorded_at_us: i64,
    pub actor_subject: String,
    pub actor_partner: Option<u32>,
    pub actor_role: String,
    pub payload: Vec<u8>,
    /// SHA-256 of the payload.
    pub payload_hash: Hash,
    pub digest: Hash,
    /// RFC 6962 leaf hash of the envelope.
    pub leaf_hash: Hash,
}

/// The first field of every envelope. A changed envelope gets a new name, so that no bytes can be
/// read as two different envelopes.
const ENVELOPE_NAME: &[u8] = b"cairn.event.v1";

impl EventRow {
    pub(crate) fn seal(position: u64, event: NewEvent) -> EventRow {
        let mut row = EventRow {
            position,
            payload_hash: hash_payload(&event.payload),
            leaf_hash: [0; 32],
            project: event.project,
            version: event.version,
            event_id: event.event_id,
            event_type: event.event_type,
            schema_version: event.schema_version,
            occurred_on: event.occurred_on,
            recorded_at_us: event.recorded_at_us,
            actor_subject: event.actor_subject,
            actor_partner: event.actor_partner,
            actor_role: event.actor_role,
            payload: event.payload,
            digest: event.digest,
        };
        row.leaf_hash = row.compute_leaf_hash();
        row
    }

    /// The bytes under the leaf hash: every column, each behind its length, with the hash of the
    /// payload in place of the payload, so that an envelope can be shown without it.
    pub fn envelope(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(384);
        let mut put = |field: &[u8]| {
            bytes.extend_from_slice(&(field.len() as u64).to_be_bytes());
            bytes.extend_from_slice(field);
        };
        put(ENVELOPE_NAME);
        put(&self.position.to_be_bytes());
        put(self.project.as_bytes());
        put(&self.version.to_be_bytes());
        put(self.event_id.as_bytes());
        put(self.event_type.as_bytes());
        put(&self.schema_version.to_be_bytes());
        put(self.occurred_on.as_bytes());
        put(&self.recorded_at_us.to_be_bytes());
        put(self.actor_subject.as_bytes());
        // No partner is a field of no bytes, which no partner number can be.
        put(self.actor_partner.map(u32::to_be_bytes).as_ref().map_or(&[], |bytes| bytes));
        put(self.actor_role.as_bytes());
        put(&self.payload_hash);
        put(&self.digest);
        bytes
    }

    /// Says in words what is not as it was sealed: the payload, or any other column. Who changed the
    /// leaf hash too is found by the tree only.
    pub fn check_hashes(&self) -> Result<(), &'static str> {
        if hash_payload(&self.payload) != self.payload_hash {
            return Err("its payload is not the one that was recorded");
        }
        if self.compute_leaf_hash() != self.leaf_hash {
            return Err("one of its columns is not the one that was recorded");
        }
        Ok(())
    }

    fn compute_leaf_hash(&self) -> Hash {
        merkle::leaf(&self.envelope())
    }
}

fn hash_payload(payload: &[u8]) -> Hash {
    Sha256::digest(payload).into()
}

impl From<EventRow> for NewEvent {
    /// Drops what the log gave, for restoring a row into another log.
    fn from(row: EventRow) -> NewEvent {
        NewEvent {
            project: row.project,
            version: row.version,
            event_id: row.event_id,
            event_type: row.event_type,
            schema_version: row.schema_version,
            occurred_on: row.occurred_on,
            recorded_at_us: row.recorded_at_us,
            actor_subject: row.actor_subject,
            actor_partner: row.actor_partner,
            actor_role: row.actor_role,
            payload: row.payload,
            digest: row.digest,
        }
    }
}
