//! The rules of claims.

use serde_json::json;
use uuid::Uuid;

use super::{Outcome, check, refused, taken, warned};
use crate::given::{Given, Post, en};
use crate::list::CLAIM_LINES_MAX;
use crate::posting::{Decision, Refusal};
use crate::project::finance::given::claim::{
    amend, assemble, attach, letter, line, pay, precheck, reverse, start, submit, withdraw,
};
use crate::project::finance::given::{cost, declare, record, with};

/// Two lines of trakia that are paid and checked: 30.00 of staff and 20.00 of expertise.
fn with_two_lines() -> (Given, Uuid, Uuid) {
    let mut given = Given::project();
    let first = given.checked_line("trakia", "staff", ("30.00", "EUR"));
    let second = given.checked_line("trakia", "external_expertise", ("20.00", "EUR"));
    (given, first, second)
}

fn filtered(claim: u32, filter: serde_json::Value) -> Post {
    let data = json!({ "claim": claim, "filter": filter });
    Post::new("haskovo", "claim.assembled", "2025-04-10", data)
}

fn lines_of(given: &Given, post: &Post) -> Vec<Uuid> {
    let Decision { completed, .. } = given.clone().post(post).unwrap();
    completed.lines
}

#[test]
fn there_is_a_claim_for_each_instalment_after_the_first() {
    let (mut given, line, _) = with_two_lines();
    let numbered = |claim| assemble(claim, &[line], "2025-04-10");
    check(&mut given, &numbered(0), &refused("claim_number_unfit"));
    check(&mut given, &numbered(3), &refused("claim_number_unfit"));
    check(&mut given, &numbered(2), &taken());
    let mut given = Given::project();
    let contract = json!({ "total": "1000.00", "erdf": "800.00", "rate": "0.80",
        "paymentShares": ["0.40", "0.20", "0.20", "0.20"], "triggerShare": "0.35" });
    record(&mut given, 1, "subsidy_contract.signed", &contract);
    let line = given.checked_line("trakia", "staff", ("30.00", "EUR"));
    check(&mut given, &assemble(4, &[line], "2025-04-10"), &refused("claim_number_unfit"));
    check(&mut given, &assemble(3, &[line], "2025-04-10"), &taken());
}

#[test]
fn a_claim_has_the_lines_that_are_named_and_found_less_those_left_out() {
    let (mut given, first, second) = with_two_lines();
    let unpaid = line("trakia", "staff", ("1.00", "EUR"), json!({}));
    given.all_taken(&[unpaid.clone(), precheck(unpaid.id)]);
    let unchecked = line("urbasofia", "equipment", ("2.00", "EUR"), json!({}));
    given.all_taken(&[unchecked.clone(), pay("urbasofia", unchecked.id, "2.00", "2025-03-04")]);
    let all = json!({ "until": "2025-03-03" });
    assert_eq!(lines_of(&given, &filtered(1, all.clone())), [first, second]);
    let with_unpaid = with(all.clone(), json!({ "paid": false }));
    assert_eq!(lines_of(&given, &filtered(1, with_unpaid)), [first, second, unpaid.id]);
    let with_unchecked = with(all.clone(), json!({ "prechecked": false }));
    assert_eq!(
        lines_of(&given, &filtered(1, with_unchecked.clone())),
        [first, second, unchecked.id]
    );
    let of_urbasofia = with(with_unchecked, json!({ "partners": [2] }));
    assert_eq!(lines_of(&given, &filtered(1, of_urbasofia)), [unchecked.id]);
    let mut post = filtered(1, all);
    post.data["without"] = json!([first]);
    post.data["lines"] = json!([unpaid.id, second]);
    assert_eq!(lines_of(&given, &post), [second, unpaid.id], "in the order of declaration, once");
}

#[test]
fn a_claim_has_at_least_one_line() {
    let (mut given, first, second) = with_two_lines();
    let early = filtered(1, json!({ "until": "2025-03-02" }));
    check(&mut given, &early, &refused("claim_empty"));
    check(&mut given, &assemble(1, &[], "2025-04-10"), &refused("claim_empty"));
    let mut none = filtered(1, json!({ "until": "2025-03-03" }));
    none.data["without"] = json!([first, second]);
    check(&mut given, &none, &refused("claim_empty"));
    check(&mut given, &filtered(1, json!({ "until": "2025-03-03" })), &taken());
}

#[test]
fn a_claim_has_at_most_20_000_lines() {
    let mut given = Given::project();
    let unchecked = json!({ "until": "2025-03-03", "paid": false, "prechecked": false });
    for _ in 0..CLAIM_LINES_MAX {
        record(&mut given, 3, "expenditure.declared", &cost());
    }
    assert_eq!(lines_of(&given, &filtered(1, unchecked.clone())).len(), 20_000);
    record(&mut given, 3, "expenditure.declared", &cost());
    check(&mut given, &filtered(1, unchecked), &refused("claim_too_large"));
}

