//! How a project begins: the operator registers it up to its first lead, who does the rest.

use cairn_domain::event::plan::Role;
use serde_json::{Value, json};

use super::calendar::Moment;
use super::chance::Chance;
use super::history::Attempt;
use super::partnership::{Partnership, RATES};
use super::plan::Plan;

/// Milliseconds between two events of the beginning: few, since however long a history is, the
/// beginning is over before the rest.
const PACE_MS: u64 = 100;

pub(super) fn events(who: &Partnership, plan: &Plan, chance: &mut Chance) -> Vec<Attempt> {
    let first = Moment::on(plan.start, 0);
    let mut events = Vec::new();
    for (by_lead, event_type, data) in postings(who, plan) {
        let now = Moment::on(plan.start, PACE_MS * events.len() as u64);
        let mut event = json!({
            "specversion": "1.0",
            "id": chance.id(now.at),
            "source": if by_lead { "/partners/1" } else { "/operator" },
            "type": event_type,
            "project": who.key,
            "occurredon": first.day,
            "recordedat": now.at.to_string(),
            "actorsubject": if by_lead { who.head() } else { "operator".to_owned() },
        });
        if !by_lead {
            event["actorrole"] = "operator".into();
        }
        event["data"] = data;
        events.push(Attempt { at: now.at, refused_by: None, event });
    }
    events
}

/// Whether the lead posts it, its type and its data.
fn postings(who: &Partnership, plan: &Plan) -> Vec<(bool, &'static str, Value)> {
    let registered = who.registered(plan.start, plan.end, plan.thematic_end);
    let mut all = vec![(false, "project.registered", registered)];
    let last = who.partners.len() - 1;
    for partner in &who.partners[..last] {
        all.push((false, "partner.joined", who.joined(partner)));
    }
    let head = json!({ "subject": who.head(), "partner": 1, "role": "lead" });
    all.push((false, "member.granted", head));
    // The last partner signs after the others.
    all.push((true, "partner.joined", who.joined(&who.partners[last])));
    for (index, partner) in who.partners.iter().enumerate() {
        let member = json!({ "subject": who.member(index), "partner": partner.number,
            "role": partner.role.as_str() });
        all.push((true, "member.granted", member));
    }
    for role in [Role::Expert, Role::Controller, Role::Programme, Role::Auditor] {
        all.push((true, "member.granted", without_partner(who, role)));
    }
    all.push((true, "subsidy_contract.signed", plan.contract(who)));
    for (currency, _) in RATES {
        let policy = json!({ "currency": currency, "policy": "monthly_of_submission",
            "validFrom": plan.start, "legalSource": "Regulation (EU) 2021/1059, Article 38(5)" });
        all.push((true, "rate_policy.set", policy));
    }
    all.push((true, "application_form.approved", plan.form(1, plan.start, who)));
    for (index, milestone) in plan.milestones.iter().enumerate() {
        all.push((true, "milestone.planned", plan.milestone(index + 1, milestone, who)));
    }
    all
}

fn without_partner(who: &Partnership, role: Role) -> Value {
    let mut member = json!({ "subject": who.without_partner(role), "role": role.as_str() });
    if role != Role::Expert {
        member["evidence"] = json!([who.document("letter", "Letter of appointment", "letter")]);
    }
    if role == Role::Auditor {
        member["until"] = "2028-12-31".into();
    }
    member
}
