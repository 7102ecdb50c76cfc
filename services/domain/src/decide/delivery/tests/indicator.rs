//! Values of indicators.

use serde_json::{Value, json};
use uuid::Uuid;

use super::project;
use crate::given::{Given, Post, en};
use crate::posting::Refusal;

fn reported(subject: &'static str, code: &str, from: &str, to: &str) -> Post {
    let data = json!({ "code": code, "from": from, "to": to, "value": "20",
        "method": en("Counted") });
    Post::new(subject, "indicator.reported", "2026-01-10", data)
}

/// Trakia University's report of the output indicator in 2025.
fn of_2025() -> Post {
    reported("trakia", "RCO 76", "2025-01-01", "2025-12-31")
}

fn validated(subject: &'static str, report: Uuid) -> Post {
    Post::new(subject, "indicator.validated", "2026-01-12", json!({ "report": report }))
}

fn corrected(subject: &'static str, report: Uuid, value: &str) -> Post {
    let data = json!({ "report": report, "value": value, "reason": en("Counted twice") });
    Post::new(subject, "indicator.corrected", "2026-01-11", data)
}

fn with(mut post: Post, name: &str, value: Value) -> Post {
    post.data[name] = value;
    post
}

fn groups(women: &str, men: &str) -> Value {
    json!([{ "by": "women", "value": women }, { "by": "men", "value": men }])
}

#[test]
fn an_indicator_stands_in_a_form_however_its_code_is_written() {
    for code in ["RCO 76", "rco76", " RCO  76 "] {
        let post = reported("trakia", code, "2025-01-01", "2025-12-31");
        assert!(project().accept(&post).is_empty(), "{code}");
    }
    let post = reported("trakia", "RCO 77", "2025-01-01", "2025-12-31");
    assert_eq!(project().refuse(&post), ["indicator_unknown"]);
}

#[test]
fn warns_of_an_indicator_that_the_form_in_force_lacks() {
    let mut given = project();
    let mut form = crate::given::form(2);
    form["validFrom"] = json!("2026-01-01");
    form["indicators"].as_array_mut().unwrap().remove(0);
    let at = given.project.last_recorded_at.unwrap();
    given.record_unasked("haskovo", "application_form.approved", "2026-01-01", at, form);
    assert_eq!(given.accept(&of_2025()), ["code_not_in_form"]);
    let other = reported("urbasofia", "RCR 11", "2025-01-01", "2025-12-31");
    assert!(given.accept(&other).is_empty());
}

#[test]
fn a_value_is_a_decimal_and_not_negative() {
    for value in [json!("1,5"), json!("many"), json!(20), json!("")] {
        let post = with(of_2025(), "value", value.clone());
        assert_eq!(project().refuse(&post), ["data_malformed"], "{value}");
    }
    let post = with(of_2025(), "value", json!("-0.5"));
    assert_eq!(project().refuse(&post), ["value_negative"]);
    let post = with(of_2025(), "disaggregation", groups("21", "-1"));
    assert_eq!(project().refuse(&post), ["value_negative"]);
    assert!(project().accept(&with(of_2025(), "value", json!("0"))).is_empty());
}

#[test]
fn a_period_ends_after_it_starts_and_not_after_today() {
    let post = |to| reported("trakia", "RCO 76", "2025-07-01", to);
    assert_eq!(project().refuse(&post("2025-06-30")), ["period_reversed"]);
    assert!(project().accept(&post("2025-07-01")).is_empty());
    assert_eq!(project().refuse(&post("2026-07-02")), ["occurred_in_future"]);
    assert!(project().accept(&post("2026-07-01")).is_empty());
}

#[test]
fn a_partner_reports_an_indicator_once_for_a_day() {
    let mut given = project();
    let first = of_2025();
    given.accept(&first);
    for (from, to) in [
        ("2025-12-31", "2026-06-30"),
        ("2024-12-01", "2025-01-01"),
        ("2025-02-01", "2025-03-01"),
        ("2024-12-01", "2026-06-30"),
    ] {
        let again = reported("trakia", "rco 76", from, to);
        let Err(Refusal::Refused(findings)) = given.post(&again) else { panic!("{from}") };
        assert_eq!(findings[0].rule.id(), "indicator_reported_already");
        assert_eq!(findings[0].facts["report"], first.id.to_string());
    }
    given.accept(&reported("trakia", "RCO 76", "2026-01-01", "2026-06-30"));
    given.accept(&reported("haskovo", "RCO 76", "2025-01-01", "2025-12-31"));
}

#[test]
fn warns_where_the_groups_do_not_sum_to_the_value() {
    let post = |women, men| with(of_2025(), "disaggregation", groups(women, men));
    assert_eq!(project().accept(&post("12", "7.9")), ["groups_not_value"]);
    assert!(project().accept(&post("12.5", "7.5")).is_empty());
    let mut given = project();
    let report = of_2025();
    given.accept(&report);
    let correction = with(corrected("trakia", report.id, "19"), "disaggregation", groups("9", "9"));
    assert_eq!(given.accept(&correction), ["groups_not_value"]);
}

