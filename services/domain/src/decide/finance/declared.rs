//! A new expenditure line.

use jiff::civil::Date;

use super::document::{self, Claim, differs};
use super::settled::live_line;
use super::{budget, contract, window};
use crate::code::{ActivityCode, Code, DeliverableCode, WorkPackageCode};
use crate::decide::{Case, Findings};
use crate::event::finance::expenditure::{Document, ExpenditureDeclared};
use crate::event::plan::application_form::Category;
use crate::ids::PartnerNumber;
use crate::money::{Cents, Currency};
use crate::project::finance::line::Line;
use crate::rule::{Finding, Rule};

/// Judges a line that is declared, or one that reads like this once it is amended: `replaced` is
/// the line as it was before.
pub(super) fn judge(
    case: &Case,
    data: &ExpenditureDeclared,
    replaced: Option<&Line>,
    findings: &mut Findings,
) {
    // Policy lets only partners declare, so there is one; without it no rule could be judged.
    let Some(partner) = case.partner() else { return };
    judge_codes(case, (data.work_package, data.activity, data.deliverable), findings);
    judge_category(case, partner, data, findings);
    judge_days(case, data, findings);
    judge_signs(data, findings);
    judge_eligible_amount(data, findings);
    judge_self_assessed_vat(data, findings);
    document::judge(case, partner, data, replaced, findings);
    judge_supplier(case, partner, data, findings);
    judge_credit_note(case, data, replaced, findings);
    judge_currency(case, data, findings);
    contract::judge_line(case, partner, data, replaced, findings);
    let spent = budget::Spent {
        work_package: data.work_package,
        category: data.category,
        amount: (data.declared, data.currency),
        pointers: ["/data/declared", "/data/workPackage", "/data/category"],
    };
    budget::judge(case, partner, &spent, replaced, findings);
}

/// Work package, activity and deliverable of a cost.
pub(super) type Codes = (WorkPackageCode, Option<ActivityCode>, Option<DeliverableCode>);

/// What a cost was for is in the form, and the one belongs to the other.
pub(super) fn judge_codes(
    case: &Case,
    (work_package, activity, deliverable): Codes,
    findings: &mut Findings,
) {
    case.check_code(work_package.into(), "/data/workPackage", findings);
    let disagree = |code: Code, pointer: &str, with: Code| {
        Finding::new(
            Rule::CodesDisagree,
            pointer,
            format!("{code} does not belong to {with}. Give the one or the other as it is meant."),
        )
        .fact("code", code)
        .fact("with", with)
    };
    if let Some(activity) = activity {
        case.check_code(activity.into(), "/data/activity", findings);
        findings.add_if(activity.work_package() != work_package, || {
            disagree(activity.into(), "/data/activity", work_package.into())
        });
    }
    if let Some(deliverable) = deliverable {
        case.check_code(deliverable.into(), "/data/deliverable", findings);
        findings.add_if(deliverable.work_package() != work_package, || {
            disagree(deliverable.into(), "/data/deliverable", work_package.into())
        });
        if let Some(activity) = activity.filter(|a| *a != deliverable.activity()) {
            findings.add(disagree(deliverable.into(), "/data/deliverable", activity.into()));
        }
    }
}

/// The category is one that the partner has in its budget, in any work package, and whose costs
/// are real costs.
fn judge_category(
    case: &Case,
    partner: PartnerNumber,
    data: &ExpenditureDeclared,
    findings: &mut Findings,
) {
    let (plan, day) = (&case.project.plan, case.posting.occurred_on);
    let at = |rule, message: String| Finding::new(rule, "/data/category", message);
    if data.category == Category::LumpSum {
        let message = "A lump sum needs no line: it counts when its result is shown.";
        return findings.add(at(Rule::LumpSumNotPosted, message.to_owned()));
    }
    if let Some(flat) = plan.flat_rate(partner, data.category, day) {
        let message = format!(
            "This category is computed as {} of its base. Declare only the lines of the base.",
            flat.rate
        );
        return findings.add(at(Rule::FlatRateNotPosted, message).fact("rate", flat.rate));
    }
    let planned = plan.form_on(day).is_some_and(|form| {
        let mut cells = form.budget.cells.iter();
        cells.any(|cell| cell.partner == partner && cell.category == data.category)
    });
    findings.add_if(!planned, || {
        let message = format!(
            "Partner {partner} has no budget in this category in the form in force on {day}. \
            Choose the category that the cost was planned in, or ask the lead for a change."
        );
        at(Rule::CategoryNotPlanned, message).fact("partner", partner)
    });
}

fn judge_days(case: &Case, data: &ExpenditureDeclared, findings: &mut Findings) {
    findings.add_if(data.incurred_from > data.incurred_to, || {
        Finding::new(
            Rule::PeriodReversed,
            "/data/incurredTo",
            format!("{} is before {}; exchange the two.", data.incurred_to, data.incurred_from),
        )
    });
    case.check_partner_stays(data.incurred_to, "/data/incurredTo", findings);
    let latest = case.latest_day();
    let mut by_today = |date: Date, pointer: &str| {
        findings.add_if(date > latest, || {
            let message = format!("{date} is after {latest}. Declare what is past, or correct it.");
            Finding::new(Rule::OccurredInFuture, pointer, message).fact("today", latest)
        });
    };
    by_today(data.incurred_to, "/data/incurredTo");
    match &data.document {
        Document::Invoice(invoice) => {
            by_today(invoice.date, "/data/document/invoice/date");
            case.check_document_date(invoice.date, findings);
        }
        Document::Payroll(_) | Document::Travel(_) | Document::Internal(_) => {}
    }
    let from = (data.incurred_from, "/data/incurredFrom");
    let to = (data.incurred_to, "/data/incurredTo");
    window::judge(case, data.work_package, (from, to), findings);
}

