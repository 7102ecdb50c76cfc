//! The rules of one line by itself.

use serde_json::json;

use super::{Outcome, check, check_line, credit_note, refused, taken, warned, with_a_line};
use crate::given::{Given, Post, form};
use crate::posting::{OnBehalfOf, Refusal};
use crate::project::finance::given::{cost, dated_invoice, declare, invoice, rates, record, with};

#[test]
fn takes_a_cost() {
    check_line(json!({ "activity": "A 5.1", "deliverable": "D 5.1.1" }), &taken());
}

#[test]
fn refuses_a_cost_of_a_transfer_partner_also_on_its_behalf() {
    let mut given = Given::project();
    let post = Post::new("siena", "expenditure.declared", "2025-03-03", cost());
    check(&mut given, &post, &refused("transfer_partner_has_no_costs"));
    let post = Post::new("haskovo", "expenditure.declared", "2025-03-03", cost());
    let post = post.on_behalf_of(OnBehalfOf::Partner(4), "they asked");
    check(&mut given, &post, &refused("transfer_partner_has_no_costs"));
}

#[test]
fn a_line_on_behalf_is_the_line_of_that_partner() {
    let mut given = Given::project();
    let post = Post::new("haskovo", "expenditure.declared", "2025-03-03", cost());
    check(&mut given, &post.clone().on_behalf_of(OnBehalfOf::Partner(3), "ill"), &taken());
    assert_eq!(given.project.finance.line(post.id).unwrap().partner, 3);
}

#[test]
fn refuses_codes_that_no_form_has_or_that_disagree() {
    check_line(json!({ "activity": "A 5.9" }), &refused("code_unknown"));
    check_line(json!({ "deliverable": "D 5.1.9" }), &refused("code_unknown"));
    check_line(json!({ "activity": "A 4.1" }), &refused("codes_disagree"));
    check_line(json!({ "deliverable": "D 4.1.1" }), &refused("codes_disagree"));
    let mut given = Given::project();
    let mut newer = form(2);
    newer["activities"].as_array_mut().unwrap().push(json!({ "code": "A 5.2",
        "titles": { "original": "en", "en": "More" }, "partner": 3 }));
    record(&mut given, 1, "application_form.approved", &newer);
    let apart = declare(json!({ "activity": "A 5.2", "deliverable": "D 5.1.1" }));
    check(&mut given, &apart, &refused("codes_disagree"));
}

#[test]
fn warns_of_a_code_that_the_form_in_force_lacks() {
    let mut given = Given::project();
    let mut newer = form(2);
    newer["validFrom"] = json!("2025-03-01");
    newer["deliverables"] = json!([]);
    record(&mut given, 1, "application_form.approved", &newer);
    let post = declare(json!({ "deliverable": "D 5.1.1" }));
    check(&mut given, &post, &warned("code_not_in_form"));
}

#[test]
fn refuses_a_category_that_the_partner_has_not_planned() {
    check_line(json!({ "category": "equipment" }), &refused("category_not_planned"));
    check_line(json!({ "category": "staff" }), &taken());
}

#[test]
fn refuses_a_flat_rate_and_a_lump_sum() {
    let flat = json!({ "category": "office_and_administration" });
    check_line(flat, &refused("flat_rate_not_posted"));
    check_line(json!({ "category": "lump_sum" }), &refused("lump_sum_not_posted"));
}

#[test]
fn refuses_a_period_that_ends_before_it_starts() {
    let reversed = json!({ "incurredFrom": "2025-02-28", "incurredTo": "2025-02-01" });
    check_line(reversed, &refused("period_reversed"));
    check_line(json!({ "incurredTo": "2025-02-01" }), &taken());
}

#[test]
fn warns_of_a_thematic_cost_on_1_december_2027() {
    let mut given = Given::project();
    given.now = "2028-01-10T09:00:00Z".parse().unwrap();
    let on = |day: &str, number: &str| {
        let changes = json!({ "incurredFrom": day, "incurredTo": day,
            "document": dated_invoice(number, "2027-12-20"), "declared": "1.00" });
        Post::new("trakia", "expenditure.declared", "2027-12-20", with(cost(), changes))
    };
    check(&mut given, &on("2027-12-01", "1"), &warned("incurred_outside_window"));
    check(&mut given, &on("2027-11-30", "2"), &taken());
    check(&mut given, &on("2024-11-30", "3"), &warned("incurred_outside_window"));
    let managed = json!({ "workPackage": "WP 2", "category": "staff",
        "document": dated_invoice("4", "2027-12-20") });
    let mut post = on("2027-12-01", "4");
    post.data = with(post.data, managed);
    post.subject = "haskovo";
    check(&mut given, &post, &taken());
}

