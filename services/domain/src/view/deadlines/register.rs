//! Deadlines of issues and of the reviews of risks.

use jiff::civil::Date;

use super::{Deadline, DeadlineKind, Due};
use crate::view::Sources;
use crate::view::about::About;
use crate::view::milestone_status::light::{Course, Reached};
use crate::view::register::issue::Issue;
use crate::view::register::risk::Risk;

pub(super) fn issues<'a>(sources: &Sources<'a>, today: Date) -> Vec<Deadline<'a>> {
    let deadline = |issue: &'a Issue| {
        let resolution = issue.resolution.as_deref();
        let last = resolution.map_or(&issue.entry, |resolution| &resolution.entry);
        let due = Due {
            kind: DeadlineKind::Issue,
            about: About::Event(issue.entry.id),
            code: issue.items.first().map(|item| sources.code(*item)),
            title: Some(&issue.data.title),
            partner: issue.entry.organisation.partner(),
            due: issue.data.due?,
            revised_at: Some(last.recorded_at),
        };
        let course = Course {
            due: issue.data.due,
            forecast: None,
            reached: resolution
                .map_or(Reached::Open, |resolution| Reached::Done(resolution.resolved_on())),
        };
        Some(due.on(course, today))
    };
    sources.register.issues().filter_map(deadline).collect()
}

/// A review that was held has no deadline any more: the assessment says when the next one is.
pub(super) fn risk_reviews<'a>(sources: &Sources<'a>, today: Date) -> Vec<Deadline<'a>> {
    let deadline = |risk: &'a Risk| {
        let review_on = risk.review_on()?;
        let due = Due {
            kind: DeadlineKind::RiskReview,
            about: About::Event(risk.entry.id),
            code: risk.items.first().map(|item| sources.code(*item)),
            title: Some(&risk.data.title),
            partner: risk.entry.organisation.partner(),
            due: review_on,
            revised_at: Some(risk.last_entry().recorded_at),
        };
        let course = Course {
            due: Some(review_on),
            forecast: None,
            reached: risk.closed_on().map_or(Reached::Open, Reached::Done),
        };
        Some(due.on(course, today))
    };
    sources.register.risks().into_iter().filter_map(deadline).collect()
}
