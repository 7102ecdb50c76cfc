//! What was planned, declared, paid, claimed and certified, and what is left: along any axes.
//!
//! All amounts are euro. An item in another currency is converted on its own by the newest rate
//! that the log knows, rounded half away from zero, and is provisional until its claim is
//! submitted; from then on its euro are those of the submission. Flat rates are computed for each
//! partner, work package and claim. Larger figures are sums of these cents and nothing else, so
//! rows add up to the totals along every axis. `schema/figures.md` says it in full.

pub mod axes;
pub(in crate::view) mod entries;
pub(in crate::view) mod fund;
pub mod line;
pub mod claim;
pub mod payment_trigger;
pub mod profile;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod properties;

use std::collections::{BTreeMap, BTreeSet};

use imbl::OrdMap;
use serde::{Deserialize, Serialize};

use crate::event::plan::application_form::ApplicationFormApproved;
use crate::ids::{EventId, PartnerNumber};
use crate::money::{Cents, Currency};
use crate::posting::Recorded;
use crate::project::Project;
use crate::project::finance::RateUsed;
use axes::{Axis, Filter, Key, Wanted};
use entries::Entry;

/// The order of a project's expenditure. The items and their running sums are those of the
/// project's state, the same that warnings speak of; a question costs the number of places in the
/// budget, and the number of items only where an axis or a filter asks for what is not summed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct BudgetUse {
    /// The items of each partner, in the order in which they were declared.
    declared: OrdMap<(PartnerNumber, u64), EventId>,
}

/// The budget and its use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Version of the application form that the figures are held against.
    pub form_version: Option<u32>,
    /// In the order of the axes; one row when no axis is asked for.
    pub rows: Vec<Row>,
    pub totals: Amounts,
    /// Live items of currencies whose rate the log does not know, in those currencies. They are
    /// in no euro figure of this answer. Where a flat-rate category is asked for, the lines of its
    /// base are among them.
    pub unconverted: Vec<(Currency, Cents)>,
    /// The rates behind the provisional euro of this answer.
    pub rates: Vec<RateUsed>,
}

/// The amounts of one place along the axes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub key: Key,
    pub amounts: Amounts,
    /// Whether the form has a budget cell here, and the activity and the deliverable of the row.
    /// What it lacks is counted, with 0.00 planned.
    pub in_current_form: bool,
}

/// Amounts in euro.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amounts {
    /// The form's budget cells.
    pub planned: Cents,
    /// All items that are not taken back, credit notes negative, with their flat rates.
    pub declared: Cents,
    /// The part of `declared` that a later rate would change: items in another currency than the
    /// euro that are in no claim, and flat rates on them.
    pub provisional: Cents,
    /// The part of `declared` that no rate changes any more. `provisional` and `frozen` sum to
    /// `declared`.
    pub frozen: Cents,
    /// Payments of these items up to what is declared, by the same rate. A flat rate has none.
    pub paid: Cents,
    /// The part of `declared` that is in a submitted claim: certified, deducted, parked and in
    /// control together.
    pub claimed: Cents,
    pub certified: Cents,
    /// By control, and by corrections after audits.
    pub deducted: Cents,
    /// Not ruled on, and not taken up again.
    pub parked: Cents,
    /// In a claim, and neither certified nor deducted nor parked.
    pub in_control: Cents,
    /// `planned` less `declared`; negative where more is declared than planned.
    pub remaining: Cents,
    /// The fund's part of `declared`: for each partner and claim its rate (its ERDF over its budget
    /// cells) × declared, rounded down to the cent, and the sum of these. Only where whole partners
    /// are counted, since a part of a partner has no cent of its own.
    pub erdf: Option<Cents>,
    /// The same of what is certified.
    pub erdf_certified: Option<Cents>,
}

impl Amounts {
    fn add(&mut self, entry: &Entry) {
        let figures = entry.figures;
        self.planned += entry.planned.unwrap_or_default();
        self.declared += figures.declared;
        self.provisional += figures.provisional;
        self.frozen = self.declared - self.provisional;
        self.paid += figures.paid;
        if entry.key.claim.is_some() {
            self.claimed += figures.declared;
        }
        self.certified += figures.certified;
        self.deducted += figures.deducted;
        self.parked += figures.parked;
        self.in_control += figures.in_control;
        self.remaining = self.planned - self.declared;
    }
}

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
        let wanted = Wanted::of(filter, &project.plan, form);
        let entries = entries::entries(project, form, by, &wanted);
        let mut rows = BTreeMap::<Key, Amounts>::new();
        if by.is_empty() {
            rows.insert(Key::default(), Amounts::default());
        }
        let mut totals = Amounts::default();
        for entry in &entries {
            rows.entry(entry.key.along(by)).or_default().add(entry);
            totals.add(entry);
        }
        fund::add(project, form, by, &wanted, &entries, &mut rows, &mut totals);
        let planned = planned_places(&entries);
        let shown = |(key, amounts): (Key, Amounts)| Row {
            in_current_form: is_in_form(project, form, &planned, key),
            key,
            amounts,
        };
        let (unconverted, rates) = entries::currencies(project, form, &wanted);
        Answer {
            form_version: form.map(|form| form.version),
            rows: rows.into_iter().map(shown).collect(),
            totals,
            unconverted,
            rates,
        }
    }
}

/// The budget's places that the form has, as every combination of axes names them.
fn planned_places(entries: &[Entry]) -> BTreeSet<Key> {
    let planned = entries.iter().filter(|entry| entry.planned.is_some());
    let all = [
        &[][..],
        &[Axis::Partner],
        &[Axis::WorkPackage],
        &[Axis::Category],
        &[Axis::Partner, Axis::WorkPackage],
        &[Axis::Partner, Axis::Category],
        &[Axis::WorkPackage, Axis::Category],
        &Axis::OF_BUDGET,
    ];
    planned.flat_map(|entry| all.map(|axes| entry.key.along(axes))).collect()
}

fn is_in_form(
    project: &Project,
    form: Option<&ApplicationFormApproved>,
    planned: &BTreeSet<Key>,
    key: Key,
) -> bool {
    let has = |item| form.is_some_and(|form| project.plan.code_in(form, item).is_some());
    planned.contains(&key.along(&Axis::OF_BUDGET))
        && key.activity.is_none_or(|item| has(item.any()))
        && key.deliverable.is_none_or(|item| has(item.any()))
}
