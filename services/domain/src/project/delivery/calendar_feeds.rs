//! Who lets which calendar read the deadlines.

use std::sync::Arc;

use imbl::OrdMap;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::event::delivery::calendar::{CalendarFeedClosed, CalendarFeedOpened};
use crate::ids::{EventId, Subject};
use crate::posting::Recorded;

/// The calendar feeds of a project, open and closed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct CalendarFeeds(OrdMap<EventId, CalendarFeed>);

/// A calendar feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarFeed {
    pub id: EventId,
    /// Number of the opening event in its project.
    pub version: u64,
    /// The member that opened it: the feed shows what this subject may see on the day it is read.
    pub subject: Subject,
    pub opened_on: Date,
    pub closed_on: Option<Date>,
    pub data: Arc<CalendarFeedOpened>,
}

impl CalendarFeeds {
    pub(super) fn open(&mut self, recorded: &Recorded, data: &Arc<CalendarFeedOpened>) {
        let feed = CalendarFeed {
            id: recorded.id,
            version: recorded.version,
            subject: recorded.actor.subject.clone(),
            opened_on: recorded.occurred_on,
            closed_on: None,
            data: Arc::clone(data),
        };
        self.0.insert(recorded.id, feed);
    }

    pub(super) fn close(&mut self, recorded: &Recorded, data: &CalendarFeedClosed) {
        if let Some(feed) = self.0.get_mut(&data.feed) {
            feed.closed_on = Some(recorded.occurred_on);
        }
    }

    /// A membership that was revoked ends the feeds of its subject for good: what comes back later
    /// gets an address of its own.
    pub(in crate::project) fn close_all_of(&mut self, subject: &Subject, on: Date) {
        let ids: Vec<EventId> = self.of(subject).into_iter().map(|feed| feed.id).collect();
        for id in ids {
            if let Some(feed) = self.0.get_mut(&id) {
                feed.closed_on = feed.closed_on.or(Some(on));
            }
        }
    }

    pub fn get(&self, id: EventId) -> Option<&CalendarFeed> {
        self.0.get(&id)
    }

    /// The feeds that a subject opened, in the order in which it did.
    pub fn of(&self, subject: &Subject) -> Vec<&CalendarFeed> {
        let mut feeds: Vec<_> = self.0.values().filter(|feed| feed.subject == *subject).collect();
        feeds.sort_by_key(|feed| feed.version);
        feeds
    }
}
