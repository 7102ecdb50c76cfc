//! Where the project is not as the form planned it: late, returned, above the budget, forecast to
//! be late, not in the form any more.

use jiff::civil::Date;
use serde::Serialize;

use super::{At, activities, deliverables, milestones, money, outputs};
use crate::code::Code;
use crate::money::Cents;
use crate::project::delivery::output::OutputStatus;
use crate::view::budget_use::axes::Axis;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Deviations {
    /// Due and not done by the period's last day, or handed in late and not accepted yet.
    late: Vec<Late>,
    done_late: Vec<Late>,
    late_milestones: Vec<LateMilestone>,
    returned: Vec<Returned>,
    /// Open items that are forecast after their due day.
    forecasts: Vec<Forecast>,
    /// Codes with facts that the form does not have.
    not_in_form: Vec<Code>,
    above_budget: Vec<money::Row>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Late {
    code: Code,
    days_late: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LateMilestone {
    number: u32,
    days_late: u32,
    done_late: bool,
}

#[derive(Serialize)]
struct Returned {
    code: Code,
    times: usize,
}

#[derive(Serialize)]
struct Forecast {
    code: Code,
    due: Date,
    forecast: Date,
}

/// What is told of an item against its due day. An output has none.
struct Course {
    code: Code,
    due: Option<Date>,
    forecast: Option<Date>,
    is_done: bool,
    days_late: u32,
    in_form: bool,
}

pub(super) fn section(at: &At<'_>) -> Deviations {
    let courses = courses(at);
    let late = |done: bool| {
        let late = courses.iter().filter(move |item| item.days_late > 0 && item.is_done == done);
        late.map(|item| Late { code: item.code, days_late: item.days_late }).collect()
    };
    Deviations {
        late: late(false),
        done_late: late(true),
        late_milestones: late_milestones(at),
        returned: returned(at),
        forecasts: courses.iter().filter_map(Course::forecast_late).collect(),
        not_in_form: courses.iter().filter(|item| !item.in_form).map(|item| item.code).collect(),
        above_budget: above_budget(at),
    }
}

fn courses(at: &At<'_>) -> Vec<Course> {
    let activities = activities::readings(at).into_iter().map(|item| Course {
        code: item.code.into(),
        due: item.end,
        forecast: item.forecast_end,
        is_done: item.completed_on.is_some(),
        days_late: item.days_late,
        in_form: item.in_form,
    });
    let deliverables = deliverables::readings(at).into_iter().map(|item| Course {
        code: item.code.into(),
        due: item.due,
        forecast: item.forecast,
        is_done: super::changes::is_accepted(&item),
        days_late: item.days_late,
        in_form: item.in_form,
    });
    let outputs = outputs::readings(at).into_iter().map(|item| Course {
        code: item.code.into(),
        due: None,
        forecast: item.forecast,
        is_done: item.status == OutputStatus::Achieved,
        days_late: 0,
        in_form: item.in_form,
    });
    activities.chain(deliverables).chain(outputs).collect()
}

impl Course {
    fn forecast_late(&self) -> Option<Forecast> {
        let (due, forecast) = (self.due?, self.forecast?);
        let late = !self.is_done && forecast > due;
        late.then_some(Forecast { code: self.code, due, forecast })
    }
}

fn late_milestones(at: &At<'_>) -> Vec<LateMilestone> {
    let late = milestones::readings(at).into_iter().filter(|item| item.days_late > 0);
    late.map(|item| LateMilestone {
        number: item.number,
        days_late: item.days_late,
        done_late: item.done_late,
    })
    .collect()
}

fn returned(at: &At<'_>) -> Vec<Returned> {
    let all = deliverables::readings(at).into_iter();
    let all =
        all.map(|item| Returned { code: item.code.into(), times: deliverables::returned(&item) });
    all.filter(|item| item.times > 0).collect()
}

/// Partners, work packages and categories of which more is declared than planned.
fn above_budget(at: &At<'_>) -> Vec<money::Row> {
    let axes = [Axis::Partner, Axis::WorkPackage, Axis::Category];
    let rows = axes.into_iter().flat_map(|axis| money::rows(at, axis));
    rows.filter(|row| row.amounts.remaining < Cents::ZERO).collect()
}
