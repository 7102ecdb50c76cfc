//! Whether declared costs stay within the budget.

use crate::code::WorkPackageCode;
use crate::decide::{Case, Findings};
use crate::event::plan::application_form::Category;
use crate::ids::PartnerNumber;
use crate::money::{Cents, Currency};
use crate::project::finance::figures::{Cell, Figures, Place, add_flat_rates};
use crate::project::finance::line::Line;
use crate::rule::{Finding, Rule};

/// A budget that a line draws on: all cells that have something in common with the line's.
struct Budget {
    axis: &'static str,
    pointer: &'static str,
    name: String,
    has: fn(&Cell, &Cell) -> bool,
}

/// What is declared, and where the event says so: how much, in which work package and of which
/// category.
pub(super) struct Spent {
    pub(super) work_package: WorkPackageCode,
    pub(super) category: Category,
    pub(super) amount: (Cents, Currency),
    pub(super) pointers: [&'static str; 3],
}

/// Warns once for the partner, once for the work package and once for the category when, with
/// this line, more is declared than is planned in the form in force on the line's day. Declared
/// is what `budget_use` shows: euro by the newest known rates, flat rates included.
pub(super) fn judge(
    case: &Case,
    partner: PartnerNumber,
    spent: &Spent,
    replaced: Option<&Line>,
    findings: &mut Findings,
) {
    let (plan, day) = (&case.project.plan, case.posting.occurred_on);
    let finance = &case.project.finance;
    let (declared, currency) = spent.amount;
    let Some(euro) = finance.lines.to_euro(declared, currency) else { return };
    if declared.is_negative() || plan.form_on(day).is_none() {
        return;
    }
    let work_package = plan.item(spent.work_package, day);
    let here = Cell { partner, work_package, category: spent.category };
    let form = plan.form_on(day).map(|form| &**form);
    let mut figures = finance.lines.figures();
    let place = Place { cell: here, claim: None };
    figures.entry(place).or_default().add(Figures { declared: euro, ..Figures::default() });
    for (place, sums) in replaced.into_iter().flat_map(|line| finance.lines.sums_of(line)) {
        figures.entry(place).or_default().subtract(sums.figures);
    }
    add_flat_rates(&mut figures, |claim| finance.form_for(plan, claim, form));

    let [of_amount, of_work_package, of_category] = spent.pointers;
    let budgets = [
        Budget {
            axis: "partner",
            pointer: of_amount,
            name: "the partner".to_owned(),
            has: |cell, here| cell.partner == here.partner,
        },
        Budget {
            axis: "workPackage",
            pointer: of_work_package,
            name: spent.work_package.to_string(),
            has: |cell, here| cell.work_package == here.work_package,
        },
        Budget {
            axis: "category",
            pointer: of_category,
            name: "the category".to_owned(),
            has: |cell, here| cell.category == here.category,
        },
    ];
    // A transfer partner is told nothing of what others declared.
    let told = if plan.is_transfer_partner(partner) { 1 } else { budgets.len() };
    for Budget { axis, pointer, name, has } in budgets.into_iter().take(told) {
        let declared: Cents = figures
            .iter()
            .filter(|(place, _)| has(&place.cell, &here))
            .map(|(_, figures)| figures.declared)
            .sum();
        let planned = plan.planned_cents(day, |cell| has(cell, &here));
        findings.add_if(declared > planned, || {
            Finding::new(
                Rule::BudgetExceeded,
                pointer,
                format!(
                    "With this line {declared} euro are declared for {name}, of {planned} \
                    planned. Reverse it if it is a mistake, or ask the lead for a budget change."
                ),
            )
            .fact("axis", axis)
            .fact("planned", planned)
            .fact("declared", declared)
        });
    }
}
