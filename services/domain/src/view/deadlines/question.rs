//! Deadlines of questions: each is to be answered within [`ANSWER_EXPECTED_DAYS`].

use jiff::ToSpan;
use jiff::civil::Date;

use super::{ANSWER_EXPECTED_DAYS, Deadline, DeadlineKind, Due};
use crate::view::Sources;
use crate::view::about::About;
use crate::view::learning_log::filter::QuestionFilter;
use crate::view::learning_log::question::Question;
use crate::view::milestone_status::light::{Course, Reached};

static ALL: QuestionFilter = QuestionFilter { lesson: None, item: None, answered: None };

pub(super) fn deadlines<'a>(sources: &Sources<'a>, today: Date) -> Vec<Deadline<'a>> {
    let reader = sources.reader.of_learning();
    let questions = sources.learning.questions(reader, &ALL);
    questions.map(|question| deadline(sources, question, today)).collect()
}

/// The day until which a question is to be answered.
pub(in crate::view) fn answer_due(question: &Question) -> Date {
    question.entry.occurred_on.saturating_add(ANSWER_EXPECTED_DAYS.days())
}

fn deadline<'a>(sources: &Sources<'a>, question: &'a Question, today: Date) -> Deadline<'a> {
    let due = answer_due(question);
    let first_answer = question.answers.iter().map(|answer| answer.entry.occurred_on).min();
    let recorded = question.answers.iter().map(|answer| answer.entry.recorded_at).max();
    let course = Course {
        due: Some(due),
        forecast: None,
        reached: first_answer.map_or(Reached::Open, Reached::Done),
    };
    let known = sources.project.learning.questions.get(&question.entry.id);
    let answering = known.map(|known| sources.project.answering(known, today));
    let due = Due {
        kind: DeadlineKind::Question,
        about: About::Event(question.entry.id),
        code: question.item.map(|item| sources.code(item)),
        title: Some(&question.data.text),
        partner: answering.and_then(|partners| partners.first().copied()),
        due,
        revised_at: recorded.max(Some(question.entry.recorded_at)),
    };
    due.on(course, today)
}
