#![deny(clippy::wildcard_enum_match_arm)]
pub mod code;
pub mod event;
pub mod form;
pub mod ids;
pub mod money;
pub mod period;
pub mod text;
