//! All items of a project, with the sums that warnings and the budget both speak of.
//!
//! Everything that a rule asks costs the logarithm of the number of items, or is in proportion to
//! the lines of one document or to the places of the budget.

use std::collections::BTreeMap;
use std::sync::Arc;

use imbl::{OrdMap, OrdSet};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::RateUsed;
use super::document::DocumentKey;
use super::figures::{Figures, Place};
use super::line::Line;
use super::sums::Sums;
use crate::ids::{EventId, PartnerNumber};
use crate::money::{Cents, Currency};
use crate::project::plan::PlanState;

/// The items of a project, what is found by them, and their running sums.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Lines {
    lines: OrdMap<EventId, Arc<Line>>,
    /// The live lines of each document at each partner.
    documents: OrdSet<(Arc<DocumentKey>, PartnerNumber, EventId)>,
    /// The live items whose euro follow the newest rate, for when it changes.
    foreign: OrdSet<(Currency, EventId)>,
    sums: OrdMap<(Place, Currency), Sums>,
    rates: OrdMap<Currency, RateUsed>,
}

impl Lines {
    pub fn get(&self, id: EventId) -> Option<&Line> {
        self.lines.get(&id).map(|line| &**line)
    }

    pub fn all(&self) -> impl Iterator<Item = &Line> {
        self.lines.values().map(|line| &**line)
    }

    /// Whether nothing of an item is left to pay. A line is paid by what was transferred and by its
    /// credit notes together, and such a note is then set off.
    pub fn is_paid(&self, line: &Line) -> bool {
        let corrected = line.document().and_then(|data| self.get(data.corrects?));
        line.is_transferred()
            || (line.credited != Cents::ZERO && line.is_settled())
            || corrected.is_some_and(Line::is_settled)
    }

    /// The live lines of a document at a partner.
    pub fn of_document(
        &self,
        key: DocumentKey,
        partner: PartnerNumber,
    ) -> impl Iterator<Item = &Line> {
        let key = Arc::new(key);
        self.documents
            .range((Arc::clone(&key), partner, Uuid::nil())..=(key, partner, Uuid::max()))
            .filter_map(|(_, _, id)| self.get(*id))
    }

    /// Whether a document has a live line at another partner than this one.
    pub fn is_declared_by_another(&self, key: DocumentKey, partner: PartnerNumber) -> bool {
        if !key.is_the_same_everywhere() {
            return false;
        }
        let key = Arc::new(key);
        self.documents
            .range((Arc::clone(&key), 0, Uuid::nil())..=(key, PartnerNumber::MAX, Uuid::max()))
            .any(|(_, declared_by, _)| *declared_by != partner)
    }

    /// The rate by which a currency is euro for now; none for the euro itself.
    pub fn rate(&self, currency: Currency) -> Option<&RateUsed> {
        self.rates.get(&currency)
    }

    /// An amount in euro by the newest rate that the log knows, rounded half away from zero.
    pub fn to_euro(&self, amount: Cents, currency: Currency) -> Option<Cents> {
        if currency == Currency::EUR {
            return Some(amount);
        }
        self.rates.get(&currency).map(|used| amount.to_euro(used.rate))
    }

    /// What an item adds to the figures of each place.
    pub fn sums_of(&self, line: &Line) -> Vec<(Place, Sums)> {
        line.sums(|amount| self.to_euro(amount, line.currency))
    }

    /// The sums of the live items by place and currency.
    pub fn sums(&self) -> impl Iterator<Item = (&Place, Currency, &Sums)> {
        self.sums.iter().map(|((place, currency), sums)| (place, *currency, sums))
    }

    /// The figures of all places that have items, without flat rates.
    pub fn figures(&self) -> BTreeMap<Place, Figures> {
        let mut figures = BTreeMap::<Place, Figures>::new();
        for (place, _, sums) in self.sums() {
            figures.entry(*place).or_default().add(sums.figures);
        }
        figures
    }

    /// Takes a new item in.
    pub(super) fn insert(&mut self, line: Line) {
        self.index(&line, true);
        self.lines.insert(line.id, Arc::new(line));
    }

    /// Changes an item, if it is there, and what is found by it and the sums with it.
    pub(super) fn change(&mut self, id: EventId, change: impl FnOnce(&mut Line)) {
        let Some(before) = self.lines.get(&id).cloned() else { return };
        let mut line = (*before).clone();
        change(&mut line);
        if *before == line {
            return;
        }
        self.index(&before, false);
        self.index(&line, true);
        self.lines.insert(id, Arc::new(line));
    }

    /// Enters an item into what is found by it and into the sums, or takes it out.
    fn index(&mut self, line: &Line, enters: bool) {
        if line.is_taken_out() {
            return;
        }
        // What was taken back after a claim locked it counts there, and its document is free.
        if let Some(data) = line.document().filter(|_| line.reversed.is_none()) {
            let key = (Arc::new(DocumentKey::of(&data.document)), line.partner, line.id);
            if enters {
                self.documents.insert(key)
            } else {
                self.documents.remove(&key)
            };
        }
        let follows_rate = line.is_free() && line.kept.is_none();
        if follows_rate && line.currency != Currency::EUR {
            let key = (line.currency, line.id);
            if enters {
                self.foreign.insert(key)
            } else {
                self.foreign.remove(&key)
            };
        }
        for (place, counted) in self.sums_of(line) {
            let key = (place, line.currency);
            let mut sums = self.sums.get(&key).copied().unwrap_or_default();
            if enters {
                sums.add(counted)
            } else {
                sums.subtract(counted)
            }
            if sums.lines == 0 {
                self.sums.remove(&key);
            } else {
                self.sums.insert(key, sums);
            }
        }
    }

    /// Converts the items of a currency anew when the newest rate that the log knows is another.
    pub(super) fn follow_rate(&mut self, plan: &PlanState, currency: Currency) {
        let used = plan.newest_rate(currency).and_then(|(month, rate)| {
            let policy = plan.rate_policy(currency, month.last_day())?.policy;
            Some(RateUsed { currency, month, rate, policy })
        });
        if currency == Currency::EUR || self.rates.get(&currency) == used.as_ref() {
            return;
        }
        let of_currency = (currency, Uuid::nil())..=(currency, Uuid::max());
        let ids: Vec<_> = self.foreign.range(of_currency).map(|(_, id)| *id).collect();
        let lines: Vec<_> = ids.iter().filter_map(|id| self.lines.get(id).cloned()).collect();
        let mut changes = BTreeMap::<Place, (Sums, Sums)>::new();
        let before = self.clone();
        match used {
            Some(used) => self.rates.insert(currency, used),
            None => self.rates.remove(&currency),
        };
        for line in &lines {
            for (place, sums) in before.sums_of(line) {
                changes.entry(place).or_default().0.add(sums);
            }
            for (place, sums) in self.sums_of(line) {
                changes.entry(place).or_default().1.add(sums);
            }
        }
        for (place, (before, after)) in changes {
            if let Some(sums) = self.sums.get_mut(&(place, currency)) {
                sums.subtract(before);
                sums.add(after);
            }
        }
    }
}
