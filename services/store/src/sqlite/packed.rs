//! Many rows as one value. Each value of each row costs an allocation and each row a hop between
//! threads, so a page that SQL packs is read in a third of the time.
//!
//! Only rows are packed whose columns are of the types that they were stored as. Whatever is not so
//! is nothing here, and is read row by row, which says what is wrong with which column.

use std::str;

use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqlitePool, SqliteRow};
use sqlx::{Row as _, Sqlite};
use uuid::Uuid;

use super::{SQLITE_TOOBIG, primary_code, unavailable};
use crate::event::EventRow;
use crate::log::{LogError, Page};
use crate::row::{after, head_from};

/// Numbers and lengths as text, each behind a space, then the columns one after the other. Blobs
/// go through `concat` byte by byte.
macro_rules! pack {
    ($where:literal) => {
        concat!(
            "cast((select group_concat(packed, '') from (select case when \
             typeof(position) = 'integer' and typeof(project) = 'text' \
             and typeof(version) = 'integer' and typeof(event_id) = 'blob' \
             and typeof(type) = 'text' and typeof(schema_version) = 'integer' \
             and typeof(occurred_on) = 'text' and typeof(recorded_at) = 'integer' \
             and typeof(actor_subject) = 'text' and typeof(actor_partner) in ('integer', 'null') \
             and typeof(actor_role) = 'text' and typeof(payload) = 'blob' \
             and typeof(payload_hash) = 'blob' and octet_length(payload_hash) = 32 \
             and typeof(digest) = 'blob' and octet_length(digest) = 32 \
             and typeof(leaf_hash) = 'blob' and octet_length(leaf_hash) = 32 \
             and octet_length(event_id) = 16 then concat(\
             position, ' ', version, ' ', schema_version, ' ', recorded_at, ' ', \
             coalesce(actor_partner, '-'), ' ', octet_length(project), ' ', \
             octet_length(type), ' ', octet_length(occurred_on), ' ', \
             octet_length(actor_subject), ' ', octet_length(actor_role), ' ', \
             octet_length(payload), ' ', project, type, occurred_on, actor_subject, actor_role, \
             event_id, payload_hash, digest, leaf_hash, payload) else '?' end as packed \
             from event where ",
            $where,
            ")) as blob)"
        )
    };
}

const SELECT_ROWS: &str = concat!("select ", pack!("position > ?1 order by position limit ?2"));

const SELECT_PROJECT: &str =
    concat!("select ", pack!("project = ?1 and version > ?2 order by version limit ?3"));

/// One statement sees one moment.
const SELECT_PAGE: &str = concat!(
    "select position, tree_head, frontier, ",
    pack!("position > ?1 order by position limit ?2"),
    " from head"
);

pub(super) async fn read(
    readers: &SqlitePool,
    after_position: u64,
    limit: u32,
) -> Result<Option<Page>, LogError> {
    let query = sqlx::query(SELECT_PAGE).bind(after(after_position)).bind(i64::from(limit));
    let row = one(query, readers).await?;
    let unpacked = row
        .as_ref()
        .and_then(|row| Some(Page { head: head_from(row, 1, 2).ok()?, rows: unpack(row, 3)? }));
    Ok(unpacked)
}

pub(super) async fn read_rows(
    readers: &SqlitePool,
    after_position: u64,
    limit: u32,
) -> Result<Option<Vec<EventRow>>, LogError> {
    let query = sqlx::query(SELECT_ROWS).bind(after(after_position)).bind(i64::from(limit));
    Ok(one(query, readers).await?.and_then(|row| unpack(&row, 0)))
}

pub(super) async fn read_project(
    readers: &SqlitePool,
    project: &str,
    after_version: u64,
    limit: u32,
) -> Result<Option<Vec<EventRow>>, LogError> {
    let query = sqlx::query(SELECT_PROJECT).bind(project).bind(after(after_version));
    Ok(one(query.bind(i64::from(limit)), readers).await?.and_then(|row| unpack(&row, 0)))
}

/// Nothing where all of it is too large for one value, or there is no head.
async fn one(
    query: Query<'_, Sqlite, SqliteArguments>,
    readers: &SqlitePool,
) -> Result<Option<SqliteRow>, LogError> {
    match query.fetch_optional(readers).await {
        Err(error) if primary_code(&error) == Some(SQLITE_TOOBIG) => Ok(None),
        found => found.map_err(unavailable),
    }
}

