//! The rules of the fund's money. The contract's ERDF is 800.00 euro, in shares of 0.50, 0.30 and
//! 0.20.

use serde_json::{Value, json};

use super::{check, refused, taken, warned};
use crate::given::{Given, Post, en, evidence};
use crate::posting::OnBehalfOf;
use crate::project::finance::given::{cents, with};

const NOTHING: &str = "00000000-0000-0000-0000-0000000000ff";

fn receive(instalment: u32, date: &'static str, amount: &str) -> Post {
    let data = json!({ "instalment": instalment, "date": date, "amount": amount });
    Post::new("haskovo", "payment.received", date, data)
}

fn forward(partner: u32, date: &'static str, amount: &str) -> Post {
    let data = json!({ "partner": partner, "instalment": 1, "date": date, "amount": amount });
    Post::new("haskovo", "payment.forwarded", date, data)
}

fn confirm(subject: &'static str, payment: &str, date: &'static str, amount: &str) -> Post {
    let data = json!({ "payment": payment, "date": date, "amount": amount });
    Post::new(subject, "payment.confirmed", date, data)
}

fn order(changes: Value) -> Post {
    let data = json!({ "partner": 3, "amount": "20.00", "reason": en("Not eligible"),
        "evidence": evidence() });
    Post::new("haskovo", "recovery.ordered", "2025-05-02", with(data, changes))
}

fn repay(recovery: &str, date: &'static str, amount: &str) -> Post {
    let data = json!({ "recovery": recovery, "date": date, "amount": amount });
    Post::new("haskovo", "recovery.repaid", date, data)
}

/// The first instalment has come in, and 100.00 of it were sent to trakia on 28 March.
fn with_a_payment() -> (Given, String) {
    let mut given = Given::project();
    check(&mut given, &receive(1, "2025-03-14", "400.00"), &taken());
    let post = forward(3, "2025-03-28", "100.00");
    check(&mut given, &post, &taken());
    (given, post.id.to_string())
}

#[test]
fn a_payment_occurs_on_its_date() {
    let (mut given, payment) = with_a_payment();
    for mut post in [
        receive(2, "2025-06-02", "1.00"),
        forward(3, "2025-06-02", "1.00"),
        confirm("trakia", &payment, "2025-06-02", "100.00"),
    ] {
        post.occurred_on = "2025-06-03";
        check(&mut given, &post, &refused("occurred_on_document_date"));
    }
    let recovery = order(json!({}));
    check(&mut given, &recovery, &taken());
    let mut post = repay(&recovery.id.to_string(), "2025-06-02", "1.00");
    post.occurred_on = "2025-06-03";
    check(&mut given, &post, &refused("occurred_on_document_date"));
}

#[test]
fn what_is_paid_is_not_nothing_and_what_is_confirmed_is_more() {
    let (mut given, payment) = with_a_payment();
    let recovery = order(json!({}));
    check(&mut given, &recovery, &taken());
    let recovery = recovery.id.to_string();
    let refusal = refused("amount_zero");
    check(&mut given, &receive(2, "2025-06-02", "0.00"), &refusal);
    check(&mut given, &forward(3, "2025-06-02", "0.00"), &refusal);
    check(&mut given, &order(json!({ "amount": "0.00" })), &refusal);
    check(&mut given, &repay(&recovery, "2025-06-02", "0.00"), &refusal);
    for amount in ["0.00", "-1.00"] {
        let confirmation = confirm("trakia", &payment, "2025-06-02", amount);
        check(&mut given, &confirmation, &refused("amount_not_positive"));
    }
}

#[test]
fn an_instalment_is_one_of_the_contracts_shares() {
    let mut given = Given::project();
    check(&mut given, &receive(0, "2025-03-14", "1.00"), &refused("instalment_unknown"));
    check(&mut given, &receive(4, "2025-03-14", "1.00"), &refused("instalment_unknown"));
    check(&mut given, &receive(3, "2025-03-14", "1.00"), &taken());
    let mut post = forward(3, "2025-03-28", "1.00");
    post.data["instalment"] = json!(4);
    check(&mut given, &post, &refused("instalment_unknown"));
}

