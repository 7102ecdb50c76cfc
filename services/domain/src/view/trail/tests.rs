//! Every figure opens to parts whose sum it is.

mod named;
mod behind;

use serde_json::{Value, json};
use uuid::Uuid;

use super::figure::{BudgetAmount, Figure, Place};
use super::{Books, Kind, Part, trail};
use crate::event::plan::application_form::Category;
use crate::given::{Given, Post, en, evidence};
use crate::money::Cents;
use crate::project::Project;
use crate::project::finance::given::{cents, cost, dated_invoice, fold, with};
use crate::view::budget_use::axes::{Axis, Detail, Filter, Key, Wanted};
use crate::view::budget_use::claim::ClaimAmounts;
use crate::view::budget_use::{Amounts, BudgetUse};
use crate::view::finance_register::FinanceRegister;
use crate::view::fund::Fund;
use crate::view::origins::Origins;

/// What a history folds into.
struct Read<'a> {
    given: &'a Given,
    fund: Fund,
    register: FinanceRegister,
    origins: Origins,
    budget_use: BudgetUse,
}

impl<'a> Read<'a> {
    fn of(given: &'a Given) -> Self {
        let (mut fund, mut register) = (Fund::default(), FinanceRegister::default());
        let (mut project, mut origins) =
            (Project::new(given.project.key.clone()), Origins::default());
        for recorded in &given.history {
            project.evolve(recorded);
            fund.apply(recorded, &project);
            register.apply(recorded, &project);
            origins.apply(recorded, &project);
        }
        Self { given, fund, register, origins, budget_use: fold(&given.history).1 }
    }

    fn books(&self) -> Books<'_> {
        Books::new(&self.given.project, &self.fund, &self.register, None)
    }

    #[track_caller]
    fn parts(&self, figure: &Figure) -> Vec<Part> {
        trail(&self.books(), figure).unwrap().parts
    }

    #[track_caller]
    fn check(&self, figure: Figure, expected: Cents) {
        self.check_in(&Detail::OfAll, &figure, expected);
    }

    #[track_caller]
    fn check_in(&self, detail: &Detail, figure: &Figure, expected: Cents) {
        let parts = trail(&self.books().with_detail(detail), figure).unwrap().parts;
        let sum: Cents = parts.iter().map(|part| part.amount).sum();
        assert_eq!(sum, expected, "{figure:?}: {parts:#?}");
    }
}

fn post(
    given: &mut Given,
    subject: &'static str,
    kind: &'static str,
    on: &'static str,
    data: Value,
) -> Uuid {
    let post = Post::new(subject, kind, on, data);
    given.accept(&post);
    post.id
}

fn staff(given: &mut Given, reference: &str, amount: &str, currency: &str) -> Uuid {
    let document = json!({ "payroll": { "reference": reference, "period": "2025-02",
        "method": "timesheets" } });
    let data = with(
        cost(),
        json!({ "category": "staff", "document": document, "net": amount,
        "vat": "0.00", "declared": amount, "currency": currency }),
    );
    post(given, "trakia", "expenditure.declared", "2025-03-03", data)
}

fn bought(
    given: &mut Given,
    subject: &'static str,
    number: &str,
    amount: &str,
    currency: &str,
) -> Uuid {
    let data = with(
        cost(),
        json!({ "document": dated_invoice(number, "2025-03-03"),
        "net": amount, "vat": "0.00", "declared": amount, "currency": currency }),
    );
    post(given, subject, "expenditure.declared", "2025-03-03", data)
}

fn verify(given: &mut Given, line: Uuid, certified: &str, deducted: &str, parked: &str) {
    let deductions = match deducted {
        "0.00" => json!([]),
        amount => json!([{ "amount": amount, "typology": "2.1" }]),
    };
    let data = json!({ "line": line, "certified": certified, "deductions": deductions,
        "parked": parked });
    post(given, "controller", "line.verified", "2026-06-22", data);
}

