//! The events and documents behind the parts of figures.

use std::collections::BTreeSet;

use super::*;
use crate::project::finance::given::claim::{assemble, attach, precheck, submit};
use crate::view::trail::behind::{documents, events};

/// The types of the events behind a part, sorted; those that only who checks may see apart.
fn types(read: &Read, part: &Part) -> (Vec<&'static str>, Vec<&'static str>) {
    let name = |id: Uuid| {
        let recorded = read.given.history.iter().find(|recorded| recorded.id == id);
        recorded.unwrap().event.event_type().as_str()
    };
    let behind = events(&read.books(), &read.origins, part);
    let ids: BTreeSet<_> = behind.iter().map(|behind| behind.event).collect();
    assert_eq!(ids.len(), behind.len(), "each once");
    let sorted = |of_every_partner: bool| {
        let wanted = behind.iter().filter(|one| one.of_every_partner == of_every_partner);
        let mut names: Vec<_> = wanted.map(|one| name(one.event)).collect();
        names.sort_unstable();
        names
    };
    (sorted(false), sorted(true))
}

fn declared_at(filter: Filter, read: &Read) -> Vec<Part> {
    let wanted = Wanted::of(&filter, &read.given.project.plan, None);
    let place = Place::row(&[], &Key::default(), &wanted);
    read.parts(&Figure::Budget(BudgetAmount::Declared, place))
}

fn of_kind(parts: &[Part], kind: Kind) -> Vec<&Part> {
    parts.iter().filter(|part| part.kind == kind).collect()
}

/// Staff in leva, paid, amended, prechecked, with a document: in a claim, parked in part, and taken
/// up for the next claim.
#[test]
fn a_line_in_two_claims_names_all_that_made_it_what_it_is() {
    let mut given = Given::project();
    given.rate("2026-06", "BGN", "1.9558");
    let line = staff(&mut given, "P2", "41.11", "BGN");
    let amended = json!({ "line": line, "reason": en("Mistyped"), "text": en("Wages") });
    post(&mut given, "trakia", "expenditure.amended", "2025-03-04", amended);
    given.accept(&crate::project::finance::given::claim::pay(
        "trakia",
        line,
        "41.11",
        "2025-03-10",
    ));
    let payment = given.history.last().unwrap().id;
    given.accept(&attach("trakia", payment, "2025-03-11", evidence()));
    given.accept(&precheck(line));
    given.all_taken(&[assemble(1, &[line], "2026-06-10"), submit(1, "2026-06-15")]);
    given.rate("2026-06", "BGN", "1.7");
    let started = json!({ "claim": 1, "method": "both", "sample": { "rule": "all" } });
    post(&mut given, "controller", "control.started", "2026-06-20", started);
    verify(&mut given, line, "11.02", "0.00", "10.00");
    let closed = json!({ "claim": 1, "conclusion": en("Done") });
    post(&mut given, "controller", "control.closed", "2026-06-23", closed);
    post(&mut given, "controller", "line.unparked", "2026-06-24", json!({ "line": line }));
    let correction = json!({ "corrections": [{ "line": line, "amount": "1.11", "typology": "2.1" }],
        "reason": en("Audit"), "evidence": evidence() });
    post(&mut given, "haskovo", "correction.imposed", "2026-06-25", correction);

    let own = [
        "evidence.attached",
        "expenditure.amended",
        "expenditure.declared",
        "expenditure.paid",
        "expenditure.prechecked",
    ];
    let of_claim = [
        "control.closed",
        "correction.imposed",
        "exchange_rates.imported",
        "line.unparked",
        "line.verified",
        "rate_policy.set",
    ];
    let mut all = [&own[..], &of_claim].concat();
    all.sort_unstable();
    let of_every_partner = vec!["claim.submitted", "control.started"];
    for claimed in [true, false] {
        let filter = Filter { claimed: Some(claimed), ..Filter::default() };
        let read = Read::of(&given);
        let parts = declared_at(filter, &read);
        let items = of_kind(&parts, Kind::Item);
        assert_eq!(types(&read, items[0]), (all.clone(), of_every_partner.clone()), "{claimed}");
        let rates = events(&read.books(), &read.origins, items[0]);
        let imports: Vec<_> = given
            .history
            .iter()
            .filter(|recorded| recorded.event.event_type().as_str() == "exchange_rates.imported")
            .collect();
        let [_, used, later] = imports[..] else { panic!("three imports") };
        assert!(rates.iter().any(|behind| behind.event == used.id), "as it was submitted");
        assert!(rates.iter().all(|behind| behind.event != later.id), "no later one");
        // A flat rate stands on the form too.
        let flat = of_kind(&parts, Kind::FlatRate);
        let mut with_form = [&all[..], &["application_form.approved"]].concat();
        with_form.sort_unstable();
        assert_eq!(types(&read, flat[0]), (with_form, of_every_partner.clone()));
    }
}

