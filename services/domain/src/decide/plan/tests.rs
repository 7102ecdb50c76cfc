mod changes;
mod forms;
mod rates;

use serde_json::{Value, json};

use crate::given::{Given, Post, en, evidence, form, rules};
use crate::posting::Refusal;

fn registration() -> Value {
    json!({ "acronym": "X", "titles": en("X"), "programme": "EUI", "call": "2",
        "start": "2024-12-01", "end": "2028-05-31", "thematicEnd": "2027-11-30",
        "timeZone": "Europe/Sofia", "languages": ["bg"] })
}

fn contract() -> Value {
    json!({ "total": "1000.00", "erdf": "800.00", "rate": "0.80",
        "paymentShares": ["0.50", "0.30", "0.20"], "triggerShare": "0.35" })
}

fn lead(event_type: &'static str, data: Value) -> Post {
    Post::new("haskovo", event_type, "2026-06-01", data)
}

/// What comes of a posting by the lead: the rules that refuse it, otherwise those that warn.
#[track_caller]
fn check(event_type: &'static str, data: Value, expected: &[&str]) {
    let mut given = Given::project();
    let found = match given.post(&lead(event_type, data)) {
        Ok(decision) => rules(&decision.warnings),
        Err(Refusal::Refused(findings)) => rules(&findings),
        Err(Refusal::Forbidden(finding)) => vec![finding.rule.id()],
        Err(Refusal::NotAMember) => panic!("the lead is a member"),
    };
    assert_eq!(found, expected);
}

fn with(mut data: Value, pointer: &str, value: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match data.pointer_mut(parent).unwrap() {
        Value::Object(map) => {
            map.insert(name.to_owned(), value);
        }
        Value::Array(list) if name == "-" => list.push(value),
        Value::Array(list) => list[name.parse::<usize>().unwrap()] = value,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            panic!("{parent} has no parts")
        }
    }
    data
}

#[test]
fn a_project_begins_by_the_operator_alone_and_once() {
    let mut given = Given::nothing();
    let post = Post::new("operator", "project.registered", "2024-12-01", registration());
    assert_eq!(given.refuse(&post), ["not_a_member"]);
    given.post_as_operator(&post).unwrap();
    let Err(Refusal::Refused(findings)) = given.post_as_operator(&post) else { panic!("taken") };
    assert_eq!(rules(&findings), ["project_registered_already"]);
    check("project.registered", registration(), &["project_begins_by_import"]);
}

#[test]
fn refuses_a_project_whose_dates_make_no_sense() {
    let cases = [
        ("/end", json!("2024-11-30"), vec!["period_reversed", "period_reversed"]),
        ("/thematicEnd", json!("2028-06-01"), vec!["period_reversed"]),
        ("/languages", json!([]), vec!["languages_missing"]),
    ];
    for (pointer, value, expected) in cases {
        let data = with(registration(), pointer, value);
        let post = Post::new("operator", "project.registered", "2024-12-01", data);
        let Err(Refusal::Refused(findings)) = Given::nothing().post_as_operator(&post) else {
            panic!("taken")
        };
        assert_eq!(rules(&findings), expected);
    }
}

#[test]
fn the_operator_does_nothing_more_once_a_lead_is_granted() {
    let partner = json!({ "number": 9, "names": en("New"), "abbreviation": "N",
        "role": "delivery", "country": "BG" });
    let member = json!({ "subject": "intruder", "partner": 1, "role": "lead" });
    for (event_type, data) in [("partner.joined", partner), ("member.granted", member)] {
        let post = Post::new("operator", event_type, "2025-01-01", data);
        let Err(Refusal::Forbidden(finding)) = Given::project().post_as_operator(&post) else {
            panic!("not forbidden")
        };
        assert_eq!(finding.rule.id(), "operator_only_begins");
    }
}

