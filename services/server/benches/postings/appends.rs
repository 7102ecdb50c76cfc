//! The log without the program: rows through the trait `Log`, hashes included.

use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use cairn_store::{EventRow, Head, Log, NewEvent};
use futures::future::try_join_all;
use uuid::Uuid;

use crate::case::Ids;
use crate::measured::{Stopwatch, Window};

/// Rows of a turn where a log is filled.
const FILL_ROWS: usize = 1_000;

/// One who appends rows to a log.
#[derive(Clone)]
pub(crate) struct Appends {
    log: Arc<dyn Log>,
    event: NewEvent,
    ids: Ids,
}

impl Appends {
    /// Goes on after the rows of a log, with events like that of `row`.
    pub(crate) async fn open(address: &str, row: EventRow) -> anyhow::Result<Self> {
        let log = cairn_store::open(address).await?;
        let mut event = NewEvent::from(row);
        event.version = 0;
        let mut appends = Self { log, event, ids: Ids::Random };
        appends.event.version = appends.last_version().await?;
        Ok(appends)
    }

    /// The newest version of the project, which here is alone or not there at all.
    async fn last_version(&self) -> anyhow::Result<u64> {
        let position = self.log.head().await?.position;
        let last = self.log.read_rows(position.saturating_sub(1), 1).await?;
        let last = last.first().filter(|row| row.project == self.event.project);
        let version = last.map_or(0, |row| row.version);
        ensure!(version == position, "the log holds more than one project");
        Ok(version)
    }

    pub(crate) fn with_ids(&mut self, ids: Ids) -> &mut Self {
        self.ids = ids;
        self
    }

    pub(crate) async fn close(self) {
        self.log.close().await;
    }

    fn seal(&mut self, head: &mut Head, rows: usize) -> Vec<EventRow> {
        let next = || {
            self.event.version += 1;
            self.event.event_id = match self.ids {
                Ids::InOrder => Uuid::now_v7(),
                Ids::Random => Uuid::new_v4(),
            };
            head.seal(self.event.clone())
        };
        std::iter::repeat_with(next).take(rows).collect()
    }

    /// Until the log has so many events.
    pub(crate) async fn fill(&mut self, events: u64) -> anyhow::Result<()> {
        let mut head = self.log.head().await?;
        while head.position < events {
            let from = head.clone();
            let missing = usize::try_from(events - head.position)?;
            let rows = self.seal(&mut head, missing.min(FILL_ROWS));
            self.log.append(&from, &rows, &head).await?;
        }
        Ok(())
    }

    /// As the writer of the program does while nobody else writes: the statement that stores the
    /// rows compares the head.
    pub(crate) async fn alone_until(
        &mut self,
        window: Window,
        rows_each: usize,
    ) -> anyhow::Result<Vec<Duration>> {
        let mut head = self.log.head().await?;
        let mut stopwatch = Stopwatch::new(window);
        loop {
            let from = head.clone();
            let rows = self.seal(&mut head, rows_each);
            self.log.append(&from, &rows, &head).await?;
            if !stopwatch.lap() {
                return Ok(stopwatch.into_latencies());
            }
        }
    }

    /// Several callers in one process, each under the lock and in a project of its own.
    pub(crate) async fn in_turns_until(
        &self,
        window: Window,
        rows_each: usize,
        callers: usize,
    ) -> anyhow::Result<Vec<Duration>> {
        let task = || {
            let mut own = self.clone();
            own.event.project = Uuid::new_v4().to_string();
            own.event.version = 0;
            tokio::spawn(async move { own.under_lock_until(window, rows_each).await })
        };
        let mut latencies = Vec::new();
        for taken in try_join_all(std::iter::repeat_with(task).take(callers)).await? {
            latencies.extend(taken?);
        }
        Ok(latencies)
    }

    async fn under_lock_until(
        &mut self,
        window: Window,
        rows_each: usize,
    ) -> anyhow::Result<Vec<Duration>> {
        let mut stopwatch = Stopwatch::new(window);
        loop {
            let turn = self.log.begin().await?;
            let mut head = turn.head().clone();
            let rows = self.seal(&mut head, rows_each);
            turn.commit(&rows, &head).await?;
            if !stopwatch.lap() {
                return Ok(stopwatch.into_latencies());
            }
        }
    }
}
