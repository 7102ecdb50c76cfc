//! Money: the budget and its use, the way to the second payment, and expenditure lines.
//!
//! Who sees what: lead, delivery, associated, controller, programme and auditor see amounts of
//! each partner, work package and category; other members see those of the whole project; the
//! public sees none. Lines are seen by their partner and by those who check.

pub mod budget;
pub mod trigger;
pub mod expenditure;
pub mod line;
pub mod portion;
pub mod claim;
pub mod figure;
pub mod trail;
pub mod cost;
pub mod profile;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use cairn_domain::event::plan;
use cairn_domain::event::plan::application_form;
use cairn_domain::project::finance;

use super::Reading;
use crate::graphql::connection::Page;
use crate::graphql::values::refusal;
use budget::{BudgetAxis, BudgetFilter, BudgetUse};
use claim::Claim;
use expenditure::ExpenditureFilter;
use line::ExpenditureLine;
use profile::SpendingProfile;
use trail::Trail;
use trigger::PaymentTrigger;

/// What the fund calls a kind of cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "application_form::Category")]
pub enum CostCategory {
    Staff,
    OfficeAndAdministration,
    TravelAndAccommodation,
    ExternalExpertise,
    Equipment,
    Infrastructure,
    LumpSum,
}

/// Which rate makes a currency euro.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "plan::RatePolicy")]
pub enum RatePolicy {
    /// The Commission's monthly accounting rate of the month in which the claim goes to control;
    /// until then that of the newest month that the log knows.
    MonthlyOfSubmission,
    /// A fixed rate, once a state has taken the euro.
    Irrevocable,
}

/// The rate by which lines of a currency are euro until their claim goes to control.
#[derive(Clone, Debug, SimpleObject)]
pub struct RateUsed {
    /// Three capital letters, such as `RON`.
    pub currency: String,
    /// The month of the rate, such as `2026-11`.
    pub month: String,
    /// Units of the currency for one euro, as a decimal string with all its digits.
    pub rate: String,
    /// The policy in force on the month's last day.
    pub policy: RatePolicy,
}

impl From<&finance::RateUsed> for RateUsed {
    fn from(used: &finance::RateUsed) -> Self {
        Self {
            currency: used.currency.to_string(),
            month: used.month.to_string(),
            rate: used.rate.to_string(),
            policy: used.policy.into(),
        }
    }
}

pub struct Money(pub(super) Arc<Reading>);

#[Object]
impl Money {
    /// What was planned, declared and paid, and what is left, along any axes; one row where none
    /// is named. All amounts are euro, held against the application form that is asked for.
    ///
    /// Null to the public. Transfer partners and experts see the totals of the whole project.
    async fn budget_use(
        &self,
        by: Option<Vec<BudgetAxis>>,
        filter: Option<BudgetFilter>,
    ) -> Option<Result<BudgetUse>> {
        let reading = &*self.0;
        let answer = || budget::answer(reading, by.unwrap_or_default(), filter.unwrap_or_default());
        reading.reader.is_member().then(answer)
    }

    /// How far the project is from the fund's second payment. Null to the public, and before the
    /// subsidy contract is recorded.
    async fn payment_trigger(&self) -> Option<PaymentTrigger> {
        let reading = &*self.0;
        let member = reading.reader.is_member();
        member.then(|| trigger::answer(reading)).flatten()
    }

    /// When money was spent, by month, and where the pace leads. Null to those who see only the
    /// project's totals.
    async fn spending_profile(&self) -> Option<SpendingProfile> {
        let reading = &*self.0;
        reading.reader.sees_amounts().then(|| profile::answer(reading))
    }

    /// The claims, by number, as far as they were assembled. Null to those who see only the
    /// project's totals.
    async fn claims(&self) -> Option<Vec<Claim>> {
        self.0.reader.sees_amounts().then(|| claim::all(&self.0))
    }

    /// What stands under a figure: lines, flat rates, budget cells, payments, with their events,
    /// rates and documents, at the version at which the figure was told. `figure` is the id that an
    /// answer gives beside its amounts. A request opens 16 figures at most.
    ///
    /// Null to those who see only the project's totals, but for what a partner itself brings and
    /// earns; so is a figure of the contracts and of the own share of another partner.
    async fn trail(&self, context: &Context<'_>, figure: ID) -> Option<Result<Trail>> {
        trail::trail(context, &self.0, &figure).await
    }

    /// The expenditure lines that the caller may see, by partner and in the order in which they
    /// were declared; reversed ones too. Lines of others are absent, and not in `totalCount`.
    ///
    /// Transfer partners have lump sums and unit costs. Null to who may see no line at all: experts
    /// and the public.
    async fn expenditure(
        &self,
        filter: Option<ExpenditureFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Option<Result<Page<ExpenditureLine>>> {
        let reading = &*self.0;
        let page = || expenditure::page(reading, filter.unwrap_or_default(), first, after);
        reading.reader.sees_lines_of_some().then(page)
    }
}

/// Reads an argument that is a text with a form, such as a code or a currency.
pub(super) fn read<T>(name: &str, text: Option<&str>) -> Result<Option<T>>
where
    T: std::str::FromStr<Err: std::fmt::Display>,
{
    let wrong = |error: T::Err| refusal("ARGUMENT_INVALID", format!("`{name}`: {error}."));
    text.map(|text| text.parse().map_err(wrong)).transpose()
}
