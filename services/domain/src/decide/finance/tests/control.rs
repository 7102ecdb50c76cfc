//! The rules of control and of corrections after it.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Outcome, check, refused, taken};
use crate::given::{Given, Post, evidence};
use crate::posting::OnBehalfOf;
use crate::project::finance::given::claim::{
    assemble, close, correct, letter, precheck, reverse, start, submit, unpark, verify,
};
use crate::project::finance::given::{declare, invoice, with};

const NOTHING: &str = "0.00";

/// Claim 1 of 30.00 and 20.00 euro, submitted on 10 April 2025.
fn with_a_claim() -> (Given, Uuid, Uuid) {
    let mut given = Given::project();
    let first = given.checked_line("trakia", "staff", ("30.00", "EUR"));
    let second = given.checked_line("trakia", "external_expertise", ("20.00", "EUR"));
    given.submitted(1, &[first, second], "2025-04-10");
    (given, first, second)
}

fn in_control() -> (Given, Uuid, Uuid) {
    let (mut given, first, second) = with_a_claim();
    given.all_taken(&[start(1, "2025-04-11")]);
    (given, first, second)
}

/// Of the first line 25.00 are certified and 5.00 parked; the second is deducted.
fn closed() -> (Given, Uuid, Uuid) {
    let (mut given, first, second) = with_a_claim();
    let rulings = [(first, ["25.00", NOTHING, "5.00"]), (second, [NOTHING, "20.00", NOTHING])];
    given.controlled(1, &rulings, "2025-04-11");
    (given, first, second)
}

fn sampled(sample: Value) -> Post {
    let mut post = start(1, "2025-04-11");
    post.data["sample"] = sample;
    post
}

#[test]
fn control_begins_once_and_after_the_submission() {
    let mut given = Given::project();
    check(&mut given, &start(1, "2025-04-11"), &refused("claim_not_submitted"));
    let line = given.checked_line("trakia", "staff", ("30.00", "EUR"));
    given.all_taken(&[assemble(1, &[line], "2025-04-10")]);
    check(&mut given, &start(1, "2025-04-11"), &refused("claim_not_submitted"));
    given.all_taken(&[submit(1, "2025-04-10")]);
    check(&mut given, &start(1, "2025-04-09"), &refused("before_what_it_answers"));
    check(&mut given, &start(1, "2025-04-10"), &taken());
    check(&mut given, &start(1, "2025-04-11"), &refused("claim_in_control"));
}

#[test]
fn a_sample_is_one_that_anybody_can_draw_again() {
    let (mut given, first, _) = with_a_claim();
    let of = |sample: Value, expected: &Outcome| {
        check(&mut given.clone(), &sampled(sample), expected);
    };
    of(json!({ "rule": "random", "share": "0.5" }), &refused("sample_incomplete"));
    of(json!({ "rule": "random", "seed": "7" }), &refused("sample_incomplete"));
    of(json!({ "rule": "random", "seed": "7", "share": "0.5" }), &taken());
    of(json!({ "rule": "random", "seed": "7", "atLeast": "25.00" }), &taken());
    of(json!({ "rule": "chosen" }), &refused("sample_incomplete"));
    of(json!({ "rule": "chosen", "lines": [first] }), &taken());
    let unknown = json!({ "rule": "chosen", "lines": [first, Uuid::nil()] });
    of(unknown, &refused("line_not_in_claim"));
    let outside = given.checked_line("trakia", "staff", ("1.00", "EUR"));
    let outside = sampled(json!({ "rule": "chosen", "lines": [outside] }));
    check(&mut given, &outside, &refused("line_not_in_claim"));
}

#[test]
fn a_random_sample_has_the_smallest_hashes_and_the_large_lines_in_the_order_of_the_claim() {
    let mut given = Given::project();
    let lines: Vec<Uuid> = (1..=5)
        .map(|n| given.checked_line("trakia", "staff", (&format!("{n}.00"), "EUR")))
        .collect();
    given.submitted(1, &lines, "2025-04-10");
    let drawn = |sample: Value| given.clone().post(&sampled(sample)).unwrap().completed.lines;
    let mut by_hash = lines.clone();
    by_hash.sort_by_key(|id| {
        use sha2::{Digest, Sha256};
        Sha256::digest(format!("care\n{}", id.to_string().to_lowercase()))
    });
    let expected = |wanted: &dyn Fn(&Uuid) -> bool| {
        lines.iter().copied().filter(|id| wanted(id)).collect::<Vec<_>>()
    };
    let share = json!({ "rule": "random", "seed": "care", "share": "0.21" });
    let two = &by_hash[..2];
    assert_eq!(drawn(share.clone()), expected(&|id| two.contains(id)), "1.05 lines, rounded up");
    let large = with(share, json!({ "atLeast": "4.00" }));
    let or_large = |id: &Uuid| two.contains(id) || lines[3..].contains(id);
    assert_eq!(drawn(large), expected(&or_large));
    assert_eq!(drawn(json!({ "rule": "all" })), lines);
    let chosen = json!({ "rule": "chosen", "lines": [lines[2], lines[0]] });
    assert_eq!(drawn(chosen), [lines[0], lines[2]]);
}