/// Two partners, three currencies, a flat rate, a claim with a deduction, something parked and
/// taken up, a correction, a reversal; and lines in no claim.
fn history() -> Given {
    let mut given = Given::project();
    let rates = json!({ "year": 2026, "month": 6, "source": "test",
        "rates": [{ "currency": "BGN", "value": "1.9558" }, { "currency": "RON", "value": "5.07" }] });
    post(&mut given, "haskovo", "exchange_rates.imported", "2026-06-01", rates);
    let wages = staff(&mut given, "P1", "33.37", "EUR");
    let leva = staff(&mut given, "P2", "41.11", "BGN");
    let lei = bought(&mut given, "urbasofia", "11", "77.77", "RON");
    let print = bought(&mut given, "trakia", "12", "19.99", "EUR");
    let paid = json!({ "line": leva, "date": "2025-03-10", "amount": "20.00", "proof": "x" });
    post(&mut given, "trakia", "expenditure.paid", "2025-03-10", paid);
    let filter = json!({ "until": "2026-06-01", "paid": false, "prechecked": false });
    let assembled = json!({ "claim": 1, "filter": filter });
    post(&mut given, "haskovo", "claim.assembled", "2026-06-10", assembled);
    post(&mut given, "haskovo", "claim.submitted", "2026-06-15", json!({ "claim": 1 }));
    let started = json!({ "claim": 1, "method": "both", "sample": { "rule": "all" } });
    post(&mut given, "controller", "control.started", "2026-06-20", started);
    verify(&mut given, wages, "23.33", "7.03", "3.01");
    verify(&mut given, leva, "11.02", "0.00", "10.00");
    verify(&mut given, lei, "15.34", "0.00", "0.00");
    verify(&mut given, print, "19.99", "0.00", "0.00");
    let closed = json!({ "claim": 1, "conclusion": en("Done") });
    post(&mut given, "controller", "control.closed", "2026-06-23", closed);
    post(&mut given, "controller", "line.unparked", "2026-06-24", json!({ "line": leva }));
    let correction = json!({ "corrections": [{ "line": wages, "amount": "1.11", "typology": "2.1" }],
        "reason": en("Audit"), "evidence": evidence() });
    post(&mut given, "haskovo", "correction.imposed", "2026-06-25", correction);
    let reversed = json!({ "line": print, "reason": en("Mistaken") });
    post(&mut given, "trakia", "expenditure.reversed", "2026-06-26", reversed);
    staff(&mut given, "P3", "12.34", "RON");
    staff(&mut given, "P4", "0.04", "EUR");
    given
}

fn amount_of(amounts: &Amounts, amount: BudgetAmount) -> Option<Cents> {
    Some(match amount {
        BudgetAmount::Planned => amounts.planned,
        BudgetAmount::Declared => amounts.declared,
        BudgetAmount::Provisional => amounts.provisional,
        BudgetAmount::Frozen => amounts.frozen,
        BudgetAmount::Paid => amounts.paid,
        BudgetAmount::Claimed => amounts.claimed,
        BudgetAmount::Certified => amounts.certified,
        BudgetAmount::Deducted => amounts.deducted,
        BudgetAmount::Parked => amounts.parked,
        BudgetAmount::InControl => amounts.in_control,
        BudgetAmount::Remaining => amounts.remaining,
        BudgetAmount::Erdf => return amounts.erdf,
        BudgetAmount::ErdfCertified => return amounts.erdf_certified,
        BudgetAmount::AsClaimed
        | BudgetAmount::AsParked
        | BudgetAmount::TakenUp
        | BudgetAmount::ErdfAsClaimed => return None,
    })
}

