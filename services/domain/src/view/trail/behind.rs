//! The events and documents behind a part of a figure.

use super::{Books, Kind, Part};
use crate::event::evidence::Evidence;
use crate::ids::EventId;
use crate::money::{Cents, Currency};
use crate::project::finance::claims::ClaimStatus;
use crate::project::finance::line::{Cost, Line, Portion};
use crate::view::origins::Origins;

/// An event behind a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Behind {
    pub event: EventId,
    /// Whether it names the lines of every partner, so that only those who check see it.
    pub of_every_partner: bool,
}

/// Everything that made a part what it is: the form and the subsidy contract by which it is
/// computed, a line with its documents and payments, the rates, and what claims, control and audits
/// made of it. Each event once.
pub fn events(books: &Books, origins: &Origins, part: &Part) -> Vec<Behind> {
    let mut found = Found { books, origins, events: Vec::new() };
    found.all(part.form.and_then(|form| origins.form(form)));
    if part.kind.stands_on_contract() {
        found.all(origins.contract());
    }
    for event in &part.stated_by {
        let is_correction = books.project.finance.fund.knows_correction(*event);
        found.add(*event, is_correction);
    }
    if let Some(line) = part.item.and_then(|id| books.project.finance.line(id)) {
        match part.kind {
            Kind::Drawn => found.own(line),
            Kind::Planned
            | Kind::Item
            | Kind::FlatRate
            | Kind::Fund
            | Kind::FundOfFlatRate
            | Kind::Rounding
            | Kind::Payment
            | Kind::OwnMoney
            | Kind::Contract
            | Kind::SubsidyContract
            | Kind::Share
            | Kind::SecondPayment
            | Kind::Limit => found.line(line, part.key.claim),
        }
    }
    found.events
}

/// The documents of a part: of the event that states it, or of its line and the payments of it. A
/// reversal has those of the line that it takes back too.
pub fn documents<'a>(books: &Books<'a>, part: &'a Part) -> Vec<&'a Evidence> {
    let finance = &books.project.finance;
    let line = part.item.and_then(|id| finance.line(id));
    let taken_back = line.and_then(|line| taken_back_by(books, line));
    let lines = taken_back.into_iter().chain(line);
    let of_lines = lines.flat_map(|line| {
        let payments = line.payments.iter();
        let paid = payments.flat_map(|one| one.data.evidence.iter().chain(&one.attached));
        line.evidence().chain(paid)
    });
    part.evidence.iter().chain(of_lines).collect()
}

fn taken_back_by<'a>(books: &Books<'a>, line: &Line) -> Option<&'a Line> {
    match line.cost {
        Cost::Reversal { of } => books.project.finance.line(of),
        Cost::Document(_) | Cost::LumpSum(_) | Cost::UnitCost(_) => None,
    }
}

impl Kind {
    fn stands_on_contract(self) -> bool {
        match self {
            Self::SubsidyContract | Self::Share | Self::SecondPayment => true,
            Self::Planned
            | Self::Item
            | Self::FlatRate
            | Self::Fund
            | Self::FundOfFlatRate
            | Self::Rounding
            | Self::Payment
            | Self::OwnMoney
            | Self::Contract
            | Self::Drawn
            | Self::Limit => false,
        }
    }
}

struct Found<'a> {
    books: &'a Books<'a>,
    origins: &'a Origins,
    events: Vec<Behind>,
}

impl Found<'_> {
    fn add(&mut self, event: EventId, of_every_partner: bool) {
        if self.events.iter().all(|behind| behind.event != event) {
            self.events.push(Behind { event, of_every_partner });
        }
    }

    fn all(&mut self, events: impl IntoIterator<Item = EventId>) {
        events.into_iter().for_each(|event| self.add(event, false));
    }

    /// What the partner and the lead partner recorded of a line.
    fn own(&mut self, line: &Line) {
        self.all(self.origins.line(line.id).iter().copied());
    }

    /// A line, as far as it is in a claim or in none.
    fn line(&mut self, line: &Line, claim: Option<u32>) {
        if let Some(taken_back) = taken_back_by(self.books, line) {
            self.own(taken_back);
            for portion in &taken_back.portions {
                self.submission(taken_back, portion);
            }
        }
        self.own(line);
        // What was taken up again has its euro from the claims before.
        let portions = &line.portions;
        let portions = match portions.iter().position(|portion| Some(portion.claim) == claim) {
            Some(at) if portions[at].was_kept => &portions[..=at],
            Some(at) => &portions[at..=at],
            None if line.kept.is_some() => portions,
            None => &[],
        };
        for portion in portions {
            self.portion(line, portion);
        }
        let free = claim.is_none() && line.kept.is_none() && line.currency != Currency::EUR;
        let rates = &self.books.project.finance.lines;
        if let Some(used) = rates.rate(line.currency).filter(|_| free) {
            let plan = &self.books.project.plan;
            self.all(self.origins.rate(line.currency, used.month, plan));
        }
        self.all(line.countered_by());
    }

    fn submission(&mut self, line: &Line, portion: &Portion) {
        let submission = portion.submitted_by;
        self.all(self.origins.rates_of_submission(submission, line.currency));
        self.add(submission, true);
    }

    fn portion(&mut self, line: &Line, portion: &Portion) {
        self.submission(line, portion);
        let claim = self.books.project.finance.claim(portion.claim);
        if let Some(control) = claim.and_then(|claim| claim.control.as_ref()) {
            self.add(control.event, true);
        }
        if let Some(verified) = &portion.verified {
            self.add(verified.event, false);
        }
        self.all(claim.filter(|claim| claim.status == ClaimStatus::Closed).map(|c| c.event));
        if portion.taken_up != Cents::ZERO {
            self.all(self.origins.unparked(line.id).iter().copied());
        }
        for correction in portion.verified.iter().flat_map(|verified| &verified.corrections) {
            self.add(correction.event, false);
        }
    }
}
