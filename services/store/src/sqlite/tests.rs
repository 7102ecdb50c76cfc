//! The contract on SQLite, and what only SQLite can get wrong.

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};
use tempfile::TempDir;

use super::SqliteLog;
use crate::contract::{self, append_versions, check, check_right, event, wrong};
use crate::log::{Log as _, LogError, migrate, open, open_read_only};
use crate::merkle::Subtree;

struct Fresh(TempDir);

impl Fresh {
    fn new() -> Fresh {
        Fresh(TempDir::new().unwrap())
    }

    fn path(&self) -> String {
        self.0.path().join("log.db").to_str().unwrap().to_owned()
    }

    fn address(&self) -> String {
        format!("sqlite:{}", self.path())
    }

    /// A log of ten events of one project, closed.
    async fn with_ten_events() -> Fresh {
        let database = Fresh::new();
        let log = open(&database.address()).await.unwrap();
        append_versions(&*log, 1..=10).await;
        log.close().await;
        database
    }

    /// A hand that is not ours.
    async fn raw(&self) -> SqliteConnection {
        SqliteConnectOptions::new()
            .filename(self.path())
            .create_if_missing(true)
            .connect()
            .await
            .unwrap()
    }

    /// Alters the file as one does who knows the schema: no triggers, no checks, no types.
    async fn tamper(&self, sql: &str) {
        const UNLOCK: &str = "pragma ignore_check_constraints = on; pragma writable_schema = on; \
            update sqlite_schema set sql = replace(replace(sql, ') strict', ')'), ' not null', '') \
            where type = 'table'; delete from sqlite_schema where type = 'trigger';";
        let mut raw = self.raw().await;
        sqlx::raw_sql(UNLOCK).execute(&mut raw).await.unwrap();
        raw.close().await.unwrap();
        let mut raw = self.raw().await;
        let sql = format!("pragma ignore_check_constraints = on; {sql}");
        sqlx::raw_sql(AssertSqlSafe(sql.clone())).execute(&mut raw).await.expect(&sql);
        raw.close().await.unwrap();
    }

    async fn verify_wrong(&self) -> (u64, String) {
        let log = open_read_only(&self.address()).await.unwrap();
        let found = wrong(check(&*log, &[]).await);
        log.close().await;
        found
    }
}

async fn fresh() -> Fresh {
    Fresh::new()
}

contract::run!(fresh);

#[tokio::test]
async fn finds_no_log_to_read_where_there_is_no_file() {
    let refused = open_read_only(&Fresh::new().address()).await.err();
    assert!(matches!(refused, Some(LogError::Missing)), "{refused:?}");
}

#[tokio::test]
async fn migrates_a_new_file_once() {
    let database = Fresh::new();
    let made = migrate(&database.address()).await.unwrap();
    assert_eq!((made.from, made.to), (0, crate::schema::newest()));
    let again = migrate(&database.address()).await.unwrap();
    assert_eq!((again.from, again.to), (made.to, made.to));
    assert_eq!(
        open(&database.address()).await.unwrap().head().await.unwrap(),
        crate::Head::empty()
    );
}

#[tokio::test]
async fn refuses_to_alter_remove_or_replace() {
    let database = Fresh::with_ten_events().await;
    let log = open(&database.address()).await.unwrap();
    log.keep_subtrees(&[Subtree { level: 7, index: 0, root: [1; 32] }]).await.unwrap();
    log.close().await;
    let mut raw = database.raw().await;
    for sql in [
        "update event set payload = x'00' where position = 3",
        "delete from event where position = 10",
        "delete from event",
        "insert or replace into event select * from event where position = 3",
        "insert or replace into event select 11, project, version, event_id, type, schema_version, \
         occurred_on, recorded_at, actor_subject, actor_partner, actor_role, payload, \
         payload_hash, digest, leaf_hash from event where position = 3",
        "delete from head",
        "insert or replace into head select id, 3, tree_head, frontier from head",
        "insert into head select 2, position, tree_head, frontier from head",
        "update head set position = 9",
        "update subtree set root = zeroblob(32)",
        "delete from subtree",
        "insert or replace into subtree select level, idx, zeroblob(32) from subtree",
    ] {
        let refused = sqlx::query(sql).execute(&mut raw).await;
        assert!(refused.is_err(), "{sql}");
    }
    raw.close().await.unwrap();
    let log = open(&database.address()).await.unwrap();
    assert_eq!(log.hashes(7, 0, 9).await.unwrap(), [[1; 32]]);
    assert_eq!(check(&*log, &[]).await.unwrap().position, 10);
}

