//! When money was spent, and what comes of it at the present pace.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::BudgetUse;
use super::axes::{Axis, Filter};
use crate::event::plan::application_form::ApplicationFormApproved;
use crate::money::Cents;
use crate::period::{Month, days_between};
use crate::project::Project;

/// The pace is that of so many full months before the month that is asked about.
pub const PACE_MONTHS: u32 = 6;

/// The spending of a project by month, and where its pace leads. Amounts in euro.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// From the first month with an item to the last one, without gaps.
    pub months: Vec<MonthSpent>,
    /// Flat rates, which belong to no month. With the months they are all that is declared.
    pub flat_rates: Cents,
    pub forecast: Option<Forecast>,
}

/// What the items of a month declare, and those of all months up to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonthSpent {
    pub month: Month,
    pub declared: Cents,
    pub up_to: Cents,
}

/// What is to be expected, by the plan and by the pace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// The planned amount in proportion to the days of the project that are past, rounded down.
    pub planned_by_now: Cents,
    /// All that is declared.
    pub declared: Cents,
    /// Declared a month, with its flat rates: the sum of the last [`PACE_MONTHS`] full months over
    /// their number, rounded down.
    pub pace: Cents,
    /// Declared when the project ends, if the pace stays as it is.
    pub declared_at_end: Cents,
    /// The month in which the trigger of the second payment is reached at this pace; nothing where
    /// it is reached, or is not reached before the project ends.
    pub trigger_reached_in: Option<Month>,
}

impl BudgetUse {
    /// The profile as of a day, against a form; the newest one where none is named.
    pub fn profile(
        &self,
        project: &Project,
        form: Option<&ApplicationFormApproved>,
        today: Date,
    ) -> Profile {
        let answer = self.budget_use(project, form, &[Axis::Month], &Filter::default());
        let rows = answer.rows.iter();
        let spent: BTreeMap<Month, Cents> =
            rows.filter_map(|row| Some((row.key.month?, row.amounts.declared))).collect();
        let in_months: Cents = spent.values().copied().sum();
        let (declared, planned) = (answer.totals.declared, answer.totals.planned);
        let forecast = forecast(project, &spent, declared, planned, today).map(|forecast| {
            let trigger = self.payment_trigger(project);
            let missing = trigger.map(|trigger| trigger.missing);
            let reached = missing.and_then(|missing| month_of_reaching(missing, &forecast, today));
            let end = project.plan.registered.as_ref().map(|project| Month::of(project.end));
            let trigger_reached_in = reached.filter(|month| Some(*month) <= end);
            Forecast { trigger_reached_in, ..forecast }
        });
        Profile { months: without_gaps(&spent), flat_rates: declared - in_months, forecast }
    }
}

fn without_gaps(spent: &BTreeMap<Month, Cents>) -> Vec<MonthSpent> {
    let mut months = Vec::new();
    let (Some((first, _)), Some((last, _))) = (spent.first_key_value(), spent.last_key_value())
    else {
        return months;
    };
    let mut up_to = Cents::ZERO;
    let mut month = *first;
    loop {
        let declared = spent.get(&month).copied().unwrap_or_default();
        up_to += declared;
        months.push(MonthSpent { month, declared, up_to });
        if month >= *last {
            return months;
        }
        month = month.next();
    }
}

/// Nothing before the project is registered.
fn forecast(
    project: &Project,
    spent: &BTreeMap<Month, Cents>,
    declared: Cents,
    planned: Cents,
    today: Date,
) -> Option<Forecast> {
    let registered = project.plan.registered.as_ref()?;
    let days = |from, to| Cents::new(i64::from(days_between(from, to).max(0)));
    let past = days(registered.start, today.min(registered.end));
    let whole = days(registered.start, registered.end);
    let this_month = Month::of(today);
    let of_pace = |month: &Month| month.months_until(this_month);
    let lately = spent.iter().filter(|(month, _)| (1..=PACE_MONTHS).contains(&of_pace(month)));
    let in_months: Cents = spent.values().copied().sum();
    let lately: Cents = lately.map(|(_, declared)| *declared).sum();
    // Flat rates grow with what they are taken of.
    let with_flat_rates = lately.fraction_rounded_down(declared, in_months);
    let pace = with_flat_rates.fraction_rounded_down(Cents::new(1), Cents::new(PACE_MONTHS.into()));
    let left = this_month.months_until(Month::of(registered.end));
    Some(Forecast {
        planned_by_now: planned.fraction_rounded_down(past, whole),
        declared,
        pace,
        declared_at_end: (0..left).fold(declared, |sum, _| sum + pace),
        trigger_reached_in: None,
    })
}