/// Checks that each amount is the sum of its parts, and says how many there were.
fn check(read: &Read, by: &[Axis], filter: &Filter) -> usize {
    let project = &read.given.project;
    let answer = read.budget_use.budget_use(project, None, by, filter);
    let wanted = Wanted::of(filter, &project.plan, None);
    let totals = (Place::row(&[], &Key::default(), &wanted), answer.totals);
    let rows = answer.rows.iter().map(|row| (Place::row(by, &row.key, &wanted), row.amounts));
    let mut figures = 0;
    for (place, amounts) in rows.chain([totals]) {
        for amount in BudgetAmount::ALL {
            let Some(figure) = amount_of(&amounts, amount) else { continue };
            read.check_in(&filter.detail, &Figure::Budget(amount, place), figure);
            figures += 1;
        }
    }
    figures
}

#[test]
fn every_figure_along_every_combination_of_axes_is_the_sum_of_its_parts() {
    let given = history();
    let read = Read::of(&given);
    let mut figures = 0;
    for bits in 0..256_usize {
        let axes = Axis::ALL.iter().enumerate();
        let by: Vec<_> = axes.filter(|(i, _)| bits & (1 << i) != 0).map(|(_, a)| *a).collect();
        figures += check(&read, &by, &Filter::default());
    }
    assert!(figures > 1_000, "{figures}");
}

#[test]
fn filtered_figures_are_sums_too() {
    let given = history();
    let read = Read::of(&given);
    let partner = Filter { partner: Some(3), ..Filter::default() };
    let month = Filter { month: Some("2025-03".parse().unwrap()), ..Filter::default() };
    let claimed = Filter { claimed: Some(true), ..Filter::default() };
    let detail = Detail::of(&given.project.plan, |partner| partner == 3);
    let to_trakia = Filter { detail, ..Filter::default() };
    let month_to_trakia = Filter { month: month.month, ..to_trakia.clone() };
    for filter in [partner, month, claimed, to_trakia, month_to_trakia] {
        check(&read, &[Axis::Category, Axis::Currency], &filter);
        check(&read, &[Axis::Partner], &filter);
    }
}

#[test]
fn the_amounts_of_a_claim_are_sums_too() {
    let given = history();
    let (project, read) = (&given.project, Read::of(&given));
    let answer = read.budget_use.claim(project, project.finance.claim(1).unwrap());
    let partners = answer.partners.iter().map(|(partner, amounts)| (Some(*partner), *amounts));
    for (partner, amounts) in partners.chain([(None, answer.amounts)]) {
        let ClaimAmounts { declared, certified, deducted, parked, in_control, .. } = amounts;
        assert_eq!(certified + deducted + parked + in_control, declared);
        let figures = [
            (BudgetAmount::AsClaimed, declared),
            (BudgetAmount::Certified, certified),
            (BudgetAmount::Deducted, deducted),
            (BudgetAmount::AsParked, parked),
            (BudgetAmount::TakenUp, amounts.taken_up),
            (BudgetAmount::ErdfAsClaimed, amounts.erdf),
            (BudgetAmount::ErdfCertified, amounts.erdf_certified),
        ];
        for (amount, figure) in figures {
            read.check(Figure::Budget(amount, Place::claim(1, partner)), figure);
        }
    }
}

/// Staff of trakia in WP 5 that is in no claim: 10.00 euro that were taken up, 12.34 lei at 5.07 =
/// 2.43 euro, 0.04 euro. The flat rate is 15 %: of 12.47 it is 1.87.
#[test]
fn what_rounding_leaves_of_a_flat_rate_is_a_part_of_its_own() {
    let given = history();
    let category = Some(Category::OfficeAndAdministration);
    let filter = Filter { category, claimed: Some(false), ..Filter::default() };
    let wanted = Wanted::of(&filter, &given.project.plan, None);
    let place = Place::row(&[], &Key::default(), &wanted);
    let parts = Read::of(&given).parts(&Figure::Budget(BudgetAmount::Declared, place));
    let parts: Vec<_> = parts.iter().map(|part| (part.kind, part.base, part.amount)).collect();
    assert_eq!(
        parts,
        [
            (Kind::FlatRate, Some(cents("10.00")), cents("1.50")),
            (Kind::FlatRate, Some(cents("2.43")), cents("0.36")),
            (Kind::Rounding, None, cents("0.01")),
        ]
    );
}
