//! The name of a figure: which amount, of what.

use serde::{Deserialize, Serialize};

use crate::code::{ActivityCode, DeliverableCode, WorkPackageCode};
use crate::event::plan::application_form::{Category, ContributionKind};
use crate::ids::{EventId, PartnerNumber};
use crate::money::{Cents, Currency};
use crate::period::Month;
use crate::project::finance::line::Line;
use crate::project::plan::item::Item;
use crate::text::ShortText;
use crate::view::budget_use::axes::{Axis, Key, Wanted};
use crate::view::budget_use::entries::Entry;

/// A figure that opens to its parts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Figure {
    /// In the detail in which budget use is told to who asks.
    Budget(BudgetAmount, Place),
    /// Of the items of a deliverable, whoever declared them.
    Deliverable(BudgetAmount, Item<DeliverableCode>),
    /// What is declared in months, whoever declared it.
    Months(Months),
    Cash(CashAmount, PartnerNumber),
    /// The amount of a payment of the fund, by the event that recorded it.
    Payment(EventId),
    /// By the event that ordered it.
    Recovery(RecoveryAmount, EventId),
    Trigger(TriggerAmount),
    PartnerTrigger(PartnerTriggerAmount, PartnerNumber),
    /// By the event that awarded it.
    Contract(ContractAmount, PartnerNumber, EventId),
    Source(SourceAmount, PartnerNumber, ContributionKind, ShortText),
}

/// Which months of a spending profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Months {
    One(Month),
    UpTo(Month),
    /// What belongs to no month: flat rates.
    None,
}

impl Figure {
    /// Whether it is told to everybody as a whole, so that what others have in it stands together.
    pub fn is_of_all(&self) -> bool {
        match self {
            Self::Deliverable(_, _) | Self::Months(_) => true,
            Self::Budget(_, _)
            | Self::Cash(_, _)
            | Self::Payment(_)
            | Self::Recovery(_, _)
            | Self::Trigger(_)
            | Self::PartnerTrigger(_, _)
            | Self::Contract(_, _, _)
            | Self::Source(_, _, _, _) => false,
        }
    }
}

/// An amount of a partner's cash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CashAmount {
    Received,
    Confirmed,
    Forwarded,
    Repaid,
    Recovered,
    ToRepay,
    Spent,
    OwnShare,
    Contributions,
    InKind,
    Revenue,
    Held,
    Gap,
}

/// An amount of a recovery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RecoveryAmount {
    Ordered,
    Repaid,
    Left,
}

/// An amount on the way to the second payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TriggerAmount {
    Base,
    Trigger,
    Reported,
    Claimed,
    Provisional,
    Missing,
    SecondPayment,
    Validated,
    ProRataValidated,
    ProRataReported,
}

/// An amount of a partner's part in reaching the trigger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PartnerTriggerAmount {
    Reported,
    Planned,
    Trigger,
    Missing,
}

/// An amount of a contract with a supplier, in the contract's currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ContractAmount {
    Value,
    Documents,
    Declared,
    Paid,
    Remaining,
    Subcontracted,
}

/// An amount of a source of a partner's own share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SourceAmount {
    Planned,
    Received,
    Missing,
}

/// An amount of budget use, or of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum BudgetAmount {
    Planned,
    Declared,
    Provisional,
    Frozen,
    Paid,
    Claimed,
    Certified,
    Deducted,
    Parked,
    InControl,
    Remaining,
    Erdf,
    ErdfCertified,
    /// Of a claim: what it declared, with what was taken up again.
    AsClaimed,
    /// Of a claim: what was parked, with what was taken up again.
    AsParked,
    TakenUp,
    ErdfAsClaimed,
}

impl BudgetAmount {
    pub const ALL: [Self; 17] = [
        Self::Planned,
        Self::Declared,
        Self::Provisional,
        Self::Frozen,
        Self::Paid,
        Self::Claimed,
        Self::Certified,
        Self::Deducted,
        Self::Parked,
        Self::InControl,
        Self::Remaining,
        Self::Erdf,
        Self::ErdfCertified,
        Self::AsClaimed,
        Self::AsParked,
        Self::TakenUp,
        Self::ErdfAsClaimed,
    ];

    /// Of an amount of the fund: the amount that it is a part of.
    pub(super) fn of_fund(self) -> Option<Self> {
        match self {
            Self::Erdf => Some(Self::Declared),
            Self::ErdfCertified => Some(Self::Certified),
            Self::ErdfAsClaimed => Some(Self::AsClaimed),
            Self::Planned
            | Self::Declared
            | Self::Provisional
            | Self::Frozen
            | Self::Paid
            | Self::Claimed
            | Self::Certified
            | Self::Deducted
            | Self::Parked
            | Self::InControl
            | Self::Remaining
            | Self::AsClaimed
            | Self::AsParked
            | Self::TakenUp => None,
        }
    }

