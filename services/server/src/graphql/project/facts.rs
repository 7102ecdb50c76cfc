//! What a project is: names, period, partners, plan.

use std::sync::Arc;

use async_graphql::Object;

use super::Reading;
use crate::graphql::values::{Date, LocalizedText};

pub struct Facts(pub(super) Arc<Reading>);

#[Object]
impl Facts {
    /// The acronym, for display.
    async fn acronym(&self) -> Option<&str> {
        self.0.room.project.plan.registered.as_ref().map(|project| project.acronym.as_str())
    }

    async fn titles(&self) -> Option<LocalizedText> {
        let registered = self.0.room.project.plan.registered.as_ref();
        registered.map(|project| LocalizedText(project.titles.clone()))
    }

    /// Number of the project's last event in this answer.
    async fn version(&self) -> u64 {
        self.0.room.project.version
    }

    /// Position in the log of the project's last event in this answer.
    async fn position(&self) -> u64 {
        self.0.room.project.position
    }

    /// Up to which day facts are counted, where the question says one.
    async fn until(&self) -> Option<Date> {
        self.0.until.map(Date)
    }

    /// The version by which it was known, where the question says one.
    async fn as_of(&self) -> Option<u64> {
        self.0.as_of
    }
}
