//! What a deliverable has cost.

use std::collections::BTreeMap;

use async_graphql::{ComplexObject, ID, SimpleObject};
use cairn_domain::code::DeliverableCode;
use cairn_domain::project::plan::item::Item;
use cairn_domain::view::budget_use::Amounts;
use cairn_domain::view::budget_use::axes::{Axis, Filter};
use cairn_domain::view::trail::figure::Figure;

use super::figure::{CostAmount, Told};
use crate::graphql::project::Reading;
use crate::graphql::values::Decimal;

/// What the lines of a deliverable come to, in euro, without flat rates.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct DeliverableCost {
    #[graphql(skip)]
    told: (Told, Item<DeliverableCode>),
    pub declared: Decimal,
    /// The part of `declared` that a later exchange rate would change.
    pub provisional: Decimal,
    pub paid: Decimal,
    pub certified: Decimal,
}

#[ComplexObject]
impl DeliverableCost {
    /// Opaque id of one of these amounts, for `trail`.
    async fn figure(&self, of: CostAmount) -> ID {
        let (told, deliverable) = &self.told;
        told.id(&Figure::Deliverable(of.into(), *deliverable))
    }
}

impl DeliverableCost {
    fn of(told: (Told, Item<DeliverableCode>), amounts: &Amounts) -> Self {
        Self {
            told,
            declared: Decimal(amounts.declared),
            provisional: Decimal(amounts.provisional),
            paid: Decimal(amounts.paid),
            certified: Decimal(amounts.certified),
        }
    }
}

/// The costs of all deliverables, computed once for an answer.
pub type Costs = BTreeMap<Item<DeliverableCode>, Amounts>;

impl Reading {
    /// The lines of everybody count, also those that the caller may not see one by one.
    pub(in crate::graphql::project) fn cost_of(
        &self,
        item: Item<DeliverableCode>,
    ) -> DeliverableCost {
        let costs = self.costs.get_or_init(|| {
            let (room, by) = (&self.room, [Axis::Deliverable]);
            let form = self.form.as_deref();
            let answer = room.budget_use.budget_use(&room.project, form, &by, &Filter::default());
            let rows = answer.rows.iter();
            rows.filter_map(|row| Some((row.key.deliverable?, row.amounts))).collect()
        });
        let told = (Told::of(self), item);
        DeliverableCost::of(told, costs.get(&item).unwrap_or(&Amounts::default()))
    }
}
