//! The plan of one application form: work packages, outputs, and the forms themselves.

use async_graphql::{Enum, SimpleObject};
use cairn_domain::event::plan::application_form::{self, ApplicationFormApproved};

use crate::graphql::values::{Code, Date, LocalizedText};

/// What a work package is for; costs of thematic ones end before the project does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "application_form::WorkPackageType")]
pub enum WorkPackageType {
    Preparation,
    Management,
    Monitoring,
    Communication,
    Thematic,
    Transfer,
}

/// A part of the plan with its own lead.
#[derive(Clone, Debug, SimpleObject)]
pub struct WorkPackage {
    /// The code in the form.
    pub code: Code,
    /// What it is for.
    #[graphql(name = "type")]
    pub kind: WorkPackageType,
    /// The title in the form.
    pub titles: LocalizedText,
    /// Number of the partner that leads it.
    pub partner: Option<u32>,
}

impl WorkPackage {
    pub fn of(planned: &application_form::WorkPackage) -> Self {
        Self {
            code: Code(planned.code.into()),
            kind: planned.kind.into(),
            titles: LocalizedText(planned.titles.clone()),
            partner: planned.partner,
        }
    }
}

/// What activities and deliverables come to, counted by an indicator.
#[derive(Clone, Debug, SimpleObject)]
pub struct Output {
    /// The code in the form.
    pub code: Code,
    /// The title in the form.
    pub titles: LocalizedText,
    /// Number of the responsible partner.
    pub partner: u32,
    /// Numbers of the partners that contribute.
    pub contributors: Vec<u32>,
    /// How many are planned.
    pub target: u32,
    /// What is counted.
    pub unit: String,
}

impl Output {
    pub fn of(planned: &application_form::Output) -> Self {
        Self {
            code: Code(planned.code.into()),
            titles: LocalizedText(planned.titles.clone()),
            partner: planned.partner,
            contributors: planned.contributors.to_vec(),
            target: planned.target,
            unit: planned.unit.to_string(),
        }
    }
}

/// A version of the plan.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct ApplicationForm {
    /// Number of the version.
    pub version: u32,
    /// First day on which it is in force.
    pub valid_from: Date,
}

impl ApplicationForm {
    pub fn of(form: &ApplicationFormApproved) -> Self {
        Self { version: form.version, valid_from: Date(form.valid_from) }
    }
}
