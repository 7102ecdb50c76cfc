//! Learning: the lessons of a project, who confirms them, and the questions about them.
//!
//! Who sees what: public lessons anybody; lessons of the partnership and questions every member;
//! a partner's own lessons, evidence and lines that partner and those who check. Subjects are
//! shown to the lead, to auditors and each to itself.

pub mod lesson;
pub mod question;
pub mod entry;
pub mod filter;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_graphql::{Object, Result};

use super::Reading;
use crate::graphql::connection::Page;
use filter::{LessonFilter, QuestionFilter};
use lesson::Lesson;
use question::Question;

pub struct Learning(pub(super) Arc<Reading>);

#[Object]
impl Learning {
    /// The lessons that the caller may read, newest recorded first.
    ///
    /// `partner` is the author's number. `since` leaves out what was recorded up to a lesson: it
    /// is the `startCursor` of the first page that was read before.
    async fn learning_log(
        &self,
        partner: Option<u32>,
        filter: Option<LessonFilter>,
        since: Option<String>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Option<Result<Page<Lesson>>> {
        let filter = filter.unwrap_or_default();
        let readings = [self.0.clone()];
        Some(lesson::page(&readings, None, filter, partner, since, first, after))
    }

    /// The questions that the caller may read, newest first. Null to the public.
    async fn questions(
        &self,
        filter: Option<QuestionFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Option<Result<Page<Question>>> {
        let page = || question::page(&self.0, filter.unwrap_or_default(), first, after);
        self.0.reader.is_member().then(page)
    }
}
