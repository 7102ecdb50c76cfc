//! The contract on PostgreSQL, and what only PostgreSQL can get wrong.

use super::cluster;
use crate::contract;
use crate::log::migrate;

struct Fresh(String);

impl Fresh {
    async fn new() -> Fresh {
        let database = Fresh(cluster::shared().create_database());
        migrate(&database.0).await.unwrap();
        database
    }

    fn address(&self) -> String {
        self.0.clone()
    }
}

contract::run!(Fresh::new);
