//! Log.

use std::sync::Arc;

use async_graphql::Object;

use super::Reading;

pub struct Log(pub(super) Arc<Reading>);

#[Object]
impl Log {
    async fn log_stub(&self) -> u64 {
        self.0.room.project.version
    }
}
