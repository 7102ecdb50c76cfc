//! Control of a claim, and corrections of what it certified.

use std::collections::BTreeSet;

use jiff::civil::Date;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use sha2::{Digest, Sha256};

use super::claim::{check_follows_submission, submitted};
use super::line::known_line;
use crate::decide::{Case, Findings};
use crate::event::finance::audit::CorrectionImposed;
use crate::event::finance::control::{
    ControlClosed, ControlStarted, LineUnparked, LineVerified, Sample, SampleRule,
};
use crate::ids::EventId;
use crate::money::{Cents, Share};
use crate::posting::Completed;
use crate::project::finance::claims::{Claim, ClaimStatus};
use crate::project::finance::line::{Line, Portion, Verified};
use crate::rule::{Finding, Rule};

pub(super) fn judge_started(
    case: &Case,
    data: &ControlStarted,
    findings: &mut Findings,
) -> Completed {
    let Some(claim) = submitted(case, data.claim, findings) else { return Completed::default() };
    findings.add_if(claim.status != ClaimStatus::Submitted, || {
        let message = "Control of this claim has begun before. Go on with it.";
        Finding::new(Rule::ClaimInControl, "/data/claim", message)
    });
    check_follows_submission(case, claim, findings);
    judge_sample(case, claim, &data.sample, findings);
    Completed { lines: drawn(case, claim, &data.sample), ..Completed::default() }
}

fn judge_sample(case: &Case, claim: &Claim, sample: &Sample, findings: &mut Findings) {
    let missing = match sample.rule {
        SampleRule::All => None,
        SampleRule::Random if sample.seed.is_none() => {
            Some(("/data/sample/seed", "Name the seed, so that anybody can draw the sample again."))
        }
        SampleRule::Random if sample.share.is_none() && sample.at_least.is_none() => {
            Some(("/data/sample/share", "Say how much is drawn: a share, an amount, or both."))
        }
        SampleRule::Random => None,
        SampleRule::Chosen if sample.lines.is_empty() => {
            Some(("/data/sample/lines", "Name the lines that are looked at."))
        }
        SampleRule::Chosen => None,
    };
    if let Some((pointer, message)) = missing {
        findings.add(Finding::new(Rule::SampleIncomplete, pointer, message));
    }
    for (index, id) in sample.lines.iter().enumerate() {
        let line = case.project.finance.line(*id);
        findings.add_if(line.and_then(|line| line.portion(claim.number)).is_none(), || {
            let pointer = format!("/data/sample/lines/{index}");
            not_in_claim(*id, claim.number, pointer)
        });
    }
}

pub(super) fn not_in_claim(line: EventId, claim: u32, pointer: impl Into<String>) -> Finding {
    let message = format!("The line {line} is not in claim {claim}. Give a line of the claim.");
    Finding::new(Rule::LineNotInClaim, pointer, message).fact("line", line).fact("claim", claim)
}

/// The lines of the sample, in the order of the claim.
fn drawn(case: &Case, claim: &Claim, sample: &Sample) -> Vec<EventId> {
    let lines = claim.lines.iter().copied();
    match sample.rule {
        SampleRule::All => lines.collect(),
        SampleRule::Chosen => {
            let chosen: BTreeSet<EventId> = sample.lines.iter().copied().collect();
            lines.filter(|line| chosen.contains(line)).collect()
        }
        SampleRule::Random => {
            let by_lot = by_lot(claim, sample);
            let large = |line: &EventId| {
                let portion = case.project.finance.line(*line)?.portion(claim.number)?;
                sample.at_least.map(|least| portion.frozen.euro >= least)
            };
            let is_drawn = |line: &EventId| by_lot.contains(line) || large(line) == Some(true);
            lines.filter(is_drawn).collect()
        }
    }
}

