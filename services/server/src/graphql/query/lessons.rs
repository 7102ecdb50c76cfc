//! The lessons of all projects.

use std::sync::Arc;

use async_graphql::{Context, Object, Result};

use crate::graphql::Question;
use crate::graphql::connection::Page;
use crate::graphql::project::Reading;
use crate::graphql::project::learning::filter::LessonFilter;
use crate::graphql::project::learning::lesson::{self, Lesson};

#[derive(Default)]
pub struct LessonsRoot;

#[Object]
impl LessonsRoot {
    /// The lessons of all projects that the caller may read, newest recorded first; to the public
    /// the public ones.
    ///
    /// `search` finds words by their beginnings, in any language of the lesson, without regard to
    /// case and accents. `since` leaves out what was recorded up to a lesson: it is the
    /// `startCursor` of the first page that was read before.
    async fn lessons(
        &self,
        context: &Context<'_>,
        search: Option<String>,
        filter: Option<LessonFilter>,
        since: Option<String>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<Lesson>> {
        let question = context.data_unchecked::<Question>();
        let readings: Vec<_> =
            question.rooms.all().map(|room| Arc::new(Reading::now(question, room))).collect();
        lesson::page(&readings, search, filter.unwrap_or_default(), None, since, first, after)
    }
}
