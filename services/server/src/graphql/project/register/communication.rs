//! What the public was told, and how many people it reached.

use async_graphql::{Enum, InputObject, SimpleObject};
use cairn_domain::event::delivery::register;
use cairn_domain::view::register::communication;

use super::Items;
use crate::graphql::evidence::Evidence;
use crate::graphql::project::Reading;
use crate::graphql::project::learning::entry::Entry;
use crate::graphql::values::{Code, LocalizedText};

/// How the public was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "register::Channel")]
pub enum Channel {
    Event,
    Press,
    Website,
    SocialMedia,
    Newsletter,
    Publication,
    Video,
    Other,
}

/// Which entries of the communication log are wanted: those that fit all that is said.
#[derive(Clone, Copy, Debug, Default, InputObject)]
pub struct CommunicationFilter {
    /// How the public was reached.
    pub channel: Option<Channel>,
    /// Number of the partner that recorded it.
    pub partner: Option<u32>,
    /// A code that it belongs to, such as `WP 4`.
    pub code: Option<Code>,
    /// Whether the emblem of the European Union was shown.
    pub emblem_shown: Option<bool>,
}

impl CommunicationFilter {
    pub(super) fn fits(
        &self,
        logged: &communication::Communication,
        items: Option<&Items>,
    ) -> bool {
        let data = &logged.data;
        self.channel.is_none_or(|channel| channel == data.channel.into())
            && self.partner.is_none_or(|n| logged.entry.organisation.partner() == Some(n))
            && items.is_none_or(|items| logged.items.iter().any(|item| items.contains(item)))
            && self.emblem_shown.is_none_or(|shown| shown == data.emblem_shown)
    }
}

/// The project was shown or told of.
#[derive(Clone, Debug, SimpleObject)]
pub struct Communication {
    #[graphql(flatten)]
    pub entry: Entry,
    /// What it was.
    pub title: LocalizedText,
    /// How the public was reached.
    pub channel: Channel,
    /// Whom it was for.
    pub audience: LocalizedText,
    /// How many people it reached; null where it is not said.
    pub reach: Option<u32>,
    /// Whether it showed the emblem of the European Union (Regulation (EU) 2021/1060,
    /// Article 50).
    pub emblem_shown: bool,
    /// Codes that it belongs to, such as `D 4.1.2`.
    pub codes: Vec<Code>,
    /// Where it was.
    pub place: Option<LocalizedText>,
    /// Addresses where it can be seen.
    pub links: Vec<String>,
    /// Null to those who may not see the partner's documents.
    pub evidence: Option<Vec<Evidence>>,
}

/// What one channel came to.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct ChannelReach {
    /// How the public was reached.
    pub channel: Channel,
    /// How often it was used.
    pub times: u64,
    /// How many people it reached, as far as that is said; who is reached twice counts twice.
    pub people: u64,
    /// How often it is not said how many people it reached.
    pub unsaid: u64,
    /// How often the emblem of the European Union was not shown.
    pub without_emblem: u64,
}

impl Communication {
    pub(super) fn of(reading: &Reading, logged: &communication::Communication) -> Self {
        let data = &logged.data;
        Self {
            entry: Entry::of(reading, &logged.entry),
            title: LocalizedText(data.title.clone()),
            channel: data.channel.into(),
            audience: LocalizedText(data.audience.clone()),
            reach: data.reach,
            emblem_shown: data.emblem_shown,
            codes: reading.codes_of(&logged.items),
            place: data.place.clone().map(LocalizedText),
            links: data.links.iter().map(ToString::to_string).collect(),
            evidence: reading.evidence_of(logged.entry.organisation.partner(), &data.evidence),
        }
    }
}

impl From<communication::ChannelReach> for ChannelReach {
    fn from(reach: communication::ChannelReach) -> Self {
        Self {
            channel: reach.channel.into(),
            times: reach.times,
            people: reach.people,
            unsaid: reach.unsaid,
            without_emblem: reach.without_emblem,
        }
    }
}
