//! Figures and rights, asked of CARE-GET as people ask.

use cairn_domain::money::Cents;
use serde_json::{Value, json};

use crate::given::{
    AUDITOR, CONTROLLER, CareGet, EXPERT, LEAD, PROGRAMME, PUBLIC, SIENA, TRAKIA, nodes,
};

const AMOUNTS: [&str; 6] = ["planned", "declared", "provisional", "frozen", "paid", "remaining"];

const AXES: [&str; 8] = [
    "",
    "PARTNER",
    "WORK_PACKAGE",
    "CATEGORY",
    "PARTNER, WORK_PACKAGE",
    "PARTNER, CATEGORY",
    "WORK_PACKAGE, CATEGORY",
    "PARTNER, WORK_PACKAGE, CATEGORY",
];

fn cents(amount: &Value) -> Cents {
    amount.as_str().unwrap().parse().unwrap()
}

fn budget(axes: &str) -> String {
    let amounts = AMOUNTS.join(" ");
    format!(
        "budgetUse(by: [{axes}]) {{ applicationForm totals {{ {amounts} erdf }}
            rows {{ partner workPackage category inForm {amounts} erdf }} }}"
    )
}

#[tokio::test]
async fn rows_sum_to_the_cent_to_the_same_totals_along_every_axis() {
    let given = CareGet::before_the_first_claim().await;
    let expected = given.project(LEAD, &budget("")).await["budgetUse"]["totals"].clone();
    assert_eq!(expected["planned"], "5009480.00");
    assert_ne!(expected["provisional"], "0.00");
    assert_ne!(expected["frozen"], "0.00");
    for axes in AXES {
        let answer = given.project(LEAD, &budget(axes)).await["budgetUse"].clone();
        assert_eq!(answer["totals"], expected, "{axes}");
        assert_eq!(answer["applicationForm"], 2);
        let rows = answer["rows"].as_array().unwrap();
        for amount in AMOUNTS {
            let sum: Cents = rows.iter().map(|row| cents(&row[amount])).sum();
            assert_eq!(sum, cents(&expected[amount]), "{axes}: {amount}");
        }
        for (axis, key) in
            [("PARTNER", "partner"), ("WORK_PACKAGE", "workPackage"), ("CATEGORY", "category")]
        {
            let named = rows.iter().all(|row| !row[key].is_null());
            assert_eq!(named, axes.contains(axis), "{axes}: {key}");
        }
    }
}

#[tokio::test]
async fn the_funds_part_is_told_of_whole_partners_only() {
    let given = CareGet::before_the_first_claim().await;
    let by_partner = given.project(LEAD, &budget("PARTNER")).await["budgetUse"].clone();
    let rows = by_partner["rows"].as_array().unwrap();
    let sum: Cents = rows.iter().map(|row| cents(&row["erdf"])).sum();
    assert_eq!(sum, cents(&by_partner["totals"]["erdf"]));
    let by_category = given.project(LEAD, &budget("CATEGORY")).await["budgetUse"].clone();
    assert!(by_category["rows"].as_array().unwrap().iter().all(|row| row["erdf"].is_null()));
}

#[tokio::test]
async fn a_lei_invoice_is_provisional_by_the_newest_monthly_rate() {
    let given = CareGet::before_the_first_claim().await;
    let fields = r#"expenditure(filter: { currency: "RON", category: EXTERNAL_EXPERTISE }) {
        totalCount edges { node { declared currency euro provisional rateMonth rate ratePolicy
            document { kind reference date supplier taxId } deliverable } } }
        budgetUse { rates { currency month rate policy } unconverted { currency } }"#;
    let answer = given.project(LEAD, fields).await;
    let line = &nodes(&answer["expenditure"])[0];
    assert_eq!(answer["expenditure"]["totalCount"], 1);
    assert_eq!(line["declared"], "14520.00");
    assert_eq!(line["provisional"], true);
    assert_eq!(line["rateMonth"], "2026-11");
    assert_eq!(line["ratePolicy"], "MONTHLY_OF_SUBMISSION");
    assert_eq!(line["deliverable"], "D 8.1.1");
    assert_eq!(line["document"]["kind"], "INVOICE");
    assert_eq!(line["document"]["reference"], "2025-0077");
    let rate = line["rate"].as_str().unwrap().parse().unwrap();
    assert_eq!(cents(&line["euro"]), cents(&line["declared"]).to_euro(rate));
    let rates = answer["budgetUse"]["rates"].as_array().unwrap();
    let lei = json!({ "currency": "RON", "month": "2026-11", "rate": line["rate"],
        "policy": "MONTHLY_OF_SUBMISSION" });
    assert!(rates.contains(&lei), "{rates:?}");
    assert_eq!(answer["budgetUse"]["unconverted"], json!([]));
}

