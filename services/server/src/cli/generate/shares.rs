//! How often what happens. `cairn generate --help` states them.

use super::chance::{Chance, PerMille, Portion};

/// What partners begin of their own accord; the rest of a history follows from it, from the plan
/// and from the calendar. Of a hundred, the six have so many.
pub(super) const BEGUN: [(Begun, usize); 6] = [
    (Begun::Line, 60),
    (Begun::Progress, 19),
    (Begun::Lesson, 7),
    (Begun::Corroboration, 5),
    (Begun::Question, 5),
    (Begun::Edition, 4),
];

/// More than this is not put off: in a very long history there are not deliverables enough to hand
/// in so many editions.
const PUT_OFF_MAX: usize = 400;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Begun {
    Line,
    Progress,
    Lesson,
    Corroboration,
    Question,
    /// A deliverable that was accepted is handed in again, in a new edition.
    Edition,
}

/// In thousandths of reviewed deliverables: returned, mended and handed in again.
pub(super) const RETURNED: PerMille = 200;
/// Of expenditure lines: corrected by a credit note once they are paid.
pub(super) const CREDITED: PerMille = 40;
/// Of expenditure lines: reversed and declared anew.
pub(super) const REVERSED: PerMille = 30;
/// Of expenditure lines: incurred in part before the project's first day, which is warned of.
pub(super) const EARLY: PerMille = 10;
/// Of expenditure lines: paid in two parts.
pub(super) const PAID_IN_PARTS: PerMille = 150;
/// Of invoices: divided between two lines.
pub(super) const DIVIDED: PerMille = 100;
/// Of the reports that partners hand to the lead: given back, mended and handed in again.
pub(super) const REPORTS_RETURNED: PerMille = 200;
/// Of expenditure lines, lump sums and unit costs: not checked by the lead.
pub(super) const UNCHECKED: PerMille = 30;
/// Of the checks of lines: a query, upon which the line is amended and checked again.
pub(super) const QUERIED: PerMille = 60;
/// Of the checks of lines: in order, and the partner amends the line nevertheless.
pub(super) const AMENDED: PerMille = 20;
/// Of expenditure lines: declared without a document, which is attached later.
pub(super) const UNDOCUMENTED: PerMille = 30;
/// Of expenditure lines: with a document that is superseded.
pub(super) const SUPERSEDED: PerMille = 20;
/// Of payments: with a bank statement that is attached later.
pub(super) const LATE_STATEMENT: PerMille = 20;
/// Of expenditure lines: apt to be reversed when they are in a claim.
pub(super) const RETHOUGHT: PerMille = 20;
/// Of the lines of a claim: with a deduction.
pub(super) const DEDUCTED: PerMille = 40;
/// Of the lines of a claim: parked, whole or in part.
pub(super) const PARKED: PerMille = 30;
/// Of questions: answered.
pub(super) const ANSWERED: PerMille = 850;
/// Of the costs and the progress of other partners: posted for them by the lead.
pub(super) const ON_BEHALF: PerMille = 30;
/// Of all postings: refused by a rule.
pub(super) const REFUSED: PerMille = 10;

/// The portions of one history.
pub(super) struct Portions {
    begun: Vec<Begun>,
    pub(super) returned: Portion,
    pub(super) credited: Portion,
    pub(super) reversed: Portion,
    pub(super) early: Portion,
    pub(super) paid_in_parts: Portion,
    pub(super) divided: Portion,
    pub(super) reports_returned: Portion,
    pub(super) answered: Portion,
    pub(super) on_behalf: Portion,
    pub(super) refused: Portion,
}

impl Portions {
    pub(super) fn new(chance: &mut Chance) -> Self {
        let mut portion = |share| Portion::new(share, chance);
        Self {
            begun: Vec::new(),
            returned: portion(RETURNED),
            credited: portion(CREDITED),
            reversed: portion(REVERSED),
            early: portion(EARLY),
            paid_in_parts: portion(PAID_IN_PARTS),
            divided: portion(DIVIDED),
            reports_returned: portion(REPORTS_RETURNED),
            answered: portion(ANSWERED),
            on_behalf: portion(ON_BEHALF),
            refused: portion(REFUSED),
        }
    }

    /// What is begun next: each hundred has the shares, in an order of its own.
    pub(super) fn begin(&mut self, chance: &mut Chance) -> Begun {
        if !self.begun.contains(&Begun::Line) {
            let all = BEGUN.iter().flat_map(|(begun, share)| std::iter::repeat_n(*begun, *share));
            self.begun.extend(all);
        }
        let at = chance.below(self.begun.len());
        self.begun.swap_remove(at)
    }

    /// What cannot be begun yet comes later, and a line comes now.
    pub(super) fn put_off(&mut self, begun: Begun) {
        let line = self.begun.iter().position(|other| *other == Begun::Line);
        if let Some(line) = line.filter(|_| self.begun.len() < PUT_OFF_MAX) {
            self.begun[line] = begun;
        }
    }
}
