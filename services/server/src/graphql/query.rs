//! The root: who asks, and of which project.

pub mod lessons;

use std::sync::Arc;

use async_graphql::{Context, MergedObject, Object, OneofObject, Result, SimpleObject};
use cairn_domain::policy::reading::Reader;

use super::Question;
use super::project::{Project, Reading};
use super::values::{Date, Instant, refusal};
use crate::views::{self, Room, Window};

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

/// A business rule.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct Rule {
    pub id: &'static str,
    pub sentence: &'static str,
}

#[Object]
impl Root {
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

    /// Every business rule.
    async fn rules(&self) -> Vec<Rule> {
        let rule =
            |rule: &cairn_domain::rule::Rule| Rule { id: rule.id(), sentence: rule.sentence() };
        cairn_domain::rule::Rule::ALL.iter().map(rule).collect()
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
    let today = live.project.day_of(question.now);
    let reader = Reader::of(&live.project, question.subject.as_ref(), today);
    let past = as_of.is_some() || until.is_some();
    if past && !reader.is_member() {
        return Err(refusal("FORBIDDEN", "Past days are answered to members of the project."));
    }
    let version = match as_of {
        Some(as_of) => Some(version(question, live, as_of).await?),
        None => None,
    };
    let room = if past {
        let window = Window { version, until: until.map(|until| until.0) };
        let key = &live.project.key;
        Arc::new(views::fold(question.ledger.log(), key, live.project.version, window).await?)
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
    Ok(Project::new(Reading {
        room,
        live: live.clone(),
        reader,
        today,
        as_of: version,
        until,
        form,
    }))
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
            views::last_version(log, key, |row| row.position <= position).await?
        }
        AsOf::Instant(instant) => {
            let instant_us = instant.0.as_microsecond();
            views::last_version(log, key, |row| row.recorded_at_us <= instant_us).await?
        }
    };
    Ok(version.min(live.project.version))
}
