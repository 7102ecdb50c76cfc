//! A question of the controller, its answers, and whose turn it is.

use async_graphql::{Enum, InputObject, SimpleObject};
use cairn_domain::ids::PartnerNumber;
use cairn_domain::view::oversight::clarification as view;

use crate::graphql::evidence::Evidence;
use crate::graphql::project::Reading;
use crate::graphql::project::statement::Statement;
use crate::graphql::values::{Date, LocalizedText};

/// Whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "view::ClarificationStatus")]
pub enum ClarificationStatus {
    /// The partner has not answered yet.
    WaitingForPartner,
    /// The partner has answered; the controller goes on.
    WaitingForController,
    /// The controller has what it asked for, or went on without.
    Closed,
}

/// Which clarifications are wanted: those that fit all that is said.
#[derive(Clone, Copy, Debug, Default, InputObject)]
pub struct ClarificationFilter {
    /// Number of the claim.
    pub claim: Option<u32>,
    /// Number of the partner that answers.
    pub partner: Option<u32>,
    /// Whose turn it is.
    pub status: Option<ClarificationStatus>,
}

impl ClarificationFilter {
    pub(super) fn fits(
        &self,
        asked: &view::Clarification,
        answering: Option<PartnerNumber>,
    ) -> bool {
        self.claim.is_none_or(|claim| claim == asked.data.claim)
            && self.partner.is_none_or(|partner| answering == Some(partner))
            && self.status.is_none_or(|status| status == asked.status().into())
    }
}

/// The controller asks about lines of a claim.
#[derive(Clone, Debug, SimpleObject)]
pub struct Clarification {
    #[graphql(flatten)]
    pub statement: Statement,
    /// Number of the claim.
    pub claim: u32,
    /// Number of the partner that answers: of the lines, or the lead partner where none is named.
    pub partner: Option<u32>,
    /// Event ids of the lines that it is about.
    pub lines: Vec<String>,
    /// What is asked.
    pub text: LocalizedText,
    /// The day by which an answer is due.
    pub due: Date,
    /// Whose turn it is.
    pub status: ClarificationStatus,
    /// Days that it has been that one's turn, until `today`; null once it is closed.
    pub days_waiting: Option<u32>,
    /// Days from `due` to the first answer, or to the closing where nobody answered, or to `today`.
    pub days_late: u32,
    /// In the order in which they were recorded.
    pub answers: Vec<ClarificationAnswer>,
    /// How the controller closed it.
    pub closed: Option<ClarificationClosing>,
    /// The documents of the question.
    pub evidence: Option<Vec<Evidence>>,
}

/// A partner answered the controller.
#[derive(Clone, Debug, SimpleObject)]
pub struct ClarificationAnswer {
    #[graphql(flatten)]
    pub statement: Statement,
    /// What was answered.
    pub text: LocalizedText,
    /// The documents of the answer.
    pub evidence: Option<Vec<Evidence>>,
}

/// The controller is done with a question.
#[derive(Clone, Debug, SimpleObject)]
pub struct ClarificationClosing {
    #[graphql(flatten)]
    pub statement: Statement,
    /// What came of it.
    pub remark: Option<LocalizedText>,
    /// The documents of the closing.
    pub evidence: Option<Vec<Evidence>>,
}

impl Clarification {
    pub(super) fn of(reading: &Reading, asked: &view::Clarification) -> Self {
        let (data, partner) = (&asked.data, reading.answering(asked.partner));
        let answers = asked.answers.iter().map(|answer| ClarificationAnswer {
            statement: Statement::of(reading, &answer.entry),
            text: LocalizedText(answer.data.text.clone()),
            evidence: reading.evidence_of(partner, &answer.data.evidence),
        });
        let closing = asked.closing.as_deref().map(|closing| ClarificationClosing {
            statement: Statement::of(reading, &closing.entry),
            remark: closing.data.remark.clone().map(LocalizedText),
            evidence: reading.evidence_of(partner, &closing.data.evidence),
        });
        Self {
            statement: Statement::of(reading, &asked.entry),
            claim: data.claim,
            partner,
            lines: data.lines.iter().map(ToString::to_string).collect(),
            text: LocalizedText(data.text.clone()),
            due: Date(data.due),
            status: asked.status().into(),
            days_waiting: asked.waiting_days(reading.today),
            days_late: asked.late_days(reading.today),
            answers: answers.collect(),
            closed: closing,
            evidence: reading.evidence_of(partner, &data.evidence),
        }
    }
}
