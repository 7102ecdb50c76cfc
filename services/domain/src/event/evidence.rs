//! Evidence: documents that stand behind an event.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::Sha256;
use crate::text::ShortText;

/// A document behind an event. *Held* evidence was uploaded and checked and is named by its
/// SHA-256; *linked* evidence has a `uri`, is taken as stated and is listed as such.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Evidence {
    pub kind: EvidenceKind,
    pub name: ShortText,
    /// Where a linked document lies; absent for a held one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<ShortText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Sha256>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<ShortText>,
    /// Size of a held document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
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
