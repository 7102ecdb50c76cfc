//! The rules of contracts, and of the lines that name one.

use serde_json::{Value, json};

use super::{Outcome, check, refused, taken, warned};
use crate::given::{Given, Post, en};
use crate::posting::OnBehalfOf;
use crate::project::finance::contract::{ContractKey, Use};
use crate::project::finance::given::{cents, cost, dated_invoice, declare, invoice, with};

/// Contract 14/2025 of trakia with Print Ltd, of 300.00 euro, from February to May 2025.
fn award(changes: Value) -> Post {
    let data = json!({ "reference": "14/2025", "title": en("Survey"), "procedure": "quotes",
        "date": "2025-01-10", "start": "2025-02-01", "end": "2025-05-31", "value": "300.00",
        "currency": "EUR", "supplier": "Print Ltd", "taxId": "BG 999" });
    let data = with(data, changes);
    let date = data["date"].as_str().unwrap().to_owned().leak();
    Post::new("trakia", "contract.awarded", date, data)
}

fn of_contract(event_type: &'static str, day: &'static str, changes: Value) -> Post {
    Post::new(
        "trakia",
        event_type,
        day,
        with(json!({ "contract": "14/2025", "date": day }), changes),
    )
}

fn amend(changes: Value) -> Post {
    of_contract("contract.amended", "2025-04-15", with(json!({ "reason": en("More") }), changes))
}

fn close() -> Post {
    of_contract("contract.closed", "2025-06-10", json!({}))
}

fn pass_on(changes: Value) -> Post {
    let data = json!({ "subcontractor": "Field Ltd", "taxId": "BG 777", "title": en("Interviews"),
        "value": "100.00" });
    of_contract("subcontract.recorded", "2025-02-03", with(data, changes))
}

fn given() -> Given {
    let mut given = Given::project();
    assert_eq!(given.accept(&award(json!({}))), Vec::<&str>::new());
    given
}

/// A line that names the contract and differs from [`cost`], which is 120.00 with VAT.
fn line(changes: Value) -> Post {
    declare(with(json!({ "contract": "14/2025", "declared": "1.00" }), changes))
}

#[track_caller]
fn check_award(changes: Value, expected: &Outcome) {
    check(&mut Given::project(), &award(changes), expected);
}

#[test]
fn takes_a_contract_with_the_least_that_is_said_of_one() {
    let mut data = award(json!({})).data;
    data.as_object_mut().unwrap().retain(|field, _| !["start", "end"].contains(&field.as_str()));
    let post = Post::new("trakia", "contract.awarded", "2025-01-10", data);
    check(&mut Given::project(), &post, &taken());
}

#[test]
fn refuses_a_reference_that_the_partner_has_given_whatever_its_case_and_spaces() {
    let first = json!({ "reference": "14 A" });
    let mut given = Given::project();
    given.accept(&award(first.clone()));
    check(&mut given, &award(json!({ "reference": "14a" })), &refused("contract_known"));
    check(&mut given, &award(json!({ "reference": "15 A" })), &taken());
    let of_another = Post { subject: "urbasofia", ..award(first) };
    check(&mut given, &of_another, &taken());
}

#[test]
fn refuses_a_contract_of_another_day_than_its_document_or_without_a_value() {
    let late = Post { occurred_on: "2025-01-11", ..award(json!({})) };
    check(&mut Given::project(), &late, &refused("occurred_on_document_date"));
    check_award(json!({ "value": "0.00" }), &refused("contract_amount_not_positive"));
    check_award(json!({ "value": "0.01" }), &taken());
}

#[test]
fn refuses_a_contract_that_ends_before_it_begins() {
    check_award(json!({ "end": "2025-01-31" }), &refused("period_reversed"));
    check_award(json!({ "end": "2025-02-01" }), &taken());
    let mut given = given();
    check(&mut given, &amend(json!({ "end": "2025-01-31" })), &refused("period_reversed"));
}

#[test]
fn warns_of_a_partner_as_supplier_and_refuses_oneself() {
    check_award(json!({ "taxId": "ro2" }), &warned("supplier_is_partner"));
    check_award(json!({ "taxId": "BG 3" }), &refused("supplier_is_self"));
    let mut given = given();
    check(&mut given, &pass_on(json!({ "taxId": "RO 2" })), &warned("supplier_is_partner"));
    check(&mut given, &pass_on(json!({ "taxId": "bg3" })), &refused("supplier_is_self"));
}

#[test]
fn refuses_contracts_of_a_transfer_partner() {
    let post = Post { subject: "siena", ..award(json!({})) };
    check(&mut Given::project(), &post, &refused("transfer_partner_has_no_costs"));
}

