//! The rules of lump sums and unit costs.

use serde_json::{Value, json};

use super::{check, refused, taken, warned};
use crate::given::{Given, Post, evidence, form};
use crate::money::Cents;
use crate::project::finance::given::{cents, claim, record, with};
use crate::rule::Rule;

fn lump_sum(changes: Value) -> Post {
    let data = json!({ "option": "transfer", "workPackage": "WP 7", "evidence": evidence() });
    Post::new("siena", "lump_sum.triggered", "2025-03-03", with(data, changes))
}

fn units(changes: Value) -> Post {
    let data = json!({ "option": "trainer hour", "workPackage": "WP 5", "units": "1",
        "from": "2025-02-01", "to": "2025-02-28", "evidence": evidence() });
    Post::new("trakia", "unit_cost.claimed", "2025-03-03", with(data, changes))
}

/// A form with a unit cost of 33.33 euro of the partners 3 and 4, and conditions of the lump sum.
fn with_options() -> Given {
    let mut given = Given::project();
    let mut newer = form(2);
    newer["budget"]["unitCosts"] = json!([{ "option": "trainer hour", "unit": "hour",
        "category": "staff", "amount": "33.33", "partners": [3, 4] }]);
    newer["budget"]["lumpSums"][0]["conditions"] = json!(["visits held", "study published"]);
    record(&mut given, 1, "application_form.approved", &newer);
    given
}

fn declared(given: &Given, post: &Post) -> Cents {
    given.project.finance.line(post.id).unwrap().declared
}

#[test]
fn a_transfer_partner_is_paid_its_lump_sum_in_full() {
    let mut given = Given::project();
    let post = lump_sum(json!({}));
    check(&mut given, &post, &taken());
    assert_eq!(declared(&given, &post), cents("100.00"));
}

#[test]
fn a_lump_sum_is_one_that_the_form_has_for_the_partner_and_work_package() {
    let mut given = Given::project();
    let unknown = |changes| (lump_sum(changes), refused("option_unknown"));
    for (post, expected) in [
        unknown(json!({ "option": "preparation" })),
        unknown(json!({ "workPackage": "WP 5" })),
        (
            lump_sum(json!({ "workPackage": "WP 9" })),
            super::Outcome::Refused(vec!["code_unknown", "option_unknown"]),
        ),
    ] {
        check(&mut given, &post, &expected);
    }
    let mut of_another = lump_sum(json!({}));
    of_another.subject = "trakia";
    check(&mut given, &of_another, &refused("option_unknown"));
}

#[test]
fn a_lump_sum_counts_once_unless_it_was_reversed() {
    let mut given = Given::project();
    let post = lump_sum(json!({}));
    check(&mut given, &post, &taken());
    let again = lump_sum(json!({})).id(2);
    check(&mut given, &again, &refused("lump_sum_triggered_already"));
    let back = claim::reverse("siena", post.id, "2025-03-04");
    check(&mut given, &back, &taken());
    check(&mut given, &again, &taken());
}

#[test]
fn warns_of_each_condition_of_a_lump_sum_that_is_open() {
    let mut given = with_options();
    let both = json!({ "conditions": ["study published", "visits held"] });
    check(&mut given.clone(), &lump_sum(both), &taken());
    let one = lump_sum(json!({ "conditions": ["visits held"] }));
    check(&mut given.clone(), &one, &warned("conditions_open"));
    assert_eq!(given.accept(&lump_sum(json!({}))), ["conditions_open"; 2]);
}

#[test]
fn simplified_costs_need_a_proof() {
    let mut given = with_options();
    let nothing = json!({ "evidence": [] });
    let conditions = json!({ "evidence": [], "conditions": ["study published", "visits held"] });
    check(&mut given, &lump_sum(conditions), &refused("evidence_missing"));
    check(&mut given, &units(nothing), &refused("evidence_missing"));
    check(&mut given, &units(json!({})), &taken());
}

#[test]
fn units_count_by_the_amount_of_one_rounded_down() {
    let mut given = with_options();
    let post = units(json!({ "units": "1.5" }));
    check(&mut given, &post, &taken());
    assert_eq!(declared(&given, &post), cents("49.99"), "1.5 x 33.33 = 49.995");
}

