//! Risks, issues and decisions as the rules need them: whose they are, and what is over.

use imbl::OrdMap;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::event::delivery::register::{DecisionTaken, IssueResolved, RiskReassessed};
use crate::ids::{EventId, PartnerNumber};
use crate::posting::Recorded;

/// What partners watch and settle.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct RegisterState {
    pub risks: OrdMap<EventId, RiskFacts>,
    pub issues: OrdMap<EventId, IssueFacts>,
    pub decisions: OrdMap<EventId, DecisionFacts>,
}

/// A risk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskFacts {
    /// The partner that recorded it, its owner.
    pub partner: Option<PartnerNumber>,
    pub recorded_on: Date,
    pub closed_on: Option<Date>,
}

/// A decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionFacts {
    /// The partner that recorded it.
    pub partner: Option<PartnerNumber>,
    pub taken_on: Date,
}

/// An issue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssueFacts {
    /// The partner that raised it, its owner.
    pub partner: Option<PartnerNumber>,
    pub raised_on: Date,
    pub resolved_on: Option<Date>,
}

impl RegisterState {
    pub(super) fn record_risk(&mut self, recorded: &Recorded) {
        let risk = RiskFacts {
            partner: recorded.partner(),
            recorded_on: recorded.occurred_on,
            closed_on: None,
        };
        self.risks.insert(recorded.id, risk);
    }

    pub(super) fn reassess(&mut self, recorded: &Recorded, data: &RiskReassessed) {
        let risk = self.risks.get_mut(&data.risk).filter(|_| data.closed);
        if let Some(risk) = risk {
            risk.closed_on = Some(recorded.occurred_on);
        }
    }

    pub(super) fn raise_issue(&mut self, recorded: &Recorded) {
        let issue = IssueFacts {
            partner: recorded.partner(),
            raised_on: recorded.occurred_on,
            resolved_on: None,
        };
        self.issues.insert(recorded.id, issue);
    }

    pub(super) fn resolve(&mut self, recorded: &Recorded, data: &IssueResolved) {
        if let Some(issue) = self.issues.get_mut(&data.issue) {
            issue.resolved_on = Some(data.date.unwrap_or(recorded.occurred_on));
        }
    }

    pub(super) fn decide(&mut self, recorded: &Recorded, data: &DecisionTaken) {
        let decision = DecisionFacts {
            partner: recorded.partner(),
            taken_on: data.date.unwrap_or(recorded.occurred_on),
        };
        self.decisions.insert(recorded.id, decision);
    }
}
