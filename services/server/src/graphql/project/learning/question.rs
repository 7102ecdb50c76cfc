//! A question with its answers, as one reader may see them.

use std::sync::Arc;

use async_graphql::{ID, Object, Result, SimpleObject};
use cairn_domain::view::learning_log::question;

use super::entry::Entry;
use super::filter::QuestionFilter;
use super::lesson;
use crate::graphql::connection::{self, Page};
use crate::graphql::evidence::Evidence;
use crate::graphql::node;
use crate::graphql::project::Reading;
use crate::graphql::values::LocalizedText;

/// Name of the type of questions in the schema.
const KIND: &str = "Question";

/// A question, as one reader may see it.
#[derive(Clone)]
pub struct Question {
    reading: Arc<Reading>,
    question: question::Question,
}

/// The lesson that a question is about.
#[derive(Clone, Debug, SimpleObject)]
pub struct LessonName {
    /// Opaque id of the lesson.
    pub id: ID,
    /// What the lesson says in a line.
    pub title: LocalizedText,
    /// Codes that the lesson came from, such as `A 5.1`.
    pub codes: Vec<String>,
}

/// An answer to a question.
#[derive(Clone, Debug, SimpleObject)]
pub struct Answer {
    #[graphql(flatten)]
    pub entry: Entry,
    /// What is answered.
    pub text: LocalizedText,
    /// Null to those who may not see the author's evidence.
    pub evidence: Option<Vec<Evidence>>,
}

/// A question about a lesson or about a code of the plan. `eventId` names it in postings.
#[Object]
impl Question {
    /// Opaque id.
    async fn id(&self) -> ID {
        node::id(KIND, &self.reading.room.project.key, self.question.entry.id)
    }

    #[graphql(flatten)]
    async fn entry(&self) -> Entry {
        Entry::of(&self.reading, &self.question.entry)
    }

    /// What is asked.
    async fn text(&self) -> LocalizedText {
        LocalizedText(self.question.data.text.clone())
    }

    /// The lesson that it is about, where it is about one.
    async fn lesson(&self) -> Option<LessonName> {
        let room = &self.reading.room;
        let id = self.question.data.lesson?;
        let about = room.learning.lesson(id, self.reading.reader.of_learning())?;
        Some(LessonName {
            id: node::id(lesson::KIND, &room.project.key, id),
            title: LocalizedText(about.data.title.clone()),
            codes: self.reading.codes(&about.items),
        })
    }

    /// The code that it is about, where it is about one, such as `A 5.1`.
    async fn code(&self) -> Option<String> {
        let item = self.question.item?;
        Some(self.reading.code(item).to_string())
    }

    /// Whether there is an answer.
    async fn answered(&self) -> bool {
        self.question.is_answered()
    }

    /// Days from the question to its first answer; to `today` while it waits.
    async fn age_days(&self) -> i64 {
        self.question.age_days(self.reading.today)
    }

    /// First to last: what was learned later stands beside what was said first.
    async fn answers(&self) -> Vec<Answer> {
        let reader = self.reading.reader.of_learning();
        let answer = |answer: &Arc<question::Answer>| Answer {
            entry: Entry::of(&self.reading, &answer.entry),
            text: LocalizedText(answer.data.text.clone()),
            evidence: answer.may_see_evidence(reader).then(|| Evidence::all(&answer.data.evidence)),
        };
        self.question.answers.iter().map(answer).collect()
    }

    /// Null to those who may not see the author's evidence.
    async fn evidence(&self) -> Option<Vec<Evidence>> {
        let seen = self.question.may_see_evidence(self.reading.reader.of_learning());
        seen.then(|| Evidence::all(&self.question.data.evidence))
    }
}

impl Question {
    pub(super) fn new(reading: &Arc<Reading>, question: &question::Question) -> Self {
        Self { reading: Arc::clone(reading), question: question.clone() }
    }
}

pub(super) fn page(
    reading: &Arc<Reading>,
    filter: QuestionFilter,
    first: Option<i32>,
    after: Option<String>,
) -> Result<Page<Question>> {
    let room = &reading.room;
    let filter = filter.read(reading)?;
    let questions = room.learning.questions(reading.reader.of_learning(), &filter).collect();
    let name = |question: &&question::Question| question.entry.id.to_string();
    connection::page(questions, first, after, name, |question| Question::new(reading, question))
}
