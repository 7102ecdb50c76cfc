//! One claim: what was submitted, what control made of it, by partner.

use std::collections::BTreeMap;

use super::BudgetUse;
use super::fund::FundRate;
use crate::event::plan::application_form::ApplicationFormApproved;
use crate::ids::PartnerNumber;
use crate::money::Cents;
use crate::project::Project;
use crate::project::finance::claims::Claim;
use crate::project::finance::figures::{Figures, Place, add_flat_rates};

/// The amounts of a claim, in euro, as they were submitted. Flat rates are in them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClaimAmounts {
    /// Certified, deducted, parked and in control together.
    pub declared: Cents,
    /// The part of `declared` that another rate would change: nothing once it is submitted.
    pub provisional: Cents,
    pub paid: Cents,
    pub certified: Cents,
    /// By control, and by corrections after audits.
    pub deducted: Cents,
    /// As it was ruled on, whatever was taken up later.
    pub parked: Cents,
    /// Not ruled on yet.
    pub in_control: Cents,
    /// The part of `parked` that was taken up again, for a later claim.
    pub taken_up: Cents,
    /// The fund's part of `declared`: by partner, rounded down.
    pub erdf: Cents,
    /// The fund's part of `certified`: by partner, rounded down.
    pub erdf_certified: Cents,
}

impl ClaimAmounts {
    fn of(figures: Figures, rate: FundRate) -> Self {
        let declared = figures.declared + figures.taken_up;
        Self {
            declared,
            provisional: figures.provisional,
            paid: figures.paid,
            certified: figures.certified,
            deducted: figures.deducted,
            parked: figures.parked + figures.taken_up,
            in_control: figures.in_control,
            taken_up: figures.taken_up,
            erdf: rate.part_of(declared),
            erdf_certified: rate.part_of(figures.certified),
        }
    }

    fn add(&mut self, other: Self) {
        self.declared += other.declared;
        self.provisional += other.provisional;
        self.paid += other.paid;
        self.certified += other.certified;
        self.deducted += other.deducted;
        self.parked += other.parked;
        self.in_control += other.in_control;
        self.taken_up += other.taken_up;
        self.erdf += other.erdf;
        self.erdf_certified += other.erdf_certified;
    }
}

/// A claim's amounts, in all and by partner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimAnswer {
    pub amounts: ClaimAmounts,
    /// By number; every larger amount is the sum of these.
    pub partners: BTreeMap<PartnerNumber, ClaimAmounts>,
}

impl BudgetUse {
    /// The amounts of a claim. One that is not submitted has what its items would be now, by the
    /// newest form and the newest rates.
    pub fn claim(&self, project: &Project, claim: &Claim) -> ClaimAnswer {
        let form = match &claim.submission {
            Some(submission) => project.plan.forms.get(&submission.form),
            None => project.plan.newest_form(),
        };
        let form = form.map(|form| &**form);
        let mut figures = match &claim.submission {
            Some(_) => submitted(project, claim.number),
            None => assembled(project, claim),
        };
        add_flat_rates(&mut figures, |_| form);
        answer(&figures, form)
    }
}

fn submitted(project: &Project, claim: u32) -> BTreeMap<Place, Figures> {
    let mut figures = project.finance.lines.figures();
    figures.retain(|place, _| place.claim == Some(claim));
    figures
}

fn assembled(project: &Project, claim: &Claim) -> BTreeMap<Place, Figures> {
    let lines = &project.finance.lines;
    let mut figures = BTreeMap::<Place, Figures>::new();
    for line in claim.lines.iter().filter_map(|id| lines.get(*id)) {
        let free = lines.sums_of(line).into_iter().filter(|(place, _)| place.claim.is_none());
        for (place, sums) in free {
            figures.entry(place).or_default().add(sums.figures);
        }
    }
    figures
}

fn answer(
    figures: &BTreeMap<Place, Figures>,
    form: Option<&ApplicationFormApproved>,
) -> ClaimAnswer {
    let mut by_partner = BTreeMap::<PartnerNumber, Figures>::new();
    for (place, figures) in figures {
        by_partner.entry(place.cell.partner).or_default().add(*figures);
    }
    let mut answer = ClaimAnswer::default();
    for (partner, figures) in by_partner {
        let amounts = ClaimAmounts::of(figures, FundRate::of(form, partner));
        answer.amounts.add(amounts);
        answer.partners.insert(partner, amounts);
    }
    answer
}
