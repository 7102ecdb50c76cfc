//! One item of expenditure, and what became of it.

use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::dated::Dated;
use super::figures::{Cell, Figures, Place};
use super::sums::Sums;
use crate::code::{ActivityCode, DeliverableCode, WorkPackageCode};
use crate::event::evidence::{Evidence, EvidenceKind};
use crate::event::finance::control::LineVerified;
use crate::event::finance::expenditure::{ExpenditureDeclared, ExpenditurePaid, Precheck};
use crate::event::finance::option::{LumpSumTriggered, UnitCostClaimed};
use crate::event::plan::application_form::Category;
use crate::ids::{EventId, PartnerNumber};
use crate::money::{Cents, Currency};
use crate::posting::{FrozenRate, Recorded};
use crate::project::plan::PlanState;
use crate::project::plan::item::Item;
use crate::typology::TypologyCode;

/// An item of expenditure and what became of it: a line that stands on a document, a lump sum, a
/// unit cost, or what takes back an item that is in a submitted claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub id: EventId,
    /// The partner whose cost it is.
    pub partner: PartnerNumber,
    pub cost: Cost,
    pub category: Category,
    pub currency: Currency,
    /// In the currency.
    pub declared: Cents,
    /// What its codes meant in the form in force on its day.
    pub work_package: Item<WorkPackageCode>,
    pub activity: Option<Item<ActivityCode>>,
    pub deliverable: Option<Item<DeliverableCode>>,
    pub occurred_on: Date,
    /// Number of the declaring event in its project.
    pub version: u64,
    /// Sum of the payments, in the currency.
    pub paid: Cents,
    pub payments: Vec<Payment>,
    /// Sum of the live credit notes: negative, or nothing.
    pub credited: Cents,
    /// Whether this credit note was counted at the line that it corrects.
    pub(super) credits: bool,
    pub reversed: Option<Reversed>,
    /// The events that amended it.
    pub amendments: Vec<EventId>,
    /// What the lead's newest check found; nothing after an amendment.
    pub precheck: Option<Precheck>,
    /// Documents that were laid to it after it was declared.
    pub attached: Vec<Evidence>,
    /// What of it is in submitted claims, the oldest first.
    pub portions: Vec<Portion>,
    /// Euro that are fixed for what of it is in no claim.
    pub kept: Option<Kept>,
    /// The last day on which something was done to it that a claim builds on: it was amended,
    /// checked, or taken out of a claim.
    pub touched_on: Option<Date>,
    /// The claim that it was assembled for and that is not submitted.
    pub drafted: Option<u32>,
}

/// What an item stands on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cost {
    Document(Arc<ExpenditureDeclared>),
    LumpSum(Arc<LumpSumTriggered>),
    UnitCost(Arc<UnitCostClaimed>),
    /// Takes back another item, which is in a submitted claim.
    Reversal {
        of: EventId,
    },
}

/// A payment of a line, by the id of its event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    pub id: EventId,
    pub data: Arc<ExpenditurePaid>,
    /// Documents that were laid to it later.
    pub attached: Vec<Evidence>,
}

/// How an item was taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reversed {
    /// It is in no figure any more.
    TakenOut,
    /// It stays in its claim; an item of its own, by this id, takes it back.
    CounteredBy(EventId),
}

/// Euro that no rate changes any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    pub euro: Cents,
    /// The rate behind them; none for an item in euro.
    pub rate: Option<FrozenRate>,
}

/// What of an item is in one claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Portion {
    pub claim: u32,
    /// What the claim declares of it.
    pub frozen: Kept,
    /// Whether the euro were fixed before the claim took it.
    pub was_kept: bool,
    /// The event that submitted the claim.
    pub submitted_by: EventId,
    pub verified: Option<Verified>,
    /// What was parked of it and is free for a later claim.
    pub taken_up: Cents,
}

/// What control made of a portion, and audits after it, in euro.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verified {
    /// The event that ruled on it, and its day.
    pub event: EventId,
    pub on: Date,
    pub data: Arc<LineVerified>,
    /// Taken off what was certified, by corrections after audits.
    pub corrections: Vec<Corrected>,
}

/// What a correction took off a portion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Corrected {
    /// The event that imposed it.
    pub event: EventId,
    pub typology: TypologyCode,
    pub amount: Cents,
}

impl Verified {
    /// Taken off what was certified, by corrections after audits.
    pub fn corrected(&self) -> Cents {
        self.corrections.iter().map(|correction| correction.amount).sum()
    }

    pub fn certified(&self) -> Cents {
        self.data.certified - self.corrected()
    }

