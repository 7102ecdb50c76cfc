//! Whether a posting is taken: rights first, then the form, then every rule.
//!
//! The clock is an argument. What is decided depends on the state, the posting, the actor and
//! that instant, and on nothing else.

mod plan;
mod delivery;
mod finance;
mod learning;

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::code::Code;
use crate::event::Event;
use crate::event::learning::LearningType;
use crate::event::plan::{PlanType, Role};
use crate::event::{EventType, plan::Plan};
use crate::ids::{NUMBER_MAX, PartnerNumber, Subject};
use crate::period::EURO_YEAR_MIN;
use crate::policy::{self, Relation};
use crate::posting::{Actor, Decision, OnBehalfOf, Part, Posting, Prepared, Refusal};
use crate::project::Project;
use crate::project::plan::item::{Item, ItemCode};
use crate::rule::{Finding, Rule, Severity};

/// More findings than this nobody mends in one go, and an event keeps its warnings for ever. It is
/// more than one event has rules, so that each broken rule is told.
const FINDINGS_MAX: usize = 50;

/// What a rule looks at.
pub(crate) struct Case<'a> {
    pub(crate) project: &'a Project,
    pub(crate) posting: &'a Posting,
    pub(crate) prepared: &'a Prepared,
    pub(crate) actor: &'a Actor,
    /// The day that it is in the project's time zone.
    pub(crate) today: Date,
}

impl Case<'_> {
    /// The partner whose act this is.
    pub(crate) fn partner(&self) -> Option<PartnerNumber> {
        match self.posting.on_behalf_of {
            Some(OnBehalfOf::Partner(number)) => Some(number),
            Some(OnBehalfOf::Controller | OnBehalfOf::Programme) => None,
            None => self.actor.part.partner(),
        }
    }

    /// The item that a code means on the day of the event.
    pub(crate) fn item<C: ItemCode>(&self, code: C) -> Item<C> {
        self.project.plan.item(code, self.posting.occurred_on)
    }

    /// The last day that is not in the future: today, or the day on which something was last
    /// recorded, if some clock was ahead.
    pub(crate) fn latest_day(&self) -> Date {
        let last_recorded = self.project.last_recorded_at.map(|at| self.project.day_of(at));
        last_recorded.map_or(self.today, |day| day.max(self.today))
    }

    /// A day that is named beside `occurredon` is not after today either.
    pub(crate) fn check_not_future(
        &self,
        date: Option<Date>,
        pointer: &str,
        findings: &mut Findings,
    ) {
        let latest = self.latest_day().max(self.posting.occurred_on);
        if let Some(date) = date.filter(|date| *date > latest) {
            let message = format!("{date} is after today, {latest}. Correct the date.");
            let finding = Finding::new(Rule::OccurredInFuture, pointer, message);
            findings.add(finding.fact("today", latest));
        }
    }

    /// Who has left the partnership does nothing for it after its last day.
    pub(crate) fn check_partner_stays(&self, day: Date, pointer: &str, findings: &mut Findings) {
        let partner = self.partner();
        let left = partner.and_then(|partner| self.project.plan.withdrawn.get(&partner));
        if let Some(left) = left.filter(|left| day > left.last_day) {
            let message = format!(
                "Partner {} left the partnership; its last day is {}, and this is of {day}.",
                left.number, left.last_day
            );
            let finding = Finding::new(Rule::PartnerWithdrawn, pointer, message);
            findings.add(finding.fact("lastDay", left.last_day));
        }
    }

    /// What answers, settles or judges something is not of an earlier day.
    pub(crate) fn check_follows(
        &self,
        (day, pointer): (Date, &str),
        (what, of): (&str, Date),
        findings: &mut Findings,
    ) {
        findings.add_if(day < of, || {
            let message = format!("{day} is before {what}, which is of {of}. Correct the day.");
            Finding::new(Rule::BeforeWhatItAnswers, pointer, message).fact("of", of)
        });
    }

    /// A day by which something is expected or to be done is not past when it is set.
    pub(crate) fn check_to_come(&self, day: Option<Date>, pointer: &str, findings: &mut Findings) {
        let occurred_on = self.posting.occurred_on;
        if let Some(day) = day.filter(|day| *day < occurred_on) {
            let message = format!(
                "{day} is before the day of this event, {occurred_on}. Give a day that is still \
                to come then."
            );
            let finding = Finding::new(Rule::DayPassedAlready, pointer, message);
            findings.add(finding.fact("occurredOn", occurred_on));
        }
    }

    /// `occurredon` is the day on which the document says that it happened.
    pub(crate) fn check_document_date(&self, date: Date, findings: &mut Findings) {
        let occurred_on = self.posting.occurred_on;
        findings.add_if(occurred_on != date, || {
            Finding::new(
                Rule::OccurredOnDocumentDate,
                "/occurredon",
                format!("The document is of {date}, not of {occurred_on}. Give its date here too."),
            )
            .fact("date", date)
        });
    }

    /// A code that no form has is refused; one that the form in force lacks gets a warning.
    pub(crate) fn check_code(&self, code: Code, pointer: &str, findings: &mut Findings) {
        match self.project.plan.code(code, self.posting.occurred_on) {
            Some(planned) if planned.in_force => {}
            Some(_) => findings.add(self.not_in_form(code, pointer)),
            None => findings.add(
                Finding::new(
                    Rule::CodeUnknown,
                    pointer,
                    format!(
                        "{code} is in no approved application form. Look for the code in the \
                        form, or have the lead record the form that has it."
                    ),
                )
                .fact("code", code),
            ),
        }
    }
}