#[test]
fn units_are_more_than_nothing_and_come_to_a_cent() {
    let mut given = with_options();
    check(&mut given, &units(json!({ "units": "-1" })), &refused("units_not_positive"));
    let none = given.refuse(&units(json!({ "units": "0" })));
    assert!(none.contains(&"units_not_positive"), "{none:?}");
    check(&mut given, &units(json!({ "units": "0.0003" })), &refused("amount_zero"));
    check(&mut given, &units(json!({ "units": "0.0004" })), &taken());
}

#[test]
fn units_are_of_an_option_and_of_codes_of_the_form_and_of_past_days() {
    let mut given = with_options();
    check(&mut given, &units(json!({ "option": "other" })), &refused("option_unknown"));
    let mut of_another = units(json!({}));
    of_another.subject = "urbasofia";
    check(&mut given, &of_another, &refused("option_unknown"));
    check(&mut given, &units(json!({ "activity": "A 4.1" })), &refused("codes_disagree"));
    check(&mut given.clone(), &units(json!({ "activity": "A 5.1" })), &taken());
    check(&mut given, &units(json!({ "to": "2025-01-31" })), &refused("period_reversed"));
    check(&mut given, &units(json!({ "to": "2026-07-02" })), &refused("occurred_in_future"));
    check(&mut given, &units(json!({ "to": "2026-07-01" })), &taken());
}

#[test]
fn warns_of_units_that_were_claimed_before() {
    let mut given = with_options();
    let first = units(json!({ "units": "1" }));
    check(&mut given, &first, &taken());
    let again = units(json!({ "units": "1.0", "option": "Trainer  hour" })).id(2);
    check(&mut given.clone(), &again, &warned("unit_cost_claimed_twice"));
    for other in [
        json!({ "units": "2" }),
        json!({ "units": "1", "from": "2025-02-02" }),
        json!({ "units": "1", "to": "2025-02-27" }),
        json!({ "units": "1", "workPackage": "WP 4" }),
    ] {
        check(&mut given.clone(), &units(other).id(2), &taken());
    }
    let back = claim::reverse("trakia", first.id, "2025-03-04");
    check(&mut given, &back, &taken());
    check(&mut given, &again, &taken());
}

#[test]
fn warns_of_units_outside_of_the_window_and_their_claim_needs_a_letter() {
    let mut given = with_options();
    let early = json!({ "from": "2024-11-30", "units": "1" });
    let early = units(early);
    check(&mut given, &early, &warned("incurred_outside_window"));
    let late = units(json!({ "to": "2026-07-01", "units": "1" })).id(2);
    check(&mut given, &late, &taken());
    given.all_taken(&[claim::precheck(early.id), claim::assemble(1, &[early.id], "2025-04-01")]);
    check(&mut given, &claim::submit(1, "2025-04-02"), &refused("cost_outside_window"));
    given.all_taken(&[claim::attach("trakia", early.id, "2025-04-02", claim::letter())]);
    check(&mut given, &claim::submit(1, "2025-04-02"), &taken());
}

#[test]
fn warns_of_units_above_the_budget() {
    let mut given = with_options();
    let planned =
        given.project.plan.planned_cents("2025-03-03".parse().unwrap(), |cell| cell.partner == 3);
    assert!(planned > cents("33.33") && planned < cents("3333.00"), "{planned}");
    check(&mut given.clone(), &units(json!({ "units": "1" })), &taken());
    let warnings = given.accept(&units(json!({ "units": "100" })));
    assert_eq!(warnings, ["budget_exceeded"; 3]);
}

#[test]
fn a_transfer_partner_is_told_nothing_of_what_others_declared() {
    let mut given = with_options();
    let of_siena = Post { subject: "siena", ..units(json!({ "units": "900000" })) };
    let told = given.clone().post(&of_siena).unwrap().warnings;
    let told: Vec<_> = told.iter().filter(|of| of.rule == Rule::BudgetExceeded).collect();
    assert_eq!(told.len(), 1, "of its own budget alone: {told:?}");
    let own = given.post(&units(json!({ "units": "900000" }))).unwrap().warnings;
    assert_eq!(own.iter().filter(|of| of.rule == Rule::BudgetExceeded).count(), 3);
}
