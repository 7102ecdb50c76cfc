//! Which sheet is wanted, and which part of the project it shows.

use std::fmt::Display;
use std::str::FromStr;

use cairn_domain::code::WorkPackageCode;
use cairn_domain::event::plan::application_form::ApplicationFormApproved;
use cairn_domain::ids::PartnerNumber;
use cairn_domain::policy::reading::Reader;
use cairn_domain::project::Project;
use cairn_domain::view::budget_use::axes::{Axis, Detail};
use cairn_workbook::scope::Scope;
use cairn_workbook::sheet::Book;
use cairn_workbook::{budget_use, claim, expenditure_list};
use jiff::civil::Date;
use serde::Deserialize;

use super::no_sheet;
use crate::problem::{Kind, Problem};
use crate::views::Room;
use crate::views::past::Window;

/// What a request says beside the name of the sheet.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SheetParameters {
    /// What belongs to one partner.
    pub partner: Option<String>,
    /// What belongs to one work package.
    pub work_package: Option<String>,
    /// What is in one submitted claim.
    pub claim: Option<String>,
    /// Of budget use: the axes, between commas.
    pub by: Option<String>,
    /// What was known by this version of the project.
    pub version: Option<String>,
    /// What had happened by this day.
    pub until: Option<String>,
    /// Under another form than the newest.
    pub application_form: Option<String>,
    /// Of CSV: `comma` or `semicolon`.
    pub separator: Option<String>,
    /// Of CSV: whether it begins with the byte order mark.
    #[serde(default)]
    pub bom: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kinds {
    Expenditure,
    BudgetUse { by: Vec<Axis> },
    Claim { number: u32 },
}

/// A sheet, with the part of the figures that it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    sheet: Kinds,
    partner: Option<PartnerNumber>,
    work_package: Option<WorkPackageCode>,
    claim: Option<u32>,
    form: Option<u32>,
    window: Window,
}

impl Wanted {
    /// A sheet by its name, as in its path: `claims/1`.
    pub fn parse(name: &str, said: SheetParameters) -> Result<Self, Problem> {
        let number = name.strip_prefix("claims/").and_then(as_written::<u32>);
        let sheet = match (name, number) {
            ("expenditure", _) => Kinds::Expenditure,
            ("budget-use", _) => Kinds::BudgetUse { by: axes(said.by.as_deref())? },
            (_, Some(number)) => Kinds::Claim { number },
            (_, None) => return Err(no_sheet()),
        };
        let is_claim = matches!(sheet, Kinds::Claim { .. });
        if said.by.is_some() && !matches!(sheet, Kinds::BudgetUse { .. }) {
            return Err(wrong("`by` is of budget use."));
        }
        if is_claim && (said.work_package.is_some() || said.claim.is_some()) {
            return Err(wrong("Of a claim only `partner` can be chosen."));
        }
        let window = Window {
            version: read(said.version, "`version` is a version of the project: `120`.")?,
            until: day(said.until.as_deref())?,
        };
        Ok(Self {
            sheet,
            partner: read(said.partner, "`partner` is the number of a partner: `5`.")?,
            work_package: read(said.work_package, "`workPackage` is a code: `WP 5`.")?,
            claim: read(said.claim, "`claim` is the number of a claim: `1`.")?,
            form: read(said.application_form, "`applicationForm` is the number of a form: `1`.")?,
            window,
        })
    }

    pub(super) fn window(&self) -> Window {
        self.window
    }

    /// What the file is called, without the project and the ending.
    pub(super) fn name(&self) -> String {
        let mut name = match &self.sheet {
            Kinds::Expenditure => "expenditure".to_owned(),
            Kinds::BudgetUse { .. } => "budget-use".to_owned(),
            Kinds::Claim { number } => format!("claims-{number}"),
        };
        let said = [
            self.partner.map(|partner| format!("partner-{partner}")),
            self.work_package.map(|code| code.to_string().replace(' ', "-").to_lowercase()),
            self.claim.map(|claim| format!("claim-{claim}")),
            self.window.version.map(|version| format!("version-{version}")),
            self.window.until.map(|until| format!("until-{until}")),
            self.form.map(|form| format!("form-{form}")),
        ];
        for part in said.into_iter().flatten() {
            name.push('-');
            name.push_str(&part);
        }
        name
    }

