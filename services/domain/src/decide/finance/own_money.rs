//! The rules of contributions, of what is brought in kind, and of revenue.

use super::judge_taken_back;
use crate::decide::{Case, Findings};
use crate::event::finance::own_money::{ContributionReceived, InKindRecorded, RevenueRecorded};
use crate::event::plan::application_form::{Contribution, ContributionKind};
use crate::ids::PartnerNumber;
use crate::money::Cents;
use crate::project::finance::dated::Dated;
use crate::project::finance::own_money::{SourceKey, compared};
use crate::rule::{Finding, Rule};

pub(super) fn judge_contribution(
    case: &Case,
    data: &ContributionReceived,
    findings: &mut Findings,
) {
    let Some(partner) = case.partner() else { return };
    judge_amount(data.amount, findings);
    case.check_document_date(data.date, findings);
    judge_source(case, partner, data, findings);
    let source = SourceKey::of(&data.source, data.kind);
    let received = case.project.finance.own_money.received(partner, &source);
    judge_given_back(case, data.amount, &received, findings);
}

pub(super) fn judge_in_kind(case: &Case, data: &InKindRecorded, findings: &mut Findings) {
    let own_money = &case.project.finance.own_money;
    let recorded = case.partner().map(|partner| own_money.in_kind(partner)).unwrap_or_default();
    judge_taken_back(case, data.value, &recorded, "/data/value", findings);
    case.check_code(data.work_package.into(), "/data/workPackage", findings);
    super::judge_period(case, (data.from, data.to), findings);
    case.check_partner_stays(data.to, "/data/to", findings);
    let needs_evidence = case.posting.on_behalf_of.is_none() && !data.value.is_negative();
    findings.add_if(data.evidence.is_empty() && needs_evidence, || {
        let message = "Link what shows that it was brought, and how its value was found.";
        Finding::new(Rule::EvidenceMissing, "/data/evidence", message)
    });
}

pub(super) fn judge_revenue(case: &Case, data: &RevenueRecorded, findings: &mut Findings) {
    let Some(partner) = case.partner() else { return };
    judge_amount(data.amount, findings);
    case.check_document_date(data.date, findings);
    let earned = case.project.finance.own_money.earned(partner, &data.source);
    judge_given_back(case, data.amount, &earned, findings);
}

fn judge_amount(amount: Cents, findings: &mut Findings) {
    findings.add_if(amount == Cents::ZERO, || {
        Finding::new(Rule::AmountZero, "/data/amount", "Give the amount that came in.")
    });
}

/// No more is given back than came in from the same source.
fn judge_given_back(case: &Case, amount: Cents, before: &Dated, findings: &mut Findings) {
    let before = before.least_from(case.posting.occurred_on);
    findings.add_if(amount.is_negative() && before + amount < Cents::ZERO, || {
        let message = format!(
            "{before} euro of this source came in, so no more than that is given back. Look for \
            the source under the name and kind with which it was recorded."
        );
        Finding::new(Rule::GivenBackAboveReceived, "/data/amount", message).fact("received", before)
    });
}

/// The source is one of those that the form in force on the day names for the partner, and of the
/// kind that it names.
fn judge_source(
    case: &Case,
    partner: PartnerNumber,
    data: &ContributionReceived,
    findings: &mut Findings,
) {
    let day = case.posting.occurred_on;
    let Some(form) = case.project.plan.form_on(day) else { return };
    let financing = form.budget.partners.iter().filter(|financing| financing.partner == partner);
    let planned: Vec<&Contribution> = financing.flat_map(|of| of.contributions.iter()).collect();
    let name = compared(&data.source);
    let named: Vec<_> = planned.iter().filter(|one| compared(&one.source) == name).collect();
    if named.is_empty() {
        let names: Vec<_> = planned.iter().map(|one| one.source.to_string()).collect();
        let message = format!(
            "The application form in force on {day} names for this partner: {}. Write the source \
            as it stands there, or have the form changed.",
            if names.is_empty() { "no source".to_owned() } else { names.join(", ") }
        );
        findings.add(Finding::new(Rule::SourceNotPlanned, "/data/source", message));
    } else if named.iter().all(|one| one.kind != data.kind) {
        let planned = match data.kind {
            ContributionKind::Public => "private",
            ContributionKind::Private => "public",
        };
        let message = format!(
            "In the application form in force on {day} this source is {planned}. Correct the kind, \
            or have the form changed."
        );
        let finding = Finding::new(Rule::SourceKindDiffers, "/data/kind", message);
        findings.add(finding.fact("planned", planned));
    }
}
