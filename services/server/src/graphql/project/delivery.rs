//! Delivery.

use std::sync::Arc;

use async_graphql::Object;

use super::Reading;

pub struct Delivery(pub(super) Arc<Reading>);

#[Object]
impl Delivery {
    async fn delivery_stub(&self) -> u64 {
        self.0.room.project.version
    }
}
