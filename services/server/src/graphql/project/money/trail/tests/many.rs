//! A thousand figures of a generated project, of all kinds: each is the sum of its parts.

use std::collections::BTreeMap;
use std::io::Cursor;

use cairn_domain::money::Cents;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

use super::cents;
use crate::cli::generate;
use crate::cli::import::Source;
use crate::given::CareGet;

const LEAD: &str = "synthetic-001-lead-1";
const EVENTS: u64 = 3_000;
const FIGURES: usize = 1_000;
const SEED: u64 = 5;

/// As many as a document takes, with its tokens.
const AT_A_TIME: usize = 15;

const BUDGET: &[&str] = &[
    "planned",
    "declared",
    "provisional",
    "frozen",
    "paid",
    "claimed",
    "certified",
    "deducted",
    "parked",
    "inControl",
    "remaining",
    "erdf",
    "erdfCertified",
];
const CLAIM: &[&str] = &[
    "declared",
    "paid",
    "certified",
    "deducted",
    "parked",
    "inControl",
    "takenUp",
    "erdf",
    "erdfCertified",
];
const CASH: &[&str] = &[
    "received",
    "confirmed",
    "forwarded",
    "repaid",
    "recovered",
    "toRepay",
    "spent",
    "ownShare",
    "contributions",
    "inKind",
    "revenue",
    "held",
    "gap",
];
const TRIGGER: &[&str] = &[
    "base",
    "trigger",
    "reported",
    "claimed",
    "provisional",
    "missing",
    "secondPayment",
    "validated",
    "proRataValidated",
    "proRataReported",
];
const PARTNER_TRIGGER: &[&str] = &["reported", "planned", "trigger", "missing"];
const CONTRACT: &[&str] = &["value", "documents", "declared", "paid", "remaining", "subcontracted"];

/// Where amounts stand in a project: the fields go where the dots are.
const PLACES: &[(&str, &[&str])] = &[
    ("budgetUse(by: [PARTNER, WORK_PACKAGE, CATEGORY]) { totals { … } rows { … } }", BUDGET),
    ("budgetUse(by: [PARTNER, CLAIM]) { rows { … } }", BUDGET),
    ("budgetUse(by: [ACTIVITY, CURRENCY]) { rows { … } }", BUDGET),
    ("budgetUse(by: [DELIVERABLE, MONTH]) { rows { … } }", BUDGET),
    ("budgetUse(by: [CATEGORY], filter: { claimed: true }) { totals { … } rows { … } }", BUDGET),
    ("claims { amounts { … } partners { amounts { … } } }", CLAIM),
    ("cash { … }", CASH),
    ("recoveries(first: 200) { nodes { … } }", &["amount", "repaid", "left"]),
    ("paymentTrigger { … }", TRIGGER),
    ("paymentTrigger { byPartner { … } }", PARTNER_TRIGGER),
    ("spendingProfile { months { … } }", &["declared", "upTo"]),
    (
        "deliverables(first: 200) { nodes { cost { … } } }",
        &["declared", "provisional", "paid", "certified"],
    ),
    ("contracts(first: 200) { nodes { … } }", CONTRACT),
    ("ownMoney { … }", &["received", "inKindValue", "earned"]),
    ("ownMoney { sources { … } }", &["planned", "received", "missing"]),
];

/// A figure: where it stands, what it is, and the id that opens it.
#[derive(Clone, Debug)]
struct Told {
    place: &'static str,
    amount: Cents,
    id: String,
}

/// `inControl` is `IN_CONTROL` where it is asked for.
fn in_capitals(name: &str) -> String {
    let letter = |c: char| if c.is_uppercase() { format!("_{c}") } else { c.to_string() };
    name.chars().map(letter).collect::<String>().to_uppercase()
}

