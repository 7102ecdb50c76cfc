//! How long the records are kept (Regulation (EU) 2021/1060, Article 82).

use async_graphql::SimpleObject;
use cairn_domain::view::finance_register::retention;

use super::Record;
use crate::graphql::evidence::Evidence;
use crate::graphql::project::Reading;
use crate::graphql::values::{Date, LocalizedText};

/// How long the records are kept.
#[derive(Clone, Debug, SimpleObject)]
pub struct Retention {
    /// Years from 31 December of the year of the fund's last payment.
    pub years: u32,
    /// Day of the fund's last payment to the lead partner; null until it is recorded.
    pub last_payment: Option<Date>,
    /// Last day on which the records are kept where nothing holds them; null until the last payment
    /// is recorded. While `held`, they are kept longer.
    pub kept_until: Option<Date>,
    /// Whether a court or an authority has asked that the records be kept, and it is not over.
    pub held: bool,
    /// What began the time; null until the last payment is recorded.
    pub started: Option<RetentionStart>,
    /// What asks that the records be kept, the newest recorded first; released ones too.
    pub holds: Vec<Hold>,
}

/// The time for which records are kept began.
#[derive(Clone, Debug, SimpleObject)]
pub struct RetentionStart {
    #[graphql(flatten)]
    pub record: Record,
    /// Null but to those who check.
    pub evidence: Option<Vec<Evidence>>,
}

/// A court or an authority asks that the records be kept. `eventId` names it in postings.
#[derive(Clone, Debug, SimpleObject)]
pub struct Hold {
    #[graphql(flatten)]
    pub record: Record,
    /// Who asks for it, and its reference.
    pub authority: String,
    /// Why.
    pub reason: LocalizedText,
    /// Whether it is not over.
    pub open: bool,
    /// How it ended; null while it is open.
    pub release: Option<HoldRelease>,
    /// Null but to those who check.
    pub evidence: Option<Vec<Evidence>>,
}

/// What kept the records is over.
#[derive(Clone, Debug, SimpleObject)]
pub struct HoldRelease {
    #[graphql(flatten)]
    pub record: Record,
    /// Why.
    pub reason: LocalizedText,
    /// Null but to those who check.
    pub evidence: Option<Vec<Evidence>>,
}

impl Retention {
    pub(super) fn of(reading: &Reading) -> Self {
        let register = &reading.room.finance_register;
        let kept = register.retention(&reading.room.project);
        Self {
            years: kept.years,
            last_payment: kept.start.map(|start| Date(start.data.last_payment)),
            kept_until: kept.kept_until.map(Date),
            held: kept.held,
            started: kept.start.map(|start| RetentionStart {
                record: Record::of(reading, &start.entry),
                evidence: reading.evidence_of(None, &start.data.evidence),
            }),
            holds: register.holds().map(|hold| Hold::of(reading, hold)).collect(),
        }
    }
}

impl Hold {
    fn of(reading: &Reading, hold: &retention::Hold) -> Self {
        let release = hold.release.as_deref();
        Self {
            record: Record::of(reading, &hold.entry),
            authority: hold.data.authority.to_string(),
            reason: LocalizedText(hold.data.reason.clone()),
            open: release.is_none(),
            release: release.map(|release| HoldRelease {
                record: Record::of(reading, &release.entry),
                reason: LocalizedText(release.data.reason.clone()),
                evidence: reading.evidence_of(None, &release.data.evidence),
            }),
            evidence: reading.evidence_of(None, &hold.data.evidence),
        }
    }
}
