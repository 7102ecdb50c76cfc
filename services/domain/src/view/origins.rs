//! Which events made the lines, rates, forms and the subsidy contract what they are, for trails.

use std::sync::Arc;

use imbl::{OrdMap, Vector};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::event::finance::Finance;
use crate::event::plan::{Plan, RatePolicy};
use crate::ids::EventId;
use crate::money::Currency;
use crate::period::Month;
use crate::posting::{FrozenClaim, Recorded};
use crate::project::Project;
use crate::project::plan::PlanState;

/// The events behind what figures are computed from. A copy costs the same however many there are.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Origins {
    /// By the version of the application form.
    forms: OrdMap<u32, EventId>,
    /// The signing of the subsidy contract and its amendments.
    contract: Vector<EventId>,
    /// The newest import of a month's rate.
    rates: OrdMap<(Currency, Month), EventId>,
    policies: OrdMap<(Currency, Date), EventId>,
    lines: OrdMap<EventId, Arc<OfLine>>,
    /// By the submission of a claim: what gave the rates that it holds fixed.
    submissions: OrdMap<EventId, Arc<[(Currency, EventId)]>>,
}

/// The events of one line, in the order in which they were recorded.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct OfLine {
    /// Its declaration, amendments, checks, payments and documents.
    own: Vec<EventId>,
    /// What was parked of it was taken up again.
    unparked: Vec<EventId>,
}

impl Origins {
    /// Takes a recorded event in. `project` is the state after it.
    pub fn apply(&mut self, recorded: &Recorded, project: &Project) {
        match &*recorded.event {
            Event::Plan(event) => self.apply_plan(recorded.id, event),
            Event::Finance(event) => self.apply_finance(recorded, project, event),
            Event::Delivery(_) | Event::Learning(_) => {}
        }
    }

    fn apply_plan(&mut self, id: EventId, event: &Plan) {
        match event {
            Plan::SubsidyContractSigned(_) => self.contract = [id].into_iter().collect(),
            Plan::SubsidyContractAmended(_) => self.contract.push_back(id),
            Plan::ApplicationFormApproved(data) => _ = self.forms.insert(data.version, id),
            Plan::RatePolicySet(data) => {
                self.policies.insert((data.currency, data.valid_from), id);
            }
            Plan::ExchangeRatesImported(data) => {
                if let Some(month) = data.period() {
                    let rates = data.rates.iter();
                    self.rates.extend(rates.map(|rate| ((rate.currency, month), id)));
                }
            }
            Plan::ProjectRegistered(_)
            | Plan::PartnerJoined(_)
            | Plan::PartnerChanged(_)
            | Plan::PartnerWithdrawn(_)
            | Plan::MemberGranted(_)
            | Plan::MemberRevoked(_)
            | Plan::ChangeNotified(_)
            | Plan::ChangeRequested(_)
            | Plan::ChangeDecided(_)
            | Plan::MilestonePlanned(_) => {}
        }
    }