#[tokio::test]
async fn a_leva_invoice_is_euro_by_the_irrevocable_rate() {
    let given = CareGet::before_the_first_claim().await;
    let fields = r#"expenditure(filter: { partner: 5, currency: "BGN", category:
        EXTERNAL_EXPERTISE, workPackage: "wp5" }) { edges { node { occurredOn declared net vat
            share euro rate ratePolicy unpaid paid reversed incurredFrom incurredTo } } }"#;
    let line = nodes(&given.project(LEAD, fields).await["expenditure"])[0].clone();
    assert_eq!(line["rate"], "1.95583");
    assert_eq!(line["ratePolicy"], "IRREVOCABLE");
    assert_eq!(
        (&line["occurredOn"], &line["declared"]),
        (&json!("2025-05-26"), &json!("21600.00"))
    );
    assert_eq!(line["euro"], "11043.90");
    assert_eq!(line["unpaid"], "0.00");
}

#[tokio::test]
async fn past_days_have_their_own_rates_and_rows() {
    let given = CareGet::before_the_first_claim().await;
    let ask = async |until: &str| {
        let document = format!(
            r#"{{ project(acronym: "care-get", until: "{until}") {{ until asOf
                budgetUse {{ totals {{ declared }} rates {{ currency month }} }} }} }}"#
        );
        given.ask(LEAD, &document).await["project"].clone()
    };
    let early = ask("2025-03-31").await;
    assert_eq!((&early["until"], &early["asOf"]), (&json!("2025-03-31"), &Value::Null));
    let rates = early["budgetUse"]["rates"].as_array().unwrap();
    assert!(rates.contains(&json!({ "currency": "RON", "month": "2025-03" })), "{rates:?}");
    let none = ask("2024-12-01").await;
    assert_eq!(none["budgetUse"]["totals"]["declared"], "0.00");
}

#[tokio::test]
async fn amounts_are_seen_by_role() {
    let given = CareGet::before_the_first_claim().await;
    let fields = "budgetUse(by: [PARTNER]) { totals { declared } rows { partner } }
        paymentTrigger { reported trigger byPartner { partner missing } }
        expenditure { totalCount }";
    let whole = given.project(LEAD, fields).await;
    assert_eq!(whole["paymentTrigger"]["trigger"], "1753318.00");
    for member in [CONTROLLER, PROGRAMME, AUDITOR] {
        assert_eq!(given.project(member, fields).await, whole, "{member}");
    }
    let delivery = given.project(TRAKIA, fields).await;
    assert_eq!(delivery["budgetUse"], whole["budgetUse"]);
    assert_eq!(delivery["paymentTrigger"], whole["paymentTrigger"]);
    for member in [SIENA, EXPERT] {
        let answer = given.project(member, fields).await;
        assert_eq!(answer["budgetUse"]["totals"], whole["budgetUse"]["totals"]);
        assert_eq!(answer["budgetUse"]["rows"], Value::Null, "{member}");
        assert_eq!(answer["paymentTrigger"]["reported"], whole["paymentTrigger"]["reported"]);
        assert_eq!(answer["paymentTrigger"]["byPartner"], Value::Null, "{member}");
    }
    assert_eq!(given.project(EXPERT, fields).await["expenditure"], Value::Null);
    assert_eq!(given.project(SIENA, fields).await["expenditure"], json!({ "totalCount": 0 }));
    for nobody in [PUBLIC, "stranger"] {
        let nothing = json!({ "budgetUse": null, "paymentTrigger": null, "expenditure": null });
        assert_eq!(given.project(nobody, fields).await, nothing, "{nobody}");
    }
}

#[tokio::test]
async fn a_filter_tells_those_who_see_totals_nothing() {
    let given = CareGet::before_the_first_claim().await;
    let fields = "budgetUse(filter: { partner: 5 }) { totals { declared } }";
    assert_eq!(given.fault(SIENA, fields).await, "FORBIDDEN");
    let empty = "budgetUse(filter: {}) { totals { planned } }";
    let answer = given.project(SIENA, empty).await;
    assert_eq!(answer["budgetUse"]["totals"]["planned"], "5009480.00");
}

#[tokio::test]
async fn the_lines_of_another_partner_are_absent() {
    let given = CareGet::before_the_first_claim().await;
    let fields = "expenditure { totalCount edges { node { partner } } }
        others: expenditure(filter: { partner: 2 }) { totalCount edges { node { id } } }";
    let lead = given.project(LEAD, fields).await;
    assert_eq!(lead["expenditure"]["totalCount"], 29);
    assert_eq!(lead["others"]["totalCount"], 4);
    let trakia = given.project(TRAKIA, fields).await;
    let lines = nodes(&trakia["expenditure"]);
    assert_eq!(trakia["expenditure"]["totalCount"], lines.len());
    assert!(!lines.is_empty() && lines.iter().all(|line| line["partner"] == 5));
    assert_eq!(trakia["others"], json!({ "totalCount": 0, "edges": [] }));
}

