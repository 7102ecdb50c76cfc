//! Delivery as the rules need it: what was handed in and what came of it, how far the
//! activities are, which milestones are met.
//!
//! Where facts of one item contradict each other, the one recorded last holds: nothing is
//! deleted, so a wrong day is mended by saying it again.

pub mod output;
pub mod indicator;
pub mod milestone;
pub mod annual_report;
pub mod register;
pub mod calendar_feeds;

use imbl::{OrdMap, Vector};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::code::{ActivityCode, Code, DeliverableCode, OutputCode};
use crate::event::delivery::{ActivityReport, DeliverableReviewed, Delivery, Progress};
use crate::ids::{EventId, PartnerNumber, Subject};
use crate::posting::Recorded;
use crate::project::plan::PlanState;
use crate::project::plan::item::Item;
use annual_report::AnnualReports;
use calendar_feeds::CalendarFeeds;
use indicator::IndicatorState;
use milestone::{MilestoneFacts, MilestoneOutcome};
use output::{OutputFacts, OutputStatus};
use register::RegisterState;

/// What was done in a project. A copy costs the same however much that is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct DeliveryState {
    pub deliverables: OrdMap<Item<DeliverableCode>, DeliverableFacts>,
    pub activities: OrdMap<Item<ActivityCode>, ActivityFacts>,
    pub outputs: OrdMap<Item<OutputCode>, OutputFacts>,
    pub indicators: IndicatorState,
    /// The milestones of which something was said, by number.
    pub milestones: OrdMap<u32, MilestoneFacts>,
    pub annual_reports: AnnualReports,
    pub register: RegisterState,
    pub calendar_feeds: CalendarFeeds,
}

/// What was reported of a deliverable.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct DeliverableFacts {
    /// In the order in which they were recorded.
    pub submissions: Vector<Submission>,
    pub forecast: Option<Stated<Date>>,
}

/// A deliverable was handed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// Counts from 1 in each deliverable.
    pub number: u32,
    pub event_id: EventId,
    /// Who handed it in.
    pub subject: Subject,
    /// The partner for which it was handed in.
    pub partner: Option<PartnerNumber>,
    pub occurred_on: Date,
    pub recorded_at: Timestamp,
    pub review: Option<Review>,
    pub withdrawal: Option<Withdrawal>,
}

/// Who handed a submission in took it back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawal {
    pub event_id: EventId,
    pub on: Date,
    pub recorded_at: Timestamp,
}

/// The lead partner looked at a submission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    pub event_id: EventId,
    pub outcome: Outcome,
    pub subject: Subject,
    pub on: Date,
    pub recorded_at: Timestamp,
}

/// What came of a review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Outcome {
    Accepted,
    Returned,
}

/// What was reported of an activity.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ActivityFacts {
    pub started_on: Option<Date>,
    pub completed_on: Option<Date>,
    /// Whether it was started, or progress was reported that is more than none.
    pub under_way: bool,
    pub progress: Option<Stated<Progress>>,
    pub forecast_end: Option<Stated<Date>>,
}

/// The newest statement: of the latest day, and of several on one day the one recorded last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stated<T> {
    pub on: Date,
    pub value: T,
}

/// Where a deliverable stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DeliverableStatus {
    Planned,
    /// Handed in and not reviewed yet.
    Submitted,
    Returned,
    /// Taken back by who handed it in.
    Withdrawn,
    Accepted,
}

/// Where an activity stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ActivityStatus {
    Planned,
    Started,
    Completed,
}

/// Where an item that a milestone is built from stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ItemStatus {
    Deliverable(DeliverableStatus),
    Activity(ActivityStatus),
    Output(OutputStatus),
    /// A work package or investment, of which nothing is reported.
    Unreported,
}

impl ItemStatus {
    /// Whether a milestone need not wait for the item any longer.
    pub fn is_done(self) -> bool {
        match self {
            Self::Deliverable(status) => status == DeliverableStatus::Accepted,
            Self::Activity(status) => status == ActivityStatus::Completed,
            Self::Output(status) => status == OutputStatus::Achieved,
            Self::Unreported => false,
        }
    }
}

