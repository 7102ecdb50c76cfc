//! The rules of the fund's money: in from the programme, on to the partners, and back.

use super::judge_taken_back;
use crate::decide::{Case, Findings, Owners, partner_unknown};
use crate::event::finance::payment::{
    PaymentConfirmed, PaymentForwarded, PaymentReceived, RecoveryOrdered, RecoveryRepaid,
};
use crate::event::plan::SubsidyContractSigned;
use crate::ids::{EventId, PartnerNumber};
use crate::money::Cents;
use crate::project::finance::payment::{Arrival, Forwarded};
use crate::rule::{Finding, Rule};

/// A confirmation is the partner's to whom the money was sent. The lead sees all of them; to all
/// the rest another's payment is as unknown as one that was never sent.
pub(super) fn owners(case: &Case, data: &PaymentConfirmed) -> Owners {
    let sees_all = case.actor.part.is_lead();
    let payment = case.project.finance.fund.forwarding(data.payment);
    let own = |payment: &&Forwarded| case.actor.part.partner() == Some(payment.partner);
    match payment.filter(|payment| sees_all || own(payment)) {
        Some(payment) => Owners::Partners(vec![payment.partner]),
        None => Owners::Nobody,
    }
}

pub(super) fn judge_received(case: &Case, data: &PaymentReceived, findings: &mut Findings) {
    case.check_document_date(data.date, findings);
    let payments = &case.project.finance.fund;
    let recorded = payments.received_of(data.instalment);
    judge_taken_back(case, data.amount, &recorded, "/data/amount", findings);
    let Some(contract) = judge_instalment(case, data.instalment, findings) else { return };
    if data.amount.is_negative() {
        return judge_sent_on(case, data.amount, findings);
    }
    let of_instalment = recorded.total() + data.amount;
    let share = share_of(contract, data.instalment);
    if let Some(share) = share.filter(|share| of_instalment > *share) {
        let message = format!(
            "With this {of_instalment} EUR of instalment {} have come in; its share of the ERDF \
             is {share} EUR. Look at the instalment and at the amount.",
            data.instalment
        );
        let finding = Finding::new(Rule::InstalmentAboveShare, "/data/amount", message);
        findings.add(finding.fact("received", of_instalment).fact("share", share));
    }
    let received = payments.received() + data.amount;
    findings.add_if(received > contract.erdf, || {
        let message = format!(
            "With this {received} EUR would have come in, of {} EUR of ERDF. Correct the amount, \
             or record the amendment of the contract first.",
            contract.erdf
        );
        let finding = Finding::new(Rule::ReceivedAboveErdf, "/data/amount", message);
        finding.fact("received", received).fact("erdf", contract.erdf)
    });
}

pub(super) fn judge_forwarded(case: &Case, data: &PaymentForwarded, findings: &mut Findings) {
    case.check_document_date(data.date, findings);
    let mistyped = data.corrects.and_then(|id| case.project.finance.fund.forwarding(id));
    let mistyped =
        mistyped.filter(|of| (of.partner, of.instalment) == (data.partner, data.instalment));
    let kind = ("payment.forwarded", "this partner and instalment");
    judge_named(data.amount, (data.corrects, mistyped.is_some()), kind, findings);
    let sent = mistyped.map(|mistyped| (mistyped.date, mistyped.amount));
    judge_taken_back(case, data.amount, &sent.into_iter().collect(), "/data/amount", findings);
    judge_partner(case, data.partner, findings);
    let lead = case.project.plan.lead_partner().map(|lead| lead.number);
    findings.add_if(lead == Some(data.partner), || {
        let message = "Name the partner to which the money was sent. What the lead partner keeps \
                       of an instalment needs no event.";
        Finding::new(Rule::ForwardedToLead, "/data/partner", message)
    });
    if judge_instalment(case, data.instalment, findings).is_none() {
        return;
    }
    let forwarded = case.project.finance.fund.forwarded() + data.amount;
    let received = to_forward(case);
    findings.add_if(forwarded > received && !data.amount.is_negative(), || {
        let message = format!(
            "With this {forwarded} EUR would have been sent on, of {received} EUR received or \
             paid back by partners. Record what has come in first, or correct the amount."
        );
        let finding = Finding::new(Rule::ForwardedAboveReceived, "/data/amount", message);
        finding.fact("forwarded", forwarded).fact("received", received)
    });
}

