//! Who may read what. What may not be read is absent, and that it exists is not revealed.

mod concerned;
#[cfg(test)]
mod tests;

use jiff::civil::Date;

use crate::event::Event;
use crate::event::delivery::Delivery;
use crate::event::finance::Finance;
use crate::event::learning::Learning;
use crate::event::plan::{Plan, Role};
use crate::ids::{EventId, PartnerNumber, Subject};
use crate::posting::Recorded;
use crate::project::{Project, learning};

/// What a caller may read in one project, by the memberships of today. Somebody without any is
/// the public.
#[derive(Clone, Debug)]
pub struct Reader {
    subject: Option<Subject>,
    parts: Vec<(Role, Option<PartnerNumber>)>,
    learning: learning::Reader,
}

/// How an event is shown to a reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Whether its documents and its references of the bank are shown.
    pub evidence: bool,
    /// Whether the subject that posted it is named.
    pub subject: bool,
    /// Of what corrections take off lines: the indices of those of others, which are left out.
    pub corrections_of_others: Vec<usize>,
}

impl Reader {
    /// The rights of a subject in a project on a day; of nobody in particular without a subject.
    pub fn of(project: &Project, subject: Option<&Subject>, today: Date) -> Self {
        let Some(subject) = subject else {
            return Self { subject: None, parts: Vec::new(), learning: learning::Reader::Public };
        };
        let memberships: Vec<_> = project.plan.memberships_on(subject, today).collect();
        let learning = learning::Reader::of(subject, memberships.iter().copied());
        let parts = memberships.iter().map(|m| (m.role, m.partner)).collect();
        Self { subject: Some(subject.clone()), parts, learning }
    }

    /// The caller's roles and partners in the project.
    pub fn parts(&self) -> &[(Role, Option<PartnerNumber>)] {
        &self.parts
    }

    pub fn subject(&self) -> Option<&Subject> {
        self.subject.as_ref()
    }

    fn has(&self, fits: impl Fn(Role) -> bool) -> bool {
        self.parts.iter().any(|(role, _)| fits(*role))
    }

    fn belongs_to(&self, partner: Option<PartnerNumber>) -> bool {
        partner.is_some() && self.parts.iter().any(|(_, own)| *own == partner)
    }

    /// Plan, deliverables, milestones, activities, project totals.
    pub fn is_member(&self) -> bool {
        !self.parts.is_empty()
    }

    /// Amounts of each partner, work package and category.
    pub fn sees_amounts(&self) -> bool {
        self.has(|role| match role {
            Role::Lead
            | Role::Associated
            | Role::Delivery
            | Role::Controller
            | Role::Programme
            | Role::Auditor => true,
            Role::Transfer | Role::Expert => false,
        })
    }

    /// Amounts of one partner: of all who see those of every partner, and of itself.
    pub fn sees_amounts_of(&self, partner: Option<PartnerNumber>) -> bool {
        self.sees_amounts() || self.belongs_to(partner)
    }

    /// Everything of every partner: single lines, suppliers, evidence.
    pub fn sees_everything(&self) -> bool {
        self.learning.sees_everything()
    }

    /// Single lines, suppliers and evidence of a partner.
    pub fn sees_lines_of(&self, partner: Option<PartnerNumber>) -> bool {
        self.sees_everything() || self.belongs_to(partner)
    }

    /// What was looked at and found at a partner is for the partner and for those who check; of no
    /// partner in particular, for all who see amounts.
    pub fn sees_visit(&self, visited: Option<PartnerNumber>) -> bool {
        if visited.is_some() { self.sees_lines_of(visited) } else { self.sees_amounts() }
    }

    /// Whether there is a partner of which single lines may be seen.
    pub fn sees_lines_of_some(&self) -> bool {
        self.sees_everything() || self.parts.iter().any(|(_, own)| own.is_some())
    }

    /// Members and the subjects that posted.
    pub fn sees_members(&self) -> bool {
        self.has(|role| match role {
            Role::Lead | Role::Auditor => true,
            Role::Associated
            | Role::Delivery
            | Role::Transfer
            | Role::Expert
            | Role::Controller
            | Role::Programme => false,
        })
    }

    /// The same rights as lessons and questions ask for them.
    pub fn of_learning(&self) -> &learning::Reader {
        &self.learning
    }

