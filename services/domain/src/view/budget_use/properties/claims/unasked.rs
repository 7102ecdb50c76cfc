//! What holds also for events that no rule would take.

use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::{ask_all, declared, sum};
use super::running_sums_are_right;
use crate::given::{Given, en, form};
use crate::money::Cents;
use crate::posting::{Completed, FrozenClaim, FrozenLine, FrozenRate};
use crate::project::finance::given::{fold, record, record_completed};
use crate::view::budget_use::Amounts;

/// An event whose lines are counted from the first event after the beginning.
#[derive(Clone, Debug)]
struct Unasked {
    event_type: &'static str,
    data: Value,
    lines: Vec<u128>,
    euro: i64,
}

fn unasked() -> impl Strategy<Value = Unasked> {
    let (claim, amount) = (0..4u32, -9_000..9_000i64);
    let evidence = || crate::given::evidence();
    let of_claim = |event_type: &'static str, changes: Value| {
        claim.clone().prop_map(move |claim| {
            let mut data = changes.clone();
            data["claim"] = json!(claim);
            (event_type, data)
        })
    };
    let verified = (amount.clone(), amount.clone(), amount.clone()).prop_map(|(a, b, c)| {
        let deductions = json!([{ "amount": Cents::new(b), "typology": "2.1" }]);
        let data = json!({ "certified": Cents::new(a), "parked": Cents::new(c),
            "deductions": deductions });
        ("line.verified", data)
    });
    let corrected = amount.clone().prop_map(|amount| {
        let data = json!({ "corrections": [{ "amount": Cents::new(amount), "typology": "1" }],
            "reason": en("Audit") });
        ("correction.imposed", data)
    });
    let amended = amount.clone().prop_map(|amount| {
        ("expenditure.amended", json!({ "reason": en("Mistyped"), "declared": Cents::new(amount) }))
    });
    let paid = amount.clone().prop_map(|amount| {
        ("expenditure.paid", json!({ "date": "2025-03-10", "amount": Cents::new(amount) }))
    });
    let reversed = json!({ "reason": en("Mistyped") });
    let lump_sum = json!({ "option": "transfer", "workPackage": "WP 7", "evidence": evidence() });
    let rates = (1..9i8, 1..400u32).prop_map(|(month, rate)| {
        let rates = json!([{ "currency": "RON", "value": format!("{rate}.5583") }]);
        (
            "exchange_rates.imported",
            json!({ "year": 2025, "month": month, "source": "test", "rates": rates }),
        )
    });
    let method = json!({ "method": "both", "sample": { "rule": "all" } });
    let event = prop_oneof![
        6 => declared(),
        2 => paid,
        2 => amended,
        3 => Just(("expenditure.reversed", reversed)),
        1 => Just(("lump_sum.triggered", lump_sum)),
        4 => of_claim("claim.assembled", json!({})),
        4 => of_claim("claim.submitted", json!({})),
        2 => of_claim("claim.withdrawn", json!({ "reason": en("Wrong") })),
        3 => of_claim("control.started", method),
        2 => of_claim("control.closed", json!({ "conclusion": en("Done") })),
        4 => verified,
        3 => Just(("line.unparked", json!({}))),
        2 => corrected,
        1 => rates,
        1 => (1..4u32).prop_map(|version| ("application_form.approved", form(version))),
    ];
    (event, prop::collection::vec(0..30u128, 1..6), amount)
        .prop_map(|((event_type, data), lines, euro)| Unasked { event_type, data, lines, euro })
}

/// The event's data, with the lines that it names.
fn naming(first: u128, step: &Unasked) -> Value {
    let mut data = step.data.clone();
    let line = json!(Uuid::from_u128(first + step.lines[0]));
    match step.event_type {
        "expenditure.declared" => {
            if let Some(corrected) = data.get_mut("corrects") {
                *corrected = line;
            }
        }
        "correction.imposed" => data["corrections"][0]["line"] = line,
        "expenditure.paid"
        | "expenditure.amended"
        | "expenditure.reversed"
        | "line.verified"
        | "line.unparked" => data["line"] = line,
        _ => {}
    }
    data
}

fn completed(first: u128, step: &Unasked) -> Completed {
    let ids: Vec<Uuid> = step.lines.iter().map(|line| Uuid::from_u128(first + line)).collect();
    let rate = FrozenRate {
        currency: "RON".parse().unwrap(),
        month: "2025-04".parse().unwrap(),
        value: "4.97".parse().unwrap(),
    };
    let frozen = ids.iter().map(|id| {
        let rate = (step.euro % 2 == 0).then_some(rate);
        FrozenLine { line: *id, euro: Cents::new(step.euro), rate }
    });
    let form = step.lines.len().try_into().unwrap();
    Completed {
        amount: Some(Cents::new(step.euro)),
        frozen: Some(FrozenClaim { form, lines: frozen.collect() }),
        lines: ids,
        ..Completed::default()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_sequence_of_events_of_claims_panics_and_sums_stay_right(
        steps in prop::collection::vec(unasked(), 0..80),
        partner in 1..5u32,
    ) {
        let mut given = Given::project();
        let first = u128::from(given.project.version) + 1;
        for step in &steps {
            let data = naming(first, step);
            record_completed(&mut given, partner, step.event_type, &data, completed(first, step));
            running_sums_are_right(&given.project);
        }
        record(&mut given, 1, "exchange_rates.imported",
            &json!({ "year": 2026, "month": 1, "source": "test", "rates": [] }));
        let (project, view) = fold(&given.history);
        let answers = ask_all(&project, &view);
        for answer in &answers {
            let rows = sum(answer.rows.iter().map(|row| &row.amounts));
            prop_assert_eq!(rows, Amounts { erdf: None, erdf_certified: None, ..answer.totals });
            prop_assert_eq!(answer.totals, answers[0].totals);
        }
        for claim in project.finance.claims.values() {
            let _ = view.claim(&project, claim);
        }
        let _ = (view.payment_trigger(&project), view.lines(&project, None).count());
    }
}
