//! What was learned, how far it is confirmed, and what is still asked.
//!
//! A reader is told of nothing that it may not read: every question put to this view names its
//! [`Reader`].

pub mod lesson;
pub mod question;
pub mod filter;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use imbl::{OrdMap, Vector};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::event::learning::Learning;
use crate::ids::{EventId, Subject};
use crate::posting::Recorded;
use crate::project::Project;
use crate::project::learning::{Organisation, Reader};
use crate::project::plan::PlanState;
use crate::view;
use filter::{Filter, QuestionFilter};
use lesson::{Corroboration, Lesson};
use question::{Answer, Question};

/// The lessons and the questions of one project.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct LearningLog {
    /// By the version of the project at which they were recorded.
    lessons: OrdMap<u64, Arc<Lesson>>,
    lesson_versions: OrdMap<EventId, u64>,
    questions: OrdMap<u64, Arc<Question>>,
    question_versions: OrdMap<EventId, u64>,
}

/// Who said something, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub id: EventId,
    /// Position in the log of all projects.
    pub position: u64,
    /// Version of the project at which it was recorded.
    pub version: u64,
    /// Whose word it is.
    pub organisation: Organisation,
    /// Who recorded it. Subjects are read by the lead, by auditors, and each its own.
    pub subject: Subject,
    /// Whether the lead recorded it for the organisation.
    pub recorded_by_lead: bool,
    pub occurred_on: Date,
    pub recorded_at: Timestamp,
    /// The day of `recorded_at` in the project's time zone.
    pub recorded_on: Date,
}

impl LearningLog {
    /// Takes a recorded event into the view. `project` is the state after the event.
    pub fn apply(&mut self, recorded: &Recorded, project: &Project) {
        match &*recorded.event {
            Event::Plan(_) | Event::Delivery(_) | Event::Finance(_) => {}
            Event::Learning(event) => {
                self.apply_learning(Entry::of(recorded, project), &project.plan, event);
            }
        }
    }

    /// What speaks of a lesson or question that this view does not have is left aside: a view
    /// up to a day can have an answer and not its question.
    fn apply_learning(&mut self, entry: Entry, plan: &PlanState, event: &Learning) {
        match event {
            Learning::LessonRecorded(data) => {
                self.lesson_versions.insert(entry.id, entry.version);
                let lesson = Lesson::new(entry, Arc::clone(data), plan);
                self.lessons.insert(lesson.entry.version, Arc::new(lesson));
            }
            Learning::LessonCorroborated(data) => {
                let version = self.lesson_versions.get(&data.lesson);
                if let Some(lesson) = version.and_then(|version| self.lessons.get_mut(version)) {
                    let data = Arc::clone(data);
                    Arc::make_mut(lesson).corroborate(Corroboration { entry, data });
                }
            }
            Learning::QuestionAsked(data) => {
                self.question_versions.insert(entry.id, entry.version);
                let data = Arc::clone(data);
                let item = data.code.map(|code| plan.item(code, entry.occurred_on));
                let question = Question { entry, data, item, answers: Vector::new() };
                self.questions.insert(question.entry.version, Arc::new(question));
            }
            Learning::QuestionAnswered(data) => {
                let version = self.question_versions.get(&data.question);
                if let Some(question) = version.and_then(|version| self.questions.get_mut(version))
                {
                    let data = Arc::clone(data);
                    Arc::make_mut(question).answers.push_back(Arc::new(Answer { entry, data }));
                }
            }
        }
    }

    /// The lessons that the reader may read and that fit the filter, the newest recorded first
    /// (by version, falling).
    pub fn lessons<'a, 'f>(
        &'a self,
        reader: &'f Reader,
        filter: &'f Filter,
    ) -> impl Iterator<Item = &'a Lesson> + use<'a, 'f> {
        let after = filter.since_version.map_or(0, |version| version.saturating_add(1));
        self.lessons
            .range(after..)
            .rev()
            .map(|(_, lesson)| &**lesson)
            .filter(move |lesson| lesson.may_be_read_by(reader) && filter.fits(lesson))
    }

    /// Every lesson in the order in which they were recorded. Which of them are shown is for the
    /// caller to see to.
    pub(super) fn recorded(&self) -> impl Iterator<Item = &Lesson> {
        self.lessons.values().map(|lesson| &**lesson)
    }

    /// One lesson, for those who may read it.
    pub fn lesson(&self, id: EventId, reader: &Reader) -> Option<&Lesson> {
        let lesson = self.lessons.get(self.lesson_versions.get(&id)?)?;
        lesson.may_be_read_by(reader).then_some(lesson)
    }

    /// The questions that the reader may read and that fit the filter, the newest first (by
    /// version, falling).
    ///
    /// Questions are for members, and those about a lesson for who may read the lesson.
    pub fn questions<'a>(
        &'a self,
        reader: &'a Reader,
        filter: &'a QuestionFilter,
    ) -> impl Iterator<Item = &'a Question> {
        self.questions
            .values()
            .rev()
            .map(|question| &**question)
            .filter(move |question| filter.fits(question) && self.may_read(reader, question))
    }

    /// One question with its answers, for those who may read it.
    pub fn question(&self, id: EventId, reader: &Reader) -> Option<&Question> {
        let question = self.questions.get(self.question_versions.get(&id)?)?;
        self.may_read(reader, question).then_some(question)
    }

    fn may_read(&self, reader: &Reader, question: &Question) -> bool {
        let lesson_is_known =
            question.data.lesson.is_none_or(|lesson| self.lesson(lesson, reader).is_some());
        reader.is_member() && lesson_is_known
    }
}

impl Entry {
    pub(in crate::view) fn of(recorded: &Recorded, project: &Project) -> Self {
        Self {
            id: recorded.id,
            position: recorded.position,
            version: recorded.version,
            organisation: Organisation::of(recorded),
            subject: recorded.actor.subject.clone(),
            recorded_by_lead: recorded.on_behalf_of.is_some(),
            occurred_on: recorded.occurred_on,
            recorded_at: recorded.recorded_at,
            recorded_on: project.day_of(recorded.recorded_at),
        }
    }

    /// Whether it was recorded more than [`view::RECORDED_LATE_DAYS`] days after it occurred.
    pub fn is_recorded_late(&self) -> bool {
        view::is_recorded_late(self.occurred_on, self.recorded_on)
    }
}
