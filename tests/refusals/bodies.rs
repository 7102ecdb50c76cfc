//! Bodies that are JSON and no event, no valid event, or not the sender's event.

use serde_json::{Value, json};

use super::House;
use crate::running_server::{event, expenditure, progress, second_submission};

/// Progress of an activity with something at a place changed.
fn with(pointer: &str, value: Value) -> Value {
    let mut event = progress("A 5.2", "sound but for one thing");
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    event.pointer_mut(parent).unwrap()[name] = value;
    event
}

fn without(name: &str) -> Value {
    let mut event = progress("A 5.2", "sound but for one thing");
    event.as_object_mut().unwrap().shift_remove(name).unwrap();
    event
}

#[test]
#[expect(clippy::too_many_lines, reason = "it is a table, a line for each case")]
fn what_is_not_an_event_is_refused() {
    let house = House::open();
    // what is wrong, the body, the problem, where
    let cases = [
        ("null", json!(null), "not_an_event", None),
        ("a number", json!(7), "not_an_event", None),
        ("a string", json!("event"), "not_an_event", None),
        ("an array", json!([progress("A 5.2", "one")]), "not_an_event", None),
        ("an empty object", json!({}), "not_an_event", Some("/type")),
        (
            "specversion 0.3",
            with("/specversion", json!("0.3")),
            "not_an_event",
            Some("/specversion"),
        ),
        (
            "specversion a number",
            with("/specversion", json!(1.0)),
            "not_an_event",
            Some("/specversion"),
        ),
        ("no id", without("id"), "not_an_event", Some("/id")),
        ("id null", with("/id", json!(null)), "not_an_event", Some("/id")),
        ("id a number", with("/id", json!(7)), "not_an_event", Some("/id")),
        ("id empty", with("/id", json!("")), "not_an_event", Some("/id")),
        ("id no UUID", with("/id", json!("submission-2")), "not_an_event", Some("/id")),
        (
            "id with NUL",
            with("/id", json!("0195b7d2-cb40-7647-9612-703b693f12b\u{0}")),
            "not_an_event",
            Some("/id"),
        ),
        (
            "id in SQL",
            with("/id", json!("' or 1=1; drop table event; --")),
            "not_an_event",
            Some("/id"),
        ),
        ("id too long", with("/id", json!("a".repeat(100_000))), "not_an_event", Some("/id")),
        ("no type", without("type"), "not_an_event", Some("/type")),
        ("type a list", with("/type", json!(["activity.started"])), "not_an_event", Some("/type")),
        (
            "type unknown",
            with("/type", json!("volcano.erupted")),
            "event_type_unknown",
            Some("/type"),
        ),
        (
            "type with NUL",
            with("/type", json!("activity.started\u{0}")),
            "event_type_unknown",
            Some("/type"),
        ),
        ("type empty", with("/type", json!("")), "event_type_unknown", Some("/type")),
        ("no day", without("occurredon"), "not_an_event", Some("/occurredon")),
        (
            "a day as a number",
            with("/occurredon", json!(20_261_120)),
            "not_an_event",
            Some("/occurredon"),
        ),
        (
            "an instant",
            with("/occurredon", json!("2026-11-20T10:00:00Z")),
            "not_an_event",
            Some("/occurredon"),
        ),
        (
            "a day in another order",
            with("/occurredon", json!("20.11.2026")),
            "not_an_event",
            Some("/occurredon"),
        ),
        (
            "the 30th of February",
            with("/occurredon", json!("2026-02-30")),
            "not_an_event",
            Some("/occurredon"),
        ),
        (
            "a year of five digits",
            with("/occurredon", json!("12026-02-01")),
            "not_an_event",
            Some("/occurredon"),
        ),
        ("no data", without("data"), "not_an_event", Some("/data")),
        ("reason a number", with("/reason", json!(5)), "not_an_event", Some("/reason")),
        (
            "reason with NUL",
            with("/reason", json!("be\u{0}cause")),
            "not_an_event",
            Some("/reason"),
        ),
        ("for whom", with("/onbehalfof", json!("everybody")), "not_an_event", Some("/onbehalfof")),
        ("for a fraction", with("/onbehalfof", json!(1.5)), "not_an_event", Some("/onbehalfof")),
        (
            "for a partner with NUL",
            with("/onbehalfof", json!("5\u{0}")),
            "not_an_event",
            Some("/onbehalfof"),
        ),
        (
            "correlation no UUID",
            with("/correlationid", json!("x")),
            "not_an_event",
            Some("/correlationid"),
        ),
        ("causation a list", with("/causationid", json!([])), "not_an_event", Some("/causationid")),
        ("source a number", with("/source", json!(5)), "not_an_event", Some("/source")),
        (
            "source of no partner",
            with("/source", json!("/partners/five")),
            "not_an_event",
            Some("/source"),
        ),
        (
            "source with NUL",
            with("/source", json!("/partners/5\u{0}")),
            "not_an_event",
            Some("/source"),
        ),
        (
            "source too large",
            with("/source", json!("/partners/99999999999")),
            "not_an_event",
            Some("/source"),
        ),
        (
            "schema unknown",
            with("/dataschema", json!("/v1/schemas/activity.started/1.json")),
            "schema_unknown",
            Some("/dataschema"),
        ),
        (
            "schema 2",
            with("/dataschema", json!("/v1/schemas/activity.progress_reported/2.json")),
            "schema_unknown",
            Some("/dataschema"),
        ),
        ("another subject", with("/subject", json!("A 5.1")), "subject_differs", Some("/subject")),
        (
            "subject with NUL",
            with("/subject", json!("A 5.2\u{0}")),
            "subject_differs",
            Some("/subject"),
        ),
        ("subject a number", with("/subject", json!(5.2)), "not_an_event", Some("/subject")),
        (
            "attribute unknown",
            with("/ocurredon", json!("2026-11-20")),
            "attribute_unknown",
            Some("/ocurredon"),
        ),
        ("attribute with a slash", with("/a", json!("a")), "attribute_unknown", Some("/a")),
        (
            "binary data",
            with("/data_base64", json!("e30=")),
            "attribute_unknown",
            Some("/data_base64"),
        ),
    ];
    for (what, body, problem, pointer) in cases {
        let answer = house.post_bytes(body.to_string());
        house.assert_refused_as_a_line(what, body.to_string(), &answer);
        house.assert_refused(what, &answer, 400, problem);
        let found = answer.faults().first().map(|(pointer, _)| pointer.clone());
        assert_eq!(found.as_deref(), pointer, "{what}: {answer:?}");
    }
    let typo = house.post_bytes(with("/ocurredon", json!("2026-11-20")).to_string());
    assert!(typo.body.contains("Did you mean `occurredon`?"), "{typo:?}");
    let typo = house.post_bytes(with("/type", json!("activity.progres_reported")).to_string());
    assert!(typo.body.contains("Did you mean `activity.progress_reported`?"), "{typo:?}");
    house.close();
}

