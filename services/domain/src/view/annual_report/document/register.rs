//! The register: what was decided and told in the period, and what may go wrong or is unsettled.

use jiff::civil::Date;
use serde::Serialize;

use super::At;
use crate::code::Code;
use crate::event::delivery::register::{Channel, IssueSeverity};
use crate::ids::{EventId, PartnerNumber};
use crate::text::LocalizedText;
use crate::view::register::communication::ChannelReach;
use crate::view::register::decision;
use crate::view::register::issue;
use crate::view::register::risk;

#[derive(Serialize)]
pub(super) struct Register<'a> {
    /// Of the period, the oldest recorded first.
    decisions: Vec<Decision<'a>>,
    /// What each channel came to in the period.
    communication: Vec<Reach>,
    /// What is open, the highest level first.
    risks: Vec<Risk<'a>>,
    /// What is open, the oldest recorded first.
    issues: Vec<Issue<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Decision<'a> {
    id: EventId,
    taken_on: Date,
    body: &'a str,
    title: &'a LocalizedText,
    codes: Vec<Code>,
    holds: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Reach {
    channel: Channel,
    times: u64,
    people: u64,
    without_emblem: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Risk<'a> {
    id: EventId,
    partner: Option<PartnerNumber>,
    title: &'a LocalizedText,
    probability: u32,
    impact: u32,
    level: u32,
    codes: Vec<Code>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Issue<'a> {
    id: EventId,
    partner: Option<PartnerNumber>,
    title: &'a LocalizedText,
    severity: IssueSeverity,
    due: Option<Date>,
    codes: Vec<Code>,
}

pub(super) fn section<'a>(at: &At<'a>) -> Register<'a> {
    let register = at.folds.register;
    let decided = register.decisions().filter(|decision| at.shows.has(decision.taken_on()));
    let told = register.reach(|logged| at.shows.has(logged.entry.occurred_on));
    let open_risks = register.risks().into_iter().filter(|risk| risk.is_open());
    let open_issues = register.issues().filter(|issue| issue.is_open());
    let mut register = Register {
        decisions: decided.map(|decision| Decision::of(at, decision)).collect(),
        communication: told.into_iter().map(Reach::of).collect(),
        risks: open_risks.map(|risk| Risk::of(at, risk)).collect(),
        issues: open_issues.map(|issue| Issue::of(at, issue)).collect(),
    };
    register.decisions.reverse();
    register.issues.reverse();
    register
}

impl<'a> Decision<'a> {
    fn of(at: &At<'a>, decision: &'a decision::Decision) -> Self {
        Self {
            id: decision.entry.id,
            taken_on: decision.taken_on(),
            body: decision.data.body.as_str(),
            title: &decision.data.title,
            codes: at.codes(&decision.items),
            holds: decision.holds(),
        }
    }
}

impl Reach {
    fn of(reach: ChannelReach) -> Self {
        Self {
            channel: reach.channel,
            times: reach.times,
            people: reach.people,
            without_emblem: reach.without_emblem,
        }
    }
}

impl<'a> Risk<'a> {
    fn of(at: &At<'a>, risk: &'a risk::Risk) -> Self {
        Self {
            id: risk.entry.id,
            partner: risk.entry.organisation.partner(),
            title: &risk.data.title,
            probability: risk.probability(),
            impact: risk.impact(),
            level: risk.level(),
            codes: at.codes(&risk.items),
        }
    }
}

impl<'a> Issue<'a> {
    fn of(at: &At<'a>, issue: &'a issue::Issue) -> Self {
        Self {
            id: issue.entry.id,
            partner: issue.entry.organisation.partner(),
            title: &issue.data.title,
            severity: issue.data.severity,
            due: issue.data.due,
            codes: at.codes(&issue.items),
        }
    }
}
