//! The budget and its use, along any axes.

use async_graphql::{ComplexObject, Enum, ID, InputObject, Result, SimpleObject};
use cairn_domain::view::budget_use::axes::{Axis, Detail, Filter, Key, Wanted};
use cairn_domain::view::budget_use::{self, Amounts, Row};
use cairn_domain::view::trail::figure::Place;

use super::figure::{BudgetAmount, Figures};
use super::{CostCategory, RateUsed, read};
use crate::graphql::project::Reading;
use crate::graphql::values::{Decimal, refusal};

/// An axis along which amounts are split. Activity, deliverable, currency and month would tell single
/// lines: who may not see the lines of a partner finds its amounts in the rows that have none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Axis")]
pub enum BudgetAxis {
    Partner,
    WorkPackage,
    Category,
    /// Planned amounts and flat rates belong to no activity.
    Activity,
    /// Planned amounts and flat rates belong to no deliverable.
    Deliverable,
    /// Of the document; planned amounts and flat rates have none.
    Currency,
    /// Of the day of the document; planned amounts and flat rates have none.
    Month,
    /// The submitted claim; planned amounts, and what is in no claim, have none.
    Claim,
}

/// Which part of the budget counts; all of it where nothing is named. By activity, deliverable,
/// currency and month only lines of partners are found whose lines the caller may see.
#[derive(Clone, Debug, Default, PartialEq, Eq, InputObject)]
pub struct BudgetFilter {
    /// Number of a partner.
    pub partner: Option<u32>,
    /// Code of a work package, such as `WP 5`.
    pub work_package: Option<String>,
    /// A kind of cost.
    pub category: Option<CostCategory>,
    /// Code of an activity, such as `A 5.1`.
    pub activity: Option<String>,
    /// Code of a deliverable, such as `D 5.1.1`.
    pub deliverable: Option<String>,
    /// Currency of the document, such as `RON`.
    pub currency: Option<String>,
    /// Month of the document, such as `2026-11`.
    pub month: Option<String>,
    /// Number of a submitted claim.
    pub claim: Option<u32>,
    /// Whether it is in a submitted claim.
    pub claimed: Option<bool>,
}

/// The budget and its use.
#[derive(Clone, Debug, SimpleObject)]
pub struct BudgetUse {
    /// Version of the application form that the figures are held against; null where none was
    /// approved.
    pub application_form: Option<u32>,
    /// In the order of the axes. Null to those who see only the project's totals.
    pub rows: Option<Vec<BudgetRow>>,
    /// Of all lines, also of those that the caller may not see one by one.
    pub totals: BudgetAmounts,
    /// Lines of currencies whose rate the log does not know. They are in no euro figure here.
    pub unconverted: Vec<CurrencyAmount>,
    /// The rates behind the provisional euro here.
    pub rates: Vec<RateUsed>,
}

/// The amounts of one place along the axes.
#[derive(Clone, Debug, SimpleObject)]
pub struct BudgetRow {
    /// Number of the partner; null where it is no axis.
    pub partner: Option<u32>,
    /// Code of the work package; null where it is no axis.
    pub work_package: Option<String>,
    /// The kind of cost; null where it is no axis.
    pub category: Option<CostCategory>,
    /// Code of the activity; null where it is no axis, and for what belongs to none.
    pub activity: Option<String>,
    /// Code of the deliverable; null where it is no axis, and for what belongs to none.
    pub deliverable: Option<String>,
    /// Currency of the documents; null where it is no axis, and for what has none.
    pub currency: Option<String>,
    /// Month of the documents, such as `2026-11`; null where it is no axis, and for what has none.
    pub month: Option<String>,
    /// Number of the submitted claim; null where it is no axis, and for what is in none.
    pub claim: Option<u32>,
    #[graphql(flatten)]
    pub amounts: BudgetAmounts,
    /// Whether the form has a budget cell here, and the activity and the deliverable of the row.
    /// What it lacks counts, with 0.00 planned.
    pub in_form: bool,
}

