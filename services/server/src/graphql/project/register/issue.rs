//! An issue, and how it was settled.

use async_graphql::{Enum, InputObject, SimpleObject};
use cairn_domain::event::delivery::register;
use cairn_domain::view::register::issue;

use super::Items;
use crate::graphql::evidence::Evidence;
use crate::graphql::project::Reading;
use crate::graphql::project::learning::entry::Entry;
use crate::graphql::values::{Code, Date, LocalizedText};

/// How much an issue holds up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "register::IssueSeverity")]
pub enum IssueSeverity {
    Low,
    Medium,
    High,
}

/// Which issues are wanted: those that fit all that is said.
#[derive(Clone, Copy, Debug, Default, InputObject)]
pub struct IssueFilter {
    /// Whether it is still to be settled.
    pub open: Option<bool>,
    /// Number of the partner that raised it.
    pub partner: Option<u32>,
    /// How much it holds up.
    pub severity: Option<IssueSeverity>,
    /// A code that it holds up, or that such a code belongs to.
    pub code: Option<Code>,
}

impl IssueFilter {
    pub(super) fn fits(&self, issue: &issue::Issue, items: Option<&Items>) -> bool {
        let data = &issue.data;
        self.open.is_none_or(|open| open == issue.is_open())
            && self.partner.is_none_or(|n| issue.entry.organisation.partner() == Some(n))
            && self.severity.is_none_or(|severity| severity == data.severity.into())
            && items.is_none_or(|items| issue.items.iter().any(|item| items.contains(item)))
    }
}

/// Something that has to be settled. `eventId` names it in postings.
#[derive(Clone, Debug, SimpleObject)]
pub struct Issue {
    #[graphql(flatten)]
    pub entry: Entry,
    /// What it is in a line.
    pub title: LocalizedText,
    /// What happened.
    pub text: Option<LocalizedText>,
    /// How much it holds up.
    pub severity: IssueSeverity,
    /// Codes that it holds up, such as `A 5.1`.
    pub codes: Vec<Code>,
    /// The day by which it is to be settled.
    pub due: Option<Date>,
    /// Whether it is still to be settled.
    pub open: bool,
    /// How it was settled.
    pub resolution: Option<IssueResolution>,
    /// Null to those who may not see the partner's documents.
    pub evidence: Option<Vec<Evidence>>,
}

/// How an issue was settled.
#[derive(Clone, Debug, SimpleObject)]
pub struct IssueResolution {
    #[graphql(flatten)]
    pub entry: Entry,
    /// What was done.
    pub text: LocalizedText,
    /// The day on which it was settled.
    pub resolved_on: Date,
    /// Null to those who may not see the partner's documents.
    pub evidence: Option<Vec<Evidence>>,
}

impl Issue {
    pub(super) fn of(reading: &Reading, issue: &issue::Issue) -> Self {
        let data = &issue.data;
        let resolution = issue.resolution.as_deref();
        Self {
            entry: Entry::of(reading, &issue.entry),
            title: LocalizedText(data.title.clone()),
            text: data.text.clone().map(LocalizedText),
            severity: data.severity.into(),
            codes: reading.codes_of(&issue.items),
            due: data.due.map(Date),
            open: issue.is_open(),
            resolution: resolution.map(|resolution| IssueResolution::of(reading, resolution)),
            evidence: reading.evidence_of(issue.entry.organisation.partner(), &data.evidence),
        }
    }
}

impl IssueResolution {
    fn of(reading: &Reading, resolution: &issue::Resolution) -> Self {
        let partner = resolution.entry.organisation.partner();
        Self {
            entry: Entry::of(reading, &resolution.entry),
            text: LocalizedText(resolution.data.resolution.clone()),
            resolved_on: Date(resolution.resolved_on()),
            evidence: reading.evidence_of(partner, &resolution.data.evidence),
        }
    }
}
