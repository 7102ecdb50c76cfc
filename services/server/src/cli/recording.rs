//! A ledger that a command records into: its writer, started, and closed with all that is kept of
//! it when a process ends.

use std::path::{Path, PathBuf};

use anyhow::Context;
use tokio::task::JoinHandle;

use super::serve;
use crate::checkpoints;
use crate::keys::Keys;
use crate::views::Ledger;
use crate::views::snapshot::Snapshots;
use crate::writer::{Postbox, Started};

pub(super) struct Recording {
    pub(super) postbox: Postbox,
    pub(super) ledger: Ledger,
    task: JoinHandle<()>,
    data: PathBuf,
    keys: Keys,
    snapshots: Snapshots,
}

impl Recording {
    /// `puts_back` where events may come that were recorded before, from an export.
    pub(super) async fn open(database: &str, data: &Path, puts_back: bool) -> anyhow::Result<Self> {
        let log = cairn_store::open(database)
            .await
            .context("the log cannot be opened; look at --database")?;
        let keys = checkpoints::folder::keys_for(&*log, data).await?;
        checkpoints::folder::check(&*log, data, &keys, puts_back).await?;
        let snapshots = Snapshots::new(data, keys.snapshots.clone());
        let Started { postbox, ledger, task } = serve::start(log, &snapshots).await?;
        Ok(Self { postbox, ledger, task, data: data.to_owned(), keys, snapshots })
    }

    /// Waits for the writer's last turn, signs the head of the log and writes snapshots.
    pub(super) async fn close(self) -> anyhow::Result<()> {
        let Self { postbox, ledger, task, data, keys, snapshots } = self;
        // Without a way to post the writer ends.
        drop(postbox);
        task.await?;
        checkpoints::keep(&ledger, &data, &keys.log).await?;
        snapshots.keep(&ledger);
        ledger.log().close().await;
        Ok(())
    }
}
