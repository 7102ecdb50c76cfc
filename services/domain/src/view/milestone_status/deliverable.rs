//! A deliverable of the plan with what came of it.

use jiff::Timestamp;
use jiff::civil::Date;

use super::Asked;
use super::forecast::ForecastEntry;
use super::light::{Course, Light, Reached};
use crate::code::DeliverableCode;
use crate::event::delivery::{DeliverableSubmitted, DeliverableWithdrawn};
use crate::event::plan::application_form::Deliverable;
use crate::ids::{EventId, PartnerNumber};
use crate::period::days_between;
use crate::project::delivery::{
    DeliverableFacts, DeliverableStatus, Outcome, Review, Submission, Withdrawal,
};
use crate::project::plan::item::Item;
use crate::text::LocalizedText;

/// A deliverable under one application form, on one day.
#[derive(Clone, Debug)]
pub struct DeliverableReading<'a> {
    pub item: Item<DeliverableCode>,
    /// Under the form; of the newest form that has the item where this one lacks it.
    pub code: DeliverableCode,
    /// Of another form where this one lacks the code; nothing where none has it.
    pub titles: Option<&'a LocalizedText>,
    /// The owner.
    pub partner: Option<PartnerNumber>,
    pub contributors: &'a [PartnerNumber],
    /// Nothing where the form lacks the code: then nothing is planned for it.
    pub due: Option<Date>,
    pub status: DeliverableStatus,
    /// In the order in which they were recorded.
    pub submissions: Vec<SubmissionEntry<'a>>,
    pub forecast: Option<Date>,
    /// The day of the first submission that was accepted, otherwise of the one that waits for
    /// its review.
    pub delivered_on: Option<Date>,
    /// What was expected before, statement by statement.
    pub forecasts: Vec<ForecastEntry<'a>>,
    /// Days from `due` to `delivered_on`, or to today where nothing is delivered.
    pub days_late: u32,
    /// The same from `forecast`; nothing where none is given.
    pub days_late_on_forecast: Option<u32>,
    pub light: Light,
    pub done_late: bool,
    /// Who has to act for it to go on.
    pub turn: Turn,
    /// Days since that one's turn began; nothing before the first submission.
    pub waiting_days: Option<u32>,
    /// Whether the form has the code.
    pub in_form: bool,
}

/// Who has to act next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Turn {
    /// The partner that owns the deliverable: to submit it, or to mend what was returned.
    Owner,
    /// The lead partner: to review a submission.
    Lead,
    Nobody,
}

/// One submission with its review.
#[derive(Clone, Debug)]
pub struct SubmissionEntry<'a> {
    pub number: u32,
    pub event_id: EventId,
    /// The partner for which it was handed in.
    pub partner: Option<PartnerNumber>,
    pub occurred_on: Date,
    pub recorded_at: Timestamp,
    /// Recorded more than 14 days after it occurred.
    pub recorded_late: bool,
    /// Title, text, place, participants, links, evidence.
    pub content: &'a DeliverableSubmitted,
    pub review: Option<ReviewEntry<'a>>,
    pub withdrawal: Option<WithdrawalEntry<'a>>,
}

/// A submission was taken back.
#[derive(Clone, Debug)]
pub struct WithdrawalEntry<'a> {
    pub event_id: EventId,
    pub on: Date,
    pub recorded_at: Timestamp,
    /// Reason, evidence.
    pub content: &'a DeliverableWithdrawn,
}

/// What the lead partner said of a submission.
#[derive(Clone, Debug)]
pub struct ReviewEntry<'a> {
    pub event_id: EventId,
    pub outcome: Outcome,
    pub on: Date,
    pub recorded_at: Timestamp,
    pub remark: Option<&'a LocalizedText>,
}

