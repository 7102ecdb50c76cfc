//! Questions of the controller as the rules need them: who answers, and what is over.

use imbl::OrdMap;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ids::{EventId, PartnerNumber};
use crate::posting::Recorded;

/// The clarifications of a project.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ClarificationState(OrdMap<EventId, ClarificationFacts>);

/// A question of the controller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClarificationFacts {
    /// The partner whose lines it asks about; the lead partner answers where there is none.
    pub partner: Option<PartnerNumber>,
    pub requested_on: Date,
    pub closed_on: Option<Date>,
}

impl ClarificationState {
    pub fn get(&self, id: EventId) -> Option<&ClarificationFacts> {
        self.0.get(&id)
    }

    pub(super) fn request(&mut self, recorded: &Recorded, partner: Option<PartnerNumber>) {
        let requested_on = recorded.occurred_on;
        let facts = ClarificationFacts { partner, requested_on, closed_on: None };
        self.0.insert(recorded.id, facts);
    }

    pub(super) fn close(&mut self, recorded: &Recorded, id: EventId) {
        if let Some(facts) = self.0.get_mut(&id) {
            facts.closed_on = facts.closed_on.or(Some(recorded.occurred_on));
        }
    }
}
