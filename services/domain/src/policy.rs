//! Who may post what, and who may read what. Deny by default.
//!
//! `schema/policy.csv` says the same in a table that was written by hand; a test compares the
//! two in every cell.

use crate::event::EventType;
pub mod reading;

use crate::event::delivery::DeliveryType;
use crate::event::finance::FinanceType;
use crate::event::learning::LearningType;
use crate::event::plan::{PlanType, Role};
use crate::posting::Part;
use crate::rule::Rule;

/// How the caller stands to the item that an event speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// The caller's partner owns it or contributes to it, or nobody else owns it.
    Own,
    /// Another partner owns it.
    Other,
    /// The lead acts for the partner that owns it.
    ForPartner,
    /// The lead acts for a transfer partner that owns it.
    ForTransferPartner,
    /// The lead records a decision of the controller.
    ForController,
    /// The lead records a decision of the programme.
    ForProgramme,
}

/// Who posts events of a type, as the tables of `domain.md` put it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Poster {
    /// Nobody but the operator.
    Operator,
    /// The lead in its own right.
    Lead,
    /// The lead in its own right, and as it records a decision of the programme.
    LeadForProgramme,
    /// A partner for its own members, the lead for all.
    OwnMembers,
    /// The owner; the lead in its own right.
    OwnerAndLead,
    /// The owner; the lead for it.
    Owner,
    /// The owner, who has costs; the lead for it.
    OwnerOfCosts,
    /// Any partner.
    Partner,
    /// Any partner, and experts.
    PartnerAndExpert,
    /// Any partner but the author's, and experts.
    AnotherAndExpert,
    /// Every member for itself; the lead in its own right for what is another's.
    Member,
    /// The controller; the lead as it records the controller's decision.
    Controller,
    /// The controller and the lead, each in its own right.
    ControllerAndLead,
}

fn poster(event_type: EventType) -> Poster {
    match event_type {
        EventType::Plan(plan) => match plan {
            PlanType::ProjectRegistered => Poster::Operator,
            PlanType::SubsidyContractSigned
            | PlanType::SubsidyContractAmended
            | PlanType::PartnerJoined
            | PlanType::PartnerChanged
            | PlanType::PartnerWithdrawn
            | PlanType::ApplicationFormApproved
            | PlanType::ChangeNotified
            | PlanType::ChangeRequested
            | PlanType::RatePolicySet
            | PlanType::ExchangeRatesImported
            | PlanType::MilestonePlanned => Poster::Lead,
            PlanType::ChangeDecided => Poster::LeadForProgramme,
            PlanType::MemberGranted | PlanType::MemberRevoked => Poster::OwnMembers,
        },
        EventType::Delivery(delivery) => match delivery {
            DeliveryType::ActivityStarted
            | DeliveryType::ActivityProgressReported
            | DeliveryType::ActivityCompleted
            | DeliveryType::DeliverableWithdrawn
            | DeliveryType::OutputAchieved
            | DeliveryType::ForecastChanged
            | DeliveryType::IndicatorReported
            | DeliveryType::IndicatorCorrected
            | DeliveryType::RiskReassessed
            | DeliveryType::IssueResolved => Poster::OwnerAndLead,
            DeliveryType::DeliverableSubmitted => Poster::Owner,
            DeliveryType::DeliverableAccepted
            | DeliveryType::DeliverableReturned
            | DeliveryType::IndicatorValidated
            | DeliveryType::MilestoneMet
            | DeliveryType::MilestonePartiallyMet
            | DeliveryType::MilestoneMissed
            | DeliveryType::MilestoneReviewHeld
            | DeliveryType::AnnualReportSubmitted => Poster::Lead,
            DeliveryType::AnnualReportClarificationRequested
            | DeliveryType::AnnualReportApproved => Poster::LeadForProgramme,
            DeliveryType::RiskRecorded
            | DeliveryType::IssueRaised
            | DeliveryType::DecisionTaken
            | DeliveryType::CommunicationLogged => Poster::Partner,
            DeliveryType::CalendarFeedOpened | DeliveryType::CalendarFeedClosed => Poster::Member,
        },
        EventType::Finance(finance) => poster_of_finance(finance),
        EventType::Learning(learning) => match learning {
            LearningType::LessonRecorded => Poster::PartnerAndExpert,
            LearningType::LessonCorroborated => Poster::AnotherAndExpert,
            LearningType::QuestionAsked => Poster::Partner,
            LearningType::QuestionAnswered => Poster::Owner,
        },
    }
}

