//! The axes along which amounts are split, and which part of the budget is asked for.

use std::collections::BTreeSet;

use crate::code::{ActivityCode, DeliverableCode, WorkPackageCode};
use crate::event::plan::application_form::{ApplicationFormApproved, Category};
use crate::ids::PartnerNumber;
use crate::money::Currency;
use crate::period::Month;
use crate::project::finance::figures::Place;
use crate::project::plan::PlanState;
use crate::project::plan::item::Item;

/// An axis along which amounts are split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Axis {
    Partner,
    WorkPackage,
    Category,
    /// Planned amounts and flat rates have none.
    Activity,
    /// Planned amounts and flat rates have none.
    Deliverable,
    /// Of the document; planned amounts and flat rates have none.
    Currency,
    /// Of the day of the item; planned amounts and flat rates have none.
    Month,
    /// The submitted claim; planned amounts, and what is in no claim, have none.
    Claim,
}

impl Axis {
    pub const ALL: [Self; 8] = [
        Self::Partner,
        Self::WorkPackage,
        Self::Category,
        Self::Activity,
        Self::Deliverable,
        Self::Currency,
        Self::Month,
        Self::Claim,
    ];
    /// Those along which a form plans.
    pub const OF_BUDGET: [Self; 3] = [Self::Partner, Self::WorkPackage, Self::Category];

    /// Whether only single items tell it.
    fn is_of_items(self) -> bool {
        match self {
            Self::Activity | Self::Deliverable | Self::Month => true,
            Self::Partner | Self::WorkPackage | Self::Category | Self::Currency | Self::Claim => {
                false
            }
        }
    }
}

/// Where an amount stands along the axes; nothing where an axis is not asked for, or where the
/// amount has no place on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    pub partner: Option<PartnerNumber>,
    pub work_package: Option<Item<WorkPackageCode>>,
    pub category: Option<Category>,
    pub activity: Option<Item<ActivityCode>>,
    pub deliverable: Option<Item<DeliverableCode>>,
    pub currency: Option<Currency>,
    pub month: Option<Month>,
    pub claim: Option<u32>,
}

impl Key {
    pub fn of(place: &Place) -> Self {
        Self {
            partner: Some(place.cell.partner),
            work_package: Some(place.cell.work_package),
            category: Some(place.cell.category),
            claim: place.claim,
            ..Self::default()
        }
    }

    /// The same along these axes only.
    pub fn along(&self, by: &[Axis]) -> Self {
        Self {
            partner: self.partner.filter(|_| by.contains(&Axis::Partner)),
            work_package: self.work_package.filter(|_| by.contains(&Axis::WorkPackage)),
            category: self.category.filter(|_| by.contains(&Axis::Category)),
            activity: self.activity.filter(|_| by.contains(&Axis::Activity)),
            deliverable: self.deliverable.filter(|_| by.contains(&Axis::Deliverable)),
            currency: self.currency.filter(|_| by.contains(&Axis::Currency)),
            month: self.month.filter(|_| by.contains(&Axis::Month)),
            claim: self.claim.filter(|_| by.contains(&Axis::Claim)),
        }
    }
}

/// Of which partners amounts are told along the axes that would tell single lines: activity,
/// deliverable, currency and month. What others declared stands together there, where it has no
/// place on them, so that it is in every total all the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Detail {
    #[default]
    OfAll,
    Of(BTreeSet<PartnerNumber>),
}

impl Detail {
    /// Of the partners of a project of which single lines may be seen.
    pub fn of(plan: &PlanState, may_see: impl Fn(PartnerNumber) -> bool) -> Self {
        let seen: BTreeSet<_> =
            plan.partners.keys().copied().filter(|partner| may_see(*partner)).collect();
        if seen.len() == plan.partners.len() { Self::OfAll } else { Self::Of(seen) }
    }

    /// Where an amount is told to stand.
    pub fn told(&self, key: Key) -> Key {
        let Self::Of(seen) = self else { return key };
        if key.partner.is_some_and(|partner| seen.contains(&partner)) {
            return key;
        }
        Key { activity: None, deliverable: None, currency: None, month: None, ..key }
    }
}

/// Which part of the budget counts; all where nothing is named. Codes are those of the form that
/// is asked about, otherwise those of another form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub partner: Option<PartnerNumber>,
    pub work_package: Option<WorkPackageCode>,
    pub category: Option<Category>,
    pub activity: Option<ActivityCode>,
    pub deliverable: Option<DeliverableCode>,
    pub currency: Option<Currency>,
    pub month: Option<Month>,
    pub claim: Option<u32>,
    /// Whether it is in a submitted claim.
    pub claimed: Option<bool>,
    /// How far what partners declared is told along the fine axes.
    pub detail: Detail,
}

/// A filter with the items that its codes mean.
#[derive(Clone, Debug)]
pub struct Wanted {
    key: Key,
    claimed: Option<bool>,
    detail: Detail,
}

impl Wanted {
    pub fn of(filter: &Filter, plan: &PlanState, form: Option<&ApplicationFormApproved>) -> Self {
        let key = Key {
            partner: filter.partner,
            work_package: filter.work_package.map(|code| plan.item_under(code, form)),
            category: filter.category,
            activity: filter.activity.map(|code| plan.item_under(code, form)),
            deliverable: filter.deliverable.map(|code| plan.item_under(code, form)),
            currency: filter.currency,
            month: filter.month,
            claim: filter.claim,
        };
        Self { key, claimed: filter.claimed, detail: filter.detail.clone() }
    }

    pub fn takes(&self, key: &Key) -> bool {
        fn fits<T: PartialEq>(wanted: Option<T>, found: Option<T>) -> bool {
            wanted.is_none() || wanted == found
        }
        let Key { partner, work_package, category, activity, deliverable, currency, month, claim } =
            self.key;
        fits(partner, key.partner)
            && fits(work_package, key.work_package)
            && fits(category, key.category)
            && fits(activity, key.activity)
            && fits(deliverable, key.deliverable)
            && fits(currency, key.currency)
            && fits(month, key.month)
            && fits(claim, key.claim)
            && self.claimed.is_none_or(|claimed| claimed == key.claim.is_some())
    }

    pub fn key(&self) -> &Key {
        &self.key
    }

    pub fn claimed(&self) -> Option<bool> {
        self.claimed
    }

    pub fn detail(&self) -> &Detail {
        &self.detail
    }

    /// The same, whatever the category.
    pub fn of_any_category(&self) -> Self {
        Self { key: Key { category: None, ..self.key }, ..self.clone() }
    }

    pub fn category(&self) -> Option<Category> {
        self.key.category
    }

    /// Whether nothing smaller than a partner in a claim is asked for.
    pub fn takes_whole_partners(&self) -> bool {
        Key { partner: None, claim: None, ..self.key } == Key::default()
    }

    /// Whether only single items tell what is asked for.
    pub fn needs_items(&self, by: &[Axis]) -> bool {
        by.iter().any(|axis| axis.is_of_items())
            || self.key.activity.is_some()
            || self.key.deliverable.is_some()
            || self.key.month.is_some()
    }
}