    fn apply_finance(&mut self, recorded: &Recorded, project: &Project, event: &Finance) {
        let id = recorded.id;
        match event {
            Finance::ExpenditureDeclared(_) => self.note(id, id),
            Finance::LumpSumTriggered(_) | Finance::UnitCostClaimed(_) => {
                self.note(id, id);
                // The form in force says what it comes to.
                let form = project.plan.form_on(recorded.occurred_on);
                let form = form.and_then(|form| self.forms.get(&form.version).copied());
                form.into_iter().for_each(|form| self.note(id, form));
            }
            Finance::ExpenditurePaid(data) => self.note(data.line, id),
            Finance::ExpenditureAmended(data) => self.note(data.line, id),
            Finance::ExpenditurePrechecked(data) => self.note(data.line, id),
            Finance::ExpenditureReversed(data) => {
                let counters = project.finance.line(id).is_some();
                self.note(if counters { id } else { data.line }, id);
            }
            Finance::EvidenceAttached(data) => self.note_document(project, data.target, id),
            Finance::EvidenceSuperseded(data) => self.note_document(project, data.target, id),
            Finance::LineUnparked(data) => self.of_line(data.line).unparked.push(id),
            Finance::ClaimSubmitted(_) => {
                if let Some(frozen) = &recorded.completed.frozen {
                    let rates = self.rates_of(frozen, &project.plan);
                    self.submissions.insert(id, rates.into());
                }
            }
            Finance::ContractAwarded(_)
            | Finance::ContractAmended(_)
            | Finance::ContractClosed(_)
            | Finance::SubcontractRecorded(_)
            | Finance::ContributionReceived(_)
            | Finance::InKindRecorded(_)
            | Finance::RevenueRecorded(_)
            | Finance::PartnerReportSubmitted(_)
            | Finance::PartnerReportReturned(_)
            | Finance::ClaimAssembled(_)
            | Finance::ClaimWithdrawn(_)
            | Finance::ControlStarted(_)
            | Finance::ControlClosed(_)
            | Finance::ClarificationRequested(_)
            | Finance::ClarificationAnswered(_)
            | Finance::ClarificationClosed(_)
            | Finance::LineVerified(_)
            | Finance::VisitRecorded(_)
            | Finance::PaymentReceived(_)
            | Finance::PaymentForwarded(_)
            | Finance::PaymentConfirmed(_)
            | Finance::RecoveryOrdered(_)
            | Finance::RecoveryRepaid(_)
            | Finance::AuditOpened(_)
            | Finance::FindingRecorded(_)
            | Finance::CorrectionImposed(_)
            | Finance::AuditClosed(_)
            | Finance::RetentionStarted(_)
            | Finance::HoldPlaced(_)
            | Finance::HoldReleased(_) => {}
        }
    }

    fn of_line(&mut self, line: EventId) -> &mut OfLine {
        Arc::make_mut(self.lines.entry(line).or_default())
    }

    fn note(&mut self, line: EventId, event: EventId) {
        self.of_line(line).own.push(event);
    }

    fn note_document(&mut self, project: &Project, target: EventId, event: EventId) {
        if let Some(line) = project.finance.line_of_target(target) {
            self.note(line.id, event);
        }
    }

    /// What gives each rate of a claim on the day of its submission.
    fn rates_of(&self, frozen: &FrozenClaim, plan: &PlanState) -> Vec<(Currency, EventId)> {
        let rates = frozen.lines.iter().filter_map(|line| line.rate);
        let mut used: Vec<_> = rates.map(|rate| (rate.currency, rate.month)).collect();
        used.sort_unstable();
        used.dedup();
        let events = |(currency, month)| {
            let events = self.rate(currency, month, plan).into_iter();
            events.map(move |event| (currency, event))
        };
        used.into_iter().flat_map(events).collect()
    }

    /// What gives the rate of a currency in a month: the policy in force, and the month's import
    /// where the policy asks for it.
    pub fn rate(&self, currency: Currency, month: Month, plan: &PlanState) -> Vec<EventId> {
        let Some(policy) = plan.rate_policy(currency, month.last_day()) else { return Vec::new() };
        let imported = match policy.policy {
            RatePolicy::MonthlyOfSubmission => self.rates.get(&(currency, month)),
            RatePolicy::Irrevocable => None,
        };
        let policy = self.policies.get(&(currency, policy.valid_from));
        policy.into_iter().chain(imported).copied().collect()
    }

    /// What gave the rates of a currency in a submitted claim.
    pub fn rates_of_submission(
        &self,
        submission: EventId,
        currency: Currency,
    ) -> impl Iterator<Item = EventId> {
        let rates = self.submissions.get(&submission).map(|rates| &rates[..]);
        let rates = rates.unwrap_or_default().iter();
        rates.filter(move |(of, _)| *of == currency).map(|(_, event)| *event)
    }

    /// What approved a version of the application form.
    pub fn form(&self, version: u32) -> Option<EventId> {
        self.forms.get(&version).copied()
    }

    /// The signing of the subsidy contract and its amendments.
    pub fn contract(&self) -> impl Iterator<Item = EventId> {
        self.contract.iter().copied()
    }

    /// A line's declaration, amendments, checks, payments and documents.
    pub fn line(&self, line: EventId) -> &[EventId] {
        self.lines.get(&line).map(|line| line.own.as_slice()).unwrap_or_default()
    }

    /// What took up again what was parked of a line.
    pub fn unparked(&self, line: EventId) -> &[EventId] {
        self.lines.get(&line).map(|line| line.unparked.as_slice()).unwrap_or_default()
    }
}
