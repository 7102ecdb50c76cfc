//! A deliverable with its submissions and their reviews.

use std::sync::Arc;

use async_graphql::{ComplexObject, Enum, ID, InputObject, SimpleObject};
use cairn_domain::code::DeliverableCode;
use cairn_domain::project::delivery;
use cairn_domain::project::plan::item::Item;
use cairn_domain::view::milestone_status::deliverable::{
    self, DeliverableReading, ReviewEntry, SubmissionEntry, WithdrawalEntry,
};

use super::forecast::Forecast;
use super::{Light, is_under};
use crate::graphql::evidence::Evidence;
use crate::graphql::project::Reading;
use crate::graphql::project::money::cost::DeliverableCost;
use crate::graphql::query::node;
use crate::graphql::values::{Code, Date, Instant, LocalizedText};

/// Name of the type of deliverables in the schema.
pub const KIND: &str = "Deliverable";

/// Where a deliverable stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "delivery::DeliverableStatus")]
pub enum DeliverableStatus {
    Planned,
    /// Handed in and not reviewed yet.
    Submitted,
    Returned,
    /// Taken back by who handed it in.
    Withdrawn,
    Accepted,
}

/// Who has to act next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "deliverable::Turn")]
pub enum Turn {
    /// The partner that owns it: to submit it, or to mend what was returned.
    Owner,
    /// The lead partner: to review a submission.
    Lead,
    Nobody,
}

/// What came of a review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "delivery::Outcome")]
pub enum Outcome {
    Accepted,
    Returned,
}

/// Which deliverables are wanted: those that fit all that is said.
#[derive(Clone, Copy, Debug, Default, InputObject)]
pub struct DeliverableFilter {
    /// The code of a deliverable, or of the activity or work package that it belongs to.
    pub code: Option<Code>,
    /// Number of a partner that owns it or contributes to it.
    pub partner: Option<u32>,
    /// The work package; of another code, the one that it belongs to.
    pub work_package: Option<Code>,
    /// Where it stands.
    pub status: Option<DeliverableStatus>,
    /// How it runs against its due day.
    pub light: Option<Light>,
}

impl DeliverableFilter {
    pub fn fits(&self, item: &DeliverableReading<'_>) -> bool {
        let partner = |number| item.partner == Some(number) || item.contributors.contains(&number);
        let work_package = |code: Code| item.code.work_package() == code.0.work_package();
        self.code.is_none_or(|code| is_under(item.code.into(), code.0))
            && self.partner.is_none_or(partner)
            && self.work_package.is_none_or(work_package)
            && self.status.is_none_or(|status| status == item.status.into())
            && self.light.is_none_or(|light| light == item.light.colour.into())
    }
}

/// A deliverable under one application form, on the day of the question.
#[derive(Clone, SimpleObject)]
#[graphql(complex)]
pub struct Deliverable {
    /// Opaque id for `node`, which answers with what is known now.
    #[graphql(owned)]
    pub id: ID,
    /// The code in the form.
    pub code: Code,
    /// Of another form where this one lacks the code; null where none has it.
    pub titles: Option<LocalizedText>,
    /// Number of the partner that owns it.
    pub partner: Option<u32>,
    /// Numbers of the partners that contribute.
    pub contributors: Vec<u32>,
    /// Null where the form lacks the code: then nothing is planned for it.
    pub due: Option<Date>,
    /// Where it stands.
    pub status: DeliverableStatus,
    /// How it runs against its due day.
    pub light: Light,
    /// What the light means: `done late`, `on time`, `14 days late`.
    pub light_word: String,
    /// Days from `due` to `deliveredOn`, or to today where nothing is delivered.
    pub days_late: u32,
    /// The same from `forecast`; null where none is given.
    pub days_late_on_forecast: Option<u32>,
    /// Accepted, and delivered after the due day.
    pub done_late: bool,
    /// The day of the first submission that was accepted, otherwise of the one that waits for its
    /// review.
    pub delivered_on: Option<Date>,
    /// Who has to act for it to go on.
    pub turn: Turn,
    /// Days since that one's turn began; null before the first submission.
    pub waiting_days: Option<u32>,
    /// The day by which it is expected, where somebody says one.
    pub forecast: Option<Date>,
    /// Whether the form has the code.
    pub in_form: bool,
    #[graphql(skip)]
    item: Item<DeliverableCode>,
    #[graphql(skip)]
    reading: Arc<Reading>,
}

impl Deliverable {
    pub fn of(reading: &Arc<Reading>, item: &DeliverableReading<'_>) -> Self {
        Self {
            id: node::id_of(KIND, &reading.room.project.key, &item.item.to_string()),
            code: Code(item.code.into()),
            titles: item.titles.cloned().map(LocalizedText),
            partner: item.partner,
            contributors: item.contributors.to_vec(),
            due: item.due.map(Date),
            status: item.status.into(),
            light: item.light.colour.into(),
            light_word: item.light.word.clone(),
            days_late: item.days_late,
            days_late_on_forecast: item.days_late_on_forecast,
            done_late: item.done_late,
            delivered_on: item.delivered_on.map(Date),
            turn: item.turn.into(),
            waiting_days: item.waiting_days,
            forecast: item.forecast.map(Date),
            in_form: item.in_form,
            item: item.item,
            reading: Arc::clone(reading),
        }
    }
}

