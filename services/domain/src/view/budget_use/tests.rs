//! What people see, by example.

mod claims;
mod together;
mod frozen;
mod detail;

use serde_json::{Value, json};
use uuid::Uuid;

use super::axes::{Axis, Filter};
use super::{Amounts, Answer, BudgetUse, Row};
use crate::event::plan::RatePolicy;
use crate::event::plan::application_form::Category;
use crate::given::{Given, en, form};
use crate::ids::PartnerNumber;
use crate::project::finance::given::{cents, cost, fold, invoice, rates, record, with};

const CELL: &[Axis] = &[Axis::Partner, Axis::WorkPackage, Axis::Category];

/// Declares an amount for a partner in WP 5, with a document of its own.
fn declare(
    given: &mut Given,
    partner: PartnerNumber,
    category: &str,
    amount: &str,
    currency: &str,
) -> Uuid {
    let number = given.project.version.to_string();
    let changes = json!({ "category": category, "net": amount, "vat": "0.00",
        "declared": amount, "currency": currency, "document": invoice(&number) });
    record(given, partner, "expenditure.declared", &with(cost(), changes))
}

fn pay(given: &mut Given, line: Uuid, amount: &str) {
    let data = json!({ "line": line, "date": "2025-03-10", "amount": amount });
    record(given, 3, "expenditure.paid", &data);
}

fn reverse(given: &mut Given, line: Uuid) {
    let data = json!({ "line": line, "reason": en("Mistyped") });
    record(given, 3, "expenditure.reversed", &data);
}

fn leva_become_euro(given: &mut Given) {
    let policy = json!({ "currency": "BGN", "policy": "irrevocable", "value": "1.95583",
        "validFrom": "2026-01-01", "legalSource": "Regulation (EU) 2025/1409" });
    record(given, 1, "rate_policy.set", &policy);
}

fn view(given: &Given) -> BudgetUse {
    fold(&given.history).1
}

fn ask(given: &Given, by: &[Axis]) -> Answer {
    view(given).budget_use(&given.project, None, by, &Filter::default())
}

fn row(answer: &Answer, partner: PartnerNumber, category: Category) -> Row {
    let fits = |row: &&Row| (row.key.partner, row.key.category) == (Some(partner), Some(category));
    answer.rows.iter().find(fits).unwrap().clone()
}

#[test]
fn before_the_first_line_all_that_is_planned_remains() {
    let answer = ask(&Given::project(), CELL);
    let planned = cents("1000.00");
    let erdf = Some(cents("0.00"));
    let untouched =
        Amounts { planned, remaining: planned, erdf, erdf_certified: erdf, ..Amounts::default() };
    assert_eq!(answer.totals, untouched);
    assert_eq!(answer.rows.len(), 9);
    assert_eq!(answer.form_version, Some(1));
    assert!(answer.rows.iter().all(|row| row.in_current_form && row.amounts.erdf.is_none()));
}

#[test]
fn without_an_axis_there_is_one_row_that_is_the_total() {
    let mut given = Given::project();
    declare(&mut given, 3, "staff", "100.00", "EUR");
    let answer = ask(&given, &[]);
    assert_eq!(answer.rows.len(), 1);
    assert_eq!(answer.rows[0].amounts, answer.totals);
    assert_eq!(answer.totals.declared, cents("115.00"));
    assert_eq!(answer.totals.remaining, cents("885.00"));
    assert_eq!(answer.totals.erdf, Some(cents("92.00")));
}

#[test]
fn a_leva_line_of_2025_is_euro_by_the_irrevocable_rate_in_2026() {
    let mut given = Given::project();
    let line = declare(&mut given, 3, "external_expertise", "1000000.00", "BGN");
    assert_eq!(view(&given).line(&given.project, line).unwrap().euro, Some(cents("511299.72")));
    leva_become_euro(&mut given);
    let answer = view(&given).line(&given.project, line).unwrap();
    assert_eq!(answer.euro, Some(cents("511291.88")));
    let rate = answer.rate.unwrap();
    assert_eq!(
        (rate.rate.to_string(), rate.month.to_string()),
        ("1.95583".into(), "2026-01".into())
    );
    assert_eq!(rate.policy, Some(RatePolicy::Irrevocable));
    assert_eq!(ask(&given, &[]).totals.declared, cents("511291.88"));
}

