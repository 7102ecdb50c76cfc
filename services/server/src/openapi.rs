//! The contract of the REST door as OpenAPI 3.1.

use serde_json::Value;

/// The document.
pub fn document() -> Value {
    Value::Null
}
