//! Amendments of the contract, partners that change and leave, changes of the project.

use super::*;
use crate::event::EventType;
use crate::money::Cents;
use crate::posting::OnBehalfOf;
use crate::project::plan::change::ChangeStatus;

fn amendment() -> Value {
    with(with(contract(), "/number", json!(1)), "/text", en("A longer period"))
}

#[test]
fn a_contract_is_amended_in_the_order_of_the_numbers_and_stays_sound() {
    let mut given = Given::project();
    let more = with(with(amendment(), "/total", json!("1100.00")), "/erdf", json!("880.00"));
    given.accept(&lead("subsidy_contract.amended", more));
    let contract = given.project.plan.contract.clone().unwrap();
    assert_eq!(contract.total, "1100.00".parse::<Cents>().unwrap());
    let again = lead("subsidy_contract.amended", amendment());
    assert_eq!(given.refuse(&again), ["amendment_not_rising"]);
    let second = with(amendment(), "/number", json!(2));
    given.accept(&lead("subsidy_contract.amended", second));
    let above = with(amendment(), "/erdf", json!("800.01"));
    check("subsidy_contract.amended", above, &["erdf_above_rate"]);
    check(
        "subsidy_contract.amended",
        with(amendment(), "/number", json!(0)),
        &["number_out_of_range"],
    );
    let mut given = Given::project();
    given.project.plan.contract = None;
    let first = lead("subsidy_contract.amended", amendment());
    assert_eq!(given.refuse(&first), ["contract_not_signed"]);
}

#[test]
fn a_form_is_held_against_the_amended_contract() {
    let mut given = Given::project();
    let more = with(with(amendment(), "/total", json!("1100.00")), "/erdf", json!("800.00"));
    given.accept(&lead("subsidy_contract.amended", more));
    let found = given.refuse(&lead("application_form.approved", form(2)));
    assert_eq!(found, ["budget_not_contract"]);
}

#[test]
fn a_partner_changes_what_is_named_and_nothing_else() {
    let mut given = Given::project();
    let data = json!({ "number": 3, "names": en("Trakia University"), "currency": "EUR" });
    given.accept(&lead("partner.changed", data));
    let partner = &given.project.plan.partners[&3];
    assert_eq!(partner.names.original(), "Trakia University");
    assert_eq!(partner.abbreviation.as_str(), "trakia");
    assert_eq!(partner.vat_id.as_ref().unwrap().as_str(), "BG3");
    check("partner.changed", json!({ "number": 3 }), &["nothing_changes"]);
    check("partner.changed", json!({ "number": 9, "vatId": "BG9" }), &["partner_unknown"]);
}

fn withdrawal(number: u32) -> Value {
    json!({ "number": number, "lastDay": "2026-06-01", "reason": en("Merged") })
}

#[test]
fn a_partner_leaves_once_and_the_lead_never() {
    check("partner.withdrawn", withdrawal(1), &["lead_partner_stays"]);
    check("partner.withdrawn", withdrawal(9), &["partner_unknown"]);
    check("partner.withdrawn", withdrawal(3), &["withdrawn_partner_owns_items"]);
    let mut given = Given::project();
    assert_eq!(given.accept(&lead("partner.withdrawn", withdrawal(2))), Vec::<&str>::new());
    let again = lead("partner.withdrawn", withdrawal(2));
    assert_eq!(given.refuse(&again), ["partner_withdrawn_already"]);
}

fn line(day: &'static str, incurred_to: &str, reference: &str) -> Post {
    let mut data = EventType::parse("expenditure.declared").unwrap().example();
    for name in ["activity", "deliverable", "contract", "selfAssessedVat"] {
        data.as_object_mut().unwrap().remove(name);
    }
    for (name, value) in [
        ("workPackage", json!("WP 5")),
        ("category", json!("external_expertise")),
        ("net", json!("10.00")),
        ("vat", json!("0.00")),
        ("vatRecoverable", json!("0.00")),
        ("declared", json!("10.00")),
        ("share", json!("1")),
        ("currency", json!("EUR")),
        ("incurredFrom", json!("2026-05-01")),
        ("incurredTo", json!(incurred_to)),
        ("document", json!({ "internal": { "reference": reference } })),
    ] {
        data[name] = value;
    }
    Post::new("urbasofia", "expenditure.declared", day, data)
}