#[test]
fn a_claim_that_is_assembled_again_lets_go_of_the_lines_that_it_had() {
    let (mut given, first, second) = with_two_lines();
    given.all_taken(&[assemble(1, &[first, second], "2025-04-10")]);
    let third = given.checked_line("trakia", "staff", ("1.00", "EUR"));
    let other = assemble(2, &[second, third], "2025-04-10");
    check(&mut given, &other, &refused("line_in_claim"));
    given.all_taken(&[assemble(1, &[first], "2025-04-11")]);
    check(&mut given, &other, &taken());
}

#[test]
fn one_line_is_never_in_two_claims() {
    let (mut given, first, second) = with_two_lines();
    given.submitted(1, &[first], "2025-04-10");
    let named = assemble(2, &[first, second], "2025-04-11");
    check(&mut given, &named, &refused("line_in_claim"));
    let found = filtered(2, json!({ "until": "2025-03-03" }));
    assert_eq!(lines_of(&given, &found), [second]);
    check(&mut given, &assemble(2, &[second], "2025-04-11"), &taken());
    check(&mut given.clone(), &submit(2, "2025-04-11"), &taken());
    given.all_taken(&[withdraw(1, "2025-04-12")]);
    let drafted = assemble(2, &[first, second], "2025-04-12");
    check(&mut given, &drafted, &refused("line_in_claim"));
}

#[test]
fn a_claim_names_lines_that_count() {
    let (mut given, first, second) = with_two_lines();
    let unknown = assemble(1, &[first, Uuid::nil()], "2025-04-10");
    check(&mut given, &unknown, &refused("line_unknown"));
    given.all_taken(&[reverse("trakia", first, "2025-03-11")]);
    check(&mut given, &assemble(1, &[first, second], "2025-04-10"), &refused("line_reversed"));
    check(&mut given, &assemble(1, &[second], "2025-04-10"), &taken());
}

#[test]
fn a_line_that_was_reversed_since_is_taken_out_before_the_claim_is_submitted() {
    let (mut given, first, second) = with_two_lines();
    given.all_taken(&[assemble(1, &[first, second], "2025-04-10")]);
    given.all_taken(&[reverse("trakia", first, "2025-04-11")]);
    check(&mut given, &submit(1, "2025-04-12"), &refused("line_reversed"));
    given.submitted(1, &[second], "2025-04-12");
}

#[test]
fn a_claim_is_assembled_before_it_is_submitted_and_then_it_stays() {
    let (mut given, first, second) = with_two_lines();
    check(&mut given, &submit(1, "2025-04-10"), &refused("claim_not_assembled"));
    given.all_taken(&[assemble(1, &[first], "2025-04-10")]);
    check(&mut given, &submit(1, "2025-04-10"), &taken());
    check(&mut given, &submit(1, "2025-04-11"), &refused("claim_submitted_already"));
    let other = assemble(1, &[second], "2025-04-11");
    check(&mut given, &other, &refused("claim_submitted_already"));
}

#[test]
fn claims_are_submitted_and_taken_back_in_their_order() {
    let (mut given, first, second) = with_two_lines();
    given.all_taken(&[assemble(2, &[second], "2025-04-10")]);
    check(&mut given, &submit(2, "2025-04-10"), &refused("claim_skips"));
    given.submitted(1, &[first], "2025-04-10");
    check(&mut given, &submit(2, "2025-04-10"), &taken());
    check(&mut given, &withdraw(1, "2025-04-11"), &refused("claim_skips"));
    check(&mut given, &withdraw(2, "2025-04-11"), &taken());
    check(&mut given, &withdraw(1, "2025-04-11"), &taken());
}

#[test]
fn a_claim_is_submitted_on_the_day_of_its_newest_line_or_later() {
    let (mut given, first, _) = with_two_lines();
    given.all_taken(&[assemble(1, &[first], "2025-04-10")]);
    check(&mut given, &submit(1, "2025-04-09"), &refused("before_what_it_answers"));
    check(&mut given, &submit(1, "2025-04-10"), &taken());
}

#[test]
fn warns_of_a_line_that_the_lead_has_not_found_in_order() {
    let mut given = Given::project();
    let post = declare(json!({}));
    given.all_taken(&[post.clone(), pay("trakia", post.id, "120.00", "2025-03-10")]);
    given.all_taken(&[assemble(1, &[post.id], "2025-04-10")]);
    let claim = submit(1, "2025-04-10");
    check(&mut given.clone(), &claim, &warned("line_not_prechecked"));
    let query = json!({ "line": post.id, "result": "query", "note": en("Whose is it?") });
    given.all_taken(&[Post::new("haskovo", "expenditure.prechecked", "2025-03-20", query)]);
    check(&mut given.clone(), &claim, &warned("line_not_prechecked"));
    given.all_taken(&[precheck(post.id)]);
    check(&mut given.clone(), &claim, &taken());
    given.all_taken(&[amend(post.id, json!({ "declared": "40.00" }))]);
    check(&mut given, &claim, &warned("line_not_prechecked"));
}

