//! The floor on SQLite: the rows that Cairn writes, one a commit, and nothing else. Same tables,
//! keys, triggers and settings; one connection, no rules, no hashes, no head, no HTTP.

use std::path::Path;
use std::time::Duration;

use cairn_store::EventRow;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _};
use uuid::Uuid;

use crate::measured::{Stopwatch, Window};

const INSERT: &str = "insert into event (position, project, version, event_id, type, \
     schema_version, occurred_on, recorded_at, actor_subject, actor_partner, actor_role, payload, \
     payload_hash, digest, leaf_hash) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

pub(crate) struct SqliteFloor {
    connection: SqliteConnection,
    row: EventRow,
    position: i64,
}

impl SqliteFloor {
    /// Goes on after the rows of a log that nobody else has open, with rows like `row`.
    pub(crate) async fn open(log: &Path, row: EventRow) -> anyhow::Result<Self> {
        let mut connection = SqliteConnectOptions::new()
            .filename(log)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("fullfsync", "on")
            .pragma("temp_store", "memory")
            .disable_statement_logging()
            .connect()
            .await?;
        let position = sqlx::query_scalar("select coalesce(max(position), 0) from event")
            .fetch_one(&mut connection)
            .await?;
        Ok(Self { connection, row, position })
    }

    pub(crate) async fn commit_until(&mut self, window: Window) -> anyhow::Result<Vec<Duration>> {
        let mut stopwatch = Stopwatch::new(window);
        loop {
            self.commit_one().await?;
            if !stopwatch.lap() {
                return Ok(stopwatch.into_latencies());
            }
        }
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

/// The statement of the floor on PostgreSQL: the same row into the same table, with its place out
/// of a sequence and an id of the server's making.
pub(crate) fn insert_for_pgbench(row: &EventRow) -> String {
    let EventRow { project, event_type, schema_version, occurred_on, recorded_at_us, .. } = row;
    let EventRow { actor_subject, actor_role, .. } = row;
    let partner = row.actor_partner.map_or_else(|| "null".to_owned(), |p| p.to_string());
    let [payload, payload_hash, digest, leaf_hash] =
        [&row.payload[..], &row.payload_hash, &row.digest, &row.leaf_hash].map(hexadecimal);
    format!(
        "with place as (select nextval('{SEQUENCE}') as n) \
         insert into event (position, project, version, event_id, type, schema_version, \
         occurred_on, recorded_at, actor_subject, actor_partner, actor_role, payload, \
         payload_hash, digest, leaf_hash) \
         select n, '{project}', n, gen_random_uuid(), '{event_type}', {schema_version}, \
         '{occurred_on}', {recorded_at_us}, '{actor_subject}', {partner}, '{actor_role}', \
         '\\x{payload}'::bytea, '\\x{payload_hash}'::bytea, '\\x{digest}'::bytea, \
         '\\x{leaf_hash}'::bytea from place"
    )
}

const SEQUENCE: &str = "floor_place";

/// What the statement above needs in a database that holds a log.
pub(crate) fn prepare_for_pgbench() -> String {
    format!(
        "create sequence {SEQUENCE}; \
         select setval('{SEQUENCE}', (select coalesce(max(position), 0) + 1 from event))"
    )
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
