//! Asking: the GraphQL door.
pub mod document;
