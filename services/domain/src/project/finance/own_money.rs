//! What partners bring and earn, in sums. All amounts are euro.

use std::sync::Arc;

use imbl::OrdMap;
use serde::{Deserialize, Serialize};

use super::dated::Dated;
use super::document::without_spaces_and_case;
use crate::event::finance::own_money::{ContributionReceived, InKindRecorded, RevenueRecorded};
use crate::event::plan::application_form::ContributionKind;
use crate::ids::PartnerNumber;
use crate::money::Cents;
use crate::posting::Recorded;
use crate::text::ShortText;

/// The own money of all partners.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct OwnMoney {
    contributions: OrdMap<(PartnerNumber, SourceKey), Dated>,
    in_kind: OrdMap<PartnerNumber, Dated>,
    revenue: OrdMap<(PartnerNumber, Arc<str>), Dated>,
    sums: OrdMap<PartnerNumber, OwnSums>,
}

/// Who gives something, as it is compared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SourceKey {
    name: Arc<str>,
    kind: ContributionKind,
}

/// What a partner brought and earned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnSums {
    /// Contributions received, less what was given back.
    pub contributions: Cents,
    /// The value of what was brought in kind.
    pub in_kind: Cents,
    /// Revenue, less what was given back. No cost is less for it.
    pub revenue: Cents,
}

impl SourceKey {
    pub fn of(name: &ShortText, kind: ContributionKind) -> Self {
        Self { name: compared(name), kind }
    }
}

/// A name without spaces, in capitals.
pub fn compared(name: &ShortText) -> Arc<str> {
    without_spaces_and_case(name.as_str()).into()
}

impl OwnMoney {
    pub(super) fn receive(&mut self, recorded: &Recorded, data: &ContributionReceived) {
        let Some(partner) = recorded.partner() else { return };
        let key = (partner, SourceKey::of(&data.source, data.kind));
        self.contributions.entry(key).or_default().add(data.date, data.amount);
        self.sums.entry(partner).or_default().contributions += data.amount;
    }

    pub(super) fn bring(&mut self, recorded: &Recorded, data: &InKindRecorded) {
        let Some(partner) = recorded.partner() else { return };
        self.in_kind.entry(partner).or_default().add(recorded.occurred_on, data.value);
        self.sums.entry(partner).or_default().in_kind += data.value;
    }

    pub(super) fn earn(&mut self, recorded: &Recorded, data: &RevenueRecorded) {
        let Some(partner) = recorded.partner() else { return };
        let key = (partner, compared(&data.source));
        self.revenue.entry(key).or_default().add(data.date, data.amount);
        self.sums.entry(partner).or_default().revenue += data.amount;
    }

    /// What a partner brought and earned.
    pub fn of(&self, partner: PartnerNumber) -> OwnSums {
        self.sums.get(&partner).copied().unwrap_or_default()
    }

    /// What a partner has received of a source, less what it gave back.
    pub fn received(&self, partner: PartnerNumber, source: &SourceKey) -> Dated {
        self.contributions.get(&(partner, source.clone())).cloned().unwrap_or_default()
    }

    /// The value of what a partner brought in kind.
    pub fn in_kind(&self, partner: PartnerNumber) -> Dated {
        self.in_kind.get(&partner).cloned().unwrap_or_default()
    }

    /// What a partner has earned from somebody, less what it gave back.
    pub fn earned(&self, partner: PartnerNumber, source: &ShortText) -> Dated {
        self.revenue.get(&(partner, compared(source))).cloned().unwrap_or_default()
    }
}