#[tokio::test]
async fn verify_names_the_position_of_any_altered_column() {
    let cases = [
        ("position", "40", 4),
        ("project", "'care-gets'", 4),
        ("project", "x'00'", 4),
        ("version", "400", 4),
        ("version", "'four'", 4),
        ("version", "-4", 4),
        ("event_id", "zeroblob(16)", 4),
        ("event_id", "x'00'", 4),
        ("type", "'lesson.recordee'", 4),
        ("schema_version", "2", 4),
        ("schema_version", "1.5", 4),
        ("schema_version", "5000000000", 4),
        ("occurred_on", "'2025-03-21'", 4),
        ("occurred_on", "null", 4),
        ("recorded_at", "recorded_at + 1", 4),
        ("actor_subject", "'subject-8'", 4),
        ("actor_subject", "cast(x'ff' as text)", 4),
        ("actor_partner", "3", 4),
        ("actor_partner", "null", 4),
        ("actor_role", "'partner'", 4),
        ("payload", "payload || x'00'", 4),
        ("payload", "cast('text' as text)", 4),
        ("payload", "x''", 4),
        ("payload_hash", "zeroblob(32)", 4),
        ("payload_hash", "zeroblob(31)", 4),
        ("digest", "zeroblob(32)", 4),
        ("leaf_hash", "zeroblob(32)", 4),
        ("leaf_hash", "null", 4),
    ];
    for (column, value, position) in cases {
        let database = Fresh::with_ten_events().await;
        let sql = format!("update event set {column} = {value} where position = 4");
        database.tamper(&sql).await;
        let (found, why) = database.verify_wrong().await;
        assert_eq!(found, position, "{sql}: {why}");
    }
}

#[tokio::test]
async fn verify_names_the_first_missing_added_or_moved_row() {
    let copy = |position: &str, of: u8| {
        format!(
            "insert into event select {position}, project, version + 100, randomblob(16), type, \
             schema_version, occurred_on, recorded_at, actor_subject, actor_partner, actor_role, \
             payload, payload_hash, digest, leaf_hash from event where position = {of}"
        )
    };
    let cases = [
        ("delete from event where position = 1".to_owned(), 1),
        ("delete from event where position = 6".to_owned(), 6),
        ("delete from event where position = 10".to_owned(), 10),
        ("delete from event".to_owned(), 1),
        (copy("11", 4), 11),
        (copy("0", 4), 0),
        (copy("-1", 4), 0),
        (
            "update event set position = 100 where position = 3; \
             update event set position = 3 where position = 7; \
             update event set position = 7 where position = 100"
                .to_owned(),
            3,
        ),
    ];
    for (sql, position) in cases {
        let database = Fresh::with_ten_events().await;
        database.tamper(&sql).await;
        let (found, why) = database.verify_wrong().await;
        assert_eq!(found, position, "{sql}: {why}");
    }
}

