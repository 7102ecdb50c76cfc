//! The rules of outputs and of forecasts.

use crate::code::Code;
use crate::decide::{Case, Findings};
use crate::event::delivery::output::{ForecastChanged, OutputAchieved};
use crate::project::delivery::output::OutputFacts;
use crate::rule::{Finding, Rule};

/// More than the target may be achieved.
pub(super) fn achieved(case: &Case, data: &OutputAchieved, findings: &mut Findings) {
    let (code, quantity) = (data.code, data.quantity);
    findings.add_if(data.evidence.is_empty(), || {
        Finding::new(
            Rule::EvidenceMissing,
            "/data/evidence",
            "Link at least one document that shows what was achieved.",
        )
    });
    findings.add_if(quantity == 0, || {
        Finding::new(
            Rule::QuantityZero,
            "/data/quantity",
            "Give how many were achieved since the last report; a negative number takes some back.",
        )
    });
    findings.add_if(quantity < 0 && data.reason.is_none(), || {
        Finding::new(
            Rule::QuantityReasonMissing,
            "/data/reason",
            "Say in `reason` why fewer are there than were reported.",
        )
    });
    let facts = case.project.delivery.outputs.get(&case.item(code));
    let before = facts.map_or(0, |facts: &OutputFacts| facts.least_from(case.posting.occurred_on));
    findings.add_if(before + i64::from(quantity) < 0, || {
        Finding::new(
            Rule::OutputBelowNothing,
            "/data/quantity",
            format!(
                "Of {code} {before} are there on that day or later; no more can be taken back."
            ),
        )
        .fact("achieved", before)
    });
}

pub(super) fn expected(case: &Case, data: &ForecastChanged, findings: &mut Findings) {
    case.check_to_come(Some(data.date), "/data/date", findings);
    let code = data.code;
    match code {
        Code::Activity(_) | Code::Deliverable(_) | Code::Output(_) => {}
        Code::WorkPackage(_) | Code::Investment(_) => findings.add(Finding::new(
            Rule::ForecastOfNoItem,
            "/data/code",
            format!(
                "{code} has no due day of its own. Give the code of the activity, deliverable or \
                output that is expected on another day."
            ),
        )),
    }
    let form = case.project.plan.form_on(case.posting.occurred_on).map(|form| &**form);
    let done = case.project.status_of(case.item(code), form).is_done();
    findings.add_if(done, || {
        Finding::new(
            Rule::ForecastAfterDone,
            "/data/code",
            format!("{code} is done; the forecast is kept and changes nothing."),
        )
        .fact("code", code)
    });
}
