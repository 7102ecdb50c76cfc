//! Figures opened as people open them.

mod many;

use cairn_domain::money::Cents;
use serde_json::{Value, json};

use super::TRAILS_MAX;
use crate::given::{AUDITOR, CareGet, EXPERT, LEAD, PUBLIC, SIENA, TRAKIA};

const DAY: &str = "2026-11-20";

fn cents(amount: &Value) -> Cents {
    amount.as_str().unwrap().parse().unwrap()
}

const PARTS: &str = "amount currency version parts(first: 200) { totalCount nodes { kind amount
    partner claim share base applicationForm line { eventId } events documents { name } } }";

/// A figure as a subject opens it, and its parts.
async fn opened(given: &CareGet, subject: &str, figure: &Value) -> Value {
    let trail = given.project(subject, &format!("trail(figure: {figure}) {{ {PARTS} }}")).await;
    let trail = trail["trail"].clone();
    if !trail.is_null() {
        let sum: Cents = parts_of(&trail).iter().map(|part| cents(&part["amount"])).sum();
        assert_eq!(sum, cents(&trail["amount"]), "{trail:#}");
    }
    trail
}

async fn cash_figure(given: &CareGet, partner: usize, amount: &str) -> Value {
    let cash = given.project(LEAD, &format!("cash {{ figure(of: {amount}) }}")).await;
    cash["cash"][partner - 1]["figure"].clone()
}

fn parts_of(trail: &Value) -> &Vec<Value> {
    trail["parts"]["nodes"].as_array().unwrap()
}

fn kinds(trail: &Value) -> Vec<&str> {
    parts_of(trail).iter().map(|part| part["kind"].as_str().unwrap()).collect()
}

/// The types of the events behind a part, as a subject may read them.
async fn event_types(given: &CareGet, subject: &str, part: &Value) -> Vec<String> {
    let mut types = Vec::new();
    for id in part["events"].as_array().unwrap() {
        let document = format!("{{ node(id: {id}) {{ ... on Event {{ type }} }} }}");
        let node = given.ask(subject, &document).await["node"].clone();
        types.push(node["type"].as_str().expect("an event that may be seen").to_owned());
    }
    types
}

#[tokio::test]
async fn the_gap_of_a_partner_opens_to_its_lines_and_payments() {
    let given = CareGet::import().await;
    let figure = cash_figure(&given, 5, "GAP").await;
    let trail = opened(&given, TRAKIA, &figure).await;
    let cash = given.project(LEAD, "cash { gap }").await;
    assert_eq!(trail["amount"], cash["cash"][4]["gap"]);
    assert_eq!(trail["currency"], "EUR");
    assert!(kinds(&trail).contains(&"LINE") && kinds(&trail).contains(&"PAYMENT"));
    for part in parts_of(&trail) {
        let types = event_types(&given, TRAKIA, part).await;
        assert!(!types.is_empty(), "{part:#}");
        let named = |name: &str| types.iter().any(|found| found == name);
        if part["kind"] == "PAYMENT" {
            assert!(cents(&part["amount"]) < Cents::ZERO && named("payment.forwarded"));
        } else {
            assert!(named("expenditure.declared") && named("expenditure.paid"), "{types:?}");
        }
    }
}

