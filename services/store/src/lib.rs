//! The log of Cairn: events in one total order, each sealed into a Merkle tree. It stores bytes
//! and proves that they are the same bytes; it knows nothing of the domain.
//!
//! Invariants:
//!
//! - Positions are 1, 2, 3 … without a gap, and so are the versions of each project.
//! - Rows are only added, all rows of a turn or none, together with the head that seals them.
//! - When [`Turn::commit`] returns `Ok`, the rows survive a power cut.
//! - Writers take turns on the head row, also writers of other processes.
//! - [`verify()`] finds an altered, removed, inserted or moved row and an altered head, and with the
//!   key of the log also a history that was rewritten with all its hashes.
//! - A proof of an event, or of growth, costs O(log n) however long the log is.
//!
//! Absent on purpose: parsing of payloads, clocks, keys on disk, retries, notifications, and any
//! way to alter or remove a row.
//!
//! Modules in reading order: `event` (the row and its leaf hash), `merkle` (the tree), `head`
//! (what seals the rows), `log` (the trait and its errors), `schema` (the migrations), `row` (what
//! the engines share), `sqlite` and `postgres` (the engines), `checkpoint` (signed heads), `proof`
//! (of an event and of growth), `verify`, and `contract` (what any engine must do; for tests only).

mod event;
mod merkle;

mod head;
mod log;
mod schema;
mod row;
mod sqlite;
mod postgres;

pub mod checkpoint;
pub mod proof;
pub mod verify;

#[cfg(test)]
mod contract;

pub use checkpoint::Checkpoint;
pub use event::{EventRow, NewEvent};
pub use head::Head;
pub use log::{KeptNote, Log, LogError, Migrated, Page, Turn, copy, migrate, open, open_read_only};
pub use merkle::{Hash, Subtree};
pub use verify::{Verified, Wrong, verify};
