//! What is read of a list.

use cairn_domain::period::Month;

use super::list::{MonthlyRates, read};

fn november() -> Option<Month> {
    Month::new(2026, 11)
}

/// What a list says, in one line for each month.
fn said(list: &MonthlyRates) -> Vec<String> {
    let month = |(month, rates): (&Month, &Vec<super::Listed>)| {
        let rates: Vec<_> =
            rates.iter().map(|one| format!("{} {}", one.currency, one.value)).collect();
        format!("{month}: {}", rates.join(", "))
    };
    list.iter().map(month).collect()
}

fn fault(text: &str, month: Option<Month>) -> String {
    format!("{:#}", read(text, month, month).unwrap_err())
}

/// As InforEuro answers: numbers, a row for each country, the euro too, no month.
const OF_A_MONTH: &str = r#"[
    {"country":"ECUADOR","currency":"US dollar","isoA3Code":"USD","isoA2Code":"EC","value":1.1586,"comment":null},
    {"country":"ROMANIA","currency":"Romanian leu","isoA3Code":"RON","isoA2Code":"RO","value":5.0934,"comment":null},
    {"country":"SPAIN","currency":"Euro","isoA3Code":"EUR","isoA2Code":"ES","value":1,"comment":null},
    {"country":"UNITED STATES","currency":"US dollar","isoA3Code":"USD","isoA2Code":"US","value":1.1586,"comment":null}
]"#;

#[test]
fn reads_a_list_of_a_month_once_for_each_currency() {
    let list = read(OF_A_MONTH, november(), november()).unwrap();
    assert_eq!(said(&list), ["2026-11: RON 5.0934, USD 1.1586"]);
    let marked = format!("\u{feff}{OF_A_MONTH}");
    assert_eq!(said(&read(&marked, november(), november()).unwrap()), said(&list));
}

#[test]
fn reads_every_digit_of_a_number_as_it_is_written() {
    let text = r#"[{"isoA3Code":"XOF","value":655.9570},{"isoA3Code":"BGN","value":"1.95583"}]"#;
    let list = read(text, november(), november()).unwrap();
    assert_eq!(said(&list), ["2026-11: BGN 1.95583, XOF 655.9570"]);
}

#[test]
fn reads_all_months_of_a_list_or_the_one_that_is_wanted() {
    let text = r#"[{"year":2026,"month":10,"isoA3Code":"RON","value":"5.08"},
        {"year":2026,"month":11,"isoA3Code":"RON","value":"5.09"}]"#;
    assert_eq!(said(&read(text, None, None).unwrap()), ["2026-10: RON 5.08", "2026-11: RON 5.09"]);
    assert_eq!(said(&read(text, november(), None).unwrap()), ["2026-11: RON 5.09"]);
    let other = fault(text, Month::new(2026, 12));
    assert!(other.contains("no rate for 2026-12, it is of 2026-10 to 2026-11"), "{other}");
    let unsaid = read(OF_A_MONTH, november(), None).unwrap_err();
    assert!(format!("{unsaid:#}").contains("{year} and {month}"), "{unsaid:#}");
}

#[test]
fn says_what_is_wrong_with_a_list() {
    let of_row = |row: &str| fault(&format!("[{row}]"), november());
    for (found, expected) in [
        (fault("<html>", november()), "no list of rates"),
        (fault(r#"{"code":5,"message":"No rates"}"#, november()), "it says \"No rates\""),
        (fault("[]", november()), "no rate for 2026-11"),
        (fault("[]", None), "the list has no rate"),
        (fault(OF_A_MONTH, None), "--month"),
        (of_row(r#"{"isoA3Code":"RON"}"#), "no list of rates"),
        (of_row(r#"{"isoA3Code":"leu","value":5}"#), "row 1 of the list: `leu`"),
        (of_row(r#"{"isoA3Code":"RON","value":0}"#), "row 1 of the list: `0` is not a rate"),
        (of_row(r#"{"isoA3Code":"RON","value":-5}"#), "row 1 of the list: `-5` is not a rate"),
        (of_row(r#"{"isoA3Code":"RON","value":null}"#), "`null` is not a rate"),
        (of_row(r#"{"isoA3Code":"RON","value":5,"year":2026}"#), "or neither"),
        (of_row(r#"{"isoA3Code":"RON","value":5,"year":2026,"month":13}"#), "2026-13 is no month"),
        (
            of_row(r#"{"isoA3Code":"RON","value":5},{"isoA3Code":"RON","value":6}"#),
            "two rates of RON",
        ),
    ] {
        assert!(found.contains(expected), "{expected:?} is not in {found:?}");
    }
}
