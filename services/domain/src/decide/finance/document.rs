//! The lines of one document: together they are at most what it has for the project.

use crate::code::WorkPackageCode;
use crate::decide::{Case, Findings};
use crate::event::finance::expenditure::ExpenditureDeclared;
use crate::ids::{EventId, PartnerNumber};
use crate::money::{Cents, Currency, Share};
use crate::project::finance::document::DocumentKey;
use crate::project::finance::line::Line;
use crate::project::plan::item::Item;
use crate::rule::{Finding, Rule};

/// What a line says its document has for the project: `base` × `share`.
#[derive(Clone, Copy)]
pub(super) struct Claim {
    /// Net + VAT − recoverable VAT.
    pub(super) base: Cents,
    pub(super) share: Share,
}

impl Claim {
    pub(super) fn of(data: &ExpenditureDeclared) -> Self {
        Self { base: data.net + data.vat - data.vat_recoverable, share: data.share }
    }

    /// Whether an amount is at most the claim, compared exactly; for negative amounts, not
    /// further below nothing.
    pub(super) fn holds(self, amount: Cents) -> bool {
        if amount.is_negative() {
            (-amount).is_within_share(self.share, -self.base)
        } else {
            amount.is_within_share(self.share, self.base)
        }
    }

    /// The largest whole cent that the claim holds on the side of `amount`.
    pub(super) fn limit(self, amount: Cents) -> Cents {
        if amount.is_negative() {
            -(-self.base).share_rounded_down(self.share)
        } else {
            self.base.share_rounded_down(self.share)
        }
    }
}

/// A line that stands on a document.
struct DeclaredLine<'a> {
    id: EventId,
    work_package: Item<WorkPackageCode>,
    data: &'a ExpenditureDeclared,
}

impl<'a> DeclaredLine<'a> {
    fn of(line: &'a Line) -> Option<Self> {
        let data = line.document()?;
        Some(Self { id: line.id, work_package: line.work_package, data })
    }
}

/// Every line states net, VAT and share of the whole document; only `declared` is split. So the
/// lines together are at most the smallest that one of them states: a wrong line lifts no limit.
pub(super) fn judge(
    case: &Case,
    partner: PartnerNumber,
    data: &ExpenditureDeclared,
    replaced: Option<&Line>,
    findings: &mut Findings,
) {
    let finance = &case.project.finance;
    let key = DocumentKey::of(&data.document);
    let other = |line: &&Line| replaced.is_none_or(|replaced| replaced.id != line.id);
    let lines = finance.lines.of_document(key.clone(), partner).filter(other);
    let lines: Vec<DeclaredLine> = lines.filter_map(DeclaredLine::of).collect();
    if let Some(line) = lines.iter().find(|line| line.data.currency != data.currency) {
        findings.add(differs(line.data.currency, "The document", "/data/currency"));
    }
    let same = |line: &&DeclaredLine| {
        line.work_package == case.item(data.work_package)
            && line.data.category == data.category
            && line.data.declared == data.declared
            && line.data.corrects == data.corrects
    };
    if let Some(line) = lines.iter().find(same) {
        findings.add(
            Finding::new(
                Rule::DocumentDeclaredTwice,
                "/data/document",
                "You have declared this document with the same work package, category and \
                amount. Leave it, or reverse the earlier line first.",
            )
            .fact("line", line.id),
        );
    }
    let of_this_sign = |line: &&DeclaredLine| {
        line.data.currency == data.currency
            && line.data.declared.is_negative() == data.declared.is_negative()
    };
    let earlier: Vec<&DeclaredLine> = lines.iter().filter(of_this_sign).collect();
    if !earlier.is_empty() {
        judge_amounts_of_document(data, &earlier, findings);
        judge_sum_of_document(data, &earlier, findings);
    }
    findings.add_if(finance.lines.is_declared_by_another(key, partner), || {
        Finding::new(
            Rule::DocumentAtAnotherPartner,
            "/data/document",
            "Another partner has declared this document. Agree with the lead whose cost it is.",
        )
    });
}

fn judge_amounts_of_document(
    data: &ExpenditureDeclared,
    lines: &[&DeclaredLine],
    findings: &mut Findings,
) {
    let stated = |line: &ExpenditureDeclared| (line.net, line.vat, line.vat_recoverable);
    if let Some(other) = lines.iter().find(|line| stated(line.data) != stated(data)) {
        findings.add(
            Finding::new(
                Rule::DocumentAmountsDiffer,
                "/data/document",
                format!(
                    "An earlier line of this document has net {}, VAT {} and recoverable VAT {}. \
                    Reverse the line that is wrong and declare it anew.",
                    other.data.net, other.data.vat, other.data.vat_recoverable
                ),
            )
            .fact("line", other.id),
        );
    }
}

fn judge_sum_of_document(
    data: &ExpenditureDeclared,
    lines: &[&DeclaredLine],
    findings: &mut Findings,
) {
    let declared = lines.iter().map(|line| line.data.declared).sum::<Cents>() + data.declared;
    let claims = || {
        let earlier = lines.iter().map(|line| Claim::of(line.data));
        earlier.chain(std::iter::once(Claim::of(data)))
    };
    findings.add_if(!claims().all(|claim| claim.holds(declared)), || {
        let limits = claims().map(|claim| claim.limit(declared));
        let limit = if declared.is_negative() { limits.max() } else { limits.min() };
        let limit = limit.unwrap_or_default();
        Finding::new(
            Rule::DocumentExceeded,
            "/data/declared",
            format!(
                "With this line {declared} {} of the document are declared, of {limit} that it \
                has for the project by the line that states least. Give net, VAT and `share` of \
                the whole document on each of its lines, and split only `declared`.",
                data.currency
            ),
        )
        .fact("declared", declared)
        .fact("eligible", limit)
    });
}

pub(super) fn differs(currency: Currency, what: &str, pointer: &str) -> Finding {
    Finding::new(
        Rule::DocumentCurrencyDiffers,
        pointer,
        format!("{what} was declared in {currency}. Give the amounts in that currency."),
    )
    .fact("currency", currency)
}
