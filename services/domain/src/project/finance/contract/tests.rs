//! The running sums against the same sums taken plainly over all lines.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::given::Given;
use crate::project::finance::given::{cost, invoice, record, with};

/// Declares a line: which contract it names, which document, its net and its currency; pays it in
/// part; and takes it back.
#[derive(Clone, Debug)]
struct Step {
    contract: usize,
    document: usize,
    net: i64,
    leva: bool,
    paid: i64,
    reversed: bool,
}

const REFERENCES: [&str; 3] = ["A 1", "a1", "B 2"];

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (0..4_usize, 0..4_usize, -300..300_i64, any::<bool>(), 0..3_i64, 0..4_u8);
    let step = step.prop_map(|(contract, document, net, leva, paid, reversed)| Step {
        contract,
        document,
        net,
        leva,
        paid,
        reversed: reversed == 0,
    });
    proptest::collection::vec(step, 0..25)
}

fn played(steps: &[Step]) -> (Given, Vec<EventId>) {
    let mut given = Given::project();
    let mut lines = Vec::new();
    for step in steps {
        let amount = Cents::new(step.net).to_string();
        let mut data = with(
            cost(),
            json!({ "net": amount, "vat": "0.00", "declared": amount,
                "currency": if step.leva { "BGN" } else { "EUR" },
                "document": invoice(&step.document.to_string()) }),
        );
        if let Some(reference) = REFERENCES.get(step.contract) {
            data["contract"] = json!(reference);
        }
        let line = record(&mut given, 3, "expenditure.declared", &data);
        lines.push(line);
        let paid = Cents::new(step.paid).to_string();
        let paid = json!({ "line": line, "date": "2025-03-03", "amount": paid });
        record(&mut given, 3, "expenditure.paid", &paid);
    }
    for (line, _) in lines.iter().zip(steps).filter(|(_, step)| step.reversed) {
        let reason = json!({ "original": "en", "en": "Wrong" });
        let data = json!({ "line": line, "reason": reason });
        record(&mut given, 3, "expenditure.reversed", &data);
    }
    (given, lines)
}

/// The sums of a contract in a currency, taken over all lines.
fn plain(steps: &[Step], contract: &str, leva: bool) -> Use {
    let names = |step: &&Step| {
        let reference = REFERENCES.get(step.contract);
        reference.is_some_and(|of| of.to_uppercase().replace(' ', "") == contract)
    };
    let mut sums = Use::default();
    let mut documents = BTreeMap::<(usize, bool), i64>::new();
    for step in steps.iter().filter(names).filter(|step| step.leva == leva && !step.reversed) {
        sums.lines += 1;
        sums.declared += Cents::new(step.net);
        sums.paid += Cents::new(step.paid);
        let document = documents.entry((step.document, step.net < 0)).or_default();
        *document = if step.net < 0 { step.net.min(*document) } else { step.net.max(*document) };
    }
    sums.gross = documents.values().map(|gross| Cents::new(*gross)).sum();
    sums
}

proptest! {
    #[test]
    fn the_running_sums_are_those_of_all_lines(steps in steps()) {
        let (given, _) = played(&steps);
        let (contracts, plan) = (&given.project.finance.contracts, &given.project.plan);
        for reference in ["A1", "B2"] {
            let key = ContractKey::of(3, &reference.parse().unwrap());
            for (leva, currency) in [(false, "EUR"), (true, "BGN")] {
                let used = contracts.used(&key, currency.parse().unwrap(), plan);
                prop_assert_eq!(used.of, plain(&steps, reference, leva));
                prop_assert_eq!(used.lines_apart, plain(&steps, reference, !leva).lines);
            }
        }
    }

    #[test]
    fn one_line_more_is_judged_as_if_it_were_recorded(steps in steps(), net in 1..300_i64) {
        let step = Step { contract: 0, document: 0, net, leva: false, paid: 0, reversed: false };
        let all: Vec<_> = steps.iter().cloned().chain([step]).collect();
        let (then, lines) = played(&all);
        let line = then.project.finance.line(*lines.last().unwrap()).unwrap();
        let (given, _) = played(&steps);
        let (contracts, plan) = (&given.project.finance.contracts, &given.project.plan);
        let awarded = json!({ "reference": "A 1", "title": { "original": "en", "en": "A" },
            "procedure": "direct", "date": "2025-01-01", "value": "1.00", "currency": "EUR",
            "supplier": "S", "taxId": "1" });
        let contract = Contract {
            event_id: Uuid::nil(),
            data: Arc::new(serde_json::from_value(awarded).unwrap()),
            value: Cents::ZERO,
            end: None,
            closed_on: None,
            subcontracted: Dated::default(),
        };
        let key = ContractKey::of(3, &contract.data.reference);
        let drawn = Drawn::of(line).unwrap();
        let used = contracts.used_with(&drawn, None, &contract, plan);
        let recorded = then.project.finance.contracts.used(&key, Currency::EUR, plan);
        prop_assert_eq!(used, recorded);
        // In place of itself it changes nothing.
        let contracts = &then.project.finance.contracts;
        let again = contracts.used_with(&drawn, Some(&drawn), &contract, plan);
        prop_assert_eq!(again, recorded);
    }
}