#[test]
fn the_operator_grants_a_lead_when_none_is_left() {
    let mut given = Given::project();
    let until =
        json!({ "subject": "haskovo", "partner": 1, "role": "lead", "until": "2026-07-01" });
    given.accept(&lead("member.granted", until));
    given.now = "2026-07-02T09:00:00Z".parse().unwrap();
    let member = json!({ "subject": "successor", "partner": 1, "role": "lead" });
    let post = Post::new("operator", "member.granted", "2026-07-01", member);
    given.post_as_operator(&post).unwrap();
}

#[test]
fn a_contract_keeps_within_its_rate() {
    let signed = |data: Value| {
        let mut given = Given::project();
        given.project.plan.contract = None;
        match given.post(&lead("subsidy_contract.signed", data)) {
            Ok(decision) => rules(&decision.warnings),
            Err(Refusal::Refused(findings)) => rules(&findings),
            Err(other) => panic!("{other:?}"),
        }
    };
    assert_eq!(signed(contract()), [""; 0]);
    assert_eq!(signed(with(contract(), "/erdf", json!("800.01"))), ["erdf_above_rate"]);
    let shares = json!(["0.50", "0.30", "0.21"]);
    assert_eq!(signed(with(contract(), "/paymentShares", shares)), ["payment_shares_above_whole"]);
    assert_eq!(signed(with(contract(), "/erdf", json!("0"))), ["contract_amount_not_positive"]);
    check("subsidy_contract.signed", contract(), &["contract_signed_already"]);
}

#[test]
fn partners_have_one_number_and_one_lead() {
    let partner = json!({ "number": 9, "names": en("New"), "abbreviation": "N",
        "role": "transfer", "country": "LT" });
    check("partner.joined", partner.clone(), &[]);
    check("partner.joined", with(partner.clone(), "/number", json!(3)), &["partner_number_taken"]);
    check(
        "partner.joined",
        with(partner.clone(), "/role", json!("lead")),
        &["second_lead_partner"],
    );
    let same_state = with(partner.clone(), "/country", json!("BG"));
    check("partner.joined", same_state, &["transfer_partner_of_same_state"]);
    let outside = with(partner, "/country", json!("CH"));
    check("partner.joined", outside, &["transfer_partner_of_same_state"]);
}

#[test]
fn a_member_has_the_role_of_its_partner() {
    let member = |subject: &str, partner: Option<u32>, role: &str| {
        let mut data = json!({ "subject": subject, "role": role });
        if let Some(partner) = partner {
            data["partner"] = json!(partner);
        }
        data
    };
    check("member.granted", member("new", Some(3), "delivery"), &[]);
    check("member.granted", member("new", Some(3), "transfer"), &["member_role_not_of_partner"]);
    check("member.granted", member("new", Some(9), "delivery"), &["partner_unknown"]);
    check("member.granted", member("new", None, "delivery"), &["member_role_not_of_partner"]);
    check("member.granted", member("new", Some(3), "expert"), &["member_role_not_of_partner"]);
    check("member.granted", member("trakia", Some(3), "delivery"), &["member_granted_already"]);
    check("member.granted", member("new", None, "programme"), &["evidence_missing"]);
    let auditor = with(member("new", None, "auditor"), "/evidence", evidence());
    check("member.granted", auditor.clone(), &["auditor_needs_end"]);
    check("member.granted", with(auditor, "/until", json!("2026-12-31")), &[]);
    let controller = with(member("haskovo", None, "controller"), "/evidence", evidence());
    check("member.granted", controller, &["lead_and_controller"]);
}

#[test]
fn a_partner_grants_its_own_members_only() {
    let grant = |partner: u32, role: &str| {
        let data = json!({ "subject": "clerk", "partner": partner, "role": role });
        Post::new("siena", "member.granted", "2026-06-01", data)
    };
    assert_eq!(Given::project().refuse(&grant(3, "delivery")), ["item_of_another_partner"]);
    Given::project().accept(&grant(4, "transfer"));
}

