//! An audit, and what it found.

use std::sync::Arc;

use imbl::Vector;
use serde::{Deserialize, Serialize};

use crate::event::finance::audit::{AuditClosed, AuditOpened, FindingRecorded};
use crate::ids::PartnerNumber;
use crate::view::learning_log::Entry;

/// An audit, open or done.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Audit {
    pub entry: Entry,
    pub data: Arc<AuditOpened>,
    /// In the order in which they were recorded.
    pub findings: Vector<Arc<AuditFinding>>,
    pub closing: Option<Arc<AuditClosing>>,
}

/// What an audit found.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AuditFinding {
    pub entry: Entry,
    pub data: Arc<FindingRecorded>,
    /// The partner of its lines; none where it is about no line.
    pub partner: Option<PartnerNumber>,
}

/// An audit is done.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AuditClosing {
    pub entry: Entry,
    pub data: Arc<AuditClosed>,
}

impl Audit {
    pub fn is_open(&self) -> bool {
        self.closing.is_none()
    }
}
