//! What partners record beside the lines of CARE-GET, asked as people ask.

use serde_json::{Value, json};

use crate::given::{AUDITOR, CONTROLLER, CareGet, EXPERT, LEAD, PUBLIC, SIENA, TRAKIA};

const DAY: &str = "2026-10-01";

fn en(text: &str) -> Value {
    json!({ "original": "en", "en": text })
}

fn document() -> Value {
    json!([{ "kind": "contract", "name": "Contract", "uri": "urn:example:contract" }])
}

async fn contract(given: &CareGet, subject: &str, reference: &str) -> uuid::Uuid {
    let data = json!({ "reference": reference, "title": en("Survey"), "procedure": "quotes",
        "date": DAY, "end": "2027-03-31", "value": "1000.00", "currency": "EUR",
        "supplier": "Survey House", "taxId": "BG000000001", "evidence": document() });
    given.record(subject, "contract.awarded", DAY, data).await
}

#[tokio::test]
async fn a_contract_shows_its_changes_and_how_far_it_is_used() {
    let given = CareGet::first_years().await;
    let id = contract(&given, TRAKIA, "14/2026").await;
    let invoice = json!({ "invoice": { "number": "1", "date": "2026-10-20",
        "supplier": "Survey House", "taxId": "BG 000000001" } });
    let line = json!({ "category": "external_expertise", "workPackage": "WP 5",
        "contract": "14 / 2026", "incurredFrom": "2026-10-05", "incurredTo": "2026-10-19",
        "document": invoice, "net": "200.00", "vat": "40.00", "vatRecoverable": "0.00",
        "share": "0.50", "declared": "120.00", "currency": "EUR" });
    let line = given.record(TRAKIA, "expenditure.declared", "2026-10-20", line).await;
    let paid = json!({ "line": line, "date": "2026-10-25", "amount": "240.00" });
    given.record(TRAKIA, "expenditure.paid", "2026-10-25", paid).await;
    let amended = json!({ "contract": "14/2026", "date": "2026-10-26", "value": "900.00",
        "reason": en("Less") });
    given.record(TRAKIA, "contract.amended", "2026-10-26", amended).await;
    let passed = json!({ "contract": "14/2026", "subcontractor": "Field Work",
        "taxId": "BG000000002", "title": en("Interviews"), "date": "2026-10-27",
        "value": "90.00" });
    given.record(TRAKIA, "subcontract.recorded", "2026-10-27", passed).await;
    let fields = "contracts { totalCount nodes { eventId partner reference procedure date end
        currency supplier value lines documents declared paid remaining linesInOtherCurrencies
        subcontracted amendments { value end reason { text } } subcontracts { subcontractor }
        closing { date } evidence { name } author { partner } recordedBy } }";
    let answer = given.project(TRAKIA, fields).await["contracts"].clone();
    let expected = json!({ "eventId": id, "partner": 5, "reference": "14/2026",
        "procedure": "QUOTES", "date": DAY, "end": "2027-03-31", "currency": "EUR",
        "supplier": "Survey House", "value": "900.00", "lines": 1, "documents": "240.00",
        "declared": "120.00", "paid": "240.00", "remaining": "660.00",
        "linesInOtherCurrencies": 0, "subcontracted": "90.00",
        "amendments": [{ "value": "900.00", "end": null, "reason": { "text": "Less" } }],
        "subcontracts": [{ "subcontractor": "Field Work" }], "closing": null,
        "evidence": [{ "name": "Contract" }], "author": { "partner": 5 }, "recordedBy": TRAKIA });
    assert_eq!((&answer["totalCount"], &answer["nodes"][0]), (&json!(1), &expected));
}

#[tokio::test]
async fn contracts_are_for_their_partner_and_for_those_who_check() {
    let given = CareGet::first_years().await;
    contract(&given, TRAKIA, "14/2026").await;
    contract(&given, LEAD, "1/2026").await;
    let fields = "contracts { totalCount edges { node { reference } } }";
    for (subject, seen) in [
        (LEAD, Some(2)),
        (CONTROLLER, Some(2)),
        (AUDITOR, Some(2)),
        (TRAKIA, Some(1)),
        (SIENA, None),
        (EXPERT, None),
        (PUBLIC, None),
    ] {
        let answer = given.project(subject, fields).await["contracts"].clone();
        assert_eq!(answer["totalCount"].as_u64(), seen, "{subject}");
    }
    let fields = "contracts(partner: 5, first: 1) { totalCount nodes { reference } }";
    let answer = given.project(LEAD, fields).await["contracts"].clone();
    assert_eq!(answer, json!({ "totalCount": 1, "nodes": [{ "reference": "14/2026" }] }));
}