#[test]
fn refuses_more_than_the_eligible_share_to_the_cent() {
    let third = |declared: &str| {
        json!({ "net": "100.00", "vat": "20.00", "vatRecoverable": "10.00",
            "share": "0.333", "declared": declared })
    };
    check_line(third("36.63"), &taken());
    check_line(third("36.64"), &refused("declared_above_eligible"));
    check_line(json!({ "declared": "120.01" }), &refused("declared_above_eligible"));
}

#[test]
fn refuses_nothing_and_signs_that_disagree() {
    check_line(json!({ "declared": "0.00" }), &refused("amount_zero"));
    check_line(json!({ "vatRecoverable": "-20.00" }), &refused("signs_disagree"));
    let negative = json!({ "net": "-10.00", "vat": "0.00", "declared": "-10.00" });
    check_line(negative, &refused("signs_disagree"));
    let (mut given, line) = with_a_line();
    let positive = declare(json!({ "document": invoice("18"), "corrects": line }));
    check(&mut given, &positive, &refused("signs_disagree"));
}

#[test]
fn a_credit_note_lowers_a_live_line_of_the_same_partner_by_at_most_the_line() {
    let (mut given, line) = with_a_line();
    let more = json!({ "net": "-50.01", "declared": "-50.01" });
    check(&mut given, &credit_note(&line, more), &refused("correction_above_line"));
    let unknown = "00000000-0000-0000-0000-0000000000ff";
    check(&mut given, &credit_note(unknown, json!({})), &refused("line_unknown"));
    let leva = json!({ "currency": "BGN" });
    check(&mut given, &credit_note(&line, leva), &refused("document_currency_differs"));
    let above = json!({ "share": "0.5", "declared": "-10.01" });
    check(&mut given, &credit_note(&line, above), &refused("declared_above_eligible"));
    let first = credit_note(&line, json!({}));
    check(&mut given, &first, &taken());
    let rest =
        |amount: &str| json!({ "document": invoice("C 2"), "net": amount, "declared": amount });
    check(&mut given, &credit_note(&line, rest("-30.01")), &refused("correction_above_line"));
    let of_credit_note = credit_note(&first.id.to_string(), rest("-1.00"));
    let rules = given.refuse(&of_credit_note);
    assert!(rules.contains(&"signs_disagree"), "{rules:?}");
    check(&mut given, &credit_note(&line, rest("-30.00")), &taken());
}

#[test]
fn a_credit_note_does_not_find_the_line_of_another_partner() {
    let (mut given, line) = with_a_line();
    let mut post = credit_note(&line, json!({}));
    post.subject = "urbasofia";
    check(&mut given, &post, &refused("line_unknown"));
}

#[test]
fn warns_when_the_supplier_is_another_partner_and_refuses_oneself() {
    let of = |tax_id: &str| {
        let mut document = invoice("17");
        document["invoice"]["taxId"] = json!(tax_id);
        json!({ "document": document })
    };
    check_line(of("ro 2"), &warned("supplier_is_partner"));
    check_line(of("bg 3"), &refused("supplier_is_self"));
    check_line(of("BG 33"), &taken());
}

#[test]
fn a_currency_needs_a_rate_policy_in_force_but_no_rate() {
    check_line(json!({ "currency": "CZK" }), &refused("rate_policy_missing"));
    check_line(json!({ "currency": "BGN" }), &taken());
    let mut given = Given::project();
    let policy = json!({ "currency": "CZK", "policy": "monthly_of_submission",
        "validFrom": "2025-03-04", "legalSource": "programme rules" });
    record(&mut given, 1, "rate_policy.set", &policy);
    let post = declare(json!({ "currency": "CZK" }));
    check(&mut given, &post, &refused("rate_policy_missing"));
    record(&mut given, 1, "rate_policy.set", &with(policy, json!({ "validFrom": "2025-03-03" })));
    check(&mut given, &post, &taken());
}

#[test]
fn warns_once_for_each_budget_that_is_exceeded() {
    let of = |subject, category: &str, amount: &str| {
        let changes = json!({ "category": category, "net": amount, "declared": amount,
            "vat": "0.00", "document": invoice(&format!("{subject} {category}")) });
        Post::new(subject, "expenditure.declared", "2025-03-03", with(cost(), changes))
    };
    let mut given = Given::project();
    check(&mut given, &of("trakia", "staff", "260.86"), &taken());
    let decision = given.post(&of("trakia", "external_expertise", "0.04")).unwrap();
    let facts = &decision.warnings[0].facts;
    assert_eq!(decision.warnings.len(), 1);
    assert_eq!((&facts["axis"], &facts["planned"]), (&json!("partner"), &json!("300.00")));
    assert_eq!(facts["declared"], json!("300.02"), "260.86 + 39.12 of office + 0.04");
    let decision = given.post(&of("urbasofia", "equipment", "299.00")).unwrap();
    let axes: Vec<_> = decision.warnings.iter().map(|finding| &finding.facts["axis"]).collect();
    assert_eq!(axes, [&json!("category")]);
    let decision = given.post(&of("urbasofia", "external_expertise", "1.01")).unwrap();
    let axes: Vec<_> = decision.warnings.iter().map(|finding| &finding.facts["axis"]).collect();
    assert_eq!(axes, [&json!("partner"), &json!("workPackage")]);
}

