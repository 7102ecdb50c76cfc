use serde_json::json;

use super::*;
use crate::given::{Given, Post, en, evidence, form};

#[test]
fn a_stranger_is_not_told_that_the_project_exists() {
    let post = Post::new("stranger", "question.asked", "2025-01-01", json!({}));
    assert_eq!(Given::project().refuse(&post), ["not_a_member"]);
}

#[test]
fn a_project_is_registered_before_anything_else() {
    let data = json!({ "number": 1, "names": en("Haskovo"), "abbreviation": "Haskovo",
        "role": "lead", "country": "BG" });
    let post = Post::new("operator", "partner.joined", "2024-12-01", data);
    let Err(Refusal::Refused(findings)) = Given::nothing().post_as_operator(&post) else {
        panic!("taken")
    };
    assert_eq!(crate::given::rules(&findings), ["project_not_registered"]);
}

#[test]
fn a_right_is_judged_before_the_form() {
    let post = Post::new("siena", "expenditure.declared", "2025-01-01", json!({}));
    assert_eq!(Given::project().refuse(&post), ["transfer_partner_has_no_costs"]);
    let post = Post::new("trakia", "expenditure.declared", "2025-01-01", json!({}));
    assert_eq!(Given::project().refuse(&post), ["data_malformed"]);
}

#[test]
fn refuses_an_event_of_tomorrow_in_the_zone_of_the_project() {
    let mut given = Given::project();
    given.now = "2026-07-01T20:59:00Z".parse().unwrap();
    let data = json!({ "code": "A 5.1", "text": en("Begun") });
    let post = Post::new("trakia", "activity.started", "2026-07-02", data);
    assert_eq!(given.refuse(&post), ["occurred_in_future"]);
    given.now = "2026-07-01T21:00:00Z".parse().unwrap();
    given.accept(&post);
}

#[test]
fn a_lead_that_acts_for_a_partner_gives_a_reason() {
    let mut given = Given::project();
    let data = json!({ "code": "D 5.1.1", "title": en("Report"), "evidence": evidence() });
    let post = Post::new("haskovo", "deliverable.submitted", "2025-04-01", data);
    assert_eq!(given.refuse(&post), ["lead_posts_on_behalf"]);
    let silent = post.clone().on_behalf_of(OnBehalfOf::Partner(3), "");
    assert_eq!(given.refuse(&silent), ["reason_missing"]);
    let wrong = post.clone().on_behalf_of(OnBehalfOf::Partner(9), "absent");
    assert_eq!(given.refuse(&wrong), ["partner_unknown"]);
    given.accept(&post.on_behalf_of(OnBehalfOf::Partner(3), "their access is being set up"));
}

#[test]
fn refuses_evidence_that_was_never_uploaded() {
    let held = json!([{ "kind": "report", "name": "Report", "sha256": "00".repeat(32) }]);
    let data = json!({ "code": "A 5.1", "evidence": held });
    let post = Post::new("trakia", "activity.started", "2025-01-10", data);
    assert_eq!(Given::project().refuse(&post), ["evidence_not_uploaded"]);
}

#[test]
fn refuses_an_event_from_before_the_euro() {
    let data = json!({ "lesson": uuid::Uuid::nil(), "note": en("Here too") });
    let post = |day| Post::new("siena", "lesson.corroborated", day, data.clone());
    let found = Given::project().refuse(&post("1998-12-31"));
    assert_eq!(found, ["occurred_too_early", "lesson_unknown"]);
    assert_eq!(Given::project().refuse(&post("1999-01-01")), ["lesson_unknown"]);
}

#[test]
fn tells_of_every_rule_and_of_at_most_fifty_findings() {
    let mut form = form(2);
    form["activities"][0]["contributors"] = json!(vec![99; 50]);
    form["activities"][1]["contributors"] = json!(vec![99; 50]);
    form["budget"]["lumpSums"] = json!([]);
    let post = Post::new("haskovo", "application_form.approved", "2026-06-01", form);
    let Err(Refusal::Refused(findings)) = Given::project().post(&post) else {
        panic!("taken, or refused for another reason");
    };
    assert_eq!(findings.len(), 50);
    assert!(findings.iter().any(|finding| finding.rule == Rule::LumpSumNotBudget));
    assert!(findings[49].message.ends_with(" 51 further findings are left out."));
}