impl Case<'_> {
    fn not_in_form(&self, code: Code, pointer: &str) -> Finding {
        let (plan, day) = (&self.project.plan, self.posting.occurred_on);
        let now = plan.form_on(day).and_then(|form| plan.code_in(form, self.item(code)));
        let message = match now {
            Some(now) => format!(
                "{code} is {now} in the application form in force on {day}, and counts there. \
                Use {now} from now on."
            ),
            None => format!(
                "{code} is not in the application form in force on {day}; it is counted, with \
                nothing planned for it."
            ),
        };
        let finding = Finding::new(Rule::CodeNotInForm, pointer, message).fact("code", code);
        match now {
            Some(now) => finding.fact("now", now),
            None => finding,
        }
    }
}

/// Whose item an event speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Owners {
    /// Of nobody in particular: the caller's own new thing, or the project's.
    Nobody,
    Partners(Vec<PartnerNumber>),
    /// Of a member without a partner, such as an expert.
    Subject(Subject),
}

/// The rules that a posting breaks, so far.
#[derive(Default)]
pub(crate) struct Findings(Vec<Finding>);

impl Findings {
    pub(crate) fn add(&mut self, finding: Finding) {
        self.0.push(finding);
    }

    /// Adds a finding where a rule is broken.
    pub(crate) fn add_if(&mut self, broken: bool, finding: impl FnOnce() -> Finding) {
        if broken {
            self.0.push(finding());
        }
    }
}

/// Decides on a posting at an instant.
pub fn decide(
    project: &Project,
    posting: &Posting,
    prepared: &Prepared,
    actor: &Actor,
    now: Timestamp,
) -> Result<Decision, Refusal> {
    let case = Case { project, posting, prepared, actor, today: project.day_of(now) };
    let event = match &posting.event {
        Ok(event) => event,
        Err(fault) => {
            judge_type(&case)?;
            return Err(Refusal::Refused(vec![Finding::new(
                Rule::DataMalformed,
                format!("/data{}", fault.pointer),
                fault.message.clone(),
            )]));
        }
    };
    judge_rights(&case, event)?;
    let mut findings = Findings::default();
    judge_envelope(&case, event, now, &mut findings);
    let completed = match &**event {
        Event::Plan(event) => plan::judge(&case, event, &mut findings),
        Event::Delivery(event) => delivery::judge(&case, event, &mut findings),
        Event::Finance(event) => finance::judge(&case, event, &mut findings),
        Event::Learning(event) => learning::judge(&case, event, &mut findings),
    };
    let (warnings, blocks): (Vec<_>, Vec<_>) =
        findings.0.into_iter().partition(|finding| finding.rule.severity() == Severity::Warn);
    if blocks.is_empty() {
        Ok(Decision { completed, warnings: at_most(FINDINGS_MAX, warnings) })
    } else {
        Err(Refusal::Refused(at_most(FINDINGS_MAX, blocks)))
    }
}