#[test]
fn a_lei_line_keeps_the_newest_known_rate_when_a_month_has_none() {
    let mut given = Given::project();
    let line = declare(&mut given, 2, "equipment", "100.00", "RON");
    rates(&mut given, 2025, 2, "CZK", "25");
    let answer = view(&given).line(&given.project, line).unwrap();
    assert_eq!(answer.euro, Some(cents("20.00")));
    assert_eq!(answer.rate.unwrap().month.to_string(), "2025-01");
    assert!(answer.provisional);
    rates(&mut given, 2025, 3, "RON", "8");
    assert_eq!(view(&given).line(&given.project, line).unwrap().euro, Some(cents("12.50")));
    rates(&mut given, 2024, 12, "RON", "1");
    let answer = ask(&given, &[Axis::Partner]);
    assert_eq!(answer.totals.declared, cents("12.50"));
    assert_eq!(answer.totals.provisional, cents("12.50"));
    assert_eq!(answer.rates.len(), 1);
    assert_eq!(answer.rates[0].month.to_string(), "2025-03");
}

#[test]
fn a_line_without_any_rate_is_shown_apart_until_there_is_one() {
    let mut given = Given::project();
    let line = declare(&mut given, 2, "equipment", "100.00", "CZK");
    declare(&mut given, 3, "external_expertise", "7.00", "EUR");
    assert_eq!(view(&given).line(&given.project, line).unwrap().euro, None);
    let answer = ask(&given, &[]);
    assert_eq!(answer.totals.declared, cents("7.00"));
    assert_eq!(answer.unconverted, [("CZK".parse().unwrap(), cents("100.00"))]);
    assert_eq!(answer.rates, []);
    rates(&mut given, 2025, 2, "CZK", "25");
    assert_eq!(ask(&given, &[]).unconverted.len(), 1, "a rate needs its policy");
    let policy = json!({ "currency": "CZK", "policy": "monthly_of_submission",
        "validFrom": "2024-12-01", "legalSource": "programme rules" });
    record(&mut given, 1, "rate_policy.set", &policy);
    let answer = ask(&given, &[]);
    assert_eq!((answer.totals.declared, answer.unconverted), (cents("11.00"), vec![]));
}

#[test]
fn euro_lines_are_frozen_and_others_provisional_with_their_flat_rates() {
    let mut given = Given::project();
    declare(&mut given, 3, "staff", "10.06", "EUR");
    declare(&mut given, 3, "staff", "50.30", "RON");
    let answer = ask(&given, CELL);
    let office = row(&answer, 3, Category::OfficeAndAdministration).amounts;
    assert_eq!(office.declared, cents("3.01"), "floor(0.15 x 20.12)");
    assert_eq!(office.frozen, cents("1.50"), "floor(0.15 x 10.06)");
    assert_eq!(office.provisional, cents("1.51"));
    assert_eq!(answer.totals.frozen, cents("11.56"));
    assert_eq!(answer.totals.provisional, cents("11.57"));
}

#[test]
fn a_flat_rate_is_the_sum_of_floors_and_not_the_floor_of_the_sum() {
    let mut given = Given::project();
    for (partner, work_package) in [(1, "WP 2"), (1, "WP 4"), (3, "WP 5")] {
        let changes = json!({ "category": "staff", "workPackage": work_package,
            "declared": "0.13" });
        record(&mut given, partner, "expenditure.declared", &with(cost(), changes));
    }
    let answer = ask(&given, &[Axis::Category]);
    let office = answer
        .rows
        .iter()
        .find(|row| row.key.category == Some(Category::OfficeAndAdministration))
        .unwrap();
    assert_eq!(office.amounts.declared, cents("0.03"), "not floor(0.15 x 0.39) = 0.05");
    assert_eq!(answer.totals.declared, cents("0.42"));
}

#[test]
fn a_negative_base_lowers_by_a_flat_rate_rounded_towards_minus_infinity() {
    let mut given = Given::project();
    declare(&mut given, 3, "staff", "-0.01", "EUR");
    let office = row(&ask(&given, CELL), 3, Category::OfficeAndAdministration);
    assert_eq!(office.amounts.declared, cents("-0.01"));
}

