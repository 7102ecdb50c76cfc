//! What partners bring and earn, held against the form. All amounts are euro.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::FinanceRegister;
use crate::code::WorkPackageCode;
use crate::event::finance::own_money::InKindRecorded;
use crate::event::plan::application_form::{ApplicationFormApproved, ContributionKind};
use crate::ids::PartnerNumber;
use crate::money::Cents;
use crate::project::Project;
use crate::project::finance::own_money::SourceKey;
use crate::project::plan::PlanState;
use crate::project::plan::item::Item;
use crate::text::ShortText;
use crate::view::learning_log::Entry;

/// What a partner recorded, and when.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Noted<T> {
    pub entry: Entry,
    pub data: Arc<T>,
}

/// Something was brought in kind.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct InKind {
    pub entry: Entry,
    pub data: Arc<InKindRecorded>,
    /// What its code meant in the form in force on its day.
    pub work_package: Item<WorkPackageCode>,
}

/// A source of a partner's own share: what the form has of it, and what came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// As the form names it; where it does not, as it was recorded first.
    pub name: ShortText,
    pub kind: ContributionKind,
    /// 0.00 for a source that the form does not name.
    pub planned: Cents,
    /// Less what was given back.
    pub received: Cents,
}

impl<T> Noted<T> {
    pub(super) fn of(entry: Entry, data: &Arc<T>) -> Self {
        Self { entry, data: Arc::clone(data) }
    }
}

impl InKind {
    pub(super) fn of(entry: Entry, data: &Arc<InKindRecorded>, plan: &PlanState) -> Self {
        let work_package = plan.item(data.work_package, entry.occurred_on);
        Self { entry, data: Arc::clone(data), work_package }
    }
}

impl Source {
    /// What is still to come in; 0.00 once all of it has.
    pub fn missing(&self) -> Cents {
        (self.planned - self.received).max(Cents::ZERO)
    }
}

impl FinanceRegister {
    /// The sources of a partner: those of the form in its order, then the others by name.
    pub fn sources(
        &self,
        partner: PartnerNumber,
        project: &Project,
        form: Option<&ApplicationFormApproved>,
    ) -> Vec<Source> {
        let mut sources = Vec::<(SourceKey, Source)>::new();
        let financing = form.iter().flat_map(|form| form.budget.partners.iter());
        let planned = financing.filter(|of| of.partner == partner);
        for one in planned.flat_map(|of| of.contributions.iter()) {
            let key = SourceKey::of(&one.source, one.kind);
            match sources.iter_mut().find(|(known, _)| *known == key) {
                Some((_, source)) => source.planned += one.amount,
                None => {
                    let name = one.source.clone();
                    let received = Cents::ZERO;
                    let source = Source { name, kind: one.kind, planned: one.amount, received };
                    sources.push((key, source));
                }
            }
        }
        let mut others = BTreeMap::new();
        for noted in self.contributions() {
            let key = SourceKey::of(&noted.data.source, noted.data.kind);
            let own = noted.entry.organisation.partner() == Some(partner);
            if own && sources.iter().all(|(known, _)| *known != key) {
                let (name, kind) = (noted.data.source.clone(), noted.data.kind);
                let nothing = Cents::ZERO;
                others.insert(key, Source { name, kind, planned: nothing, received: nothing });
            }
        }
        sources.extend(others);
        let received = |key: &SourceKey| project.finance.own_money.received(partner, key);
        let with_received = |(key, source)| Source { received: received(&key).total(), ..source };
        sources.into_iter().map(with_received).collect()
    }
}