fn unpack(row: &SqliteRow, column: usize) -> Option<Vec<EventRow>> {
    let mut packed = Packed { rest: row.try_get::<Option<&[u8]>, _>(column).ok()?.unwrap_or(&[]) };
    let mut rows = Vec::new();
    while !packed.rest.is_empty() {
        rows.push(packed.row()?);
    }
    Some(rows)
}

struct Packed<'a> {
    rest: &'a [u8],
}

impl<'a> Packed<'a> {
    fn row(&mut self) -> Option<EventRow> {
        let position = self.number()?;
        let version = self.number()?;
        let schema_version = self.number()?;
        let recorded_at_us = self.number()?;
        let actor_partner = match self.word()? {
            "-" => None,
            number => Some(number.parse().ok()?),
        };
        let mut lengths = [0; 6];
        for length in &mut lengths {
            *length = self.number()?;
        }
        let [project, event_type, occurred_on, subject, role, payload] = lengths;
        Some(EventRow {
            position,
            project: self.text(project)?,
            version,
            schema_version,
            event_type: self.text(event_type)?,
            occurred_on: self.text(occurred_on)?,
            recorded_at_us,
            actor_subject: self.text(subject)?,
            actor_partner,
            actor_role: self.text(role)?,
            event_id: Uuid::from_bytes(self.array()?),
            payload_hash: self.array()?,
            digest: self.array()?,
            leaf_hash: self.array()?,
            payload: self.bytes(payload)?.to_vec(),
        })
    }

    fn word(&mut self) -> Option<&'a str> {
        let end = self.rest.iter().position(|byte| *byte == b' ')?;
        let word = str::from_utf8(self.bytes(end)?).ok()?;
        self.bytes(1)?;
        Some(word)
    }

    fn number<T: str::FromStr>(&mut self) -> Option<T> {
        self.word()?.parse().ok()
    }

    fn bytes(&mut self, length: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(bytes)
    }

    fn text(&mut self, length: usize) -> Option<String> {
        str::from_utf8(self.bytes(length)?).ok().map(str::to_owned)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.bytes(N)?.try_into().ok()
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::super::SqliteLog;
    use super::{read, read_project, read_rows};
    use crate::contract::{append, event};
    use crate::log::Log as _;

    /// Rows whose columns hold what could be taken for the end of a number or of a column.
    #[tokio::test]
    async fn packs_every_row_as_it_is() {
        let folder = TempDir::new().unwrap();
        let log = SqliteLog::open(folder.path().join("log.db").to_str().unwrap()).await.unwrap();
        let nothing = read(&log.readers.pool(), 0, 10).await.unwrap().unwrap();
        assert_eq!((nothing.head.position, nothing.rows), (0, vec![]));

        let texts = ["", " ", "7 7 7", "?", "-", "Хасково", "a\0b", "'\n"];
        let payloads = [&b""[..], b" ", b"\0\xff\xfe 12 ", &[b'x'; 100_000]];
        let events = texts.iter().zip(1..).flat_map(|(text, n)| {
            payloads.iter().zip(0..).map(move |(payload, m)| {
                let mut event = event("care-get", (n - 1) * 4 + m + 1);
                event.actor_subject = (*text).to_owned();
                event.payload = payload.to_vec();
                event.recorded_at_us -= i64::MAX / 2 * i64::from(n == 1);
                event
            })
        });
        let rows = append(&log, events.collect()).await;
        let page = read(&log.readers.pool(), 0, 100).await.unwrap().unwrap();
        assert_eq!((page.head, page.rows.as_slice()), (log.head().await.unwrap(), rows.as_slice()));
        assert_eq!(read_rows(&log.readers.pool(), 3, 20).await.unwrap().unwrap(), rows[3..23]);
        assert_eq!(
            read_project(&log.readers.pool(), "care-get", 30, 20).await.unwrap().unwrap(),
            rows[30..]
        );
        assert_eq!(read_project(&log.readers.pool(), "care", 0, 20).await.unwrap().unwrap(), []);
    }
}
