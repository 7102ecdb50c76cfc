//! The tables of the log in the first schema of the search path, and the rights on them.

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Connection as _, Row as _};

use super::{answered, connect, unavailable};
use crate::log::{LogError, Migrated};
use crate::schema;

/// Makes the tables, or applies what they lack, in one transaction. Of two processes that make
/// them at once, the second waits for the first, is refused because the tables are there, and
/// then finds nothing left to do.
pub(super) async fn migrate(options: PgConnectOptions) -> Result<Migrated, LogError> {
    let mut connection = connect::connect(&connect::migrating(options), true).await?;
    let migrated = match apply_missing(&mut connection).await {
        Err(LogError::Conflict { .. }) => {
            execute(&mut connection, "rollback").await?;
            apply_missing(&mut connection).await
        }
        result => result,
    }?;
    answered(connection.close()).await.map_err(unavailable)?;
    Ok(migrated)
}

async fn apply_missing(connection: &mut PgConnection) -> Result<Migrated, LogError> {
    let newest = schema::newest();
    execute(connection, "begin").await?;
    let mut found = match find(connection).await? {
        Found::Nothing => 0,
        Found::Log => schema_version(connection).await?,
    };
    // Only the owner may lock, and a log that is up to date is no matter of the owner's.
    if (1..newest).contains(&found) {
        execute(connection, "lock table cairn_schema in exclusive mode").await?;
        found = schema_version(connection).await?;
    }
    schema::check_not_newer(found)?;
    for migration in schema::missing(found) {
        execute(connection, migration.postgres).await?;
    }
    if found != newest {
        let query = sqlx::query("update cairn_schema set version = $1").bind(newest);
        query.execute(&mut *connection).await.map_err(unavailable)?;
    }
    execute(connection, "commit").await?;
    let schema = "select quote_ident(current_schema())";
    let schema: String =
        sqlx::query_scalar(schema).fetch_one(&mut *connection).await.map_err(unavailable)?;
    let grants = grants(&schema);
    let grants = if role_is_there(connection).await? {
        sqlx::raw_sql(AssertSqlSafe(grants)).execute(connection).await.map_err(unavailable)?;
        None
    } else {
        Some(grants)
    };
    Ok(Migrated { from: found, to: newest, grants })
}

async fn execute(connection: &mut PgConnection, sql: &'static str) -> Result<(), LogError> {
    match sqlx::raw_sql(sql).execute(connection).await {
        Ok(_) => Ok(()),
        Err(error) => match error.as_database_error().and_then(|error| error.code()).as_deref() {
            // The table is there already.
            Some("42P07") => Err(LogError::Conflict { why: "the tables are there".to_owned() }),
            Some(_) | None => Err(unavailable(error)),
        },
    }
}

/// Whether the role that the grants speak of was made: then every migration gives it what is new.
async fn role_is_there(connection: &mut PgConnection) -> Result<bool, LogError> {
    const ROLE: &str =
        "select exists (select from pg_catalog.pg_roles where rolname = 'cairn_app')";
    answered(sqlx::query_scalar(ROLE).fetch_one(connection)).await.map_err(unavailable)
}

/// What `serve` and `import` need, and nothing else: whoever has these rights can add events, and
/// can neither alter nor remove one.
fn grants(schema: &str) -> String {
    format!(
        "grant usage on schema {schema} to cairn_app;\n\
         grant select on {schema}.cairn_schema to cairn_app;\n\
         grant select, insert on {schema}.event to cairn_app;\n\
         grant select, update on {schema}.head to cairn_app;\n\
         grant select, insert on {schema}.checkpoint to cairn_app;\n\
         grant select, insert on {schema}.subtree to cairn_app;\n"
    )
}

enum Found {
    Nothing,
    Log,
}

/// What is in the schema that the tables are to live in.
async fn find(connection: &mut PgConnection) -> Result<Found, LogError> {
    const FIND: &str = "select to_regclass(quote_ident(current_schema()) || '.cairn_schema') \
         is not null, current_schema()::text, (select count(*) from pg_catalog.pg_class where \
         relkind in ('r', 'p') and relnamespace = current_schema()::regnamespace)";
    let row = answered(sqlx::query(FIND).fetch_one(connection)).await.map_err(unavailable)?;
    if row.try_get(0).map_err(unavailable)? {
        return Ok(Found::Log);
    }
    let schema: Option<String> = row.try_get(1).map_err(unavailable)?;
    let tables: i64 = row.try_get(2).map_err(unavailable)?;
    match (schema, tables) {
        (Some(_), 0) => Ok(Found::Nothing),
        (Some(schema), _) => Err(LogError::NotOurs {
            why: format!(
                "its schema {schema} has other tables; give the log a schema of its own and name \
                 it in the address: ?options[search_path]=NAME"
            ),
        }),
        (None, _) => Err(LogError::NotOurs {
            why: "no schema of its search path is there and may be used".to_owned(),
        }),
    }
}

/// Refuses a database that has no log of this program, or one of another schema.
pub(super) async fn check_schema(connection: &mut PgConnection) -> Result<(), LogError> {
    match find(connection).await? {
        Found::Nothing => Err(LogError::Missing),
        Found::Log => schema::check(schema_version(connection).await?),
    }
}

/// The number of the newest migration that was applied to a log.
async fn schema_version(connection: &mut PgConnection) -> Result<i64, LogError> {
    let query = sqlx::query_scalar("select version from cairn_schema").fetch_one(connection);
    answered(query).await.map_err(unavailable)
}
