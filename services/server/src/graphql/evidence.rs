//! Documents that stand behind what was recorded.

use async_graphql::{Enum, SimpleObject};
use cairn_domain::event::evidence;

/// What sort of document it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "evidence::EvidenceKind")]
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

/// A document behind what was recorded.
#[derive(Clone, Debug, SimpleObject)]
pub struct Evidence {
    /// What sort of document it is.
    pub kind: EvidenceKind,
    /// Name of the document.
    pub name: String,
    /// Whether Cairn itself holds the document; otherwise it is taken as stated.
    pub held: bool,
    /// Where a document lies that Cairn does not hold.
    pub uri: Option<String>,
    /// The document's SHA-256, in hexadecimal digits.
    pub sha256: Option<String>,
    /// Such as `application/pdf`.
    pub media_type: Option<String>,
    /// Size of a held document.
    pub bytes: Option<u64>,
}

impl Evidence {
    pub fn all(evidence: &[evidence::Evidence]) -> Vec<Self> {
        evidence.iter().map(Self::from).collect()
    }
}

impl From<&evidence::Evidence> for Evidence {
    fn from(evidence: &evidence::Evidence) -> Self {
        Self {
            kind: evidence.kind.into(),
            name: evidence.name.to_string(),
            held: evidence.is_held(),
            uri: evidence.uri.as_ref().map(ToString::to_string),
            sha256: evidence.sha256.as_ref().map(ToString::to_string),
            media_type: evidence.media_type.as_ref().map(ToString::to_string),
            bytes: evidence.bytes,
        }
    }
}
