//! The rules of the values of indicators.

use crate::decide::{Case, Findings};
use crate::event::delivery::indicator::{
    Group, IndicatorCorrected, IndicatorReported, IndicatorValidated,
};
use crate::ids::{EventId, PartnerNumber};
use crate::project::delivery::indicator::IndicatorReport;
use crate::quantity::Quantity;
use crate::rule::{Finding, Rule};

/// The partners that report an indicator.
pub(super) fn owners(case: &Case, data: &IndicatorReported) -> Vec<PartnerNumber> {
    let (plan, day) = (&case.project.plan, case.posting.occurred_on);
    let indicator = plan.indicator(data.code.as_str(), day);
    indicator.map_or_else(Vec::new, |planned| plan.indicator_owners(planned.item, day))
}

/// A report is its partner's, who corrects it.
pub(super) fn owners_of_report(case: &Case, data: &IndicatorCorrected) -> Vec<PartnerNumber> {
    let report = case.project.delivery.indicators.report(data.report);
    report.and_then(|report| report.partner).into_iter().collect()
}

pub(super) fn reported(case: &Case, data: &IndicatorReported, findings: &mut Findings) {
    judge_code(case, data, findings);
    case.check_partner_stays(case.posting.occurred_on, "/occurredon", findings);
    findings.add_if(data.to < data.from, || {
        Finding::new(
            Rule::PeriodReversed,
            "/data/to",
            format!("The period ends on {}, before it starts on {}.", data.to, data.from),
        )
    });
    case.check_not_future(Some(data.to), "/data/to", findings);
    judge_value(data.value, &data.disaggregation, findings);
    let partner = case.partner();
    let mut reports = case.project.delivery.indicators.reports_of(data.code.as_str());
    let before = reports.find(|r| r.partner == partner && r.overlaps(data.from, data.to));
    if let Some(before) = before {
        findings.add(
            Finding::new(
                Rule::IndicatorReportedAlready,
                "/data/from",
                format!(
                    "{} is reported from {} to {}. Correct that report with \
                    `indicator.corrected`, or give a period that has no day in common with it.",
                    before.code, before.from, before.to
                ),
            )
            .fact("report", before.id),
        );
    }
}

fn judge_code(case: &Case, data: &IndicatorReported, findings: &mut Findings) {
    let (code, day) = (&data.code, case.posting.occurred_on);
    let finding = match case.project.plan.indicator(code.as_str(), day) {
        Some(planned) if planned.in_force => return,
        Some(_) => Finding::new(
            Rule::CodeNotInForm,
            "/data/code",
            format!(
                "{code} is not in the application form in force on {day}; it is kept, with \
                nothing planned for it."
            ),
        ),
        None => Finding::new(
            Rule::IndicatorUnknown,
            "/data/code",
            format!(
                "{code} is in no approved application form. Look for the indicator in the form, \
                or have the lead record the form that has it."
            ),
        ),
    };
    findings.add(finding.fact("code", code));
}

fn judge_value(value: Quantity, groups: &[Group], findings: &mut Findings) {
    let negative = |pointer: String| {
        Finding::new(Rule::ValueNegative, pointer, "Give a value that is 0 or more.")
    };
    findings.add_if(value.is_negative(), || negative("/data/value".to_owned()));
    for (index, group) in groups.iter().enumerate() {
        findings.add_if(group.value.is_negative(), || {
            negative(format!("/data/disaggregation/{index}/value"))
        });
    }
    let sum: Quantity = groups.iter().map(|group| group.value).sum();
    findings.add_if(!groups.is_empty() && sum != value, || {
        Finding::new(
            Rule::GroupsNotValue,
            "/data/disaggregation",
            format!("The groups sum to {sum}, and the value is {value}."),
        )
        .fact("sum", sum)
        .fact("value", value)
    });
}

pub(super) fn validated(case: &Case, data: &IndicatorValidated, findings: &mut Findings) {
    let Some(report) = judge_report(case, data.report, findings) else { return };
    let Some(newest) = report.newest() else { return };
    if let Some(validation) = &newest.validation {
        findings.add(
            Finding::new(
                Rule::ValueValidatedAlready,
                "/data/report",
                format!("The value {} was validated on {}.", newest.value, validation.on),
            )
            .fact("validatedOn", validation.on),
        );
    }
    findings.add_if(newest.subject == case.actor.subject, || {
        Finding::new(
            Rule::OwnValueValidated,
            "/data/report",
            format!(
                "You stated the value {} yourself. Another member of the lead partner validates \
                it.",
                newest.value
            ),
        )
    });
}

pub(super) fn corrected(case: &Case, data: &IndicatorCorrected, findings: &mut Findings) {
    judge_report(case, data.report, findings);
    case.check_partner_stays(case.posting.occurred_on, "/occurredon", findings);
    judge_value(data.value, &data.disaggregation, findings);
}

fn judge_report<'a>(
    case: &Case<'a>,
    id: EventId,
    findings: &mut Findings,
) -> Option<&'a IndicatorReport> {
    let indicators = &case.project.delivery.indicators;
    let report = indicators.report(id);
    findings.add_if(report.is_none(), || {
        let message = match indicators.corrected_by(id) {
            Some(report) => format!(
                "This is the id of a correction. Give that of the report which it corrects, {}.",
                report.id
            ),
            None => "No event with this id reported an indicator in this project.".to_owned(),
        };
        Finding::new(Rule::IndicatorReportUnknown, "/data/report", message)
    });
    report
}
