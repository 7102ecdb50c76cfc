//! A superuser takes away triggers, checks and types: `verify` names the position all the same.

use super::{Fresh, execute};
use crate::contract::{check, wrong};
use crate::log::{LogError, open_read_only};

/// What one does who knows the schema and may do anything.
const UNLOCK: &str = "
    alter table event disable trigger all;
    alter table head disable trigger all;
    do $$
    declare it record;
    begin
        for it in select conrelid::regclass as in_table, conname from pg_constraint
            where contype = 'c' and conrelid in ('event'::regclass, 'head'::regclass)
        loop
            execute format('alter table %s drop constraint %I', it.in_table, it.conname);
        end loop;
        for it in select attname from pg_attribute
            where attrelid = 'event'::regclass and attnotnull and attnum > 1
        loop
            execute format('alter table event alter column %I drop not null', it.attname);
        end loop;
    end
    $$;
";

impl Fresh {
    async fn tamper(&self, sql: &str) {
        execute(&self.address, &format!("{UNLOCK} {sql}")).await;
    }

    async fn verify_wrong(&self) -> (u64, String) {
        let log = open_read_only(&self.address).await.unwrap();
        let found = wrong(check(&*log, &[]).await);
        log.close().await;
        found
    }
}

#[tokio::test]
async fn verify_names_the_position_of_any_altered_column() {
    let cases = [
        ("position", "40"),
        ("project", "'care-gets'"),
        ("version", "400"),
        ("version", "-4"),
        ("event_id", "'00000000-0000-0000-0000-000000000000'"),
        ("event_id", "null"),
        ("type", "'lesson.recordee'"),
        ("schema_version", "2"),
        ("schema_version", "5000000000"),
        ("occurred_on", "'2025-03-21'"),
        ("occurred_on", "null"),
        ("recorded_at", "recorded_at + 1"),
        ("actor_subject", "'subject-8'"),
        ("actor_partner", "3"),
        ("actor_partner", "null"),
        ("actor_role", "'partner'"),
        ("payload", "payload || '\\x00'"),
        ("payload", "''"),
        ("payload_hash", "decode(repeat('00', 32), 'hex')"),
        ("payload_hash", "decode(repeat('00', 31), 'hex')"),
        ("digest", "decode(repeat('00', 32), 'hex')"),
        ("leaf_hash", "decode(repeat('00', 32), 'hex')"),
        ("leaf_hash", "null"),
    ];
    for (column, value) in cases {
        let log = Fresh::with_ten_events().await;
        let sql = format!("update event set {column} = {value} where position = 4");
        log.tamper(&sql).await;
        let (found, why) = log.verify_wrong().await;
        assert_eq!(found, 4, "{sql}: {why}");
    }
}

#[tokio::test]
async fn verify_tells_of_a_column_of_another_type() {
    for (column, sql_type) in
        [("version", "text"), ("event_id", "text"), ("payload", "text"), ("recorded_at", "text")]
    {
        let log = Fresh::with_ten_events().await;
        log.tamper(&format!("alter table event alter column {column} type {sql_type}")).await;
        // Types are of a whole column, so it is wrong from the first row on.
        let (found, why) = log.verify_wrong().await;
        assert_eq!(found, 1, "{column}: {why}");
        assert!(why.contains(&format!("its {column} is of type text")), "{why}");
    }
}

#[tokio::test]
async fn verify_names_the_first_missing_added_or_moved_row() {
    let copy = |position: &str, of: u8| {
        format!(
            "insert into event select {position}, project, version + 100, gen_random_uuid(), \
             type, schema_version, occurred_on, recorded_at, actor_subject, actor_partner, \
             actor_role, payload, payload_hash, digest, leaf_hash from event where position = {of}"
        )
    };
    let cases = [
        ("delete from event where position = 1".to_owned(), 1),
        ("delete from event where position = 6".to_owned(), 6),
        ("delete from event where position = 10".to_owned(), 10),
        ("truncate event".to_owned(), 1),
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
        let log = Fresh::with_ten_events().await;
        log.tamper(&sql).await;
        let (found, why) = log.verify_wrong().await;
        assert_eq!(found, position, "{sql}: {why}");
    }
}

#[tokio::test]
async fn verify_tells_of_an_altered_head() {
    let cases = [
        "update head set tree_head = decode(repeat('00', 32), 'hex')",
        "update head set tree_head = '\\x00'",
        "update head set frontier = decode(repeat('00', 64), 'hex')",
        "update head set frontier = '\\x00'",
        "update head set position = 12",
        "update head set position = 7",
        "update head set position = -1",
        "delete from head",
    ];
    for sql in cases {
        let fresh = Fresh::with_ten_events().await;
        fresh.tamper(sql).await;
        let (found, why) = fresh.verify_wrong().await;
        assert_eq!(found, 10, "{sql}: {why}");
        assert!(why.contains("head row"), "{sql}: {why}");
        // Nothing is written on top of it either.
        let refused = fresh.open().await.begin().await.err();
        assert!(matches!(refused, Some(LogError::DamagedHead { .. })), "{sql}: {refused:?}");
    }
}
