//! The money of one partner.

use async_graphql::{ComplexObject, ID, SimpleObject};
use cairn_domain::view::cash;
use cairn_domain::view::trail::figure::Figure;

use crate::graphql::project::money::figure::{CashAmount, Told};
use crate::graphql::values::Decimal;

/// What a partner got, spent and pays in advance, in euro.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct PartnerCash {
    #[graphql(skip)]
    told: Told,
    /// Number of the partner.
    pub partner: u32,
    /// Of the lead partner what the programme paid; of another what the lead sent it.
    pub received: Decimal,
    /// What the partner said to have got of what was sent to it.
    pub confirmed: Decimal,
    /// What the lead partner sent to others; `0.00` of another partner.
    pub forwarded: Decimal,
    /// What the partner paid back: the lead partner to the programme, others to the lead partner.
    pub repaid: Decimal,
    /// What others paid back to the lead partner; `0.00` of another partner.
    pub recovered: Decimal,
    /// What it is still to pay back.
    pub to_repay: Decimal,
    /// What it paid of its items: `paid` of `budgetUse`.
    pub spent: Decimal,
    /// What it declared, less the fund's part of it.
    pub own_share: Decimal,
    /// Money that came in for its own share.
    pub contributions: Decimal,
    /// The value of what was brought without payment.
    pub in_kind: Decimal,
    /// What the project earned at this partner; it is not netted.
    pub revenue: Decimal,
    /// Received and recovered less forwarded and repaid.
    pub held: Decimal,
    /// Spent less held: what the partner pays in advance; negative where it has money in hand.
    pub gap: Decimal,
}

#[ComplexObject]
impl PartnerCash {
    /// Opaque id of one of these amounts, for `trail`.
    async fn figure(&self, of: CashAmount) -> ID {
        self.told.id(&Figure::Cash(of.into(), self.partner))
    }
}

impl PartnerCash {
    pub(super) fn of(told: Told, one: &cash::PartnerCash) -> Self {
        Self {
            told,
            partner: one.partner,
            received: Decimal(one.received),
            confirmed: Decimal(one.confirmed),
            forwarded: Decimal(one.forwarded),
            repaid: Decimal(one.repaid),
            recovered: Decimal(one.recovered),
            to_repay: Decimal(one.to_repay),
            spent: Decimal(one.spent),
            own_share: Decimal(one.own_share),
            contributions: Decimal(one.own.contributions),
            in_kind: Decimal(one.own.in_kind),
            revenue: Decimal(one.own.revenue),
            held: Decimal(one.held()),
            gap: Decimal(one.gap()),
        }
    }
}