#[test]
fn without_a_contract_no_instalment_comes_in() {
    let mut given = Given::project();
    given.project.plan.contract = None;
    check(&mut given, &receive(1, "2025-03-14", "1.00"), &refused("contract_not_signed"));
}

#[test]
fn warns_when_an_instalment_is_more_than_its_share() {
    let mut given = Given::project();
    check(&mut given, &receive(2, "2025-03-14", "240.00"), &taken());
    let more = receive(2, "2025-03-15", "0.01");
    check(&mut given, &more, &warned("instalment_above_share"));
}

#[test]
fn no_more_comes_in_than_the_erdf() {
    let mut given = Given::project();
    check(&mut given, &receive(1, "2025-03-14", "400.00"), &taken());
    check(&mut given, &receive(2, "2025-03-15", "240.00"), &taken());
    check(&mut given, &receive(3, "2025-03-16", "160.00"), &taken());
    let more = receive(3, "2025-03-17", "0.01");
    check(&mut given, &more, &refused("received_above_erdf"));
}

#[test]
fn the_lead_sends_on_no_more_than_it_received() {
    let (mut given, _) = with_a_payment();
    check(&mut given, &forward(2, "2025-03-28", "300.01"), &refused("forwarded_above_received"));
    check(&mut given, &forward(2, "2025-03-28", "300.00"), &taken());
    check(&mut given, &forward(4, "2025-03-29", "0.01"), &refused("forwarded_above_received"));
    check(&mut given, &receive(2, "2025-03-30", "0.01"), &taken());
    check(&mut given, &forward(4, "2025-03-31", "0.01"), &taken());
}

#[test]
fn what_partners_paid_back_is_sent_on_again() {
    let (mut given, _) = with_a_payment();
    check(&mut given, &forward(2, "2025-03-28", "300.00"), &taken());
    let of_trakia = order(json!({ "partner": 3, "amount": "20.00" }));
    check(&mut given, &of_trakia, &taken());
    check(&mut given, &forward(4, "2025-06-02", "20.00"), &refused("forwarded_above_received"));
    let repaid = repay(&of_trakia.id.to_string(), "2025-06-02", "20.00");
    check(&mut given, &repaid, &taken());
    check(&mut given.clone(), &forward(4, "2025-06-02", "20.00"), &taken());
    check(&mut given, &forward(4, "2025-06-02", "20.01"), &refused("forwarded_above_received"));
    check(&mut given, &forward(4, "2025-06-04", "20.00"), &taken());
    let mut mistyped = repay(&of_trakia.id.to_string(), "2025-06-05", "-1.00").id(4);
    mistyped.reason = Some("Mistyped");
    check(&mut given, &mistyped, &refused("forwarded_above_received"));
    check(&mut given, &receive(2, "2025-06-05", "1.00"), &taken());
    check(&mut given, &mistyped, &taken());
}

#[test]
fn the_lead_sends_money_to_others() {
    let (mut given, _) = with_a_payment();
    check(&mut given, &forward(1, "2025-03-28", "1.00"), &refused("forwarded_to_lead"));
    check(&mut given, &forward(9, "2025-03-28", "1.00"), &refused("partner_unknown"));
    let mut foreign = forward(2, "2025-03-28", "1.00");
    foreign.subject = "trakia";
    check(&mut given, &foreign, &refused("role_may_not_post"));
}

