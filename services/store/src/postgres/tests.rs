//! The contract on PostgreSQL, and what only PostgreSQL can get wrong.

use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};

use super::cluster::Cluster;
use super::{WAIT_MAX, cluster, connect};
use crate::contract::{self, append_versions, check_right, event};
use crate::log::{Log, LogError, migrate, open, open_read_only};
use crate::{Head, schema};

mod rights;
mod tampering;

/// A schema of its own in the database that the tests of this process share.
struct Fresh {
    address: String,
}

impl Fresh {
    /// Without any table.
    async fn empty() -> Fresh {
        let server = cluster::shared().address("postgres");
        let name = format!("log_{}", uuid::Uuid::new_v4().simple());
        execute(&server, &format!("create schema {name}")).await;
        Fresh { address: format!("{server}?options[search_path]={name}") }
    }

    async fn new() -> Fresh {
        let log = Fresh::empty().await;
        migrate(&log.address).await.unwrap();
        log
    }

    /// A log of ten events of one project, closed.
    async fn with_ten_events() -> Fresh {
        let fresh = Fresh::new().await;
        let log = fresh.open().await;
        append_versions(&*log, 1..=10).await;
        log.close().await;
        fresh
    }

    fn address(&self) -> String {
        self.address.clone()
    }

    async fn open(&self) -> std::sync::Arc<dyn Log> {
        open(&self.address).await.unwrap()
    }

    /// A hand that is not ours: that of a superuser.
    async fn raw(&self) -> PgConnection {
        raw(&self.address).await
    }

    /// Ends the connections of all logs of this schema, as a failing server or network does, and
    /// waits until they are gone.
    async fn cut_connections(&self) {
        let mut raw = self.raw().await;
        const CUT: &str = "select count(pg_terminate_backend(pid, 10000)) from pg_stat_activity \
             where application_name = 'cairn' and datname = current_database()";
        sqlx::query(CUT).execute(&mut raw).await.unwrap();
    }
}

async fn raw(address: &str) -> PgConnection {
    address.parse::<PgConnectOptions>().unwrap().connect().await.unwrap()
}

async fn execute(address: &str, sql: &str) {
    let mut raw = raw(address).await;
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut raw).await.expect(sql);
    raw.close().await.unwrap();
}

contract::run!(Fresh::new);

#[tokio::test]
async fn is_made_by_migrate_and_by_nothing_else() {
    let log = Fresh::empty().await;
    let database = cluster::shared().address("no_such_database");
    for address in [&log.address, &database] {
        let refused = [open(address).await.err(), open_read_only(address).await.err()];
        assert!(refused.iter().all(|it| matches!(it, Some(LogError::Missing))), "{refused:?}");
    }
    let made = migrate(&log.address).await.unwrap();
    assert_eq!((made.from, made.to), (0, schema::newest()));
    let again = migrate(&log.address).await.unwrap();
    assert_eq!((again.from, again.to), (made.to, made.to));
    assert_eq!(log.open().await.head().await.unwrap(), Head::empty());
}

#[tokio::test]
async fn lets_many_migrate_at_once() {
    let log = Fresh::empty().await;
    let migrating = (0..6).map(|_| {
        let address = log.address();
        tokio::spawn(async move { migrate(&address).await.unwrap().from })
    });
    let mut makers = 0;
    for migrated in migrating.collect::<Vec<_>>() {
        makers += usize::from(migrated.await.unwrap() == 0);
    }
    assert_eq!(makers, 1);
    append_versions(&*log.open().await, 1..=1).await;
}

#[tokio::test]
async fn refuses_what_is_not_a_log_and_leaves_it_alone() {
    let log = Fresh::empty().await;
    execute(&log.address, "create table other (id integer)").await;
    let nowhere = format!("{}_not", log.address);
    for address in [&log.address, &nowhere] {
        let refused = [migrate(address).await.err(), open(address).await.err()];
        let not_ours = |it: &Option<LogError>| matches!(it, Some(LogError::NotOurs { .. }));
        assert!(refused.iter().all(not_ours), "{refused:?}");
    }
}