#[tokio::test]
async fn own_money_stands_beside_the_form_and_is_for_its_partner() {
    let given = CareGet::first_years().await;
    let fields = "ownMoney(partner: 5) { sources { source kind planned received missing } }";
    let planned = given.project(TRAKIA, fields).await["ownMoney"][0]["sources"][0].clone();
    let kind = planned["kind"].as_str().unwrap().to_lowercase();
    let data = json!({ "source": planned["source"], "kind": kind, "date": DAY,
        "amount": "1000.00" });
    given.record(TRAKIA, "contribution.received", DAY, data).await;
    let data = json!({ "source": "Hospital", "kind": "public", "workPackage": "WP 5",
        "from": "2026-09-01", "to": "2026-09-30", "value": "240.00", "text": en("A room"),
        "evidence": document() });
    given.record(TRAKIA, "in_kind.recorded", DAY, data).await;
    let data = json!({ "source": "Visitors", "date": DAY, "amount": "30.00", "text": en("Fees") });
    given.record(TRAKIA, "revenue.recorded", DAY, data).await;
    let fields = "ownMoney(partner: 5) { partner received inKindValue earned
        sources { received } contributions { totalCount nodes { amount source kind } }
        inKind { nodes { value workPackage } } revenue { nodes { amount text { text } } } }";
    let answer = given.project(TRAKIA, fields).await["ownMoney"].clone();
    let contributions = json!({ "totalCount": 1, "nodes": [{ "amount": "1000.00",
        "source": planned["source"], "kind": planned["kind"] }] });
    let expected = json!([{ "partner": 5, "received": "1000.00", "inKindValue": "240.00",
        "earned": "30.00", "sources": [{ "received": "1000.00" }],
        "contributions": contributions,
        "inKind": { "nodes": [{ "value": "240.00", "workPackage": "WP 5" }] },
        "revenue": { "nodes": [{ "amount": "30.00", "text": { "text": "Fees" } }] } }]);
    assert_eq!(answer, expected);
    let partners = async |subject: &str| {
        let answer = given.project(subject, "ownMoney { partner }").await["ownMoney"].clone();
        answer.as_array().map(Vec::len)
    };
    let all = given.project(LEAD, "partners { number }").await["partners"].clone();
    assert_eq!(partners(LEAD).await, all.as_array().map(Vec::len));
    assert_eq!((partners(TRAKIA).await, partners(SIENA).await), (Some(1), Some(1)));
    assert_eq!((partners(EXPERT).await, partners(PUBLIC).await), (None, None));
}

#[tokio::test]
async fn a_report_that_was_given_back_is_the_partners_turn() {
    let given = CareGet::first_years().await;
    let data = json!({ "from": "2026-01-01", "to": "2026-06-30", "text": en("On time") });
    let report = given.record(SIENA, "partner_report.submitted", DAY, data).await;
    let data = json!({ "report": report, "remark": en("Add June"), "evidence": document() });
    let returned = given.record(LEAD, "partner_report.returned", "2026-10-10", data).await;
    let fields = "partnerReports(filter: { status: RETURNED }) { totalCount nodes { partner from to
        status whoMustAct daysWaiting submissions { eventId submission text { text }
        returned { remark { text } evidence { name } } } } }";
    let answer = given.project(SIENA, fields).await["partnerReports"].clone();
    let submission = json!({ "eventId": report, "submission": 1, "text": { "text": "On time" },
        "returned": { "remark": { "text": "Add June" }, "evidence": [{ "name": "Contract" }] } });
    let node = &answer["nodes"][0];
    assert_eq!((&answer["totalCount"], &node["submissions"]), (&json!(1), &json!([submission])));
    let read = (&node["status"], &node["whoMustAct"], &node["daysWaiting"]);
    assert_eq!(read, (&json!("RETURNED"), &json!("PARTNER"), &json!(42)));
    let fields = "partnerReports { totalCount }";
    for (subject, seen) in [(LEAD, Some(1)), (TRAKIA, Some(0)), (EXPERT, None), (PUBLIC, None)] {
        let answer = given.project(subject, fields).await["partnerReports"].clone();
        assert_eq!(answer["totalCount"].as_u64(), seen, "{subject}");
    }
    // Who reads its report in the log reads there that it was given back.
    let fields = r#"events(types: ["partner_report.returned"]) { nodes { eventId } }"#;
    let of_siena = given.project(SIENA, fields).await["events"]["nodes"].clone();
    assert_eq!(of_siena, json!([{ "eventId": returned }]));
    assert_eq!(given.project(TRAKIA, fields).await["events"]["nodes"], json!([]));
}

