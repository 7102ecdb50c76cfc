//! The rules of the plan.

mod application_form;
mod change;
mod partner;
mod rates;

use jiff::ToSpan;
use rust_decimal::Decimal;

use super::{Case, Findings, Owners, judge_number, partner_unknown};
use crate::event::plan::amendment::SubsidyContractAmended;
use crate::event::plan::{
    MemberGranted, MemberRevoked, MilestonePlanned, Plan, ProjectRegistered, Role,
    SubsidyContractSigned,
};
use crate::money::Cents;
use crate::posting::{Completed, Part};
use crate::rule::{Finding, Rule};

/// More milestones than this in twelve months are warned of: the programme asks for about two
/// a year, each followed by a review.
const MILESTONES_A_YEAR: usize = 2;

/// Whose item the event speaks of: a membership is its partner's, all else is the project's.
pub(super) fn owners(event: &Plan) -> Owners {
    let partner = match event {
        Plan::MemberGranted(data) => data.partner,
        Plan::MemberRevoked(data) => data.partner,
        Plan::ProjectRegistered(_)
        | Plan::SubsidyContractSigned(_)
        | Plan::SubsidyContractAmended(_)
        | Plan::PartnerJoined(_)
        | Plan::PartnerChanged(_)
        | Plan::PartnerWithdrawn(_)
        | Plan::ApplicationFormApproved(_)
        | Plan::ChangeNotified(_)
        | Plan::ChangeRequested(_)
        | Plan::ChangeDecided(_)
        | Plan::RatePolicySet(_)
        | Plan::ExchangeRatesImported(_)
        | Plan::MilestonePlanned(_) => return Owners::Nobody,
    };
    Owners::Partners(partner.into_iter().collect())
}

pub(super) fn judge(case: &Case, event: &Plan, findings: &mut Findings) -> Completed {
    match event {
        Plan::ProjectRegistered(data) => registered(case, data, findings),
        Plan::SubsidyContractSigned(data) => contract_signed(case, data, findings),
        Plan::SubsidyContractAmended(data) => contract_amended(case, data, findings),
        Plan::PartnerJoined(data) => partner::joined(case, data, findings),
        Plan::PartnerChanged(data) => partner::changed(case, data, findings),
        Plan::PartnerWithdrawn(data) => partner::withdrawn(case, data, findings),
        Plan::MemberGranted(data) => member_granted(case, data, findings),
        Plan::MemberRevoked(data) => member_revoked(case, data, findings),
        Plan::ApplicationFormApproved(data) => application_form::approved(case, data, findings),
        Plan::ChangeNotified(data) => change::notified(case, data, findings),
        Plan::ChangeRequested(data) => change::proposed(case, data, findings),
        Plan::ChangeDecided(data) => change::decided(case, data, findings),
        Plan::RatePolicySet(data) => rates::policy_set(data, findings),
        Plan::ExchangeRatesImported(data) => rates::imported(case, data, findings),
        Plan::MilestonePlanned(data) => milestone_planned(case, data, findings),
    }
    Completed::default()
}

fn registered(case: &Case, data: &ProjectRegistered, findings: &mut Findings) {
    findings.add_if(case.project.plan.registered.is_some(), || {
        Finding::new(
            Rule::ProjectRegisteredAlready,
            "/type",
            "The project is registered. Choose another key for another project.",
        )
    });
    findings.add_if(data.end < data.start, || {
        Finding::new(Rule::PeriodReversed, "/data/end", "The project ends before it starts.")
    });
    findings.add_if(data.thematic_end < data.start || data.thematic_end > data.end, || {
        Finding::new(
            Rule::PeriodReversed,
            "/data/thematicEnd",
            "Thematic costs end between the project's first and last day.",
        )
    });
    findings.add_if(data.languages.is_empty(), || {
        Finding::new(Rule::LanguagesMissing, "/data/languages", "Name at least one language.")
    });
}

fn contract_signed(case: &Case, data: &SubsidyContractSigned, findings: &mut Findings) {
    findings.add_if(case.project.plan.contract.is_some(), || {
        Finding::new(
            Rule::ContractSignedAlready,
            "/type",
            "The project's contract is recorded. Its amounts change by an amendment.",
        )
    });
    contract_is_sound(data, findings);
}

