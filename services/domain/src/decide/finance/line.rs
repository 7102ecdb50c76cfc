//! What is said of a line after it was declared: amendments, the lead's check, documents.

use super::declared;
use super::settled::live_line;
use crate::decide::{Case, Findings};
use crate::event::evidence::Evidence;
use crate::event::finance::expenditure::{
    EvidenceAttached, EvidenceSuperseded, ExpenditureAmended, ExpenditureDeclared,
    ExpenditurePrechecked, Precheck, SupersededDocument,
};
use crate::ids::EventId;
use crate::money::Cents;
use crate::posting::Posting;
use crate::project::finance::document::DocumentKey;
use crate::project::finance::line::{Line, Reversed};
use crate::rule::{Finding, Rule};

/// The line is judged by every rule as it reads after the amendment, on its own day.
pub(super) fn judge_amended(case: &Case, data: &ExpenditureAmended, findings: &mut Findings) {
    let Some(line) = live_line(case, data.line, "/data/line", findings) else { return };
    if line.is_locked() {
        return findings.add(locked(line));
    }
    let Some(before) = line.document() else {
        let message = "This stands on no document. Reverse it and post it anew.";
        return findings.add(Finding::new(Rule::LineWithoutDocument, "/data/line", message));
    };
    let after = data.applied_to(before);
    findings.add_if(after == **before && data.evidence.is_empty(), || {
        let message = "The line reads like this already. Say what is different from now on.";
        Finding::new(Rule::NothingChanges, "/data", message)
    });
    let told_of = line.paid != Cents::ZERO || line.credited != Cents::ZERO;
    findings.add_if(after.currency != before.currency && told_of, || {
        let message = format!(
            "Payments or credit notes of it were recorded in {}. Reverse the line and declare it anew.",
            before.currency
        );
        Finding::new(Rule::DocumentCurrencyDiffers, "/data/currency", message)
    });
    judge_credited(line, &after, findings);
    judge_paid_of_amended(case, line, &after, findings);
    let occurred_on = after.document.date().unwrap_or(line.occurred_on);
    let posting = Posting { occurred_on, ..case.posting.clone() };
    let as_declared = Case { posting: &posting, ..*case };
    declared::judge(&as_declared, &after, Some(line), findings);
    let day = (case.posting.occurred_on, "/occurredon");
    case.check_follows(day, ("the line", line.occurred_on), findings);
}

/// What credit notes take off a line is at most the line.
fn judge_credited(line: &Line, after: &ExpenditureDeclared, findings: &mut Findings) {
    let left = after.declared + line.credited;
    findings.add_if(line.credited != Cents::ZERO && left.is_negative(), || {
        let message = format!(
            "Credit notes take {} {} off the line. Reverse them first, or leave it at least so \
            much.",
            line.credited, after.currency
        );
        Finding::new(Rule::CorrectionAboveLine, "/data/declared", message)
            .fact("credited", line.credited)
    });
}

/// What was paid of the document is at most what it comes to after the amendment.
fn judge_paid_of_amended(
    case: &Case,
    line: &Line,
    after: &ExpenditureDeclared,
    findings: &mut Findings,
) {
    let negative = after.declared.is_negative();
    let (mut paid, mut gross) = (line.paid, after.net + after.vat);
    let key = DocumentKey::of(&after.document);
    let others = case.project.finance.lines.of_document(key, line.partner);
    for other in others.filter(|other| other.id != line.id) {
        let Some(document) = other.document() else { continue };
        if other.declared.is_negative() == negative {
            paid += other.paid;
            let stated = document.net + document.vat;
            gross = if negative { gross.min(stated) } else { gross.max(stated) };
        }
    }
    let above = if negative { paid < gross } else { paid > gross };
    findings.add_if(above && line.paid != Cents::ZERO, || {
        let message = format!(
            "{paid} {} of the document are paid, and it would come to {gross}. Reverse the line \
            and declare it anew.",
            after.currency
        );
        Finding::new(Rule::PaidAboveDocument, "/data/net", message)
            .fact("paid", paid)
            .fact("document", gross)
    });
}

