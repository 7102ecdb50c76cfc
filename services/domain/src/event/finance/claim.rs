//! Claims: what the partnership asks the fund for, frozen when it goes to control.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::event::evidence::Evidence;
use crate::ids::{EventId, PartnerNumber};
use crate::list::{AtMost, CLAIM_LINES_MAX, CONTRIBUTORS_MAX, EVIDENCE_MAX};
use crate::text::LocalizedText;

/// The lead partner puts together what a claim is to have: the lines that are named, and those
/// that a filter finds, both less what is left out. `completed` has the whole list. Assembled once
/// more, a claim has the new list and nothing else. Nothing is frozen yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClaimAssembled {
    /// Claims are numbered from 1.
    pub claim: u32,
    /// Expenditure lines, lump sums and unit costs, each by the id of its event.
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub lines: AtMost<CLAIM_LINES_MAX, EventId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<ClaimFilter>,
    /// Lines that the filter finds and that stay out.
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub without: AtMost<CLAIM_LINES_MAX, EventId>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// Which lines are taken: those in no claim, not reversed, that fit all that is said here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClaimFilter {
    /// Documents up to this day.
    pub until: Date,
    /// Only what is paid in full; lump sums and unit costs need no payment. Yes where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid: Option<bool>,
    /// Only what the lead partner's check found in order. Yes where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prechecked: Option<bool>,
    /// Only lines of these partners; of all where none is named.
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub partners: AtMost<CONTRIBUTORS_MAX, PartnerNumber>,
}

/// A claim goes to control. Its lines are locked; `completed` keeps each line's rate, that of the
/// month of `occurredon`, and its euro, which never change while the claim stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClaimSubmitted {
    pub claim: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<LocalizedText>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// A claim is taken back before control has begun. Its lines are free again and their euro is
/// provisional; another submission freezes anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClaimWithdrawn {
    pub claim: u32,
    pub reason: LocalizedText,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}