#[tokio::test]
async fn a_line_in_a_claim_names_the_rate_import_and_the_submission_to_those_who_check() {
    let given = CareGet::import().await;
    let fields =
        "budgetUse(by: [CLAIM, CURRENCY]) { rows { claim currency figure(of: DECLARED) } }";
    let rows = given.project(LEAD, fields).await["budgetUse"]["rows"].clone();
    let foreign = |row: &&Value| row["claim"] == 1 && row["currency"] == "RON";
    let row = rows.as_array().unwrap().iter().find(foreign).expect("a claimed line in lei");
    let trail = opened(&given, AUDITOR, &row["figure"]).await;
    let part = parts_of(&trail)[0].clone();
    let types = event_types(&given, AUDITOR, &part).await;
    for name in [
        "exchange_rates.imported",
        "rate_policy.set",
        "claim.submitted",
        "expenditure.prechecked",
        "expenditure.paid",
    ] {
        assert!(types.iter().any(|found| found == name), "{name}: {types:?}");
    }
    assert!(!part["documents"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn lines_and_own_money_of_another_partner_are_one_part() {
    let given = CareGet::import().await;
    let data = json!({ "source": "Own budget", "kind": "public", "date": DAY, "amount": "7.00" });
    given.record("bef", "contribution.received", DAY, data).await;
    let figure = cash_figure(&given, 3, "CONTRIBUTIONS").await;
    let whole = opened(&given, LEAD, &figure).await;
    assert!(kinds(&whole).iter().all(|kind| *kind == "OWN_MONEY"), "{whole:#}");
    let seen = opened(&given, TRAKIA, &figure).await;
    assert_eq!(kinds(&seen), ["LINES_OF_PARTNER"]);
    assert_eq!(seen["amount"], whole["amount"]);
    let part = &seen["parts"]["nodes"][0];
    assert_eq!(
        (&part["events"], &part["documents"], &part["line"]),
        (&json!([]), &Value::Null, &Value::Null)
    );
    let missing = given.project(LEAD, "paymentTrigger { missing figure(of: MISSING) }").await;
    let figure = &missing["paymentTrigger"]["figure"];
    let (whole, seen) = (opened(&given, LEAD, figure).await, opened(&given, TRAKIA, figure).await);
    assert_eq!(
        (&whole["amount"], &seen["amount"]),
        (&missing["paymentTrigger"]["missing"], &whole["amount"])
    );
    assert!(!kinds(&whole).contains(&"LINES_OF_PARTNER"));
    let of_another = |part: &Value| part["partner"] != 5 && !part["line"].is_null();
    assert!(!parts_of(&seen).iter().any(of_another));
}

#[tokio::test]
async fn what_names_the_lines_of_every_partner_is_left_out_for_a_partner() {
    let given = CareGet::import().await;
    let fields = "budgetUse(by: [PARTNER, CLAIM]) { rows { partner claim figure(of: CLAIMED) } }";
    let rows = given.project(LEAD, fields).await["budgetUse"]["rows"].clone();
    let own = |row: &&Value| row["partner"] == 5 && row["claim"] == 1;
    let row = rows.as_array().unwrap().iter().find(own).unwrap();
    let trail = opened(&given, TRAKIA, &row["figure"]).await;
    for part in parts_of(&trail) {
        event_types(&given, TRAKIA, part).await;
    }
    let count = |trail: &Value| {
        parts_of(trail).iter().map(|part| part["events"].as_array().unwrap().len()).sum::<usize>()
    };
    assert!(count(&opened(&given, LEAD, &row["figure"]).await) > count(&trail));
}

#[tokio::test]
async fn a_contract_opens_to_its_partner_and_to_those_who_check() {
    let given = CareGet::first_years().await;
    let awarded = json!({ "reference": "14/2026", "title": { "original": "en", "en": "Survey" },
        "procedure": "quotes", "date": "2026-10-01", "value": "1000.00", "currency": "RON",
        "supplier": "Survey House", "taxId": "BG000000001" });
    given.record(TRAKIA, "contract.awarded", "2026-10-01", awarded).await;
    let fields = "contracts { nodes { figure(of: REMAINING) } }
        ownMoney(partner: 5) { figure(of: RECEIVED) sources { figure(of: MISSING) missing } }";
    let answer = given.project(TRAKIA, fields).await;
    let contract = &answer["contracts"]["nodes"][0]["figure"];
    for subject in [TRAKIA, LEAD] {
        let trail = opened(&given, subject, contract).await;
        assert_eq!((&trail["amount"], &trail["currency"]), (&json!("1000.00"), &json!("RON")));
    }
    let source = &answer["ownMoney"][0]["sources"][0];
    let missing = opened(&given, TRAKIA, &source["figure"]).await;
    assert_eq!(missing["amount"], source["missing"]);
    for subject in ["bef", SIENA, EXPERT, PUBLIC] {
        for figure in [contract, &source["figure"]] {
            assert_eq!(opened(&given, subject, figure).await, Value::Null, "{subject}");
        }
    }
    // A transfer partner sees its own money, and no other amount.
    let own = given.project(SIENA, "ownMoney { partner figure(of: EARNED) }").await;
    let figure = &own["ownMoney"][0]["figure"];
    assert_eq!(opened(&given, SIENA, figure).await["amount"], "0.00");
    assert_eq!(opened(&given, SIENA, &cash_figure(&given, 5, "GAP").await).await, Value::Null);
}

#[tokio::test]
async fn the_second_payment_opens_to_the_contract() {
    let given = CareGet::import().await;
    let fields = "paymentTrigger { trigger share base figure(of: TRIGGER) }";
    let trigger = given.project(LEAD, fields).await["paymentTrigger"].clone();
    let trail = opened(&given, LEAD, &trigger["figure"]).await;
    let part = &trail["parts"]["nodes"][0];
    assert_eq!((&part["kind"], &part["amount"]), (&json!("SHARE"), &trigger["trigger"]));
    assert_eq!((&part["base"], &part["share"]), (&trigger["base"], &trigger["share"]));
    let types = event_types(&given, LEAD, part).await;
    assert!(types.contains(&"subsidy_contract.signed".to_owned()), "{types:?}");
}

#[tokio::test]
async fn a_request_opens_so_many_figures_and_no_more() {
    let given = CareGet::first_years().await;
    let fields = "budgetUse { totals { figure(of: PLANNED) } }";
    let figure = given.project(LEAD, fields).await["budgetUse"]["totals"]["figure"].clone();
    let many = |count: usize| -> String {
        (0..count).map(|n| format!("f{n}: trail(figure: {figure}) {{ amount }} ")).collect()
    };
    assert_eq!(given.project(LEAD, &many(TRAILS_MAX)).await["f0"]["amount"], "5009480.00");
    assert_eq!(given.fault(LEAD, &many(TRAILS_MAX + 1)).await, "TRAILS_TOO_MANY");
}

#[tokio::test]
async fn what_is_no_figure_is_refused() {
    let given = CareGet::first_years().await;
    for figure in ["", "AAAA", "%"] {
        let fields = format!(r#"trail(figure: "{figure}") {{ amount }}"#);
        assert_eq!(given.fault(LEAD, &fields).await, "FIGURE_INVALID", "{figure}");
        assert_eq!(given.project(PUBLIC, &fields).await["trail"], Value::Null);
    }
}
