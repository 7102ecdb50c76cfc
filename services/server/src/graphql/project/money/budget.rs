//! The budget and its use, along any axes.

use async_graphql::{Enum, InputObject, Result, SimpleObject};
use cairn_domain::view::budget_use::{self, Amounts, Axis, Filter, Row};

use super::{CostCategory, RateUsed, read};
use crate::graphql::project::Reading;
use crate::graphql::values::{Decimal, refusal};

/// An axis along which amounts are split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Axis")]
pub enum BudgetAxis {
    Partner,
    WorkPackage,
    Category,
}

/// Which part of the budget counts; all of it where nothing is named.
#[derive(Clone, Debug, Default, PartialEq, Eq, InputObject)]
pub struct BudgetFilter {
    /// Number of a partner.
    pub partner: Option<u32>,
    /// Code of a work package, such as `WP 5`.
    pub work_package: Option<String>,
    /// A kind of cost.
    pub category: Option<CostCategory>,
}

/// The budget and its use.
#[derive(Clone, Debug, SimpleObject)]
pub struct BudgetUse {
    /// Version of the application form that the figures are held against; null where none was
    /// approved.
    pub application_form: Option<u32>,
    /// By partner, work package, category. Null to those who see only the project's totals.
    pub rows: Option<Vec<BudgetRow>>,
    /// Of all lines, also of those that the caller may not see one by one.
    pub totals: BudgetAmounts,
    /// Lines of currencies whose rate the log does not know. They are in no euro figure here.
    pub unconverted: Vec<CurrencyAmount>,
    /// The rates behind the provisional euro here.
    pub rates: Vec<RateUsed>,
}

/// The amounts of one partner, work package, category, or a combination of them.
#[derive(Clone, Debug, SimpleObject)]
pub struct BudgetRow {
    /// Number of the partner; null where it is no axis.
    pub partner: Option<u32>,
    /// Code of the work package; null where it is no axis.
    pub work_package: Option<String>,
    /// The kind of cost; null where it is no axis.
    pub category: Option<CostCategory>,
    #[graphql(flatten)]
    pub amounts: BudgetAmounts,
    /// Whether the form has a budget cell here. What it lacks counts, with 0.00 planned.
    pub in_form: bool,
}

/// Amounts in euro.
#[derive(Clone, Debug, SimpleObject)]
pub struct BudgetAmounts {
    /// The form's budget cells.
    pub planned: Decimal,
    /// All lines that are not reversed, credit notes negative, with their flat rates.
    pub declared: Decimal,
    /// The part of `declared` that a later exchange rate would change.
    pub provisional: Decimal,
    /// The part of `declared` that no exchange rate changes any more.
    pub frozen: Decimal,
    /// Payments of these lines up to what is declared, by the same rate. A flat rate has none.
    pub paid: Decimal,
    /// `planned` less `declared`; negative where more is declared than planned.
    pub remaining: Decimal,
    /// The fund's part of `declared`, rounded down for each partner. Null where parts of partners
    /// are counted: they have no cent of their own.
    pub erdf: Option<Decimal>,
}

/// An amount in a currency.
#[derive(Clone, Debug, SimpleObject)]
pub struct CurrencyAmount {
    /// Three capital letters, such as `RON`.
    pub currency: String,
    /// In the currency.
    pub amount: Decimal,
}

/// A filter would tell amounts of a part to those who may know only the whole.
pub(super) fn answer(
    reading: &Reading,
    by: Vec<BudgetAxis>,
    filter: BudgetFilter,
) -> Result<BudgetUse> {
    let sees_amounts = reading.reader.sees_amounts();
    if !sees_amounts && filter != BudgetFilter::default() {
        return Err(refusal(
            "FORBIDDEN",
            "You may see the totals of the whole project. Leave `filter` out.",
        ));
    }
    let axes = [BudgetAxis::Partner, BudgetAxis::WorkPackage, BudgetAxis::Category];
    let by: Vec<Axis> = axes.into_iter().filter(|axis| by.contains(axis)).map(Axis::from).collect();
    let filter = Filter {
        partner: filter.partner,
        work_package: read("workPackage", filter.work_package.as_deref())?,
        category: filter.category.map(Into::into),
    };
    let room = &reading.room;
    let answer = room.budget_use.budget_use(&room.project, reading.form.as_deref(), &by, &filter);
    Ok(BudgetUse::of(answer, sees_amounts))
}

impl BudgetUse {
    fn of(answer: budget_use::Answer, sees_amounts: bool) -> Self {
        let rows = answer.rows;
        let unconverted = answer.unconverted.into_iter().map(|(currency, amount)| CurrencyAmount {
            currency: currency.to_string(),
            amount: Decimal(amount),
        });
        Self {
            application_form: answer.form_version,
            rows: sees_amounts.then(|| rows.into_iter().map(BudgetRow::from).collect()),
            totals: answer.totals.into(),
            unconverted: unconverted.collect(),
            rates: answer.rates.iter().map(RateUsed::from).collect(),
        }
    }
}

impl From<Row> for BudgetRow {
    fn from(row: Row) -> Self {
        Self {
            partner: row.partner,
            work_package: row.work_package.map(|code| code.to_string()),
            category: row.category.map(Into::into),
            amounts: row.amounts.into(),
            in_form: row.in_current_form,
        }
    }
}

impl From<Amounts> for BudgetAmounts {
    fn from(amounts: Amounts) -> Self {
        Self {
            planned: Decimal(amounts.planned),
            declared: Decimal(amounts.declared),
            provisional: Decimal(amounts.provisional),
            frozen: Decimal(amounts.frozen),
            paid: Decimal(amounts.paid),
            remaining: Decimal(amounts.remaining),
            erdf: amounts.erdf.map(Decimal),
        }
    }
}
