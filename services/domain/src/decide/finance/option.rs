//! Lump sums and unit costs: by the form in force on the day, with a proof that it was done.

use super::{budget, declared, window};
use crate::decide::{Case, Findings};
use crate::event::finance::option::{LumpSumTriggered, UnitCostClaimed};
use crate::ids::PartnerNumber;
use crate::money::{Cents, Currency};
use crate::posting::Completed;
use crate::project::finance::document::without_spaces_and_case;
use crate::project::finance::line::{Cost, Line};
use crate::quantity::Quantity;
use crate::rule::{Finding, Rule};

pub(super) fn judge_lump_sum(
    case: &Case,
    data: &LumpSumTriggered,
    findings: &mut Findings,
) -> Completed {
    case.check_code(data.work_package.into(), "/data/workPackage", findings);
    judge_evidence(data.evidence.is_empty(), findings);
    let (plan, day) = (&case.project.plan, case.posting.occurred_on);
    let Some(partner) = case.partner() else { return Completed::default() };
    case.check_partner_stays(day, "/occurredon", findings);
    let planned = plan.lump_sum(data.option.as_str(), partner, data.work_package, day);
    let Some(planned) = planned else {
        let message = format!(
            "The form in force on {day} has no lump sum `{}` of partner {partner} in {}. Look for \
            its name and its work package in the form.",
            data.option, data.work_package
        );
        findings.add(Finding::new(Rule::OptionUnknown, "/data/option", message));
        return Completed::default();
    };
    let name = without_spaces_and_case(data.option.as_str());
    let same = |line: &&Line| match &line.cost {
        Cost::LumpSum(other) => {
            line.partner == partner
                && line.reversed.is_none()
                && line.work_package == case.item(data.work_package)
                && without_spaces_and_case(other.option.as_str()) == name
        }
        Cost::Document(_) | Cost::UnitCost(_) | Cost::Reversal { .. } => false,
    };
    if let Some(line) = case.project.finance.lines.all().find(same) {
        let message = "This lump sum was triggered before and counts. Leave it, or reverse the \
            earlier event first.";
        let finding = Finding::new(Rule::LumpSumTriggeredAlready, "/data/option", message);
        findings.add(finding.fact("line", line.id));
    }
    let met = |condition: &str| data.conditions.iter().any(|said| said.as_str() == condition);
    for open in planned.conditions.iter().filter(|condition| !met(condition.as_str())) {
        let message = format!(
            "The form asks for `{open}` too. Name it in `conditions` once it is met; the \
            controller will look for it."
        );
        findings.add(Finding::new(Rule::ConditionsOpen, "/data/conditions", message));
    }
    Completed { amount: Some(planned.amount), ..Completed::default() }
}

pub(super) fn judge_unit_cost(
    case: &Case,
    data: &UnitCostClaimed,
    findings: &mut Findings,
) -> Completed {
    declared::judge_codes(case, (data.work_package, data.activity, None), findings);
    judge_evidence(data.evidence.is_empty(), findings);
    findings.add_if(data.units <= Quantity::ZERO, || {
        Finding::new(Rule::UnitsNotPositive, "/data/units", "Give how many units were done.")
    });
    findings.add_if(data.from > data.to, || {
        let message = format!("{} is before {}; exchange the two.", data.to, data.from);
        Finding::new(Rule::PeriodReversed, "/data/to", message)
    });
    case.check_not_future(Some(data.to), "/data/to", findings);
    case.check_partner_stays(data.to, "/data/to", findings);
    let days = ((data.from, "/data/from"), (data.to, "/data/to"));
    window::judge(case, data.work_package, days, findings);
    let (plan, day) = (&case.project.plan, case.posting.occurred_on);
    let Some(partner) = case.partner() else { return Completed::default() };
    let Some(planned) = plan.unit_cost(data.option.as_str(), partner, day) else {
        let message = format!(
            "The form in force on {day} has no unit cost `{}` for partner {partner}. Look for its \
            name in the form.",
            data.option
        );
        findings.add(Finding::new(Rule::OptionUnknown, "/data/option", message));
        return Completed::default();
    };
    let amount = data.units.of_amount_rounded_down(planned.amount);
    findings.add_if(amount == Cents::ZERO, || {
        Finding::new(Rule::AmountZero, "/data/units", "So few units come to less than a cent.")
    });
    judge_claimed_before(case, partner, data, findings);
    let spent = budget::Spent {
        work_package: data.work_package,
        category: planned.category,
        amount: (amount, Currency::EUR),
        pointers: ["/data/units", "/data/workPackage", "/data/option"],
    };
    budget::judge(case, partner, &spent, None, findings);
    Completed { amount: Some(amount), ..Completed::default() }
}

/// The same units of the same days are most likely those that were claimed before.
fn judge_claimed_before(
    case: &Case,
    partner: PartnerNumber,
    data: &UnitCostClaimed,
    findings: &mut Findings,
) {
    let name = without_spaces_and_case(data.option.as_str());
    let same = |line: &&Line| match &line.cost {
        Cost::UnitCost(other) => {
            line.partner == partner
                && line.reversed.is_none()
                && line.work_package == case.item(data.work_package)
                && (other.units, other.from, other.to) == (data.units, data.from, data.to)
                && without_spaces_and_case(other.option.as_str()) == name
        }
        Cost::Document(_) | Cost::LumpSum(_) | Cost::Reversal { .. } => false,
    };
    if let Some(line) = case.project.finance.lines.all().find(same) {
        let message = "So many units of these days were claimed before. If these are the same, \
            reverse one of the two.";
        let finding = Finding::new(Rule::UnitCostClaimedTwice, "/data/units", message);
        findings.add(finding.fact("line", line.id));
    }
}

/// For these no cost is shown, so what was done is.
fn judge_evidence(is_missing: bool, findings: &mut Findings) {
    findings.add_if(is_missing, || {
        let message = "Name at least one document that shows what was done.";
        Finding::new(Rule::EvidenceMissing, "/data/evidence", message)
    });
}
