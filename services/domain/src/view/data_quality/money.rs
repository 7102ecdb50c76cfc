//! What is the matter with expenditure lines.

use jiff::civil::Date;

use super::{Finding, Kind, PAYMENT_EXPECTED_DAYS, for_more_than};
use crate::code::Code;
use crate::event::evidence::{Evidence, EvidenceKind};
use crate::event::finance::expenditure::ExpenditureDeclared;
use crate::project::finance::line::{Line, Payment};
use crate::project::plan::item::Item;
use crate::view::Sources;
use crate::view::about::About;

/// Reversed lines need no mending, nor do credit notes, which stand beside the line that they
/// lower.
pub(super) fn findings(sources: &Sources<'_>, today: Date) -> Vec<Finding> {
    let lines = sources.budget_use.lines(sources.project, None).map(|answer| answer.line);
    lines
        .filter(|line| sources.reader.sees_lines_of(Some(line.partner)))
        .filter(|line| line.reversed.is_none())
        .filter_map(|line| Some((line, line.document()?)))
        .filter(|(_, document)| document.corrects.is_none())
        .flat_map(|(line, document)| of_line(sources, line, document, today))
        .collect()
}

fn of_line(
    sources: &Sources<'_>,
    line: &Line,
    document: &ExpenditureDeclared,
    today: Date,
) -> Vec<Finding> {
    let finding = |kind, since| Finding {
        kind,
        about: About::Event(line.id),
        code: items(line).next_back().map(|item| sources.code(item)),
        partner: Some(line.partner),
        since: Some(since),
    };
    let mut findings = Vec::new();
    if document.activity.is_none() && document.deliverable.is_none() {
        findings.push(finding(Kind::LineNotLinked, line.occurred_on));
    }
    // What a credit note brings is no payment that the partner owes.
    let unpaid = !line.declared.is_negative() && !sources.project.finance.lines.is_paid(line);
    if unpaid && for_more_than(PAYMENT_EXPECTED_DAYS, line.occurred_on, today) {
        findings.push(finding(Kind::LineUnpaid, line.occurred_on));
    }
    if let Some(paid_on) = unproved(line) {
        findings.push(finding(Kind::PaymentWithoutProof, paid_on));
    }
    let plan = &sources.project.plan;
    let lacks = |form| items(line).any(|item| plan.code_in(form, item).is_none());
    if sources.form().is_some_and(lacks) {
        findings.push(finding(Kind::CodeNotInForm, line.occurred_on));
    }
    findings
}

/// The first day of a payment that nothing proves: neither a reference, nor a document of its own,
/// nor a proof of payment among the documents of the line.
fn unproved(line: &Line) -> Option<Date> {
    let proves = |evidence: &Evidence| evidence.kind == EvidenceKind::ProofOfPayment;
    if line.evidence().any(proves) {
        return None;
    }
    let nothing = |payment: &&Payment| {
        let data = &payment.data;
        data.proof.is_none() && data.evidence.is_empty() && payment.attached.is_empty()
    };
    line.payments.iter().filter(nothing).map(|payment| payment.data.date).min()
}

/// What the line was for, the smallest last.
fn items(line: &Line) -> impl DoubleEndedIterator<Item = Item<Code>> {
    let activity = line.activity.map(Item::any);
    let deliverable = line.deliverable.map(Item::any);
    [Some(line.work_package.any()), activity, deliverable].into_iter().flatten()
}
