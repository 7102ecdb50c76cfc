//! What is the matter with expenditure lines.

use jiff::civil::Date;

use super::{DataQuality, Finding, Kind, PAYMENT_EXPECTED_DAYS, for_more_than};
use crate::code::Code;
use crate::event::evidence::{Evidence, EvidenceKind};
use crate::money::Cents;
use crate::project::plan::item::Item;
use crate::view::Sources;
use crate::view::about::About;
use crate::view::budget_use::line::LineAnswer;

impl DataQuality {
    /// Reversed lines need no mending, nor do credit notes, which stand beside the line that they
    /// lower.
    pub(super) fn money(&self, sources: &Sources<'_>, today: Date) -> Vec<Finding> {
        let lines = sources.budget_use.lines(sources.project, None);
        lines
            .filter(|line| sources.reader.sees_lines_of(Some(line.partner)))
            .filter(|line| !line.reversed && line.data.corrects.is_none())
            .flat_map(|line| self.of_line(sources, &line, today))
            .collect()
    }

    fn of_line(&self, sources: &Sources<'_>, line: &LineAnswer, today: Date) -> Vec<Finding> {
        let finding = |kind, since| Finding {
            kind,
            about: About::Event(line.id),
            code: items(line).next_back().map(|item| sources.code(item)),
            partner: Some(line.partner),
            since: Some(since),
        };
        let mut findings = Vec::new();
        if line.data.activity.is_none() && line.data.deliverable.is_none() {
            findings.push(finding(Kind::LineNotLinked, line.occurred_on));
        }
        if is_unpaid(line) && for_more_than(PAYMENT_EXPECTED_DAYS, line.occurred_on, today) {
            findings.push(finding(Kind::LineUnpaid, line.occurred_on));
        }
        let proves = |evidence: &Evidence| evidence.kind == EvidenceKind::ProofOfPayment;
        let unproved = self.unproved.get(&line.id).copied();
        if let Some(paid_on) = unproved.filter(|_| !line.data.evidence.iter().any(proves)) {
            findings.push(finding(Kind::PaymentWithoutProof, paid_on));
        }
        let plan = &sources.project.plan;
        let lacks = |form| items(line).any(|item| plan.code_in(form, item).is_none());
        if sources.form().is_some_and(lacks) {
            findings.push(finding(Kind::CodeNotInForm, line.occurred_on));
        }
        findings
    }
}

/// Whether something of the line, less its credit notes, is not paid.
fn is_unpaid(line: &LineAnswer) -> bool {
    line.paid < line.declared + line.credited && line.declared + line.credited > Cents::ZERO
}

/// What the line was for, the smallest last.
fn items(line: &LineAnswer) -> impl DoubleEndedIterator<Item = Item<Code>> {
    let activity = line.activity.map(Item::any);
    let deliverable = line.deliverable.map(Item::any);
    [Some(line.work_package.any()), activity, deliverable].into_iter().flatten()
}