    /// With what corrections took off.
    pub fn deducted(&self) -> Cents {
        self.data.deductions.iter().map(|deduction| deduction.amount).sum::<Cents>()
            + self.corrected()
    }

    /// As it was ruled on, whatever was taken up of it later.
    pub fn parked(&self) -> Cents {
        self.data.parked
    }
}

impl Portion {
    /// What the claim declares of the item, less what was taken up again.
    pub fn declared(&self) -> Cents {
        self.frozen.euro - self.taken_up
    }

    /// What is parked and not taken up.
    pub fn parked(&self) -> Cents {
        self.verified.as_ref().map(Verified::parked).unwrap_or_default() - self.taken_up
    }

    fn sums(&self) -> Sums {
        let declared = self.declared();
        let figures = Figures { declared, taken_up: self.taken_up, ..Figures::default() };
        let figures = match &self.verified {
            None => Figures { in_control: declared, ..figures },
            Some(verified) => Figures {
                certified: verified.certified(),
                deducted: verified.deducted(),
                parked: self.parked(),
                ..figures
            },
        };
        figures.into()
    }
}

impl Line {
    /// An item as its event makes it, in euro; nothing for an event of no partner.
    pub(super) fn of(
        recorded: &Recorded,
        cost: Cost,
        category: Category,
        work_package: Item<WorkPackageCode>,
    ) -> Option<Self> {
        Some(Self {
            id: recorded.id,
            partner: recorded.partner()?,
            cost,
            category,
            currency: Currency::EUR,
            declared: recorded.completed.amount.unwrap_or_default(),
            work_package,
            activity: None,
            deliverable: None,
            occurred_on: recorded.occurred_on,
            version: recorded.version,
            paid: Cents::ZERO,
            payments: Vec::new(),
            credited: Cents::ZERO,
            credits: false,
            reversed: None,
            amendments: Vec::new(),
            precheck: None,
            attached: Vec::new(),
            portions: Vec::new(),
            kept: None,
            touched_on: None,
            drafted: None,
        })
    }

    /// Takes over what a document of a day says, as it is declared or amended.
    pub(super) fn put_document(
        &mut self,
        plan: &PlanState,
        data: &Arc<ExpenditureDeclared>,
        day: Date,
    ) {
        self.occurred_on = day;
        self.category = data.category;
        self.currency = data.currency;
        self.declared = data.declared;
        self.work_package = plan.item(data.work_package, day);
        self.activity = data.activity.map(|code| plan.item(code, day));
        self.deliverable = data.deliverable.map(|code| plan.item(code, day));
        self.cost = Cost::Document(Arc::clone(data));
    }

    /// The item that takes this one back, which is in a submitted claim: its negative, with the
    /// euro and the payments of this one.
    pub(super) fn counter(&self, recorded: &Recorded) -> Self {
        let first = self.portions.first();
        let frozen = first.map(|first| Kept { euro: -first.frozen.euro, ..first.frozen });
        Self {
            id: recorded.id,
            cost: Cost::Reversal { of: self.id },
            declared: -self.declared,
            occurred_on: recorded.occurred_on,
            version: recorded.version,
            paid: -self.paid_of_declared(),
            payments: Vec::new(),
            credited: Cents::ZERO,
            credits: false,
            reversed: None,
            amendments: Vec::new(),
            precheck: None,
            attached: Vec::new(),
            portions: Vec::new(),
            kept: frozen,
            touched_on: None,
            drafted: None,
            ..self.clone()
        }
    }

    /// The document that it stands on, as it was declared and amended.
    pub fn document(&self) -> Option<&Arc<ExpenditureDeclared>> {
        match &self.cost {
            Cost::Document(data) => Some(data),
            Cost::LumpSum(_) | Cost::UnitCost(_) | Cost::Reversal { .. } => None,
        }
    }

    /// Documents behind it: those that it was declared with, and those that came later.
    pub fn evidence(&self) -> impl Iterator<Item = &Evidence> {
        let declared: &[Evidence] = match &self.cost {
            Cost::Document(data) => &data.evidence,
            Cost::LumpSum(data) => &data.evidence,
            Cost::UnitCost(data) => &data.evidence,
            Cost::Reversal { .. } => &[],
        };
        declared.iter().chain(&self.attached)
    }

    /// Whether a letter of the controller or the programme is among its documents.
    pub fn has_letter(&self) -> bool {
        self.evidence().any(|evidence| evidence.kind == EvidenceKind::Letter)
    }

    /// Whether it counts nowhere.
    pub fn is_taken_out(&self) -> bool {
        self.reversed == Some(Reversed::TakenOut)
    }

