//! What holds for any sequence of events, also of such as no rule would take.

mod claims;
mod plain;

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::axes::{Axis, Filter};
use super::{Amounts, Answer, BudgetUse};
use crate::given::{Given, Post, en, form};
use crate::money::Cents;
use crate::project::Project;
use crate::project::finance::document::DocumentKey;
use crate::project::finance::given::{cents, cost, fold, invoice, record, with};

const CATEGORIES: [&str; 5] =
    ["staff", "office_and_administration", "external_expertise", "equipment", "lump_sum"];
const WORK_PACKAGES: [&str; 3] = ["WP 2", "WP 5", "WP 9"];
const CURRENCIES: [&str; 4] = ["EUR", "BGN", "RON", "CZK"];

/// An event of some partner. Numbers stand for earlier events, or for none that there is.
#[derive(Clone, Debug)]
struct Step {
    partner: u32,
    event_type: &'static str,
    data: Value,
    line: u128,
}

fn declared() -> impl Strategy<Value = (&'static str, Value)> {
    let amount = -5_000_000..5_000_000i64;
    let place = (0..CATEGORIES.len(), 0..WORK_PACKAGES.len(), 0..CURRENCIES.len());
    (place, amount, 0..6u32, any::<bool>()).prop_map(|(place, amount, number, corrects)| {
        let amount = Cents::new(amount);
        let mut data = with(
            cost(),
            json!({ "category": CATEGORIES[place.0], "workPackage": WORK_PACKAGES[place.1],
                "currency": CURRENCIES[place.2], "declared": amount, "net": amount, "vat": "0.00",
                "document": invoice(&number.to_string()) }),
        );
        if corrects {
            data["corrects"] = json!(Uuid::nil());
        }
        ("expenditure.declared", data)
    })
}

fn rate_policy(currency: usize, day: u32, fixed: bool) -> (&'static str, Value) {
    let mut data = json!({ "currency": CURRENCIES[currency], "legalSource": "test",
        "policy": "monthly_of_submission", "validFrom": format!("2025-01-{day:02}") });
    if fixed {
        data["policy"] = json!("irrevocable");
        data["value"] = json!("1.95583");
    }
    ("rate_policy.set", data)
}

fn step() -> impl Strategy<Value = Step> {
    let line = json!(Uuid::nil());
    let paid = (-5_000_000..5_000_000i64, Just(line.clone())).prop_map(|(amount, line)| {
        let data = json!({ "line": line, "date": "2025-03-10", "amount": Cents::new(amount) });
        ("expenditure.paid", data)
    });
    let reversed = json!({ "line": line, "reason": en("Mistyped") });
    let rates = (0..CURRENCIES.len(), 1..9i8, 1..400u32).prop_map(|(currency, month, rate)| {
        let rates = json!([{ "currency": CURRENCIES[currency], "value": format!("{rate}.5583") }]);
        let data = json!({ "year": 2025, "month": month, "source": "test", "rates": rates });
        ("exchange_rates.imported", data)
    });
    let policy = (0..CURRENCIES.len(), 1..29u32, any::<bool>())
        .prop_map(|(currency, day, fixed)| rate_policy(currency, day, fixed));
    let forms = (1..4u32, 0..9usize).prop_map(|(version, without)| {
        let mut data = form(version);
        data["budget"]["cells"].as_array_mut().unwrap().remove(without);
        ("application_form.approved", data)
    });
    let event = prop_oneof![
        8 => declared(),
        3 => paid,
        3 => Just(("expenditure.reversed", reversed)),
        2 => rates,
        1 => policy,
        1 => forms,
    ];
    (1..5u32, event, 0..40u128).prop_map(|(partner, (event_type, data), line)| Step {
        partner,
        event_type,
        data,
        line,
    })
}

/// The step's data, with the line that it names counted from `first` on.
fn naming(first: u128, step: &Step) -> Value {
    let mut data = step.data.clone();
    for name in ["line", "corrects"] {
        if let Some(field) = data.get_mut(name) {
            *field = json!(Uuid::from_u128(first + step.line));
        }
    }
    data
}

/// Declared data that most rules take: planned, in euro, up to 500.00 of a document of 500.00.
fn likely(data: Value) -> Value {
    let Some(declared) = data["declared"].as_str() else { return data };
    let declared = cents(declared).cents() % 50_000;
    let net = Cents::new(if declared < 0 { -50_000 } else { 50_000 });
    let changes = json!({ "workPackage": "WP 5", "category": "external_expertise",
        "currency": "EUR", "net": net, "declared": Cents::new(declared) });
    let mut data = with(data, changes);
    if declared > 0 {
        data.as_object_mut().unwrap().remove("corrects");
    }
    data
}

