//! The floor: the rows that Cairn writes, one a commit, and nothing else. Same tables, keys,
//! triggers and settings; one connection, no rules, no hashes, no head, no HTTP.

use std::path::Path;
use std::time::{Duration, Instant};

use cairn_store::EventRow;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _};
use uuid::Uuid;

use crate::Measured;
use crate::process::processor_time;

const TABLES: &str = include_str!("../../../../migrations/sqlite/0001_log.sql");

const INSERT: &str = "insert into event (position, project, version, event_id, type, \
     schema_version, occurred_on, recorded_at, actor_subject, actor_partner, actor_role, payload, \
     payload_hash, digest, leaf_hash) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

pub(crate) struct Floor {
    connection: SqliteConnection,
    row: EventRow,
    position: i64,
}

impl Floor {
    /// A fresh database for rows like `row`.
    pub(crate) async fn open(path: &Path, row: EventRow) -> anyhow::Result<Self> {
        let mut connection = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("fullfsync", "on")
            .pragma("temp_store", "memory")
            .disable_statement_logging()
            .connect()
            .await?;
        sqlx::raw_sql(TABLES).execute(&mut connection).await?;
        Ok(Self { connection, row, position: 0 })
    }

    /// What a row holds, in words.
    pub(crate) fn shape(&self) -> String {
        format!("`{}` with {} bytes of payload", self.row.event_type, self.row.payload.len())
    }

    pub(crate) async fn commit_for(&mut self, duration: Duration) -> anyhow::Result<Measured> {
        let before = processor_time(std::process::id());
        let mut latencies = Vec::new();
        let first = Instant::now();
        let mut begun = first;
        while begun - first < duration {
            self.commit_one().await?;
            let committed = Instant::now();
            latencies.push(committed - begun);
            begun = committed;
        }
        let elapsed = first.elapsed();
        let after = processor_time(std::process::id());
        let spent = after.zip(before).map(|(after, before)| after - before);
        Ok(Measured::new(elapsed, latencies, spent))
    }

    async fn commit_one(&mut self) -> anyhow::Result<()> {
        self.position += 1;
        let row = &self.row;
        sqlx::query(INSERT)
            .bind(self.position)
            .bind(row.project.as_str())
            .bind(self.position)
            .bind(Uuid::new_v4().as_bytes().as_slice())
            .bind(row.event_type.as_str())
            .bind(i64::from(row.schema_version))
            .bind(row.occurred_on.as_str())
            .bind(row.recorded_at_us)
            .bind(row.actor_subject.as_str())
            .bind(row.actor_partner.map(i64::from))
            .bind(row.actor_role.as_str())
            .bind(row.payload.as_slice())
            .bind(row.payload_hash.as_slice())
            .bind(row.digest.as_slice())
            .bind(row.leaf_hash.as_slice())
            .execute(&mut self.connection)
            .await?;
        Ok(())
    }
}

/// The version of the SQLite that is built in.
pub(crate) async fn sqlite_version() -> anyhow::Result<String> {
    let mut connection = SqliteConnection::connect("sqlite::memory:").await?;
    Ok(sqlx::query_scalar("select sqlite_version()").fetch_one(&mut connection).await?)
}
