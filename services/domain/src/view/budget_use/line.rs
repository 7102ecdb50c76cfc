//! One expenditure line.

use std::sync::Arc;

use jiff::civil::Date;

use super::BudgetUse;
use crate::code::{ActivityCode, DeliverableCode, WorkPackageCode};
use crate::event::finance::expenditure::ExpenditureDeclared;
use crate::ids::{EventId, PartnerNumber};
use crate::money::{Cents, Currency};
use crate::project::Project;
use crate::project::finance::{FinanceState, Line, RateUsed};
use crate::project::plan::item::Item;

/// A line and what became of it. `declared`, `paid`, `unpaid` and `credited` are in `currency`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineAnswer {
    pub id: EventId,
    pub partner: PartnerNumber,
    pub data: Arc<ExpenditureDeclared>,
    /// The items of the plan that its codes mean.
    pub work_package: Item<WorkPackageCode>,
    pub activity: Option<Item<ActivityCode>>,
    pub deliverable: Option<Item<DeliverableCode>>,
    pub occurred_on: Date,
    /// Number of the declaring event in its project.
    pub version: u64,
    pub currency: Currency,
    pub declared: Cents,
    /// What counts in the sums, rounded half away from zero; none without a known rate. Of a
    /// reversed line it is what would count.
    pub euro: Option<Cents>,
    /// Whether a later rate would change `euro`.
    pub provisional: bool,
    /// The rate behind `euro` and its month; none for a line in euro.
    pub rate: Option<RateUsed>,
    /// All payments, also of what the project does not bear.
    pub paid: Cents,
    /// What of `declared` no payment covers.
    pub unpaid: Cents,
    /// Live credit notes that name this line: negative, or nothing. Each is a line of its own.
    pub credited: Cents,
    pub reversed: bool,
}

impl BudgetUse {
    /// The line that an event declared.
    pub fn line(&self, project: &Project, id: EventId) -> Option<LineAnswer> {
        project.finance.line(id).map(|line| answer(&project.finance, line))
    }

    /// The lines of a partner, or of all partners one after the other, in the order in which they
    /// were declared; reversed ones too.
    pub fn lines(
        &self,
        project: &Project,
        partner: Option<PartnerNumber>,
    ) -> impl Iterator<Item = LineAnswer> {
        let first = (partner.unwrap_or(PartnerNumber::MIN), u64::MIN);
        let last = (partner.unwrap_or(PartnerNumber::MAX), u64::MAX);
        self.declared.range(first..=last).filter_map(move |(_, id)| self.line(project, *id))
    }
}

fn answer(finance: &FinanceState, line: &Line) -> LineAnswer {
    let (declared, currency) = (line.data.declared, line.data.currency);
    LineAnswer {
        id: line.id,
        partner: line.partner,
        data: Arc::clone(&line.data),
        work_package: line.work_package,
        activity: line.activity,
        deliverable: line.deliverable,
        occurred_on: line.occurred_on,
        version: line.version,
        currency,
        declared,
        euro: finance.to_euro(declared, currency),
        provisional: currency != Currency::EUR,
        rate: finance.rate(currency).copied(),
        paid: line.paid,
        unpaid: declared - line.paid_of_declared(),
        credited: line.credited,
        reversed: line.reversed,
    }
}
