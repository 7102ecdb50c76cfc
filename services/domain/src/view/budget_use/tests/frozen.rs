//! What a submitted claim fixes stays as it is, whatever is recorded later.

use serde_json::json;
use uuid::Uuid;

use super::claims::{along_claims, claim};
use super::{ask, cents, view};
use crate::given::{Given, form};
use crate::project::finance::given::claim::{
    amend, assemble, line, reverse, submit, unpark, withdraw,
};
use crate::project::finance::given::record;
use crate::view::budget_use::axes::Axis;
use crate::view::budget_use::line::LineAnswer;

const NOTHING: &str = "0.00";

/// Claim 1 of April 2025 with 100.00 lei of urbasofia at 4 for one euro: 25.00.
fn with_lei_in_claim() -> (Given, Uuid) {
    let mut given = Given::project();
    let line = given.checked_line("urbasofia", "equipment", ("100.00", "RON"));
    given.rate("2025-04", "RON", "4");
    given.submitted(1, &[line], "2025-04-10");
    (given, line)
}

/// Everything by which another rate for lei, or another form, could be told.
fn everything_changes(given: &mut Given) {
    given.rate("2025-04", "RON", "3");
    given.rate("2025-05", "RON", "2");
    let policy = json!({ "currency": "RON", "policy": "irrevocable", "value": "1",
        "validFrom": "2024-12-01", "legalSource": "test" });
    record(given, 1, "rate_policy.set", &policy);
    let mut newer = form(2);
    newer["budget"]["flatRates"][0]["rate"] = json!("0.90");
    newer["budget"]["partners"][1]["erdf"] = json!("1.00");
    record(given, 1, "application_form.approved", &newer);
}

#[test]
fn nothing_that_is_recorded_later_changes_a_submitted_claim() {
    let mut given = Given::project();
    let lei = given.checked_line("urbasofia", "equipment", ("100.00", "RON"));
    let staff = given.checked_line("trakia", "staff", ("10.00", "RON"));
    given.rate("2025-04", "RON", "4");
    given.submitted(1, &[lei, staff], "2025-04-10");
    let before = (claim(&given, 1), along_claims(&given, Some(1)));
    // 25.00, and 2.50 with floor(0.15 x 2.50) = 0.37
    assert_eq!((before.0.declared, before.0.provisional), (cents("27.87"), cents(NOTHING)));
    assert_eq!(before.0.erdf, cents("22.29"), "20.00 + floor(0.8 x 2.87)");
    everything_changes(&mut given);
    let after = (claim(&given, 1), along_claims(&given, Some(1)));
    assert_eq!(after.0, before.0);
    let planned = (after.1.planned, after.1.remaining);
    assert_eq!(
        after.1,
        crate::view::budget_use::Amounts { planned: planned.0, remaining: planned.1, ..before.1 }
    );
    assert_eq!(ask(&given, &[]).totals.declared, cents("27.87"));
    let view = view(&given);
    let LineAnswer { euro, provisional, rate, .. } = view.line(&given.project, lei).unwrap();
    assert_eq!((euro, provisional), (Some(cents("25.00")), false));
    let rate = rate.unwrap();
    let rate = (rate.month.to_string(), rate.rate.to_string(), rate.policy);
    assert_eq!(rate, ("2025-04".to_owned(), "4".to_owned(), None));
}

#[test]
fn before_its_submission_a_claim_follows_the_newest_rate() {
    let mut given = Given::project();
    let line = given.checked_line("urbasofia", "equipment", ("100.00", "RON"));
    given.all_taken(&[assemble(1, &[line], "2025-04-10")]);
    let drafted = claim(&given, 1);
    assert_eq!((drafted.declared, drafted.provisional), (cents("20.00"), cents("20.00")));
    given.rate("2025-04", "RON", "4");
    assert_eq!(claim(&given, 1).declared, cents("25.00"));
    assert_eq!(along_claims(&given, Some(1)).declared, cents(NOTHING));
}

#[test]
fn a_withdrawn_claim_is_provisional_again_and_freezes_anew_in_another_month() {
    let (mut given, line) = with_lei_in_claim();
    given.all_taken(&[withdraw(1, "2025-04-20")]);
    let totals = ask(&given, &[]).totals;
    assert_eq!((totals.claimed, totals.provisional), (cents(NOTHING), cents("25.00")));
    given.rate("2025-05", "RON", "5");
    assert_eq!(ask(&given, &[]).totals.declared, cents("20.00"));
    let drafted = claim(&given, 1);
    assert_eq!((drafted.declared, drafted.provisional), (cents("20.00"), cents("20.00")));
    given.all_taken(&[submit(1, "2025-05-10")]);
    assert_eq!(claim(&given, 1).declared, cents("20.00"));
    let portion = &given.project.finance.line(line).unwrap().portions;
    assert_eq!(portion.len(), 1);
    assert_eq!(portion[0].frozen.rate.unwrap().month.to_string(), "2025-05");
    assert_eq!(given.project.finance.claim(1).unwrap().submissions, 2);
    given.rate("2025-06", "RON", "8");
    assert_eq!(ask(&given, &[]).totals.declared, cents("20.00"));
}