#[test]
fn the_last_lead_stays() {
    let revoked = json!({ "subject": "haskovo", "partner": 1, "role": "lead" });
    check("member.revoked", revoked.clone(), &["last_lead_stays"]);
    check("member.revoked", with(revoked.clone(), "/subject", json!("x")), &["member_unknown"]);
    let mut given = Given::project();
    let second = json!({ "subject": "deputy", "partner": 1, "role": "lead" });
    given.accept(&lead("member.granted", second));
    given.accept(&lead("member.revoked", revoked));
    let post = lead("milestone.planned", json!({}));
    assert_eq!(given.refuse(&post), ["not_a_member"]);
}

#[test]
fn a_membership_ends_after_its_last_day() {
    let mut given = Given::project();
    let data =
        json!({ "subject": "clerk", "partner": 3, "role": "delivery", "until": "2026-07-01" });
    given.accept(&lead("member.granted", data));
    let post = Post::new("clerk", "activity.started", "2025-01-10", json!({ "code": "A 5.1" }));
    given.accept(&post);
    given.now = "2026-07-01T21:00:00Z".parse().unwrap();
    assert_eq!(given.refuse(&post), ["not_a_member"]);
}

#[test]
fn a_form_is_a_tree_of_codes_that_stand_once() {
    check("application_form.approved", form(2), &[]);
    check("application_form.approved", form(1), &["form_version_not_rising"]);
    let lost = with(form(2), "/activities/0/code", json!("A 6.1"));
    check("application_form.approved", lost, &["code_without_parent"]);
    let twice = with(form(2), "/deliverables/0/code", json!("Д 4.1.2"));
    check("application_form.approved", twice, &["code_twice"]);
    let nobody = with(form(2), "/activities/0/partner", json!(9));
    check("application_form.approved", nobody, &["partner_unknown", "code_reused"]);
    let cell = with(form(2), "/budget/cells/0/workPackage", json!("WP 9"));
    check("application_form.approved", cell, &["code_unknown"]);
}

#[test]
fn a_code_keeps_its_meaning_unless_the_form_says_so() {
    let renamed = with(form(2), "/deliverables/2/titles", en("Another"));
    check("application_form.approved", renamed.clone(), &["code_reused"]);
    let new = with(renamed.clone(), "/deliverables/2/new", json!(true));
    check("application_form.approved", new, &[]);
    let mut moved = with(renamed.clone(), "/deliverables/2/was", json!("D 4.1.1"));
    check("application_form.approved", moved.clone(), &["item_moved_twice"]);
    moved["deliverables"].as_array_mut().unwrap().remove(0);
    check("application_form.approved", moved, &[]);
    let lost = with(renamed, "/deliverables/2/was", json!("D 9.9.9"));
    check("application_form.approved", lost, &["was_unknown"]);
}

#[test]
fn a_budget_sums_to_the_contract_and_to_its_financing() {
    let cents = with(form(2), "/budget/cells/2/amount", json!("185.01"));
    check("application_form.approved", cents, &["budget_not_contract", "financing_not_budget"]);
    let erdf = with(form(2), "/budget/partners/0/erdf", json!("241.00"));
    check("application_form.approved", erdf, &["budget_not_contract", "financing_not_budget"]);
    let negative = with(form(2), "/budget/cells/2/amount", json!("-185.00"));
    let expected = ["amount_negative", "budget_not_contract", "financing_not_budget"];
    check("application_form.approved", negative, &expected);
    let twice = with(form(2), "/budget/cells/4/category", json!("external_expertise"));
    check("application_form.approved", twice, &["budget_cell_twice"]);
    let unsourced = json!([]);
    let nobody = with(form(2), "/budget/partners", unsourced);
    assert!(Given::project().refuse(&lead("application_form.approved", nobody)).len() > 4);
}

