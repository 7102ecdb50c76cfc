use serde_json::{Value, json};

use super::amounts::{AmountKind, shift_meter};
use super::*;
use crate::given::{Given, Post, en, form};
use crate::money::Cents;

fn approved(change: impl FnOnce(&mut Value)) -> PlanState {
    let mut given = Given::project();
    let mut second = form(2);
    change(&mut second);
    given.accept(&Post::new("haskovo", "application_form.approved", "2025-06-01", second));
    given.project.plan
}

fn changes(plan: &PlanState) -> FormChanges {
    between(plan, &plan.forms[&1], &plan.forms[&2])
}

/// The items that changed: how, from which code to which, and in which fields.
fn told(plan: &PlanState) -> Vec<String> {
    let code = |code: Option<Code>| code.map_or("-".to_owned(), |code| code.to_string());
    let told = |item: &ItemChange| {
        let fields: Vec<_> = item.fields.iter().map(|change| change.field.as_str()).collect();
        let (before, after) = (code(item.before), code(item.after));
        format!("{:?} {before} > {after} [{}]", item.kind, fields.join(" "))
    };
    changes(plan).items.iter().map(told).collect()
}

fn delta(plan: &PlanState) -> Vec<String> {
    let told = |change: &AmountChange| {
        let place = change.work_package.map(|code| format!(" {code}")).unwrap_or_default();
        let (before, after) = (change.before, change.after);
        format!("{:?} {}{place} {before} > {after}", change.kind, change.partner)
    };
    changes(plan).amounts.iter().map(told).collect()
}

#[test]
fn the_same_form_again_changes_nothing() {
    let plan = approved(|_| ());
    let nothing =
        FormChanges { from: 1, to: 2, items: Vec::new(), entries: Vec::new(), amounts: Vec::new() };
    assert_eq!(changes(&plan), nothing);
    assert_eq!(between(&plan, &plan.forms[&2], &plan.forms[&1]).items, []);
}

#[test]
fn a_moved_item_is_moved_and_neither_added_nor_removed() {
    let plan = approved(|form| {
        form["deliverables"][2]["code"] = json!("D 5.1.2");
        form["deliverables"][2]["was"] = json!("D 5.1.1");
    });
    assert_eq!(told(&plan), ["Moved D 5.1.1 > D 5.1.2 []"]);
    let back = between(&plan, &plan.forms[&2], &plan.forms[&1]).items;
    assert_eq!((back.len(), back[0].kind), (1, ItemChangeKind::Moved));
}

#[test]
fn added_removed_and_changed_items_are_told_apart() {
    let plan = approved(|form| {
        form["activities"].as_array_mut().unwrap().remove(0);
        let more = json!({ "code": "D 5.1.9", "titles": en("More"), "partner": 2 });
        form["deliverables"].as_array_mut().unwrap().push(more);
        form["deliverables"][0]["due"] = json!("2025-09-30");
        form["deliverables"][1]["was"] = json!("D 4.1.2");
        form["deliverables"][1]["titles"] = json!({ "original": "en", "en": "D 4.1.2", "bg": "Д" });
        form["deliverables"][2]["contributors"] = json!([]);
        form["deliverables"][2]["new"] = json!(true);
        form["outputs"][0]["target"] = json!(3);
    });
    assert_eq!(
        told(&plan),
        [
            "Changed D 4.1.1 > D 4.1.1 [due]",
            "Changed D 4.1.2 > D 4.1.2 [titles.bg]",
            "Added - > D 5.1.1 []",
            "Added - > D 5.1.9 []",
            "Changed O 5.1 > O 5.1 [target]",
            "Removed A 2.1 > - []",
            "Removed D 5.1.1 > - []",
        ]
    );
    let due = &changes(&plan).items[0].fields[0];
    assert_eq!(due.before.as_deref(), Some("2025-03-31"));
    assert_eq!(due.after.as_deref(), Some("2025-09-30"));
}

#[test]
fn what_has_no_code_changes_too() {
    let plan = approved(|form| {
        form["budget"]["flatRates"][0]["rate"] = json!("0.1");
        form["budget"]["lumpSums"][0]["conditions"] = json!(["a study"]);
        form["calendar"] = json!([{ "date": "2026-01-31", "title": en("Report") }]);
        form["indicators"][0] = json!({ "code": "RCO 77", "kind": "output", "titles": en("Plans"),
            "unit": "plan", "target": "1" });
        form["indicators"][1]["partner"] = json!(3);
    });
    let told: Vec<_> = changes(&plan)
        .entries
        .into_iter()
        .map(|change| (change.entry, change.name, change.kind))
        .collect();
    let office = "office_and_administration".to_owned();
    assert_eq!(
        told,
        [
            (EntryKind::Indicator, "RCO 76".to_owned(), ItemChangeKind::Removed),
            (EntryKind::Indicator, "RCO 77".to_owned(), ItemChangeKind::Added),
            (EntryKind::Indicator, "RCR 11".to_owned(), ItemChangeKind::Changed),
            (EntryKind::FlatRate, office, ItemChangeKind::Changed),
            (EntryKind::LumpSum, "transfer of 4 in WP 7".to_owned(), ItemChangeKind::Changed),
            (EntryKind::CalendarEntry, "Report".to_owned(), ItemChangeKind::Added),
        ]
    );
}