/// A cost is positive throughout, a credit note negative throughout.
fn judge_signs(data: &ExpenditureDeclared, findings: &mut Findings) {
    if data.declared == Cents::ZERO {
        let message = "Declare the amount that the project bears.";
        return findings.add(Finding::new(Rule::AmountZero, "/data/declared", message));
    }
    let negative = data.declared.is_negative();
    let amounts = [
        ("net", Some(data.net)),
        ("vat", Some(data.vat)),
        ("vatRecoverable", Some(data.vat_recoverable)),
        ("selfAssessedVat", data.self_assessed_vat),
    ];
    for (name, amount) in amounts {
        let amount = amount.unwrap_or_default();
        findings.add_if(amount != Cents::ZERO && amount.is_negative() != negative, || {
            let sign = if negative { "negative" } else { "positive" };
            Finding::new(
                Rule::SignsDisagree,
                format!("/data/{name}"),
                format!("`declared` is {sign}, so `{name}` is {sign} too."),
            )
            .fact("declared", data.declared)
        });
    }
    findings.add_if(negative != data.corrects.is_some(), || {
        let message = if negative {
            "Name in `corrects` the line that this credit note lowers."
        } else {
            "Only a credit note corrects a line, and its amounts are negative. Take out \
            `corrects`, or give the amounts their minus."
        };
        Finding::new(Rule::SignsDisagree, "/data/corrects", message)
    });
}

fn judge_eligible_amount(data: &ExpenditureDeclared, findings: &mut Findings) {
    let claim = Claim::of(data);
    findings.add_if(!claim.holds(data.declared), || {
        let limit = claim.limit(data.declared);
        Finding::new(
            Rule::DeclaredAboveEligible,
            "/data/declared",
            format!(
                "Of {} (net + VAT - recoverable VAT) the share of {} is {limit} {}. Declare at \
                most that.",
                claim.base, claim.share, data.currency
            ),
        )
        .fact("declared", data.declared)
        .fact("eligible", limit)
    });
}

/// Only a purchase is under reverse charge, and its invoice names no VAT: `vat` is what the partner
/// assessed itself where the project bears it, and nothing where it does not.
fn judge_self_assessed_vat(data: &ExpenditureDeclared, findings: &mut Findings) {
    let assessed = data.self_assessed_vat.unwrap_or_default();
    if assessed == Cents::ZERO {
        return;
    }
    let message = match &data.document {
        Document::Payroll(_) | Document::Travel(_) | Document::Internal(_) => {
            "Reverse charge is of a purchase. Give the invoice, or leave `selfAssessedVat` out."
        }
        Document::Invoice(_) if data.vat != Cents::ZERO && data.vat != assessed => {
            "Under reverse charge the invoice names no VAT. Where the project bears what the partner \
            assessed itself, give the same amount in `vat`; otherwise give nothing there."
        }
        Document::Invoice(_) => return,
    };
    let finding = Finding::new(Rule::SelfAssessedVatUnfit, "/data/selfAssessedVat", message);
    findings.add(finding.fact("vat", data.vat));
}

fn judge_supplier(
    case: &Case,
    partner: PartnerNumber,
    data: &ExpenditureDeclared,
    findings: &mut Findings,
) {
    match &data.document {
        Document::Invoice(invoice) => {
            let tax_id = (&invoice.tax_id, "/data/document/invoice/taxId");
            contract::judge_supplier(case, partner, tax_id, findings);
        }
        Document::Payroll(_) | Document::Travel(_) | Document::Internal(_) => {}
    }
}

fn judge_credit_note(
    case: &Case,
    data: &ExpenditureDeclared,
    replaced: Option<&Line>,
    findings: &mut Findings,
) {
    let Some(id) = data.corrects.filter(|_| data.declared.is_negative()) else { return };
    let Some(line) = live_line(case, id, "/data/corrects", findings) else { return };
    findings.add_if(line.declared.is_negative(), || {
        Finding::new(
            Rule::SignsDisagree,
            "/data/corrects",
            "This names a credit note. Name the line of the cost, or reverse the credit note.",
        )
    });
    let place = (case.item(data.work_package), data.category);
    findings.add_if(place != (line.work_package, line.category), || {
        let message = "A credit note has the work package and the category of the line that it \
            lowers.";
        Finding::new(Rule::CodesDisagree, "/data/category", message)
    });
    if line.currency != data.currency {
        findings.add(differs(line.currency, "The line", "/data/currency"));
        return;
    }
    let before = replaced.map(|replaced| replaced.declared).unwrap_or_default();
    let credited = line.credited + data.declared - before;
    findings.add_if(credited + line.declared < Cents::ZERO, || {
        Finding::new(
            Rule::CorrectionAboveLine,
            "/data/declared",
            format!(
                "With this credit note {credited} {} are taken off a line of {}. If nothing of \
                the line is left, reverse it instead.",
                data.currency, line.declared
            ),
        )
        .fact("credited", credited)
        .fact("line", line.declared)
    });
}

fn judge_currency(case: &Case, data: &ExpenditureDeclared, findings: &mut Findings) {
    let day = case.posting.occurred_on;
    let known = data.currency == Currency::EUR
        || case.project.plan.rate_policy(data.currency, day).is_some();
    findings.add_if(!known, || {
        Finding::new(
            Rule::RatePolicyMissing,
            "/data/currency",
            format!(
                "No rate policy for {} is in force on {day}. Have the lead record \
                `rate_policy.set` with its legal source, valid from that day or earlier.",
                data.currency
            ),
        )
        .fact("currency", data.currency)
    });
}