#[tokio::test]
async fn tells_other_schemas_apart() {
    let log = Fresh::with_ten_events().await;
    execute(&log.address, "alter table cairn_schema drop constraint cairn_schema_version_check")
        .await;
    for (version, newer) in [(0, false), (schema::newest() + 1, true)] {
        let sql = format!("update cairn_schema set version = {version}");
        execute(&log.address, &sql).await;
        match open(&log.address).await.err() {
            Some(LogError::NotOurs { .. }) => assert!(newer),
            Some(LogError::NeedsMigration { found: 0, .. }) => assert!(!newer),
            other => panic!("{other:?}"),
        }
    }
    let refused = migrate(&log.address).await;
    assert!(matches!(refused, Err(LogError::NotOurs { .. })), "{refused:?}");
}

#[tokio::test]
async fn keeps_its_durability_when_that_of_the_server_is_reloaded() {
    let cluster = Cluster::start();
    let address = cluster.create_database();
    let mut ours =
        connect::connect(&connect::writing(address.parse().unwrap()), true).await.unwrap();
    let mut other = raw(&address).await;
    const LOWER: &str = "alter system set synchronous_commit = off";
    sqlx::query(LOWER).execute(&mut other).await.unwrap();
    sqlx::query("select pg_reload_conf()").execute(&mut other).await.unwrap();
    const SHOW: &str = "show synchronous_commit";
    let begun = Instant::now();
    while sqlx::query_scalar::<_, String>(SHOW).fetch_one(&mut other).await.unwrap() != "off" {
        assert!(begun.elapsed() < WAIT_MAX);
    }
    let kept: String = sqlx::query_scalar(SHOW).fetch_one(&mut ours).await.unwrap();
    assert_eq!(kept, "on");
    let refused = connect::connect(&connect::writing(address.parse().unwrap()), true).await;
    assert!(matches!(refused, Err(LogError::Settings { setting: "synchronous_commit", .. })));
}

#[tokio::test]
async fn says_busy_when_another_process_keeps_the_lock() {
    let fresh = Fresh::with_ten_events().await;
    let log = fresh.open().await;
    let mut raw = fresh.raw().await;
    sqlx::raw_sql("begin; select * from head for update").execute(&mut raw).await.unwrap();
    let begun = Instant::now();
    assert!(matches!(log.begin().await.err(), Some(LogError::Busy)));
    let waited = begun.elapsed();
    assert!(waited > WAIT_MAX / 2 && waited < WAIT_MAX * 2, "{waited:?}");
    // Readers do not wait.
    let mut head = log.head().await.unwrap();
    let from = head.clone();
    let row = head.seal(event("care-get", 11));
    let refused = log.append(&from, &[row], &head).await;
    assert!(matches!(refused, Err(LogError::Busy)), "{refused:?}");
    sqlx::raw_sql("rollback").execute(&mut raw).await.unwrap();
    append_versions(&*log, 11..=11).await;
}

#[tokio::test]
async fn takes_the_lock_from_a_process_that_stopped_in_the_middle_of_a_turn() {
    let fresh = Fresh::with_ten_events().await;
    let (stopped, log) = (fresh.open().await, fresh.open().await);
    let held = stopped.begin().await.unwrap();
    let begun = Instant::now();
    // The first wait may end a moment before the server ends the holder.
    let turn = match log.begin().await {
        Err(LogError::Busy) => log.begin().await.unwrap(),
        begun => begun.unwrap(),
    };
    assert!(begun.elapsed() < WAIT_MAX * 2, "{:?}", begun.elapsed());
    turn.release().await;
    let mut head = held.head().clone();
    let row = head.seal(event("care-get", 11));
    let late = held.commit(&[row], &head).await;
    assert!(matches!(late, Err(LogError::Unavailable(_))), "{late:?}");
    append_versions(&*log, 11..=11).await;
    append_versions(&*stopped, 12..=12).await;
}

