//! The program of Cairn: two doors (postings by REST, questions by GraphQL), the writer loop
//! between them and the log, and the command line.
//!
//! What always holds here:
//!
//! - An answer 2xx to a posting means that the event is on disk.
//! - One task owns the write path; a posting is decided on the state under the lock.
//! - A question is answered from one immutable snapshot.
//!
//! Absent on purpose: rules and figures, which are the domain's, and SQL, which is the store's.
//!
//! In reading order:

pub mod config;
pub mod cli;
pub mod app;
pub mod ingest;
pub mod json;
pub mod envelope;
pub mod annual_report;
pub mod writer;
pub mod standing;
pub mod views;
pub mod record;
pub mod charter;
pub mod events;
pub mod proofs;
pub mod workbook;
pub mod graphql;
pub mod calendar;
pub mod caching;
pub mod site;
pub mod openapi;
pub mod auth;
pub mod request;
pub mod keys;
pub mod checkpoints;
pub mod problem;
pub mod telemetry;

#[cfg(test)]
mod given;