impl DeliveryState {
    pub(super) fn apply(&mut self, recorded: &Recorded, plan: &PlanState, event: &Delivery) {
        let on = recorded.occurred_on;
        match event {
            Delivery::ActivityStarted(data) => {
                let activity = self.activities.entry(plan.item(data.code, on)).or_default();
                activity.started_on = Some(on);
                activity.under_way = true;
                activity.hear(on, data);
            }
            Delivery::ActivityProgressReported(data) => {
                let activity = self.activities.entry(plan.item(data.code, on)).or_default();
                activity.under_way |= data.progress != Some(Progress::Not);
                activity.hear(on, data);
            }
            Delivery::ActivityCompleted(data) => {
                let activity = self.activities.entry(plan.item(data.code, on)).or_default();
                activity.completed_on = Some(on);
                activity.hear(on, data);
            }
            Delivery::DeliverableSubmitted(data) => self.submit(recorded, plan.item(data.code, on)),
            Delivery::DeliverableAccepted(data) => {
                let item = plan.item(data.code, on);
                self.review(recorded, item, data, Outcome::Accepted);
            }
            Delivery::DeliverableReturned(data) => {
                let item = plan.item(data.code, on);
                self.review(recorded, item, data, Outcome::Returned);
            }
            Delivery::DeliverableWithdrawn(data) => {
                self.withdraw(recorded, plan.item(data.code, on))
            }
            Delivery::OutputAchieved(data) => {
                self.outputs.entry(plan.item(data.code, on)).or_default().achieve(recorded, data);
            }
            Delivery::ForecastChanged(data) => self.expect(on, plan.item(data.code, on), data.date),
            Delivery::IndicatorReported(data) => self.indicators.take_report(recorded, data),
            Delivery::IndicatorValidated(data) => self.indicators.validate(recorded, data),
            Delivery::IndicatorCorrected(data) => self.indicators.correct(recorded, data),
            Delivery::MilestoneMet(data) => {
                let milestone = self.milestones.entry(data.number).or_default();
                milestone.decide(recorded, MilestoneOutcome::Met, data.date);
            }
            Delivery::MilestonePartiallyMet(data) => {
                let milestone = self.milestones.entry(data.number).or_default();
                milestone.decide(recorded, MilestoneOutcome::PartiallyMet, data.date);
            }
            Delivery::MilestoneMissed(data) => {
                let milestone = self.milestones.entry(data.number).or_default();
                milestone.decide(recorded, MilestoneOutcome::NotMet, data.date);
            }
            // A review changes nothing that the rules ask for.
            Delivery::MilestoneReviewHeld(_) => {}
            Delivery::AnnualReportSubmitted(data) => self.annual_reports.submit(recorded, data),
            Delivery::AnnualReportClarificationRequested(data) => {
                self.annual_reports.ask(recorded, data);
            }
            Delivery::AnnualReportApproved(data) => self.annual_reports.approve(recorded, data),
            Delivery::RiskRecorded(_) => self.register.record_risk(recorded),
            Delivery::RiskReassessed(data) => self.register.reassess(recorded, data),
            Delivery::IssueRaised(_) => self.register.raise_issue(recorded),
            Delivery::IssueResolved(data) => self.register.resolve(recorded, data),
            Delivery::DecisionTaken(data) => self.register.decide(recorded, data),
            // No rule asks what was told to the public.
            Delivery::CommunicationLogged(_) => {}
            Delivery::CalendarFeedOpened(data) => self.calendar_feeds.open(recorded, data),
            Delivery::CalendarFeedClosed(data) => self.calendar_feeds.close(recorded, data),
        }
    }

    fn submit(&mut self, recorded: &Recorded, item: Item<DeliverableCode>) {
        let deliverable = self.deliverables.entry(item).or_default();
        let number = recorded.completed.submission.unwrap_or(deliverable.next_number());
        deliverable.submissions.push_back(Submission {
            number,
            event_id: recorded.id,
            subject: recorded.actor.subject.clone(),
            partner: recorded.partner(),
            occurred_on: recorded.occurred_on,
            recorded_at: recorded.recorded_at,
            review: None,
            withdrawal: None,
        });
    }

    fn review(
        &mut self,
        recorded: &Recorded,
        item: Item<DeliverableCode>,
        data: &DeliverableReviewed,
        outcome: Outcome,
    ) {
        let Some(deliverable) = self.deliverables.get_mut(&item) else { return };
        let submissions = &mut deliverable.submissions;
        let Some(index) = submissions.iter().rposition(|s| s.number == data.submission) else {
            return;
        };
        submissions[index].review = Some(Review {
            event_id: recorded.id,
            outcome,
            subject: recorded.actor.subject.clone(),
            on: recorded.occurred_on,
            recorded_at: recorded.recorded_at,
        });
    }

    fn withdraw(&mut self, recorded: &Recorded, item: Item<DeliverableCode>) {
        let Some(deliverable) = self.deliverables.get_mut(&item) else { return };
        let submissions = &mut deliverable.submissions;
        let number = recorded.completed.submission.or(submissions.last().map(|s| s.number));
        let Some(index) = submissions.iter().rposition(|s| Some(s.number) == number) else {
            return;
        };
        submissions[index].withdrawal = Some(Withdrawal {
            event_id: recorded.id,
            on: recorded.occurred_on,
            recorded_at: recorded.recorded_at,
        });
    }

