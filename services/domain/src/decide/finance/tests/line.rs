//! The rules of what is said of a line after it was declared.

use serde_json::json;
use uuid::Uuid;

use super::{Outcome, check, credit_note, refused, taken, warned, with_a_line};
use crate::given::{Given, Post, en, evidence};
use crate::project::finance::given::claim::{
    amend, assemble, attach, letter, pay, precheck, reverse, submit,
};
use crate::project::finance::given::{cents, cost, dated_invoice, declare, invoice, with};

fn with_a_checked_line() -> (Given, Uuid) {
    let (mut given, line) = with_a_line();
    let line = line.parse().unwrap();
    given.all_taken(&[pay("trakia", line, "120.00", "2025-03-10"), precheck(line)]);
    (given, line)
}

fn with_a_submitted_line() -> (Given, Uuid) {
    let (mut given, line) = with_a_checked_line();
    given.submitted(1, &[line], "2025-04-10");
    (given, line)
}

/// Siena has shown what its lump sum is for.
fn lump_sum(given: &mut Given) -> Uuid {
    let data = json!({ "option": "transfer", "workPackage": "WP 7", "evidence": evidence() });
    let post = Post::new("siena", "lump_sum.triggered", "2025-03-03", data);
    given.takes(&post);
    post.id
}

#[test]
fn an_amended_line_is_judged_once_more_as_it_reads_then() {
    let (mut given, line) = with_a_checked_line();
    let more = amend(line, json!({ "declared": "120.01" }));
    check(&mut given, &more, &refused("declared_above_eligible"));
    let unplanned = amend(line, json!({ "category": "equipment" }));
    check(&mut given, &unplanned, &refused("category_not_planned"));
    let other = amend(line, json!({ "activity": "A 4.1" }));
    check(&mut given, &other, &refused("codes_disagree"));
    let without_policy = amend(line, json!({ "currency": "CZK" }));
    let rules = given.refuse(&without_policy);
    assert!(rules.contains(&"rate_policy_missing"), "{rules:?}");
    check(&mut given, &amend(line, json!({ "declared": "60.00" })), &taken());
    let line = given.project.finance.line(line).unwrap();
    assert_eq!((line.declared, line.precheck), (cents("60.00"), None), "checked before");
}

#[test]
fn an_amendment_is_compared_with_other_lines_and_not_with_the_line_itself() {
    let (mut given, line) = with_a_checked_line();
    given.all_taken(&[declare(json!({ "category": "staff", "declared": "60.00" }))]);
    let more = amend(line, json!({ "declared": "60.01" }));
    check(&mut given, &more, &refused("document_exceeded"));
    let same = amend(line, json!({ "category": "staff", "declared": "60.00" }));
    check(&mut given, &same, &refused("document_declared_twice"));
    check(&mut given, &amend(line, json!({ "declared": "60.00" })), &taken());
}

#[test]
fn an_amendment_is_held_against_the_budget_without_what_the_line_had_before() {
    let mut given = Given::project();
    let post = declare(json!({ "net": "400.00", "vat": "0.00", "declared": "70.00" }));
    given.takes(&post);
    check(&mut given.clone(), &amend(post.id, json!({ "declared": "300.00" })), &taken());
    let above = amend(post.id, json!({ "declared": "300.01" }));
    check(&mut given, &above, &warned("budget_exceeded"));
}

#[test]
fn an_amendment_says_what_is_different() {
    let (mut given, line) = with_a_checked_line();
    let same = amend(line, json!({ "declared": "50.00" }));
    check(&mut given, &same, &refused("nothing_changes"));
    let activity = amend(line, json!({ "activity": "A 5.1" }));
    check(&mut given, &activity, &taken());
    let without = amend(line, json!({ "remove": ["activity"] }));
    check(&mut given, &without.clone().id(8), &taken());
    check(&mut given, &without.id(9), &refused("nothing_changes"));
    check(&mut given, &amend(line, json!({ "evidence": letter() })), &taken());
    assert!(given.project.finance.line(line).unwrap().has_letter());
}

