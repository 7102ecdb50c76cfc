//! Stored rows to rows of the log, the same on every engine. Types are compared strictly, column
//! by column, so that a row altered behind the program's back is an error that names it.

use std::borrow::Cow;

use uuid::Uuid;

use crate::event::EventRow;
use crate::head::Head;
use crate::log::{KeptNote, LogError, Page};
use crate::merkle::Hash;

macro_rules! event_columns {
    () => {
        "position, project, version, event_id, type, schema_version, occurred_on, recorded_at, \
         actor_subject, actor_partner, actor_role, payload, payload_hash, digest, leaf_hash"
    };
}
pub(crate) use event_columns;

macro_rules! select_head {
    () => {
        "select position, tree_head, frontier, (select max(position) from event) from head"
    };
}
pub(crate) use select_head;

/// The last event is looked up beside the head, so that nothing is ever built on a head that has
/// come apart from its events.
pub(crate) const SELECT_HEAD: &str = select_head!();

pub(crate) const SELECT_ROWS: &str = concat!(
    "select ",
    event_columns!(),
    " from event where position > $1 order by position limit $2"
);

pub(crate) const SELECT_PROJECT: &str = concat!(
    "select ",
    event_columns!(),
    " from event where project = $1 and version > $2 order by version limit $3"
);

/// Head and rows in one statement see one moment. The head is the first row, whose project is
/// null; its compact range and tree head stand in the columns of the payload and its hash.
pub(crate) const SELECT_PAGE: &str = concat!(
    "select position, null as project, null as version, null as event_id, null as type, \
     null as schema_version, null as occurred_on, null as recorded_at, null as actor_subject, \
     null as actor_partner, null as actor_role, frontier as payload, tree_head as payload_hash, \
     null as digest, null as leaf_hash from head union all select * from (select ",
    event_columns!(),
    " from event where position > $1 order by position limit $2) as page"
);

pub(crate) const SELECT_CHECKPOINTS_BACK: &str =
    "select position, note from checkpoint where position <= $1 order by position desc limit $2";

pub(crate) const SELECT_CHECKPOINTS: &str =
    "select position, note from checkpoint where position > $1 order by position limit $2";

pub(crate) const SELECT_LEAVES: &str =
    "select position - 1, leaf_hash from event where position > $1 order by position limit $2";

pub(crate) const SELECT_SUBTREES: &str =
    "select idx, root from subtree where level = $3 and idx >= $1 order by idx limit $2";

pub(crate) const SELECT_LAST_SUBTREE: &str = "select max(idx) from subtree where level = $1";

const PAGE_FRONTIER: usize = 11;
const PAGE_TREE_HEAD: usize = 12;

/// A row of an engine. Errors say in words what is wrong with the column called `name`.
pub(crate) trait StoredRow {
    fn is_null(&self, column: usize) -> Result<bool, String>;
    fn integer(&self, column: usize, name: &str) -> Result<i64, String>;
    fn text(&self, column: usize, name: &str) -> Result<String, String>;
    fn bytes(&self, column: usize, name: &str) -> Result<Cow<'_, [u8]>, String>;
    fn uuid(&self, column: usize, name: &str) -> Result<Uuid, String>;
}

pub(crate) fn decode_page<R: StoredRow>(rows: &[R]) -> Result<Page, LogError> {
    // Without a head the first row is an event, which its project tells.
    match rows.split_first() {
        Some((first, events)) if first.is_null(1) == Ok(true) => Ok(Page {
            head: head_from(first, PAGE_TREE_HEAD, PAGE_FRONTIER)?,
            rows: decode_events(events)?,
        }),
        Some(_) | None => Err(no_head()),
    }
}

pub(crate) fn decode_head<R: StoredRow>(row: Option<&R>) -> Result<Head, LogError> {
    let damaged = |why| LogError::DamagedHead { why };
    let row = row.ok_or_else(no_head)?;
    let head = head_from(row, 1, 2)?;
    let last = match row.is_null(3).map_err(damaged)? {
        true => 0,
        false => unsigned(row, 3, "last event's position").map_err(damaged)?,
    };
    if head.position != last {
        let why = format!("it says {} events and the last one stands at {last}", head.position);
        return Err(damaged(why));
    }
    Ok(head)
}

fn no_head() -> LogError {
    LogError::DamagedHead { why: "it is missing".to_owned() }
}

pub(crate) fn head_from<R: StoredRow>(
    row: &R,
    tree_head: usize,
    frontier: usize,
) -> Result<Head, LogError> {
    let parse = || {
        let position = unsigned(row, 0, "position")?;
        let tree_head = row.bytes(tree_head, "tree_head")?;
        Head::parse(position, &tree_head, &row.bytes(frontier, "frontier")?)
    };
    parse().map_err(|why| LogError::DamagedHead { why })
}

