//! Rows of SQLite to rows of the log. Types are compared strictly, column by column, so that a
//! file altered behind the program's back is an error that names the row.

use sqlx::sqlite::{SqliteRow, SqliteValueRef};
use sqlx::{Decode, Row as _, Sqlite, TypeInfo as _, ValueRef as _};
use uuid::Uuid;

use crate::event::EventRow;
use crate::head::Head;
use crate::log::{LogError, Page};

macro_rules! event_columns {
    () => {
        "position, project, version, event_id, type, schema_version, occurred_on, recorded_at, \
         actor_subject, actor_partner, actor_role, payload, payload_hash, digest, leaf_hash"
    };
}

macro_rules! select_head {
    () => {
        "select position, tree_head, frontier, (select max(position) from event) from head"
    };
}

/// The last event is looked up beside the head, so that nothing is ever built on a head that has
/// come apart from its events.
pub(super) const SELECT_HEAD: &str = select_head!();

pub(super) const BEGIN: &str = concat!("begin immediate; ", select_head!());

pub(super) const SELECT_ROWS: &str = concat!(
    "select ",
    event_columns!(),
    " from event where position > ? order by position limit ?"
);

pub(super) const SELECT_PROJECT: &str = concat!(
    "select ",
    event_columns!(),
    " from event where project = ? and version > ? order by version limit ?"
);

/// Head and rows in one statement see one moment. The head is the row whose project is null; its
/// tree head and compact range stand in the columns of the event's first two blobs.
pub(super) const SELECT_PAGE: &str = concat!(
    "select position, null as project, null as version, tree_head as event_id, null as type, \
     null as schema_version, null as occurred_on, null as recorded_at, null as actor_subject, \
     null as actor_partner, null as actor_role, frontier as payload, null as payload_hash, \
     null as digest, null as leaf_hash from head union all select * from (select ",
    event_columns!(),
    " from event where position > ? order by position limit ?)"
);

const HEAD_TREE_HEAD: usize = 3;
const HEAD_FRONTIER: usize = 11;

pub(super) fn decode_page(rows: &[SqliteRow]) -> Result<Page, LogError> {
    // The head comes first; without it the first row is an event, which its project tells.
    let Some((first, events)) = rows.split_first() else {
        return decode_head(None).map(|head| Page { head, rows: Vec::new() });
    };
    if !column(first, 1).is_ok_and(|project| project.is_null()) {
        return decode_head(None).map(|head| Page { head, rows: Vec::new() });
    }
    let head = head_from(first, HEAD_TREE_HEAD, HEAD_FRONTIER)?;
    let rows = events.iter().map(decode_event).collect::<Result<_, _>>()?;
    Ok(Page { head, rows })
}

pub(super) fn decode_head(row: Option<&SqliteRow>) -> Result<Head, LogError> {
    let damaged = |why| LogError::DamagedHead { why };
    let row = row.ok_or_else(|| damaged("it is missing".to_owned()))?;
    let head = head_from(row, 1, 2)?;
    let last = match column(row, 3).map_err(damaged)?.is_null() {
        true => 0,
        false => unsigned(row, 3, "last event's position").map_err(damaged)?,
    };
    if head.position != last {
        let why = format!("it says {} events and the last one stands at {last}", head.position);
        return Err(damaged(why));
    }
    Ok(head)
}

fn head_from(row: &SqliteRow, tree_head: usize, frontier: usize) -> Result<Head, LogError> {
    let parse = || {
        let position = unsigned(row, 0, "position")?;
        Head::parse(position, blob(row, tree_head, "tree_head")?, blob(row, frontier, "frontier")?)
    };
    parse().map_err(|why| LogError::DamagedHead { why })
}

pub(super) fn decode_event(row: &SqliteRow) -> Result<EventRow, LogError> {
    let position =
        unsigned(row, 0, "position").map_err(|why| LogError::DamagedRow { position: 0, why })?;
    event_at(position, row).map_err(|why| LogError::DamagedRow { position, why })
}

fn event_at(position: u64, row: &SqliteRow) -> Result<EventRow, String> {
    Ok(EventRow {
        position,
        project: text(row, 1, "project")?,
        version: unsigned(row, 2, "version")?,
        event_id: Uuid::from_bytes(fixed(row, 3, "event_id")?),
        event_type: text(row, 4, "type")?,
        schema_version: small(row, 5, "schema_version")?,
        occurred_on: text(row, 6, "occurred_on")?,
        recorded_at_us: integer(row, 7, "recorded_at")?,
        actor_subject: text(row, 8, "actor_subject")?,
        actor_partner: match column(row, 9)?.is_null() {
            true => None,
            false => Some(small(row, 9, "actor_partner")?),
        },
        actor_role: text(row, 10, "actor_role")?,
        payload: blob(row, 11, "payload")?.to_vec(),
        payload_hash: fixed(row, 12, "payload_hash")?,
        digest: fixed(row, 13, "digest")?,
        leaf_hash: fixed(row, 14, "leaf_hash")?,
    })
}

fn column(row: &SqliteRow, index: usize) -> Result<SqliteValueRef<'_>, String> {
    row.try_get_raw(index).map_err(|_missing| format!("it has no column {index}"))
}

/// The value, when it is stored as exactly the type `wanted`.
fn typed<'r, T: Decode<'r, Sqlite>>(
    row: &'r SqliteRow,
    index: usize,
    name: &str,
    wanted: &str,
) -> Result<T, String> {
    let value = column(row, index)?;
    if value.is_null() {
        return Err(format!("its {name} is null"));
    }
    if value.type_info().name() != wanted {
        let found = value.type_info().name().to_lowercase();
        return Err(format!("its {name} is of type {found}, not {}", wanted.to_lowercase()));
    }
    T::decode(value)
        .map_err(|_invalid| format!("its {name} is not valid {}", wanted.to_lowercase()))
}

fn integer(row: &SqliteRow, index: usize, name: &str) -> Result<i64, String> {
    typed(row, index, name, "INTEGER")
}

pub(super) fn unsigned(row: &SqliteRow, index: usize, name: &str) -> Result<u64, String> {
    let value = integer(row, index, name)?;
    u64::try_from(value).map_err(|_negative| format!("its {name} is {value}"))
}

fn small(row: &SqliteRow, index: usize, name: &str) -> Result<u32, String> {
    let value = integer(row, index, name)?;
    u32::try_from(value).map_err(|_outside| format!("its {name} is {value}"))
}

fn text(row: &SqliteRow, index: usize, name: &str) -> Result<String, String> {
    typed(row, index, name, "TEXT")
}

fn blob<'r>(row: &'r SqliteRow, index: usize, name: &str) -> Result<&'r [u8], String> {
    typed(row, index, name, "BLOB")
}

pub(super) fn fixed<const N: usize>(
    row: &SqliteRow,
    index: usize,
    name: &str,
) -> Result<[u8; N], String> {
    let bytes = blob(row, index, name)?;
    bytes.try_into().map_err(|_| format!("its {name} has {} bytes instead of {N}", bytes.len()))
}
