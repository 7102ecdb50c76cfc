//! Whether costs were incurred while their work package runs.

use jiff::civil::Date;

use crate::code::WorkPackageCode;
use crate::decide::{Case, Findings};
use crate::project::finance::line::{Cost, Line};
use crate::project::plan::PlanState;
use crate::rule::{Finding, Rule};

/// First and last day of a cost, each with its place in the event.
pub(super) type Incurred<'a> = ((Date, &'a str), (Date, &'a str));

/// Warns of a cost outside of the window of its work package's type.
pub(super) fn judge(
    case: &Case,
    work_package: WorkPackageCode,
    ((from, from_pointer), (to, to_pointer)): Incurred,
    findings: &mut Findings,
) {
    let plan = &case.project.plan;
    let kind = plan.work_package_type(work_package, case.posting.occurred_on);
    let Some(window) = kind.and_then(|kind| plan.window(kind)) else { return };
    let last = window.last;
    let (early, late) = (window.starts_after(from), to > last);
    findings.add_if(early || late, || {
        let since = window.first.filter(|_| early);
        let since = since.map(|first| format!(" and from {first} on")).unwrap_or_default();
        let message = format!(
            "Costs of {work_package} are incurred until {last}{since}. Have the programme's letter \
            at hand when the line goes into a claim."
        );
        let pointer = if late { to_pointer } else { from_pointer };
        window.facts(Finding::new(Rule::IncurredOutsideWindow, pointer, message))
    });
}

/// Whether an item was incurred outside of the window of its work package's type, whatever the
/// sentence on it was when it was declared. A lump sum is incurred on no day.
pub(super) fn is_outside(plan: &PlanState, line: &Line) -> bool {
    let (work_package, from, to) = match &line.cost {
        Cost::Document(data) => (data.work_package, data.incurred_from, data.incurred_to),
        Cost::UnitCost(data) => (data.work_package, data.from, data.to),
        Cost::LumpSum(_) | Cost::Reversal { .. } => return false,
    };
    let kind = plan.work_package_type(work_package, line.occurred_on);
    let window = kind.and_then(|kind| plan.window(kind));
    window.is_some_and(|window| window.starts_after(from) || to > window.last)
}
