//! The connections that read, on the file that lies at the path.

use std::sync::{PoisonError, RwLock};

use sqlx::SqlitePool;

use super::connect;
use super::file::FileId;
use crate::log::LogError;

pub(super) struct Readers {
    path: String,
    open: RwLock<Open>,
}

#[derive(Clone)]
struct Open {
    pool: SqlitePool,
    file: FileId,
}

impl Open {
    async fn on(path: &str) -> Result<Open, LogError> {
        let file = FileId::at(path)?;
        let pool = connect::readers_only(path).await?;
        file.check(path)?;
        Ok(Open { pool, file })
    }
}

impl Readers {
    pub(super) async fn open(path: &str) -> Result<Readers, LogError> {
        Ok(Readers { path: path.to_owned(), open: RwLock::new(Open::on(path).await?) })
    }

    pub(super) fn pool(&self) -> SqlitePool {
        self.now().pool
    }

    fn now(&self) -> Open {
        self.open.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Those of the file that lies at the path now.
    pub(super) async fn of_file_in_place(&self) -> Result<SqlitePool, LogError> {
        let Open { pool, file } = self.now();
        if FileId::at(&self.path)? == file {
            return Ok(pool);
        }
        let open = Open::on(&self.path).await?;
        tracing::error!("another file was put in the place of the log; it is read from now on");
        *self.open.write().unwrap_or_else(PoisonError::into_inner) = open.clone();
        Ok(open.pool)
    }

    pub(super) async fn close(&self) {
        self.pool().close().await;
    }
}
