//! Audits as the rules need them: which are open, and which findings they have.

use imbl::{OrdMap, OrdSet};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::event::finance::audit::FindingRecorded;
use crate::ids::{EventId, PartnerNumber};
use crate::posting::Recorded;

/// The audits of a project and their findings.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct AuditState {
    audits: OrdMap<EventId, AuditFacts>,
    findings: OrdMap<EventId, FindingFacts>,
}

/// An audit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditFacts {
    pub opened_on: Date,
    pub closed_on: Option<Date>,
    /// The numbers of its findings.
    numbers: OrdSet<String>,
}

impl AuditFacts {
    pub fn has_finding(&self, number: &str) -> bool {
        self.numbers.contains(number)
    }
}

/// What an audit found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingFacts {
    pub audit: EventId,
    /// The partner of its lines; none where it is about no line.
    pub partner: Option<PartnerNumber>,
}

impl AuditState {
    pub fn get(&self, id: EventId) -> Option<&AuditFacts> {
        self.audits.get(&id)
    }

    pub fn finding(&self, id: EventId) -> Option<&FindingFacts> {
        self.findings.get(&id)
    }

    pub(super) fn open(&mut self, recorded: &Recorded) {
        let opened_on = recorded.occurred_on;
        let audit = AuditFacts { opened_on, closed_on: None, numbers: OrdSet::new() };
        self.audits.insert(recorded.id, audit);
    }

    pub(super) fn find(
        &mut self,
        recorded: &Recorded,
        data: &FindingRecorded,
        partner: Option<PartnerNumber>,
    ) {
        if let Some(audit) = self.audits.get_mut(&data.audit) {
            audit.numbers.insert(data.number.to_string());
        }
        self.findings.insert(recorded.id, FindingFacts { audit: data.audit, partner });
    }

    pub(super) fn close(&mut self, recorded: &Recorded, id: EventId) {
        if let Some(audit) = self.audits.get_mut(&id) {
            audit.closed_on = audit.closed_on.or(Some(recorded.occurred_on));
        }
    }
}