fn contract_amended(case: &Case, data: &SubsidyContractAmended, findings: &mut Findings) {
    let plan = &case.project.plan;
    findings.add_if(plan.contract.is_none(), || {
        Finding::new(
            Rule::ContractNotSigned,
            "/type",
            "Record `subsidy_contract.signed` first: an amendment changes it.",
        )
    });
    judge_number(data.number, "/data/number", findings);
    let newest = plan.amendments.get_max().map(|(number, _)| *number);
    if let Some(newest) = newest.filter(|newest| (1..=*newest).contains(&data.number)) {
        findings.add(
            Finding::new(
                Rule::AmendmentNotRising,
                "/data/number",
                format!("Amendment {newest} is recorded; the next has a larger number."),
            )
            .fact("newest", newest),
        );
    }
    contract_is_sound(&data.contract(), findings);
}

fn contract_is_sound(data: &SubsidyContractSigned, findings: &mut Findings) {
    for (name, amount) in [("total", data.total), ("erdf", data.erdf)] {
        findings.add_if(amount <= Cents::ZERO, || {
            Finding::new(
                Rule::ContractAmountNotPositive,
                format!("/data/{name}"),
                "The amount is more than 0.00.",
            )
        });
    }
    findings.add_if(!data.erdf.is_within_share(data.rate, data.total), || {
        let most = data.total.share_rounded_down(data.rate);
        Finding::new(
            Rule::ErdfAboveRate,
            "/data/erdf",
            format!("{} of {} at {} is at most {most}.", data.erdf, data.total, data.rate),
        )
        .fact("most", most)
    });
    let shares: Decimal = data.payment_shares.iter().map(|share| share.value()).sum();
    findings.add_if(shares > Decimal::ONE, || {
        Finding::new(
            Rule::PaymentSharesAboveWhole,
            "/data/paymentShares",
            format!("The shares sum to {shares}."),
        )
    });
}

fn member_granted(case: &Case, data: &MemberGranted, findings: &mut Findings) {
    let plan = &case.project.plan;
    judge_member_role(case, data, findings);
    let needs_evidence = matches!(data.role, Role::Controller | Role::Programme | Role::Auditor);
    findings.add_if(needs_evidence && data.evidence.is_empty(), || {
        Finding::new(
            Rule::EvidenceMissing,
            "/data/evidence",
            format!("Link the letter that names this {}.", data.role.as_str()),
        )
    });
    findings.add_if(data.role == Role::Auditor && data.until.is_none(), || {
        Finding::new(Rule::AuditorNeedsEnd, "/data/until", "Give the audit's last day.")
    });
    findings.add_if(data.until.is_some_and(|until| until < case.today), || {
        Finding::new(
            Rule::PeriodReversed,
            "/data/until",
            format!(
                "The last day is before today, {}. Give a later one, or end the membership by \
                `member.revoked`.",
                case.today
            ),
        )
        .fact("today", case.today)
    });
    let held: Vec<_> = plan.memberships_on(&data.subject, case.today).collect();
    findings.add_if(
        held.iter().any(|m| (m.role, m.partner, m.until) == (data.role, data.partner, data.until)),
        || {
            Finding::new(
                Rule::MemberGrantedAlready,
                "/data/subject",
                "The subject has this membership already.",
            )
        },
    );
    // Otherwise a partner could make it unclear for whom another's member acts. Whose member the
    // subject is stays untold.
    let by_lead = matches!(case.actor.part, Part::Operator | Part::Member { role: Role::Lead, .. });
    findings.add_if(!by_lead && held.iter().any(|m| m.partner != data.partner), || {
        Finding::new(
            Rule::MemberOfAnother,
            "/data/subject",
            "The subject is a member already; ask the lead partner to grant it.",
        )
    });
    let against = match data.role {
        Role::Lead => Some(Role::Controller),
        Role::Controller => Some(Role::Lead),
        Role::Associated
        | Role::Delivery
        | Role::Transfer
        | Role::Expert
        | Role::Programme
        | Role::Auditor => None,
    };
    findings.add_if(held.iter().any(|m| Some(m.role) == against), || {
        Finding::new(
            Rule::LeadAndController,
            "/data/role",
            "The subject would be lead and controller of one project. Grant another subject.",
        )
    });
}

