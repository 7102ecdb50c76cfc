//! Cash, by partner: what it has got, what it spent, and what it pays in advance. In euro.

use crate::event::plan::application_form::ApplicationFormApproved;
use crate::ids::PartnerNumber;
use crate::money::Cents;
use crate::project::Project;
use crate::project::finance::own_money::OwnSums;
use crate::view::budget_use::axes::{Axis, Filter};
use crate::view::budget_use::{Amounts, BudgetUse};

/// The money of one partner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartnerCash {
    pub partner: PartnerNumber,
    /// Of the lead partner what the programme paid; of another what the lead sent it.
    pub received: Cents,
    /// What the partner said to have got of what was sent to it.
    pub confirmed: Cents,
    /// Of the lead partner what it sent to others; of another nothing.
    pub forwarded: Cents,
    /// What it has paid back.
    pub repaid: Cents,
    /// Of the lead partner what others paid back to it; of another nothing.
    pub recovered: Cents,
    /// What it is still to pay back.
    pub to_repay: Cents,
    /// What it paid of its items, as the budget counts it.
    pub spent: Cents,
    /// What it declared, less the fund's part of it.
    pub own_share: Cents,
    /// What it brought and earned beside the fund.
    pub own: OwnSums,
}

impl PartnerCash {
    /// What it has of the fund's money, before anything was spent.
    pub fn held(&self) -> Cents {
        self.received - self.forwarded - self.repaid + self.recovered
    }

    /// What it pays in advance; negative where it has money in hand.
    pub fn gap(&self) -> Cents {
        self.spent - self.held()
    }
}

/// The cash of every partner that has joined, by number, under a form; the newest where none is
/// named.
pub fn cash(
    project: &Project,
    budget_use: &BudgetUse,
    form: Option<&ApplicationFormApproved>,
) -> Vec<PartnerCash> {
    let used = budget_use.budget_use(project, form, &[Axis::Partner], &Filter::default());
    let amounts_of = |partner: PartnerNumber| {
        let row = used.rows.iter().find(|row| row.key.partner == Some(partner));
        row.map(|row| row.amounts).unwrap_or_default()
    };
    let lead = project.plan.lead_partner().map(|lead| lead.number);
    let payments = &project.finance.fund;
    let of_partner = |number: &PartnerNumber| {
        let (partner, amounts) = (*number, amounts_of(*number));
        let Amounts { paid: spent, declared, erdf, .. } = amounts;
        let sums = payments.sums_of(partner);
        let (received, forwarded, recovered) = if lead == Some(partner) {
            (payments.received(), payments.forwarded(), payments.recovered(partner))
        } else {
            (sums.forwarded, Cents::ZERO, Cents::ZERO)
        };
        PartnerCash {
            partner,
            received,
            confirmed: sums.confirmed,
            forwarded,
            repaid: sums.repaid,
            recovered,
            to_repay: sums.ordered - sums.repaid,
            spent,
            own_share: declared - erdf.unwrap_or_default(),
            own: project.finance.own_money.of(partner),
        }
    };
    project.plan.partners.keys().map(of_partner).collect()
}