#[tokio::test]
async fn a_transfer_partner_sees_its_own_lump_sum() {
    let given = CareGet::before_the_first_claim().await;
    let data = json!({ "option": "transfer", "workPackage": "WP 8",
        "conditions": ["Replication Feasibility and Opportunity Study published", "Visits held"],
        "evidence": [{ "kind": "report", "name": "Study", "uri": "urn:example:study" }] });
    given.record(SIENA, "lump_sum.triggered", "2026-11-19", data).await;
    let fields = "expenditure { totalCount edges { node { kind declared evidence { name } } } }";
    let answer = given.project(SIENA, fields).await["expenditure"].clone();
    let line = json!({ "kind": "LUMP_SUM", "declared": "150000.00",
        "evidence": [{ "name": "Study" }] });
    assert_eq!(answer, json!({ "totalCount": 1, "edges": [{ "node": line }] }));
}

#[tokio::test]
async fn axes_that_would_tell_lines_of_others_tell_only_own_ones_and_trails_agree() {
    let given = CareGet::before_the_first_claim().await;
    let fields = "whole: budgetUse { totals { declared } }
        months: budgetUse(by: [PARTNER, MONTH]) { totals { declared }
            rows { partner month declared figure(of: DECLARED) } }
        march: budgetUse(by: [PARTNER], filter: { month: \"2025-03\" }) { rows { partner } }";
    let answer = given.project(TRAKIA, fields).await;
    assert_eq!(answer["whole"]["totals"], answer["months"]["totals"]);
    let rows = answer["months"]["rows"].as_array().unwrap();
    let (own, others): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row["partner"] == 5);
    assert!(own.iter().any(|row| !row["month"].is_null()));
    assert!(others.iter().all(|row| row["month"].is_null()), "{others:?}");
    for row in rows {
        let trail = format!("trail(figure: {}) {{ amount }}", row["figure"]);
        let trail = given.project(TRAKIA, &trail).await["trail"].clone();
        assert_eq!(trail["amount"], row["declared"], "{row}");
    }
    let march = answer["march"]["rows"].as_array().unwrap();
    assert!(march.iter().all(|row| row["partner"] == 5), "{march:?}");
    let of_lead = given.project(LEAD, fields).await;
    let rows = of_lead["months"]["rows"].as_array().unwrap();
    assert!(rows.iter().any(|row| row["partner"] == 2 && !row["month"].is_null()));
    // The name of a figure that somebody else was told tells no more than an own one.
    let of_urbasofia = rows.iter().find(|row| row["partner"] == 2 && !row["month"].is_null());
    let trail = format!("trail(figure: {}) {{ amount }}", of_urbasofia.unwrap()["figure"]);
    assert_eq!(given.project(TRAKIA, &trail).await["trail"]["amount"], "0.00");
}

#[tokio::test]
async fn the_owner_sees_the_documents_of_what_control_and_audits_made_of_its_line() {
    let given = CareGet::import().await;
    let letter = json!([{ "kind": "letter", "name": "Letter", "uri": "urn:example:letter" }]);
    let fields = "expenditure { edges { node { eventId partner claims { declared certified } } } }";
    let lines = nodes(&given.project(LEAD, fields).await["expenditure"]);
    let claimed: Vec<_> = lines.iter().filter(|line| line["claims"] != json!([])).collect();
    for line in &claimed {
        let verdict = json!({ "line": line["eventId"], "parked": "0.00",
            "certified": line["claims"][0]["declared"], "evidence": letter });
        given.record(CONTROLLER, "line.verified", "2026-11-20", verdict).await;
    }
    let closed = json!({ "claim": 1, "conclusion": { "original": "en", "en": "Done" } });
    given.record(CONTROLLER, "control.closed", "2026-11-20", closed).await;
    let of = |partner: u64| claimed.iter().find(|line| line["partner"] == partner).unwrap();
    let correction = |line: &Value| json!({ "line": line, "amount": "1.00", "typology": "2.1" });
    let corrections = [5, 2].map(|partner| correction(&of(partner)["eventId"]));
    let corrected = json!({ "corrections": corrections, "evidence": letter,
        "reason": { "original": "en", "en": "Audit" } });
    let id = given.record(LEAD, "correction.imposed", "2026-11-20", corrected).await;
    let fields = r#"expenditure { edges { node { eventId claims { evidence { name } corrections {
            eventId amount typology finding reason { text } evidence { name } } } } } }
        events(types: ["correction.imposed"]) { edges { node { data withheld } } }"#;
    let document = json!([{ "name": "Letter" }]);
    let imposed = json!({ "eventId": id, "amount": "1.00", "typology": "2.1", "finding": null,
        "reason": { "text": "Audit" }, "evidence": document });
    let answer = given.project(TRAKIA, fields).await;
    let lines = nodes(&answer["expenditure"]);
    let line = lines.iter().find(|line| line["eventId"] == of(5)["eventId"]).unwrap();
    let portion = json!({ "evidence": document, "corrections": [imposed] });
    assert_eq!(line["claims"], json!([portion]));
    let event = nodes(&answer["events"])[0].clone();
    assert_eq!(event["data"]["corrections"], json!([correction(&of(5)["eventId"])]));
    assert_eq!(event["data"]["evidence"], letter);
    assert_eq!(event["withheld"], json!(["/data/corrections"]));
}

