//! Who asks.

use std::sync::Arc;

use async_graphql::SimpleObject;
use cairn_domain::ids::{ProjectKey, Subject};
use cairn_domain::project::delivery::calendar_feeds;

use crate::calendar::secret;
use crate::graphql::Question;
use crate::graphql::values::{Date, Role};
use crate::views::Room;

/// Who asks, by the token of the request.
#[derive(Clone, Debug, SimpleObject)]
pub struct Viewer {
    /// Whom the token speaks of.
    pub subject: String,
    /// What the subject is today, by project.
    pub memberships: Vec<ViewerMembership>,
    /// The calendar feeds that the subject opened, by project and in the order in which it did. They
    /// show to nobody but this subject.
    pub calendar_feeds: Vec<CalendarFeed>,
}

/// The deadlines of a project for a calendar program.
#[derive(Clone, Debug, SimpleObject)]
pub struct CalendarFeed {
    /// Id of the event that opened it; `calendar_feed.closed` names it.
    pub event_id: String,
    /// What `project(acronym:)` takes.
    pub project: String,
    /// Number of the partner whose deadlines it has; null where it has those of all.
    pub partner: Option<u32>,
    /// The language of its titles, such as `bg`; null where they are as they were written.
    pub language: Option<String>,
    /// The day on which it was opened.
    pub opened_on: Date,
    /// The day on which it was closed.
    pub closed_on: Option<Date>,
    /// Where this server answers with the feed, to anybody who knows this path: keep it to
    /// yourself. Null when it is closed.
    pub path: Option<String>,
}

impl CalendarFeed {
    fn of(question: &Question, key: &ProjectKey, feed: &calendar_feeds::CalendarFeed) -> Self {
        let open = feed.closed_on.is_none();
        Self {
            event_id: feed.id.to_string(),
            project: key.to_string(),
            partner: feed.data.partner,
            language: feed.data.language.map(|language| language.to_string()),
            opened_on: Date(feed.opened_on),
            closed_on: feed.closed_on.map(Date),
            path: open.then(|| secret::path(&question.feeds, key, feed.id)),
        }
    }
}

/// What a subject is in a project.
#[derive(Clone, Debug, SimpleObject)]
pub struct ViewerMembership {
    /// What `project(acronym:)` takes.
    pub project: String,
    /// The project's acronym, for display.
    pub acronym: Option<String>,
    /// What the subject may do.
    pub role: Role,
    /// Number of the subject's partner; null for expert, controller, programme and auditor.
    pub partner: Option<u32>,
    /// Last day of the membership.
    pub until: Option<Date>,
}

impl Viewer {
    pub fn of(question: &Question, subject: &Subject) -> Self {
        let memberships = question.rooms.all().flat_map(|room| {
            let project = &room.project;
            let today = project.day_of(question.now);
            project.plan.memberships_on(subject, today).map(move |membership| ViewerMembership {
                project: project.key.to_string(),
                acronym: project.plan.registered.as_ref().map(|p| p.acronym.to_string()),
                role: membership.role.into(),
                partner: membership.partner,
                until: membership.until.map(Date),
            })
        });
        // Of a project that the subject is in no more, no feed is read any more.
        let is_member = |room: &&Arc<Room>| {
            let today = room.project.day_of(question.now);
            room.project.plan.memberships_on(subject, today).next().is_some()
        };
        let feeds = question.rooms.all().filter(is_member).flat_map(|room| {
            let project = &room.project;
            let feeds = project.delivery.calendar_feeds.of(subject).into_iter();
            feeds.map(|feed| CalendarFeed::of(question, &project.key, feed))
        });
        Self {
            subject: subject.to_string(),
            memberships: memberships.collect(),
            calendar_feeds: feeds.collect(),
        }
    }
}
