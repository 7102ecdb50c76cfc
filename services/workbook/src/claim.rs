//! A claim: its items, with what control made of each, the flat rates beside them, its amounts by
//! partner, and its deductions by the typology of errors.

mod deductions;

use cairn_domain::event::plan::application_form::ApplicationFormApproved;
use cairn_domain::ids::PartnerNumber;
use cairn_domain::money::Cents;
use cairn_domain::project::Project;
use cairn_domain::project::finance::claims::Claim;
use cairn_domain::project::finance::line::{Line, Portion, Verified};
use cairn_domain::view::budget_use::BudgetUse;
use cairn_domain::view::budget_use::claim::ClaimAmounts;
use cairn_domain::view::budget_use::line::LineAnswer;

use crate::expenditure_list::{OF_PLATFORM, of_platform};
use crate::scope::{Scope, partner_name};
use crate::sheet::{Heading, Sheet, Shows, Value};
use deductions::Deductions;

const fn column(text: &'static str, shows: Shows, width: u8) -> Heading {
    Heading { text, shows, width }
}

const OF_CONTROL: [Heading; 9] = [
    column("Certified in EUR", Shows::Euro, 14),
    column("Deducted in EUR", Shows::Euro, 14),
    column("Parked in EUR", Shows::Euro, 14),
    column("In control in EUR", Shows::Euro, 14),
    column("Partner", Shows::Text, 18),
    column("Id in Cairn", Shows::Text, 38),
    column("Work package", Shows::Text, 10),
    column("Typology of errors", Shows::Text, 12),
    column("Note of control", Shows::Text, 36),
];

const BY_PARTNER: [Heading; 11] = [
    column("Partner", Shows::Text, 20),
    column("Declared", Shows::Euro, 16),
    column("Provisional", Shows::Euro, 16),
    column("Paid", Shows::Euro, 16),
    column("Certified", Shows::Euro, 16),
    column("Deducted", Shows::Euro, 16),
    column("Parked", Shows::Euro, 16),
    column("In control", Shows::Euro, 16),
    column("Taken up again", Shows::Euro, 16),
    column("Fund's part of declared", Shows::Euro, 16),
    column("Fund's part of certified", Shows::Euro, 16),
];

/// What a claim declares of something, and what control made of it, in euro.
#[derive(Clone, Copy, Default)]
struct Ruled {
    declared: Cents,
    certified: Cents,
    deducted: Cents,
    parked: Cents,
    in_control: Cents,
}

impl Ruled {
    fn of_portion(portion: &Portion) -> Self {
        let declared = portion.frozen.euro;
        let Some(verified) = &portion.verified else {
            return Self { declared, in_control: declared, ..Self::default() };
        };
        Self {
            declared,
            certified: verified.certified(),
            deducted: verified.deducted(),
            parked: verified.parked(),
            in_control: Cents::ZERO,
        }
    }

    /// What an item declares that is assembled and not submitted: what of it is in no claim.
    fn of_free(item: &LineAnswer<'_>) -> Self {
        let in_claims: Cents = item.line.portions.iter().map(Portion::declared).sum();
        let declared = item.euro.map(|euro| euro - in_claims).unwrap_or_default();
        Self { declared, in_control: declared, ..Self::default() }
    }

    fn of_amounts(amounts: &ClaimAmounts) -> Self {
        Self {
            declared: amounts.declared,
            certified: amounts.certified,
            deducted: amounts.deducted,
            parked: amounts.parked,
            in_control: amounts.in_control,
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            declared: self.declared + other.declared,
            certified: self.certified + other.certified,
            deducted: self.deducted + other.deducted,
            parked: self.parked + other.parked,
            in_control: self.in_control + other.in_control,
        }
    }

    fn minus(self, other: Self) -> Self {
        Self {
            declared: self.declared - other.declared,
            certified: self.certified - other.certified,
            deducted: self.deducted - other.deducted,
            parked: self.parked - other.parked,
            in_control: self.in_control - other.in_control,
        }
    }

    fn is_nothing(self) -> bool {
        [self.declared, self.certified, self.deducted, self.parked, self.in_control]
            .iter()
            .all(|amount| *amount == Cents::ZERO)
    }
}

