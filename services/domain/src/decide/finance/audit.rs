//! The rules of audits and their findings.

use super::named_lines::{self, Reversed};
use crate::decide::{Case, Findings};
use crate::event::finance::audit::{AuditClosed, AuditOpened, FindingRecorded};
use crate::ids::EventId;
use crate::money::Cents;
use crate::project::finance::audit::AuditFacts;
use crate::rule::{Finding, Rule};

pub(super) fn judge_opened(data: &AuditOpened, findings: &mut Findings) {
    let (Some(from), Some(to)) = (data.from, data.to) else { return };
    findings.add_if(to < from, || {
        let message = format!("The audit ends on {to}, before it begins on {from}.");
        Finding::new(Rule::PeriodReversed, "/data/to", message)
    });
}

/// What an audit found of a line stays true when the line is reversed, so reversed ones are named
/// too.
pub(super) fn judge_finding(case: &Case, data: &FindingRecorded, findings: &mut Findings) {
    named_lines::judge(case, &data.lines, Reversed::Named, findings);
    case.check_to_come(data.due, "/data/due", findings);
    findings.add_if(data.amount.is_some_and(|amount| amount <= Cents::ZERO), || {
        let message = "Give what is at stake as an amount that is more than 0.00, or leave it out.";
        Finding::new(Rule::AmountNotPositive, "/data/amount", message)
    });
    let Some(audit) = judge_open(case, data.audit, findings) else { return };
    findings.add_if(audit.has_finding(data.number.as_str()), || {
        let message = format!(
            "Finding {} of this audit is recorded. Give the number that it has in the report.",
            data.number
        );
        Finding::new(Rule::FindingNumberTaken, "/data/number", message).fact("number", &data.number)
    });
}

pub(super) fn judge_closed(case: &Case, data: &AuditClosed, findings: &mut Findings) {
    judge_open(case, data.audit, findings);
}

fn judge_open<'a>(case: &Case<'a>, id: EventId, findings: &mut Findings) -> Option<&'a AuditFacts> {
    let Some(audit) = case.project.finance.audits.get(id) else {
        let message = format!(
            "No audit was opened by the event {id}. Give the `id` of the `audit.opened` event."
        );
        let finding = Finding::new(Rule::AuditUnknown, "/data/audit", message);
        findings.add(finding.fact("audit", id));
        return None;
    };
    if let Some(closed_on) = audit.closed_on {
        let message = format!(
            "The audit was closed on {closed_on}. What is found afterwards belongs to an audit \
             that is opened for it."
        );
        let finding = Finding::new(Rule::AuditClosedAlready, "/data/audit", message);
        findings.add(finding.fact("closedOn", closed_on));
    }
    let opened = ("the audit was opened", audit.opened_on);
    case.check_follows((case.posting.occurred_on, "/occurredon"), opened, findings);
    Some(audit)
}