#[test]
fn an_unpaid_line_warns_in_the_first_claim_and_is_refused_in_the_final_one() {
    let (mut given, first, _) = with_two_lines();
    let post = declare(json!({ "net": "50.00", "vat": "0.00" }));
    given.all_taken(&[post.clone(), precheck(post.id)]);
    given.all_taken(&[pay("trakia", post.id, "49.99", "2025-03-10")]);
    let mut in_first = given.clone();
    in_first.all_taken(&[assemble(1, &[post.id], "2025-04-10")]);
    check(&mut in_first, &submit(1, "2025-04-10"), &warned("line_unpaid"));
    given.submitted(1, &[first], "2025-04-10");
    given.all_taken(&[assemble(2, &[post.id], "2025-05-10")]);
    let last = submit(2, "2025-05-10");
    check(&mut given, &last, &refused("line_unpaid_in_final_claim"));
    given.all_taken(&[pay("trakia", post.id, "0.01", "2025-03-11")]);
    check(&mut given, &last, &taken());
}

#[test]
fn a_cost_outside_the_window_of_its_work_package_goes_into_a_claim_with_a_letter() {
    let mut given = Given::project();
    let post = declare(json!({ "net": "50.00", "vat": "0.00", "incurredFrom": "2024-11-30" }));
    check(&mut given, &post, &warned("incurred_outside_window"));
    given.all_taken(&[pay("trakia", post.id, "50.00", "2025-03-10"), precheck(post.id)]);
    given.all_taken(&[assemble(1, &[post.id], "2025-04-10")]);
    let claim = submit(1, "2025-04-10");
    check(&mut given, &claim, &refused("cost_outside_window"));
    let report = attach("trakia", post.id, "2025-04-10", crate::given::evidence());
    given.takes(&report);
    check(&mut given, &claim, &refused("cost_outside_window"));
    given.all_taken(&[attach("trakia", post.id, "2025-04-10", letter())]);
    check(&mut given, &claim, &taken());
}

#[test]
fn a_refusal_names_five_of_the_lines_and_how_many_there_are() {
    let mut given = Given::project();
    let ids: Vec<Uuid> = (1..=6)
        .map(|n| {
            line(
                "trakia",
                "staff",
                (&format!("{n}.00"), "EUR"),
                json!({ "incurredFrom": "2024-11-30" }),
            )
        })
        .map(|post| {
            given.accept(&post);
            post.id
        })
        .collect();
    given.all_taken(&[assemble(1, &ids, "2025-04-10")]);
    let Err(Refusal::Refused(findings)) = given.post(&submit(1, "2025-04-10")) else {
        panic!("taken")
    };
    assert_eq!(findings[0].facts["count"], json!("6"));
    let named = ids.iter().filter(|id| findings[0].message.contains(&id.to_string())).count();
    assert_eq!(named, 5, "{}", findings[0].message);
}

#[test]
fn a_claim_is_withdrawn_before_control_and_on_the_day_of_its_submission_or_later() {
    let (mut given, first, _) = with_two_lines();
    check(&mut given, &withdraw(1, "2025-04-10"), &refused("claim_not_submitted"));
    given.all_taken(&[assemble(1, &[first], "2025-04-10")]);
    check(&mut given, &withdraw(1, "2025-04-10"), &refused("claim_not_submitted"));
    given.all_taken(&[submit(1, "2025-04-10")]);
    check(&mut given, &withdraw(1, "2025-04-09"), &refused("before_what_it_answers"));
    check(&mut given.clone(), &withdraw(1, "2025-04-10"), &taken());
    given.all_taken(&[start(1, "2025-04-11")]);
    check(&mut given, &withdraw(1, "2025-04-12"), &refused("claim_in_control"));
}

#[test]
fn only_the_lead_puts_claims_together() {
    let (mut given, first, _) = with_two_lines();
    for subject in ["trakia", "siena", "controller", "auditor"] {
        let mut post = assemble(1, &[first], "2025-04-10");
        post.subject = subject;
        check(&mut given, &post, &Outcome::Refused(vec!["role_may_not_post"]));
    }
}

#[test]
fn a_finding_on_lines_names_them_as_people_know_them() {
    let mut given = Given::project();
    let line = line("trakia", "external_expertise", ("50.00", "EUR"), json!({}));
    given.accept(&line);
    given.all_taken(&[assemble(1, &[line.id], "2025-04-01")]);
    let warnings = given.post(&submit(1, "2025-04-02")).unwrap().warnings;
    let finding = warnings.iter().find(|f| f.rule.id() == "line_not_prechecked").unwrap();
    let name = format!("Namely: invoice external_expertise 50.00 EUR of partner 3 ({}).", line.id);
    assert!(finding.message.ends_with(&name), "{}", finding.message);
    assert_eq!(finding.facts["lines"], line.id.to_string());
}
