//! The rules of the controller's questions. trakia (3) has declared a line.

use serde_json::{Value, json};

use super::{check, refused, taken, warned, with_a_line};
use crate::given::{Given, Post, en, evidence};
use crate::posting::OnBehalfOf;
use crate::project::finance::given::{declare, invoice, with};

const NOTHING: &str = "00000000-0000-0000-0000-0000000000ff";

fn request(changes: Value) -> Post {
    let data = json!({ "claim": 1, "due": "2025-04-20", "text": en("Hand in the quotes.") });
    Post::new("controller", "clarification.requested", "2025-04-07", with(data, changes))
}

fn answer(subject: &'static str, clarification: &str, day: &'static str) -> Post {
    let data = json!({ "clarification": clarification, "text": en("They are attached.") });
    Post::new(subject, "clarification.answered", day, data)
}

fn close(clarification: &str, day: &'static str) -> Post {
    let data = json!({ "clarification": clarification });
    Post::new("controller", "clarification.closed", day, data)
}

/// A question about the line of trakia.
fn with_a_question() -> (Given, String) {
    let (mut given, line) = with_a_line();
    let post = request(json!({ "lines": [line] }));
    check(&mut given, &post, &taken());
    (given, post.id.to_string())
}

#[test]
fn the_controller_asks_and_the_lead_records_it_with_the_letter() {
    let mut given = Given::project();
    check(&mut given, &request(json!({})), &taken());
    let mut lead = request(json!({ "text": en("By letter") }));
    lead.subject = "haskovo";
    check(&mut given, &lead, &refused("controller_decides"));
    let lead = lead.on_behalf_of(OnBehalfOf::Controller, "a letter");
    check(&mut given, &lead, &refused("evidence_missing"));
    let mut lead = lead;
    lead.data["evidence"] = evidence();
    check(&mut given, &lead, &taken());
    let mut partner = request(json!({}));
    partner.subject = "trakia";
    check(&mut given, &partner, &refused("role_may_not_post"));
}

#[test]
fn a_question_names_live_lines_of_one_partner() {
    let (mut given, line) = with_a_line();
    let unknown = request(json!({ "lines": [NOTHING] }));
    check(&mut given, &unknown, &refused("line_unknown"));
    let mut other = declare(json!({ "document": invoice("18") }));
    other.subject = "urbasofia";
    given.accept(&other);
    let mixed = request(json!({ "lines": [line, other.id.to_string()] }));
    check(&mut given, &mixed, &refused("lines_of_several_partners"));
    let one = request(json!({ "lines": [line] }));
    check(&mut given.clone(), &one, &taken());
    let data = json!({ "line": line, "reason": en("Mistyped") });
    given.accept(&Post::new("trakia", "expenditure.reversed", "2025-03-11", data));
    check(&mut given, &one, &refused("line_reversed"));
}

#[test]
fn the_number_of_the_claim_is_a_number() {
    let mut given = Given::project();
    check(&mut given, &request(json!({ "claim": 0 })), &refused("number_out_of_range"));
    check(&mut given, &request(json!({ "claim": 2 })), &taken());
}

#[test]
fn warns_of_a_day_that_was_over_when_it_was_asked() {
    let mut given = Given::project();
    let late = request(json!({ "due": "2025-04-06" }));
    check(&mut given, &late, &warned("clarification_due_passed"));
    check(&mut given, &request(json!({ "due": "2025-04-07" })), &taken());
}

#[test]
fn the_partner_of_the_lines_answers_as_often_as_it_likes() {
    let (mut given, id) = with_a_question();
    check(&mut given, &answer("trakia", NOTHING, "2025-04-08"), &refused("clarification_unknown"));
    let foreign = answer("urbasofia", &id, "2025-04-08");
    check(&mut given, &foreign, &refused("clarification_unknown"));
    let early = answer("trakia", &id, "2025-04-06");
    check(&mut given, &early, &refused("before_what_it_answers"));
    check(&mut given, &answer("trakia", &id, "2025-04-08"), &taken());
    check(&mut given, &answer("trakia", &id, "2025-04-09"), &taken());
    check(&mut given, &answer("haskovo", &id, "2025-04-09"), &taken());
    let for_it = answer("haskovo", &id, "2025-04-10").on_behalf_of(OnBehalfOf::Partner(3), "ill");
    check(&mut given, &for_it, &taken());
    let wrong = answer("haskovo", &id, "2025-04-11").on_behalf_of(OnBehalfOf::Partner(2), "ill");
    check(&mut given, &wrong, &refused("item_of_another_partner"));
}

#[test]
fn the_lead_answers_where_no_line_is_named() {
    let mut given = Given::project();
    let post = request(json!({}));
    check(&mut given, &post, &taken());
    let id = post.id.to_string();
    check(&mut given, &answer("trakia", &id, "2025-04-08"), &refused("clarification_unknown"));
    check(&mut given, &answer("haskovo", &id, "2025-04-08"), &taken());
}

#[test]
fn a_closed_question_takes_no_further_event() {
    let (mut given, id) = with_a_question();
    check(&mut given, &close(NOTHING, "2025-04-10"), &refused("clarification_unknown"));
    check(&mut given, &close(&id, "2025-04-06"), &refused("before_what_it_answers"));
    check(&mut given, &close(&id, "2025-04-10"), &taken());
    check(&mut given, &close(&id, "2025-04-11"), &refused("clarification_closed_already"));
    let late = answer("trakia", &id, "2025-04-11");
    check(&mut given, &late, &refused("clarification_closed_already"));
}
