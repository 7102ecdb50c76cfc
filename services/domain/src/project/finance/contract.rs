//! Contracts with suppliers as the rules need them, with the sums of the lines that name them.
//!
//! A line counts at the contract whose reference it names, also where the contract is recorded
//! after the line. Whatever is asked costs the logarithm of the number of lines.

use std::sync::Arc;

use imbl::{OrdMap, OrdSet};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::dated::Dated;
use super::document::{DocumentKey, without_spaces_and_case};
use super::line::Line;
use crate::event::finance::Finance;
use crate::event::finance::contract::{ContractAmended, ContractAwarded, ContractClosed};
use crate::event::finance::expenditure::ExpenditureDeclared;
use crate::event::plan::RatePolicy;
use crate::ids::{EventId, PartnerNumber};
use crate::money::{Cents, Currency, Rate};
use crate::posting::Recorded;
use crate::project::plan::PlanState;
use crate::text::ShortText;

/// The contracts of all partners, and what was drawn on them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Contracts {
    awarded: OrdMap<ContractKey, Arc<Contract>>,
    /// The live lines that name a reference, also one that no contract has, by their currency.
    uses: OrdMap<(ContractKey, Currency), Use>,
    /// What each of these lines states of its document.
    stated: OrdSet<Stated>,
}

/// A contract: its partner, and its reference as it is compared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ContractKey {
    pub partner: PartnerNumber,
    reference: Arc<str>,
}

/// A contract as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contract {
    /// The event that awarded it.
    pub event_id: EventId,
    pub data: Arc<ContractAwarded>,
    /// What the partner owes at most, as last amended.
    pub value: Cents,
    /// Last day of performance, as last amended.
    pub end: Option<Date>,
    pub closed_on: Option<Date>,
    /// What of it is passed on to others.
    pub subcontracted: Dated,
}

/// What lines have drawn on a contract, in one currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Use {
    pub lines: u64,
    /// Net and VAT of the lines' documents, each document once.
    pub gross: Cents,
    pub declared: Cents,
    /// All payments of the lines.
    pub paid: Cents,
}

/// What was drawn on a contract, in the contract's currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Used {
    pub of: Use,
    /// Lines in a currency that no fixed rate ties to the contract's. They are in no sum.
    pub lines_apart: u64,
}

/// Of lines of one document and one sign, the one that states most gives the document's amount.
type Stated = (ContractKey, Currency, Arc<DocumentKey>, bool, Cents, EventId);

/// What a line draws on a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    pub line: EventId,
    pub partner: PartnerNumber,
    pub data: Arc<ExpenditureDeclared>,
    pub paid: Cents,
}

impl Drawn {
    /// Nothing for a line that was taken back, and for what stands on no document.
    pub fn of(line: &Line) -> Option<Self> {
        let data = line.document().filter(|_| line.reversed.is_none())?;
        let data = Arc::clone(data);
        Some(Self { line: line.id, partner: line.partner, data, paid: line.paid })
    }

    pub fn key(&self) -> Option<ContractKey> {
        self.data.contract.as_ref().map(|reference| ContractKey::of(self.partner, reference))
    }

    /// Net and VAT of its document.
    pub fn gross(&self) -> Cents {
        self.data.net + self.data.vat
    }
}

impl ContractKey {
    pub fn of(partner: PartnerNumber, reference: &ShortText) -> Self {
        Self { partner, reference: without_spaces_and_case(reference.as_str()).into() }
    }
}

impl Contracts {
    /// A reference is given once; a second contract under it changes nothing.
    pub(super) fn award(&mut self, recorded: &Recorded, data: &Arc<ContractAwarded>) {
        let Some(partner) = recorded.partner() else { return };
        let contract = Contract {
            event_id: recorded.id,
            data: Arc::clone(data),
            value: data.value,
            end: data.end,
            closed_on: None,
            subcontracted: Dated::default(),
        };
        let key = ContractKey::of(partner, &data.reference);
        self.awarded.entry(key).or_insert_with(|| Arc::new(contract));
    }

    pub(super) fn amend(&mut self, recorded: &Recorded, data: &ContractAmended) {
        self.change(recorded, &data.contract, |contract| {
            contract.value = data.value.unwrap_or(contract.value);
            contract.end = data.end.or(contract.end);
        });
    }