#[test]
fn refuses_what_is_said_of_a_contract_that_the_partner_has_not_awarded() {
    let mut given = Given::project();
    for post in [amend(json!({ "value": "1.00" })), close(), pass_on(json!({}))] {
        check(&mut given, &post, &refused("contract_not_awarded"));
    }
    let mut given = self::given();
    let of_another = Post { subject: "urbasofia", ..close() };
    check(&mut given, &of_another, &refused("contract_not_awarded"));
    let for_it = Post { subject: "haskovo", ..close() };
    check(&mut given, &for_it.clone(), &refused("contract_not_awarded"));
    check(&mut given, &for_it.on_behalf_of(OnBehalfOf::Partner(3), "asked"), &taken());
}

#[test]
fn refuses_what_comes_after_the_closing() {
    let mut given = given();
    check(&mut given, &close(), &taken());
    for post in [amend(json!({ "value": "1000.00" })), close(), pass_on(json!({}))] {
        check(&mut given, &post, &refused("contract_closed_already"));
    }
    check(&mut given, &award(json!({})), &refused("contract_known"));
}

#[test]
fn refuses_an_amendment_of_nothing_or_before_the_contract() {
    let mut given = given();
    check(&mut given, &amend(json!({})), &refused("nothing_changes"));
    check(
        &mut given,
        &amend(json!({ "value": "-1.00" })),
        &refused("contract_amount_not_positive"),
    );
    let early = of_contract("contract.closed", "2025-01-09", json!({}));
    check(&mut given, &early, &refused("before_what_it_answers"));
    check(&mut given, &amend(json!({ "end": "2025-06-30" })), &taken());
}

#[test]
fn warns_of_subcontracts_above_the_contract() {
    let mut given = given();
    check(&mut given, &pass_on(json!({ "value": "200.00" })), &taken());
    let more = pass_on(json!({ "value": "100.01" }));
    check(&mut given.clone(), &more, &warned("subcontracts_above_contract"));
    check(&mut given, &pass_on(json!({ "value": "100.00" })), &taken());
    let less = amend(json!({ "value": "299.99" }));
    check(&mut given.clone(), &less, &warned("subcontracts_above_contract"));
    check(&mut given, &amend(json!({ "value": "300.00" })), &taken());
}

#[test]
fn a_subcontract_that_was_mistyped_is_taken_back() {
    let mut given = given();
    let value = |value: &str, reason| {
        let mut post = pass_on(json!({ "value": value }));
        post.reason = reason;
        post
    };
    given.accept(&value("50.00", None));
    check(&mut given, &value("0.00", None), &refused("amount_zero"));
    check(&mut given, &value("-50.00", None), &refused("taken_back_reason_missing"));
    let more = value("-50.01", Some("Mistyped"));
    check(&mut given, &more, &refused("taken_back_above_recorded"));
    check(&mut given, &value("-50.00", Some("Mistyped")), &taken());
}

#[test]
fn warns_of_a_line_that_names_an_unknown_contract() {
    check(&mut Given::project(), &line(json!({})), &warned("contract_unknown"));
    let mut given = given();
    check(&mut given, &line(json!({})), &taken());
    let of_another = json!({ "document": invoice("18") });
    let post = Post { subject: "urbasofia", ..line(of_another) };
    check(&mut given, &post, &warned("contract_unknown"));
}

#[test]
fn warns_of_an_invoice_of_another_supplier_than_the_contract_has() {
    let document = json!({ "invoice": { "number": "17", "date": "2025-03-03", "supplier": "Other",
        "taxId": "BG 998" } });
    let mut given = given();
    check(&mut given, &line(json!({ "document": document })), &warned("contract_supplier_differs"));
    let own = json!({ "internal": { "reference": "5" } });
    check(&mut given, &line(json!({ "document": own })), &taken());
}

#[test]
fn warns_of_a_cost_outside_the_days_of_the_contract() {
    let rule = "incurred_outside_contract";
    let mut given = given();
    let early = line(json!({ "incurredFrom": "2025-01-31" }));
    check(&mut given.clone(), &early, &warned(rule));
    let late = |day: &str| line(json!({ "incurredTo": day, "document": invoice("18") }));
    check(&mut given.clone(), &late("2025-06-01"), &warned(rule));
    check(&mut given.clone(), &late("2025-05-31"), &taken());
    given.accept(&amend(json!({ "end": "2025-06-01" })));
    check(&mut given, &late("2025-06-01"), &taken());
}

#[test]
fn warns_of_a_cost_after_the_closing() {
    let mut given = Given::project();
    let mut data = award(json!({})).data;
    data.as_object_mut().unwrap().shift_remove("end");
    given.accept(&Post::new("trakia", "contract.awarded", "2025-01-10", data));
    given.accept(&close());
    let after = |from: &str, number: &str| {
        line(json!({ "incurredFrom": from, "incurredTo": "2025-06-20",
            "document": invoice(number) }))
    };
    check(&mut given, &after("2025-06-11", "1"), &warned("incurred_after_closing"));
    check(&mut given, &after("2025-06-10", "2"), &taken());
}

