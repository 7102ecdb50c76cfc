//! Claims: what may go into one, and what is fixed when it goes to control.

use std::collections::{BTreeMap, BTreeSet};

use super::line::known_line;
use super::named_lines::name_of;
use super::window;
use crate::decide::{Case, Findings};
use crate::event::finance::claim::{ClaimAssembled, ClaimFilter, ClaimSubmitted, ClaimWithdrawn};
use crate::event::finance::expenditure::{Document, Precheck};
use crate::ids::EventId;
use crate::list::CLAIM_LINES_MAX;
use crate::money::{Cents, Currency};
use crate::period::Month;
use crate::posting::{Completed, FrozenClaim, FrozenLine, FrozenRate};
use crate::project::finance::claims::{Claim, ClaimStatus};
use crate::project::finance::document::without_spaces_and_case;
use crate::project::finance::line::{Cost, Kept, Line};
use crate::rule::{Finding, Rule};

/// Of the lines that break one rule so many are named; the sentence says how many there are.
const LINES_NAMED_MAX: usize = 5;

pub(super) fn judge_assembled(
    case: &Case,
    data: &ClaimAssembled,
    findings: &mut Findings,
) -> Completed {
    judge_number(case, data.claim, findings);
    let claim = case.project.finance.claim(data.claim);
    findings.add_if(claim.is_some_and(Claim::is_submitted), || submitted_already(data.claim));
    let named = judge_named(case, data, findings);
    let all_known = named.len() == data.lines.len();
    let without: BTreeSet<EventId> = data.without.iter().copied().collect();
    let found = data.filter.as_ref().into_iter().flat_map(|filter| found(case, data, filter));
    let mut lines: Vec<&Line> =
        named.into_iter().chain(found).filter(|line| !without.contains(&line.id)).collect();
    lines.sort_by_key(|line| line.version);
    lines.dedup_by_key(|line| line.id);
    findings.add_if(lines.is_empty() && all_known, || {
        let message = "No line is named, and the filter finds none. Name lines, or give a filter \
            that is less narrow: a later day, `paid` or `prechecked` false.";
        Finding::new(Rule::ClaimEmpty, "/data/lines", message)
    });
    findings.add_if(lines.len() > CLAIM_LINES_MAX, || {
        let message = format!("These are {} lines. Take an earlier day.", lines.len());
        Finding::new(Rule::ClaimTooLarge, "/data/filter", message)
    });
    judge_left_out(case, &lines, findings);
    Completed { lines: lines.iter().map(|line| line.id).collect(), ..Completed::default() }
}

fn submitted_already(claim: u32) -> Finding {
    let message = format!(
        "Claim {claim} was submitted. Withdraw it before control begins, or take the next claim."
    );
    Finding::new(Rule::ClaimSubmittedAlready, "/data/claim", message).fact("claim", claim)
}

fn judge_number(case: &Case, claim: u32, findings: &mut Findings) {
    let last = final_claim(case);
    findings.add_if(!(1..=last).contains(&claim), || {
        let message = format!("The project has the claims 1 to {last}. Give one of these.");
        Finding::new(Rule::ClaimNumberUnfit, "/data/claim", message).fact("last", last)
    });
}

/// The number of the last claim: one for each instalment that follows the first.
pub(super) fn final_claim(case: &Case) -> u32 {
    let contract = case.project.plan.contract.as_ref();
    let shares = contract.map_or(0, |contract| contract.payment_shares.len());
    u32::try_from(shares.saturating_sub(1)).unwrap_or(u32::MAX).max(1)
}

/// The lines that are named one by one.
fn judge_named<'a>(
    case: &Case<'a>,
    data: &ClaimAssembled,
    findings: &mut Findings,
) -> Vec<&'a Line> {
    let mut lines = Vec::new();
    for (index, id) in data.lines.iter().enumerate() {
        let pointer = format!("/data/lines/{index}");
        let Some(line) = known_line(case, *id, &pointer, findings) else { continue };
        let taken = line.drafted.filter(|claim| *claim != data.claim);
        let taken = taken.or(line.portions.last().map(|p| p.claim).filter(|_| !line.is_free()));
        if let Some(claim) = taken {
            let message = format!("The line {id} is in claim {claim}. Leave it out here.");
            let finding = Finding::new(Rule::LineInClaim, pointer, message);
            findings.add(finding.fact("line", id).fact("claim", claim));
            continue;
        }
        lines.push(line);
    }
    lines
}