pub(crate) fn decode_events<R: StoredRow>(rows: &[R]) -> Result<Vec<EventRow>, LogError> {
    rows.iter().map(decode_event).collect()
}

fn decode_event<R: StoredRow>(row: &R) -> Result<EventRow, LogError> {
    let position =
        unsigned(row, 0, "position").map_err(|why| LogError::DamagedRow { position: 0, why })?;
    event_at(position, row).map_err(|why| LogError::DamagedRow { position, why })
}

fn event_at<R: StoredRow>(position: u64, row: &R) -> Result<EventRow, String> {
    Ok(EventRow {
        position,
        project: row.text(1, "project")?,
        version: unsigned(row, 2, "version")?,
        event_id: row.uuid(3, "event_id")?,
        event_type: row.text(4, "type")?,
        schema_version: small(row, 5, "schema_version")?,
        occurred_on: row.text(6, "occurred_on")?,
        recorded_at_us: row.integer(7, "recorded_at")?,
        actor_subject: row.text(8, "actor_subject")?,
        actor_partner: match row.is_null(9)? {
            true => None,
            false => Some(small(row, 9, "actor_partner")?),
        },
        actor_role: row.text(10, "actor_role")?,
        payload: row.bytes(11, "payload")?.into_owned(),
        payload_hash: fixed(&row.bytes(12, "payload_hash")?, "payload_hash")?,
        digest: fixed(&row.bytes(13, "digest")?, "digest")?,
        leaf_hash: fixed(&row.bytes(14, "leaf_hash")?, "leaf_hash")?,
    })
}

/// The hashes from index `first` on, up to the first that is missing.
pub(crate) fn decode_hashes<R: StoredRow>(
    level: u8,
    first: u64,
    rows: &[R],
) -> Result<Vec<Hash>, LogError> {
    let mut hashes = Vec::with_capacity(rows.len());
    for (index, row) in (first..).zip(rows) {
        let hash = || {
            let is_next = unsigned(row, 0, "index")? == index;
            is_next.then(|| fixed(&row.bytes(1, "hash")?, "hash")).transpose()
        };
        match hash().map_err(|why| LogError::DamagedHash { level, index, why })? {
            Some(hash) => hashes.push(hash),
            None => break,
        }
    }
    Ok(hashes)
}

/// A note that is no text is given as an empty one, and a position that is none as 0: no signature
/// fits them, which is told where they are opened.
pub(crate) fn decode_checkpoints<R: StoredRow>(rows: &[R]) -> Vec<KeptNote> {
    let kept = |row: &R| KeptNote {
        position: unsigned(row, 0, "position").unwrap_or(0),
        note: row.text(1, "note").unwrap_or_default(),
    };
    rows.iter().map(kept).collect()
}

/// The index after the last subtree, where there is one.
pub(crate) fn after_last(index: Option<i64>) -> u64 {
    index.and_then(|index| u64::try_from(index).ok()).map_or(0, |index| index + 1)
}

fn unsigned<R: StoredRow>(row: &R, column: usize, name: &str) -> Result<u64, String> {
    let value = row.integer(column, name)?;
    u64::try_from(value).map_err(|_negative| format!("its {name} is {value}"))
}

fn small<R: StoredRow>(row: &R, column: usize, name: &str) -> Result<u32, String> {
    let value = row.integer(column, name)?;
    u32::try_from(value).map_err(|_outside| format!("its {name} is {value}"))
}

pub(crate) fn fixed<const N: usize>(bytes: &[u8], name: &str) -> Result<[u8; N], String> {
    bytes.try_into().map_err(|_| format!("its {name} has {} bytes instead of {N}", bytes.len()))
}

/// A position or version to read after, as it is stored. Zero means from the very first row, also
/// one whose position is not a position at all, so that `verify` finds it.
pub(crate) fn after(place: u64) -> i64 {
    if place == 0 { i64::MIN } else { i64::try_from(place).unwrap_or(i64::MAX) }
}

/// A position to read back from.
pub(crate) fn up_to(place: u64) -> i64 {
    i64::try_from(place).unwrap_or(i64::MAX)
}

/// A position or version as it is stored.
pub(crate) fn signed(place: u64) -> Result<i64, LogError> {
    i64::try_from(place)
        .map_err(|_beyond| LogError::Conflict { why: format!("{place} is past any place") })
}

/// Whether `rows` and `head` follow the head `from`.
pub(crate) fn check_order(from: &Head, rows: &[EventRow], head: &Head) -> Result<(), LogError> {
    let gapless = (from.position + 1..).zip(rows).all(|(next, row)| row.position == next);
    let last = rows.last().map_or(from.position, |row| row.position);
    if gapless && head.position == last {
        return Ok(());
    }
    let why = format!("they do not go on from position {}", from.position);
    Err(LogError::Conflict { why })
}
