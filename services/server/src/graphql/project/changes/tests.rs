//! The second application form of CARE-GET and the changes that led to it, asked as people ask.

use std::io::Cursor;

use serde_json::{Value, json};

use crate::cli::import::Source;
use crate::given::{AUDITOR, CareGet, LEAD, PUBLIC, SIENA, TRAKIA, nodes};

const DIFFERENCES: &str = "formChanges { from to items { kind before after
    fields { field before after } } entries { name } amounts { kind partner workPackage category
    name before after delta } }";

#[tokio::test]
async fn the_second_form_says_exactly_this_otherwise() {
    let given = CareGet::before_the_first_claim().await;
    let found = given.project(TRAKIA, DIFFERENCES).await["formChanges"].clone();
    let amount = |kind: &str,
                  partner: u32,
                  place: Option<(&str, &str)>,
                  source: Option<&str>,
                  before: &str,
                  after: &str,
                  delta: &str| {
        json!({ "kind": kind, "partner": partner, "workPackage": place.map(|(code, _)| code),
            "category": place.map(|(_, category)| category), "name": source,
            "before": before, "after": after, "delta": delta })
    };
    let cell = |partner, code, category, before, after, delta| {
        amount("BUDGET_CELL", partner, Some((code, category)), None, before, after, delta)
    };
    let (haskovo, trakia) = ("Budget of Haskovo Municipality", "Budget of Trakia University");
    let expected = json!({
        "from": 1, "to": 2,
        "items": [
            { "kind": "MOVED", "before": "D 5.2.1", "after": "D 5.3.3",
                "fields": [{ "field": "due", "before": "2026-06-30", "after": "2026-12-15" }] },
            { "kind": "REMOVED", "before": "A 6.4", "after": null, "fields": [] },
            { "kind": "REMOVED", "before": "D 6.4.1", "after": null, "fields": [] },
        ],
        "entries": [],
        "amounts": [
            cell(1, "WP 6", "INFRASTRUCTURE", "1393880.00", "1333880.00", "-60000.00"),
            cell(2, "WP 8", "TRAVEL_AND_ACCOMMODATION", "12000.00", "10000.00", "-2000.00"),
            cell(2, "WP 8", "EXTERNAL_EXPERTISE", "8000.00", "10000.00", "2000.00"),
            cell(5, "WP 5", "EQUIPMENT", "70000.00", "130000.00", "60000.00"),
            amount("ERDF", 1, None, None, "2133584.00", "2085584.00", "-48000.00"),
            amount("ERDF", 5, None, None, "299280.00", "347280.00", "48000.00"),
            amount("PUBLIC_CONTRIBUTION", 1, None, Some(haskovo), "533396.00", "521396.00",
                "-12000.00"),
            amount("PUBLIC_CONTRIBUTION", 5, None, Some(trakia), "74820.00", "86820.00",
                "12000.00"),
        ],
    });
    assert_eq!(found, expected);
    let reversed = DIFFERENCES.replace("formChanges", "formChanges(from: 2, to: 1)");
    let back = given.project(TRAKIA, &reversed).await["formChanges"].clone();
    let items = back["items"].as_array().unwrap();
    let told: Vec<_> = items.iter().map(|item| json!([item["kind"], item["after"]])).collect();
    let expected_back = [["ADDED", "A 6.4"], ["MOVED", "D 5.2.1"], ["ADDED", "D 6.4.1"]];
    assert_eq!(told, expected_back.map(|change| json!(change)));
    assert_eq!(back["amounts"][0]["delta"], "60000.00");
    assert_eq!(given.fault(TRAKIA, "formChanges(to: 9) { to }").await, "ARGUMENT_INVALID");
    let siena = given.project(SIENA, DIFFERENCES).await["formChanges"].clone();
    assert_eq!((&siena["items"], &siena["amounts"]), (&expected["items"], &Value::Null));
    assert_eq!(given.project(PUBLIC, DIFFERENCES).await["formChanges"], Value::Null);
    let first = given
        .ask(
            LEAD,
            &format!(
                r#"{{ project(acronym: "care-get", applicationForm: 1) {{ {DIFFERENCES} }} }}"#
            ),
        )
        .await;
    assert_eq!(first["project"]["formChanges"], Value::Null, "there is none before the first");
}

