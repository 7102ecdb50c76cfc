//! The document of an annual progress report: the project as it was at one version.
//!
//! It depends on the number, the period and the version that the report names, and on nothing
//! else: the same events give the same document on any day, whoever asks. Lateness is that of the
//! period's last day. It shows what everybody who sees the amounts of every partner may see: no
//! expenditure line, no supplier, no evidence, no subject, and of the lessons those that are shared
//! with every member.
//!
//! Each section stands in a file of its own.

mod activities;
mod deliverables;
mod outputs;
mod indicators;
mod milestones;
mod money;
mod deviations;
mod lessons;
mod register;
mod plan_changes;
mod changes;
mod words;
#[cfg(test)]
mod tests;

use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;

use crate::code::Code;
use crate::event::plan::application_form::ApplicationFormApproved;
use crate::project::Project;
use crate::project::delivery::annual_report::Shown;
use crate::project::plan::item::Item;
use crate::text::LocalizedText;
use crate::view::budget_use::BudgetUse;
use crate::view::learning_log::LearningLog;
use crate::view::milestone_status::MilestoneStatus;
use crate::view::register as register_view;

/// The name of the layout. A document of another layout has another name.
const LAYOUT: &str = "cairn annual report 1";

/// A project with its views, all at one version.
#[derive(Clone, Copy, Debug)]
pub struct Folds<'a> {
    pub project: &'a Project,
    pub budget_use: &'a BudgetUse,
    pub milestones: &'a MilestoneStatus,
    pub learning: &'a LearningLog,
    pub register: &'a register_view::Register,
}

/// The folds that a report shows, and what it shows of them.
#[derive(Clone, Copy)]
struct At<'a> {
    folds: Folds<'a>,
    shows: Shown,
    /// The application form in force on the period's last day.
    form: Option<&'a ApplicationFormApproved>,
}

impl<'a> At<'a> {
    fn new(shows: Shown, folds: Folds<'a>) -> Self {
        let form = folds.project.plan.form_on(shows.to).map(|form| &**form);
        Self { folds, shows, form }
    }

    /// Codes as the form has them.
    fn codes(&self, items: &[Item<Code>]) -> Vec<Code> {
        items.iter().map(|item| self.folds.project.plan.code_of(*item, self.form)).collect()
    }

    /// The day on which lateness is read.
    fn day(&self) -> Date {
        self.shows.to
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    layout: &'static str,
    project: ProjectSection<'a>,
    report: ReportSection,
    activities: Vec<activities::Activity<'a>>,
    deliverables: Vec<deliverables::Deliverable<'a>>,
    outputs: Vec<outputs::Output<'a>>,
    indicators: Vec<indicators::Indicator<'a>>,
    milestones: Vec<milestones::Milestone<'a>>,
    money: money::Money,
    deviations: deviations::Deviations,
    lessons: Vec<lessons::Lesson<'a>>,
    register: register::Register<'a>,
    plan_changes: Vec<plan_changes::PlanChange<'a>>,
    /// Nothing in the first report.
    changes: Option<changes::Changes>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProjectSection<'a> {
    key: &'a str,
    acronym: Option<&'a str>,
    titles: Option<&'a LocalizedText>,
    programme: Option<&'a str>,
    start: Option<Date>,
    end: Option<Date>,
    /// The version of the application form that everything is held against.
    application_form: Option<u32>,
}

#[derive(Serialize)]
struct ReportSection {
    number: u32,
    from: Date,
    to: Date,
    version: u64,
}

/// The document as a JSON value; its canonical form (RFC 8785) is what is hashed.
///
/// `folds` are those at the version that the report shows, `before` the report that was handed in
/// before it with the folds at the version that it showed.
pub fn document(shows: Shown, folds: Folds<'_>, before: Option<(Shown, Folds<'_>)>) -> Value {
    let at = At::new(shows, folds);
    let before = before.map(|(shows, folds)| At::new(shows, folds));
    let document = Document {
        layout: LAYOUT,
        project: ProjectSection::of(&at),
        report: ReportSection {
            number: shows.number,
            from: shows.from,
            to: shows.to,
            version: shows.version,
        },
        activities: activities::section(&at),
        deliverables: deliverables::section(&at),
        outputs: outputs::section(&at),
        indicators: indicators::section(&at),
        milestones: milestones::section(&at),
        money: money::section(&at),
        deviations: deviations::section(&at),
        lessons: lessons::section(&at),
        register: register::section(&at),
        plan_changes: plan_changes::section(&at),
        changes: before.map(|before| changes::section(&at, &before)),
    };
    serde_json::to_value(document).expect("a document has string keys only")
}

impl<'a> ProjectSection<'a> {
    fn of(at: &At<'a>) -> Self {
        let project = at.folds.project;
        let registered = project.plan.registered.as_ref();
        Self {
            key: project.key.as_str(),
            acronym: registered.map(|data| data.acronym.as_str()),
            titles: registered.map(|data| &data.titles),
            programme: registered.map(|data| data.programme.as_str()),
            start: registered.map(|data| data.start),
            end: registered.map(|data| data.end),
            application_form: at.form.map(|form| form.version),
        }
    }
}
