//! Changes: what one application form says otherwise than another, how far the budget was shifted,
//! and the changes that were notified, asked for and decided.
//!
//! Every member reads what changes; amounts of partners, work packages and categories are for who
//! sees the budget in detail. The documents are for the lead and those who check.

pub mod form;
pub mod proposal;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_graphql::{Object, Result, SimpleObject};
use cairn_domain::event::plan::application_form::ApplicationFormApproved;
use cairn_domain::project::plan::change;
use cairn_domain::view::form_changes::{self, amounts};

use super::Reading;
use crate::graphql::values::{Date, Decimal, LocalizedText, Share, refusal};
use form::FormChanges;
use proposal::ProjectChange;

pub struct Changes(pub(super) Arc<Reading>);

#[Object]
impl Changes {
    /// What the application form `to` says otherwise than `from`; where nothing is said, the form
    /// that the question is asked under, and the one before it. Null to the public, and where
    /// there is no earlier form.
    async fn form_changes(
        &self,
        from: Option<u32>,
        to: Option<u32>,
    ) -> Option<Result<FormChanges>> {
        let reading = &*self.0;
        if !reading.reader.is_member() {
            return None;
        }
        let (from, to) = match reading.forms(from, to) {
            Ok(forms) => forms?,
            Err(error) => return Some(Err(error)),
        };
        let plan = &reading.room.project.plan;
        let sees_amounts = reading.reader.sees_amounts();
        Some(Ok(FormChanges::of(form_changes::between(plan, from, to), sees_amounts)))
    }

    /// How much of the budget was shifted since the first application form, held against what may
    /// be shifted without a major change. Null to the public, and before a form is approved.
    async fn budget_shift(&self) -> Option<BudgetShift> {
        let reading = &*self.0;
        let form = reading.form.as_deref().filter(|_| reading.reader.is_member())?;
        Some(BudgetShift::of(&amounts::shift_meter(&reading.room.project.plan, form)))
    }

    /// The changes that were notified or asked for, by number. Null to the public.
    async fn changes(&self) -> Option<Vec<ProjectChange>> {
        let reading = &*self.0;
        let changes = reading.room.project.plan.changes.values();
        let shown = || changes.map(|change| ProjectChange::of(reading, change)).collect();
        reading.reader.is_member().then(shown)
    }

    /// The amendments of the contract, by number. Null to the public.
    async fn contract_amendments(&self) -> Option<Vec<ContractAmendment>> {
        let reading = &*self.0;
        let amendments = reading.room.project.plan.amendments.values();
        let shown = || {
            let amendment = |amendment: &Arc<_>| ContractAmendment::of(amendment);
            amendments.map(amendment).collect()
        };
        reading.reader.is_member().then(shown)
    }
}

impl Reading {
    /// The two forms that are compared.
    fn forms(
        &self,
        from: Option<u32>,
        to: Option<u32>,
    ) -> Result<Option<(&ApplicationFormApproved, &ApplicationFormApproved)>> {
        let forms = &self.room.project.plan.forms;
        let named = |version: u32| {
            forms.get(&version).map(|form| &**form).ok_or_else(|| {
                let message = format!("There is no application form of version {version}.");
                refusal("ARGUMENT_INVALID", message)
            })
        };
        let Some(to) = to.map(named).transpose()?.or(self.form.as_deref()) else { return Ok(None) };
        let before = || forms.range(..to.version).next_back().map(|(_, form)| &**form);
        Ok(from.map(named).transpose()?.or_else(before).map(|from| (from, to)))
    }
}

/// What moved in the budget on each axis: what some gave and others got. Amounts in euro.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct Shifted {
    /// Between partners.
    pub between_partners: Decimal,
    /// Between work packages; one that only got another code moved nothing.
    pub between_work_packages: Decimal,
    /// Between kinds of cost.
    pub between_categories: Decimal,
    /// The largest of the three, which the threshold is held against.
    pub largest: Decimal,
}

impl Shifted {
    fn of(shift: change::Shift) -> Self {
        Self {
            between_partners: Decimal(shift.between_partners),
            between_work_packages: Decimal(shift.between_work_packages),
            between_categories: Decimal(shift.between_categories),
            largest: Decimal(shift.largest()),
        }
    }
}

/// How far the budget was shifted since the first form. Amounts in euro.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct BudgetShift {
    /// The form that is held against the first one.
    pub application_form: u32,
    /// What the form moved.
    pub moved: Shifted,
    /// With the changes that no form carries out yet and that were not rejected.
    pub with_pending: Shifted,
    /// Share of the contract's total that may be shifted without a major change; null where the
    /// project names none.
    pub threshold: Option<Share>,
    /// That share in euro, rounded down.
    pub limit: Option<Decimal>,
    /// What may still be shifted, pending changes counted; negative where it is too much.
    pub left: Option<Decimal>,
}

impl BudgetShift {
    fn of(meter: &amounts::ShiftMeter) -> Self {
        Self {
            application_form: meter.form,
            moved: Shifted::of(meter.moved),
            with_pending: Shifted::of(meter.with_pending),
            threshold: meter.limit.map(|(share, _)| Share(share)),
            limit: meter.limit.map(|(_, limit)| Decimal(limit)),
            left: meter.left().map(Decimal),
        }
    }
}

/// An amendment of the contract over the grant. Amounts in euro.
#[derive(Clone, Debug, SimpleObject)]
pub struct ContractAmendment {
    /// Number of the amendment.
    pub number: u32,
    /// Day of the last signature, where it is known.
    pub signed_on: Option<Date>,
    /// What is amended.
    pub text: LocalizedText,
    /// All that the project may cost from then on.
    pub total: Decimal,
    /// What the fund pays at most from then on.
    pub erdf: Decimal,
    /// Highest share of the total that the fund pays from then on.
    pub rate: Share,
}

impl ContractAmendment {
    fn of(amendment: &cairn_domain::event::plan::amendment::SubsidyContractAmended) -> Self {
        Self {
            number: amendment.number,
            signed_on: amendment.date.map(Date),
            text: LocalizedText(amendment.text.clone()),
            total: Decimal(amendment.total),
            erdf: Decimal(amendment.erdf),
            rate: Share(amendment.rate),
        }
    }
}
