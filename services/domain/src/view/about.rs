//! What an entry of a list speaks of.

use std::fmt;

use jiff::civil::Date;

use crate::code::Code;
use crate::ids::EventId;
use crate::project::plan::item::Item;

/// An item of the plan, a milestone, what an event made, or a date of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum About {
    Item(Item<Code>),
    Milestone(u32),
    Event(EventId),
    /// An entry of the form's calendar: its day, and which of that day it is, from 1.
    Calendar(Date, u32),
}

impl About {
    pub fn milestone(self) -> Option<u32> {
        match self {
            Self::Milestone(number) => Some(number),
            Self::Item(_) | Self::Event(_) | Self::Calendar(..) => None,
        }
    }

    pub fn event(self) -> Option<EventId> {
        match self {
            Self::Event(id) => Some(id),
            Self::Item(_) | Self::Milestone(_) | Self::Calendar(..) => None,
        }
    }
}

/// Tells it from all others of its kind, and stays the same while the plan changes.
impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Item(item) => item.fmt(f),
            Self::Milestone(number) => number.fmt(f),
            Self::Event(id) => id.fmt(f),
            Self::Calendar(day, number) => write!(f, "{day} {number}"),
        }
    }
}
