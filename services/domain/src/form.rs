//! Reading `data`: the first thing that is wrong with it, where it stands, and how to mend it.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::Segment;

/// A name is repeated to its poster up to this length: enough to find it again.
const NAME_CHARACTERS_MAX: usize = 40;
/// A sentence of the reader is repeated up to this length: all that are the program's own are
/// shorter, and a longer one has the poster's text in it.
const FOUND_CHARACTERS_MAX: usize = 300;
/// Names are compared up to this length, since a comparison costs its square.
const COMPARED_BYTES_MAX: usize = 64;

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

/// Reads a typed value from the text of JSON. What is wrong is told as [`read`] tells it.
pub(crate) fn read_text<T: DeserializeOwned>(data: &str) -> Result<T, Fault> {
    if let Ok(read) = serde_json::from_str(data) {
        return Ok(read);
    }
    let not_json =
        |error: serde_json::Error| Fault { pointer: String::new(), message: error.to_string() };
    read(&serde_json::from_str(data).map_err(not_json)?)
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } => {
                pointer.push('/');
                let key = cut(key, NAME_CHARACTERS_MAX);
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
            }
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    pointer
}

/// Names the nearest known field or word where serde says that one is unknown, and repeats
/// little of what was found.
fn with_nearest(message: &str) -> String {
    // What was found may have any text in it; what is expected is the program's own.
    let Some((found, expected)) = message.rsplit_once(", expected ") else {
        return cut(message, FOUND_CHARACTERS_MAX);
    };
    for what in ["unknown field", "unknown variant"] {
        let quoted = found.strip_prefix(what).and_then(|rest| rest.strip_prefix(" `"));
        if let Some(wrong) = quoted.and_then(|rest| rest.strip_suffix('`')) {
            let nearest = nearest(wrong, expected.split('`').skip(1).step_by(2));
            let hint = nearest.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
            let wrong = cut(wrong, NAME_CHARACTERS_MAX);
            return format!("{what} `{wrong}`, expected {expected}{hint}");
        }
    }
    format!("{}, expected {expected}", cut(found, FOUND_CHARACTERS_MAX))
}

fn cut(text: &str, characters_max: usize) -> String {
    match text.char_indices().nth(characters_max) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The known name that a wrong one was most likely meant to be. Nothing is near to a name that
/// is far longer than any known one, and it is not compared.
pub fn nearest<'a>(wrong: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if wrong.len() > COMPARED_BYTES_MAX {
        return None;
    }
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

    #[test]
    fn repeats_little_of_a_long_unknown_name() {
        let long = "я".repeat(100_000);
        let fault = read::<Sample>(&json!({ long.clone(): [] })).unwrap_err();
        let cut = format!("unknown field `{}…`, expected `incurredFrom`", "я".repeat(40));
        assert_eq!(fault.message, cut);
        assert!(fault.pointer.chars().count() <= 42, "{}", fault.pointer);
        let fault = read::<Sample>(&json!({ "incurredFrom": long })).unwrap_err();
        assert!(fault.message.chars().count() < 340, "{}", fault.message);
        let fault = read::<Sample>(&json!({ "a`, expected `b": [] })).unwrap_err();
        assert!(fault.message.starts_with("unknown field `a`, expected `b`, expected "));
    }

    #[test]
    fn no_name_is_near_to_a_long_one() {
        let long = format!("incurredFrom{}", "m".repeat(53));
        assert_eq!(nearest(&long, ["incurredFrom"].into_iter()), None);
        assert_eq!(nearest(&long[..64], ["incurredFrom"].into_iter()), Some("incurredFrom"));
    }
}
