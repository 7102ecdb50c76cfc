//! Evidence: documents that stand behind an event.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de};

use crate::ids::Sha256;
use crate::text::{ShortText, Uri};

/// 2^53 - 1: canonical JSON (RFC 8785) writes numbers as JavaScript does, which keeps no larger
/// whole number exact.
const EXACT_MAX: u64 = 9_007_199_254_740_991;

fn whole_exact<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let number = Option::<u64>::deserialize(deserializer)?;
    match number {
        Some(number) if number > EXACT_MAX => {
            Err(de::Error::custom(format!("{number} is too large: give at most {EXACT_MAX}")))
        }
        Some(_) | None => Ok(number),
    }
}

/// A document behind an event. *Held* evidence was uploaded and checked and is named by its
/// SHA-256; *linked* evidence has a `uri`, is taken as stated and is listed as such.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Evidence {
    pub kind: EvidenceKind,
    pub name: ShortText,
    /// Where a linked document lies; absent for a held one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<Uri>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Sha256>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<ShortText>,
    /// Size of a held document.
    #[serde(default, deserialize_with = "whole_exact", skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 9_007_199_254_740_991_u64))]
    pub bytes: Option<u64>,
}

impl Evidence {
    /// Whether the document is said to be held by Cairn itself.
    pub fn is_held(&self) -> bool {
        self.uri.is_none()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceKind {
    Report,
    Minutes,
    AttendanceList,
    Photo,
    Publication,
    Dataset,
    Invoice,
    ProofOfPayment,
    Payroll,
    Contract,
    Letter,
    Grant,
    Other,
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::form;

    fn read(field: &str, value: Value) -> Result<Evidence, form::Fault> {
        form::read(&json!({ "kind": "report", "name": "Report", field: value }))
    }

    #[test]
    fn a_size_is_one_that_canonical_json_keeps_exact() {
        assert!(read("bytes", json!(9_007_199_254_740_991_u64)).is_ok());
        let fault = read("bytes", json!(9_007_199_254_740_992_u64)).unwrap_err();
        assert_eq!(fault.pointer, "/bytes");
        assert!(fault.message.contains("at most 9007199254740991"), "{}", fault.message);
    }

    #[test]
    fn a_document_lies_where_a_person_can_safely_go() {
        assert!(read("uri", json!("evidence/e-bulletin-1.txt")).is_ok());
        assert_eq!(read("uri", json!("javascript:alert(1)")).unwrap_err().pointer, "/uri");
    }
}
