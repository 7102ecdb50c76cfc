//! Who may do what: the role that a server runs as, and the triggers behind it.

use sqlx::{AssertSqlSafe, Connection as _};

use super::{Fresh, execute, raw};
use crate::contract::{append_versions, check, check_right};
use crate::log::{migrate, open};
use crate::merkle::Subtree;
use crate::postgres::connect::role_with_more_rights;

/// A role with the rights that `migrate` prints, and the log's address for it.
async fn application_role(log: &Fresh) -> String {
    let role = format!("app_{}", uuid::Uuid::new_v4().simple());
    let grants = migrate(&log.address).await.unwrap().grants.unwrap();
    let grants = grants.replace("cairn_app", &role);
    execute(&log.address, &format!("create role {role} login; {grants}")).await;
    log.address.replace("postgres@", &format!("{role}@"))
}

#[tokio::test]
async fn the_application_role_can_do_all_that_a_log_does_and_alter_nothing() {
    let fresh = Fresh::with_ten_events().await;
    let address = application_role(&fresh).await;
    let log = open(&address).await.unwrap();
    append_versions(&*log, 11..=12).await;
    let mut head = log.head().await.unwrap();
    let from = head.clone();
    let row = head.seal(crate::contract::event("care-get", 13));
    log.append(&from, &[row], &head).await.unwrap();
    log.keep_checkpoint(13, "note").await.unwrap();
    log.keep_subtrees(&[Subtree { level: 7, index: 0, root: [1; 32] }]).await.unwrap();
    assert_eq!(log.hashes(7, 0, 1).await.unwrap(), [[1; 32]]);
    assert_eq!(log.checkpoints_back(u64::MAX, 1).await.unwrap()[0].note, "note");
    assert_eq!(check(&*log, &[]).await.unwrap().position, 13);

    let mut raw = raw(&address).await;
    for sql in [
        "update event set actor_role = 'lead' where position = 3",
        "delete from event where position = 3",
        "truncate event",
        "delete from head",
        "insert into head select 2, position, tree_head, frontier from head",
        "truncate head",
        "update checkpoint set note = 'other'",
        "delete from checkpoint",
        "truncate checkpoint",
        "update subtree set idx = 9",
        "delete from subtree",
        "truncate subtree",
        "update cairn_schema set version = 9",
        "alter table event disable trigger all",
        "create table other (id integer)",
    ] {
        let refused = sqlx::raw_sql(sql).execute(&mut raw).await.unwrap_err();
        let code = refused.as_database_error().and_then(|error| error.code()).unwrap();
        assert_eq!(code, "42501", "{sql}: {refused}");
    }
}

#[tokio::test]
async fn a_role_with_more_rights_is_told_of() {
    let fresh = Fresh::new().await;
    let address = application_role(&fresh).await;
    let mut application = raw(&address).await;
    assert_eq!(role_with_more_rights(&mut application).await.unwrap(), None);
    let mut owner = fresh.raw().await;
    assert_eq!(role_with_more_rights(&mut owner).await.unwrap().as_deref(), Some("postgres"));
    let role: String =
        sqlx::query_scalar("select current_user::text").fetch_one(&mut application).await.unwrap();
    for right in ["update (payload)", "delete", "truncate"] {
        let change = |verb: &str, to: &str| format!("{verb} {right} on event {to} {role}");
        for (sql, told) in
            [(change("grant", "to"), Some(role.clone())), (change("revoke", "from"), None)]
        {
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut owner).await.unwrap();
            assert_eq!(role_with_more_rights(&mut application).await.unwrap(), told, "{right}");
        }
    }
    owner.close().await.unwrap();
}

#[tokio::test]
async fn the_triggers_refuse_the_owner_too() {
    let fresh = Fresh::with_ten_events().await;
    let log = fresh.open().await;
    log.keep_checkpoint(10, "note").await.unwrap();
    let mut raw = fresh.raw().await;
    for sql in [
        "update event set payload = '\\x00' where position = 3",
        "delete from event where position = 10",
        "delete from event",
        "truncate event",
        "truncate event, head, checkpoint cascade",
        "insert into event select * from event where position = 3",
        "insert into event select * from event where position = 3 \
         on conflict (position) do update set payload = '\\x00'",
        "delete from head",
        "truncate head",
        "insert into head select 2, position, tree_head, frontier from head",
        "insert into head select * from head on conflict (id) do update set position = 3",
        "update head set position = 9",
        "update checkpoint set note = 'other'",
        "delete from checkpoint",
        "truncate checkpoint",
        "update subtree set idx = 9",
        "delete from subtree",
        "truncate subtree",
    ] {
        let refused = sqlx::raw_sql(sql).execute(&mut raw).await;
        let refused = refused.expect_err(sql);
        let code = refused.as_database_error().and_then(|error| error.code()).unwrap();
        assert!(code.starts_with("23"), "{sql}: {refused}");
    }
    check_right(&*log, 10).await;
    assert_eq!(log.checkpoints_back(u64::MAX, 1).await.unwrap()[0].note, "note");
}
