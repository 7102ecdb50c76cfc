//! What is planned: work packages, activities, deliverables, milestones.

use jiff::ToSpan;
use jiff::civil::Date;

use super::budget::Budget;
use super::chance::Chance;
use super::partnership::Partnership;
use super::texts::{self, Phrase};

/// Months of a project, and of its thematic work.
const MONTHS: i32 = 42;
const THEMATIC_MONTHS: i32 = 36;
/// Months between two milestones.
const MILESTONE_MONTHS: i32 = 6;
const MILESTONES: i32 = 6;

/// The plan of a project, and how far it is carried out.
pub(super) struct Plan {
    pub(super) start: Date,
    pub(super) end: Date,
    pub(super) thematic_end: Date,
    pub(super) work_packages: Vec<WorkPackage>,
    pub(super) activities: Vec<Activity>,
    pub(super) deliverables: Vec<Deliverable>,
    pub(super) outputs: Vec<Output>,
    pub(super) milestones: Vec<Milestone>,
    pub(super) budget: Budget,
}

/// A work package; its number is its place, from 1.
pub(super) struct WorkPackage {
    pub(super) kind: &'static str,
    pub(super) title: &'static Phrase,
    pub(super) partner: usize,
}

pub(super) struct Activity {
    pub(super) code: String,
    pub(super) work_package: usize,
    pub(super) title: &'static Phrase,
    pub(super) partner: usize,
    pub(super) contributor: Option<usize>,
    pub(super) start: Date,
    pub(super) end: Date,
    pub(super) started: bool,
    pub(super) completed: bool,
}

pub(super) struct Deliverable {
    pub(super) code: String,
    pub(super) activity: usize,
    pub(super) title: &'static Phrase,
    pub(super) partner: usize,
    pub(super) due: Date,
    pub(super) submissions: u32,
    /// Whether a submission waits for its review.
    pub(super) waits: bool,
    pub(super) accepted: bool,
}

/// What a work package comes to; whoever works on it may count it.
pub(super) struct Output {
    pub(super) code: String,
    pub(super) partner: usize,
    pub(super) contributors: Vec<usize>,
}

pub(super) struct Milestone {
    pub(super) deliverable: usize,
    pub(super) due: Date,
}

impl Plan {
    /// A plan for so many expenditure lines.
    pub(super) fn new(start: Date, lines: u64, who: &Partnership, chance: &mut Chance) -> Self {
        let day_before = |months: i32| (start + months.months()) - 1.day();
        let (end, thematic_end) = (day_before(MONTHS), day_before(THEMATIC_MONTHS));
        let mut plan = Self {
            start,
            end,
            thematic_end,
            work_packages: Vec::new(),
            activities: Vec::new(),
            deliverables: Vec::new(),
            outputs: Vec::new(),
            milestones: Vec::new(),
            budget: Budget::default(),
        };
        plan.add_work(who, chance);
        plan.add_outputs(who);
        plan.add_milestones(chance);
        plan.budget = Budget::new(&plan, lines, who, chance);
        plan
    }

    fn add_work(&mut self, who: &Partnership, chance: &mut Chance) {
        // Everybody has work: delivery partners first, then the associated partner and the lead.
        let mut turns: Vec<usize> = who.with_costs().collect();
        turns.reverse();
        let mut turns = turns.into_iter().cycle();
        let mut next = || turns.next().unwrap_or_default();
        let preparation = self.add_work_package("preparation", &texts::PREPARATION, 0);
        self.add_early(preparation, 0, None, chance);
        let management = self.add_work_package("management", &texts::MANAGEMENT, 0);
        self.add_activity(management, 0, None, (self.start, self.end), chance);
        let monitoring = self.add_work_package("monitoring", &texts::MONITORING, 1);
        self.add_early(monitoring, 1, Some(0), chance);
        let communication = self.add_work_package("communication", &texts::COMMUNICATION, 0);
        for _ in 0..2 {
            self.add_early(communication, next(), Some(0), chance);
        }
        for theme in &texts::THEMES[..chance.below(texts::THEMES.len()) + 1] {
            let partner = next();
            let thematic = self.add_work_package("thematic", theme, partner);
            self.add_early(thematic, partner, None, chance);
            for _ in 0..2 {
                self.add_long(thematic, next(), Some(partner), chance);
            }
        }
        let transfer = self.add_work_package("transfer", &texts::TRANSFER, 0);
        for partner in who.transfer() {
            self.add_early(transfer, partner, None, chance);
        }
    }

