//! The plan as the rules need it: partners, members, contract, forms, rates, milestones.

pub mod change;
pub mod item;

use std::sync::Arc;

use imbl::{OrdMap, Vector};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::code::{ActivityCode, Code, DeliverableCode, WorkPackageCode};
use crate::event::plan::amendment::{PartnerChanged, PartnerWithdrawn, SubsidyContractAmended};
use crate::event::plan::application_form::{
    Activity, ApplicationFormApproved, BudgetCell, Category, Deliverable, FlatRate, Indicator,
    LumpSum, UnitCost, WorkPackageType,
};
use crate::event::plan::{
    MemberGranted, MilestonePlanned, PartnerJoined, PartnerRole, Plan, ProjectRegistered,
    RatePolicy, RatePolicySet, Role, SubsidyContractSigned,
};
use crate::ids::{PartnerNumber, Subject};
use crate::money::{Cents, Currency, Rate};
use crate::period::Month;
use crate::posting::Recorded;
use crate::project::finance::document::without_spaces_and_case;
use crate::project::finance::figures::Cell;
use crate::rule::Finding;
use change::Change;
use item::{Item, Lineage};

/// The plan of a project.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct PlanState {
    pub registered: Option<Arc<ProjectRegistered>>,
    pub contract: Option<Arc<SubsidyContractSigned>>,
    pub partners: OrdMap<PartnerNumber, Arc<PartnerJoined>>,
    pub members: OrdMap<Subject, Vector<Membership>>,
    /// The approved application forms, by version.
    pub forms: OrdMap<u32, Arc<ApplicationFormApproved>>,
    /// The rate policies of each currency, by the day from which they hold.
    pub rate_policies: OrdMap<(Currency, Date), Arc<RatePolicySet>>,
    /// The Commission's rates that the log knows.
    pub rates: OrdMap<(Currency, Month), Rate>,
    pub milestones: OrdMap<u32, PlannedMilestone>,
    /// The amendments of the contract, by number; `contract` is as the last of them has it.
    pub amendments: OrdMap<u32, Arc<SubsidyContractAmended>>,
    /// The partners that have left.
    pub withdrawn: OrdMap<PartnerNumber, Arc<PartnerWithdrawn>>,
    /// The changes that were notified or asked for, by number.
    pub changes: OrdMap<u32, Change>,
    lineage: Lineage,
}

/// A milestone, and the items of the plan that its codes meant when it was planned.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PlannedMilestone {
    pub data: Arc<MilestonePlanned>,
    pub items: Arc<[Item<Code>]>,
}

/// What a subject is in a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    pub role: Role,
    pub partner: Option<PartnerNumber>,
    /// Last day of the membership.
    pub until: Option<Date>,
}

/// The days on which work of a type of work package is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub first: Option<Date>,
    pub last: Date,
}

impl Window {
    pub fn starts_after(self, day: Date) -> bool {
        self.first.is_some_and(|first| day < first)
    }

    /// Adds the window's days to a finding that speaks of it.
    pub(crate) fn facts(self, finding: Finding) -> Finding {
        let finding = match self.first {
            Some(first) => finding.fact("first", first),
            None => finding,
        };
        finding.fact("last", self.last)
    }
}

/// An item of the plan, and whether the form in force on the day asked for has it.
#[derive(Clone, Copy, Debug)]
pub struct Planned<'a, T> {
    pub item: &'a T,
    pub in_force: bool,
}

