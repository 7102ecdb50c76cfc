//! The rules of learning.
//!
//! A lesson or question that the caller may not know of is judged as one that is not there.

use super::{Case, Findings, Owners};
use crate::event::learning::{
    Learning, LessonCorroborated, LessonRecorded, QuestionAnswered, QuestionAsked,
};
use crate::ids::EventId;
use crate::posting::Completed;
use crate::project::learning::{Lesson, Organisation, Question, Reader};
use crate::rule::{Finding, Rule};

/// Whose item the event speaks of: the author's lesson, or the question that it is for its owner
/// to answer.
pub(super) fn owners(case: &Case, event: &Learning) -> Owners {
    match event {
        Learning::LessonRecorded(_) | Learning::QuestionAsked(_) => Owners::Nobody,
        Learning::LessonCorroborated(data) => match lesson(case, data.lesson) {
            None => Owners::Nobody,
            Some(lesson) => match &lesson.author {
                Organisation::Partner(author) => Owners::Partners(vec![*author]),
                Organisation::Subject(author) => Owners::Subject(author.clone()),
            },
        },
        Learning::QuestionAnswered(data) => match question(case, data.question) {
            None => Owners::Nobody,
            Some(question) => answering(case, question),
        },
    }
}

fn answering(case: &Case, question: &Question) -> Owners {
    let answering = case.project.answering(question, case.posting.occurred_on);
    if answering.is_empty() { Owners::Nobody } else { Owners::Partners(answering) }
}

pub(super) fn judge(case: &Case, event: &Learning, findings: &mut Findings) -> Completed {
    match event {
        Learning::LessonRecorded(data) => judge_lesson(case, data, findings),
        Learning::LessonCorroborated(data) => judge_corroboration(case, data, findings),
        Learning::QuestionAsked(data) => judge_question(case, data, findings),
        Learning::QuestionAnswered(data) => judge_answer(case, data, findings),
    }
    Completed::default()
}

fn judge_lesson(case: &Case, data: &LessonRecorded, findings: &mut Findings) {
    for (index, code) in data.codes.iter().enumerate() {
        case.check_code(*code, &format!("/data/codes/{index}"), findings);
    }
    for (index, line) in data.lines.iter().enumerate() {
        // A line that the poster may not see is as good as unknown to it.
        let owner = case.project.finance.partner_of(*line);
        let known = owner.is_some() && (owner == case.partner() || reader(case).sees_everything());
        findings.add_if(!known, || {
            Finding::new(
                Rule::LineUnknown,
                format!("/data/lines/{index}"),
                format!(
                    "No expenditure line has the id {line}. Name a line by the id of the event \
                    that declared it."
                ),
            )
            .fact("line", line)
        });
    }
}

fn judge_corroboration(case: &Case, data: &LessonCorroborated, findings: &mut Findings) {
    let Some(lesson) = lesson(case, data.lesson) else {
        findings.add(lesson_unknown(data.lesson));
        return;
    };
    let organisation = Organisation::acting(case.partner(), &case.actor.subject);
    findings.add_if(lesson.corroborated_by.contains(&organisation), || {
        Finding::new(
            Rule::CorroboratedAlready,
            "/data/lesson",
            "Your organisation has corroborated this lesson already. Record a lesson of your own \
            where there is more to say.",
        )
        .fact("lesson", data.lesson)
    });
}

fn judge_question(case: &Case, data: &QuestionAsked, findings: &mut Findings) {
    findings.add_if(data.lesson.is_some() == data.code.is_some(), || {
        Finding::new(
            Rule::QuestionSubjectUnclear,
            "/data",
            "Name the lesson or the code that the question is about, one of the two.",
        )
    });
    if let Some(id) = data.lesson {
        findings.add_if(lesson(case, id).is_none(), || lesson_unknown(id));
    }
    if let Some(code) = data.code {
        case.check_code(code, "/data/code", findings);
    }
}

/// A question may be answered more than once: what was learned later is kept beside what was
/// said first.
fn judge_answer(case: &Case, data: &QuestionAnswered, findings: &mut Findings) {
    findings.add_if(question(case, data.question).is_none(), || {
        Finding::new(
            Rule::QuestionUnknown,
            "/data/question",
            format!(
                "No question has the id {}. Name a question by the id of the event that asked it.",
                data.question
            ),
        )
        .fact("question", data.question)
    });
}

fn lesson<'a>(case: &Case<'a>, id: EventId) -> Option<&'a Lesson> {
    case.project.learning.lesson(id, &reader(case))
}

fn question<'a>(case: &Case<'a>, id: EventId) -> Option<&'a Question> {
    case.project.learning.question(id, &reader(case))
}

