//! Opaque ids of what the events of a project made: its type, its project and the event.

use async_graphql::ID;
use cairn_domain::ids::{EventId, ProjectKey};

use super::connection;

/// The id of what an event made; `kind` is the name of its type in the schema.
pub fn id(kind: &str, project: &ProjectKey, event: EventId) -> ID {
    ID(connection::cursor(&format!("{kind}:{project}:{event}")))
}

/// The event that an id of this type stands for, where it is one of this project.
pub fn event(kind: &str, project: &ProjectKey, id: &ID) -> Option<EventId> {
    let key = connection::key(id).ok()?;
    let rest = key.strip_prefix(kind)?.strip_prefix(':')?;
    rest.strip_prefix(project.as_str())?.strip_prefix(':')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn an_id_stands_for_one_thing_of_one_project() {
        let [care, get] = ["care", "care-get"].map(|key| key.parse::<ProjectKey>().unwrap());
        let lesson = id("Lesson", &care, Uuid::max());
        assert_eq!(event("Lesson", &care, &lesson), Some(Uuid::max()));
        assert_eq!(event("Lesson", &get, &lesson), None);
        assert_eq!(event("Question", &care, &lesson), None);
        assert_eq!(event("Lesson", &care, &ID::from("…")), None);
    }
}
