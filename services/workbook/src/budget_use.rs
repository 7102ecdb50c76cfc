//! Budget use along any axes, with all its amounts.

use cairn_domain::event::plan::application_form::ApplicationFormApproved;
use cairn_domain::project::Project;
use cairn_domain::view::budget_use::axes::{Axis, Detail, Filter, Key};
use cairn_domain::view::budget_use::{Amounts, BudgetUse};

use crate::choice::category_word;
use crate::scope::{Scope, partner_name};
use crate::sheet::{Heading, Sheet, Shows, Value};
use crate::tongue::Tongue;

const AMOUNTS: [&str; 13] = [
    "Planned",
    "Declared",
    "Provisional",
    "Frozen",
    "Paid",
    "Claimed",
    "Certified",
    "Deducted",
    "Parked",
    "In control",
    "Remaining",
    "Fund's part of declared",
    "Fund's part of certified",
];
/// Those that are known of whole partners only.
const OF_FUND: usize = 2;

/// Budget use in euro along some axes, told in some detail.
pub fn sheet(
    project: &Project,
    budget_use: &BudgetUse,
    by: &[Axis],
    scope: &Scope<'_>,
    detail: Detail,
) -> Sheet {
    let form = scope.form_of(project);
    let filter = Filter {
        partner: scope.partner,
        work_package: scope.work_package,
        claim: scope.claim,
        detail,
        ..Filter::default()
    };
    let answer = budget_use.budget_use(project, form, by, &filter);
    let amount = |text| Heading { text, shows: Shows::Euro, width: 16 };
    // The fund's part is known of whole partners only, and so is its sum.
    let has_fund = answer.rows.iter().all(|row| row.amounts.erdf.is_some());
    let amounts = if has_fund { &AMOUNTS[..] } else { &AMOUNTS[..AMOUNTS.len() - OF_FUND] };
    let rows = answer.rows.iter().map(|row| {
        let mut values: Vec<Value> =
            by.iter().map(|axis| place(project, form, &row.key, *axis)).collect();
        values.push(Value::text(if row.in_current_form { "" } else { "not in this form" }));
        values.extend(values_of(&row.amounts).into_iter().take(amounts.len()));
        values
    });
    let rows = rows.collect();
    let note = Heading { text: "Note", shows: Shows::Text, width: 16 };
    let headings = by.iter().map(|axis| heading(*axis));
    Sheet {
        name: "Budget use".to_owned(),
        headings: headings.chain([note]).chain(amounts.iter().map(|text| amount(text))).collect(),
        rows,
    }
}

fn heading(axis: Axis) -> Heading {
    let (text, width) = match axis {
        Axis::Partner => ("Partner", 18),
        Axis::WorkPackage => ("Work package", 12),
        Axis::Category => ("Cost category", 30),
        Axis::Activity => ("Activity", 11),
        Axis::Deliverable => ("Deliverable", 12),
        Axis::Currency => ("Currency", 10),
        Axis::Month => ("Month", 10),
        Axis::Claim => ("Claim", 8),
    };
    Heading { text, shows: Shows::Text, width }
}

fn place(
    project: &Project,
    form: Option<&ApplicationFormApproved>,
    key: &Key,
    axis: Axis,
) -> Value {
    let plan = &project.plan;
    match axis {
        Axis::Partner => key.partner.map_or(Value::Empty, |number| partner_name(project, number)),
        Axis::WorkPackage => Value::text_of(key.work_package.map(|item| plan.code_of(item, form))),
        Axis::Category => {
            Value::text_of(key.category.map(|category| category_word(category, Tongue::English)))
        }
        Axis::Activity => Value::text_of(key.activity.map(|item| plan.code_of(item, form))),
        Axis::Deliverable => Value::text_of(key.deliverable.map(|item| plan.code_of(item, form))),
        Axis::Currency => Value::text_of(key.currency),
        Axis::Month => Value::text_of(key.month),
        Axis::Claim => Value::text_of(key.claim),
    }
}

fn values_of(amounts: &Amounts) -> [Value; AMOUNTS.len()] {
    [
        Value::Amount(amounts.planned),
        Value::Amount(amounts.declared),
        Value::Amount(amounts.provisional),
        Value::Amount(amounts.frozen),
        Value::Amount(amounts.paid),
        Value::Amount(amounts.claimed),
        Value::Amount(amounts.certified),
        Value::Amount(amounts.deducted),
        Value::Amount(amounts.parked),
        Value::Amount(amounts.in_control),
        Value::Amount(amounts.remaining),
        Value::amount_of(amounts.erdf),
        Value::amount_of(amounts.erdf_certified),
    ]
}

/// An axis by the word that people ask with: `work-package`.
pub fn axis(word: &str) -> Option<Axis> {
    const WORDS: [(&str, Axis); 8] = [
        ("partner", Axis::Partner),
        ("work-package", Axis::WorkPackage),
        ("category", Axis::Category),
        ("activity", Axis::Activity),
        ("deliverable", Axis::Deliverable),
        ("currency", Axis::Currency),
        ("month", Axis::Month),
        ("claim", Axis::Claim),
    ];
    WORDS.iter().find(|(known, _)| *known == word).map(|(_, axis)| *axis)
}
