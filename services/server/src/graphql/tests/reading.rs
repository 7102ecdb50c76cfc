//! Who may read what, field by field: the hand-written table `schema/reading.csv` against the
//! answers. A field of `Query` or `Project` that has no row fails.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use serde_json::Value;

use crate::cli::import::Source;
use crate::given::{AUDITOR, CONTROLLER, CareGet, EXPERT, LEAD, PROGRAMME, PUBLIC, SIENA, TRAKIA};

const TABLE: &str = include_str!("../../../../../schema/reading.csv");

/// A column of the table, and who stands for it.
const READERS: [(&str, &str); 8] = [
    ("lead", LEAD),
    ("delivery", TRAKIA),
    ("transfer", SIENA),
    ("expert", EXPERT),
    ("controller", CONTROLLER),
    ("programme", PROGRAMME),
    ("auditor", AUDITOR),
    ("public", PUBLIC),
];

/// The types that are looked at, and where one of them is found in a project: the fields go where
/// the dots are, and a figure where it is named. Documents are looked for where they are not those
/// of Trakia University.
const PLACES: [(&str, &str); 41] = [
    ("Project", "…"),
    ("Contract", "contract { … }"),
    ("Partner", "partners { … }"),
    (
        "Submission",
        r#"deliverables(filter: { code: "D 4.1.2" }) { edges { node { submissions { … } } } }"#,
    ),
    ("Report", r#"activities(filter: { code: "A 4.2" }) { edges { node { reports { … } } } }"#),
    ("FormChanges", "formChanges { … }"),
    ("Change", "changes { … }"),
    ("BudgetUse", "budgetUse { … }"),
    ("PaymentTrigger", "paymentTrigger { … }"),
    ("Lesson", "learningLog { edges { node { … } } }"),
    ("Corroboration", "learningLog { edges { node { corroborations { … } } } }"),
    ("Question", "questions { edges { node { … } } }"),
    ("Answer", "questions { edges { node { answers { … } } } }"),
    ("MilestoneMet", "milestones { edges { node { met { … } } } }"),
    ("MilestoneDecision", "milestones { edges { node { decisions { … } } } }"),
    ("MilestoneReview", "milestoneReviews { edges { node { … } } }"),
    ("Achievement", "outputProgress { edges { node { achievements { … } } } }"),
    (
        "Forecast",
        r#"outputProgress(filter: { code: "O 6.1" }) { edges { node { forecasts { … } } } }"#,
    ),
    (
        "Withdrawal",
        r#"deliverables(filter: { code: "D 2.3.1" }) {
            edges { node { submissions { withdrawal { … } } } } }"#,
    ),
    ("IndicatorValue", "indicators { edges { node { reports { values { … } } } } }"),
    (
        "IndicatorValidation",
        "indicators { edges { node { reports { values { validation { … } } } } } }",
    ),
    ("AnnualReport", "annualReports { … }"),
    ("AnnualReportSubmission", "annualReports { submissions { … } }"),
    ("AnnualReportClarification", "annualReports { submissions { clarifications { … } } }"),
    ("AnnualReportApproval", "annualReports { approved { … } }"),
    ("SupplierContract", "contracts { nodes { … } }"),
    ("OwnContribution", "ownMoney { contributions { nodes { … } } }"),
    ("PartnerReportSubmission", "partnerReports { nodes { submissions { … } } }"),
    ("Visit", "visits { nodes { … } }"),
    ("Hold", "retention { holds { … } }"),
    ("PartnerCash", "cash { … }"),
    ("Payment", "payments(filter: { forwardedTo: 3 }) { edges { node { … } } }"),
    (
        "PaymentConfirmation",
        "payments(filter: { forwardedTo: 3 }) { edges { node { confirmed { … } } } }",
    ),
    ("Recovery", "recoveries { edges { node { … } } }"),
    ("Trail", "trail(figure: FIGURE) { … }"),
    ("TrailPart", "trail(figure: FIGURE) { parts(first: 200) { nodes { … } } }"),
    ("Clarification", "clarifications { edges { node { … } } }"),
    ("ClarificationAnswer", "clarifications { edges { node { answers { … } } } }"),
    ("Audit", "audits { edges { node { … } } }"),
    ("AuditFinding", "audits { edges { node { findings { … } } } }"),
    ("Event", r#"events(types: ["deliverable.submitted"]) { edges { node { … } } }"#),
];

/// What the example lacks: a partner that tells all of itself, and events of the lead partner, most
/// with a document.
const MORE: &str = r#"
{"id":"0197c000-0000-7000-8000-000000000002","type":"partner.joined","data":{"number":11,"names":{"original":"en","en":"Partner"},"abbreviation":"P","role":"delivery","country":"BG","nuts":"BG422","currency":"EUR","vatId":"BG000000000","vatRecovery":"partial","legalStatus":"private"}}
{"id":"0197c000-0000-7000-8000-000000000003","type":"milestone.met","data":{"number":3,"reason":{"original":"en","en":"The rest is in print."},"evidence":[{"kind":"minutes","name":"Minutes","uri":"urn:example:minutes"}]}}
{"id":"0197c000-0000-7000-8000-000000000004","type":"milestone.missed","data":{"number":4,"reason":{"original":"en","en":"The hub is late."},"evidence":[{"kind":"minutes","name":"Minutes","uri":"urn:example:minutes"}]}}
{"id":"0197c000-0000-7000-8000-000000000005","type":"milestone_review.held","data":{"date":"2026-11-19","milestones":[3],"conclusions":{"original":"en","en":"Go on."},"evidence":[{"kind":"minutes","name":"Minutes","uri":"urn:example:minutes"}]}}
{"id":"0197c000-0000-7000-8000-000000000006","type":"output.achieved","data":{"code":"O 6.1","quantity":1,"evidence":[{"kind":"minutes","name":"Minutes","uri":"urn:example:minutes"}]}}
{"id":"0197c000-0000-7000-8000-000000000007","type":"forecast.changed","data":{"code":"O 6.1","date":"2027-03-31","reason":{"original":"en","en":"The supplier is late."},"evidence":[{"kind":"minutes","name":"Minutes","uri":"urn:example:minutes"}]}}
{"id":"0197c000-0000-7000-8000-000000000008","type":"deliverable.submitted","data":{"code":"D 2.3.1","title":{"original":"en","en":"Minutes"},"evidence":[{"kind":"minutes","name":"Minutes","uri":"urn:example:minutes"}]}}
{"id":"0197c000-0000-7000-8000-000000000009","type":"deliverable.withdrawn","data":{"code":"D 2.3.1","reason":{"original":"en","en":"A wrong file."},"evidence":[{"kind":"minutes","name":"Minutes","uri":"urn:example:minutes"}]}}
{"id":"0197c000-0000-7000-8000-000000000010","type":"indicator.reported","actorsubject":"haskovo-finance","data":{"code":"OI 1","from":"2026-01-01","to":"2026-06-30","value":"1","method":{"original":"en","en":"Counted."},"evidence":[{"kind":"minutes","name":"Minutes","uri":"urn:example:minutes"}]}}
{"id":"0197c000-0000-7000-8000-000000000212","type":"payment.received","data":{"instalment":1,"date":"2026-11-20","amount":"1000.00","proof":"Bank statement","evidence":[{"kind":"minutes","name":"Minutes","uri":"urn:example:minutes"}]}}
{"id":"0197c000-0000-7000-8000-000000000213","type":"payment.forwarded","data":{"partner":3,"instalment":1,"date":"2026-11-20","amount":"900.00","proof":"Bank order","evidence":[{"kind":"minutes","name":"Minutes","uri":"urn:example:minutes"}]}}
{"id":"0197c000-0000-7000-8000-000000000214","type":"payment.confirmed","actorsubject":"bef","data":{"payment":"0197c000-0000-7000-8000-000000000213","date":"2026-11-20","amount":"900.00","evidence":[{"kind":"minutes","name":"Minutes","uri":"urn:example:minutes"}]}}
{"id":"0197c000-0000-7000-8000-000000000215","type":"recovery.ordered","data":{"partner":3,"amount":"10.00","reason":{"original":"en","en":"Twice."},"evidence":[{"kind":"minutes","name":"Minutes","uri":"urn:example:minutes"}]}}
{"id":"0197c000-0000-7000-8000-000000000017","type":"claim.assembled","data":{"claim":1,"lines":["019744e5-cb80-7c25-838e-90503e04c7fb"]}}
{"id":"0197c000-0000-7000-8000-000000000018","type":"claim.submitted","data":{"claim":1}}
{"id":"0197c000-0000-7000-8000-000000000216","type":"clarification.requested","actorsubject":"first-level-controller","data":{"claim":1,"lines":["019744e5-cb80-7c25-838e-90503e04c7fb"],"due":"2026-11-30","text":{"original":"en","en":"Which quotes?"},"evidence":[{"kind":"minutes","name":"Minutes","uri":"urn:example:minutes"}]}}
{"id":"0197c000-0000-7000-8000-000000000217","type":"clarification.answered","actorsubject":"trakia-university","data":{"clarification":"0197c000-0000-7000-8000-000000000216","text":{"original":"en","en":"These."},"evidence":[{"kind":"minutes","name":"Minutes","uri":"urn:example:minutes"}]}}
{"id":"0197c000-0000-7000-8000-000000000218","type":"audit.opened","data":{"reference":"AA/15","body":"audit_authority","scope":{"original":"en","en":"All"},"evidence":[{"kind":"minutes","name":"Minutes","uri":"urn:example:minutes"}]}}
{"id":"0197c000-0000-7000-8000-000000000219","type":"finding.recorded","data":{"audit":"0197c000-0000-7000-8000-000000000218","number":"1","lines":["019744e5-cb80-7c25-838e-90503e04c7fb"],"text":{"original":"en","en":"One."},"amount":"1.00","evidence":[{"kind":"minutes","name":"Minutes","uri":"urn:example:minutes"}]}}
{"id":"0197c000-0000-7000-8000-000000000011","type":"indicator.validated","data":{"report":"0197c000-0000-7000-8000-000000000010","evidence":[{"kind":"minutes","name":"Minutes","uri":"urn:example:minutes"}]}}
{"id":"0197c000-0000-7000-8000-000000000012","type":"contract.awarded","data":{"reference":"1/2026","title":{"original":"en","en":"Survey"},"procedure":"quotes","date":"2026-11-20","value":"1.00","currency":"EUR","supplier":"Survey House","taxId":"BG000000001"}}
{"id":"0197c000-0000-7000-8000-000000000013","type":"contribution.received","data":{"source":"Own budget","kind":"public","date":"2026-11-20","amount":"1.00"}}
{"id":"0197c000-0000-7000-8000-000000000014","type":"partner_report.submitted","data":{"from":"2026-01-01","to":"2026-06-30","text":{"original":"en","en":"On time."}}}
{"id":"0197c000-0000-7000-8000-000000000015","type":"visit.recorded","data":{"place":{"original":"en","en":"Hub"},"from":"2026-11-19","to":"2026-11-19","partner":3,"focus":{"original":"en","en":"Equipment"},"evidence":[{"kind":"minutes","name":"Minutes","uri":"urn:example:minutes"}]}}
{"id":"0197c000-0000-7000-8000-000000000016","type":"hold.placed","data":{"authority":"Court","reason":{"original":"en","en":"Appeal"},"evidence":[{"kind":"letter","name":"Letter","uri":"urn:example:letter"}]}}
"#;

/// A second annual report, of the project as it is by then.
const REPORTS: &str = r#"
{"id":"0197c000-0000-7000-8000-000000000103","type":"annual_report.submitted","data":{"number":2,"from":"2026-01-01","to":"2026-10-31","version":VERSION}}
{"id":"0197c000-0000-7000-8000-000000000104","type":"annual_report.clarification_requested","data":{"number":2,"due":"2026-12-20","text":{"original":"en","en":"Which one?"},"evidence":[{"kind":"letter","name":"Letter","uri":"urn:example:letter"}]}}
"#;

/// The fields of a type that have a row, with what each reader is to find.
fn table() -> BTreeMap<(String, String), BTreeMap<&'static str, bool>> {
    let mut lines = TABLE.lines();
    let columns = READERS.map(|(column, _)| column).join(",");
    assert_eq!(lines.next().unwrap(), format!("field,{columns}"));
    let mut table = BTreeMap::new();
    for line in lines {
        let mut cells = line.split(',');
        let (kind, field) = cells.next().unwrap().split_once('.').unwrap();
        let visible = cells.map(|cell| match cell {
            "visible" => true,
            // A part of it: what is the reader's own, or the totals.
            "own" | "totals" => true,
            // It would be the reader's own, who has none in the example.
            "own_none" => false,
            "null" => false,
            other => panic!("{line}: {other}"),
        });
        let row: BTreeMap<_, _> = READERS.iter().map(|(column, _)| *column).zip(visible).collect();
        assert_eq!(row.len(), READERS.len(), "{line}");
        let before = table.insert((kind.to_owned(), field.to_owned()), row);
        assert!(before.is_none(), "{line} stands there twice");
    }
    table
}

