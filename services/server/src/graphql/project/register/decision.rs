//! A decision, and what took its place.

use async_graphql::{InputObject, SimpleObject};
use cairn_domain::view::register::decision;

use super::Items;
use crate::graphql::evidence::Evidence;
use crate::graphql::project::Reading;
use crate::graphql::project::learning::entry::Entry;
use crate::graphql::values::{Code, Date, LocalizedText};

/// Which decisions are wanted: those that fit all that is said.
#[derive(Clone, Copy, Debug, Default, InputObject)]
pub struct DecisionFilter {
    /// Whether no later decision takes its place.
    pub holds: Option<bool>,
    /// A code that it is about, or that such a code belongs to.
    pub code: Option<Code>,
    /// Number of a milestone that it is about.
    pub milestone: Option<u32>,
}

impl DecisionFilter {
    pub(super) fn fits(&self, decision: &decision::Decision, items: Option<&Items>) -> bool {
        let data = &decision.data;
        self.holds.is_none_or(|holds| holds == decision.holds())
            && items.is_none_or(|items| decision.items.iter().any(|item| items.contains(item)))
            && self.milestone.is_none_or(|number| data.milestones.contains(&number))
    }
}

/// What was decided for the partnership. `eventId` names it in postings.
#[derive(Clone, Debug, SimpleObject)]
pub struct Decision {
    #[graphql(flatten)]
    pub entry: Entry,
    /// What was decided, in a line.
    pub title: LocalizedText,
    /// What was decided, and why.
    pub text: Option<LocalizedText>,
    /// The day of the decision.
    pub taken_on: Date,
    /// Who decided, such as the steering committee.
    pub body: String,
    /// Codes that it is about, such as `A 5.1`.
    pub codes: Vec<Code>,
    /// Numbers of the milestones that it is about.
    pub milestones: Vec<u32>,
    /// Event id of the decision that it takes the place of.
    pub supersedes: Option<String>,
    /// Event ids of the decisions that take its place.
    pub superseded_by: Vec<String>,
    /// Whether no later decision takes its place.
    pub holds: bool,
    /// Null to those who may not see the partner's documents.
    pub evidence: Option<Vec<Evidence>>,
}

impl Decision {
    pub(super) fn of(reading: &Reading, decision: &decision::Decision) -> Self {
        let data = &decision.data;
        Self {
            entry: Entry::of(reading, &decision.entry),
            title: LocalizedText(data.title.clone()),
            text: data.text.clone().map(LocalizedText),
            taken_on: Date(decision.taken_on()),
            body: data.body.to_string(),
            codes: reading.codes_of(&decision.items),
            milestones: data.milestones.to_vec(),
            supersedes: data.supersedes.map(|id| id.to_string()),
            superseded_by: decision.superseded_by.iter().map(ToString::to_string).collect(),
            holds: decision.holds(),
            evidence: reading.evidence_of(decision.entry.organisation.partner(), &data.evidence),
        }
    }
}
