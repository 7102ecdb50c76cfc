//! What people ask: folds of a project's events, and the questions put to them.
//!
//! A view that speaks of today takes the day as an argument.

pub mod budget_use;
pub mod milestone_status;
pub mod learning_log;