/// Partner 2 gives 40.00 of equipment: 30.00 to partner 3, 10.00 to its own expertise.
fn shifted(form: &mut Value) {
    form["budget"]["cells"][4]["amount"] = json!("60.00");
    form["budget"]["cells"][3]["amount"] = json!("210.00");
    form["budget"]["cells"][7]["amount"] = json!("100.00");
    form["budget"]["partners"][1]["contributions"][0]["amount"] = json!("30.00");
    form["budget"]["partners"][2]["contributions"][0]["amount"] = json!("90.00");
}

#[test]
fn amounts_are_told_where_they_differ() {
    let plan = approved(shifted);
    assert_eq!(
        delta(&plan),
        [
            "BudgetCell 2 WP 5 200.00 > 210.00",
            "BudgetCell 2 WP 5 100.00 > 60.00",
            "BudgetCell 3 WP 5 70.00 > 100.00",
            "PublicContribution 2 60.00 > 30.00",
            "PublicContribution 3 60.00 > 90.00",
        ]
    );
    let amounts = changes(&plan).amounts;
    let sum = amounts.iter().filter(|c| c.kind == AmountKind::BudgetCell);
    assert_eq!(sum.map(AmountChange::delta).sum::<Cents>(), Cents::ZERO);
}

#[test]
fn a_budget_that_moved_with_its_work_package_is_no_difference() {
    let plan = approved(|form| {
        form["workPackages"][3]["code"] = json!("WP 8");
        form["workPackages"][3]["was"] = json!("WP 7");
        form["budget"]["cells"][8]["workPackage"] = json!("WP 8");
        form["budget"]["lumpSums"][0]["workPackage"] = json!("WP 8");
    });
    assert_eq!(told(&plan), ["Moved WP 7 > WP 8 []"]);
    assert_eq!(delta(&plan), Vec::<String>::new());
    assert_eq!(plan.shift(&plan.forms[&2], []).largest(), Cents::ZERO);
}

#[test]
fn the_shift_is_what_some_gave_and_others_got_on_each_axis() {
    let plan = approved(shifted);
    let meter = shift_meter(&plan, &plan.forms[&2]);
    let cents = |text: &str| text.parse::<Cents>().unwrap();
    assert_eq!(meter.moved.between_partners, cents("30.00"));
    assert_eq!(meter.moved.between_work_packages, cents("0.00"));
    assert_eq!(meter.moved.between_categories, cents("40.00"));
    assert_eq!((meter.limit, meter.left()), (None, None));
    assert_eq!(shift_meter(&plan, &plan.forms[&1]).moved.largest(), Cents::ZERO);
}

#[test]
fn the_meter_counts_what_is_under_way_until_a_form_carries_it_out() {
    let mut given = Given::project();
    let mut registered = (**given.project.plan.registered.as_ref().unwrap()).clone();
    registered.shift_threshold = Some("0.20".parse().unwrap());
    given.project.plan.registered = Some(registered.into());
    let delta = |partner: u32, category: &str, amount: &str| json!({ "partner": partner, "workPackage": "WP 5", "category": category, "amount": amount });
    let data = json!({ "number": 1, "class": "minor", "title": en("A shift"), "deltas": [
        delta(2, "equipment", "-40.00"), delta(2, "external_expertise", "10.00"),
        delta(3, "external_expertise", "30.00")] });
    given.accept(&Post::new("haskovo", "change.notified", "2025-05-01", data));
    let meter =
        |given: &Given| shift_meter(&given.project.plan, given.project.plan.newest_form().unwrap());
    let cents = |text: &str| text.parse::<Cents>().unwrap();
    let before = meter(&given);
    assert_eq!(
        (before.moved.largest(), before.with_pending.largest()),
        (cents("0.00"), cents("40.00"))
    );
    assert_eq!(before.left(), Some(cents("160.00")));
    let mut second = form(2);
    shifted(&mut second);
    second["changes"] = json!([1]);
    given.accept(&Post::new("haskovo", "application_form.approved", "2025-06-01", second));
    let after = meter(&given);
    assert_eq!(
        (after.moved.largest(), after.with_pending.largest()),
        (cents("40.00"), cents("40.00"))
    );
}