#[test]
fn a_line_of_a_withdrawn_claim_is_amended_and_submitted_as_it_reads_then() {
    let mut given = Given::project();
    let line = given.checked_line("trakia", "staff", ("10.00", "EUR"));
    given.submitted(1, &[line], "2025-04-10");
    let less = amend(line, json!({ "declared": "9.00" }));
    assert_eq!(given.refuse(&less), ["line_locked"]);
    given.all_taken(&[withdraw(1, "2025-04-11"), less]);
    assert_eq!(given.accept(&submit(1, "2025-04-12")), ["line_not_prechecked"]);
    assert_eq!(claim(&given, 1).declared, cents("10.35"), "9.00 and 15 %");
}

#[test]
fn what_was_parked_keeps_the_euro_of_its_first_submission_in_the_next_claim() {
    let (mut given, line) = with_lei_in_claim();
    given.controlled(1, &[(line, ["15.01", NOTHING, "9.99"])], "2025-04-11");
    given.all_taken(&[unpark(line, "2025-05-10")]);
    given.rate("2025-06", "RON", "1");
    let free = along_claims(&given, None);
    assert_eq!((free.declared, free.provisional), (cents("9.99"), cents(NOTHING)));
    given.submitted(2, &[line], "2025-06-10");
    let second = claim(&given, 2);
    assert_eq!((second.declared, second.in_control), (cents("9.99"), cents("9.99")));
    let frozen = given.project.finance.line(line).unwrap().portions[1].frozen;
    assert_eq!(frozen.rate.unwrap().month.to_string(), "2025-04");
    given.all_taken(&[withdraw(2, "2025-06-11")]);
    let free = along_claims(&given, None);
    assert_eq!((free.declared, free.provisional), (cents("9.99"), cents(NOTHING)));
    given.submitted(2, &[line], "2025-06-12");
    assert_eq!(claim(&given, 2).declared, cents("9.99"));
    assert_eq!(ask(&given, &[]).totals.declared, cents("25.00"));
}

#[test]
fn what_was_parked_needs_no_rate_of_the_month_of_the_next_claim() {
    let (mut given, line) = with_lei_in_claim();
    given.controlled(1, &[(line, [NOTHING, NOTHING, "25.00"])], "2025-04-11");
    given.all_taken(&[unpark(line, "2025-05-10")]);
    given.submitted(2, &[line], "2026-06-10");
    assert_eq!(
        (claim(&given, 1).taken_up, claim(&given, 2).declared),
        (cents("25.00"), cents("25.00"))
    );
    assert_eq!(along_claims(&given, Some(1)).declared, cents(NOTHING));
}

#[test]
fn what_takes_a_line_back_is_the_exact_negative_of_its_frozen_euro_in_the_next_claim() {
    let mut given = Given::project();
    // 100.00 / 3 = 33.33
    let line = given.checked_line("urbasofia", "equipment", ("100.00", "RON"));
    given.rate("2025-04", "RON", "3");
    given.submitted(1, &[line], "2025-04-10");
    let back = reverse("urbasofia", line, "2025-05-10");
    given.takes(&back);
    given.rate("2025-06", "RON", "7");
    assert_eq!(along_claims(&given, Some(1)).declared, cents("33.33"));
    let free = along_claims(&given, None);
    assert_eq!((free.declared, free.provisional), (cents("-33.33"), cents(NOTHING)));
    assert_eq!(free.paid, cents("-33.33"));
    given.submitted(2, &[back.id], "2025-06-10");
    assert_eq!(claim(&given, 2).declared, cents("-33.33"));
    let totals = ask(&given, &[]).totals;
    assert_eq!(
        (totals.declared, totals.claimed, totals.paid),
        (cents(NOTHING), cents(NOTHING), cents(NOTHING))
    );
}

#[test]
fn a_line_and_what_takes_it_back_are_nothing_at_every_rate_after_their_claim_is_withdrawn() {
    let (mut given, line) = with_lei_in_claim();
    let back = reverse("urbasofia", line, "2025-04-11");
    given.all_taken(&[back.clone(), withdraw(1, "2025-04-12")]);
    for rate in ["3", "7", "8"] {
        given.rate("2025-05", "RON", rate);
        assert_eq!(ask(&given, &[]).totals.declared, cents(NOTHING));
    }
    given.submitted(1, &[line, back.id], "2025-05-10");
    assert_eq!(claim(&given, 1).declared, cents(NOTHING));
}

#[test]
fn rows_of_what_is_frozen_and_of_what_is_provisional_stand_apart() {
    let (mut given, _) = with_lei_in_claim();
    let more = line("urbasofia", "external_expertise", ("40.00", "RON"), json!({}));
    given.accept(&more);
    let answer = ask(&given, &[Axis::Currency, Axis::Claim]);
    let lei = answer.rows.iter().filter(|row| row.key.currency.is_some());
    let lei: Vec<_> =
        lei.map(|row| (row.key.claim, row.amounts.frozen, row.amounts.provisional)).collect();
    let expected =
        [(None, cents(NOTHING), cents("10.00")), (Some(1), cents("25.00"), cents(NOTHING))];
    assert_eq!(lei, expected);
}
