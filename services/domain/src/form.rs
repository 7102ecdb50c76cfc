//! Reading `data`: the first thing that is wrong with it, where it stands, and how to mend it.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::Segment;

/// What is wrong with the form of an event's `data`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// A JSON Pointer into `data`, empty for the whole.
    pub pointer: String,
    pub message: String,
}

/// Reads a typed value from JSON.
pub fn read<T: DeserializeOwned>(data: &Value) -> Result<T, Fault> {
    // Keeping track of the place costs as much as the reading, and is of use only for a fault.
    if let Ok(read) = T::deserialize(data) {
        return Ok(read);
    }
    serde_path_to_error::deserialize(data).map_err(|error| Fault {
        pointer: pointer(error.path()),
        message: with_nearest(&error.inner().to_string()),
    })
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } => {
                pointer.push('/');
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
            }
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    pointer
}

/// Names the nearest known field or word where serde says that one is unknown.
fn with_nearest(message: &str) -> String {
    let Some((unknown, expected)) = message.split_once(", expected ") else {
        return message.to_owned();
    };
    let is_name = unknown.starts_with("unknown field") || unknown.starts_with("unknown variant");
    let wrong = unknown.split('`').nth(1).unwrap_or_default();
    match nearest(wrong, expected.split('`').skip(1).step_by(2)) {
        Some(name) if is_name => format!("{message}; did you mean `{name}`?"),
        Some(_) | None => message.to_owned(),
    }
}

/// The known name that a wrong one was most likely meant to be.
pub fn nearest<'a>(wrong: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|name| (strsim::jaro_winkler(&wrong.to_lowercase(), &name.to_lowercase()), name))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

/// The JSON Schema of a type of data, on its own.
pub fn schema<T: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>()
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Sample {
        #[expect(dead_code, reason = "only its reading is tested")]
        incurred_from: Vec<crate::money::Cents>,
    }

    #[test]
    fn names_the_place_and_the_nearest_field() {
        let fault = read::<Sample>(&json!({ "incuredFrom": [] })).unwrap_err();
        assert!(fault.message.contains("did you mean `incurredFrom`?"), "{}", fault.message);
        let fault = read::<Sample>(&json!({ "incurredFrom": ["1.00", "x"] })).unwrap_err();
        assert_eq!(fault.pointer, "/incurredFrom/1");
    }
}
