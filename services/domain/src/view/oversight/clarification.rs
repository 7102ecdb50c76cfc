//! A question of the controller, and whose turn it is.

use std::sync::Arc;

use imbl::Vector;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::event::finance::clarification::{
    ClarificationAnswered, ClarificationClosed, ClarificationRequested,
};
use crate::ids::PartnerNumber;
use crate::period::days_between;
use crate::view::learning_log::Entry;

/// The controller asks about lines of a claim.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Clarification {
    pub entry: Entry,
    pub data: Arc<ClarificationRequested>,
    /// The partner of its lines; the lead partner answers where there is none.
    pub partner: Option<PartnerNumber>,
    /// In the order in which they were recorded.
    pub answers: Vector<Arc<Answer>>,
    pub closing: Option<Arc<Closing>>,
}

/// A partner answered.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Answer {
    pub entry: Entry,
    pub data: Arc<ClarificationAnswered>,
}

/// The controller is done with it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Closing {
    pub entry: Entry,
    pub data: Arc<ClarificationClosed>,
}

/// Whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ClarificationStatus {
    WaitingForPartner,
    WaitingForController,
    Closed,
}

impl Clarification {
    pub fn status(&self) -> ClarificationStatus {
        if self.closing.is_some() {
            ClarificationStatus::Closed
        } else if self.answers.is_empty() {
            ClarificationStatus::WaitingForPartner
        } else {
            ClarificationStatus::WaitingForController
        }
    }

    /// Days since that one's turn began: of the partner since the question, of the controller since
    /// the last answer. Nothing once it is closed.
    pub fn waiting_days(&self, today: Date) -> Option<u32> {
        let last_answer = self.answers.iter().map(|answer| answer.entry.occurred_on).max();
        let since = last_answer.unwrap_or(self.entry.occurred_on);
        let open = self.closing.is_none();
        open.then(|| days_between(since, today).max(0).unsigned_abs())
    }

    /// Days from the due day to the first answer, or to the closing where nobody answered, or to
    /// today.
    pub fn late_days(&self, today: Date) -> u32 {
        let until = self.settled_on().unwrap_or(today);
        days_between(self.data.due, until).max(0).unsigned_abs()
    }

    /// The day on which there was nothing more to wait for of the partner.
    pub fn settled_on(&self) -> Option<Date> {
        let first_answer = self.answers.iter().map(|answer| answer.entry.occurred_on).min();
        first_answer.or(self.closing.as_ref().map(|closing| closing.entry.occurred_on))
    }

    /// The event that was recorded last.
    pub fn last_entry(&self) -> &Entry {
        let closing = self.closing.as_ref().map(|closing| &closing.entry);
        let last_answer = self.answers.last().map(|answer| &answer.entry);
        closing.or(last_answer).unwrap_or(&self.entry)
    }
}
