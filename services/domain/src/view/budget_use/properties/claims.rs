//! What holds for claims and control, in any history that the rules take.

mod steps;
mod unasked;

use std::collections::BTreeMap;

use proptest::prelude::*;
use uuid::Uuid;

use super::{ask_all, ask_some, sum};
use crate::given::Given;
use crate::ids::EventId;
use crate::money::{Cents, Currency};
use crate::project::Project;
use crate::project::finance::claims::ClaimStatus;
use crate::project::finance::figures::{Figures, Place};
use crate::project::finance::given::fold;
use crate::project::finance::line::{Line, Portion};
use crate::view::budget_use::axes::{Axis, Filter};
use crate::view::budget_use::claim::ClaimAmounts;
use crate::view::budget_use::{Amounts, BudgetUse};
use steps::{Told, step};

/// What each submission fixed: the euro of its items.
type Fixed = BTreeMap<(u32, EventId), Vec<(EventId, Cents)>>;

type Counted = BTreeMap<(Place, Currency), (u64, Cents, Figures)>;

/// An item that was in a claim has the euro of its first submission, in claims and outside. Each
/// portion is certified, deducted and parked in full once it is ruled on; nothing of
/// it has the other sign.
fn portions_balance(project: &Project) {
    for line in project.finance.lines.all() {
        if let Some(first) = line.portions.first() {
            let in_claims: Cents = line.portions.iter().map(Portion::declared).sum();
            let free = line.kept.map(|kept| kept.euro).unwrap_or_default();
            assert_eq!(in_claims + free, first.frozen.euro, "{line:?}");
        }
        for portion in &line.portions {
            let Some(verified) = &portion.verified else { continue };
            let ruled = verified.certified() + verified.deducted() + verified.parked();
            assert_eq!(ruled, portion.frozen.euro, "{line:?}");
            let of = [verified.certified(), verified.deducted(), portion.parked()];
            assert!(of.iter().all(|amount| size(line, *amount) >= Cents::ZERO), "{line:?}");
        }
    }
}

fn claims_balance(project: &Project, view: &BudgetUse) {
    for claim in project.finance.claims.values() {
        let answer = view.claim(project, claim);
        let partners = answer.partners.values();
        let declared: Cents = partners.clone().map(|amounts| amounts.declared).sum();
        let erdf: Cents = partners.map(|amounts| amounts.erdf).sum();
        assert_eq!((declared, erdf), (answer.amounts.declared, answer.amounts.erdf));
        if !claim.is_submitted() {
            continue;
        }
        let of = answer.amounts;
        assert_eq!(of.declared, of.certified + of.deducted + of.parked + of.in_control);
        assert_eq!(of.provisional, Cents::ZERO);
        let filter = Filter { claim: Some(claim.number), ..Filter::default() };
        let used = view.budget_use(project, None, &[], &filter).totals;
        assert_eq!(in_use(&of), [used.declared, used.certified, used.deducted, used.parked]);
    }
}

/// What a claim has in the budget's use: without what was taken up of it.
fn in_use(of: &ClaimAmounts) -> [Cents; 4] {
    [of.declared - of.taken_up, of.certified, of.deducted, of.parked - of.taken_up]
}

fn rows_balance(project: &Project, view: &BudgetUse) {
    for by in [&[Axis::Claim][..], &[Axis::Partner, Axis::Claim]] {
        let answer = view.budget_use(project, None, by, &Filter::default());
        let mut unclaimed = Cents::ZERO;
        for row in &answer.rows {
            let of: &Amounts = &row.amounts;
            assert_eq!(of.claimed, of.certified + of.deducted + of.parked + of.in_control);
            match row.key.claim {
                Some(_) => assert_eq!((of.declared, of.provisional), (of.claimed, Cents::ZERO)),
                None => {
                    assert_eq!(of.claimed, Cents::ZERO);
                    unclaimed += of.declared;
                }
            }
        }
        assert_eq!(answer.totals.declared, answer.totals.claimed + unclaimed);
        let erdf: Cents = answer.rows.iter().filter_map(|row| row.amounts.erdf).sum();
        assert_eq!(Some(erdf), answer.totals.erdf);
    }
}

