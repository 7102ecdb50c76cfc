//! One project from its registration on, event by event.
//!
//! A simulation: whoever acts does so on what is there at that moment, so that every posting is
//! one that the rules take, or, where a refusal is meant, one that a certain rule refuses.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use cairn_domain::event::plan::Role;
use jiff::civil::{Date, date};
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};
use uuid::Uuid;

use super::beginning;
use super::beside::Beside;
use super::budget::Moved;
use super::calendar::{Calendar, LAST_DAY, Moment};
use super::chance::Chance;
use super::contracts::Contract;
use super::costs::{Cost, Line, Payment};
use super::fund::FundTask;
use super::learning::{Lesson, Question};
use super::money::{Money, Step};
use super::oversight::OversightTask;
use super::partnership::{EURO_IN_BULGARIA, Partnership};
use super::plan::Plan;
use super::register::{Entry, Risk};
use super::results::Reported;
use super::shares::{Begun, Portions};

/// Every project begins on the first of one of these months.
const STARTS: &[Date] =
    &[date(2024, 6, 1), date(2024, 9, 1), date(2024, 12, 1), date(2025, 1, 1), date(2025, 3, 1)];
/// Of a hundred events, about so many declare a line; only the size of the amounts hangs on it.
const LINES_OF_A_HUNDRED: u64 = 22;

/// An event that is recorded, or a posting that a rule refuses.
pub(super) struct Attempt {
    pub(super) at: Timestamp,
    /// The rule that refuses it, where that is meant.
    pub(super) refused_by: Option<&'static str>,
    /// The line of an import.
    pub(super) event: Value,
}

/// The history of one project.
pub(super) struct History {
    pub(super) who: Partnership,
    pub(super) plan: Plan,
    pub(super) chance: Chance,
    pub(super) portions: Portions,
    pub(super) money: Money,
    pub(super) lessons: VecDeque<Lesson>,
    /// The newest expenditure line of each partner.
    pub(super) newest_line: Vec<Option<Uuid>>,
    /// The partners that are still to have their turn at an entry of the register.
    pub(super) turns: BTreeMap<Entry, Vec<usize>>,
    pub(super) newest_decision: Option<(usize, Uuid)>,
    pub(super) closed_risk: Option<Uuid>,
    /// The roles of which a line was taken back.
    pub(super) reversed_of: BTreeSet<Role>,
    pub(super) contracts: Vec<Contract>,
    /// The partners that look for a supplier.
    pub(super) tenders: BTreeSet<usize>,
    /// Documents are numbered.
    pub(super) documents: u64,
    pub(super) form_version: u32,
    /// Partners that will hand a wrong file in, each of them once.
    pub(super) withdraws: BTreeSet<usize>,
    /// The annual reports that the programme asked about.
    pub(super) reports_asked: Vec<u32>,
    /// Units of each currency for 10,000 euro in the newest month.
    pub(super) rates: Vec<(&'static str, i64)>,
    calendar: Calendar,
    /// Events of the beginning.
    begun: u64,
    /// Events since the beginning.
    recorded: u64,
    beginning: std::vec::IntoIter<Attempt>,
    /// What follows from what was done, by the day on which it is due.
    due: BTreeMap<(Date, u64), Task>,
    tasks: u64,
    /// The event that comes after a refusal.
    held: Option<Attempt>,
}

/// What is due some day.
pub(super) enum Task {
    Start(usize),
    Complete(usize),
    Submit(usize),
    Withdraw(usize),
    Review(usize),
    Expect(usize),
    Achieve(usize),
    TakeBack,
    ReportIndicator(usize),
    CorrectIndicator(Reported),
    ValidateIndicator(Uuid),
    /// It is said how a milestone was met, or that it was not.
    Conclude(usize),
    MeetMilestone(usize),
    HoldReview(usize),
    /// The annual report with this number is handed in, asked about, approved.
    SubmitReport(u32),
    AskAboutReport(u32),
    ApproveReport(u32),
    ImportRates(Date),
    SetIrrevocableRate,
    /// The form that carries a change out, and the money that it moves.
    ApproveForm(u32, Option<Moved>),
    /// An organisation joins, and leaves again.
    Join,
    Leave,
    ChangePartner,
    Amend,
    ProposeChange(u32),
    DecideChange(u32, Option<Moved>),
    /// A partner's member leaves: another one comes, then the first one goes.
    Grant(usize),
    Revoke(usize, String),
    /// The other part of a divided invoice.
    DeclareRest(Box<Cost>),
    Pay(Payment),
    /// What becomes of what was spent.
    Money(Step),
    CreditNote(Box<Line>),
    Reverse(Box<Line>),
    DeclareAnew(Box<Cost>),
    Answer(Question),
    Enter(Entry),
    Reassess(Risk),
    /// An issue, and the partner that raised it.
    Resolve(Uuid, usize),
    OpenFeed(usize),
    /// What becomes of the fund's money.
    Fund(FundTask),
    /// What those do who look at the money.
    Oversight(OversightTask),
    /// A feed, and the member that opened it.
    CloseFeed(Uuid, usize, String),
    /// What is recorded beside lines and work.
    Beside(Beside),
}

/// Who posts, and for whom.
pub(super) struct By {
    pub(super) subject: String,
    pub(super) source: String,
    pub(super) on_behalf_of: Option<u32>,
}

impl History {
    pub(super) fn new(seed: u64, number: u64, events: u64) -> Self {
        let mut chance = Chance::new(seed, number, events);
        let start = *chance.pick(STARTS);
        let who = Partnership::new(format!("synthetic-{number:03}"), &mut chance);
        let plan = Plan::new(start, events * LINES_OF_A_HUNDRED / 100, &who, &mut chance);
        let beginning = beginning::events(&who, &plan, &mut chance);
        let mut history = Self {
            portions: Portions::new(&mut chance),
            money: Money::new(&mut chance),
            lessons: VecDeque::new(),
            newest_line: vec![None; who.partners.len()],
            turns: BTreeMap::new(),
            newest_decision: None,
            closed_risk: None,
            reversed_of: BTreeSet::new(),
            contracts: Vec::new(),
            tenders: BTreeSet::new(),
            documents: 0,
            form_version: 1,
            withdraws: (0..who.partners.len()).collect(),
            reports_asked: Vec::new(),
            rates: super::partnership::RATES.to_vec(),
            calendar: Calendar::new(start + 1.day(), events - beginning.len() as u64),
            begun: beginning.len() as u64,
            recorded: 0,
            beginning: beginning.into_iter(),
            due: BTreeMap::new(),
            tasks: 0,
            held: None,
            who,
            plan,
            chance,
        };
        history.foresee();
        history
    }

