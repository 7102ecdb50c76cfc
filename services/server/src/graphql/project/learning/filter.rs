//! Which lessons and questions are asked for.

use async_graphql::{Enum, ID, InputObject, Result};
use cairn_domain::code::Code;
use cairn_domain::event::learning;
use cairn_domain::view::learning_log::filter::{self, Filter, Search, Theme};
use cairn_domain::view::learning_log::lesson;

use super::lesson::KIND;
use crate::graphql::node;
use crate::graphql::project::Reading;
use crate::graphql::project::money::read;
use crate::graphql::values::refusal;

/// How it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "learning::Polarity")]
pub enum Polarity {
    Worked,
    Failed,
    /// Some of it worked.
    Mixed,
    /// Nobody knows yet.
    OpenQuestion,
}

/// The implementation challenges of Urban Innovative Actions, and four more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "learning::Challenge")]
pub enum Challenge {
    Leadership,
    Procurement,
    CrossDepartment,
    Participation,
    Measurement,
    TargetGroupCommunication,
    Upscaling,
    FinanceAdministration,
    TechnologyData,
    LegalRegulatory,
    Sustainability,
}

/// The phase of the project that a lesson comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "learning::Phase")]
pub enum Phase {
    Initiation,
    Implementation,
    Piloting,
    Evaluation,
    Legacy,
}

/// Who may read a lesson.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "learning::Visibility")]
pub enum Visibility {
    /// The author's own partner, the lead, the controller, the programme and auditors.
    Partner,
    /// Every member of the project.
    Partnership,
    /// Anybody.
    Public,
}

/// How far a lesson is confirmed; every stage counts as more than the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "lesson::Maturity")]
pub enum Maturity {
    /// Its author says so.
    Observation,
    /// There is evidence behind it.
    Supported,
    /// A second partner or an expert confirms it.
    Corroborated,
}

/// Which lessons are asked for: those that fit everything that is set.
#[derive(Clone, Debug, Default, InputObject)]
pub struct LessonFilter {
    /// Words that each begin a word of the lesson, in any of its languages, without regard to
    /// case and accents.
    pub search: Option<String>,
    /// How it went.
    pub polarity: Option<Polarity>,
    /// The challenge that it is about.
    pub challenge: Option<Challenge>,
    /// The phase that it comes from.
    pub phase: Option<Phase>,
    /// A theme, without regard to case and accents.
    pub theme: Option<String>,
    /// A code, such as `A 5.1`: lessons that came from it and from what is below it.
    pub code: Option<String>,
    /// Number of the author's partner.
    pub partner: Option<u32>,
    /// This maturity or a higher one.
    pub maturity_at_least: Option<Maturity>,
    /// Two small letters, such as `en`: lessons whose title and recommendation are in it.
    pub language: Option<String>,
}

impl LessonFilter {
    /// `search` is looked for beside the filter's own words. What the code names, the plan of each
    /// project says.
    pub(super) fn read(self, search: Option<String>) -> Result<(Filter, Option<Code>)> {
        let words = [search, self.search];
        let words: Vec<String> = words.into_iter().flatten().collect();
        let code = read("code", self.code.as_deref())?;
        let filter = Filter {
            search: (!words.is_empty()).then(|| Search::new(&words.join(" "))),
            polarity: self.polarity.map(Into::into),
            challenge: self.challenge.map(Into::into),
            phase: self.phase.map(Into::into),
            theme: self.theme.as_deref().map(Theme::new),
            items: None,
            partner: self.partner,
            maturity_at_least: self.maturity_at_least.map(Into::into),
            language: read("language", self.language.as_deref())?,
            since_version: None,
        };
        Ok((filter, code))
    }
}

/// Which questions are asked for: those that fit everything that is set.
#[derive(Clone, Debug, Default, InputObject)]
pub struct QuestionFilter {
    /// Id of the lesson that they are about.
    pub lesson: Option<ID>,
    /// The code that they are about, such as `A 5.1`.
    pub code: Option<String>,
    /// Whether there is an answer.
    pub answered: Option<bool>,
}

impl QuestionFilter {
    pub(super) fn read(self, reading: &Reading) -> Result<filter::QuestionFilter> {
        let project = &reading.room.project;
        let lesson = |id: &ID| {
            node::event(KIND, &project.key, id).ok_or_else(|| {
                refusal("ARGUMENT_INVALID", "`lesson` is the `id` of a lesson of this project.")
            })
        };
        let code: Option<Code> = read("code", self.code.as_deref())?;
        Ok(filter::QuestionFilter {
            lesson: self.lesson.as_ref().map(lesson).transpose()?,
            item: code.map(|code| project.plan.item_under(code, reading.form.as_deref())),
            answered: self.answered,
        })
    }
}
