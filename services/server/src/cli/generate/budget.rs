//! The money of a plan, in whole cents of a euro.

use std::collections::BTreeMap;

use super::chance::Chance;
use super::partnership::Partnership;
use super::plan::Plan;

/// A project of the programme has some millions.
const TOTAL_MIN_CENTS: i64 = 300_000_000;
const TOTAL_MAX_CENTS: i64 = 600_000_000;
/// A line of less is not worth its paper: with very many lines the budget grows instead.
const LINE_MIN_CENTS: i64 = 4_000;
/// A line of more would be of another kind of project: with few lines the budget is not spent.
const LINE_MAX_CENTS: i64 = 800_000;
/// Hundredths of the declared categories that a history spends: it is half of the project's time.
const SPENT: i64 = 55;
/// The programme's lump sums.
const PREPARATION_CENTS: i64 = 2_500_000;
const INITIATION_CENTS: i64 = 3_750_000;
const TRANSFER_CENTS: i64 = 15_000_000;
/// What a city shows for its lump sum.
pub(super) const TRANSFER_CONDITION: &str = "Replication study published";
/// The unit cost that everybody uses, what one unit is paid, and what a city has for it.
pub(super) const UNIT_COST: &str = "Day of a participant in a training";
pub(super) const UNIT_COST_CENTS: i64 = 8_500;
const UNITS_OF_A_CITY_CENTS: i64 = 1_200_000;
/// Office and administration, of staff.
pub(super) const OFFICE_HUNDREDTHS: i64 = 15;
/// The fund's part.
pub(super) const ERDF_HUNDREDTHS: i64 = 80;

pub(super) const STAFF: &str = "staff";
pub(super) const OFFICE: &str = "office_and_administration";
pub(super) const TRAVEL: &str = "travel_and_accommodation";
pub(super) const EXTERNAL: &str = "external_expertise";
pub(super) const EQUIPMENT: &str = "equipment";
pub(super) const LUMP_SUM: &str = "lump_sum";

#[derive(Default)]
pub(super) struct Budget {
    /// What costs are declared in.
    pub(super) cells: Vec<Cell>,
    /// Flat rates and lump sums.
    pub(super) computed: Vec<Cell>,
    /// What a line is worth on average.
    pub(super) line_cents: i64,
}

#[derive(Clone)]
pub(super) struct Cell {
    pub(super) partner: usize,
    pub(super) work_package: usize,
    pub(super) category: &'static str,
    pub(super) cents: i64,
}

impl Budget {
    pub(super) fn new(plan: &Plan, lines: u64, who: &Partnership, chance: &mut Chance) -> Self {
        let lines = i64::try_from(lines).unwrap_or(i64::MAX).max(1);
        let total = chance
            .between(TOTAL_MIN_CENTS, TOTAL_MAX_CENTS)
            .max(LINE_MIN_CENTS.saturating_mul(lines) / SPENT * 100);
        let mut cells = cells(plan);
        for cell in &mut cells {
            let weight = if cell.category == STAFF { 200 } else { 100 };
            cell.cents = chance.between(weight / 2, weight * 3 / 2);
        }
        let weights: i64 = cells.iter().map(|cell| cell.cents).sum();
        for cell in &mut cells {
            let tens_of_euro = i128::from(total) * i128::from(cell.cents) / i128::from(weights);
            cell.cents = i64::try_from(tens_of_euro).unwrap_or(i64::MAX) / 1_000 * 1_000;
        }
        let spent: i64 = cells.iter().map(|cell| cell.cents).sum::<i64>() / 100 * SPENT;
        Self {
            computed: computed(plan, who, &cells),
            cells,
            line_cents: (spent / lines).clamp(LINE_MIN_CENTS, LINE_MAX_CENTS),
        }
    }

    fn all(&self) -> impl Iterator<Item = &Cell> {
        self.cells.iter().chain(&self.computed)
    }

    pub(super) fn cells_by_partner(&self) -> Vec<&Cell> {
        let mut all: Vec<&Cell> = self.all().collect();
        all.sort_by_key(|cell| (cell.partner, cell.work_package));
        all
    }

