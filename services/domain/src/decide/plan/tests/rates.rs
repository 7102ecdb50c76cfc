//! The rules of exchange rates and their policies.

use super::*;

#[test]
fn a_rate_policy_is_complete() {
    let policy = json!({ "currency": "BGN", "policy": "irrevocable", "value": "1.95583",
        "validFrom": "2026-01-01", "legalSource": "Council Regulation" });
    check("rate_policy.set", policy.clone(), &[]);
    let monthly = with(policy.clone(), "/policy", json!("monthly_of_submission"));
    check("rate_policy.set", monthly, &["rate_policy_incomplete"]);
    let euro = with(policy, "/currency", json!("EUR"));
    check("rate_policy.set", euro, &["rate_policy_incomplete"]);
}

#[test]
fn other_rates_for_a_known_month_replace_it_with_an_alert() {
    let rates = json!({ "year": 2025, "month": 1, "source": "test",
        "rates": [{ "currency": "RON", "value": "5" }] });
    check("exchange_rates.imported", rates.clone(), &[]);
    let other = with(rates.clone(), "/rates/0/value", json!("5.01"));
    check("exchange_rates.imported", other.clone(), &["rates_changed"]);
    let mut given = Given::project();
    given.accept(&lead("exchange_rates.imported", other));
    let (_, rate) = given.project.plan.newest_rate("RON".parse().unwrap()).unwrap();
    assert_eq!(rate.to_string(), "5.01");
    check("exchange_rates.imported", with(rates.clone(), "/month", json!(13)), &["month_invalid"]);
    let twice = json!([{ "currency": "RON", "value": "5" }, { "currency": "RON", "value": "5" }]);
    check("exchange_rates.imported", with(rates, "/rates", twice), &["rate_twice"]);
}

#[test]
fn warns_of_an_irrevocable_rate_of_the_lev_that_was_shortened() {
    let policy = |value: &str| {
        json!({ "currency": "BGN", "policy": "irrevocable", "value": value,
            "validFrom": "2026-01-01", "legalSource": "Council Regulation (EU) 2025/1409" })
    };
    for value in ["1.9558", "1.956", "1.95584"] {
        check("rate_policy.set", policy(value), &["irrevocable_rate_differs"]);
    }
    check("rate_policy.set", policy("1.95583"), &[]);
    check("rate_policy.set", policy("1.955830"), &[]);
    let other = with(policy("1.9558"), "/currency", json!("RON"));
    check("rate_policy.set", other, &[]);
}

#[test]
fn a_rate_is_more_than_nothing() {
    for value in ["0", "0.00", "-5"] {
        let rates = json!({ "year": 2025, "month": 2, "source": "test",
            "rates": [{ "currency": "RON", "value": value }] });
        check("exchange_rates.imported", rates, &["data_malformed"]);
    }
}
