//! The traps that money falls into.

use serde_json::json;
use uuid::Uuid;

use super::{check, refused, taken, warned};
use crate::given::{Given, Post, en, form};
use crate::posting::{FrozenLine, OnBehalfOf, Refusal};
use crate::project::finance::given::claim::{
    amend, assemble, attach, letter, pay, precheck, reverse, submit,
};
use crate::project::finance::given::{
    cents, cost, dated_invoice, declare, invoice, rates, record, with,
};

/// What a submission would fix of its only line.
fn frozen(given: &Given, post: &Post) -> FrozenLine {
    let completed = given.clone().post(post).unwrap().completed;
    let mut lines = completed.frozen.unwrap().lines;
    assert_eq!(lines.len(), 1);
    lines.remove(0)
}

#[test]
fn a_claim_of_30_november_at_23_59_in_sofia_has_novembers_rate_and_one_two_minutes_later_decembers()
{
    let mut given = Given::project();
    given.now = "2025-11-30T21:59:00Z".parse().unwrap();
    let line = given.checked_line("urbasofia", "equipment", ("100.00", "RON"));
    given.rate("2025-11", "RON", "4");
    given.rate("2025-12", "RON", "8");
    given.all_taken(&[assemble(1, &[line], "2025-11-30")]);
    let (november, december) = (submit(1, "2025-11-30"), submit(1, "2025-12-01"));
    let of_november = frozen(&given, &november);
    assert_eq!(of_november.euro, cents("25.00"));
    assert_eq!(of_november.rate.unwrap().month.to_string(), "2025-11");
    check(&mut given, &december, &refused("occurred_in_future"));
    given.now = "2025-11-30T22:01:00Z".parse().unwrap();
    let of_december = frozen(&given, &december);
    assert_eq!(of_december.euro, cents("12.50"));
    assert_eq!(of_december.rate.unwrap().month.to_string(), "2025-12");
    assert_eq!(frozen(&given, &november).euro, cents("25.00"), "recorded a little late");
}

#[test]
fn a_leva_line_in_a_claim_of_2026_is_converted_by_1_95583() {
    let mut given = Given::project();
    given.leva_are_fixed();
    rates(&mut given, 2025, 12, "BGN", "1.9558");
    rates(&mut given, 2026, 2, "BGN", "1.9558");
    let line = given.checked_line("trakia", "staff", ("1000.00", "BGN"));
    given.all_taken(&[assemble(1, &[line], "2025-12-10")]);
    let of_2025 = frozen(&given, &submit(1, "2025-12-31"));
    assert_eq!(of_2025.euro, cents("511.30"), "1000 / 1.9558 = 511.2997");
    let of_2026 = frozen(&given, &submit(1, "2026-02-10"));
    assert_eq!(of_2026.euro, cents("511.29"), "1000 / 1.95583 = 511.2919");
    assert_eq!(of_2026.rate.unwrap().value.to_string(), "1.95583");
}

#[test]
fn a_lei_rate_that_is_missing_for_the_month_refuses_the_submission_by_currency_and_month() {
    let mut given = Given::project();
    let lei = given.checked_line("urbasofia", "equipment", ("100.00", "RON"));
    let euro = given.checked_line("trakia", "staff", ("10.00", "EUR"));
    rates(&mut given, 2025, 3, "RON", "5");
    rates(&mut given, 2025, 5, "RON", "5");
    rates(&mut given, 2025, 4, "BGN", "1.9558");
    given.all_taken(&[assemble(1, &[lei, euro], "2025-04-10")]);
    let post = submit(1, "2025-04-10");
    let Err(Refusal::Refused(findings)) = given.post(&post) else { panic!("taken") };
    assert_eq!(findings.len(), 1);
    let finding = &findings[0];
    assert_eq!(finding.rule.id(), "rate_missing");
    assert_eq!(
        (&finding.facts["currency"], &finding.facts["month"]),
        (&json!("RON"), &json!("2025-04"))
    );
    assert!(finding.message.contains("RON for 2025-04"), "{}", finding.message);
    rates(&mut given, 2025, 4, "RON", "4");
    given.takes(&post);
    let frozen = given.project.finance.line(lei).unwrap().portions[0].frozen;
    assert_eq!(frozen.euro, cents("25.00"));
}

#[test]
fn a_claim_of_euro_needs_no_rate_of_its_month() {
    let mut given = Given::project();
    let euro = given.checked_line("trakia", "staff", ("10.00", "EUR"));
    given.submitted(1, &[euro], "2026-06-10");
}

#[test]
fn a_thematic_cost_on_1_december_2027_warns_when_it_is_declared_and_needs_a_letter_in_a_claim() {
    let mut given = Given::project();
    given.now = "2028-01-10T09:00:00Z".parse().unwrap();
    let on = |day: &str, number: &str| {
        let changes = json!({ "incurredFrom": day, "incurredTo": day, "net": "1.00",
            "vat": "0.00", "document": dated_invoice(number, "2027-12-20"), "declared": "1.00" });
        Post::new("trakia", "expenditure.declared", "2027-12-20", with(cost(), changes))
    };
    let (in_time, late) = (on("2027-11-30", "1"), on("2027-12-01", "2"));
    check(&mut given, &in_time, &taken());
    check(&mut given, &late, &warned("incurred_outside_window"));
    for post in [&in_time, &late] {
        given.all_taken(&[pay("trakia", post.id, "1.00", "2027-12-21"), precheck_of(post.id)]);
    }
    let claim = submit(1, "2028-01-05");
    given.all_taken(&[assemble(1, &[in_time.id], "2028-01-05")]);
    check(&mut given.clone(), &claim, &taken());
    given.all_taken(&[assemble(1, &[in_time.id, late.id], "2028-01-05")]);
    check(&mut given, &claim, &refused("cost_outside_window"));
    given.all_taken(&[attach("trakia", late.id, "2028-01-05", letter())]);
    check(&mut given, &claim, &taken());
}

