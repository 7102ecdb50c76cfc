//! The list of expenditure, with the columns in the order of Jems, the monitoring system of half
//! of the Interreg programmes, and those of Cairn after them.

use cairn_domain::event::finance::expenditure::{Document, ExpenditureDeclared};
use cairn_domain::event::plan::application_form::ApplicationFormApproved;
use cairn_domain::ids::PartnerNumber;
use cairn_domain::money::Cents;
use cairn_domain::project::Project;
use cairn_domain::project::finance::line::{Cost, Line};
use cairn_domain::view::budget_use::BudgetUse;
use cairn_domain::view::budget_use::line::LineAnswer;

use crate::choice::category_word;
use crate::scope::Scope;
use crate::sheet::{Heading, Sheet, Shows, Value};
use crate::tongue::Tongue;

const fn column(text: &'static str, shows: Shows, width: u8) -> Heading {
    Heading { text, shows, width }
}

/// Those of the programme's platform, in its order.
pub(crate) const OF_PLATFORM: [Heading; 15] = [
    column("Cost category", Shows::Text, 26),
    column("Investment", Shows::Text, 11),
    column("Contract", Shows::Text, 20),
    column("Internal reference", Shows::Text, 16),
    column("Invoice number", Shows::Text, 18),
    column("Invoice date", Shows::Date, 12),
    column("Date of payment", Shows::Date, 12),
    column("Description", Shows::Text, 36),
    column("Comment", Shows::Text, 20),
    column("Total value of invoice", Shows::Amount, 14),
    column("VAT", Shows::Amount, 12),
    column("Declared amount", Shows::Amount, 14),
    column("Currency", Shows::Text, 9),
    column("Exchange rate", Shows::Decimal, 12),
    column("Declared amount in EUR", Shows::Euro, 14),
];

const OF_CAIRN: [Heading; 21] = [
    column("Partner", Shows::Text, 9),
    column("Work package", Shows::Text, 10),
    column("Activity", Shows::Text, 10),
    column("Deliverable", Shows::Text, 11),
    column("Kind of document", Shows::Text, 16),
    column("Supplier", Shows::Text, 26),
    column("VAT or tax number", Shows::Text, 16),
    column("Self-assessed VAT", Shows::Amount, 14),
    column("Incurred from", Shows::Date, 12),
    column("Incurred to", Shows::Date, 12),
    column("Project's share", Shows::Decimal, 9),
    column("Amount paid", Shows::Amount, 14),
    column("Month of the rate", Shows::Text, 10),
    column("Provisional", Shows::Text, 11),
    column("Status", Shows::Text, 16),
    column("Certified in EUR", Shows::Euro, 14),
    column("Deducted in EUR", Shows::Euro, 14),
    column("Parked in EUR", Shows::Euro, 14),
    column("In control in EUR", Shows::Euro, 14),
    column("Link to the document", Shows::Text, 30),
    column("Id in Cairn", Shows::Text, 38),
];

/// Every item of the partners whose single lines may be seen, in the order in which they were
/// declared. What was taken back and is in no figure stands there without an amount in euro. Flat
/// rates are no items, so that they are not in the list.
pub fn sheet(
    project: &Project,
    budget_use: &BudgetUse,
    scope: &Scope<'_>,
    may_see: impl Fn(PartnerNumber) -> bool,
) -> Sheet {
    let items = budget_use.lines(project, scope.partner);
    let items = items.filter(|item| may_see(item.line.partner) && scope.takes(project, item.line));
    let form = scope.form_of(project);
    let rows = items.map(|item| {
        let euro = item.euro.filter(|_| !item.line.is_taken_out());
        let mut row = of_platform(project, item.line, rate(&item), euro);
        row.extend(of_cairn(project, form, &item));
        row
    });
    Sheet {
        name: "List of expenditure".to_owned(),
        headings: OF_PLATFORM.into_iter().chain(OF_CAIRN).collect(),
        rows: rows.collect(),
    }
}

fn rate(item: &LineAnswer<'_>) -> Option<String> {
    item.rate.map(|rate| rate.rate.to_string())
}

/// The columns of the platform, with these euro.
pub(crate) fn of_platform(
    project: &Project,
    line: &Line,
    rate: Option<String>,
    euro: Option<Cents>,
) -> Vec<Value> {
    let data = line.document().map(|data| &**data);
    let vat = data.map(vat_of_invoice);
    let total = data.zip(vat).map(|(data, vat)| data.net + vat);
    let paid_on = line.payments.iter().map(|payment| payment.data.date).max();
    let day = |day: Option<_>| day.map_or(Value::Empty, Value::Date);
    vec![
        Value::text(category_word(line.category, Tongue::English)),
        Value::Empty,
        Value::text_of(data.and_then(|data| data.contract.as_ref())),
        Value::text_of(data.and_then(|data| data.reference.as_ref())),
        Value::text_of(number(line)),
        day(data.map(|data| document_day(data, line))),
        day(paid_on),
        Value::text_of(description(line)),
        Value::text_of(comment(project, line)),
        Value::amount_of(total),
        Value::amount_of(vat),
        Value::Amount(line.declared),
        Value::text(line.currency),
        rate.map_or(Value::Empty, Value::Decimal),
        Value::amount_of(euro),
    ]
}