/// The id of a figure that stands on the lines of every partner.
async fn figure(given: &CareGet) -> Value {
    let declared = "budgetUse { totals { figure(of: DECLARED) } }";
    given.project(LEAD, declared).await["budgetUse"]["totals"]["figure"].clone()
}

/// The fields of a type in the schema, each with a selection where it needs one.
async fn fields(given: &CareGet, kind: &str) -> BTreeMap<String, String> {
    let document = format!(
        r#"{{ __type(name: "{kind}") {{ fields {{ name
            type {{ kind ofType {{ kind ofType {{ kind ofType {{ kind }} }} }} }} }} }} }}"#
    );
    let answer = given.ask(PUBLIC, &document).await;
    let fields = answer["__type"]["fields"].as_array().unwrap();
    let figure = figure(given).await;
    let field = |field: &Value| {
        let name = field["name"].as_str().unwrap().to_owned();
        let mut of = &field["type"];
        while !of["ofType"].is_null() {
            of = &of["ofType"];
        }
        let object = ["OBJECT", "INTERFACE", "UNION"].contains(&of["kind"].as_str().unwrap());
        let selection = if object { format!("{name} {{ __typename }}") } else { name.clone() };
        let needs_figure = (kind, name.as_str()) == ("Project", "trail");
        let with_figure = || format!("{name}(figure: {figure}) {{ __typename }}");
        let selection = if needs_figure { with_figure() } else { selection };
        (name, selection)
    };
    fields.iter().map(field).collect()
}

