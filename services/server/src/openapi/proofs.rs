//! The routes that prove the log.

use serde_json::{Value, json};

use super::reference;
use super::routes::{answers, array, operation};
use crate::problem::Kind;

/// What any of these answers with.
const KINDS: [Kind; 6] = [
    Kind::ParameterInvalid,
    Kind::Unauthenticated,
    Kind::NotFound,
    Kind::NotSigned,
    Kind::Unavailable,
    Kind::Stale,
];

pub(super) fn checkpoint() -> Value {
    let description = "The signed head of the log: a C2SP `tlog-checkpoint` in a signed note, with \
        one extension line `project KEY VERSION` a project. For members of any project. Signed \
        anew where the log has grown, at most once a second. A head that does not go on from what \
        was signed before is not signed.";
    proof(
        "getCheckpoint",
        "The newest signed checkpoint.",
        description,
        &json!({ "text/plain": { "schema": { "type": "string" } } }),
        &[],
    )
}

pub(super) fn inclusion() -> Value {
    let description = "That the event stands in the log at its position (RFC 6962, section \
        2.1.1). For who may see the event.";
    let schema = object(json!({
        "position": number(1),
        "leafHash": { "type": "string", "pattern": "^[0-9a-f]{64}$",
            "description": "In hexadecimal, as in the event." },
        "size": number(1),
        "root": hash(),
        "hashes": array(hash()),
    }));
    let size = size("At least the position of the event.");
    let content = json!({ "application/json": { "schema": schema } });
    proof("proveEvent", "Prove that an event is recorded.", description, &content, &[size])
}

pub(super) fn consistency() -> Value {
    let description = "That the first `size` events begin with the first `first` (RFC 6962, \
        section 2.1.2), so that nothing was altered between two checkpoints. For members of any \
        project.";
    let schema = object(json!({
        "first": number(1),
        "size": number(1),
        "root": hash(),
        "hashes": array(hash()),
    }));
    let first = json!({ "name": "first", "in": "query", "required": true,
        "description": "The size of the older checkpoint.", "schema": number(1) });
    let size = size("At least `first`.");
    let content = json!({ "application/json": { "schema": schema } });
    proof(
        "proveConsistency",
        "Prove that the log only grew.",
        description,
        &content,
        &[first, size],
    )
}

fn proof(
    id: &str,
    summary: &str,
    description: &str,
    content: &Value,
    parameters: &[Value],
) -> Value {
    let success = json!({ "200": {
        "description": summary,
        "headers": { "Cairn-Position": reference("headers", "Cairn-Position") },
        "content": content,
    }});
    let mut proof = operation(id, "proofs", summary, description, answers(success, &KINDS));
    proof["security"] = json!([{ "token": [] }]);
    let mut all = vec![reference("parameters", "position")];
    all.extend_from_slice(parameters);
    proof["parameters"] = Value::Array(all);
    proof
}

fn size(least: &str) -> Value {
    let description =
        format!("The size of a tree that is signed; the newest where nothing is said. {least}");
    json!({ "name": "size", "in": "query", "description": description, "schema": number(1) })
}

fn object(properties: Value) -> Value {
    let required: Vec<_> =
        properties.as_object().expect("properties are an object").keys().cloned().collect();
    json!({ "type": "object", "properties": properties, "required": required })
}

fn number(least: u64) -> Value {
    json!({ "type": "integer", "minimum": least })
}

fn hash() -> Value {
    json!({ "type": "string", "contentEncoding": "base64",
        "description": "SHA-256, as a checkpoint writes it." })
}