#[ComplexObject]
impl Deliverable {
    /// In the order in which they were recorded.
    async fn submissions(&self) -> Vec<Submission> {
        let deliverable = self.reading.deliverable(self.item);
        deliverable.submissions.iter().map(|entry| Submission::of(&self.reading, entry)).collect()
    }

    /// What the lines that name it have cost so far. Null to the public.
    async fn cost(&self) -> Option<DeliverableCost> {
        let reading = &self.reading;
        reading.reader.is_member().then(|| reading.cost_of(self.item))
    }

    /// What was expected, statement by statement; the last one holds.
    async fn forecasts(&self) -> Vec<Forecast> {
        let deliverable = self.reading.deliverable(self.item);
        deliverable.forecasts.iter().map(|entry| Forecast::of(&self.reading, entry)).collect()
    }
}

/// A deliverable was handed in.
#[derive(Clone, Debug, SimpleObject)]
pub struct Submission {
    /// Counts from 1 in each deliverable.
    pub number: u32,
    /// Opaque id of the event, for `node`.
    pub event: ID,
    /// What the event is named by in postings.
    pub event_id: String,
    /// Number of the partner for which it was handed in.
    pub partner: Option<u32>,
    /// The day of delivery.
    pub occurred_on: Date,
    /// When the log took it.
    pub recorded_at: Instant,
    /// Recorded more than 14 days after it occurred.
    pub recorded_late: bool,
    /// What was handed in.
    pub title: LocalizedText,
    /// What it is about.
    pub text: Option<LocalizedText>,
    /// Where it took place.
    pub place: Option<LocalizedText>,
    /// How many people took part.
    pub participants: Option<u32>,
    /// Addresses where it can be seen.
    pub links: Vec<String>,
    /// Null to those who may not see the partner's documents.
    pub evidence: Option<Vec<Evidence>>,
    /// What the lead partner said of it; null while it waits.
    pub review: Option<Review>,
    /// How it was taken back, where it was.
    pub withdrawal: Option<Withdrawal>,
}

impl Submission {
    fn of(reading: &Reading, entry: &SubmissionEntry<'_>) -> Self {
        let content = entry.content;
        let withdrawal = entry.withdrawal.as_ref();
        Self {
            number: entry.number,
            event: reading.event_id(entry.event_id),
            event_id: entry.event_id.to_string(),
            partner: entry.partner,
            occurred_on: Date(entry.occurred_on),
            recorded_at: Instant(entry.recorded_at),
            recorded_late: entry.recorded_late,
            title: LocalizedText(content.title.clone()),
            text: content.text.clone().map(LocalizedText),
            place: content.place.clone().map(LocalizedText),
            participants: content.participants,
            links: content.links.iter().map(ToString::to_string).collect(),
            evidence: reading.evidence_of(entry.partner, &content.evidence),
            review: entry.review.as_ref().map(|review| Review::of(reading, review)),
            withdrawal: withdrawal.map(|found| Withdrawal::of(reading, entry.partner, found)),
        }
    }
}

/// A submission was taken back.
#[derive(Clone, Debug, SimpleObject)]
pub struct Withdrawal {
    /// Opaque id of the event, for `node`.
    pub event: ID,
    /// What the event is named by in postings.
    pub event_id: String,
    /// The day of the withdrawal.
    pub on: Date,
    /// When the log took it.
    pub recorded_at: Instant,
    /// Why it was taken back.
    pub reason: LocalizedText,
    /// Null to those who may not see the partner's documents.
    pub evidence: Option<Vec<Evidence>>,
}

impl Withdrawal {
    fn of(reading: &Reading, partner: Option<u32>, entry: &WithdrawalEntry<'_>) -> Self {
        Self {
            event: reading.event_id(entry.event_id),
            event_id: entry.event_id.to_string(),
            on: Date(entry.on),
            recorded_at: Instant(entry.recorded_at),
            reason: LocalizedText(entry.content.reason.clone()),
            evidence: reading.evidence_of(partner, &entry.content.evidence),
        }
    }
}

/// The lead partner took a submission or sent it back.
#[derive(Clone, Debug, SimpleObject)]
pub struct Review {
    /// Opaque id of the event, for `node`.
    pub event: ID,
    /// What the event is named by in postings.
    pub event_id: String,
    /// Whether it was taken.
    pub outcome: Outcome,
    /// The day of the decision.
    pub on: Date,
    /// When the log took it.
    pub recorded_at: Instant,
    /// What was found.
    pub remark: Option<LocalizedText>,
}

impl Review {
    fn of(reading: &Reading, review: &ReviewEntry<'_>) -> Self {
        Self {
            event: reading.event_id(review.event_id),
            event_id: review.event_id.to_string(),
            outcome: review.outcome.into(),
            on: Date(review.on),
            recorded_at: Instant(review.recorded_at),
            remark: review.remark.cloned().map(LocalizedText),
        }
    }
}