#[tokio::test]
async fn visits_are_for_who_was_visited_and_the_keeping_of_records_for_those_who_see_amounts() {
    let given = CareGet::first_years().await;
    let data = json!({ "place": en("Hospital"), "from": DAY, "to": DAY, "partner": 5,
        "focus": en("Equipment"), "evidence": document() });
    given.record(CONTROLLER, "visit.recorded", DAY, data).await;
    let data = json!({ "lastPayment": "2026-09-20", "evidence": document() });
    given.record(LEAD, "retention.started", DAY, data).await;
    let data = json!({ "authority": "Court", "reason": en("Appeal"), "evidence": document() });
    let hold = given.record(LEAD, "hold.placed", DAY, data).await;
    let fields = "visits { nodes { byController partner recordedBy evidence { name } } }
        retention { years lastPayment keptUntil held started { occurredOn evidence { name } }
            holds { eventId authority open release { occurredOn } evidence { name } } }";
    let document = json!([{ "name": "Contract" }]);
    let visit = |by: Value| json!([{ "byController": true, "partner": 5, "recordedBy": by, "evidence": document }]);
    let answer = given.project(LEAD, fields).await;
    assert_eq!(answer["visits"]["nodes"], visit(json!(CONTROLLER)));
    let held = json!({ "eventId": hold, "authority": "Court", "open": true, "release": null,
        "evidence": document });
    let expected = json!({ "years": 5, "lastPayment": "2026-09-20", "keptUntil": "2031-12-31",
        "held": true, "started": { "occurredOn": DAY, "evidence": document }, "holds": [held] });
    assert_eq!(answer["retention"], expected);
    let answer = given.project(TRAKIA, fields).await;
    assert_eq!(answer["visits"]["nodes"], visit(Value::Null));
    assert_eq!(answer["retention"]["holds"][0]["evidence"], Value::Null);
    let count = "visits { totalCount } retention { held }";
    for subject in [EXPERT, PUBLIC] {
        let answer = given.project(subject, count).await;
        assert_eq!(answer, json!({ "visits": null, "retention": null }), "{subject}");
    }
    let nothing = json!({ "visits": { "totalCount": 0 }, "retention": null });
    assert_eq!(given.project(SIENA, count).await, nothing);
    let data = json!({ "place": en("Town hall"), "from": DAY, "to": DAY, "partner": 10,
        "focus": en("Study") });
    given.record(LEAD, "visit.recorded", DAY, data).await;
    let places = "visits { totalCount nodes { place { text } } }";
    for (subject, seen) in [(LEAD, 2), (TRAKIA, 1), (SIENA, 1), ("urbasofia", 0)] {
        let visits = given.project(subject, places).await["visits"].clone();
        assert_eq!(visits["totalCount"], seen, "{subject}");
        assert_eq!(visits.to_string().contains("Town hall"), [LEAD, SIENA].contains(&subject));
    }
    let data = json!({ "hold": hold, "reason": en("Over") });
    given.record(LEAD, "hold.released", "2026-10-02", data).await;
    let fields = "retention { held holds { open release { reason { text } } } }";
    let expected = json!({ "held": false, "holds": [{ "open": false,
        "release": { "reason": { "text": "Over" } } }] });
    assert_eq!(given.project(LEAD, fields).await["retention"], expected);
}
