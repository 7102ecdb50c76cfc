//! How statuses and lights are called in a document.

use crate::event::delivery::Progress;
use crate::project::delivery::output::OutputStatus;
use crate::project::delivery::{ActivityStatus, DeliverableStatus, ItemStatus};
use crate::view::learning_log::lesson::Maturity;
use crate::view::milestone_status::light::Colour;
use crate::view::milestone_status::milestone::MilestoneWord;

pub(super) fn colour(colour: Colour) -> &'static str {
    match colour {
        Colour::Green => "green",
        Colour::Amber => "amber",
        Colour::Red => "red",
    }
}

pub(super) fn activity(status: ActivityStatus) -> &'static str {
    match status {
        ActivityStatus::Planned => "planned",
        ActivityStatus::Started => "started",
        ActivityStatus::Completed => "completed",
    }
}

pub(super) fn deliverable(status: DeliverableStatus) -> &'static str {
    match status {
        DeliverableStatus::Planned => "planned",
        DeliverableStatus::Submitted => "submitted",
        DeliverableStatus::Returned => "returned",
        DeliverableStatus::Withdrawn => "withdrawn",
        DeliverableStatus::Accepted => "accepted",
    }
}

pub(super) fn output(status: OutputStatus) -> &'static str {
    match status {
        OutputStatus::Planned => "planned",
        OutputStatus::UnderWay => "under_way",
        OutputStatus::Achieved => "achieved",
    }
}

pub(super) fn item(status: ItemStatus) -> &'static str {
    match status {
        ItemStatus::Deliverable(status) => deliverable(status),
        ItemStatus::Activity(status) => activity(status),
        ItemStatus::Output(status) => output(status),
        ItemStatus::Unreported => "unreported",
    }
}

pub(super) fn milestone(status: MilestoneWord) -> &'static str {
    match status {
        MilestoneWord::Scheduled => "scheduled",
        MilestoneWord::Met => "met",
        MilestoneWord::PartiallyMet => "partially_met",
        MilestoneWord::NotMet => "not_met",
    }
}

pub(super) fn progress(progress: Progress) -> &'static str {
    match progress {
        Progress::Not => "not",
        Progress::Partly => "partly",
        Progress::Fully => "fully",
    }
}

pub(super) fn maturity(maturity: Maturity) -> &'static str {
    match maturity {
        Maturity::Observation => "observation",
        Maturity::Supported => "supported",
        Maturity::Corroborated => "corroborated",
    }
}