    /// How a recorded event is shown, or nothing where it is not. `project` has taken the event.
    pub fn shown(&self, recorded: &Recorded, project: &Project) -> Option<Shown> {
        let own_subject = self.subject.as_ref() == Some(&recorded.actor.subject);
        let visible = self.is_member()
            && match &*recorded.event {
                Event::Plan(event) => self.sees_plan(event),
                Event::Delivery(event) => self.sees_delivery(event, recorded, project),
                Event::Finance(event) => self.sees_finance(event, recorded, project),
                Event::Learning(event) => self.sees_learning(event, recorded, project),
            };
        visible.then(|| Shown {
            evidence: self.sees_lines_of(recorded.partner())
                || self.is_concerned(recorded, project)
                || (recorded.partner().is_none() && own_subject),
            subject: own_subject || self.sees_members(),
            corrections_of_others: self.corrections_of_others(&recorded.event, project),
        })
    }

    /// Whether an act of another concerns a partner of the reader.
    fn is_concerned(&self, recorded: &Recorded, project: &Project) -> bool {
        let partners = concerned::partners(recorded, project);
        partners.into_iter().any(|partner| self.belongs_to(Some(partner)))
    }

    fn corrections_of_others(&self, event: &Event, project: &Project) -> Vec<usize> {
        let Event::Finance(Finance::CorrectionImposed(data)) = event else { return Vec::new() };
        let of_other = |line| !self.sees_lines_of(project.finance.partner_of(line));
        let corrections = data.corrections.iter().enumerate();
        corrections.filter(|(_, c)| of_other(c.line)).map(|(index, _)| index).collect()
    }

    fn sees_delivery(&self, event: &Delivery, recorded: &Recorded, project: &Project) -> bool {
        let is_mine = |subject| self.subject.as_ref() == Some(subject);
        match event {
            // Which computers members use is nobody else's business.
            Delivery::CalendarFeedOpened(_) => {
                self.sees_members() || is_mine(&recorded.actor.subject)
            }
            Delivery::CalendarFeedClosed(data) => {
                let feed = project.delivery.calendar_feeds.get(data.feed);
                self.sees_members() || feed.is_some_and(|feed| is_mine(&feed.subject))
            }
            // A report shows the amounts of every partner, and letters about it speak of them.
            Delivery::AnnualReportSubmitted(_)
            | Delivery::AnnualReportClarificationRequested(_)
            | Delivery::AnnualReportApproved(_) => self.sees_amounts(),
            Delivery::ActivityStarted(_)
            | Delivery::ActivityProgressReported(_)
            | Delivery::ActivityCompleted(_)
            | Delivery::DeliverableSubmitted(_)
            | Delivery::DeliverableAccepted(_)
            | Delivery::DeliverableReturned(_)
            | Delivery::DeliverableWithdrawn(_)
            | Delivery::OutputAchieved(_)
            | Delivery::ForecastChanged(_)
            | Delivery::IndicatorReported(_)
            | Delivery::IndicatorValidated(_)
            | Delivery::IndicatorCorrected(_)
            | Delivery::MilestoneMet(_)
            | Delivery::MilestonePartiallyMet(_)
            | Delivery::MilestoneMissed(_)
            | Delivery::MilestoneReviewHeld(_)
            | Delivery::RiskRecorded(_)
            | Delivery::RiskReassessed(_)
            | Delivery::IssueRaised(_)
            | Delivery::IssueResolved(_)
            | Delivery::DecisionTaken(_)
            | Delivery::CommunicationLogged(_) => true,
        }
    }

    fn sees_plan(&self, event: &Plan) -> bool {
        let concerns_me = |subject| self.subject.as_ref() == Some(subject);
        match event {
            Plan::MemberGranted(data) => self.sees_members() || concerns_me(&data.subject),
            Plan::MemberRevoked(data) => self.sees_members() || concerns_me(&data.subject),
            // They name the amounts of every partner.
            Plan::ApplicationFormApproved(_)
            | Plan::ChangeNotified(_)
            | Plan::ChangeRequested(_) => self.sees_amounts(),
            Plan::ProjectRegistered(_)
            | Plan::SubsidyContractSigned(_)
            | Plan::SubsidyContractAmended(_)
            | Plan::PartnerJoined(_)
            | Plan::PartnerChanged(_)
            | Plan::PartnerWithdrawn(_)
            | Plan::ChangeDecided(_)
            | Plan::RatePolicySet(_)
            | Plan::ExchangeRatesImported(_)
            | Plan::MilestonePlanned(_) => true,
        }
    }

