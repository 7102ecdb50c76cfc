//! What was mistyped is taken back by the same event with a minus, and a reason.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Outcome, check, refused, taken};
use crate::given::{Given, Post, en, evidence};
use crate::project::finance::given::claim::pay;
use crate::project::finance::given::{cents, record, with};

/// The event with a reason in its envelope.
fn because(mut post: Post) -> Post {
    post.reason = Some("Mistyped");
    post
}

fn all_refused(rules: &[&'static str]) -> Outcome {
    Outcome::Refused(rules.to_vec())
}

fn received(amount: &str) -> Post {
    let data = json!({ "instalment": 1, "date": "2025-03-03", "amount": amount });
    Post::new("haskovo", "payment.received", "2025-03-03", data)
}

fn forwarded(amount: &str, changes: Value) -> Post {
    let data = json!({ "partner": 3, "instalment": 1, "date": "2025-03-04", "amount": amount });
    Post::new("haskovo", "payment.forwarded", "2025-03-04", with(data, changes))
}

fn ordered(amount: &str, changes: Value) -> Post {
    let data = json!({ "partner": 3, "amount": amount, "reason": en("Not eligible") });
    Post::new("haskovo", "recovery.ordered", "2025-05-02", with(data, changes))
}

fn repaid(recovery: Uuid, amount: &str) -> Post {
    let data = json!({ "recovery": recovery, "date": "2025-05-03", "amount": amount });
    Post::new("haskovo", "recovery.repaid", "2025-05-03", data)
}

#[test]
fn an_instalment_that_was_recorded_twice_is_taken_back_down_to_what_was_sent_on() {
    let mut given = Given::project();
    check(&mut given, &received("400.00").id(1), &taken());
    check(&mut given, &forwarded("100.00", json!({})), &taken());
    let silent = ["taken_back_reason_missing", "forwarded_above_received"];
    check(&mut given, &received("-400.00"), &all_refused(&silent));
    let more = ["taken_back_above_recorded", "forwarded_above_received"];
    check(&mut given, &because(received("-400.01")), &all_refused(&more));
    check(&mut given, &because(received("-400.00")), &refused("forwarded_above_received"));
    check(&mut given, &because(received("-300.00")), &taken());
    assert_eq!(given.project.finance.fund.received(), cents("100.00"));
}

#[test]
fn money_that_was_sent_is_taken_back_by_naming_the_event() {
    let mut given = Given::project();
    check(&mut given, &received("400.00"), &taken());
    let first = forwarded("100.00", json!({}));
    given.all_taken(&[first.clone(), forwarded("50.00", json!({})).id(2)]);
    let back = |amount: &str, changes| because(forwarded(amount, changes));
    let nameless = ["mistyped_unknown", "taken_back_above_recorded"];
    check(&mut given, &back("-90.00", json!({})), &all_refused(&nameless));
    let to_another = json!({ "corrects": first.id, "partner": 2 });
    check(&mut given, &back("-90.00", to_another), &all_refused(&nameless));
    let corrects = json!({ "corrects": first.id });
    check(&mut given, &back("90.00", corrects.clone()), &refused("mistyped_unknown"));
    check(&mut given, &back("-100.01", corrects.clone()), &refused("taken_back_above_recorded"));
    let early = |mut post: Post| {
        (post.data["date"], post.occurred_on) = (json!("2025-03-03"), "2025-03-03");
        post
    };
    let before = early(back("-90.00", corrects.clone()));
    check(&mut given, &before, &refused("taken_back_above_recorded"));
    check(&mut given, &back("-90.00", corrects.clone()), &taken());
    check(&mut given, &back("-10.01", corrects), &refused("taken_back_above_recorded"));
    let fund = &given.project.finance.fund;
    assert_eq!(fund.forwarding(first.id).unwrap().amount, cents("10.00"));
    assert_eq!(fund.sums_of(3).forwarded, cents("60.00"));
}

#[test]
fn what_was_ordered_back_by_mistake_is_taken_back_as_far_as_it_was_not_repaid() {
    let mut given = Given::project();
    let order = ordered("20.00", json!({ "evidence": evidence() }));
    given.all_taken(&[order.clone(), repaid(order.id, "15.00")]);
    let corrects = json!({ "corrects": order.id });
    let back = |amount: &str| because(ordered(amount, corrects.clone()));
    check(&mut given, &back("-5.01"), &refused("taken_back_above_recorded"));
    check(&mut given, &repaid(order.id, "-10.00"), &refused("taken_back_reason_missing"));
    check(&mut given, &because(repaid(order.id, "-15.01")), &refused("taken_back_above_recorded"));
    check(&mut given, &because(repaid(order.id, "-10.00")), &taken());
    check(&mut given, &back("-15.00"), &taken());
    check(&mut given, &repaid(order.id, "0.01"), &refused("repaid_above_ordered"));
    let sums = given.project.finance.fund.sums_of(3);
    assert_eq!((sums.ordered, sums.repaid), (cents("5.00"), cents("5.00")));
}

#[test]
fn a_payment_of_a_line_that_was_mistyped_is_taken_back() {
    let (mut given, line) = super::with_a_line();
    let line = line.parse().unwrap();
    check(&mut given, &pay("trakia", line, "90.00", "2025-03-10"), &taken());
    let back = pay("trakia", line, "-81.00", "2025-03-10");
    check(&mut given, &back, &refused("taken_back_reason_missing"));
    check(&mut given, &because(back), &taken());
    let all = pay("trakia", line, "-9.01", "2025-03-10");
    check(&mut given, &because(all), &refused("taken_back_above_recorded"));
    assert_eq!(given.project.finance.line(line).unwrap().paid, cents("9.00"));
}

#[test]
fn nothing_is_taken_back_as_of_a_day_before_it_was_recorded() {
    let (mut given, line) = super::with_a_line();
    let line = line.parse().unwrap();
    given.accept(&pay("trakia", line, "10.00", "2025-03-05"));
    given.accept(&pay("trakia", line, "80.00", "2025-03-10"));
    let back = |amount, on| because(pay("trakia", line, amount, on));
    check(&mut given, &back("-11.00", "2025-03-09"), &refused("taken_back_above_recorded"));
    check(&mut given, &back("-85.00", "2025-03-10"), &taken());
    check(&mut given, &back("-5.01", "2025-03-05"), &refused("taken_back_above_recorded"));
}

#[test]
fn what_was_confirmed_of_money_that_was_never_sent_is_brought_to_nothing() {
    let mut given = Given::project();
    let sent = forwarded("100.00", json!({}));
    let confirmed = |amount: &str| {
        let data = json!({ "payment": sent.id, "date": "2025-03-05", "amount": amount });
        Post::new("trakia", "payment.confirmed", "2025-03-05", data)
    };
    given.all_taken(&[received("400.00"), sent.clone()]);
    check(&mut given, &confirmed("0.00"), &refused("amount_not_positive"));
    given.all_taken(&[confirmed("100.00")]);
    given.accept(&because(forwarded("-100.00", json!({ "corrects": sent.id }))));
    check(&mut given, &confirmed("-1.00"), &refused("amount_not_positive"));
    check(&mut given, &confirmed("0.00"), &taken());
    assert_eq!(given.project.finance.fund.sums_of(3).confirmed, cents("0.00"));
}

#[test]
fn money_that_came_in_is_taken_back_whatever_the_contract_is_by_then() {
    let mut given = Given::project();
    given.all_taken(&[received("400.00")]);
    let contract = json!({ "total": "300.00", "erdf": "240.00", "rate": "0.80",
        "paymentShares": ["0.50", "0.30", "0.20"], "triggerShare": "0.35" });
    record(&mut given, 1, "subsidy_contract.signed", &contract);
    check(&mut given, &because(received("-1.00")), &taken());
}

#[test]
fn a_value_in_kind_that_was_mistyped_is_taken_back() {
    let mut given = Given::project();
    let in_kind = |value: &str| {
        let data = json!({ "source": "Hospital", "kind": "public", "workPackage": "WP 5",
            "from": "2025-02-01", "to": "2025-03-31", "value": value, "text": en("A room"),
            "evidence": evidence() });
        Post::new("trakia", "in_kind.recorded", "2025-04-01", data)
    };
    given.accept(&in_kind("24.00"));
    check(&mut given, &in_kind("-20.00"), &refused("taken_back_reason_missing"));
    check(&mut given, &because(in_kind("-24.01")), &refused("taken_back_above_recorded"));
    let mut bare = because(in_kind("-20.00"));
    bare.data["evidence"] = json!([]);
    check(&mut given, &bare, &taken());
    assert_eq!(given.project.finance.own_money.of(3).in_kind, cents("4.00"));
}
