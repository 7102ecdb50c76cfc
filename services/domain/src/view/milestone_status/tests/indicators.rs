//! Indicators by example.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{day, project, record};
use crate::given::{Given, Post, en, evidence};
use crate::view::milestone_status::indicator::IndicatorReading;
use crate::view::milestone_status::plain::fold;

fn reported(given: &mut Given, subject: &'static str, code: &str, year: i16, value: &str) -> Uuid {
    let data = json!({ "code": code, "from": format!("{year}-01-01"), "to": format!("{year}-12-31"),
        "value": value, "method": en("Counted"), "text": en("By lists"),
        "disaggregation": [{ "by": "all", "value": value }], "evidence": evidence() });
    let post = Post::new(subject, "indicator.reported", "2026-01-10", data);
    given.accept(&post);
    post.id
}

fn post(given: &mut Given, subject: &'static str, event_type: &'static str, data: Value) {
    given.accept(&Post::new(subject, event_type, "2026-01-12", data));
}

fn validate(given: &mut Given, report: Uuid) {
    post(
        given,
        "haskovo",
        "indicator.validated",
        json!({ "report": report, "remark": en("Seen") }),
    );
}

fn correct(given: &mut Given, subject: &'static str, report: Uuid, value: &str) {
    let data = json!({ "report": report, "value": value, "reason": en("Counted twice") });
    post(given, subject, "indicator.corrected", data);
}

fn indicator<T>(given: &Given, code: &str, ask: impl Fn(&IndicatorReading) -> T) -> T {
    let (project, view) = fold(&given.history);
    let all = view.indicators(&project, None, day("2026-06-01"));
    ask(all.iter().find(|item| item.code.as_str() == code).unwrap())
}

/// What was achieved, what of it is validated and what not, and the percentage.
fn figures(given: &Given, code: &str) -> Option<[String; 4]> {
    indicator(given, code, |item| {
        let achieved = item.achieved?;
        let percent = item.percent.map_or_else(String::new, |percent| percent.to_string());
        let of = |quantity: crate::quantity::Quantity| quantity.to_string();
        let (validated, rest) = (of(achieved.validated), of(achieved.not_validated));
        Some([of(achieved.value), validated, rest, percent])
    })
}

#[test]
fn the_values_of_an_output_indicator_add_up() {
    let mut given = project();
    assert_eq!(figures(&given, "RCO 76"), None);
    let first = reported(&mut given, "trakia", "RCO 76", 2024, "12.5");
    reported(&mut given, "trakia", "rco76", 2025, "20");
    reported(&mut given, "haskovo", "RCO 76", 2025, "10");
    assert_eq!(figures(&given, "RCO 76").unwrap(), ["42.5", "0", "42.5", "85"]);
    validate(&mut given, first);
    assert_eq!(figures(&given, "RCO 76").unwrap(), ["42.5", "12.5", "30", "85"]);
    correct(&mut given, "trakia", first, "25");
    assert_eq!(figures(&given, "RCO 76").unwrap(), ["55", "0", "55", "110"]);
}

#[test]
fn the_newest_value_of_a_result_indicator_counts_from_its_baseline() {
    let mut given = project();
    let newest = reported(&mut given, "urbasofia", "RCR 11", 2025, "60");
    let older = reported(&mut given, "urbasofia", "RCR 11", 2024, "35");
    assert_eq!(figures(&given, "RCR 11").unwrap(), ["60", "0", "60", "50"]);
    validate(&mut given, older);
    assert_eq!(figures(&given, "RCR 11").unwrap(), ["60", "35", "60", "50"]);
    validate(&mut given, newest);
    assert_eq!(figures(&given, "RCR 11").unwrap(), ["60", "60", "0", "50"]);
    correct(&mut given, "urbasofia", newest, "0");
    assert_eq!(figures(&given, "RCR 11").unwrap(), ["0", "35", "0", "-10"]);
}

#[test]
fn a_report_shows_its_corrections_and_their_validation() {
    let mut given = project();
    let report = reported(&mut given, "trakia", "RCO 76", 2025, "20");
    validate(&mut given, report);
    correct(&mut given, "trakia", report, "19");
    validate(&mut given, report);
    indicator(&given, "RCO 76", |item| {
        assert_eq!(item.partners, [3]);
        let [found] = item.reports.as_slice() else { panic!("one report") };
        assert_eq!((found.id, found.partner), (report, Some(3)));
        assert_eq!((found.from, found.to), (day("2025-01-01"), day("2025-12-31")));
        assert_eq!(found.method.original(), "Counted");
        let values: Vec<_> = found.values.iter().map(|v| v.value.to_string()).collect();
        assert_eq!(values, ["20", "19"]);
        assert_eq!(found.values[0].disaggregation.len(), 1);
        assert_eq!(found.values[0].evidence.len(), 1);
        assert!(found.values[0].reason.is_none());
        assert_eq!(found.values[1].reason.unwrap().original(), "Counted twice");
        for value in &found.values {
            let validation = value.validation.as_ref().unwrap();
            assert_eq!(validation.content.remark.as_ref().unwrap().original(), "Seen");
        }
    });
}

#[test]
fn an_output_indicator_says_what_its_outputs_add_up_to() {
    let mut given = project();
    let counted = |given: &Given, code| indicator(given, code, |item| item.outputs_achieved);
    assert_eq!((counted(&given, "RCO 76"), counted(&given, "RCR 11")), (Some(0), None));
    for (subject, quantity) in [("trakia", 2), ("haskovo", 3)] {
        let data = json!({ "code": "O 5.1", "quantity": quantity, "evidence": evidence() });
        post(&mut given, subject, "output.achieved", data);
    }
    assert_eq!(counted(&given, "RCO 76"), Some(5));
}

#[test]
fn an_indicator_that_the_form_lacks_is_listed_at_the_end_and_never_lost() {
    let mut given = project();
    reported(&mut given, "trakia", "RCO 76", 2025, "20");
    let mut second = crate::given::form(2);
    second["indicators"].as_array_mut().unwrap().remove(0);
    record(&mut given, "application_form.approved", second);
    let stray = json!({ "code": "XY 1", "from": "2025-01-01", "to": "2025-01-31", "value": "3",
        "method": en("Counted") });
    record(&mut given, "indicator.reported", stray);
    let (project, view) = fold(&given.history);
    let all = view.indicators(&project, None, day("2026-06-01"));
    let found: Vec<_> = all
        .iter()
        .map(|item| (item.code.as_str(), item.in_form, item.titles.is_some(), item.reports.len()))
        .collect();
    let expected =
        [("RCR 11", true, true, 0), ("RCO 76", false, true, 1), ("XY 1", false, false, 1)];
    assert_eq!(found, expected);
    assert!(all[1].percent.is_none() && all[1].achieved.is_some());
    let first = project.plan.forms.get(&1).map(|form| &**form);
    assert_eq!(view.indicators(&project, first, day("2026-06-01")).len(), 3);
}

#[test]
fn a_target_that_is_no_number_gives_no_percentage() {
    let mut given = project();
    let mut second = crate::given::form(2);
    second["indicators"][0]["target"] = json!("about fifty");
    record(&mut given, "application_form.approved", second);
    reported(&mut given, "trakia", "RCO 76", 2025, "20");
    let found = figures(&given, "RCO 76").unwrap();
    assert_eq!(found, ["20", "0", "20", ""]);
    indicator(&given, "RCO 76", |item| assert!(item.target.is_none()));
}