#[tokio::test]
async fn verify_tells_of_an_altered_head() {
    let cases = [
        ("update head set tree_head = zeroblob(32)", 10, "head row"),
        ("update head set tree_head = 'text'", 10, "head row"),
        ("update head set frontier = zeroblob(64)", 10, "head row"),
        ("update head set frontier = x'00'", 10, "head row"),
        ("update head set position = 12", 10, "head row"),
        ("update head set position = 7", 10, "head row"),
        ("update head set position = -1", 10, "head row"),
        ("delete from head", 10, "head row"),
    ];
    for (sql, position, words) in cases {
        let database = Fresh::with_ten_events().await;
        database.tamper(sql).await;
        let (found, why) = database.verify_wrong().await;
        assert_eq!(found, position, "{sql}: {why}");
        assert!(why.contains(words), "{sql}: {why}");
        // Nothing is written on top of it either.
        let log = open(&database.address()).await.unwrap();
        let refused = log.begin().await.err();
        assert!(matches!(refused, Some(LogError::DamagedHead { .. })), "{sql}: {refused:?}");
    }
}

#[tokio::test]
async fn verify_finds_an_event_altered_together_with_its_hashes() {
    let database = Fresh::with_ten_events().await;
    let log = open(&database.address()).await.unwrap();
    let mut forged = crate::Head::empty();
    for version in 1..=4 {
        forged.seal(event("care-get", version));
    }
    let row =
        forged.seal(crate::NewEvent { payload: b"more money".to_vec(), ..event("care-get", 5) });
    log.close().await;
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let sql = format!(
        "update event set payload = x'{}', payload_hash = x'{}', leaf_hash = x'{}' \
         where position = 5",
        hex(&row.payload),
        hex(&row.payload_hash),
        hex(&row.leaf_hash)
    );
    database.tamper(&sql).await;
    let (found, why) = database.verify_wrong().await;
    assert_eq!(found, 10, "{why}");
}

#[test]
fn lets_many_open_a_new_file_at_once() {
    let database = Fresh::new();
    let address = database.address();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let runtime = tokio::runtime::Runtime::new().unwrap();
                runtime.block_on(async {
                    let log = open(&address).await.unwrap();
                    assert_eq!(log.head().await.unwrap(), crate::Head::empty());
                    log.close().await;
                });
            });
        }
    });
}

#[cfg(unix)]
#[tokio::test]
async fn reads_a_log_in_a_folder_for_reading_only() {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt as _;

    let database = Fresh::with_ten_events().await;
    // The superuser may write here all the same; then this is one more plain read.
    set_permissions(database.path(), Permissions::from_mode(0o444)).unwrap();
    set_permissions(database.0.path(), Permissions::from_mode(0o555)).unwrap();
    let log = open_read_only(&database.address()).await.unwrap();
    check_right(&*log, 10).await;
    log.close().await;
    set_permissions(database.0.path(), Permissions::from_mode(0o755)).unwrap();
}

#[tokio::test]
async fn sets_a_changed_journal_mode_right_again() {
    let database = Fresh::with_ten_events().await;
    let mut raw = database.raw().await;
    sqlx::query("pragma journal_mode = delete").execute(&mut raw).await.unwrap();
    raw.close().await.unwrap();
    let log = open(&database.address()).await.unwrap();
    append_versions(&*log, 11..=11).await;
    let mut raw = database.raw().await;
    let mode: String = sqlx::query_scalar("pragma journal_mode").fetch_one(&mut raw).await.unwrap();
    assert_eq!(mode, "wal");
}

#[tokio::test]
async fn refuses_settings_that_could_lose_events() {
    let database = Fresh::with_ten_events().await;
    for sql in
        ["pragma synchronous = normal", "pragma busy_timeout = 0", "pragma foreign_keys = off"]
    {
        let mut connection = super::connect::writer(&database.path(), false).await.unwrap();
        sqlx::query(sql).execute(&mut connection).await.unwrap();
        let refused = super::connect::check_settings(&mut connection).await;
        assert!(matches!(refused, Err(LogError::Settings { .. })), "{sql}: {refused:?}");
    }
}