#[test]
fn an_indicator_is_reported_by_its_partner_by_those_of_its_outputs_or_by_the_lead_partner() {
    let lead_only = |mut form: Value| {
        form["version"] = json!(2);
        form["indicators"][1].as_object_mut().unwrap().remove("partner");
        form
    };
    for (code, own, other) in [("RCO 76", "trakia", "urbasofia"), ("RCR 11", "urbasofia", "trakia")]
    {
        let mut given = project();
        let post = |subject| reported(subject, code, "2025-01-01", "2025-12-31");
        assert_eq!(given.refuse(&post(other)), ["item_of_another_partner"], "{code}");
        given.accept(&post(own));
        given.accept(&post("haskovo"));
    }
    let mut given = project();
    let at = given.project.last_recorded_at.unwrap();
    let form = lead_only(crate::given::form(2));
    given.record_unasked("haskovo", "application_form.approved", "2025-01-01", at, form);
    let post = |subject| reported(subject, "RCR 11", "2025-01-01", "2025-12-31");
    assert_eq!(given.refuse(&post("urbasofia")), ["item_of_another_partner"]);
    given.accept(&post("haskovo"));
}

#[test]
fn refuses_what_names_no_report() {
    let mut given = project();
    let nothing = Uuid::from_u128(7);
    let unknown = ["indicator_report_unknown"];
    assert_eq!(given.refuse(&validated("haskovo", nothing)), unknown);
    assert_eq!(given.refuse(&corrected("trakia", nothing, "19")), unknown);
    let report = of_2025();
    given.accept(&report);
    let correction = corrected("trakia", report.id, "19");
    given.accept(&correction);
    let Err(Refusal::Refused(findings)) = given.post(&validated("haskovo", correction.id)) else {
        panic!("a correction is no report");
    };
    assert_eq!(findings[0].rule.id(), unknown[0]);
    assert!(findings[0].message.contains(&report.id.to_string()));
    given.accept(&validated("haskovo", report.id));
}

#[test]
fn a_value_is_validated_once_and_a_corrected_one_anew() {
    let mut given = project();
    let report = of_2025();
    given.accept(&report);
    let validation = validated("haskovo", report.id);
    given.accept(&validation);
    let again = validation.clone().id(2);
    assert_eq!(given.refuse(&again), ["value_validated_already"]);
    given.accept(&corrected("trakia", report.id, "19"));
    given.accept(&again);
}

#[test]
fn nobody_validates_a_value_of_ones_own() {
    let lead = |given: &mut Given| {
        let report = reported("haskovo", "RCO 76", "2025-01-01", "2025-12-31");
        given.accept(&report);
        report.id
    };
    let mut given = project();
    let report = lead(&mut given);
    assert_eq!(given.refuse(&validated("haskovo", report)), ["own_value_validated"]);
    given.accept(&validated("mayor", report));
    given.accept(&corrected("mayor", report, "19"));
    assert_eq!(given.refuse(&validated("mayor", report).id(3)), ["own_value_validated"]);
    given.accept(&validated("haskovo", report).id(4));
}

#[test]
fn a_report_is_corrected_by_its_partner_or_the_lead_who_say_why() {
    let mut given = project();
    let report = of_2025();
    given.accept(&report);
    let foreign = corrected("urbasofia", report.id, "19");
    assert_eq!(given.refuse(&foreign), ["item_of_another_partner"]);
    let mut silent = corrected("trakia", report.id, "19");
    silent.data.as_object_mut().unwrap().remove("reason");
    assert_eq!(given.refuse(&silent), ["data_malformed"]);
    let negative = corrected("trakia", report.id, "-1");
    assert_eq!(given.refuse(&negative), ["value_negative"]);
    given.accept(&corrected("trakia", report.id, "19"));
    given.accept(&corrected("haskovo", report.id, "18"));
}

#[test]
fn only_the_lead_validates() {
    let mut given = project();
    let report = of_2025();
    given.accept(&report);
    for subject in ["trakia", "urbasofia", "siena", "expert", "controller"] {
        assert_eq!(given.refuse(&validated(subject, report.id)), ["role_may_not_post"]);
    }
}

#[test]
fn the_partner_of_an_indicator_has_joined() {
    let form = |partner: u32| {
        let mut form = crate::given::form(2);
        form["indicators"][0]["partner"] = json!(partner);
        Post::new("haskovo", "application_form.approved", "2026-01-10", form)
    };
    let mut given = project();
    assert_eq!(given.refuse(&form(9)), ["partner_unknown"]);
    given.accept(&form(4));
}

#[test]
fn a_withdrawn_partner_reports_and_corrects_nothing_after_its_last_day() {
    let mut given = project();
    let report = reported("urbasofia", "RCR 11", "2025-01-01", "2025-12-31");
    given.accept(&report);
    let data = json!({ "number": 2, "lastDay": "2026-01-10", "reason": en("It closed") });
    given.accept(&Post::new("haskovo", "partner.withdrawn", "2026-01-10", data));
    let mut late = reported("urbasofia", "RCR 11", "2026-01-01", "2026-01-10");
    given.clone().accept(&late);
    late.occurred_on = "2026-01-11";
    assert_eq!(given.refuse(&late), ["partner_withdrawn"]);
    assert_eq!(given.refuse(&corrected("urbasofia", report.id, "19")), ["partner_withdrawn"]);
    given.accept(&corrected("haskovo", report.id, "19"));
}
