//! The fund's money of CARE-GET, asked as people ask.

use cairn_domain::money::Cents;
use serde_json::{Value, json};

use crate::given::{CONTROLLER, CareGet, EXPERT, LEAD, PUBLIC, SIENA, TRAKIA, nodes};

const CASH: &str =
    "cash { partner received confirmed forwarded repaid recovered toRepay spent ownShare
    contributions inKind revenue held gap }";

fn evidence() -> Value {
    json!([{ "kind": "proof_of_payment", "name": "Bank statement", "uri": "urn:example:bank" }])
}

fn cents(amount: &Value) -> Cents {
    amount.as_str().unwrap().parse().unwrap()
}

/// The first instalment, of which Trakia University got 120,000.00 and URBASOFIA 80,000.00.
async fn given() -> CareGet {
    let given = CareGet::before_the_first_claim().await;
    let received = json!({ "instalment": 1, "date": "2025-03-14", "amount": "2003792.00",
        "proof": "Bank statement 12", "evidence": evidence() });
    given.record(LEAD, "payment.received", "2025-03-14", received).await;
    let forward = |partner: u32, amount: &str| {
        json!({ "partner": partner, "instalment": 1, "date": "2025-03-28", "amount": amount,
            "evidence": evidence() })
    };
    let sent = forward(5, "120000.00");
    let sent = given.record(LEAD, "payment.forwarded", "2025-03-28", sent).await;
    given.record(LEAD, "payment.forwarded", "2025-03-28", forward(2, "80000.00")).await;
    let confirmed = json!({ "payment": sent, "date": "2025-03-31", "amount": "120000.00" });
    given.record(TRAKIA, "payment.confirmed", "2025-03-31", confirmed).await;
    let order = json!({ "partner": 2, "amount": "1200.00", "due": "2026-12-31",
        "reason": { "original": "en", "en": "Correction" }, "evidence": evidence() });
    let order = given.record(LEAD, "recovery.ordered", "2026-11-02", order).await;
    let repaid = json!({ "recovery": order, "date": "2026-11-09", "amount": "700.00" });
    given.record(LEAD, "recovery.repaid", "2026-11-09", repaid).await;
    given
}

#[tokio::test]
async fn cash_is_told_of_every_partner_and_agrees_with_the_budget() {
    let given = given().await;
    let fields = format!(
        "{CASH} partners {{ number }} budgetUse(by: [PARTNER]) {{ rows {{ partner
        paid declared erdf }} }}"
    );
    let answer = given.project(TRAKIA, &fields).await;
    let cash = answer["cash"].as_array().unwrap();
    assert_eq!(cash.len(), answer["partners"].as_array().unwrap().len());
    let row = |partner: u64| {
        let rows = answer["budgetUse"]["rows"].as_array().unwrap();
        rows.iter().find(|row| row["partner"] == partner).unwrap()
    };
    for one in cash {
        let row = row(one["partner"].as_u64().unwrap());
        assert_eq!(one["spent"], row["paid"]);
        let own_share = cents(&row["declared"]) - cents(&row["erdf"]);
        assert_eq!(cents(&one["ownShare"]), own_share);
        let back = cents(&one["recovered"]) - cents(&one["repaid"]);
        let held = cents(&one["received"]) - cents(&one["forwarded"]) + back;
        assert_eq!(cents(&one["held"]), held);
        assert_eq!(cents(&one["gap"]), cents(&one["spent"]) - held);
    }
    let of = |partner: u64| cash.iter().find(|one| one["partner"] == partner).unwrap();
    assert_eq!(
        (&of(1)["received"], &of(1)["forwarded"]),
        (&json!("2003792.00"), &json!("200000.00"))
    );
    assert_eq!(
        (&of(5)["received"], &of(5)["confirmed"]),
        (&json!("120000.00"), &json!("120000.00"))
    );
    assert_eq!((&of(2)["repaid"], &of(2)["toRepay"]), (&json!("700.00"), &json!("500.00")));
    assert_eq!((&of(1)["recovered"], &of(2)["recovered"]), (&json!("700.00"), &json!("0.00")));
}

#[tokio::test]
async fn payments_are_narrowed_down_and_say_what_came_in() {
    let given = given().await;
    let fields = "all: payments { totalCount }
        toTrakia: payments(filter: { forwardedTo: 5 }) { edges { node { amount date instalment
            confirmed { amount date byPartner } byPartner } } }
        waiting: payments(filter: { forwarded: true, confirmed: false }) { edges { node {
            forwardedTo } } }
        first: payments(filter: { instalment: 1, forwarded: false }) { edges { node { proof } } }
        recoveries(partner: 2) { edges { node { left repayments { amount } } } }
        none: recoveries(partner: 3) { totalCount }";
    let answer = given.project(LEAD, fields).await;
    assert_eq!(answer["all"]["totalCount"], 3);
    let expected = json!({ "amount": "120000.00", "date": "2025-03-28", "instalment": 1,
        "confirmed": { "amount": "120000.00", "date": "2025-03-31", "byPartner": 5 },
        "byPartner": 1 });
    assert_eq!(nodes(&answer["toTrakia"]), [expected]);
    assert_eq!(nodes(&answer["waiting"]), [json!({ "forwardedTo": 2 })]);
    assert_eq!(nodes(&answer["first"]), [json!({ "proof": "Bank statement 12" })]);
    let recovery = json!({ "left": "500.00", "repayments": [{ "amount": "700.00" }] });
    assert_eq!(nodes(&answer["recoveries"]), [recovery]);
    assert_eq!(answer["none"]["totalCount"], 0);
}