impl<'a> Asked<'a> {
    pub(super) fn deliverable(&self, of: Item<DeliverableCode>) -> DeliverableReading<'a> {
        let plan = &self.project.plan;
        let planned = self.planned_deliverable(of);
        let elsewhere = || plan.newest_with(of).and_then(|(form, code)| form.deliverable(code));
        let item = planned.or_else(elsewhere);
        let facts = self.project.delivery.deliverables.get(&of);
        let course = self.deliverable_course(of);
        let standing = course.on(self.today);
        let (turn, since) = facts.map_or((Turn::Owner, None), turn);
        DeliverableReading {
            item: of,
            code: plan.code_of(of, self.form),
            titles: item.map(|item| &item.titles),
            partner: item.map(|item| item.partner),
            contributors: item.map(|item| item.contributors.as_slice()).unwrap_or_default(),
            due: course.due,
            status: facts.map_or(DeliverableStatus::Planned, DeliverableFacts::status),
            submissions: facts.map_or_else(Vec::new, |facts| self.submissions(facts)),
            forecast: course.forecast,
            forecasts: self.forecasts(of.any()),
            delivered_on: match course.reached {
                Reached::Open => None,
                Reached::Submitted(day) | Reached::Done(day) => Some(day),
            },
            days_late: standing.days_late,
            days_late_on_forecast: course.days_late_on_forecast(self.today),
            light: standing.light,
            done_late: standing.done_late,
            turn,
            waiting_days: since.map(|day| days_between(day, self.today).max(0).unsigned_abs()),
            in_form: planned.is_some(),
        }
    }

    fn planned_deliverable(&self, item: Item<DeliverableCode>) -> Option<&'a Deliverable> {
        let form = self.form?;
        form.deliverable(self.project.plan.code_in(form, item)?)
    }

    pub(super) fn deliverable_course(&self, item: Item<DeliverableCode>) -> Course {
        let facts = self.project.delivery.deliverables.get(&item);
        let accepted = facts.and_then(DeliverableFacts::accepted);
        let waiting = facts.and_then(DeliverableFacts::latest).filter(|s| s.waits());
        let reached = match (accepted, waiting) {
            (Some(accepted), _) => Reached::Done(accepted.occurred_on),
            (None, Some(waiting)) => Reached::Submitted(waiting.occurred_on),
            (None, None) => Reached::Open,
        };
        let planned = self.planned_deliverable(item);
        let forecast = facts.and_then(|facts| facts.forecast).map(|forecast| forecast.value);
        Course { due: planned.and_then(|item| item.due), forecast, reached }
    }

    /// The texts of a submission were folded with the same event as its place in the state, so
    /// each one is found.
    fn submissions(&self, facts: &'a DeliverableFacts) -> Vec<SubmissionEntry<'a>> {
        facts.submissions.iter().filter_map(|submission| self.submission(submission)).collect()
    }

    fn submission(&self, submission: &'a Submission) -> Option<SubmissionEntry<'a>> {
        let noted = self.view.submissions.get(&submission.event_id)?;
        Some(SubmissionEntry {
            number: submission.number,
            event_id: submission.event_id,
            partner: submission.partner,
            occurred_on: submission.occurred_on,
            recorded_at: submission.recorded_at,
            recorded_late: noted.recorded_late,
            content: &noted.content,
            review: submission.review.as_ref().map(|review| self.review(review)),
            withdrawal: submission.withdrawal.as_ref().and_then(|found| self.withdrawal(found)),
        })
    }

    fn withdrawal(&self, withdrawal: &'a Withdrawal) -> Option<WithdrawalEntry<'a>> {
        Some(WithdrawalEntry {
            event_id: withdrawal.event_id,
            on: withdrawal.on,
            recorded_at: withdrawal.recorded_at,
            content: self.view.withdrawals.get(&withdrawal.event_id)?,
        })
    }

    fn review(&self, review: &'a Review) -> ReviewEntry<'a> {
        let content = self.view.reviews.get(&review.event_id);
        ReviewEntry {
            event_id: review.event_id,
            outcome: review.outcome,
            on: review.on,
            recorded_at: review.recorded_at,
            remark: content.and_then(|content| content.remark.as_ref()),
        }
    }
}

/// Whose turn it is, and since when: a withdrawn submission is the owner's again from that day.
fn turn(facts: &DeliverableFacts) -> (Turn, Option<Date>) {
    match facts.latest() {
        None => (Turn::Owner, None),
        Some(latest) if latest.waits() => (Turn::Lead, Some(latest.occurred_on)),
        Some(_) if facts.accepted().is_some() => (Turn::Nobody, None),
        Some(Submission { withdrawal: Some(withdrawal), .. }) => (Turn::Owner, Some(withdrawal.on)),
        Some(Submission { review, .. }) => (Turn::Owner, review.as_ref().map(|review| review.on)),
    }
}