/// Whether a field has a value anywhere in an answer.
fn found(answer: &Value, field: &str) -> bool {
    match answer {
        Value::Object(members) => members
            .iter()
            .any(|(name, value)| (name == field && !value.is_null()) || found(value, field)),
        Value::Array(items) => items.iter().any(|item| found(item, field)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

async fn given() -> CareGet {
    let given = CareGet::before_the_first_claim().await;
    let line = |line: &str| {
        let actor = r#""actorsubject":"haskovo-lead","#;
        let actor = if line.contains("actorsubject") { "" } else { actor };
        let envelope = r#""project":"care-get","occurredon":"2026-11-20",
            "recordedat":"2026-11-20T08:00:00Z","data""#;
        line.replacen("\"data\"", &format!("{actor}{}", envelope.replace('\n', "")), 1) + "\n"
    };
    let lines: String = MORE.trim().lines().map(line).collect();
    let source = Source::lines("more".to_owned(), 0, Box::new(Cursor::new(lines)));
    given.add(vec![source]).await;
    for report in REPORTS.trim().lines() {
        let version = given.ledger.snapshot().get("care-get").unwrap().project.version;
        let report = line(&report.replace("VERSION", &version.to_string()));
        let source = Source::lines("report".to_owned(), 0, Box::new(Cursor::new(report)));
        given.add(vec![source]).await;
    }
    given
}

#[tokio::test]
async fn every_reader_finds_what_the_table_says_and_no_more() {
    let given = given().await;
    let table = table();
    let mut wrong = Vec::new();
    let figure = figure(&given).await.to_string();
    for (kind, place) in PLACES {
        let place = place.replace("FIGURE", &figure);
        let selections = fields(&given, kind).await;
        let rows: Vec<_> = table.iter().filter(|((of, _), _)| of == kind).collect();
        for (column, subject) in READERS {
            let wanted: Vec<_> = rows.iter().map(|((_, field), _)| &*selections[field]).collect();
            // Only members may name times, which two fields print.
            let times = if subject == PUBLIC {
                ""
            } else {
                r#", until: "2026-11-21", asOf: { instant: "2026-11-21T00:00:00Z" }"#
            };
            let fields = place.replace('…', &wanted.join(" "));
            let document = format!(r#"{{ project(acronym: "care-get"{times}) {{ {fields} }} }}"#);
            let answer = given.ask(subject, &document).await;
            for ((_, field), row) in &rows {
                if found(&answer["project"], field) != row[column] {
                    wrong.push(format!("{kind}.{field} {column}: the table says {}", row[column]));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn every_field_of_a_project_and_of_the_root_has_a_row() {
    let given = CareGet::import().await;
    let table = table();
    let rows = |kind: &str| -> BTreeSet<String> {
        table.keys().filter(|(of, _)| of == kind).map(|(_, field)| field.clone()).collect()
    };
    for kind in ["Query", "Project"] {
        let fields: BTreeSet<_> = fields(&given, kind).await.into_keys().collect();
        assert_eq!(fields, rows(kind), "{kind}");
    }
    let known = |kind: &String| kind == "Query" || PLACES.iter().any(|(of, _)| of == kind);
    for (kind, field) in table.keys() {
        assert!(known(kind), "{kind}.{field} has a row and no place where it is looked at");
    }
}

#[tokio::test]
async fn the_root_answers_each_reader_as_the_table_says() {
    let given = given().await;
    let table = table();
    let project = given.project(LEAD, "id").await["id"].to_string();
    let questions = [
        ("lessons", "lessons { totalCount }".to_owned()),
        ("node", format!("node(id: {project}) {{ id }}")),
        ("project", r#"project(acronym: "care-get") { key }"#.to_owned()),
        ("projects", "projects { edges { cursor } }".to_owned()),
        ("rules", "rules { id }".to_owned()),
        ("typology", "typology { code }".to_owned()),
        ("viewer", "viewer { subject }".to_owned()),
    ];
    for (field, question) in questions {
        let row = &table[&("Query".to_owned(), field.to_owned())];
        for (column, subject) in READERS {
            let answer = given.ask(subject, &format!("{{ {question} }}")).await;
            assert_eq!(found(&answer, field), row[column], "{field} {column}");
        }
    }
}