#[tokio::test]
async fn pages_of_lines_have_every_line_once() {
    let given = CareGet::before_the_first_claim().await;
    let mut seen = Vec::new();
    let mut after = String::new();
    loop {
        let fields = format!(
            "expenditure(first: 10{after}) {{ pageInfo {{ hasNextPage endCursor }}
                edges {{ node {{ id eventId }} }} }}"
        );
        let page = given.project(LEAD, &fields).await["expenditure"].clone();
        seen.extend(nodes(&page));
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = format!(", after: {}", page["pageInfo"]["endCursor"]);
    }
    let fields = "expenditure { edges { node { id eventId } } }";
    assert_eq!(seen, nodes(&given.project(LEAD, fields).await["expenditure"]));
    assert_eq!(seen.len(), 29);
}

#[tokio::test]
async fn unpaid_lines_are_found() {
    let given = CareGet::before_the_first_claim().await;
    let ask = async |unpaid: bool| {
        let fields = format!(
            "expenditure(filter: {{ unpaid: {unpaid} }}) {{
                edges {{ node {{ unpaid reversed corrects credited }} }} }}"
        );
        nodes(&given.project(LEAD, &fields).await["expenditure"])
    };
    let (unpaid, rest) = (ask(true).await, ask(false).await);
    assert_eq!(unpaid.len() + rest.len(), 29);
    assert!(!unpaid.is_empty());
    assert!(unpaid.iter().all(|line| line["unpaid"] != "0.00" && line["reversed"] == false));
    assert!(rest.iter().all(|line| line["unpaid"] == "0.00" || line["reversed"] == true));
}

#[tokio::test]
async fn lines_are_found_by_check_claim_and_reference() {
    let given = CareGet::import().await;
    let ask = async |filter: &str| {
        let fields = format!(
            "expenditure(filter: {{ {filter} }}) {{ edges {{ node {{ precheck claims {{ claim }}
                reference document {{ reference }} }} }} }}"
        );
        nodes(&given.project(LEAD, &fields).await["expenditure"])
    };
    let all = ask("").await;
    let (checked, rest) = (ask("prechecked: true").await, ask("prechecked: false").await);
    assert!(!rest.is_empty() && checked.len() + rest.len() == all.len());
    assert!(!checked.is_empty() && checked.iter().all(|line| line["precheck"] == "OK"));
    let (claimed, rest) = (ask("claimed: true").await, ask("claimed: false").await);
    assert!(!rest.is_empty() && claimed.len() + rest.len() == all.len());
    assert!(!claimed.is_empty() && claimed.iter().all(|line| line["claims"] != json!([])));
    let found = ask(r#"reference: " 2025-0077 ""#).await;
    assert!(!found.is_empty() && found.len() < all.len());
    assert!(found.iter().all(|line| line["document"]["reference"] == "2025-0077"));
    assert_eq!(ask(r#"reference: "2025-007""#).await, Vec::<Value>::new());
}

#[tokio::test]
async fn wrong_arguments_are_refused_with_a_code() {
    let given = CareGet::before_the_first_claim().await;
    for fields in [
        r#"expenditure(filter: { currency: "lei" }) { totalCount }"#,
        r#"expenditure(filter: { workPackage: "A 5.1" }) { totalCount }"#,
        r#"budgetUse(filter: { workPackage: "five" }) { totals { planned } }"#,
    ] {
        assert_eq!(given.fault(LEAD, fields).await, "ARGUMENT_INVALID", "{fields}");
    }
    let fields = r#"expenditure(after: "?") { totalCount }"#;
    assert_eq!(given.fault(LEAD, fields).await, "CURSOR_INVALID");
}
