//! What holds which milestone.

use async_graphql::SimpleObject;
use cairn_domain::view::milestone_status::critical;

use super::Light;
use super::milestone::ItemStatus;
use crate::graphql::values::{Code, Date, LocalizedText};

/// An item that is not done, and the milestones that wait for it.
#[derive(Clone, Debug, SimpleObject)]
pub struct CriticalItem {
    /// The code in the form.
    pub code: Code,
    /// Of another form where this one lacks the code; null where none has it.
    pub titles: Option<LocalizedText>,
    /// Number of the partner that owns it.
    pub partner: Option<u32>,
    /// Where it stands.
    pub status: ItemStatus,
    /// The item's own due day, where it has one.
    pub due: Option<Date>,
    /// The day by which it is expected, where somebody says one.
    pub forecast: Option<Date>,
    /// Days from `due` to the submission that waits, or to the day of the question.
    pub days_late: u32,
    /// How it runs against its due day.
    pub light: Light,
    /// What the light means: `on time`, `forecast 12 days late`, `14 days late`.
    pub light_word: String,
    /// Whether the form has the code.
    pub in_form: bool,
    /// The numbers of the milestones that it holds and that are not met.
    pub milestones: Vec<u32>,
}

impl From<&critical::CriticalItem<'_>> for CriticalItem {
    fn from(item: &critical::CriticalItem<'_>) -> Self {
        Self {
            code: Code(item.code),
            titles: item.titles.cloned().map(LocalizedText),
            partner: item.partner,
            status: item.status.into(),
            due: item.due.map(Date),
            forecast: item.forecast.map(Date),
            days_late: item.days_late,
            light: item.light.colour.into(),
            light_word: item.light.word.clone(),
            in_form: item.in_form,
            milestones: item.milestones.clone(),
        }
    }
}
