//! Things by their opaque ids.

use std::sync::Arc;

use async_graphql::{ID, Interface, Result};
use cairn_domain::ids::ProjectKey;

use crate::graphql::Question;
use crate::graphql::connection;
use crate::graphql::project::delivery::activity::{self, Activity};
use crate::graphql::project::delivery::deliverable::{self, Deliverable};
use crate::graphql::project::delivery::indicator::{self, Indicator};
use crate::graphql::project::delivery::milestone::{self, Milestone};
use crate::graphql::project::delivery::output::{self, OutputProgress};
use crate::graphql::project::learning::lesson::{self, Lesson};
use crate::graphql::project::log::{self, event::Event};
use crate::graphql::project::{Project, Reading};

/// Name of the type of projects in the schema.
const PROJECT: &str = "Project";

/// What has an opaque id.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Opaque id for `node`."))]
pub enum Node {
    Project(Box<Project>),
    Deliverable(Box<Deliverable>),
    Activity(Box<Activity>),
    OutputProgress(Box<OutputProgress>),
    Indicator(Box<Indicator>),
    Milestone(Box<Milestone>),
    Lesson(Box<Lesson>),
    Event(Box<Event>),
}

/// The id of a project.
pub fn project_id(key: &ProjectKey) -> ID {
    ID(connection::cursor(&format!("{PROJECT}:{key}")))
}

/// The id of a thing in a project; `kind` is the name of its type in the schema.
pub fn id_of(kind: &str, key: &ProjectKey, name: &str) -> ID {
    ID(connection::cursor(&format!("{kind}:{key}:{name}")))
}

/// What an id stands for, as it is now and as far as the caller may see it. An id of nothing, or of
/// what the caller may not know of, is null.
pub async fn find(question: &Question, id: &ID) -> Option<Result<Node>> {
    let text = connection::key(id).ok()?;
    let mut parts = text.splitn(3, ':');
    let (kind, key, name) = (parts.next()?, parts.next()?, parts.next());
    let room = question.rooms.get(key)?;
    let reading = Reading::now(question, room);
    match (kind, name) {
        (PROJECT, None) => Some(Ok(Box::new(Project::new(reading)).into())),
        (lesson::KIND, Some(name)) => {
            let lesson = lesson::one(&Arc::new(reading), name.parse().ok()?)?;
            Some(Ok(Box::new(lesson).into()))
        }
        // Beside the project itself the public knows of lessons only.
        (_, Some(name)) if reading.reader.is_member() => {
            find_in(question, &Arc::new(reading), kind, name).await
        }
        (_, _) => None,
    }
}

async fn find_in(
    question: &Question,
    reading: &Arc<Reading>,
    kind: &str,
    name: &str,
) -> Option<Result<Node>> {
    let node = match kind {
        deliverable::KIND => {
            let item = reading.deliverables().into_iter().find(|i| i.item.to_string() == name)?;
            Box::new(Deliverable::of(reading, &item)).into()
        }
        activity::KIND => {
            let item = reading.activities().into_iter().find(|i| i.item.to_string() == name)?;
            Box::new(Activity::of(reading, &item)).into()
        }
        output::KIND => {
            let item = reading.outputs().into_iter().find(|i| i.item.to_string() == name)?;
            Box::new(OutputProgress::of(reading, &item)).into()
        }
        indicator::KIND => {
            let item = reading.indicators().into_iter().find(|i| i.name() == name)?;
            Box::new(Indicator::of(reading, &item)).into()
        }
        milestone::KIND => {
            let item = reading.milestones().into_iter().find(|i| i.number.to_string() == name)?;
            Box::new(Milestone::of(reading, &item)).into()
        }
        log::KIND => match log::one(question, reading, name.parse().ok()?).await {
            Ok(event) => Box::new(event?).into(),
            Err(error) => return Some(Err(error.into())),
        },
        _ => return None,
    };
    Some(Ok(node))
}
