//! The columns of SQLite's rows, each of exactly the type that it was stored as.

use std::borrow::Cow;

use sqlx::sqlite::{SqliteRow, SqliteValueRef};
use sqlx::{Decode, Row as _, Sqlite, TypeInfo as _, ValueRef as _};
use uuid::Uuid;

use crate::row::{StoredRow, fixed};

impl StoredRow for SqliteRow {
    fn is_null(&self, column: usize) -> Result<bool, String> {
        Ok(value(self, column)?.is_null())
    }

    fn integer(&self, column: usize, name: &str) -> Result<i64, String> {
        typed(self, column, name, "INTEGER")
    }

    fn text(&self, column: usize, name: &str) -> Result<String, String> {
        typed(self, column, name, "TEXT")
    }

    fn bytes(&self, column: usize, name: &str) -> Result<Cow<'_, [u8]>, String> {
        typed::<&[u8]>(self, column, name, "BLOB").map(Cow::Borrowed)
    }

    fn uuid(&self, column: usize, name: &str) -> Result<Uuid, String> {
        Ok(Uuid::from_bytes(fixed(&self.bytes(column, name)?, name)?))
    }
}

fn value(row: &SqliteRow, column: usize) -> Result<SqliteValueRef<'_>, String> {
    row.try_get_raw(column).map_err(|_missing| format!("it has no column {column}"))
}

/// The value, when it is stored as exactly the type `wanted`.
fn typed<'r, T: Decode<'r, Sqlite>>(
    row: &'r SqliteRow,
    column: usize,
    name: &str,
    wanted: &str,
) -> Result<T, String> {
    let value = value(row, column)?;
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