    /// What each partner has, and how much of it the fund pays.
    pub(super) fn by_partner(&self) -> BTreeMap<usize, (i64, i64)> {
        let mut sums = BTreeMap::<usize, (i64, i64)>::new();
        for cell in self.all() {
            sums.entry(cell.partner).or_default().0 += cell.cents;
        }
        for (all, erdf) in sums.values_mut() {
            *erdf = *all * ERDF_HUNDREDTHS / 100;
        }
        sums
    }

    /// A cell, the more likely the more it has.
    pub(super) fn draw(&self, chance: &mut Chance) -> &Cell {
        let all: i64 = self.cells.iter().map(|cell| cell.cents).sum();
        let mut at = chance.between(0, all - 1);
        let found = self.cells.iter().find(|cell| {
            at -= cell.cents;
            at < 0
        });
        found.unwrap_or(&self.cells[0])
    }

    /// A change of the plan: a partner moves a twentieth of one cell to another of its own, so
    /// that all sums stay.
    pub(super) fn propose(&self, chance: &mut Chance) -> Option<Moved> {
        let partner = self.cells[chance.below(self.cells.len())].partner;
        let movable = |cell: &Cell| cell.partner == partner && cell.category != STAFF;
        let mut own = (0..self.cells.len()).filter(|index| movable(&self.cells[*index]));
        let (from, to) = (own.next()?, own.next()?);
        let cents = self.cells[from].cents / 20;
        (cents > 0).then_some(Moved { from, to, cents })
    }

    pub(super) fn shift(&mut self, moved: &Moved) {
        self.cells[moved.from].cents -= moved.cents;
        self.cells[moved.to].cents += moved.cents;
    }
}

/// What one cell gives to another, by their places.
pub(super) struct Moved {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) cents: i64,
}

/// Its number.
const MANAGEMENT: usize = 2;

/// The lump sum of a work package, as the form names it.
pub(super) fn lump_sum_option(work_package: usize) -> &'static str {
    match work_package {
        1 => "preparation",
        MANAGEMENT => "initiation",
        _ => "transfer",
    }
}

/// Where partners have costs: everybody in management, and where its activities are.
fn cells(plan: &Plan) -> Vec<Cell> {
    let work = plan.activities.iter().filter(|activity| {
        let kind = plan.work_packages[activity.work_package - 1].kind;
        kind != "preparation" && kind != "transfer"
    });
    let mut places: Vec<(usize, usize)> =
        work.flat_map(|a| [(a.partner, a.work_package), (a.partner, MANAGEMENT)]).collect();
    places.sort_unstable();
    places.dedup();
    let mut cells = Vec::new();
    for (partner, work_package) in places {
        let thematic = plan.work_packages[work_package - 1].kind == "thematic";
        let with_equipment: &[&str] = if thematic { &[EQUIPMENT] } else { &[] };
        for category in [STAFF, TRAVEL, EXTERNAL].iter().chain(with_equipment) {
            cells.push(Cell { partner, work_package, category, cents: 0 });
        }
    }
    cells
}

/// The flat rate of office and administration, and the lump sums.
fn computed(plan: &Plan, who: &Partnership, cells: &[Cell]) -> Vec<Cell> {
    let mut computed =
        vec![Cell { partner: 0, work_package: 1, category: LUMP_SUM, cents: PREPARATION_CENTS }];
    let transfer = plan.work_packages.len();
    let initiating = who.one_of_each_role().into_iter().skip(1);
    computed.extend(initiating.filter(|p| who.with_costs().any(|other| other == *p)).map(
        |partner| Cell {
            partner,
            work_package: MANAGEMENT,
            category: LUMP_SUM,
            cents: INITIATION_CENTS,
        },
    ));
    for partner in who.transfer() {
        for (category, cents) in [(LUMP_SUM, TRANSFER_CENTS), (TRAVEL, UNITS_OF_A_CITY_CENTS)] {
            computed.push(Cell { partner, work_package: transfer, category, cents });
        }
    }
    computed.extend(cells.iter().filter(|cell| cell.category == STAFF).map(|cell| Cell {
        category: OFFICE,
        cents: cell.cents * OFFICE_HUNDREDTHS / 100,
        ..cell.clone()
    }));
    computed
}
