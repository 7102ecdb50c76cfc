//! The rules of an application form.

use std::collections::{BTreeMap, BTreeSet};

use super::change;
use crate::code::Code;
use crate::decide::{Case, Findings, judge_number, partner_unknown};
use crate::event::plan::application_form::items::PlanItem;
use crate::event::plan::application_form::{ApplicationFormApproved, Category, indicator_name};
use crate::ids::PartnerNumber;
use crate::money::Cents;
use crate::rule::{Finding, Rule};

pub(super) fn approved(case: &Case, form: &ApplicationFormApproved, findings: &mut Findings) {
    version_rises(case, form, findings);
    codes_are_a_tree(form, findings);
    partners_are_known(case, form, findings);
    codes_keep_their_meaning(case, form, findings);
    cells_are_sound(form, findings);
    sums_equal_the_contract(case, form, findings);
    partners_are_financed(case, form, findings);
    flat_rates_are_as_planned(form, findings);
    lump_sums_are_as_planned(form, findings);
    change::carried_out(case, form, findings);
}

fn version_rises(case: &Case, form: &ApplicationFormApproved, findings: &mut Findings) {
    judge_number(form.version, "/data/version", findings);
    let Some(newest) = case.project.plan.newest_form().map(|newest| newest.version) else { return };
    findings.add_if((1..=newest).contains(&form.version), || {
        Finding::new(
            Rule::FormVersionNotRising,
            "/data/version",
            format!("Version {newest} is approved; the next has a larger number."),
        )
        .fact("newest", newest)
    });
}

fn codes_are_a_tree(form: &ApplicationFormApproved, findings: &mut Findings) {
    let mut known = BTreeSet::new();
    for item in form.items() {
        let code = item.code;
        findings.add_if(!known.insert(code), || {
            let pointer = format!("{}/code", item.pointer());
            Finding::new(Rule::CodeTwice, pointer, format!("{code} stands in the form before."))
                .fact("code", code)
        });
    }
    let mut indicators = BTreeSet::new();
    for (index, indicator) in form.indicators.iter().enumerate() {
        let code = &indicator.code;
        findings.add_if(!indicators.insert(indicator_name(code.as_str())), || {
            let pointer = format!("/data/indicators/{index}/code");
            Finding::new(Rule::CodeTwice, pointer, format!("{code} stands in the form before."))
                .fact("code", code)
        });
    }
    for (index, output) in form.outputs.iter().enumerate() {
        findings.add_if(output.target == 0, || {
            let pointer = format!("/data/outputs/{index}/target");
            Finding::new(Rule::TargetMissing, pointer, "Plan at least one.")
        });
    }
    for item in form.items() {
        let code = item.code;
        if let Some(parent) = code.parent().filter(|parent| !known.contains(parent)) {
            findings.add(
                Finding::new(
                    Rule::CodeWithoutParent,
                    format!("{}/code", item.pointer()),
                    format!("{code} belongs to {parent}, which is not in this form."),
                )
                .fact("parent", parent),
            );
        }
    }
    let links = form.deliverables.iter().enumerate().flat_map(|(index, deliverable)| {
        let at = move |(n, output)| (format!("/data/deliverables/{index}/outputs/{n}"), output);
        deliverable.outputs.iter().enumerate().map(at)
    });
    let counts = form.indicators.iter().enumerate().flat_map(|(index, indicator)| {
        let at = move |(n, output)| (format!("/data/indicators/{index}/outputs/{n}"), output);
        indicator.outputs.iter().enumerate().map(at)
    });
    for (pointer, output) in links.chain(counts) {
        let code = Code::from(*output);
        findings.add_if(!known.contains(&code), || {
            Finding::new(Rule::CodeUnknown, pointer, format!("{code} is not in this form."))
                .fact("code", code)
        });
    }
    for (index, cell) in form.budget.cells.iter().enumerate() {
        findings.add_if(!known.contains(&cell.work_package.into()), || {
            Finding::new(
                Rule::CodeUnknown,
                format!("/data/budget/cells/{index}/workPackage"),
                format!("{} is not in this form.", cell.work_package),
            )
            .fact("code", cell.work_package)
        });
    }
}

fn partners_are_known(case: &Case, form: &ApplicationFormApproved, findings: &mut Findings) {
    let mut named: Vec<(PartnerNumber, String)> = Vec::new();
    let mut name = |number: PartnerNumber, pointer: String| named.push((number, pointer));
    for item in form.items() {
        let at = item.pointer();
        if let Some(partner) = item.partner {
            name(partner, format!("{at}/partner"));
            owner_stays(case, form, &item, partner, findings);
        }
        for (n, partner) in item.contributors.iter().enumerate() {
            name(*partner, format!("{at}/contributors/{n}"));
        }
    }
    for (i, item) in form.indicators.iter().enumerate() {
        if let Some(partner) = item.partner {
            name(partner, format!("/data/indicators/{i}/partner"));
        }
    }
    for (i, cell) in form.budget.cells.iter().enumerate() {
        name(cell.partner, format!("/data/budget/cells/{i}/partner"));
    }
    for (i, item) in form.budget.partners.iter().enumerate() {
        name(item.partner, format!("/data/budget/partners/{i}/partner"));
    }
    for (i, item) in form.budget.lump_sums.iter().enumerate() {
        name(item.partner, format!("/data/budget/lumpSums/{i}/partner"));
    }
    for (number, pointer) in named {
        if !case.project.plan.partners.contains_key(&number) {
            findings.add(partner_unknown(number, &pointer));
        }
    }
}

