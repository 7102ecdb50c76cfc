//! Where claims, credit notes, reversals, amendments and corrections meet.
use super::cents;
use super::claims::{along_claims, claim};
use crate::given::Given;
use crate::project::finance::given::claim::*;
use crate::project::finance::given::{declare, invoice};
use serde_json::json;

const NOTHING: &str = "0.00";

#[test]
fn a_locked_line_that_is_reversed_is_declared_anew() {
    let mut given = Given::project();
    let first = line("trakia", "staff", ("10.00", "EUR"), json!({}));
    given.checked(&first);
    given.submitted(1, &[first.id], "2025-04-10");
    given.all_taken(&[reverse("trakia", first.id, "2025-04-11")]);
    let anew = first.clone().id(77);
    given.takes(&anew);
    given.all_taken(&[pay("trakia", anew.id, "10.00", "2025-04-11")]);
}

#[test]
fn a_reversal_is_the_negative_of_the_new_frozen_euro_after_withdrawal() {
    let mut given = Given::project();
    let line = given.checked_line("urbasofia", "equipment", ("100.00", "RON"));
    given.rate("2025-04", "RON", "4");
    given.submitted(1, &[line], "2025-04-10");
    let back = reverse("urbasofia", line, "2025-04-11");
    given.all_taken(&[back.clone(), withdraw(1, "2025-04-12")]);
    given.rate("2025-05", "RON", "5");
    given.accept(&submit(1, "2025-05-10"));
    given.rate("2025-06", "RON", "8");
    assert_eq!(along_claims(&given, None).declared, cents("-20.00"));
    given.submitted(2, &[back.id], "2025-06-10");
    assert_eq!(claim(&given, 2).declared, cents("-20.00"));
}

fn credit_note_parked() -> (Given, uuid::Uuid) {
    let mut given = Given::project();
    let line = given.checked_line("trakia", "external_expertise", ("30.00", "EUR"));
    let note = json!({ "document": invoice("C 1"), "net": "-10.00", "vat": NOTHING,
        "declared": "-10.00", "corrects": line });
    let note = given.checked(&declare(note));
    given.submitted(1, &[line, note], "2025-04-10");
    given.controlled(
        1,
        &[(line, ["30.00", NOTHING, NOTHING]), (note, [NOTHING, NOTHING, "-10.00"])],
        "2025-04-11",
    );
    given.all_taken(&[unpark(note, "2025-05-10")]);
    (given, note)
}

#[test]
fn a_taken_up_credit_note_is_paid_where_it_stands() {
    let (given, _) = credit_note_parked();
    assert_eq!(along_claims(&given, Some(1)).paid, cents("30.00"));
    assert_eq!(along_claims(&given, None).paid, cents("-10.00"));
}

#[test]
fn a_correction_of_a_credit_note_falls_on_what_is_certified() {
    let (mut given, note) = credit_note_parked();
    given.submitted(2, &[note], "2025-06-10");
    given.controlled(2, &[(note, ["-10.00", NOTHING, NOTHING])], "2025-06-11");
    given.all_taken(&[correct(note, "-5.00", "2025-08-10")]);
    assert_eq!(claim(&given, 1).certified, cents("30.00"));
    assert_eq!(claim(&given, 2).certified, cents("-5.00"));
}

#[test]
fn an_amended_line_is_not_below_its_credit_notes() {
    let mut given = Given::project();
    let post = declare(json!({}));
    given.takes(&post);
    let note = json!({ "document": invoice("C 1"), "net": "-30.00", "vat": NOTHING,
        "declared": "-30.00", "corrects": post.id });
    given.all_taken(&[declare(note)]);
    assert_eq!(
        given.refuse(&amend(post.id, json!({ "declared": "29.99" }))),
        ["correction_above_line"]
    );
}

#[test]
fn an_amended_line_with_credit_notes_keeps_its_currency() {
    let mut given = Given::project();
    let post = declare(json!({}));
    given.takes(&post);
    let note = json!({ "document": invoice("C 1"), "net": "-30.00", "vat": NOTHING,
        "declared": "-30.00", "corrects": post.id });
    given.all_taken(&[declare(note)]);
    assert_eq!(
        given.refuse(&amend(post.id, json!({ "currency": "BGN" }))),
        ["document_currency_differs"]
    );
}

#[test]
fn an_amended_document_is_not_below_what_was_paid() {
    let mut given = Given::project();
    let post = declare(json!({}));
    given.all_taken(&[post.clone(), pay("trakia", post.id, "120.00", "2025-03-10")]);
    assert_eq!(
        given.refuse(&amend(post.id, json!({ "net": "60.00", "vat": "0.00" }))),
        ["paid_above_document"]
    );
}

#[test]
fn what_was_taken_back_is_not_corrected() {
    let mut given = Given::project();
    let line = given.checked_line("trakia", "external_expertise", ("30.00", "EUR"));
    given.submitted(1, &[line], "2025-04-10");
    given.controlled(1, &[(line, ["30.00", NOTHING, NOTHING])], "2025-04-11");
    let back = reverse("trakia", line, "2025-05-10");
    given.takes(&back);
    given.submitted(2, &[back.id], "2025-06-10");
    given.controlled(2, &[(back.id, ["-30.00", NOTHING, NOTHING])], "2025-06-11");
    assert_eq!(given.refuse(&correct(line, "30.00", "2025-08-10")), ["line_reversed"]);
}

#[test]
fn an_unpaid_line_that_is_taken_back_goes_into_the_final_claim() {
    let mut given = Given::project();
    let post = line("trakia", "external_expertise", ("30.00", "EUR"), json!({}));
    given.all_taken(&[post.clone(), precheck(post.id), assemble(1, &[post.id], "2025-04-10")]);
    given.accept(&submit(1, "2025-04-10"));
    given.controlled(1, &[(post.id, ["20.00", NOTHING, "10.00"])], "2025-04-11");
    given.all_taken(&[unpark(post.id, "2025-05-10")]);
    let back = reverse("trakia", post.id, "2025-05-10");
    given.takes(&back);
    given.all_taken(&[assemble(2, &[post.id, back.id], "2025-06-10")]);
    assert_eq!(given.accept(&submit(2, "2025-06-10")), Vec::<&str>::new());
}

#[test]
fn a_refused_only_line_is_not_also_an_empty_claim() {
    let mut given = Given::project();
    let line = given.checked_line("trakia", "external_expertise", ("30.00", "EUR"));
    given.submitted(1, &[line], "2025-04-10");
    assert_eq!(given.refuse(&assemble(2, &[line], "2025-05-10")), ["line_in_claim"]);
}
