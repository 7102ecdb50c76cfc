//! The ids of figures: which amount, of what, as it was told.

use async_graphql::{Enum, ID, Result};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cairn_domain::view::trail::figure::{self, Place};
use jiff::civil;
use serde::{Deserialize, Serialize};

use crate::graphql::project::Reading;
use crate::graphql::values::refusal;

/// As of which state of a project, and under which form, the figures of an answer are told.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Told {
    pub(super) version: u64,
    pub(super) until: Option<civil::Date>,
    pub(super) form: Option<u32>,
}

impl Told {
    pub(in crate::graphql::project) fn of(reading: &Reading) -> Self {
        Self {
            version: reading.last_version(),
            until: reading.until,
            form: reading.form.as_ref().map(|form| form.version),
        }
    }

    pub(in crate::graphql::project) fn id(&self, figure: &figure::Figure) -> ID {
        let bytes = rmp_serde::to_vec(&(self, figure));
        let bytes = bytes.expect("a figure has no maps, and can be written");
        URL_SAFE_NO_PAD.encode(bytes).into()
    }
}

/// What an id stands for.
pub(super) fn read(id: &ID) -> Result<(Told, figure::Figure)> {
    let bytes = URL_SAFE_NO_PAD.decode(id.as_bytes()).ok();
    let read = bytes.and_then(|bytes| rmp_serde::from_slice(&bytes).ok());
    read.ok_or_else(|| {
        let message = "`figure` is the id that an answer gives beside its amounts. Ask for one.";
        refusal("FIGURE_INVALID", message)
    })
}

/// Where the amounts of one row, of one claim, or of one deliverable are found again.
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    told: Told,
    place: Place,
}

impl Figures {
    pub(super) fn new(reading: &Reading, place: Place) -> Self {
        Self { told: Told::of(reading), place }
    }

    pub(super) fn id(&self, amount: figure::BudgetAmount) -> ID {
        self.told.id(&figure::Figure::Budget(amount, self.place))
    }
}

/// An amount of budget use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
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
}

impl From<BudgetAmount> for figure::BudgetAmount {
    fn from(amount: BudgetAmount) -> Self {
        match amount {
            BudgetAmount::Planned => Self::Planned,
            BudgetAmount::Declared => Self::Declared,
            BudgetAmount::Provisional => Self::Provisional,
            BudgetAmount::Frozen => Self::Frozen,
            BudgetAmount::Paid => Self::Paid,
            BudgetAmount::Claimed => Self::Claimed,
            BudgetAmount::Certified => Self::Certified,
            BudgetAmount::Deducted => Self::Deducted,
            BudgetAmount::Parked => Self::Parked,
            BudgetAmount::InControl => Self::InControl,
            BudgetAmount::Remaining => Self::Remaining,
            BudgetAmount::Erdf => Self::Erdf,
            BudgetAmount::ErdfCertified => Self::ErdfCertified,
        }
    }
}

/// An amount of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum ClaimAmount {
    Declared,
    Paid,
    Certified,
    Deducted,
    Parked,
    InControl,
    TakenUp,
    Erdf,
    ErdfCertified,
}

impl From<ClaimAmount> for figure::BudgetAmount {
    fn from(amount: ClaimAmount) -> Self {
        match amount {
            ClaimAmount::Declared => Self::AsClaimed,
            ClaimAmount::Paid => Self::Paid,
            ClaimAmount::Certified => Self::Certified,
            ClaimAmount::Deducted => Self::Deducted,
            ClaimAmount::Parked => Self::AsParked,
            ClaimAmount::InControl => Self::InControl,
            ClaimAmount::TakenUp => Self::TakenUp,
            ClaimAmount::Erdf => Self::ErdfAsClaimed,
            ClaimAmount::ErdfCertified => Self::ErdfCertified,
        }
    }
}

/// An amount of the cost of a deliverable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum CostAmount {
    Declared,
    Provisional,
    Paid,
    Certified,
}

impl From<CostAmount> for figure::BudgetAmount {
    fn from(amount: CostAmount) -> Self {
        match amount {
            CostAmount::Declared => Self::Declared,
            CostAmount::Provisional => Self::Provisional,
            CostAmount::Paid => Self::Paid,
            CostAmount::Certified => Self::Certified,
        }
    }
}

/// An amount of a month of the spending profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum MonthAmount {
    Declared,
    UpTo,
}

/// An amount of a partner's cash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "figure::CashAmount")]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum RecoveryAmount {
    Amount,
    Repaid,
    Left,
}

impl From<RecoveryAmount> for figure::RecoveryAmount {
    fn from(amount: RecoveryAmount) -> Self {
        match amount {
            RecoveryAmount::Amount => Self::Ordered,
            RecoveryAmount::Repaid => Self::Repaid,
            RecoveryAmount::Left => Self::Left,
        }
    }
}

/// An amount on the way to the second payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "figure::TriggerAmount")]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "figure::PartnerTriggerAmount")]
pub enum PartnerTriggerAmount {
    Reported,
    Planned,
    Trigger,
    Missing,
}

/// An amount of a contract with a supplier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "figure::ContractAmount")]
pub enum ContractAmount {
    Value,
    Documents,
    Declared,
    Paid,
    Remaining,
    Subcontracted,
}

/// An amount of a partner's own money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum OwnAmount {
    Received,
    InKindValue,
    Earned,
}

impl From<OwnAmount> for figure::CashAmount {
    fn from(amount: OwnAmount) -> Self {
        match amount {
            OwnAmount::Received => Self::Contributions,
            OwnAmount::InKindValue => Self::InKind,
            OwnAmount::Earned => Self::Revenue,
        }
    }
}

/// An amount of a source of a partner's own share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "figure::SourceAmount")]
pub enum SourceAmount {
    Planned,
    Received,
    Missing,
}