#[tokio::test]
async fn changes_are_told_with_their_decision_and_the_form_that_carries_them_out() {
    let given = CareGet::before_the_first_claim().await;
    let fields = "changes { number class status codes carriedOutBy totalDelta proposedOn
        deltas { partner workPackage amount } decision { on recordedByLead evidence { name } }
        evidence { name } }
        budgetShift { applicationForm moved { betweenPartners betweenWorkPackages
            betweenCategories largest } withPending { largest } limit left }";
    let found = given.project(AUDITOR, fields).await;
    let changes = &found["changes"];
    assert_eq!(
        (&changes[0]["status"], &changes[0]["class"]),
        (&json!("NOTIFIED"), &json!("MINOR"))
    );
    assert_eq!(changes[1]["status"], "APPROVED");
    assert_eq!(changes[1]["decision"]["on"], "2026-11-09");
    assert_eq!(changes[1]["decision"]["recordedByLead"], true);
    assert_eq!(changes[1]["carriedOutBy"], 2);
    assert_eq!(
        changes[1]["deltas"][0],
        json!({ "partner": 1, "workPackage": "WP 6", "amount": "-60000.00" })
    );
    let expected = json!({ "applicationForm": 2, "moved": { "betweenPartners": "60000.00",
        "betweenWorkPackages": "60000.00", "betweenCategories": "62000.00",
        "largest": "62000.00" }, "withPending": { "largest": "62000.00" },
        "limit": "1001896.00", "left": "939896.00" });
    assert_eq!(found["budgetShift"], expected);
    let siena = given.project(SIENA, fields).await;
    assert_eq!(siena["changes"][1]["deltas"], Value::Null);
    assert_eq!(siena["changes"][1]["evidence"], Value::Null);
    assert_eq!(siena["budgetShift"], expected);
}

/// All figures of the budget and the board under a form.
async fn under(given: &CareGet, form: u32) -> Value {
    let document = format!(
        r#"{{ project(acronym: "care-get", applicationForm: {form}) {{
            budgetUse(by: [PARTNER, WORK_PACKAGE, CATEGORY]) {{ rows {{ partner workPackage category
                planned declared provisional frozen paid remaining erdf inForm }}
                totals {{ planned declared paid erdf }} }}
            deliverables(first: 100) {{ edges {{ node {{ code status due inForm turn
                submissions {{ number review {{ outcome }} }} }} }} }}
            activities(first: 100) {{ edges {{ node {{ code status inForm }} }} }}
            milestones {{ edges {{ node {{ number items {{ code status inForm }} }} }} }}
            expenditure(first: 100) {{ edges {{ node {{ eventId deliverable declared }} }} }}
        }} }}"#
    );
    given.ask(LEAD, &document).await["project"].clone()
}

#[tokio::test]
async fn every_figure_under_the_first_form_stays_and_facts_follow_their_codes_under_the_second() {
    let given = CareGet::first_years().await;
    let before = under(&given, 1).await;
    let monitoring =
        include_str!("../../../../../../examples/care-get/illustrative-monitoring.ndjson");
    let (before_form, rest) = monitoring.split_once("application_form.approved").unwrap();
    let form = rest.lines().next().unwrap();
    let lines = format!("{before_form}application_form.approved{form}");
    let source = Source::lines("form".to_owned(), 0, Box::new(Cursor::new(lines)));
    given.add(vec![source]).await;
    let first = under(&given, 1).await;
    assert!(first == before, "to the cent");
    let second = under(&given, 2).await;
    let find = |answer: &Value, code: &str| {
        nodes(&answer["deliverables"]).into_iter().find(|item| item["code"] == code)
    };
    let moved = find(&second, "D 5.3.3").unwrap();
    let was = find(&first, "D 5.2.1").unwrap();
    assert_eq!((&moved["status"], &moved["submissions"]), (&was["status"], &was["submissions"]));
    assert_eq!(moved["due"], "2026-12-15");
    assert_eq!(find(&second, "D 5.2.1"), None);
    assert_eq!(find(&first, "D 5.3.3"), None);
    let item = |answer: &Value| {
        let milestones = nodes(&answer["milestones"]);
        milestones[2]["items"][0].clone()
    };
    assert_eq!(
        (&item(&first)["code"], &item(&second)["code"]),
        (&json!("D 5.2.1"), &json!("D 5.3.3"))
    );
    let costs = |answer: &Value, code: &str| {
        let lines = nodes(&answer["expenditure"]);
        lines.iter().filter(|line| line["deliverable"] == code).count()
    };
    assert_eq!((costs(&first, "D 5.2.1"), costs(&second, "D 5.3.3")), (1, 1));
    assert_eq!((costs(&first, "D 5.3.3"), costs(&second, "D 5.2.1")), (0, 0));
    assert_eq!(first["budgetUse"]["totals"]["declared"], second["budgetUse"]["totals"]["declared"]);
}
