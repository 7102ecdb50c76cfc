//! What has to be done by when, and by whom.

#![expect(clippy::too_many_arguments, reason = "they are the arguments of the question")]

use std::collections::BTreeSet;
use std::sync::Arc;

use async_graphql::{Enum, Object, Result, SimpleObject};
use cairn_domain::view::deadlines::{self as view, Wanted};

use super::Reading;
use super::delivery::Light;
use crate::graphql::connection::{self, Page};
use crate::graphql::values::{Code, Date, LocalizedText};

/// What a deadline is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "view::DeadlineKind")]
pub enum DeadlineKind {
    /// A deliverable is due.
    Deliverable,
    /// A milestone is due.
    Milestone,
    /// An activity ends.
    Activity,
    /// A question is to be answered, within 14 days.
    Question,
    /// An issue is to be settled.
    Issue,
    /// A risk is to be looked at again.
    RiskReview,
    /// The programme asked about an annual report.
    ReportClarification,
    /// The controller asked about lines of a claim; known to the partner that answers and to who
    /// sees everything.
    Clarification,
    /// A finding of an audit is to be answered; known to the partner of its lines and to who sees
    /// everything.
    AuditFinding,
    /// A date that the whole partnership keeps to.
    Calendar,
}

/// Something that is to be done by a day.
#[derive(Clone, Debug, SimpleObject)]
pub struct Deadline {
    /// What it is about.
    pub kind: DeadlineKind,
    /// The code of the plan that it belongs to, such as `D 4.1.2`.
    pub code: Option<Code>,
    /// Number of the milestone, where it is one.
    pub milestone: Option<u32>,
    /// Event id of the question, issue, risk, clarification or finding, where it is one.
    pub event_id: Option<String>,
    /// The title of the item, or the text of the question; null where the caller may not read it.
    pub title: Option<LocalizedText>,
    /// Number of the partner that has to act; null where the date is everybody's.
    pub partner: Option<u32>,
    /// The day by which it is to be done.
    pub due: Date,
    /// The day by which it is now expected.
    pub forecast: Option<Date>,
    /// Whether it is done.
    pub done: bool,
    /// Days from `today` to `due`, negative once it is past; null when it is done.
    pub days_left: Option<i32>,
    /// Days from `due` to the day on which it was done, or to `today`.
    pub days_late: u32,
    /// How it runs against its day.
    pub light: Light,
    /// What the light means: `done late`, `on time`, `14 days late`.
    pub light_word: String,
}

impl From<&view::Deadline<'_>> for Deadline {
    fn from(deadline: &view::Deadline<'_>) -> Self {
        Self {
            kind: deadline.kind.into(),
            code: deadline.code.map(Code),
            milestone: deadline.about.milestone(),
            event_id: deadline.about.event().map(|id| id.to_string()),
            title: deadline.title.cloned().map(LocalizedText),
            partner: deadline.partner,
            due: Date(deadline.due),
            forecast: deadline.forecast.map(Date),
            done: deadline.done,
            days_left: deadline.days_left,
            days_late: deadline.days_late,
            light: deadline.light.colour.into(),
            light_word: deadline.light.word.clone(),
        }
    }
}

pub struct Deadlines(pub(super) Arc<Reading>);

#[Object]
impl Deadlines {
    /// What is still to be done, by its day: deliverables, milestones, ends of activities, questions,
    /// issues, reviews of risks, questions of the programme and of the controller, findings of audits,
    /// and the calendar of the application form. Questions and findings are those that the caller may
    /// read. Null to the public.
    ///
    /// `partner` is the number of the partner that has to act; the dates of all are shown beside
    /// its own. `until` is the last day wanted. With `includeDone` what is done is listed too.
    async fn deadlines(
        &self,
        partner: Option<u32>,
        kinds: Option<Vec<DeadlineKind>>,
        until: Option<Date>,
        #[graphql(default)] include_done: bool,
        first: Option<i32>,
        after: Option<String>,
    ) -> Option<Result<Page<Deadline>>> {
        let reading = &self.0;
        let kinds = kinds.map(|kinds| kinds.into_iter().map(Into::into).collect::<BTreeSet<_>>());
        let wanted = Wanted { partner, kinds, until: until.map(|until| until.0), include_done };
        let page = || {
            let deadlines = reading.room.deadlines.list(&reading.sources(), &wanted, reading.today);
            let name = |one: &view::Deadline<'_>| format!("{:?} {}", one.kind, one.about);
            connection::page(deadlines, first, after, name, |one| Deadline::from(&one))
        };
        reading.reader.is_member().then(page)
    }
}