#[test]
fn a_line_with_another_invoice_date_is_of_that_day() {
    let (mut given, line) = with_a_line();
    let line = line.parse().unwrap();
    let document = json!({ "document": dated_invoice("17", "2025-03-05") });
    check(&mut given, &amend(line, document), &taken());
    let day = given.project.finance.line(line).unwrap().occurred_on;
    assert_eq!(day.to_string(), "2025-03-05");
    let mut early = amend(line, json!({ "declared": "1.00" }));
    early.occurred_on = "2025-03-04";
    check(&mut given, &early, &refused("before_what_it_answers"));
}

#[test]
fn the_currency_of_a_paid_line_stays() {
    let (mut given, line) = with_a_line();
    let line = line.parse().unwrap();
    let leva = amend(line, json!({ "currency": "BGN" }));
    check(&mut given.clone(), &leva, &taken());
    check(&mut given, &pay("trakia", line, "1.00", "2025-03-10"), &taken());
    check(&mut given, &leva, &refused("document_currency_differs"));
}

#[test]
fn an_amended_credit_note_lowers_its_line_by_what_it_is_now() {
    let (mut given, line) = with_a_line();
    let note = credit_note(&line, json!({ "net": "-60.00" }));
    check(&mut given, &note, &taken());
    let more = amend(note.id, json!({ "declared": "-50.01" }));
    check(&mut given, &more, &refused("correction_above_line"));
    check(&mut given, &amend(note.id, json!({ "declared": "-50.00" })), &taken());
    let credited = given.project.finance.line(line.parse().unwrap()).unwrap().credited;
    assert_eq!(credited, cents("-50.00"));
}

#[test]
fn a_line_in_a_submitted_claim_is_locked() {
    let (mut given, line) = with_a_checked_line();
    given.all_taken(&[assemble(1, &[line], "2025-04-10")]);
    let less = amend(line, json!({ "declared": "40.00" }));
    check(&mut given.clone(), &less, &taken());
    given.all_taken(&[submit(1, "2025-04-10")]);
    check(&mut given, &less, &refused("line_locked"));
    check(&mut given, &precheck(line).id(5), &refused("line_locked"));
}

#[test]
fn what_takes_a_line_back_stays() {
    let (mut given, line) = with_a_submitted_line();
    let back = reverse("trakia", line, "2025-04-11");
    given.takes(&back);
    let once_more = reverse("trakia", back.id, "2025-04-12");
    check(&mut given, &once_more, &refused("line_locked"));
}

#[test]
fn a_credit_note_stands_where_its_line_does() {
    let (mut given, line) = with_a_line();
    let elsewhere = credit_note(&line, json!({ "category": "staff" }));
    check(&mut given, &elsewhere, &refused("codes_disagree"));
    check(&mut given, &credit_note(&line, json!({})), &taken());
}

#[test]
fn only_what_stands_on_a_document_is_paid_or_amended() {
    let mut given = Given::project();
    let units = json!({ "option": "transfer", "workPackage": "WP 7", "evidence": evidence() });
    let mut newer = crate::given::form(2);
    newer["budget"]["lumpSums"][0]["partner"] = json!(3);
    crate::project::finance::given::record(&mut given, 1, "application_form.approved", &newer);
    let sum = Post::new("trakia", "lump_sum.triggered", "2025-03-03", units);
    given.takes(&sum);
    let payment = pay("trakia", sum.id, "1.00", "2025-03-10");
    check(&mut given, &payment, &refused("line_without_document"));
    let amendment = amend(sum.id, json!({ "declared": "1.00" }));
    check(&mut given, &amendment, &refused("line_without_document"));
    let (mut given, line) = with_a_submitted_line();
    let back = reverse("trakia", line, "2025-04-11");
    given.takes(&back);
    let payment = pay("trakia", back.id, "-1.00", "2025-04-11");
    check(&mut given, &payment, &refused("line_without_document"));
    let (mut given, line) = with_a_line();
    let payment = pay("trakia", line.parse().unwrap(), "1.00", "2025-03-10");
    check(&mut given, &payment, &taken());
}

