//! What becomes of a line: payments, and its reversal.

use super::judge_taken_back;
use crate::decide::{Case, Findings};
use crate::event::finance::expenditure::{
    ExpenditureDeclared, ExpenditurePaid, ExpenditureReversed,
};
use crate::ids::EventId;
use crate::money::Cents;
use crate::project::finance::document::DocumentKey;
use crate::project::finance::line::Line;
use crate::rule::{Finding, Rule};

pub(super) fn judge_paid(case: &Case, data: &ExpenditurePaid, findings: &mut Findings) {
    judge_day_of_payment(case, data, findings);
    let Some(line) = live_line(case, data.line, "/data/line", findings) else { return };
    let Some(document) = line.document() else {
        let message = "A lump sum, a unit cost and a reversal are not paid to a supplier. Name the \
            line of a document.";
        return findings.add(Finding::new(Rule::LineWithoutDocument, "/data/line", message));
    };
    judge_sign(case, line, data.amount, findings);
    findings.add_if(data.date < document.incurred_from, || {
        Finding::new(
            Rule::PaidBeforeIncurred,
            "/data/date",
            format!(
                "Paid on {}, before the cost was incurred from {} on: an advance.",
                data.date, document.incurred_from
            ),
        )
        .fact("incurredFrom", document.incurred_from)
    });
    judge_paid_of_document(case, data, (line, document), findings);
}

/// A payment of the other sign than its line takes back what was mistyped before.
fn judge_sign(case: &Case, line: &Line, amount: Cents, findings: &mut Findings) {
    let declared = line.declared;
    let other = amount != Cents::ZERO && amount.is_negative() != declared.is_negative();
    if other && line.paid == Cents::ZERO {
        let message = "A payment of a cost is positive; only money back for a credit note is \
            negative, and it names the credit note in `line`.";
        let finding = Finding::new(Rule::SignsDisagree, "/data/amount", message);
        return findings.add(finding.fact("declared", declared));
    }
    let size = if declared.is_negative() { -amount } else { amount };
    judge_taken_back(case, size, &line.paid_by_day(), "/data/amount", findings);
}

/// A payment occurs on its date, which is not in the future.
fn judge_day_of_payment(case: &Case, data: &ExpenditurePaid, findings: &mut Findings) {
    case.check_document_date(data.date, findings);
    let latest = case.latest_day();
    findings.add_if(data.date > latest, || {
        Finding::new(
            Rule::PaidInFuture,
            "/data/date",
            format!(
                "{} is after {latest}. Record the payment once it is made, or correct the date.",
                data.date
            ),
        )
        .fact("today", latest)
    });
}

/// Payments of all live lines of the document together are at most net + VAT of the document,
/// as the line that states most gives it.
fn judge_paid_of_document(
    case: &Case,
    data: &ExpenditurePaid,
    (line, document): (&Line, &ExpenditureDeclared),
    findings: &mut Findings,
) {
    let negative = line.declared.is_negative();
    let key = DocumentKey::of(&document.document);
    let (mut paid, mut gross) = (data.amount, Cents::ZERO);
    for other in case.project.finance.lines.of_document(key, line.partner) {
        let Some(document) = other.document() else { continue };
        if other.declared.is_negative() == negative {
            paid += other.paid;
            let stated = gross_of(document);
            gross = if negative { gross.min(stated) } else { gross.max(stated) };
        }
    }
    let above = if negative { paid < gross } else { paid > gross };
    findings.add_if(above, || {
        let currency = line.currency;
        Finding::new(
            Rule::PaidAboveDocument,
            "/data/amount",
            format!(
                "With this payment {paid} {currency} of the document would be paid, of \
                {gross} {currency}. Give the part of the payment that is for this document."
            ),
        )
        .fact("paid", paid)
        .fact("document", gross)
    });
}

fn gross_of(data: &ExpenditureDeclared) -> Cents {
    data.net + data.vat
}

pub(super) fn judge_reversed(case: &Case, data: &ExpenditureReversed, findings: &mut Findings) {
    let Some(line) = live_line(case, data.line, "/data/line", findings) else { return };
    findings.add_if(line.is_reversal(), || {
        let message = "This takes a line back. If the cost stands after all, declare it anew: \
            its document is free.";
        Finding::new(Rule::LineLocked, "/data/line", message)
    });
    let day = (case.posting.occurred_on, "/occurredon");
    if let Some(submission) = line
        .portions
        .last()
        .and_then(|portion| case.project.finance.claim(portion.claim)?.submission.as_ref())
    {
        case.check_follows(day, ("the claim that it is in", submission.on), findings);
    }
    findings.add_if(line.credited != Cents::ZERO, || {
        Finding::new(
            Rule::LineHasCreditNotes,
            "/data/line",
            format!(
                "Credit notes of {} {} name this line. Reverse them first, then the line.",
                line.credited, line.currency
            ),
        )
        .fact("credited", line.credited)
    });
}

/// The acting partner's own line that an event names. Another partner's is as unknown as one
/// that was never declared.
pub(super) fn live_line<'a>(
    case: &Case<'a>,
    id: EventId,
    pointer: &str,
    findings: &mut Findings,
) -> Option<&'a Line> {
    let own = case.project.finance.line(id).filter(|line| case.partner() == Some(line.partner));
    let Some(line) = own else {
        findings.add(
            Finding::new(
                Rule::LineUnknown,
                pointer,
                format!(
                    "No line of this partner was declared with the id {id}. Give the `id` of the \
                    `expenditure.declared` event."
                ),
            )
            .fact("line", id),
        );
        return None;
    };
    findings.add_if(line.reversed.is_some(), || {
        Finding::new(
            Rule::LineReversed,
            pointer,
            "The line was reversed. If the cost stands after all, declare it anew.",
        )
        .fact("line", id)
    });
    line.reversed.is_none().then_some(line)
}
