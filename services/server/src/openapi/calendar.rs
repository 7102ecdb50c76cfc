//! The route of calendar feeds.

use serde_json::{Value, json};

use super::routes::{answers, operation};
use crate::problem::Kind;

const CALENDAR: &str = "text/calendar";

pub(super) fn feed() -> Value {
    let description = "The deadlines that the member who opened the feed may see today, for a \
        calendar program: an event of a whole day for each, by RFC 5545. No token is needed: the \
        path is the secret, and GraphQL tells it to that member only \
        (`viewer { calendarFeeds { path } }`). A feed that is closed or unknown, and one of a \
        subject that is no member any more, are answered alike.";
    let mut success = json!({ "200": {
        "description": "The deadlines that are not done yet.",
        "headers": {
            "ETag": { "description": "Another one where the answer is another.",
                "schema": { "type": "string" } },
        },
        "content": { CALENDAR: { "schema": { "type": "string" } } },
    }});
    success["304"] = json!({ "description": "The caller has this very answer: `If-None-Match`." });
    let kinds = [Kind::NotFound, Kind::LogReplaced];
    operation(
        "getCalendarFeed",
        "questions",
        "Read deadlines in a calendar.",
        description,
        answers(success, &kinds),
    )
}
