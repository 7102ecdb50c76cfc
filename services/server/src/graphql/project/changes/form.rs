//! What one application form says otherwise than another.

use async_graphql::{Enum, SimpleObject};
use cairn_domain::view::form_changes::amounts::{self, AmountKind};
use cairn_domain::view::form_changes::{self, EntryKind, ItemChangeKind};

use crate::graphql::project::money::CostCategory;
use crate::graphql::values::{Code, Decimal, LocalizedText};

/// What became of something that stands in a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "ItemChangeKind")]
pub enum FormChangeKind {
    Added,
    Removed,
    /// It has another code, and may read differently too.
    Moved,
    /// Under the same code something reads differently.
    Changed,
}

/// What has no code of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "EntryKind")]
pub enum FormEntryKind {
    Indicator,
    FlatRate,
    LumpSum,
    CalendarEntry,
}

/// What an amount of a form is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "AmountKind")]
pub enum PlannedAmountKind {
    /// Of a partner, work package and category.
    BudgetCell,
    /// The fund's part of a partner's budget.
    Erdf,
    /// A partner's own public money.
    PublicContribution,
    /// A partner's own private money.
    PrivateContribution,
    LumpSum,
}

/// All differences between two application forms.
#[derive(Clone, Debug, SimpleObject)]
pub struct FormChanges {
    /// Version of the earlier form.
    pub from: u32,
    /// Version of the later form.
    pub to: u32,
    /// Work packages, activities, deliverables, outputs and investments, in the order of the later
    /// form; after them what went.
    pub items: Vec<FormItemChange>,
    /// Indicators, flat rates, lump sums and the calendar.
    pub entries: Vec<FormEntryChange>,
    /// Amounts that differ. Null to those who see only the project's totals.
    pub amounts: Option<Vec<FormAmountChange>>,
}

/// What became of an item of the plan.
#[derive(Clone, Debug, SimpleObject)]
pub struct FormItemChange {
    /// What became of it.
    pub kind: FormChangeKind,
    /// Its code in the earlier form.
    pub before: Option<Code>,
    /// Its code in the later form.
    pub after: Option<Code>,
    /// Its title, as the later form has it; of what went, as the earlier one had it.
    pub titles: LocalizedText,
    /// Number of the partner that is or was responsible for it.
    pub partner: Option<u32>,
    /// What reads differently.
    pub fields: Vec<FieldChange>,
}

/// What became of an entry that has no code of the form.
#[derive(Clone, Debug, SimpleObject)]
pub struct FormEntryChange {
    /// What it is.
    pub entry: FormEntryKind,
    /// What became of it.
    pub kind: FormChangeKind,
    /// The programme's code of an indicator, the category of a flat rate, the option, partner and
    /// work package of a lump sum, the title of a day in the calendar.
    pub name: String,
    /// What reads differently.
    pub fields: Vec<FieldChange>,
}

/// One field that reads differently.
#[derive(Clone, Debug, SimpleObject)]
pub struct FieldChange {
    /// As the form names it, such as `partner`, `due`, `titles.bg`.
    pub field: String,
    /// In the earlier form.
    pub before: Option<String>,
    /// In the later form.
    pub after: Option<String>,
}

/// An amount that one form plans otherwise than another, in euro.
#[derive(Clone, Debug, SimpleObject)]
pub struct FormAmountChange {
    /// What the amount is.
    pub kind: PlannedAmountKind,
    /// Number of the partner.
    pub partner: u32,
    /// The work package of a budget cell or lump sum.
    pub work_package: Option<Code>,
    /// The kind of cost of a budget cell.
    pub category: Option<CostCategory>,
    /// The source of a contribution, the option of a lump sum.
    pub name: Option<String>,
    /// In the earlier form.
    pub before: Decimal,
    /// In the later form.
    pub after: Decimal,
    /// `after` less `before`.
    pub delta: Decimal,
}

impl FormChanges {
    pub fn of(changes: form_changes::FormChanges, sees_amounts: bool) -> Self {
        let amounts = changes.amounts.into_iter().map(FormAmountChange::from);
        Self {
            from: changes.from,
            to: changes.to,
            items: changes.items.into_iter().map(FormItemChange::from).collect(),
            entries: changes.entries.into_iter().map(FormEntryChange::from).collect(),
            amounts: sees_amounts.then(|| amounts.collect()),
        }
    }
}

impl From<form_changes::ItemChange> for FormItemChange {
    fn from(change: form_changes::ItemChange) -> Self {
        Self {
            kind: change.kind.into(),
            before: change.before.map(Code),
            after: change.after.map(Code),
            titles: LocalizedText(change.titles),
            partner: change.partner,
            fields: change.fields.into_iter().map(FieldChange::from).collect(),
        }
    }
}

impl From<form_changes::EntryChange> for FormEntryChange {
    fn from(change: form_changes::EntryChange) -> Self {
        Self {
            entry: change.entry.into(),
            kind: change.kind.into(),
            name: change.name,
            fields: change.fields.into_iter().map(FieldChange::from).collect(),
        }
    }
}

impl From<form_changes::FieldChange> for FieldChange {
    fn from(change: form_changes::FieldChange) -> Self {
        Self { field: change.field, before: change.before, after: change.after }
    }
}

impl From<amounts::AmountChange> for FormAmountChange {
    fn from(change: amounts::AmountChange) -> Self {
        Self {
            delta: Decimal(change.delta()),
            kind: change.kind.into(),
            partner: change.partner,
            work_package: change.work_package.map(|code| Code(code.into())),
            category: change.category.map(Into::into),
            name: change.name,
            before: Decimal(change.before),
            after: Decimal(change.after),
        }
    }
}