#[test]
fn the_funds_part_is_rounded_down_for_each_partner() {
    let mut given = Given::project();
    for partner in [1, 2, 3] {
        declare(&mut given, partner, "external_expertise", "0.98", "EUR");
    }
    let answer = ask(&given, &[Axis::Partner]);
    let of_partners: Vec<_> = answer.rows.iter().map(|row| row.amounts.erdf.unwrap()).collect();
    let floor = cents("0.78");
    assert_eq!(of_partners, [floor, floor, floor, cents("0.00")]);
    assert_eq!(answer.totals.erdf, Some(cents("2.34")), "not floor(0.8 x 2.94) = 2.35");
    let by_category = ask(&given, &[Axis::Category]);
    assert!(by_category.rows.iter().all(|row| row.amounts.erdf.is_none()));
    let filter = Filter { category: Some(Category::Staff), ..Filter::default() };
    let filtered = view(&given).budget_use(&given.project, None, &[], &filter);
    assert_eq!(filtered.totals.erdf, None);
}

#[test]
fn a_cost_that_the_new_form_lacks_is_shown_with_nothing_planned_and_counts() {
    let mut given = Given::project();
    declare(&mut given, 2, "equipment", "60.00", "EUR");
    let mut newer = form(2);
    let cells = newer["budget"]["cells"].as_array_mut().unwrap();
    cells.retain(|cell| cell["category"] != "equipment");
    record(&mut given, 1, "application_form.approved", &newer);
    let answer = ask(&given, CELL);
    let equipment = row(&answer, 2, Category::Equipment);
    assert!(!equipment.in_current_form);
    assert_eq!(equipment.amounts.planned, cents("0.00"));
    assert_eq!(equipment.amounts.remaining, cents("-60.00"));
    assert_eq!(answer.totals.declared, cents("60.00"));
    assert_eq!(answer.totals.planned, cents("900.00"));

    let first = given.project.plan.forms.get(&1).unwrap();
    let under_first =
        view(&given).budget_use(&given.project, Some(first), CELL, &Filter::default());
    assert_eq!(under_first.form_version, Some(1));
    assert!(row(&under_first, 2, Category::Equipment).in_current_form);
    assert_eq!(under_first.totals.planned, cents("1000.00"));
}

#[test]
fn a_payment_counts_up_to_what_is_declared_by_the_rate_of_the_line() {
    let mut given = Given::project();
    let line = declare(&mut given, 2, "equipment", "100.00", "RON");
    pay(&mut given, line, "40.00");
    let answer = view(&given).line(&given.project, line).unwrap();
    assert_eq!((answer.line.paid, answer.unpaid), (cents("40.00"), cents("60.00")));
    assert_eq!(ask(&given, &[]).totals.paid, cents("8.00"));
    pay(&mut given, line, "79.00");
    let answer = view(&given).line(&given.project, line).unwrap();
    assert_eq!((answer.line.paid, answer.unpaid), (cents("119.00"), cents("0.00")));
    let totals = ask(&given, &[]).totals;
    assert_eq!((totals.paid, totals.declared), (cents("20.00"), cents("20.00")));
    rates(&mut given, 2025, 4, "RON", "4");
    assert_eq!(ask(&given, &[]).totals.paid, cents("25.00"));
}

#[test]
fn a_credit_note_is_negative_and_a_reversed_line_counts_no_more() {
    let mut given = Given::project();
    let line = declare(&mut given, 3, "external_expertise", "60.00", "EUR");
    let changes = json!({ "declared": "-20.00", "net": "-20.00", "vat": "0.00",
        "corrects": line, "document": invoice("C 1") });
    let note = record(&mut given, 3, "expenditure.declared", &with(cost(), changes));
    assert_eq!(ask(&given, &[]).totals.declared, cents("40.00"));
    assert_eq!(view(&given).line(&given.project, line).unwrap().line.credited, cents("-20.00"));
    reverse(&mut given, note);
    assert_eq!(view(&given).line(&given.project, line).unwrap().line.credited, cents("0.00"));
    pay(&mut given, line, "60.00");
    reverse(&mut given, line);
    reverse(&mut given, line);
    assert_eq!(ask(&given, CELL), ask(&Given::project(), CELL));
    assert!(view(&given).line(&given.project, line).unwrap().line.is_taken_out());
}

