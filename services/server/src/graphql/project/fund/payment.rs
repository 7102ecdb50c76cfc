//! A payment of the fund: in from the programme, or on to a partner.

use async_graphql::{ID, InputObject, SimpleObject};
use cairn_domain::ids::PartnerNumber;
use cairn_domain::view::fund;
use cairn_domain::view::trail::figure::Figure;

use crate::graphql::evidence::Evidence;
use crate::graphql::project::Reading;
use crate::graphql::project::money::figure::Told;
use crate::graphql::project::statement::Statement;
use crate::graphql::values::{Date, Decimal};

/// Which payments are wanted: those that fit all that is said.
#[derive(Clone, Copy, Debug, Default, InputObject)]
pub struct PaymentFilter {
    /// Number of the instalment, from 1.
    pub instalment: Option<u32>,
    /// Number of the partner that it was sent on to.
    pub forwarded_to: Option<u32>,
    /// Whether it was sent on to a partner; otherwise it came in.
    pub forwarded: Option<bool>,
    /// Whether the partner has confirmed it.
    pub confirmed: Option<bool>,
}

impl PaymentFilter {
    pub(super) fn fits(&self, payment: &fund::Payment) -> bool {
        let to = payment.forwarded_to();
        self.instalment.is_none_or(|instalment| instalment == payment.instalment())
            && self.forwarded_to.is_none_or(|partner| to == Some(partner))
            && self.forwarded.is_none_or(|forwarded| forwarded == to.is_some())
            && self.confirmed.is_none_or(|confirmed| confirmed == payment.confirmed.is_some())
    }
}

/// Money of the fund on its way: to the lead partner, or from it to another one.
#[derive(Clone, Debug, SimpleObject)]
pub struct Payment {
    #[graphql(flatten)]
    pub statement: Statement,
    /// Number of the partner that it was sent on to; null where the lead partner got it.
    pub forwarded_to: Option<u32>,
    /// Number of the instalment of the contract, from 1.
    pub instalment: u32,
    /// The day of the payment.
    pub date: Date,
    /// In euro, less what was taken back of it. What was taken back of an instalment that came in
    /// is a payment of its own, with a minus.
    pub amount: Decimal,
    /// Opaque id of `amount`, for `trail`.
    pub figure: ID,
    /// What was mistyped of what was sent on and taken back, in euro; zero or less.
    pub taken_back: Decimal,
    /// Reference of the bank statement or order. Null to those who may not see the partner's
    /// documents.
    pub proof: Option<String>,
    /// What the partner has got of it; null while it has not said so.
    pub confirmed: Option<PaymentConfirmation>,
    /// Null to those who may not see the partner's documents.
    pub evidence: Option<Vec<Evidence>>,
}

/// What a partner has got of what was sent to it.
#[derive(Clone, Debug, SimpleObject)]
pub struct PaymentConfirmation {
    #[graphql(flatten)]
    pub statement: Statement,
    /// The day on which it came in.
    pub date: Date,
    /// In euro.
    pub amount: Decimal,
    /// Null to those who may not see the partner's documents.
    pub evidence: Option<Vec<Evidence>>,
}

/// The partner that got the money.
pub(super) fn partner_of(payment: &fund::Payment) -> Option<PartnerNumber> {
    payment.forwarded_to().or(payment.entry.organisation.partner())
}

impl Payment {
    pub(super) fn of(reading: &Reading, payment: &fund::Payment) -> Self {
        let partner = partner_of(payment);
        let sees_proof = reading.reader.sees_lines_of(partner);
        let confirmed = payment.confirmed.as_deref();
        Self {
            statement: Statement::of(reading, &payment.entry),
            forwarded_to: payment.forwarded_to(),
            instalment: payment.instalment(),
            date: Date(payment.date()),
            amount: Decimal(payment.amount()),
            figure: Told::of(reading).id(&Figure::Payment(payment.entry.id)),
            taken_back: Decimal(payment.taken_back()),
            proof: payment.proof().filter(|_| sees_proof).map(str::to_owned),
            confirmed: confirmed.map(|confirmed| PaymentConfirmation {
                statement: Statement::of(reading, &confirmed.entry),
                date: Date(confirmed.data.date),
                amount: Decimal(confirmed.data.amount),
                evidence: reading.evidence_of(partner, &confirmed.data.evidence),
            }),
            evidence: reading.evidence_of(partner, payment.evidence()),
        }
    }
}
