//! What people ask: folds of a project's events, and the questions put to them.
//!
//! A view that speaks of today takes the day as an argument.

pub mod budget_use;
pub mod trail;
pub mod origins;
pub mod fund;
pub mod cash;
pub mod oversight;
pub mod milestone_status;
pub mod annual_report;
pub mod learning_log;
pub mod form_changes;
pub mod register;
pub mod finance_register;
pub mod deadlines;
pub mod data_quality;
pub mod about;

use jiff::civil::Date;

use crate::code::Code;
use crate::event::plan::application_form::ApplicationFormApproved;
use crate::period::days_between;
use crate::policy::reading::Reader;
use crate::project::Project;
use crate::project::plan::item::Item;
use annual_report::AnnualReports;
use budget_use::BudgetUse;
use learning_log::LearningLog;
use milestone_status::MilestoneStatus;
use oversight::Oversight;
use register::Register;

/// What the lists over several views are read from, and by whom.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    pub project: &'a Project,
    pub milestones: &'a MilestoneStatus,
    pub learning: &'a LearningLog,
    pub register: &'a Register,
    pub annual_reports: &'a AnnualReports,
    pub budget_use: &'a BudgetUse,
    pub oversight: &'a Oversight,
    /// The form under which the plan is read; the newest where nothing is said.
    pub form: Option<&'a ApplicationFormApproved>,
    pub reader: &'a Reader,
}

impl<'a> Sources<'a> {
    fn form(&self) -> Option<&'a ApplicationFormApproved> {
        self.form.or_else(|| self.project.plan.newest_form().map(|form| &**form))
    }

    /// The code by which people know an item under the form.
    fn code(&self, item: Item<Code>) -> Code {
        self.project.plan.code_of(item, self.form())
    }
}

/// Where an event was recorded more than this many days after it occurred, the views say so.
pub const RECORDED_LATE_DAYS: i32 = 14;

fn is_recorded_late(occurred_on: Date, recorded_on: Date) -> bool {
    days_between(occurred_on, recorded_on) > RECORDED_LATE_DAYS
}
