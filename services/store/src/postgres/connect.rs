//! Connections, and the settings that keep events safe.

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions as _, Row as _};

use super::{WAIT_MAX, answered, unavailable, within};
use crate::log::LogError;

/// `unnest` in `from` with several arrays, `plan_cache_mode` and all that is asked for below.
const SERVER_VERSION_MIN: i32 = 130_000;

/// What a process that stops in the middle of a turn, or loses its network, can cost the others.
const LOCK_TIMEOUT: (&str, &str) = ("lock_timeout", "5s");
const STATEMENT_TIMEOUT: (&str, &str) = ("statement_timeout", "10s");
const IDLE_TIMEOUT: (&str, &str) = ("idle_in_transaction_session_timeout", "5s");

/// Set when the connection is made, which is stronger than what a role or a database sets.
fn options(given: PgConnectOptions) -> PgConnectOptions {
    let named = match given.get_application_name() {
        Some(_) => given,
        None => given.application_name("cairn"),
    };
    named.disable_statement_logging().options([
        LOCK_TIMEOUT,
        STATEMENT_TIMEOUT,
        IDLE_TIMEOUT,
        // The server notices within about ten seconds that a client is gone without a word.
        ("tcp_keepalives_idle", "4"),
        ("tcp_keepalives_interval", "2"),
        ("tcp_keepalives_count", "3"),
        ("tcp_user_timeout", "10s"),
        // One statement sees one moment, and waits for a lock rather than failing.
        ("default_transaction_isolation", "read committed"),
        // Ten statements, each with one good plan whatever the values and whatever the statistics
        // say: along its key. Planning them anew each time costs more than running them.
        ("plan_cache_mode", "force_generic_plan"),
        ("enable_seqscan", "off"),
        ("enable_bitmapscan", "off"),
        ("max_parallel_workers_per_gather", "0"),
        ("jit", "off"),
    ])
}

pub(super) fn writing(given: PgConnectOptions) -> PgConnectOptions {
    options(given)
}

pub(super) fn reading(given: PgConnectOptions) -> PgConnectOptions {
    options(given).options([("default_transaction_read_only", "on")])
}

/// For statements that may take long: the tables are changed under them.
pub(super) fn migrating(given: PgConnectOptions) -> PgConnectOptions {
    options(given).options([("statement_timeout", "0")])
}

/// A new connection whose settings are as they must be. They are read back each time, because an
/// operator can change them while the server runs.
pub(super) async fn connect(
    options: &PgConnectOptions,
    writes: bool,
) -> Result<PgConnection, LogError> {
    let mut connection = within(WAIT_MAX, options.connect()).await.map_err(unavailable)?;
    check_settings(&mut connection, writes).await?;
    Ok(connection)
}

/// Refuses a connection that could lose what it says it stored, or hold up the others.
pub(super) async fn check_settings(
    connection: &mut PgConnection,
    writes: bool,
) -> Result<(), LogError> {
    const SETTINGS: &str = "select current_setting('server_version_num')::integer, \
         current_setting('server_version'), current_setting('server_encoding'), \
         current_setting('fsync'), current_setting('full_page_writes'), \
         current_setting('synchronous_commit'), current_setting('lock_timeout'), \
         current_setting('idle_in_transaction_session_timeout')";
    let row =
        answered(sqlx::query(SETTINGS).fetch_one(&mut *connection)).await.map_err(unavailable)?;
    let text = |column: usize| row.try_get::<String, _>(column).map_err(unavailable);
    let version: i32 = row.try_get(0).map_err(unavailable)?;
    check_version(version, text(1)?)?;
    expect("server_encoding", text(2)?, &["UTF8"])?;
    if !writes {
        return Ok(());
    }
    expect("fsync", text(3)?, &["on"])?;
    expect("full_page_writes", text(4)?, &["on"])?;
    expect("synchronous_commit", text(5)?, &["on", "remote_apply"])?;
    // A pooler between here and the server may have dropped them.
    expect(LOCK_TIMEOUT.0, text(6)?, &[LOCK_TIMEOUT.1])?;
    expect(IDLE_TIMEOUT.0, text(7)?, &[IDLE_TIMEOUT.1])?;
    // Kept for this session, whatever its role or the server is set to later.
    const KEEP: &str = "select set_config('synchronous_commit', $1, false)";
    let kept = sqlx::query(KEEP).bind(text(5)?).execute(connection);
    answered(kept).await.map(drop).map_err(unavailable)
}

pub(super) fn check_version(number: i32, found: String) -> Result<(), LogError> {
    if number >= SERVER_VERSION_MIN {
        return Ok(());
    }
    let wanted = format!("{} or newer", SERVER_VERSION_MIN / 10_000);
    Err(LogError::Settings { setting: "server_version", found, wanted })
}

fn expect(setting: &'static str, found: String, wanted: &[&str]) -> Result<(), LogError> {
    if wanted.contains(&found.as_str()) {
        return Ok(());
    }
    Err(LogError::Settings { setting, found, wanted: wanted.join(" or ") })
}

/// Tells the operator of a role that may do more than it has to. The triggers refuse all the same.
pub(super) async fn warn_of_rights(connection: &mut PgConnection) -> Result<(), LogError> {
    if let Some(role) = role_with_more_rights(connection).await? {
        tracing::warn!(
            "the log is open as {role}, a role that may alter or remove events; `cairn migrate` \
             prints the SQL for one that may not"
        );
    }
    Ok(())
}

/// The role of this connection, when it may do more to an event than add and read it.
pub(super) async fn role_with_more_rights(
    connection: &mut PgConnection,
) -> Result<Option<String>, LogError> {
    const RIGHTS: &str = "select current_user::text where \
         has_any_column_privilege('event', 'update') or has_table_privilege('event', 'delete') \
         or has_table_privilege('event', 'truncate')";
    let query = sqlx::query_scalar(RIGHTS).fetch_optional(connection);
    answered(query).await.map_err(unavailable)
}
