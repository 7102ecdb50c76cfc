//! The server of Cairn.

pub mod graphql;