#[tokio::test]
async fn does_not_keep_the_lock_that_a_dropped_caller_waited_for() {
    let fresh = Fresh::with_ten_events().await;
    let log = fresh.open().await;
    let mut raw = fresh.raw().await;
    sqlx::raw_sql("begin; select * from head for update").execute(&mut raw).await.unwrap();
    let waiting = tokio::spawn({
        let log = std::sync::Arc::clone(&log);
        async move { log.begin().await.map(drop) }
    });
    const WAITING: &str = "select exists (select 1 from pg_locks where not granted)";
    while !sqlx::query_scalar::<_, bool>(WAITING).fetch_one(&mut raw).await.unwrap() {
        tokio::task::yield_now().await;
    }
    waiting.abort();
    assert!(waiting.await.unwrap_err().is_cancelled());
    sqlx::raw_sql("rollback").execute(&mut raw).await.unwrap();
    let begun = Instant::now();
    append_versions(&*log, 11..=11).await;
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn stores_nothing_of_a_turn_whose_connection_was_cut() {
    let fresh = Fresh::with_ten_events().await;
    let log = fresh.open().await;
    let turn = log.begin().await.unwrap();
    let mut head = turn.head().clone();
    let row = head.seal(event("care-get", 11));
    fresh.cut_connections().await;
    let cut = turn.commit(&[row], &head).await;
    assert!(matches!(cut, Err(LogError::Unavailable(_))), "{cut:?}");
    assert_eq!(log.head().await.unwrap().position, 10);
    append_versions(&*log, 11..=11).await;
}

#[tokio::test]
async fn does_not_know_of_an_append_whose_connection_was_cut() {
    let fresh = Fresh::with_ten_events().await;
    let log = fresh.open().await;
    append_versions(&*log, 11..=11).await;
    let mut head = log.head().await.unwrap();
    let from = head.clone();
    let row = head.seal(event("care-get", 12));
    fresh.cut_connections().await;
    let cut = log.append(&from, std::slice::from_ref(&row), &head).await;
    assert!(matches!(cut, Err(LogError::OutcomeUnknown(_))), "{cut:?}");
    log.append(&from, &[row], &head).await.unwrap();
    // Connections that only read were cut too, and each says so once.
    check_right(&*fresh.open().await, 12).await;
}

#[tokio::test]
async fn tells_at_once_that_the_server_is_gone_and_goes_on_when_it_is_back() {
    let mut cluster = cluster::Cluster::start();
    let address = cluster.create_database();
    migrate(&address).await.unwrap();
    let log = open(&address).await.unwrap();
    append_versions(&*log, 1..=10).await;
    cluster.kill_9();
    let begun = Instant::now();
    let told = log.begin().await.err();
    assert!(matches!(told, Some(LogError::Unavailable(_))), "{told:?}");
    let told = log.begin().await.err();
    assert!(matches!(told, Some(LogError::Unavailable(_))), "{told:?}");
    let told = log.head().await;
    assert!(matches!(told, Err(LogError::Unavailable(_))), "{told:?}");
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    cluster.start_again();
    append_versions(&*log, 11..=11).await;
    check_right(&*log, 11).await;
}

#[tokio::test]
async fn refuses_settings_that_could_lose_events() {
    let cluster = cluster::Cluster::start();
    let address = cluster.create_database();
    migrate(&address).await.unwrap();
    for setting in ["fsync", "full_page_writes", "synchronous_commit"] {
        let log = open(&address).await.unwrap();
        switch(&address, setting, "off").await;
        // A connection that is there already was sound when it was made; a new one is not.
        drop(log.begin().await.unwrap());
        for refused in [log.begin().await.err(), open(&address).await.err()] {
            let Some(LogError::Settings { setting: told, .. }) = refused else {
                panic!("{setting}: {refused:?}")
            };
            assert_eq!(told, setting);
        }
        // Whoever only reads loses nothing.
        assert_eq!(open_read_only(&address).await.unwrap().head().await.unwrap(), Head::empty());
        switch(&address, setting, "on").await;
        log.begin().await.unwrap().release().await;
    }
}

/// Changes a setting of the whole server, as an operator does, and waits until it holds.
async fn switch(address: &str, setting: &str, value: &str) {
    let mut raw = raw(address).await;
    for sql in [&*format!("alter system set {setting} = {value}"), "select pg_reload_conf()"] {
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut raw).await.unwrap();
    }
    let show = format!("show {setting}");
    loop {
        let show = sqlx::query_scalar::<_, String>(AssertSqlSafe(show.as_str()));
        if show.fetch_one(&mut raw).await.unwrap() == value {
            return;
        }
        tokio::task::yield_now().await;
    }
}

#[test]
fn refuses_an_older_server() {
    assert!(connect::check_version(130_000, "13.0".to_owned()).is_ok());
    let refused = connect::check_version(120_022, "12.22".to_owned());
    assert!(matches!(refused, Err(LogError::Settings { setting: "server_version", .. })));
}
