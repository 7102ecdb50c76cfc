//! The rules of contracts with suppliers, and of the lines that name one.

use std::sync::Arc;

use jiff::civil::Date;

use super::judge_taken_back;
use crate::decide::{Case, Findings};
use crate::event::finance::contract::{
    ContractAmended, ContractAwarded, ContractClosed, SubcontractRecorded,
};
use crate::event::finance::expenditure::{Document, ExpenditureDeclared};
use crate::ids::PartnerNumber;
use crate::money::Cents;
use crate::project::finance::contract::{Contract, ContractKey, Drawn, is_comparable};
use crate::project::finance::document::without_spaces_and_case;
use crate::project::finance::line::Line;
use crate::rule::{Finding, Rule};
use crate::text::ShortText;

pub(super) fn judge_award(case: &Case, data: &ContractAwarded, findings: &mut Findings) {
    // Policy lets only partners award; without one no reference could be looked up.
    let Some(partner) = case.partner() else { return };
    let known = case.project.finance.contracts.get(partner, &data.reference);
    if let Some(known) = known {
        let message = format!(
            "The partner has awarded contract {} on {}. If this is another one, give it a \
            reference of its own; if it is a change, record `contract.amended`.",
            known.data.reference, known.data.date
        );
        findings.add(
            Finding::new(Rule::ContractKnown, "/data/reference", message)
                .fact("contract", known.event_id),
        );
    }
    case.check_document_date(data.date, findings);
    case.check_partner_stays(data.date, "/data/date", findings);
    judge_value(data.value, "/data/value", findings);
    if let Some(end) = data.end {
        let begins = data.start.unwrap_or(data.date);
        judge_end(begins, end, findings);
    }
    judge_supplier(case, partner, (&data.tax_id, "/data/taxId"), findings);
}

pub(super) fn judge_amendment(case: &Case, data: &ContractAmended, findings: &mut Findings) {
    case.check_document_date(data.date, findings);
    findings.add_if(data.value.is_none() && data.end.is_none(), || {
        let message = "Give the new value, the new last day, or both.";
        Finding::new(Rule::NothingChanges, "/data", message)
    });
    if let Some(value) = data.value {
        judge_value(value, "/data/value", findings);
    }
    let Some(contract) = open_contract(case, &data.contract, data.date, findings) else { return };
    if let Some(end) = data.end {
        judge_end(contract.data.start.unwrap_or(contract.data.date), end, findings);
    }
    let Some((value, partner)) = data.value.zip(case.partner()) else { return };
    judge_subcontracts(contract, contract.subcontracted.total(), value, findings);
    let key = ContractKey::of(partner, &contract.data.reference);
    let (contracts, plan) = (&case.project.finance.contracts, &case.project.plan);
    let used = contracts.used(&key, contract.data.currency, plan);
    if used.of.gross > value {
        findings.add(exceeded(contract, used.of.gross, value, "/data/value"));
    }
}

pub(super) fn judge_closing(case: &Case, data: &ContractClosed, findings: &mut Findings) {
    case.check_document_date(data.date, findings);
    open_contract(case, &data.contract, data.date, findings);
}

pub(super) fn judge_subcontract(case: &Case, data: &SubcontractRecorded, findings: &mut Findings) {
    case.check_document_date(data.date, findings);
    let contract = open_contract(case, &data.contract, data.date, findings);
    let recorded = contract.map(|contract| contract.subcontracted.clone()).unwrap_or_default();
    judge_taken_back(case, data.value, &recorded, "/data/value", findings);
    if let Some(partner) = case.partner() {
        judge_supplier(case, partner, (&data.tax_id, "/data/taxId"), findings);
    }
    if let Some(contract) = contract {
        let together = contract.subcontracted.total() + data.value;
        judge_subcontracts(contract, together, contract.value, findings);
    }
}

