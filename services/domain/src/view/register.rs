//! What partners watch, settle and decide, and what they told the public: risks, issues,
//! decisions and the communication log. Every member reads all of it.

pub mod risk;
pub mod issue;
pub mod decision;
pub mod communication;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::sync::Arc;

use imbl::OrdMap;
use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::event::Event;
use crate::event::delivery::Delivery;
use crate::ids::EventId;
use crate::posting::Recorded;
use crate::project::Project;
use crate::project::plan::PlanState;
use crate::project::plan::item::Item;
use crate::view::learning_log::Entry;
use communication::{ChannelReach, Communication};
use decision::Decision;
use issue::{Issue, Resolution};
use risk::{Assessment, Risk};

/// The register of one project. A copy costs the same however long it is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Register {
    risks: Numbered<Risk>,
    issues: Numbered<Issue>,
    decisions: Numbered<Decision>,
    communications: Numbered<Communication>,
}

impl Register {
    /// Takes a recorded event into the view. `project` is the state after the event.
    pub fn apply(&mut self, recorded: &Recorded, project: &Project) {
        match &*recorded.event {
            Event::Plan(_) | Event::Finance(_) | Event::Learning(_) => {}
            Event::Delivery(event) => self.apply_delivery(recorded, project, event),
        }
    }

    /// What speaks of a risk, issue or decision that this view does not have is left aside: a
    /// view up to a day can have a resolution and not its issue.
    fn apply_delivery(&mut self, recorded: &Recorded, project: &Project, event: &Delivery) {
        let (entry, plan) = (|| Entry::of(recorded, project), &project.plan);
        match event {
            Delivery::RiskRecorded(data) => {
                self.risks.insert(recorded, Risk::new(entry(), Arc::clone(data), plan));
            }
            Delivery::RiskReassessed(data) => {
                if let Some(risk) = self.risks.get_mut(data.risk) {
                    risk.assess(Assessment { entry: entry(), data: Arc::clone(data) });
                }
            }
            Delivery::IssueRaised(data) => {
                self.issues.insert(recorded, Issue::new(entry(), Arc::clone(data), plan));
            }
            Delivery::IssueResolved(data) => {
                if let Some(issue) = self.issues.get_mut(data.issue) {
                    let data = Arc::clone(data);
                    issue.resolution = Some(Arc::new(Resolution { entry: entry(), data }));
                }
            }
            Delivery::DecisionTaken(data) => {
                if let Some(before) = data.supersedes.and_then(|id| self.decisions.get_mut(id)) {
                    before.superseded_by.push_back(recorded.id);
                }
                self.decisions.insert(recorded, Decision::new(entry(), Arc::clone(data), plan));
            }
            Delivery::CommunicationLogged(data) => {
                let (entry, data) = (entry(), Arc::clone(data));
                let items = items(&data.codes, &entry, plan);
                self.communications.insert(recorded, Communication { entry, data, items });
            }
            Delivery::ActivityStarted(_)
            | Delivery::ActivityProgressReported(_)
            | Delivery::ActivityCompleted(_)
            | Delivery::DeliverableSubmitted(_)
            | Delivery::DeliverableAccepted(_)
            | Delivery::DeliverableReturned(_)
            | Delivery::DeliverableWithdrawn(_)
            | Delivery::OutputAchieved(_)
            | Delivery::ForecastChanged(_)
            | Delivery::IndicatorReported(_)
            | Delivery::IndicatorValidated(_)
            | Delivery::IndicatorCorrected(_)
            | Delivery::MilestoneMet(_)
            | Delivery::MilestonePartiallyMet(_)
            | Delivery::MilestoneMissed(_)
            | Delivery::MilestoneReviewHeld(_)
            | Delivery::AnnualReportSubmitted(_)
            | Delivery::AnnualReportClarificationRequested(_)
            | Delivery::AnnualReportApproved(_)
            | Delivery::CalendarFeedOpened(_)
            | Delivery::CalendarFeedClosed(_) => {}
        }
    }

    /// The risks, the highest level first; of one level the newest first.
    pub fn risks(&self) -> Vec<&Risk> {
        let mut risks: Vec<_> = self.risks.newest_first().collect();
        risks.sort_by_key(|risk| Reverse(risk.level()));
        risks
    }

    /// The issues, the newest first.
    pub fn issues(&self) -> impl Iterator<Item = &Issue> {
        self.issues.newest_first()
    }

    /// The decisions, the newest recorded first.
    pub fn decisions(&self) -> impl Iterator<Item = &Decision> {
        self.decisions.newest_first()
    }

    /// What was told to the public, the newest recorded first.
    pub fn communications(&self) -> impl Iterator<Item = &Communication> {
        self.communications.newest_first()
    }

    /// How many people each channel reached, of what is counted; by channel, and only those that
    /// were used.
    pub fn reach(&self, counts: impl Fn(&Communication) -> bool) -> Vec<ChannelReach> {
        communication::reach(self.communications().filter(|logged| counts(logged)))
    }

    pub fn risk(&self, id: EventId) -> Option<&Risk> {
        self.risks.get(id)
    }

    pub fn issue(&self, id: EventId) -> Option<&Issue> {
        self.issues.get(id)
    }

    pub fn decision(&self, id: EventId) -> Option<&Decision> {
        self.decisions.get(id)
    }

    pub fn communication(&self, id: EventId) -> Option<&Communication> {
        self.communications.get(id)
    }
}

/// What the codes of an entry mean on its day.
fn items(codes: &[Code], entry: &Entry, plan: &PlanState) -> Arc<[Item<Code>]> {
    codes.iter().map(|code| plan.item(*code, entry.occurred_on)).collect()
}

/// Things in the order in which they were recorded, each found by the event that made it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound(serialize = "T: Clone + Serialize", deserialize = "T: Clone + Deserialize<'de>"))]
pub(in crate::view) struct Numbered<T> {
    /// By the version of the project at which they were recorded.
    things: OrdMap<u64, Arc<T>>,
    versions: OrdMap<EventId, u64>,
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Self { things: OrdMap::new(), versions: OrdMap::new() }
    }
}

impl<T: Clone> Numbered<T> {
    pub(in crate::view) fn insert(&mut self, recorded: &Recorded, thing: T) {
        self.versions.insert(recorded.id, recorded.version);
        self.things.insert(recorded.version, Arc::new(thing));
    }

    pub(in crate::view) fn get(&self, id: EventId) -> Option<&T> {
        self.things.get(self.versions.get(&id)?).map(|thing| &**thing)
    }

    pub(in crate::view) fn get_mut(&mut self, id: EventId) -> Option<&mut T> {
        self.things.get_mut(self.versions.get(&id)?).map(Arc::make_mut)
    }

    pub(in crate::view) fn newest_first(&self) -> impl Iterator<Item = &T> {
        self.things.values().rev().map(|thing| &**thing)
    }
}