fn of_cairn(
    project: &Project,
    form: Option<&ApplicationFormApproved>,
    item: &LineAnswer<'_>,
) -> Vec<Value> {
    let (line, plan) = (item.line, &project.plan);
    let data = line.document().map(|data| &**data);
    let invoice = data.and_then(|data| match &data.document {
        Document::Invoice(invoice) => Some(invoice),
        Document::Payroll(_) | Document::Travel(_) | Document::Internal(_) => None,
    });
    let counts = |amount: Cents| match line.is_taken_out() {
        true => Value::Empty,
        false => Value::Amount(amount),
    };
    let day = |day: Option<_>| day.map_or(Value::Empty, Value::Date);
    vec![
        Value::text(line.partner),
        Value::text(plan.code_of(line.work_package, form)),
        Value::text_of(line.activity.map(|item| plan.code_of(item, form))),
        Value::text_of(line.deliverable.map(|item| plan.code_of(item, form))),
        Value::text(kind(line)),
        Value::text_of(invoice.map(|invoice| &invoice.supplier)),
        Value::text_of(invoice.map(|invoice| &invoice.tax_id)),
        Value::amount_of(data.and_then(|data| data.self_assessed_vat)),
        day(data.map(|data| data.incurred_from)),
        day(data.map(|data| data.incurred_to)),
        data.map_or(Value::Empty, |data| Value::Decimal(data.share.to_string())),
        Value::Amount(line.paid),
        Value::text_of(item.rate.map(|rate| rate.month)),
        Value::text(if item.provisional { "provisional" } else { "" }),
        Value::text(status(line)),
        counts(item.certified),
        counts(item.deducted),
        counts(item.parked),
        counts(item.in_control),
        Value::text_of(line.evidence().find_map(|evidence| evidence.uri.as_ref())),
        Value::text(line.id),
    ]
}

/// The VAT that the document names: none where the partner assesses it itself, which stands in a
/// column of its own.
fn vat_of_invoice(data: &ExpenditureDeclared) -> Cents {
    let assessed = data.self_assessed_vat.unwrap_or_default();
    if assessed == Cents::ZERO { data.vat } else { Cents::ZERO }
}

fn document_day(data: &ExpenditureDeclared, line: &Line) -> jiff::civil::Date {
    match &data.document {
        Document::Invoice(invoice) => invoice.date,
        Document::Payroll(_) | Document::Travel(_) | Document::Internal(_) => line.occurred_on,
    }
}

/// The number or the reference of what an item stands on.
fn number(line: &Line) -> Option<String> {
    match &line.cost {
        Cost::Document(data) => Some(data.document.reference().to_string()),
        Cost::LumpSum(data) => Some(data.option.to_string()),
        Cost::UnitCost(data) => Some(data.option.to_string()),
        Cost::Reversal { .. } => None,
    }
}

fn kind(line: &Line) -> &'static str {
    match &line.cost {
        Cost::Document(data) => match &data.document {
            Document::Invoice(_) => "invoice",
            Document::Payroll(_) => "payroll",
            Document::Travel(_) => "travel",
            Document::Internal(_) => "internal",
        },
        Cost::LumpSum(_) => "lump sum",
        Cost::UnitCost(_) => "unit cost",
        Cost::Reversal { .. } => "reversal",
    }
}

fn description(line: &Line) -> Option<String> {
    let text = match &line.cost {
        Cost::Document(data) => data.text.as_ref(),
        Cost::LumpSum(data) => data.text.as_ref(),
        Cost::UnitCost(data) => data.text.as_ref(),
        Cost::Reversal { .. } => None,
    };
    text.map(|text| text.original().to_owned())
}

/// What a reader has to know of an item that is no plain one.
fn comment(project: &Project, line: &Line) -> Option<String> {
    match &line.cost {
        Cost::Document(data) => {
            data.corrects.map(|id| format!("Credit note to {}", reference(project, id)))
        }
        Cost::Reversal { of } => Some(format!("Takes back {}", reference(project, *of))),
        Cost::LumpSum(_) | Cost::UnitCost(_) => None,
    }
}

/// How people know another item: by the partner's reference, otherwise by its id.
fn reference(project: &Project, id: cairn_domain::ids::EventId) -> String {
    let data = project.finance.line(id).and_then(Line::document);
    let reference = data.and_then(|data| data.reference.as_ref());
    reference.map_or_else(|| id.to_string(), ToString::to_string)
}

/// Where an item stands: in claims, in none, or taken back.
pub(crate) fn status(line: &Line) -> String {
    if line.is_taken_out() {
        return "reversed".to_owned();
    }
    let claims: Vec<_> = line.portions.iter().map(|portion| portion.claim.to_string()).collect();
    let countered = if line.reversed.is_some() { ", taken back" } else { "" };
    match claims.as_slice() {
        [] => "in no claim".to_owned(),
        _ => format!("claim {}{countered}", claims.join(", ")),
    }
}
