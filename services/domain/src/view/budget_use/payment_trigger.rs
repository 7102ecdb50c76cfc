//! How far the project is from the fund's second payment.

use std::collections::BTreeMap;

use super::BudgetUse;
use super::axes::{Axis, Filter};
use crate::event::plan::{SubsidyContractSigned, TriggerBase};
use crate::ids::PartnerNumber;
use crate::money::{Cents, Share};
use crate::project::Project;

/// The second payment and what must be reported before it. Amounts in euro.
///
/// Reported counts declared lines and their flat rates, whatever control makes of them; if
/// control validates less than the trigger, the payment is pro rata: second payment ×
/// min(1, validated / trigger), rounded down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentTrigger {
    /// What the trigger is a share of.
    pub base_of: TriggerBase,
    pub base: Cents,
    pub share: Share,
    /// `share` of `base`, rounded down.
    pub trigger: Cents,
    pub reported: Cents,
    /// The part of `reported` that is in submitted claims.
    pub claimed: Cents,
    /// The part of `reported` that a later exchange rate would change.
    pub provisional: Cents,
    /// What is still to be reported; nothing once the trigger is reached.
    pub missing: Cents,
    pub reached: bool,
    /// By number. The partners' triggers, each rounded down, can sum to some cents less.
    pub partners: Vec<PartnerTrigger>,
    /// The second share of the contract's ERDF, rounded down.
    pub second_payment: Cents,
    /// What control has certified, flat rates included, less corrections.
    pub validated: Cents,
    /// The second payment on what is validated.
    pub pro_rata_validated: Cents,
    /// What it would be if all that is reported were validated.
    pub pro_rata_reported: Cents,
}

/// A partner's part in reaching the trigger. Amounts in euro.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartnerTrigger {
    pub partner: PartnerNumber,
    pub reported: Cents,
    /// The partner's budget cells in the newest form.
    pub planned: Cents,
    /// The trigger's share of the partner's budget or ERDF, rounded down.
    pub trigger: Cents,
    /// What the partner has still to report to bring its part.
    pub missing: Cents,
}

/// What the subsidy contract says of the second payment. Amounts in euro.
#[derive(Clone, Copy, Debug)]
pub(in crate::view) struct Terms {
    pub(in crate::view) base_of: TriggerBase,
    pub(in crate::view) base: Cents,
    pub(in crate::view) trigger: Cents,
    pub(in crate::view) second_payment: Cents,
}

impl Terms {
    pub(in crate::view) fn of(contract: &SubsidyContractSigned) -> Self {
        let base_of = contract.trigger_base.unwrap_or(TriggerBase::TotalBudget);
        let base = match base_of {
            TriggerBase::TotalBudget => contract.total,
            TriggerBase::Erdf => contract.erdf,
        };
        let trigger = base.share_rounded_down(contract.trigger_share);
        let second = contract.payment_shares.get(1);
        let second_payment =
            second.map_or(Cents::ZERO, |share| contract.erdf.share_rounded_down(*share));
        Self { base_of, base, trigger, second_payment }
    }
}

impl BudgetUse {
    /// The way to the second payment; nothing before the subsidy contract is recorded.
    pub fn payment_trigger(&self, project: &Project) -> Option<PaymentTrigger> {
        let contract = project.plan.contract.as_ref()?;
        let answer = self.budget_use(project, None, &[Axis::Partner], &Filter::default());
        let reported = answer.totals.declared;
        let Terms { base_of, base, trigger, second_payment } = Terms::of(contract);
        let rows = answer.rows.iter().filter_map(|row| {
            Some((row.key.partner?, (row.amounts.declared, row.amounts.planned)))
        });
        let validated = answer.totals.certified;
        Some(PaymentTrigger {
            base_of,
            base,
            share: contract.trigger_share,
            trigger,
            reported,
            claimed: answer.totals.claimed,
            provisional: answer.totals.provisional,
            missing: missing(trigger, reported),
            reached: reported >= trigger,
            partners: partners(project, contract, base_of, rows.collect()),
            second_payment,
            validated,
            pro_rata_validated: pro_rata(second_payment, validated, trigger),
            pro_rata_reported: pro_rata(second_payment, reported, trigger),
        })
    }
}

/// Every partner that has joined, is planned or has declared; `figures` are declared, planned.
fn partners(
    project: &Project,
    contract: &SubsidyContractSigned,
    base_of: TriggerBase,
    mut figures: BTreeMap<PartnerNumber, (Cents, Cents)>,
) -> Vec<PartnerTrigger> {
    for partner in project.plan.partners.keys() {
        figures.entry(*partner).or_default();
    }
    let financing = project.plan.newest_form().map(|form| form.budget.partners.as_slice());
    let erdf_of = |partner| {
        let mut partners = financing.unwrap_or_default().iter();
        partners.find(|financing| financing.partner == partner).map(|financing| financing.erdf)
    };
    let partner = |(partner, (reported, planned))| {
        let base = match base_of {
            TriggerBase::TotalBudget => planned,
            TriggerBase::Erdf => erdf_of(partner).unwrap_or_default(),
        };
        let trigger = base.share_rounded_down(contract.trigger_share);
        let missing = missing(trigger, reported);
        PartnerTrigger { partner, reported, planned, trigger, missing }
    };
    figures.into_iter().map(partner).collect()
}

fn missing(trigger: Cents, reported: Cents) -> Cents {
    (trigger - reported).max(Cents::ZERO)
}

/// `payment` × min(1, amount / trigger), rounded down; nothing for an amount below nothing.
pub(in crate::view) fn pro_rata(payment: Cents, amount: Cents, trigger: Cents) -> Cents {
    if amount >= trigger {
        payment
    } else {
        payment.fraction_rounded_down(amount.max(Cents::ZERO), trigger)
    }
}
