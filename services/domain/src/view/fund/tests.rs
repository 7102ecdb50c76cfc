use serde_json::{Value, json};

use super::*;
use crate::given::{Given, Post, en, evidence};
use crate::project::finance::given::{cents, declare, fold, record};
use crate::project::finance::own_money::OwnSums;
use crate::view::cash::{PartnerCash, cash};

fn fund(given: &Given) -> Fund {
    let mut project = Project::new(given.project.key.clone());
    let mut fund = Fund::default();
    for recorded in &given.history {
        project.evolve(recorded);
        fund.apply(recorded, &project);
    }
    fund
}

fn cash_of(given: &Given, partner: u32) -> PartnerCash {
    let (project, budget_use) = fold(&given.history);
    let all = cash(&project, &budget_use, None);
    assert_eq!(all.iter().map(|one| one.partner).collect::<Vec<_>>(), [1, 2, 3, 4]);
    all.into_iter().find(|one| one.partner == partner).unwrap()
}

fn post(given: &mut Given, event_type: &'static str, day: &'static str, data: Value) -> String {
    let subject = if event_type == "payment.confirmed" { "trakia" } else { "haskovo" };
    let post = Post::new(subject, event_type, day, data);
    assert_eq!(given.accept(&post), Vec::<&str>::new());
    post.id.to_string()
}

/// 400.00 came in, of which 100.00 and then 30.00 were sent to trakia, who confirmed the first.
fn with_payments() -> Given {
    let mut given = Given::project();
    let date = "2025-03-14";
    let received = json!({ "instalment": 1, "date": date, "amount": "400.00" });
    post(&mut given, "payment.received", date, received);
    let forward =
        |amount: &str| json!({ "partner": 3, "instalment": 1, "date": date, "amount": amount });
    let first = post(&mut given, "payment.forwarded", date, forward("100.00"));
    post(&mut given, "payment.forwarded", date, forward("30.00"));
    let confirmed = json!({ "payment": first, "date": date, "amount": "100.00" });
    post(&mut given, "payment.confirmed", date, confirmed);
    given
}

#[test]
fn the_lead_holds_what_came_in_less_what_it_sent_on() {
    let given = with_payments();
    let lead = cash_of(&given, 1);
    assert_eq!((lead.received, lead.forwarded), (cents("400.00"), cents("130.00")));
    assert_eq!((lead.held(), lead.gap()), (cents("270.00"), cents("-270.00")));
    let trakia = cash_of(&given, 3);
    assert_eq!((trakia.received, trakia.forwarded), (cents("130.00"), Cents::ZERO));
    assert_eq!((trakia.confirmed, trakia.held()), (cents("100.00"), cents("130.00")));
    let siena = cash_of(&given, 4);
    assert_eq!((siena.received, siena.held(), siena.gap()), Default::default());
}

#[test]
fn a_partner_pays_in_advance_what_it_spent_beyond_what_it_has() {
    let mut given = with_payments();
    // 80 % of trakia's budget are the fund's, so of 99.99 the fund bears 79.99.
    let line = declare(json!({ "net": "200.00", "vat": "0.00", "declared": "99.99" }));
    given.accept(&line);
    let pay = |date: &'static str, amount: &str| {
        let data = json!({ "line": line.id.to_string(), "date": date, "amount": amount });
        Post::new("trakia", "expenditure.paid", date, data)
    };
    given.accept(&pay("2025-03-20", "60.00"));
    let trakia = cash_of(&given, 3);
    assert_eq!((trakia.spent, trakia.own_share), (cents("60.00"), cents("20.00")));
    assert_eq!(trakia.gap(), cents("-70.00"));
    given.accept(&pay("2025-03-21", "140.00"));
    // The line counts up to what is declared of it.
    assert_eq!(cash_of(&given, 3).gap(), cents("-30.01"));
}

#[test]
fn what_is_paid_back_is_held_no_longer() {
    let mut given = with_payments();
    let order = json!({ "partner": 3, "amount": "20.00", "reason": en("Not eligible"),
        "evidence": evidence() });
    let recovery = post(&mut given, "recovery.ordered", "2025-05-02", order);
    let trakia = cash_of(&given, 3);
    assert_eq!((trakia.to_repay, trakia.repaid), (cents("20.00"), Cents::ZERO));
    assert_eq!(trakia.held(), cents("130.00"));
    let repaid = json!({ "recovery": recovery, "date": "2025-05-20", "amount": "15.00" });
    post(&mut given, "recovery.repaid", "2025-05-20", repaid);
    let trakia = cash_of(&given, 3);
    assert_eq!((trakia.to_repay, trakia.repaid), (cents("5.00"), cents("15.00")));
    assert_eq!(trakia.held(), cents("115.00"));
    let fund = fund(&given);
    assert_eq!(fund.recoveries().next().unwrap().left(), cents("5.00"));
}

