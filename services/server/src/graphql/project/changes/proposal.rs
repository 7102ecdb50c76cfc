//! A change of the project and what came of it.

use async_graphql::{Enum, ID, SimpleObject};
use cairn_domain::event::plan::change::{BudgetDelta, ChangeClass};
use cairn_domain::project::plan::change::{self, Change, ChangeStatus};

use crate::graphql::evidence::Evidence;
use crate::graphql::project::Reading;
use crate::graphql::project::money::CostCategory;
use crate::graphql::values::{Code, Date, Decimal, LocalizedText};

/// How far a change goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "ChangeClass", name = "ChangeClass")]
pub enum ProjectChangeClass {
    /// Within what the partnership may decide itself.
    Minor,
    /// Of names, accounts and the like, without money.
    Technical,
    /// Only with the programme's approval.
    Major,
}

/// Where a change stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "ChangeStatus", name = "ChangeStatus")]
pub enum ProjectChangeStatus {
    /// It needs no decision.
    Notified,
    /// It waits for its decision.
    Requested,
    Approved,
    ApprovedInPart,
    Rejected,
    /// The lead took it back.
    Withdrawn,
}

/// A change that was notified to the programme or asked for.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "Change")]
pub struct ProjectChange {
    /// Opaque id of the event, for `node`, to those who may read the event.
    pub event: ID,
    /// The number by which the change is named.
    pub number: u32,
    /// How far it goes.
    pub class: ProjectChangeClass,
    /// Where it stands.
    pub status: ProjectChangeStatus,
    /// What it is in a line.
    pub title: LocalizedText,
    /// What changes, and why.
    pub text: Option<LocalizedText>,
    /// The items of the plan that change.
    pub codes: Vec<Code>,
    /// What is shifted in the budget. Null to those who see only the project's totals.
    pub deltas: Option<Vec<ChangeDelta>>,
    /// By how much the contract's total changes; euro.
    pub total_delta: Decimal,
    /// The day on which it was notified or asked for.
    pub proposed_on: Date,
    /// What was decided, where it was asked for and decided.
    pub decision: Option<ChangeDecision>,
    /// The first version of the application form that carries it out.
    pub carried_out_by: Option<u32>,
    /// Null to those who may not see the lead partner's documents.
    pub evidence: Option<Vec<Evidence>>,
}

/// More or less money for one cell of the budget, in euro.
#[derive(Clone, Debug, SimpleObject)]
pub struct ChangeDelta {
    /// Number of the partner.
    pub partner: u32,
    /// Code of the work package.
    pub work_package: Code,
    /// The kind of cost.
    pub category: CostCategory,
    /// Negative where the cell gives money away.
    pub amount: Decimal,
}

/// What came of a change that was asked for.
#[derive(Clone, Debug, SimpleObject)]
pub struct ChangeDecision {
    /// Opaque id of the event, for `node`.
    pub event: ID,
    /// Day of the decision.
    pub on: Date,
    /// What was remarked.
    pub remark: Option<LocalizedText>,
    /// Whether the lead recorded it for the programme.
    pub recorded_by_lead: bool,
    /// Null to those who may not see the lead partner's documents.
    pub evidence: Option<Vec<Evidence>>,
}

impl ProjectChange {
    pub fn of(reading: &Reading, change: &Change) -> Self {
        let (data, plan) = (&change.data, &reading.room.project.plan);
        let lead = plan.lead_partner().map(|partner| partner.number);
        let sees_amounts = reading.reader.sees_amounts();
        Self {
            event: reading.event_id(change.id),
            number: data.number,
            class: data.class.into(),
            status: change.status().into(),
            title: LocalizedText(data.title.clone()),
            text: data.text.clone().map(LocalizedText),
            codes: data.codes.iter().map(|code| Code(*code)).collect(),
            deltas: sees_amounts.then(|| data.deltas.iter().map(ChangeDelta::of).collect()),
            total_delta: Decimal(data.total_delta.unwrap_or_default()),
            proposed_on: Date(change.proposed_on),
            decision: change.decision.as_ref().map(|decision| decided(reading, decision)),
            carried_out_by: plan.carried_out_by(data.number),
            evidence: reading.evidence_of(lead, &data.evidence),
        }
    }
}

impl ChangeDelta {
    fn of(delta: &BudgetDelta) -> Self {
        Self {
            partner: delta.partner,
            work_package: Code(delta.work_package.into()),
            category: delta.category.into(),
            amount: Decimal(delta.amount),
        }
    }
}

fn decided(reading: &Reading, decision: &change::ChangeDecision) -> ChangeDecision {
    let lead = reading.room.project.plan.lead_partner().map(|partner| partner.number);
    ChangeDecision {
        event: reading.event_id(decision.id),
        on: Date(decision.on),
        remark: decision.data.remark.clone().map(LocalizedText),
        recorded_by_lead: decision.recorded_by_lead,
        evidence: reading.evidence_of(lead, &decision.data.evidence),
    }
}
