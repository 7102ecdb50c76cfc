//! What a form makes of items that were there before, and milestones that are planned anew.

use super::*;

fn moved_form(version: u32) -> Value {
    let mut moved = form(version);
    moved["deliverables"][2]["code"] = json!("D 5.1.2");
    moved["deliverables"][2]["was"] = json!("D 5.1.1");
    moved
}

#[test]
fn an_item_goes_on_under_one_code_through_all_forms() {
    let mut given = Given::project();
    given.accept(&lead("application_form.approved", moved_form(2)));
    let mut both = form(3);
    let mut kept = both["deliverables"][2].clone();
    kept["code"] = json!("D 5.1.2");
    both["deliverables"].as_array_mut().unwrap().push(kept.clone());
    let found = given.refuse(&lead("application_form.approved", both));
    assert!(found.contains(&"item_moved_twice"), "{found:?}");
    let mut again = moved_form(3);
    kept["code"] = json!("D 5.1.3");
    kept["was"] = json!("D 5.1.1");
    again["deliverables"].as_array_mut().unwrap().push(kept);
    assert_eq!(given.refuse(&lead("application_form.approved", again)), ["item_moved_twice"]);
}

#[test]
fn a_form_posted_again_with_its_marks_moves_nothing_again() {
    let mut given = Given::project();
    let marked = |version: u32| {
        let mut marked = moved_form(version);
        let reused = json!({ "code": "D 5.1.1", "titles": en("Other"), "partner": 3, "new": true });
        marked["deliverables"].as_array_mut().unwrap().push(reused);
        marked
    };
    given.accept(&lead("application_form.approved", marked(2)));
    given.accept(&lead("application_form.approved", marked(3)));
    let plan = &given.project.plan;
    for code in ["D 5.1.1", "D 5.1.2"] {
        let code: crate::code::DeliverableCode = code.parse().unwrap();
        let item = plan.item_of(code, &plan.forms[&2]);
        assert_eq!(plan.item_of(code, &plan.forms[&3]), item, "{code}");
    }
}

#[test]
fn a_form_counts_an_indicator_once_and_plans_an_output() {
    let indicator = |code: &str| json!({ "code": code, "kind": "output", "titles": en(code), "unit": "plan", "target": "1" });
    let twice = with(form(2), "/indicators", json!([indicator("RCO 76"), indicator("rсо76")]));
    check("application_form.approved", twice, &["code_twice"]);
    check(
        "application_form.approved",
        with(form(2), "/outputs/0/target", json!(0)),
        &["target_missing"],
    );
}

#[test]
fn who_left_gets_no_items_in_a_new_form() {
    let mut given = Given::project();
    let left = json!({ "number": 3, "lastDay": "2026-05-31", "reason": en("Merged") });
    given.accept(&lead("partner.withdrawn", left));
    let before = lead("application_form.approved", form(2));
    assert_eq!(given.clone().accept(&before), Vec::<&str>::new());
    let after = with(form(2), "/validFrom", json!("2026-06-01"));
    let warned = given.accept(&lead("application_form.approved", after));
    assert!(warned.iter().all(|rule| *rule == "withdrawn_partner_owns_items"), "{warned:?}");
    assert!(!warned.is_empty());
}

#[test]
fn a_milestone_is_planned_anew_until_it_is_met() {
    let mut given = Given::project();
    let planned =
        |due: &str| json!({ "number": 1, "title": en("M"), "codes": ["A 5.1"], "due": due });
    given.accept(&lead("milestone.planned", planned("2026-06-30")));
    let again = planned("2026-09-30");
    assert_eq!(given.refuse(&lead("milestone.planned", again.clone())), ["milestone_known"]);
    let replaces =
        |due: &str| lead("milestone.planned", with(planned(due), "/replaces", json!(true)));
    given.accept(&replaces("2026-09-30"));
    assert_eq!(given.project.plan.milestones[&1].data.due.to_string(), "2026-09-30");
    assert_eq!(given.clone().accept(&replaces("2031-01-01")), ["milestone_outside_project"]);
    let nothing = lead("milestone.planned", with(planned("2026-09-30"), "/codes", json!([])));
    let mut other = nothing.clone();
    other.data["number"] = json!(2);
    assert_eq!(given.clone().accept(&other), ["milestone_of_nothing"]);
    let met = json!({ "number": 1, "reason": en("Agreed") });
    given.accept(&lead("milestone.met", met));
    assert_eq!(given.refuse(&replaces("2026-12-31")), ["milestone_met_already"]);
}
