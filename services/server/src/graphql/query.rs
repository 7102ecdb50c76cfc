//! The root: who asks, and of which project.

pub mod lessons;
pub mod node;
pub mod viewer;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, MergedObject, Object, OneofObject, Result, SimpleObject};
use cairn_domain::{rule, typology};

use super::Question;
use super::connection::{self, Page};
use super::project::{Project, Reading};
use super::values::{Date, Instant, refusal};
use crate::views::Room;
use crate::views::past::{Window, last_version};
use node::Node;
use viewer::Viewer;

/// What can be asked.
#[derive(Default, MergedObject)]
pub struct Query(Root, lessons::LessonsRoot);

#[derive(Default)]
pub struct Root;

/// By when something was known.
#[derive(Clone, Copy, Debug, OneofObject)]
pub enum AsOf {
    /// A position in the log.
    Position(u64),
    /// A version of the project.
    Version(u64),
    /// An instant: the last version recorded at or before it.
    Instant(Instant),
}

/// What follows from going against a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "rule::Severity")]
pub enum Severity {
    /// The caller may not do this.
    Forbid,
    /// The event is refused.
    Block,
    /// The event is recorded with a warning in it.
    Warn,
}

/// A business rule.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct Rule {
    /// The rule's name in refusals and warnings.
    pub id: &'static str,
    /// What follows from going against it.
    pub severity: Severity,
    /// The rule in one sentence.
    pub sentence: &'static str,
}

/// An entry of the typology of errors.
#[derive(Clone, Debug, SimpleObject)]
pub struct TypologyEntry {
    /// What deductions, corrections and findings name it by, such as `2.1`.
    pub code: String,
    /// What went wrong.
    pub title: &'static str,
    /// The act or the code list that the entry rests on.
    pub source: Option<&'static str>,
}

#[Object]
impl Root {
    /// Who asks. Null to the public.
    async fn viewer(&self, context: &Context<'_>) -> Option<Viewer> {
        let question = context.data_unchecked::<Question>();
        question.subject.as_ref().map(|subject| Viewer::of(question, subject))
    }

    /// One project by its key, in either case. `asOf` is what was known by then, `until` what had
    /// happened by then; both may be given. Null where there is no such project.
    async fn project(
        &self,
        context: &Context<'_>,
        acronym: String,
        as_of: Option<AsOf>,
        until: Option<Date>,
        application_form: Option<u32>,
    ) -> Option<Result<Project>> {
        let question = context.data_unchecked::<Question>();
        let live = question.rooms.get(&acronym.to_lowercase())?;
        Some(open(question, live, as_of, until, application_form).await)
    }

    /// All projects by key, each as far as the caller may see it.
    async fn projects(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<Project>> {
        let question = context.data_unchecked::<Question>();
        let rooms: Vec<_> = question.rooms.all().collect();
        let name = |room: &&Arc<Room>| room.project.key.to_string();
        let show = |room| Project::new(Reading::now(question, room));
        connection::page(rooms, first, after, name, show)
    }

    /// Every business rule.
    async fn rules(&self) -> Vec<Rule> {
        let rule = |rule: &rule::Rule| Rule {
            id: rule.id(),
            severity: rule.severity().into(),
            sentence: rule.sentence(),
        };
        rule::Rule::ALL.iter().map(rule).collect()
    }

    /// The typology of errors: every code that a deduction, a correction or a finding can name.
    async fn typology(&self) -> Vec<TypologyEntry> {
        let entry = |entry: &'static typology::TypologyEntry| TypologyEntry {
            code: entry.code().to_string(),
            title: &entry.title,
            source: entry.source.as_deref(),
        };
        typology::entries().map(entry).collect()
    }

    /// What an opaque id stands for, as it is now. Null for an id of nothing, and of what the
    /// caller may not know of.
    async fn node(&self, context: &Context<'_>, id: ID) -> Option<Result<Node>> {
        node::find(context.data_unchecked::<Question>(), &id).await
    }
}

/// The rights of now over what was known or had happened by then.
async fn open(
    question: &Question,
    live: &Arc<Room>,
    as_of: Option<AsOf>,
    until: Option<Date>,
    form: Option<u32>,
) -> Result<Project> {
    let now = Reading::now(question, live);
    let past = as_of.is_some() || until.is_some();
    if (past || form.is_some()) && !now.reader.is_member() {
        let message = "Past days and other forms are answered to members of the project.";
        return Err(refusal("FORBIDDEN", message));
    }
    let version = match as_of {
        Some(as_of) => Some(version(question, live, as_of).await?),
        None => None,
    };
    let room = if past {
        let window = Window { version, until: until.map(|until| until.0) };
        let (log, project) = (question.ledger.log(), &live.project);
        let past = question.ledger.past();
        past.room(log, &question.rooms, &project.key, project.version, window).await?
    } else {
        live.clone()
    };
    let form = match form {
        None => room.project.plan.newest_form().cloned(),
        Some(version) => Some(room.project.plan.forms.get(&version).cloned().ok_or_else(|| {
            refusal("NOT_FOUND", format!("The project has no application form {version}."))
        })?),
    };
    let until = until.map(|until| until.0);
    let today = day_of_the_answer(&room, as_of, now.today).min(until.unwrap_or(now.today));
    Ok(Project::new(Reading { room, as_of: version, until, form, today, ..now }))
}

/// What was known then was asked then: lights and days late are those of that day.
fn day_of_the_answer(
    room: &Room,
    as_of: Option<AsOf>,
    today: jiff::civil::Date,
) -> jiff::civil::Date {
    let instant = match as_of {
        None => return today,
        Some(AsOf::Instant(instant)) => Some(instant.0),
        Some(AsOf::Version(_) | AsOf::Position(_)) => room.project.last_recorded_at,
    };
    instant.map_or(today, |instant| room.project.day_of(instant))
}

async fn version(question: &Question, live: &Room, as_of: AsOf) -> Result<u64> {
    let past_end = || refusal("AS_OF_PAST_END", "`asOf` is after the last event.");
    let (log, key) = (question.ledger.log(), live.project.key.as_str());
    let version = match as_of {
        AsOf::Version(version) if version > live.project.version => return Err(past_end()),
        AsOf::Position(position) if position > question.rooms.position() => return Err(past_end()),
        AsOf::Instant(instant) if instant.0 > question.now => return Err(past_end()),
        AsOf::Version(version) => version,
        AsOf::Position(position) => {
            last_version(log, key, live.project.version, |row| row.position <= position).await?
        }
        AsOf::Instant(instant) => {
            let instant_us = instant.0.as_microsecond();
            last_version(log, key, live.project.version, |row| row.recorded_at_us <= instant_us)
                .await?
        }
    };
    Ok(version.min(live.project.version))
}