/// Amounts in euro.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct BudgetAmounts {
    #[graphql(skip)]
    figures: Figures,
    /// The form's budget cells.
    pub planned: Decimal,
    /// All lines that are not taken back, credit notes negative, with their flat rates.
    pub declared: Decimal,
    /// The part of `declared` that a later exchange rate would change.
    pub provisional: Decimal,
    /// The part of `declared` that no exchange rate changes any more.
    pub frozen: Decimal,
    /// Payments of these lines up to what is declared, by the same rate. A flat rate has none.
    pub paid: Decimal,
    /// The part of `declared` that is in submitted claims: certified, deducted, parked and in
    /// control together.
    pub claimed: Decimal,
    pub certified: Decimal,
    /// By control, and by corrections after audits.
    pub deducted: Decimal,
    /// Not ruled on, and not taken up again.
    pub parked: Decimal,
    /// In a submitted claim, and neither certified nor deducted nor parked.
    pub in_control: Decimal,
    /// `planned` less `declared`; negative where more is declared than planned.
    pub remaining: Decimal,
    /// The fund's part of `declared`, rounded down for each partner and claim. Null where parts of
    /// partners are counted: they have no cent of their own.
    pub erdf: Option<Decimal>,
    /// The fund's part of `certified`, rounded down for each partner and claim. Null where parts
    /// of partners are counted.
    pub erdf_certified: Option<Decimal>,
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
    let by: Vec<Axis> = by.into_iter().map(Axis::from).collect();
    let filter = Filter {
        partner: filter.partner,
        work_package: read("workPackage", filter.work_package.as_deref())?,
        category: filter.category.map(Into::into),
        activity: read("activity", filter.activity.as_deref())?,
        deliverable: read("deliverable", filter.deliverable.as_deref())?,
        currency: read("currency", filter.currency.as_deref())?,
        month: read("month", filter.month.as_deref())?,
        claim: filter.claim,
        claimed: filter.claimed,
        // Who sees no lines sees no amounts of a part either.
        detail: if sees_amounts { reading.detail() } else { Detail::OfAll },
    };
    let room = &reading.room;
    let answer = room.budget_use.budget_use(&room.project, reading.form.as_deref(), &by, &filter);
    let wanted = Wanted::of(&filter, &room.project.plan, reading.form.as_deref());
    Ok(BudgetUse::of(reading, &by, &wanted, answer, sees_amounts))
}

impl BudgetUse {
    fn of(
        reading: &Reading,
        by: &[Axis],
        wanted: &Wanted,
        answer: budget_use::Answer,
        sees_amounts: bool,
    ) -> Self {
        let totals = Place::row(&[], &Key::default(), wanted);
        let place = |row: &Row| Place::row(by, &row.key, wanted);
        let rows = answer.rows;
        let unconverted = answer.unconverted.into_iter().map(|(currency, amount)| CurrencyAmount {
            currency: currency.to_string(),
            amount: Decimal(amount),
        });
        Self {
            application_form: answer.form_version,
            rows: sees_amounts
                .then(|| rows.iter().map(|row| BudgetRow::of(reading, place(row), row)).collect()),
            totals: BudgetAmounts::of(Figures::new(reading, totals), answer.totals),
            unconverted: unconverted.collect(),
            rates: answer.rates.iter().map(RateUsed::from).collect(),
        }
    }
}

impl BudgetRow {
    fn of(reading: &Reading, place: Place, row: &Row) -> Self {
        let key = row.key;
        let code = |item| reading.code(item).to_string();
        Self {
            partner: key.partner,
            work_package: key.work_package.map(|item| code(item.any())),
            category: key.category.map(Into::into),
            activity: key.activity.map(|item| code(item.any())),
            deliverable: key.deliverable.map(|item| code(item.any())),
            currency: key.currency.map(|currency| currency.to_string()),
            month: key.month.map(|month| month.to_string()),
            claim: key.claim,
            amounts: BudgetAmounts::of(Figures::new(reading, place), row.amounts),
            in_form: row.in_current_form,
        }
    }
}

#[ComplexObject]
impl BudgetAmounts {
    /// Opaque id of one of these amounts, for `trail`.
    async fn figure(&self, of: BudgetAmount) -> ID {
        self.figures.id(of.into())
    }
}

impl BudgetAmounts {
    fn of(figures: Figures, amounts: Amounts) -> Self {
        Self {
            figures,
            planned: Decimal(amounts.planned),
            declared: Decimal(amounts.declared),
            provisional: Decimal(amounts.provisional),
            frozen: Decimal(amounts.frozen),
            paid: Decimal(amounts.paid),
            claimed: Decimal(amounts.claimed),
            certified: Decimal(amounts.certified),
            deducted: Decimal(amounts.deducted),
            parked: Decimal(amounts.parked),
            in_control: Decimal(amounts.in_control),
            remaining: Decimal(amounts.remaining),
            erdf: amounts.erdf.map(Decimal),
            erdf_certified: amounts.erdf_certified.map(Decimal),
        }
    }
}