fn owner_stays(
    case: &Case,
    form: &ApplicationFormApproved,
    item: &PlanItem<'_>,
    partner: PartnerNumber,
    findings: &mut Findings,
) {
    let left = case.project.plan.withdrawn.get(&partner);
    if let Some(left) = left.filter(|left| left.last_day < form.valid_from) {
        let message = format!(
            "Partner {partner} left; its last day is {}. Name who takes {} over.",
            left.last_day, item.code
        );
        let pointer = format!("{}/partner", item.pointer());
        findings.add(Finding::new(Rule::WithdrawnPartnerOwnsItems, pointer, message));
    }
}

/// A code goes on to mean what it meant, unless the form says otherwise; and no two codes go on
/// with one item.
fn codes_keep_their_meaning(case: &Case, form: &ApplicationFormApproved, findings: &mut Findings) {
    let forms = case.project.plan.forms.values().rev();
    let earlier: Vec<BTreeMap<Code, PlanItem<'_>>> =
        forms.map(|form| form.items().map(|item| (item.code, item)).collect()).collect();
    let before = |code: Code| earlier.iter().find_map(|form| form.get(&code));
    let plan = case.project.plan.with(form);
    let mut goes_on_as = BTreeMap::new();
    let here: BTreeMap<Code, PlanItem<'_>> = form.items().map(|item| (item.code, item)).collect();
    for item in here.values() {
        let code = item.code;
        if let Some(was) = item.was {
            findings.add_if(before(was).is_none(), || {
                Finding::new(
                    Rule::WasUnknown,
                    format!("{}/was", item.pointer()),
                    format!("{was} is in no earlier form."),
                )
                .fact("code", was)
            });
        }
        let of = plan.item_of(code, form);
        if let Some(other) = goes_on_as.insert(of, code) {
            findings.add(
                Finding::new(
                    Rule::ItemMovedTwice,
                    format!("{}/code", item.pointer()),
                    format!(
                        "{code} and {other} would both be what was {} first. Take `was` out of \
                        one of the two, or say `new: true` where it is a new item.",
                        of.code
                    ),
                )
                .fact("code", code)
                .fact("other", other),
            );
        }
        let Some(before) = before(code) else { continue };
        let same = before.titles == item.titles && before.partner == item.partner;
        findings.add_if(!same && item.was.is_none() && !item.new, || {
            Finding::new(
                Rule::CodeReused,
                format!("{}/code", item.pointer()),
                format!(
                    "{code} had another title or partner in an earlier form. Say `was` where \
                    it was another code, `was: \"{code}\"` where it is the same item, or \
                    `new: true` where it is a new one."
                ),
            )
            .fact("code", code)
        });
    }
}

fn cells_are_sound(form: &ApplicationFormApproved, findings: &mut Findings) {
    let mut known = BTreeSet::new();
    for (index, cell) in form.budget.cells.iter().enumerate() {
        let pointer = format!("/data/budget/cells/{index}");
        findings.add_if(!known.insert((cell.partner, cell.work_package, cell.category)), || {
            Finding::new(
                Rule::BudgetCellTwice,
                &pointer,
                "The partner has a cell for this work package and category before; add the two.",
            )
        });
        findings.add_if(cell.amount.is_negative(), || {
            Finding::new(Rule::AmountNegative, format!("{pointer}/amount"), "Plan 0.00 or more.")
        });
    }
    for (index, partner) in form.budget.partners.iter().enumerate() {
        let negative = partner.erdf.is_negative()
            || partner.contributions.iter().any(|contribution| contribution.amount.is_negative());
        findings.add_if(negative, || {
            Finding::new(
                Rule::AmountNegative,
                format!("/data/budget/partners/{index}"),
                "The ERDF amount and the contributions are 0.00 or more.",
            )
        });
    }
}

