//! Lines that are named together: by a controller or an auditor, known and of one partner; by a
//! message, as people know them.

use super::control::not_in_claim;
use crate::decide::{Case, Findings};
use crate::event::finance::expenditure::Document;
use crate::ids::EventId;
use crate::project::finance::claims::Claim;
use crate::project::finance::line::{Cost, Line};
use crate::rule::{Finding, Rule};

/// Whether lines that were reversed may be named.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reversed {
    Named,
    Refused,
}

pub(super) fn judge(case: &Case, lines: &[EventId], reversed: Reversed, findings: &mut Findings) {
    let finance = &case.project.finance;
    let first = finance.partner_of_lines(lines);
    for (index, id) in lines.iter().enumerate() {
        let pointer = format!("/data/lines/{index}");
        let Some(partner) = finance.partner_of(*id) else {
            let message = format!(
                "No line was declared with the id {id}. Give the `id` of the event that declared it."
            );
            findings.add(Finding::new(Rule::LineUnknown, pointer, message).fact("line", id));
            continue;
        };
        let is_reversed = finance.line(*id).is_some_and(|line| line.is_taken_out());
        findings.add_if(is_reversed && reversed == Reversed::Refused, || {
            let message = "The line was reversed, so that there is nothing to be cleared up of it.";
            Finding::new(Rule::LineReversed, pointer.clone(), message).fact("line", id)
        });
        if let Some(first) = first.filter(|first| *first != partner) {
            let message = format!(
                "The line is of partner {partner}, the ones before are of partner {first}. Name \
                 the lines of each partner by themselves."
            );
            let finding = Finding::new(Rule::LinesOfSeveralPartners, pointer, message);
            findings.add(finding.fact("partner", partner).fact("first", first));
        }
    }
}

/// What counts nowhere any more is refused as such.
pub(super) fn judge_in_claim(
    case: &Case,
    lines: &[EventId],
    claim: &Claim,
    findings: &mut Findings,
) {
    let outside = |line: &Line| !line.is_taken_out() && line.portion(claim.number).is_none();
    for (index, id) in lines.iter().enumerate() {
        findings.add_if(case.project.finance.line(*id).is_some_and(outside), || {
            not_in_claim(*id, claim.number, format!("/data/lines/{index}"))
        });
    }
}

/// An item as people know it, with its id behind: invoice 17 of partner 3 (0197…).
pub(super) fn name_of(line: &Line) -> String {
    let what = match &line.cost {
        Cost::Document(data) => {
            let kind = match &data.document {
                Document::Invoice(_) => "invoice",
                Document::Payroll(_) => "payroll",
                Document::Travel(_) => "travel order",
                Document::Internal(_) => "document",
            };
            format!("{kind} {}", data.document.reference())
        }
        Cost::LumpSum(data) => format!("lump sum `{}`", data.option),
        Cost::UnitCost(data) => format!("unit cost `{}`", data.option),
        Cost::Reversal { .. } => "a reversal".to_owned(),
    };
    format!("{what} of partner {} ({})", line.partner, line.id)
}
