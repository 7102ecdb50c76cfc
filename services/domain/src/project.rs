//! What the rules need to know of a project, and how an event changes it.
//!
//! Every part is a persistent value: a copy of a project costs the same however long its
//! history is, so each posting is decided on a copy that can be dropped.

pub mod plan;
pub mod delivery;
pub mod finance;
pub mod learning;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::event::plan::Plan;
use crate::event::plan::application_form::ApplicationFormApproved;
use crate::event::{Event, EventType};
use crate::ids::{PartnerNumber, ProjectKey, Subject};
use crate::policy;
use crate::posting::{Actor, Part, Recorded, Refusal};
use crate::rule::Rule;
use delivery::{DeliveryState, ItemStatus};
use finance::FinanceState;
use learning::LearningState;
use plan::PlanState;
use plan::item::Item;

/// The state of one project, as far as its rules need it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Project {
    pub key: ProjectKey,
    /// How many events the project has.
    pub version: u64,
    /// Position in the log of the project's last event.
    pub position: u64,
    pub last_recorded_at: Option<Timestamp>,
    pub plan: PlanState,
    pub delivery: DeliveryState,
    pub finance: FinanceState,
    pub learning: LearningState,
}

impl Project {
    /// A project of which nothing is known yet.
    pub fn new(key: ProjectKey) -> Self {
        Self {
            key,
            version: 0,
            position: 0,
            last_recorded_at: None,
            plan: PlanState::default(),
            delivery: DeliveryState::default(),
            finance: FinanceState::default(),
            learning: LearningState::default(),
        }
    }

    /// Takes a recorded event into the state. Any event in any order is taken: what makes no
    /// sense here was refused before it was recorded, or is kept for people to see.
    pub fn evolve(&mut self, recorded: &Recorded) {
        self.version = recorded.version;
        self.position = recorded.position;
        self.last_recorded_at = self.last_recorded_at.max(Some(recorded.recorded_at));
        match &*recorded.event {
            Event::Plan(event) => {
                self.plan.apply(recorded, event);
                if let Plan::MemberRevoked(data) = event {
                    let feeds = &mut self.delivery.calendar_feeds;
                    feeds.close_all_of(&data.subject, recorded.occurred_on);
                }
                self.finance.follow_rates(&self.plan, event);
            }
            Event::Delivery(event) => self.delivery.apply(recorded, &self.plan, event),
            Event::Finance(event) => self.finance.apply(recorded, &self.plan, event),
            Event::Learning(event) => self.learning.apply(recorded, event),
        }
    }

    /// Where an item of the plan stands; an output against its target in a form.
    pub fn status_of(
        &self,
        item: Item<Code>,
        form: Option<&ApplicationFormApproved>,
    ) -> ItemStatus {
        let target = match item.code {
            Code::Output(_) => form.and_then(|form| match self.plan.code_in(form, item)? {
                Code::Output(code) => form.output(code).map(|output| output.target),
                Code::WorkPackage(_)
                | Code::Activity(_)
                | Code::Deliverable(_)
                | Code::Investment(_) => None,
            }),
            Code::WorkPackage(_)
            | Code::Activity(_)
            | Code::Deliverable(_)
            | Code::Investment(_) => None,
        };
        self.delivery.status_of(item, target)
    }

    /// The day that it is in the project's time zone; UTC until the project is registered.
    pub fn day_of(&self, instant: Timestamp) -> Date {
        match &self.plan.registered {
            Some(registered) => registered.time_zone.day_of(instant),
            None => instant.to_zoned(jiff::tz::TimeZone::UTC).date(),
        }
    }

    /// The partners that answer a question: the author of the lesson, or the owners of the code on
    /// a day, the one who has to first. The lead partner answers for what no partner owns: an
    /// expert's lesson (experts do not answer), or a work package without a responsible partner.
    pub fn answering(&self, question: &learning::Question, day: Date) -> Vec<PartnerNumber> {
        let lesson = question.lesson.and_then(|id| self.learning.lessons.get(&id));
        let author = lesson.and_then(|lesson| lesson.author.partner());
        let of_code = question.code.map(|code| self.plan.owners(code, day));
        let answering: Vec<_> = author.into_iter().chain(of_code.into_iter().flatten()).collect();
        if answering.is_empty() {
            return self.plan.lead_partner().map(|lead| lead.number).into_iter().collect();
        }
        answering
    }

    /// In which part a subject posts an event of a type today.
    ///
    /// `source` names the partner for which it does. Where nothing is named, it is the one
    /// membership whose role posts events of this type; where none does, it is the first, which
    /// is then told why not.
    pub fn actor(
        &self,
        subject: &Subject,
        source: Option<PartnerNumber>,
        today: Date,
        event_type: EventType,
    ) -> Result<Actor, Refusal> {
        let parts: Vec<Part> = self
            .plan
            .memberships_on(subject, today)
            .map(|held| Part::Member { role: held.role, partner: held.partner })
            .collect();
        let first = *parts.first().ok_or(Refusal::NotAMember)?;
        let fitting: Vec<Part> = match source {
            Some(_) => parts.into_iter().filter(|part| part.partner() == source).collect(),
            None if parts.len() == 1 => parts,
            None => parts.into_iter().filter(|part| policy::posts(*part, event_type)).collect(),
        };
        let part = match (fitting.as_slice(), source) {
            ([one], _) => *one,
            ([], None) => first,
            ([], Some(_)) | ([_, _, ..], _) => {
                return Err(Refusal::forbidden(Rule::ChooseMembership, "/source"));
            }
        };
        Ok(Actor { subject: subject.clone(), part })
    }
}