fn no_line_is_in_two_open_claims(project: &Project) {
    let mut taken = BTreeMap::<Uuid, u32>::new();
    for claim in project.finance.claims.values() {
        let open = claim.status != ClaimStatus::Closed;
        let lines = claim.lines.iter().filter_map(|id| project.finance.line(*id));
        for line in lines.filter(|line| open && !line.is_taken_out()) {
            let before = taken.insert(line.id, claim.number);
            assert_eq!(before, None, "{line:?} in {}", claim.number);
            if claim.is_submitted() {
                assert!(line.portion(claim.number).is_some());
            } else {
                assert!(line.is_free(), "{line:?} in {}", claim.number);
            }
        }
    }
}

/// The running sums are those of all items, counted anew.
fn running_sums_are_right(project: &Project) {
    let lines = &project.finance.lines;
    let mut plain = Counted::new();
    for line in lines.all() {
        for (place, sums) in lines.sums_of(line) {
            let counted = plain.entry((place, line.currency)).or_default();
            counted.0 += 1;
            counted.1 += sums.foreign;
            counted.2.add(sums.figures);
        }
    }
    let running = lines.sums().map(|(place, currency, sums)| {
        ((*place, currency), (sums.lines, sums.foreign, sums.figures))
    });
    assert_eq!(running.collect::<Counted>(), plain);
}

/// The euro of the items of a claim are those of its submission, as long as it stands.
fn what_is_fixed_stays(project: &Project, fixed: &mut Fixed) {
    for claim in project.finance.claims.values() {
        let Some(submission) = &claim.submission else { continue };
        let euro = |id: &EventId| {
            let portion = project.finance.line(*id)?.portion(claim.number)?;
            Some((*id, portion.frozen.euro))
        };
        let now: Vec<_> = claim.lines.iter().filter_map(euro).collect();
        assert_eq!(now.len(), claim.lines.len());
        let then = fixed.entry((claim.number, submission.event)).or_insert_with(|| now.clone());
        assert_eq!(*then, now, "claim {}", claim.number);
    }
}

/// An amount of a line, as of a cost: those of a credit note and of a reversal are negative.
fn size(line: &Line, amount: Cents) -> Cents {
    if line.declared.is_negative() { -amount } else { amount }
}

/// What was paid is at most what is declared of it, in each claim and outside.
fn lines_are_paid_within_what_they_declare(project: &Project) {
    let lines = &project.finance.lines;
    for line in lines.all() {
        for (_, sums) in lines.sums_of(line) {
            let (paid, declared) =
                (size(line, sums.figures.paid), size(line, sums.figures.declared));
            assert!((Cents::ZERO..=declared).contains(&paid), "{line:?}: {sums:?}");
        }
    }
}

/// After each event.
fn look(project: &Project, view: &BudgetUse, fixed: &mut Fixed) {
    portions_balance(project);
    claims_balance(project, view);
    rows_balance(project, view);
    no_line_is_in_two_open_claims(project);
    running_sums_are_right(project);
    what_is_fixed_stays(project, fixed);
    lines_are_paid_within_what_they_declare(project);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn claims_balance_after_every_event_of_any_history_that_the_rules_take(
        steps in prop::collection::vec(step(), 0..160),
    ) {
        let (mut view, mut fixed) = (BudgetUse::default(), Fixed::new());
        let mut read = 0;
        let mut told = Told::begin(|given: &Given| {
            for recorded in &given.history[read..] {
                view.apply(recorded, &given.project);
            }
            read = given.history.len();
            look(&given.project, &view, &mut fixed);
        });
        for step in steps {
            told.take(step);
        }
        let given = told.given;
        let (at_once, view_at_once) = fold(&given.history);
        let project = &given.project;
        prop_assert_eq!(ask_some(project, &view), ask_some(&at_once, &view_at_once));
        let answers = ask_all(project, &view);
        for answer in &answers {
            let rows = sum(answer.rows.iter().map(|row| &row.amounts));
            prop_assert_eq!(rows, Amounts { erdf: None, erdf_certified: None, ..answer.totals });
            prop_assert_eq!(answer.totals, answers[0].totals);
        }
        for claim in project.finance.claims.values() {
            prop_assert_eq!(view.claim(project, claim), view_at_once.claim(&at_once, claim));
        }
    }
}
