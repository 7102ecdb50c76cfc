//! The application form: the whole plan of a project in one event. A new version re-projects all
//! older facts by their codes.

pub mod items;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::code::{
    ActivityCode, Code, DeliverableCode, InvestmentCode, OutputCode, WorkPackageCode,
};
use crate::event::evidence::Evidence;
use crate::ids::PartnerNumber;
use crate::list::{
    AtMost, CATEGORIES_MAX, CODES_MAX, CONTRIBUTORS_MAX, EVIDENCE_MAX, FORM_ITEMS_MAX, POINTS_MAX,
};
use crate::money::{Cents, Share};
use crate::text::{LocalizedText, ShortText};

/// A version of the application form is approved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApplicationFormApproved {
    #[schemars(range(min = 1, max = 999))]
    pub version: u32,
    pub valid_from: Date,
    /// Numbers of the changes that this version carries out.
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub changes: AtMost<POINTS_MAX, u32>,
    pub work_packages: AtMost<FORM_ITEMS_MAX, WorkPackage>,
    pub activities: AtMost<FORM_ITEMS_MAX, Activity>,
    pub deliverables: AtMost<FORM_ITEMS_MAX, Deliverable>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub outputs: AtMost<FORM_ITEMS_MAX, Output>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub investments: AtMost<FORM_ITEMS_MAX, Investment>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub indicators: AtMost<FORM_ITEMS_MAX, Indicator>,
    pub budget: Budget,
    /// Dates that the whole partnership keeps to.
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub calendar: AtMost<FORM_ITEMS_MAX, CalendarEntry>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WorkPackage {
    pub code: WorkPackageCode,
    #[serde(rename = "type")]
    pub kind: WorkPackageType,
    pub titles: LocalizedText,
    /// The partner that leads the work package.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<PartnerNumber>,
    /// The code that this work package had in the version before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<WorkPackageCode>,
    /// Says that a code of an earlier version now means something else.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub new: bool,
}

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum WorkPackageType {
    Preparation,
    Management,
    Monitoring,
    Communication,
    Thematic,
    Transfer,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Activity {
    pub code: ActivityCode,
    pub titles: LocalizedText,
    /// The responsible partner, the activity's owner.
    pub partner: PartnerNumber,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub contributors: AtMost<CONTRIBUTORS_MAX, PartnerNumber>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<ActivityCode>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub new: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Deliverable {
    pub code: DeliverableCode,
    pub titles: LocalizedText,
    /// The responsible partner, the deliverable's owner.
    pub partner: PartnerNumber,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub contributors: AtMost<CONTRIBUTORS_MAX, PartnerNumber>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
    /// Outputs that the deliverable contributes to.
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub outputs: AtMost<CODES_MAX, OutputCode>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<DeliverableCode>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub new: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Output {
    pub code: OutputCode,
    pub titles: LocalizedText,
    pub partner: PartnerNumber,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub contributors: AtMost<CONTRIBUTORS_MAX, PartnerNumber>,
    /// How many are planned.
    #[schemars(range(min = 1))]
    pub target: u32,
    pub unit: ShortText,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<OutputCode>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub new: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Investment {
    pub code: InvestmentCode,
    pub titles: LocalizedText,
    pub partner: PartnerNumber,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<InvestmentCode>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub new: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Indicator {
    /// The programme's code, such as `RCO 76`.
    pub code: ShortText,
    pub kind: IndicatorKind,
    pub titles: LocalizedText,
    pub unit: ShortText,
    /// The partner that reports it; where none is named, those that own the outputs which it
    /// counts, and where it counts none, the lead partner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<PartnerNumber>,
    /// Value before the project; a decimal string.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<ShortText>,
    /// Value aimed at; a decimal string.
    pub target: ShortText,
    /// Outputs that an output indicator counts.
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub outputs: AtMost<CODES_MAX, OutputCode>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IndicatorKind {
    Output,
    Result,
}

/// The money of the plan, in euro.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Budget {
    /// One cell for each partner, work package and category that has money.
    pub cells: AtMost<FORM_ITEMS_MAX, BudgetCell>,
    pub partners: AtMost<FORM_ITEMS_MAX, PartnerFinancing>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub flat_rates: AtMost<FORM_ITEMS_MAX, FlatRate>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub lump_sums: AtMost<FORM_ITEMS_MAX, LumpSum>,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub unit_costs: AtMost<FORM_ITEMS_MAX, UnitCost>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BudgetCell {
    pub partner: PartnerNumber,
    pub work_package: WorkPackageCode,
    pub category: Category,
    pub amount: Cents,
}

/// A cost category of the fund.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    Staff,
    OfficeAndAdministration,
    TravelAndAccommodation,
    ExternalExpertise,
    Equipment,
    Infrastructure,
    LumpSum,
}

/// Who pays for a partner's part: the fund, and the partner's own sources.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PartnerFinancing {
    pub partner: PartnerNumber,
    pub erdf: Cents,
    pub contributions: AtMost<CONTRIBUTORS_MAX, Contribution>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Contribution {
    pub source: ShortText,
    pub kind: ContributionKind,
    pub amount: Cents,
}

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ContributionKind {
    Public,
    Private,
}

/// A category that is computed from others and never posted, such as office and administration
/// at 15 % of staff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FlatRate {
    pub category: Category,
    pub rate: Share,
    /// The categories that the rate is taken of.
    pub base: AtMost<CATEGORIES_MAX, Category>,
    /// The partners that use it; all where none is named.
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub partners: AtMost<CONTRIBUTORS_MAX, PartnerNumber>,
}

impl FlatRate {
    pub fn applies_to(&self, partner: PartnerNumber) -> bool {
        self.partners.is_empty() || self.partners.contains(&partner)
    }
}

impl UnitCost {
    pub fn applies_to(&self, partner: PartnerNumber) -> bool {
        self.partners.is_empty() || self.partners.contains(&partner)
    }
}

/// A sum paid for a result, whatever it cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LumpSum {
    pub option: ShortText,
    pub partner: PartnerNumber,
    pub work_package: WorkPackageCode,
    pub amount: Cents,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub conditions: AtMost<POINTS_MAX, ShortText>,
}

/// What one unit of work is paid, whatever it cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UnitCost {
    pub option: ShortText,
    /// The category in which its units count.
    pub category: Category,
    /// What is counted, such as `hour of a trainer`.
    pub unit: ShortText,
    /// Euro for one unit.
    pub amount: Cents,
    /// The partners that use it; all where none is named.
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub partners: AtMost<CONTRIBUTORS_MAX, PartnerNumber>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CalendarEntry {
    pub date: Date,
    pub title: LocalizedText,
}

impl ApplicationFormApproved {
    /// Whether a code stands in the form.
    pub fn has(&self, code: Code) -> bool {
        match code {
            Code::WorkPackage(code) => self.work_package(code).is_some(),
            Code::Activity(code) => self.activity(code).is_some(),
            Code::Deliverable(code) => self.deliverable(code).is_some(),
            Code::Output(code) => self.output(code).is_some(),
            Code::Investment(code) => self.investment(code).is_some(),
        }
    }

    pub fn work_package(&self, code: WorkPackageCode) -> Option<&WorkPackage> {
        self.work_packages.iter().find(|item| item.code == code)
    }

    pub fn activity(&self, code: ActivityCode) -> Option<&Activity> {
        self.activities.iter().find(|item| item.code == code)
    }

    pub fn deliverable(&self, code: DeliverableCode) -> Option<&Deliverable> {
        self.deliverables.iter().find(|item| item.code == code)
    }

    pub fn output(&self, code: OutputCode) -> Option<&Output> {
        self.outputs.iter().find(|item| item.code == code)
    }

    /// The titles of the item with this code.
    pub fn titles(&self, code: Code) -> Option<&LocalizedText> {
        match code {
            Code::WorkPackage(code) => self.work_package(code).map(|item| &item.titles),
            Code::Activity(code) => self.activity(code).map(|item| &item.titles),
            Code::Deliverable(code) => self.deliverable(code).map(|item| &item.titles),
            Code::Output(code) => self.output(code).map(|item| &item.titles),
            Code::Investment(code) => self.investment(code).map(|item| &item.titles),
        }
    }

    /// The partner that owns the item with this code.
    pub fn owner(&self, code: Code) -> Option<PartnerNumber> {
        match code {
            Code::WorkPackage(code) => self.work_package(code).and_then(|item| item.partner),
            Code::Activity(code) => self.activity(code).map(|item| item.partner),
            Code::Deliverable(code) => self.deliverable(code).map(|item| item.partner),
            Code::Output(code) => self.output(code).map(|item| item.partner),
            Code::Investment(code) => self.investment(code).map(|item| item.partner),
        }
    }

    /// The indicator with this code, whatever the case and spaces in which people write it.
    pub fn indicator(&self, code: &str) -> Option<&Indicator> {
        let name = indicator_name(code);
        self.indicators.iter().find(|item| indicator_name(item.code.as_str()) == name)
    }

    pub fn investment(&self, code: InvestmentCode) -> Option<&Investment> {
        self.investments.iter().find(|item| item.code == code)
    }
}

/// What tells indicators apart: `RCO 76`, `rco76` and `RCO  76` are one, and so is one with
/// Cyrillic or Greek letters that look like the Latin ones.
pub fn indicator_name(code: &str) -> String {
    let letters = code.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase);
    letters.map(latin).collect()
}

/// The Latin capital that a Cyrillic or Greek one looks like.
fn latin(capital: char) -> char {
    match capital {
        'А' | 'Α' => 'A',
        'В' | 'Β' => 'B',
        'С' => 'C',
        'Е' | 'Ε' => 'E',
        'Н' | 'Η' => 'H',
        'І' | 'Ι' => 'I',
        'К' | 'Κ' => 'K',
        'М' | 'Μ' => 'M',
        'О' | 'Ο' => 'O',
        'Р' | 'Ρ' => 'P',
        'Т' | 'Τ' => 'T',
        'Х' | 'Χ' => 'X',
        other => other,
    }
}