    pub(super) fn close(&mut self, recorded: &Recorded, data: &ContractClosed) {
        self.change(recorded, &data.contract, |contract| contract.closed_on = Some(data.date));
    }

    pub(super) fn pass_on(&mut self, recorded: &Recorded, reference: &ShortText, value: Cents) {
        let day = recorded.occurred_on;
        self.change(recorded, reference, |contract| contract.subcontracted.add(day, value));
    }

    fn change(
        &mut self,
        recorded: &Recorded,
        reference: &ShortText,
        change: impl FnOnce(&mut Contract),
    ) {
        let key = recorded.partner().map(|partner| ContractKey::of(partner, reference));
        if let Some(contract) = key.and_then(|key| self.awarded.get_mut(&key)) {
            change(Arc::make_mut(contract));
        }
    }

    /// Counts a line as it has become by an event in place of what it was.
    pub(super) fn follow(&mut self, before: Option<&Drawn>, after: Option<&Drawn>) {
        if before == after {
            return;
        }
        if let Some(drawn) = before {
            self.give_back(drawn);
        }
        if let Some(drawn) = after {
            self.draw(drawn);
        }
    }

    pub fn get(&self, partner: PartnerNumber, reference: &ShortText) -> Option<&Contract> {
        self.awarded.get(&ContractKey::of(partner, reference)).map(|contract| &**contract)
    }

    /// What was drawn on a contract; in another currency only where both are tied to the euro by
    /// a rate that never changes.
    pub fn used(&self, key: &ContractKey, currency: Currency, plan: &PlanState) -> Used {
        let mut used = Used::default();
        for (in_currency, sums) in self.uses_of(key) {
            let convert = |amount| convert(amount, in_currency, currency, plan);
            match (convert(sums.gross), convert(sums.declared), convert(sums.paid)) {
                (Some(gross), Some(declared), Some(paid)) => {
                    used.of.add(&Use { lines: sums.lines, gross, declared, paid });
                }
                (None, _, _) | (_, None, _) | (_, _, None) => used.lines_apart += sums.lines,
            }
        }
        used
    }

    /// What would be drawn on a contract with one line more, in place of itself where it is there.
    pub fn used_with(
        &self,
        drawn: &Drawn,
        replaced: Option<&Drawn>,
        contract: &Contract,
        plan: &PlanState,
    ) -> Used {
        let mut then = self.clone();
        then.follow(replaced, Some(drawn));
        let key = ContractKey::of(drawn.partner, &contract.data.reference);
        then.used(&key, contract.data.currency, plan)
    }

    fn uses_of(&self, key: &ContractKey) -> impl Iterator<Item = (Currency, &Use)> {
        let (first, last) = Currency::BOUNDS;
        let of_contract = (key.clone(), first)..=(key.clone(), last);
        self.uses.range(of_contract).map(|((_, currency), sums)| (*currency, sums))
    }

    fn draw(&mut self, drawn: &Drawn) {
        self.change_use(drawn, |stated, entry| _ = stated.insert(entry), Use::add);
    }

    fn give_back(&mut self, drawn: &Drawn) {
        self.change_use(drawn, |stated, entry| _ = stated.remove(&entry), Use::subtract);
    }

    fn change_use(
        &mut self,
        drawn: &Drawn,
        change: fn(&mut OrdSet<Stated>, Stated),
        count: fn(&mut Use, &Use),
    ) {
        let Some(key) = drawn.key() else { return };
        let document = Arc::new(DocumentKey::of(&drawn.data.document));
        let currency = drawn.data.currency;
        let negative = drawn.data.declared.is_negative();
        let entry =
            |gross, line| (key.clone(), currency, Arc::clone(&document), negative, gross, line);
        let before = self.gross_of_document(entry);
        change(&mut self.stated, entry(drawn.gross(), drawn.line));
        let after = self.gross_of_document(entry);
        let mut sums = self.uses.get(&(key.clone(), currency)).copied().unwrap_or_default();
        let line =
            Use { lines: 1, gross: Cents::ZERO, declared: drawn.data.declared, paid: drawn.paid };
        count(&mut sums, &line);
        sums.gross += after - before;
        if sums == Use::default() {
            self.uses.remove(&(key, currency));
        } else {
            self.uses.insert((key, currency), sums);
        }
    }

