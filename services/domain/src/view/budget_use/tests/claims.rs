//! Amounts of claims, worked out by hand.

use serde_json::json;
use uuid::Uuid;

use super::{ask, cents, row, view};
use crate::event::plan::application_form::Category;
use crate::given::{Given, form};
use crate::money::Cents;
use crate::project::finance::given::claim::{
    assemble, correct, line, pay, reverse, start, submit, unpark, verify,
};
use crate::project::finance::given::{invoice, record};
use crate::view::budget_use::Amounts;
use crate::view::budget_use::axes::{Axis, Filter};
use crate::view::budget_use::claim::ClaimAmounts;

const NOTHING: &str = "0.00";

pub(super) fn claim(given: &Given, number: u32) -> ClaimAmounts {
    let claim = given.project.finance.claim(number).unwrap();
    view(given).claim(&given.project, claim).amounts
}

/// Of a claim, or of what is in none.
pub(super) fn along_claims(given: &Given, number: Option<u32>) -> Amounts {
    let answer = ask(given, &[Axis::Claim]);
    let row = answer.rows.iter().find(|row| row.key.claim == number);
    row.map(|row| row.amounts).unwrap_or_default()
}

/// Declared, certified, deducted, parked, in control.
fn ruled(of: &ClaimAmounts) -> [Cents; 5] {
    [of.declared, of.certified, of.deducted, of.parked, of.in_control]
}

/// Claimed, certified, deducted, parked, in control.
fn used(of: &Amounts) -> [Cents; 5] {
    [of.claimed, of.certified, of.deducted, of.parked, of.in_control]
}

fn amounts(texts: [&str; 5]) -> [Cents; 5] {
    texts.map(cents)
}

/// Claim 1 of 100.00 of trakia's staff, with 15 % of office and administration.
fn with_staff_in_claim() -> (Given, Uuid) {
    let mut given = Given::project();
    let line = given.checked_line("trakia", "staff", ("100.00", "EUR"));
    given.submitted(1, &[line], "2025-04-10");
    (given, line)
}

#[test]
fn a_claim_holds_its_lines_and_their_flat_rates() {
    let (mut given, line) = with_staff_in_claim();
    let free = given.checked_line("trakia", "staff", ("10.00", "EUR"));
    let waiting = amounts(["115.00", NOTHING, NOTHING, NOTHING, "115.00"]);
    assert_eq!(ruled(&claim(&given, 1)), waiting);
    let totals = ask(&given, &[]).totals;
    assert_eq!(used(&totals), waiting);
    assert_eq!((totals.declared, totals.remaining), (cents("126.50"), cents("873.50")));
    assert_eq!((totals.paid, claim(&given, 1).paid), (cents("110.00"), cents("100.00")));
    assert_eq!(claim(&given, 1).erdf, cents("92.00"));
    given.all_taken(&[assemble(2, &[free], "2025-04-11")]);
    let drafted = claim(&given, 2);
    assert_eq!((drafted.declared, drafted.certified), (cents("11.50"), cents(NOTHING)));
    assert_eq!(along_claims(&given, None).declared, cents("11.50"));
    let answer = view(&given).line(&given.project, line).unwrap();
    assert_eq!((answer.in_control, answer.provisional), (cents("100.00"), false));
}

#[test]
fn a_flat_rate_falls_after_a_deduction() {
    let (mut given, line) = with_staff_in_claim();
    given.controlled(1, &[(line, ["90.01", "9.99", NOTHING])], "2025-04-11");
    let answer = ask(&given, &[Axis::Partner, Axis::Category]);
    let office = row(&answer, 3, Category::OfficeAndAdministration).amounts;
    // F(90.01) = 13.5015 and F(100.00) = 15.00
    assert_eq!(used(&office), amounts(["15.00", "13.50", "1.50", NOTHING, NOTHING]));
    assert_eq!(ruled(&claim(&given, 1)), amounts(["115.00", "103.51", "11.49", NOTHING, NOTHING]));
    assert_eq!(claim(&given, 1).erdf_certified, cents("82.80"), "0.8 x 103.51 = 82.808");
    let trigger = view(&given).payment_trigger(&given.project).unwrap();
    assert_eq!((trigger.validated, trigger.claimed), (cents("103.51"), cents("115.00")));
    // 240.00 x 103.51 / 350.00 = 70.978...
    assert_eq!(trigger.pro_rata_validated, cents("70.97"));
}