#[test]
fn warns_of_a_low_own_share_and_of_flat_rates_that_differ() {
    let erdf = with(form(2), "/budget/partners/0/erdf", json!("250.00"));
    let erdf = with(erdf, "/budget/partners/0/contributions/0/amount", json!("50.00"));
    let erdf = with(erdf, "/budget/partners/1/erdf", json!("230.00"));
    let erdf = with(erdf, "/budget/partners/1/contributions/0/amount", json!("70.00"));
    check("application_form.approved", erdf, &["own_share_low"]);
    let flat = with(form(2), "/budget/cells/1/amount", json!("14.00"));
    let flat = with(flat, "/budget/cells/2/amount", json!("186.00"));
    let expected = ["flat_rate_not_planned", "form_moves_without_change"];
    check("application_form.approved", flat, &expected);
    let circular = with(form(2), "/budget/flatRates/0/base", json!(["office_and_administration"]));
    let found = Given::project().refuse(&lead("application_form.approved", circular));
    assert_eq!(found, ["flat_rate_of_itself"]);
    let lump = with(form(2), "/budget/lumpSums/0/amount", json!("90.00"));
    check("application_form.approved", lump, &["lump_sum_not_budget"]);
}

#[test]
fn a_form_needs_the_contract_first() {
    let mut given = Given::project();
    given.project.plan.contract = None;
    let post = lead("application_form.approved", form(2));
    assert_eq!(given.refuse(&post), ["contract_not_signed"]);
}

#[test]
fn a_leva_rate_of_2026_is_the_irrevocable_one_though_the_last_monthly_one_is_older() {
    let mut given = Given::project();
    let lev = "BGN".parse().unwrap();
    assert_eq!(given.project.plan.newest_rate(lev).unwrap().1.to_string(), "1.9558");
    let policy = json!({ "currency": "BGN", "policy": "irrevocable", "value": "1.95583",
        "validFrom": "2026-01-01", "legalSource": "Council Regulation" });
    given.accept(&lead("rate_policy.set", policy));
    let (month, rate) = given.project.plan.newest_rate(lev).unwrap();
    assert_eq!((month.to_string().as_str(), rate.to_string().as_str()), ("2026-01", "1.95583"));
}

#[test]
fn a_milestone_is_planned_once_and_not_too_often() {
    let mut given = Given::project();
    let milestone = |number: u32, due: &str| {
        lead(
            "milestone.planned",
            json!({ "number": number, "title": en("M"),
            "codes": ["D 4.1.2"], "due": due }),
        )
    };
    assert_eq!(given.accept(&milestone(1, "2025-03-31")), [""; 0]);
    assert_eq!(given.refuse(&milestone(1, "2025-06-30")), ["milestone_known"]);
    assert_eq!(given.accept(&milestone(2, "2025-12-31")), [""; 0]);
    assert_eq!(given.accept(&milestone(3, "2026-03-31")), [""; 0]);
    assert_eq!(given.accept(&milestone(4, "2026-03-30")), ["milestones_many"]);
    let unknown =
        json!({ "number": 9, "title": en("M"), "codes": ["D 9.9.9"], "due": "2027-01-01" });
    assert_eq!(given.refuse(&lead("milestone.planned", unknown)), ["code_unknown"]);
}

#[test]
fn numbers_run_from_1_to_999() {
    check("application_form.approved", form(u32::MAX), &["number_out_of_range"]);
    check("application_form.approved", form(0), &["number_out_of_range"]);
    check("application_form.approved", form(999), &[]);
    let milestone = |number: u32| json!({ "number": number, "title": en("M"), "codes": ["A 5.1"], "due": "2027-01-01" });
    check("milestone.planned", milestone(0), &["number_out_of_range"]);
    check("milestone.planned", milestone(1000), &["number_out_of_range"]);
    let partner = |number: u32| {
        json!({ "number": number, "names": en("P"), "abbreviation": "P", "role": "delivery",
            "country": "BG" })
    };
    check("partner.joined", partner(1000), &["number_out_of_range"]);
}