impl PlanState {
    pub(super) fn apply(&mut self, recorded: &Recorded, event: &Plan) {
        match event {
            Plan::ProjectRegistered(data) => self.registered = Some(Arc::clone(data)),
            Plan::SubsidyContractSigned(data) => self.contract = Some(Arc::clone(data)),
            Plan::PartnerJoined(data) => {
                self.partners.insert(data.number, Arc::clone(data));
            }
            Plan::SubsidyContractAmended(data) => {
                let threshold = self.contract.as_ref().and_then(|before| before.shift_threshold);
                let mut contract = data.contract();
                contract.shift_threshold = contract.shift_threshold.or(threshold);
                self.contract = Some(Arc::new(contract));
                self.amendments.insert(data.number, Arc::clone(data));
            }
            Plan::PartnerChanged(data) => self.change_partner(data),
            Plan::PartnerWithdrawn(data) => {
                self.withdrawn.insert(data.number, Arc::clone(data));
            }
            Plan::ChangeNotified(data) => self.propose(recorded, data, false),
            Plan::ChangeRequested(data) => self.propose(recorded, data, true),
            Plan::ChangeDecided(data) => self.decide_change(recorded, data),
            Plan::MemberGranted(data) => self.grant(data),
            Plan::MemberRevoked(data) => {
                self.revoke(&data.subject, data.role, data.partner);
            }
            Plan::ApplicationFormApproved(data) => {
                self.approve(data);
            }
            Plan::RatePolicySet(data) => {
                let key = (data.currency, data.valid_from);
                self.rate_policies.insert(key, Arc::clone(data));
            }
            Plan::ExchangeRatesImported(data) => {
                if let Some(month) = data.period() {
                    for rate in &data.rates {
                        self.rates.insert((rate.currency, month), rate.value);
                    }
                }
            }
            Plan::MilestonePlanned(data) => {
                let on = recorded.occurred_on;
                let items = data.codes.iter().map(|code| self.item(*code, on)).collect();
                let planned = PlannedMilestone { data: Arc::clone(data), items };
                self.milestones.insert(data.number, planned);
            }
        }
    }

    fn approve(&mut self, form: &Arc<ApplicationFormApproved>) {
        self.forms.insert(form.version, Arc::clone(form));
        self.lineage = Lineage::of(&self.forms);
    }

    fn change_partner(&mut self, data: &PartnerChanged) {
        let Some(partner) = self.partners.get_mut(&data.number).map(Arc::make_mut) else { return };
        fn change<T: Clone>(value: &mut T, new: &Option<T>) {
            if let Some(new) = new {
                *value = new.clone();
            }
        }
        fn fill<T: Clone>(value: &mut Option<T>, new: &Option<T>) {
            if new.is_some() {
                value.clone_from(new);
            }
        }
        change(&mut partner.names, &data.names);
        change(&mut partner.abbreviation, &data.abbreviation);
        fill(&mut partner.nuts, &data.nuts);
        fill(&mut partner.city, &data.city);
        fill(&mut partner.currency, &data.currency);
        fill(&mut partner.vat_id, &data.vat_id);
        fill(&mut partner.vat_recovery, &data.vat_recovery);
        fill(&mut partner.legal_status, &data.legal_status);
    }

    fn grant(&mut self, data: &MemberGranted) {
        self.revoke(&data.subject, data.role, data.partner);
        let membership = Membership { role: data.role, partner: data.partner, until: data.until };
        self.members.entry(data.subject.clone()).or_default().push_back(membership);
    }

    fn revoke(&mut self, subject: &Subject, role: Role, partner: Option<PartnerNumber>) {
        if let Some(memberships) = self.members.get_mut(subject) {
            memberships.retain(|m| (m.role, m.partner) != (role, partner));
        }
    }

    /// What a subject is on a day.
    pub fn memberships_on(
        &self,
        subject: &Subject,
        day: Date,
    ) -> impl Iterator<Item = &Membership> {
        self.members
            .get(subject)
            .into_iter()
            .flatten()
            .filter(move |membership| membership.until.is_none_or(|until| day <= until))
    }

    /// How many memberships of the lead partner hold on a day.
    pub fn leads_on(&self, day: Date) -> usize {
        let holds = |m: &&Membership| m.role == Role::Lead && m.until.is_none_or(|u| day <= u);
        self.members.values().flatten().filter(holds).count()
    }

    pub fn lead_partner(&self) -> Option<&PartnerJoined> {
        self.partners.values().map(|p| &**p).find(|p| p.role == PartnerRole::Lead)
    }

    pub fn is_transfer_partner(&self, number: PartnerNumber) -> bool {
        self.partners.get(&number).is_some_and(|p| p.role == PartnerRole::Transfer)
    }

    pub fn newest_form(&self) -> Option<&Arc<ApplicationFormApproved>> {
        self.forms.get_max().map(|(_, form)| form)
    }