/// The amounts in an answer, with their ids.
fn collect(place: &'static str, amounts: &[&str], answer: &Value, found: &mut Vec<Told>) {
    match answer {
        Value::Object(members) => {
            for name in amounts {
                let id = members.get(&format!("{name}Id")).and_then(Value::as_str);
                let (Some(id), Some(amount)) = (id, members.get(*name)) else { continue };
                if !amount.is_null() {
                    found.push(Told { place, amount: cents(amount), id: id.to_owned() });
                }
            }
            members.values().for_each(|member| collect(place, amounts, member, found));
        }
        Value::Array(items) => {
            items.iter().for_each(|item| collect(place, amounts, item, found));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

async fn ask(given: &CareGet, times: &str, fields: &str) -> Value {
    let document = format!(r#"{{ project(acronym: "synthetic-001"{times}) {{ {fields} }} }}"#);
    given.ask(LEAD, &document).await["project"].clone()
}

/// Every figure of the project that is not nothing, as it is told now or was on a day.
async fn told(given: &CareGet, times: &str) -> Vec<Told> {
    let mut found = Vec::new();
    for (place, amounts) in PLACES {
        let with_id = |name: &&str| format!("{name} {name}Id: figure(of: {})", in_capitals(name));
        let fields: Vec<_> = amounts.iter().map(with_id).collect();
        let answer = ask(given, times, &place.replace('…', &fields.join(" "))).await;
        collect(place, amounts, &answer, &mut found);
    }
    let payments = "payments(first: 200) { nodes { amount amountId: figure } }";
    collect("payments", &["amount"], &ask(given, times, payments).await, &mut found);
    let profile = ask(given, times, "spendingProfile { flatRates flatRatesId: flatRatesFigure }");
    collect("spendingProfile", &["flatRates"], &profile.await, &mut found);
    found.retain(|told| told.amount != Cents::ZERO);
    found
}

/// So many figures, of each place in turn.
fn picked(all: Vec<Told>) -> Vec<Told> {
    let mut chance = ChaCha8Rng::seed_from_u64(SEED);
    let mut by_place = BTreeMap::<_, Vec<Told>>::new();
    for told in all {
        by_place.entry(told.place).or_default().push(told);
    }
    by_place.values_mut().for_each(|told| told.shuffle(&mut chance));
    let mut picked = Vec::new();
    while picked.len() < FIGURES && by_place.values().any(|told| !told.is_empty()) {
        picked.extend(by_place.values_mut().filter_map(Vec::pop));
    }
    picked.truncate(FIGURES);
    picked
}

/// The sums of the parts of some figures, which are asked for together.
async fn sums(given: &CareGet, figures: &[Told]) -> Vec<Cents> {
    let mut sums = vec![Cents::ZERO; figures.len()];
    let mut open: Vec<_> = figures.iter().map(|told| (told, String::new())).enumerate().collect();
    while !open.is_empty() {
        let field = |(at, (told, after)): &(usize, (&Told, String))| {
            let parts = format!("parts(first: 200{after})");
            format!(
                r#"f{at}: trail(figure: "{}") {{ {parts} {{ nodes {{ amount }}
                    pageInfo {{ hasNextPage endCursor }} }} }} "#,
                told.id
            )
        };
        let fields: String = open.iter().map(field).collect();
        let answer = ask(given, "", &fields).await;
        let mut next = Vec::new();
        for (at, (told, _)) in open {
            let parts = &answer[format!("f{at}")]["parts"];
            let nodes = parts["nodes"].as_array().unwrap();
            sums[at] += nodes.iter().map(|part| cents(&part["amount"])).sum();
            if parts["pageInfo"]["hasNextPage"] == true {
                let after = format!(", after: {}", parts["pageInfo"]["endCursor"]);
                next.push((at, (told, after)));
            }
        }
        open = next;
    }
    sums
}

#[tokio::test]
async fn a_thousand_figures_of_all_kinds_are_the_sums_of_their_parts() {
    let given = CareGet::nothing().await;
    let lines = generate::lines(SEED, 1, EVENTS).join("\n");
    given.add(vec![Source::lines("generated".to_owned(), 0, Box::new(Cursor::new(lines)))]).await;
    let mut all = told(&given, "").await;
    let names = PLACES.iter().map(|(place, _)| *place);
    let missing: Vec<_> =
        names.filter(|place| all.iter().all(|told| told.place != *place)).collect();
    assert_eq!(missing, [""; 0], "figures of every place");
    all.extend(told(&given, r#", until: "2026-01-31""#).await);
    let figures = picked(all);
    assert_eq!(figures.len(), FIGURES);
    for together in figures.chunks(AT_A_TIME) {
        for (told, sum) in together.iter().zip(sums(&given, together).await) {
            assert_eq!(sum, told.amount, "{told:?}");
        }
    }
}
