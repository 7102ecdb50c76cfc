//! A milestone of the Monitoring Plan with the items that it is built from.

use async_graphql::{Enum, ID, SimpleObject};
use cairn_domain::project::delivery;
use cairn_domain::project::delivery::output;
use cairn_domain::view::milestone_status::milestone::{
    self, DecisionEntry, MetEntry, MilestoneReading, MilestoneWord,
};

use super::Light;
use super::critical::CriticalItem;
use super::review::MilestoneReview;
use crate::graphql::evidence::Evidence;
use crate::graphql::project::Reading;
use crate::graphql::query::node;
use crate::graphql::values::{Code, Date, Instant, LocalizedText};

/// Name of the type of milestones in the schema.
pub const KIND: &str = "Milestone";

/// The status of a milestone in the words of the Open Contracting Data Standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "MilestoneWord")]
pub enum MilestoneStatus {
    Scheduled,
    Met,
    PartiallyMet,
    NotMet,
}

/// Where an item that a milestone is built from stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum ItemStatus {
    Planned,
    /// A deliverable that waits for its review.
    Submitted,
    Returned,
    Accepted,
    Started,
    Completed,
    /// An output of which some is there, and less than its target.
    UnderWay,
    /// An output whose target is reached.
    Achieved,
    /// A deliverable that was taken back by who handed it in.
    Withdrawn,
    /// Of work packages and investments nothing is reported.
    Unreported,
}

impl From<delivery::ItemStatus> for ItemStatus {
    fn from(status: delivery::ItemStatus) -> Self {
        match status {
            delivery::ItemStatus::Deliverable(status) => match status {
                delivery::DeliverableStatus::Planned => Self::Planned,
                delivery::DeliverableStatus::Submitted => Self::Submitted,
                delivery::DeliverableStatus::Returned => Self::Returned,
                delivery::DeliverableStatus::Withdrawn => Self::Withdrawn,
                delivery::DeliverableStatus::Accepted => Self::Accepted,
            },
            delivery::ItemStatus::Activity(status) => match status {
                delivery::ActivityStatus::Planned => Self::Planned,
                delivery::ActivityStatus::Started => Self::Started,
                delivery::ActivityStatus::Completed => Self::Completed,
            },
            delivery::ItemStatus::Output(status) => match status {
                output::OutputStatus::Planned => Self::Planned,
                output::OutputStatus::UnderWay => Self::UnderWay,
                output::OutputStatus::Achieved => Self::Achieved,
            },
            delivery::ItemStatus::Unreported => Self::Unreported,
        }
    }
}

/// An activity, deliverable or output that a milestone is built from.
#[derive(Clone, Debug, SimpleObject)]
pub struct MilestoneItem {
    /// The code in the form.
    pub code: Code,
    /// Where it stands.
    pub status: ItemStatus,
    /// How it runs against its due day.
    pub light: Light,
    /// What the light means: `done late`, `on time`, `14 days late`.
    pub light_word: String,
    /// Whether the form has the code.
    pub in_form: bool,
}

impl MilestoneItem {
    fn of(item: &milestone::MilestoneItem) -> Self {
        Self {
            code: Code(item.code),
            status: item.status.into(),
            light: item.light.colour.into(),
            light_word: item.light.word.clone(),
            in_form: item.in_form,
        }
    }
}

/// A milestone, its items read under one application form, on the day of the question.
#[derive(Clone, Debug, SimpleObject)]
pub struct Milestone {
    /// Opaque id for `node`, which answers with what is known now.
    #[graphql(owned)]
    pub id: ID,
    /// The number by which the milestone is named.
    pub number: u32,
    /// Null where the milestone was met and never planned.
    pub title: Option<LocalizedText>,
    /// The day by which it is to be met.
    pub due: Option<Date>,
    /// When it counts as met.
    pub criteria: Option<LocalizedText>,
    /// Where it stands.
    pub status: MilestoneStatus,
    /// How it was met, where it was.
    pub met: Option<MilestoneMet>,
    /// The last day that is forecast for an item that is not done, or is its due day where none is
    /// forecast; null where no such day is known or the milestone is met.
    pub forecast: Option<Date>,
    /// How it runs against its due day.
    pub light: Light,
    /// What the light means: `done late`, `on time`, `14 days late`.
    pub light_word: String,
    /// Days from `due` to the day on which it was met, or to today.
    pub days_late: u32,
    /// Met after the due day.
    pub done_late: bool,
    /// What it is built from, in the order of the plan.
    pub items: Vec<MilestoneItem>,
    /// All that was said of it, in the order in which it was recorded.
    pub decisions: Vec<MilestoneDecision>,
    /// The reviews that looked at it, by the days on which they were held.
    pub reviews: Vec<MilestoneReview>,
    /// What holds it: its items that are not done, red before amber before green, then those that
    /// are the most days late. Nothing once it is met.
    pub critical_list: Vec<CriticalItem>,
}