#[test]
fn parked_flat_rates_are_taken_up_with_their_base_and_the_whole_stays() {
    let (mut given, line) = with_staff_in_claim();
    given.controlled(1, &[(line, ["60.05", "9.99", "29.96"])], "2025-04-11");
    // F(60.05) = 9.0075, F(29.96) = 4.494, 15.00 - 9.00 - 4.49 = 1.51
    let ruled_on = amounts(["115.00", "69.05", "11.50", "34.45", NOTHING]);
    assert_eq!(ruled(&claim(&given, 1)), ruled_on);
    assert_eq!(used(&ask(&given, &[]).totals), ruled_on);
    given.all_taken(&[unpark(line, "2025-05-10")]);
    let taken_up = claim(&given, 1);
    assert_eq!(ruled(&taken_up), ruled_on, "as it was submitted and ruled on");
    assert_eq!(taken_up.taken_up, cents("34.45"));
    let left = amounts(["80.55", "69.05", "11.50", NOTHING, NOTHING]);
    assert_eq!(used(&along_claims(&given, Some(1))), left);
    assert_eq!(along_claims(&given, None).declared, cents("34.45"));
    assert_eq!(ask(&given, &[]).totals.declared, cents("115.00"));
    given.submitted(2, &[line], "2025-06-10");
    given.controlled(2, &[(line, ["29.96", NOTHING, NOTHING])], "2025-06-11");
    assert_eq!(ruled(&claim(&given, 2)), amounts(["34.45", "34.45", NOTHING, NOTHING, NOTHING]));
    let whole = amounts(["115.00", "103.50", "11.50", NOTHING, NOTHING]);
    assert_eq!(used(&ask(&given, &[]).totals), whole);
}

#[test]
fn what_is_not_ruled_on_is_in_control_with_the_rest_of_the_flat_rate() {
    let mut given = Given::project();
    let first = given.checked_line("trakia", "staff", ("10.03", "EUR"));
    let second = given.checked_line("trakia", "staff", ("10.04", "EUR"));
    given.submitted(1, &[first, second], "2025-04-10");
    given.all_taken(&[start(1, "2025-04-11")]);
    given.all_taken(&[verify(first, ["10.00", "0.03", NOTHING], "2025-04-11")]);
    // F(20.07) = 3.0105, F(10.03) = 1.5045, F(10.00) = 1.50
    let expected = amounts(["23.08", "11.50", "0.03", NOTHING, "11.55"]);
    assert_eq!(ruled(&claim(&given, 1)), expected);
}

#[test]
fn after_a_correction_certified_falls_deducted_rises_and_the_flat_rate_follows() {
    let (mut given, line) = with_staff_in_claim();
    given.controlled(1, &[(line, ["95.00", "5.00", NOTHING])], "2025-04-11");
    assert_eq!(ruled(&claim(&given, 1)), amounts(["115.00", "109.25", "5.75", NOTHING, NOTHING]));
    given.all_taken(&[correct(line, "10.01", "2025-08-10")]);
    // F(84.99) = 12.7485
    let corrected = amounts(["115.00", "97.73", "17.27", NOTHING, NOTHING]);
    assert_eq!(ruled(&claim(&given, 1)), corrected);
    assert_eq!(used(&ask(&given, &[]).totals), corrected);
    let answer = view(&given).line(&given.project, line).unwrap();
    assert_eq!((answer.certified, answer.deducted), (cents("84.99"), cents("15.01")));
    given.all_taken(&[correct(line, "84.99", "2025-09-10")]);
    let nothing_left = amounts(["115.00", NOTHING, "115.00", NOTHING, NOTHING]);
    assert_eq!(ruled(&claim(&given, 1)), nothing_left);
}

#[test]
fn a_correction_takes_off_the_oldest_claim_first() {
    let (mut given, line) = with_staff_in_claim();
    given.controlled(1, &[(line, ["60.00", NOTHING, "40.00"])], "2025-04-11");
    given.all_taken(&[unpark(line, "2025-05-10")]);
    given.submitted(2, &[line], "2025-06-10");
    given.controlled(2, &[(line, ["40.00", NOTHING, NOTHING])], "2025-06-11");
    given.all_taken(&[correct(line, "70.00", "2025-08-10")]);
    assert_eq!(claim(&given, 1).certified, cents(NOTHING));
    // 30.00 with 4.50
    assert_eq!(claim(&given, 2).certified, cents("34.50"));
    assert_eq!(claim(&given, 2).deducted, cents("11.50"));
    assert_eq!(ask(&given, &[]).totals.certified, cents("34.50"));
}

#[test]
fn the_funds_part_of_a_claim_is_the_sum_of_floors_and_not_the_floor_of_the_sum() {
    let mut given = Given::project();
    let partners = [("trakia", "external_expertise"), ("urbasofia", "equipment")];
    let lines =
        partners.map(|(subject, category)| given.checked_line(subject, category, ("0.97", "EUR")));
    given.submitted(1, &lines, "2025-04-10");
    // 0.8 x 0.97 = 0.776 for each, and 0.8 x 1.94 = 1.552
    assert_eq!(claim(&given, 1).erdf, cents("1.54"));
    let number = json!({ "document": invoice("second") });
    let second = line("trakia", "external_expertise", ("0.97", "EUR"), number);
    let second = given.checked(&second);
    given.submitted(2, &[second], "2025-05-10");
    let of_trakia = Filter { partner: Some(3), ..Filter::default() };
    let answer = view(&given).budget_use(&given.project, None, &[], &of_trakia);
    assert_eq!(answer.totals.erdf, Some(cents("1.54")), "for each claim, not 0.8 x 1.94");
    assert_eq!(ask(&given, &[]).totals.erdf, Some(cents("2.31")));
}