/// A line, or an amended one in place of `replaced`, against the contract that it names.
pub(super) fn judge_line(
    case: &Case,
    partner: PartnerNumber,
    data: &ExpenditureDeclared,
    replaced: Option<&Line>,
    findings: &mut Findings,
) {
    let Some(reference) = &data.contract else { return };
    let Some(contract) = case.project.finance.contracts.get(partner, reference) else {
        let message = format!(
            "The partner has no contract {reference}. Record it with `contract.awarded`; lines \
            that name it count at it from then on."
        );
        let finding = Finding::new(Rule::ContractUnknown, "/data/contract", message);
        return findings.add(finding.fact("contract", reference));
    };
    judge_supplier_of_line(contract, data, findings);
    judge_days_of_line(contract, data, findings);
    judge_use(case, (partner, contract), data, replaced, findings);
}

fn judge_supplier_of_line(
    contract: &Contract,
    data: &ExpenditureDeclared,
    findings: &mut Findings,
) {
    let tax_id = match &data.document {
        Document::Invoice(invoice) => &invoice.tax_id,
        Document::Payroll(_) | Document::Travel(_) | Document::Internal(_) => return,
    };
    let of_contract = &contract.data.tax_id;
    let compared = |id: &ShortText| without_spaces_and_case(id.as_str());
    findings.add_if(compared(tax_id) != compared(of_contract), || {
        Finding::new(
            Rule::ContractSupplierDiffers,
            "/data/document/invoice/taxId",
            format!(
                "The invoice is of {tax_id}, the contract with {} ({of_contract}). Correct the \
                number, or name the contract that the invoice belongs to.",
                contract.data.supplier
            ),
        )
        .fact("contract", of_contract)
    });
}

/// The days of a cost are within those of the contract; where a day is not agreed, its signature
/// is the first and none is the last.
fn judge_days_of_line(contract: &Contract, data: &ExpenditureDeclared, findings: &mut Findings) {
    let first = contract.data.start.unwrap_or(contract.data.date);
    let early = data.incurred_from < first;
    let late = contract.end.filter(|end| data.incurred_to > *end);
    findings.add_if(early || late.is_some(), || {
        let until = contract.end.map_or_else(String::new, |end| format!(" until {end}"));
        let pointer = if early { "/data/incurredFrom" } else { "/data/incurredTo" };
        let message = format!(
            "The contract is performed from {first}{until}. Correct the days, or record the \
            amendment of the contract."
        );
        Finding::new(Rule::IncurredOutsideContract, pointer, message).fact("first", first)
    });
    if let Some(closed_on) = contract.closed_on.filter(|day| data.incurred_from > *day) {
        let message = format!(
            "The contract was closed on {closed_on}. Name the contract under which this was done."
        );
        let finding = Finding::new(Rule::IncurredAfterClosing, "/data/incurredFrom", message);
        findings.add(finding.fact("closedOn", closed_on));
    }
}

fn judge_use(
    case: &Case,
    (partner, contract): (PartnerNumber, &Contract),
    data: &ExpenditureDeclared,
    replaced: Option<&Line>,
    findings: &mut Findings,
) {
    let (finance, plan) = (&case.project.finance, &case.project.plan);
    if !is_comparable(data.currency, contract.data.currency, plan) {
        let message = format!(
            "The contract is in {}, and this line in {}. It is not counted against the contract's \
            value; see to it that the two together keep within it.",
            contract.data.currency, data.currency
        );
        let finding = Finding::new(Rule::ContractCurrencyDiffers, "/data/currency", message);
        return findings.add(finding.fact("contract", contract.data.currency));
    }
    if data.declared.is_negative() {
        return;
    }
    let line = replaced.map_or(case.posting.id, |line| line.id);
    let drawn = Drawn { line, partner, data: Arc::new(data.clone()), paid: Cents::ZERO };
    let replaced = replaced.and_then(Drawn::of);
    let used = finance.contracts.used_with(&drawn, replaced.as_ref(), contract, plan);
    if used.of.gross > contract.value {
        findings.add(exceeded(contract, used.of.gross, contract.value, "/data/contract"));
    }
}