fn poster_of_finance(finance: FinanceType) -> Poster {
    match finance {
        FinanceType::ContractAwarded
        | FinanceType::ContractAmended
        | FinanceType::ContractClosed
        | FinanceType::SubcontractRecorded
        | FinanceType::ExpenditureDeclared
        | FinanceType::ExpenditurePaid
        | FinanceType::ExpenditureAmended => Poster::OwnerOfCosts,
        FinanceType::ExpenditureReversed
        | FinanceType::EvidenceAttached
        | FinanceType::EvidenceSuperseded
        | FinanceType::LumpSumTriggered
        | FinanceType::UnitCostClaimed
        | FinanceType::ContributionReceived
        | FinanceType::InKindRecorded
        | FinanceType::RevenueRecorded
        | FinanceType::PartnerReportSubmitted
        | FinanceType::PaymentConfirmed => Poster::Owner,
        FinanceType::ClarificationAnswered => Poster::OwnerAndLead,
        FinanceType::ExpenditurePrechecked
        | FinanceType::PartnerReportReturned
        | FinanceType::ClaimAssembled
        | FinanceType::ClaimSubmitted
        | FinanceType::ClaimWithdrawn
        | FinanceType::PaymentReceived
        | FinanceType::PaymentForwarded
        | FinanceType::AuditOpened
        | FinanceType::AuditClosed
        | FinanceType::RetentionStarted => Poster::Lead,
        FinanceType::RecoveryOrdered
        | FinanceType::RecoveryRepaid
        | FinanceType::FindingRecorded
        | FinanceType::CorrectionImposed
        | FinanceType::HoldPlaced
        | FinanceType::HoldReleased => Poster::LeadForProgramme,
        FinanceType::ControlStarted
        | FinanceType::ControlClosed
        | FinanceType::ClarificationRequested
        | FinanceType::ClarificationClosed
        | FinanceType::LineVerified
        | FinanceType::LineUnparked => Poster::Controller,
        FinanceType::VisitRecorded => Poster::ControllerAndLead,
    }
}

/// Whether an actor may post an event of a type about an item that it stands to in this way.
pub fn may_post(part: Part, event_type: EventType, relation: Relation) -> Result<(), Rule> {
    let Part::Member { role, .. } = part else {
        return operator_may_post(event_type);
    };
    match role {
        Role::Lead => lead_may_post(event_type, relation),
        Role::Associated | Role::Delivery | Role::Transfer => {
            partner_may_post(role, event_type, relation)
        }
        Role::Expert => expert_may_post(event_type, relation),
        Role::Controller | Role::Programme | Role::Auditor => {
            without_a_part_in_the_work(role, event_type, relation)
        }
    }
}

/// Whether an actor posts events of a type at all, in its own right: about its own item, or, for
/// a corroboration, about another's.
pub fn posts(part: Part, event_type: EventType) -> bool {
    [Relation::Own, Relation::Other]
        .into_iter()
        .any(|relation| may_post(part, event_type, relation).is_ok())
}

fn operator_may_post(event_type: EventType) -> Result<(), Rule> {
    let begins = [PlanType::ProjectRegistered, PlanType::PartnerJoined, PlanType::MemberGranted];
    if begins.map(EventType::Plan).contains(&event_type) {
        Ok(())
    } else {
        Err(Rule::OperatorOnlyBegins)
    }
}