#[test]
fn a_flat_rate_is_rounded_down_in_each_claim_and_outside_of_them() {
    let mut given = Given::project();
    let staff = |number: &str| {
        line("trakia", "staff", ("0.13", "EUR"), json!({ "document": invoice(number) }))
    };
    let [first, second, _] = ["1", "2", "3"].map(|number| given.checked(&staff(number)));
    given.submitted(1, &[first], "2025-04-10");
    given.submitted(2, &[second], "2025-05-10");
    // F(0.13) = 0.0195 three times, and F(0.39) = 0.0585
    assert_eq!(ask(&given, &[]).totals.declared, cents("0.42"));
    assert_eq!(ask(&given, &[]).totals.claimed, cents("0.28"));
}

#[test]
fn a_claim_keeps_the_form_in_force_on_the_day_of_its_submission() {
    let mut given = Given::project();
    let staff = given.checked_line("trakia", "staff", ("100.00", "EUR"));
    let newer = |version: u32, from: &str, rate: &str, [erdf, own]: [&str; 2]| {
        let mut newer = form(version);
        newer["validFrom"] = json!(from);
        newer["budget"]["flatRates"][0]["rate"] = json!(rate);
        newer["budget"]["partners"][2]["erdf"] = json!(erdf);
        newer["budget"]["partners"][2]["contributions"][0]["amount"] = json!(own);
        newer
    };
    let second = newer(2, "2025-06-01", "0.10", ["210.00", "90.00"]);
    record(&mut given, 1, "application_form.approved", &second);
    given.all_taken(&[assemble(1, &[staff], "2025-05-31")]);
    let mut before = given.clone();
    before.all_taken(&[submit(1, "2025-05-31")]);
    assert_eq!(claim(&before, 1).declared, cents("115.00"), "by the first form");
    assert_eq!(claim(&before, 1).erdf, cents("92.00"));
    assert_eq!(ask(&before, &[]).totals.declared, cents("115.00"));
    given.all_taken(&[submit(1, "2025-06-01")]);
    let third = newer(3, "2025-06-01", "0.20", ["150.00", "150.00"]);
    record(&mut given, 1, "application_form.approved", &third);
    assert_eq!(claim(&given, 1).declared, cents("110.00"), "by the second form");
    assert_eq!(claim(&given, 1).erdf, cents("77.00"), "0.7 x 110.00");
    let first = given.project.plan.forms.get(&1).unwrap();
    let asked = view(&given).budget_use(&given.project, Some(first), &[], &Filter::default());
    assert_eq!((asked.totals.declared, asked.totals.erdf), (cents("110.00"), Some(cents("77.00"))));
    let number = json!({ "document": invoice("free") });
    let free = line("trakia", "staff", ("10.00", "EUR"), number);
    given.accept(&free);
    assert_eq!(along_claims(&given, None).declared, cents("12.00"), "by the newest form");
}

#[test]
fn a_line_that_is_taken_back_after_its_claim_is_taken_back_in_the_next_one() {
    let (mut given, line) = with_staff_in_claim();
    given.controlled(1, &[(line, ["100.00", NOTHING, NOTHING])], "2025-04-11");
    let back = reverse("trakia", line, "2025-05-10");
    given.takes(&back);
    assert_eq!(claim(&given, 1).certified, cents("115.00"));
    assert_eq!(along_claims(&given, None).declared, cents("-115.00"));
    assert_eq!(along_claims(&given, None).paid, cents("-100.00"));
    assert_eq!(ask(&given, &[]).totals.declared, cents(NOTHING));
    given.submitted(2, &[back.id], "2025-06-10");
    given.controlled(2, &[(back.id, ["-100.00", NOTHING, NOTHING])], "2025-06-11");
    assert_eq!(claim(&given, 2).certified, cents("-115.00"));
    let totals = ask(&given, &[]).totals;
    assert_eq!((totals.certified, totals.claimed), (cents(NOTHING), cents(NOTHING)));
}

#[test]
fn payments_fill_the_oldest_claim_first() {
    let mut given = Given::project();
    let post = line("trakia", "external_expertise", ("60.00", "EUR"), json!({}));
    given.all_taken(&[post.clone(), pay("trakia", post.id, "50.00", "2025-03-10")]);
    given.accept(&assemble(1, &[post.id], "2025-04-10"));
    given.accept(&submit(1, "2025-04-10"));
    given.controlled(1, &[(post.id, ["40.00", NOTHING, "20.00"])], "2025-04-11");
    given.all_taken(&[unpark(post.id, "2025-05-10")]);
    assert_eq!(along_claims(&given, Some(1)).paid, cents("40.00"));
    assert_eq!(along_claims(&given, None).paid, cents("10.00"));
    given.all_taken(&[pay("trakia", post.id, "10.00", "2025-05-11")]);
    assert_eq!(along_claims(&given, None).paid, cents("20.00"));
}
