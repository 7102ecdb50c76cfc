//! What the public was told, and how many people it reached.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::event::delivery::register::{Channel, CommunicationLogged};
use crate::project::plan::item::Item;
use crate::view::learning_log::Entry;

/// The project was shown or told of.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Communication {
    /// Who recorded it, and when.
    pub entry: Entry,
    pub data: Arc<CommunicationLogged>,
    /// What its codes meant on its day.
    pub items: Arc<[Item<Code>]>,
}

/// What one channel came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChannelReach {
    pub channel: Channel,
    /// How often it was used.
    pub times: u64,
    /// How many people it reached, as far as that is said; who is reached twice counts twice.
    pub people: u64,
    /// How often nothing is said of how many people it reached.
    pub unsaid: u64,
    /// How often the emblem of the European Union was not shown.
    pub without_emblem: u64,
}

pub(super) fn reach<'a>(logged: impl Iterator<Item = &'a Communication>) -> Vec<ChannelReach> {
    let mut channels = BTreeMap::new();
    for communication in logged {
        let data = &communication.data;
        let nothing = ChannelReach {
            channel: data.channel,
            times: 0,
            people: 0,
            unsaid: 0,
            without_emblem: 0,
        };
        let sum = channels.entry(data.channel).or_insert(nothing);
        sum.times += 1;
        sum.people += u64::from(data.reach.unwrap_or_default());
        sum.unsaid += u64::from(data.reach.is_none());
        sum.without_emblem += u64::from(!data.emblem_shown);
    }
    channels.into_values().collect()
}