/// The lines with the smallest hashes of seed and id.
fn by_lot(claim: &Claim, sample: &Sample) -> BTreeSet<EventId> {
    let seed = sample.seed.as_ref().map(|seed| seed.as_str()).unwrap_or_default();
    let lot = |id: &EventId| Sha256::digest(format!("{seed}\n{id}"));
    let mut lines: Vec<EventId> = claim.lines.to_vec();
    lines.sort_by_cached_key(lot);
    lines.truncate(sample.share.map_or(0, |share| rounded_up(share, lines.len())));
    lines.into_iter().collect()
}

fn rounded_up(share: Share, count: usize) -> usize {
    let part = share.value().checked_mul(Decimal::from(count));
    part.and_then(|part| part.ceil().to_usize()).unwrap_or(count)
}

pub(super) fn judge_verified(case: &Case, data: &LineVerified, findings: &mut Findings) {
    let Some(line) = known_line(case, data.line, "/data/line", findings) else { return };
    let in_control = |portion: &&Portion| {
        let claim = case.project.finance.claim(portion.claim);
        claim.is_some_and(|claim| claim.status == ClaimStatus::InControl)
    };
    let Some(portion) = line.portions.iter().find(in_control) else {
        let message = "The line is in no claim under control. Begin control with \
            `control.started`; what was certified before is corrected by `correction.imposed`.";
        return findings.add(Finding::new(Rule::ControlNotStarted, "/data/line", message));
    };
    check_follows_start(case, portion.claim, findings);
    judge_signs(portion.frozen.euro, data, findings);
    let deducted: Cents = data.deductions.iter().map(|deduction| deduction.amount).sum();
    let ruled = data.certified + deducted + data.parked;
    findings.add_if(ruled != portion.frozen.euro, || {
        let declared = portion.frozen.euro;
        let message = format!(
            "Certified, deducted and parked are {ruled} euro, and claim {} declares {declared} of \
            the line: {} are left over.",
            portion.claim,
            declared - ruled
        );
        Finding::new(Rule::VerificationUnbalanced, "/data/certified", message)
            .fact("declared", declared)
            .fact("ruled", ruled)
    });
}

fn check_follows_start(case: &Case, claim: u32, findings: &mut Findings) {
    let control = case.project.finance.claim(claim).and_then(|claim| claim.control.as_ref());
    if let Some(control) = control {
        let day = (case.posting.occurred_on, "/occurredon");
        case.check_follows(day, ("the start of control", control.started_on), findings);
    }
}

/// What is ruled on has the sign of the line, or is nothing; a deduction is something.
fn judge_signs(declared: Cents, data: &LineVerified, findings: &mut Findings) {
    let deductions = data.deductions.iter().enumerate();
    let deductions = deductions
        .map(|(index, deduction)| (format!("/data/deductions/{index}/amount"), deduction.amount));
    let amounts = [("/data/certified", data.certified), ("/data/parked", data.parked)];
    let amounts = amounts.map(|(pointer, amount)| (pointer.to_owned(), amount));
    for (pointer, amount) in amounts.into_iter().chain(deductions) {
        findings.add_if(
            amount != Cents::ZERO && amount.is_negative() != declared.is_negative(),
            || {
                let message = format!(
                    "The claim declares {declared} euro of the line; this has \
                    the same sign."
                );
                Finding::new(Rule::SignsDisagree, pointer.clone(), message)
            },
        );
        findings.add_if(amount == Cents::ZERO && pointer.contains("deductions"), || {
            let message = "Leave out a deduction of nothing.";
            Finding::new(Rule::AmountZero, pointer.clone(), message)
        });
    }
}

pub(super) fn judge_closed(case: &Case, data: &ControlClosed, findings: &mut Findings) {
    let Some(claim) = submitted(case, data.claim, findings) else { return };
    if claim.status != ClaimStatus::InControl {
        let message = "Control of the claim is not open.";
        return findings.add(Finding::new(Rule::ControlNotStarted, "/data/claim", message));
    }
    check_follows_start(case, data.claim, findings);
    let lines = claim.lines.iter().filter_map(|id| case.project.finance.line(*id));
    let ruled = lines.filter_map(|line| line.portion(claim.number)?.verified.as_ref());
    if let Some(last) = ruled.map(|verified| verified.on).max() {
        let day = (case.posting.occurred_on, "/occurredon");
        case.check_follows(day, ("the last ruling on its lines", last), findings);
    }
    let is_open =
        |line: &&Line| line.portion(claim.number).is_some_and(|portion| portion.verified.is_none());
    let lines = claim.lines.iter().filter_map(|id| case.project.finance.line(*id));
    let open: Vec<_> = lines.filter(is_open).collect();
    findings.add_if(!open.is_empty(), || {
        super::claim::of_lines(
            Rule::LineNotVerified,
            &open,
            "nothing is ruled on. Certify, deduct or park them (`line.verified`).",
        )
    });
}

