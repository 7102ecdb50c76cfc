//! The rules of audits and their findings. trakia (3) has declared a line.

use serde_json::{Value, json};

use super::{check, refused, taken, with_a_line};
use crate::given::{Given, Post, en};
use crate::project::finance::given::{declare, invoice, with};

const NOTHING: &str = "00000000-0000-0000-0000-0000000000ff";

fn open(changes: Value) -> Post {
    let data = json!({ "reference": "AA/1", "body": "audit_authority", "scope": en("Equipment") });
    Post::new("haskovo", "audit.opened", "2025-04-07", with(data, changes))
}

fn find(audit: &str, number: &str, changes: Value) -> Post {
    let data = json!({ "audit": audit, "number": number, "text": en("One criterion.") });
    Post::new("haskovo", "finding.recorded", "2025-04-14", with(data, changes))
}

fn close(audit: &str, day: &'static str) -> Post {
    let data = json!({ "audit": audit, "conclusion": en("Done.") });
    Post::new("haskovo", "audit.closed", day, data)
}

fn with_an_audit() -> (Given, String, String) {
    let (mut given, line) = with_a_line();
    let post = open(json!({}));
    check(&mut given, &post, &taken());
    (given, post.id.to_string(), line)
}

#[test]
fn an_audit_ends_on_the_day_it_begins_or_later() {
    let mut given = Given::project();
    let reversed = open(json!({ "from": "2025-04-10", "to": "2025-04-09" }));
    check(&mut given, &reversed, &refused("period_reversed"));
    check(&mut given, &open(json!({ "from": "2025-04-10", "to": "2025-04-10" })), &taken());
}

#[test]
fn a_finding_belongs_to_an_open_audit() {
    let (mut given, audit, _) = with_an_audit();
    check(&mut given, &find(NOTHING, "1", json!({})), &refused("audit_unknown"));
    check(&mut given, &close(NOTHING, "2025-05-01"), &refused("audit_unknown"));
    check(&mut given, &find(&audit, "1", json!({})), &taken());
    check(&mut given, &close(&audit, "2025-05-01"), &taken());
    check(&mut given, &find(&audit, "2", json!({})), &refused("audit_closed_already"));
    check(&mut given, &close(&audit, "2025-05-02"), &refused("audit_closed_already"));
}

#[test]
fn an_audit_finds_and_closes_after_it_was_opened() {
    let (mut given, audit, _) = with_an_audit();
    let mut early = find(&audit, "1", json!({}));
    early.occurred_on = "2025-04-06";
    check(&mut given, &early, &refused("before_what_it_answers"));
    check(&mut given, &close(&audit, "2025-04-06"), &refused("before_what_it_answers"));
}

#[test]
fn a_number_stands_for_one_finding_of_an_audit() {
    let (mut given, audit, _) = with_an_audit();
    check(&mut given, &find(&audit, "3.1", json!({})), &taken());
    let again = find(&audit, "3.1", json!({ "text": en("Another") }));
    check(&mut given, &again, &refused("finding_number_taken"));
    let other = open(json!({ "reference": "AA/2" }));
    check(&mut given, &other, &taken());
    check(&mut given, &find(&other.id.to_string(), "3.1", json!({})), &taken());
}

#[test]
fn a_finding_names_lines_of_one_partner_also_reversed_ones() {
    let (mut given, audit, line) = with_an_audit();
    let unknown = find(&audit, "1", json!({ "lines": [NOTHING] }));
    check(&mut given, &unknown, &refused("line_unknown"));
    let mut other = declare(json!({ "document": invoice("18") }));
    other.subject = "urbasofia";
    given.accept(&other);
    let mixed = find(&audit, "1", json!({ "lines": [line, other.id.to_string()] }));
    check(&mut given, &mixed, &refused("lines_of_several_partners"));
    let data = json!({ "line": line, "reason": en("Mistyped") });
    given.accept(&Post::new("trakia", "expenditure.reversed", "2025-03-11", data));
    let post = find(&audit, "1", json!({ "lines": [line] }));
    check(&mut given, &post, &taken());
    assert_eq!(given.project.finance.audits.finding(post.id).unwrap().partner, Some(3));
}

#[test]
fn a_finding_has_a_day_to_come_an_amount_and_a_known_code() {
    let (mut given, audit, _) = with_an_audit();
    let late = find(&audit, "1", json!({ "due": "2025-04-13" }));
    check(&mut given, &late, &refused("day_passed_already"));
    let nothing = find(&audit, "1", json!({ "amount": "0.00" }));
    check(&mut given, &nothing, &refused("amount_not_positive"));
    let unknown = find(&audit, "1", json!({ "typology": "98.7" }));
    check(&mut given, &unknown, &refused("data_malformed"));
    let good = json!({ "due": "2025-04-14", "amount": "0.01", "typology": "2.1" });
    check(&mut given, &find(&audit, "1", good), &taken());
}