pub(super) fn judge_confirmed(case: &Case, data: &PaymentConfirmed, findings: &mut Findings) {
    case.check_document_date(data.date, findings);
    let payment = case.project.finance.fund.forwarding(data.payment);
    let own = payment.filter(|payment| case.partner() == Some(payment.partner));
    let Some(payment) = own else {
        let message = format!(
            "Nothing was sent to this partner by the event {}. Give the `id` of the \
             `payment.forwarded` event.",
            data.payment
        );
        let finding = Finding::new(Rule::PaymentUnknown, "/data/payment", message);
        findings.add(finding.fact("payment", data.payment));
        return;
    };
    // What was confirmed of money that was never sent is brought to nothing.
    let least = if payment.confirmed.is_some() { Cents::ZERO } else { Cents::new(1) };
    findings.add_if(data.amount < least, || {
        let message = "Give what has come in, more than 0.00.";
        Finding::new(Rule::AmountNotPositive, "/data/amount", message)
    });
    let said = Arrival { date: data.date, amount: data.amount };
    if let Some(arrival) = payment.confirmed.filter(|arrival| *arrival == said) {
        let message = format!(
            "{} EUR of it were confirmed as of {} before. Where that was wrong, say what is right.",
            arrival.amount, arrival.date
        );
        let finding = Finding::new(Rule::PaymentConfirmedAlready, "/data/payment", message);
        findings.add(finding.fact("confirmedOn", arrival.date));
        return;
    }
    let sent = ("the payment was sent", payment.date);
    case.check_follows((data.date, "/data/date"), sent, findings);
    findings.add_if(data.amount != payment.amount, || {
        let message = format!(
            "{} EUR were sent on {}, and {} EUR have come in. Settle the difference with the lead \
             partner.",
            payment.amount, payment.date, data.amount
        );
        let finding = Finding::new(Rule::ConfirmedOtherwise, "/data/amount", message);
        finding.fact("sent", payment.amount)
    });
}

pub(super) fn judge_ordered(case: &Case, data: &RecoveryOrdered, findings: &mut Findings) {
    let mistyped = data.corrects.and_then(|id| case.project.finance.fund.recovery(id));
    let mistyped = mistyped.filter(|of| of.partner == data.partner);
    let kind = ("recovery.ordered", "this partner");
    judge_named(data.amount, (data.corrects, mistyped.is_some()), kind, findings);
    let left = mistyped.map(|mistyped| (mistyped.ordered_on, mistyped.left()));
    judge_taken_back(case, data.amount, &left.into_iter().collect(), "/data/amount", findings);
    judge_partner(case, data.partner, findings);
    findings.add_if(data.evidence.is_empty() && !data.amount.is_negative(), || {
        let message = "Link the letter by which the money is ordered back.";
        Finding::new(Rule::EvidenceMissing, "/data/evidence", message)
    });
    case.check_to_come(data.due, "/data/due", findings);
    if let Some(id) = data.correction.filter(|id| !correction_known(case, *id)) {
        let message = format!(
            "No correction was imposed by the event {id}. Give the `id` of the \
             `correction.imposed` event, or leave `correction` out."
        );
        let finding = Finding::new(Rule::CorrectionUnknown, "/data/correction", message);
        findings.add(finding.fact("correction", id));
    }
}

/// Whether a correction was imposed by the event with this id.
fn correction_known(case: &Case, id: EventId) -> bool {
    case.project.finance.fund.knows_correction(id)
}

