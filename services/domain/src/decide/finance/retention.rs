//! The rules of visits, of the keeping of records, and of holds.

use crate::decide::{Case, Findings, partner_unknown};
use crate::event::finance::control::VisitRecorded;
use crate::event::finance::retention::{HoldPlaced, HoldReleased, RetentionStarted};
use crate::rule::{Finding, Rule};

pub(super) fn judge_visit(case: &Case, data: &VisitRecorded, findings: &mut Findings) {
    super::judge_period(case, (data.from, data.to), findings);
    let partners = &case.project.plan.partners;
    if let Some(number) = data.partner.filter(|number| !partners.contains_key(number)) {
        findings.add(partner_unknown(number, "/data/partner"));
    }
    let finance = &case.project.finance;
    if let Some(claim) = data.claim.filter(|claim| finance.claim(*claim).is_none()) {
        let message = format!("No claim {claim} was put together. Name one that was, or none.");
        let finding = Finding::new(Rule::ClaimUnknown, "/data/claim", message);
        findings.add(finding.fact("claim", claim));
    }
}

pub(super) fn judge_start(case: &Case, data: &RetentionStarted, findings: &mut Findings) {
    case.check_not_future(Some(data.last_payment), "/data/lastPayment", findings);
}

pub(super) fn judge_hold(case: &Case, data: &HoldPlaced, findings: &mut Findings) {
    // On behalf of the programme a document is asked for of every event.
    findings.add_if(data.evidence.is_empty() && case.posting.on_behalf_of.is_none(), || {
        let message = "Link the letter in which it is asked that the records be kept.";
        Finding::new(Rule::EvidenceMissing, "/data/evidence", message)
    });
}

pub(super) fn judge_release(case: &Case, data: &HoldReleased, findings: &mut Findings) {
    let Some(hold) = case.project.finance.retention.holds.get(&data.hold) else {
        let message = format!(
            "Nothing was held by an event with the id {}. Give the `id` of the `hold.placed` event.",
            data.hold
        );
        let finding = Finding::new(Rule::HoldUnknown, "/data/hold", message);
        return findings.add(finding.fact("hold", data.hold));
    };
    if let Some((_, released_on)) = hold.released {
        let message = format!("It was released on {released_on}. A new request is a new hold.");
        let finding = Finding::new(Rule::HoldReleasedAlready, "/data/hold", message);
        findings.add(finding.fact("releasedOn", released_on));
    }
    let day = (case.posting.occurred_on, "/occurredon");
    case.check_follows(day, ("the hold", hold.placed_on), findings);
}