/// Where there are too many findings, the first of each rule stays before the others of it, and
/// the last one that stays says how many are left out.
fn at_most(max: usize, mut findings: Vec<Finding>) -> Vec<Finding> {
    let left_out = findings.len().saturating_sub(max);
    if left_out > 0 {
        let mut told = BTreeSet::new();
        findings.sort_by_cached_key(|finding| !told.insert(finding.rule));
        findings.truncate(max);
        if let Some(last) = findings.last_mut() {
            last.message.push_str(&format!(" {left_out} further findings are left out."));
        }
    }
    findings
}

/// Rights as far as the event's type tells them, for `data` that could not be read: the item is
/// taken to be one on which the caller may act.
fn judge_type(case: &Case) -> Result<(), Refusal> {
    let relation = match case.posting.on_behalf_of {
        None if corroborates(case) => Relation::Other,
        None => Relation::Own,
        Some(on_behalf_of) => relation_for(case, on_behalf_of, &Owners::Nobody)?,
    };
    policy::may_post(case.actor.part, case.posting.event_type, relation)
        .map_err(|rule| Refusal::forbidden(rule, "/type"))
}

fn judge_rights(case: &Case, event: &Event) -> Result<(), Refusal> {
    if case.actor.part == Part::Operator {
        judge_operator(case, event)?;
    }
    let owners = match event {
        Event::Plan(event) => plan::owners(event),
        Event::Delivery(event) => delivery::owners(case, event),
        Event::Finance(event) => finance::owners(case, event),
        Event::Learning(event) => learning::owners(case, event),
    };
    let relation = match case.posting.on_behalf_of {
        Some(on_behalf_of) => relation_for(case, on_behalf_of, &owners)?,
        None => {
            let own = match &owners {
                Owners::Nobody => !corroborates(case),
                Owners::Partners(partners) => {
                    case.actor.part.partner().is_some_and(|own| partners.contains(&own))
                }
                Owners::Subject(subject) => *subject == case.actor.subject,
            };
            if own { Relation::Own } else { Relation::Other }
        }
    };
    policy::may_post(case.actor.part, case.posting.event_type, relation)
        .map_err(|rule| Refusal::forbidden(rule, "/type"))
}

/// The operator begins a project, until its first lead is granted; and it grants a lead when
/// none is left.
fn judge_operator(case: &Case, event: &Event) -> Result<(), Refusal> {
    let plan = &case.project.plan;
    let no_lead = plan.leads_on(case.today) == 0;
    let may = match event {
        Event::Plan(Plan::ProjectRegistered(_)) => true,
        Event::Plan(Plan::MemberGranted(data)) => {
            no_lead && (data.role == Role::Lead || plan.members.is_empty())
        }
        Event::Plan(Plan::PartnerJoined(_)) => no_lead && plan.members.is_empty(),
        Event::Plan(
            Plan::SubsidyContractSigned(_)
            | Plan::SubsidyContractAmended(_)
            | Plan::PartnerChanged(_)
            | Plan::PartnerWithdrawn(_)
            | Plan::MemberRevoked(_)
            | Plan::ApplicationFormApproved(_)
            | Plan::ChangeNotified(_)
            | Plan::ChangeRequested(_)
            | Plan::ChangeDecided(_)
            | Plan::RatePolicySet(_)
            | Plan::ExchangeRatesImported(_)
            | Plan::MilestonePlanned(_),
        )
        | Event::Delivery(_)
        | Event::Finance(_)
        | Event::Learning(_) => false,
    };
    if may { Ok(()) } else { Err(Refusal::forbidden(Rule::OperatorOnlyBegins, "/type")) }
}