#[test]
fn the_version_after_the_largest_recorded_one_is_refused_without_a_sum() {
    let mut given = Given::project();
    let at = "2025-01-01T08:00:00Z".parse().unwrap();
    let largest = form(u32::MAX);
    given.record_unasked("haskovo", "application_form.approved", "2025-01-01", at, largest);
    let post = lead("application_form.approved", form(2));
    assert_eq!(given.refuse(&post), ["form_version_not_rising"]);
}

#[test]
fn a_grant_does_not_end_before_today() {
    let lead_until =
        |day: &str| json!({ "subject": "haskovo", "partner": 1, "role": "lead", "until": day });
    check("member.granted", lead_until("2026-06-30"), &["period_reversed"]);
    check("member.granted", lead_until("2026-07-01"), &[]);
    check("member.granted", lead_until("2028-05-31"), &[]);
}

#[test]
fn a_partner_does_not_make_a_member_of_another_its_own() {
    let grant = |by: &'static str, subject: &str| {
        let data = json!({ "subject": subject, "partner": 4, "role": "transfer" });
        Post::new(by, "member.granted", "2026-06-01", data)
    };
    for subject in ["expert", "trakia", "haskovo"] {
        let Err(Refusal::Refused(findings)) = Given::project().post(&grant("siena", subject))
        else {
            panic!("taken, or refused for another reason");
        };
        assert_eq!(rules(&findings), ["member_of_another"], "{subject}");
        assert_eq!(
            findings[0].message,
            "The subject is a member already; ask the lead partner to grant it."
        );
        assert!(findings[0].facts.is_empty());
    }
    Given::project().accept(&grant("siena", "clerk"));
    Given::project().accept(&grant("haskovo", "expert"));
}

#[test]
fn who_has_several_memberships_acts_in_the_one_that_may() {
    let mut given = Given::project();
    let data = json!({ "subject": "auditor", "partner": 4, "role": "transfer" });
    given.accept(&lead("member.granted", data));
    let data = json!({ "subject": "expert", "partner": 4, "role": "transfer" });
    given.accept(&lead("member.granted", data));
    let ask = |subject| {
        let data = json!({ "code": "A 5.1", "text": en("How?") });
        Post::new(subject, "question.asked", "2026-06-01", data)
    };
    given.accept(&ask("auditor"));
    assert_eq!(given.history.last().unwrap().actor.part.partner(), Some(4));
    given.accept(&ask("expert"));
    let lesson = json!({ "title": en("L"), "recommendation": en("R"), "polarity": "worked",
        "challenge": "leadership", "phase": "legacy", "visibility": "public" });
    let of_trakia = Post::new("trakia", "lesson.recorded", "2026-06-01", lesson.clone());
    given.accept(&of_trakia);
    let unclear = Post::new("expert", "lesson.recorded", "2026-06-01", lesson);
    assert_eq!(given.refuse(&unclear), ["choose_membership"]);
    let note = json!({ "lesson": of_trakia.id, "note": en("Here too") });
    let corroborates = |by| Post::new(by, "lesson.corroborated", "2026-06-01", note.clone());
    assert_eq!(given.refuse(&corroborates("expert")), ["choose_membership"]);
    given.accept(&corroborates("auditor"));
    let due = json!({ "number": 1, "title": en("M"), "codes": [], "due": "2027-01-01" });
    let plans = Post::new("expert", "milestone.planned", "2026-06-01", due);
    assert_eq!(given.refuse(&plans), ["role_may_not_post"]);
}

#[test]
fn a_finding_in_a_form_points_into_the_posting() {
    let twice = with(form(2), "/deliverables/0/code", json!("D 4.1.2"));
    let post = lead("application_form.approved", twice);
    let Err(Refusal::Refused(findings)) = Given::project().post(&post) else { panic!("taken") };
    assert_eq!(findings[0].pointer, "/data/deliverables/1/code");
}
