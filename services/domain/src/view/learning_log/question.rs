//! A question with its answers, and how long it has waited.

use std::sync::Arc;

use imbl::Vector;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Entry;
use crate::code::Code;
use crate::event::learning::{QuestionAnswered, QuestionAsked};
use crate::period::days_between;
use crate::project::learning::Reader;
use crate::project::plan::item::Item;

/// A question about a lesson or about a code of the plan.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Question {
    /// Who asks, and when.
    pub entry: Entry,
    /// Its `evidence` is for those whom [`Question::may_see_evidence`] lets see it.
    pub data: Arc<QuestionAsked>,
    /// What its code meant when it was asked.
    pub item: Option<Item<Code>>,
    /// In the order of the log. There can be several: what was learned later stands beside what
    /// was said first.
    pub answers: Vector<Arc<Answer>>,
}

/// An answer to a question.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Answer {
    /// Who answers, and when.
    pub entry: Entry,
    /// Its `evidence` is for those whom [`Answer::may_see_evidence`] lets see it.
    pub data: Arc<QuestionAnswered>,
}

impl Question {
    pub fn is_answered(&self) -> bool {
        !self.answers.is_empty()
    }

    /// Days from the question to its first answer, or to today while it waits; never negative.
    pub fn age_days(&self, today: Date) -> i64 {
        let answered_on = self.answers.iter().map(|answer| answer.entry.occurred_on).min();
        let days = days_between(self.entry.occurred_on, answered_on.unwrap_or(today));
        i64::from(days.max(0))
    }

    pub fn may_see_evidence(&self, reader: &Reader) -> bool {
        reader.may_see_evidence_of(&self.entry.organisation)
    }
}

impl Answer {
    pub fn may_see_evidence(&self, reader: &Reader) -> bool {
        reader.may_see_evidence_of(&self.entry.organisation)
    }
}
