//! The rules of partners: who joins, what changes, who leaves.

use std::sync::Arc;

use crate::decide::{Case, Findings, judge_number, partner_unknown};
use crate::event::plan::amendment::{PartnerChanged, PartnerWithdrawn};
use crate::event::plan::{PartnerJoined, PartnerRole};
use crate::ids::Country;
use crate::rule::{Finding, Rule};

/// The Union's member states, by ISO 3166-1.
const MEMBER_STATES: &str =
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK";

pub(super) fn joined(case: &Case, data: &PartnerJoined, findings: &mut Findings) {
    let plan = &case.project.plan;
    findings.add_if(plan.partners.contains_key(&data.number), || {
        Finding::new(
            Rule::PartnerNumberTaken,
            "/data/number",
            format!("Partner {} has joined. Take the next free number.", data.number),
        )
    });
    judge_number(data.number, "/data/number", findings);
    let lead = plan.lead_partner();
    findings.add_if(data.role == PartnerRole::Lead && lead.is_some(), || {
        Finding::new(Rule::SecondLeadPartner, "/data/role", "The project has its lead partner.")
    });
    let is_member_state =
        |country: Country| MEMBER_STATES.split(' ').any(|s| s == country.as_str());
    let of_same_state = lead.is_some_and(|lead| lead.country == data.country);
    let transfer = data.role == PartnerRole::Transfer;
    findings.add_if(transfer && (of_same_state || !is_member_state(data.country)), || {
        Finding::new(
            Rule::TransferPartnerOfSameState,
            "/data/country",
            format!(
                "A transfer partner is of a member state other than the lead partner's; \
                {} is not.",
                data.country
            ),
        )
    });
    let transfer_there =
        |p: &&Arc<PartnerJoined>| p.role == PartnerRole::Transfer && p.country == data.country;
    let conflicts =
        data.role == PartnerRole::Lead && plan.partners.values().any(|p| transfer_there(&p));
    findings.add_if(conflicts, || {
        Finding::new(
            Rule::TransferPartnerOfSameState,
            "/data/country",
            "A transfer partner of the same state has joined already.",
        )
    });
}

pub(super) fn changed(case: &Case, data: &PartnerChanged, findings: &mut Findings) {
    is_known(case, data.number, findings);
    findings.add_if(data.changes_nothing(), || {
        Finding::new(Rule::NothingChanges, "/data", "Name what is different from now on.")
    });
}

pub(super) fn withdrawn(case: &Case, data: &PartnerWithdrawn, findings: &mut Findings) {
    let plan = &case.project.plan;
    let number = data.number;
    is_known(case, number, findings);
    findings.add_if(plan.lead_partner().is_some_and(|lead| lead.number == number), || {
        let message = "A project is never without its lead partner.";
        Finding::new(Rule::LeadPartnerStays, "/data/number", message)
    });
    if let Some(before) = plan.withdrawn.get(&number) {
        findings.add(
            Finding::new(
                Rule::PartnerWithdrawnAlready,
                "/data/number",
                format!("Partner {number} has left; its last day is {}.", before.last_day),
            )
            .fact("lastDay", before.last_day),
        );
    }
    let form = plan.newest_form();
    let owned: Vec<String> = form
        .into_iter()
        .flat_map(|form| form.items())
        .filter(|item| item.partner == Some(number))
        .map(|item| item.code.to_string())
        .collect();
    findings.add_if(!owned.is_empty(), || {
        let owned = owned.join(", ");
        Finding::new(
            Rule::WithdrawnPartnerOwnsItems,
            "/data/number",
            format!("It is responsible for {owned}. Record a form that says who takes them over."),
        )
        .fact("items", &owned)
    });
    // How many they are is not told to everybody who reads the event.
    findings.add_if(case.project.finance.unpaid_lines_of(number).next().is_some(), || {
        Finding::new(
            Rule::WithdrawnPartnerHasOpenLines,
            "/data/number",
            "Some of its expenditure lines are not paid in full. They stay and count.",
        )
    });
}

fn is_known(case: &Case, number: u32, findings: &mut Findings) {
    if !case.project.plan.partners.contains_key(&number) {
        findings.add(partner_unknown(number, "/data/number"));
    }
}
