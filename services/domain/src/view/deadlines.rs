//! What has to be done by when, and by whom: one list over the plan, the questions, the issues,
//! the risks, the annual reports, control and audits, and the calendar of the partnership.
//!
//! Days left, days late and lights are worked out when they are asked for, from the day that is
//! passed in, so they change at midnight without an event.
//!
//! To add a kind: its variant, and a function that lists its deadlines beside the others in
//! [`Deadlines::list`].

mod plan;
pub(in crate::view) mod question;
mod register;
mod report;
mod oversight;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use imbl::OrdMap;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Sources;
use super::about::About;
use super::milestone_status::light::{Course, Light};
use crate::code::Code;
use crate::event::Event;
use crate::event::plan::Plan;
use crate::ids::PartnerNumber;
use crate::period::days_between;
use crate::posting::Recorded;
use crate::text::LocalizedText;

/// A question is to be answered within so many days.
pub const ANSWER_EXPECTED_DAYS: i32 = 14;

/// When the days of the plan were recorded. The rest of the list is read from the other views.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Deadlines {
    /// The application forms, by version.
    forms: OrdMap<u32, Timestamp>,
    /// The milestones, by number.
    milestones: OrdMap<u32, Timestamp>,
}

/// What a deadline is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DeadlineKind {
    /// A deliverable is due.
    Deliverable,
    /// A milestone is due.
    Milestone,
    /// An activity ends.
    Activity,
    /// A question waits for its answer.
    Question,
    /// An issue is to be settled.
    Issue,
    /// A risk is to be looked at again.
    RiskReview,
    /// The programme asked about an annual report.
    ReportClarification,
    /// The controller asked about lines of a claim.
    Clarification,
    /// A finding of an audit is to be answered.
    AuditFinding,
    /// A date that the whole partnership keeps to.
    Calendar,
}

/// Something that is to be done by a day.
#[derive(Clone, Debug)]
pub struct Deadline<'a> {
    pub kind: DeadlineKind,
    pub about: About,
    /// The code of the plan that it belongs to, where it belongs to one.
    pub code: Option<Code>,
    pub title: Option<&'a LocalizedText>,
    /// The partner that has to act; nothing where the date is everybody's.
    pub partner: Option<PartnerNumber>,
    pub due: Date,
    pub forecast: Option<Date>,
    pub done: bool,
    /// Days from today to `due`, negative once it is past; nothing when it is done.
    pub days_left: Option<i32>,
    /// Days from `due` to the day on which it was done, or to today.
    pub days_late: u32,
    pub light: Light,
    /// When what stands here was recorded last.
    pub revised_at: Timestamp,
}

/// Which deadlines are asked for: those that fit everything that is set.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// What this partner has to do, and the dates of all.
    pub partner: Option<PartnerNumber>,
    /// All kinds where nothing is said.
    pub kinds: Option<BTreeSet<DeadlineKind>>,
    /// Due on this day or before.
    pub until: Option<Date>,
    /// Also what is done already.
    pub include_done: bool,
}

impl Wanted {
    fn fits(&self, deadline: &Deadline<'_>) -> bool {
        let its = |number| deadline.partner.is_none_or(|partner| partner == number);
        self.partner.is_none_or(its)
            && self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&deadline.kind))
            && self.until.is_none_or(|until| deadline.due <= until)
            && (self.include_done || !deadline.done)
    }
}

impl Deadlines {
    /// Takes a recorded event in.
    pub fn apply(&mut self, recorded: &Recorded) {
        match &*recorded.event {
            Event::Plan(Plan::ApplicationFormApproved(form)) => {
                self.forms.insert(form.version, recorded.recorded_at);
            }
            Event::Plan(Plan::MilestonePlanned(planned)) => {
                self.milestones.insert(planned.number, recorded.recorded_at);
            }
            Event::Plan(
                Plan::ProjectRegistered(_)
                | Plan::SubsidyContractSigned(_)
                | Plan::PartnerJoined(_)
                | Plan::MemberGranted(_)
                | Plan::MemberRevoked(_)
                | Plan::RatePolicySet(_)
                | Plan::ExchangeRatesImported(_)
                | Plan::SubsidyContractAmended(_)
                | Plan::PartnerChanged(_)
                | Plan::PartnerWithdrawn(_)
                | Plan::ChangeNotified(_)
                | Plan::ChangeRequested(_)
                | Plan::ChangeDecided(_),
            )
            | Event::Delivery(_)
            | Event::Finance(_)
            | Event::Learning(_) => {}
        }
    }

    /// The deadlines that the reader may know of and that are wanted, by their days.
    pub fn list<'a>(
        &'a self,
        sources: &Sources<'a>,
        wanted: &Wanted,
        today: Date,
    ) -> Vec<Deadline<'a>> {
        let mut deadlines = self.deliverables(sources, today);
        deadlines.extend(self.plan_milestones(sources, today));
        deadlines.extend(self.activities(sources, today));
        deadlines.extend(self.calendar(sources, today));
        deadlines.extend(question::deadlines(sources, today));
        deadlines.extend(register::issues(sources, today));
        deadlines.extend(register::risk_reviews(sources, today));
        deadlines.extend(report::clarifications(sources, today));
        deadlines.extend(oversight::clarifications(sources, today));
        deadlines.extend(oversight::findings(sources, today));
        deadlines.retain(|deadline| wanted.fits(deadline));
        deadlines.sort_by_key(|deadline| (deadline.due, deadline.kind, deadline.about));
        deadlines
    }
}

/// What all deadlines have beside their light.
struct Due<'a> {
    kind: DeadlineKind,
    about: About,
    code: Option<Code>,
    title: Option<&'a LocalizedText>,
    partner: Option<PartnerNumber>,
    due: Date,
    revised_at: Option<Timestamp>,
}

impl<'a> Due<'a> {
    /// How it runs on a day.
    fn on(self, course: Course, today: Date) -> Deadline<'a> {
        let standing = course.on(today);
        let done = course.is_done();
        self.standing(done, course.forecast, (standing.days_late, standing.light), today)
    }

    fn standing(
        self,
        done: bool,
        forecast: Option<Date>,
        (days_late, light): (u32, Light),
        today: Date,
    ) -> Deadline<'a> {
        Deadline {
            kind: self.kind,
            about: self.about,
            code: self.code,
            title: self.title,
            partner: self.partner,
            due: self.due,
            forecast,
            done,
            days_left: (!done).then(|| days_between(today, self.due)),
            days_late,
            light,
            revised_at: self.revised_at.unwrap_or(Timestamp::UNIX_EPOCH),
        }
    }
}