fn relation_for(
    case: &Case,
    on_behalf_of: OnBehalfOf,
    owners: &Owners,
) -> Result<Relation, Refusal> {
    if !case.actor.part.is_lead() {
        return Err(Refusal::forbidden(Rule::OnBehalfOfIsForTheLead, "/onbehalfof"));
    }
    let number = match on_behalf_of {
        OnBehalfOf::Controller => return Ok(Relation::ForController),
        OnBehalfOf::Programme => return Ok(Relation::ForProgramme),
        OnBehalfOf::Partner(number) => number,
    };
    if !case.project.plan.partners.contains_key(&number) {
        return Err(Refusal::Refused(vec![partner_unknown(number, "/onbehalfof")]));
    }
    let corroborates = corroborates(case);
    let belongs = match owners {
        Owners::Nobody => !corroborates,
        Owners::Partners(partners) => partners.contains(&number),
        Owners::Subject(_) => false,
    };
    match (belongs, corroborates) {
        (true, true) => Err(Refusal::forbidden(Rule::OwnLessonNotCorroborated, "/onbehalfof")),
        (false, false) => Err(Refusal::forbidden(Rule::ItemOfAnotherPartner, "/onbehalfof")),
        (true, false) | (false, true) if case.project.plan.is_transfer_partner(number) => {
            Ok(Relation::ForTransferPartner)
        }
        (true, false) | (false, true) => Ok(Relation::ForPartner),
    }
}

/// Whether the event is one that only others than the owner may post, so that nobody's item
/// counts as another's.
fn corroborates(case: &Case) -> bool {
    case.posting.event_type == EventType::Learning(LearningType::LessonCorroborated)
}

fn partner_unknown(number: PartnerNumber, pointer: &str) -> Finding {
    Finding::new(
        Rule::PartnerUnknown,
        pointer,
        format!("No partner with number {number} has joined the project."),
    )
    .fact("partner", number)
}

/// What is numbered by people is numbered from 1 to [`NUMBER_MAX`].
fn judge_number(number: u32, pointer: &str, findings: &mut Findings) {
    findings.add_if(!(1..=NUMBER_MAX).contains(&number), || {
        let message = format!("Give a number from 1 to {NUMBER_MAX}.");
        Finding::new(Rule::NumberOutOfRange, pointer, message)
    });
}

/// Rules of every event.
fn judge_envelope(case: &Case, event: &Event, now: Timestamp, findings: &mut Findings) {
    let project = case.project;
    let registers = case.posting.event_type == EventType::Plan(PlanType::ProjectRegistered);
    findings.add_if(project.plan.registered.is_none() && !registers, || {
        Finding::new(
            Rule::ProjectNotRegistered,
            "/type",
            "Record `project.registered` first, by `cairn import` of the project's charter.",
        )
    });
    let instant = project.last_recorded_at.map_or(now, |last| last.max(now));
    let zone_day = match event {
        Event::Plan(Plan::ProjectRegistered(data)) => data.time_zone.day_of(instant),
        Event::Plan(_) | Event::Delivery(_) | Event::Finance(_) | Event::Learning(_) => {
            project.day_of(instant)
        }
    };
    let occurred_on = case.posting.occurred_on;
    findings.add_if(occurred_on > zone_day, || {
        Finding::new(
            Rule::OccurredInFuture,
            "/occurredon",
            format!(
                "{occurred_on} is after today, {zone_day}, in the project's time zone. Record \
                the event on the day it occurs, or correct the date."
            ),
        )
        .fact("today", zone_day)
    });
    findings.add_if(occurred_on.year() < EURO_YEAR_MIN, || {
        Finding::new(
            Rule::OccurredTooEarly,
            "/occurredon",
            format!("{occurred_on} is before there was a euro. Correct the date."),
        )
    });
    findings.add_if(case.posting.on_behalf_of.is_some() && case.posting.reason.is_none(), || {
        Finding::new(Rule::ReasonMissing, "/reason", "Say in `reason` why you act for another.")
    });
    let records_a_decision =
        matches!(case.posting.on_behalf_of, Some(OnBehalfOf::Controller | OnBehalfOf::Programme));
    findings.add_if(records_a_decision && event.evidence().is_empty(), || {
        Finding::new(
            Rule::EvidenceMissing,
            "/data/evidence",
            "Link the letter in which the controller or the programme decided this.",
        )
    });
    for (index, evidence) in event.evidence().iter().enumerate() {
        findings.add_if(evidence.is_held(), || {
            Finding::new(
                Rule::EvidenceNotUploaded,
                format!("/data/evidence/{index}"),
                format!(
                    "`{}` was not uploaded to Cairn. Give the `uri` where it lies.",
                    evidence.name
                ),
            )
        });
    }
}

#[cfg(test)]
mod tests;
