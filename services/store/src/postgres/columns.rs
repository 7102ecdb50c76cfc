//! The columns of PostgreSQL's rows, each of exactly the type that the migrations gave it.

use std::borrow::Cow;

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{
    PgArgumentBuffer, PgHasArrayType, PgRow, PgTypeInfo, PgValueFormat, PgValueRef,
};
use sqlx::{Decode, Encode, Postgres, Row as _, Type, TypeInfo as _, ValueRef as _};
use uuid::Uuid;

use crate::row::{StoredRow, fixed};

impl StoredRow for PgRow {
    fn is_null(&self, column: usize) -> Result<bool, String> {
        Ok(value(self, column)?.is_null())
    }

    fn integer(&self, column: usize, name: &str) -> Result<i64, String> {
        decode(typed(self, column, name, "INT8")?, name)
    }

    fn text(&self, column: usize, name: &str) -> Result<String, String> {
        decode(typed(self, column, name, "TEXT")?, name)
    }

    fn bytes(&self, column: usize, name: &str) -> Result<Cow<'_, [u8]>, String> {
        let value = typed(self, column, name, "BYTEA")?;
        match value.format() {
            PgValueFormat::Binary => decode(value, name).map(Cow::Borrowed),
            // The answer to a statement that was not prepared.
            PgValueFormat::Text => decode(value, name).map(Cow::Owned),
        }
    }

    fn uuid(&self, column: usize, name: &str) -> Result<Uuid, String> {
        let value = typed(self, column, name, "UUID")?;
        let bytes = value.as_bytes().map_err(|_null| format!("its {name} is null"))?;
        Ok(Uuid::from_bytes(fixed(bytes, name)?))
    }
}

/// An event id as PostgreSQL's `uuid`: its 16 bytes. The feature of sqlx that does this would add
/// its driver of another database to Cargo.lock.
pub(super) struct EventId(pub(super) Uuid);

impl Type<Postgres> for EventId {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(2950))
    }
}

impl PgHasArrayType for EventId {
    fn array_type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(2951))
    }
}

impl Encode<'_, Postgres> for EventId {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        buffer.extend_from_slice(self.0.as_bytes());
        Ok(IsNull::No)
    }
}

fn value(row: &PgRow, column: usize) -> Result<PgValueRef<'_>, String> {
    row.try_get_raw(column).map_err(|_missing| format!("it has no column {column}"))
}

/// The value, when its column is of exactly the type `wanted`.
fn typed<'r>(
    row: &'r PgRow,
    column: usize,
    name: &str,
    wanted: &str,
) -> Result<PgValueRef<'r>, String> {
    let value = value(row, column)?;
    if value.is_null() {
        return Err(format!("its {name} is null"));
    }
    if value.type_info().name() != wanted {
        let found = value.type_info().name().to_lowercase();
        return Err(format!("its {name} is of type {found}, not {}", wanted.to_lowercase()));
    }
    Ok(value)
}

fn decode<'r, T: Decode<'r, Postgres>>(value: PgValueRef<'r>, name: &str) -> Result<T, String> {
    T::decode(value).map_err(|_invalid| format!("its {name} cannot be read"))
}