    fn add_work_package(
        &mut self,
        kind: &'static str,
        title: &'static Phrase,
        partner: usize,
    ) -> usize {
        self.work_packages.push(WorkPackage { kind, title, partner });
        self.work_packages.len()
    }

    /// Work of the first year.
    fn add_early(
        &mut self,
        work_package: usize,
        partner: usize,
        contributor: Option<usize>,
        chance: &mut Chance,
    ) {
        let first = self.start + chance.between(0, 90).days();
        let last = first + chance.between(120, 240).days();
        self.add_activity(work_package, partner, contributor, (first, last), chance);
    }

    fn add_long(
        &mut self,
        work_package: usize,
        partner: usize,
        contributor: Option<usize>,
        chance: &mut Chance,
    ) {
        let first = self.start + chance.between(60, 400).days();
        let last = first + chance.between(200, 500).days();
        let last = last.min(self.thematic_end);
        self.add_activity(work_package, partner, contributor, (first, last), chance);
    }

    /// An activity with the deliverables that it yields, the last one at its end.
    fn add_activity(
        &mut self,
        work_package: usize,
        partner: usize,
        contributor: Option<usize>,
        (start, end): (Date, Date),
        chance: &mut Chance,
    ) {
        let number = 1 + self.activities.iter().filter(|a| a.work_package == work_package).count();
        let activity = self.activities.len();
        self.activities.push(Activity {
            code: format!("A {work_package}.{number}"),
            work_package,
            title: chance.pick(texts::ACTIVITIES),
            partner,
            contributor: contributor.filter(|contributor| *contributor != partner),
            start,
            end,
            started: false,
            completed: false,
        });
        let days = i64::from((end - start).get_days());
        let deliverables = if days > 365 { 5 } else { chance.between(1, 2) };
        for nth in 1..=deliverables {
            self.deliverables.push(Deliverable {
                code: format!("D {work_package}.{number}.{nth}"),
                activity,
                title: chance.pick(texts::DELIVERABLES),
                partner,
                due: start + (days * nth / deliverables).days(),
                submissions: 0,
                waits: false,
                accepted: false,
            });
        }
    }

    /// One of each thematic work package, and one of the transfer.
    fn add_outputs(&mut self, who: &Partnership) {
        for (index, item) in self.work_packages.iter().enumerate() {
            let (owner, role_of_others) = match item.kind {
                "thematic" => (item.partner, false),
                "transfer" => (who.transfer().next().unwrap_or_default(), true),
                _ => continue,
            };
            let transfers = |partner: &usize| who.transfer().any(|other| other == *partner);
            let others = who.one_of_each_role().into_iter();
            let others = others.filter(|partner| *partner != owner);
            self.outputs.push(Output {
                code: format!("O {}.1", index + 1),
                partner: owner,
                contributors: others.filter(|p| transfers(p) == role_of_others).collect(),
            });
        }
    }

    /// An output that a partner may count.
    pub(super) fn output_of(&self, partner: usize) -> Option<&Output> {
        let own = |item: &&Output| item.partner == partner || item.contributors.contains(&partner);
        self.outputs.iter().find(own)
    }

    /// Two a year, each built from a deliverable that is due before it.
    fn add_milestones(&mut self, chance: &mut Chance) {
        for nth in 1..=MILESTONES {
            let due = self.start + (nth * MILESTONE_MONTHS).months();
            let before: Vec<usize> = (0..self.deliverables.len())
                .filter(|index| self.deliverables[*index].due <= due)
                .collect();
            let deliverable = if before.is_empty() { 0 } else { *chance.pick(&before) };
            self.milestones.push(Milestone { deliverable, due });
        }
    }

    /// Whether a milestone need not wait for its items any longer.
    pub(super) fn is_reached(&self, milestone: &Milestone) -> bool {
        let deliverable = &self.deliverables[milestone.deliverable];
        deliverable.accepted && self.activities[deliverable.activity].completed
    }
}
