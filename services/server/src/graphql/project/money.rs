//! Money.

use std::sync::Arc;

use async_graphql::Object;

use super::Reading;

pub struct Money(pub(super) Arc<Reading>);

#[Object]
impl Money {
    async fn money_stub(&self) -> u64 {
        self.0.room.project.version
    }
}