fn month_of_reaching(missing: Cents, forecast: &Forecast, today: Date) -> Option<Month> {
    if missing <= Cents::ZERO || forecast.pace <= Cents::ZERO {
        return None;
    }
    let mut month = Month::of(today);
    let mut left = missing;
    // No project lasts longer than a hundred years.
    for _ in 0..1_200 {
        left -= forecast.pace;
        month = month.next();
        if left <= Cents::ZERO {
            return Some(month);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::given::Given;
    use crate::project::finance::given::{cents, cost, fold, invoice, record, with};

    /// Declares so many euro on a day, in WP 5.
    fn declare(given: &mut Given, day: &str, amount: &str) {
        let number = given.project.version.to_string();
        let data = with(
            cost(),
            json!({ "document": invoice(&number), "net": amount, "vat": "0.00",
                "declared": amount }),
        );
        crate::project::finance::given::record_on(given, 3, day, "expenditure.declared", &data);
    }

    fn profile(given: &Given, today: &str) -> Profile {
        fold(&given.history).1.profile(&given.project, None, today.parse().unwrap())
    }

    #[test]
    fn months_without_spending_stand_between_those_with() {
        let mut given = Given::project();
        declare(&mut given, "2025-01-31", "10.00");
        declare(&mut given, "2025-03-01", "5.00");
        declare(&mut given, "2025-03-31", "2.50");
        let months: Vec<_> = profile(&given, "2025-04-10").months;
        let months: Vec<_> = months
            .iter()
            .map(|spent| (spent.month.to_string(), spent.declared, spent.up_to))
            .collect();
        assert_eq!(
            months,
            [
                ("2025-01".to_owned(), cents("10.00"), cents("10.00")),
                ("2025-02".to_owned(), cents("0.00"), cents("10.00")),
                ("2025-03".to_owned(), cents("7.50"), cents("17.50")),
            ]
        );
    }

    /// From 1 December 2024 to 31 May 2028 are 1,277 days, to 1 July 2026 577: 577 / 1,277 of
    /// 1,000.00 planned. The six months before July 2026 declare 60.00: 10.00 a month, of which
    /// 350.00 are reached in 28 months, after the end; and 22 months are left to the end.
    #[test]
    fn the_pace_of_six_full_months_leads_to_the_end() {
        let mut given = Given::project();
        declare(&mut given, "2025-12-31", "10.00");
        for month in 1..=6 {
            declare(&mut given, &format!("2026-{month:02}-15"), "10.00");
        }
        declare(&mut given, "2026-07-01", "500.00");
        let forecast = profile(&given, "2026-07-01").forecast.unwrap();
        assert_eq!(forecast.planned_by_now, cents("451.84"));
        assert_eq!(forecast.pace, cents("10.00"));
        assert_eq!(forecast.declared_at_end, cents("790.00"));
        assert_eq!(forecast.trigger_reached_in, None, "it is reached");
    }

    /// 60.00 of the 350.00 are declared: at 10.00 a month they are reached 29 months later; at
    /// 100.00 a month in three.
    #[test]
    fn the_month_of_the_trigger_is_told_where_it_comes_before_the_end() {
        let mut slow = Given::project();
        let mut fast = Given::project();
        for month in 1..=6 {
            declare(&mut slow, &format!("2026-{month:02}-15"), "10.00");
        }
        declare(&mut fast, "2026-05-15", "120.00");
        let reached = |given| profile(given, "2026-07-01").forecast.unwrap().trigger_reached_in;
        assert_eq!(reached(&slow), None);
        assert_eq!(reached(&fast).map(|month| month.to_string()).as_deref(), Some("2027-07"));
    }

    #[test]
    fn flat_rates_are_in_the_pace_and_in_no_month() {
        let mut given = Given::project();
        let staff = json!({ "category": "staff", "net": "60.00", "vat": "0.00",
            "declared": "60.00",
            "document": { "payroll": { "reference": "P", "period": "2026-05", "method": "x" } } });
        record(&mut given, 3, "expenditure.declared", &with(cost(), staff));
        let profile = profile(&given, "2025-07-01");
        assert_eq!(profile.flat_rates, cents("9.00"));
        assert_eq!(profile.forecast.unwrap().pace, cents("11.50"));
    }
}