fn sums_equal_the_contract(case: &Case, form: &ApplicationFormApproved, findings: &mut Findings) {
    let Some(contract) = &case.project.plan.contract else {
        findings.add(Finding::new(
            Rule::ContractNotSigned,
            "/type",
            "Record `subsidy_contract.signed` first: the budget is compared with it.",
        ));
        return;
    };
    let cells: Cents = form.budget.cells.iter().map(|cell| cell.amount).sum();
    let erdf: Cents = form.budget.partners.iter().map(|partner| partner.erdf).sum();
    let sums = [
        ("/data/budget/cells", "cells", cells, contract.total),
        ("/data/budget/partners", "partners' ERDF amounts", erdf, contract.erdf),
    ];
    for (pointer, what, sum, contracted) in sums {
        findings.add_if(sum != contracted, || {
            Finding::new(
                Rule::BudgetNotContract,
                pointer,
                format!(
                    "The {what} sum to {sum}, the contract says {contracted}: a difference of \
                    {}.",
                    sum - contracted
                ),
            )
            .fact("sum", sum)
            .fact("contract", contracted)
        });
    }
}

fn partners_are_financed(case: &Case, form: &ApplicationFormApproved, findings: &mut Findings) {
    let mut planned: BTreeMap<PartnerNumber, Cents> = BTreeMap::new();
    for cell in &form.budget.cells {
        *planned.entry(cell.partner).or_default() += cell.amount;
    }
    let mut financed = BTreeSet::new();
    for (index, partner) in form.budget.partners.iter().enumerate() {
        let pointer = format!("/data/budget/partners/{index}");
        let budget = planned.get(&partner.partner).copied().unwrap_or_default();
        let own: Cents = partner.contributions.iter().map(|c| c.amount).sum();
        let balanced = financed.insert(partner.partner) && partner.erdf + own == budget;
        findings.add_if(!balanced, || {
            Finding::new(
                Rule::FinancingNotBudget,
                &pointer,
                format!(
                    "ERDF {} and contributions {own} of partner {} are compared, once, with \
                    its cells, which sum to {budget}.",
                    partner.erdf, partner.partner
                ),
            )
            .fact("budget", budget)
        });
        // The own share is what the contract's rate leaves.
        let rate = case.project.plan.contract.as_ref().map(|contract| contract.rate);
        let low = rate.is_some_and(|rate| !partner.erdf.is_within_share(rate, budget));
        findings.add_if(balanced && low, || {
            Finding::new(
                Rule::OwnShareLow,
                &pointer,
                format!(
                    "Partner {} brings {own} of {budget}, less than the share that the \
                    contract's rate leaves to it.",
                    partner.partner
                ),
            )
        });
    }
    for (number, budget) in planned {
        findings.add_if(!financed.contains(&number), || {
            Finding::new(
                Rule::FinancingNotBudget,
                "/data/budget/partners",
                format!("Partner {number} has cells of {budget} and no ERDF and contributions."),
            )
            .fact("budget", budget)
        });
    }
}

fn flat_rates_are_as_planned(form: &ApplicationFormApproved, findings: &mut Findings) {
    let is_computed = |category: Category| {
        category == Category::LumpSum
            || form.budget.flat_rates.iter().any(|flat| flat.category == category)
    };
    for (index, flat) in form.budget.flat_rates.iter().enumerate() {
        let circular = flat.category == Category::LumpSum
            || flat.base.is_empty()
            || flat.base.iter().any(|category| is_computed(*category));
        findings.add_if(circular, || {
            Finding::new(
                Rule::FlatRateOfItself,
                format!("/data/budget/flatRates/{index}/base"),
                "Name categories whose costs are declared.",
            )
        });
        let mut planned: BTreeMap<_, (Cents, Cents)> = BTreeMap::new();
        for cell in form.budget.cells.iter().filter(|cell| flat.applies_to(cell.partner)) {
            let (base, own) = planned.entry((cell.partner, cell.work_package)).or_default();
            if cell.category == flat.category {
                *own += cell.amount;
            } else if flat.base.contains(&cell.category) {
                *base += cell.amount;
            }
        }
        for ((partner, work_package), (base, own)) in planned {
            let computed = base.share_rounded_down(flat.rate);
            findings.add_if(own != computed, || {
                Finding::new(
                    Rule::FlatRateNotPlanned,
                    "/data/budget/cells",
                    format!(
                        "Partner {partner} in {work_package}: {} of {base} is {computed}, \
                        planned is {own}.",
                        flat.rate
                    ),
                )
                .fact("computed", computed)
                .fact("planned", own)
            });
        }
    }
}

fn lump_sums_are_as_planned(form: &ApplicationFormApproved, findings: &mut Findings) {
    let mut planned: BTreeMap<_, (Cents, Cents)> = BTreeMap::new();
    for cell in form.budget.cells.iter().filter(|cell| cell.category == Category::LumpSum) {
        planned.entry((cell.partner, cell.work_package)).or_default().0 += cell.amount;
    }
    for sum in &form.budget.lump_sums {
        planned.entry((sum.partner, sum.work_package)).or_default().1 += sum.amount;
    }
    for ((partner, work_package), (cell, sums)) in planned {
        findings.add_if(cell != sums, || {
            Finding::new(
                Rule::LumpSumNotBudget,
                "/data/budget/lumpSums",
                format!(
                    "Partner {partner} in {work_package}: the lump sums are {sums}, the cell \
                    is {cell}."
                ),
            )
        });
    }
}