fn reader(case: &Case) -> Reader {
    let subject = &case.actor.subject;
    Reader::of(subject, case.project.plan.memberships_on(subject, case.today))
}

fn lesson_unknown(id: EventId) -> Finding {
    Finding::new(
        Rule::LessonUnknown,
        "/data/lesson",
        format!(
            "No lesson has the id {id}. Name a lesson by the id of the event that recorded it."
        ),
    )
    .fact("lesson", id)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use uuid::Uuid;

    use crate::given::{Given, Post, en};
    use crate::posting::{OnBehalfOf, Refusal};

    const DAY: &str = "2025-04-01";

    /// Lesson 1 of Trakia for the partnership, lesson 2 of Trakia for itself, lesson 3 of the
    /// expert; question 11 about lesson 1, 12 of the lead about lesson 2, 13 about lesson 3, 14
    /// about D 5.1.1 (Trakia's, with URBASOFIA), 15 about WP 5, which no partner owns.
    fn given() -> Given {
        let mut given = Given::project();
        given.accept(&lesson("trakia", "partnership", json!({})).id(1));
        given.accept(&lesson("trakia", "partner", json!({})).id(2));
        given.accept(&lesson("expert", "public", json!({})).id(3));
        given.accept(&ask("siena", about_lesson(1)).id(11));
        given.accept(&ask("haskovo", about_lesson(2)).id(12));
        given.accept(&ask("siena", about_lesson(3)).id(13));
        given.accept(&ask("siena", json!({ "code": "D 5.1.1" })).id(14));
        given.accept(&ask("siena", json!({ "code": "WP 5" })).id(15));
        given
    }

    fn lesson(subject: &'static str, visibility: &str, more: Value) -> Post {
        let data = json!({ "title": en("Start early"), "recommendation": en("Ask for staff"),
            "polarity": "mixed", "challenge": "leadership", "phase": "initiation",
            "visibility": visibility });
        Post::new(subject, "lesson.recorded", DAY, with(data, more))
    }

    fn corroborate(subject: &'static str, lesson: u128) -> Post {
        let data = json!({ "lesson": Uuid::from_u128(lesson), "note": en("Here too") });
        Post::new(subject, "lesson.corroborated", DAY, data)
    }

    fn about_lesson(lesson: u128) -> Value {
        json!({ "lesson": Uuid::from_u128(lesson) })
    }

    fn ask(subject: &'static str, about: Value) -> Post {
        Post::new(subject, "question.asked", DAY, with(json!({ "text": en("How?") }), about))
    }

    fn answer(subject: &'static str, question: u128) -> Post {
        let data = json!({ "question": Uuid::from_u128(question), "text": en("So") });
        Post::new(subject, "question.answered", DAY, data)
    }

    fn with(mut data: Value, more: Value) -> Value {
        let fields = more.as_object().cloned().unwrap_or_default();
        data.as_object_mut().unwrap().extend(fields);
        data
    }

    #[track_caller]
    fn check(cases: &[(Post, &[&str])]) {
        for (post, rules) in cases {
            let mut given = given();
            if rules.is_empty() {
                given.accept(post);
            } else {
                assert_eq!(given.refuse(post), *rules, "{post:?}");
            }
        }
    }

    #[test]
    fn a_lesson_links_codes_that_a_form_has() {
        let linked = |codes: Value| lesson("siena", "public", json!({ "codes": codes }));
        check(&[
            (linked(json!(["A 5.1", "Д 5.1.1"])), &[]),
            (linked(json!(["A 5.1", "A 5.9", "O 9.1"])), &["code_unknown", "code_unknown"]),
        ]);
    }

    #[test]
    fn names_the_code_that_is_unknown() {
        let post = lesson("siena", "public", json!({ "codes": ["A 5.1", "A 5.9"] }));
        let Err(Refusal::Refused(findings)) = given().post(&post) else {
            panic!("taken, or refused for another reason");
        };
        assert_eq!(findings[0].pointer, "/data/codes/1");
    }

    #[test]
    fn a_lesson_links_lines_that_were_declared() {
        let post = lesson("siena", "public", json!({ "lines": [Uuid::from_u128(99)] }));
        check(&[(post, &["line_unknown"])]);
    }

    #[test]
    fn another_organisation_corroborates_a_lesson() {
        let own = &["own_lesson_not_corroborated"];
        check(&[
            (corroborate("siena", 1), &[]),
            (corroborate("haskovo", 1), &[]),
            (corroborate("expert", 1), &[]),
            (corroborate("trakia", 3), &[]),
            (corroborate("haskovo", 1).on_behalf_of(OnBehalfOf::Partner(2), "by telephone"), &[]),
            (corroborate("trakia", 1), own),
            (corroborate("expert", 3), own),
            (corroborate("haskovo", 1).on_behalf_of(OnBehalfOf::Partner(3), "by telephone"), own),
            (corroborate("controller", 1), &["role_may_not_post"]),
        ]);
    }

    #[test]
    fn a_lesson_that_the_lead_recorded_for_a_partner_is_the_partners() {
        let for_siena = OnBehalfOf::Partner(4);
        let mut given = given();
        given
            .accept(&lesson("haskovo", "public", json!({})).on_behalf_of(for_siena, "asked").id(5));
        assert_eq!(given.refuse(&corroborate("siena", 5)), ["own_lesson_not_corroborated"]);
        given.accept(&corroborate("haskovo", 5));
    }

    #[test]
    fn a_hidden_lesson_is_refused_as_one_that_is_not_there() {
        let unknown = &["lesson_unknown"];
        check(&[
            (corroborate("siena", 99), unknown),
            (corroborate("siena", 2), unknown),
            (corroborate("expert", 99), unknown),
            (corroborate("expert", 2), unknown),
            (corroborate("haskovo", 99), unknown),
            (corroborate("haskovo", 2), &[]),
            (ask("siena", about_lesson(99)), unknown),
            (ask("siena", about_lesson(2)), unknown),
            (ask("siena", about_lesson(1)), &[]),
            (ask("trakia", about_lesson(2)), &[]),
        ]);
        let message = |lesson| match given().post(&corroborate("siena", lesson)).unwrap_err() {
            Refusal::Refused(findings) => findings[0].message.clone(),
            refusal @ (Refusal::NotAMember | Refusal::Forbidden(_)) => panic!("{refusal:?}"),
        };
        let hidden = message(2).replace(&Uuid::from_u128(2).to_string(), "");
        assert_eq!(hidden, message(99).replace(&Uuid::from_u128(99).to_string(), ""));
    }

    #[test]
    fn an_organisation_corroborates_once() {
        let again = ["corroborated_already"];
        let mut given = given();
        for subject in ["siena", "expert", "haskovo"] {
            given.accept(&corroborate(subject, 1));
            let mut second = corroborate(subject, 1).id(50);
            second.data["note"] = en("And again");
            assert_eq!(given.refuse(&second), again, "{subject}");
        }
        let by_lead = corroborate("haskovo", 1).id(51);
        let for_siena = OnBehalfOf::Partner(4);
        assert_eq!(given.refuse(&by_lead.clone().on_behalf_of(for_siena, "asked")), again);
        given.accept(&by_lead.on_behalf_of(OnBehalfOf::Partner(2), "asked"));
    }

    #[test]
    fn a_malformed_corroboration_is_told_what_is_wrong_with_it() {
        let post = Post::new("siena", "lesson.corroborated", DAY, json!({}));
        assert_eq!(given().refuse(&post), ["data_malformed"]);
    }

    #[test]
    fn a_question_is_about_a_lesson_or_a_code() {
        let both = with(about_lesson(1), json!({ "code": "A 5.1" }));
        check(&[
            (ask("siena", json!({ "code": "A 5.1" })), &[]),
            (ask("siena", json!({})), &["question_subject_unclear"]),
            (ask("siena", both), &["question_subject_unclear"]),
            (ask("siena", json!({ "code": "A 5.9" })), &["code_unknown"]),
            (ask("expert", about_lesson(1)), &["role_may_not_post"]),
        ]);
    }

    #[test]
    fn the_owner_of_what_was_asked_about_answers() {
        let not_own = &["item_of_another_partner"];
        let for_trakia = OnBehalfOf::Partner(3);
        check(&[
            (answer("trakia", 11), &[]),
            (answer("siena", 11), not_own),
            (answer("haskovo", 11), &["lead_posts_on_behalf"]),
            (answer("haskovo", 11).on_behalf_of(for_trakia, "by telephone"), &[]),
            (answer("trakia", 14), &[]),
            (answer("urbasofia", 14), &[]),
            (answer("siena", 14), not_own),
            (answer("haskovo", 13), &[]),
            (answer("trakia", 13), not_own),
            (answer("haskovo", 15), &[]),
            (answer("siena", 15), not_own),
        ]);
    }

    #[test]
    fn a_question_about_a_hidden_lesson_is_refused_as_one_that_is_not_there() {
        let unknown = &["question_unknown"];
        check(&[
            (answer("siena", 99), unknown),
            (answer("siena", 12), unknown),
            (answer("siena", 1), unknown),
            (answer("trakia", 12), &[]),
        ]);
    }

    #[test]
    fn a_question_is_answered_again_when_there_is_more_to_say() {
        let mut given = given();
        given.accept(&answer("trakia", 11).id(21));
        given.accept(&answer("trakia", 11).id(22));
    }
}