#[test]
fn attributes_that_cairn_makes_are_not_taken_from_a_poster() {
    let house = House::open();
    let made = [
        "project",
        "position",
        "version",
        "recordedat",
        "actorsubject",
        "actorpartner",
        "actorrole",
        "leafhash",
        "warnings",
        "completed",
        "withheld",
    ];
    for name in made {
        let answer = house.post_bytes(with(&format!("/{name}"), json!("care-get")).to_string());
        house.assert_refused(name, &answer, 400, "attribute_set_by_server");
        assert_eq!(answer.faults()[0].0, format!("/{name}"));
    }
    house.close();
}

#[test]
#[expect(clippy::too_many_lines, reason = "it is a table, a line for each case")]
fn data_of_a_wrong_form_is_refused_where_it_is_wrong() {
    let house = House::open();
    let text = json!({ "original": "en", "en": "text" });
    let submitted = |name: &str, value: Value| {
        let mut event = second_submission();
        event["data"][name] = value;
        event
    };
    let declared = |name: &str, value: Value| {
        let mut event = expenditure();
        event["data"][name] = value;
        event
    };
    let cases = [
        ("data null", with("/data", json!(null)), "/data"),
        ("data a number", with("/data", json!(7)), "/data"),
        ("data a list", with("/data", json!([1])), "/data"),
        ("data a text", with("/data", json!("A 5.2")), "/data"),
        ("code missing", with("/data", json!({})), "/data"),
        ("code a number", with("/data/code", json!(5.2)), "/data/code"),
        ("code of another kind", with("/data/code", json!("D 5.2.1")), "/data/code"),
        ("code nonsense", with("/data/code", json!("the training")), "/data/code"),
        ("code with NUL", with("/data/code", json!("A 5.2\u{0}")), "/data/code"),
        ("code too large", with("/data/code", json!("A 99999999999.1")), "/data/code"),
        ("code with a new line", with("/data/code", json!("A 5.2\nA 5.1")), "/data/code"),
        ("a word unknown", with("/data/progress", json!("mostly")), "/data/progress"),
        ("a word as a number", with("/data/progress", json!(0.5)), "/data/progress"),
        ("a text as a string", with("/data/text", json!("done")), "/data/text"),
        ("a text without original", with("/data/text", json!({ "en": "done" })), "/data/text"),
        (
            "a text with NUL",
            with("/data/text", json!({ "original": "en", "en": "a\u{0}b" })),
            "/data/text",
        ),
        (
            "a text with ESC",
            with("/data/text", json!({ "original": "en", "en": "a\u{1b}[31m" })),
            "/data/text",
        ),
        (
            "a text with a language of three",
            with("/data/text", json!({ "original": "eng", "eng": "a" })),
            "/data/text",
        ),
        ("a day that is none", with("/data/forecastEnd", json!("2026-02-30")), "/data/forecastEnd"),
        ("a field unknown", with("/data/progres", json!("fully")), "/data/progres"),
        ("a field with NUL", with("/data/progress\u{0}", json!("fully")), "/data/progress\u{0}"),
        ("links with NUL", with("/data/links", json!(["https://a\u{0}"])), "/data/links/0"),
        ("minus one", submitted("participants", json!(-1)), "/data/participants"),
        ("a fraction", submitted("participants", json!(1.5)), "/data/participants"),
        ("a huge number", submitted("participants", json!(1e300)), "/data/participants"),
        ("past 32 bits", submitted("participants", json!(4_294_967_296_u64)), "/data/participants"),
        ("a number as a string", submitted("participants", json!("12")), "/data/participants"),
        (
            "evidence of an unknown kind",
            submitted("evidence", json!([{ "kind": 1 }])),
            "/data/evidence/0",
        ),
        (
            "evidence with a wrong hash",
            submitted(
                "evidence",
                json!([{ "kind": "report", "name": "a", "uri": "urn:a", "sha256": "ab" }]),
            ),
            "/data/evidence/0",
        ),
        ("an amount as a number", declared("net", json!(3000.0)), "/data/net"),
        ("an amount with three places", declared("net", json!("3000.001")), "/data/net"),
        ("an amount past all money", declared("net", json!("9".repeat(40) + ".00")), "/data/net"),
        ("an amount in words", declared("net", json!("three thousand")), "/data/net"),
        ("an exponent", declared("net", json!("3e3")), "/data/net"),
        ("a share past the whole", declared("share", json!("1.5")), "/data/share"),
        ("a currency of two letters", declared("currency", json!("EU")), "/data/currency"),
        (
            "a document of two kinds",
            declared(
                "document",
                json!({ "travel": { "reference": "1" }, "internal": { "reference": "1" } }),
            ),
            "/data/document",
        ),
        ("a document of no kind", declared("document", json!({})), "/data/document"),
        ("title missing", event("deliverable.submitted", json!({ "code": "D 5.2.1" })), "/data"),
        ("both named", event("question.asked", json!({ "code": 1, "text": text })), "/data/code"),
    ];
    for (what, body, pointer) in cases {
        let answer = house.post_bytes(body.to_string());
        house.assert_refused_as_a_line(what, body.to_string(), &answer);
        house.assert_refused(what, &answer, 422, "data_malformed");
        let (found, _) = answer.faults()[0].clone();
        assert!(found.starts_with(pointer), "{what}: {answer:?}");
    }
    let typo = house.post_bytes(with("/data/progres", json!("fully")).to_string());
    assert!(typo.body.contains("did you mean `progress`?"), "{typo:?}");
    house.close();
}

