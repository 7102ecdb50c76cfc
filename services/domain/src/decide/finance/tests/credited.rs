//! Credit notes and what takes lines back, on their way into claims; and the order of days there.

use serde_json::json;
use uuid::Uuid;

use super::{check, refused, taken, warned};
use crate::given::{Given, Post};
use crate::project::finance::given::claim::*;
use crate::project::finance::given::{declare, invoice};

const NOTHING: &str = "0.00";

/// A line of 100.00 that is checked, with a credit note of 10.00, not refunded: the supplier was
/// paid `paid`.
fn with_a_credit_note(paid: &str) -> (Given, Uuid, Uuid) {
    let mut given = Given::project();
    let of_line = json!({ "net": "100.00", "vat": NOTHING, "declared": "100.00" });
    let line = declare(of_line);
    let of_note = json!({ "document": invoice("C 1"), "net": "-10.00", "vat": NOTHING,
        "declared": "-10.00", "corrects": line.id });
    let note = declare(of_note).id(9);
    given.all_taken(&[line.clone(), note.clone(), precheck(line.id), precheck(note.id)]);
    given.all_taken(&[pay("trakia", line.id, paid, "2025-03-10")]);
    (given, line.id, note.id)
}

fn found(given: &Given) -> Vec<Uuid> {
    let data = json!({ "claim": 1, "filter": { "until": "2025-04-09" } });
    let post = Post::new("haskovo", "claim.assembled", "2025-04-10", data);
    given.clone().post(&post).map(|decision| decision.completed.lines).unwrap_or_default()
}

#[test]
fn a_credit_note_that_is_set_off_counts_as_paid_and_so_does_its_line() {
    let (given, line, note) = with_a_credit_note("90.00");
    assert_eq!(found(&given), [line, note]);
    let (given, ..) = with_a_credit_note("89.99");
    assert!(found(&given).is_empty());
}

#[test]
fn a_line_and_a_credit_note_that_are_set_off_go_into_the_final_claim() {
    let (mut given, line, note) = with_a_credit_note("90.00");
    let first = given.checked_line("trakia", "staff", ("1.00", "EUR"));
    given.submitted(1, &[first], "2025-04-10");
    given.all_taken(&[assemble(2, &[line, note], "2025-04-11")]);
    check(&mut given, &submit(2, "2025-04-11"), &taken());
    let (mut given, line, note) = with_a_credit_note("80.00");
    let first = given.checked_line("trakia", "staff", ("1.00", "EUR"));
    given.submitted(1, &[first], "2025-04-10");
    given.all_taken(&[assemble(2, &[line, note], "2025-04-11")]);
    check(&mut given, &submit(2, "2025-04-11"), &refused("line_unpaid_in_final_claim"));
}

#[test]
fn warns_when_a_line_goes_into_a_claim_without_its_credit_note() {
    let (mut given, line, note) = with_a_credit_note("90.00");
    let without = assemble(1, &[line], "2025-04-10");
    check(&mut given, &without, &warned("corrections_left_out"));
    check(&mut given, &submit(1, "2025-04-10"), &warned("corrections_left_out"));
    let (mut given, line, _) = (with_a_credit_note("90.00").0, line, note);
    check(&mut given, &assemble(1, &[line, note], "2025-04-10"), &taken());
    check(&mut given, &submit(1, "2025-04-10"), &taken());
}

#[test]
fn a_claim_is_submitted_after_all_that_was_done_to_its_lines() {
    let mut given = Given::project();
    let line = given.checked_line("trakia", "staff", ("30.00", "EUR"));
    given.all_taken(&[assemble(1, &[line], "2025-03-05")]);
    let query = json!({ "line": line, "result": "ok" });
    given.all_taken(&[Post::new("haskovo", "expenditure.prechecked", "2025-05-02", query)]);
    check(&mut given, &submit(1, "2025-05-01"), &refused("before_what_it_answers"));
    check(&mut given, &submit(1, "2025-05-02"), &taken());
}

#[test]
fn a_claim_that_was_withdrawn_is_not_submitted_as_of_before() {
    let mut given = Given::project();
    let line = given.checked_line("trakia", "staff", ("30.00", "EUR"));
    given.submitted(1, &[line], "2025-04-10");
    given.all_taken(&[withdraw(1, "2025-05-03")]);
    check(&mut given, &submit(1, "2025-05-02"), &refused("before_what_it_answers"));
    given.all_taken(&[assemble(1, &[line], "2025-04-20")]);
    check(&mut given, &submit(1, "2025-05-02"), &refused("before_what_it_answers"));
    check(&mut given, &submit(1, "2025-05-03"), &taken());
}

#[test]
fn a_payment_that_was_made_later_does_not_move_the_day_of_the_claim() {
    let mut given = Given::project();
    let post = line("trakia", "staff", ("30.00", "EUR"), json!({}));
    given.all_taken(&[post.clone(), precheck(post.id), assemble(1, &[post.id], "2025-04-01")]);
    given.all_taken(&[pay("trakia", post.id, "30.00", "2025-04-03")]);
    check(&mut given, &submit(1, "2025-04-01"), &taken());
}

#[test]
fn a_correction_of_what_was_certified_first_needs_not_wait_for_the_rest() {
    let mut given = Given::project();
    let line = given.checked_line("trakia", "staff", ("30.00", "EUR"));
    given.submitted(1, &[line], "2025-04-10");
    given.controlled(1, &[(line, ["20.00", NOTHING, "10.00"])], "2025-04-20");
    given.all_taken(&[unpark(line, "2025-04-21")]);
    given.submitted(2, &[line], "2025-05-10");
    given.controlled(2, &[(line, ["10.00", NOTHING, NOTHING])], "2025-05-20");
    check(&mut given, &correct(line, "1.00", "2025-05-01"), &taken());
}

#[test]
fn a_claim_is_not_submitted_as_of_before_the_claim_that_it_follows() {
    let mut given = Given::project();
    let first = given.checked_line("trakia", "staff", ("30.00", "EUR"));
    let second = given.checked_line("trakia", "staff", ("20.00", "EUR"));
    given.all_taken(&[assemble(2, &[second], "2025-04-01")]);
    given.submitted(1, &[first], "2025-04-10");
    check(&mut given, &submit(2, "2025-04-09"), &refused("before_what_it_answers"));
    check(&mut given, &submit(2, "2025-04-10"), &taken());
}

#[test]
fn what_follows_control_is_not_of_a_day_before_its_closing() {
    let mut given = Given::project();
    let line = given.checked_line("trakia", "staff", ("30.00", "EUR"));
    given.submitted(1, &[line], "2025-04-10");
    given.controlled(1, &[(line, ["20.00", NOTHING, "10.00"])], "2025-04-20");
    check(&mut given, &unpark(line, "2025-04-19"), &refused("before_what_it_answers"));
    check(&mut given, &correct(line, "1.00", "2025-04-19"), &refused("before_what_it_answers"));
    check(&mut given, &correct(line, "1.00", "2025-04-20"), &taken());
    check(&mut given, &unpark(line, "2025-04-20"), &taken());
}