    fn expect(&mut self, on: Date, item: Item<Code>, date: Date) {
        let since = item.since;
        let forecast = match item.code {
            Code::Deliverable(code) => {
                &mut self.deliverables.entry(Item { code, since }).or_default().forecast
            }
            Code::Activity(code) => {
                &mut self.activities.entry(Item { code, since }).or_default().forecast_end
            }
            Code::Output(code) => {
                &mut self.outputs.entry(Item { code, since }).or_default().forecast
            }
            Code::WorkPackage(_) | Code::Investment(_) => return,
        };
        Stated::hear(forecast, on, Some(date));
    }

    /// The day on which an item was handed in and accepted, or completed.
    pub fn done_on(&self, item: Item<Code>) -> Option<Date> {
        let since = item.since;
        match item.code {
            Code::Deliverable(code) => {
                let facts = self.deliverables.get(&Item { code, since })?;
                facts.accepted().map(|submission| submission.occurred_on)
            }
            Code::Activity(code) => self.activities.get(&Item { code, since })?.completed_on,
            Code::WorkPackage(_) | Code::Output(_) | Code::Investment(_) => None,
        }
    }

    /// The number that the next submission of a deliverable gets.
    pub fn next_submission(&self, item: Item<DeliverableCode>) -> u32 {
        self.deliverables.get(&item).map_or(1, DeliverableFacts::next_number)
    }

    /// Where an item of the plan stands; an output against its target, where there is one.
    pub(super) fn status_of(&self, item: Item<Code>, target: Option<u32>) -> ItemStatus {
        let since = item.since;
        match item.code {
            Code::Deliverable(code) => {
                let facts = self.deliverables.get(&Item { code, since });
                let status = facts.map_or(DeliverableStatus::Planned, DeliverableFacts::status);
                ItemStatus::Deliverable(status)
            }
            Code::Activity(code) => {
                let facts = self.activities.get(&Item { code, since });
                let status = facts.map_or(ActivityStatus::Planned, ActivityFacts::status);
                ItemStatus::Activity(status)
            }
            Code::Output(code) => {
                let facts = self.outputs.get(&Item { code, since });
                let status = facts.map_or(OutputStatus::Planned, |facts| facts.status(target));
                ItemStatus::Output(status)
            }
            Code::WorkPackage(_) | Code::Investment(_) => ItemStatus::Unreported,
        }
    }
}

impl DeliverableFacts {
    /// The submission that was handed in last.
    pub fn latest(&self) -> Option<&Submission> {
        self.submissions.last()
    }

    pub fn submission(&self, number: u32) -> Option<&Submission> {
        self.submissions.iter().rev().find(|submission| submission.number == number)
    }

    /// The first submission that was accepted: by it the deliverable is delivered. A later one
    /// is a new edition of what is there, and takes nothing away from it while it is looked at.
    pub fn accepted(&self) -> Option<&Submission> {
        self.submissions.iter().find(|submission| submission.outcome() == Some(Outcome::Accepted))
    }

    pub fn status(&self) -> DeliverableStatus {
        if self.accepted().is_some() {
            return DeliverableStatus::Accepted;
        }
        match self.latest() {
            None => DeliverableStatus::Planned,
            Some(Submission { withdrawal: Some(_), .. }) => DeliverableStatus::Withdrawn,
            Some(Submission { review: None, .. }) => DeliverableStatus::Submitted,
            Some(Submission { review: Some(_), .. }) => DeliverableStatus::Returned,
        }
    }

    fn next_number(&self) -> u32 {
        let highest = self.submissions.iter().map(|submission| submission.number).max();
        highest.unwrap_or(0).saturating_add(1)
    }
}

impl Submission {
    pub fn outcome(&self) -> Option<Outcome> {
        self.review.as_ref().map(|review| review.outcome)
    }

    /// Whether the lead partner still has to look at it.
    pub fn waits(&self) -> bool {
        self.review.is_none() && self.withdrawal.is_none()
    }
}

impl ActivityFacts {
    pub fn status(&self) -> ActivityStatus {
        match (self.completed_on, self.under_way) {
            (Some(_), _) => ActivityStatus::Completed,
            (None, true) => ActivityStatus::Started,
            (None, false) => ActivityStatus::Planned,
        }
    }

    fn hear(&mut self, on: Date, report: &ActivityReport) {
        Stated::hear(&mut self.progress, on, report.progress);
        Stated::hear(&mut self.forecast_end, on, report.forecast_end);
    }
}

impl<T> Stated<T> {
    fn hear(newest: &mut Option<Self>, on: Date, value: Option<T>) {
        if let Some(value) = value
            && newest.as_ref().is_none_or(|newest| newest.on <= on)
        {
            *newest = Some(Self { on, value });
        }
    }
}
