//! The rules and the folds of Cairn.
//!
//! Partners of an EU-funded project post what happened; [`decide`] says whether a posting is
//! taken, [`project::Project::evolve`] and the views of [`view`] fold what was recorded.
//!
//! What always holds here:
//!
//! - Nothing does I/O, reads a clock, draws a random number or depends on the order of a hash
//!   map: the same events give the same answers on every machine, today and in ten years.
//! - Money is whole cents; a rounding that is not exact is named where it happens.
//! - A state or a view takes any sequence of events without a panic.
//! - Every match over our own enums is written out, so that a new event is not overlooked.
//!
//! Absent on purpose: storage, HTTP, tokens, and anything that is typed instead of derived.
//!
//! In reading order:
#![deny(clippy::wildcard_enum_match_arm)]

pub mod code;
pub mod money;
pub mod quantity;
pub mod typology;
pub mod period;
pub mod text;
pub mod ids;
pub mod list;
pub mod form;
pub mod event;
pub mod posting;
pub mod rule;
pub mod policy;
pub mod decide;
#[cfg(test)]
mod given;
pub mod project;
pub mod view;
