//! What was planned, declared and paid, and what is left: by partner, work package and category.
//!
//! All amounts are euro. A line in another currency is converted on its own by the newest rate
//! that the log knows, rounded half away from zero, and is provisional until its claim is
//! submitted. Flat rates are computed for each partner and work package from the form that is
//! asked about. Larger figures are sums of these cents and nothing else, so rows add up to the
//! totals along every axis.

pub mod line;
pub mod payment_trigger;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod properties;

use std::collections::{BTreeMap, BTreeSet};

use imbl::OrdMap;
use serde::{Deserialize, Serialize};

use crate::code::WorkPackageCode;
use crate::event::plan::application_form::{ApplicationFormApproved, Category};
use crate::ids::{EventId, PartnerNumber};
use crate::money::{Cents, Currency};
use crate::posting::Recorded;
use crate::project::Project;
use crate::project::finance::figures::{Cell, Figures, add_flat_rates};
use crate::project::finance::{FinanceState, RateUsed};
use crate::project::plan::PlanState;
use crate::project::plan::item::Item;

/// The order of a project's expenditure. The lines and their running sums are those of the
/// project's state, the same that warnings speak of; a question costs the number of budget cells,
/// never the number of lines.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct BudgetUse {
    /// The lines of each partner, in the order in which they were declared.
    declared: OrdMap<(PartnerNumber, u64), EventId>,
}

/// An axis along which amounts are split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Axis {
    Partner,
    WorkPackage,
    Category,
}

/// Which cells count; all where nothing is named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub partner: Option<PartnerNumber>,
    pub work_package: Option<WorkPackageCode>,
    pub category: Option<Category>,
}

/// The budget and its use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Version of the application form that the figures are held against.
    pub form_version: Option<u32>,
    /// Sorted by partner, work package, category; one row when no axis is asked for.
    pub rows: Vec<Row>,
    pub totals: Amounts,
    /// Live lines of currencies whose rate the log does not know, in those currencies. They are
    /// in no euro figure of this answer. Where a flat-rate category is asked for, the lines of its
    /// base are among them.
    pub unconverted: Vec<(Currency, Cents)>,
    /// The rates behind the provisional euro of this answer.
    pub rates: Vec<RateUsed>,
}

/// The amounts of one partner, work package, category, or a combination of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub partner: Option<PartnerNumber>,
    pub work_package: Option<WorkPackageCode>,
    pub category: Option<Category>,
    pub amounts: Amounts,
    /// Whether the form has a budget cell here. What it lacks is counted, with 0.00 planned.
    pub in_current_form: bool,
}

/// Amounts in euro.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amounts {
    /// The form's budget cells.
    pub planned: Cents,
    /// All lines that are not reversed, credit notes negative, with their flat rates.
    pub declared: Cents,
    /// The part of `declared` that a later rate would change: lines in another currency than the
    /// euro, and flat rates on them.
    pub provisional: Cents,
    /// The part of `declared` that no rate changes any more: lines in euro, and flat rates on
    /// them. `provisional` and `frozen` sum to `declared`.
    pub frozen: Cents,
    /// Payments of these lines up to what is declared, by the same rate. A flat rate has none.
    pub paid: Cents,
    /// `planned` less `declared`; negative where more is declared than planned.
    pub remaining: Cents,
    /// The fund's part: for each partner its rate (its ERDF over its budget cells) × declared,
    /// rounded down to the cent, and the sum of these. Only where whole partners are counted,
    /// since a part of a partner has no cent of its own.
    pub erdf: Option<Cents>,
}

impl Amounts {
    fn add(&mut self, planned: Cents, figures: Figures) {
        self.planned += planned;
        self.declared += figures.declared;
        self.provisional += figures.provisional;
        self.frozen = self.declared - self.provisional;
        self.paid += figures.paid;
        self.remaining = self.planned - self.declared;
    }
}

/// The cells that a filter asks for.
#[derive(Clone, Copy)]
struct Cells {
    partner: Option<PartnerNumber>,
    work_package: Option<Item<WorkPackageCode>>,
    category: Option<Category>,
}

impl Cells {
    /// A work package is named by its code in the form, otherwise by that of another form.
    fn of(filter: &Filter, plan: &PlanState, form: Option<&ApplicationFormApproved>) -> Self {
        let work_package = filter.work_package.map(|code| plan.item_under(code, form));
        Self { partner: filter.partner, work_package, category: filter.category }
    }

    fn takes(&self, cell: &Cell) -> bool {
        self.takes_group(cell) && self.category.is_none_or(|category| category == cell.category)
    }

    /// Whether the cell's partner and work package are asked for.
    fn takes_group(&self, cell: &Cell) -> bool {
        self.partner.is_none_or(|partner| partner == cell.partner)
            && self.work_package.is_none_or(|item| item == cell.work_package)
    }

    fn takes_whole_partners(&self) -> bool {
        self.work_package.is_none() && self.category.is_none()
    }
}

type Keys = (Option<PartnerNumber>, Option<Item<WorkPackageCode>>, Option<Category>);

impl BudgetUse {
    /// Takes an event in. `project` is the state after it.
    pub fn apply(&mut self, recorded: &Recorded, project: &Project) {
        let line = project.finance.line(recorded.id);
        if let Some(line) = line.filter(|line| line.version == recorded.version) {
            self.declared.insert((line.partner, line.version), line.id);
        }
    }