#[test]
fn a_withdrawn_partner_with_open_lines_keeps_them_and_has_no_costs_after_its_last_day() {
    let mut given = Given::project();
    let first = line("2026-05-31", "2026-05-31", "1");
    assert_eq!(given.accept(&first), Vec::<&str>::new());
    let warned = given.accept(&lead("partner.withdrawn", withdrawal(2)));
    assert_eq!(warned, ["withdrawn_partner_has_open_lines"]);
    let late = line("2026-06-10", "2026-06-02", "2");
    assert_eq!(given.refuse(&late), ["partner_withdrawn"]);
    given.accept(&line("2026-06-10", "2026-06-01", "3"));
    let paid = json!({ "line": first.id, "date": "2026-06-20", "amount": "10.00",
        "evidence": evidence() });
    given.accept(&Post::new("urbasofia", "expenditure.paid", "2026-06-20", paid));
    let sum: Cents = given.project.finance.lines.figures().values().map(|cell| cell.declared).sum();
    assert_eq!(sum, "20.00".parse::<Cents>().unwrap());
}

#[test]
fn a_withdrawn_partner_does_no_work_after_its_last_day() {
    let mut given = Given::project();
    given.accept(&lead("partner.withdrawn", withdrawal(3)));
    let report = |day| Post::new("trakia", "activity.started", day, json!({ "code": "A 5.1" }));
    given.accept(&report("2026-06-01"));
    assert_eq!(given.refuse(&report("2026-06-02")), ["partner_withdrawn"]);
}

fn delta(partner: u32, work_package: &str, category: &str, amount: &str) -> Value {
    json!({ "partner": partner, "workPackage": work_package, "category": category,
        "amount": amount })
}

/// 40.00 of 1,000.00 go from one partner to another.
fn change(number: u32, class: &str) -> Value {
    json!({ "number": number, "class": class, "title": en("A shift"), "codes": ["A 5.1"],
        "deltas": [delta(2, "WP 5", "equipment", "-40.00"),
            delta(3, "WP 5", "external_expertise", "40.00")] })
}

#[test]
fn deltas_balance_and_take_no_more_than_is_planned() {
    check("change.notified", change(1, "minor"), &[]);
    let unequal = with(change(1, "major"), "/deltas/0/amount", json!("-39.99"));
    check("change.requested", unequal.clone(), &["deltas_not_balanced"]);
    let more = with(unequal.clone(), "/totalDelta", json!("0.01"));
    check("change.requested", more.clone(), &[]);
    check("change.notified", with(more, "/class", json!("minor")), &["major_change_is_requested"]);
    let mut too_much = with(change(1, "minor"), "/deltas/0/amount", json!("-100.01"));
    too_much = with(too_much, "/deltas/1/amount", json!("100.01"));
    check("change.notified", too_much, &["delta_above_planned"]);
    let nothing = with(change(1, "minor"), "/deltas/-", delta(1, "WP 2", "staff", "0.00"));
    check("change.notified", nothing, &["amount_zero"]);
    let nobody = with(change(1, "minor"), "/deltas/1/partner", json!(9));
    check("change.notified", nobody, &["partner_unknown"]);
    let nowhere = with(change(1, "minor"), "/deltas/1/workPackage", json!("WP 9"));
    check("change.notified", nowhere, &["code_unknown"]);
    check(
        "change.notified",
        with(change(1, "minor"), "/codes/0", json!("A 9.9")),
        &["code_unknown"],
    );
}

#[test]
fn a_change_is_of_its_class() {
    check("change.notified", change(1, "major"), &["major_change_is_requested"]);
    check("change.requested", change(1, "major"), &[]);
    check("change.notified", change(1, "technical"), &["technical_change_moves_money"]);
    let names = json!({ "number": 1, "class": "technical", "title": en("A new account") });
    check("change.notified", names, &[]);
    check("change.notified", change(1000, "minor"), &["number_out_of_range"]);
}

#[test]
fn what_is_notified_stays_below_the_threshold_with_what_is_under_way() {
    let mut given = Given::project();
    let mut registered = (**given.project.plan.registered.as_ref().unwrap()).clone();
    registered.shift_threshold = Some("0.10".parse().unwrap());
    given.project.plan.registered = Some(registered.into());
    assert_eq!(given.accept(&lead("change.notified", change(1, "minor"))), Vec::<&str>::new());
    assert_eq!(given.accept(&lead("change.notified", change(2, "minor"))), Vec::<&str>::new());
    let warned = given.accept(&lead("change.notified", change(3, "minor")));
    assert_eq!(warned, ["shift_above_threshold"]);
    assert_eq!(given.accept(&lead("change.requested", change(4, "major"))), Vec::<&str>::new());
    let again = lead("change.notified", change(3, "minor"));
    assert_eq!(given.refuse(&again)[0], "change_known");
}

fn decision(number: u32, outcome: &str) -> Value {
    json!({ "number": number, "outcome": outcome, "evidence": evidence() })
}