fn lead_may_post(event_type: EventType, relation: Relation) -> Result<(), Rule> {
    match (poster(event_type), relation) {
        (Poster::Operator, _) => Err(Rule::ProjectBeginsByImport),
        (Poster::OwnerOfCosts, Relation::ForTransferPartner) => {
            Err(Rule::TransferPartnerHasNoCosts)
        }
        (Poster::LeadForProgramme, Relation::ForProgramme) => Ok(()),
        (Poster::Controller | Poster::ControllerAndLead, Relation::ForController) => Ok(()),
        (Poster::Controller, Relation::Own | Relation::Other) => Err(Rule::ControllerDecides),
        (_, Relation::ForController | Relation::ForProgramme) => Err(Rule::NothingToActOnBehalf),
        (
            Poster::Lead
            | Poster::LeadForProgramme
            | Poster::Member
            | Poster::Controller
            | Poster::ControllerAndLead,
            Relation::ForPartner | Relation::ForTransferPartner,
        ) => Err(Rule::NothingToActOnBehalf),
        (
            Poster::Lead | Poster::LeadForProgramme | Poster::Member | Poster::ControllerAndLead,
            Relation::Own | Relation::Other,
        ) => Ok(()),
        (Poster::OwnMembers | Poster::OwnerAndLead | Poster::Partner, _)
        | (Poster::PartnerAndExpert, _) => Ok(()),
        (Poster::Owner | Poster::OwnerOfCosts, Relation::Other) => Err(Rule::LeadPostsOnBehalf),
        (Poster::Owner | Poster::OwnerOfCosts, _) => Ok(()),
        (Poster::AnotherAndExpert, Relation::Own) => Err(Rule::OwnLessonNotCorroborated),
        (Poster::AnotherAndExpert, _) => Ok(()),
    }
}

fn partner_may_post(role: Role, event_type: EventType, relation: Relation) -> Result<(), Rule> {
    match (poster(event_type), relation) {
        (Poster::Operator, _) => Err(Rule::ProjectBeginsByImport),
        (Poster::OwnerOfCosts, _) if role == Role::Transfer => Err(Rule::TransferPartnerHasNoCosts),
        (
            Poster::Lead
            | Poster::LeadForProgramme
            | Poster::Controller
            | Poster::ControllerAndLead,
            _,
        ) => Err(Rule::RoleMayNotPost),
        (
            _,
            Relation::ForPartner
            | Relation::ForTransferPartner
            | Relation::ForController
            | Relation::ForProgramme,
        ) => Err(Rule::OnBehalfOfIsForTheLead),
        (
            Poster::OwnMembers
            | Poster::OwnerAndLead
            | Poster::Owner
            | Poster::OwnerOfCosts
            | Poster::Member,
            Relation::Other,
        ) => Err(Rule::ItemOfAnotherPartner),
        (Poster::AnotherAndExpert, Relation::Own) => Err(Rule::OwnLessonNotCorroborated),
        (
            Poster::OwnMembers
            | Poster::OwnerAndLead
            | Poster::Owner
            | Poster::OwnerOfCosts
            | Poster::Partner
            | Poster::PartnerAndExpert
            | Poster::AnotherAndExpert
            | Poster::Member,
            Relation::Own | Relation::Other,
        ) => Ok(()),
    }
}

fn expert_may_post(event_type: EventType, relation: Relation) -> Result<(), Rule> {
    match (poster(event_type), relation) {
        (Poster::AnotherAndExpert, Relation::Own) => Err(Rule::OwnLessonNotCorroborated),
        (Poster::PartnerAndExpert | Poster::AnotherAndExpert, Relation::Own | Relation::Other) => {
            Ok(())
        }
        (
            Poster::Operator
            | Poster::Lead
            | Poster::LeadForProgramme
            | Poster::OwnMembers
            | Poster::OwnerAndLead
            | Poster::Owner
            | Poster::OwnerOfCosts
            | Poster::Partner
            | Poster::PartnerAndExpert
            | Poster::AnotherAndExpert
            | Poster::Member
            | Poster::Controller
            | Poster::ControllerAndLead,
            _,
        ) => without_a_part_in_the_work(Role::Expert, event_type, relation),
    }
}

/// Of the controller, of those who only read, and of experts apart from what they learned.
fn without_a_part_in_the_work(
    role: Role,
    event_type: EventType,
    relation: Relation,
) -> Result<(), Rule> {
    match (poster(event_type), relation) {
        (Poster::Controller | Poster::ControllerAndLead, Relation::Own | Relation::Other)
            if role == Role::Controller =>
        {
            Ok(())
        }
        (Poster::Operator, _) => Err(Rule::ProjectBeginsByImport),
        (Poster::Member, Relation::Own) => Ok(()),
        (Poster::Member, Relation::Other) => Err(Rule::ItemOfAnotherPartner),
        (_, Relation::Own | Relation::Other) => Err(Rule::RoleMayNotPost),
        (
            _,
            Relation::ForPartner
            | Relation::ForTransferPartner
            | Relation::ForController
            | Relation::ForProgramme,
        ) => Err(Rule::OnBehalfOfIsForTheLead),
    }
}

#[cfg(test)]
mod tests;
