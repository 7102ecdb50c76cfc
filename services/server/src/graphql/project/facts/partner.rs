//! Partners and members of a project.

use async_graphql::{Enum, SimpleObject};
use cairn_domain::event::plan::{self, PartnerJoined};
use cairn_domain::policy::reading::Reader;
use cairn_domain::project::plan::PlanState;

use crate::graphql::values::{Date, LocalizedText, Role};

/// What a partner is in the partnership.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "plan::PartnerRole")]
pub enum PartnerRole {
    Lead,
    Associated,
    Delivery,
    Transfer,
}

/// Whether a partner gets its VAT back from the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "plan::VatRecovery")]
pub enum VatRecovery {
    None,
    Partial,
    Full,
}

/// By which law a partner exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "plan::LegalStatus")]
pub enum LegalStatus {
    Public,
    PublicLaw,
    Private,
}

/// An organisation of the partnership.
#[derive(Clone, Debug, SimpleObject)]
pub struct Partner {
    /// The number by which the partner is named everywhere; 1 is the lead by custom.
    pub number: u32,
    /// Full name.
    pub names: LocalizedText,
    /// Short name.
    pub abbreviation: String,
    /// What it is in the partnership.
    pub role: PartnerRole,
    /// Two capital letters, such as `BG`.
    pub country: String,
    /// Where it sits.
    pub city: Option<LocalizedText>,
    /// Region by the Union's classification of territorial units. Null to the public.
    pub nuts: Option<String>,
    /// Currency of the partner's accounts. Null to the public.
    pub currency: Option<String>,
    /// Number by which the tax office knows it. Null to the public.
    pub vat_id: Option<String>,
    /// Whether the state pays its VAT back. Null to the public.
    pub vat_recovery: Option<VatRecovery>,
    /// By which law it exists. Null to the public.
    pub legal_status: Option<LegalStatus>,
    /// Its last day in the partnership, where it leaves or has left.
    pub last_day: Option<Date>,
}

impl Partner {
    pub fn of(partner: &PartnerJoined, plan: &PlanState, reader: &Reader) -> Self {
        let member = Some(partner).filter(|_| reader.is_member());
        Self {
            number: partner.number,
            names: LocalizedText(partner.names.clone()),
            abbreviation: partner.abbreviation.to_string(),
            role: partner.role.into(),
            country: partner.country.to_string(),
            city: partner.city.clone().map(LocalizedText),
            nuts: member.and_then(|p| p.nuts.as_ref()).map(ToString::to_string),
            currency: member.and_then(|p| p.currency).map(|currency| currency.to_string()),
            vat_id: member.and_then(|p| p.vat_id.as_ref()).map(ToString::to_string),
            vat_recovery: member.and_then(|p| p.vat_recovery).map(Into::into),
            last_day: plan.withdrawn.get(&partner.number).map(|left| Date(left.last_day)),
            legal_status: member.and_then(|p| p.legal_status).map(Into::into),
        }
    }
}

/// A subject in one role.
#[derive(Clone, Debug, SimpleObject)]
pub struct Member {
    /// Whom the token of the member speaks of.
    pub subject: String,
    /// What the member may do.
    pub role: Role,
    /// Number of the member's partner; null for expert, controller, programme and auditor.
    pub partner: Option<u32>,
    /// Last day of the membership.
    pub until: Option<Date>,
}

impl Member {
    /// The memberships that a reader may know of.
    pub fn all(plan: &PlanState, reader: &Reader) -> Vec<Self> {
        let all = plan.members.iter();
        let known =
            all.filter(|(subject, _)| reader.sees_members() || reader.subject() == Some(*subject));
        let members = known.flat_map(|(subject, memberships)| {
            memberships.iter().map(move |membership| Self {
                subject: subject.to_string(),
                role: membership.role.into(),
                partner: membership.partner,
                until: membership.until.map(Date),
            })
        });
        members.collect()
    }
}