#[test]
#[expect(clippy::too_many_lines, reason = "it is a table, a line for each case")]
fn what_breaks_a_rule_is_refused_with_the_rules_id() {
    let house = House::open();
    let declared = |name: &str, value: Value| {
        let mut event = expenditure();
        event["data"][name] = value;
        event
    };
    let mut bare = second_submission();
    bare["data"].as_object_mut().unwrap().shift_remove("evidence").unwrap();
    let mut foreign = second_submission();
    foreign["data"]["code"] = json!("D 4.1.1");
    let accepted = event("deliverable.accepted", json!({ "code": "D 5.1.1", "submission": 1 }));
    let registered = event("project.registered", json!({}));
    let held = json!([{ "kind": "report", "name": "a", "sha256": "ab".repeat(32), "bytes": 3,
        "mediaType": "application/pdf" }]);
    let cases = [
        ("in the future", with("/occurredon", json!("2999-01-01")), 422, "occurred_in_future"),
        (
            "the last day there is",
            with("/occurredon", json!("9999-12-31")),
            422,
            "occurred_in_future",
        ),
        (
            "before the project",
            with("/occurredon", json!("2024-11-30")),
            422,
            "before_project_start",
        ),
        (
            "the first day there is",
            with("/occurredon", json!("0001-01-01")),
            422,
            "occurred_too_early",
        ),
        ("a code of no form", with("/data/code", json!("A 9.9")), 422, "code_unknown"),
        ("no evidence", bare, 422, "evidence_missing"),
        ("evidence that is not there", with("/data/evidence", held), 422, "evidence_not_uploaded"),
        (
            "another partner's activity",
            with("/data/code", json!("A 4.1")),
            403,
            "item_of_another_partner",
        ),
        ("another partner's deliverable", foreign, 403, "item_of_another_partner"),
        ("the lead's decision", accepted, 403, "role_may_not_post"),
        ("a project over HTTP", registered, 403, "project_begins_by_import"),
        ("for another partner", with("/onbehalfof", json!(1)), 403, "on_behalf_of_is_for_the_lead"),
        ("another membership", with("/source", json!("/partners/1")), 403, "choose_membership"),
        ("no rate policy", declared("currency", json!("USD")), 422, "rate_policy_missing"),
        (
            "a category that is not there",
            declared("category", json!("infrastructure")),
            422,
            "category_not_planned",
        ),
        (
            "more than the document",
            declared("declared", json!("3000.01")),
            422,
            "declared_above_eligible",
        ),
    ];
    for (what, body, status, rule) in cases {
        let answer = house.post_bytes(body.to_string());
        house.assert_refused_as_a_line(what, body.to_string(), &answer);
        house.assert_refused(what, &answer, status, rule);
        assert!(answer.faults().iter().any(|(_, found)| found == rule), "{what}: {answer:?}");
    }
    // All rules that refuse an event are told, not the first alone.
    let mut two = with("/occurredon", json!("2999-01-01"));
    two["data"]["code"] = json!("A 9.9");
    let answer = house.post_bytes(two.to_string());
    assert_eq!(answer.status, 422, "{answer:?}");
    let rules: Vec<_> = answer.faults().into_iter().map(|(_, rule)| rule).collect();
    for rule in ["occurred_in_future", "code_unknown"] {
        assert!(rules.iter().any(|found| found == rule), "{rules:?}");
    }
    house.close();
}
