//! What those see who may not see the lines of every partner.

use std::collections::BTreeMap;

use super::{cents, declare, view};
use crate::given::Given;
use crate::ids::PartnerNumber;
use crate::money::Cents;
use crate::view::budget_use::Answer;
use crate::view::budget_use::axes::{Axis, Detail, Filter};

/// Lines of 100.00 euro and 30.00 leva of trakia (3), and of 200.00 euro of urbasofia (2).
fn given() -> Given {
    let mut given = Given::project();
    declare(&mut given, 3, "external_expertise", "100.00", "EUR");
    declare(&mut given, 3, "external_expertise", "30.00", "BGN");
    declare(&mut given, 2, "equipment", "200.00", "EUR");
    given
}

/// What trakia is answered.
fn ask(given: &Given, by: &[Axis], filter: Filter) -> Answer {
    let detail = Detail::of(&given.project.plan, |partner| partner == 3);
    let filter = Filter { detail, ..filter };
    view(given).budget_use(&given.project, None, by, &filter)
}

fn declared(answer: &Answer) -> BTreeMap<(Option<PartnerNumber>, Option<String>), Cents> {
    let rows = answer.rows.iter().filter(|row| row.amounts.declared != Cents::ZERO);
    let key = |row: &super::Row| {
        let (currency, month) = (row.key.currency, row.key.month);
        let fine = currency.map(|c| c.to_string()).or(month.map(|month| month.to_string()));
        (row.key.partner, fine)
    };
    rows.map(|row| (key(row), row.amounts.declared)).collect()
}

#[test]
fn lines_of_others_stand_together_along_the_axes_that_would_tell_them() {
    let given = given();
    let whole = view(&given).budget_use(&given.project, None, &[], &Filter::default()).totals;
    for by in [vec![Axis::Partner, Axis::Currency], vec![Axis::Partner, Axis::Month]] {
        let answer = ask(&given, &by, Filter::default());
        assert_eq!(answer.totals, whole, "{by:?}");
        let rows = declared(&answer);
        assert_eq!(rows[&(Some(2), None)], cents("200.00"), "{by:?}");
        assert!(rows.keys().all(|(partner, fine)| *partner == Some(3) || fine.is_none()));
    }
    let by_currency = declared(&ask(&given, &[Axis::Partner, Axis::Currency], Filter::default()));
    assert_eq!(by_currency[&(Some(3), Some("EUR".to_owned()))], cents("100.00"));
    let coarse = [Axis::Partner, Axis::WorkPackage, Axis::Category, Axis::Claim];
    let all = view(&given).budget_use(&given.project, None, &coarse, &Filter::default());
    assert_eq!(ask(&given, &coarse, Filter::default()).rows, all.rows);
}

#[test]
fn a_filter_that_would_tell_lines_of_others_finds_own_ones() {
    let given = given();
    let euro = Filter { currency: Some("EUR".parse().unwrap()), ..Filter::default() };
    let month = Filter { month: Some("2025-03".parse().unwrap()), ..Filter::default() };
    assert_eq!(ask(&given, &[], euro).totals.declared, cents("100.00"));
    let rate = given.project.finance.lines.to_euro(cents("30.00"), "BGN".parse().unwrap());
    let both = cents("100.00") + rate.unwrap();
    assert_eq!(ask(&given, &[], month).totals.declared, both);
}

#[test]
fn amounts_without_a_rate_are_told_of_all_and_by_fine_filters_of_own_lines() {
    let mut given = given();
    declare(&mut given, 2, "equipment", "7.00", "CZK");
    let koruna = "CZK".parse().unwrap();
    let ask = |filter| ask(&given, &[], filter).unconverted;
    assert_eq!(ask(Filter::default()), [(koruna, cents("7.00"))]);
    assert_eq!(ask(Filter { currency: Some(koruna), ..Filter::default() }), []);
}