    /// What the plan and the calendar bring.
    fn foresee(&mut self) {
        for index in 0..self.plan.activities.len() {
            let (start, end) = (self.plan.activities[index].start, self.plan.activities[index].end);
            self.add_due(start, 0, 20, Task::Start(index));
            self.add_due(end, 0, 40, Task::Complete(index));
        }
        for index in 0..self.plan.deliverables.len() {
            self.add_due(self.plan.deliverables[index].due, -15, 35, Task::Submit(index));
        }
        for index in 0..self.plan.milestones.len() {
            self.add_due(self.plan.milestones[index].due, 0, 20, Task::Conclude(index));
        }
        let months = self.plan.start.series(1.month()).take_while(|month| *month <= LAST_DAY);
        for month in months.collect::<Vec<_>>() {
            self.add_due(month, 0, 4, Task::ImportRates(month));
        }
        for partner in 0..self.who.partners.len() {
            self.add_due(self.plan.start, 60, 400, Task::Grant(partner));
        }
        self.foresee_results();
        self.foresee_reports();
        self.add_due(EURO_IN_BULGARIA, -120, -90, Task::SetIrrevocableRate);
        self.foresee_changes();
        self.foresee_register();
        self.foresee_beside();
        self.foresee_money();
        self.foresee_fund();
        self.foresee_oversight();
    }

    /// Makes something due from `low` to `high` days after a day.
    pub(super) fn add_due(&mut self, after: Date, low: i64, high: i64, task: Task) {
        let day = after + self.chance.between(low, high).days();
        self.tasks += 1;
        self.due.insert((day, self.tasks), task);
    }

    /// The next event; a posting that is refused may come before it.
    fn go_on(&mut self) -> Attempt {
        let now = self.calendar.moment(self.recorded, &mut self.chance);
        let refused = self.mishap(now);
        let refused = match refused {
            Some(_) => {
                self.portions.refused.comes_ahead();
                refused
            }
            None => self.portions.refused.takes().then(|| self.refused(now)),
        };
        let event = self.what_is_due(now).unwrap_or_else(|| self.something_new(now));
        self.recorded += 1;
        let attempt = Attempt { at: now.at, refused_by: None, event };
        match refused {
            Some(refused) => {
                self.held = Some(attempt);
                refused
            }
            None => attempt,
        }
    }

    fn what_is_due(&mut self, now: Moment) -> Option<Value> {
        loop {
            let first = self.due.first_entry().filter(|first| first.key().0 <= now.day);
            let task = first?.remove();
            if let Some(event) = self.perform(task, now) {
                return Some(event);
            }
        }
    }

