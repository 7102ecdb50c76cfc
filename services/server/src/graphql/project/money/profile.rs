//! When money was spent, and where the pace leads.

use async_graphql::{ComplexObject, ID, SimpleObject};
use cairn_domain::period;
use cairn_domain::view::budget_use::profile::{self, PACE_MONTHS};
use cairn_domain::view::trail::figure::{Figure, Months};

use super::figure::{MonthAmount, Told};
use crate::graphql::project::Reading;
use crate::graphql::values::Decimal;

/// The spending of the project by month, and where its pace leads. Amounts in euro.
#[derive(Clone, Debug, SimpleObject)]
pub struct SpendingProfile {
    /// From the first month with a line to the last one, without gaps.
    pub months: Vec<MonthSpent>,
    /// Flat rates, which belong to no month. With the months they are all that is declared.
    pub flat_rates: Decimal,
    /// Opaque id of `flatRates`, for `trail`.
    pub flat_rates_figure: ID,
    /// Computed of these amounts and the day, so that its amounts have no figure to open.
    pub forecast: Option<SpendingForecast>,
}

/// The lines of a month.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct MonthSpent {
    #[graphql(skip)]
    told: Told,
    #[graphql(skip)]
    of: period::Month,
    /// Such as `2026-11`: that of the documents.
    pub month: String,
    /// What its lines declare, without flat rates.
    pub declared: Decimal,
    /// What the lines of all months up to it declare.
    pub up_to: Decimal,
}

#[ComplexObject]
impl MonthSpent {
    /// Opaque id of one of these amounts, for `trail`.
    async fn figure(&self, of: MonthAmount) -> ID {
        self.told.id(&Figure::Months(match of {
            MonthAmount::Declared => Months::One(self.of),
            MonthAmount::UpTo => Months::UpTo(self.of),
        }))
    }
}

/// What is to be expected by the plan and by the pace. Amounts in euro.
#[derive(Clone, Debug, SimpleObject)]
pub struct SpendingForecast {
    /// The planned amount in proportion to the days of the project that are past, rounded down.
    pub planned_by_now: Decimal,
    /// All that is declared, with its flat rates.
    pub declared: Decimal,
    /// How many full months before this one the pace is taken of.
    pub pace_months: u32,
    /// Declared a month in those, with its flat rates, rounded down.
    pub pace: Decimal,
    /// What is declared when the project ends, if the pace stays as it is.
    pub declared_at_end: Decimal,
    /// The month in which the trigger of the second payment is reached at this pace, such as
    /// `2027-03`; null where it is reached, or is not reached before the project ends.
    pub trigger_reached_in: Option<String>,
}

pub(super) fn answer(reading: &Reading) -> SpendingProfile {
    let room = &reading.room;
    let form = reading.form.as_deref();
    let profile = room.budget_use.profile(&room.project, form, reading.today);
    let told = Told::of(reading);
    let month = |spent: &profile::MonthSpent| MonthSpent {
        told,
        of: spent.month,
        month: spent.month.to_string(),
        declared: Decimal(spent.declared),
        up_to: Decimal(spent.up_to),
    };
    SpendingProfile {
        months: profile.months.iter().map(month).collect(),
        flat_rates: Decimal(profile.flat_rates),
        flat_rates_figure: told.id(&Figure::Months(Months::None)),
        forecast: profile.forecast.as_ref().map(SpendingForecast::from),
    }
}

impl From<&profile::Forecast> for SpendingForecast {
    fn from(forecast: &profile::Forecast) -> Self {
        Self {
            planned_by_now: Decimal(forecast.planned_by_now),
            declared: Decimal(forecast.declared),
            pace_months: PACE_MONTHS,
            pace: Decimal(forecast.pace),
            declared_at_end: Decimal(forecast.declared_at_end),
            trigger_reached_in: forecast.trigger_reached_in.map(|month| month.to_string()),
        }
    }
}
