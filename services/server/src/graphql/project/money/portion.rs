//! What of a line was paid, and what is in claims.

use async_graphql::SimpleObject;
use cairn_domain::event::finance::control;
use cairn_domain::project::finance::line::{Corrected, Payment, Portion};

use crate::graphql::evidence::Evidence;
use crate::graphql::project::Reading;
use crate::graphql::values::{Date, Decimal, LocalizedText};

/// A payment of a line, in its currency.
#[derive(Clone, Debug, SimpleObject)]
pub struct LinePayment {
    /// Id of the event that recorded it; documents are laid to it by this id.
    pub event_id: String,
    /// The day on which it was made.
    pub date: Date,
    /// In the line's currency.
    pub amount: Decimal,
    /// Reference of the bank statement or order.
    pub proof: Option<String>,
    /// Documents behind it, also those that were laid to it later.
    pub evidence: Vec<Evidence>,
}

impl From<&Payment> for LinePayment {
    fn from(payment: &Payment) -> Self {
        let data = &payment.data;
        Self {
            event_id: payment.id.to_string(),
            date: Date(data.date),
            amount: Decimal(data.amount),
            proof: data.proof.as_ref().map(ToString::to_string),
            evidence: data.evidence.iter().chain(&payment.attached).map(Evidence::from).collect(),
        }
    }
}

/// What of a line is in one submitted claim, in euro that no rate changes any more.
#[derive(Clone, Debug, SimpleObject)]
pub struct ClaimPortion {
    /// Number of the claim.
    pub claim: u32,
    /// What the claim declares of the line: certified, deducted and parked together, once control
    /// has ruled on it.
    pub declared: Decimal,
    /// Month of the rate behind it; null for a line in euro.
    pub rate_month: Option<String>,
    /// Units of the currency for one euro, with all its digits; null for a line in euro.
    pub rate: Option<String>,
    /// Null until control has ruled on it; so are the next three.
    pub certified: Option<Decimal>,
    /// By control, and by corrections after audits.
    pub deducted: Option<Decimal>,
    /// The part of `deducted` that corrections after audits took off.
    pub corrected: Option<Decimal>,
    /// As it was ruled on.
    pub parked: Option<Decimal>,
    /// What control did not certify, and why.
    pub deductions: Vec<Deduction>,
    /// The part of `parked` that was taken up again, for a later claim.
    pub taken_up: Decimal,
    /// What the controller says of it.
    pub note: Option<LocalizedText>,
    /// Documents that the controller laid to what it ruled.
    pub evidence: Vec<Evidence>,
    /// What took something off that was certified.
    pub corrections: Vec<LineCorrection>,
}

impl ClaimPortion {
    pub(super) fn of(reading: &Reading, portion: &Portion) -> Self {
        let verified = portion.verified.as_ref();
        let imposed = verified.into_iter().flat_map(|verified| verified.corrections.iter());
        let corrections = imposed.filter_map(|imposed| LineCorrection::of(reading, imposed));
        let evidence = verified.into_iter().flat_map(|verified| verified.data.evidence.iter());
        let frozen = portion.frozen;
        let deductions = verified.into_iter().flat_map(|verified| verified.data.deductions.iter());
        Self {
            claim: portion.claim,
            declared: Decimal(frozen.euro),
            rate_month: frozen.rate.map(|rate| rate.month.to_string()),
            rate: frozen.rate.map(|rate| rate.value.to_string()),
            certified: verified.map(|verified| Decimal(verified.certified())),
            deducted: verified.map(|verified| Decimal(verified.deducted())),
            corrected: verified.map(|verified| Decimal(verified.corrected())),
            parked: verified.map(|verified| Decimal(verified.parked())),
            deductions: deductions.map(Deduction::from).collect(),
            taken_up: Decimal(portion.taken_up),
            note: verified.and_then(|verified| verified.data.note.clone()).map(LocalizedText),
            evidence: evidence.map(Evidence::from).collect(),
            corrections: corrections.collect(),
        }
    }
}

/// Something was taken off that control had certified.
#[derive(Clone, Debug, SimpleObject)]
pub struct LineCorrection {
    /// Id of the event that imposed it; it can correct other lines too.
    pub event_id: String,
    /// What it takes off the line in this claim, in euro.
    pub amount: Decimal,
    /// Code of the Commission's typology of errors.
    pub typology: String,
    /// Id of the event that recorded the finding behind it.
    pub finding: Option<String>,
    /// Why it was imposed.
    pub reason: LocalizedText,
    /// The decision.
    pub evidence: Vec<Evidence>,
}

impl LineCorrection {
    fn of(reading: &Reading, corrected: &Corrected) -> Option<Self> {
        let imposed = reading.room.oversight.correction(corrected.event)?;
        Some(Self {
            event_id: corrected.event.to_string(),
            amount: Decimal(corrected.amount),
            typology: corrected.typology.to_string(),
            finding: imposed.finding.map(|finding| finding.to_string()),
            reason: LocalizedText(imposed.reason.clone()),
            evidence: imposed.evidence.iter().map(Evidence::from).collect(),
        })
    }
}

/// What is not certified, in euro, and why.
#[derive(Clone, Debug, SimpleObject)]
pub struct Deduction {
    pub amount: Decimal,
    /// Code of the Commission's typology of errors.
    pub typology: String,
    /// What the controller says of it.
    pub note: Option<LocalizedText>,
}

impl From<&control::Deduction> for Deduction {
    fn from(deduction: &control::Deduction) -> Self {
        Self {
            amount: Decimal(deduction.amount),
            typology: deduction.typology.to_string(),
            note: deduction.note.clone().map(LocalizedText),
        }
    }
}