/// The lines that a filter finds: in no claim, and not meant for another one.
fn found<'a>(
    case: &'a Case<'a>,
    data: &ClaimAssembled,
    filter: &ClaimFilter,
) -> impl Iterator<Item = &'a Line> {
    let (paid, prechecked) = (filter.paid.unwrap_or(true), filter.prechecked.unwrap_or(true));
    let (claim, until) = (data.claim, filter.until);
    let partners = filter.partners.clone();
    case.project.finance.lines.all().filter(move |line| {
        line.is_free()
            && line.drafted.is_none_or(|drafted| drafted == claim)
            && line.occurred_on <= until
            && (partners.is_empty() || partners.contains(&line.partner))
            && (!paid || case.project.finance.lines.is_paid(line))
            && (!prechecked || is_prechecked(line))
    })
}

/// What takes another item back needs no check of its own.
fn is_prechecked(line: &Line) -> bool {
    line.precheck == Some(Precheck::Ok) || line.is_reversal()
}

pub(super) fn judge_submitted(
    case: &Case,
    data: &ClaimSubmitted,
    findings: &mut Findings,
) -> Completed {
    let finance = &case.project.finance;
    let Some(claim) = finance.claim(data.claim).filter(|claim| !claim.lines.is_empty()) else {
        let message = format!("Claim {} was not assembled. Post `claim.assembled`.", data.claim);
        findings.add(Finding::new(Rule::ClaimNotAssembled, "/data/claim", message));
        return Completed::default();
    };
    findings.add_if(claim.is_submitted(), || submitted_already(data.claim));
    let before = data.claim.checked_sub(1).filter(|before| *before > 0);
    if let Some(before) = before.filter(|b| !finance.claim(*b).is_some_and(Claim::is_submitted)) {
        let message = format!("Claim {before} was not submitted. Submit it first.");
        findings.add(Finding::new(Rule::ClaimSkips, "/data/claim", message));
    }
    let named = claim.lines.iter();
    let lines: Vec<&Line> =
        named.filter_map(|id| known_line(case, *id, "/data/claim", findings)).collect();
    judge_days(case, claim, &lines, findings);
    judge_left_out(case, &lines, findings);
    judge_checked(&lines, findings);
    judge_paid(case, data, &lines, findings);
    judge_windows(case, &lines, findings);
    judge_suppliers(case, &lines, findings);
    let rates = judge_rates(case, &lines, findings);
    let form = case.project.plan.form_on(case.posting.occurred_on);
    let lines = lines.iter().filter_map(|line| frozen(line, &rates)).collect();
    let frozen = form.map(|form| FrozenClaim { form: form.version, lines });
    Completed { frozen, ..Completed::default() }
}

/// A finding that speaks of several lines: how many there are, and the first of them.
pub(super) fn of_lines(rule: Rule, lines: &[&Line], message: &str) -> Finding {
    let first = || lines.iter().take(LINES_NAMED_MAX);
    let names: Vec<_> = first().map(|line| name_of(line)).collect();
    let ids: Vec<_> = first().map(|line| line.id.to_string()).collect();
    let more = if lines.len() > LINES_NAMED_MAX { " and others" } else { "" };
    let count = lines.len();
    let message = format!("{count} of its lines: {message} Namely: {}{more}.", names.join(", "));
    Finding::new(rule, "/data/claim", message).fact("count", count).fact("lines", ids.join(", "))
}

