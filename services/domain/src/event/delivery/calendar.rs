//! Calendar feeds: the deadlines in the calendar program of a member.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::event::evidence::Evidence;
use crate::ids::{EventId, Language, PartnerNumber};
use crate::list::{AtMost, EVIDENCE_MAX};

/// A member lets a calendar program read the deadlines, by an address that only this member is
/// told. The feed shows what the member may see on the day it is read, and nothing once the
/// member is none any more. It is named by the event's id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CalendarFeedOpened {
    /// Only what this partner has to do, and the dates of all; everything where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 999))]
    pub partner: Option<PartnerNumber>,
    /// Titles in this language where they are there in it; otherwise as they were written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// A feed is read no more, for instance since a computer was lost. Another one may be opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CalendarFeedClosed {
    /// The event that opened the feed.
    pub feed: EventId,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}
