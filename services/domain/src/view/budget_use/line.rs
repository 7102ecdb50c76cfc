//! One item of expenditure.

use crate::event::plan::RatePolicy;
use crate::ids::{EventId, PartnerNumber};
use crate::money::{Cents, Currency, Rate};
use crate::period::Month;
use crate::project::Project;
use crate::project::finance::line::{Line, Portion};
use crate::project::finance::lines::Lines;

use super::BudgetUse;

/// An item and what became of it. `unpaid` is in its currency.
#[derive(Clone, Copy, Debug)]
pub struct LineAnswer<'a> {
    pub line: &'a Line,
    /// What counts in the sums, in claims and in none, rounded half away from zero; none without a
    /// known rate. Of a reversed line it is what would count.
    pub euro: Option<Cents>,
    /// Whether a later rate would change `euro`.
    pub provisional: bool,
    /// The rate behind `euro`; none for an item in euro.
    pub rate: Option<LineRate>,
    /// What of the declared amount no payment covers.
    pub unpaid: Cents,
    pub certified: Cents,
    pub deducted: Cents,
    /// Not taken up again.
    pub parked: Cents,
    pub in_control: Cents,
}

/// The rate behind an item's euro.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineRate {
    pub month: Month,
    /// Units of the currency for one euro.
    pub rate: Rate,
    /// The policy that gives the rate; none for one that a claim holds fixed.
    pub policy: Option<RatePolicy>,
}

impl BudgetUse {
    /// The item that an event declared.
    pub fn line<'a>(&self, project: &'a Project, id: EventId) -> Option<LineAnswer<'a>> {
        project.finance.line(id).map(|line| answer(&project.finance.lines, line))
    }

    /// The items of a partner, or of all partners one after the other, in the order in which they
    /// were declared; reversed ones too.
    pub fn lines<'a>(
        &'a self,
        project: &'a Project,
        partner: Option<PartnerNumber>,
    ) -> impl Iterator<Item = LineAnswer<'a>> {
        let first = (partner.unwrap_or(PartnerNumber::MIN), u64::MIN);
        let last = (partner.unwrap_or(PartnerNumber::MAX), u64::MAX);
        self.declared.range(first..=last).filter_map(move |(_, id)| self.line(project, *id))
    }
}

fn answer<'a>(lines: &Lines, line: &'a Line) -> LineAnswer<'a> {
    let portions = line.portions.iter();
    let in_claims: Cents = portions.clone().map(Portion::declared).sum();
    let free = match line.kept {
        Some(kept) => Some(kept.euro),
        None if line.is_locked() => Some(Cents::ZERO),
        None => lines.to_euro(line.declared, line.currency),
    };
    let verified = || portions.clone().filter_map(|portion| portion.verified.as_ref());
    let unruled = portions.clone().filter(|portion| portion.verified.is_none());
    LineAnswer {
        line,
        euro: free.map(|free| in_claims + free),
        provisional: line.currency != Currency::EUR && !line.is_locked() && line.kept.is_none(),
        rate: rate(lines, line),
        unpaid: if lines.is_paid(line) {
            Cents::ZERO
        } else {
            line.declared - line.paid_of_declared()
        },
        certified: verified().map(|verified| verified.certified()).sum(),
        deducted: verified().map(|verified| verified.deducted()).sum(),
        parked: portions.clone().map(Portion::parked).sum(),
        in_control: unruled.map(Portion::declared).sum(),
    }
}

fn rate(lines: &Lines, line: &Line) -> Option<LineRate> {
    if line.is_locked() || line.kept.is_some() {
        let frozen = line.frozen_rate()?;
        return Some(LineRate { month: frozen.month, rate: frozen.value, policy: None });
    }
    let used = lines.rate(line.currency)?;
    Some(LineRate { month: used.month, rate: used.rate, policy: Some(used.policy) })
}