pub(super) fn judge_repaid(case: &Case, data: &RecoveryRepaid, findings: &mut Findings) {
    case.check_document_date(data.date, findings);
    let Some(recovery) = case.project.finance.fund.recovery(data.recovery) else {
        let message = format!(
            "Nothing was ordered back by the event {}. Give the `id` of the `recovery.ordered` \
             event.",
            data.recovery
        );
        let finding = Finding::new(Rule::RecoveryUnknown, "/data/recovery", message);
        findings.add(finding.fact("recovery", data.recovery));
        return;
    };
    judge_taken_back(case, data.amount, &recovery.repaid, "/data/amount", findings);
    let lead = case.project.plan.lead_partner().map(|lead| lead.number);
    let is_recorded = data.amount + recovery.repaid.total() >= Cents::ZERO;
    if lead != Some(recovery.partner) && is_recorded {
        judge_sent_on(case, data.amount, findings);
    }
    let ordered = ("the money was ordered back", recovery.ordered_on);
    case.check_follows((data.date, "/data/date"), ordered, findings);
    findings.add_if(data.amount > recovery.left(), || {
        let message = format!(
            "{} EUR were ordered back, of which {} EUR are left to pay. Correct the amount, or \
             name the other recovery that it was for.",
            recovery.amount,
            recovery.left()
        );
        let finding = Finding::new(Rule::RepaidAboveOrdered, "/data/amount", message);
        finding.fact("left", recovery.left())
    });
}

/// What the lead partner can have sent on in all, as far as it is recorded.
fn to_forward(case: &Case) -> Cents {
    let payments = &case.project.finance.fund;
    let lead = case.project.plan.lead_partner();
    lead.map_or(payments.received(), |lead| payments.to_forward(lead.number))
}

/// What was sent on had come in: of that no more is taken back than was not sent on.
fn judge_sent_on(case: &Case, amount: Cents, findings: &mut Findings) {
    let (left, forwarded) = (to_forward(case) + amount, case.project.finance.fund.forwarded());
    findings.add_if(amount.is_negative() && forwarded > left, || {
        let message = format!(
            "{forwarded} EUR were sent on, and {left} EUR would have come in. Take back what was \
             sent on first."
        );
        Finding::new(Rule::ForwardedAboveReceived, "/data/amount", message)
    });
}

/// An amount with a minus names the event whose amount was mistyped, and no other does.
fn judge_named(
    amount: Cents,
    (corrects, is_known): (Option<EventId>, bool),
    (event_type, what): (&str, &str),
    findings: &mut Findings,
) {
    let message = match corrects {
        None if amount.is_negative() => format!(
            "An amount with a minus takes back what was mistyped. Name the `{event_type}` event \
             in `corrects` by its `id`."
        ),
        Some(_) if !amount.is_negative() => {
            "`corrects` is for an amount with a minus, which takes \
            back what was mistyped. Leave it out, or give the amount a minus."
                .to_owned()
        }
        Some(id) if !is_known => format!(
            "No `{event_type}` event {id} speaks of {what}. Give the `id` of the event whose amount \
             was mistyped."
        ),
        None | Some(_) => return,
    };
    findings.add(Finding::new(Rule::MistypedUnknown, "/data/corrects", message));
}

fn judge_partner(case: &Case, partner: PartnerNumber, findings: &mut Findings) {
    findings.add_if(!case.project.plan.partners.contains_key(&partner), || {
        partner_unknown(partner, "/data/partner")
    });
}

/// The contract, where it has a share for the instalment.
fn judge_instalment<'a>(
    case: &Case<'a>,
    instalment: u32,
    findings: &mut Findings,
) -> Option<&'a SubsidyContractSigned> {
    let Some(contract) = case.project.plan.contract.as_deref() else {
        let message = "Record `subsidy_contract.signed` first: it says how the fund pays.";
        findings.add(Finding::new(Rule::ContractNotSigned, "/type", message));
        return None;
    };
    if share_of(contract, instalment).is_none() {
        let instalments = contract.payment_shares.len();
        let message = format!("The contract has {instalments} instalments, counted from 1.");
        let finding = Finding::new(Rule::InstalmentUnknown, "/data/instalment", message);
        findings.add(finding.fact("instalments", instalments));
        return None;
    }
    Some(contract)
}

/// What an instalment is by the contract: its share of the ERDF, rounded down.
fn share_of(contract: &SubsidyContractSigned, instalment: u32) -> Option<Cents> {
    let index = usize::try_from(instalment).ok()?.checked_sub(1)?;
    let share = contract.payment_shares.get(index)?;
    Some(contract.erdf.share_rounded_down(*share))
}
