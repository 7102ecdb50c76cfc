//! Visits of the controller and of the lead partner.

use async_graphql::SimpleObject;
use cairn_domain::view::finance_register::visit;

use super::Record;
use crate::graphql::evidence::Evidence;
use crate::graphql::project::Reading;
use crate::graphql::values::{Date, LocalizedText};

/// Somebody went to see.
#[derive(Clone, Debug, SimpleObject)]
pub struct Visit {
    #[graphql(flatten)]
    pub record: Record,
    /// Whether it is the controller's visit; otherwise it is one of the lead partner.
    pub by_controller: bool,
    /// Where it was.
    pub place: LocalizedText,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// Number of the partner that was visited.
    pub partner: Option<u32>,
    /// Number of the claim that it belongs to.
    pub claim: Option<u32>,
    /// What was looked at.
    pub focus: LocalizedText,
    /// What was found.
    pub result: Option<LocalizedText>,
    /// Null but to the partner that was visited, and to those who check.
    pub evidence: Option<Vec<Evidence>>,
}

impl Visit {
    pub(super) fn of(reading: &Reading, visit: &visit::Visit) -> Self {
        let data = &visit.data;
        Self {
            record: Record::of(reading, &visit.entry),
            by_controller: visit.by_controller,
            place: LocalizedText(data.place.clone()),
            from: Date(data.from),
            to: Date(data.to),
            partner: data.partner,
            claim: data.claim,
            focus: LocalizedText(data.focus.clone()),
            result: data.result.clone().map(LocalizedText),
            evidence: reading.evidence_of(data.partner, &data.evidence),
        }
    }
}
