//! The rules of the controller's questions. A line of trakia (3) is in claim 1, submitted on 5 April.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{check, refused, taken, warned};
use crate::given::{Given, Post, en, evidence};
use crate::posting::OnBehalfOf;
use crate::project::finance::given::claim::{assemble, reverse, submit, withdraw};
use crate::project::finance::given::with;

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

/// Claim 1 is submitted, with a line of trakia.
fn with_a_claim() -> (Given, Uuid) {
    let mut given = Given::project();
    let line = given.checked_line("trakia", "staff", ("100.00", "EUR"));
    given.submitted(1, &[line], "2025-04-05");
    (given, line)
}

/// A question about the line of trakia.
fn with_a_question() -> (Given, String) {
    let (mut given, line) = with_a_claim();
    let post = request(json!({ "lines": [line] }));
    check(&mut given, &post, &taken());
    (given, post.id.to_string())
}

#[test]
fn the_controller_asks_and_the_lead_records_it_with_the_letter() {
    let mut given = with_a_claim().0;
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
fn a_question_names_lines_of_one_partner_in_the_claim() {
    let mut given = Given::project();
    let line = given.checked_line("trakia", "staff", ("100.00", "EUR"));
    let other = given.checked_line("urbasofia", "equipment", ("50.00", "EUR"));
    given.submitted(1, &[line, other], "2025-04-05");
    let unknown = request(json!({ "lines": [NOTHING] }));
    check(&mut given, &unknown, &refused("line_unknown"));
    let mixed = request(json!({ "lines": [line, other] }));
    check(&mut given, &mixed, &refused("lines_of_several_partners"));
    check(&mut given, &request(json!({ "lines": [line] })), &taken());
    let free = given.checked_line("trakia", "staff", ("7.00", "EUR"));
    let outside = request(json!({ "lines": [free] }));
    check(&mut given, &outside, &refused("line_not_in_claim"));
    given.all_taken(&[reverse("trakia", free, "2025-03-21")]);
    check(&mut given, &outside, &refused("line_reversed"));
}

#[test]
fn a_question_is_about_a_claim_that_was_submitted() {
    let mut given = Given::project();
    let line = given.checked_line("trakia", "staff", ("100.00", "EUR"));
    check(&mut given, &request(json!({})), &refused("claim_not_submitted"));
    given.all_taken(&[assemble(1, &[line], "2025-04-05")]);
    check(&mut given, &request(json!({})), &refused("claim_not_submitted"));
    given.all_taken(&[submit(1, "2025-04-08")]);
    check(&mut given, &request(json!({})), &refused("before_what_it_answers"));
    let mut later = request(json!({ "lines": [line] }));
    later.occurred_on = "2025-04-08";
    check(&mut given, &later, &taken());
    for claim in [0, 2] {
        let other = request(json!({ "claim": claim }));
        check(&mut given, &other, &refused("claim_not_submitted"));
    }
    given.all_taken(&[withdraw(1, "2025-04-09")]);
    let mut late = request(json!({}));
    late.occurred_on = "2025-04-10";
    check(&mut given, &late, &refused("claim_not_submitted"));
}

#[test]
fn warns_of_a_day_that_was_over_when_it_was_asked() {
    let mut given = with_a_claim().0;
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
    let mut given = with_a_claim().0;
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