/// A claim is submitted after it was assembled, and after all that was done to its lines: the day
/// chooses the rates.
fn judge_days(case: &Case, claim: &Claim, lines: &[&Line], findings: &mut Findings) {
    let day = (case.posting.occurred_on, "/occurredon");
    let newest = lines.iter().map(|line| line.occurred_on).max();
    let touched = lines.iter().filter_map(|line| line.touched_on).max();
    let before = claim.number.checked_sub(1).and_then(|before| case.project.finance.claim(before));
    let before = before.and_then(|before| before.submission.as_ref());
    let days = [
        ("its newest line", newest),
        ("the last check or amendment of its lines, or their coming out of a claim", touched),
        ("its last assembly or withdrawal", Some(claim.moved_on)),
        ("the claim before it", before.map(|submission| submission.on)),
    ];
    let days = days.into_iter().filter_map(|(what, on)| Some((what, on?)));
    if let Some(last) = days.max_by_key(|(_, on)| *on) {
        case.check_follows(day, last, findings);
    }
}

/// Credit notes of its lines, and what takes its lines back, go in with them.
fn judge_left_out(case: &Case, lines: &[&Line], findings: &mut Findings) {
    let inside: BTreeSet<EventId> = lines.iter().map(|line| line.id).collect();
    let corrects = |line: &Line| match &line.cost {
        Cost::Document(data) => data.corrects,
        Cost::Reversal { of } => Some(*of),
        Cost::LumpSum(_) | Cost::UnitCost(_) => None,
    };
    let told_of = lines.iter().any(|line| line.credited != Cents::ZERO || line.reversed.is_some());
    if !told_of {
        return;
    }
    let left_out = |line: &&Line| {
        let of_this = corrects(line).is_some_and(|id| inside.contains(&id));
        of_this && !inside.contains(&line.id) && !line.is_locked() && !line.is_taken_out()
    };
    let lines: Vec<_> = case.project.finance.lines.all().filter(left_out).collect();
    findings.add_if(!lines.is_empty(), || {
        let message = "they lower lines of the claim, and are left out of it. Assemble it with \
            them, so that no more is claimed than was spent.";
        of_lines(Rule::CorrectionsLeftOut, &lines, message)
    });
}

fn judge_checked(lines: &[&Line], findings: &mut Findings) {
    let lines: Vec<_> = lines.iter().copied().filter(|line| !is_prechecked(line)).collect();
    findings.add_if(!lines.is_empty(), || {
        let message = "the lead partner has not found them in order. Check them first.";
        of_lines(Rule::LineNotPrechecked, &lines, message)
    });
}

fn judge_paid(case: &Case, data: &ClaimSubmitted, lines: &[&Line], findings: &mut Findings) {
    let is_final = data.claim >= final_claim(case);
    let lines: Vec<_> =
        lines.iter().copied().filter(|line| !case.project.finance.lines.is_paid(line)).collect();
    findings.add_if(!lines.is_empty(), || {
        if is_final {
            let message = "they are not paid in full, and this is the final claim. Record the \
                payments, or leave them out.";
            of_lines(Rule::LineUnpaidInFinalClaim, &lines, message)
        } else {
            let message = "they are not paid in full. The final claim takes no such line.";
            of_lines(Rule::LineUnpaid, &lines, message)
        }
    });
}

/// A letter lets an item in that was incurred outside of its window.
fn judge_windows(case: &Case, lines: &[&Line], findings: &mut Findings) {
    let outside = |line: &&Line| !line.has_letter() && window::is_outside(&case.project.plan, line);
    let lines: Vec<_> = lines.iter().copied().filter(outside).collect();
    findings.add_if(!lines.is_empty(), || {
        let message = "they were incurred outside of the window of their work package. Attach \
            the letter that allows it (`evidence.attached`, kind `letter`), or leave them out.";
        of_lines(Rule::CostOutsideWindow, &lines, message)
    });
}

