//! Money that is to be paid back to the fund.

use async_graphql::{ComplexObject, ID, SimpleObject};
use cairn_domain::ids::EventId;
use cairn_domain::view::fund;
use cairn_domain::view::trail::figure::Figure;

use crate::graphql::evidence::Evidence;
use crate::graphql::project::Reading;
use crate::graphql::project::money::figure::{RecoveryAmount, Told};
use crate::graphql::project::statement::Statement;
use crate::graphql::values::{Date, Decimal, LocalizedText};

/// Money that is to be paid back to the fund.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct Recovery {
    #[graphql(skip)]
    told: Told,
    #[graphql(skip)]
    ordered_by: EventId,
    #[graphql(flatten)]
    pub statement: Statement,
    /// Number of the partner that pays it back.
    pub partner: u32,
    /// In euro, less what was taken back of it.
    pub amount: Decimal,
    /// What was mistyped and taken back, in euro; zero or less.
    pub taken_back: Decimal,
    /// What was paid back of it, in euro.
    pub repaid: Decimal,
    /// What is still to be paid back, in euro.
    pub left: Decimal,
    /// The day by which it is to be paid back.
    pub due: Option<Date>,
    /// Event id of the correction that it follows from.
    pub correction: Option<String>,
    /// Why it is ordered back.
    pub reason: LocalizedText,
    /// What was paid back, in the order in which it was recorded.
    pub repayments: Vec<Repayment>,
    /// Null to those who may not see the partner's documents.
    pub evidence: Option<Vec<Evidence>>,
}

/// Some of a recovery was paid back.
#[derive(Clone, Debug, SimpleObject)]
pub struct Repayment {
    #[graphql(flatten)]
    pub statement: Statement,
    /// The day of the payment.
    pub date: Date,
    /// In euro.
    pub amount: Decimal,
    /// Null to those who may not see the partner's documents.
    pub evidence: Option<Vec<Evidence>>,
}

#[ComplexObject]
impl Recovery {
    /// Opaque id of one of these amounts, for `trail`.
    async fn figure(&self, of: RecoveryAmount) -> ID {
        self.told.id(&Figure::Recovery(of.into(), self.ordered_by))
    }
}

impl Recovery {
    pub(super) fn of(reading: &Reading, recovery: &fund::Recovery) -> Self {
        let (data, partner) = (&recovery.data, Some(recovery.data.partner));
        let repayments = recovery.repayments.iter().map(|repaid| Repayment {
            statement: Statement::of(reading, &repaid.entry),
            date: Date(repaid.data.date),
            amount: Decimal(repaid.data.amount),
            evidence: reading.evidence_of(partner, &repaid.data.evidence),
        });
        Self {
            told: Told::of(reading),
            ordered_by: recovery.entry.id,
            statement: Statement::of(reading, &recovery.entry),
            partner: data.partner,
            amount: Decimal(recovery.amount()),
            taken_back: Decimal(recovery.taken_back()),
            repaid: Decimal(recovery.repaid()),
            left: Decimal(recovery.left()),
            due: data.due.map(Date),
            correction: data.correction.map(|id| id.to_string()),
            reason: LocalizedText(data.reason.clone()),
            repayments: repayments.collect(),
            evidence: reading.evidence_of(partner, &data.evidence),
        }
    }
}