#[test]
fn a_payment_is_confirmed_by_the_partner_that_got_it_and_the_newest_word_counts() {
    let (mut given, payment) = with_a_payment();
    let unknown = confirm("trakia", NOTHING, "2025-03-31", "100.00");
    check(&mut given, &unknown, &refused("payment_unknown"));
    let foreign = confirm("urbasofia", &payment, "2025-03-31", "100.00");
    check(&mut given, &foreign, &refused("payment_unknown"));
    let early = confirm("trakia", &payment, "2025-03-27", "100.00");
    check(&mut given, &early, &refused("before_what_it_answers"));
    check(&mut given, &confirm("trakia", &payment, "2025-03-31", "100.00"), &taken());
    let again = confirm("trakia", &payment, "2025-03-31", "100.00").id(8);
    check(&mut given, &again, &refused("payment_confirmed_already"));
    let less = confirm("trakia", &payment, "2025-03-31", "99.00");
    check(&mut given, &less, &warned("confirmed_otherwise"));
    assert_eq!(given.project.finance.fund.sums_of(3).confirmed, cents("99.00"));
    check(&mut given, &confirm("trakia", &payment, "2025-04-01", "100.00"), &taken());
    let sums = given.project.finance.fund.sums_of(3);
    assert_eq!((sums.forwarded, sums.confirmed), (cents("100.00"), cents("100.00")));
}

#[test]
fn the_lead_confirms_for_a_partner_and_never_for_itself() {
    let (mut given, payment) = with_a_payment();
    let lead = confirm("haskovo", &payment, "2025-03-31", "100.00");
    check(&mut given, &lead, &refused("lead_posts_on_behalf"));
    let wrong = lead.clone().on_behalf_of(OnBehalfOf::Partner(2), "ill");
    check(&mut given, &wrong, &refused("item_of_another_partner"));
    check(&mut given, &lead.on_behalf_of(OnBehalfOf::Partner(3), "ill"), &taken());
}

#[test]
fn warns_when_something_else_has_come_in_than_was_sent() {
    let (mut given, payment) = with_a_payment();
    let less = confirm("trakia", &payment, "2025-03-28", "99.50");
    check(&mut given, &less, &warned("confirmed_otherwise"));
}

#[test]
fn money_is_ordered_back_by_letter_from_a_known_partner() {
    let mut given = Given::project();
    check(&mut given, &order(json!({ "evidence": [] })), &refused("evidence_missing"));
    check(&mut given, &order(json!({ "partner": 9 })), &refused("partner_unknown"));
    check(&mut given, &order(json!({ "due": "2025-05-01" })), &refused("day_passed_already"));
    check(&mut given, &order(json!({ "due": "2025-05-02" })), &taken());
    check(&mut given, &order(json!({ "partner": 1 })), &taken());
}

#[test]
fn a_recovery_follows_from_a_correction_that_was_imposed() {
    let mut given = Given::project();
    let unknown = order(json!({ "correction": NOTHING }));
    check(&mut given, &unknown, &refused("correction_unknown"));
    let data = json!({ "corrections": [{ "line": NOTHING, "amount": "1.00", "typology": "2.1" }],
        "reason": en("An audit"), "evidence": evidence() });
    let at = given.now;
    let correction = given.record_unasked("haskovo", "correction.imposed", "2025-05-01", at, data);
    given.project.last_recorded_at = None;
    check(&mut given, &order(json!({ "correction": correction })), &taken());
}

#[test]
fn no_more_is_paid_back_than_was_ordered() {
    let mut given = Given::project();
    let recovery = order(json!({}));
    check(&mut given, &recovery, &taken());
    let id = recovery.id.to_string();
    check(&mut given, &repay(NOTHING, "2025-05-03", "1.00"), &refused("recovery_unknown"));
    check(&mut given, &repay(&id, "2025-05-01", "1.00"), &refused("before_what_it_answers"));
    check(&mut given, &repay(&id, "2025-05-03", "20.01"), &refused("repaid_above_ordered"));
    check(&mut given, &repay(&id, "2025-05-03", "15.00"), &taken());
    check(&mut given, &repay(&id, "2025-05-04", "5.01"), &refused("repaid_above_ordered"));
    check(&mut given, &repay(&id, "2025-05-04", "5.00"), &taken());
    let sums = given.project.finance.fund.sums_of(3);
    assert_eq!((sums.ordered, sums.repaid), (cents("20.00"), cents("20.00")));
}