fn judge_suppliers(case: &Case, lines: &[&Line], findings: &mut Findings) {
    let partners = case.project.plan.partners.values();
    let vat_ids: BTreeSet<_> = partners
        .filter_map(|partner| partner.vat_id.as_ref())
        .map(|id| without_spaces_and_case(id.as_str()))
        .collect();
    let from_partner = |line: &&Line| match line.document().map(|data| &data.document) {
        Some(Document::Invoice(invoice)) => {
            !line.has_letter()
                && vat_ids.contains(&without_spaces_and_case(invoice.tax_id.as_str()))
        }
        Some(Document::Payroll(_) | Document::Travel(_) | Document::Internal(_)) | None => false,
    };
    let lines: Vec<_> = lines.iter().copied().filter(from_partner).collect();
    findings.add_if(!lines.is_empty(), || {
        let message = "the supplier is a partner of the project. Attach the letter that allows \
            it (`evidence.attached`, kind `letter`), or leave them out.";
        of_lines(Rule::SupplierNeedsLetter, &lines, message)
    });
}

/// The rates of the month in which the claim is submitted, of every currency that needs one.
fn judge_rates(
    case: &Case,
    lines: &[&Line],
    findings: &mut Findings,
) -> BTreeMap<Currency, FrozenRate> {
    let month = Month::of(case.posting.occurred_on);
    let needs = lines.iter().filter(|line| line.kept.is_none()).map(|line| line.currency);
    let currencies: BTreeSet<_> = needs.filter(|currency| *currency != Currency::EUR).collect();
    let mut rates = BTreeMap::new();
    for currency in currencies {
        match case.project.plan.rate_in(currency, month) {
            Some(value) => {
                rates.insert(currency, FrozenRate { currency, month, value });
            }
            None => findings.add(rate_missing(currency, month)),
        }
    }
    rates
}

fn rate_missing(currency: Currency, month: Month) -> Finding {
    let message = format!(
        "The log has no rate of {currency} for {month}, the month in which the claim is submitted. \
        Record the Commission's list of that month first: `cairn rates`, or \
        `exchange_rates.imported`."
    );
    Finding::new(Rule::RateMissing, "/occurredon", message)
        .fact("currency", currency)
        .fact("month", month)
}

fn frozen(line: &Line, rates: &BTreeMap<Currency, FrozenRate>) -> Option<FrozenLine> {
    let kept = match line.kept {
        Some(kept) => kept,
        None if line.currency == Currency::EUR => Kept { euro: line.declared, rate: None },
        None => {
            let rate = *rates.get(&line.currency)?;
            Kept { euro: line.declared.to_euro(rate.value), rate: Some(rate) }
        }
    };
    Some(FrozenLine { line: line.id, euro: kept.euro, rate: kept.rate })
}

pub(super) fn judge_withdrawn(case: &Case, data: &ClaimWithdrawn, findings: &mut Findings) {
    let Some(claim) = submitted(case, data.claim, findings) else { return };
    findings.add_if(claim.status != ClaimStatus::Submitted, || {
        let message = "Control of the claim has begun. Leave it; what is not ready is parked.";
        Finding::new(Rule::ClaimInControl, "/data/claim", message)
    });
    check_follows_submission(case, claim, findings);
    let next = case.project.finance.claim(data.claim.saturating_add(1));
    findings.add_if(next.is_some_and(Claim::is_submitted), || {
        let message = format!(
            "Claim {} was submitted after it. Withdraw that one first.",
            data.claim.saturating_add(1)
        );
        Finding::new(Rule::ClaimSkips, "/data/claim", message)
    });
}

/// The submitted claim that an event names.
pub(super) fn submitted<'a>(
    case: &Case<'a>,
    number: u32,
    findings: &mut Findings,
) -> Option<&'a Claim> {
    let claim = case.project.finance.claim(number).filter(|claim| claim.is_submitted());
    findings.add_if(claim.is_none(), || {
        let message = format!("Claim {number} is not submitted. Give the number of one that is.");
        Finding::new(Rule::ClaimNotSubmitted, "/data/claim", message).fact("claim", number)
    });
    claim
}

pub(super) fn check_follows_submission(case: &Case, claim: &Claim, findings: &mut Findings) {
    if let Some(submission) = &claim.submission {
        let day = (case.posting.occurred_on, "/occurredon");
        case.check_follows(day, ("the submission of the claim", submission.on), findings);
    }
}