    fn sees_finance(&self, event: &Finance, recorded: &Recorded, project: &Project) -> bool {
        let finance = &project.finance;
        let of_line = |line| self.sees_lines_of(finance.partner_of(line));
        match event {
            Finance::ExpenditurePaid(data) => of_line(data.line),
            Finance::ExpenditureAmended(data) => of_line(data.line),
            Finance::ExpenditureReversed(data) => of_line(data.line),
            Finance::ExpenditurePrechecked(data) => of_line(data.line),
            Finance::LineVerified(data) => of_line(data.line),
            Finance::LineUnparked(data) => of_line(data.line),
            Finance::ClarificationRequested(_) => self.sees_question(recorded.id, project),
            Finance::ClarificationAnswered(data) => self.sees_question(data.clarification, project),
            Finance::ClarificationClosed(data) => self.sees_question(data.clarification, project),
            Finance::FindingRecorded(_) => {
                let facts = finance.audits.finding(recorded.id);
                self.sees_lines_of(facts.and_then(|facts| facts.partner))
            }
            Finance::EvidenceAttached(_)
            | Finance::EvidenceSuperseded(_)
            | Finance::ContractAwarded(_)
            | Finance::ContractAmended(_)
            | Finance::ContractClosed(_)
            | Finance::SubcontractRecorded(_)
            | Finance::ExpenditureDeclared(_)
            | Finance::LumpSumTriggered(_)
            | Finance::UnitCostClaimed(_)
            | Finance::ContributionReceived(_)
            | Finance::InKindRecorded(_)
            | Finance::RevenueRecorded(_)
            | Finance::PartnerReportSubmitted(_) => self.sees_lines_of(recorded.partner()),
            Finance::PartnerReportReturned(data) => {
                let report = finance.partner_reports.of_event(data.report);
                self.sees_lines_of(report.map(|(reported, _)| reported.partner))
            }
            Finance::CorrectionImposed(data) => {
                data.corrections.iter().any(|correction| of_line(correction.line))
            }
            // They name the lines of every partner.
            Finance::ClaimAssembled(_)
            | Finance::ClaimSubmitted(_)
            | Finance::ControlStarted(_) => self.sees_everything(),
            Finance::VisitRecorded(data) => self.sees_visit(data.partner),
            // Who sees no amounts of others sees what it got itself and what it is to pay back.
            Finance::PaymentReceived(_)
            | Finance::PaymentForwarded(_)
            | Finance::PaymentConfirmed(_)
            | Finance::RecoveryOrdered(_)
            | Finance::RecoveryRepaid(_) => {
                self.sees_amounts_of(recorded.partner()) || self.is_concerned(recorded, project)
            }
            Finance::ClaimWithdrawn(_)
            | Finance::ControlClosed(_)
            | Finance::AuditOpened(_)
            | Finance::AuditClosed(_)
            | Finance::RetentionStarted(_)
            | Finance::HoldPlaced(_)
            | Finance::HoldReleased(_) => self.sees_amounts(),
        }
    }

    /// What the controller asks is known to the partner of the lines, and to those who see
    /// everything.
    fn sees_question(&self, id: EventId, project: &Project) -> bool {
        let facts = project.finance.clarifications.get(id);
        self.sees_lines_of(facts.and_then(|facts| facts.partner))
    }

    fn sees_learning(&self, event: &Learning, recorded: &Recorded, project: &Project) -> bool {
        let state = &project.learning;
        match event {
            Learning::LessonRecorded(_) => state.lesson(recorded.id, &self.learning).is_some(),
            Learning::LessonCorroborated(data) => {
                state.lesson(data.lesson, &self.learning).is_some()
            }
            Learning::QuestionAsked(_) => state.question(recorded.id, &self.learning).is_some(),
            Learning::QuestionAnswered(data) => {
                state.question(data.question, &self.learning).is_some()
            }
        }
    }
}