#[test]
fn lines_are_ruled_on_while_control_is_open() {
    let (mut given, first, second) = with_a_claim();
    let ruling = |on| verify(first, ["30.00", NOTHING, NOTHING], on);
    check(&mut given, &ruling("2025-04-11"), &refused("control_not_started"));
    check(&mut given, &close(1, "2025-04-11"), &refused("control_not_started"));
    given.all_taken(&[start(1, "2025-04-11")]);
    check(&mut given, &ruling("2025-04-10"), &refused("before_what_it_answers"));
    check(&mut given, &ruling("2025-04-11"), &taken());
    given.all_taken(&[verify(second, [NOTHING, "20.00", NOTHING], "2025-04-12")]);
    check(&mut given, &close(1, "2025-04-11"), &refused("before_what_it_answers"));
    check(&mut given, &close(1, "2025-04-12"), &taken());
    check(&mut given, &ruling("2025-04-12"), &refused("control_not_started"));
    check(&mut given, &close(1, "2025-04-12"), &refused("control_not_started"));
    check(&mut given, &close(2, "2025-04-12"), &refused("claim_not_submitted"));
    let unknown = verify(Uuid::nil(), ["1.00", NOTHING, NOTHING], "2025-04-12");
    check(&mut given, &unknown, &refused("line_unknown"));
}

#[test]
fn certified_deducted_and_parked_are_what_the_claim_declares_to_the_cent() {
    let (mut given, line, _) = in_control();
    let ruling = |amounts| verify(line, amounts, "2025-04-11");
    let unbalanced = refused("verification_unbalanced");
    check(&mut given, &ruling(["29.99", NOTHING, NOTHING]), &unbalanced);
    check(&mut given, &ruling(["20.00", "5.00", "5.01"]), &unbalanced);
    check(&mut given, &ruling(["20.00", "5.00", "5.00"]), &taken());
    check(&mut given, &ruling(["30.00", NOTHING, NOTHING]), &taken());
    let certified = given.project.finance.line(line).unwrap().portions[0].verified.clone();
    assert_eq!(certified.unwrap().certified().to_string(), "30.00", "the newest counts");
}

#[test]
fn what_is_ruled_on_has_the_sign_of_the_line() {
    let (mut given, line, _) = in_control();
    let ruling = |amounts| verify(line, amounts, "2025-04-11");
    check(&mut given, &ruling(["31.00", NOTHING, "-1.00"]), &refused("signs_disagree"));
    check(&mut given, &ruling(["31.00", "-1.00", NOTHING]), &refused("signs_disagree"));
    let mut nothing = ruling(["30.00", NOTHING, NOTHING]);
    nothing.data["deductions"] = json!([{ "amount": "0.00", "typology": "2.1" }]);
    check(&mut given, &nothing, &refused("amount_zero"));
    check(&mut given, &ruling([NOTHING, "30.00", NOTHING]), &taken());
}

#[test]
fn a_credit_note_is_certified_below_nothing() {
    let mut given = Given::project();
    let line = given.checked_line("trakia", "staff", ("30.00", "EUR"));
    let note = json!({ "document": invoice("C 1"), "net": "-10.00", "vat": NOTHING,
        "declared": "-10.00", "category": "staff", "corrects": line });
    let note = given.checked(&declare(note));
    given.submitted(1, &[line, note], "2025-04-10");
    given.all_taken(&[start(1, "2025-04-11")]);
    let ruling = |amounts| verify(note, amounts, "2025-04-11");
    check(&mut given, &ruling(["10.00", "-20.00", NOTHING]), &refused("signs_disagree"));
    check(&mut given, &ruling(["-9.00", "-1.00", NOTHING]), &taken());
    given.all_taken(&[verify(line, ["30.00", NOTHING, NOTHING], "2025-04-11")]);
    given.all_taken(&[close(1, "2025-04-11")]);
    let more = correct(note, "-9.01", "2025-04-12");
    check(&mut given, &more, &refused("correction_above_certified"));
    check(&mut given, &correct(note, "1.00", "2025-04-12"), &refused("correction_above_certified"));
    check(&mut given, &correct(note, "-9.00", "2025-04-12"), &taken());
}

