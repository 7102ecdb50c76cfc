//! Asking: the GraphQL door.
//!
//! A question is read ([`http`]), its document judged ([`document`]), and only then executed.

pub mod document;
pub mod http;