    /// What an entry adds to the amount. The fund's part is of no single entry.
    pub(super) fn of(self, entry: &Entry) -> Cents {
        let (figures, planned) = (entry.figures, entry.planned.unwrap_or_default());
        match self {
            Self::Planned => planned,
            Self::Declared => figures.declared,
            Self::Provisional => figures.provisional,
            Self::Frozen => figures.declared - figures.provisional,
            Self::Paid => figures.paid,
            Self::Claimed if entry.key.claim.is_some() => figures.declared,
            Self::Claimed => Cents::ZERO,
            Self::Certified => figures.certified,
            Self::Deducted => figures.deducted,
            Self::Parked => figures.parked,
            Self::InControl => figures.in_control,
            Self::Remaining => planned - figures.declared,
            Self::AsClaimed => figures.declared + figures.taken_up,
            Self::AsParked => figures.parked + figures.taken_up,
            Self::TakenUp => figures.taken_up,
            Self::Erdf | Self::ErdfCertified | Self::ErdfAsClaimed => Cents::ZERO,
        }
    }
}

/// Where on an axis: anywhere, at one place, or where there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Spot<T> {
    #[default]
    Anywhere,
    At(Option<T>),
}

impl<T: PartialEq + Copy> Spot<T> {
    fn takes(&self, found: Option<T>) -> bool {
        match self {
            Self::Anywhere => true,
            Self::At(wanted) => *wanted == found,
        }
    }

    fn of(is_axis: bool, on_axis: Option<T>, filtered: Option<T>) -> Self {
        match filtered {
            _ if is_axis => Self::At(on_axis),
            Some(wanted) => Self::At(Some(wanted)),
            None => Self::Anywhere,
        }
    }
}

/// A part of the budget.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    partner: Spot<PartnerNumber>,
    work_package: Spot<Item<WorkPackageCode>>,
    category: Spot<Category>,
    activity: Spot<Item<ActivityCode>>,
    deliverable: Spot<Item<DeliverableCode>>,
    currency: Spot<Currency>,
    month: Spot<Month>,
    claim: Spot<u32>,
    claimed: Option<bool>,
    /// The last month that counts.
    up_to: Option<Month>,
}

impl Place {
    /// A row along the axes of an answer with a filter; the totals are a row without axes.
    pub fn row(by: &[Axis], row: &Key, wanted: &Wanted) -> Self {
        let filter = wanted.key();
        let has = |axis: Axis| by.contains(&axis);
        Self {
            partner: Spot::of(has(Axis::Partner), row.partner, filter.partner),
            work_package: Spot::of(has(Axis::WorkPackage), row.work_package, filter.work_package),
            category: Spot::of(has(Axis::Category), row.category, filter.category),
            activity: Spot::of(has(Axis::Activity), row.activity, filter.activity),
            deliverable: Spot::of(has(Axis::Deliverable), row.deliverable, filter.deliverable),
            currency: Spot::of(has(Axis::Currency), row.currency, filter.currency),
            month: Spot::of(has(Axis::Month), row.month, filter.month),
            claim: Spot::of(has(Axis::Claim), row.claim, filter.claim),
            claimed: wanted.claimed(),
            up_to: None,
        }
    }

    pub(super) fn partner(partner: PartnerNumber) -> Self {
        Self { partner: Spot::At(Some(partner)), ..Self::default() }
    }

    pub(super) fn deliverable(deliverable: Item<DeliverableCode>) -> Self {
        Self { deliverable: Spot::At(Some(deliverable)), ..Self::default() }
    }

    pub(super) fn months(months: Months) -> Self {
        match months {
            Months::One(month) => Self { month: Spot::At(Some(month)), ..Self::default() },
            Months::UpTo(month) => Self { up_to: Some(month), ..Self::default() },
            Months::None => Self { month: Spot::At(None), ..Self::default() },
        }
    }

    /// A submitted claim, or a partner's part of it.
    pub fn claim(claim: u32, partner: Option<PartnerNumber>) -> Self {
        let claim = Spot::At(Some(claim));
        Self { partner: Spot::of(false, None, partner), claim, ..Self::default() }
    }

    pub(super) fn takes(&self, key: &Key) -> bool {
        self.partner.takes(key.partner)
            && self.work_package.takes(key.work_package)
            && self.category.takes(key.category)
            && self.activity.takes(key.activity)
            && self.deliverable.takes(key.deliverable)
            && self.currency.takes(key.currency)
            && self.month.takes(key.month)
            && self.claim.takes(key.claim)
            && self.claimed.is_none_or(|claimed| claimed == key.claim.is_some())
            && self.up_to.is_none_or(|last| key.month.is_some_and(|month| month <= last))
    }

    /// Whether an item, or a flat rate on it, can be in it.
    pub(super) fn may_take(&self, line: &Line) -> bool {
        self.partner.takes(Some(line.partner)) && self.work_package.takes(Some(line.work_package))
    }
}
