//! An event as it is read from the log, by whomever: what of it must never change.

use jiff::Timestamp;
use serde_json::Value;

/// Its place is its position and, as the log has one project, its version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) id: String,
    pub(crate) leaf_hash: String,
    pub(crate) recorded_at: Timestamp,
}

impl Entry {
    /// The event that is to stand at `position`.
    pub(crate) fn at(position: u64, event: &Value) -> Result<Self, String> {
        if event["position"] != position || event["version"] != position {
            return Err(format!("a gap: {event} came where {position} was to come"));
        }
        let text = |name: &str| event[name].as_str().map(str::to_owned);
        let read = || {
            let recorded_at = event["recordedat"].as_str()?.parse().ok()?;
            Some(Self { id: text("id")?, leaf_hash: text("leafhash")?, recorded_at })
        };
        read().ok_or_else(|| format!("not a whole event: {event}"))
    }
}
