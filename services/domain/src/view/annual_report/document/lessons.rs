//! The lessons of the period that are shared with every member.

use jiff::civil::Date;
use serde::Serialize;

use super::{At, words};
use crate::code::Code;
use crate::event::learning::{Challenge, Polarity, Visibility};
use crate::ids::{EventId, PartnerNumber};
use crate::text::LocalizedText;
use crate::view::learning_log::lesson;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Lesson<'a> {
    id: EventId,
    /// Nothing of an expert.
    partner: Option<PartnerNumber>,
    occurred_on: Date,
    title: &'a LocalizedText,
    recommendation: &'a LocalizedText,
    polarity: Polarity,
    challenge: Challenge,
    codes: Vec<Code>,
    maturity: &'static str,
}

/// In the order in which they were recorded.
pub(super) fn section<'a>(at: &At<'a>) -> Vec<Lesson<'a>> {
    let shared = at.folds.learning.recorded().filter(|lesson| is_shared(lesson.data.visibility));
    shared
        .filter(|lesson| at.shows.has(lesson.entry.occurred_on))
        .map(|lesson| of(at, lesson))
        .collect()
}

fn is_shared(visibility: Visibility) -> bool {
    match visibility {
        Visibility::Partnership | Visibility::Public => true,
        Visibility::Partner => false,
    }
}

fn of<'a>(at: &At<'a>, lesson: &'a lesson::Lesson) -> Lesson<'a> {
    Lesson {
        id: lesson.entry.id,
        partner: lesson.entry.organisation.partner(),
        occurred_on: lesson.entry.occurred_on,
        title: &lesson.data.title,
        recommendation: &lesson.data.recommendation,
        polarity: lesson.data.polarity,
        challenge: lesson.data.challenge,
        codes: at.codes(&lesson.items),
        maturity: words::maturity(lesson.maturity()),
    }
}