    /// Whether it takes another item back.
    pub fn is_reversal(&self) -> bool {
        matches!(self.cost, Cost::Reversal { .. })
    }

    /// Whether a submitted claim holds it as it is.
    pub fn is_locked(&self) -> bool {
        !self.portions.is_empty()
    }

    /// Whether something of it is in no submitted claim.
    pub fn is_free(&self) -> bool {
        !self.is_taken_out() && (self.portions.is_empty() || self.kept.is_some())
    }

    /// Notes that something was done to it on a day.
    pub(super) fn touch(&mut self, day: Date) {
        self.touched_on = self.touched_on.max(Some(day));
    }

    /// The part of the declared amount that was paid: payments up to what is declared, since a
    /// payment also covers what the project does not.
    pub fn paid_of_declared(&self) -> Cents {
        if self.declared.is_negative() {
            self.paid.max(self.declared)
        } else {
            self.paid.min(self.declared)
        }
    }

    /// Whether what was transferred is all that it declares. Lump sums and unit costs need no
    /// payment of their own, nor does what was taken back.
    pub(super) fn is_transferred(&self) -> bool {
        let to_pay = self.document().is_some() && self.reversed.is_none();
        !to_pay || self.paid_of_declared() == self.declared
    }

    /// Whether what was transferred is all that its credit notes leave of it.
    pub(super) fn is_settled(&self) -> bool {
        self.paid >= self.declared + self.credited
    }

    /// What was transferred, by day; of a credit note what came back.
    pub fn paid_by_day(&self) -> Dated {
        let size = |amount: Cents| if self.declared.is_negative() { -amount } else { amount };
        self.payments.iter().map(|payment| (payment.data.date, size(payment.data.amount))).collect()
    }

    /// The item that takes this one back, where a submitted claim holds this one.
    pub fn countered_by(&self) -> Option<EventId> {
        match self.reversed? {
            Reversed::TakenOut => None,
            Reversed::CounteredBy(id) => Some(id),
        }
    }

    /// The rate of its first submission.
    pub fn frozen_rate(&self) -> Option<FrozenRate> {
        let first = self.portions.first().map(|portion| portion.frozen);
        first.or(self.kept)?.rate
    }

    pub fn portion(&self, claim: u32) -> Option<&Portion> {
        self.portions.iter().find(|portion| portion.claim == claim)
    }

    pub fn cell(&self) -> Cell {
        Cell { partner: self.partner, work_package: self.work_package, category: self.category }
    }

    /// What it adds to the figures of each claim that it is in, and of what is in no claim.
    /// `convert` gives the euro of an amount in its currency, by the newest rate.
    pub fn sums(&self, convert: impl Fn(Cents) -> Option<Cents>) -> Vec<(Place, Sums)> {
        if self.is_taken_out() {
            return Vec::new();
        }
        let place = |claim| Place { cell: self.cell(), claim };
        let in_claims = self.portions.iter();
        let mut all: Vec<_> = in_claims.map(|p| (place(Some(p.claim)), p.sums())).collect();
        if self.is_free() {
            all.push((place(None), self.free_sums(&convert)));
        }
        self.spread_paid(&mut all, convert);
        for (_, sums) in &mut all {
            sums.lines = 1;
        }
        all
    }

    fn free_sums(&self, convert: impl Fn(Cents) -> Option<Cents>) -> Sums {
        if let Some(kept) = self.kept {
            return Figures { declared: kept.euro, ..Figures::default() }.into();
        }
        if self.currency == Currency::EUR {
            return Figures { declared: self.declared, ..Figures::default() }.into();
        }
        let declared = convert(self.declared).unwrap_or_default();
        let figures = Figures { declared, provisional: declared, ..Figures::default() };
        Sums { foreign: self.declared, ..figures.into() }
    }

    /// What was paid fills what the claims declare, the oldest first, and then what is in none.
    fn spread_paid(&self, all: &mut [(Place, Sums)], convert: impl Fn(Cents) -> Option<Cents>) {
        let paid = self.paid_of_declared();
        if paid == Cents::ZERO {
            return;
        }
        let whole = all.iter().map(|(_, sums)| sums.figures.declared).sum();
        let mut left = match self.frozen_rate() {
            _ if paid == self.declared => whole,
            Some(frozen) => paid.to_euro(frozen.value),
            None => convert(paid).unwrap_or_default(),
        };
        for (_, sums) in all {
            let negative = self.declared.is_negative();
            let declared = sums.figures.declared;
            let part = if negative { left.max(declared) } else { left.min(declared) };
            sums.figures.paid = part;
            left -= part;
        }
    }
}