pub(super) fn locked(line: &Line) -> Finding {
    let claim = line.portions.last().map(|portion| portion.claim).unwrap_or_default();
    Finding::new(
        Rule::LineLocked,
        "/data/line",
        format!(
            "The line is in claim {claim}, which was submitted. Reverse it and declare it anew; \
            both go into the next claim."
        ),
    )
    .fact("claim", claim)
}

/// Only the lead looks, so every line may be named.
pub(super) fn judge_prechecked(case: &Case, data: &ExpenditurePrechecked, findings: &mut Findings) {
    findings.add_if(data.result == Precheck::Query && data.note.is_none(), || {
        let message = "Say in `note` what is to be mended or made clear.";
        Finding::new(Rule::RemarkMissing, "/data/note", message)
    });
    let Some(line) = known_line(case, data.line, "/data/line", findings) else { return };
    findings.add_if(line.is_locked() && !line.is_free(), || locked(line));
}

/// A line of any partner, for those who see all of them. One that counts nowhere takes no event.
pub(super) fn known_line<'a>(
    case: &Case<'a>,
    id: EventId,
    pointer: &str,
    findings: &mut Findings,
) -> Option<&'a Line> {
    let Some(line) = case.project.finance.line(id) else {
        let message = format!("No line was declared with the id {id}. Give the id of its event.");
        findings.add(Finding::new(Rule::LineUnknown, pointer, message).fact("line", id));
        return None;
    };
    if line.reversed == Some(Reversed::TakenOut) {
        let message = format!("The line {id} was reversed and is in no figure. Leave it out.");
        findings.add(Finding::new(Rule::LineReversed, pointer, message).fact("line", id));
        return None;
    }
    Some(line)
}

pub(super) fn judge_attached(case: &Case, data: &EvidenceAttached, findings: &mut Findings) {
    let _ = target(case, data.target, findings);
    judge_has_evidence(&data.evidence, "Name at least one document.", findings);
}

pub(super) fn judge_superseded(case: &Case, data: &EvidenceSuperseded, findings: &mut Findings) {
    judge_has_evidence(&data.evidence, "Name the document that takes its place.", findings);
    let Some(line) = target(case, data.target, findings) else { return };
    let is_meant = |evidence: &Evidence| match &data.superseded {
        SupersededDocument::Sha256(hash) => evidence.sha256.as_ref() == Some(hash),
        SupersededDocument::Uri(uri) => evidence.uri.as_ref() == Some(uri),
    };
    let payment = line.payments.iter().find(|payment| payment.id == data.target);
    let found = match payment {
        Some(payment) => payment.data.evidence.iter().chain(&payment.attached).any(is_meant),
        None => line.evidence().any(is_meant),
    };
    findings.add_if(!found, || {
        let message = "It has no document with this hash or address. Look at its documents, or \
            attach the new one with `evidence.attached`.";
        Finding::new(Rule::SupersededUnknown, "/data/superseded", message)
    });
}

fn judge_has_evidence(evidence: &[Evidence], message: &str, findings: &mut Findings) {
    findings.add_if(evidence.is_empty(), || {
        Finding::new(Rule::EvidenceMissing, "/data/evidence", message)
    });
}

/// The acting partner's own item that documents are laid to.
fn target<'a>(case: &Case<'a>, id: EventId, findings: &mut Findings) -> Option<&'a Line> {
    let line = case.project.finance.line_of_target(id);
    let own = line.filter(|line| case.partner() == Some(line.partner));
    findings.add_if(own.is_none(), || {
        let message = format!(
            "No line, lump sum, unit cost or payment of this partner was recorded with the id {id}."
        );
        Finding::new(Rule::EvidenceTargetUnknown, "/data/target", message).fact("target", id)
    });
    own
}