    /// The amounts along any axes, against a form; the newest one where none is named.
    pub fn budget_use(
        &self,
        project: &Project,
        form: Option<&ApplicationFormApproved>,
        by: &[Axis],
        filter: &Filter,
    ) -> Answer {
        let form = form.or(project.plan.newest_form().map(|form| &**form));
        let cells = cells(project, form);
        let filter = &Cells::of(filter, &project.plan, form);
        let mut rows = BTreeMap::<Keys, (Amounts, bool)>::new();
        if by.is_empty() {
            rows.insert((None, None, None), (Amounts::default(), false));
        }
        let mut totals = Amounts::default();
        for (cell, (planned, figures)) in cells.iter().filter(|(cell, _)| filter.takes(cell)) {
            let (amounts, in_form) = rows.entry(keys(cell, by)).or_default();
            amounts.add(planned.unwrap_or_default(), *figures);
            *in_form |= planned.is_some();
            totals.add(planned.unwrap_or_default(), *figures);
        }
        if let Some(form) = form.filter(|_| filter.takes_whole_partners()) {
            add_erdf(form, &cells, filter, by, &mut rows, &mut totals);
        }
        let (unconverted, rates) = currencies(&project.finance, form, filter);
        Answer {
            form_version: form.map(|form| form.version),
            rows: rows.into_iter().map(|row| shown(row, &project.plan, form)).collect(),
            totals,
            unconverted,
            rates,
        }
    }
}

/// Every cell that is planned or has figures.
fn cells(
    project: &Project,
    form: Option<&ApplicationFormApproved>,
) -> BTreeMap<Cell, (Option<Cents>, Figures)> {
    let mut figures = project.finance.figures();
    add_flat_rates(&mut figures, form);
    let mut cells: BTreeMap<_, _> =
        figures.into_iter().map(|(cell, figures)| (cell, (None, figures))).collect();
    let planned =
        form.into_iter().flat_map(|form| form.budget.cells.iter().map(move |c| (form, c)));
    for (form, planned) in planned {
        let (amount, _) = cells.entry(project.plan.cell(form, planned)).or_default();
        *amount = Some(amount.unwrap_or_default() + planned.amount);
    }
    cells
}

/// The currencies behind the cells asked for: what has no rate, and the rates of the rest. A
/// flat-rate category stands on the lines of its base.
fn currencies(
    finance: &FinanceState,
    form: Option<&ApplicationFormApproved>,
    filter: &Cells,
) -> (Vec<(Currency, Cents)>, Vec<RateUsed>) {
    let flat_rates = form.map(|form| form.budget.flat_rates.as_slice()).unwrap_or_default();
    let is_base = |cell: &Cell| {
        flat_rates.iter().any(|rate| {
            Some(rate.category) == filter.category
                && rate.applies_to(cell.partner)
                && rate.base.contains(&cell.category)
        })
    };
    let mut declared = BTreeMap::<Currency, Cents>::new();
    for (cell, currency, sums) in finance.sums() {
        let counts = filter.takes(cell) || (filter.takes_group(cell) && is_base(cell));
        if counts && currency != Currency::EUR {
            *declared.entry(currency).or_default() += sums.declared;
        }
    }
    let rates = declared.keys().filter_map(|currency| finance.rate(*currency)).copied();
    let rates = rates.collect();
    declared.retain(|currency, _| finance.rate(*currency).is_none());
    (declared.into_iter().collect(), rates)
}

fn keys(cell: &Cell, by: &[Axis]) -> Keys {
    (
        by.contains(&Axis::Partner).then_some(cell.partner),
        by.contains(&Axis::WorkPackage).then_some(cell.work_package),
        by.contains(&Axis::Category).then_some(cell.category),
    )
}

fn shown(
    (keys, (amounts, in_current_form)): (Keys, (Amounts, bool)),
    plan: &PlanState,
    form: Option<&ApplicationFormApproved>,
) -> Row {
    let (partner, work_package, category) = keys;
    let work_package = work_package.map(|item| plan.code_of(item, form));
    Row { partner, work_package, category, amounts, in_current_form }
}

/// Adds the fund's part to the totals, and to the rows where each is a whole partner or all.
fn add_erdf(
    form: &ApplicationFormApproved,
    cells: &BTreeMap<Cell, (Option<Cents>, Figures)>,
    filter: &Cells,
    by: &[Axis],
    rows: &mut BTreeMap<Keys, (Amounts, bool)>,
    totals: &mut Amounts,
) {
    let mut partners = BTreeMap::<PartnerNumber, (Cents, Cents)>::new();
    for (cell, (planned, figures)) in cells.iter().filter(|(cell, _)| filter.takes(cell)) {
        let (partner_planned, declared) = partners.entry(cell.partner).or_default();
        *partner_planned += planned.unwrap_or_default();
        *declared += figures.declared;
    }
    let axes: BTreeSet<Axis> = by.iter().copied().collect();
    let by_partner = axes == BTreeSet::from([Axis::Partner]);
    let mut total = Cents::ZERO;
    for (partner, (planned, declared)) in partners {
        let financing = form.budget.partners.iter().find(|financing| financing.partner == partner);
        let fund = financing.map(|financing| financing.erdf).unwrap_or_default();
        let erdf = declared.fraction_rounded_down(fund, planned);
        total += erdf;
        if let Some((amounts, _)) =
            rows.get_mut(&(Some(partner), None, None)).filter(|_| by_partner)
        {
            amounts.erdf = Some(erdf);
        }
    }
    totals.erdf = Some(total);
    if let Some((amounts, _)) = rows.get_mut(&(None, None, None)) {
        amounts.erdf = Some(total);
    }
}