fn judge_member_role(case: &Case, data: &MemberGranted, findings: &mut Findings) {
    let partner = data.partner.map(|number| (number, case.project.plan.partners.get(&number)));
    match (data.role.of_partner(), partner) {
        (None, None) => {}
        (Some(_), Some((number, None))) => findings.add(partner_unknown(number, "/data/partner")),
        (Some(role), Some((_, Some(partner)))) if partner.role == role => {}
        (Some(_), Some((number, Some(_)))) => findings.add(Finding::new(
            Rule::MemberRoleNotOfPartner,
            "/data/role",
            format!("Members of partner {number} have that partner's role."),
        )),
        (Some(_), None) => findings.add(Finding::new(
            Rule::MemberRoleNotOfPartner,
            "/data/partner",
            "Name the partner that the member belongs to.",
        )),
        (None, Some(_)) => findings.add(Finding::new(
            Rule::MemberRoleNotOfPartner,
            "/data/partner",
            format!("A member with the role {} has no partner.", data.role.as_str()),
        )),
    }
}

fn member_revoked(case: &Case, data: &MemberRevoked, findings: &mut Findings) {
    let plan = &case.project.plan;
    let known = plan
        .memberships_on(&data.subject, case.today)
        .any(|m| (m.role, m.partner) == (data.role, data.partner));
    findings.add_if(!known, || {
        Finding::new(
            Rule::MemberUnknown,
            "/data/subject",
            "The subject has no such membership today.",
        )
    });
    findings.add_if(known && data.role == Role::Lead && plan.leads_on(case.today) == 1, || {
        Finding::new(
            Rule::LastLeadStays,
            "/data/subject",
            "Grant another lead first; a project is never without one.",
        )
    });
}

fn milestone_planned(case: &Case, data: &MilestonePlanned, findings: &mut Findings) {
    let milestones = &case.project.plan.milestones;
    judge_number(data.number, "/data/number", findings);
    findings.add_if(milestones.contains_key(&data.number) && !data.replaces, || {
        Finding::new(
            Rule::MilestoneKnown,
            "/data/number",
            format!(
                "Milestone {} is planned. Take the next free number, or say `replaces: true` \
                where it is planned anew.",
                data.number
            ),
        )
    });
    let met = case.project.delivery.milestones.get(&data.number).and_then(|facts| facts.met());
    if let Some(met) = met {
        let message = format!("Milestone {} was met on {}, and stays met.", data.number, met.on);
        let finding = Finding::new(Rule::MilestoneMetAlready, "/data/number", message);
        findings.add(finding.fact("metOn", met.on));
    }
    findings.add_if(data.codes.is_empty(), || {
        let message = "Name the activities, deliverables or outputs that it is built from.";
        Finding::new(Rule::MilestoneOfNothing, "/data/codes", message)
    });
    if let Some(project) = &case.project.plan.registered {
        let (start, end) = (project.start, project.end);
        findings.add_if(!(start..=end).contains(&data.due), || {
            let message = format!("The project lasts from {start} to {end}.");
            Finding::new(Rule::MilestoneOutsideProject, "/data/due", message)
        });
    }
    for (index, code) in data.codes.iter().enumerate() {
        case.check_code(*code, &format!("/data/codes/{index}"), findings);
    }
    let others = milestones.iter().filter(|(number, _)| **number != data.number);
    let mut due: Vec<_> = others.map(|(_, planned)| planned.data.due).collect();
    due.push(data.due);
    due.sort_unstable();
    let crowded = due.windows(MILESTONES_A_YEAR + 1).any(|days| {
        let with_this = days.contains(&data.due);
        let year_later = days[0].checked_add(1.year()).unwrap_or(jiff::civil::Date::MAX);
        with_this && days[MILESTONES_A_YEAR] < year_later
    });
    findings.add_if(crowded, || {
        Finding::new(
            Rule::MilestonesMany,
            "/data/due",
            format!("More than {MILESTONES_A_YEAR} milestones fall within twelve months."),
        )
    });
}

#[cfg(test)]
mod tests;