fn precheck_of(line: Uuid) -> Post {
    let mut post = precheck(line);
    post.occurred_on = "2027-12-22";
    post
}

#[test]
fn a_withdrawn_partner_with_open_lines_warns_and_its_lines_are_paid_and_claimed_all_the_same() {
    let mut given = Given::project();
    let mut newer = form(2);
    newer["activities"][2]["partner"] = json!(1);
    newer["deliverables"][2]["partner"] = json!(1);
    newer["outputs"][0]["partner"] = json!(1);
    record(&mut given, 1, "application_form.approved", &newer);
    let post = declare(json!({ "net": "50.00", "vat": "0.00" }));
    given.takes(&post);
    let leaves = json!({ "number": 3, "lastDay": "2025-03-31", "reason": en("Merged") });
    let leaves = Post::new("haskovo", "partner.withdrawn", "2025-03-31", leaves);
    check(&mut given, &leaves, &warned("withdrawn_partner_has_open_lines"));
    let later = json!({ "document": invoice("18"), "incurredTo": "2025-04-01" });
    check(&mut given, &declare(later), &refused("partner_withdrawn"));
    let amendment = amend(post.id, json!({ "incurredTo": "2025-04-01" }));
    check(&mut given, &amendment, &refused("partner_withdrawn"));
    given.all_taken(&[pay("trakia", post.id, "50.00", "2025-04-05"), precheck(post.id)]);
    given.submitted(1, &[post.id], "2025-04-10");
}

#[test]
fn a_partner_that_leaves_with_all_its_lines_paid_has_no_open_ones() {
    let mut given = Given::project();
    given.checked_line("trakia", "staff", ("10.00", "EUR"));
    let reversed = declare(json!({}));
    given.all_taken(&[reversed.clone(), reverse("trakia", reversed.id, "2025-03-11")]);
    let leaves = json!({ "number": 3, "lastDay": "2025-03-31", "reason": en("Merged") });
    let leaves = Post::new("haskovo", "partner.withdrawn", "2025-03-31", leaves);
    check(&mut given, &leaves, &warned("withdrawn_partner_owns_items"));
}

#[test]
fn a_transfer_partner_posts_no_cost_and_nobody_does_for_it() {
    let mut given = Given::project();
    let line = given.checked_line("trakia", "staff", ("10.00", "EUR"));
    let declared = Post::new("siena", "expenditure.declared", "2025-03-03", cost());
    let mut amended = amend(line, json!({ "declared": "1.00" }));
    amended.subject = "siena";
    for post in [declared, pay("siena", line, "1.00", "2025-03-10"), amended] {
        check(&mut given, &post, &refused("transfer_partner_has_no_costs"));
    }
    let mut for_it = Post::new("haskovo", "expenditure.declared", "2025-03-03", cost());
    for_it = for_it.on_behalf_of(OnBehalfOf::Partner(4), "they asked");
    check(&mut given, &for_it, &refused("transfer_partner_has_no_costs"));
    let for_another = Post { on_behalf_of: Some(OnBehalfOf::Partner(3)), ..for_it };
    check(&mut given, &for_another, &taken());
}

#[test]
fn the_lead_acts_for_a_partner_only_with_a_reason() {
    let mut given = Given::project();
    let line = given.checked_line("trakia", "staff", ("10.00", "EUR"));
    let posts = [
        Post::new("haskovo", "expenditure.declared", "2025-03-03", cost()),
        attach("haskovo", line, "2025-03-20", letter()),
        reverse("haskovo", line, "2025-03-21"),
    ];
    for post in posts {
        let silent = post.clone().on_behalf_of(OnBehalfOf::Partner(3), "");
        check(&mut given, &silent, &refused("reason_missing"));
        check(&mut given, &post.on_behalf_of(OnBehalfOf::Partner(3), "ill"), &taken());
    }
}

#[test]
fn a_supplier_that_is_a_partner_warns_when_it_is_declared_and_needs_a_letter_in_a_claim() {
    let mut given = Given::project();
    let mut document = invoice("17");
    document["invoice"]["taxId"] = json!("ro 2");
    let post = declare(json!({ "net": "50.00", "vat": "0.00", "document": document }));
    check(&mut given, &post, &warned("supplier_is_partner"));
    given.all_taken(&[pay("trakia", post.id, "50.00", "2025-03-10"), precheck(post.id)]);
    given.all_taken(&[assemble(1, &[post.id], "2025-04-10")]);
    check(&mut given, &submit(1, "2025-04-10"), &refused("supplier_needs_letter"));
    given.all_taken(&[attach("trakia", post.id, "2025-04-10", letter())]);
    check(&mut given, &submit(1, "2025-04-10"), &taken());
}
