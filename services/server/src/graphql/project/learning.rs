//! Learning.

use std::sync::Arc;

use async_graphql::Object;

use super::Reading;

pub struct Learning(pub(super) Arc<Reading>);

#[Object]
impl Learning {
    async fn learning_stub(&self) -> u64 {
        self.0.room.project.version
    }
}