#[test]
fn what_was_asked_for_is_decided_on_once_and_with_the_letter() {
    let mut given = Given::project();
    given.accept(&lead("change.notified", change(1, "minor")));
    given.accept(&lead("change.requested", change(2, "major")));
    let decide = |number, outcome| lead("change.decided", decision(number, outcome));
    assert_eq!(given.refuse(&decide(1, "rejected")), ["change_not_requested"]);
    assert_eq!(given.refuse(&decide(3, "approved")), ["change_unknown"]);
    let letter = with(decision(2, "approved"), "/evidence", json!([]));
    assert_eq!(given.refuse(&lead("change.decided", letter)), ["evidence_missing"]);
    let tomorrow = with(decision(2, "approved"), "/date", json!("2026-07-02"));
    assert_eq!(given.refuse(&lead("change.decided", tomorrow)), ["occurred_in_future"]);
    given.accept(&decide(2, "approved").on_behalf_of(OnBehalfOf::Programme, "their letter"));
    assert_eq!(given.project.plan.changes[&2].status(), ChangeStatus::Approved);
    assert!(given.project.plan.changes[&2].decision.as_ref().unwrap().recorded_by_lead);
    assert_eq!(given.refuse(&decide(2, "rejected")), ["change_decided_already"]);
}

#[test]
fn a_form_carries_out_changes_that_were_notified_or_approved() {
    let mut given = Given::project();
    given.accept(&lead("change.notified", change(1, "minor")));
    given.accept(&lead("change.requested", change(2, "major")));
    let carries =
        |changes: Value| lead("application_form.approved", with(form(2), "/changes", changes));
    assert_eq!(given.refuse(&carries(json!([3]))), ["change_unknown"]);
    assert_eq!(given.clone().accept(&carries(json!([1, 2]))), ["change_not_approved"]);
    given.accept(&lead("change.decided", decision(2, "approved_in_part")));
    assert_eq!(given.accept(&carries(json!([1, 2]))), Vec::<&str>::new());
    assert_eq!(given.project.plan.pending_changes().count(), 0);
}

#[test]
fn only_who_sees_all_amounts_reads_a_change() {
    use crate::policy::reading::Reader;
    let mut given = Given::project();
    given.accept(&lead("change.notified", change(1, "minor")));
    let recorded = given.history.last().unwrap();
    for (subject, sees) in [
        ("haskovo", true),
        ("trakia", true),
        ("auditor", true),
        ("siena", false),
        ("expert", false),
    ] {
        let subject = subject.parse().unwrap();
        let reader = Reader::of(&given.project, Some(&subject), given.project.day_of(given.now));
        assert_eq!(reader.shown(recorded, &given.project).is_some(), sees, "{subject}");
    }
}

#[test]
fn a_change_that_is_taken_back_counts_no_more() {
    let mut given = Given::project();
    given.accept(&lead("change.notified", change(1, "minor")));
    let back = |number| {
        let data = json!({ "number": number, "outcome": "withdrawn" });
        lead("change.decided", data)
    };
    assert_eq!(given.project.plan.pending_changes().count(), 1);
    given.accept(&back(1));
    assert_eq!(given.project.plan.changes[&1].status(), ChangeStatus::Withdrawn);
    assert_eq!(given.project.plan.pending_changes().count(), 0);
    assert_eq!(given.refuse(&back(1)), ["change_decided_already"]);
}

#[test]
fn a_change_is_decided_after_it_was_asked_for() {
    let mut given = Given::project();
    given.accept(&lead("change.requested", change(1, "major")));
    let early = with(decision(1, "approved"), "/date", json!("2026-05-31"));
    assert_eq!(given.refuse(&lead("change.decided", early)), ["before_what_it_answers"]);
    let same_day = with(decision(1, "approved"), "/date", json!("2026-06-01"));
    given.accept(&lead("change.decided", same_day));
}

#[test]
fn the_threshold_is_that_of_the_contract_where_it_names_one() {
    let mut given = Given::project();
    assert_eq!(given.project.plan.shift_limit(), None);
    let amended = with(amendment(), "/shiftThreshold", json!("0.10"));
    given.accept(&lead("subsidy_contract.amended", amended));
    let second = with(amendment(), "/number", json!(2));
    given.accept(&lead("subsidy_contract.amended", second));
    let (share, limit) = given.project.plan.shift_limit().unwrap();
    assert_eq!((share.to_string(), limit.to_string()), ("0.10".into(), "100.00".into()));
}

#[test]
fn a_form_that_shifts_money_names_its_change() {
    let mut given = Given::project();
    let mut moves = form(2);
    moves["budget"]["cells"][3]["amount"] = json!("210.00");
    moves["budget"]["cells"][4]["amount"] = json!("90.00");
    let silent = lead("application_form.approved", moves.clone());
    assert_eq!(given.clone().accept(&silent), ["form_moves_without_change"]);
    given.accept(&lead("change.notified", change(1, "minor")));
    moves["changes"] = json!([1]);
    assert_eq!(given.accept(&lead("application_form.approved", moves)), Vec::<&str>::new());
}