fn exceeded(contract: &Contract, gross: Cents, value: Cents, pointer: &str) -> Finding {
    let currency = contract.data.currency;
    Finding::new(
        Rule::ContractExceeded,
        pointer,
        format!(
            "The documents of contract {} come to {gross} {currency} with VAT, of {value} \
            {currency}. Correct what is wrong, or record the amendment that raises the value.",
            contract.data.reference
        ),
    )
    .fact("documents", gross)
    .fact("value", value)
}

/// The acting partner's own contract, as long as it is not closed. That of another partner is as
/// unknown as one that was never awarded.
fn open_contract<'a>(
    case: &Case<'a>,
    reference: &ShortText,
    day: Date,
    findings: &mut Findings,
) -> Option<&'a Contract> {
    let contracts = &case.project.finance.contracts;
    let own = case.partner().and_then(|partner| contracts.get(partner, reference));
    let Some(contract) = own else {
        let message = format!(
            "The partner has awarded no contract {reference}. Give the reference as it stands in \
            `contract.awarded`, or record that first."
        );
        let finding = Finding::new(Rule::ContractNotAwarded, "/data/contract", message);
        findings.add(finding.fact("contract", reference));
        return None;
    };
    if let Some(closed_on) = contract.closed_on {
        let message = format!(
            "The contract was closed on {closed_on}. What is agreed after that is a contract of \
            its own."
        );
        let finding = Finding::new(Rule::ContractClosedAlready, "/data/contract", message);
        findings.add(finding.fact("closedOn", closed_on));
    }
    case.check_follows((day, "/data/date"), ("the contract", contract.data.date), findings);
    Some(contract)
}

fn judge_value(value: Cents, pointer: &str, findings: &mut Findings) {
    findings.add_if(value <= Cents::ZERO, || {
        let message = "Give what is owed at most, VAT included: more than nothing.";
        Finding::new(Rule::ContractAmountNotPositive, pointer, message)
    });
}

fn judge_end(begins: Date, end: Date, findings: &mut Findings) {
    findings.add_if(end < begins, || {
        let message = format!("The contract ends on {end}, before it begins on {begins}.");
        Finding::new(Rule::PeriodReversed, "/data/end", message).fact("begins", begins)
    });
}

fn judge_subcontracts(contract: &Contract, together: Cents, value: Cents, findings: &mut Findings) {
    findings.add_if(together > value, || {
        let currency = contract.data.currency;
        let message = format!(
            "Subcontracts of {together} {currency} would be more than the contract itself, {value} \
            {currency}. Correct the value, or record the amendment of the contract first."
        );
        Finding::new(Rule::SubcontractsAboveContract, "/data/value", message)
            .fact("subcontracts", together)
            .fact("value", value)
    });
}

/// Whether a purchase from another partner is allowed is the controller's to say; from oneself it
/// is no purchase.
pub(super) fn judge_supplier(
    case: &Case,
    partner: PartnerNumber,
    (tax_id, pointer): (&ShortText, &str),
    findings: &mut Findings,
) {
    let tax_id = without_spaces_and_case(tax_id.as_str());
    for (number, joined) in &case.project.plan.partners {
        let vat_id = joined.vat_id.as_ref().map(|id| without_spaces_and_case(id.as_str()));
        if vat_id.as_ref() != Some(&tax_id) {
            continue;
        }
        findings.add(if *number == partner {
            let message = "This is the partner's own VAT number. Give the supplier's; own costs are \
                declared as payroll, travel or internal.";
            Finding::new(Rule::SupplierIsSelf, pointer, message)
        } else {
            let message = "This is the VAT number of another partner of the project. A partner \
                declares its own costs itself.";
            Finding::new(Rule::SupplierIsPartner, pointer, message).fact("partner", number)
        });
    }
}