#[test]
fn a_line_in_no_claim_names_the_newest_rate_and_no_claim() {
    let given = history();
    let read = Read::of(&given);
    let filter = Filter {
        currency: Some("RON".parse().unwrap()),
        claimed: Some(false),
        ..Filter::default()
    };
    let parts = declared_at(filter, &read);
    let [part] = &parts[..] else { panic!("{parts:#?}") };
    let expected = vec!["exchange_rates.imported", "expenditure.declared", "rate_policy.set"];
    assert_eq!(types(&read, part), (expected, Vec::new()));
}

#[test]
fn planned_amounts_and_the_funds_part_name_their_form() {
    let given = history();
    let read = Read::of(&given);
    let planned = read.parts(&Figure::Budget(BudgetAmount::Planned, Place::default()));
    assert_eq!(types(&read, &planned[0]).0, ["application_form.approved"]);
    let erdf = read.parts(&Figure::Budget(BudgetAmount::Erdf, Place::default()));
    for part in &erdf {
        assert!(types(&read, part).0.contains(&"application_form.approved"), "{part:#?}");
    }
}

/// What takes an item back has the item's documents and its own.
#[test]
fn a_reversal_leads_to_what_it_takes_back() {
    let given = history_with_reversal();
    let read = Read::of(&given);
    let parts = declared_at(Filter { claimed: Some(false), ..Filter::default() }, &read);
    let negative = |part: &&Part| part.kind == Kind::Item && part.amount.is_negative();
    let reversal = parts.iter().find(negative).unwrap();
    let (own, of_every_partner) = types(&read, reversal);
    let expected = ["expenditure.declared", "expenditure.prechecked", "expenditure.reversed"];
    assert_eq!(own, expected);
    assert_eq!(of_every_partner, ["claim.submitted"]);
    let found = documents(&read.books(), reversal);
    let names: Vec<_> = found.iter().map(|document| document.name.to_string()).collect();
    assert_eq!(names, ["Invoice 12", "Note"]);
}

fn history_with_reversal() -> Given {
    let mut given = Given::project();
    let invoice = json!([{ "kind": "invoice", "name": "Invoice 12",
        "uri": "https://example.org/12" }]);
    let data = with(cost(), json!({ "evidence": invoice }));
    let line = post(&mut given, "trakia", "expenditure.declared", "2025-03-03", data);
    given.accept(&precheck(line));
    given.accept(&assemble(1, &[line], "2025-06-10"));
    given.accept(&submit(1, "2025-06-15"));
    reverse(&mut given, line);
    given
}

fn reverse(given: &mut Given, line: Uuid) {
    let note = json!([{ "kind": "other", "name": "Note", "uri": "https://example.org/note" }]);
    let reversed = json!({ "line": line, "reason": en("Mistaken"), "evidence": note });
    post(given, "trakia", "expenditure.reversed", "2025-06-26", reversed);
}

#[test]
fn a_line_that_is_taken_out_keeps_the_documents_of_its_reversal() {
    let mut given = Given::project();
    let line = post(&mut given, "trakia", "expenditure.declared", "2025-03-03", cost());
    reverse(&mut given, line);
    let line = given.project.finance.line(line).unwrap();
    assert!(line.is_taken_out());
    let names: Vec<_> = line.evidence().map(|document| document.name.to_string()).collect();
    assert_eq!(names, ["Note"]);
}

#[test]
fn a_lump_sum_names_the_form_that_says_what_it_comes_to() {
    let mut given = Given::project();
    let data = json!({ "option": "transfer", "workPackage": "WP 7", "evidence": evidence() });
    post(&mut given, "siena", "lump_sum.triggered", "2025-03-03", data);
    let read = Read::of(&given);
    let parts = declared_at(Filter::default(), &read);
    let [part] = &parts[..] else { panic!("{parts:#?}") };
    assert_eq!(types(&read, part).0, ["application_form.approved", "lump_sum.triggered"]);
    assert_eq!(documents(&read.books(), part).len(), 1);
}
