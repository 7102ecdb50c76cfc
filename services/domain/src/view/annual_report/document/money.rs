//! The budget and its use, in euro, and the way to the second payment.
//!
//! All that is declared at the version counts. What a later exchange rate would change is
//! `provisional`, and the rates behind it are named.

use serde::Serialize;

use super::At;
use crate::code::WorkPackageCode;
use crate::event::plan::application_form::Category;
use crate::ids::PartnerNumber;
use crate::money::{Cents, Currency, Rate, Share};
use crate::period::Month;
use crate::project::finance::RateUsed;
use crate::view::budget_use::axes::{Axis, Filter};
use crate::view::budget_use::payment_trigger::PaymentTrigger;
use crate::view::budget_use::{self, Answer};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Money {
    currency: Currency,
    /// Whether a later exchange rate would change an amount.
    is_provisional: bool,
    totals: Amounts,
    by_partner: Vec<Row>,
    by_work_package: Vec<Row>,
    by_category: Vec<Row>,
    /// Lines of currencies without a known rate, in no amount here.
    unconverted: Vec<Unconverted>,
    rates: Vec<UsedRate>,
    payment_trigger: Option<Trigger>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Row {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) partner: Option<PartnerNumber>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) work_package: Option<WorkPackageCode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) category: Option<Category>,
    #[serde(flatten)]
    pub(super) amounts: Amounts,
    pub(super) in_form: bool,
}

#[derive(Clone, Copy, Serialize)]
pub(super) struct Amounts {
    pub(super) planned: Cents,
    pub(super) declared: Cents,
    pub(super) provisional: Cents,
    pub(super) paid: Cents,
    pub(super) remaining: Cents,
    #[serde(skip_serializing_if = "Option::is_none")]
    erdf: Option<Cents>,
}

#[derive(Serialize)]
struct Unconverted {
    currency: Currency,
    declared: Cents,
}

#[derive(Serialize)]
struct UsedRate {
    currency: Currency,
    month: Month,
    rate: Rate,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Trigger {
    share: Share,
    trigger: Cents,
    reported: Cents,
    provisional: Cents,
    missing: Cents,
    reached: bool,
    second_payment: Cents,
    pro_rata_reported: Cents,
    by_partner: Vec<PartnerTrigger>,
}

#[derive(Serialize)]
struct PartnerTrigger {
    partner: PartnerNumber,
    reported: Cents,
    trigger: Cents,
    missing: Cents,
}

/// The amounts along one axis; those of the whole project where none is named.
pub(super) fn answer(at: &At<'_>, by: &[Axis]) -> Answer {
    at.folds.budget_use.budget_use(at.folds.project, at.form, by, &Filter::default())
}

pub(super) fn rows(at: &At<'_>, axis: Axis) -> Vec<Row> {
    answer(at, &[axis]).rows.iter().map(|row| Row::of(at, row)).collect()
}

pub(super) fn section(at: &At<'_>) -> Money {
    let whole = answer(at, &[]);
    let unconverted = whole.unconverted.iter();
    let unconverted = unconverted
        .map(|(currency, declared)| Unconverted { currency: *currency, declared: *declared });
    Money {
        currency: Currency::EUR,
        is_provisional: whole.totals.provisional != Cents::ZERO || !whole.unconverted.is_empty(),
        totals: Amounts::of(&whole.totals),
        by_partner: rows(at, Axis::Partner),
        by_work_package: rows(at, Axis::WorkPackage),
        by_category: rows(at, Axis::Category),
        unconverted: unconverted.collect(),
        rates: whole.rates.iter().map(UsedRate::of).collect(),
        payment_trigger: at.folds.budget_use.payment_trigger(at.folds.project).map(Trigger::of),
    }
}

impl Row {
    fn of(at: &At<'_>, row: &budget_use::Row) -> Self {
        let code_of = |item| at.folds.project.plan.code_of(item, at.form);
        Self {
            partner: row.key.partner,
            work_package: row.key.work_package.map(code_of),
            category: row.key.category,
            amounts: Amounts::of(&row.amounts),
            in_form: row.in_current_form,
        }
    }
}

impl Amounts {
    pub(super) fn of(amounts: &budget_use::Amounts) -> Self {
        Self {
            planned: amounts.planned,
            declared: amounts.declared,
            provisional: amounts.provisional,
            paid: amounts.paid,
            remaining: amounts.remaining,
            erdf: amounts.erdf,
        }
    }
}

impl UsedRate {
    fn of(used: &RateUsed) -> Self {
        Self { currency: used.currency, month: used.month, rate: used.rate }
    }
}

impl Trigger {
    fn of(trigger: PaymentTrigger) -> Self {
        let partners = trigger.partners.iter().map(|of| PartnerTrigger {
            partner: of.partner,
            reported: of.reported,
            trigger: of.trigger,
            missing: of.missing,
        });
        Self {
            share: trigger.share,
            trigger: trigger.trigger,
            reported: trigger.reported,
            provisional: trigger.provisional,
            missing: trigger.missing,
            reached: trigger.reached,
            second_payment: trigger.second_payment,
            pro_rata_reported: trigger.pro_rata_reported,
            by_partner: partners.collect(),
        }
    }
}