fn history(steps: &[Step]) -> Given {
    let mut given = Given::project();
    let first = u128::from(given.project.version) + 1;
    for step in steps {
        record(&mut given, step.partner, step.event_type, &naming(first, step));
    }
    given
}

fn all_axes() -> impl Iterator<Item = Vec<Axis>> {
    (0..256usize).map(move |bits| {
        Axis::ALL
            .iter()
            .enumerate()
            .filter(|(i, _)| bits & (1 << i) != 0)
            .map(|(_, a)| *a)
            .collect()
    })
}

/// Along every combination of axes.
fn ask_all(project: &Project, view: &BudgetUse) -> Vec<Answer> {
    let none = Filter::default();
    all_axes().map(|by| view.budget_use(project, None, &by, &none)).collect()
}

/// Along the axes of the budget, and along all.
fn ask_some(project: &Project, view: &BudgetUse) -> [Answer; 2] {
    [&Axis::OF_BUDGET[..], &Axis::ALL]
        .map(|by| view.budget_use(project, None, by, &Filter::default()))
}

fn sum<'a>(amounts: impl Iterator<Item = &'a Amounts>) -> Amounts {
    amounts.fold(Amounts::default(), |sum, amounts| Amounts {
        planned: sum.planned + amounts.planned,
        declared: sum.declared + amounts.declared,
        provisional: sum.provisional + amounts.provisional,
        frozen: sum.frozen + amounts.frozen,
        paid: sum.paid + amounts.paid,
        remaining: sum.remaining + amounts.remaining,
        claimed: sum.claimed + amounts.claimed,
        certified: sum.certified + amounts.certified,
        deducted: sum.deducted + amounts.deducted,
        parked: sum.parked + amounts.parked,
        in_control: sum.in_control + amounts.in_control,
        erdf: None,
        erdf_certified: None,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn rows_sum_to_the_totals_along_every_combination_of_axes(
        steps in prop::collection::vec(step(), 0..40),
    ) {
        let given = history(&steps);
        let (project, view) = fold(&given.history);
        let answers = ask_all(&project, &view);
        for answer in &answers {
            let rows = sum(answer.rows.iter().map(|row| &row.amounts));
            prop_assert_eq!(rows, Amounts { erdf: None, erdf_certified: None, ..answer.totals });
            prop_assert_eq!(answer.totals, answers[0].totals);
            prop_assert_eq!(rows.frozen + rows.provisional, rows.declared);
            prop_assert_eq!(rows.remaining, rows.planned - rows.declared);
        }
        let of_partners = view.budget_use(&project, None, &[Axis::Partner], &Filter::default());
        let erdf: Cents = of_partners.rows.iter().filter_map(|row| row.amounts.erdf).sum();
        prop_assert_eq!(Some(erdf), of_partners.totals.erdf);
    }

    #[test]
    fn filtered_totals_sum_to_the_whole(steps in prop::collection::vec(step(), 0..40)) {
        let given = history(&steps);
        let (project, view) = fold(&given.history);
        let whole = view.budget_use(&project, None, &[Axis::Partner], &Filter::default());
        for row in &whole.rows {
            let filter = Filter { partner: row.key.partner, ..Filter::default() };
            let one = view.budget_use(&project, None, &[], &filter);
            prop_assert_eq!(one.totals, row.amounts);
        }
    }

    #[test]
    fn folding_in_pieces_equals_folding_at_once(steps in prop::collection::vec(step(), 0..25)) {
        let given = history(&steps);
        let (mut project, mut view) = fold(&[]);
        for (index, recorded) in given.history.iter().enumerate() {
            let (project_before, view_before) = (project.clone(), view.clone());
            let answer_before = ask_some(&project_before, &view_before);
            project.evolve(recorded);
            view.apply(recorded, &project);
            prop_assert_eq!(answer_before, ask_some(&project_before, &view_before));
            let (project_at_once, view_at_once) = fold(&given.history[..=index]);
            prop_assert_eq!(ask_some(&project, &view), ask_some(&project_at_once, &view_at_once));
            let lines = |view: &BudgetUse, project: &Project| {
                view.lines(project, None).map(|answer| answer.line.clone()).collect::<Vec<_>>()
            };
            prop_assert_eq!(lines(&view, &project), lines(&view_at_once, &project_at_once));
        }
    }

    #[test]
    fn a_reversal_returns_to_the_state_before(
        before in prop::collection::vec(step(), 0..20),
        line in declared(),
        paid in prop::option::of(-1000..1000i64),
        after in prop::collection::vec((0..CURRENCIES.len(), 1..9i8, 1..400u32), 0..4),
    ) {
        let mut without = history(&before);
        let mut with_line = without.clone();
        let id = record(&mut with_line, 3, line.0, &line.1);
        if let Some(amount) = paid {
            let amount = Cents::new(amount);
            let data = json!({ "line": id, "date": "2025-03-10", "amount": amount });
            record(&mut with_line, 3, "expenditure.paid", &data);
        }
        for (currency, month, rate) in after {
            let value = format!("{rate}.25");
            let rates = json!([{ "currency": CURRENCIES[currency], "value": value }]);
            let data = json!({ "year": 2025, "month": month, "source": "test", "rates": rates });
            record(&mut without, 1, "exchange_rates.imported", &data);
            record(&mut with_line, 1, "exchange_rates.imported", &data);
        }
        let data = json!({ "line": id, "reason": en("Mistyped") });
        record(&mut with_line, 3, "expenditure.reversed", &data);
        let (project, view) = fold(&without.history);
        let (reversed_project, reversed_view) = fold(&with_line.history);
        prop_assert_eq!(ask_some(&reversed_project, &reversed_view), ask_some(&project, &view));
    }

    #[test]
    fn a_plain_loop_over_the_lines_gives_the_same_figures(
        steps in prop::collection::vec(step(), 0..60),
    ) {
        let given = history(&steps);
        let (project, view) = fold(&given.history);
        let by = [Axis::Partner, Axis::WorkPackage, Axis::Category];
        let answer = view.budget_use(&project, None, &by, &Filter::default());
        let plain = plain::count(&given.history, project.plan.newest_form().unwrap());
        let figures = answer.rows.iter().map(|row| {
            let work_package = project.plan.code_of(row.key.work_package.unwrap(), None);
            let key = (row.key.partner.unwrap(), work_package, row.key.category.unwrap());
            (key, (row.amounts.declared, row.amounts.paid))
        });
        let nothing = (Cents::ZERO, Cents::ZERO);
        let figures: Vec<_> = figures.filter(|(_, figures)| *figures != nothing).collect();
        let plain: Vec<_> = plain.into_iter().filter(|(_, f)| *f != nothing).collect();
        prop_assert_eq!(figures, plain);
    }

    #[test]
    fn no_sequence_of_events_panics(steps in prop::collection::vec(step(), 0..40)) {
        let given = history(&steps);
        let (project, view) = fold(&given.history);
        let _ = (view.payment_trigger(&project), view.lines(&project, None).count());
        let empty = Project::new("care-get".parse().unwrap());
        let _ = (ask_all(&empty, &view), ask_all(&project, &BudgetUse::default()));
        let _ = view.payment_trigger(&empty);
    }

    #[test]
    fn what_the_rules_take_stays_within_its_documents_and_lines(
        steps in prop::collection::vec(step(), 0..60),
    ) {
        let mut given = Given::project();
        for (index, step) in steps.iter().enumerate() {
            let subject = ["urbasofia", "trakia", "trakia", "siena"][step.partner as usize - 1];
            let data = likely(naming(1, step));
            let post = Post::new(subject, step.event_type, "2025-03-03", data);
            let _ = given.post(&post.id(index as u128 + 1));
        }
        let (project, view) = fold(&given.history);
        let mut documents = BTreeMap::<_, (Cents, Cents)>::new();
        let live = view.lines(&project, None).map(|answer| answer.line);
        for line in live.filter(|line| line.reversed.is_none()) {
            let Some(data) = line.document() else { continue };
            let negative = line.declared.is_negative();
            prop_assert!(line.partner != 4);
            prop_assert_eq!(data.corrects.is_some(), negative);
            prop_assert!(negative || line.declared + line.credited >= Cents::ZERO);
            let size = |amount: Cents| if negative { -amount } else { amount };
            let document = (DocumentKey::of(&data.document), line.partner, negative);
            let (declared, amount) = documents.entry(document).or_default();
            *declared += size(line.declared);
            *amount = size(data.net).max(*amount);
        }
        for (document, (declared, amount)) in documents {
            prop_assert!(declared <= amount, "{:?}", document);
        }
    }
}