    fn perform(&mut self, task: Task, now: Moment) -> Option<Value> {
        match task {
            Task::Start(activity) => self.start(activity, now),
            Task::Complete(activity) => self.complete(activity, now),
            Task::Submit(deliverable) => self.submit(deliverable, now),
            Task::Review(deliverable) => self.review(deliverable, now),
            Task::Withdraw(deliverable) => self.withdraw(deliverable, now),
            Task::Expect(partner) => self.expect(partner, now),
            Task::Achieve(partner) => self.achieve(partner, now),
            Task::TakeBack => self.take_back(now),
            Task::ReportIndicator(partner) => self.report_indicator(partner, now),
            Task::CorrectIndicator(reported) => self.correct_indicator(reported, now),
            Task::ValidateIndicator(report) => self.validate_indicator(report, now),
            Task::Conclude(milestone) => self.conclude(milestone, now),
            Task::HoldReview(milestone) => self.hold_review(milestone, now),
            Task::MeetMilestone(milestone) => self.meet(milestone, now),
            Task::SubmitReport(number) => self.submit_report(number, now),
            Task::AskAboutReport(number) => self.ask_about_report(number, now),
            Task::ApproveReport(number) => self.approve_report(number, now),
            Task::ImportRates(month) => self.import_rates(month, now),
            Task::SetIrrevocableRate => self.set_irrevocable_rate(now),
            Task::ApproveForm(change, moved) => self.approve_form(change, moved, now),
            Task::Join => self.join(now),
            Task::Leave => self.leave(now),
            Task::ChangePartner => self.change_partner(now),
            Task::Amend => self.amend(now),
            Task::ProposeChange(number) => self.propose_change(number, now),
            Task::DecideChange(number, moved) => self.decide_change(number, moved, now),
            Task::Grant(partner) => self.grant(partner, now),
            Task::Revoke(partner, subject) => self.revoke(partner, &subject, now),
            Task::DeclareRest(rest) => self.declare_rest(&rest, now),
            Task::Pay(payment) => self.pay(&payment, now),
            Task::Money(step) => self.go_a_step(step, now),
            Task::CreditNote(line) => self.credit(&line, now),
            Task::Reverse(line) => self.reverse(*line, now),
            Task::DeclareAnew(cost) => self.declare_anew(*cost, now),
            Task::Answer(question) => self.answer(&question, now),
            Task::Enter(entry) => self.enter(entry, now),
            Task::Reassess(risk) => self.reassess(risk, now),
            Task::Resolve(issue, partner) => self.resolve(issue, partner, now),
            Task::Fund(task) => self.move_fund(task, now),
            Task::Oversight(task) => self.oversee(task, now),
            Task::OpenFeed(member) => self.open_feed(member, now),
            Task::CloseFeed(feed, member, by) => self.close_feed(feed, member, &by, now),
            Task::Beside(task) => self.record_beside(task, now),
        }
    }

    /// What somebody begins of its own accord; where one has nothing to go by, a cost.
    fn something_new(&mut self, now: Moment) -> Value {
        let begun = self.portions.begin(&mut self.chance);
        let event = match begun {
            Begun::Line => Some(self.declare(now)),
            Begun::Progress => self.report_progress(now),
            Begun::Lesson => Some(self.record_lesson(now)),
            Begun::Corroboration => self.corroborate(now),
            Begun::Question => Some(self.ask(now)),
            Begun::Edition => self.submit_edition(now),
        };
        event.unwrap_or_else(|| {
            self.portions.put_off(begun);
            self.declare(now)
        })
    }

    /// How many events the project has: the version of its last one.
    pub(super) fn version(&self) -> u64 {
        self.begun + self.recorded
    }

    /// A partner's member; now and then the lead posts for it.
    pub(super) fn for_partner(&mut self, partner: usize) -> By {
        if partner > 0 && self.portions.on_behalf.takes() {
            let number = self.who.partners[partner].number;
            return By { on_behalf_of: Some(number), ..self.by_lead() };
        }
        self.by(partner)
    }

    pub(super) fn by(&self, partner: usize) -> By {
        By {
            subject: self.who.member(partner),
            source: format!("/partners/{}", self.who.partners[partner].number),
            on_behalf_of: None,
        }
    }

    pub(super) fn by_lead(&self) -> By {
        By { subject: self.who.head(), ..self.by(0) }
    }

    /// A day that is up to so many days past.
    pub(super) fn lately(&mut self, now: Moment, days: i64) -> Date {
        (now.day - self.chance.between(0, days).days()).max(self.plan.start)
    }

    /// An event as a line of an import, and its id.
    pub(super) fn event(
        &mut self,
        now: Moment,
        by: By,
        event_type: &str,
        occurred_on: Date,
        data: Value,
    ) -> (Uuid, Value) {
        let id = self.chance.id(now.at);
        let mut event = json!({
            "specversion": "1.0",
            "id": id,
            "source": by.source,
            "type": event_type,
            "project": self.who.key,
            "occurredon": occurred_on,
        });
        if let Some(number) = by.on_behalf_of {
            event["onbehalfof"] = number.to_string().into();
            event["reason"] = "Asked by the partner by telephone".into();
        }
        event["recordedat"] = now.at.to_string().into();
        event["actorsubject"] = by.subject.into();
        event["data"] = data;
        (id, event)
    }
}

impl Iterator for History {
    type Item = Attempt;

    fn next(&mut self) -> Option<Attempt> {
        let beginning = self.beginning.next().or_else(|| self.held.take());
        beginning.or_else(|| (self.recorded < self.calendar.events).then(|| self.go_on()))
    }
}
