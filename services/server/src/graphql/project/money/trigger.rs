//! The way to the fund's second payment.

use async_graphql::{ComplexObject, Enum, ID, SimpleObject};
use cairn_domain::event::plan;
use cairn_domain::view::budget_use::payment_trigger;
use cairn_domain::view::trail::figure::Figure;

use super::figure::{PartnerTriggerAmount, Told, TriggerAmount};
use crate::graphql::project::Reading;
use crate::graphql::values::Decimal;

/// What the trigger is a share of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "plan::TriggerBase")]
pub enum TriggerBase {
    /// The contract's total.
    TotalBudget,
    /// The contract's grant.
    Erdf,
}

/// The second payment, and what must be reported before it. Amounts in euro.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct PaymentTrigger {
    #[graphql(skip)]
    told: Told,
    /// Whether enough is reported.
    pub reached: bool,
    /// What `base` is.
    pub base_of: TriggerBase,
    /// What the trigger is a share of.
    pub base: Decimal,
    /// A decimal string, such as `0.35`.
    pub share: String,
    /// `share` of `base`, rounded down.
    pub trigger: Decimal,
    /// All that is declared, with its flat rates, whatever control makes of it.
    pub reported: Decimal,
    /// The part of `reported` that is in submitted claims.
    pub claimed: Decimal,
    /// The part of `reported` that a later exchange rate would change.
    pub provisional: Decimal,
    /// What is still to be reported; 0.00 once the trigger is reached.
    pub missing: Decimal,
    /// The second payment in full.
    pub second_payment: Decimal,
    /// What control has certified, with its flat rates, less corrections after audits.
    pub validated: Decimal,
    /// The second payment on what is validated: the whole × validated / trigger, at most the
    /// whole, rounded down.
    pub pro_rata_validated: Decimal,
    /// What it would be if all that is reported were validated.
    pub pro_rata_reported: Decimal,
    /// By number. The partners' triggers, each rounded down, can sum to some cents less. Null to
    /// those who see only the project's totals.
    pub by_partner: Option<Vec<PartnerTrigger>>,
}

/// A partner's part in reaching the trigger. Amounts in euro.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct PartnerTrigger {
    #[graphql(skip)]
    told: Told,
    /// Number of the partner.
    pub partner: u32,
    /// All that the partner has declared, with its flat rates.
    pub reported: Decimal,
    /// The partner's budget in the newest form.
    pub planned: Decimal,
    /// The trigger's share of the partner's budget or grant, rounded down.
    pub trigger: Decimal,
    /// What the partner has still to report to bring its part.
    pub missing: Decimal,
}

#[ComplexObject]
impl PaymentTrigger {
    /// Opaque id of one of these amounts, for `trail`.
    async fn figure(&self, of: TriggerAmount) -> ID {
        self.told.id(&Figure::Trigger(of.into()))
    }
}

#[ComplexObject]
impl PartnerTrigger {
    /// Opaque id of one of these amounts, for `trail`.
    async fn figure(&self, of: PartnerTriggerAmount) -> ID {
        self.told.id(&Figure::PartnerTrigger(of.into(), self.partner))
    }
}

pub(super) fn answer(reading: &Reading) -> Option<PaymentTrigger> {
    let room = &reading.room;
    let trigger = room.budget_use.payment_trigger(&room.project)?;
    let partners = trigger.partners;
    let sees_amounts = reading.reader.sees_amounts();
    let told = Told::of(reading);
    let partners = partners.into_iter().map(|partner| PartnerTrigger::of(told, &partner));
    Some(PaymentTrigger {
        told,
        reached: trigger.reached,
        base_of: trigger.base_of.into(),
        base: Decimal(trigger.base),
        share: trigger.share.to_string(),
        trigger: Decimal(trigger.trigger),
        reported: Decimal(trigger.reported),
        claimed: Decimal(trigger.claimed),
        provisional: Decimal(trigger.provisional),
        missing: Decimal(trigger.missing),
        second_payment: Decimal(trigger.second_payment),
        validated: Decimal(trigger.validated),
        pro_rata_validated: Decimal(trigger.pro_rata_validated),
        pro_rata_reported: Decimal(trigger.pro_rata_reported),
        by_partner: sees_amounts.then(|| partners.collect()),
    })
}

impl PartnerTrigger {
    fn of(told: Told, partner: &payment_trigger::PartnerTrigger) -> Self {
        Self {
            told,
            partner: partner.partner,
            reported: Decimal(partner.reported),
            planned: Decimal(partner.planned),
            trigger: Decimal(partner.trigger),
            missing: Decimal(partner.missing),
        }
    }
}