#[test]
fn lines_are_listed_by_partner_in_the_order_in_which_they_were_declared() {
    let mut given = Given::project();
    let first = declare(&mut given, 3, "staff", "1.00", "EUR");
    let other = declare(&mut given, 2, "equipment", "2.00", "EUR");
    let second = declare(&mut given, 3, "staff", "3.00", "EUR");
    let of = |partner| {
        view(&given).lines(&given.project, partner).map(|answer| answer.line.id).collect::<Vec<_>>()
    };
    assert_eq!(of(Some(3)), [first, second]);
    assert_eq!(of(None), [other, first, second]);
    assert_eq!(of(Some(9)), Vec::<Uuid>::new());
    assert!(view(&given).line(&given.project, Uuid::nil()).is_none());
}

#[test]
fn a_filter_keeps_the_rates_that_its_flat_rate_stands_on() {
    let mut given = Given::project();
    declare(&mut given, 3, "staff", "100.00", "RON");
    declare(&mut given, 3, "external_expertise", "100.00", "BGN");
    let category = Some(Category::OfficeAndAdministration);
    let filter = Filter { partner: Some(3), category, ..Filter::default() };
    let answer = view(&given).budget_use(&given.project, None, CELL, &filter);
    assert_eq!(answer.totals.declared, cents("3.00"));
    assert_eq!(answer.rates.iter().map(|r| r.currency.to_string()).collect::<Vec<_>>(), ["RON"]);
    let nobody = Filter { partner: Some(9), ..Filter::default() };
    let answer = view(&given).budget_use(&given.project, None, CELL, &nobody);
    assert_eq!((answer.rows, answer.rates), (vec![], vec![]));
}

/// The contract of CARE-GET in the project of the tests.
fn care_get(changes: Value) -> Given {
    let mut given = Given::project();
    let contract = json!({ "total": "5009480.00", "erdf": "4007584.00", "rate": "0.80",
        "paymentShares": ["0.50", "0.30", "0.20"], "triggerShare": "0.35" });
    record(&mut given, 1, "subsidy_contract.signed", &with(contract, changes));
    given
}

#[test]
fn the_second_payment_needs_35_percent_of_the_budget_reported() {
    let mut given = care_get(json!({}));
    let trigger = view(&given).payment_trigger(&given.project).unwrap();
    assert_eq!(trigger.trigger, cents("1753318.00"));
    assert_eq!(trigger.second_payment, cents("1202275.20"));
    assert_eq!(trigger.missing, cents("1753318.00"));
    assert_eq!(trigger.pro_rata_reported, cents("0.00"));

    declare(&mut given, 3, "external_expertise", "1753317.99", "EUR");
    let trigger = view(&given).payment_trigger(&given.project).unwrap();
    assert!(!trigger.reached);
    assert_eq!(trigger.missing, cents("0.01"));
    assert_eq!(trigger.pro_rata_reported, cents("1202275.19"));
    assert_eq!((trigger.validated, trigger.pro_rata_validated), (cents("0"), cents("0")));

    declare(&mut given, 2, "equipment", "10.00", "RON");
    let trigger = view(&given).payment_trigger(&given.project).unwrap();
    assert!(trigger.reached);
    assert_eq!((trigger.missing, trigger.provisional), (cents("0.00"), cents("2.00")));
    assert_eq!(trigger.pro_rata_reported, cents("1202275.20"));
}

#[test]
fn each_partner_has_its_part_of_the_trigger() {
    let mut given = Given::project();
    declare(&mut given, 3, "staff", "100.00", "EUR");
    let trigger = view(&given).payment_trigger(&given.project).unwrap();
    assert_eq!(trigger.trigger, cents("350.00"));
    let of = |number: usize| &trigger.partners[number - 1];
    assert_eq!((of(3).partner, of(3).reported), (3, cents("115.00")));
    assert_eq!((of(3).trigger, of(3).missing), (cents("105.00"), cents("0.00")));
    assert_eq!((of(4).planned, of(4).missing), (cents("100.00"), cents("35.00")));
    assert_eq!(trigger.partners.len(), 4);
}

#[test]
fn the_trigger_can_be_a_share_of_the_grant() {
    let given = care_get(json!({ "triggerBase": "erdf" }));
    let trigger = view(&given).payment_trigger(&given.project).unwrap();
    assert_eq!(trigger.trigger, cents("1402654.40"));
    assert_eq!(trigger.partners[0].trigger, cents("84.00"));
    assert_eq!(view(&Given::nothing()).payment_trigger(&Given::nothing().project), None);
}