impl Milestone {
    pub fn of(reading: &Reading, item: &MilestoneReading<'_>) -> Self {
        let (decisions, reviews) = (item.decisions.iter(), item.reviews.iter());
        Self {
            id: node::id_of(KIND, &reading.room.project.key, &item.number.to_string()),
            number: item.number,
            title: item.title.cloned().map(LocalizedText),
            due: item.due.map(Date),
            criteria: item.criteria.cloned().map(LocalizedText),
            status: item.status.into(),
            met: item.met.as_ref().map(|met| MilestoneMet::of(reading, met)),
            forecast: item.forecast.map(Date),
            light: item.light.colour.into(),
            light_word: item.light.word.clone(),
            days_late: item.days_late,
            done_late: item.done_late,
            items: item.items.iter().map(MilestoneItem::of).collect(),
            decisions: decisions.map(|entry| MilestoneDecision::of(reading, entry)).collect(),
            reviews: reviews.map(|held| MilestoneReview::of(reading, held)).collect(),
            critical_list: item.critical.iter().map(CriticalItem::from).collect(),
        }
    }
}

/// The lead partner called a milestone met.
#[derive(Clone, Debug, SimpleObject)]
pub struct MilestoneMet {
    /// Opaque id of the event, for `node`.
    pub event: ID,
    /// What the event is named by in postings.
    pub event_id: String,
    /// The day on which it was met.
    pub on: Date,
    /// When the log took it.
    pub recorded_at: Instant,
    /// Recorded more than 14 days after it occurred.
    pub recorded_late: bool,
    /// Why it counts as met though an item is open.
    pub reason: Option<LocalizedText>,
    /// Null to those who may not see the lead partner's documents.
    pub evidence: Option<Vec<Evidence>>,
}

impl MilestoneMet {
    fn of(reading: &Reading, met: &MetEntry<'_>) -> Self {
        Self {
            event: reading.event_id(met.event_id),
            event_id: met.event_id.to_string(),
            on: Date(met.on),
            recorded_at: Instant(met.recorded_at),
            recorded_late: met.recorded_late,
            reason: met.content.reason.clone().map(LocalizedText),
            evidence: reading.evidence_of(reading.lead_partner(), &met.content.evidence),
        }
    }
}

/// The lead partner said where a milestone stands.
#[derive(Clone, Debug, SimpleObject)]
pub struct MilestoneDecision {
    /// Opaque id of the event, for `node`.
    pub event: ID,
    /// What the event is named by in postings.
    pub event_id: String,
    /// Where it then stood.
    pub status: MilestoneStatus,
    /// The day on which it stood so.
    pub on: Date,
    /// When the log took it.
    pub recorded_at: Instant,
    /// Recorded more than 14 days after it occurred.
    pub recorded_late: bool,
    /// What was open or missing, and why.
    pub reason: Option<LocalizedText>,
    /// Null to those who may not see the lead partner's documents.
    pub evidence: Option<Vec<Evidence>>,
}

impl MilestoneDecision {
    fn of(reading: &Reading, entry: &DecisionEntry<'_>) -> Self {
        Self {
            event: reading.event_id(entry.event_id),
            event_id: entry.event_id.to_string(),
            status: entry.word.into(),
            on: Date(entry.on),
            recorded_at: Instant(entry.recorded_at),
            recorded_late: entry.recorded_late,
            reason: entry.reason.cloned().map(LocalizedText),
            evidence: reading.evidence_of(reading.lead_partner(), entry.evidence),
        }
    }
}