#[test]
fn the_budget_is_compared_in_euro_by_the_newest_rate() {
    let lei = |amount: &str| {
        let changes = json!({ "currency": "RON", "net": amount, "vat": "0.00",
            "declared": amount });
        Post::new("urbasofia", "expenditure.declared", "2025-03-03", with(cost(), changes))
    };
    let mut given = Given::project();
    check(&mut given.clone(), &lei("1500.00"), &taken());
    check(&mut given.clone(), &lei("1500.02"), &taken());
    check(&mut given.clone(), &lei("1500.03"), &warned("budget_exceeded"));
    rates(&mut given, 2025, 2, "RON", "4");
    check(&mut given, &lei("1200.02"), &warned("budget_exceeded"));
}

#[test]
fn a_line_occurs_on_the_date_of_its_invoice() {
    let mut post = declare(json!({}));
    post.occurred_on = "2025-03-04";
    check(&mut Given::project(), &post, &refused("occurred_on_document_date"));
    let travel = json!({ "travel": { "reference": "T 1" } });
    let mut post = declare(json!({ "document": travel }));
    post.occurred_on = "2025-03-04";
    check(&mut Given::project(), &post, &taken());
}

#[test]
fn a_cost_is_incurred_by_today() {
    let mut given = Given::project();
    given.now = "2026-07-01T20:59:00Z".parse().unwrap();
    check(
        &mut given,
        &declare(json!({ "incurredTo": "2026-07-02" })),
        &refused("occurred_in_future"),
    );
    check(&mut given, &declare(json!({ "incurredTo": "2026-07-01" })), &taken());
    let document = dated_invoice("18", "2026-07-02");
    let Err(Refusal::Refused(findings)) = given.post(&declare(json!({ "document": document })))
    else {
        panic!("taken")
    };
    let found: Vec<_> = findings.iter().map(|f| (f.rule.id(), f.pointer.as_str())).collect();
    assert_eq!(
        found,
        [
            ("occurred_in_future", "/data/document/invoice/date"),
            ("occurred_on_document_date", "/occurredon"),
        ]
    );
}

#[test]
fn a_cost_of_preparation_is_never_too_early_and_its_window_has_no_first_day() {
    let mut given = Given::project();
    given.now = "2028-07-10T09:00:00Z".parse().unwrap();
    let mut newer = form(2);
    newer["workPackages"][2]["type"] = json!("preparation");
    record(&mut given, 1, "application_form.approved", &newer);
    check(&mut given, &declare(json!({ "incurredFrom": "2023-01-01" })), &taken());
    let late = declare(json!({ "document": invoice("18"), "incurredTo": "2028-06-01" }));
    let decision = given.post(&late).unwrap();
    assert_eq!(decision.warnings[0].rule.id(), "incurred_outside_window");
    assert_eq!(decision.warnings[0].facts.keys().collect::<Vec<_>>(), ["last"]);
}

#[test]
fn warns_of_self_assessed_vat_that_is_of_no_invoice_or_not_the_vat_of_the_line() {
    let line = |changes, expected: &Outcome| {
        check_line(with(json!({ "selfAssessedVat": "20.00" }), changes), expected);
    };
    line(json!({}), &taken());
    line(json!({ "vat": "0.00" }), &taken());
    line(json!({ "vat": "19.00" }), &warned("self_assessed_vat_unfit"));
    line(json!({ "vat": "19.00", "selfAssessedVat": "0.00" }), &taken());
    let payroll = json!({ "reference": "P 1", "period": "2025-02", "method": "timesheets" });
    let payroll = json!({ "document": { "payroll": payroll } });
    line(payroll.clone(), &warned("self_assessed_vat_unfit"));
    line(with(payroll, json!({ "selfAssessedVat": "0.00" })), &taken());
    // It raises no limit: of 100.00 net no more is declared.
    let above = json!({ "vat": "0.00", "declared": "100.01" });
    let refused = refused("declared_above_eligible");
    line(with(above, json!({ "net": "100.00" })), &refused);
}