#[test]
fn a_query_of_the_lead_says_what_is_to_be_mended() {
    let (mut given, line) = with_a_line();
    let query = |note: serde_json::Value| {
        let data = with(json!({ "line": line, "result": "query" }), note);
        Post::new("haskovo", "expenditure.prechecked", "2025-03-20", data)
    };
    check(&mut given, &query(json!({})), &refused("remark_missing"));
    check(&mut given, &query(json!({ "note": en("Whose is it?") })), &taken());
    check(&mut given, &precheck(Uuid::nil()), &refused("line_unknown"));
}

#[test]
fn a_reversed_line_is_not_checked() {
    let (mut given, line) = with_a_line();
    let line = line.parse().unwrap();
    check(&mut given.clone(), &precheck(line), &taken());
    given.all_taken(&[reverse("trakia", line, "2025-03-11")]);
    check(&mut given, &precheck(line), &refused("line_reversed"));
}

#[test]
fn documents_are_laid_to_an_own_item_or_payment() {
    let (mut given, line) = with_a_line();
    let line: Uuid = line.parse().unwrap();
    let payment = pay("trakia", line, "1.00", "2025-03-10");
    given.takes(&payment);
    let sum = lump_sum(&mut given);
    let to = |subject, target| attach(subject, target, "2025-03-20", letter());
    check(&mut given, &to("trakia", line), &taken());
    check(&mut given, &to("trakia", payment.id), &taken());
    check(&mut given, &to("siena", sum), &taken());
    check(&mut given, &to("trakia", Uuid::nil()), &refused("evidence_target_unknown"));
    check(&mut given, &to("urbasofia", line), &refused("evidence_target_unknown"));
    let nothing = attach("trakia", line, "2025-03-20", json!([]));
    check(&mut given, &nothing, &refused("evidence_missing"));
    let line = given.project.finance.line(line).unwrap();
    assert_eq!((line.attached.len(), line.payments[0].attached.len()), (1, 1));
}

#[test]
fn a_document_that_is_replaced_was_laid_down_before() {
    let (mut given, line) = with_a_line();
    let line: Uuid = line.parse().unwrap();
    let replace = |uri: &str| {
        let data = json!({ "target": line, "superseded": { "uri": uri },
            "reason": en("Unreadable"), "evidence": letter() });
        Post::new("trakia", "evidence.superseded", "2025-03-21", data)
    };
    let report = "https://example.org/report";
    check(&mut given, &replace(report), &refused("superseded_unknown"));
    given.all_taken(&[attach("trakia", line, "2025-03-20", evidence())]);
    check(&mut given, &replace("https://example.org/other"), &refused("superseded_unknown"));
    check(&mut given, &replace(report), &taken());
    assert_eq!(given.project.finance.line(line).unwrap().attached.len(), 2, "the old one stays");
}

#[test]
fn the_lead_amends_for_a_partner_with_a_reason_and_others_do_not_find_the_line() {
    let (mut given, line) = with_a_line();
    let mut post = amend(line.parse().unwrap(), json!({ "declared": "40.00" }));
    post.subject = "urbasofia";
    check(&mut given, &post, &refused("line_unknown"));
    post.subject = "haskovo";
    check(&mut given, &post, &refused("lead_posts_on_behalf"));
    let for_partner = crate::posting::OnBehalfOf::Partner(3);
    let silent = post.clone().on_behalf_of(for_partner, "");
    check(&mut given, &silent, &Outcome::Refused(vec!["reason_missing"]));
    check(&mut given, &post.on_behalf_of(for_partner, "ill"), &taken());
}

#[test]
fn an_amended_line_leaves_its_old_document_free() {
    let (mut given, line) = with_a_line();
    let again = declare(json!({})).id(2);
    check(&mut given, &again, &refused("document_declared_twice"));
    let document = json!({ "document": invoice("18") });
    check(&mut given, &amend(line.parse().unwrap(), document), &taken());
    check(&mut given, &again, &taken());
    let of_other = Post::new("trakia", "expenditure.declared", "2025-03-03", {
        with(cost(), json!({ "document": invoice("18") }))
    });
    check(&mut given, &of_other, &refused("document_declared_twice"));
}
