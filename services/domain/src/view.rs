//! What people ask: folds of a project's events, and the questions put to them.
//!
//! A view that speaks of today takes the day as an argument.

pub mod budget_use;
pub mod milestone_status;
pub mod annual_report;
pub mod learning_log;
pub mod form_changes;

use jiff::civil::Date;

use crate::period::days_between;

/// Where an event was recorded more than this many days after it occurred, the views say so.
pub const RECORDED_LATE_DAYS: i32 = 14;

fn is_recorded_late(occurred_on: Date, recorded_on: Date) -> bool {
    days_between(occurred_on, recorded_on) > RECORDED_LATE_DAYS
}