    pub(super) fn check_rights(&self, reader: &Reader) -> Result<(), Problem> {
        match self.sheet {
            // Of it everybody gets the items that it may see, which may be none.
            Kinds::Expenditure => Ok(()),
            Kinds::BudgetUse { .. } | Kinds::Claim { .. } if reader.sees_amounts() => Ok(()),
            Kinds::BudgetUse { .. } | Kinds::Claim { .. } => Err(Problem::new(
                Kind::Forbidden,
                "This sheet is for those who may see the amounts of every partner.",
            )),
        }
    }

    /// What the project does not have would give an empty sheet, as if nothing were spent of it.
    fn check_is_there(
        &self,
        project: &Project,
        form: Option<&ApplicationFormApproved>,
    ) -> Result<(), Problem> {
        let plan = &project.plan;
        let partner = self.partner.filter(|number| !plan.partners.contains_key(number));
        let form = form.or(plan.newest_form().map(|form| &**form));
        let unknown = |code: &WorkPackageCode| plan.item_under(*code, form).since == 0;
        let work_package = self.work_package.filter(unknown);
        let claim = self.claim.filter(|number| project.finance.claim(*number).is_none());
        let partner = partner.map(|number| format!("partner {number}. Look at `partners`."));
        let package = work_package.map(|code| format!("work package `{code}` in any form."));
        let claim = claim.map(|number| format!("submitted claim {number}. Look at `claims`."));
        match partner.or(package).or(claim) {
            None => Ok(()),
            Some(what) => Err(Problem::new(Kind::NotFound, format!("The project has no {what}"))),
        }
    }

    /// The sheets, with the single items of the partners that may be seen.
    pub fn book(
        &self,
        room: &Room,
        may_see: impl Fn(PartnerNumber) -> bool,
    ) -> Result<Book, Problem> {
        let (project, figures) = (&room.project, &room.budget_use);
        let form = self.form.map(|version| {
            project.plan.forms.get(&version).ok_or_else(|| {
                let detail = format!("The project has no application form {version}.");
                Problem::new(Kind::NotFound, detail)
            })
        });
        let scope = Scope {
            form: form.transpose()?.map(|form| &**form),
            partner: self.partner,
            work_package: self.work_package,
            claim: self.claim,
        };
        self.check_is_there(project, scope.form)?;
        let sheets = match &self.sheet {
            Kinds::Expenditure => vec![expenditure_list::sheet(project, figures, &scope, may_see)],
            Kinds::BudgetUse { by } => {
                let detail = Detail::of(&project.plan, may_see);
                vec![budget_use::sheet(project, figures, by, &scope, detail)]
            }
            Kinds::Claim { number } => {
                let found = project.finance.claim(*number).ok_or_else(|| {
                    Problem::new(Kind::NotFound, "The project has no such claim. Look at `claims`.")
                })?;
                claim::sheets(project, figures, found, &scope, may_see).into()
            }
        };
        let registered = project.plan.registered.as_ref();
        let title = registered.map_or(project.key.as_str(), |data| data.acronym.as_str());
        let made_at = project.last_recorded_at.unwrap_or_default();
        Ok(Book { title: title.to_owned(), made_on: project.day_of(made_at), sheets })
    }
}

fn wrong(detail: &str) -> Problem {
    Problem::new(Kind::ParameterInvalid, detail)
}

/// A value that is written in the one way in which it is shown.
fn as_written<T: FromStr + Display>(said: &str) -> Option<T> {
    said.parse().ok().filter(|value: &T| value.to_string() == said)
}

/// A day without a time, of which a part would be left out.
fn day(said: Option<&str>) -> Result<Option<Date>, Problem> {
    let day = |said: &str| as_written(said.trim());
    said.map(|said| day(said).ok_or_else(|| wrong("`until` is a day: `2025-03-31`."))).transpose()
}

fn read<T: FromStr>(said: Option<String>, wanted: &str) -> Result<Option<T>, Problem> {
    said.map(|said| said.trim().parse().map_err(|_| wrong(wanted))).transpose()
}

/// Axes between commas, each once; those of the budget where nothing is said.
fn axes(named: Option<&str>) -> Result<Vec<Axis>, Problem> {
    let Some(named) = named else { return Ok(Axis::OF_BUDGET.to_vec()) };
    let mut axes = Vec::new();
    for word in named.split(',') {
        match budget_use::axis(word.trim()).filter(|axis| !axes.contains(axis)) {
            Some(axis) => axes.push(axis),
            None => {
                let detail = "`by` has some of these between commas, each once: partner, \
                    work-package, category, activity, deliverable, currency, month, claim.";
                return Err(Problem::new(Kind::ParameterInvalid, detail));
            }
        }
    }
    Ok(axes)
}