    /// The amount of a document at a contract: what is stated of it that is farthest from nothing.
    fn gross_of_document(&self, entry: impl Fn(Cents, EventId) -> Stated) -> Cents {
        let first = entry(Cents::new(i64::MIN), Uuid::nil());
        let negative = first.3;
        let mut stated = self.stated.range(first..=entry(Cents::new(i64::MAX), Uuid::max()));
        let farthest = if negative { stated.next() } else { stated.next_back() };
        farthest.map(|(_, _, _, _, gross, _)| *gross).unwrap_or_default()
    }
}

impl Use {
    fn add(&mut self, other: &Self) {
        self.lines += other.lines;
        self.gross += other.gross;
        self.declared += other.declared;
        self.paid += other.paid;
    }

    fn subtract(&mut self, other: &Self) {
        self.lines = self.lines.saturating_sub(other.lines);
        self.gross -= other.gross;
        self.declared -= other.declared;
        self.paid -= other.paid;
    }
}

/// Whether amounts of two currencies are compared: they are one, or tied by fixed rates.
pub fn is_comparable(one: Currency, other: Currency, plan: &PlanState) -> bool {
    convert(Cents::ZERO, one, other, plan).is_some()
}

/// An amount in another currency by rates that never change.
pub fn convert(amount: Cents, from: Currency, to: Currency, plan: &PlanState) -> Option<Cents> {
    if from == to {
        return Some(amount);
    }
    let euro = match from {
        Currency::EUR => amount,
        _ => amount.to_euro(fixed_rate(from, plan)?),
    };
    match to {
        Currency::EUR => Some(euro),
        _ => Some(euro.from_euro(fixed_rate(to, plan)?)),
    }
}

/// The rate of a currency that the euro has replaced.
fn fixed_rate(currency: Currency, plan: &PlanState) -> Option<Rate> {
    let newest = plan.rate_policy(currency, Date::MAX)?;
    match newest.policy {
        RatePolicy::Irrevocable => newest.value,
        RatePolicy::MonthlyOfSubmission => None,
    }
}

/// The line that an event makes or changes.
pub(super) fn line_of(id: EventId, event: &Finance) -> Option<EventId> {
    match event {
        Finance::ExpenditureDeclared(_) => Some(id),
        Finance::ExpenditurePaid(data) => Some(data.line),
        Finance::ExpenditureAmended(data) => Some(data.line),
        Finance::ExpenditureReversed(data) => Some(data.line),
        Finance::ContractAwarded(_)
        | Finance::ContractAmended(_)
        | Finance::ContractClosed(_)
        | Finance::SubcontractRecorded(_)
        | Finance::ExpenditurePrechecked(_)
        | Finance::EvidenceAttached(_)
        | Finance::EvidenceSuperseded(_)
        | Finance::LumpSumTriggered(_)
        | Finance::UnitCostClaimed(_)
        | Finance::ContributionReceived(_)
        | Finance::InKindRecorded(_)
        | Finance::RevenueRecorded(_)
        | Finance::PartnerReportSubmitted(_)
        | Finance::PartnerReportReturned(_)
        | Finance::ClaimAssembled(_)
        | Finance::ClaimSubmitted(_)
        | Finance::ClaimWithdrawn(_)
        | Finance::ControlStarted(_)
        | Finance::ControlClosed(_)
        | Finance::ClarificationRequested(_)
        | Finance::ClarificationAnswered(_)
        | Finance::ClarificationClosed(_)
        | Finance::LineVerified(_)
        | Finance::LineUnparked(_)
        | Finance::VisitRecorded(_)
        | Finance::PaymentReceived(_)
        | Finance::PaymentForwarded(_)
        | Finance::PaymentConfirmed(_)
        | Finance::RecoveryOrdered(_)
        | Finance::RecoveryRepaid(_)
        | Finance::AuditOpened(_)
        | Finance::FindingRecorded(_)
        | Finance::CorrectionImposed(_)
        | Finance::AuditClosed(_)
        | Finance::RetentionStarted(_)
        | Finance::HoldPlaced(_)
        | Finance::HoldReleased(_) => None,
    }
}

#[cfg(test)]
mod tests;