#[test]
fn what_a_partner_pays_back_is_with_the_lead_until_it_goes_back_to_the_programme() {
    let mut given = with_payments();
    let mut pay_back = |partner: u32, amount: &str| {
        let order = json!({ "partner": partner, "amount": amount, "reason": en("Not eligible"),
            "evidence": evidence() });
        let recovery = post(&mut given, "recovery.ordered", "2025-05-02", order);
        let repaid = json!({ "recovery": recovery, "date": "2025-05-20", "amount": amount });
        post(&mut given, "recovery.repaid", "2025-05-20", repaid);
        let lead = cash_of(&given, 1);
        let all: Cents = (1..=4).map(|partner| cash_of(&given, partner).held()).sum();
        (lead.recovered, lead.held(), all)
    };
    assert_eq!(pay_back(3, "20.00"), (cents("20.00"), cents("290.00"), cents("400.00")));
    assert_eq!(pay_back(1, "20.00"), (cents("20.00"), cents("270.00"), cents("380.00")));
}

#[test]
fn what_a_partner_brings_is_summed_and_touches_no_money_of_the_fund() {
    let mut given = with_payments();
    let before = cash_of(&given, 3);
    let contribution = |amount: &str| json!({ "source": "own", "kind": "public", "date": "2025-03-03", "amount": amount });
    record(&mut given, 3, "contribution.received", &contribution("50.00"));
    record(&mut given, 3, "contribution.received", &contribution("-5.00"));
    let in_kind = json!({ "source": "own", "kind": "public", "workPackage": "WP 5",
        "from": "2025-03-01", "to": "2025-03-03", "value": "7.00", "text": en("A room") });
    record(&mut given, 3, "in_kind.recorded", &in_kind);
    let revenue = json!({ "source": "Visitors", "date": "2025-03-03", "amount": "3.00",
        "text": en("Tickets") });
    record(&mut given, 3, "revenue.recorded", &revenue);
    let after = cash_of(&given, 3);
    let own =
        OwnSums { contributions: cents("45.00"), in_kind: cents("7.00"), revenue: cents("3.00") };
    assert_eq!(after, PartnerCash { own, ..before });
}

#[test]
fn the_money_of_all_partners_is_what_came_in() {
    let given = with_payments();
    let held: Cents = (1..=4).map(|partner| cash_of(&given, partner).held()).sum();
    assert_eq!(held, cents("400.00"));
}

#[test]
fn payments_are_listed_the_newest_first_with_what_was_confirmed() {
    let given = with_payments();
    let fund = fund(&given);
    let read: Vec<_> = fund
        .payments()
        .map(|payment| (payment.forwarded_to(), payment.amount(), payment.confirmed.is_some()))
        .collect();
    let expected = [(Some(3), "30.00", false), (Some(3), "100.00", true), (None, "400.00", false)];
    assert_eq!(read, expected.map(|(to, amount, confirmed)| (to, cents(amount), confirmed)));
}

#[test]
fn what_was_mistyped_is_taken_off_the_payment_and_the_recovery_that_it_names() {
    let mut given = with_payments();
    let date = "2025-03-15";
    let sent = fund(&given).payments().next().unwrap().entry.id;
    let back = json!({ "partner": 3, "instalment": 1, "date": date, "amount": "-29.00",
        "corrects": sent });
    record(&mut given, 1, "payment.forwarded", &back);
    let order = json!({ "partner": 3, "amount": "20.00", "reason": en("Not eligible"),
        "evidence": evidence() });
    let order = record(&mut given, 1, "recovery.ordered", &order);
    let back = json!({ "partner": 3, "amount": "-15.00", "corrects": order,
        "reason": en("Mistyped") });
    record(&mut given, 1, "recovery.ordered", &back);
    let repaid = json!({ "recovery": order, "date": date, "amount": "2.00" });
    record(&mut given, 1, "recovery.repaid", &repaid);
    let fund = fund(&given);
    let payment = fund.payments().next().unwrap();
    assert_eq!((payment.amount(), payment.taken_back()), (cents("1.00"), cents("-29.00")));
    let recoveries: Vec<_> = fund.recoveries().collect();
    assert_eq!(recoveries.len(), 1);
    assert_eq!((recoveries[0].amount(), recoveries[0].left()), (cents("5.00"), cents("3.00")));
    let cash = cash_of(&given, 3);
    assert_eq!((cash.received, cash.to_repay), (cents("101.00"), cents("3.00")));
}

#[test]
fn of_two_confirmations_the_newest_counts() {
    let mut given = with_payments();
    let confirmed = fund(&given).payments().nth(1).unwrap().entry.id;
    let anew = json!({ "payment": confirmed, "date": "2025-03-16", "amount": "99.00" });
    record(&mut given, 3, "payment.confirmed", &anew);
    let fund = fund(&given);
    let read = fund.payment(confirmed).unwrap().confirmed.as_ref().unwrap().data.amount;
    assert_eq!((read, cash_of(&given, 3).confirmed), (cents("99.00"), cents("99.00")));
}

#[test]
fn what_speaks_of_something_that_is_not_there_is_left_aside() {
    let mut given = Given::project();
    let nothing = uuid::Uuid::nil();
    let confirmed = json!({ "payment": nothing, "date": "2025-03-03", "amount": "1.00" });
    record(&mut given, 3, "payment.confirmed", &confirmed);
    let repaid = json!({ "recovery": nothing, "date": "2025-03-03", "amount": "1.00" });
    record(&mut given, 3, "recovery.repaid", &repaid);
    let fund = fund(&given);
    assert_eq!(fund.payments().count() + fund.recoveries().count(), 0);
    assert_eq!(cash_of(&given, 3).held(), Cents::ZERO);
}