#[test]
fn control_is_closed_when_every_line_is_ruled_on() {
    let (mut given, first, second) = in_control();
    given.all_taken(&[verify(first, ["30.00", NOTHING, NOTHING], "2025-04-11")]);
    check(&mut given, &close(1, "2025-04-12"), &refused("line_not_verified"));
    given.all_taken(&[verify(second, ["20.00", NOTHING, NOTHING], "2025-04-11")]);
    check(&mut given, &close(1, "2025-04-12"), &taken());
}

#[test]
fn what_is_taken_up_again_was_parked_in_a_claim_whose_control_is_closed() {
    let (mut given, first, second) = in_control();
    given.all_taken(&[verify(first, ["25.00", NOTHING, "5.00"], "2025-04-11")]);
    check(&mut given, &unpark(first, "2025-04-12"), &refused("nothing_parked"));
    let (mut closed, parked, deducted) = closed();
    check(&mut closed, &unpark(deducted, "2025-04-12"), &refused("nothing_parked"));
    check(&mut closed, &unpark(parked, "2025-04-12"), &taken());
    check(&mut closed, &unpark(parked, "2025-04-13"), &refused("nothing_parked"));
    check(&mut given, &unpark(second, "2025-04-12"), &refused("nothing_parked"));
}

#[test]
fn a_correction_takes_off_at_most_what_is_certified_in_closed_control() {
    let (mut open, line, _) = in_control();
    open.all_taken(&[verify(line, ["30.00", NOTHING, NOTHING], "2025-04-11")]);
    check(&mut open, &correct(line, "1.00", "2025-04-12"), &refused("correction_above_certified"));
    let (mut given, first, second) = closed();
    let of = |line, amount: &str| correct(line, amount, "2025-05-12");
    check(&mut given, &of(first, "25.01"), &refused("correction_above_certified"));
    check(&mut given, &of(first, "-1.00"), &refused("correction_above_certified"));
    check(&mut given, &of(first, NOTHING), &refused("correction_above_certified"));
    check(&mut given, &of(second, "0.01"), &refused("correction_above_certified"));
    check(&mut given, &of(first, "20.00"), &taken());
    check(&mut given, &of(first, "5.01"), &refused("correction_above_certified"));
    check(&mut given, &of(first, "5.00"), &taken());
    check(&mut given, &of(Uuid::nil(), "1.00"), &refused("line_unknown"));
}

#[test]
fn a_correction_names_its_lines_once_and_its_decision() {
    let (mut given, line, _) = closed();
    let one = correct(line, "1.00", "2025-05-12");
    let changed = |changes| {
        let mut post = one.clone();
        post.data = with(post.data, changes);
        post
    };
    let none = changed(json!({ "corrections": [] }));
    check(&mut given, &none, &refused("correction_of_nothing"));
    let part = one.data["corrections"][0].clone();
    let twice = changed(json!({ "corrections": [part.clone(), part] }));
    check(&mut given, &twice, &refused("correction_of_nothing"));
    let undecided = changed(json!({ "evidence": [] }));
    check(&mut given, &undecided, &refused("evidence_missing"));
    check(&mut given, &one, &taken());
}

#[test]
fn control_is_the_controllers_and_the_lead_records_it_with_the_document() {
    let (mut given, line, _) = with_a_claim();
    let mut post = start(1, "2025-04-11");
    post.subject = "haskovo";
    check(&mut given, &post, &refused("controller_decides"));
    let post = post.on_behalf_of(OnBehalfOf::Controller, "its letter");
    check(&mut given, &post, &refused("evidence_missing"));
    let mut with_letter = post.clone();
    with_letter.data["evidence"] = letter();
    check(&mut given, &with_letter, &taken());
    let mut ruling = verify(line, ["30.00", NOTHING, NOTHING], "2025-04-11");
    ruling.subject = "trakia";
    check(&mut given, &ruling, &refused("role_may_not_post"));
    ruling.subject = "haskovo";
    ruling.data["evidence"] = evidence();
    check(&mut given, &ruling.on_behalf_of(OnBehalfOf::Controller, "its letter"), &taken());
}

#[test]
fn a_line_that_is_taken_back_is_ruled_on_where_it_stands_and_where_it_is_taken_back() {
    let (mut given, first, second) = closed();
    let back = reverse("trakia", first, "2025-04-20");
    given.takes(&back);
    given.submitted(2, &[back.id], "2025-05-10");
    given.all_taken(&[start(2, "2025-05-11")]);
    let whole = verify(back.id, ["30.00", NOTHING, NOTHING], "2025-05-11");
    let rules = given.refuse(&whole);
    assert!(rules.contains(&"signs_disagree"), "{rules:?}");
    check(&mut given, &verify(back.id, ["-30.00", NOTHING, NOTHING], "2025-05-11"), &taken());
    check(&mut given, &precheck(second), &refused("line_locked"));
}