#[test]
fn warns_once_the_documents_exceed_the_contract_and_counts_a_document_once() {
    let mut given = given();
    check(&mut given, &line(json!({})), &taken());
    let other_part = json!({ "declared": "2.00" });
    check(&mut given, &line(other_part), &taken());
    let second = json!({ "document": invoice("18"), "net": "180.00", "vat": "0.00" });
    check(&mut given, &line(second), &taken());
    let third = |net: &str, number: &str| {
        line(json!({ "document": invoice(number), "net": net, "vat": "0.00", "declared": "0.01",
            "vatRecoverable": "0.00" }))
    };
    check(&mut given.clone(), &third("0.01", "19"), &warned("contract_exceeded"));
    check(&mut given.clone(), &amend(json!({ "value": "299.99" })), &warned("contract_exceeded"));
    check(&mut given, &amend(json!({ "value": "300.01" })), &taken());
    check(&mut given, &third("0.01", "19"), &taken());
    let used = given.project.finance.contracts.used(
        &ContractKey::of(3, &"14/ 2025".parse().unwrap()),
        crate::money::Currency::EUR,
        &given.project.plan,
    );
    let expected =
        Use { lines: 4, gross: cents("300.01"), declared: cents("4.01"), paid: cents("0.00") };
    assert_eq!((used.of, used.lines_apart), (expected, 0));
}

#[test]
fn what_is_reversed_or_credited_leaves_room_in_the_contract() {
    let mut given = given();
    let first = line(json!({ "net": "300.00", "vat": "0.00" }));
    check(&mut given, &first, &taken());
    let second = line(json!({ "document": invoice("18") }));
    check(&mut given.clone(), &second, &warned("contract_exceeded"));
    let mut credited = given.clone();
    let credit = line(json!({ "document": invoice("C 1"), "net": "-120.00", "vat": "0.00",
        "declared": "-0.50", "corrects": first.id }));
    check(&mut credited, &credit, &taken());
    check(&mut credited, &second, &taken());
    let reversal = json!({ "line": first.id, "reason": en("Wrong") });
    given.accept(&Post::new("trakia", "expenditure.reversed", "2025-03-04", reversal));
    check(&mut given, &second, &taken());
}

#[test]
fn a_line_in_another_currency_counts_only_by_a_fixed_rate() {
    let mut given = Given::project();
    given.accept(&award(json!({ "currency": "BGN", "value": "240.00" })));
    let euro = line(json!({}));
    check(&mut given.clone(), &euro, &warned("contract_currency_differs"));
    let fixed = json!({ "currency": "BGN", "policy": "irrevocable", "value": "1.95583",
        "validFrom": "2026-01-01", "legalSource": "Council Regulation" });
    given.accept(&Post::new("haskovo", "rate_policy.set", "2025-07-08", fixed));
    check(&mut given, &euro, &taken());
    // 120.00 euro are 234.70 leva.
    let leva = |net: &str, number: &str| {
        let document = dated_invoice(number, "2025-03-03");
        line(json!({ "currency": "BGN", "document": document, "net": net, "vat": "0.00" }))
    };
    check(&mut given.clone(), &leva("5.31", "18"), &warned("contract_exceeded"));
    check(&mut given, &leva("5.30", "18"), &taken());
}

#[test]
fn lines_that_named_a_contract_before_it_was_recorded_count_at_it() {
    let mut given = Given::project();
    check(&mut given, &line(json!({ "contract": "14 / 2025" })), &warned("contract_unknown"));
    given.accept(&award(json!({ "value": "130.00" })));
    let second = json!({ "document": invoice("18"), "net": "10.01", "vat": "0.00" });
    check(&mut given, &line(second), &warned("contract_exceeded"));
}

#[test]
fn an_amended_line_is_judged_in_place_of_what_it_was() {
    let mut given = given();
    let whole = line(json!({ "net": "300.00", "vat": "0.00" }));
    check(&mut given, &whole, &taken());
    let amended = |fields: Value| {
        let data = with(json!({ "line": whole.id, "reason": en("Wrong") }), fields);
        Post::new("trakia", "expenditure.amended", "2025-03-04", data)
    };
    check(&mut given.clone(), &amended(json!({ "declared": "2.00" })), &taken());
    let more = amended(json!({ "net": "300.01" }));
    check(&mut given.clone(), &more, &warned("contract_exceeded"));
    let elsewhere = amended(json!({ "contract": "15/2025" }));
    check(&mut given, &elsewhere, &warned("contract_unknown"));
    let second = line(json!({ "document": invoice("18") }));
    check(&mut given, &second, &taken());
}

#[test]
fn a_line_without_a_contract_is_judged_by_no_contract() {
    let mut given = given();
    let post = declare(with(cost(), json!({ "incurredFrom": "2025-01-05" })));
    check(&mut given, &post, &taken());
}