#[tokio::test]
async fn refuses_what_is_not_a_log_and_leaves_it_alone() {
    let database = Fresh::new();
    for sql in ["pragma application_id = 7", "create table other (id integer)"] {
        let mut raw = database.raw().await;
        sqlx::query(sql).execute(&mut raw).await.unwrap();
        raw.close().await.unwrap();
        let before = std::fs::read(database.path()).unwrap();
        let refused =
            [open(&database.address()).await.err(), migrate(&database.address()).await.err()];
        let not_ours = |it: &Option<LogError>| matches!(it, Some(LogError::NotOurs { .. }));
        assert!(refused.iter().all(not_ours), "{refused:?}");
        assert!(std::fs::read(database.path()).unwrap() == before, "it was changed");
    }
    std::fs::write(database.path(), "a letter, not a database; long enough to be read as one")
        .unwrap();
    let refused = open(&database.address()).await.err();
    assert!(matches!(refused, Some(LogError::NotOurs { .. })), "{refused:?}");
    for address in [
        "sqlite:",
        "sqlite://folder/cairn.db",
        "sqlite:///folder/cairn.db",
        "postgres://a:secret@b:port/c",
        "postgress://a:secret@b",
        "/path",
    ] {
        let refused = open(address).await.err();
        assert!(matches!(refused, Some(LogError::BadAddress { .. })), "{refused:?}");
        assert!(!format!("{refused:?}").contains("secret"), "{refused:?}");
    }
}

#[tokio::test]
async fn brings_a_log_of_the_first_schema_up_to_date() {
    let database = Fresh::with_ten_events().await;
    let mut raw = database.raw().await;
    let back = "drop table subtree; pragma user_version = 1;";
    sqlx::raw_sql(back).execute(&mut raw).await.unwrap();
    raw.close().await.unwrap();
    let refused = open(&database.address()).await.err();
    assert!(matches!(refused, Some(LogError::NeedsMigration { found: 1, .. })), "{refused:?}");
    migrate(&database.address()).await.unwrap();
    let log = open(&database.address()).await.unwrap();
    check_right(&*log, 10).await;
    assert_eq!(log.subtrees(1).await.unwrap(), 0);
}

#[tokio::test]
async fn tells_other_schemas_apart() {
    let database = Fresh::with_ten_events().await;
    for (version, newer) in [(0, false), (crate::schema::newest() + 1, true)] {
        let mut raw = database.raw().await;
        let sql = format!("pragma user_version = {version}");
        sqlx::query(AssertSqlSafe(sql)).execute(&mut raw).await.unwrap();
        raw.close().await.unwrap();
        match open(&database.address()).await.err() {
            Some(LogError::NotOurs { .. }) => assert!(newer),
            Some(LogError::NeedsMigration { found: 0, .. }) => assert!(!newer),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn stores_nothing_on_a_full_disk_and_goes_on_when_there_is_room() {
    let database = Fresh::new();
    let log = SqliteLog::open(&database.path()).await.unwrap();
    let mut lent = log.writer().unwrap().take().await.unwrap();
    sqlx::query("pragma max_page_count = 1").execute(&mut lent.connection).await.unwrap();
    lent.give_back();
    let turn = log.begin().await.unwrap();
    let mut head = turn.head().clone();
    let rows: Vec<_> = (1..=200).map(|version| head.seal(event("care-get", version))).collect();
    assert!(matches!(turn.commit(&rows, &head).await, Err(LogError::Full)));
    assert_eq!(log.head().await.unwrap(), crate::Head::empty());
    append_versions(&log, 1..=200).await;
    check_right(&log, 200).await;
}

#[tokio::test]
async fn says_busy_when_another_process_keeps_the_lock() {
    let database = Fresh::with_ten_events().await;
    let log = open(&database.address()).await.unwrap();
    let mut raw = database.raw().await;
    sqlx::query("begin immediate").execute(&mut raw).await.unwrap();
    assert!(matches!(log.begin().await.err(), Some(LogError::Busy)));
    assert_eq!(log.head().await.unwrap().position, 10);
    sqlx::query("rollback").execute(&mut raw).await.unwrap();
    append_versions(&*log, 11..=11).await;
}
