//! The rules of changes of the project.

use crate::decide::{Case, Findings, judge_number, partner_unknown};
use crate::event::plan::application_form::ApplicationFormApproved;
use crate::event::plan::change::{ChangeClass, ChangeDecided, ChangeOutcome, ChangeProposed};
use crate::money::Cents;
use crate::project::plan::change::ChangeStatus;
use crate::rule::{Finding, Rule};

pub(super) fn notified(case: &Case, data: &ChangeProposed, findings: &mut Findings) {
    proposed(case, data, findings);
    let changes_total = data.total_delta.is_some_and(|delta| delta != Cents::ZERO);
    findings.add_if(data.class == ChangeClass::Major || changes_total, || {
        Finding::new(
            Rule::MajorChangeIsRequested,
            "/type",
            "Record it as `change.requested`: a major change, or one of the contract's total, \
            waits for the programme's decision.",
        )
    });
    stays_below_the_threshold(case, data, findings);
}

pub(super) fn proposed(case: &Case, data: &ChangeProposed, findings: &mut Findings) {
    judge_number(data.number, "/data/number", findings);
    findings.add_if(case.project.plan.changes.contains_key(&data.number), || {
        Finding::new(
            Rule::ChangeKnown,
            "/data/number",
            format!("Change {} is recorded. Take the next free number.", data.number),
        )
    });
    for (index, code) in data.codes.iter().enumerate() {
        case.check_code(*code, &format!("/data/codes/{index}"), findings);
    }
    findings.add_if(data.class == ChangeClass::Technical && !data.deltas.is_empty(), || {
        Finding::new(
            Rule::TechnicalChangeMovesMoney,
            "/data/class",
            "A change of the budget is a minor or a major one.",
        )
    });
    deltas_are_sound(case, data, findings);
}

fn deltas_are_sound(case: &Case, data: &ChangeProposed, findings: &mut Findings) {
    let plan = &case.project.plan;
    for (index, delta) in data.deltas.iter().enumerate() {
        let pointer = format!("/data/deltas/{index}");
        if !plan.partners.contains_key(&delta.partner) {
            findings.add(partner_unknown(delta.partner, &format!("{pointer}/partner")));
        }
        let code = delta.work_package.into();
        case.check_code(code, &format!("{pointer}/workPackage"), findings);
        findings.add_if(delta.amount == Cents::ZERO, || {
            let message = "Say how much more or less it is, or leave the entry out.";
            Finding::new(Rule::AmountZero, format!("{pointer}/amount"), message)
        });
        let here = plan.cell_of(delta, case.posting.occurred_on);
        let planned = plan.planned_cents(case.posting.occurred_on, |cell| *cell == here);
        findings.add_if((planned + delta.amount).is_negative(), || {
            Finding::new(
                Rule::DeltaAbovePlanned,
                format!("{pointer}/amount"),
                format!("{planned} are planned there, and {} would be taken.", -delta.amount),
            )
            .fact("planned", planned)
        });
    }
    let sum: Cents = data.deltas.iter().map(|delta| delta.amount).sum();
    let expected = data.total_delta.unwrap_or_default();
    findings.add_if(sum != expected, || {
        Finding::new(
            Rule::DeltasNotBalanced,
            "/data/deltas",
            format!(
                "The deltas sum to {sum}, and should to {expected}. What one gets another gives; \
                where the contract's total changes, `totalDelta` says by how much."
            ),
        )
        .fact("sum", sum)
        .fact("expected", expected)
    });
}

/// All that moved since the first form, with what is under way and with this.
fn stays_below_the_threshold(case: &Case, data: &ChangeProposed, findings: &mut Findings) {
    let plan = &case.project.plan;
    let Some((share, limit)) = plan.shift_limit() else { return };
    let Some(form) = plan.newest_form() else { return };
    let pending = plan.pending_changes().flat_map(|change| change.deltas.iter().copied());
    let moved =
        plan.shift(form, pending.chain(plan.deltas(data, case.posting.occurred_on))).largest();
    findings.add_if(!data.deltas.is_empty() && moved > limit, || {
        Finding::new(
            Rule::ShiftAboveThreshold,
            "/data/deltas",
            format!(
                "With this change {moved} euro are shifted since the first form, more than {limit} \
                ({share} of the total). Ask the programme for it by `change.requested`."
            ),
        )
        .fact("moved", moved)
        .fact("limit", limit)
    });
}

pub(super) fn decided(case: &Case, data: &ChangeDecided, findings: &mut Findings) {
    let taken_back = data.outcome == ChangeOutcome::Withdrawn;
    // What is recorded for the programme has its letter anyway.
    let needs_letter = !taken_back && case.posting.on_behalf_of.is_none();
    findings.add_if(needs_letter && data.evidence.is_empty(), || {
        Finding::new(Rule::EvidenceMissing, "/data/evidence", "Link the letter of the decision.")
    });
    case.check_not_future(data.date, "/data/date", findings);
    let change = case.project.plan.changes.get(&data.number);
    let number = data.number;
    if let Some(change) = change {
        let pointer = if data.date.is_some() { "/data/date" } else { "/occurredon" };
        let day = data.date.unwrap_or(case.posting.occurred_on);
        case.check_follows((day, pointer), ("the change", change.proposed_on), findings);
    }
    let (rule, message) = match change.map(|change| (change.status(), &change.decision)) {
        None => {
            let message = format!("No change {number} is recorded. Record it first.");
            (Rule::ChangeUnknown, message)
        }
        Some((_, Some(decision))) => {
            let message = format!(
                "Change {number} was decided on {}. Ask for a further change under a new number.",
                decision.on
            );
            (Rule::ChangeDecidedAlready, message)
        }
        Some((ChangeStatus::Notified, None)) if !taken_back => {
            let message = format!(
                "Change {number} was notified, and waits for no decision. Where it is taken back, \
                the outcome is `withdrawn`."
            );
            (Rule::ChangeNotRequested, message)
        }
        Some((_, None)) => return,
    };
    findings.add(Finding::new(rule, "/data/number", message));
}

/// The changes that a form says it carries out.
pub(super) fn carried_out(case: &Case, form: &ApplicationFormApproved, findings: &mut Findings) {
    let plan = &case.project.plan;
    let newest = plan.newest_form().filter(|_| form.changes.is_empty());
    let moved = newest.map(|newest| plan.shift_between(newest, form, []).largest());
    if let Some(moved) = moved.filter(|moved| *moved > Cents::ZERO) {
        let message = format!(
            "The form shifts {moved} euro. Name in `changes` the changes by which they were \
            notified or asked for."
        );
        let finding = Finding::new(Rule::FormMovesWithoutChange, "/data/changes", message);
        findings.add(finding.fact("moved", moved));
    }
    for (index, number) in form.changes.iter().enumerate() {
        let pointer = format!("/data/changes/{index}");
        match case.project.plan.changes.get(number).map(|change| change.status()) {
            None => findings.add(Finding::new(
                Rule::ChangeUnknown,
                pointer,
                format!("No change {number} is recorded. Record it first, or leave it out."),
            )),
            Some(ChangeStatus::Requested | ChangeStatus::Rejected | ChangeStatus::Withdrawn) => {
                findings.add(Finding::new(
                    Rule::ChangeNotApproved,
                    pointer,
                    format!("Change {number} was asked for and is not approved."),
                ))
            }
            Some(
                ChangeStatus::Notified | ChangeStatus::Approved | ChangeStatus::ApprovedInPart,
            ) => {}
        }
    }
}