/// The items of a claim by partner, the claim's amounts by partner, and its deductions by typology.
/// The sums of the first and the third are those of the second: what a partner has beside the items
/// that may be seen is a row of its own, its flat rates or all of it.
pub fn sheets(
    project: &Project,
    budget_use: &BudgetUse,
    claim: &Claim,
    scope: &Scope<'_>,
    may_see: impl Fn(PartnerNumber) -> bool,
) -> [Sheet; 3] {
    let form = scope.form_of(project);
    let mut answer = budget_use.claim(project, claim).partners;
    answer.retain(|partner, _| scope.takes_partner(*partner));
    let (mut rows, mut deductions) = (Vec::new(), Deductions::default());
    for (partner, amounts) in &answer {
        let mut shown = Ruled::default();
        if may_see(*partner) {
            let items = claim.lines.iter().filter_map(|id| budget_use.line(project, *id));
            for item in items.filter(|item| item.line.partner == *partner) {
                let portion = item.line.portion(claim.number);
                let ruled = portion.map_or_else(|| Ruled::of_free(&item), Ruled::of_portion);
                shown = shown.plus(ruled);
                deductions.add_item(*partner, portion.and_then(|of| of.verified.as_ref()));
                rows.push(item_row(project, form, &item, portion, ruled));
            }
        }
        let rest = Ruled::of_amounts(amounts).minus(shown);
        if !rest.is_nothing() {
            deductions.add_rest(*partner, may_see(*partner), rest.deducted);
            rows.push(rest_row(project, *partner, may_see(*partner), rest));
        }
    }
    let partners = answer.iter();
    let by_partner = Sheet {
        name: "By partner".to_owned(),
        headings: BY_PARTNER.to_vec(),
        rows: partners.map(|(partner, amounts)| partner_row(project, *partner, amounts)).collect(),
    };
    let items = Sheet {
        name: format!("Claim {}", claim.number),
        headings: OF_PLATFORM.into_iter().chain(OF_CONTROL).collect(),
        rows,
    };
    [items, by_partner, deductions.sheet(project)]
}

fn item_row(
    project: &Project,
    form: Option<&ApplicationFormApproved>,
    item: &LineAnswer<'_>,
    portion: Option<&Portion>,
    ruled: Ruled,
) -> Vec<Value> {
    let line: &Line = item.line;
    let rate = match portion {
        Some(portion) => portion.frozen.rate.map(|rate| rate.value),
        None => item.rate.map(|rate| rate.rate),
    };
    let rate = rate.map(|rate| rate.to_string());
    let mut row = of_platform(project, line, rate, Some(ruled.declared));
    row.extend(of_control(project, line.partner, ruled));
    let work_package = project.plan.code_of(line.work_package, form);
    row.extend([Value::text(line.id), Value::text(work_package)]);
    row.extend(said_by_control(portion.and_then(|portion| portion.verified.as_ref())));
    row
}

/// By which codes control deducted, and what it said.
fn said_by_control(verified: Option<&Verified>) -> [Value; 2] {
    let Some(data) = verified.map(|verified| &verified.data) else {
        return [Value::Empty, Value::Empty];
    };
    let mut codes: Vec<_> = data.deductions.iter().map(|one| one.typology).collect();
    codes.sort_unstable();
    codes.dedup();
    let codes: Vec<_> = codes.iter().map(ToString::to_string).collect();
    let notes = data.deductions.iter().map(|deduction| deduction.note.as_ref());
    let notes = std::iter::once(data.note.as_ref()).chain(notes).flatten();
    let notes: Vec<_> = notes.map(|note| note.original().to_owned()).collect();
    [Value::text(codes.join("; ")), Value::text(notes.join("; "))]
}

fn rest_row(project: &Project, partner: PartnerNumber, sees: bool, ruled: Ruled) -> Vec<Value> {
    let mut row = vec![Value::Empty; OF_PLATFORM.len()];
    let what = if sees { "Flat rates" } else { "All items and flat rates of the partner" };
    // The description, and the amount in euro.
    row[7] = Value::text(what);
    row[OF_PLATFORM.len() - 1] = Value::Amount(ruled.declared);
    row.extend(of_control(project, partner, ruled));
    row.resize(OF_PLATFORM.len() + OF_CONTROL.len(), Value::Empty);
    row
}

fn of_control(project: &Project, partner: PartnerNumber, ruled: Ruled) -> [Value; 5] {
    [
        Value::Amount(ruled.certified),
        Value::Amount(ruled.deducted),
        Value::Amount(ruled.parked),
        Value::Amount(ruled.in_control),
        partner_name(project, partner),
    ]
}

fn partner_row(project: &Project, partner: PartnerNumber, amounts: &ClaimAmounts) -> Vec<Value> {
    let amounts = [
        amounts.declared,
        amounts.provisional,
        amounts.paid,
        amounts.certified,
        amounts.deducted,
        amounts.parked,
        amounts.in_control,
        amounts.taken_up,
        amounts.erdf,
        amounts.erdf_certified,
    ];
    std::iter::once(partner_name(project, partner)).chain(amounts.map(Value::Amount)).collect()
}