pub(super) fn judge_unparked(case: &Case, data: &LineUnparked, findings: &mut Findings) {
    let Some(line) = known_line(case, data.line, "/data/line", findings) else { return };
    let parked =
        |portion: &Portion| is_closed(case, portion.claim) && portion.parked() != Cents::ZERO;
    check_follows(case, closings(case, line).max(), findings);
    findings.add_if(!line.portions.iter().any(parked), || {
        let message = "Nothing of the line is parked in a claim whose control is closed. While \
            control is open, rule on it anew with `line.verified`.";
        Finding::new(Rule::NothingParked, "/data/line", message)
    });
}

/// The days on which control of the claims of a line was closed.
fn closings(case: &Case, line: &Line) -> impl Iterator<Item = Date> {
    let claims = line.portions.iter().filter_map(|p| case.project.finance.claim(p.claim));
    claims.filter_map(|claim| claim.control.as_ref()?.closed.as_ref()).map(|(on, _)| *on)
}

/// What follows control of a claim is not of an earlier day than its closing.
fn check_follows(case: &Case, closing: Option<Date>, findings: &mut Findings) {
    if let Some(on) = closing {
        let day = (case.posting.occurred_on, "/occurredon");
        case.check_follows(day, ("the closing of control", on), findings);
    }
}

fn is_closed(case: &Case, claim: u32) -> bool {
    let claim = case.project.finance.claim(claim);
    claim.is_some_and(|claim| claim.status == ClaimStatus::Closed)
}

pub(super) fn judge_corrected(case: &Case, data: &CorrectionImposed, findings: &mut Findings) {
    findings.add_if(data.evidence.is_empty(), || {
        let message = "Name the decision on the correction.";
        Finding::new(Rule::EvidenceMissing, "/data/evidence", message)
    });
    let mut named = BTreeSet::new();
    let once = data.corrections.iter().all(|correction| named.insert(correction.line));
    findings.add_if(named.is_empty() || !once, || {
        let message = "Name each line once, with all that is taken off it.";
        Finding::new(Rule::CorrectionOfNothing, "/data/corrections", message)
    });
    for (index, correction) in data.corrections.iter().enumerate() {
        let pointer = format!("/data/corrections/{index}");
        let line = known_line(case, correction.line, &format!("{pointer}/line"), findings);
        let Some(line) = line else { continue };
        findings.add_if(line.reversed.is_some() || line.is_reversal(), || {
            let message = "The line was taken back, so nothing of it is left to be corrected.";
            Finding::new(Rule::LineReversed, format!("{pointer}/line"), message)
        });
        // It takes off what was certified first.
        check_follows(case, closings(case, line).min(), findings);
        let at_most = certified(case, line);
        let amount = correction.amount;
        let within = if at_most.is_negative() {
            (at_most..Cents::ZERO).contains(&amount)
        } else {
            amount > Cents::ZERO && amount <= at_most
        };
        findings.add_if(!within, || {
            let message = format!(
                "{at_most} euro of the line are certified in claims whose control is closed. Take \
                off at most that, and more than nothing."
            );
            Finding::new(Rule::CorrectionAboveCertified, format!("{pointer}/amount"), message)
                .fact("certified", at_most)
        });
    }
}

fn certified(case: &Case, line: &Line) -> Cents {
    let closed = line.portions.iter().filter(|portion| is_closed(case, portion.claim));
    closed.filter_map(|portion| portion.verified.as_ref()).map(Verified::certified).sum()
}