    /// The form in force on a day: the newest one that is valid by then, otherwise the first.
    pub fn form_on(&self, day: Date) -> Option<&Arc<ApplicationFormApproved>> {
        let valid = self.forms.values().rev().find(|form| form.valid_from <= day);
        valid.or_else(|| self.forms.get_min().map(|(_, form)| form))
    }

    /// The forms in the order in which a code of a day is looked up: the one in force, those that
    /// were in force before, the newest first, and then the others.
    fn forms_for(&self, day: Date) -> impl Iterator<Item = &Arc<ApplicationFormApproved>> {
        let newest_first = || self.forms.values().rev();
        let by_then = newest_first().filter(move |form| form.valid_from <= day);
        self.form_on(day).into_iter().chain(by_then).chain(newest_first())
    }

    /// Finds an item in the form in force on a day, otherwise in the next that has it.
    fn planned<'a, T>(
        &'a self,
        day: Date,
        find: impl Fn(&'a ApplicationFormApproved) -> Option<&'a T>,
    ) -> Option<Planned<'a, T>> {
        let in_force = self.form_on(day).map(|form| form.version);
        self.forms_for(day).find_map(|form| {
            find(form).map(|item| Planned { item, in_force: Some(form.version) == in_force })
        })
    }

    pub fn activity(&self, code: ActivityCode, day: Date) -> Option<Planned<'_, Activity>> {
        self.planned(day, |form| form.activity(code))
    }

    pub fn deliverable(
        &self,
        code: DeliverableCode,
        day: Date,
    ) -> Option<Planned<'_, Deliverable>> {
        self.planned(day, |form| form.deliverable(code))
    }

    /// Whether any form has the code, and whether the one in force on a day has it.
    pub fn code(&self, code: Code, day: Date) -> Option<Planned<'_, ()>> {
        self.planned(day, |form| form.has(code).then_some(&()))
    }

    /// The partners that may act for an item of the plan: its owner first, then contributors.
    pub fn owners(&self, code: Code, day: Date) -> Vec<PartnerNumber> {
        let with = |owner: PartnerNumber, contributors: &[PartnerNumber]| {
            std::iter::once(owner).chain(contributors.iter().copied()).collect()
        };
        match code {
            Code::WorkPackage(code) => {
                let found = self.planned(day, |form| form.work_package(code));
                found.and_then(|p| p.item.partner).into_iter().collect()
            }
            Code::Activity(code) => self
                .activity(code, day)
                .map_or_else(Vec::new, |p| with(p.item.partner, &p.item.contributors)),
            Code::Deliverable(code) => self
                .deliverable(code, day)
                .map_or_else(Vec::new, |p| with(p.item.partner, &p.item.contributors)),
            Code::Output(code) => self
                .planned(day, |form| form.output(code))
                .map_or_else(Vec::new, |p| with(p.item.partner, &p.item.contributors)),
            Code::Investment(code) => self
                .planned(day, |form| form.investment(code))
                .map_or_else(Vec::new, |p| vec![p.item.partner]),
        }
    }

    /// An indicator by the programme's code, whatever the case and spaces in which it is written.
    pub fn indicator(&self, code: &str, day: Date) -> Option<Planned<'_, Indicator>> {
        self.planned(day, |form| form.indicator(code))
    }

    /// The partners that may act for an indicator: the one that it names; otherwise those of the
    /// outputs that it counts; otherwise the lead partner.
    pub fn indicator_owners(&self, indicator: &Indicator, day: Date) -> Vec<PartnerNumber> {
        if let Some(partner) = indicator.partner {
            return vec![partner];
        }
        let counted = indicator.outputs.iter();
        let mut owners: Vec<_> =
            counted.flat_map(|output| self.owners((*output).into(), day)).collect();
        if owners.is_empty() {
            owners.extend(self.lead_partner().map(|lead| lead.number));
        }
        owners.sort_unstable();
        owners.dedup();
        owners
    }

    /// First and last day on which work of this type of work package is done and costs are
    /// incurred. Preparation comes before the project, so it has no first day.
    pub fn window(&self, kind: WorkPackageType) -> Option<Window> {
        let project = self.registered.as_ref()?;
        let (first, last) = match kind {
            WorkPackageType::Preparation => (None, project.end),
            WorkPackageType::Thematic => (Some(project.start), project.thematic_end),
            WorkPackageType::Management
            | WorkPackageType::Monitoring
            | WorkPackageType::Communication
            | WorkPackageType::Transfer => (Some(project.start), project.end),
        };
        Some(Window { first, last })
    }

    /// The type of a work package, by the form in force on a day or the newest that has it.
    pub fn work_package_type(&self, code: WorkPackageCode, day: Date) -> Option<WorkPackageType> {
        self.planned(day, |form| form.work_package(code)).map(|planned| planned.item.kind)
    }

    /// Planned amount of the cells that fit, in the form in force on a day.
    pub fn planned_cents(&self, day: Date, fits: impl Fn(&Cell) -> bool) -> Cents {
        let Some(form) = self.form_on(day) else { return Cents::ZERO };
        let planned = form.budget.cells.iter();
        planned.filter(|cell| fits(&self.cell(form, cell))).map(|cell| cell.amount).sum()
    }

    /// Where the costs of a form's budget cell stand.
    pub fn cell(&self, form: &ApplicationFormApproved, planned: &BudgetCell) -> Cell {
        Cell {
            partner: planned.partner,
            work_package: self.item_of(planned.work_package, form),
            category: planned.category,
        }
    }

    /// The flat rate by which a category of a partner is computed, if it is one.
    pub fn flat_rate(
        &self,
        partner: PartnerNumber,
        category: Category,
        day: Date,
    ) -> Option<&FlatRate> {
        let rates = &self.form_on(day)?.budget.flat_rates;
        rates.iter().find(|rate| rate.category == category && rate.applies_to(partner))
    }

    /// A unit cost that a partner uses, whatever the case and spaces of its name.
    pub fn unit_cost(&self, option: &str, partner: PartnerNumber, day: Date) -> Option<&UnitCost> {
        let name = without_spaces_and_case(option);
        self.form_on(day)?.budget.unit_costs.iter().find(|unit| {
            unit.applies_to(partner) && without_spaces_and_case(unit.option.as_str()) == name
        })
    }

    /// The lump sum of a partner in a work package, whatever the case and spaces of its name.
    pub fn lump_sum(
        &self,
        option: &str,
        partner: PartnerNumber,
        work_package: WorkPackageCode,
        day: Date,
    ) -> Option<&LumpSum> {
        let name = without_spaces_and_case(option);
        self.form_on(day)?.budget.lump_sums.iter().find(|lump_sum| {
            lump_sum.partner == partner
                && lump_sum.work_package == work_package
                && without_spaces_and_case(lump_sum.option.as_str()) == name
        })
    }

    /// The policy for a currency on a day.
    pub fn rate_policy(&self, currency: Currency, day: Date) -> Option<&RatePolicySet> {
        self.rate_policies
            .range((currency, Date::MIN)..=(currency, day))
            .next_back()
            .map(|(_, policy)| &**policy)
    }

    /// The rate by which a currency becomes euro in a claim submitted in a month, by the policy
    /// in force on the month's last day. Nothing when there is no policy or no rate.
    pub fn rate_in(&self, currency: Currency, month: Month) -> Option<Rate> {
        let policy = self.rate_policy(currency, month.last_day())?;
        match policy.policy {
            RatePolicy::Irrevocable => policy.value,
            RatePolicy::MonthlyOfSubmission => self.rates.get(&(currency, month)).copied(),
        }
    }

    /// The newest month for which the log knows a rate of a currency: a month of imported
    /// rates, or the one from which an irrevocable rate holds.
    pub fn newest_rate(&self, currency: Currency) -> Option<(Month, Rate)> {
        let first = (currency, Month::of(jiff::civil::date(1999, 1, 1)));
        let last = (currency, Month::of(jiff::civil::date(2999, 12, 1)));
        let imported = self.rates.range(first..=last).next_back().map(|((_, month), _)| *month);
        let fixed = self
            .rate_policies
            .range((currency, Date::MIN)..=(currency, Date::MAX))
            .next_back()
            .filter(|(_, policy)| policy.policy == RatePolicy::Irrevocable)
            .map(|((_, from), _)| Month::of(*from));
        let month = imported.max(fixed)?;
        self.rate_in(currency, month).map(|rate| (month, rate))
    }
}