#[tokio::test]
async fn the_money_is_for_those_who_see_amounts_and_documents_for_whom_they_concern() {
    let given = given().await;
    let fields = "cash { partner } payments { edges { node { forwardedTo evidence { name } } } }
        recoveries { totalCount }";
    for nobody in [EXPERT, PUBLIC] {
        let answer = given.project(nobody, fields).await;
        assert_eq!(
            answer,
            json!({ "cash": null, "payments": null, "recoveries": null }),
            "{nobody}"
        );
    }
    let nothing = json!({ "cash": null, "payments": { "edges": [] },
        "recoveries": { "totalCount": 0 } });
    assert_eq!(given.project(SIENA, fields).await, nothing);
    let seen = |answer: &Value| -> Vec<Value> {
        let payments = nodes(&answer["payments"]);
        let seen = payments.iter().filter(|payment| !payment["evidence"].is_null());
        seen.map(|payment| payment["forwardedTo"].clone()).collect()
    };
    assert_eq!(seen(&given.project(TRAKIA, fields).await), [json!(5)]);
    assert_eq!(seen(&given.project(CONTROLLER, fields).await).len(), 3);
    // The log shows the documents to the same.
    let events = r#"events(types: ["payment.forwarded"]) { edges { node { data } } }"#;
    for node in nodes(&given.project(TRAKIA, events).await["events"]) {
        let own = node["data"].to_string().contains("120000.00");
        assert_eq!(!node["data"]["evidence"].is_null(), own, "{node}");
    }
}

#[tokio::test]
async fn a_transfer_partner_sees_the_money_that_it_got_and_is_to_pay_back() {
    let given = given().await;
    let sent = json!({ "partner": 10, "instalment": 1, "date": "2025-03-28", "amount": "50.00",
        "proof": "Order 31", "evidence": evidence() });
    let sent = given.record(LEAD, "payment.forwarded", "2025-03-28", sent).await;
    let confirmed = json!({ "payment": sent, "date": "2025-03-31", "amount": "50.00" });
    given.record(SIENA, "payment.confirmed", "2025-03-31", confirmed).await;
    let order = json!({ "partner": 10, "amount": "5.00",
        "reason": { "original": "en", "en": "Twice" }, "evidence": evidence() });
    given.record(LEAD, "recovery.ordered", "2026-11-02", order).await;
    let fields = r#"payments { totalCount edges { node { forwardedTo amount proof
            evidence { name } confirmed { amount } } } }
        recoveries { totalCount edges { node { left evidence { name } } } }
        events(types: ["payment.forwarded", "payment.confirmed", "recovery.ordered"]) {
            totalCount edges { node { withheld } } }"#;
    let document = json!([{ "name": "Bank statement" }]);
    let answer = given.project(SIENA, fields).await;
    let payment = json!({ "forwardedTo": 10, "amount": "50.00", "proof": "Order 31",
        "evidence": document, "confirmed": { "amount": "50.00" } });
    assert_eq!(nodes(&answer["payments"]), [payment]);
    let recovery = json!({ "left": "5.00", "evidence": document });
    assert_eq!(nodes(&answer["recoveries"]), [recovery]);
    assert_eq!(nodes(&answer["events"]), vec![json!({ "withheld": [] }); 3]);
    let ids =
        "payments { edges { node { figure } } } recoveries { edges { node { figure(of: LEFT) } } }";
    let ids = given.project(SIENA, ids).await;
    for (list, amount) in [("payments", "50.00"), ("recoveries", "5.00")] {
        let figure = &nodes(&ids[list])[0]["figure"];
        let opened = format!("trail(figure: {figure}) {{ amount }}");
        let told = given.project(SIENA, &opened).await;
        assert_eq!(told, json!({ "trail": { "amount": amount } }), "{list}");
    }
    let others = given.project(LEAD, "payments { edges { node { forwardedTo figure } } }").await;
    let of_five = nodes(&others["payments"]).into_iter().find(|one| one["forwardedTo"] == 5);
    let opened = format!("trail(figure: {}) {{ amount }}", of_five.unwrap()["figure"]);
    assert_eq!(given.project(SIENA, &opened).await, json!({ "trail": null }));
}

#[tokio::test]
async fn references_of_the_bank_are_for_whom_the_payment_concerns() {
    let given = given().await;
    let sent = json!({ "partner": 2, "instalment": 1, "date": "2025-04-28", "amount": "50.00",
        "proof": "Order 31" });
    given.record(LEAD, "payment.forwarded", "2025-04-28", sent).await;
    let fields = r#"payments(filter: { forwardedTo: 2 }) { edges { node { amount proof } } }
        received: payments(filter: { forwarded: false }) { edges { node { proof } } }
        events(types: ["payment.forwarded"]) { edges { node { data withheld } } }"#;
    for (subject, seen) in [(LEAD, true), (CONTROLLER, true), ("urbasofia", true), (TRAKIA, false)]
    {
        let answer = given.project(subject, fields).await;
        let order = seen.then_some("Order 31");
        let newest = json!({ "amount": "50.00", "proof": order });
        assert_eq!(nodes(&answer["payments"])[0], newest, "{subject}");
        let event = nodes(&answer["events"]);
        let event = event.iter().find(|event| event["data"]["amount"] == "50.00").unwrap();
        assert_eq!(event["data"]["proof"], json!(order), "{subject}");
        let withheld = if seen { json!([]) } else { json!(["/data/proof"]) };
        assert_eq!(event["withheld"], withheld, "{subject}");
    }
    let received = given.project(TRAKIA, fields).await["received"].clone();
    assert_eq!(nodes(&received), [json!({ "proof": null })]);
}
